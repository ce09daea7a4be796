/* media/: streams of which one side or both are encrypted, through the whole engine. */
#include "relay_fixture.h"

#include "media/cipher_int.h"

static struct relay_fixture f;

static struct media_protection
keys(unsigned char seed)
{
	struct media_protection p = {
	    .in = {.suite = MEDIA_SUITE_GCM_128}, .out = {.suite = MEDIA_SUITE_GCM_128}};

	memset(p.in.bytes, seed, media_suite_key_bytes(MEDIA_SUITE_GCM_128));
	memset(p.out.bytes, seed + 1, media_suite_key_bytes(MEDIA_SUITE_GCM_128));
	return p;
}

/* The phone at the other end of such a protection. */
static struct cipher *
phone_cipher(const struct media_protection *p)
{
	struct media_protection turned = {.in = p->out, .out = p->in};

	return cipher_new(&turned);
}

static struct slice
voice(uint16_t seq)
{
	static unsigned char packet[4][172];

	return rtp_make(packet[seq % 4], sizeof packet[0], 9, seq);
}

static struct slice
sealed(struct cipher *c, enum rtp_kind kind, struct slice plain)
{
	static unsigned char packet[2048];
	size_t n = plain.n;

	memcpy(packet, plain.p, plain.n);
	assert_true(cipher_seal(c, kind, packet, &n));
	return slice_make(packet, n);
}

static void
expect_sealed(const struct phone *p, int which, struct cipher *c, struct slice plain)
{
	unsigned char got[2048];
	size_t n = phone_receive(p, which, got, sizeof got);

	assert_true(n > plain.n);
	assert_true(cipher_open(c, which ? RTP_KIND_RTCP : RTP_KIND_RTP, got, &n));
	assert_int_equal(n, plain.n);
	assert_memory_equal(got, plain.p, n);
}

static void
wait_for_unauthentic(uint64_t n)
{
	while (relay_stats(&f).unauthentic < n)
		relay_run_until_events(&f, 0);
}

/* The caller's side is encrypted, the called one's is not. */
static void
one_side_is_encrypted(void **state)
{
	struct media_protection p = keys(10);
	struct phone caller, called;
	uint16_t port[2];
	struct media_ref ref = relay_start_call(&f, &caller, &called, port);
	struct cipher *c = phone_cipher(&p);
	static const char report[] = "\x80\xc9\0\1aaa"; /* and the literal's zero */
	struct media_stats stats;

	assert_int_equal(media_stream_protect(f.media, ref, MEDIA_CALLER, &p), ERR_OK);
	for (uint16_t seq = 1; seq < 4; seq++) {
		phone_send(&caller, 0, port[MEDIA_CALLER], sealed(c, RTP_KIND_RTP, voice(seq)));
		phone_expect(&called, 0, voice(seq));
		phone_send(&called, 0, port[MEDIA_CALLED], voice(seq));
		expect_sealed(&caller, 0, c, voice(seq));
	}
	phone_send(&called, 1, port[MEDIA_CALLED], slice_make(report, 8));
	expect_sealed(&caller, 1, c, slice_make(report, 8));
	phone_send(&caller, 1, port[MEDIA_CALLER], sealed(c, RTP_KIND_RTCP, slice_make(report, 8)));
	phone_expect(&called, 1, slice_make(report, 8));

	/* plain packets, and those that came before, get nowhere */
	phone_send(&caller, 0, port[MEDIA_CALLER], voice(4));
	phone_send(&caller, 0, port[MEDIA_CALLER], sealed(c, RTP_KIND_RTP, voice(5)));
	phone_expect(&called, 0, voice(5));
	wait_for_unauthentic(1);
	stats = relay_close_and_wait(&f, ref);
	phone_expect_nothing(&called, 0);
	assert_int_equal(stats.side[MEDIA_CALLER].packets, 4);
	cipher_free(c);
	relay_end_call(&f, &caller, &called);
}

/* A stranger at the caller's address, before the caller has said a word: he cannot take the stream.
 */
