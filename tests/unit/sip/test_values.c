/* sip/: names of headers and methods, lists, parameters, name-addr, Via. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "sip/flow.h"
#include "sip/msg.h"

static void
every_header_is_found(void **state)
{
	static const struct {
		const char *name;
		char compact;
	} known[] = {
#define X(id, name, compact) [SIP_HDR_##id] = {name, compact},
	    SIP_HEADERS(X)
#undef X
	};

	for (int id = 1; id < SIP_HDR_N; id++) {
		struct slice name = slice_cstr(known[id].name);
		char other[32];

		assert_int_equal(sip_hdr_find(name), id);
		assert_true(slice_eq(sip_hdr_name((enum sip_hdr_id)id), name));
		for (size_t i = 0; i < name.n; i++)
			other[i] = (char)(name.p[i] >= 'A' ? name.p[i] ^ 0x20 : name.p[i]);
		assert_int_equal(sip_hdr_find(slice_make(other, name.n)), id);
		other[name.n - 1] = '_';
		assert_int_equal(sip_hdr_find(slice_make(other, name.n)), SIP_HDR_OTHER);
		if (known[id].compact)
			assert_int_equal(sip_hdr_find(slice_make(&known[id].compact, 1)), id);
	}
	for (const char *c = "abcdefghijklmnopqrstuvwxyz"; *c; c++) {
		enum sip_hdr_id id = sip_hdr_find(slice_make(c, 1));

		assert_true(id == SIP_HDR_OTHER || known[id].compact == *c);
	}
	assert_int_equal(sip_hdr_find(SLICE("")), SIP_HDR_OTHER);
	assert_int_equal(sip_hdr_find(SLICE("1")), SIP_HDR_OTHER);
	assert_int_equal(sip_hdr_find(SLICE("Call\rID")), SIP_HDR_OTHER);
	assert_int_equal(sip_hdr_find(SLICE("Bip")), SIP_HDR_OTHER);
	assert_int_equal(sip_hdr_find(SLICE("A-Header-Far-Too-Long-To-Be-Known")), SIP_HDR_OTHER);
}

static void
methods_are_case_sensitive(void **state)
{
	for (int m = 1; m < SIP_METHOD_N; m++)
		assert_int_equal(sip_method_find(sip_method_name((enum sip_method)m)), m);
	assert_int_equal(sip_method_find(SLICE("invite")), SIP_METHOD_OTHER);
	assert_int_equal(sip_method_find(SLICE("")), SIP_METHOD_OTHER);
	assert_int_equal(sip_method_name(SIP_METHOD_OTHER).n, 0);
}

static void
reasons_and_transports(void **state)
{
	enum sip_transport t;

	assert_true(slice_eq(sip_reason(100), SLICE("Trying")));
	assert_true(slice_eq(sip_reason(486), SLICE("Busy Here")));
	assert_true(slice_eq(sip_reason(607), SLICE("Unwanted")));
	assert_true(slice_eq(sip_reason(299), SLICE("Success")));
	assert_true(slice_eq(sip_reason(65535), SLICE("Unknown")));
	assert_int_equal(sip_transport_parse(SLICE("tcp"), &t), ERR_OK);
	assert_int_equal(t, SIP_TCP);
	assert_true(sip_transport_reliable(t));
	assert_false(sip_transport_reliable(SIP_UDP));
	assert_true(slice_eq(sip_transport_name(SIP_WSS), SLICE("WSS")));
	assert_int_equal(sip_transport_parse(SLICE("sctp"), &t), ERR_NOT_FOUND);
}

/* ---- name-addr ---- */

