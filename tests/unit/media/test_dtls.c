/* media/dtls.c: keys for both ends, whatever the network does, and for nobody else. */
#include "dtls_link.h"
#include "media/cipher_int.h"

/* ---- what must be true ---- */

static void
assert_voice_passes(const struct media_protection *from, const struct media_protection *to)
{
	struct cipher *a = cipher_new(from), *b = cipher_new(to);

	for (uint16_t seq = 1; seq < 4; seq++) {
		unsigned char packet[RTP_HEAD_BYTES + 160 + CIPHER_TRAILER_MAX] = {0};
		struct rtp_head head = {.payload_type = 8, .seq = seq, .ssrc = 7};
		size_t n = RTP_HEAD_BYTES + 160;

		rtp_head_write(packet, &head);
		memset(packet + RTP_HEAD_BYTES, 0x55, 160);
		assert_true(cipher_seal(a, RTP_KIND_RTP, packet, &n));
		assert_true(cipher_open(b, RTP_KIND_RTP, packet, &n));
		assert_int_equal(n, RTP_HEAD_BYTES + 160);
		assert_int_equal(packet[RTP_HEAD_BYTES + 100], 0x55);
	}
	cipher_free(a);
	cipher_free(b);
}

static void
assert_done(enum media_suite suite)
{
	const struct media_protection *a = dtls_keys(net.end[0].dtls);
	const struct media_protection *b = dtls_keys(net.end[1].dtls);

	assert_int_equal(dtls_state(net.end[0].dtls), DTLS_DONE);
	assert_int_equal(dtls_state(net.end[1].dtls), DTLS_DONE);
	assert_int_equal(a->in.suite, suite);
	assert_memory_equal(&a->in, &b->out, sizeof a->in);
	assert_memory_equal(&a->out, &b->in, sizeof a->out);
	assert_memory_not_equal(&a->in, &a->out, sizeof a->in);
	assert_voice_passes(a, b);
	assert_voice_passes(b, a);
}

#define GCM_128 "SRTP_AEAD_AES_128_GCM"
#define GCM_256 "SRTP_AEAD_AES_256_GCM"
#define CM_80	"SRTP_AES128_CM_SHA1_80"
#define CM_32	"SRTP_AES128_CM_SHA1_32"

/* ---- tests ---- */

static void
both_ends_agree_on_the_best_they_have(void **state)
{
	static const struct {
		const char *client, *server;
		enum media_suite suite;
	} cases[] = {
	    {NULL, NULL, MEDIA_SUITE_GCM_128},
	    {GCM_128, NULL, MEDIA_SUITE_GCM_128},
	    {GCM_256, NULL, MEDIA_SUITE_GCM_256},
	    {CM_80, NULL, MEDIA_SUITE_CM_128_80},
	    {NULL, GCM_256, MEDIA_SUITE_GCM_256},
	    {NULL, CM_80, MEDIA_SUITE_CM_128_80},
	    {CM_80 ":" GCM_256, NULL, MEDIA_SUITE_GCM_256}, /* the server chooses */
	    {NULL, CM_80 ":" GCM_256, MEDIA_SUITE_CM_128_80},
	};

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		again();
		open_pair(cases[i].client, cases[i].server);
		start(&net.end[0]);
		run();
		assert_done(cases[i].suite);
		assert_true(net.now_us == (uint64_t)BEGAN_S * SECOND_US); /* nobody had to wait */
		assert_true(dtls_due_us(net.end[0].dtls, net.now_us) == UINT64_MAX);
	}
}

static void
without_a_common_encryption_there_are_no_keys(void **state)
{
	static const struct media_protection none;

	open_pair(GCM_256, CM_80);
	start(&net.end[0]);
	run();
	for (size_t i = 0; i < 2; i++) {
		assert_int_equal(dtls_state(net.end[i].dtls), DTLS_FAILED);
		assert_non_null(strstr(dtls_why(net.end[i].dtls), "no encryption"));
		assert_memory_equal(dtls_keys(net.end[i].dtls), &none, sizeof none);
	}
}

static void
whatever_datagram_is_lost_comes_again(void **state)
{
	size_t datagrams;

	open_pair(NULL, NULL);
	start(&net.end[0]);
	run();
	datagrams = net.sent;
	assert_in_range(datagrams, 4, 16);
	for (size_t lost = 0; lost < datagrams; lost++) {
		again();
		net.lost = lost;
		open_pair(NULL, NULL);
		start(&net.end[0]);
		run();
		assert_done(MEDIA_SUITE_GCM_128);
		/* the second try, and not before its time */
		assert_true(net.now_us >= (uint64_t)BEGAN_S * SECOND_US + SECOND_US / 2);
		assert_true(net.now_us <= (uint64_t)BEGAN_S * SECOND_US + SECOND_US);
	}
}

