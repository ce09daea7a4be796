/*
 * cli/ - the command `strowger`: what an administrator does at a terminal.
 *
 * Speaks the daemon's own HTTP interface over its UNIX socket (root or the daemon's account;
 * no log-in), so that it can do what the web page can and nothing else. One request after
 * the other, one thread, no state. Knows the entities only through model/.
 *
 * Exit status: 0 done, 1 refused or failed, 2 used wrongly.
 */
#ifndef CLI_CLI_H
#define CLI_CLI_H

#include <stdio.h>

enum { CLI_DONE = 0, CLI_FAILED = 1, CLI_USAGE = 2 };

struct cli_streams {
	FILE *in, *out, *err;
};

/** The whole program; argv[0] is its name. Returns the exit status. */
int cli_run(int argc, char **argv, const struct cli_streams *io);

#endif
