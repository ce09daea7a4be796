/*
 * What it costs to ring a group of a hundred members, all at once: CPU time from the INVITE of the
 * caller to the last one of ours (the whole switchboard; no sockets, no disk). Fails when not all
 * of them ring.
 *
 *	bench_ring [CALLS]
 *
 * prints "ring 100 members: N us".
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "base/hmap.h"
#include "base/log.h"
#include "board.h"

enum { MEMBERS = 100, RINGS_MS = 5, OVER_MS = 70000 };

static unsigned invites;

static void
die(const char *what)
{
	fprintf(stderr, "bench_ring: %s\n", what);
	exit(1);
}

/* ---- the office ---- */

static void
add(json_t *list, json_t *item)
{
	if (!item || json_array_append_new(list, item) != 0)
		die("out of memory");
}

static json_t *
phone(const char *name, json_t *host)
{
	return json_pack(
	    "{s:s, s:s, s:o, s:i}", "name", name, "auth", "address", "host", host, "qualify_s", 0);
}

static json_t *
office(void)
{
	json_t *phones = json_array(), *users = json_array(), *members = json_array();

	add(phones, phone("caller", json_string("10.0.0.9")));
	for (int i = 0; i < MEMBERS; i++) {
		char name[16], login[16];

		snprintf(name, sizeof name, "p%03d", i);
		snprintf(login, sizeof login, "%d", 1000 + i);
		add(phones, phone(name, json_sprintf("10.0.1.%d", 1 + i)));
		add(users, json_pack("{s:s, s:s, s:s, s:[s], s:[s]}", "login", login, "first_name",
			       "A", "last_name", name, "phones", name, "numbers", login));
		add(members, json_pack("{s:s, s:s}", "group", "all", "user", login));
	}
	return json_pack("{s:[{s:s, s:s}], s:o, s:o, s:[{s:s}], s:o, s:[{s:s, s:s}]}", "ranges",
	    "first", "1000", "last", "1999", "phones", phones, "users", users, "groups", "name",
	    "all", "group-members", members, "numbers", "number", "1999", "group", "all");
}

static struct directory *
read_office(struct store *s)
{
	struct directory *dir;
	json_t *report = NULL, *file = office();
	enum err e = file ? store_import(s, file,
				&(struct store_import_params){.keep_others = true}, &report)
			  : ERR_NOMEM;

	if (e == ERR_OK)
		e = directory_build(s, &dir);
	if (e != ERR_OK)
		die(err_text(e));
	json_decref(report);
	json_decref(file);
	return dir;
}

/* ---- the calls ---- */

static void
on_sent(void *ctx, const struct sip_flow *flow, struct slice bytes)
{
	invites += slice_starts(bytes, SLICE("INVITE "));
}

static void
on_broken(void *ctx, const char *what)
{
	die(what);
}

static void
say(struct board *b, const char *method, unsigned call, const char *type, const char *body)
{
	struct sip_flow flow = {.transport = SIP_UDP};
	char text[2048];
	int n = snprintf(text, sizeof text,
	    "%s sip:1999@10.0.0.1 SIP/2.0\r\nVia: SIP/2.0/UDP 10.0.0.9;branch=z9hG4bKr%u;rport\r\n"
	    "Max-Forwards: 70\r\nFrom: <sip:caller@10.0.0.1>;tag=t%u\r\nTo: <sip:1999@10.0.0.1>\r\n"
	    "Call-ID: ring%u@bench\r\nCSeq: 1 %s\r\nContact: <sip:caller@10.0.0.9>\r\n%s"
	    "Content-Length: %zu\r\n\r\n%s",
	    method, call, call, call, method, type, strlen(body), body);

	if (addr_parse(SLICE("10.0.0.1:5060"), 0, &flow.local) != ERR_OK ||
	    addr_parse(SLICE("10.0.0.9:5060"), 0, &flow.remote) != ERR_OK)
		die("no address");
	board_feed(b, &flow, slice_make(text, (size_t)n));
}

static double
cpu_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

/* One call that rings everywhere and is given up. */
static double
ring(struct board *b, unsigned call)
{
	double began = cpu_us(), us;

	invites = 0;
	say(b, "INVITE", call, "Content-Type: application/sdp\r\n",
	    "v=0\r\no=- 1 1 IN IP4 10.0.0.9\r\ns=-\r\nc=IN IP4 10.0.0.9\r\nt=0 0\r\n"
	    "m=audio 4000 RTP/AVP 8 0 101\r\na=rtpmap:101 telephone-event/8000\r\n");
	board_pass_ms(b, RINGS_MS);
	us = cpu_us() - began;
	if (invites != MEMBERS)
		die("not everybody rings");
	say(b, "CANCEL", call, "", "");
	board_pass_ms(b, OVER_MS);
	return us;
}

int
main(int argc, char **argv)
{
	unsigned calls = argc > 1 ? (unsigned)strtoul(argv[1], NULL, 10) : 50;
	char folder[] = "/tmp/strowger-bench-XXXXXX", path[64], why[256] = "";
	static struct board board = {.on_sent = on_sent, .on_broken = on_broken};
	struct directory *dir;
	struct store *s;
	double sum_us = 0;

	hash_seed(1, 2);
	log_set_level(LOG_FATAL);
	if (!mkdtemp(folder))
		die("no directory for the database");
	snprintf(path, sizeof path, "%s/bench.db", folder);
	if (store_open(path, &s, why, sizeof why) != ERR_OK)
		die(why);
	dir = read_office(s);
	store_close(s);
	snprintf(path, sizeof path, "rm -rf %s", folder);
	if (system(path) != 0 || board_open(&board, dir, 1) != ERR_OK) // NOLINT
		die("no switchboard");
	ring(&board, 0); /* pools grow */
	for (unsigned i = 1; i <= calls; i++)
		sum_us += ring(&board, i);
	printf("ring %d members: %.0f us\n", MEMBERS, sum_us / calls);
	board_close(&board);
	directory_free(dir);
	return 0;
}
