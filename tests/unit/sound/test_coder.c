/* media/coder_*.c: each codec at each of its rates, what it makes of losses and of nonsense. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/random.h"
#include "sound/coder.h"
#include "voice.h"

enum { SECONDS = 4, DELAY_MAX_MS = 40 };

static const uint32_t rates_hz[] = {8000, 16000, 48000};

/* Waveform codecs give the wave back, the others only what sounds like it. */
static double
correlation_bound(enum codec codec)
{
	switch (codec) {
	case CODEC_OPUS: return 0.92;
	case CODEC_GSM: return 0.95;
	case CODEC_G729: return 0.88;
	case CODEC_G722: return 0.99;
	default: return 0.999;
	}
}

/* Of the codec itself, with its look-ahead. */
static double
delay_bound_ms(enum codec codec)
{
	return codec == CODEC_G729 ? 6 : codec == CODEC_OPUS ? 8 : 2;
}

struct result {
	struct voice_heard heard;
	double energy_kept; /* where packets were lost, of what was said there */
	double step;	    /* largest between two samples, of the largest that was said */
};

static double
energy(const int16_t *pcm, size_t n)
{
	double sum = 0;

	for (size_t i = 0; i < n; i++)
		sum += (double)pcm[i] * pcm[i];
	return sum;
}

/* Says a voice through the codec; lost: one packet in so many does not come. */
static struct result
through(enum codec codec, uint32_t rate_hz, size_t lost)
{
	size_t n = rate_hz * SECONDS, frame = rate_hz / 1000 * codec_ptime(codec, 20);
	int16_t *said = malloc(n * sizeof *said), *heard = malloc(n * sizeof *heard);
	static int16_t pcm[CODER_SAMPLES_MAX];
	unsigned char payload[CODER_PAYLOAD_MAX];
	struct encoder *encoder;
	struct decoder *decoder;
	struct result result = {0};
	double said_lost = 1, heard_lost = 0;
	size_t missing = 0;

	voice_make(said, n, rate_hz, rate_hz > 8000);
	assert_int_equal(encoder_new(codec, rate_hz, &encoder), ERR_OK);
	assert_int_equal(decoder_new(codec, rate_hz, &decoder), ERR_OK);
	for (size_t at = 0, i = 0; at < n; at += frame, i++) {
		size_t bytes = encoder_encode(encoder, said + at, frame, payload);

		assert_in_range(bytes, 1, CODER_PAYLOAD_MAX);
		if (lost && i % lost == lost - 1) {
			missing = frame;
			continue;
		}
		if (missing)
			decoder_conceal(
			    decoder, slice_make(payload, bytes), heard + at - frame, frame);
		missing = 0;
		assert_int_equal(decoder_decode(decoder, slice_make(payload, bytes), pcm), frame);
		memcpy(heard + at, pcm, frame * sizeof *pcm);
	}
	if (missing)
		decoder_conceal(decoder, SLICE(""), heard + n - frame, frame);
	for (size_t at = frame * (lost - 1); lost && at < n; at += frame * lost) {
		said_lost += energy(said + at, frame);
		heard_lost += energy(heard + at, frame);
	}
	result.energy_kept = heard_lost / said_lost;
	result.step = (double)voice_largest_step(heard, n) / voice_largest_step(said, n);
	result.heard = voice_compare(said, heard, n, rate_hz, DELAY_MAX_MS);
	encoder_free(encoder);
	decoder_free(decoder);
	free(said);
	free(heard);
	return result;
}

#define each_coder(codec, rate)                                                                    \
	for (enum codec codec = CODEC_PCMA; codec < CODEC_EVENT_8; codec++)                        \
		for (size_t rate = 0; rate < 3; rate++)                                            \
			if (coder_has_rate(codec, rates_hz[rate]))

static void
voices_are_understood(void **state)
{
	size_t n = 0;

	each_coder(codec, r)
	{
		struct voice_heard h = through(codec, rates_hz[r], 0).heard;

		if (getenv("SHOW"))
			printf("%.*s %u: %.4f, %.1f ms\n", SLICE_FMT(codec_info(codec)->name),
			    rates_hz[r], h.correlation, h.delay_ms);
		if (h.correlation < correlation_bound(codec) || h.delay_ms > delay_bound_ms(codec))
			fail_msg("%.*s at %u Hz: %.4f after %.1f ms",
			    SLICE_FMT(codec_info(codec)->name), rates_hz[r], h.correlation,
			    h.delay_ms);
		n++;
	}
	assert_int_equal(n, 12);
}

