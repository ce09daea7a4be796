/* WebSocket frames and handshake without sockets: the examples of RFC 6455, 1.3 and 5.7, and
 * what a client must not do. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "net/ws_frame.h"
#include "net/ws_handshake.h"

static char written[70000];

static struct slice
frame(unsigned first, struct slice mask, struct slice payload, struct buf *b)
{
	buf_char(b, (char)first);
	if (payload.n < 126) {
		buf_char(b, (char)(0x80 | payload.n));
	} else {
		buf_char(b, (char)(0x80 | 126));
		buf_char(b, (char)(payload.n >> 8));
		buf_char(b, (char)payload.n);
	}
	buf_put(b, mask);
	for (size_t i = 0; i < payload.n; i++)
		buf_char(b, (char)(payload.p[i] ^ mask.p[i % 4]));
	return buf_slice(b);
}

/* RFC 6455, 5.7, as far as a client may send it (masked). */
static void
examples_of_the_rfc(void **state)
{
	static const struct {
		struct slice bytes;
		enum ws_opcode opcode;
		struct slice payload;
	} cases[] = {
	    {SLICE("\x81\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58"), WS_TEXT, SLICE("Hello")},
	    {SLICE("\x89\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58"), WS_PING, SLICE("Hello")},
	    {SLICE("\x8a\x80\x37\xfa\x21\x3d"), WS_PONG, SLICE("")},
	    {SLICE("\x88\x82\x00\x00\x00\x00\x03\xe8"), WS_CLOSE, SLICE("\x03\xe8")},
	};

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
		for (size_t cut = 0; cut < cases[i].bytes.n; cut++) {
			struct slice in = slice_make(cases[i].bytes.p, cut);
			struct ws_reader r;
			struct ws_event ev;

			ws_reader_init(&r);
			assert_int_equal(ws_read(&r, &in, &ev), ERR_INCOMPLETE);
			assert_int_equal(in.n, 0);
			in = slice_from(cases[i].bytes, cut);
			assert_int_equal(ws_read(&r, &in, &ev), ERR_OK);
			assert_int_equal(ev.opcode, cases[i].opcode);
			assert_true(slice_eq(ev.payload, cases[i].payload));
			ws_reader_fini(&r);
		}
	assert_int_equal(ws_close_status(SLICE("\x03\xe8")), WS_NORMAL);
	assert_int_equal(ws_close_status(SLICE("")), 1005);
}

/* 5.4: a message in pieces, with control frames in between. */
static void
fragments_become_one_message(void **state)
{
	struct slice mask = SLICE("\x01\x02\x03\x04"), in;
	struct ws_reader r;
	struct ws_event ev;
	struct buf b;

	buf_init(&b, written, sizeof written);
	frame(0x01, mask, SLICE("Hel"), &b);
	frame(0x89, mask, SLICE("?"), &b);
	frame(0x00, mask, SLICE(""), &b);
	frame(0x00, mask, SLICE("l"), &b);
	frame(0x80, mask, SLICE("o"), &b);
	in = frame(0x82, mask, SLICE("next"), &b);
	ws_reader_init(&r);
	assert_int_equal(ws_read(&r, &in, &ev), ERR_OK);
	assert_int_equal(ev.opcode, WS_PING);
	assert_int_equal(ws_read(&r, &in, &ev), ERR_OK);
	assert_int_equal(ev.opcode, WS_TEXT);
	assert_true(slice_eq(ev.payload, SLICE("Hello")));
	assert_int_equal(ws_read(&r, &in, &ev), ERR_OK);
	assert_int_equal(ev.opcode, WS_BINARY);
	assert_true(slice_eq(ev.payload, SLICE("next")));
	assert_int_equal(ws_read(&r, &in, &ev), ERR_INCOMPLETE);
	ws_reader_fini(&r);
}

