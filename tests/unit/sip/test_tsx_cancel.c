/* CANCEL (RFC 3261, 9) in all its races. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "link.h"

enum { TIMES_MAX = 4, END_MS = 100000 };

#define AT(ms) ((ms) + 1) /* 0 = not */

static const struct race {
	const char *what;
	struct link_answer plan[LINK_PLAN_MAX];
	uint64_t cancel_ms, again_ms; /* A's user calls sip_client_cancel */
	uint32_t delay_ms;	      /* of the link */
	unsigned drop, drop_once;
	bool ignores;		  /* B's user does not answer on_cancel */
	uint64_t sent[TIMES_MAX]; /* CANCELs of A */
	size_t on_cancel;
	uint16_t status;	/* A's final response; 0 = none */
	uint64_t final, failed; /* when */
} races[] = {
    {"held until the first provisional", {{400, 180}}, .cancel_ms = 50, .sent = {AT(200)},
	.on_cancel = 1, .status = 487, .final = AT(200)},
    {"at once when ringing", {{0, 180}}, .cancel_ms = 1000, .sent = {AT(1000)}, .on_cancel = 1,
	.status = 487, .final = AT(1000)},
    {"twice is once", {{0, 180}}, .cancel_ms = 1000, .again_ms = 1500, .ignores = true,
	.sent = {AT(1000)}, .on_cancel = 1, .failed = AT(33000)},
    {"not after the final response", {{0, 486}}, .cancel_ms = 1000, .status = 486, .final = AT(0)},
    {"not when the held one meets a final response", {{100, 486}}, .cancel_ms = 50, .status = 486,
	.final = AT(100)},
    {"crossing a 2xx changes nothing", {{0, 180}, {1000, 200}}, .cancel_ms = 1150, .delay_ms = 100,
	.sent = {AT(1150)}, .status = 200, .final = AT(1200)},
    {"crossing a 486 changes nothing", {{0, 180}, {1000, 486}}, .cancel_ms = 1150, .delay_ms = 100,
	.sent = {AT(1150)}, .status = 486, .final = AT(1200)},
    {"lost: sent again", {{0, 180}}, .cancel_ms = 1000, .drop_once = LINK_CANCEL,
	.sent = {AT(1000), AT(1500)}, .on_cancel = 1, .status = 487, .final = AT(1500)},
    {"its answer lost: sent again, one on_cancel", {{0, 180}}, .cancel_ms = 1000,
	.drop_once = LINK_CANCEL_ANSWER, .sent = {AT(1000), AT(1500)}, .on_cancel = 1,
	.status = 487, .final = AT(1000)},
    {"repeated while B's user thinks: one on_cancel", {{0, 180}}, .cancel_ms = 1000,
	.ignores = true, .drop_once = LINK_CANCEL_ANSWER, .sent = {AT(1000), AT(1500)},
	.on_cancel = 1, .failed = AT(33000)},
    {"9.1: no 487 within 64*T1 ends it", {{0, 180}}, .cancel_ms = 1000, .ignores = true,
	.sent = {AT(1000)}, .on_cancel = 1, .failed = AT(33000)},
    {"held for ever: timer B", {{0, 180}}, .cancel_ms = 1000, .drop = LINK_REQUEST,
	.failed = AT(32000)},
};

static void
check_race(const struct race *r, const struct link *l)
{
	uint64_t sent[64], when;
	size_t n = link_sent(l, LINK_A, "CANCEL", sent, 64), expected = 0;

	while (expected < TIMES_MAX && r->sent[expected])
		expected++;
	if (n != expected)
		fail_msg("%s: %zu CANCELs, not %zu", r->what, n, expected);
	for (size_t i = 0; i < n; i++)
		if (sent[i] != r->sent[i] - 1)
			fail_msg("%s: CANCEL at %lld", r->what, (long long)sent[i]);
	if (link_count(l, LINK_B, LINK_ON_CANCEL, LINK_ANY) != r->on_cancel)
		fail_msg("%s: on_cancel", r->what);
	when = r->status ? link_when(l, LINK_A, LINK_ON_RESPONSE, r->status) : UINT64_MAX;
	if (when != (r->final ? r->final - 1 : UINT64_MAX))
		fail_msg("%s: %d at %lld", r->what, r->status, (long long)when);
	when = link_when(l, LINK_A, LINK_ON_FAILED, ERR_TIMEOUT);
	if (when != (r->failed ? r->failed - 1 : UINT64_MAX))
		fail_msg("%s: on_failed at %lld", r->what, (long long)when);
}