static void
a_bad_network_only_takes_longer(void **state)
{
	for (unsigned how = 1; how < 8; how++) {
		for (size_t lost = 0; lost < 6; lost++) {
			again();
			net.doubled = how & 1;
			net.reversed = how & 2;
			net.garbage = how & 4;
			net.lost = lost;
			open_pair(NULL, NULL);
			start(&net.end[0]);
			run();
			assert_done(MEDIA_SUITE_GCM_128);
		}
	}
}

static void
another_certificate_than_described_is_refused(void **state)
{
	for (size_t who = 0; who < 2; who++) {
		struct sdp_fingerprint wrong;

		again();
		open_identity(&net.end[0], true, NULL);
		open_identity(&net.end[1], false, NULL);
		wrong = net.end[!who].fingerprint;
		wrong.bytes[31] ^= 1;
		open_dtls(&net.end[who], &wrong);
		open_dtls(&net.end[!who], &net.end[who].fingerprint);
		start(&net.end[0]);
		run();
		assert_int_equal(dtls_state(net.end[who].dtls), DTLS_FAILED);
		assert_non_null(strstr(dtls_why(net.end[who].dtls), "fingerprint"));
		/* and the other one learns it, by an alert */
		while (net.n)
			deliver();
		assert_int_equal(dtls_state(net.end[!who].dtls), DTLS_FAILED);
	}
}

static void
fingerprints_of_other_hashes_count_too(void **state)
{
	for (enum sdp_hash hash = SDP_HASH_SHA_256; hash < SDP_HASHES; hash++) {
		for (int wrong = 0; wrong < 2; wrong++) {
			struct sdp_fingerprint f = {.hash = hash};

			again();
			open_identity(&net.end[0], true, NULL);
			open_identity(&net.end[1], false, NULL);
			assert_true(dtls_digest(
			    SSL_CTX_get0_certificate(net.end[1].identity->ctx), hash, f.bytes));
			f.bytes[sdp_hash_bytes(hash) - 1] ^= (uint8_t)wrong;
			open_dtls(&net.end[0], &f);
			open_dtls(&net.end[1], &net.end[0].fingerprint);
			start(&net.end[0]);
			run();
			if (wrong)
				assert_int_equal(dtls_state(net.end[0].dtls), DTLS_FAILED);
			else
				assert_done(MEDIA_SUITE_GCM_128);
		}
	}
}

static void
the_right_value_of_the_wrong_hash_is_refused(void **state)
{
	struct sdp_fingerprint none = {0}, other;
	struct dtls *d;

	open_identity(&net.end[0], true, NULL);
	open_identity(&net.end[1], false, NULL);
	other = net.end[1].fingerprint;
	other.hash = SDP_HASH_SHA_384;
	assert_int_equal(dtls_new(net.end[0].identity, true, &none, net.now_us, &d), ERR_INVALID);
	open_dtls(&net.end[0], &other);
	open_dtls(&net.end[1], &net.end[0].fingerprint);
	start(&net.end[0]);
	run();
	assert_int_equal(dtls_state(net.end[0].dtls), DTLS_FAILED);
}

/* What the other library says of the same keys: RFC 5764, 4.2. */
static void
assert_same_keys(const struct end *ours, const struct end *raw)
{
	static const struct {
		unsigned long id;
		size_t key, salt;
	} sizes[] = {{SRTP_AEAD_AES_128_GCM, 16, 12}, {SRTP_AEAD_AES_256_GCM, 32, 12},
	    {SRTP_AES128_CM_SHA1_80, 16, 14}};
	const struct media_protection *keys = dtls_keys(ours->dtls);
	const struct media_key *client = ours->active ? &keys->out : &keys->in;
	const struct media_key *server = ours->active ? &keys->in : &keys->out;
	SRTP_PROTECTION_PROFILE *profile = SSL_get_selected_srtp_profile(raw->ssl);
	unsigned char m[92];
	size_t i = 0, k, s;

	assert_non_null(profile);
	while (i < 3 && sizes[i].id != profile->id)
		i++;
	assert_in_range(i, 0, 2);
	k = sizes[i].key;
	s = sizes[i].salt;
	assert_int_equal(SSL_export_keying_material(
			     raw->ssl, m, 2 * (k + s), "EXTRACTOR-dtls_srtp", 19, NULL, 0, 0),
	    1);
	assert_int_equal(media_suite_key_bytes(client->suite), k + s);
	assert_memory_equal(client->bytes, m, k);
	assert_memory_equal(server->bytes, m + k, k);
	assert_memory_equal(client->bytes + k, m + 2 * k, s);
	assert_memory_equal(server->bytes + k, m + 2 * k + s, s);
}

