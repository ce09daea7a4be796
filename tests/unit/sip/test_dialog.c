/* Dialogs: RFC 3261, 12. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "fault.h"
#include "sip/dialog.h"

enum { ARENA_BYTES = 16384 };

static struct sip_dialogs table;
static struct arena arena;
static struct rng rng;
static struct sip_dialog d;
static struct sip_msg msg;
static char text[8192];

static int
set_up(void **state)
{
	sip_dialogs_init(&table);
	arena_init(&arena, "test", 512, ARENA_BYTES);
	rng_init_seed(&rng, 7);
	memset(&d, 0, sizeof d);
	return 0;
}

static int
tear_down(void **state)
{
	sip_dialog_fini(&d);
	sip_dialogs_fini(&table);
	arena_fini(&arena);
	return 0;
}

static const struct sip_msg *
parse(const char *t)
{
	snprintf(text, sizeof text, "%s", t);
	assert_int_equal(sip_msg_parse(&msg, slice_cstr(text), NULL), ERR_OK);
	return &msg;
}

#define INVITE_WITH(from, to, more)                                                                \
	"INVITE sip:b@192.0.2.2 SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKa\r\n"         \
	"From: " from "\r\nTo: " to "\r\nCall-ID: call\r\nCSeq: 7 INVITE\r\n" more "\r\n"
#define ANSWER(status, tag, more)                                                                  \
	"SIP/2.0 " status                                                                          \
	" x\r\nVia: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKa\r\nFrom: <sip:a@x>;tag=f"                \
	"\r\nTo: <sip:b@x>" tag "\r\nCall-ID: call\r\nCSeq: 1 INVITE\r\n" more "\r\n"
#define CONTACT "Contact: <sip:a@192.0.2.1:5062;transport=udp>;expires=60\r\n"

static struct sip_flow
flow_to(const char *address)
{
	struct sip_flow f = {.transport = SIP_UDP};

	assert_int_equal(addr_parse(slice_cstr(address), 5060, &f.remote), ERR_OK);
	return f;
}

static const char *
headers(enum sip_method m, uint32_t cseq)
{
	static char out[4096];
	struct buf b;

	buf_init(&b, out, sizeof out - 1);
	(void)sip_dialog_write_headers(&d, &b, m, cseq);
	assert_true(buf_ok(&b));
	out[b.n] = '\0';
	return out;
}

static void
start_uas(const char *invite)
{
	struct sip_flow f = flow_to("192.0.2.1:5060");

	assert_int_equal(
	    sip_dialog_init_uas(&d, &table, &arena, parse(invite), &f, SLICE("mine")), ERR_OK);
}

static void
start_uac(void)
{
	struct sip_dialog_uac_params p = {SLICE("\"A\" <sip:a@x>"), SLICE("<sip:b@x>"),
	    SLICE("sip:b@192.0.2.2"), SLICE("call"), flow_to("192.0.2.2:5060"), SLICE("")};

	assert_int_equal(sip_dialog_init_uac(&d, &table, &arena, &rng, &p), ERR_OK);
}

static void
preloaded_routes_go_until_the_answer_brings_its_own(void **state)
{
	static const struct {
		const char *what, *lines, *record_route;
		enum err e;
		const char *first, *later; /* Route lines of INVITE and ACK */
	} cases[] = {
	    {"RFC 3327, 5.1; 12.1.2", "Route: <sip:p1;lr>, <sip:p2;lr>\r\nroute: <sip:p3;lr>\r\n",
		"Record-Route: <sip:p2;lr>, <sip:p1;lr>\r\n", ERR_OK,
		"Route: <sip:p1;lr>\r\nRoute: <sip:p2;lr>\r\nRoute: <sip:p3;lr>\r\nFrom",
		"Route: <sip:p1;lr>\r\nRoute: <sip:p2;lr>\r\nFrom"},
	    {"the answer's empty set counts too", "Route: <sip:p1;lr>\r\n", "", ERR_OK,
		"Route: <sip:p1;lr>\r\nFrom", "From"},
	    {"none", "", "", ERR_OK, "From", "From"},
	    {"another header", "Path: <sip:p1;lr>\r\n", "", ERR_MALFORMED, "", ""},
	};
	char answer[1024];

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct sip_dialog_uac_params p = {SLICE("\"A\" <sip:a@x>"), SLICE("<sip:b@x>"),
		    SLICE("sip:b@192.0.2.2"), SLICE("call"), flow_to("192.0.2.2:5060"),
		    slice_cstr(cases[i].lines)};

		assert_int_equal(sip_dialog_init_uac(&d, &table, &arena, &rng, &p), cases[i].e);
		if (cases[i].e != ERR_OK)
			continue;
		if (strncmp(headers(SIP_INVITE, 0), cases[i].first, strlen(cases[i].first)) != 0)
			fail_msg("%s: %s", cases[i].what, headers(SIP_INVITE, 0));
		snprintf(answer, sizeof answer, ANSWER("200", ";tag=r", CONTACT "%s"),
		    cases[i].record_route);
		assert_int_equal(sip_dialog_on_response(&d, &arena, parse(answer)), ERR_OK);
		if (strncmp(headers(SIP_ACK, 1), cases[i].later, strlen(cases[i].later)) != 0)
			fail_msg("%s: %s", cases[i].what, headers(SIP_ACK, 1));
		/* RFC 3891, 3: found by its three identifiers, and only by all of them */
		assert_ptr_equal(
		    sip_dialogs_find_id(&table, SLICE("call"), d.local_tag, SLICE("r")), &d);
		assert_null(sip_dialogs_find_id(&table, SLICE("call"), SLICE("r"), d.local_tag));
		assert_null(sip_dialogs_find_id(&table, SLICE("call"), d.local_tag, SLICE("")));
		sip_dialog_fini(&d);
	}
}

