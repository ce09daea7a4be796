/* media/cipher.c: what is sealed can be opened by who has the key, once, and by nobody else. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/random.h"
#include "media/cipher_int.h"

enum { PACKET_BYTES = RTP_HEAD_BYTES + 160 };

struct end {
	struct cipher *cipher;
	unsigned char packet[PACKET_BYTES + CIPHER_TRAILER_MAX];
	size_t n;
};

static struct media_key
key(enum media_suite suite, unsigned char seed)
{
	struct media_key k = {.suite = (uint8_t)suite};

	for (size_t i = 0; i < media_suite_key_bytes(suite); i++)
		k.bytes[i] = (unsigned char)(seed + i * 3);
	return k;
}

static void
open_pair(enum media_suite suite, struct end *a, struct end *b)
{
	struct media_protection p = {.in = key(suite, 1), .out = key(suite, 100)};
	struct media_protection q = {.in = p.out, .out = p.in};

	a->cipher = cipher_new(&p);
	b->cipher = cipher_new(&q);
	assert_true(cipher_is_for(a->cipher, &p));
	assert_false(cipher_is_for(a->cipher, &q));
}

static void
close_pair(struct end *a, struct end *b)
{
	cipher_free(a->cipher);
	cipher_free(b->cipher);
}

static void
make(struct end *e, uint16_t seq, uint32_t ssrc)
{
	struct rtp_head head = {
	    .payload_type = 8, .seq = seq, .timestamp = seq * 160u, .ssrc = ssrc};

	rtp_head_write(e->packet, &head);
	memset(e->packet + RTP_HEAD_BYTES, 0x55, PACKET_BYTES - RTP_HEAD_BYTES);
	e->n = PACKET_BYTES;
}

static void
give(struct end *from, struct end *to)
{
	memcpy(to->packet, from->packet, from->n);
	to->n = from->n;
}

static int
setup(void **state)
{
	return cipher_init() == ERR_OK ? 0 : -1;
}

#define each_suite(s) for (enum media_suite s = MEDIA_SUITE_GCM_128; s < MEDIA_SUITES; s++)

static void
each_suite_goes_both_ways(void **state)
{
	each_suite(s)
	{
		struct end a, b;

		open_pair(s, &a, &b);
		for (uint16_t seq = 65500; seq != 100; seq++) { /* over the turn */
			struct end *from = seq & 1 ? &a : &b, *to = seq & 1 ? &b : &a;
			struct end plain;

			make(&plain, seq, seq & 1 ? 7 : 8);
			make(from, seq, seq & 1 ? 7 : 8);
			assert_true(
			    cipher_seal(from->cipher, RTP_KIND_RTP, from->packet, &from->n));
			assert_in_range(
			    from->n, PACKET_BYTES + 4, PACKET_BYTES + CIPHER_TRAILER_MAX);
			assert_memory_not_equal(
			    from->packet + RTP_HEAD_BYTES, plain.packet + RTP_HEAD_BYTES, 160);
			give(from, to);
			assert_true(cipher_open(to->cipher, RTP_KIND_RTP, to->packet, &to->n));
			assert_int_equal(to->n, PACKET_BYTES);
			assert_memory_equal(to->packet, plain.packet, PACKET_BYTES);
		}
		close_pair(&a, &b);
	}
}

static void
reports_are_encrypted_too(void **state)
{
	static const char report[] = "\x80\xc9\0\1aaaa\x81\xca\0\6aaaa\1\x10"
				     "0123456789abcdef\0"; /* with the literal's own zero */

	each_suite(s)
	{
		struct end a, b;

		open_pair(s, &a, &b);
		a.n = sizeof report;
		memcpy(a.packet, report, sizeof report);
		assert_true(cipher_seal(a.cipher, RTP_KIND_RTCP, a.packet, &a.n));
		assert_memory_not_equal(a.packet + 8, report + 8, sizeof report - 8);
		give(&a, &b);
		assert_true(cipher_open(b.cipher, RTP_KIND_RTCP, b.packet, &b.n));
		assert_int_equal(b.n, sizeof report);
		assert_memory_equal(b.packet, report, sizeof report);
		close_pair(&a, &b);
	}
}

