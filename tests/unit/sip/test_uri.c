/* sip/: URIs. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "sip/msg.h"

static void
parts_are_found(void **state)
{
	static const struct {
		const char *text, *scheme, *user, *password, *host;
		unsigned port;
		const char *params, *headers;
	} cases[] = {
	    /* RFC 3261, 19.1.3 */
	    {"sip:alice@atlanta.com", "sip", "alice", "", "atlanta.com", 0, "", ""},
	    {"sip:alice:secretword@atlanta.com;transport=tcp", "sip", "alice", "secretword",
		"atlanta.com", 0, "transport=tcp", ""},
	    {"sips:alice@atlanta.com?subject=project%20x&priority=urgent", "sips", "alice", "",
		"atlanta.com", 0, "", "subject=project%20x&priority=urgent"},
	    {"sip:+1-212-555-1212:1234@gateway.com;user=phone", "sip", "+1-212-555-1212", "1234",
		"gateway.com", 0, "user=phone", ""},
	    {"sip:atlanta.com;method=REGISTER?to=alice%40atlanta.com", "sip", "", "", "atlanta.com",
		0, "method=REGISTER", "to=alice%40atlanta.com"},
	    {"sip:alice;day=tuesday@atlanta.com", "sip", "alice;day=tuesday", "", "atlanta.com", 0,
		"", ""},
	    /* RFC 5118 */
	    {"sip:[2001:db8::10]", "sip", "", "", "2001:db8::10", 0, "", ""},
	    {"sip:user@[2001:db8::10]:5070;lr", "sip", "user", "", "2001:db8::10", 5070, "lr", ""},
	    {"sip:[2001:db8::10:5070]", "sip", "", "", "2001:db8::10:5070", 0, "", ""},
	    /* from the field */
	    {"SIP:*21#@10.0.0.1:65535", "SIP", "*21#", "", "10.0.0.1", 65535, "", ""},
	    {"sip:a@my_host", "sip", "a", "", "my_host", 0, "", ""},
	    {"sip:M\xc3\xbcller@h", "sip", "M\xc3\xbcller", "", "h", 0, "", ""},
	    /* RFC 3966 */
	    {"tel:+1-201-555-0123", "tel", "+1-201-555-0123", "", "", 0, "", ""},
	    {"tel:7042;phone-context=example.com", "tel", "7042", "", "", 0,
		"phone-context=example.com", ""},
	    /* others: the scheme only */
	    {"http://www.example.com", "http", "", "", "", 0, "", ""},
	    {"urn:service:sos", "urn", "", "", "", 0, "", ""},
	};

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct sip_uri u;

		if (sip_uri_parse(&u, slice_cstr(cases[i].text)) != ERR_OK)
			fail_msg("%s", cases[i].text);
		assert_true(slice_eq(u.scheme, slice_cstr(cases[i].scheme)));
		assert_true(slice_eq(u.user, slice_cstr(cases[i].user)));
		assert_true(slice_eq(u.password, slice_cstr(cases[i].password)));
		assert_true(slice_eq(u.host, slice_cstr(cases[i].host)));
		assert_int_equal(u.port, cases[i].port);
		assert_true(slice_eq(u.params, slice_cstr(cases[i].params)));
		assert_true(slice_eq(u.headers, slice_cstr(cases[i].headers)));
	}
}

static void
bad_uris_are_refused(void **state)
{
	static const char *const cases[] = {"", "sip", "sip:", ":a@b", "1ip:a@b", "si_p:a@b",
	    "sip:@b", "sip::x@b", "sip:a@", "sip:a@b:", "sip:a@b:x", "sip:a@b:65536",
	    "sip:a@b:99999999999", "sip:a@b@c", "sip:a@b;x=c@d", "sip:a@[::1", "sip:a@[]",
	    "sip:a@[::g]", "sip:a@b c", " sip:a@b", "sip:a@b ", "sip:a<@b", "sip:a\"@b", "sip:%@b",
	    "sip:%4@b", "sip:%4g@b", "sip:a@b%41", "sip:a@b;x=%", "sip:a@b,c", "tel:", "tel:+",
	    "tel:abc-xyz", "tel:1?x=y", "http:", "sip:a\tb@c", "sip:a\r\n b@c"};

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct sip_uri u = {.port = 7};

		if (sip_uri_parse(&u, slice_cstr(cases[i])) != ERR_MALFORMED || u.port != 7)
			fail_msg("'%s'", cases[i]);
	}
	assert_int_equal(sip_uri_parse(&(struct sip_uri){0}, SLICE("sip:a\0b@c")), ERR_MALFORMED);
}