static void
nobody_latches_without_the_key(void **state)
{
	struct media_protection p = keys(20);
	struct phone caller, called, stranger;
	uint16_t port[2];
	struct media_ref ref = relay_start_call(&f, &caller, &called, port);
	struct cipher *c = phone_cipher(&p);

	phone_open(&stranger, "127.0.0.1");
	assert_int_equal(media_stream_protect(f.media, ref, MEDIA_CALLER, &p), ERR_OK);
	phone_send(&stranger, 0, port[MEDIA_CALLER], voice(1));
	wait_for_unauthentic(1);
	phone_send(&caller, 0, port[MEDIA_CALLER], sealed(c, RTP_KIND_RTP, voice(2)));
	phone_expect(&called, 0, voice(2));
	assert_int_equal(relay_close_and_wait(&f, ref).side[MEDIA_CALLER].refused, 0);
	phone_close(&stranger);
	cipher_free(c);
	relay_end_call(&f, &caller, &called);
}

/* Both sides, each with keys of its own; then one gets new ones, then none. */
static void
keys_change(void **state)
{
	struct media_protection p = keys(30), q = keys(40), r = keys(50), none = {0};
	struct phone caller, called;
	uint16_t port[2];
	struct media_ref ref = relay_start_call(&f, &caller, &called, port);
	struct cipher *c = phone_cipher(&p), *d = phone_cipher(&q), *e = phone_cipher(&r);

	assert_int_equal(media_stream_protect(f.media, ref, MEDIA_CALLER, &p), ERR_OK);
	assert_int_equal(media_stream_protect(f.media, ref, MEDIA_CALLED, &q), ERR_OK);
	phone_send(&caller, 0, port[MEDIA_CALLER], sealed(c, RTP_KIND_RTP, voice(1)));
	expect_sealed(&called, 0, d, voice(1));
	assert_int_equal(
	    media_stream_protect(f.media, ref, MEDIA_CALLED, &q), ERR_OK); /* the same */
	phone_send(&caller, 0, port[MEDIA_CALLER], sealed(c, RTP_KIND_RTP, voice(2)));
	expect_sealed(&called, 0, d, voice(2));
	assert_int_equal(media_stream_protect(f.media, ref, MEDIA_CALLED, &r), ERR_OK);
	phone_send(&caller, 0, port[MEDIA_CALLER], sealed(c, RTP_KIND_RTP, voice(3)));
	expect_sealed(&called, 0, e, voice(3));
	assert_int_equal(media_stream_protect(f.media, ref, MEDIA_CALLED, &none), ERR_OK);
	phone_send(&caller, 0, port[MEDIA_CALLER], sealed(c, RTP_KIND_RTP, voice(4)));
	phone_expect(&called, 0, voice(4));
	relay_close_and_wait(&f, ref);
	cipher_free(c);
	cipher_free(d);
	cipher_free(e);
	relay_end_call(&f, &caller, &called);
}

/* Keys that the library does not take: rather nothing than voice in the clear. */
static void
bad_keys_let_nothing_through(void **state)
{
	struct media_protection bad = {
	    .in = {.suite = MEDIA_SUITES}, .out = {.suite = MEDIA_SUITES}};
	struct phone caller, called;
	uint16_t port[2];
	struct media_ref ref = relay_start_call(&f, &caller, &called, port);

	assert_int_equal(media_stream_protect(f.media, ref, MEDIA_CALLED, &bad), ERR_OK);
	phone_send(&caller, 0, port[MEDIA_CALLER], voice(1));
	while (relay_stats(&f).send_failed < 1)
		relay_run_until_events(&f, 0);
	phone_expect_nothing(&called, 0);
	phone_send(&called, 0, port[MEDIA_CALLED], voice(1));
	wait_for_unauthentic(1);
	phone_expect_nothing(&caller, 0);
	relay_end_call(&f, &caller, &called); /* with the stream open: nothing may be left */
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(one_side_is_encrypted),
	    cmocka_unit_test(nobody_latches_without_the_key),
	    cmocka_unit_test(keys_change),
	    cmocka_unit_test(bad_keys_let_nothing_through),
	};

	return cmocka_run_group_tests_name("media/relay_protect", tests, NULL, NULL);
}