static void
races_end_as_the_rfc_says(void **state)
{
	static struct link l;

	for (size_t i = 0; i < sizeof races / sizeof races[0]; i++) {
		const struct race *r = &races[i];

		link_init(&l, SIP_UDP, 0);
		memcpy(l.plan, r->plan, sizeof l.plan);
		l.delay_ms = r->delay_ms;
		l.drop = r->drop;
		l.drop_once = r->drop_once;
		l.b_answers_cancel = !r->ignores;
		l.a_acks_2xx = l.b_takes_acks = true;
		assert_int_equal(link_ask(&l, SIP_INVITE), ERR_OK);
		link_run_until(&l, r->cancel_ms);
		if (l.end[LINK_A].client)
			sip_client_cancel(l.end[LINK_A].client, (struct slice){0});
		link_run_until(&l, r->again_ms > r->cancel_ms ? r->again_ms : r->cancel_ms);
		if (l.end[LINK_A].client)
			sip_client_cancel(l.end[LINK_A].client, (struct slice){0});
		link_run_until(&l, END_MS);
		check_race(r, &l);
		assert_int_equal(sip_core_get_stats(l.end[LINK_A].core)->clients, 0);
		assert_null(l.end[LINK_A].client);
		link_fini(&l);
	}
}

/* 9.1: the same Request-URI, Call-ID, To, From, number and one Via. */
static void
a_cancel_looks_like_its_invite(void **state)
{
	static struct link l;
	static struct sip_msg invite, cancel;
	static char text[SIP_MSG_MAX_BYTES];
	size_t n;

	link_init(&l, SIP_UDP, 0);
	l.plan[0] = (struct link_answer){0, 180};
	assert_int_equal(link_ask(&l, SIP_INVITE), ERR_OK);
	n = l.last_sent_n[LINK_A];
	memcpy(text, l.last_sent[LINK_A], n);
	assert_int_equal(sip_msg_parse(&invite, slice_make(text, n), NULL), ERR_OK);
	link_run_until(&l, 10);
	sip_client_cancel(l.end[LINK_A].client,
	    SLICE("Reason: SIP;cause=200;text=\"Call completed elsewhere\"\r\n"));
	assert_int_equal(
	    sip_msg_parse(&cancel, slice_make(l.last_sent[LINK_A], l.last_sent_n[LINK_A]), NULL),
	    ERR_OK);
	assert_int_equal(cancel.method, SIP_CANCEL);
	assert_true(slice_eq(cancel.uri_text, invite.uri_text));
	assert_true(slice_eq(cancel.call_id, invite.call_id));
	assert_int_equal(cancel.cseq, invite.cseq);
	assert_true(
	    slice_eq(sip_msg_value(&cancel, SIP_HDR_VIA), sip_msg_value(&invite, SIP_HDR_VIA)));
	assert_true(
	    slice_eq(sip_msg_value(&cancel, SIP_HDR_FROM), sip_msg_value(&invite, SIP_HDR_FROM)));
	assert_true(
	    slice_eq(sip_msg_value(&cancel, SIP_HDR_TO), sip_msg_value(&invite, SIP_HDR_TO)));
	assert_null(sip_msg_hdr_next(&cancel, sip_msg_hdr(&cancel, SIP_HDR_VIA)));
	assert_non_null(sip_msg_hdr(&cancel, SIP_HDR_REASON));
	assert_null(sip_msg_hdr(&cancel, SIP_HDR_CONTACT));
	link_run_until(&l, 20);
	/* 9.2: answers to both carry the same tag */
	assert_int_equal(
	    sip_msg_parse(&cancel, slice_make(l.last_sent[LINK_B], l.last_sent_n[LINK_B]), NULL),
	    ERR_OK);
	assert_int_equal(cancel.method, SIP_CANCEL);
	assert_int_equal(cancel.status, 200);
	assert_true(slice_eq(cancel.to.tag, sip_server_tag(l.end[LINK_B].server)));
	link_fini(&l);
}

static void
a_cancel_for_nothing_gets_481(void **state)
{
	static struct link l;
	uint64_t at;

	link_init(&l, SIP_UDP, 0);
	link_inject(&l, LINK_B,
	    "CANCEL sip:b@192.0.2.2 SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKx\r\n"
	    "From: <sip:a@x>;tag=1\r\nTo: <sip:b@x>\r\nCall-ID: c\r\nCSeq: 1 CANCEL\r\n\r\n");
	assert_int_equal(link_sent(&l, LINK_B, "SIP/2.0 481", &at, 1), 1);
	assert_int_equal(l.end[LINK_B].requests, 0);
	link_fini(&l);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(races_end_as_the_rfc_says),
	    cmocka_unit_test(a_cancel_looks_like_its_invite),
	    cmocka_unit_test(a_cancel_for_nothing_gets_481),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
