/* sip/: whole messages: RFC 4475, limits, and input that is cut or damaged anywhere. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

#include "sip/write.h"

#include "../../fuzz/fuzz.h"
#include "rfc4475.h"
#include "rfc5118.h"

static struct sip_msg m;

#define REST                                                                                       \
	"Via: SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bK1;rport\r\n"                                \
	"From: \"A\" <sip:a@example.com>;tag=1\r\n"                                                \
	"To: <sip:b@example.com>\r\n"                                                              \
	"Call-ID: 1@192.0.2.1\r\n"                                                                 \
	"CSeq: 7 INVITE\r\n"

static void
an_invite_is_read(void **state)
{
	static const char text[] = "\r\n\r\nINVITE sip:b@example.com;transport=tcp SIP/2.0\r\n" REST
				   "Max-Forwards: 69\r\nContact: <sip:a@192.0.2.1>\r\n"
				   "c: text/plain\r\nl: 4\r\n\r\na\0b\nrest";

	assert_int_equal(sip_msg_parse(&m, slice_make(text, sizeof text - 1), NULL), ERR_OK);
	assert_true(m.is_request);
	assert_int_equal(m.method, SIP_INVITE);
	assert_true(slice_eq(m.uri_text, SLICE("sip:b@example.com;transport=tcp")));
	assert_true(slice_eq(m.uri.params, SLICE("transport=tcp")));
	assert_true(slice_eq(m.via.host, SLICE("192.0.2.1")));
	assert_true(slice_eq(m.via.branch, SLICE("z9hG4bK1")));
	assert_true(m.via.has_rport);
	assert_true(slice_eq(m.from.display, SLICE("A")));
	assert_true(slice_eq(m.from.tag, SLICE("1")));
	assert_int_equal(m.to.tag.n, 0);
	assert_true(slice_eq(m.call_id, SLICE("1@192.0.2.1")));
	assert_int_equal(m.cseq, 7);
	assert_int_equal(m.max_forwards, 69);
	assert_int_equal(m.n_hdrs, 9);
	assert_true(slice_eq(m.body, SLICE("a\0b\n")));
	assert_ptr_equal(m.raw.p, text + 4);
	assert_int_equal(m.raw.n, sizeof text - 1 - 4 - 4);
	assert_true(slice_eq(sip_msg_value(&m, SIP_HDR_CONTENT_TYPE), SLICE("text/plain")));
}

static void
a_response_is_read(void **state)
{
	static const char text[] = "SIP/2.0 180 Klingelt \xc3\xa4\r\n" REST "\r\nbody";

	assert_int_equal(sip_msg_parse(&m, slice_cstr(text), NULL), ERR_OK);
	assert_false(m.is_request);
	assert_int_equal(m.status, 180);
	assert_true(slice_eq(m.reason, SLICE("Klingelt \xc3\xa4")));
	assert_int_equal(m.method, SIP_INVITE);
	assert_int_equal(m.max_forwards, 70);
	assert_true(slice_eq(m.body, SLICE("body"))); /* 18.3: without length, to the end */
}

/* The space after the empty line once made it a folded header. */
static void
a_body_may_begin_with_a_space(void **state)
{
	static const char text[] = "INVITE sip:b@h SIP/2.0\r\n" REST "l: 3\r\n\r\n \tx";

	assert_int_equal(sip_msg_parse(&m, slice_cstr(text), NULL), ERR_OK);
	assert_true(slice_eq(m.body, SLICE(" \tx")));
}

static void
rfc4475_torture(void **state)
{
	for (size_t i = 0; i < sizeof torture / sizeof torture[0]; i++) {
		const struct torture *t = &torture[i];
		struct sip_parse_error why = {"", 999};
		enum err e = sip_msg_parse(&m, slice_make(t->text, t->n), &why);
		int status = e == ERR_OK ? 0 : why.status == 0 ? SILENCE : why.status;

		if (status != t->status)
			fail_msg("%s: %s (%d)", t->name, why.why, status);
	}
}