static void
long_uris_are_refused(void **state)
{
	char text[SIP_URI_MAX_BYTES + 1];
	struct sip_uri u;

	memset(text, 'a', sizeof text);
	memcpy(text, "sip:", 4);
	assert_int_equal(sip_uri_parse(&u, slice_make(text, SIP_URI_MAX_BYTES)), ERR_OK);
	assert_int_equal(sip_uri_parse(&u, slice_make(text, sizeof text)), ERR_TOO_BIG);
}

/* RFC 3261, 19.1.4, its examples and ours. */
static void
equality(void **state)
{
	static const struct {
		const char *a, *b;
		bool equal;
	} cases[] = {
	    {"sip:%61lice@atlanta.com;transport=TCP", "sip:alice@AtLanTa.CoM;Transport=tcp", true},
	    {"sip:carol@chicago.com", "sip:carol@chicago.com;newparam=5", true},
	    {"sip:carol@chicago.com;newparam=5", "sip:carol@chicago.com;security=on", true},
	    {"sip:biloxi.com;transport=tcp;method=REGISTER?to=sip:bob%40biloxi.com",
		"sip:biloxi.com;method=REGISTER;transport=tcp?to=sip:bob%40biloxi.com", true},
	    {"SIP:ALICE@AtLanTa.CoM;Transport=udp", "sip:alice@AtLanTa.CoM;Transport=UDP", false},
	    {"sip:bob@biloxi.com", "sip:bob@biloxi.com:5060", false},
	    {"sip:bob@biloxi.com", "sip:bob@biloxi.com;transport=udp", false},
	    {"sip:bob@biloxi.com", "sip:bob@biloxi.com:6000;transport=tcp", false},
	    {"sip:carol@chicago.com", "sip:carol@chicago.com?Subject=next%20meeting", false},
	    {"sip:bob@phone21.boxesbybob.com", "sip:bob@192.0.2.4", false},
	    {"sip:carol@chicago.com;security=on", "sip:carol@chicago.com;security=off", false},
	    {"sip:a@b", "sips:a@b", false},
	    {"sip:a:x@b", "sip:a:y@b", false},
	    {"sip:a@b;maddr=1.2.3.4", "sip:a@b", false},
	    {"sip:a@b", "sip:ab@b", false},
	    {"tel:+1-201-555-0123", "tel:+1(201)5550123", true},
	    {"tel:123", "tel:1234", false},
	    {"tel:7042;phone-context=a", "tel:7042;phone-context=b", false},
	    {"http://a", "http://a", false},
	};

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct sip_uri a, b;

		assert_int_equal(sip_uri_parse(&a, slice_cstr(cases[i].a)), ERR_OK);
		assert_int_equal(sip_uri_parse(&b, slice_cstr(cases[i].b)), ERR_OK);
		if (sip_uri_eq(&a, &b) != cases[i].equal || sip_uri_eq(&b, &a) != cases[i].equal)
			fail_msg("%s and %s", cases[i].a, cases[i].b);
	}
}

static void
escapes_are_removed(void **state)
{
	char out[8];
	size_t n = 99;

	assert_int_equal(sip_unescape(SLICE("%61b%00%Ff"), out, sizeof out, &n), ERR_OK);
	assert_int_equal(n, 4);
	assert_memory_equal(out, "ab\0\xff", 4);
	assert_int_equal(sip_unescape(SLICE("12345678"), out, sizeof out, &n), ERR_OK);
	assert_int_equal(sip_unescape(SLICE("123456789"), out, sizeof out, &n), ERR_TOO_BIG);
	assert_int_equal(sip_unescape(SLICE("%6"), out, sizeof out, &n), ERR_MALFORMED);
	assert_int_equal(sip_unescape(SLICE("%zz"), out, sizeof out, &n), ERR_MALFORMED);
	assert_int_equal(n, 8);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(parts_are_found),
	    cmocka_unit_test(bad_uris_are_refused),
	    cmocka_unit_test(long_uris_are_refused),
	    cmocka_unit_test(equality),
	    cmocka_unit_test(escapes_are_removed),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
