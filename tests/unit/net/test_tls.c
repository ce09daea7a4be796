/* TLS over the real loopback against OpenSSL: versions, names, trust, resumption, new
 * certificates under open connections, limits (RFC 8446, RFC 5246, RFC 6066, RFC 5922). */
#include "harness.h"

#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tls_peer.h"

#define MESSAGE "OPTIONS sip:a SIP/2.0\r\nContent-Length: 4\r\n\r\nbody"
#define OTHER	"SIP/2.0 200 OK\r\nl: 0\r\n\r\n"

static struct cert authority, other_authority, office, wild, foreign, phone;

static int
make_certs(void **state)
{
	cert_make(&authority, "Test Authority", NULL, NULL);
	cert_make(&other_authority, "Other Authority", NULL, NULL);
	cert_make(
	    &office, "office", "DNS:pbx.example,IP:127.0.0.1,URI:sip:office.example", &authority);
	cert_make(&wild, "wild", "DNS:*.branch.example", &authority);
	cert_make(&foreign, "foreign", "DNS:pbx.example", &other_authority);
	cert_make(&phone, "phone", "DNS:phone", &authority);
	return 0;
}

static int
free_certs(void **state)
{
	struct cert *all[] = {&authority, &other_authority, &office, &wild, &foreign, &phone};

	for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
		cert_free(all[i]);
	return 0;
}

static struct net_tls *
tls_with(const struct cert *first, const struct cert *second, enum net_tls_client_cert policy,
    enum net_tls_version min)
{
	struct net_tls_certificate certs[2] = {cert_params(first), cert_params(second)};
	struct slice trusted = slice_cstr(authority.pem);
	struct net_tls *tls = NULL;
	char why[200];

	assert_int_equal(net_tls_new(&tls,
			     &(struct net_tls_params){.certificates = certs,
				 .certificates_n = 2,
				 .authorities = &trusted,
				 .authorities_n = 1,
				 .min_version = min,
				 .client_cert = policy},
			     why, sizeof why),
	    ERR_OK);
	return tls;
}

static void
start_with(const struct net_config *config, enum net_tls_client_cert policy)
{
	harness_start(config);
	net_set_tls(h.net, tls_with(&office, &wild, policy, NET_TLS_1_2));
}

static int
defaults(void **state)
{
	start_with(&(struct net_config){0}, NET_TLS_CLIENT_NONE);
	return 0;
}

static const struct net_counts *
counts(void)
{
	return net_get_counts(h.net, SIP_TLS);
}

static void
connect_client(struct tls_peer *p, const struct addr *at)
{
	tls_peer_client(p, peer_connect(SOCK_STREAM, at));
}

static void
messages_pass_in_both_versions(void **state)
{
	static const struct {
		int version, family;
	} cases[] = {{TLS1_2_VERSION, 4}, {TLS1_3_VERSION, 4}, {TLS1_3_VERSION, 6}};

	for (size_t i = 0; i < 3; i++) {
		struct addr at = listen_at(SIP_TLS, loopback(cases[i].family));
		struct tls_peer p;

		connect_client(&p, &at);
		SSL_set_min_proto_version(p.ssl, cases[i].version);
		SSL_set_max_proto_version(p.ssl, cases[i].version);
		assert_true(tls_peer_shake(&p));
		assert_int_equal(SSL_version(p.ssl), cases[i].version);
		tls_peer_send(&p, SLICE(MESSAGE OTHER));
		run_until_messages(2 * i + 2);
		assert_int_equal(h.last.transport, SIP_TLS);
		assert_true(addr_eq(&h.last.local, &at));
		tls_peer_expect(&p, SLICE(MESSAGE OTHER));
		SSL_shutdown(p.ssl);
		run_until_closed(i + 1);
		tls_peer_free(&p);
	}
	assert_int_equal(counts()->handshakes, 3);
	assert_int_equal(counts()->messages_in, 6);
	assert_int_equal(counts()->conns, 0);
}

