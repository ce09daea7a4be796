/*
 * media/playout.c: packets through bad networks, in virtual time. A talker says a voice, the
 * network delays, loses and reorders, the listener fetches 20 ms every 20 ms.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/random.h"
#include "media/playout_int.h"
#include "voice.h"

enum { RATE_HZ = 8000, FRAME = 160, FRAME_US = 20000, IN_FLIGHT_MAX = 256 };

/* What the network does; times in milliseconds. */
struct network {
	const char *name;
	double loss, burst;		/* share lost; chance that the next one is lost, too */
	uint32_t jitter_ms;		/* uniform up to it */
	uint32_t spike_every, spike_ms; /* one packet in so many, and all behind it, is held up */
	int32_t drift_ppm;		/* of the talker's clock */
	bool keeps_order;
};

/* What the listener finds. */
struct result {
	double late_or_lost; /* share of packets that were not played */
	double delay_ms;     /* mean, behind the fastest way */
	double delay_end_ms; /* in the last second */
	double concealed;    /* share of the time */
	int step;	     /* largest between two samples */
	double energy;
};

struct flight {
	uint64_t due_us;
	struct rtp_head head;
	size_t n;
	unsigned char payload[CODER_PAYLOAD_MAX];
};

static struct flight flights[IN_FLIGHT_MAX];
static size_t n_flights;

/* A voice of ten seconds, again and again. */
static int16_t said[10 * RATE_HZ];

static int
setup(void **state)
{
	voice_make(said, sizeof said / sizeof said[0], RATE_HZ, false);
	n_flights = 0;
	return 0;
}

static void
fly(const struct flight *f)
{
	assert_true(n_flights < IN_FLIGHT_MAX);
	flights[n_flights++] = *f;
}

/* Everything that is due arrives, earliest first. */
static void
arrive(struct playout *p, uint64_t now_us)
{
	for (;;) {
		size_t first = n_flights;
		unsigned char packet[RTP_HEAD_BYTES + CODER_PAYLOAD_MAX];

		for (size_t i = 0; i < n_flights; i++)
			if (flights[i].due_us <= now_us &&
			    (first == n_flights || flights[i].due_us < flights[first].due_us))
				first = i;
		if (first == n_flights)
			return;
		rtp_head_write(packet, &flights[first].head);
		memcpy(packet + RTP_HEAD_BYTES, flights[first].payload, flights[first].n);
		playout_put(p, slice_make(packet, RTP_HEAD_BYTES + flights[first].n),
		    flights[first].due_us);
		flights[first] = flights[--n_flights];
	}
}

static uint64_t
way_us(const struct network *net, struct rng *rng, uint32_t i, uint64_t *held_until_us,
    uint64_t now_us)
{
	uint64_t us = 30000 + (net->jitter_ms ? rng_below(rng, net->jitter_ms * 1000) : 0);

	if (net->spike_every && i % net->spike_every == net->spike_every - 1)
		*held_until_us = now_us + us + net->spike_ms * 1000ull;
	if (now_us + us < *held_until_us)
		us = *held_until_us - now_us;
	return us;
}

