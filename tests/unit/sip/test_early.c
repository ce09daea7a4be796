/* Requests that are decided on before a transaction is made (RFC 3261, 8.2.7: stateless UAS). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "sip/core.h"
#include "sip/write.h"

struct bench {
	struct timers timers;
	struct rng rng;
	struct sip_core *core;
	struct sip_flow flow;
	uint16_t answer;
	int asked, requests, servers, malformed, sent;
	char last[2048];
};

static void
on_send(void *ctx, const struct sip_flow *flow, struct slice bytes)
{
	struct bench *t = ctx;

	t->sent++;
	slice_clip_cstr(bytes, t->last, sizeof t->last);
}

static uint16_t
on_early(void *ctx, const struct sip_flow *flow, const struct sip_msg *req, struct buf *headers)
{
	struct bench *t = ctx;

	t->asked++;
	if (t->answer == 503)
		sip_write_hdrf(headers, SIP_HDR_RETRY_AFTER, "%d", 7);
	return t->answer;
}

static void
on_server(void *ctx, const struct sip_flow *flow, int change)
{
	((struct bench *)ctx)->servers += change;
}

static void
on_malformed(void *ctx, const struct sip_flow *flow)
{
	((struct bench *)ctx)->malformed++;
}

static void
on_request(void *ctx, struct sip_server *tsx, const struct sip_msg *req)
{
	((struct bench *)ctx)->requests++;
	sip_server_reject(tsx, 404, SLICE(""));
}

static void
on_ack(void *ctx, const struct sip_msg *ack, const struct sip_flow *flow)
{
}

static const struct sip_core_ops ops = {.send = on_send,
    .on_early = on_early,
    .on_server = on_server,
    .on_malformed = on_malformed,
    .on_request = on_request,
    .on_ack = on_ack};

static void
begin(struct bench *t, uint16_t answer)
{
	*t = (struct bench){.answer = answer, .flow = {.transport = SIP_UDP}};
	timers_init(&t->timers, 1000);
	rng_init_seed(&t->rng, 1);
	assert_int_equal(addr_parse_ip(SLICE("192.0.2.9"), 5060, &t->flow.remote), ERR_OK);
	assert_int_equal(addr_parse_ip(SLICE("192.0.2.1"), 5060, &t->flow.local), ERR_OK);
	assert_int_equal(sip_core_new(&t->core,
			     &(struct sip_core_params){
				 .timers = &t->timers, .rng = &t->rng, .ops = &ops, .ctx = t}),
	    ERR_OK);
}

static void
give(struct bench *t, const char *method, int branch)
{
	char text[512];
	int n = snprintf(text, sizeof text,
	    "%s sip:b@x SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.9;branch=z9hG4bK%d\r\n"
	    "From: <sip:a@x>;tag=1\r\nTo: <sip:b@x>\r\nCall-ID: c%d\r\nCSeq: 1 %s\r\n\r\n",
	    method, branch, branch, method);

	sip_core_on_message(t->core, &t->flow, slice_make(text, (size_t)n));
}

static void
nothing_stays_of_what_is_decided_early(void **state)
{
	static const struct {
		uint16_t answer;
		int sent, requests;
		const char *line;
	} cases[] = {
	    {0, 1, 1, "SIP/2.0 404"},
	    {503, 1, 0, "SIP/2.0 503"},
	    {401, 1, 0, "SIP/2.0 401"},
	    {SIP_NO_ANSWER, 0, 0, ""},
	};

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct bench t;

		begin(&t, cases[i].answer);
		give(&t, "MESSAGE", 1);
		assert_int_equal(t.sent, cases[i].sent);
		assert_int_equal(t.requests, cases[i].requests);
		assert_int_equal(t.servers, cases[i].requests);
		assert_int_equal(sip_core_get_stats(t.core)->servers, cases[i].requests);
		assert_int_equal(sip_core_get_stats(t.core)->early, !cases[i].requests);
		assert_int_equal(strncmp(t.last, cases[i].line, strlen(cases[i].line)), 0);
		assert_int_equal(
		    strstr(t.last, "Retry-After: 7\r\n") != NULL, cases[i].answer == 503);
		sip_core_free(t.core);
	}
}

/* The same request gets the same To tag (8.2.7), and is asked about again. */
static void
repeated_requests_are_answered_alike(void **state)
{
	char first[2048];
	struct bench t;

	begin(&t, 401);
	give(&t, "INVITE", 1);
	memcpy(first, t.last, sizeof first);
	give(&t, "INVITE", 1);
	assert_string_equal(t.last, first);
	assert_int_equal(t.asked, 2);
	give(&t, "ACK", 1); /* of the 401: nobody misses it */
	give(&t, "CANCEL", 1);
	assert_int_equal(t.asked, 2);
	sip_core_free(t.core);
}

/* A transaction that exists is not asked about; it is counted until it ends. */
static void
transactions_are_counted(void **state)
{
	struct bench t;

	begin(&t, 0);
	give(&t, "MESSAGE", 1);
	t.answer = 503;
	give(&t, "MESSAGE", 1); /* again: the 404 again */
	assert_int_equal(t.asked, 1);
	assert_int_equal(strncmp(t.last, "SIP/2.0 404", 11), 0);
	assert_int_equal(t.servers, 1);
	timers_advance(&t.timers, 1000 + 64 * SIP_T1_MS + TIMER_LATE_MS);
	assert_int_equal(t.servers, 0);
	sip_core_on_message(t.core, &t.flow, SLICE("INVITE rubbish\r\n\r\n"));
	assert_int_equal(t.malformed, 1);
	sip_core_free(t.core);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(nothing_stays_of_what_is_decided_early),
	    cmocka_unit_test(repeated_requests_are_answered_alike),
	    cmocka_unit_test(transactions_are_counted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
