/* Who sends this request (RFC 3261, 22; RFC 7616; RFC 8760). */
#include "fixture.h"

#include <stdio.h>

#include "registrar/nonce.h"
#include "sip/digest.h"

static int
set_up(void **state)
{
	struct dir_phone *p = f.dir.phone;

	fixture_setup(state);
	f.authenticate = true;
	p[1] = (struct dir_phone){.id = 8,
	    .name = SLICE("gate"),
	    .enabled = true,
	    .max_contacts = 4,
	    .auth_by_address = true,
	    .address = at("10.0.0.8:5060")};
	p[2] =
	    (struct dir_phone){.id = 9, .name = SLICE("off"), .enabled = false, .max_contacts = 4};
	fixture_password(&p[2], "secret");
	p[3] = (struct dir_phone){.id = 10, .name = SLICE("nosecret"), .enabled = true};
	return 0;
}

/* The challenge of this algorithm in the last response. */
static bool
challenge(enum sip_digest_algorithm algorithm, struct sip_digest *out)
{
	static char copy[SIP_DIGEST_N][1000];

	for (const struct sip_hdr *h = sip_msg_hdr(&f.msg, SIP_HDR_WWW_AUTHENTICATE); h;
	     h = sip_msg_hdr_next(&f.msg, h)) {
		struct sip_digest d;

		assert_int_equal(sip_digest_parse(&d, h->value), ERR_OK);
		if (d.algorithm != algorithm)
			continue;
		assert_true(h->value.n < sizeof copy[0]);
		memcpy(copy[algorithm], h->value.p, h->value.n);
		assert_int_equal(
		    sip_digest_parse(out, slice_make(copy[algorithm], h->value.n)), ERR_OK);
		return true;
	}
	return false;
}

/* An Authorization header line for a challenge. */
static void
credentials(char *out, size_t cap, const struct sip_digest *ch, const char *user,
    const char *password, uint32_t nc)
{
	char ha1[SIP_DIGEST_HEX_MAX];
	struct buf b;

	sip_digest_ha1(ch->algorithm, slice_cstr(user), ch->realm, slice_cstr(password), ha1);
	buf_init(&b, out, cap - 1);
	buf_lit(&b, "Authorization: ");
	sip_digest_write_credentials(&b, ch, slice_cstr(user), slice_cstr(ha1), SLICE("REGISTER"),
	    SLICE("sip:strowger"), SLICE("cnonce"), nc);
	buf_lit(&b, "\r\n");
	assert_true(buf_ok(&b));
	out[b.n] = '\0';
}

static const char agent[] = "User-Agent: Fon 1\r\n";

static uint16_t
try(const char *user, const struct sip_digest *ch, const char *password, uint32_t nc)
{
	char headers[1500];

	credentials(headers, sizeof headers, ch, user, password, nc);
	return register_with(headers);
}

static void
both_algorithms_are_offered_and_taken(void **state)
{
	for (int i = 0; i < SIP_DIGEST_N; i++) {
		struct sip_digest ch;
		const struct sip_hdr *first;

		assert_int_equal(register_with(agent), 401);
		assert_int_equal(f.auth_result, AUTH_NO_CREDENTIALS);
		first = sip_msg_hdr(&f.msg, SIP_HDR_WWW_AUTHENTICATE);
		assert_non_null(
		    memmem(first->value.p, first->value.n, "SHA-256", 7)); /* RFC 8760, 2.4 */
		assert_true(challenge((enum sip_digest_algorithm)i, &ch));
		assert_true(slice_eq(ch.realm, SLICE("strowger")));
		assert_false(ch.stale);
		assert_int_equal(try("p7", &ch, "secret", 1), 200);
		assert_int_equal(f.auth_result, AUTH_BY_DIGEST);
	}
	assert_int_equal(auth_counts(f.auth)[AUTH_BY_DIGEST], 2);
	assert_int_equal(auth_counts(f.auth)[AUTH_NO_CREDENTIALS], 2);
}