/* What the settings forbid, and what nobody should speak any more (RFC 8996). */
static void
old_versions_are_refused(void **state)
{
	struct addr at = listen_at(SIP_TLS, loopback(4));
	struct tls_peer p;

	connect_client(&p, &at);
	SSL_set_security_level(p.ssl, 0);
	SSL_set_min_proto_version(p.ssl, TLS1_VERSION);
	SSL_set_max_proto_version(p.ssl, TLS1_1_VERSION);
	assert_false(tls_peer_shake(&p));
	run_until_closed(1);
	tls_peer_free(&p);
	net_set_tls(h.net, tls_with(&office, &wild, NET_TLS_CLIENT_NONE, NET_TLS_1_3));
	connect_client(&p, &at);
	SSL_set_max_proto_version(p.ssl, TLS1_2_VERSION);
	assert_false(tls_peer_shake(&p));
	run_until_closed(2);
	tls_peer_free(&p);
	assert_int_equal(counts()->handshakes_failed, 2);
}

/* RFC 6066, 3: the certificate is chosen by the name that is asked for. */
static void
the_name_chooses_the_certificate(void **state)
{
	static const struct {
		const char *asked, *shown;
	} cases[] = {
	    {"pbx.example", "office"},
	    {"PBX.example", "office"},
	    {"berlin.branch.example", "wild"},
	    {"a.b.branch.example", "office"}, /* a star is one label */
	    {"nobody.example", "office"},     /* the first */
	    {NULL, "office"},
	};
	struct addr at = listen_at(SIP_TLS, loopback(4));

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct tls_peer p;
		char name[64];

		connect_client(&p, &at);
		if (cases[i].asked)
			SSL_set_tlsext_host_name(p.ssl, cases[i].asked);
		assert_true(tls_peer_shake(&p));
		assert_string_equal(tls_peer_name(&p, name), cases[i].shown);
		tls_peer_free(&p);
		run_until_closed(i + 1);
	}
}

static void
certificates_of_clients(void **state)
{
	static const struct {
		enum net_tls_client_cert policy;
		struct cert *shown;
		bool passes;
	} cases[] = {
	    {NET_TLS_CLIENT_NONE, NULL, true},
	    {NET_TLS_CLIENT_OPTIONAL, NULL, true},
	    {NET_TLS_CLIENT_OPTIONAL, &phone, true},
	    {NET_TLS_CLIENT_OPTIONAL, &foreign, false},
	    {NET_TLS_CLIENT_REQUIRED, NULL, false},
	    {NET_TLS_CLIENT_REQUIRED, &phone, true},
	    {NET_TLS_CLIENT_REQUIRED, &foreign, false},
	};

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct tls_peer p;
		struct addr at;

		start_with(&(struct net_config){0}, cases[i].policy);
		at = listen_at(SIP_TLS, loopback(4));
		connect_client(&p, &at);
		if (cases[i].shown) {
			SSL_use_certificate(p.ssl, cases[i].shown->x);
			SSL_use_PrivateKey(p.ssl, cases[i].shown->key);
		}
		(void)tls_peer_shake(&p); /* a client of TLS 1.3 does not know yet */
		if (cases[i].passes) {
			tls_peer_send(&p, SLICE(MESSAGE));
			run_until_messages(1);
			tls_peer_expect(&p, SLICE(MESSAGE));
		} else {
			run_until_closed(1);
			assert_int_equal(h.messages, 0);
			assert_int_equal(counts()->handshakes_failed, 1);
		}
		tls_peer_free(&p);
		harness_stop(NULL);
	}
	harness_start(&(struct net_config){0});
}

static void
a_session_is_resumed(void **state)
{
	static const int versions[] = {TLS1_2_VERSION, TLS1_3_VERSION};
	struct addr at = listen_at(SIP_TLS, loopback(4));

	for (size_t i = 0; i < 2; i++) {
		SSL_SESSION *ticket = NULL;

		for (int again = 0; again < 2; again++) {
			struct tls_peer p;

			connect_client(&p, &at);
			SSL_set_max_proto_version(p.ssl, versions[i]);
			if (ticket)
				SSL_set_session(p.ssl, ticket);
			assert_true(tls_peer_shake(&p));
			assert_int_equal(SSL_session_reused(p.ssl), again);
			tls_peer_send(&p, SLICE(MESSAGE));
			run_until_messages(2 * i + (size_t)again + 1);
			tls_peer_expect(&p, SLICE(MESSAGE)); /* and the ticket before it */
			SSL_SESSION_free(ticket);
			SSL_shutdown(p.ssl);
			ticket = SSL_get1_session(p.ssl);
			tls_peer_free(&p);
			run_until_closed(2 * i + (size_t)again + 1);
		}
		SSL_SESSION_free(ticket);
	}
	assert_int_equal(counts()->handshakes_resumed, 2);
}