static void
rfc5118_torture(void **state)
{
	for (size_t i = 0; i < sizeof torture6 / sizeof torture6[0]; i++) {
		const struct torture *t = &torture6[i];
		struct sip_parse_error why = {"", 0};

		(void)!sip_msg_parse(&m, slice_make(t->text, t->n), &why);
		if (why.status != t->status)
			fail_msg("%s: %s (%d)", t->name, why.why, why.status);
		if (t->status == 0)
			assert_int_equal(m.raw.n, t->n); /* also the body, to its end */
	}
}

/* What the addresses in them mean. */
static void
rfc5118_meanings(void **state)
{
	static const struct {
		const char *name, *host, *via_host;
		uint16_t port, via_port;
	} cases[] = {
	    {"4.1 ipv6-good", "2001:db8::10", "2001:db8::9:1", 0, 0},
	    {"4.3 port-ambiguous", "2001:db8::10:5070", "2001:db8::9:1", 0, 0}, /* that is one IP */
	    {"4.4 port-unambiguous", "2001:db8::10", "2001:db8::9:1", 5070, 0},
	    {"4.7 mult-ip-in-header", "host.example.net", "2001:db8::9:1", 0, 6050},
	    {"4.9 ipv4-mapped-ipv6", "example.com", "::ffff:192.0.2.10", 0, 19823},
	    {"4.10 ipv6-bug-abnf-3-colons", "2001:db8:::192.0.2.1", "lab1.east.example.com", 0, 0},
	    {"4.10 ipv6-correct-abnf-2-colons", "2001:db8::192.0.2.1", "lab1.east.example.com", 0,
		0},
	};
	struct addr mapped, plain;

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		const struct torture *t = torture6;

		while (strcmp(t->name, cases[i].name) != 0)
			t++;
		assert_int_equal(sip_msg_parse(&m, slice_make(t->text, t->n), NULL), ERR_OK);
		assert_true(slice_eq(m.uri.host, slice_cstr(cases[i].host)));
		assert_int_equal(m.uri.port, cases[i].port);
		assert_true(slice_eq(m.via.host, slice_cstr(cases[i].via_host)));
		assert_int_equal(m.via.port, cases[i].via_port);
	}
	/* 4.9: the mapped address is the IPv4 one. */
	assert_int_equal(addr_parse_ip(SLICE("::ffff:192.0.2.10"), 5060, &mapped), ERR_OK);
	assert_int_equal(addr_parse_ip(SLICE("192.0.2.10"), 5060, &plain), ERR_OK);
	assert_true(addr_eq(&mapped, &plain));
}

/* 4.5: received with or without brackets; the answer has it as the grammar says, without. */
static void
rfc5118_received_is_ours(void **state)
{
	struct sip_flow flow = {.transport = SIP_UDP};
	struct sip_msg answer;
	char text[2000];
	struct slice received;
	struct buf b;

	assert_int_equal(addr_parse(SLICE("[2001:db8::9:255]:5060"), 0, &flow.remote), ERR_OK);
	for (size_t i = 0; i < sizeof torture6 / sizeof torture6[0]; i++) {
		const struct torture *t = &torture6[i];

		if (!strstr(t->name, "via-received"))
			continue;
		assert_int_equal(sip_msg_parse(&m, slice_make(t->text, t->n), NULL), ERR_OK);
		buf_init(&b, text, sizeof text);
		sip_write_response_head(&b, &m, &flow, 200, SLICE(""), SLICE("t"));
		sip_write_body(&b, SLICE(""), SLICE(""));
		assert_int_equal(sip_msg_parse(&answer, buf_slice(&b), NULL), ERR_OK);
		assert_true(sip_param_find(answer.via.params, SLICE("received"), &received));
		assert_true(slice_eq(received, SLICE("2001:db8::9:255")));
	}
}

