/*
 * Runs a fuzz target without libFuzzer: replay_x FOLDER [SECONDS]. First every seed of the folder,
 * then, while there is time, changed ones. The input at which the program dies, or takes longer
 * than ten seconds, is left in the working directory as finding-FOLDER-PID; `replay_x DIR` with a
 * folder that holds only it shows the same again.
 */
#include <dirent.h>
#include <signal.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "fuzz.h"
#include "mutate.h"

enum { INPUT_MAX_BYTES = 1 << 20, SEEDS_MAX = 512, GROWTH_BYTES = 1024, PATIENCE_S = 10 };

static struct {
	uint8_t *bytes;
	size_t n;
} seeds[SEEDS_MAX];
static unsigned n_seeds;
static char finding[256];
static const uint8_t *running; /* the input being looked at */
static size_t running_n;

/* Of the sanitizers; not there when the program was built without. */
void __sanitizer_set_death_callback(void (*callback)(void)) __attribute__((weak));

static void
save_finding(void)
{
	FILE *f = running ? fopen(finding, "wb") : NULL;

	if (!f)
		return;
	fwrite(running, 1, running_n, f);
	fclose(f);
	fprintf(stderr, "the input is in %s\n", finding);
	running = NULL;
}

static void
on_signal(int number)
{
	if (number == SIGALRM)
		fprintf(stderr, "one input takes longer than %d s\n", PATIENCE_S);
	save_finding();
	signal(number, SIG_DFL);
	raise(number);
}

/* Heap of exactly the right size, so that a sanitizer sees each byte too far. */
static void
run(const uint8_t *bytes, size_t n)
{
	uint8_t *exact = malloc(n ? n : 1);

	PROMISE(exact);
	memcpy(exact, bytes, n);
	running = bytes;
	running_n = n;
	alarm(PATIENCE_S);
	LLVMFuzzerTestOneInput(exact, n);
	alarm(0);
	running = NULL;
	free(exact);
}

static void
load(const char *path)
{
	static uint8_t bytes[INPUT_MAX_BYTES];
	FILE *f = fopen(path, "rb");
	size_t n;

	PROMISE(f && n_seeds < SEEDS_MAX);
	n = fread(bytes, 1, sizeof bytes, f);
	PROMISE(n < sizeof bytes);
	fclose(f);
	seeds[n_seeds].bytes = malloc(n ? n : 1);
	PROMISE(seeds[n_seeds].bytes);
	memcpy(seeds[n_seeds].bytes, bytes, n);
	seeds[n_seeds++].n = n;
}

static void
load_folder(const char *name)
{
	struct dirent *entry;
	DIR *folder = opendir(name);

	PROMISE(folder);
	while ((entry = readdir(folder))) {
		char path[4096];

		if (entry->d_name[0] == '.')
			continue;
		snprintf(path, sizeof path, "%s/%s", name, entry->d_name);
		load(path);
	}
	closedir(folder);
	PROMISE(n_seeds > 0);
}

static time_t
now_s(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec;
}

/* Another beginning each time; what is found needs no number, its input is kept. */
static unsigned long
change_for(time_t seconds)
{
	static uint8_t bytes[INPUT_MAX_BYTES + GROWTH_BYTES];
	time_t end = now_s() + seconds;
	unsigned long n = 0;
	struct rng rng, system;

	rng_init_system(&system);
	rng_init_seed(&rng, rng_u64(&system));
	for (; now_s() < end; n++) {
		unsigned one = rng_below(&rng, n_seeds), other = rng_below(&rng, n_seeds);
		struct fuzz_input in = {bytes, seeds[one].n, seeds[one].n + GROWTH_BYTES};

		memcpy(bytes, seeds[one].bytes, seeds[one].n);
		fuzz_mutate(&in, slice_make(seeds[other].bytes, seeds[other].n), &rng);
		run(bytes, in.n);
	}
	return n;
}

int
main(int argc, char **argv)
{
	const char *folder;
	unsigned long changed;

	PROMISE(argc == 2 || argc == 3);
	folder = strrchr(argv[1], '/');
	snprintf(finding, sizeof finding, "finding-%.200s-%d", folder ? folder + 1 : argv[1],
	    (int)getpid());
	signal(SIGABRT, on_signal);
	signal(SIGALRM, on_signal);
	if (__sanitizer_set_death_callback)
		__sanitizer_set_death_callback(save_finding);
	else
		signal(SIGSEGV, on_signal);
	load_folder(argv[1]);
	for (unsigned i = 0; i < n_seeds; i++)
		run(seeds[i].bytes, seeds[i].n);
	changed = change_for(argc == 3 ? atoi(argv[2]) : 0);
	for (unsigned i = 0; i < n_seeds; i++)
		free(seeds[i].bytes);
	printf("%u seeds, %lu changed ones\n", n_seeds, changed);
	return 0;
}