/* New certificates act at once, and nobody who is connected notices. */
static void
new_certificates_leave_connections_alone(void **state)
{
	struct addr at = listen_at(SIP_TLS, loopback(4));
	struct tls_peer old, fresh;
	char name[64];

	connect_client(&old, &at);
	assert_true(tls_peer_shake(&old));
	tls_peer_send(&old, SLICE(MESSAGE));
	run_until_messages(1);
	tls_peer_expect(&old, SLICE(MESSAGE));
	net_set_tls(h.net, tls_with(&foreign, &wild, NET_TLS_CLIENT_NONE, NET_TLS_1_2));
	connect_client(&fresh, &at);
	assert_true(tls_peer_shake(&fresh));
	assert_string_equal(tls_peer_name(&fresh, name), "foreign");
	for (size_t i = 2; i < 5; i++) {
		tls_peer_send(&old, SLICE(OTHER));
		run_until_messages(i);
		tls_peer_expect(&old, SLICE(OTHER));
	}
	assert_int_equal(h.closed, 0);
	tls_peer_free(&old);
	tls_peer_free(&fresh);
}

static void
what_is_no_tls_is_closed(void **state)
{
	static const struct slice garbage[] = {SLICE(MESSAGE),
	    SLICE("GET / HTTP/1.1\r\nHost: x\r\n\r\n"),
	    SLICE("\x16\x03\x01\xff\xff\xff\xff\xff\xff\xff")};
	struct addr at = listen_at(SIP_TLS, loopback(4));

	for (size_t i = 0; i < 3; i++) {
		int fd = peer_connect(SOCK_STREAM, &at);

		peer_send(fd, garbage[i]);
		run_until_closed(i + 1);
		close(fd);
	}
	assert_int_equal(counts()->handshakes_failed, 3);
	assert_int_equal(h.messages, 0);
}

static void
a_slow_handshake_is_cut(void **state)
{
	struct addr at;
	int fd;

	start_with(&(struct net_config){.tls_handshake_ms = 50}, NET_TLS_CLIENT_NONE);
	at = listen_at(SIP_TLS, loopback(4));
	fd = peer_connect(SOCK_STREAM, &at);
	peer_send(fd, SLICE("\x16\x03\x01\x02"));
	run_until_closed(1);
	assert_int_equal(counts()->timed_out, 1);
	assert_int_equal(counts()->handshakes_failed, 1);
	close(fd);
}

static bool
two_were_refused(void)
{
	return counts()->handshakes_refused == 2;
}

static void
handshakes_of_a_source_have_limits(void **state)
{
	static const struct net_config configs[] = {
	    {.tls_handshakes_per_ip = 3},
	    {.tls_handshakes_per_s = 1, .tls_handshakes_per_ip = 100}, /* 10 at once */
	};
	static const size_t allowed[] = {3, 10};

	for (size_t k = 0; k < 2; k++) {
		struct addr at;
		int fd[12];

		start_with(&configs[k], NET_TLS_CLIENT_NONE);
		at = listen_at(SIP_TLS, loopback(4));
		for (size_t i = 0; i < allowed[k] + 2; i++)
			fd[i] = peer_connect(SOCK_STREAM, &at);
		run_until(two_were_refused);
		assert_int_equal(counts()->accepted, allowed[k]);
		assert_int_equal(counts()->conns, allowed[k]);
		for (size_t i = 0; i < allowed[k] + 2; i++)
			close(fd[i]);
		run_until_closed(allowed[k]);
		harness_stop(NULL);
	}
	harness_start(&(struct net_config){0});
}

static void
records_may_come_in_crumbs(void **state)
{
	struct addr at = listen_at(SIP_TLS, loopback(4));
	struct slice message = SLICE(MESSAGE);
	struct tls_peer p;

	connect_client(&p, &at);
	assert_true(tls_peer_shake(&p));
	for (size_t i = 0; i < message.n; i++) {
		tls_peer_send(&p, slice_make(message.p + i, 1));
		run_once();
	}
	run_until_messages(1);
	tls_peer_expect(&p, message);
	tls_peer_free(&p);
}