static void
the_called_side_writes_the_parties_swapped(void **state)
{
	static const struct {
		const char *what, *from, *to, *from_line, *to_line;
	} cases[] = {
	    {"12.1.1", "\"Al, Bo\" <sip:a@x;user=phone>;tag=t1;epid=3", "<sip:b@x>",
		"From: <sip:b@x>;tag=mine\r\n", "To: \"Al, Bo\" <sip:a@x;user=phone>;tag=t1\r\n"},
	    {"short form", "sip:a@x;tag=t1", "sip:b@x", "From: sip:b@x;tag=mine\r\n",
		"To: sip:a@x;tag=t1\r\n"},
	    {"folded", "\"A\"\r\n <sip:a@x>\r\n ;tag=t1", "<sip:b@x>",
		"From: <sip:b@x>;tag=mine\r\n", "To: \"A\" <sip:a@x>;tag=t1\r\n"},
	    {"RFC 2543: no From tag", "<sip:a@x>", "<sip:b@x>", "From: <sip:b@x>;tag=mine\r\n",
		"To: <sip:a@x>\r\n"},
	};
	char invite[1024];

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		snprintf(invite, sizeof invite, INVITE_WITH("%s", "%s", CONTACT), cases[i].from,
		    cases[i].to);
		start_uas(invite);
		if (!strstr(headers(SIP_BYE, 0), cases[i].from_line) ||
		    !strstr(headers(SIP_BYE, 0), cases[i].to_line))
			fail_msg("%s: %s", cases[i].what, headers(SIP_BYE, 0));
		assert_true(
		    slice_eq(sip_dialog_uri(&d), SLICE("sip:a@192.0.2.1:5062;transport=udp")));
		sip_dialog_fini(&d);
	}
}

static void
a_dialog_needs_a_contact(void **state)
{
	static const char *const contacts[] = {"", "Contact: *\r\n", "Contact: <tel:123>\r\n",
	    "Contact: <sip:a@>\r\n", "Contact: <sip:a@x\r\n"};
	struct sip_flow f = flow_to("192.0.2.1");
	char invite[1024];

	for (size_t i = 0; i < sizeof contacts / sizeof contacts[0]; i++) {
		snprintf(invite, sizeof invite, INVITE_WITH("<sip:a@x>;tag=1", "<sip:b@x>", "%s"),
		    contacts[i]);
		assert_int_equal(
		    sip_dialog_init_uas(&d, &table, &arena, parse(invite), &f, SLICE("m")),
		    ERR_MALFORMED);
		assert_null(d.table);
	}
	assert_int_equal(table.map.count, 0);
}