static void
old_clients_are_asked_for_md5_alone(void **state)
{
	static const char *const agents[] = {
	    "", "User-Agent: baresip v1.0.0 (x86_64/linux)\r\n", "User-Agent: SIPp\r\n"};
	struct sip_digest ch;

	for (size_t i = 0; i < sizeof agents / sizeof agents[0]; i++) {
		assert_int_equal(register_with(agents[i]), 401);
		assert_false(challenge(SIP_DIGEST_SHA256, &ch));
		assert_true(challenge(SIP_DIGEST_MD5, &ch));
	}
	assert_int_equal(register_with("User-Agent: baresip v2.12.0\r\n"), 401);
	assert_true(challenge(SIP_DIGEST_SHA256, &ch));
}

/* The phone's own setting goes before what its kind is known for; the other algorithm is refused
 * even when the response is right. */
static void
a_phone_may_be_set_to_one_algorithm(void **state)
{
	static const char sipp[] = "User-Agent: SIPp\r\n";
	struct sip_digest md5, sha256;

	assert_int_equal(register_with(agent), 401);
	assert_true(challenge(SIP_DIGEST_MD5, &md5));
	f.dir.phone[0].digest = DIR_DIGEST_SHA256;
	assert_int_equal(register_with(sipp), 401);
	assert_true(challenge(SIP_DIGEST_SHA256, &sha256));
	assert_false(challenge(SIP_DIGEST_MD5, &md5));
	assert_int_equal(try("p7", &md5, "secret", 1), 401);
	assert_int_equal(f.auth_result, AUTH_UNSUPPORTED);
	assert_int_equal(try("p7", &sha256, "secret", 1), 200);
	f.dir.phone[0].digest = DIR_DIGEST_MD5;
	assert_int_equal(register_with(agent), 401);
	assert_false(challenge(SIP_DIGEST_SHA256, &sha256));
	assert_true(challenge(SIP_DIGEST_MD5, &md5));
	assert_int_equal(try("p7", &md5, "secret", 1), 200);
}