static void
what_a_client_must_not_do(void **state)
{
	static const struct {
		const char *what;
		struct slice bytes;
		enum err e;
		enum ws_status status;
	} cases[] = {
	    {"no mask (5.1)", SLICE("\x81\x05Hello"), ERR_MALFORMED, WS_PROTOCOL_ERROR},
	    {"reserved bit (5.2)", SLICE("\xc1\x80mask"), ERR_MALFORMED, WS_PROTOCOL_ERROR},
	    {"opcode 3 (5.2)", SLICE("\x83\x80mask"), ERR_MALFORMED, WS_PROTOCOL_ERROR},
	    {"opcode 11 (5.2)", SLICE("\x8b\x80mask"), ERR_MALFORMED, WS_PROTOCOL_ERROR},
	    {"long form of a short length (5.2)", SLICE("\x81\xfe\x00\x05mask"), ERR_MALFORMED,
		WS_PROTOCOL_ERROR},
	    {"longest form of a medium length (5.2)",
		SLICE("\x81\xff\x00\x00\x00\x00\x00\x00\x01\x00mask"), ERR_MALFORMED,
		WS_PROTOCOL_ERROR},
	    {"top bit of the length (5.2)", SLICE("\x81\xff\x80\x00\x00\x00\x00\x01\x00\x00mask"),
		ERR_MALFORMED, WS_PROTOCOL_ERROR},
	    {"too long", SLICE("\x81\xff\x00\x00\x00\x00\x00\x01\x00\x00mask"), ERR_TOO_BIG,
		WS_TOO_BIG},
	    {"as long as it goes", SLICE("\x81\xff\x7f\xff\xff\xff\xff\xff\xff\xffmask"),
		ERR_TOO_BIG, WS_TOO_BIG},
	    {"continuation of nothing (5.4)", SLICE("\x80\x80mask"), ERR_MALFORMED,
		WS_PROTOCOL_ERROR},
	    {"text within a message (5.4)", SLICE("\x01\x80mask\x81\x80mask"), ERR_MALFORMED,
		WS_PROTOCOL_ERROR},
	    {"fragmented ping (5.5)", SLICE("\x09\x80mask"), ERR_MALFORMED, WS_PROTOCOL_ERROR},
	    {"long ping (5.5)", SLICE("\x89\xfe\x00\x7emask"), ERR_MALFORMED, WS_PROTOCOL_ERROR},
	    {"half a close code (5.5.1)", SLICE("\x88\x81\x00\x00\x00\x00\x03"), ERR_MALFORMED,
		WS_PROTOCOL_ERROR},
	    {"close code 1005 (7.4.1)", SLICE("\x88\x82\x00\x00\x00\x00\x03\xed"), ERR_MALFORMED,
		WS_PROTOCOL_ERROR},
	    {"close code 999 (7.4.2)", SLICE("\x88\x82\x00\x00\x00\x00\x03\xe7"), ERR_MALFORMED,
		WS_PROTOCOL_ERROR},
	    {"text that is no UTF-8 (8.1)", SLICE("\x81\x81\x00\x00\x00\x00\xff"), ERR_INVALID,
		WS_BAD_DATA},
	};

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct slice in = cases[i].bytes;
		struct ws_reader r;
		struct ws_event ev;
		enum err e;

		ws_reader_init(&r);
		e = ws_read(&r, &in, &ev);
		if (e != cases[i].e)
			print_error("%s\n", cases[i].what);
		assert_int_equal(e, cases[i].e);
		assert_int_equal(ws_status_of(e), cases[i].status);
		ws_reader_fini(&r);
	}
}

/* Many pieces must not add up to more than a message may have. */
static void
fragments_have_a_limit_together(void **state)
{
	static char chunk[30000];
	struct slice mask = SLICE("\x00\x00\x00\x00");
	struct ws_reader r;
	struct ws_event ev;
	enum err e = ERR_INCOMPLETE;

	ws_reader_init(&r);
	for (int i = 0; i < 3; i++) {
		struct buf b;
		struct slice in;

		buf_init(&b, written, sizeof written);
		in = frame(i ? 0x00 : 0x02, mask, slice_make(chunk, sizeof chunk), &b);
		e = ws_read(&r, &in, &ev);
		assert_int_equal(e, i < 2 ? ERR_INCOMPLETE : ERR_TOO_BIG);
	}
	ws_reader_fini(&r);
}

static void
an_idle_reader_holds_little(void **state)
{
	static char large[60000];
	struct slice mask = SLICE("\x00\x00\x00\x00"), in;
	struct ws_reader r;
	struct ws_event ev;
	struct buf b;

	buf_init(&b, written, sizeof written);
	in = frame(0x82, mask, slice_make(large, sizeof large), &b);
	ws_reader_init(&r);
	assert_int_equal(ws_read(&r, &in, &ev), ERR_OK);
	assert_int_equal(ev.payload.n, sizeof large);
	assert_int_equal(ws_read(&r, &in, &ev), ERR_INCOMPLETE);
	assert_null(r.buf);
	ws_reader_fini(&r);
}

static void
heads_are_written_in_the_shortest_form(void **state)
{
	static const struct {
		size_t n;
		struct slice head;
	} cases[] = {
	    {0, SLICE("\x81\x00")},
	    {125, SLICE("\x81\x7d")},
	    {126, SLICE("\x81\x7e\x00\x7e")},
	    {65535, SLICE("\x81\x7e\xff\xff")},
	    {65536, SLICE("\x81\x7f\x00\x00\x00\x00\x00\x01\x00\x00")},
	};

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		char bytes[WS_HEAD_MAX_BYTES];
		struct buf b;

		buf_init(&b, bytes, sizeof bytes);
		ws_write_head(&b, WS_TEXT, cases[i].n);
		assert_true(slice_eq(buf_slice(&b), cases[i].head));
	}
}