/* 12.1.1, 12.1.2, 12.2.1.1 */
static void
routes_are_kept_in_the_right_order(void **state)
{
#define RR "Record-Route: <sip:p1;lr>, <sip:p2;lr>\r\nRecord-Route: <sip:p3;lr>\r\n"
	start_uas(INVITE_WITH("<sip:a@x>;tag=1", "<sip:b@x>", CONTACT RR));
	assert_non_null(strstr(headers(SIP_BYE, 0),
	    "Route: <sip:p1;lr>\r\nRoute: <sip:p2;lr>\r\nRoute: <sip:p3;lr>\r\nFrom"));
	sip_dialog_fini(&d);
	start_uac();
	assert_null(strstr(headers(SIP_INVITE, 0), "Route"));
	assert_int_equal(
	    sip_dialog_on_response(&d, &arena, parse(ANSWER("200", ";tag=r", CONTACT RR))), ERR_OK);
	assert_non_null(strstr(headers(SIP_BYE, 0),
	    "Route: <sip:p3;lr>\r\nRoute: <sip:p2;lr>\r\nRoute: <sip:p1;lr>\r\nFrom"));
	assert_true(slice_eq(sip_dialog_uri(&d), SLICE("sip:a@192.0.2.1:5062;transport=udp")));
}

static void
strict_routers_are_obeyed(void **state)
{
	start_uas(INVITE_WITH(
	    "<sip:a@x>;tag=1", "<sip:b@x>", CONTACT "Record-Route: <sip:old@p1>, <sip:p2;lr>\r\n"));
	assert_true(slice_eq(sip_dialog_uri(&d), SLICE("sip:old@p1")));
	assert_non_null(strstr(headers(SIP_BYE, 0),
	    "Route: <sip:p2;lr>\r\nRoute: <sip:a@192.0.2.1:5062;transport=udp>\r\nFrom"));
	assert_null(strstr(headers(SIP_BYE, 0), "<sip:old@p1>"));
}

/* 12.2.1.1: without what no Request-URI may have. */
static void
a_strict_router_with_headers_gets_none_of_them(void **state)
{
	start_uas(INVITE_WITH(
	    "<sip:a@x>;tag=1", "<sip:b@x>", CONTACT "Record-Route: <sip:p1;maddr=p9?lr>\r\n"));
	assert_true(slice_eq(sip_dialog_uri(&d), SLICE("sip:p1;maddr=p9")));
}

/* What is no place in SIP cannot be a Request-URI. */
static void
a_first_route_that_is_not_sip_stays_a_route(void **state)
{
	start_uas(INVITE_WITH("<sip:a@x>;tag=1", "<sip:b@x>", CONTACT "Record-Route: <im:p1>\r\n"));
	assert_true(slice_eq(sip_dialog_uri(&d), SLICE("sip:a@192.0.2.1:5062;transport=udp")));
	assert_non_null(strstr(headers(SIP_BYE, 0), "Route: <im:p1>\r\n"));
}

static void
too_many_routes_are_refused(void **state)
{
	char invite[4096] = "", *at = invite;
	struct sip_flow f = flow_to("192.0.2.1");

	at += snprintf(at, 1024, "%s",
	    "INVITE sip:b@x SIP/2.0\r\nVia: SIP/2.0/UDP x\r\nFrom: <sip:a@x>;tag=1\r\nTo: "
	    "<sip:b@x>\r\nCall-ID: c\r\nCSeq: 1 INVITE\r\n" CONTACT);
	for (int i = 0; i <= SIP_ROUTES_MAX; i++)
		at += snprintf(at, 64, "Record-Route: <sip:p%d;lr>\r\n", i);
	snprintf(at, 8, "\r\n");
	assert_int_equal(
	    sip_dialog_init_uas(&d, &table, &arena, parse(invite), &f, SLICE("m")), ERR_TOO_BIG);
}

/* 12.2.1.1: own numbers go up by one; an ACK takes its INVITE's. */
static void
own_numbers_go_up(void **state)
{
	start_uac();
	assert_non_null(strstr(headers(SIP_INVITE, 0), "CSeq: 1 INVITE\r\n"));
	assert_non_null(strstr(headers(SIP_INFO, 0), "CSeq: 2 INFO\r\n"));
	assert_non_null(strstr(headers(SIP_ACK, 1), "CSeq: 1 ACK\r\n"));
	assert_non_null(strstr(headers(SIP_BYE, 0), "CSeq: 3 BYE\r\n"));
}

/* 12.2.2 */
static void
numbers_of_the_peer_may_not_go_down(void **state)
{
	start_uas(INVITE_WITH("<sip:a@x>;tag=1", "<sip:b@x>", CONTACT)); /* 7 */
	msg.cseq = 7;
	assert_int_equal(sip_dialog_check_cseq(&d, &msg), ERR_OK);
	msg.cseq = 20; /* gaps are fine */
	assert_int_equal(sip_dialog_check_cseq(&d, &msg), ERR_OK);
	msg.cseq = 19;
	assert_int_equal(sip_dialog_check_cseq(&d, &msg), ERR_CONFLICT);
	sip_dialog_fini(&d);
	start_uac(); /* knows nothing yet */
	msg.cseq = 3;
	assert_int_equal(sip_dialog_check_cseq(&d, &msg), ERR_OK);
	msg.cseq = 2;
	assert_int_equal(sip_dialog_check_cseq(&d, &msg), ERR_CONFLICT);
}