static void
a_large_message_passes(void **state)
{
	static char text[60000] = "X\r\nl: 50000\r\n\r\n";
	struct addr at = listen_at(SIP_TLS, loopback(4));
	struct tls_peer p;
	size_t n = strlen(text) + 50000;

	memset(text + strlen(text), 'z', 50000);
	connect_client(&p, &at);
	assert_true(tls_peer_shake(&p));
	tls_peer_send(&p, slice_make(text, n));
	run_until_messages(1);
	tls_peer_expect(&p, slice_make(text, n));
	tls_peer_free(&p);
}

/* ---- connections that we open ---- */

static void
accept_server(struct tls_peer *p, int listener, const struct cert *cert)
{
	int fd = -1;

	run_once();
	fd = accept(listener, NULL, NULL);
	assert_true(fd >= 0);
	tls_peer_server(p, fd, cert);
}

static bool
something_ended(void)
{
	return h.closed > 0 || counts()->handshakes > 0;
}

/* RFC 5922, 7: the name we were told must be in the certificate, and an authority of ours must
 * have signed it; without a name (a phone) anybody may answer. */
/* LIN-2: people see whose certificate it was, and why it is not taken. */
static void
expect_peer(const struct addr *remote, bool named, bool passes)
{
	struct net_peer peer;
	enum err e = net_get_peer(h.net, remote, &peer);

	if (!named) {
		assert_int_equal(e, ERR_NOT_FOUND); /* nobody asks whom they are */
		return;
	}
	assert_int_equal(e, ERR_OK);
	assert_int_equal(peer.secured, passes);
	assert_int_equal(peer.why[0] == '\0', passes);
	assert_non_null(strstr(peer.subject, "CN="));
	assert_non_null(strstr(peer.issuer, "CN="));
	assert_true(peer.until_s > time(NULL));
}

static void
the_name_of_a_server_is_checked(void **state)
{
	static const struct {
		const char *name;
		const struct cert *shown;
		bool passes;
	} cases[] = {
	    {"pbx.example", &office, true},
	    {"127.0.0.1", &office, true},
	    {"office.example", &office, true}, /* URI:sip:office.example */
	    {"berlin.branch.example", &wild, true},
	    {"other.example", &office, false},
	    {"127.0.0.2", &office, false},
	    {"pbx.example", &foreign, false}, /* an authority we do not know */
	    {"", &foreign, true},
	};

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct sip_flow to = {.transport = SIP_TLS};
		struct tls_peer p;
		int listener;

		start_with(&(struct net_config){0}, NET_TLS_CLIENT_NONE);
		h.echo = false;
		listener = peer_listen(&to.remote);
		assert_int_equal(
		    net_expect_name(h.net, &to.remote, slice_cstr(cases[i].name)), ERR_OK);
		assert_int_equal(net_send(h.net, &to, SLICE(MESSAGE)), ERR_OK);
		accept_server(&p, listener, cases[i].shown);
		(void)tls_peer_shake(&p);
		run_until(something_ended);
		assert_int_equal(h.closed, !cases[i].passes);
		if (cases[i].passes) {
			tls_peer_expect(&p, SLICE(MESSAGE));
			tls_peer_send(&p, SLICE(OTHER));
			run_until_messages(1);
		} else {
			assert_true(addr_eq(&h.last_closed.remote, &to.remote));
			assert_int_equal(h.last_closed.conn_gen, 0);
			assert_int_equal(counts()->handshakes_failed, 1);
			assert_int_equal(counts()->bytes_out, 0); /* no word of SIP */
		}
		expect_peer(&to.remote, cases[i].name[0] != '\0', cases[i].passes);
		tls_peer_free(&p);
		close(listener);
		harness_stop(NULL);
	}
	harness_start(&(struct net_config){0});
}

