/* sip/: answers to challenges of others (RFC 3261, 22; RFC 7616; RFC 8760). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "sip/client_auth.h"

static struct sip_client_auth auth;
static struct sip_auth_try try;

static const struct sip_credentials ours = {
    .username = SLICE("4930123"), .password = SLICE("Geheim 1")};

/* A response of this status with these header lines. */
static const struct sip_msg *
response(int status, const char *lines)
{
	static char text[8192];
	static struct sip_msg m;
	int n = snprintf(text, sizeof text,
	    "SIP/2.0 %d Test\r\nVia: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKx\r\n"
	    "From: <sip:a@b>;tag=1\r\nTo: <sip:a@b>;tag=2\r\nCall-ID: c\r\nCSeq: 1 INVITE\r\n"
	    "%s\r\n",
	    status, lines);

	assert_true(n > 0 && (size_t)n < sizeof text);
	assert_int_equal(sip_msg_parse(&m, slice_make(text, (size_t)n), NULL), ERR_OK);
	return &m;
}

static enum err
challenge(int status, const char *lines)
{
	return sip_client_auth_on_challenge(&auth, &try, response(status, lines), &ours);
}

/* What the next request carries. */
static const char *
written(const struct sip_credentials *c)
{
	static char text[4096];
	struct buf b;

	buf_init(&b, text, sizeof text - 1);
	sip_client_auth_write(
	    &auth, &b, c, SLICE("INVITE"), SLICE("sip:110@provider.example"), SLICE("0a4f113b"));
	assert_true(buf_ok(&b));
	text[b.n] = '\0';
	return text;
}

static int
fresh(void **state)
{
	memset(&auth, 0, sizeof auth);
	memset(&try, 0, sizeof try);
	return 0;
}

#define RFC7616_LINE(alg)                                                                          \
	"WWW-Authenticate: Digest realm=\"http-auth@example.org\", qop=\"auth, auth-int\","        \
	" algorithm=" alg ", nonce=\"7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v\","              \
	" opaque=\"FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS\"\r\n"

/* RFC 7616, 3.9.1 with its cnonce; the same twice for RFC 8760: the stronger one wins. */
static void
the_examples_of_rfc_7616(void **state)
{
	static const struct {
		const char *name, *lines, *response, *algorithm;
	} cases[] = {
	    {"MD5", RFC7616_LINE("MD5"), "8ca523f5e9506fed4657c9700eebdbec", "MD5"},
	    {"SHA-256", RFC7616_LINE("SHA-256"),
		"753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1", "SHA-256"},
	    {"RFC 8760, 2.4: both, MD5 first", RFC7616_LINE("MD5") RFC7616_LINE("SHA-256"),
		"753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1", "SHA-256"},
	    {"both, SHA-256 first", RFC7616_LINE("SHA-256") RFC7616_LINE("MD5"),
		"753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1", "SHA-256"},
	    {"with one that nobody speaks",
		RFC7616_LINE("SHA-512-256") RFC7616_LINE("AKAv1-MD5") RFC7616_LINE("MD5"),
		"8ca523f5e9506fed4657c9700eebdbec", "MD5"},
	};
	const struct sip_credentials mufasa = {
	    .username = SLICE("Mufasa"), .password = SLICE("Circle of Life")};

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		char text[2048];
		struct slice value = {text, 0};
		struct sip_digest d;
		struct buf b;

		fresh(NULL);
		assert_int_equal(sip_client_auth_on_challenge(
				     &auth, &try, response(401, cases[i].lines), &mufasa),
		    ERR_OK);
		buf_init(&b, text, sizeof text);
		sip_client_auth_write(&auth, &b, &mufasa, SLICE("GET"), SLICE("/dir/index.html"),
		    SLICE("f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ"));
		value.n = b.n;
		assert_true(slice_eq(slice_take_until(&value, ' '), SLICE("Authorization:")));
		assert_int_equal(sip_digest_parse(&d, value), ERR_OK);
		if (!slice_eq(d.response, slice_cstr(cases[i].response)))
			fail_msg("%s: %.*s", cases[i].name, SLICE_FMT(d.response));
		assert_int_equal(d.nc, 1);
		assert_true(
		    slice_eq(d.opaque, SLICE("FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS")));
	}
}

#define ONE(realm, nonce, more)                                                                    \
	"Digest realm=\"" realm "\", nonce=\"" nonce "\", algorithm=MD5" more "\r\n"
#define WWW   "WWW-Authenticate: "
#define PROXY "Proxy-Authenticate: "

