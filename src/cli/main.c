/* The program strowger. */
#include "cli/cli.h"

int
main(int argc, char **argv)
{
	struct cli_streams io = {stdin, stdout, stderr};

	return cli_run(argc, argv, &io);
}