static void
the_name_is_told_and_the_session_resumed(void **state)
{
	struct sip_flow to = {.transport = SIP_TLS};
	int listener = peer_listen(&to.remote);
	struct tls_peer server = {.fd = -1};

	h.echo = false;
	assert_int_equal(net_expect_name(h.net, &to.remote, SLICE("pbx.example")), ERR_OK);
	tls_peer_server(&server, dup(listener), &office); /* one context for both */
	for (size_t i = 0; i < 2; i++) {
		SSL *ssl = SSL_new(server.ctx);
		struct tls_peer p = {.ctx = NULL};

		assert_int_equal(net_send(h.net, &to, SLICE(MESSAGE)), ERR_OK);
		accept_server(&p, listener, &office);
		SSL_set_fd(ssl, p.fd);
		SSL_set_accept_state(ssl);
		SSL_free(p.ssl);
		p.ssl = ssl;
		assert_true(tls_peer_shake(&p));
		assert_string_equal(
		    SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name), "pbx.example");
		tls_peer_expect(&p, SLICE(MESSAGE));
		tls_peer_send(&p, SLICE(OTHER));
		run_until_messages(i + 1);
		SSL_shutdown(p.ssl);
		tls_peer_free(&p);
		run_until_closed(i + 1);
	}
	assert_int_equal(counts()->handshakes_resumed, 1);
	tls_peer_free(&server);
	close(listener);
}

/* A connection made for nobody in particular must not carry what is for a provider. */
static void
a_name_ends_connections_without_one(void **state)
{
	struct sip_flow to = {.transport = SIP_TLS};
	int listener = peer_listen(&to.remote);
	struct tls_peer p;

	assert_int_equal(net_send(h.net, &to, SLICE(MESSAGE)), ERR_OK);
	accept_server(&p, listener, &foreign);
	assert_true(tls_peer_shake(&p));
	tls_peer_expect(&p, SLICE(MESSAGE));
	assert_int_equal(net_expect_name(h.net, &to.remote, SLICE("pbx.example")), ERR_OK);
	run_until_closed(1);
	assert_true(tls_peer_expect_end(&p));
	tls_peer_free(&p);
	close(listener);
}

static void
bad_certificates_are_named(void **state)
{
	static const struct {
		const char *what;
		struct slice chain, key, authority, word;
	} cases[] = {
	    {"no certificate", SLICE("hello"), SLICE("hello"), SLICE(""), SLICE("certificate 1")},
	    {"no key", SLICE("C"), SLICE("hello"), SLICE(""), SLICE("the key of certificate 1")},
	    {"the key of another", SLICE("C"), SLICE("K"), SLICE(""), SLICE("the key of cert")},
	    {"no authority", SLICE("C"), SLICE("k"), SLICE("hello"), SLICE("trusted authority 1")},
	};

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct net_tls_certificate c = {
		    slice_eq(cases[i].chain, SLICE("C")) ? slice_cstr(office.pem) : cases[i].chain,
		    slice_eq(cases[i].key, SLICE("K"))	 ? slice_cstr(wild.key_pem)
		    : slice_eq(cases[i].key, SLICE("k")) ? slice_cstr(office.key_pem)
							 : cases[i].key};
		struct net_tls *tls = NULL;
		char why[200];

		assert_int_equal(net_tls_new(&tls,
				     &(struct net_tls_params){.certificates = &c,
					 .certificates_n = 1,
					 .authorities = &cases[i].authority,
					 .authorities_n = cases[i].authority.n ? 1 : 0},
				     why, sizeof why),
		    ERR_INVALID);
		assert_null(tls);
		assert_true(slice_starts(slice_cstr(why), cases[i].word));
	}
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, defaults, harness_stop)
#define OWN(f)	cmocka_unit_test_teardown(f, harness_stop)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(messages_pass_in_both_versions),
	    TEST(old_versions_are_refused),
	    TEST(the_name_chooses_the_certificate),
	    OWN(certificates_of_clients),
	    TEST(a_session_is_resumed),
	    TEST(new_certificates_leave_connections_alone),
	    TEST(what_is_no_tls_is_closed),
	    OWN(a_slow_handshake_is_cut),
	    OWN(handshakes_of_a_source_have_limits),
	    TEST(records_may_come_in_crumbs),
	    TEST(a_large_message_passes),
	    OWN(the_name_of_a_server_is_checked),
	    TEST(the_name_is_told_and_the_session_resumed),
	    TEST(a_name_ends_connections_without_one),
	    cmocka_unit_test(bad_certificates_are_named),
	};
	return cmocka_run_group_tests(tests, make_certs, free_certs);
}