/* SEC-3: permit, deny, only encrypted. Who does not know the password learns nothing of it. */
static void
a_phone_may_be_bound_to_networks_and_encryption(void **state)
{
	static const struct {
		const char *permit, *deny, *from;
		bool tls_required;
		enum sip_transport over;
		enum auth_result result;
	} cases[] = {
	    {"", "", "10.0.0.5", false, SIP_UDP, AUTH_BY_DIGEST},
	    {"10.0.0.0/8", "", "10.0.0.5", false, SIP_UDP, AUTH_BY_DIGEST},
	    {"10.0.0.5", "", "10.0.0.5", false, SIP_UDP, AUTH_BY_DIGEST},
	    {"10.0.0.5", "", "10.0.0.6", false, SIP_UDP, AUTH_FORBIDDEN_ADDRESS},
	    {"10.0.0.0/8", "", "192.0.2.1", false, SIP_UDP, AUTH_FORBIDDEN_ADDRESS},
	    {"", "10.0.0.0/24", "10.0.0.5", false, SIP_UDP, AUTH_FORBIDDEN_ADDRESS},
	    {"", "10.0.0.0/24", "10.0.1.5", false, SIP_UDP, AUTH_BY_DIGEST},
	    {"10.0.0.5", "0.0.0.0/0", "10.0.0.5", false, SIP_UDP, AUTH_BY_DIGEST},
	    {"10.0.0.5", "0.0.0.0/0", "10.0.0.6", false, SIP_UDP, AUTH_FORBIDDEN_ADDRESS},
	    {"2001:db8::/32", "", "[2001:db8::1]", false, SIP_UDP, AUTH_BY_DIGEST},
	    {"2001:db8::/32", "", "10.0.0.5", false, SIP_UDP, AUTH_FORBIDDEN_ADDRESS},
	    {"", "", "10.0.0.5", true, SIP_UDP, AUTH_NOT_ENCRYPTED},
	    {"", "", "10.0.0.5", true, SIP_TCP, AUTH_NOT_ENCRYPTED},
	    {"", "", "10.0.0.5", true, SIP_WS, AUTH_NOT_ENCRYPTED},
	    {"", "", "10.0.0.5", true, SIP_TLS, AUTH_BY_DIGEST},
	    {"", "", "10.0.0.5", true, SIP_WSS, AUTH_BY_DIGEST},
	};

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct dir_phone *p = &f.dir.phone[0];
		struct addr_net permit[4], deny[4];
		struct sip_digest ch;
		size_t n;

		set_up(state);
		p->tls_required = cases[i].tls_required;
		assert_int_equal(
		    addr_nets_parse(slice_cstr(cases[i].permit), permit, 4, &n), ERR_OK);
		p->permit = (struct addr_nets){permit, n};
		assert_int_equal(addr_nets_parse(slice_cstr(cases[i].deny), deny, 4, &n), ERR_OK);
		p->deny = (struct addr_nets){deny, n};
		f.flow.remote = at(cases[i].from);
		f.flow.transport = cases[i].over;
		assert_int_equal(register_with(agent), 401);
		assert_true(challenge(SIP_DIGEST_MD5, &ch));
		assert_int_equal(try("p7", &ch, "wrong", 1), 401);
		assert_int_equal(f.auth_result, AUTH_WRONG_PASSWORD);
		assert_int_equal(
		    try("p7", &ch, "secret", 2), cases[i].result == AUTH_BY_DIGEST ? 200 : 403);
		assert_int_equal(f.auth_result, cases[i].result);
		assert_int_equal(auth_counts(f.auth)[cases[i].result], 1);
		fixture_teardown(state);
	}
	set_up(state);
	f.dir.phone[1].tls_required = true;
	f.flow.remote = at("10.0.0.8:5060");
	assert_int_equal(register_as("sip:gate@strowger", NULL, 0, ""), 403);
	assert_int_equal(f.auth_result, AUTH_NOT_ENCRYPTED);
	fixture_teardown(state);
}

static void
wrong_is_refused(void **state)
{
	static const struct {
		const char *user, *password;
		enum auth_result result;
		uint16_t status;
	} cases[] = {
	    {"p7", "wrong", AUTH_WRONG_PASSWORD, 401},
	    {"p7", "", AUTH_WRONG_PASSWORD, 401},
	    {"nobody", "secret", AUTH_UNKNOWN_PHONE, 401},
	    {"P7", "secret", AUTH_UNKNOWN_PHONE, 401},
	    {"", "", AUTH_UNKNOWN_PHONE, 401},
	    {"nosecret", "", AUTH_WRONG_PASSWORD, 401},
	    {"gate", "", AUTH_WRONG_PASSWORD, 401}, /* has an address, no password */
	    {"off", "wrong", AUTH_WRONG_PASSWORD, 401},
	    {"off", "secret", AUTH_DISABLED, 403},
	};

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		for (int a = 0; a < SIP_DIGEST_N; a++) {
			struct sip_digest ch;

			register_with(agent);
			assert_true(challenge((enum sip_digest_algorithm)a, &ch));
			assert_int_equal(
			    try(cases[i].user, &ch, cases[i].password, 1), cases[i].status);
			assert_int_equal(f.auth_result, cases[i].result);
		}
		assert_true(auth_counts(f.auth)[cases[i].result] >= 2);
	}
	assert_int_equal(registrar_get_counts(f.reg)->bindings, 0);
}

/* What one sees from outside does not tell which names exist. */
static void
unknown_name_and_wrong_password_look_alike(void **state)
{
	struct sip_digest ch, after[2];
	uint16_t status[2];

	for (size_t i = 0; i < 2; i++) {
		register_with(agent);
		assert_true(challenge(SIP_DIGEST_MD5, &ch));
		status[i] = try(i ? "p8" : "p7", &ch, "wrong", 1);
		assert_true(challenge(SIP_DIGEST_MD5, &after[i]));
		assert_true(f.msg.raw.n > 0);
	}
	assert_int_equal(status[0], status[1]);
	assert_int_equal(after[0].stale, after[1].stale);
	assert_int_equal(after[0].nonce.n, after[1].nonce.n);
}

