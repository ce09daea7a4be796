/* STUN: the test vectors of RFC 5769, our answers, and the client in virtual time. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "sip/stun_client.h"

#define ID "\xb7\xe7\xa7\x01\xbc\x34\xd6\x86\xfa\x87\xdf\xae"

/* RFC 5769, 2.1: has an attribute of ICE that we do not know. */
static const struct slice sample_request =
    SLICE("\x00\x01\x00\x58\x21\x12\xa4\x42" ID "\x80\x22\x00\x10STUN test client"
	  "\x00\x24\x00\x04\x6e\x00\x01\xff\x80\x29\x00\x08\x93\x2f\xf9\xb1\x51\x26\x3b\x36"
	  "\x00\x06\x00\x09\x65\x76\x74\x6a\x3a\x68\x36\x76\x59\x20\x20\x20"
	  "\x00\x08\x00\x14\x9a\xea\xa7\x0c\xbf\xd8\xcb\x56\x78\x1e\xf2\xb5\xb2\xd3\xf2\x49"
	  "\xc1\xb5\x71\xa2\x80\x28\x00\x04\xe5\x7a\x3b\xcf");
/* 2.2 */
static const struct slice sample_response_4 =
    SLICE("\x01\x01\x00\x3c\x21\x12\xa4\x42" ID "\x80\x22\x00\x0btest vector "
	  "\x00\x20\x00\x08\x00\x01\xa1\x47\xe1\x12\xa6\x43"
	  "\x00\x08\x00\x14\x2b\x91\xf5\x99\xfd\x9e\x90\xc3\x8c\x74\x89\xf9\x2a\xf9\xba\x53"
	  "\xf0\x6b\xe7\xd7\x80\x28\x00\x04\xc0\x7d\x4c\x96");
/* 2.3 */
static const struct slice sample_response_6 =
    SLICE("\x01\x01\x00\x48\x21\x12\xa4\x42" ID "\x80\x22\x00\x0btest vector "
	  "\x00\x20\x00\x14\x00\x02\xa1\x47\x01\x13\xa9\xfa\xa5\xd3\xf1\x79\xbc\x25\xf4\xb5"
	  "\xbe\xd2\xb9\xd9\x00\x08\x00\x14\xa3\x82\x95\x4e\x4b\xe6\x7b\xf1\x17\x84\xc9\x7c"
	  "\x82\x92\xc2\x75\xbf\xe3\xed\x41\x80\x28\x00\x04\xc8\xfb\x0b\x4c");

static struct addr
address(struct slice text)
{
	struct addr a;

	assert_int_equal(addr_parse(text, 0, &a), ERR_OK);
	return a;
}

static void
vectors_of_rfc_5769(void **state)
{
	struct addr a4 = address(SLICE("192.0.2.1:32853"));
	struct addr a6 = address(SLICE("[2001:db8:1234:5678:11:2233:4455:6677]:32853"));
	struct stun_message m;

	assert_true(stun_is(sample_request));
	assert_int_equal(stun_parse(sample_request, &m), ERR_OK);
	assert_int_equal(m.type, STUN_REQUEST);
	assert_memory_equal(m.id, ID, STUN_ID_BYTES);
	assert_int_equal(m.unknown, 0x0024);
	assert_true(m.has_fingerprint);
	assert_int_equal(stun_parse(sample_response_4, &m), ERR_OK);
	assert_int_equal(m.type, STUN_RESPONSE);
	assert_true(addr_eq(&m.mapped, &a4));
	assert_int_equal(stun_parse(sample_response_6, &m), ERR_OK);
	assert_true(addr_eq(&m.mapped, &a6));
}