static void
name_addrs_are_read(void **state)
{
	static const struct {
		const char *text, *display, *uri, *params, *tag;
	} cases[] = {
	    {"sip:a@b", "", "sip:a@b", "", ""},
	    {"<sip:a@b>", "", "sip:a@b", "", ""},
	    {"sip:a@b;tag=x", "", "sip:a@b", "tag=x", "x"},
	    {"<sip:a@b;tag=no>;tag=yes", "", "sip:a@b;tag=no", "tag=yes", "yes"},
	    {"caller<sip:a@b>;TAG=323", "caller", "sip:a@b", "TAG=323", "323"},
	    {"T. Watson\t <sip:a@b> ; tag = x ;", "T. Watson", "sip:a@b", " tag = x ;", "x"},
	    {"\"Bell, A\" <sip:a@b>", "Bell, A", "sip:a@b", "", ""},
	    {"\"a\\\"<sip:x@y>\\\\\"<sip:a@b>", "a\\\"<sip:x@y>\\\\", "sip:a@b", "", ""},
	    {"\"\" <sip:a@b>", "", "sip:a@b", "", ""},
	    {"J\xc3\xbcrgen (Lager) <sip:a@b>", "J\xc3\xbcrgen (Lager)", "sip:a@b", "", ""},
	    {"sip:a@b;x=\"<\";tag=1", "", "sip:a@b", "x=\"<\";tag=1", "1"},
	    {"<sip:a@b?h=v,w>;q=0.1", "", "sip:a@b?h=v,w", "q=0.1", ""},
	    {" \r\n <tel:+49301>;flag", "", "tel:+49301", "flag", ""},
	    {"<http://x>;tag=\"q;,\"", "", "http://x", "tag=\"q;,\"", "q;,"},
	};

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct sip_name_addr a;

		if (sip_name_addr_parse(&a, slice_cstr(cases[i].text)) != ERR_OK)
			fail_msg("%s", cases[i].text);
		assert_true(slice_eq(a.display, slice_cstr(cases[i].display)));
		assert_true(slice_eq(a.uri_text, slice_cstr(cases[i].uri)));
		assert_true(slice_eq(a.params, slice_cstr(cases[i].params)));
		assert_true(slice_eq(a.tag, slice_cstr(cases[i].tag)));
	}
}

static void
bad_name_addrs_are_refused(void **state)
{
	static const char *const cases[] = {"", "*", "\"open <sip:a@b>", "\"x\" sip:a@b", "\"x\"",
	    "<sip:a@b", "sip:a@b>", "< sip:a@b >", "<>", "Bell, A <sip:a@b>", "a \"b\" <sip:a@b>",
	    "sip:a@b?h=v", "sip:a@b,sip:c@d", "<sip:a@b> x", "<sip:a@b>;;tag=1", "<sip:a@b>;=1",
	    "<sip:a@b>;tag=1,", "<sip:a@b>;tag=\"open", "<sip:a@b>;a b", "\"\\\" <sip:a@b>"};

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct sip_name_addr a = {.uri = {.port = 7}};

		if (sip_name_addr_parse(&a, slice_cstr(cases[i])) != ERR_MALFORMED ||
		    a.uri.port != 7)
			fail_msg("%s", cases[i]);
	}
}

static void
display_names_become_text(void **state)
{
	static const struct {
		const char *display;
		size_t cap;
		const char *text;
	} cases[] = {
	    {"plain", 32, "plain"},
	    {"a \\\"b\\\" \\\\", 32, "a \"b\" \\"},
	    {"ends\\", 32, "ends\\"},
	    {"two\r\n lines", 32, "two lines"},
	    {"12345678", 8, "1234567"},
	    {"12345\xc3\xa4\xc3\xa4", 8, "12345\xc3\xa4"},
	    {"123456\xc3\xa4\xc3\xa4", 8, "123456"},
	    {"1234\xf0\x9f\x98\x80", 8, "1234"},
	    {"\x80\x80\x80\x80\x80\x80\x80\x80\x80", 8, ""},
	    {"x", 1, ""},
	};

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		char text[32];

		sip_display_text(slice_cstr(cases[i].display), text, cases[i].cap);
		assert_string_equal(text, cases[i].text);
	}
}

/* ---- Via ---- */

