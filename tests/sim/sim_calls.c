/*
 * Simulated days and weeks of a small office over a network that loses, doubles, delays and
 * reorders. Each seed is a day, or a week, of its own that can be lived again exactly:
 *
 *	sim_calls --seeds 2000           days 1 to 2000
 *	sim_calls --first 5000 --seeds 10
 *	sim_calls --seed 1234 -v         one day, every message
 *	sim_calls --weeks 3              weeks 1 to 3
 *	sim_calls --weeks 1 --seed 12 -v
 */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/hmap.h"
#include "base/log.h"
#include "fault.h"
#include "fixture.h"
#include "office.h"

static uint64_t running; /* the seed, for whoever finds us dead */
static const struct office_span *span = &office_day;

static void
say_seed(void)
{
	fprintf(stderr, "  again: sim_calls %s--seed %llu -v\n",
	    span == &office_week ? "--weeks 1 " : "", (unsigned long long)running);
}

static void
say_death(void)
{
	fprintf(stderr, "seed %llu died\n", (unsigned long long)running);
	say_seed();
}

/* Called by the address sanitizer before it ends the process, when there is one. */
void __sanitizer_set_death_callback(void (*cb)(void)) __attribute__((weak));

static void
print_sums(const struct office_sums *s, uint64_t seeds)
{
	printf("%llu %ss: %llu calls, %llu answered, %llu cancelled, %llu glares, %llu callers "
	       "vanished, %llu without an answer, %llu power failures of the switch, %llu of all "
	       "phones, %llu "
	       "transfers asked for, %llu done, %llu places taken, %llu calls with direct voice, "
	       "%llu lamps lit, %llu parked, %llu codes obeyed, compared %llu times, %llu refused, "
	       "%llu messages, %llu keys heard, "
	       "%llu pairs and %llu lamps compared, %llu quiet times, %llu "
	       "sounds played; %llu datagrams, "
	       "%llu lost; "
	       "%zu allocations "
	       "refused\n",
	    (unsigned long long)seeds, span->name, (unsigned long long)s->calls,
	    (unsigned long long)s->answered, (unsigned long long)s->cancelled,
	    (unsigned long long)s->glares, (unsigned long long)s->vanished,
	    (unsigned long long)s->timeouts, (unsigned long long)s->crashes,
	    (unsigned long long)s->outages, (unsigned long long)s->referred,
	    (unsigned long long)s->moved, (unsigned long long)s->replaced,
	    (unsigned long long)s->direct, (unsigned long long)s->lamps,
	    (unsigned long long)s->parked, (unsigned long long)s->orders,
	    (unsigned long long)s->compared, (unsigned long long)s->refused,
	    (unsigned long long)s->messages, (unsigned long long)s->keys,
	    (unsigned long long)s->pairs, (unsigned long long)s->looked,
	    (unsigned long long)s->quiet, (unsigned long long)s->played,
	    (unsigned long long)s->datagrams, (unsigned long long)s->lost, fault.failed);
	for (int i = 0; i <= CDR_INTERRUPTED; i++)
		printf("  %s %llu", cdr_result_name((enum cdr_result)i),
		    (unsigned long long)s->by_result[i]);
	printf("\n");
}

/* A simulation in which nothing happens proves nothing. */
static bool
worth_it(const struct office_sums *s, uint64_t seeds)
{
	return seeds < span->many ||
	       (s->answered && s->cancelled && s->glares && s->vanished && s->crashes &&
		   s->outages && s->moved && s->replaced && s->lamps && s->direct && s->orders &&
		   s->refused && s->messages && s->keys && s->pairs && s->looked && s->parked &&
		   s->compared && s->played && s->by_result[CDR_BUSY] &&
		   s->by_result[CDR_NO_ANSWER]);
}

/* The whole point: the same seed is the same life. */
static bool
same_again(struct office *o, const struct office_world *world, uint64_t seed)
{
	struct office_sums sums[2] = {{0}};

	return office_run(o, world, seed, false, &sums[0]) &&
	       office_run(o, world, seed, false, &sums[1]) &&
	       memcmp(&sums[0], &sums[1], sizeof sums[0]) == 0;
}

int
main(int argc, char **argv)
{
	static const struct option options[] = {{"seeds", required_argument, NULL, 'n'},
	    {"weeks", required_argument, NULL, 'w'}, {"first", required_argument, NULL, 'f'},
	    {"seed", required_argument, NULL, 's'}, {0}};
	static struct office office;
	struct office_sums sums = {0};
	uint64_t first = 1, seeds = 100, failed = 0, first_failed = 0;
	char database[96];
	struct office_world world = {.database = database};
	struct fixture fixture;
	bool verbose = false;

	for (int opt; (opt = getopt_long(argc, argv, "v", options, NULL)) != -1;)
		switch (opt) {
		case 'n': seeds = strtoull(optarg, NULL, 10); break;
		case 'w':
			seeds = strtoull(optarg, NULL, 10);
			span = &office_week;
			break;
		case 'f': first = strtoull(optarg, NULL, 10); break;
		case 's':
			first = strtoull(optarg, NULL, 10);
			seeds = 1;
			break;
		case 'v': verbose = true; break;
		default: return 2;
		}
	hash_seed(1, 2);
	log_set_level(LOG_FATAL);
	if (__sanitizer_set_death_callback)
		__sanitizer_set_death_callback(say_death);
	fixture_open(&fixture, office_config);
	if (span->config)
		fixture_change(&fixture, span->config);
	store_close(fixture.store); /* all of it is in one file now */
	fixture.store = NULL;
	world.span = span;
	world.directory = fixture.directory;
	snprintf(database, sizeof database, "%s/test.db", fixture.dir);
	for (running = first; running < first + seeds; running++)
		if (!office_run(&office, &world, running, verbose, &sums)) {
			fprintf(
			    stderr, "seed %llu: %s\n", (unsigned long long)running, office.problem);
			say_seed();
			if (failed++ == 0)
				first_failed = running;
		}
	if (failed && !verbose && span == &office_day) /* its ladder; that of a week is long */
		(void)office_run(&office, &world, first_failed, true, &(struct office_sums){0});
	if (!failed && !same_again(&office, &world, first)) {
		fprintf(stderr, "seed %llu is another %s when it is lived again\n",
		    (unsigned long long)first, span->name);
		failed++;
	}
	fixture_close(&fixture);
	print_sums(&sums, seeds);
	if (!worth_it(&sums, seeds)) {
		fprintf(stderr, "too little happened\n");
		return 1;
	}
	return failed ? 1 : 0;
}
