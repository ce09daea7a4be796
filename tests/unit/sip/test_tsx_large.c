/* Requests too large for UDP go by TCP, and come back when that fails (RFC 3261, 18.1.1), in
 * virtual time. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "sip/core.h"

enum { SENT_MAX = 32 };

static struct {
	struct timers timers;
	struct rng rng;
	struct sip_core *core;
	struct sip_flow flow;
	bool may;
	size_t n, responses, failures;
	struct {
		uint64_t at_ms;
		struct sip_flow flow;
		char text[4000];
		size_t n;
	} sent[SENT_MAX];
} t;

static void
on_send(void *ctx, const struct sip_flow *flow, struct slice bytes)
{
	assert_true(t.n < SENT_MAX && bytes.n < sizeof t.sent[0].text);
	t.sent[t.n].at_ms = timers_now_ms(&t.timers);
	t.sent[t.n].flow = *flow;
	memcpy(t.sent[t.n].text, bytes.p, bytes.n);
	t.sent[t.n].text[bytes.n] = '\0';
	t.sent[t.n++].n = bytes.n;
}

static bool
may_switch(void *ctx, const struct sip_flow *flow)
{
	return t.may;
}

static void
on_response(void *user, struct sip_client *tsx, const struct sip_msg *resp)
{
	t.responses++;
}

static void
on_failed(void *user, struct sip_client *tsx, enum err why)
{
	t.failures++;
}

static const struct sip_core_ops core_ops = {.send = on_send, .may_switch = may_switch};
static const struct sip_client_ops client_ops = {
    .on_response = on_response, .on_failed = on_failed};

static int
setup(void **state)
{
	memset(&t, 0, sizeof t);
	timers_init(&t.timers, 1000);
	rng_init_seed(&t.rng, 7);
	t.may = true;
	t.flow.transport = SIP_UDP;
	assert_int_equal(addr_parse(SLICE("192.0.2.1:5060"), 0, &t.flow.local), ERR_OK);
	assert_int_equal(addr_parse(SLICE("192.0.2.7:5062"), 0, &t.flow.remote), ERR_OK);
	return sip_core_new(
		   &t.core, &(struct sip_core_params){
				.timers = &t.timers, .rng = &t.rng, .ops = &core_ops}) != ERR_OK;
}

static int
teardown(void **state)
{
	sip_core_free(t.core);
	return 0;
}

static struct sip_client *
ask(enum sip_method m, size_t body_bytes)
{
	static char body[3000], headers[300];
	struct sip_client *client = NULL;

	memset(body, 'x', sizeof body);
	snprintf(headers, sizeof headers,
	    "From: <sip:a@h>;tag=1\r\nTo: <sip:b@h>\r\nCall-ID: c\r\nCSeq: 1 %.*s\r\n",
	    SLICE_FMT(sip_method_name(m)));
	assert_int_equal(sip_client_send(t.core, &t.flow,
			     &(struct sip_request){.method = m,
				 .uri = SLICE("sip:b@h"),
				 .headers = slice_cstr(headers),
				 .content_type = SLICE("text/plain"),
				 .body = slice_make(body, body_bytes)},
			     &client_ops, NULL, &client),
	    ERR_OK);
	return client;
}

static void
run_to(uint64_t ms)
{
	for (uint64_t now = timers_now_ms(&t.timers); now <= ms; now++)
		timers_advance(&t.timers, now);
}

/* Which transport the i-th message went by: the flow and its Via must agree. */
static enum sip_transport
went_by(size_t i)
{
	enum sip_transport by = t.sent[i].flow.transport;
	const char *via = strstr(t.sent[i].text, "Via: SIP/2.0/");

	assert_true(i < t.n);
	assert_non_null(via);
	assert_memory_equal(
	    via + 13, by == SIP_TCP ? "TCP 192.0.2.1:5060" : "UDP 192.0.2.1:5060", 18);
	assert_true(addr_eq(&t.sent[i].flow.remote, &t.flow.remote));
	return by;
}

/* An answer to the last message. */
static void
answer(unsigned status)
{
	const char *from = strstr(t.sent[t.n - 1].text, "Via: "), *end = strstr(from, "\r\n");
	const char *cseq = strstr(t.sent[t.n - 1].text, "CSeq: ");
	char text[2000];

	snprintf(text, sizeof text,
	    "SIP/2.0 %u X\r\n%.*s\r\nFrom: <sip:a@h>;tag=1\r\nTo: <sip:b@h>;tag=2\r\nCall-ID: c\r\n"
	    "%.*sContent-Length: 0\r\n\r\n",
	    status, (int)(end - from), from, (int)(strstr(cseq, "\r\n") + 2 - cseq), cseq);
	sip_core_on_message(t.core, &t.sent[t.n - 1].flow, slice_cstr(text));
}