static void
vias_are_read(void **state)
{
	static const struct {
		const char *text, *transport, *host;
		unsigned port;
		const char *branch;
		bool rport;
	} cases[] = {
	    {"SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bK1;rport", "UDP", "192.0.2.1", 5060,
		"z9hG4bK1", true},
	    {"SIP/2.0/TLS [2001:db8::1]:5061;rport=7;branch=x;received=[2001:db8::2]", "TLS",
		"2001:db8::1", 5061, "x", true},
	    {"SIP / 2.0\r\n / UDP   first.example.com: 4000;ttl=16 ;maddr=224.2.0.1 ;branch=a7",
		"UDP", "first.example.com", 4000, "a7", false},
	    {"SIP/2.0/SCTP h", "SCTP", "h", 0, "", false},
	    {"SIP/2.0/UDP h;branch=1;", "UDP", "h", 0, "1", false},
	    {"SIP/2.0/WSS df7jal23ls0d.invalid;branch=\"q\"", "WSS", "df7jal23ls0d.invalid", 0, "q",
		false},
	};

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct sip_via v;

		if (sip_via_parse(&v, slice_cstr(cases[i].text)) != ERR_OK)
			fail_msg("%s", cases[i].text);
		assert_true(slice_eq(v.transport, slice_cstr(cases[i].transport)));
		assert_true(slice_eq(v.host, slice_cstr(cases[i].host)));
		assert_int_equal(v.port, cases[i].port);
		assert_true(slice_eq(v.branch, slice_cstr(cases[i].branch)));
		assert_int_equal(v.has_rport, cases[i].rport);
	}
}

static void
bad_vias_are_refused(void **state)
{
	static const char *const cases[] = {"", "SIP/2.0/UDP", "SIP/2.0/UDP ", "SIP/2.0 h",
	    "SIP/2.0/ h", "/2.0/UDP h", "SIP/2.0/UDP h:", "SIP/2.0/UDP h:x", "SIP/2.0/UDP h:65536",
	    "SIP/2.0/UDP h h", "SIP/2.0/UDP h,", "SIP/2.0/UDP h;;branch=1", "SIP/2.0/UDP [::1",
	    "SIP/2.0/UDP h;branch=\"open", "SIP/2.0/UDP ;branch=1"};
	char big[SIP_BRANCH_MAX_BYTES + 64];
	struct sip_via v = {.port = 7};

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
		if (sip_via_parse(&v, slice_cstr(cases[i])) != ERR_MALFORMED || v.port != 7)
			fail_msg("%s", cases[i]);
	memset(big, 'b', sizeof big);
	memcpy(big, "SIP/2.0/UDP h;branch=", 21);
	assert_int_equal(sip_via_parse(&v, slice_make(big, 21 + SIP_BRANCH_MAX_BYTES)), ERR_OK);
	assert_int_equal(
	    sip_via_parse(&v, slice_make(big, 22 + SIP_BRANCH_MAX_BYTES)), ERR_TOO_BIG);
}

/* ---- parameters and lists ---- */

static void
parameters_are_found(void **state)
{
	static const struct {
		const char *params, *name;
		bool found;
		const char *value;
	} cases[] = {
	    {";a=1;b=2", "b", true, "2"},
	    {"a=1;b=2", "A", true, "1"},
	    {"lr", "lr", true, ""},
	    {";q=\"x;y\" ; z", "z", true, ""},
	    {";q=\"x;y\"", "q", true, "x;y"},
	    {";q=\"x;y\"", "y", false, NULL},
	    {"ab=1", "a", false, NULL},
	    {"a=1;a=2", "a", true, "1"},
	    {"", "a", false, NULL},
	    {";", "", false, NULL},
	    {"a = \r\n b", "a", true, "b"},
	    {"a=;b", "a", true, ""},
	};

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct slice value = SLICE("untouched");

		assert_int_equal(
		    sip_param_find(slice_cstr(cases[i].params), slice_cstr(cases[i].name), &value),
		    cases[i].found);
		assert_true(slice_eq(
		    value, cases[i].found ? slice_cstr(cases[i].value) : SLICE("untouched")));
	}
	assert_true(sip_param_find(SLICE("a"), SLICE("a"), NULL));
}