/* 13.2.2.4: which answer makes the dialog */
static void
forked_answers(void **state)
{
	static const struct step {
		const char *answer;
		enum err e;
		const char *tag, *target;
	} steps[] = {
	    {ANSWER("100", "", ""), ERR_OK, "", "sip:b@192.0.2.2"},
	    {ANSWER("180", ";tag=x", ""), ERR_OK, "x", "sip:b@192.0.2.2"},
	    {ANSWER("183", ";tag=y", "Contact: <sip:y@y>\r\n"), ERR_OK, "x", "sip:b@192.0.2.2"},
	    {ANSWER("183", ";tag=x", "Contact: <sip:x@x>\r\n"), ERR_OK, "x", "sip:x@x"},
	    {ANSWER("200", ";tag=z", "Contact: <sip:z@z>\r\n"), ERR_OK, "z", "sip:z@z"},
	    {ANSWER("200", ";tag=x", "Contact: <sip:x@x>\r\n"), ERR_CONFLICT, "z", "sip:z@z"},
	    {ANSWER("200", ";tag=z", "Contact: <sip:z@w>\r\n"), ERR_OK, "z", "sip:z@w"},
	    /* RFC 3261, 19.1.1: no headers in a Request-URI */
	    {ANSWER("200", ";tag=z", "Contact: <sip:z@w;a=b?Route=evil>\r\n"), ERR_OK, "z",
		"sip:z@w;a=b"},
	    {ANSWER("486", ";tag=q", ""), ERR_OK, "z", "sip:z@w;a=b"},
	};

	start_uac();
	for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++) {
		const struct sip_msg *m = parse(steps[i].answer);

		if (sip_dialog_on_response(&d, &arena, m) != steps[i].e ||
		    !slice_eq(d.remote_tag, slice_cstr(steps[i].tag)) ||
		    !slice_eq(sip_dialog_uri(&d), slice_cstr(steps[i].target)))
			fail_msg("step %zu: tag %.*s", i, SLICE_FMT(d.remote_tag));
		assert_int_equal(d.confirmed, i >= 4);
	}
}

static void
dialogs_are_found_by_all_three(void **state)
{
#define BYE_WITH(from_tag, to_tag, call_id)                                                        \
	"BYE sip:b SIP/2.0\r\nVia: SIP/2.0/UDP x\r\nFrom: <sip:a@x>" from_tag                      \
	"\r\nTo: <sip:b@x>" to_tag "\r\nCall-ID: " call_id "\r\nCSeq: 8 BYE\r\n\r\n"
	static const struct {
		const char *what, *bye;
		bool found;
	} cases[] = {
	    {"all", BYE_WITH(";tag=t1", ";tag=mine", "call"), true},
	    {"other From tag", BYE_WITH(";tag=t2", ";tag=mine", "call"), false},
	    {"no From tag", BYE_WITH("", ";tag=mine", "call"), false},
	    {"other To tag", BYE_WITH(";tag=t1", ";tag=Mine", "call"), false},
	    {"no To tag", BYE_WITH(";tag=t1", "", "call"), false},
	    {"other Call-ID", BYE_WITH(";tag=t1", ";tag=mine", "CALL"), false},
	};
	char bye[1024];

	start_uas(INVITE_WITH("<sip:a@x>;tag=t1", "<sip:b@x>", CONTACT));
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
		if ((sip_dialogs_find(&table, parse(cases[i].bye)) == &d) != cases[i].found)
			fail_msg("%s", cases[i].what);
	sip_dialog_fini(&d);
	sip_dialog_fini(&d); /* twice is fine */
	assert_null(sip_dialogs_find(&table, parse(cases[0].bye)));
	/* our own early dialog takes a request of anybody who knows its two secrets */
	start_uac();
	snprintf(
	    bye, sizeof bye, BYE_WITH(";tag=any", ";tag=%.*s", "call"), SLICE_FMT(d.local_tag));
	assert_true(sip_dialogs_find(&table, parse(bye)) == &d);
	assert_int_equal(
	    sip_dialog_on_response(&d, &arena, parse(ANSWER("180", ";tag=r", ""))), ERR_OK);
	assert_null(sip_dialogs_find(&table, parse(bye)));
}