static void
only_large_requests_of_udp_switch(void **state)
{
	static const struct {
		enum sip_transport transport;
		size_t body;
		bool may;
		enum sip_transport by;
	} cases[] = {
	    {SIP_UDP, 100, true, SIP_UDP},
	    {SIP_UDP, 1400, true, SIP_TCP},
	    {SIP_UDP, 1400, false, SIP_UDP},
	    {SIP_TCP, 1400, true, SIP_TCP},
	};

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		t.flow.transport = cases[i].transport;
		t.may = cases[i].may;
		ask(SIP_INVITE, cases[i].body);
		assert_int_equal(went_by(t.n - 1), cases[i].by);
	}
	assert_int_equal(sip_core_get_stats(t.core)->switched_to_tcp, 1);
}

/* 1,300 bytes are the limit, to the byte. */
static void
the_limit(void **state)
{
	size_t head;

	ask(SIP_INVITE, 999);
	head = t.sent[0].n - 999;
	ask(SIP_INVITE, 1300 - head - 1); /* one digit more in Content-Length */
	assert_int_equal(t.sent[1].n, 1300);
	assert_int_equal(went_by(1), SIP_UDP);
	ask(SIP_INVITE, 1300 - head);
	assert_int_equal(t.sent[2].n, 1301);
	assert_int_equal(went_by(2), SIP_TCP);
}

static const enum sip_method methods[] = {SIP_INVITE, SIP_MESSAGE};

static void
an_answer_keeps_it_there(void **state)
{
	for (size_t i = 0; i < 2; i++) {
		size_t before = t.n;

		ask(methods[i], 1400);
		run_to(timers_now_ms(&t.timers) + 500);
		answer(100);
		run_to(timers_now_ms(&t.timers) + 3000);
		assert_int_equal(t.n, before + 1); /* no repetition on a reliable transport */
		assert_int_equal(went_by(before), SIP_TCP);
		answer(486);
		if (methods[i] == SIP_INVITE) /* its ACK goes the same way (17.1.1.3) */
			assert_int_equal(went_by(t.n - 1), SIP_TCP);
	}
	assert_int_equal(t.responses, 4);
	assert_int_equal(t.failures, 0);
}

static void
a_refused_connection_means_udp(void **state)
{
	for (size_t i = 0; i < 2; i++) {
		struct sip_flow closed = t.flow;
		uint64_t begin = timers_now_ms(&t.timers);
		size_t before = t.n;

		closed.transport = SIP_TCP;
		t.flow.remote.port++; /* a peer that nothing is known of */
		closed.remote = t.flow.remote;
		ask(methods[i], 1400);
		sip_core_on_closed(t.core, &closed);
		run_to(begin + 1);
		assert_int_equal(t.n, before + 2);
		assert_int_equal(went_by(before), SIP_TCP);
		assert_int_equal(went_by(before + 1), SIP_UDP);
		assert_int_equal(t.failures, 0);
		run_to(begin + 600); /* timers A and E run as for any request of UDP */
		assert_int_equal(t.n, before + 3);
		assert_int_equal(went_by(before + 2), SIP_UDP);
		answer(200);
		assert_int_equal(t.responses, i + 1);
	}
}

static void
silence_means_udp_too_and_is_remembered(void **state)
{
	uint64_t begin = timers_now_ms(&t.timers);

	ask(SIP_INVITE, 1400);
	run_to(begin + 999);
	assert_int_equal(t.n, 1);
	run_to(begin + 1001);
	assert_int_equal(t.n, 2);
	assert_int_equal(went_by(1), SIP_UDP);
	answer(486);
	ask(SIP_INVITE, 1400); /* at once by UDP */
	assert_int_equal(went_by(t.n - 1), SIP_UDP);
	answer(486);
	run_to(begin + 602000);
	ask(SIP_INVITE, 1400); /* ten minutes later it is tried again */
	assert_int_equal(went_by(t.n - 1), SIP_TCP);
	answer(486);
	assert_int_equal(sip_core_get_stats(t.core)->switched_back, 1);
	assert_int_equal(t.failures, 0);
}

/* Nobody at all: the time-out is the one of UDP, from the second attempt on. */
static void
nobody_answers_at_all(void **state)
{
	uint64_t begin = timers_now_ms(&t.timers);

	ask(SIP_INVITE, 1400);
	run_to(begin + 32900);
	assert_int_equal(t.failures, 0);
	run_to(begin + 33100);
	assert_int_equal(t.failures, 1);
}

static void
a_cancel_follows(void **state)
{
	struct sip_client *client = ask(SIP_INVITE, 1400);

	answer(100);
	sip_client_cancel(client, SLICE(""));
	assert_true(slice_starts(slice_cstr(t.sent[1].text), SLICE("CANCEL ")));
	assert_int_equal(went_by(1), SIP_TCP);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(only_large_requests_of_udp_switch),
	    TEST(the_limit),
	    TEST(an_answer_keeps_it_there),
	    TEST(a_refused_connection_means_udp),
	    TEST(silence_means_udp_too_and_is_remembered),
	    TEST(nobody_answers_at_all),
	    TEST(a_cancel_follows),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