static struct result
listen(const struct network *net, uint32_t seconds, enum codec codec)
{
	struct media_format format = {8, (uint8_t)codec};
	uint32_t n = seconds * 50, sent = 0;
	uint64_t now_us = 1000000, talk_us = now_us, held_us = 0, order_us = 0;
	struct result r = {0};
	struct encoder *e;
	struct playout *p;
	struct rng rng;
	bool losing = false;
	int16_t pcm[FRAME], before = 0;
	double delays = 0, last = 0;

	n_flights = 0;
	rng_init_seed(&rng, 42);
	assert_int_equal(encoder_new(codec, RATE_HZ, &e), ERR_OK);
	assert_int_equal(playout_new(&format, 1, RATE_HZ, &p), ERR_OK);
	for (uint32_t i = 0; i < n; i++, now_us += FRAME_US) {
		while (talk_us <= now_us) {
			struct flight f = {.head = {.payload_type = 8,
					       .seq = (uint16_t)sent,
					       .timestamp = sent * FRAME,
					       .ssrc = 5}};

			f.n = encoder_encode(e,
			    said + sent * FRAME % (sizeof said / sizeof said[0]), FRAME, f.payload);
			f.due_us = talk_us + way_us(net, &rng, sent, &held_us, talk_us);
			if (net->keeps_order && f.due_us < order_us)
				f.due_us = order_us;
			order_us = f.due_us;
			losing =
			    rng_below(&rng, 1000000) < 1000000 * (losing ? net->burst : net->loss);
			if (!losing)
				fly(&f);
			sent++;
			talk_us += FRAME_US;
			if (net->drift_ppm && sent % 50 == 0)
				talk_us += (uint64_t)(int64_t)net->drift_ppm;
		}
		arrive(p, now_us);
		playout_get(p, now_us, pcm, FRAME);
		if (i < 100)
			continue; /* it finds its way in the first two seconds */
		delays += (double)playout_delay_us(p, now_us) / 1000;
		if (i >= n - 50)
			last += (double)playout_delay_us(p, now_us) / 1000 / 50;
		for (size_t k = 0; k < FRAME; k++) {
			if (abs(pcm[k] - before) > r.step)
				r.step = abs(pcm[k] - before);
			before = pcm[k];
			r.energy += (double)pcm[k] * pcm[k] / ((double)FRAME * (n - 100));
		}
	}
	r.late_or_lost = 1 - (double)playout_stats(p)->packets / sent;
	r.concealed = (double)playout_stats(p)->concealed_ms / (seconds * 1000.0);
	r.delay_ms = delays / (n - 100);
	r.delay_end_ms = last;
	if (getenv("SHOW"))
		printf(
		    "%-24s missing %.4f, delay %.1f ms, at the end %.1f, concealed %.4f, step %d, "
		    "stretched %d, energy %.0f\n",
		    net->name, r.late_or_lost, r.delay_ms, r.delay_end_ms, r.concealed, r.step,
		    (int)playout_stats(p)->stretched, r.energy);
	playout_free(p);
	encoder_free(e);
	return r;
}

static int
said_step(void)
{
	return voice_largest_step(said, sizeof said / sizeof said[0]);
}

static double
said_energy(void)
{
	size_t n = sizeof said / sizeof said[0];
	double sum = 0;

	for (size_t i = 0; i < n; i++)
		sum += (double)said[i] * said[i];
	return sum / (double)n;
}

/* More is missing than the network lost by one in fifty at most, the delay is what the jitter asks
 * for, and nothing clicks. */
static void
bad_networks(void **state)
{
	static const struct network nets[] = {
	    {.name = "clean"},
	    {.name = "loss 1 %", .loss = 0.01, .burst = 0.01},
	    {.name = "loss 5 %", .loss = 0.05, .burst = 0.05},
	    {.name = "loss 20 %", .loss = 0.2, .burst = 0.2},
	    {.name = "loss 10 % in bursts", .loss = 0.03, .burst = 0.7},
	    {.name = "jitter 20 ms", .jitter_ms = 20},
	    {.name = "jitter 60 ms", .jitter_ms = 60},
	    {.name = "jitter 100 ms, in order", .jitter_ms = 100, .keeps_order = true},
	    {.name = "jitter 200 ms", .jitter_ms = 200},
	    {.name = "jitter and loss", .jitter_ms = 60, .loss = 0.05, .burst = 0.3},
	    {.name = "held up 150 ms", .spike_every = 250, .spike_ms = 150, .keeps_order = true},
	};

	for (size_t i = 0; i < sizeof nets / sizeof nets[0]; i++) {
		const struct network *net = &nets[i];
		double lost = net->loss / (1 - net->burst + net->loss);
		double wait_ms = net->spike_ms ? net->spike_ms : net->jitter_ms;
		struct result r = listen(net, 60, CODEC_PCMA);

		if (r.late_or_lost > lost * 1.15 + 0.025)
			fail_msg("%s: %.3f missing", net->name, r.late_or_lost);
		if (r.delay_ms < 5 || r.delay_ms > wait_ms + 60)
			fail_msg("%s: %.1f ms", net->name, r.delay_ms);
		if (r.concealed > r.late_or_lost * 1.5 + 0.02)
			fail_msg("%s: %.3f concealed", net->name, r.concealed);
		if (r.step > said_step() * 3 / 2)
			fail_msg("%s: a step of %d, said %d", net->name, r.step, said_step());
		if (r.energy < said_energy() * 0.6 || r.energy > said_energy() * 1.3)
			fail_msg("%s: energy %.0f of %.0f", net->name, r.energy, said_energy());
	}
}

