/* sip/: writing messages, and reading again what was written. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "sip/write.h"

#define assert_text(b, text)                                                                       \
	do {                                                                                       \
		assert_true(buf_ok(b));                                                            \
		assert_int_equal((b)->n, strlen(text));                                            \
		assert_memory_equal((b)->p, (text), (b)->n);                                       \
	} while (0)

static struct sip_flow
flow_from(const char *remote, enum sip_transport transport)
{
	struct sip_flow flow = {.transport = transport};

	assert_int_equal(addr_parse(SLICE("10.0.0.1:5060"), 0, &flow.local), ERR_OK);
	assert_int_equal(addr_parse(slice_cstr(remote), 5060, &flow.remote), ERR_OK);
	return flow;
}

static void
request_lines_and_headers(void **state)
{
	struct sip_flow flow = flow_from("192.0.2.1:5080", SIP_TCP);
	char mem[512];
	struct buf b;

	buf_init(&b, mem, sizeof mem);
	sip_write_request_line(&b, SLICE("BYE"), SLICE("sip:bob@[2001:db8::1]"));
	sip_write_via(&b, flow.transport, &flow.local, SLICE("z9hG4bK1"));
	sip_write_hdr(&b, SIP_HDR_SUBJECT, SLICE("lunch\r\nX-Evil: yes\x01"));
	sip_write_hdrf(&b, SIP_HDR_CSEQ, "%u %s", 7u, "BYE");
	sip_write_body(&b, SLICE("application/sdp"), SLICE("v=0\r\n"));
	assert_text(&b, "BYE sip:bob@[2001:db8::1] SIP/2.0\r\n"
			"Via: SIP/2.0/TCP 10.0.0.1:5060;branch=z9hG4bK1;rport\r\n"
			"Subject: lunchX-Evil: yes\r\n"
			"CSeq: 7 BYE\r\n"
			"Content-Type: application/sdp\r\n"
			"Content-Length: 5\r\n\r\nv=0\r\n");
}

static void
status_lines(void **state)
{
	char mem[128];
	struct buf b;

	buf_init(&b, mem, sizeof mem);
	sip_write_status_line(&b, 486, SLICE(""));
	sip_write_status_line(&b, 499, SLICE("Be\nst\xc3\xa4tigt"));
	sip_write_body(&b, SLICE("text/plain"), SLICE(""));
	assert_text(&b, "SIP/2.0 486 Busy Here\r\nSIP/2.0 499 Best\xc3\xa4tigt\r\n"
			"Content-Length: 0\r\n\r\n");
}

static void
long_values_are_refused_not_cut(void **state)
{
	char mem[4096];
	struct buf b;

	buf_init(&b, mem, sizeof mem);
	sip_write_hdrf(&b, SIP_HDR_SUBJECT, "%1500d", 1);
	assert_false(buf_ok(&b));
	buf_init(&b, mem, 10);
	sip_write_hdr(&b, SIP_HDR_SUBJECT, SLICE("does not fit"));
	assert_false(buf_ok(&b));
}

static void
name_addrs_survive_writing_and_reading(void **state)
{
	static const struct {
		const char *display, *tag, *text;
	} cases[] = {
	    {"", "", "<sip:a@b>"},
	    {"", "x1", "<sip:a@b>;tag=x1"},
	    {"J\xc3\xbcrgen", "", "\"J\xc3\xbcrgen\" <sip:a@b>"},
	    {"a \"b\" c\\", "t", "\"a \\\"b\\\" c\\\\\" <sip:a@b>;tag=t"},
	    {"\\", "", "\"\\\\\" <sip:a@b>"},
	};

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		char mem[128], display[32];
		struct buf b;
		struct sip_name_addr a;

		buf_init(&b, mem, sizeof mem);
		sip_write_name_addr(
		    &b, slice_cstr(cases[i].display), SLICE("sip:a@b"), slice_cstr(cases[i].tag));
		assert_text(&b, cases[i].text);
		assert_int_equal(sip_name_addr_parse(&a, buf_slice(&b)), ERR_OK);
		sip_display_text(a.display, display, sizeof display);
		assert_string_equal(display, cases[i].display);
		assert_true(slice_eq(a.tag, slice_cstr(cases[i].tag)));
		assert_true(slice_eq(a.uri_text, SLICE("sip:a@b")));
	}
}

/* What a transaction keeps gives the same head, for each status. */
static void
same_from_echo(const struct sip_msg *m, const struct sip_flow *flow, uint16_t status)
{
	char text[1024], from_echo[2048], from_msg[2048];
	struct sip_response_echo echo;
	struct buf b, again, once;

	buf_init(&b, text, sizeof text);
	sip_response_echo_write(&b, m, flow, &echo);
	assert_true(buf_ok(&b));
	assert_int_equal(echo.end, b.n);
	buf_init(&again, from_echo, sizeof from_echo);
	sip_write_response_echo(&again, &echo, text, status, SLICE(""), SLICE("our"));
	buf_init(&once, from_msg, sizeof from_msg);
	sip_write_response_head(&once, m, flow, status, SLICE(""), SLICE("our"));
	assert_true(slice_eq(buf_slice(&again), buf_slice(&once)));
}