static void
lists_are_walked_over_all_lines(void **state)
{
	static const char text[] =
	    "OPTIONS sip:b@x SIP/2.0\r\nVia: SIP/2.0/UDP h;branch=z9hG4bK1\r\n"
	    "f: <sip:a@x>;tag=1\r\nt: <sip:b@x>\r\ni: 7\r\nCSeq: 1 OPTIONS\r\n"
	    "Contact: \"a, b\" <sip:a,b@x>;x=\",\" , sip:c@x\r\nX-Other: 1\r\nm:\r\n"
	    "m: ,<sip:d@x>,\r\n ,\r\nSupported: 100rel , timer;x\r\nk: path\r\n\r\n";
	static const char *const contacts[] = {
	    "\"a, b\" <sip:a,b@x>;x=\",\"", "sip:c@x", "<sip:d@x>"};
	static struct sip_msg m;
	struct sip_values it = {0};
	struct slice value;
	size_t n = 0;

	assert_int_equal(sip_msg_parse(&m, slice_cstr(text), NULL), ERR_OK);
	while (sip_msg_next_value(&m, SIP_HDR_CONTACT, &it, &value)) {
		assert_true(n < 3);
		assert_true(slice_eq(value, slice_cstr(contacts[n])));
		n++;
	}
	assert_int_equal(n, 3);
	assert_false(sip_msg_next_value(&m, SIP_HDR_CONTACT, &it, &value));
	it = (struct sip_values){0};
	assert_false(sip_msg_next_value(&m, SIP_HDR_ROUTE, &it, &value));
	assert_true(sip_msg_has_token(&m, SIP_HDR_SUPPORTED, SLICE("100REL")));
	assert_true(sip_msg_has_token(&m, SIP_HDR_SUPPORTED, SLICE("timer")));
	assert_true(sip_msg_has_token(&m, SIP_HDR_SUPPORTED, SLICE("path")));
	assert_false(sip_msg_has_token(&m, SIP_HDR_SUPPORTED, SLICE("time")));
	assert_false(sip_msg_has_token(&m, SIP_HDR_REQUIRE, SLICE("timer")));
	assert_true(slice_eq(sip_msg_hdr_named(&m, SLICE("x-other"))->value, SLICE("1")));
	assert_ptr_equal(sip_msg_hdr_named(&m, SLICE("Contact")), sip_msg_hdr(&m, SIP_HDR_CONTACT));
	assert_null(sip_msg_hdr_named(&m, SLICE("X-None")));
}

static void
numbers_stand_at_the_beginning(void **state)
{
	static const struct {
		const char *value;
		uint32_t number;
	} cases[] = {
	    {"120", 120},
	    {" 18000;duration=3600", 18000}, /* RFC 3261, 20.33 */
	    {"120 (I'm in a meeting)", 120},
	    {"", 0},
	    {"soon", 0},
	    {"-5", 0},
	    {"4294967295", UINT32_MAX},
	    {"99999999999999999999", UINT32_MAX},
	};

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
		assert_int_equal(sip_leading_number(slice_cstr(cases[i].value)), cases[i].number);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(numbers_stand_at_the_beginning),
	    cmocka_unit_test(every_header_is_found),
	    cmocka_unit_test(methods_are_case_sensitive),
	    cmocka_unit_test(reasons_and_transports),
	    cmocka_unit_test(name_addrs_are_read),
	    cmocka_unit_test(bad_name_addrs_are_refused),
	    cmocka_unit_test(display_names_become_text),
	    cmocka_unit_test(vias_are_read),
	    cmocka_unit_test(bad_vias_are_refused),
	    cmocka_unit_test(parameters_are_found),
	    cmocka_unit_test(lists_are_walked_over_all_lines),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
