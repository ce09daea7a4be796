/* media/interpret.c, participant.c: who lives how long, and the reports of our own. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "media/interpret_int.h"

enum { SSRC = 0x1111 };

static const struct media_translation nothing[MEDIA_SIDES];
static const struct media_translation to_ulaw = {
    .route = {{8, 0, CODEC_PCMA, CODEC_PCMU}}, .n_routes = 1};
static const struct media_translation to_alaw = {
    .route = {{0, 8, CODEC_PCMU, CODEC_PCMA}}, .n_routes = 1};

static struct rng rng;
static struct participant *self;
static struct transcode_room room;

static int
setup(void **state)
{
	rng_init_seed(&rng, 1);
	return participant_new(&rng, &self) == ERR_OK ? 0 : -1;
}

static int
teardown(void **state)
{
	participant_free(self);
	return 0;
}

static void
count_packet(void *ctx, struct slice packet)
{
	++*(int *)ctx;
}

static int
say(struct transcoder *t, uint16_t seq, uint64_t now_us)
{
	unsigned char packet[RTP_HEAD_BYTES + 160] = {0};
	struct rtp_head head = {
	    .payload_type = 8, .seq = seq, .timestamp = seq * 160u, .ssrc = SSRC};
	int sent = 0;

	rtp_head_write(packet, &head);
	transcoder_packet(t, slice_make(packet, sizeof packet), now_us, &room, count_packet, &sent);
	return sent;
}

static void
it_lives_as_long_as_it_is_needed(void **state)
{
	struct media_translation both[MEDIA_SIDES] = {to_ulaw, to_alaw};
	struct media_translation one[MEDIA_SIDES] = {to_ulaw};
	struct interpreter *i = NULL;
	struct transcoder *caller;

	assert_int_equal(interpreter_follow(&i, nothing, self), ERR_OK);
	assert_null(i);
	assert_int_equal(interpreter_follow(&i, both, self), ERR_OK);
	caller = i->from[MEDIA_CALLER];
	assert_non_null(i->from[MEDIA_CALLED]);

	/* what stays the same goes on */
	assert_int_equal(interpreter_follow(&i, one, self), ERR_OK);
	assert_ptr_equal(i->from[MEDIA_CALLER], caller);
	assert_null(i->from[MEDIA_CALLED]);
	one[MEDIA_CALLER].ptime_ms = 30;
	assert_int_equal(interpreter_follow(&i, one, self), ERR_OK);
	assert_non_null(i->from[MEDIA_CALLER]);

	one[MEDIA_CALLER].route[0].pt_out = 128;
	assert_int_equal(interpreter_follow(&i, one, self), ERR_INVALID);
	assert_null(i);
	assert_int_equal(interpreter_follow(&i, both, self), ERR_OK);
	assert_int_equal(interpreter_follow(&i, nothing, self), ERR_OK);
	assert_null(i);
}

static struct rtcp_report
report(enum media_side side, const struct rtp_stats *heard, const struct rtcp_passed *its_sr,
    uint64_t now_us)
{
	unsigned char out[RTCP_OWN_MAX_BYTES];
	struct slice rest =
	    slice_make(out, participant_report(self, side, heard, its_sr, now_us, now_us, out));
	struct rtcp_report r;

	assert_int_equal(rtp_classify(rest, true), RTP_KIND_RTCP);
	assert_true(rtcp_report_take(&rest, &r));
	return r;
}

static void
each_side_is_told_what_it_has_to_do_with(void **state)
{
	struct media_translation what[MEDIA_SIDES] = {to_ulaw, to_alaw};
	struct rtcp_passed none = {0}, its_sr = {.mid = 0xabcd, .us = 9000000};
	struct rtp_stats heard, silent;
	struct interpreter *i = NULL;
	struct rtcp_report r;
	struct rtcp_stats called = {0};
	char answer[] = "\x81\xc9\0\7....SSSS\0\0\0\0\0\0\0\0\0\0\0\0LLLL\0\2\0\0"; /* kept 2 s */
	uint32_t ssrc;

	rtp_stats_init(&heard, 8000);
	rtp_stats_init(&silent, 8000);
	assert_int_equal(interpreter_follow(&i, what, self), ERR_OK);
	ssrc = self->to[MEDIA_CALLED].sent.ssrc;
	for (uint16_t seq = 0; seq < 100; seq++) {
		struct rtp_head head = {.seq = seq, .timestamp = seq * 160u, .ssrc = SSRC};

		if (seq % 4 == 3)
			continue;
		rtp_stats_packet(&heard, &head, 172, seq * 20000u);
		assert_in_range(say(i->from[MEDIA_CALLER], seq, 1000000 + seq * 20000u), 1, 2);
	}

	/* the caller has talked, and is sent nothing: a receiver report */
	r = report(MEDIA_CALLER, &heard, &its_sr, 10000000);
	assert_false(r.sender);
	assert_int_equal(r.n_blocks, 1);
	assert_int_equal(r.block[0].ssrc, SSRC);
	assert_int_equal(r.block[0].lost, 24); /* the last one missing is not missed yet */
	assert_int_equal(r.block[0].lsr, 0xabcd);
	assert_int_equal(r.block[0].dlsr, 65536);

	/* the called one is sent our voice, and says nothing: a sender report */
	r = report(MEDIA_CALLED, &silent, &none, 10000000);
	assert_true(r.sender);
	assert_int_equal(r.n_blocks, 0);
	assert_int_equal(r.ntp_mid, self->to[MEDIA_CALLED].sr.mid);

	/* his answer to it tells the way to him: 3 s later, of which he kept it 2 */
	for (int k = 0; k < 4; k++) {
		answer[8 + k] = (char)(ssrc >> (24 - 8 * k));
		answer[24 + k] = (char)(r.ntp_mid >> (24 - 8 * k));
	}
	rtcp_stats_packet(
	    &called, &self->to[MEDIA_CALLED].sr, ssrc, slice_make(answer, 32), 13000000);
	assert_in_range(called.rtt_us, 999990, 1000010);
	interpreter_free(i);
	interpreter_free(NULL);
}

static void
losses_are_of_the_time_between_reports(void **state)
{
	struct rtp_stats_told told = {0};
	struct rtp_stats s;
	uint16_t seq = 100;

	rtp_stats_init(&s, 8000);
	assert_int_equal(rtp_stats_fraction_lost(&s, &told), 0);
	for (int round = 0; round < 4; round++) {
		for (int k = 0; k < 64; k++, seq++) {
			struct rtp_head head = {.seq = seq, .ssrc = SSRC};

			if (round == 1 && k % 4 == 1)
				continue;
			rtp_stats_packet(&s, &head, 172, 0);
		}
		assert_int_equal(rtp_stats_fraction_lost(&s, &told), round == 1 ? 64 : 0);
	}
	/* another SSRC is another beginning */
	rtp_stats_packet(&s, &(struct rtp_head){.seq = 1, .ssrc = 5}, 172, 0);
	rtp_stats_packet(&s, &(struct rtp_head){.seq = 4, .ssrc = 5}, 172, 0);
	assert_int_equal(rtp_stats_fraction_lost(&s, &told), 128);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(it_lives_as_long_as_it_is_needed, setup, teardown),
	    cmocka_unit_test_setup_teardown(
		each_side_is_told_what_it_has_to_do_with, setup, teardown),
	    cmocka_unit_test_setup_teardown(
		losses_are_of_the_time_between_reports, setup, teardown),
	};

	return cmocka_run_group_tests_name("media/interpret", tests, NULL, NULL);
}