/* Where the message is good, its parts are what the RFC says they are. */
static void
rfc4475_meanings(void **state)
{
	for (size_t i = 0; i < sizeof torture / sizeof torture[0]; i++) {
		const struct torture *t = &torture[i];

		if (t->status == 0)
			assert_int_equal(
			    sip_msg_parse(&m, slice_make(t->text, t->n), NULL), ERR_OK);
		if (strstr(t->name, "wsinv")) {
			struct sip_values it = {0};
			struct slice v;
			int vias = 0;

			while (sip_msg_next_value(&m, SIP_HDR_VIA, &it, &v))
				vias++;
			assert_int_equal(vias, 3);
			assert_int_equal(m.max_forwards, 68);
			assert_int_equal(m.cseq, 9);
			assert_true(slice_eq(m.to.tag, SLICE("1918181833n")));
			assert_int_equal(m.body.n, 150);
		} else if (strstr(t->name, "dblreq")) {
			assert_int_equal(m.method, SIP_REGISTER); /* and only that one */
			assert_int_equal(m.body.n, 0);
		} else if (strstr(t->name, "esc02")) {
			int contacts = 0;

			assert_int_equal(m.method, SIP_METHOD_OTHER);
			for (size_t h = 0; h < m.n_hdrs; h++)
				contacts += m.hdr[h].id == SIP_HDR_CONTACT;
			assert_int_equal(contacts, 2); /* C%6Fntact is none */
		} else if (strstr(t->name, "semiuri")) {
			assert_true(slice_eq(m.uri.user, SLICE("user;par=u%40example.net")));
		} else if (strstr(t->name, "inv2543")) {
			assert_int_equal(m.from.tag.n, 0);
			assert_int_equal(m.body.n, 150);
		}
	}
}

