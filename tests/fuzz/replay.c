/* Runs a fuzz target over the files of a folder of seeds: replay_x FOLDER. */
#include <dirent.h>
#include <string.h>

#include "fuzz.h"

enum { SEED_MAX_BYTES = 1 << 20 };

/* Heap of exactly the right size, so that a sanitizer sees each byte too far. */
static void
replay(const char *path)
{
	static uint8_t bytes[SEED_MAX_BYTES];
	FILE *f = fopen(path, "rb");
	uint8_t *exact;
	size_t n;

	PROMISE(f);
	n = fread(bytes, 1, sizeof bytes, f);
	PROMISE(n < sizeof bytes);
	fclose(f);
	exact = malloc(n ? n : 1);
	PROMISE(exact);
	memcpy(exact, bytes, n);
	LLVMFuzzerTestOneInput(exact, n);
	free(exact);
}

int
main(int argc, char **argv)
{
	struct dirent *entry;
	unsigned n = 0;
	DIR *folder;

	PROMISE(argc == 2);
	folder = opendir(argv[1]);
	PROMISE(folder);
	while ((entry = readdir(folder))) {
		char path[4096];

		if (entry->d_name[0] == '.')
			continue;
		snprintf(path, sizeof path, "%s/%s", argv[1], entry->d_name);
		replay(path);
		n++;
	}
	closedir(folder);
	PROMISE(n > 0);
	printf("%u seeds\n", n);
	return 0;
}