/* One packet in ten: what is heard in its place is about as loud, and nothing clicks. Whether it
 * sounds right is told by test_conceal, with tones: the pitch of a voice does not stay. */
static void
losses_are_concealed(void **state)
{
	each_coder(codec, r)
	{
		struct result is = through(codec, rates_hz[r], 10);

		if (getenv("SHOW"))
			printf("%.*s %u with losses: %.4f, energy %.2f, step %.2f\n",
			    SLICE_FMT(codec_info(codec)->name), rates_hz[r], is.heard.correlation,
			    is.energy_kept, is.step);
		if (is.heard.correlation < 0.5 || is.energy_kept < 0.4 || is.energy_kept > 1.5 ||
		    is.step > 1.3)
			fail_msg("%.*s at %u Hz: %.4f, energy %.2f, step %.2f",
			    SLICE_FMT(codec_info(codec)->name), rates_hz[r], is.heard.correlation,
			    is.energy_kept, is.step);
	}
}

static void
packets_of_all_lengths(void **state)
{
	each_coder(codec, r)
	{
		struct encoder *encoder;
		struct decoder *decoder;
		static int16_t said[CODER_SAMPLES_MAX], heard[CODER_SAMPLES_MAX];
		unsigned char payload[CODER_PAYLOAD_MAX];

		voice_make(said, CODER_SAMPLES_MAX, rates_hz[r], false);
		assert_int_equal(encoder_new(codec, rates_hz[r], &encoder), ERR_OK);
		assert_int_equal(decoder_new(codec, rates_hz[r], &decoder), ERR_OK);
		for (uint32_t ms = 10; ms <= 60; ms += 10) {
			size_t n = rates_hz[r] / 1000 * codec_ptime(codec, ms);
			size_t bytes = encoder_encode(encoder, said, n, payload);

			assert_int_equal(
			    decoder_decode(decoder, slice_make(payload, bytes), heard), n);
		}
		encoder_free(encoder);
		decoder_free(decoder);
	}
}

/* What strangers send: nothing is written beyond the room, and the coder goes on. */
static void
nonsense_is_endured(void **state)
{
	static int16_t pcm[CODER_SAMPLES_MAX];
	static unsigned char noise[2048];
	struct rng rng;

	rng_init_seed(&rng, 1);
	each_coder(codec, r)
	{
		struct decoder *decoder;

		assert_int_equal(decoder_new(codec, rates_hz[r], &decoder), ERR_OK);
		for (int i = 0; i < 2000; i++) {
			size_t bytes = rng_below(&rng, i % 10 ? 200 : sizeof noise);
			unsigned char *copy = malloc(bytes + 1); /* so that ASan sees its end */

			rng_fill(&rng, noise, sizeof noise);
			memcpy(copy, noise, bytes);
			assert_in_range(decoder_decode(decoder, slice_make(copy, bytes), pcm), 0,
			    CODER_SAMPLES_MAX);
			if (i % 7 == 0)
				decoder_conceal(decoder, slice_make(copy, bytes), pcm,
				    rng_below(&rng, rates_hz[r] / 10) + 1);
			free(copy);
		}
		decoder_free(decoder);
	}
}

static void
other_rates_are_refused(void **state)
{
	struct encoder *encoder;
	struct decoder *decoder;

	assert_int_equal(encoder_new(CODEC_PCMA, 16000, &encoder), ERR_UNSUPPORTED);
	assert_int_equal(decoder_new(CODEC_G722, 48000, &decoder), ERR_UNSUPPORTED);
	assert_int_equal(decoder_new(CODEC_EVENT_8, 8000, &decoder), ERR_UNSUPPORTED);
	assert_int_equal(decoder_new(CODEC_NONE, 0, &decoder), ERR_UNSUPPORTED);
	assert_false(coder_has_rate(CODECS, 8000));
	encoder_free(NULL);
	decoder_free(NULL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(voices_are_understood),
	    cmocka_unit_test(losses_are_concealed),
	    cmocka_unit_test(packets_of_all_lengths),
	    cmocka_unit_test(nonsense_is_endured),
	    cmocka_unit_test(other_rates_are_refused),
	};

	return cmocka_run_group_tests_name("media/coder", tests, NULL, NULL);
}