/* One line changed at a time: what the 400 says. */
static void
complaints_name_the_header(void **state)
{
	static const struct {
		const char *text;
		int status;
		const char *why;
	} cases[] = {
	    {"INVITE sip:b@h SIP/2.0\r\nVia: SIP/2.0/UDP h\r\nTo: <sip:b@h>\r\nCall-ID: 1\r\n"
	     "CSeq: 1 INVITE\r\n\r\n",
		400, "Missing From header"},
	    {"INVITE sip:b@h SIP/2.0\r\nVia: SIP/2.0/UDP h\r\nFrom: <sip:b@h>\r\nCall-ID: 1\r\n"
	     "CSeq: 1 INVITE\r\n\r\n",
		400, "Missing To header"},
	    {"INVITE sip:b@h SIP/2.0\r\nVia: SIP/2.0/UDP h\r\nTo: <sip:b@h>\r\nf: <sip:a@h>\r\n"
	     "CSeq: 1 INVITE\r\n\r\n",
		400, "Missing Call-ID header"},
	    {"INVITE sip:b@h SIP/2.0\r\nVia: SIP/2.0/UDP h\r\nTo: <sip:b@h>\r\nf: <sip:a@h>\r\n"
	     "i: 1\r\n\r\n",
		400, "Missing CSeq header"},
	    {"INVITE sip:b@h SIP/2.0\r\nTo: <sip:b@h>\r\nf: <sip:a@h>\r\ni: 1\r\nCSeq: 1 INVITE\r\n"
	     "\r\n",
		0, "Missing Via header"},
	    {"INVITE sip:b@h SIP/2.0\r\nv: nonsense\r\n\r\n", 0, "Malformed Via header"},
	    {"INVITE sip:b@h SIP/2.0\r\n" REST "Max-Forwards: many\r\n\r\n", 400,
		"Malformed Max-Forwards header"},
	    {"INVITE sip:b@h SIP/2.0\r\n" REST "Max-Forwards: 256\r\n\r\n", 400,
		"Malformed Max-Forwards header"},
	    {"INVITE sip:b@h SIP/2.0\r\n" REST "Max-Forwards:\r\n\r\n", 400,
		"Malformed Max-Forwards header"},
	    {"INVITE sip:b@h SIP/2.0\r\n" REST "l: 1 2\r\n\r\nabc", 400,
		"Malformed Content-Length header"},
	    {"INVITE sip:b@h SIP/2.0\r\n" REST "l: 3\r\nl: 3\r\n\r\nabc", 400,
		"More than one Content-Length header"},
	    {"INVITE sip:b@h SIP/2.0\r\n" REST "l: 4\r\n\r\nabc", 400,
		"Body shorter than Content-Length"},
	    {"INVITE sip:b@h SIP/2.0\r\n" REST "i: 2\r\n\r\n", 400, "More than one Call-ID header"},
	    {"INVITE sip:b@h SIP/2.0\r\n" REST "no colon\r\n\r\n", 400, "Malformed header line"},
	    {"INVITE sip:b@h SIP/2.0\r\n" REST ": no name\r\n\r\n", 400, "Malformed header line"},
	    {"INVITE sip:b@h SIP/2.0\r\n" REST "bare: a\rb\r\n\r\n", 400,
		"Control character in the header block"},
	    {"INVITE sip:b@h SIP/2.0\r\n" REST "bare: a\nb: c\r\n\r\n", 400,
		"Control character in the header block"},
	    {"INVITE sip:b@h SIP/2.0\r\n" REST, 400, "No empty line behind the headers"},
	    {"INVITE sip:b@h SIP/2.0\r\n folded: start line\r\n" REST "\r\n", 400,
		"Malformed header line"},
	    {"INVITE SIP/2.0\r\n" REST "\r\n", 400, "Malformed Request-URI"},
	    {"INV(ITE sip:b@h SIP/2.0\r\n" REST "\r\n", 400, "Malformed method"},
	    {" sip:b@h SIP/2.0\r\n" REST "\r\n", 400, "Malformed method"},
	    {"INVITE mailto:b@h SIP/2.0\r\n" REST "\r\n", 416, "Unsupported URI scheme"},
	    {"INVITE sip:b@h SIP/2.1\r\n" REST "\r\n", 505, "SIP version other than 2.0"},
	    {"ACK sip:b@h SIP/2.0\r\n" REST "\r\n", 0,
		"CSeq method is not the method of the request"},
	    {"INVITE sip:b@h HTTP/1.1\r\n" REST "\r\n", 0, "Not a SIP message"},
	    {"GET / HTTP/1.1\r\n\r\n", 0, "Not a SIP message"},
	    {"", 0, "Not a SIP message"},
	    {"\r\n\r\n", 0, "Not a SIP message"},
	    {"INVITE", 0, "Not a SIP message"},
	    {"SIP/2.0 99 Low\r\n" REST "\r\n", 0, "Malformed status code"},
	    {"SIP/2.0 700 High\r\n" REST "\r\n", 0, "Malformed status code"},
	    {"SIP/2.0 0200 Long\r\n" REST "\r\n", 0, "Malformed status code"},
	    {"SIP/1.0 200 OK\r\n" REST "\r\n", 0, "SIP version other than 2.0"},
	    {"SIP/2.0 200 OK\r\n" REST "f: <sip:x@y>\r\n\r\n", 0, "More than one From header"},
	};

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct sip_parse_error why = {"", 999};
		enum err e = sip_msg_parse(&m, slice_cstr(cases[i].text), &why);

		if (e != ERR_MALFORMED || why.status != cases[i].status ||
		    strcmp(why.why, cases[i].why) != 0)
			fail_msg("%s\nsays: %u %s", cases[i].text, why.status, why.why);
	}
	assert_int_equal(
	    sip_msg_parse(&m, SLICE("INVITE sip:b@h SIP/2.0\r\n" REST "nul: a\0b\r\n\r\n"), NULL),
	    ERR_MALFORMED);
}

/* A bad request keeps what its answer needs. */
static void
bad_requests_can_be_answered(void **state)
{
	static const char text[] = "OPTIONS sip:t SIP/7.0\r\nl: x\r\nbroken\r\n"
				   "v: SIP/7.0/UDP pc;branch=b1\r\nf: <sip:a@h>;tag=9\r\n"
				   "t: <sip:b@h>\r\ni: 5\r\nCSeq: 4 OPTIONS\r\n\r\n";
	struct sip_parse_error why;

	assert_int_equal(sip_msg_parse(&m, slice_cstr(text), &why), ERR_MALFORMED);
	assert_int_equal(why.status, 505);
	assert_true(slice_eq(m.via.branch, SLICE("b1")));
	assert_true(slice_eq(m.from.tag, SLICE("9")));
	assert_true(slice_eq(m.call_id, SLICE("5")));
	assert_int_equal(m.cseq, 4);
}