/* The codecs with losses of their own are played, too. */
static void
other_codecs(void **state)
{
	static const struct network net = {
	    .name = "any codec", .jitter_ms = 40, .loss = 0.03, .burst = 0.3};
	static const enum codec codecs[] = {
	    CODEC_PCMU, CODEC_G722, CODEC_OPUS, CODEC_G729, CODEC_GSM};

	for (size_t i = 0; i < sizeof codecs / sizeof codecs[0]; i++) {
		struct result r;

		if (codec_info(codecs[i])->clock_hz != RATE_HZ)
			continue; /* the talker of this test counts at 8 kHz */
		r = listen(&net, 20, codecs[i]);
		assert_true(r.late_or_lost < 0.1);
		assert_true(r.energy > said_energy() * 0.4);
	}
}

/* An hour with a clock that is off by 100 ppm, either way: 360 ms more or less to say. */
static void
clocks_that_drift(void **state)
{
	static const struct network nets[] = {
	    {.name = "fast by 100 ppm", .drift_ppm = -100},
	    {.name = "slow by 100 ppm", .drift_ppm = 100},
	    {.name = "slow, jitter 40 ms", .drift_ppm = 100, .jitter_ms = 40},
	};

	for (size_t i = 0; i < sizeof nets / sizeof nets[0]; i++) {
		struct result r = listen(&nets[i], 3600, CODEC_PCMA);

		assert_true(r.late_or_lost < 0.02);
		assert_true(r.concealed < 0.02);
		assert_true(r.delay_ms < nets[i].jitter_ms + 60);
		assert_true(r.delay_end_ms > 5 && r.delay_end_ms < nets[i].jitter_ms + 60);
		assert_true(r.step < said_step() * 3 / 2);
	}
}

/* Jitter that ends: the delay comes back down within some seconds. */
static void
the_delay_recovers(void **state)
{
	struct media_format format = {8, CODEC_PCMA};
	struct network bad = {.jitter_ms = 200}, good = {0};
	uint64_t now_us = 1000000, held_us = 0, worst_us = 0;
	struct playout *p;
	int16_t pcm[FRAME];
	struct encoder *e;
	struct rng rng;

	rng_init_seed(&rng, 3);
	assert_int_equal(encoder_new(CODEC_PCMA, RATE_HZ, &e), ERR_OK);
	assert_int_equal(playout_new(&format, 1, RATE_HZ, &p), ERR_OK);
	for (uint32_t i = 0; i < 2000; i++, now_us += FRAME_US) {
		struct flight f = {
		    .head = {
			.payload_type = 8, .seq = (uint16_t)i, .timestamp = i * FRAME, .ssrc = 5}};

		f.n = encoder_encode(
		    e, said + i * FRAME % (sizeof said / sizeof said[0]), FRAME, f.payload);
		f.due_us = now_us + way_us(i < 1000 ? &bad : &good, &rng, i, &held_us, now_us);
		fly(&f);
		arrive(p, now_us);
		playout_get(p, now_us, pcm, FRAME);
		if (i < 1000 && playout_delay_us(p, now_us) > worst_us)
			worst_us = playout_delay_us(p, now_us);
	}
	assert_true(worst_us > 150000);
	assert_in_range(playout_delay_us(p, now_us), 5000, 70000);
	playout_free(p);
	encoder_free(e);
}

