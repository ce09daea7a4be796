/*
 * What lamps cost: 10,000 phones with 20 keys each that watch 10,000 users. Memory for each
 * subscription; CPU time of a refresh, with its 200, NOTIFY and the phone's 200; CPU time for each
 * NOTIFY that tells of a call, with its 200 (presence, call's events, transactions, parsing; no
 * sockets). Then how long a change takes to reach all of one user's 500 watchers: waiting by the
 * clock, work by CPU time.
 *
 *	bench_notify [rounds, at most 5]
 */
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "presence/presence.h"

enum {
	USERS = 10000,
	PHONES = 10000,
	KEYS = 20,
	SUBS = PHONES * KEYS,
	FAMOUS = 500, /* so many phones watch the first user */
	RINGING = 1000,
	PENDING_MAX = 256,
	TAG_BYTES = 40,
	PHONES_A_SECOND = 10, /* they do not all come at once */
	TOO_LATE_MS = 10000,
};

struct directory {
	struct settings settings;
	struct dir_user user[USERS];
	struct dir_phone phone[PHONES];
	char number[USERS][16], name[PHONES][16];
};

static struct directory dir;
static struct timers timers;
static struct sip_core *core;
static struct presence *presence;
static uint64_t sent;
static char pending[PENDING_MAX][4096];
static size_t n_pending;
static struct sip_flow flow;
static char tag[SUBS][TAG_BYTES]; /* of the server's side of each dialog */
static char last_tag[TAG_BYTES];

/* ---- the directory ---- */

const struct settings *
dir_settings(const struct directory *d)
{
	return &d->settings;
}

const struct dir_phone *
dir_phone_by_id(const struct directory *d, int64_t id)
{
	return &d->phone[id - 1];
}

const struct dir_phone *
dir_phone_by_name(const struct directory *d, struct slice name)
{
	return NULL;
}

const struct dir_group *
dir_group_by_code(const struct directory *d, struct slice code)
{
	return NULL;
}

const struct dir_user *
dir_user_by_id(const struct directory *d, int64_t id)
{
	return &d->user[id - 1];
}

const struct dir_user *
dir_user_by_number(const struct directory *d, struct slice number)
{
	uint32_t n;

	return slice_to_u32(number, 10000 + USERS - 1, &n) == ERR_OK && n >= 10000
		   ? &d->user[n - 10000]
		   : NULL;
}

static void
fill_directory(void)
{
	for (int i = 0; i < USERS; i++) {
		snprintf(dir.number[i], sizeof dir.number[i], "%d", 10000 + i);
		dir.user[i] = (struct dir_user){.id = i + 1,
		    .name = SLICE("Somebody Somewhere"),
		    .enabled = true,
		    .primary_number = slice_cstr(dir.number[i])};
	}
	for (int i = 0; i < PHONES; i++) {
		snprintf(dir.name[i], sizeof dir.name[i], "p%d", i);
		dir.phone[i] = (struct dir_phone){
		    .id = i + 1, .name = slice_cstr(dir.name[i]), .enabled = true};
	}
}

/* ---- the world ---- */

static void
keep(void *ctx, uint32_t *handle, struct slice value)
{
	*handle = 1;
}

static void
forget(void *ctx, uint32_t handle)
{
}

static void
on_subscription(void *ctx, const struct live_subscription *s, bool removed)
{
}

static size_t
contacts(void *ctx, int64_t phone_id, struct presence_contact *out, size_t max)
{
	return 0;
}

static enum err
local_for(void *ctx, enum sip_transport t, const struct addr *remote, struct addr *local)
{
	return ERR_NOT_FOUND;
}

static int64_t
wall_ms(void *ctx)
{
	return 1700000000000;
}

static const struct presence_ops presence_ops = {.keep = keep,
    .forget = forget,
    .on_subscription = on_subscription,
    .contacts = contacts,
    .local_for = local_for,
    .wall_ms = wall_ms};

/* With its CR LF. */
static struct slice
line(struct slice text, const char *name)
{
	const char *at = memmem(text.p, text.n, name, strlen(name));
	const char *end = at ? memchr(at + 2, '\r', (size_t)(text.p + text.n - at) - 2) : NULL;

	return end ? slice_make(at + 2, (size_t)(end - at)) : SLICE("");
}