static void
numbers_have_limits(void **state)
{
	static const struct {
		const char *cseq;
		enum err e;
		uint32_t value;
	} cases[] = {
	    {"0 INVITE", ERR_OK, 0},
	    {"2147483647 INVITE", ERR_OK, 2147483647},
	    {"2147483648 INVITE", ERR_MALFORMED, 0},
	    {"4294967297 INVITE", ERR_MALFORMED, 0},
	    {"-1 INVITE", ERR_MALFORMED, 0},
	    {"1INVITE", ERR_MALFORMED, 0},
	    {"1", ERR_MALFORMED, 0},
	    {"INVITE", ERR_MALFORMED, 0},
	    {"1 invite", ERR_MALFORMED, 1},
	    {"1 INVITE x", ERR_MALFORMED, 0},
	    {"1\t\r\n INVITE", ERR_OK, 1},
	};

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		char text[512];
		struct buf b;

		buf_init(&b, text, sizeof text);
		buf_printf(&b,
		    "INVITE sip:b@h SIP/2.0\r\nv: SIP/2.0/UDP h\r\nf: <sip:a@h>\r\nt: <sip:b@h>\r\n"
		    "i: 1\r\nCSeq: %s\r\n\r\n",
		    cases[i].cseq);
		if (sip_msg_parse(&m, buf_slice(&b), NULL) != cases[i].e)
			fail_msg("%s", cases[i].cseq);
		assert_int_equal(m.cseq, cases[i].value);
	}
}

#define LINE "INVITE sip:b@h SIP/2.0\r\n"

static enum err
parse_padded(const char *head, int n, const char *tail, uint16_t *status)
{
	static char text[SIP_MSG_MAX_BYTES + 1024];
	struct sip_parse_error why = {"", 0};
	struct buf b;
	enum err e;

	buf_init(&b, text, sizeof text);
	buf_cstr(&b, head);
	while (n--)
		buf_char(&b, 'x');
	buf_cstr(&b, tail);
	assert_true(buf_ok(&b));
	e = sip_msg_parse(&m, buf_slice(&b), &why);
	*status = why.status;
	return e;
}

static void
sizes_have_limits(void **state)
{
	static const struct {
		const char *name, *head, *tail; /* as many x between them as fit */
		int fits, status;
	} cases[] = {
	    {"Request-URI", "INVITE sip:", " SIP/2.0\r\n" REST "\r\n", SIP_URI_MAX_BYTES - 4, 414},
	    {"Call-ID",
		LINE "v: SIP/2.0/UDP h\r\nf: <sip:a@h>\r\nt: <sip:b@h>\r\nCSeq: 1 INVITE\r\ni: ",
		"\r\n\r\n", SIP_CALL_ID_MAX_BYTES, 400},
	    {"branch", LINE "v: SIP/2.0/UDP h;branch=",
		"\r\nf: <sip:a@h>\r\nt: <sip:b@h>\r\nCSeq: 1 INVITE\r\ni: 1\r\n\r\n",
		SIP_BRANCH_MAX_BYTES, 400},
	    {"tag", LINE "v: SIP/2.0/UDP h\r\nf: <sip:a@h>;tag=",
		"\r\nt: <sip:b@h>\r\nCSeq: 1 INVITE\r\ni: 1\r\n\r\n", SIP_TAG_MAX_BYTES, 400},
	    {"header block", LINE REST "x: ", "\r\n\r\n",
		SIP_HDR_BLOCK_MAX_BYTES - (int)sizeof(LINE REST "x: \r\n\r\n") + 1, 513},
	    {"message", LINE REST "\r\n", "", SIP_MSG_MAX_BYTES - (int)sizeof(LINE REST "\r\n") + 1,
		513},
	};

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		uint16_t status;

		if (parse_padded(cases[i].head, cases[i].fits, cases[i].tail, &status) != ERR_OK)
			fail_msg("%s just fits", cases[i].name);
		if (parse_padded(cases[i].head, cases[i].fits + 1, cases[i].tail, &status) ==
			ERR_OK ||
		    status != cases[i].status)
			fail_msg("%s is too long by one: %u", cases[i].name, status);
	}
}