/* Not whole, or changed in a single bit: RFC 8489, 14.7 finds it. */
static void
damaged_messages_are_refused(void **state)
{
	char copy[200];
	struct stun_message m;

	for (size_t n = 0; n < sample_response_4.n; n++) {
		memcpy(copy, sample_response_4.p, n);
		assert_int_not_equal(stun_parse(slice_make(copy, n), &m), ERR_OK);
	}
	for (size_t bit = 0; bit < 8 * sample_response_4.n; bit++) {
		memcpy(copy, sample_response_4.p, sample_response_4.n);
		copy[bit / 8] = (char)(copy[bit / 8] ^ 1 << bit % 8);
		m.has_fingerprint = false;
		if (stun_parse(slice_make(copy, sample_response_4.n), &m) == ERR_OK)
			assert_false(m.has_fingerprint); /* the bit was in its own head */
	}
}

static void
sip_is_no_stun(void **state)
{
	assert_false(stun_is(SLICE("INVITE sip:a@b SIP/2.0\r\n")));
	assert_false(stun_is(SLICE("SIP/2.0 200 OK\r\nVia: x\r\n")));
	assert_false(stun_is(SLICE("\x00\x01\x00\x00\x21\x12\xa4\x42short")));
	assert_false(stun_is(SLICE("\x80\x08\x00\x00\x21\x12\xa4\x42" ID))); /* RTP */
}

static void
requests_are_answered(void **state)
{
	static const struct slice from[] = {SLICE("192.0.2.1:32853"), SLICE("[2001:db8::1]:5060")};

	for (size_t i = 0; i < 2; i++) {
		char asked[STUN_MESSAGE_MAX_BYTES], said[STUN_MESSAGE_MAX_BYTES];
		struct addr a = address(from[i]);
		struct stun_message m, answer;
		struct buf q, b;

		buf_init(&q, asked, sizeof asked);
		stun_write_request(&q, (const uint8_t *)ID, SLICE("tester"));
		assert_int_equal(stun_parse(buf_slice(&q), &m), ERR_OK);
		assert_true(m.has_fingerprint);
		buf_init(&b, said, sizeof said);
		stun_write_answer(&b, &m, &a, SLICE("Strowger"));
		assert_int_equal(stun_parse(buf_slice(&b), &answer), ERR_OK);
		assert_int_equal(answer.type, STUN_RESPONSE);
		assert_true(answer.has_fingerprint);
		assert_memory_equal(answer.id, ID, STUN_ID_BYTES);
		assert_true(addr_eq(&answer.mapped, &a));
	}
}

/* RFC 8489, 6.3.1 and RFC 3489 clients, who have no magic cookie. */
static void
special_requests(void **state)
{
	struct addr a = address(SLICE("192.0.2.1:5060"));
	char said[STUN_MESSAGE_MAX_BYTES];
	struct stun_message m, answer;
	struct buf b;

	assert_int_equal(stun_parse(sample_request, &m), ERR_OK);
	buf_init(&b, said, sizeof said);
	stun_write_answer(&b, &m, &a, SLICE("x"));
	assert_int_equal(stun_parse(buf_slice(&b), &answer), ERR_OK);
	assert_int_equal(answer.type, STUN_ERROR);
	assert_int_equal(answer.error, 420);
	assert_int_equal(stun_parse(SLICE("\x00\x01\x00\x00"
					  "old!" ID),
			     &m),
	    ERR_OK);
	assert_true(m.is_old);
	buf_init(&b, said, sizeof said);
	stun_write_answer(&b, &m, &a, SLICE("x"));
	assert_true(slice_starts(buf_slice(&b), SLICE("\x01\x01\x00\x0c"
						      "old!" ID "\x00\x01\x00\x08")));
	assert_int_equal(stun_parse(buf_slice(&b), &answer), ERR_OK);
	assert_true(addr_eq(&answer.mapped, &a));
}

/* ---- the client ---- */

static struct {
	struct timers timers;
	struct rng rng;
	struct stun_client client;
	size_t sent, told;
	uint64_t sent_ms[16];
	struct stun_message last;
	struct addr external;
} t;

static void
on_send(void *ctx, const struct addr *server, struct slice bytes)
{
	assert_int_equal(stun_parse(bytes, &t.last), ERR_OK);
	assert_int_equal(t.last.type, STUN_REQUEST);
	t.sent_ms[t.sent++] = timers_now_ms(&t.timers);
}