/* A request with this Via line, answered to a source: the Via of the response. */
static void
via_answers(void **state)
{
	static const struct {
		const char *name, *via, *remote, *text;
	} cases[] = {
	    {"RFC 3581: rport asked", "SIP/2.0/UDP 10.1.1.1:4540;rport;branch=z9hG4bKkjshdyff",
		"192.0.2.1:9988",
		"SIP/2.0/UDP 10.1.1.1:4540;branch=z9hG4bKkjshdyff;received=192.0.2.1;rport=9988"},
	    {"18.2.1: same address", "SIP/2.0/UDP 192.0.2.1:4540;branch=z9hG4bK1", "192.0.2.1:9988",
		"SIP/2.0/UDP 192.0.2.1:4540;branch=z9hG4bK1"},
	    {"18.2.1: other address", "SIP/2.0/UDP 10.1.1.1;branch=z9hG4bK1", "192.0.2.1:9988",
		"SIP/2.0/UDP 10.1.1.1;branch=z9hG4bK1;received=192.0.2.1"},
	    {"18.2.1: a name", "SIP/2.0/UDP pc.example.com;branch=z9hG4bK1", "[2001:db8::9]:9",
		"SIP/2.0/UDP pc.example.com;branch=z9hG4bK1;received=2001:db8::9"},
	    {"claims are replaced",
		"SIP/2.0/UDP 1.1.1.1;received=9.9.9.9;rport=1;branch=z9hG4bK1;x", "192.0.2.1:9988",
		"SIP/2.0/UDP 1.1.1.1;branch=z9hG4bK1;x;received=192.0.2.1;rport=9988"},
	    {"two in a line, folded",
		"SIP / 2.0 / UDP 1.1.1.1 ; branch\r\n  = z9hG4bK1 , SIP/2.0/TCP b;branch=2",
		"192.0.2.1:9",
		"SIP / 2.0 / UDP 1.1.1.1;branch  = z9hG4bK1;received=192.0.2.1"
		", SIP/2.0/TCP b;branch=2"},
	};

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct sip_flow flow = flow_from(cases[i].remote, SIP_UDP);
		char request[1024], mem[2048], expected[2048];
		struct sip_msg m, answer;
		struct buf b, want;

		buf_init(&b, request, sizeof request);
		buf_printf(&b,
		    "INVITE sip:b@x SIP/2.0\r\nv: %s\r\nVia: SIP/2.0/UDP far;branch=9\r\n"
		    "t: <sip:b@x> ;\r\nf: <sip:a@x>;tag=1\r\ni: 7@x\r\nCSeq: 1\r\n INVITE\r\n"
		    "Record-Route: <sip:p;lr>\r\nMax-Forwards: 70\r\n\r\n",
		    cases[i].via);
		assert_int_equal(sip_msg_parse(&m, buf_slice(&b), NULL), ERR_OK);
		same_from_echo(&m, &flow, 180);
		buf_init(&b, mem, sizeof mem);
		sip_write_response_head(&b, &m, &flow, 180, SLICE(""), SLICE("our"));
		sip_write_body(&b, SLICE(""), SLICE(""));
		buf_init(&want, expected, sizeof expected);
		buf_printf(&want,
		    "SIP/2.0 180 Ringing\r\nVia: %s\r\nVia: SIP/2.0/UDP far;branch=9\r\n"
		    "Record-Route: <sip:p;lr>\r\nFrom: <sip:a@x>;tag=1\r\nTo: <sip:b@x>;tag=our\r\n"
		    "Call-ID: 7@x\r\nCSeq: 1 INVITE\r\nContent-Length: 0\r\n\r\n",
		    cases[i].text);
		expected[want.n] = '\0';
		mem[b.n] = '\0';
		assert_string_equal(mem, expected);
		assert_int_equal(sip_msg_parse(&answer, buf_slice(&b), NULL), ERR_OK);
		assert_int_equal(answer.status, 180);
		assert_true(slice_eq(answer.to.tag, SLICE("our")));
		assert_true(slice_eq(answer.from.tag, m.from.tag));
		assert_true(slice_eq(answer.via.branch, m.via.branch));
	}
}

static void
record_route_only_where_a_dialog_begins(void **state)
{
	static const struct {
		const char *method;
		uint16_t status;
		bool routes;
	} cases[] = {{"INVITE", 100, false}, {"INVITE", 183, true}, {"INVITE", 200, true},
	    {"INVITE", 404, false}, {"BYE", 200, false}, {"SUBSCRIBE", 200, true}};
	struct sip_flow flow = flow_from("192.0.2.1:5080", SIP_UDP);

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		char request[512], mem[1024];
		struct sip_msg m, answer;
		struct buf b;

		buf_init(&b, request, sizeof request);
		buf_printf(&b,
		    "%s sip:b@x SIP/2.0\r\nv: SIP/2.0/UDP h;branch=z9hG4bK1\r\nt: "
		    "<sip:b@x>;tag=9\r\n"
		    "f: <sip:a@x>;tag=1\r\ni: 7@x\r\nCSeq: 1 %s\r\nRecord-Route: "
		    "<sip:p;lr>\r\n\r\n",
		    cases[i].method, cases[i].method);
		assert_int_equal(sip_msg_parse(&m, buf_slice(&b), NULL), ERR_OK);
		same_from_echo(&m, &flow, cases[i].status);
		buf_init(&b, mem, sizeof mem);
		sip_write_response_head(&b, &m, &flow, cases[i].status, SLICE(""), SLICE("second"));
		sip_write_body(&b, SLICE(""), SLICE(""));
		assert_int_equal(sip_msg_parse(&answer, buf_slice(&b), NULL), ERR_OK);
		assert_true(
		    (sip_msg_hdr(&answer, SIP_HDR_RECORD_ROUTE) != NULL) == cases[i].routes);
		assert_true(slice_eq(answer.to.tag, SLICE("9")));
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(request_lines_and_headers),
	    cmocka_unit_test(status_lines),
	    cmocka_unit_test(long_values_are_refused_not_cut),
	    cmocka_unit_test(name_addrs_survive_writing_and_reading),
	    cmocka_unit_test(via_answers),
	    cmocka_unit_test(record_route_only_where_a_dialog_begins),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