static void
header_lines_have_a_limit(void **state)
{
	static char text[4096];
	struct sip_parse_error why;
	struct buf b;

	buf_init(&b, text, sizeof text);
	buf_lit(&b, "INVITE sip:b@h SIP/2.0\r\n" REST);
	for (int i = 5; i < SIP_HDRS_MAX; i++)
		buf_lit(&b, "x:1\r\n");
	b.cap = b.n + 2;
	buf_lit(&b, "\r\n");
	assert_int_equal(sip_msg_parse(&m, buf_slice(&b), NULL), ERR_OK);
	b.cap = sizeof text;
	b.n -= 2;
	buf_lit(&b, "x:1\r\n\r\n");
	assert_int_equal(sip_msg_parse(&m, buf_slice(&b), &why), ERR_TOO_BIG);
	assert_int_equal(why.status, 513);
	assert_int_equal(m.n_hdrs, SIP_HDRS_MAX);
}

/* ---- at the edge of readable memory ---- */

/* Memory whose end is followed by a page nobody may touch. */
static struct {
	char *end;
	size_t n;
} guard;

static int
guard_make(void **state)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE), n = 4 * page;
	char *p = mmap(NULL, n + page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (p == MAP_FAILED || mprotect(p + n, page, PROT_NONE) != 0)
		return -1;
	guard.end = p + n;
	guard.n = n;
	return 0;
}

/* Puts the bytes against the forbidden page and asks the fuzz target, which checks
 * that every view lies inside and that good messages survive writing and reading. */
static void
feed(const char *bytes, size_t n)
{
	assert_true(n <= guard.n);
	memcpy(guard.end - n, bytes, n);
	LLVMFuzzerTestOneInput((const uint8_t *)guard.end - n, n);
}

static void
messages_cut_anywhere(void **state)
{
	for (size_t i = 0; i < sizeof torture / sizeof torture[0]; i++)
		for (size_t n = 0; n <= torture[i].n; n++)
			feed(torture[i].text, n);
}

static void
messages_damaged_anywhere(void **state)
{
	static const char damage[] = {
	    '\0', '\r', '\n', ' ', ',', ';', '"', '<', '>', ':', '\\', '\xff'};
	static char text[8192];

	for (size_t i = 0; i < sizeof torture / sizeof torture[0]; i++) {
		assert_true(torture[i].n <= sizeof text);
		memcpy(text, torture[i].text, torture[i].n);
		for (size_t at = 0; at < torture[i].n; at++) {
			for (size_t d = 0; d < sizeof damage; d++) {
				text[at] = damage[d];
				feed(text, torture[i].n);
			}
			text[at] = torture[i].text[at];
		}
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(an_invite_is_read),
	    cmocka_unit_test(a_response_is_read),
	    cmocka_unit_test(a_body_may_begin_with_a_space),
	    cmocka_unit_test(rfc4475_torture),
	    cmocka_unit_test(rfc4475_meanings),
	    cmocka_unit_test(rfc5118_torture),
	    cmocka_unit_test(rfc5118_meanings),
	    cmocka_unit_test(rfc5118_received_is_ours),
	    cmocka_unit_test(complaints_name_the_header),
	    cmocka_unit_test(bad_requests_can_be_answered),
	    cmocka_unit_test(numbers_have_limits),
	    cmocka_unit_test(sizes_have_limits),
	    cmocka_unit_test(header_lines_have_a_limit),
	    cmocka_unit_test(messages_cut_anywhere),
	    cmocka_unit_test(messages_damaged_anywhere),
	};
	return cmocka_run_group_tests(tests, guard_make, NULL);
}