static void
a_nonce_grows_old(void **state)
{
	struct sip_digest ch;

	register_with(agent);
	assert_true(challenge(SIP_DIGEST_MD5, &ch));
	pass_ms(300000);
	assert_int_equal(try("p7", &ch, "secret", 1), 200);
	pass_ms(1);
	assert_int_equal(try("p7", &ch, "secret", 2), 401);
	assert_int_equal(f.auth_result, AUTH_STALE);
	assert_true(challenge(SIP_DIGEST_MD5, &ch));
	assert_true(ch.stale); /* the phone tries again without asking its user */
	assert_int_equal(try("p7", &ch, "secret", 1), 200);
}

static void
a_foreign_nonce_is_stale_only_with_the_right_password(void **state)
{
	struct sip_digest ch = {.realm = SLICE("strowger"),
	    .qop = SLICE("auth"),
	    .nonce = SLICE("000000000000000000000000000000000000000000000000000000aa")};

	assert_int_equal(try("p7", &ch, "secret", 1), 401);
	assert_int_equal(f.auth_result, AUTH_STALE);
	assert_int_equal(try("p7", &ch, "wrong", 1), 401);
	assert_int_equal(f.auth_result, AUTH_WRONG_PASSWORD);
	ch.nonce = SLICE("short");
	assert_int_equal(try("p7", &ch, "secret", 1), 401);
	assert_int_equal(f.auth_result, AUTH_STALE);
}

/* RFC 7616, 3.4: a counter counts once. */
static void
a_request_cannot_be_sent_again(void **state)
{
	static const struct {
		uint32_t nc;
		uint16_t status;
	} cases[] = {{1, 200}, {1, 401}, {3, 200}, {2, 200}, {2, 401}, {3, 401}, {100, 200},
	    {36, 401}, {37, 200}, {37, 401}, {99, 200}, {4000000000u, 200}, {100, 401}};
	struct sip_digest ch;

	register_with(agent);
	assert_true(challenge(SIP_DIGEST_MD5, &ch));
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		assert_int_equal(try("p7", &ch, "secret", cases[i].nc), cases[i].status);
		if (cases[i].status == 401)
			assert_int_equal(f.auth_result, AUTH_REPLAY);
	}
	/* Without qop there is no counter: once. */
	register_with(agent);
	assert_true(challenge(SIP_DIGEST_MD5, &ch));
	ch.qop = SLICE("");
	assert_int_equal(try("p7", &ch, "secret", 0), 200);
	assert_int_equal(try("p7", &ch, "secret", 0), 401);
	assert_int_equal(f.auth_result, AUTH_REPLAY);
}

static void
one_of_several_credentials_counts(void **state)
{
	char first[1000], second[1000], both[2100];
	struct sip_digest md5, sha256, foreign;

	register_with(agent);
	assert_true(challenge(SIP_DIGEST_MD5, &md5));
	assert_true(challenge(SIP_DIGEST_SHA256, &sha256));
	foreign = md5;
	foreign.realm = SLICE("elsewhere");
	credentials(first, sizeof first, &foreign, "x", "y", 1);
	credentials(second, sizeof second, &sha256, "p7", "secret", 1);
	snprintf(both, sizeof both, "%s%s", first, second);
	assert_int_equal(register_with(both), 200);
	assert_int_equal(register_with(first), 401); /* none for us */
	assert_int_equal(f.auth_result, AUTH_NO_CREDENTIALS);
	/* RFC 4475, 3.3.7: a scheme we did not ask for is none. */
	assert_int_equal(register_with("Authorization: Basic cDc6c2VjcmV0\r\n"), 401);
	assert_int_equal(f.auth_result, AUTH_NO_CREDENTIALS);
	assert_int_equal(register_with("Authorization: Digest username\r\n"), 400);
	assert_int_equal(f.auth_result, AUTH_MALFORMED);
}