/* The sender pauses (no packets, timestamps go on): silence as long as it lasts, no concealment. */
static void
pauses_are_silent(void **state)
{
	struct media_format format = {8, CODEC_PCMA};
	uint64_t now_us = 1000000;
	unsigned char packet[RTP_HEAD_BYTES + FRAME];
	struct playout *p;
	int16_t pcm[FRAME];
	size_t loud = 0, quiet = 0;
	uint16_t seq = 0;

	assert_int_equal(playout_new(&format, 1, RATE_HZ, &p), ERR_OK);
	memset(packet, 0x2a, sizeof packet); /* the loudest */
	for (uint32_t i = 0; i < 500; i++, now_us += FRAME_US) {
		struct rtp_head head = {
		    .payload_type = 8, .seq = seq, .timestamp = i * FRAME, .ssrc = 5};

		if (i % 100 < 50) { /* a second of voice, a second of pause */
			rtp_head_write(packet, &head);
			playout_put(p, slice_make(packet, sizeof packet), now_us);
			seq++;
		}
		playout_get(p, now_us, pcm, FRAME);
		loud += abs(pcm[FRAME - 1]) > 20000;
		quiet += pcm[FRAME - 1] == 0;
	}
	assert_in_range(loud, 240, 255);
	/* the last tenth of a second is made up, for nobody knows yet that it is a pause */
	assert_in_range(quiet, 200, 260);
	playout_free(p);
}

static void
nonsense_is_endured(void **state)
{
	struct media_format formats[] = {
	    {8, CODEC_PCMA}, {9, CODEC_G722}, {100, CODEC_OPUS}, {101, CODEC_EVENT_8}};
	struct playout *p;
	int16_t pcm[48 * 60];
	uint64_t now_us = 0;
	struct rng rng;

	assert_int_equal(playout_new(&formats[3], 1, RATE_HZ, &p), ERR_INVALID);
	rng_init_seed(&rng, 4);
	for (int rate = 0; rate < 3; rate++) {
		static const uint32_t rates[] = {8000, 16000, 48000};

		assert_int_equal(playout_new(formats, 4, rates[rate], &p), ERR_OK);
		for (int i = 0; i < 3000; i++) {
			unsigned char packet[RTP_HEAD_BYTES + 300];
			struct rtp_head head = {
			    .payload_type =
				(uint8_t)(rng_below(&rng, 4) ? 8 + rng_below(&rng, 2) : 100),
			    .seq = (uint16_t)(i + (rng_below(&rng, 20) ? 0 : rng_u64(&rng))),
			    .timestamp = (uint32_t)i * FRAME +
					 (rng_below(&rng, 20) ? 0 : (uint32_t)rng_u64(&rng)),
			    .ssrc = rng_below(&rng, 100) ? 1 : 2};

			rng_fill(&rng, packet, sizeof packet);
			rtp_head_write(packet, &head);
			playout_put(
			    p, slice_make(packet, RTP_HEAD_BYTES + rng_below(&rng, 300)), now_us);
			playout_get(p, now_us, pcm, rates[rate] / 1000 * (1 + rng_below(&rng, 60)));
			now_us += rng_below(&rng, 60000);
		}
		playout_free(p);
	}
	playout_free(NULL);
}

int
main(void)
{
#define T(f) cmocka_unit_test_setup(f, setup)
	const struct CMUnitTest tests[] = {
	    T(bad_networks),
	    T(other_codecs),
	    T(clocks_that_drift),
	    T(the_delay_recovers),
	    T(pauses_are_silent),
	    T(nonsense_is_endured),
	};

	return cmocka_run_group_tests_name("media/playout", tests, NULL, NULL);
}
