/* sip/: digest authentication. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <pthread.h>

#include "sip/digest.h"

#define RFC7616_VALUE(alg, response)                                                               \
	"Digest username=\"Mufasa\", realm=\"http-auth@example.org\", uri=\"/dir/index.html\","    \
	" algorithm=" alg ", nonce=\"7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v\", nc=00000001," \
	" cnonce=\"f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ\", qop=auth, response=\"" response \
	"\", opaque=\"FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS\""

/* The examples of the RFCs, and what becomes of them when something is changed. */
static void
credentials_of_the_rfcs(void **state)
{
	static const struct {
		const char *name, *value, *password, *method;
		bool good;
	} cases[] = {
	    {"RFC 7616 3.9.1 MD5", RFC7616_VALUE("MD5", "8ca523f5e9506fed4657c9700eebdbec"),
		"Circle of Life", "GET", true},
	    {"RFC 7616 3.9.1 SHA-256",
		RFC7616_VALUE(
		    "SHA-256", "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1"),
		"Circle of Life", "GET", true},
	    {"RFC 2617 3.5",
		"Digest username=\"Mufasa\",\r\n  realm=\"testrealm@host.com\","
		" nonce=\"dcd98b7102dd2f0e8b11d0f600bfb0c093\", uri=\"/dir/index.html\", qop=auth,"
		" nc=00000001, cnonce=\"0a4f113b\", response=\"6629fae49393a05397450978507c4ef1\","
		" opaque=\"5ccc069c403ebaf9f0171e9517f40e41\"",
		"Circle Of Life", "GET", true},
	    {"RFC 2069, no qop (erratum 749)",
		"Digest username=\"Mufasa\", realm=\"testrealm@host.com\","
		" nonce=\"dcd98b7102dd2f0e8b11d0f600bfb0c093\", uri=\"/dir/index.html\","
		" response=\"1949323746fe6a43ef61f9606e7febea\"",
		"CircleOfLife", "GET", true},
	    {"upper-case hex", RFC7616_VALUE("MD5", "8CA523F5E9506FED4657C9700EEBDBEC"),
		"Circle of Life", "GET", true},
	    {"wrong password", RFC7616_VALUE("MD5", "8ca523f5e9506fed4657c9700eebdbec"),
		"Circle of life", "GET", false},
	    {"wrong method", RFC7616_VALUE("MD5", "8ca523f5e9506fed4657c9700eebdbec"),
		"Circle of Life", "INVITE", false},
	    {"one digit off", RFC7616_VALUE("MD5", "8ca523f5e9506fed4657c9700eebdbed"),
		"Circle of Life", "GET", false},
	    {"cut", RFC7616_VALUE("MD5", "8ca523f5e9506fed"), "Circle of Life", "GET", false},
	    {"empty", RFC7616_VALUE("MD5", ""), "Circle of Life", "GET", false},
	    {"MD5-sess is not ours", RFC7616_VALUE("MD5-sess", "8ca523f5e9506fed4657c9700eebdbec"),
		"Circle of Life", "GET", false},
	};

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		char ha1[SIP_DIGEST_HEX_MAX];
		struct sip_digest d;

		assert_int_equal(sip_digest_parse(&d, slice_cstr(cases[i].value)), ERR_OK);
		sip_digest_ha1(
		    d.algorithm, d.username, d.realm, slice_cstr(cases[i].password), ha1);
		if (sip_digest_verify(&d, slice_cstr(ha1), slice_cstr(cases[i].method)) !=
		    cases[i].good)
			fail_msg("%s", cases[i].name);
	}
}

static void
values_are_read(void **state)
{
	struct sip_digest d;

	assert_int_equal(
	    sip_digest_parse(&d, SLICE("digest realm = \"a, b\" ,nonce=\"n\\\"1\" , stale=TRUE,"
				       "qop=\"auth-int, auth\", x=y, uri=sip:b@h;a=b")),
	    ERR_OK);
	assert_true(slice_eq(d.realm, SLICE("a, b")));
	assert_true(slice_eq(d.nonce, SLICE("n\\\"1")));
	assert_true(slice_eq(d.qop, SLICE("auth")));
	assert_true(slice_eq(d.uri, SLICE("sip:b@h;a=b")));
	assert_true(d.stale);
	assert_false(d.unsupported);
	assert_int_equal(d.algorithm, SIP_DIGEST_MD5);
	assert_int_equal(sip_digest_parse(&d, SLICE("Digest nonce=\"1\", nc=0000001f, cnonce=\"c\","
						    "qop=auth, response=\"r\"")),
	    ERR_OK);
	assert_int_equal(d.nc, 31);
	assert_int_equal(
	    sip_digest_parse(&d, SLICE("Digest nonce=\"1\", qop=\"auth-int\"")), ERR_OK);
	assert_true(d.unsupported);
	assert_int_equal(
	    sip_digest_parse(&d, SLICE("Digest nonce=\"1\", algorithm=SHA-512-256")), ERR_OK);
	assert_true(d.unsupported);
}

