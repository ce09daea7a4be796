/*
 * What planning a call costs in a large firm: bench_routing [PLANS]. 10,000 users with a phone,
 *20,000 numbers, 200 lines, 5,000 COR rules with three lines each. Prints, in µs of CPU time a plan
 *and in bytes a number of the directory:
 *
 *	plan KIND µs
 *	number BYTES
 */
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/random.h"
#include "routing/routing.h"

enum { USERS = 10000, NUMBERS = 20000, LINES = 200, RULES = 5000, WAYS = 3 };

static void
die(const char *what)
{
	fprintf(stderr, "bench_routing: %s\n", what);
	exit(1);
}

static void
add(json_t *list, json_t *item)
{
	if (!item || json_array_append_new(list, item) != 0)
		die("out of memory");
}

static json_t *
users(void)
{
	json_t *list = json_array();

	for (int i = 0; i < USERS; i++)
		add(list,
		    json_pack("{s:o, s:s, s:o, s:[o], s:[o]}", "login", json_sprintf("%05d", i),
			"first_name", "A", "last_name", json_sprintf("User%d", i), "phones",
			json_sprintf("p%05d", i), "numbers", json_sprintf("%d", 10000 + i)));
	return list;
}

static json_t *
phones(void)
{
	json_t *list = json_array();

	for (int i = 0; i < USERS; i++)
		add(list, json_pack("{s:o}", "name", json_sprintf("p%05d", i)));
	return list;
}

/* The first half are the users' internal ones. */
static json_t *
numbers(int n)
{
	json_t *list = json_array();

	for (int i = 0; i < n; i++)
		add(list, json_pack("{s:o, s:s, s:o, s:o}", "number",
			      json_sprintf("0211%06d", 500000 + i), "kind", "external", "user",
			      json_sprintf("%05d", i % USERS), "line",
			      json_sprintf("line%d", i % LINES)));
	return list;
}

static json_t *
lines(void)
{
	json_t *list = json_array();

	for (int i = 0; i < LINES; i++)
		add(list,
		    json_pack("{s:o, s:s, s:s, s:b, s:i}", "name", json_sprintf("line%d", i),
			"host", "192.0.2.1", "auth", "address", "register", 0, "position", i));
	return list;
}

static void
put_rules(json_t *file)
{
	json_t *rules = json_array(), *ways = json_array();

	for (int i = 0; i < RULES; i++) {
		json_t *range = json_sprintf("00%d", 30000 + i);

		add(rules, json_pack("{s:O}", "number", range));
		for (int w = 0; w < WAYS; w++)
			add(ways, json_pack("{s:O, s:s, s:o}", "rule", range, "frame", "24/7",
				      "line", json_sprintf("line%d", (i * 7 + w) % LINES)));
		json_decref(range);
	}
	json_object_set_new(file, "cor-rules", rules);
	json_object_set_new(file, "cor-lines", ways);
}

static void
load(struct store *s, json_t *file)
{
	json_t *report = NULL;
	enum err e =
	    store_import(s, file, &(struct store_import_params){.keep_others = true}, &report);

	if (e != ERR_OK) {
		char *text = report ? json_dumps(report, 0) : NULL;

		fprintf(stderr, "%.500s\n", text ? text : "");
		die(err_text(e));
	}
	json_decref(report);
	json_decref(file);
}

/* The bytes that a snapshot takes: the second of two, when the database has its buffers. */
static double
build(struct store *s, struct directory **out)
{
	struct directory *first;
	struct mallinfo2 before, after;

	if (directory_build(s, &first) != ERR_OK)
		die("no directory");
	before = mallinfo2();
	if (directory_build(s, out) != ERR_OK)
		die("no directory");
	after = mallinfo2();
	directory_free(first);
	return (double)(after.uordblks + after.hblkhd) - (double)(before.uordblks + before.hblkhd);
}

static bool
reachable(void *ctx, int64_t phone_id)
{
	return true;
}

static enum routing_line_state
line_state(void *ctx, int64_t line_id)
{
	return ROUTING_LINE_FREE;
}

static double
cpu_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

/* What is dialled: head, so many digits of a number below spread, tail. */
static void
measure(const struct directory *dir, const char *kind, const char *head, int digits,
    const char *tail, unsigned spread, unsigned plans)
{
	struct routing_state state = {.phone_reachable = reachable, .line_state = line_state};
	static struct routing_plan p;
	size_t n, rings = 0;
	const struct dir_phone *phone = dir_phones(dir, &n);
	struct rng rng;
	double began;

	rng_init_seed(&rng, 1);
	began = cpu_us();
	for (unsigned i = 0; i < plans; i++) {
		char text[32];
		struct routing_query q = {.caller_phone = &phone[rng_below(&rng, (uint32_t)n)],
		    .when = {{2026, 11, 30}, 540},
		    .state = &state};

		snprintf(
		    text, sizeof text, "%s%0*u%s", head, digits, rng_below(&rng, spread), tail);
		q.dialled = slice_cstr(text);
		routing_plan_make(&p, dir, &q);
		rings += p.action == ROUTING_RING;
	}
	printf("plan %s %.2f\n", kind, (cpu_us() - began) / plans);
	if (rings < plans * 9 / 10)
		die("calls were refused");
}

int
main(int argc, char **argv)
{
	unsigned plans = argc > 1 ? (unsigned)strtoul(argv[1], NULL, 10) : 200000;
	char dir_path[] = "/tmp/strowger-bench-XXXXXX", path[64], why[256] = "";
	struct directory *dir;
	struct store *s;
	json_t *file = json_object();
	double without, with;

	if (!mkdtemp(dir_path))
		die("no directory for the database");
	snprintf(path, sizeof path, "%s/bench.db", dir_path);
	if (store_open(path, &s, why, sizeof why) != ERR_OK)
		die(why);
	json_object_set_new(file, "settings",
	    json_pack("{s:s, s:s, s:s}", "country_code", "49", "area_code", "211", "outside_prefix",
		"0"));
	json_object_set_new(
	    file, "ranges", json_pack("[{s:s, s:s}]", "first", "10000", "last", "19999"));
	json_object_set_new(file, "phones", phones());
	json_object_set_new(file, "users", users());
	json_object_set_new(file, "lines", lines());
	put_rules(file);
	load(s, file);
	without = build(s, &dir);
	directory_free(dir);
	load(s, json_pack("{s:o}", "numbers", numbers(NUMBERS / 2)));
	with = build(s, &dir);
	measure(dir, "internal", "1", 4, "", USERS, plans);
	measure(dir, "national", "00221", 6, "", 1000000, plans);
	measure(dir, "cor", "0003", 4, "55", RULES, plans);
	printf("number %.0f\n", (with - without) * 2 / NUMBERS);
	directory_free(dir);
	store_close(s);
	snprintf(path, sizeof path, "rm -rf %s", dir_path);
	return system(path) == 0 ? 0 : 1; // NOLINT
}