/* What a first challenge leads to. */
static void
which_challenges_are_answered(void **state)
{
	static const struct {
		const char *name;
		int status;
		const char *lines;
		enum err want;
		const char *begins; /* what the next request carries, in its beginning */
	} cases[] = {
	    {"no qop (RFC 2069)", 401, WWW ONE("r", "n", ""), ERR_OK,
		"Authorization: Digest username=\"4930123\", realm=\"r\", nonce=\"n\""},
	    {"407", 407, PROXY ONE("r", "n", ", qop=\"auth\""), ERR_OK, "Proxy-Authorization: "},
	    {"a 401 with the header of a 407", 401, PROXY ONE("r", "n", ""), ERR_UNSUPPORTED, ""},
	    {"no challenge", 401, "", ERR_UNSUPPORTED, ""},
	    {"AKA only", 401, WWW "Digest realm=\"ims\", nonce=\"n\", algorithm=AKAv1-MD5\r\n",
		ERR_UNSUPPORTED, ""},
	    {"MD5-sess only", 401, WWW "Digest realm=\"r\", nonce=\"n\", algorithm=MD5-sess\r\n",
		ERR_UNSUPPORTED, ""},
	    {"auth-int only", 401, WWW ONE("r", "n", ", qop=\"auth-int\""), ERR_UNSUPPORTED, ""},
	    {"Basic", 401, WWW "Basic realm=\"r\"\r\n", ERR_UNSUPPORTED, ""},
	    {"broken, then good", 401, WWW "Digest realm=\"x\r\n" WWW ONE("r", "n", ""), ERR_OK,
		"Authorization: Digest username=\"4930123\", realm=\"r\""},
	    {"a refusal that is none", 403, WWW ONE("r", "n", ""), ERR_UNSUPPORTED, ""},
	};

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		fresh(NULL);
		if (challenge(cases[i].status, cases[i].lines) != cases[i].want)
			fail_msg("%s", cases[i].name);
		if (!slice_starts(slice_cstr(written(&ours)), slice_cstr(cases[i].begins)) ||
		    (!*cases[i].begins && *written(&ours)))
			fail_msg("%s: %s", cases[i].name, written(&ours));
	}
}

/* One request, challenged again and again (22.1, 22.3): what the last round says. */
static void
loops_end(void **state)
{
	static const struct {
		const char *name, *round[4]; /* 401 each */
		enum err last;
	} cases[] = {
	    {"the same nonce again", {WWW ONE("r", "n", ""), WWW ONE("r", "n", "")}, ERR_DENIED},
	    {"a new nonce, not stale: wrong password",
		{WWW ONE("r", "n1", ""), WWW ONE("r", "n2", "")}, ERR_DENIED},
	    {"stale", {WWW ONE("r", "n1", ""), WWW ONE("r", "n2", ", stale=true")}, ERR_OK},
	    {"stale, then refused",
		{WWW ONE("r", "n1", ""), WWW ONE("r", "n2", ", stale=true"),
		    WWW ONE("r", "n3", "")},
		ERR_DENIED},
	    {"another realm behind the first", {WWW ONE("r", "n1", ""), WWW ONE("s", "n2", "")},
		ERR_OK},
	};

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		enum err e = ERR_OK;

		fresh(NULL);
		for (size_t r = 0; r < 4 && cases[i].round[r]; r++) {
			assert_int_equal(e, ERR_OK);
			e = challenge(401, cases[i].round[r]);
		}
		if (e != cases[i].last)
			fail_msg("%s", cases[i].name);
		if (e == ERR_DENIED)
			assert_string_equal(written(&ours), ""); /* the next one asks anew */
	}
	fresh(NULL); /* stale for ever */
	for (int round = 0; round < SIP_AUTH_ROUNDS_MAX; round++)
		assert_int_equal(challenge(401, WWW ONE("r", "n", ", stale=true")), ERR_OK);
	assert_int_equal(challenge(401, WWW ONE("r", "n", ", stale=true")), ERR_DENIED);
}