static void
on_address(void *ctx, const struct addr *external)
{
	t.told++;
	t.external = *external;
}

static const struct stun_client_ops ops = {on_send, on_address};

static void
run_to(uint64_t ms)
{
	for (uint64_t now = timers_now_ms(&t.timers); now <= ms; now++)
		timers_advance(&t.timers, now);
}

static int
client_setup(void **state)
{
	memset(&t, 0, sizeof t);
	timers_init(&t.timers, 0);
	rng_init_seed(&t.rng, 1);
	stun_client_init(&t.client, &t.timers, &t.rng, 60000, &ops, NULL);
	return 0;
}

static int
client_teardown(void **state)
{
	stun_client_fini(&t.client);
	return 0;
}

static bool
answer_with(struct slice mapped, struct slice from)
{
	struct addr a = address(mapped), server = address(from);
	char bytes[STUN_MESSAGE_MAX_BYTES];
	struct stun_message m;
	struct buf b;

	buf_init(&b, bytes, sizeof bytes);
	stun_write_answer(&b, &t.last, &a, SLICE("server"));
	assert_int_equal(stun_parse(buf_slice(&b), &m), ERR_OK);
	return stun_client_on_message(&t.client, &server, &m);
}

#define SERVER SLICE("192.0.2.9:3478")

/* RFC 8489, 6.2.1: the sums of the waits, and the end after 39,500 ms. */
static void
questions_are_repeated(void **state)
{
	static const uint64_t at[] = {0, 500, 1500, 3500, 7500, 15500, 31500};
	struct addr server = address(SERVER);

	stun_client_ask(&t.client, &server);
	run_to(39499);
	assert_int_equal(t.sent, 7);
	assert_memory_equal(t.sent_ms, at, sizeof at);
	assert_int_equal(t.client.lost, 0);
	run_to(39501);
	assert_int_equal(t.client.lost, 1);
	assert_int_equal(t.told, 0); /* nothing was known, nothing is */
	run_to(39500 + 60001);
	assert_int_equal(t.sent, 8);
}

static void
changes_are_told(void **state)
{
	struct addr server = address(SERVER), none = {0};
	struct addr first = address(SLICE("198.51.100.1:6000"));
	struct addr second = address(SLICE("198.51.100.2:6000"));

	stun_client_ask(&t.client, &server);
	stun_client_ask(&t.client, &server); /* the same: nothing new */
	assert_int_equal(t.sent, 1);
	assert_false(
	    answer_with(SLICE("203.0.113.66:1"), SLICE("192.0.2.8:3478"))); /* a stranger */
	assert_true(answer_with(SLICE("198.51.100.1:6000"), SERVER));
	assert_false(answer_with(SLICE("198.51.100.9:6000"), SERVER)); /* twice */
	assert_int_equal(t.told, 1);
	assert_true(addr_eq(&t.external, &first));
	run_to(60001);
	assert_int_equal(t.sent, 2);
	assert_true(answer_with(SLICE("198.51.100.1:6000"), SERVER));
	assert_int_equal(t.told, 1); /* still the same */
	run_to(120002);
	assert_true(answer_with(SLICE("198.51.100.2:6000"), SERVER));
	assert_int_equal(t.told, 2);
	assert_true(addr_eq(&t.external, &second));
	stun_client_ask(&t.client, &none);
	assert_int_equal(t.told, 3);
	assert_int_equal(t.external.family, 0);
	run_to(400000);
	assert_int_equal(t.sent, 3);
}

#define CLIENT(f) cmocka_unit_test_setup_teardown(f, client_setup, client_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(vectors_of_rfc_5769),
	    cmocka_unit_test(damaged_messages_are_refused),
	    cmocka_unit_test(sip_is_no_stun),
	    cmocka_unit_test(requests_are_answered),
	    cmocka_unit_test(special_requests),
	    CLIENT(questions_are_repeated),
	    CLIENT(changes_are_told),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