static void
a_peer_of_another_make_gets_the_same_keys(void **state)
{
	static const char *const offers[] = {CM_80, GCM_128 ":" CM_80, GCM_256, CM_32 ":" CM_80};

	for (size_t i = 0; i < sizeof offers / sizeof offers[0]; i++) {
		for (int active = 0; active < 2; active++) {
			again();
			open_with_raw(active, EVP_EC_gen("P-256"), offers[i], DTLS1_2_VERSION);
			start(&net.end[!active]);
			run();
			assert_int_equal(dtls_state(net.end[0].dtls), DTLS_DONE);
			assert_true(SSL_is_init_finished(net.end[1].ssl));
			assert_same_keys(&net.end[0], &net.end[1]);
		}
	}
}

static void
peers_may_have_other_keys_than_ours(void **state)
{
	for (int active = 0; active < 2; active++) {
		again();
		open_with_raw(active, EVP_RSA_gen(2048), CM_80, DTLS1_2_VERSION);
		start(&net.end[!active]);
		run();
		assert_int_equal(dtls_state(net.end[0].dtls), DTLS_DONE);
		assert_same_keys(&net.end[0], &net.end[1]);
		again();
		open_with_raw(active, EVP_EC_gen("P-384"), CM_80, DTLS1_2_VERSION);
		start(&net.end[!active]);
		run();
		assert_int_equal(dtls_state(net.end[0].dtls), DTLS_DONE);
	}
}

/* Both ways: what we send is split, and what a peer has split is put together. */
static void
a_long_chain_of_certificates_fits_into_packets(void **state)
{
	size_t largest;

	open_identity(&net.end[0], true, NULL);
	open_identity(&net.end[1], false, NULL);
	for (size_t i = 0; i < 2; i++) {
		for (unsigned n = 0; n < 5; n++) {
			EVP_PKEY *key = EVP_RSA_gen(2048);
			X509 *x = make_certificate(key);

			assert_int_equal(SSL_CTX_add0_chain_cert(net.end[i].identity->ctx, x), 1);
			EVP_PKEY_free(key);
		}
	}
	open_dtls(&net.end[0], &net.end[1].fingerprint);
	open_dtls(&net.end[1], &net.end[0].fingerprint);
	start(&net.end[0]);
	run();
	assert_done(MEDIA_SUITE_GCM_128);
	assert_in_range(net.end[0].sent, 4, 8); /* on_send looks at each of them */
	assert_in_range(net.end[1].sent, 4, 8);
	largest = net.end[0].largest > net.end[1].largest ? net.end[0].largest : net.end[1].largest;
	assert_in_range(largest, DTLS_DATAGRAM_MAX_BYTES - 100, DTLS_DATAGRAM_MAX_BYTES);
}

static void
old_or_incomplete_peers_get_nothing(void **state)
{
	static const struct {
		const char *profiles, *why;
		bool active, certificate;
		int version;
	} cases[] = {
	    {CM_80, "", false, true, DTLS1_VERSION},
	    {CM_80, "", true, true, DTLS1_VERSION},
	    {CM_80, "certificate", false, false, DTLS1_2_VERSION},
	    {NULL, "no encryption", false, true, DTLS1_2_VERSION},
	    {NULL, "no encryption", true, true, DTLS1_2_VERSION},
	    {CM_32, "no encryption", false, true, DTLS1_2_VERSION},
	};

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		again();
		open_with_raw(cases[i].active, cases[i].certificate ? EVP_EC_gen("P-256") : NULL,
		    cases[i].profiles, cases[i].version);
		start(&net.end[!cases[i].active]);
		run();
		assert_int_equal(dtls_state(net.end[0].dtls), DTLS_FAILED);
		assert_int_not_equal(strlen(dtls_why(net.end[0].dtls)), 0);
		assert_non_null(strstr(dtls_why(net.end[0].dtls), cases[i].why));
	}
}

