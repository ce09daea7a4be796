/*
 * What transactions cost: bytes of those that only linger, allocations and chain
 * lengths with 100,000 of them, and what happens when memory runs out.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "fault.h"
#include "link.h"
#include "sip/core_int.h"

enum { LINGERING_GOAL_BYTES = 600, MANY = 100000, FEW = 1000, ROUND = 100 };

static struct link l;

static void
ask_many(enum sip_method m, unsigned n)
{
	for (unsigned i = 0; i < n; i++) {
		assert_int_equal(link_ask(&l, m), ERR_OK);
		if (i % ROUND == ROUND - 1)
			link_run_until(&l, timers_now_ms(&l.timers) + 1);
	}
}

/* As a REGISTER's 200 with one contact looks. */
#define REGISTER_ANSWER                                                                            \
	"Contact: <sip:12@192.168.100.17:5060>;expires=3600\r\nDate: Mon, 01 Jan 2024 00:00:00 "   \
	"GMT\r\n"

static void
lingering_transactions_are_small(void **state)
{
	static const struct {
		const char *what;
		enum sip_method method;
		uint16_t status;
		bool acked;
		const char *headers;
	} cases[] = {
	    {"REGISTER, answered", SIP_REGISTER, 200, false, REGISTER_ANSWER},
	    {"OPTIONS, answered", SIP_OPTIONS, 200, false, ""},
	    {"INVITE, answered and ACKed", SIP_INVITE, 200, true, ""},
	    {"INVITE, failed and ACKed", SIP_INVITE, 486, false, ""},
	};

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		size_t before, servers, clients, each;

		link_init(&l, SIP_UDP, 0);
		l.quiet = true;
		l.plan[0] = (struct link_answer){0, cases[i].status};
		l.b_headers = slice_cstr(cases[i].headers);
		l.a_acks_2xx = l.b_takes_acks = cases[i].acked;
		before = fault.bytes;
		/* within one round, or packets are counted too */
		ask_many(cases[i].method, FEW);
		servers = sip_core_get_stats(l.end[LINK_B].core)->servers;
		clients = sip_core_get_stats(l.end[LINK_A].core)->clients;
		assert_int_equal(servers, FEW);
		assert_int_equal(clients, FEW);
		each = (fault.bytes - before) / FEW;
		print_message(
		    "%s: %zu bytes for a server and a client together\n", cases[i].what, each);
		link_run_until(&l, timers_now_ms(&l.timers) + 6000); /* K or I is over */
		servers = sip_core_get_stats(l.end[LINK_B].core)->servers;
		clients = sip_core_get_stats(l.end[LINK_A].core)->clients;
		each = (fault.bytes - before) / (servers + clients);
		print_message(
		    "  later %zu servers, %zu clients, %zu bytes each\n", servers, clients, each);
		assert_true(each < LINGERING_GOAL_BYTES);
		link_fini(&l);
	}
	print_message("structs: server %zu, INVITE server %zu, client %zu\n",
	    sizeof(struct sip_server), sizeof(struct sip_invite_server), sizeof(struct sip_client));
}

static size_t
longest_chain(const struct hmap *m)
{
	size_t longest = 0;

	for (size_t i = 0; m->bucket && i <= m->mask; i++) {
		size_t n = 0;

		for (const struct hnode *node = m->bucket[i]; node; node = node->next)
			n++;
		longest = n > longest ? n : longest;
	}
	return longest;
}

/* A transaction takes the same number of allocations when it is the first and when
 * there are 100,000, and no look-up walks far. */
static void
cost_does_not_grow_with_their_number(void **state)
{
	static const enum sip_transport transports[] = {SIP_UDP, SIP_TCP};
	size_t at_first, at_last;

	for (size_t i = 0; i < 2; i++) {
		link_init(&l, transports[i], 10 * MANY);
		l.quiet = true;
		l.plan[0] = (struct link_answer){0, 180};
		at_first = fault.allocations;
		ask_many(SIP_INVITE, FEW);
		at_first = fault.allocations - at_first;
		ask_many(SIP_INVITE, MANY - 2 * FEW);
		at_last = fault.allocations;
		ask_many(SIP_INVITE, FEW);
		at_last = fault.allocations - at_last;
		assert_true(at_last <= at_first);
		assert_int_equal(sip_core_get_stats(l.end[LINK_A].core)->clients, MANY);
		assert_int_equal(sip_core_get_stats(l.end[LINK_B].core)->servers, MANY);
		assert_true(longest_chain(&l.end[LINK_A].core->clients) < 16);
		assert_true(longest_chain(&l.end[LINK_B].core->servers) < 16);
		assert_true(longest_chain(&l.end[LINK_B].core->merges) < 16);
		assert_true(l.end[LINK_A].core->conns.count <= 1);
		link_fini(&l);
	}
}

/* ---- the n-th allocation fails ---- */

struct story {
	const char *what;
	enum sip_transport transport;
	enum sip_method method;
	struct link_answer plan[LINK_PLAN_MAX];
	uint64_t cancel_ms; /* 0: not */
};

static void
tell(const struct story *s)
{
	link_init(&l, s->transport, 0);
	memcpy(l.plan, s->plan, sizeof l.plan);
	l.a_acks_2xx = l.b_takes_acks = l.b_answers_cancel = true;
	(void)!link_ask(&l, s->method);
	link_run_until(&l, s->cancel_ms);
	if (s->cancel_ms && l.end[LINK_A].client)
		sip_client_cancel(l.end[LINK_A].client, SLICE("Reason: SIP;cause=26\r\n"));
	link_run_until(&l, 50000);
	fault.fail_at = 0;
	link_run_until(&l, 200000);
}

static void
running_out_of_memory_leaks_nothing(void **state)
{
	static const struct story stories[] = {
	    {"answered", SIP_UDP, SIP_INVITE, {{0, 180}, {1000, 200}}, 0},
	    {"busy", SIP_UDP, SIP_INVITE, {{0, 486}}, 0},
	    {"cancelled", SIP_UDP, SIP_INVITE, {{0, 180}}, 1000},
	    {"cancelled at once", SIP_TCP, SIP_INVITE, {{1000, 180}}, 100},
	    {"OPTIONS", SIP_UDP, SIP_OPTIONS, {{0, 200}}, 0},
	    {"OPTIONS over TCP", SIP_TCP, SIP_OPTIONS, {{0, 200}}, 0},
	};

	log_set_level(LOG_FATAL);
	for (size_t i = 0; i < sizeof stories / sizeof stories[0]; i++) {
		size_t before = fault.blocks, runs = 0;

		/* link_init is allowed its two blocks */
		for (size_t n = 3;; n++) {
			fault.failed = 0;
			fault.fail_at = n;
			tell(&stories[i]);
			if (sip_core_get_stats(l.end[LINK_A].core)->clients ||
			    sip_core_get_stats(l.end[LINK_B].core)->servers)
				fail_msg("%s, allocation %zu: transactions never end",
				    stories[i].what, n);
			link_fini(&l);
			if (fault.blocks != before)
				fail_msg("%s, allocation %zu: %zu blocks leaked", stories[i].what,
				    n, fault.blocks - before);
			runs++;
			if (!fault.failed)
				break;
		}
		assert_true(runs > 5);
	}
	log_set_level(LOG_INFO);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(lingering_transactions_are_small),
	    cmocka_unit_test(cost_does_not_grow_with_their_number),
	    cmocka_unit_test(running_out_of_memory_leaks_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
