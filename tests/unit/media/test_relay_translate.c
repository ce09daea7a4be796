/* media/: streams of two who speak differently, through the whole engine. */
#include "relay_fixture.h"

#include "media/rtp_int.h"

static struct relay_fixture f;

static const struct media_translation to_ulaw = {
    .route = {{8, 0, CODEC_PCMA, CODEC_PCMU}}, .n_routes = 1};

/* A frame of A-law: the same value 160 times. */
static struct slice
a_law(uint16_t seq, unsigned char value)
{
	static unsigned char packet[RTP_HEAD_BYTES + 160];
	struct rtp_head head = {.payload_type = 8, .seq = seq, .timestamp = seq * 160u, .ssrc = 9};

	rtp_head_write(packet, &head);
	memset(packet + RTP_HEAD_BYTES, value, 160);
	return slice_make(packet, sizeof packet);
}

/* What the phone is sent next must be mu-law; returns its head. */
static struct rtp_head
expect_u_law(const struct phone *p, unsigned char value)
{
	unsigned char got[2048];
	size_t n = phone_receive(p, 0, got, sizeof got);
	struct rtp_head head = rtp_head_of(slice_make(got, n));

	assert_int_equal(n, RTP_HEAD_BYTES + 160);
	assert_int_equal(head.payload_type, 0);
	for (size_t i = RTP_HEAD_BYTES; i < n; i++)
		assert_int_equal(got[i], value);
	return head;
}

static void
one_direction_is_translated(void **state)
{
	struct phone caller, called;
	uint16_t port[2];
	struct media_ref ref = relay_start_call(&f, &caller, &called, port);
	struct media_stats stats;
	struct rtp_head first, second;
	unsigned char packet[172];

	assert_int_equal(media_stream_translate(f.media, ref, MEDIA_CALLER, &to_ulaw), ERR_OK);
	phone_send(&caller, 0, port[MEDIA_CALLER], a_law(1, 0xd5)); /* silence */
	first = expect_u_law(&called, 0xfe);
	/* reports about packets that the other one never saw do not pass */
	phone_send(&caller, 1, port[MEDIA_CALLER], SLICE("\x80\xc9\0\1aaaa"));
	phone_send(&caller, 0, port[MEDIA_CALLER], a_law(2, 0xd5));
	second = expect_u_law(&called, 0xfe);
	assert_true(first.marker && !second.marker);
	assert_int_equal(second.seq, (uint16_t)(first.seq + 1));
	assert_int_equal(second.timestamp, first.timestamp + 160);

	/* the other way nothing is changed */
	phone_send(&called, 0, port[MEDIA_CALLED], rtp_make(packet, sizeof packet, 5, 1));
	phone_expect(&caller, 0, rtp_make(packet, sizeof packet, 5, 1));

	/* what was not agreed on goes nowhere, and is counted */
	phone_send(
	    &caller, 0, port[MEDIA_CALLER], SLICE("\x80\x12\0\3tttt\0\0\0\11nothing agreed on"));
	phone_send(&caller, 0, port[MEDIA_CALLER], a_law(4, 0xd5));
	assert_int_equal(expect_u_law(&called, 0xfe).seq, (uint16_t)(second.seq + 1));
	assert_int_equal(relay_stats(&f).untranslatable, 1);

	stats = relay_close_and_wait(&f, ref);
	phone_expect_nothing(&called, 1);
	assert_int_equal(stats.side[MEDIA_CALLER].packets, 4);
	assert_int_equal(stats.side[MEDIA_CALLER].rtcp_packets, 1);
	relay_end_call(&f, &caller, &called);
}

/* The clock of the media thread goes on where the caller has stopped sending. */
static void
a_pause_is_filled_with_noise(void **state)
{
	static const struct media_translation with_noise = {
	    .route = {{8, 0, CODEC_PCMA, CODEC_PCMU}, {13, 0, CODEC_NOISE_8, CODEC_PCMU}},
	    .n_routes = 2};
	unsigned char noise[RTP_HEAD_BYTES + 1], got[2048];
	struct rtp_head head = {.payload_type = 13, .seq = 2, .timestamp = 320, .ssrc = 9}, last;
	struct phone caller, called;
	uint16_t port[2];
	struct media_ref ref = relay_start_call(&f, &caller, &called, port);
	struct media_stats stats;

	assert_int_equal(media_stream_translate(f.media, ref, MEDIA_CALLER, &with_noise), ERR_OK);
	phone_send(&caller, 0, port[MEDIA_CALLER], a_law(1, 0xd5));
	last = expect_u_law(&called, 0xfe);
	rtp_head_write(noise, &head);
	noise[RTP_HEAD_BYTES] = 40;
	phone_send(&caller, 0, port[MEDIA_CALLER], slice_make(noise, sizeof noise));
	for (int i = 0; i < 20; i++) {
		size_t n = phone_receive(&called, 0, got, sizeof got);

		head = rtp_head_of(slice_make(got, n));
		assert_int_equal(n, RTP_HEAD_BYTES + 160);
		assert_int_equal(head.payload_type, 0);
		assert_int_equal(head.seq, (uint16_t)(last.seq + 1));
		assert_int_equal(head.timestamp, last.timestamp + 160);
		last = head;
	}
	assert_int_equal(relay_stats(&f).untranslatable, 0);
	stats = relay_close_and_wait(&f, ref);
	assert_int_equal(stats.side[MEDIA_CALLER].lost, 0);
	relay_end_call(&f, &caller, &called);
}