static void
the_end_is_told(void **state)
{
	struct media_protection before;

	for (size_t who = 0; who < 2; who++) {
		again();
		open_pair(NULL, NULL);
		start(&net.end[0]);
		run();
		before = *dtls_keys(net.end[0].dtls);
		dtls_close(net.end[who].dtls, on_send, &net.end[who]);
		assert_int_equal(net.n, 1);
		while (net.n)
			deliver();
		assert_int_equal(dtls_state(net.end[0].dtls), DTLS_CLOSED);
		assert_int_equal(dtls_state(net.end[1].dtls), DTLS_CLOSED);
		assert_memory_equal(dtls_keys(net.end[0].dtls), &before, sizeof before);
		dtls_close(net.end[who].dtls, on_send, &net.end[who]); /* once */
		assert_int_equal(net.n, 0);
	}
}

static void
a_peer_of_another_make_can_end_it(void **state)
{
	open_with_raw(false, EVP_EC_gen("P-256"), CM_80, DTLS1_2_VERSION);
	start(&net.end[1]);
	run();
	SSL_shutdown(net.end[1].ssl);
	raw_flush(&net.end[1]);
	while (net.n)
		deliver();
	assert_int_equal(dtls_state(net.end[0].dtls), DTLS_CLOSED);
	again();
	open_with_raw(false, EVP_EC_gen("P-256"), CM_80, DTLS1_2_VERSION);
	start(&net.end[1]);
	run();
	dtls_close(net.end[0].dtls, on_send, &net.end[0]);
	while (net.n)
		deliver();
	assert_true(net.end[1].ended);
}

/* Who says nothing gets few packets, and an end. */
static void
silence_is_given_up_on(void **state)
{
	for (int active = 0; active < 2; active++) {
		struct end *e = &net.end[!active];
		size_t first = 0;

		again();
		open_pair(NULL, NULL);
		start(&net.end[0]);
		if (!active)
			deliver(); /* the beginning of the handshake, and then nothing */
		net.n = 0;
		first = e->sent_bytes;
		while (dtls_state(e->dtls) == DTLS_HANDSHAKING) {
			net.now_us = dtls_due_us(e->dtls, net.now_us);
			on_timer(e);
			net.n = 0;
		}
		assert_non_null(strstr(dtls_why(e->dtls), "too long"));
		assert_true(net.now_us == (uint64_t)BEGAN_S * SECOND_US + DTLS_HANDSHAKE_MAX_US);
		assert_in_range(e->sent_bytes, 5 * first, 10 * first);
		assert_in_range(first, 100, DTLS_DATAGRAM_MAX_BYTES);
	}
}

static void
who_never_begins_is_given_up_on(void **state)
{
	open_pair(NULL, NULL);
	net.now_us += DTLS_HANDSHAKE_MAX_US - 1;
	on_timer(&net.end[1]);
	assert_int_equal(dtls_state(net.end[1].dtls), DTLS_HANDSHAKING);
	assert_true(dtls_due_us(net.end[1].dtls, net.now_us) == net.now_us + 1);
	net.now_us++;
	on_timer(&net.end[1]);
	assert_int_equal(dtls_state(net.end[1].dtls), DTLS_FAILED);
	assert_int_equal(net.end[1].sent, 0);
}

/* A record that looks like one of the connection, of any length. */
static void
put_record(struct end *to, unsigned i)
{
	unsigned char bytes[13 + 80] = {0};
	size_t n = rng_below(&net.rng, 80);

	rng_fill(&net.rng, bytes + 5, sizeof bytes - 5);
	bytes[0] = (unsigned char)(20 + i % 5);
	memcpy(bytes + 1, "\xfe\xfd\0", 3);
	bytes[4] = (unsigned char)(i / 5 % 3); /* epoch */
	memset(bytes + 5, 0, 4);	       /* numbers that come next */
	bytes[11] = 0;
	bytes[12] = (unsigned char)n;
	put(to, slice_make(bytes, 13 + n));
}

/* Nothing that is not from the peer changes what is agreed, and it gets no answer. */
static void
strangers_change_nothing_later(void **state)
{
	static const char *const ciphers[] = {"ECDHE-ECDSA-AES128-GCM-SHA256",
	    "ECDHE-ECDSA-AES256-GCM-SHA384", "ECDHE-ECDSA-AES128-SHA"};

	for (size_t c = 0; c < sizeof ciphers / sizeof ciphers[0]; c++) {
		size_t sent;

		again();
		open_identity(&net.end[0], true, NULL);
		open_identity(&net.end[1], false, NULL);
		SSL_CTX_set_cipher_list(net.end[0].identity->ctx, ciphers[c]);
		open_dtls(&net.end[0], &net.end[1].fingerprint);
		open_dtls(&net.end[1], &net.end[0].fingerprint);
		start(&net.end[0]);
		run();
		sent = net.sent;
		for (unsigned i = 0; i < 4000; i++) {
			put_garbage(&net.end[i & 1]);
			deliver();
			put_record(&net.end[i & 1], i / 2);
			deliver();
		}
		assert_int_equal(net.sent, sent);
		assert_done(MEDIA_SUITE_GCM_128);
	}
}