static void
forgeries_are_found(void **state)
{
	each_suite(s)
	{
		struct end a, b;
		struct rng rng;

		rng_init_seed(&rng, 1);
		open_pair(s, &a, &b);
		for (uint16_t seq = 1; seq < 40; seq++) {
			make(&a, seq, 7);
			assert_true(cipher_seal(a.cipher, RTP_KIND_RTP, a.packet, &a.n));
			give(&a, &b);
			b.packet[rng_below(&rng, (uint32_t)b.n)] ^=
			    (unsigned char)(1 + rng_below(&rng, 255));
			b.packet[0] = a.packet[0]; /* else it may be no RTP at all */
			b.packet[b.n - 1] ^= 1;
			assert_false(cipher_open(b.cipher, RTP_KIND_RTP, b.packet, &b.n));
			give(&a, &b);
			b.n -= 1 + rng_below(&rng, 20);
			assert_false(cipher_open(b.cipher, RTP_KIND_RTP, b.packet, &b.n));
			give(&a, &b); /* the real one, once */
			assert_true(cipher_open(b.cipher, RTP_KIND_RTP, b.packet, &b.n));
			give(&a, &b);
			assert_false(cipher_open(b.cipher, RTP_KIND_RTP, b.packet, &b.n));
		}
		/* plain ones are forgeries, too */
		make(&b, 50, 7);
		assert_false(cipher_open(b.cipher, RTP_KIND_RTP, b.packet, &b.n));
		close_pair(&a, &b);
	}
}

/* A transfer: another source, with numbers of its own, in the same session. */
static void
another_source_is_fine(void **state)
{
	struct end a, b;

	open_pair(MEDIA_SUITE_GCM_128, &a, &b);
	for (uint32_t ssrc = 1; ssrc < 5; ssrc++)
		for (uint16_t seq = 10; seq < 20; seq++) {
			make(&a, (uint16_t)(seq * ssrc), ssrc);
			assert_true(cipher_seal(a.cipher, RTP_KIND_RTP, a.packet, &a.n));
			give(&a, &b);
			assert_true(cipher_open(b.cipher, RTP_KIND_RTP, b.packet, &b.n));
		}
	close_pair(&a, &b);
}

static void
names_are_known(void **state)
{
	struct media_protection none = {0};
	struct end e;

	each_suite(s)
	{
		assert_int_equal(media_suite_find(media_suite_name(s)), s);
		assert_in_range(media_suite_key_bytes(s), 28, MEDIA_KEY_MAX);
	}
	assert_int_equal(media_suite_find(SLICE("aes_cm_128_hmac_sha1_80")), MEDIA_SUITE_CM_128_80);
	assert_int_equal(media_suite_key_bytes(MEDIA_SUITE_CM_128_80), 30);
	assert_int_equal(media_suite_key_bytes(MEDIA_SUITE_CM_256_80), 46);
	assert_int_equal(media_suite_key_bytes(MEDIA_SUITE_GCM_128), 28);
	assert_int_equal(media_suite_find(SLICE("F8_128_HMAC_SHA1_80")), MEDIA_SUITE_NONE);
	assert_int_equal(media_suite_find(SLICE("")), MEDIA_SUITE_NONE);
	cipher_free(NULL);
	assert_true(cipher_is_for(NULL, &none));

	/* keys that are none: nothing gets through */
	e.cipher = cipher_new(&none);
	make(&e, 1, 7);
	assert_false(cipher_seal(e.cipher, RTP_KIND_RTP, e.packet, &e.n));
	make(&e, 1, 7);
	assert_false(cipher_open(e.cipher, RTP_KIND_RTP, e.packet, &e.n));
	cipher_free(e.cipher);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(each_suite_goes_both_ways),
	    cmocka_unit_test(reports_are_encrypted_too),
	    cmocka_unit_test(forgeries_are_found),
	    cmocka_unit_test(another_source_is_fine),
	    cmocka_unit_test(names_are_known),
	};

	return cmocka_run_group_tests_name("media/cipher", tests, setup, NULL);
}