/* RFC 3261, 22.3 and RFC 7616, 3.4: the next requests authenticate at once, nc counts. */
static void
later_requests_authenticate_at_once(void **state)
{
	assert_int_equal(challenge(407, PROXY ONE("r", "n1", ", qop=\"auth\"")), ERR_OK);
	assert_non_null(strstr(written(&ours), "nc=00000001"));
	assert_non_null(strstr(written(&ours), "nc=00000002"));
	memset(&try, 0, sizeof try); /* a new request, refused because the nonce is old */
	assert_non_null(strstr(written(&ours), "nc=00000003"));
	assert_int_equal(challenge(407, PROXY ONE("r", "n2", ", qop=\"auth\"")), ERR_OK);
	assert_non_null(strstr(written(&ours), "nonce=\"n2\""));
	assert_non_null(strstr(written(&ours), "nc=00000002"));
	memset(&try, 0, sizeof try); /* challenged with the nonce it used: counting goes on */
	assert_int_equal(challenge(407, PROXY ONE("r", "n2", ", qop=\"auth\"")), ERR_OK);
	assert_non_null(strstr(written(&ours), "nc=00000003"));
	assert_int_equal(challenge(407, PROXY ONE("r", "n2", ", qop=\"auth\"")), ERR_DENIED);
}

/* Proxy and server behind it each want their own. */
static void
several_realms(void **state)
{
	const char *text;
	char realm[5][64];

	assert_int_equal(challenge(407, PROXY ONE("edge", "e", "")), ERR_OK);
	assert_int_equal(challenge(401, WWW ONE("core", "c", "")), ERR_OK);
	text = written(&ours);
	assert_non_null(
	    strstr(text, "Proxy-Authorization: Digest username=\"4930123\", realm=\"edge\""));
	assert_true(slice_starts(
	    slice_cstr(text), SLICE("Authorization: Digest username=\"4930123\", realm=\"core\"")));
	for (int i = 0; i < 5; i++) { /* more realms than are kept: the newest stay */
		memset(&try, 0, sizeof try);
		snprintf(realm[i], sizeof realm[i], WWW "Digest realm=\"m%d\", nonce=\"n\"\r\n", i);
		assert_int_equal(challenge(401, realm[i]), ERR_OK);
	}
	text = written(&ours);
	assert_null(strstr(text, "realm=\"edge\""));
	assert_null(strstr(text, "realm=\"m0\""));
	assert_non_null(strstr(text, "realm=\"m1\""));
	assert_non_null(strstr(text, "realm=\"m4\""));
}

/* Digests instead of a password answer only their realm and their algorithms. */
static void
digests_answer_their_realm(void **state)
{
	struct sip_credentials c = {
	    .username = SLICE("Mufasa"), .realm = SLICE("http-auth@example.org")};
	char ha1[SIP_DIGEST_HEX_MAX];

	sip_digest_ha1(SIP_DIGEST_MD5, c.username, c.realm, SLICE("Circle of Life"), ha1);
	c.ha1[SIP_DIGEST_MD5] = slice_cstr(ha1);
	assert_int_equal(sip_client_auth_on_challenge(&auth, &try,
			     response(401, RFC7616_LINE("SHA-256") RFC7616_LINE("MD5")), &c),
	    ERR_OK);
	assert_int_equal(auth.challenge[0].algorithm, SIP_DIGEST_MD5);
	assert_non_null(strstr(written(&c), "algorithm=MD5"));
	assert_int_equal(
	    sip_client_auth_on_challenge(&auth, &try, response(401, WWW ONE("other", "n", "")), &c),
	    ERR_UNSUPPORTED);
	c.realm = SLICE("");
	assert_int_equal(
	    sip_client_auth_on_challenge(&auth, &try, response(401, RFC7616_LINE("MD5")), &c),
	    ERR_UNSUPPORTED);
}

static void
long_values_are_skipped(void **state)
{
	char lines[2048], nonce[SIP_AUTH_TEXT_MAX + 2];

	memset(nonce, 'n', sizeof nonce);
	nonce[SIP_AUTH_TEXT_MAX + 1] = '\0';
	snprintf(lines, sizeof lines, WWW "Digest realm=\"r\", nonce=\"%s\"\r\n", nonce);
	assert_int_equal(challenge(401, lines), ERR_UNSUPPORTED);
	nonce[SIP_AUTH_TEXT_MAX] = '\0';
	snprintf(lines, sizeof lines, WWW "Digest realm=\"r\", nonce=\"%s\"\r\n", nonce);
	assert_int_equal(challenge(401, lines), ERR_OK);
	assert_non_null(strstr(written(&ours), nonce));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup(the_examples_of_rfc_7616, fresh),
	    cmocka_unit_test_setup(which_challenges_are_answered, fresh),
	    cmocka_unit_test_setup(loops_end, fresh),
	    cmocka_unit_test_setup(later_requests_authenticate_at_once, fresh),
	    cmocka_unit_test_setup(several_realms, fresh),
	    cmocka_unit_test_setup(digests_answer_their_realm, fresh),
	    cmocka_unit_test_setup(long_values_are_skipped, fresh),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