/* Packets of later, before there are keys: OpenSSL would keep a hundred of them. */
static void
a_flood_of_early_packets_takes_little_memory(void **state)
{
	size_t before;

	open_pair(NULL, NULL);
	start(&net.end[0]);
	deliver();
	before = heap_bytes;
	for (unsigned i = 0; i < 2000; i++) {
		unsigned char bytes[13 + 80] = "\x16\xfe\xfd\0\1";

		bytes[9] = (unsigned char)(i >> 8);
		bytes[10] = (unsigned char)i;
		bytes[12] = 80;
		dtls_packet(net.end[1].dtls, slice_make(bytes, sizeof bytes), net.now_us, on_send,
		    &net.end[1]);
	}
	assert_in_range(heap_bytes - before, 0, 512 << 10);
	assert_int_equal(dtls_state(net.end[1].dtls), DTLS_HANDSHAKING);
}

static void
what_is_done_needs_little_memory(void **state)
{
	size_t before;

	open_identity(&net.end[0], true, NULL);
	open_identity(&net.end[1], false, NULL);
	before = heap_bytes;
	open_dtls(&net.end[0], &net.end[1].fingerprint);
	open_dtls(&net.end[1], &net.end[0].fingerprint);
	start(&net.end[0]);
	run();
	assert_done(MEDIA_SUITE_GCM_128);
	assert_in_range(heap_bytes - before, 0, 2 * 48 << 10);
	dtls_close(net.end[0].dtls, on_send, &net.end[0]);
	deliver();
	assert_in_range(heap_bytes - before, 0, 2 << 10);
}

static void
keys_are_not_negotiated_again(void **state)
{
	struct media_protection before;

	for (int active = 0; active < 2; active++) {
		again();
		open_with_raw(active, EVP_EC_gen("P-256"), CM_80, DTLS1_2_VERSION);
		start(&net.end[!active]);
		run();
		before = *dtls_keys(net.end[0].dtls);
		SSL_renegotiate(net.end[1].ssl);
		raw_step(&net.end[1]);
		while (net.n)
			deliver();
		assert_true(net.end[1].ended); /* it was told no */
		assert_memory_equal(dtls_keys(net.end[0].dtls), &before, sizeof before);
		assert_int_not_equal(dtls_state(net.end[0].dtls), DTLS_HANDSHAKING);
	}
}

static void
each_process_is_somebody_else(void **state)
{
	struct sdp_fingerprint f = {0};
	X509 *x;
	char *name;

	open_identity(&net.end[0], true, NULL);
	open_identity(&net.end[1], true, NULL);
	assert_false(sdp_fingerprint_eq(&net.end[0].fingerprint, &net.end[1].fingerprint));
	x = SSL_CTX_get0_certificate(net.end[0].identity->ctx);
	f.hash = SDP_HASH_SHA_256;
	assert_true(dtls_digest(x, f.hash, f.bytes));
	assert_true(sdp_fingerprint_eq(&f, &net.end[0].fingerprint));
	name = X509_NAME_oneline(X509_get_subject_name(x), NULL, 0);
	assert_string_equal(name, "/CN=voice");
	OPENSSL_free(name);
}

#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    T(both_ends_agree_on_the_best_they_have),
	    T(without_a_common_encryption_there_are_no_keys),
	    T(whatever_datagram_is_lost_comes_again),
	    T(a_bad_network_only_takes_longer),
	    T(another_certificate_than_described_is_refused),
	    T(fingerprints_of_other_hashes_count_too),
	    T(the_right_value_of_the_wrong_hash_is_refused),
	    T(a_peer_of_another_make_gets_the_same_keys),
	    T(peers_may_have_other_keys_than_ours),
	    T(a_long_chain_of_certificates_fits_into_packets),
	    T(old_or_incomplete_peers_get_nothing),
	    T(the_end_is_told),
	    T(a_peer_of_another_make_can_end_it),
	    T(silence_is_given_up_on),
	    T(who_never_begins_is_given_up_on),
	    T(strangers_change_nothing_later),
	    T(a_flood_of_early_packets_takes_little_memory),
	    T(what_is_done_needs_little_memory),
	    T(keys_are_not_negotiated_again),
	    T(each_process_is_somebody_else),
	};
	if (!count_heap() || cipher_init() != ERR_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