static void
utf8_is_recognised(void **state)
{
	static const struct {
		struct slice s;
		bool ok;
	} cases[] = {
	    {SLICE(""), true},
	    {SLICE("sip:a@b"), true},
	    {SLICE("M\xc3\xbcller \xe2\x82\xac \xf0\x9f\x93\x9e"), true},
	    {SLICE("\xc3"), false},
	    {SLICE("\xc0\xaf"), false},		/* long form of / */
	    {SLICE("\xe0\x80\xaf"), false},	/* the same */
	    {SLICE("\xed\xa0\x80"), false},	/* surrogate */
	    {SLICE("\xf4\x90\x80\x80"), false}, /* beyond U+10FFFF */
	    {SLICE("\xbf"), false},
	};

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
		assert_int_equal(ws_is_utf8(cases[i].s), cases[i].ok);
}

#define REQUEST(first, more)                                                                       \
	first "\r\nHost: pbx.example\r\nUpgrade: websocket\r\nConnection: keep-alive, Upgrade\r\n" \
	      "Origin: http://example.com\r\n" more "\r\n"
#define KEY "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
#define SIP "Sec-WebSocket-Protocol: sip\r\n"
#define V13 "Sec-WebSocket-Version: 13\r\n"

/* RFC 6455, 1.3 with the key and the answer of the example; RFC 7118, 4.1. */
static void
handshakes(void **state)
{
	static const struct {
		struct slice request, begins;
		enum err e;
	} cases[] = {
	    {SLICE(REQUEST("GET /chat HTTP/1.1", KEY SIP V13)), SLICE("HTTP/1.1 101 "), ERR_OK},
	    {SLICE(
		 REQUEST("GET /ws?x=1 HTTP/1.1", KEY V13 "sec-websocket-protocol: chat, SIP\r\n")),
		SLICE("HTTP/1.1 101 "), ERR_OK},
	    {SLICE(REQUEST("GET / HTTP/1.1", KEY V13)), SLICE("HTTP/1.1 400 "), ERR_DENIED},
	    {SLICE(REQUEST("GET / HTTP/1.1", KEY V13 "Sec-WebSocket-Protocol: xmpp\r\n")),
		SLICE("HTTP/1.1 400 "), ERR_DENIED},
	    {SLICE(REQUEST("GET / HTTP/1.1", SIP V13)), SLICE("HTTP/1.1 400 "), ERR_MALFORMED},
	    {SLICE(REQUEST("GET / HTTP/1.1", "Sec-WebSocket-Key: c2hvcnQ=\r\n" SIP V13)),
		SLICE("HTTP/1.1 400 "), ERR_MALFORMED},
	    {SLICE(REQUEST("GET / HTTP/1.1", KEY SIP "Sec-WebSocket-Version: 8\r\n")),
		SLICE("HTTP/1.1 426 "), ERR_UNSUPPORTED},
	    {SLICE(REQUEST("POST / HTTP/1.1", KEY SIP V13)), SLICE("HTTP/1.1 405 "), ERR_DENIED},
	    {SLICE(REQUEST("GET / HTTP/1.0", KEY SIP V13)), SLICE("HTTP/1.1 400 "), ERR_MALFORMED},
	    {SLICE("GET / HTTP/1.1\r\nHost: x\r\n\r\n"), SLICE("HTTP/1.1 426 "), ERR_UNSUPPORTED},
	    {SLICE("nonsense\r\n\r\n"), SLICE("HTTP/1.1 400 "), ERR_MALFORMED},
	};

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		char bytes[WS_ANSWER_MAX_BYTES];
		struct buf b;

		buf_init(&b, bytes, sizeof bytes);
		assert_int_equal(ws_request_bytes(cases[i].request), cases[i].request.n);
		assert_int_equal(ws_answer(cases[i].request, &b), cases[i].e);
		assert_true(buf_ok(&b));
		assert_true(slice_starts(buf_slice(&b), cases[i].begins));
		assert_int_equal(ws_request_bytes(buf_slice(&b)), b.n);
		if (cases[i].e == ERR_OK) {
			assert_non_null(memmem(b.p, b.n, "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=", 28));
			assert_non_null(memmem(b.p, b.n, "Sec-WebSocket-Protocol: sip\r\n", 29));
		}
	}
	assert_int_equal(ws_request_bytes(SLICE("GET / HTTP/1.1\r\nHost: x\r\n")), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(examples_of_the_rfc),
	    cmocka_unit_test(fragments_become_one_message),
	    cmocka_unit_test(what_a_client_must_not_do),
	    cmocka_unit_test(fragments_have_a_limit_together),
	    cmocka_unit_test(an_idle_reader_holds_little),
	    cmocka_unit_test(heads_are_written_in_the_shortest_form),
	    cmocka_unit_test(utf8_is_recognised),
	    cmocka_unit_test(handshakes),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