static void
translation_comes_and_goes(void **state)
{
	static const struct media_translation none;
	struct phone caller, called;
	uint16_t port[2];
	struct media_ref ref = relay_start_call(&f, &caller, &called, port);
	struct media_peer hold = phone_peer(&called), again = hold;

	phone_send(&caller, 0, port[MEDIA_CALLER], a_law(1, 0xd5));
	phone_expect(&called, 0, a_law(1, 0xd5));
	assert_int_equal(media_stream_translate(f.media, ref, MEDIA_CALLER, &to_ulaw), ERR_OK);
	phone_send(&caller, 0, port[MEDIA_CALLER], a_law(2, 0xd5));
	expect_u_law(&called, 0xfe);

	/* who holds is sent nothing */
	hold.send = false;
	media_stream_set_peer(f.media, ref, MEDIA_CALLED, &hold);
	phone_send(&caller, 0, port[MEDIA_CALLER], a_law(3, 0xd5));
	while (relay_stats(&f).undeliverable < 1)
		relay_run_until_events(&f, 0);
	media_stream_set_peer(f.media, ref, MEDIA_CALLED, &again);
	phone_send(&caller, 0, port[MEDIA_CALLER], a_law(4, 0xd5));
	expect_u_law(&called, 0xfe);

	assert_int_equal(media_stream_translate(f.media, ref, MEDIA_CALLER, &none), ERR_OK);
	phone_send(&caller, 0, port[MEDIA_CALLER], a_law(5, 0xd5));
	phone_expect(&called, 0, a_law(5, 0xd5));
	relay_close_and_wait(&f, ref);
	assert_int_equal(media_stream_translate(f.media, ref, MEDIA_CALLER, &to_ulaw),
	    ERR_OK); /* too late: does nothing */
	relay_end_call(&f, &caller, &called);
}

/* The engine stops while streams are being translated: nothing is left (the sanitizer looks). */
static void
a_stop_frees_it(void **state)
{
	struct phone caller, called;
	uint16_t port[2];
	struct media_ref ref = relay_start_call(&f, &caller, &called, port);

	assert_int_equal(media_stream_translate(f.media, ref, MEDIA_CALLER, &to_ulaw), ERR_OK);
	phone_send(&caller, 0, port[MEDIA_CALLER], a_law(1, 0xd5));
	expect_u_law(&called, 0xfe);
	relay_end_call(&f, &caller, &called);
}

/* A packet of a key; returns its duration. */
static unsigned
expect_key(const struct phone *p, unsigned event, bool *ends)
{
	unsigned char got[2048];
	size_t n = phone_receive(p, 0, got, sizeof got);
	struct rtp_head head = rtp_head_of(slice_make(got, n));

	assert_int_equal(n, RTP_HEAD_BYTES + 4);
	assert_int_equal(head.payload_type, 96);
	assert_int_equal(got[RTP_HEAD_BYTES], event);
	*ends = got[RTP_HEAD_BYTES + 1] & 0x80;
	return (unsigned)got[RTP_HEAD_BYTES + 2] << 8 | got[RTP_HEAD_BYTES + 3];
}

static bool
key_came(struct relay_fixture *fixture)
{
	for (size_t i = 0; i < fixture->n_events; i++)
		if (fixture->events[i].kind == MEDIA_EV_KEY)
			return true;
	return false;
}

/* Signalling presses keys, and is told of them. */
static void
keys_go_both_ways(void **state)
{
	static const struct media_translation to_called = {
	    .route = {{8, 8, CODEC_PCMA, CODEC_PCMA}},
	    .n_routes = 1,
	    .keys_in = MEDIA_KEYS_TOLD,
	    .keys_out = MEDIA_KEYS_EVENTS,
	    .key_pt = 96,
	    .key_codec = CODEC_EVENT_8};
	static const struct media_translation to_caller = {
	    .route = {{8, 8, CODEC_PCMA, CODEC_PCMA}, {101, 0, CODEC_EVENT_8, CODEC_NONE}},
	    .n_routes = 2,
	    .keys_in = MEDIA_KEYS_EVENTS,
	    .keys_out = MEDIA_KEYS_TOLD};
	struct phone caller, called;
	uint16_t port[2];
	struct media_ref ref = relay_start_call(&f, &caller, &called, port);
	unsigned char key[] = "\x80\x65\0\1\0\0\0\1KKKK\5\x8a\3\x20"; /* 5, 100 ms, over */
	unsigned packets = 0, duration = 0;
	bool ends = false;

	assert_int_equal(media_stream_translate(f.media, ref, MEDIA_CALLER, &to_called), ERR_OK);
	assert_int_equal(media_stream_translate(f.media, ref, MEDIA_CALLED, &to_caller), ERR_OK);
	media_stream_key(f.media, ref, MEDIA_CALLED, '#', 200);
	while (!ends) {
		duration = expect_key(&called, 11, &ends);
		packets++;
	}
	assert_int_equal(duration, 1600);
	assert_in_range(packets, 10, 12);

	phone_send(&called, 0, port[MEDIA_CALLED], slice_make(key, 16));
	assert_true(relay_run_until(&f, key_came));
	for (size_t i = 0; i < f.n_events; i++) {
		assert_int_equal(f.events[i].kind, MEDIA_EV_KEY);
		assert_int_equal(f.events[i].service.side, MEDIA_CALLED);
		assert_int_equal(f.events[i].service.key, '5');
		assert_int_equal(f.events[i].service.key_ms, 100);
	}
	assert_int_equal(f.n_events, 1);
	phone_expect_nothing(&caller, 0);
	relay_close_and_wait(&f, ref);
	relay_end_call(&f, &caller, &called);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(one_direction_is_translated),
	    cmocka_unit_test(a_pause_is_filled_with_noise),
	    cmocka_unit_test(translation_comes_and_goes),
	    cmocka_unit_test(a_stop_frees_it),
	    cmocka_unit_test(keys_go_both_ways),
	};

	return cmocka_run_group_tests_name("media/relay_translate", tests, NULL, NULL);
}
