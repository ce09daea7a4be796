/* Traces over HTTP: search, ladder of a running call, capture files, watched phones. */
#include "fixture.h"

#include <stdio.h>
#include <string.h>

static int
admin_setup(void **state)
{
	fx_setup(state);
	fx_first_admin(*state);
	return 0;
}

#define INVITE                                                                                     \
	"INVITE sip:102@x SIP/2.0\r\nFrom: <sip:101@x>;tag=a\r\nTo: <sip:102@x>\r\nCall-ID: "      \
	"c-1\r\n"                                                                                  \
	"CSeq: 1 INVITE\r\nAuthorization: Digest username=\"desk\", "                              \
	"response=\"0123456789abcdef0123456789abcdef\"\r\n\r\na=crypto:1 "                         \
	"AES_CM_128_HMAC_SHA1_80 inline:d0RmdmcmVCspeEc3QGZiNWpVLFJhQX1cfHAwJSoj\r\n"
#define ANSWER(status)                                                                             \
	"SIP/2.0 " status " X\r\nFrom: <sip:101@x>;tag=a\r\nTo: <sip:102@x>;tag=b\r\nCall-ID: "    \
	"c-1\r\nCSeq: 1 INVITE\r\n\r\n"
#define PHONE "192.0.2.1:5060"

static void
a_call(struct fx *fx)
{
	struct live_call c = {.call_id = "a/1",
	    .started_at = 1700000000000,
	    .state = LIVE_CALL_RINGING,
	    .traced = true,
	    .caller = {.number = "101", .name = "Emma N\u00fctt", .user = 7},
	    .called = {.number = "102"}};

	fx_trace(fx, "a/1", 1700000000000, TRACE_IN, PHONE, INVITE);
	fx_trace(fx, "a/1", 1700000000020, TRACE_OUT, PHONE, ANSWER("100"));
	api_on_live_call(fx->api, &c);
	fx_trace(fx, "a/1", 1700000000500, TRACE_OUT, PHONE, ANSWER("486"));
	fx_trace(fx, "b", 1700000100000, TRACE_IN, PHONE, "BYE sip:x SIP/2.0\r\nX: \xff\r\n\r\n");
}

static int
total(struct fx *fx, const char *path)
{
	json_t *body = fx_json(fx, "GET", path, NULL);
	int n = (int)json_integer_value(json_object_get(body, "total"));

	assert_int_equal(n, json_array_size(json_object_get(body, "items")));
	json_decref(body);
	return n;
}

static void
a_call_is_found_by_what_is_known_of_it(void **state)
{
	static const struct {
		const char *query;
		int n;
	} cases[] = {
	    {"", 2},
	    {"?search=bye", 1},
	    {"?search=nutt", 1}, /* umlauts do not matter */
	    {"?search=emma%20102", 1},
	    {"?search=192.0.2.1", 2},
	    {"?search=nowhere", 0},
	    {"?search=%25", 0},
	    {"?number=102", 1},
	    {"?number=02", 0}, /* from its beginning */
	    {"?call_id=c-1", 1},
	    {"?call_id=a%2F1", 1},
	    {"?call_id=c-", 0},
	    {"?user=7", 1},
	    {"?user=8", 0},
	    {"?status=486", 1},
	    {"?status=4xx", 1},
	    {"?status=failed", 1},
	    {"?status=ok", 0},
	    {"?from=2023-11-14T22:14:00Z", 1},
	    {"?to=2023-11-14T22:14:00Z", 1},
	    {"?from=2023-11-14T22:13:20Z&to=2023-11-14T22:13:21Z", 1},
	    {"?kind=call", 2},
	    {"?kind=register", 0},
	    {"?per_page=500", 2},
	};
	struct fx *fx = *state;
	char path[200];

	a_call(fx);
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		snprintf(path, sizeof path, "/api/traces%s", cases[i].query);
		if (total(fx, path) != cases[i].n)
			fail_msg("%s", cases[i].query);
	}
	fx_expect(fx, "GET", "/api/traces?status=abc", NULL, 400, "malformed_parameter", "status");
	fx_expect(
	    fx, "GET", "/api/traces?from=yesterday", NULL, 400, "malformed_parameter", "from");
	fx_expect(fx, "GET", "/api/traces?kind=x", NULL, 400, "malformed_parameter", "kind");
	fx_expect(
	    fx, "GET", "/api/traces?per_page=501", NULL, 400, "malformed_parameter", "per_page");
}

static void
one_call_with_its_messages(void **state)
{
	struct fx *fx = *state;
	json_t *body, *m;
	const char *text;

	a_call(fx);
	body = fx_json(fx, "GET", "/api/traces/a%2F1", NULL);
	assert_true(json_is_true(json_object_get(body, "live")));
	assert_int_equal(json_integer_value(json_object_get(body, "status")), 486);
	assert_int_equal(json_array_size(json_object_get(body, "messages")), 3);
	m = json_array_get(json_object_get(body, "messages"), 0);
	assert_string_equal(json_string_value(json_object_get(m, "dir")), "in");
	assert_string_equal(json_string_value(json_object_get(m, "remote")), PHONE);
	text = json_string_value(json_object_get(m, "text"));
	assert_non_null(strstr(text, "username=\"desk\""));
	assert_null(strstr(text, "0123456789abcdef"));
	assert_null(strstr(text, "d0RmdmcmVCspe"));
	json_decref(body);
	/* A running call: only what is new. */
	body = fx_json(fx, "GET", "/api/traces/a%2F1?after=3", NULL);
	assert_int_equal(json_array_size(json_object_get(body, "messages")), 0);
	json_decref(body);
	fx_trace(fx, "a/1", 1700000000600, TRACE_IN, PHONE, "ACK sip:x SIP/2.0\r\n\r\n");
	body = fx_json(fx, "GET", "/api/traces/a%2F1?after=3", NULL);
	assert_int_equal(json_array_size(json_object_get(body, "messages")), 1);
	assert_int_equal(json_integer_value(json_object_get(body, "count")), 4);
	json_decref(body);
	fx_expect(fx, "GET", "/api/traces/b", NULL, 200, NULL, NULL);
	fx_expect(fx, "GET", "/api/traces/none", NULL, 404, "not_found", NULL);
}