/* 12.2.2, and addresses behind NAT change. */
static void
the_target_follows_the_peer_without_growing(void **state)
{
	struct sip_flow moved = flow_to("198.51.100.9:1234");
	char invite[1024];
	size_t used;

	start_uas(INVITE_WITH("<sip:a@x>;tag=t1", "<sip:b@x>", CONTACT));
	used = arena.used_bytes;
	for (int i = 0; i < 1000; i++) {
		snprintf(invite, sizeof invite,
		    INVITE_WITH("<sip:a@x>;tag=t1", "<sip:b@x>;tag=mine",
			"Contact: <sip:a@192.0.2.%d>\r\n"),
		    i % 256);
		sip_dialog_refresh(&d, parse(invite), &moved);
	}
	assert_true(slice_eq(sip_dialog_uri(&d), SLICE("sip:a@192.0.2.231")));
	assert_true(addr_eq(&d.flow.remote, &moved.remote));
	assert_int_equal(arena.used_bytes, used);
	/* without a good Contact nothing changes */
	sip_dialog_refresh(
	    &d, parse(INVITE_WITH("<sip:a@x>;tag=t1", "<sip:b@x>;tag=mine", "")), &moved);
	assert_true(slice_eq(sip_dialog_uri(&d), SLICE("sip:a@192.0.2.231")));
}

static void
the_caller_draws_what_is_not_given(void **state)
{
	static char long_uri[SIP_URI_MAX_BYTES + 1];
	struct sip_dialog_uac_params p = {SLICE("<sip:a@x>"), SLICE("<sip:b@x>"), SLICE("sip:b@x"),
	    (struct slice){0}, flow_to("192.0.2.2"), SLICE("")};
	struct slice tag, id;

	assert_int_equal(sip_dialog_init_uac(&d, &table, &arena, &rng, &p), ERR_OK);
	tag = d.local_tag;
	id = d.call_id;
	assert_int_equal(tag.n, 16);
	assert_int_equal(id.n, 32);
	sip_dialog_fini(&d);
	assert_int_equal(sip_dialog_init_uac(&d, &table, &arena, &rng, &p), ERR_OK);
	assert_false(slice_eq(d.local_tag, tag));
	assert_false(slice_eq(d.call_id, id));
	sip_dialog_fini(&d);
	p.target = (struct slice){0};
	assert_int_equal(sip_dialog_init_uac(&d, &table, &arena, &rng, &p), ERR_INVALID);
	p.target = slice_make(long_uri, sizeof long_uri);
	assert_int_equal(sip_dialog_init_uac(&d, &table, &arena, &rng, &p), ERR_TOO_BIG);
}

static void
without_memory_there_is_no_dialog(void **state)
{
	struct sip_flow f = flow_to("192.0.2.1");
	const struct sip_msg *m = parse(INVITE_WITH("<sip:a@x>;tag=1", "<sip:b@x>", CONTACT RR));
	enum err e = ERR_NOMEM;

	for (size_t n = 1; n < 10 && e != ERR_OK; n++) {
		struct arena small;

		arena_init(&small, "small", 64, 100000);
		fault.fail_at = n;
		e = sip_dialog_init_uas(&d, &table, &small, m, &f, SLICE("mine"));
		fault.fail_at = 0;
		assert_true(e == ERR_NOMEM ? d.table == NULL : e == ERR_OK && n > 2);
		sip_dialog_fini(&d);
		arena_fini(&small);
	}
	assert_int_equal(e, ERR_OK);
}

int
main(void)
{
#define CASE(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
	const struct CMUnitTest tests[] = {
	    CASE(the_called_side_writes_the_parties_swapped),
	    CASE(preloaded_routes_go_until_the_answer_brings_its_own),
	    CASE(a_dialog_needs_a_contact),
	    CASE(routes_are_kept_in_the_right_order),
	    CASE(strict_routers_are_obeyed),
	    CASE(a_strict_router_with_headers_gets_none_of_them),
	    CASE(a_first_route_that_is_not_sip_stays_a_route),
	    CASE(too_many_routes_are_refused),
	    CASE(own_numbers_go_up),
	    CASE(numbers_of_the_peer_may_not_go_down),
	    CASE(forked_answers),
	    CASE(dialogs_are_found_by_all_three),
	    CASE(the_target_follows_the_peer_without_growing),
	    CASE(the_caller_draws_what_is_not_given),
	    CASE(without_memory_there_is_no_dialog),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