/* From a NOTIFY's From. */
static void
keep_tag(struct slice from)
{
	struct slice rest = slice_from(from, slice_find(from, '=') + 1);

	slice_clip_cstr(slice_take_until(&rest, '\r'), last_tag, sizeof last_tag);
}

/* A phone's 200: the NOTIFY's own lines. */
static void
core_send(void *ctx, const struct sip_flow *to, struct slice bytes)
{
	static const char *const copied[] = {
	    "\r\nVia:", "\r\nFrom:", "\r\nTo:", "\r\nCall-ID:", "\r\nCSeq:"};
	struct buf b;

	if (!slice_starts(bytes, SLICE("NOTIFY")))
		return;
	sent++;
	keep_tag(line(bytes, "\r\nFrom:"));
	if (n_pending == PENDING_MAX)
		abort();
	buf_init(&b, pending[n_pending++], sizeof pending[0] - 1);
	buf_lit(&b, "SIP/2.0 200 OK\r\n");
	for (size_t i = 0; i < sizeof copied / sizeof copied[0]; i++)
		buf_put(&b, line(bytes, copied[i]));
	buf_lit(&b, "Content-Length: 0\r\n\r\n");
	b.p[b.n] = '\0';
}

static void
on_request(void *ctx, struct sip_server *tsx, const struct sip_msg *req)
{
	uint32_t n;

	if (req->to.tag.n) {
		if (!presence_on_in_dialog(presence, tsx, req))
			abort();
	} else if (slice_to_u32(slice_from(req->from.uri.user, 1), PHONES - 1, &n) == ERR_OK)
		presence_on_subscribe(presence, tsx, req, &dir.phone[n]);
}

static void
on_ack(void *ctx, const struct sip_msg *ack, const struct sip_flow *from)
{
}

static const struct sip_core_ops core_ops = {
    .send = core_send, .on_request = on_request, .on_ack = on_ack};

static void
answer(void)
{
	for (size_t i = 0; i < n_pending; i++)
		sip_core_on_message(core, &flow, slice_cstr(pending[i]));
	n_pending = 0;
}

static void
pass_ms(uint64_t ms)
{
	uint64_t end_ms = timers_now_ms(&timers) + ms, next_ms;

	while ((next_ms = timers_next_ms(&timers)) <= end_ms) {
		timers_advance(&timers, next_ms);
		answer();
	}
	timers_advance(&timers, end_ms);
}

/* The first key of the first phones watches the first user, all others one of the others. */
static int
watched_by(int phone, int key)
{
	return phone < FAMOUS && key == 0 ? 0 : 1 + (phone * KEYS + key) % (USERS - 1);
}

/* Anew, or a refresh when its dialog is known. */
static void
subscribe(int phone, int key)
{
	int s = phone * KEYS + key, user = 10000 + watched_by(phone, key), n;
	bool known = tag[s][0] != '\0';
	char text[1024];

	n = snprintf(text, sizeof text,
	    "SUBSCRIBE sip:%d@192.0.2.1 SIP/2.0\r\n"
	    "Via: SIP/2.0/UDP 192.0.2.7:5060;branch=z9hG4bK%dx%dx%d;rport\r\nMax-Forwards: 70\r\n"
	    "From: \"Phone\" <sip:p%d@192.0.2.1>;tag=abcdef%d\r\nTo: <sip:%d@192.0.2.1>%s%s\r\n"
	    "Call-ID: %dx%dx3848276298220188511@192.0.2.7\r\nCSeq: %d SUBSCRIBE\r\n"
	    "Contact: <sip:p%d@192.0.2.7:5060>\r\nEvent: dialog\r\n"
	    "Accept: application/dialog-info+xml\r\nExpires: 3600\r\nContent-Length: 0\r\n\r\n",
	    user, phone, key, known, phone, key, user, known ? ";tag=" : "", tag[s], phone, key,
	    1 + known, phone);
	sip_core_on_message(core, &flow, slice_make(text, (size_t)n));
	answer();
	memcpy(tag[s], last_tag, sizeof tag[s]);
}

static void
subscribe_all(void)
{
	for (int phone = 0; phone < PHONES; phone++) {
		for (int key = 0; key < KEYS; key++)
			subscribe(phone, key);
		if (phone % PHONES_A_SECOND == 0)
			pass_ms(1000);
	}
	pass_ms(60000); /* transactions are over */
}