static uint32_t
u32_at(const char *p)
{
	uint32_t v;

	memcpy(&v, p, sizeof v);
	return v;
}

static void
capture_files_hold_packets_in_order_of_time(void **state)
{
	struct fx *fx = *state;
	struct answer_text a;
	uint64_t before = 0;
	const char *p;
	int packets = 0;

	a_call(fx);
	fx_trace(fx, "b", 1700000100010, TRACE_OUT, "[2001:db8::1]:5060", "SIP/2.0 200 OK\r\n\r\n");
	a = fx_call(fx, "GET", "/api/trace-pcap?call_id=b&call_id=a%2F1", NULL);
	assert_int_equal(a.status, 200);
	assert_string_equal(fx_header(&a, "Content-Type"), "application/x-pcapng");
	p = a.head + strlen(a.head) + 2; /* the body as it came, zeros too */
	assert_int_equal(u32_at(p), 0x0A0D0D0A);
	assert_int_equal(u32_at(p + 8), 0x1A2B3C4D);
	p += u32_at(p + 4);
	assert_int_equal(u32_at(p), 1);
	assert_int_equal(u32_at(p + 8) & 0xffff, 101); /* raw IP */
	p += u32_at(p + 4);
	for (; packets < 5 && u32_at(p) == 6; packets++) {
		uint64_t at_us = (uint64_t)u32_at(p + 12) << 32 | u32_at(p + 16);

		assert_true(at_us >= before);
		assert_int_equal(u32_at(p + u32_at(p + 4) - 4), u32_at(p + 4));
		assert_int_equal((unsigned char)p[28] >> 4, packets == 4 ? 6 : 4);
		before = at_us;
		p += u32_at(p + 4);
	}
	assert_int_equal(packets, 5);
	answer_text_free(&a);
	fx_expect(fx, "GET", "/api/traces/a%2F1/pcap", NULL, 200, NULL, NULL);
	fx_expect(fx, "GET", "/api/trace-pcap?status=486", NULL, 200, NULL, NULL);
	fx_expect(fx, "GET", "/api/traces/none/pcap", NULL, 404, "not_found", NULL);
	fx_expect(fx, "GET", "/api/trace-pcap?call_id=none", NULL, 404, "not_found", NULL);
}

static void
phones_are_watched(void **state)
{
	struct fx *fx = *state;
	json_t *body;

	fx_expect(fx, "POST", "/api/phones", "{\"name\":\"desk\"}", 201, NULL, NULL);
	fx_expect(fx, "PATCH", "/api/users/1", "{\"phones\":[1]}", 200, NULL, NULL);
	fx_expect(fx, "POST", "/api/trace-watches", "{\"target\":\"100\",\"minutes\":5}", 201, NULL,
	    NULL);
	assert_string_equal(fx->watched, "desk for 300"); /* the number of the user with it */
	fx_expect(fx, "POST", "/api/trace-watches", "{\"target\":\"192.0.2.7\"}", 201, NULL, NULL);
	assert_string_equal(fx->watched, "192.0.2.7 for 600");
	body = fx_json(fx, "GET", "/api/trace-watches", NULL);
	assert_int_equal(json_integer_value(json_object_get(body, "total")), 2);
	json_decref(body);
	fx_expect(fx, "DELETE", "/api/trace-watches/desk", NULL, 204, NULL, NULL);
	assert_string_equal(fx->watched, "desk for 0");
	fx_expect(fx, "DELETE", "/api/trace-watches/desk", NULL, 404, "not_found", NULL);
	fx_expect(fx, "POST", "/api/trace-watches", "{\"minutes\":5}", 422, "required", "target");
	fx_expect(fx, "POST", "/api/trace-watches", "{\"target\":\"x\",\"minutes\":1441}", 422,
	    "too_large", "minutes");
}

/* The setting acts without a restart. */
static void
zero_messages_is_off(void **state)
{
	struct fx *fx = *state;

	fx_trace(fx, "x", 1, TRACE_IN, PHONE, "BYE sip:x SIP/2.0\r\n\r\n");
	assert_int_equal(total(fx, "/api/traces"), 1);
	fx_expect(fx, "PATCH", "/api/settings", "{\"trace_keep_messages\":0}", 200, NULL, NULL);
	api_on_changed(fx->api, "settings", 1);
	assert_int_equal(total(fx, "/api/traces"), 0);
	fx_trace(fx, "x", 1, TRACE_IN, PHONE, "BYE sip:x SIP/2.0\r\n\r\n");
	assert_int_equal(total(fx, "/api/traces"), 0);
}

int
main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, admin_setup, fx_teardown)
	const struct CMUnitTest tests[] = {
	    T(a_call_is_found_by_what_is_known_of_it),
	    T(one_call_with_its_messages),
	    T(capture_files_hold_packets_in_order_of_time),
	    T(phones_are_watched),
	    T(zero_messages_is_off),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