static void
an_address_is_trusted_where_it_was_said_so(void **state)
{
	static const struct {
		const char *source, *from;
		enum auth_result result;
	} cases[] = {
	    {"10.0.0.8:5060", "sip:gate@strowger", AUTH_BY_ADDRESS},
	    {"10.0.0.8:40000", "sip:gate@strowger", AUTH_BY_ADDRESS},
	    {"10.0.0.9:5060", "sip:gate@strowger", AUTH_NO_CREDENTIALS},
	    /* A phone with a password behind the same address is asked for it. */
	    {"10.0.0.8:5060", "sip:p7@strowger", AUTH_NO_CREDENTIALS},
	};

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		f.flow.remote = at(cases[i].source);
		register_as(cases[i].from, NULL, 0, agent);
		assert_int_equal(f.auth_result, cases[i].result);
	}
	/* PHO-5, "insecure=no": the port counts, but for connections */
	f.dir.phone[1].port_counts = true;
	f.flow.remote = at("10.0.0.8:40000");
	register_as("sip:gate@strowger", NULL, 0, agent);
	assert_int_equal(f.auth_result, AUTH_NO_CREDENTIALS);
	f.flow.remote = at("10.0.0.8:5060");
	register_as("sip:gate@strowger", NULL, 0, agent);
	assert_int_equal(f.auth_result, AUTH_BY_ADDRESS);
	f.dir.phone[1].enabled = false;
	f.flow.remote = at("10.0.0.8:5060");
	register_as("sip:gate@strowger", NULL, 0, agent);
	assert_int_equal(f.auth_result, AUTH_NO_CREDENTIALS);
}

static void
nonces_are_ours_and_bounded(void **state)
{
	struct nonces n;
	char text[64], other[64];
	struct buf b;

	assert_int_equal(nonces_init(&n, &f.rng, 16), ERR_OK);
	for (int i = 0; i < 1000; i++) { /* more than it remembers */
		buf_init(&b, text, sizeof text);
		nonce_write(&n, &f.rng, (uint64_t)i, &b);
		assert_int_equal(b.n, NONCE_TEXT_BYTES);
		assert_int_equal(nonce_check(&n, buf_slice(&b), 1000, 1000), ERR_OK);
		assert_int_equal(nonce_use(&n, buf_slice(&b), 1, 1000, 1000), ERR_OK);
		assert_int_equal(nonce_use(&n, buf_slice(&b), 1, 1000, 1000), ERR_EXISTS);
	}
	for (size_t i = 0; i < NONCE_TEXT_BYTES; i++) { /* every character is signed */
		memcpy(other, text, sizeof other);
		other[i] = other[i] == '0' ? '1' : '0';
		assert_int_equal(
		    nonce_check(&n, slice_make(other, NONCE_TEXT_BYTES), 1000, 1000), ERR_DENIED);
	}
	assert_int_equal(nonce_check(&n, slice_make(text, NONCE_TEXT_BYTES - 1), 0, 1), ERR_DENIED);
	nonces_fini(&n);
}

#define TEST(t) cmocka_unit_test_setup_teardown(t, set_up, fixture_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(both_algorithms_are_offered_and_taken),
	    TEST(old_clients_are_asked_for_md5_alone),
	    TEST(a_phone_may_be_set_to_one_algorithm),
	    cmocka_unit_test(a_phone_may_be_bound_to_networks_and_encryption),
	    TEST(wrong_is_refused),
	    TEST(unknown_name_and_wrong_password_look_alike),
	    TEST(a_nonce_grows_old),
	    TEST(a_foreign_nonce_is_stale_only_with_the_right_password),
	    TEST(a_request_cannot_be_sent_again),
	    TEST(one_of_several_credentials_counts),
	    TEST(an_address_is_trusted_where_it_was_said_so),
	    TEST(nonces_are_ours_and_bounded),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