static double
cpu_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static void
ring(int user, enum call_dialog_state state, uint64_t id)
{
	presence_on_dialog(presence, &(struct call_dialog_event){.user = user + 1,
					 .phone = 1,
					 .recipient = true,
					 .state = state,
					 .id = id,
					 .call_id = SLICE("0123456789abcdef0123456789abcdef"),
					 .local_tag = SLICE("0123456789"),
					 .remote_tag = SLICE("fedcba9876543210"),
					 .remote_number = SLICE("01701234567"),
					 .remote_name = SLICE("Somebody Else")});
}

/* Each of n users gets a call that rings, is answered and ends. */
static void
calls(int first, int n, uint64_t *id)
{
	static const enum call_dialog_state states[] = {
	    CALL_DIALOG_EARLY, CALL_DIALOG_CONFIRMED, CALL_DIALOG_TERMINATED};

	for (size_t s = 0; s < 3; s++) {
		for (int u = 0; u < n; u++)
			ring(first + u, states[s], *id + (uint64_t)u);
		pass_ms(20000);
	}
	*id += (uint64_t)n;
}

static void
measure_refresh(void)
{
	double start = cpu_us();

	subscribe_all();
	printf("%-44s %8.2f us each (%llu)\n", "refreshes", (cpu_us() - start) / SUBS,
	    (unsigned long long)presence_get_counts(presence)->refreshed);
}

static void
measure(const char *what, int first, int users, int rounds)
{
	static uint64_t id = 1;
	uint64_t before = sent;
	double start = cpu_us();

	for (int i = 0; i < rounds; i++)
		calls(first, users, &id);
	printf("%-44s %8.2f us each (%llu NOTIFYs)\n", what,
	    (cpu_us() - start) / (double)(sent - before), (unsigned long long)(sent - before));
}

/* Until the last of its watchers' NOTIFYs has been handed over. */
static void
measure_change(uint64_t watchers, int rounds)
{
	static uint64_t id = 1u << 30;
	double waited_ms = 0, worked_us = 0;

	for (int i = 0; i < rounds; i++) {
		uint64_t began_ms = timers_now_ms(&timers), before = sent;
		double start = cpu_us();

		ring(0, CALL_DIALOG_EARLY, id);
		while (sent - before < watchers && timers_now_ms(&timers) < began_ms + TOO_LATE_MS)
			pass_ms(1);
		if (sent - before != watchers)
			abort();
		worked_us += cpu_us() - start;
		waited_ms += (double)(timers_now_ms(&timers) - began_ms);
		pass_ms(20000);
		ring(0, CALL_DIALOG_TERMINATED, id++);
		pass_ms(20000);
	}
	printf("change %llu watchers: waits %.1f ms, works %.2f ms\n", (unsigned long long)watchers,
	    waited_ms / rounds, worked_us / rounds / 1000);
}

int
main(int argc, char **argv)
{
	static struct rng rng;
	int rounds = argc > 1 ? atoi(argv[1]) : 3;
	size_t before;

	rng_init_seed(&rng, 1);
	timers_init(&timers, 1000000);
	fill_directory();
	if (addr_parse(SLICE("192.0.2.1:5060"), 0, &flow.local) != ERR_OK ||
	    addr_parse(SLICE("192.0.2.7:5060"), 0, &flow.remote) != ERR_OK ||
	    sip_core_new(&core, &(struct sip_core_params){.timers = &timers,
				    .rng = &rng,
				    .ops = &core_ops,
				    .server_name = SLICE("Strowger/bench")}) != ERR_OK ||
	    presence_new(&presence, &(struct presence_params){.core = core,
					.timers = &timers,
					.rng = &rng,
					.ops = &presence_ops,
					.dir = &dir}) != ERR_OK)
		return 1;
	before = mallinfo2().uordblks;
	subscribe_all();
	printf("%-44s %8zu bytes each (%zu)\n", "subscriptions",
	    (mallinfo2().uordblks - before) / SUBS,
	    presence_get_counts(presence)->subscriptions[PRESENCE_DIALOG]);
	measure_refresh();
	measure("1,000 users with 20 watchers each", 1, RINGING, rounds);
	measure("one user with 500 watchers", 0, 1, rounds * 2);
	measure_change(FAMOUS, rounds * 5);
	presence_free(presence);
	sip_core_free(core);
	return 0;
}