static void
bad_values_are_refused(void **state)
{
	static const char *const cases[] = {
	    "",
	    "Digest",
	    "Digest ",
	    "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==",
	    "Digestnonce=\"1\"",
	    "Digest realm=\"no nonce\"",
	    "Digest nonce=\"1\" realm=\"2\"",
	    "Digest nonce=\"open",
	    "Digest nonce=\"1\", nonce=\"2\"",
	    "Digest nonce=\"1\", algorithm=MD5, algorithm=SHA-256",
	    "Digest nonce=\"1\", nc=1",
	    "Digest nonce=\"1\", nc=0000000g",
	    "Digest nonce=\"1\", qop=auth, response=\"r\", cnonce=\"c\"",
	    "Digest nonce=\"1\", qop=auth, response=\"r\", nc=00000001",
	    "Digest nonce=\"1\", =x",
	    "Digest nonce=a\"b",
	};

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct sip_digest d = {.nc = 77};

		if (sip_digest_parse(&d, slice_cstr(cases[i])) != ERR_MALFORMED || d.nc != 77)
			fail_msg("%s", cases[i]);
	}
}

/* We challenge, we answer, we verify: both algorithms, with and without qop. */
static void
challenge_and_credentials_fit(void **state)
{
	for (int i = 0; i < 2 * SIP_DIGEST_N; i++) {
		enum sip_digest_algorithm alg = (enum sip_digest_algorithm)(i / 2);
		char mem[1024], ha1[SIP_DIGEST_HEX_MAX];
		struct sip_digest challenge, credentials;
		struct buf b;

		buf_init(&b, mem, sizeof mem);
		sip_digest_write_challenge(&b, alg, SLICE("strowger"), SLICE("n1"), i % 2);
		assert_int_equal(sip_digest_parse(&challenge, buf_slice(&b)), ERR_OK);
		assert_int_equal(challenge.algorithm, alg);
		assert_int_equal(challenge.stale, i % 2);
		if (i % 2)
			challenge.qop = SLICE("");
		challenge.opaque = SLICE("o");
		sip_digest_ha1(alg, SLICE("7"), SLICE("strowger"), SLICE("secret"), ha1);
		buf_init(&b, mem + 256, sizeof mem - 256);
		sip_digest_write_credentials(&b, &challenge, SLICE("7"), slice_cstr(ha1),
		    SLICE("REGISTER"), SLICE("sip:strowger"), SLICE("c1"), 3);
		assert_true(buf_ok(&b));
		assert_int_equal(sip_digest_parse(&credentials, buf_slice(&b)), ERR_OK);
		assert_int_equal(credentials.nc, i % 2 ? 0 : 3);
		assert_true(slice_eq(credentials.opaque, SLICE("o")));
		assert_true(sip_digest_verify(&credentials, slice_cstr(ha1), SLICE("REGISTER")));
		assert_false(sip_digest_verify(&credentials, slice_cstr(ha1), SLICE("INVITE")));
		assert_false(sip_digest_verify(&credentials, SLICE(""), SLICE("REGISTER")));
	}
}

/* Found by fuzzing: qop was hashed as the challenge wrote it, but sent as "auth". */
static void
qop_is_sent_as_it_was_hashed(void **state)
{
	char mem[512], ha1[SIP_DIGEST_HEX_MAX];
	struct sip_digest challenge, credentials;
	struct buf b;

	assert_int_equal(
	    sip_digest_parse(&challenge, SLICE("Digest realm=\"r\", nonce=\"n\", qop=Auth")),
	    ERR_OK);
	sip_digest_ha1(SIP_DIGEST_MD5, SLICE("7"), SLICE("r"), SLICE("secret"), ha1);
	buf_init(&b, mem, sizeof mem);
	sip_digest_write_credentials(&b, &challenge, SLICE("7"), slice_cstr(ha1), SLICE("INVITE"),
	    SLICE("sip:b@h"), SLICE("c"), 1);
	assert_int_equal(sip_digest_parse(&credentials, buf_slice(&b)), ERR_OK);
	assert_true(sip_digest_verify(&credentials, slice_cstr(ha1), SLICE("INVITE")));
}

static void *
hash_often(void *same)
{
	char ha1[SIP_DIGEST_HEX_MAX];
	bool *fine = same;

	for (int i = 0; i < 1000; i++) {
		enum sip_digest_algorithm alg = (enum sip_digest_algorithm)(i % SIP_DIGEST_N);

		sip_digest_ha1(alg, SLICE("Mufasa"), SLICE("testrealm@host.com"),
		    SLICE("Circle Of Life"), ha1);
		if (alg == SIP_DIGEST_MD5 && strcmp(ha1, "939e7578ed9e3c518a452acee763bce9") != 0)
			*fine = false;
	}
	return NULL;
}

/* Signalling verifies while management computes secrets. */
static void
threads_do_not_disturb_each_other(void **state)
{
	bool fine[4] = {true, true, true, true};
	pthread_t threads[4];

	for (size_t i = 0; i < 4; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, hash_often, &fine[i]), 0);
	for (size_t i = 0; i < 4; i++)
		assert_int_equal(pthread_join(threads[i], NULL), 0);
	for (size_t i = 0; i < 4; i++)
		assert_true(fine[i]);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(threads_do_not_disturb_each_other), /* first: nothing is fetched yet */
	    cmocka_unit_test(credentials_of_the_rfcs),
	    cmocka_unit_test(values_are_read),
	    cmocka_unit_test(bad_values_are_refused),
	    cmocka_unit_test(challenge_and_credentials_fit),
	    cmocka_unit_test(qop_is_sent_as_it_was_hashed),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
