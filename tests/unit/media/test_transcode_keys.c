/* media/transcode.c, key_hear.c, key_say.c: keys from one way of sending them into another one:
 * none is lost, none comes twice. Argument: from and to, or nothing for the short tests. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "media/transcode_int.h"

enum {
	PT_VOICE = 8,
	PT_VOICE_OUT = 0,
	PT_KEYS_IN = 101,
	PT_KEYS_OUT = 96,
	FRAME = 160,
	STRINGS = 10000,
	LENGTH_MAX = 9,
	SETTLE_MS = 3000,
};

static const char digits[] = "0123456789*#ABCD";

struct line {
	enum media_keys in, out;
	struct transcoder *t;
	struct transcode_room room;
	struct rtp_sent sent;
	struct rng rng;
	uint64_t now_us;
	uint16_t seq;
	uint32_t timestamp;
	struct encoder *encoder;

	/* the listener */
	struct decoder *decoder;
	struct key_receiver receiver;
	struct dtmf_find find;
	bool heard_any;
	uint32_t ts_next;
	char keys[4 * LENGTH_MAX];
	size_t n_keys, held;
	uint32_t last_ms;
	double loudest; /* of the voice while no key sounds */
	size_t packets, events;
};

static struct line line;

static void
note(struct line *l, char digit, uint32_t ms)
{
	assert_true(l->n_keys < sizeof l->keys - 1);
	l->keys[l->n_keys++] = digit;
	l->keys[l->n_keys] = 0;
	l->last_ms = ms;
}

static void
hear_tones(struct line *l, const int16_t *pcm, size_t n)
{
	struct dtmf_event ev;

	while (dtmf_hear(&l->find, &pcm, &n, &ev))
		if (ev.kind == DTMF_END)
			note(l, ev.digit, ev.duration / 8);
}

static void
on_packet(void *ctx, struct slice packet)
{
	static const int16_t silence[FRAME];
	struct line *l = ctx;
	struct rtp_head head = rtp_head_of(packet);
	struct key_event ev[KEY_EVENTS_MAX];
	int16_t pcm[CODER_SAMPLES_MAX];
	size_t n;

	l->packets++;
	if (head.payload_type == PT_KEYS_OUT) {
		l->events++;
		n = key_receiver_put(
		    &l->receiver, head.timestamp, head.marker, rtp_payload(packet), ev);
		for (size_t i = 0; i < n; i++)
			if (ev[i].kind == KEY_END)
				note(l, ev[i].digit, (uint32_t)(ev[i].duration / 8));
		return;
	}
	assert_int_equal(head.payload_type, PT_VOICE_OUT);
	/* a hole is silence; time never goes back by more than what overlaps */
	if (l->heard_any)
		for (int32_t hole = (int32_t)(head.timestamp - l->ts_next); hole >= FRAME;
		     hole -= FRAME)
			hear_tones(l, silence, FRAME);
	l->heard_any = true;
	n = decoder_decode(l->decoder, rtp_payload(packet), pcm);
	assert_int_equal(n, FRAME);
	for (size_t i = 0; i < n; i++)
		l->loudest = fmax(l->loudest, fabs((double)pcm[i]));
	l->ts_next = head.timestamp + FRAME;
	hear_tones(l, pcm, n);
}

static void
line_open(struct line *l, enum media_keys in, enum media_keys out)
{
	struct media_translation what = {.route = {{PT_VOICE, PT_VOICE_OUT, CODEC_PCMA, CODEC_PCMU},
					     {PT_KEYS_IN, 0, CODEC_EVENT_8, CODEC_NONE}},
	    .n_routes = in == MEDIA_KEYS_EVENTS ? 2 : 1,
	    .keys_in = (uint8_t)in,
	    .keys_out = (uint8_t)out,
	    .key_pt = PT_KEYS_OUT,
	    .key_codec = CODEC_EVENT_8};

	memset(l, 0, sizeof *l);
	l->in = in;
	l->out = out;
	l->now_us = 1000000;
	l->seq = 65000;
	rng_init_seed(&l->rng, 5);
	rtp_sent_init(&l->sent, &l->rng);
	key_receiver_init(&l->receiver, 8000);
	dtmf_find_init(&l->find, false);
	assert_int_equal(encoder_new(CODEC_PCMA, 8000, &l->encoder), ERR_OK);
	assert_int_equal(decoder_new(CODEC_PCMU, 8000, &l->decoder), ERR_OK);
	assert_int_equal(transcoder_new(&what, &l->sent, &l->t), ERR_OK);
}

static void
line_close(struct line *l)
{
	transcoder_free(l->t);
	encoder_free(l->encoder);
	decoder_free(l->decoder);
}

static void
give(struct line *l, uint8_t pt, bool marker, uint32_t timestamp, const void *payload, size_t n)
{
	unsigned char packet[RTP_HEAD_BYTES + 200];
	struct rtp_head head = {.payload_type = pt,
	    .marker = marker,
	    .seq = l->seq++,
	    .timestamp = timestamp,
	    .ssrc = 9};

	rtp_head_write(packet, &head);
	memcpy(packet + RTP_HEAD_BYTES, payload, n);
	transcoder_packet(
	    l->t, slice_make(packet, RTP_HEAD_BYTES + n), l->now_us, &l->room, on_packet, l);
}

/* Twenty milliseconds pass for everybody. */
static void
pass(struct line *l)
{
	const struct key_heard *told;

	l->now_us += 20000;
	l->timestamp += FRAME;
	if (transcoder_needs_clock(l->t))
		transcoder_tick(l->t, l->now_us, &l->room, on_packet, l);
	while ((told = transcoder_told(l->t))) {
		note(l, told->digit, told->ms);
		transcoder_told_forget(l->t);
	}
}

static void
say_voice(struct line *l, const int16_t *pcm)
{
	unsigned char payload[CODER_PAYLOAD_MAX];

	give(l, PT_VOICE, false, l->timestamp, payload,
	    encoder_encode(l->encoder, pcm, FRAME, payload));
	pass(l);
}

static void
pause_for(struct line *l, uint32_t ms)
{
	static const int16_t silence[FRAME];

	for (uint32_t at = 0; at < ms; at += 20)
		say_voice(l, silence);
}

/* ---- pressing keys ---- */

static void
press_event(struct line *l, char digit, uint32_t ms)
{
	struct key_sender s;
	struct key_packet p;

	assert_true(key_sender_begin(&s, digit, l->timestamp, 8000, 10, ms));
	while (key_sender_step(&s, &p)) {
		give(l, PT_KEYS_IN, p.marker, p.timestamp, p.payload, sizeof p.payload);
		pass(l);
	}
}

static void
press_tone(struct line *l, char digit, uint32_t ms)
{
	struct dtmf_gen gen;
	int16_t pcm[FRAME];
	size_t left = ms * 8;

	assert_true(dtmf_gen_start(&gen, digit, 8000, -12));
	while (left) {
		size_t some = left < FRAME ? left : FRAME;

		memset(pcm, 0, sizeof pcm);
		(void)dtmf_fill(&gen, pcm, some);
		left -= some;
		say_voice(l, pcm);
	}
}

static void
press(struct line *l, char digit, uint32_t ms)
{
	struct key_heard key = {.digit = digit};

	switch (l->in) {
	case MEDIA_KEYS_EVENTS: press_event(l, digit, ms); break;
	case MEDIA_KEYS_TONES: press_tone(l, digit, ms); break;
	default:
		transcoder_key(l->t, &key);
		key.ends = true;
		key.ms = ms;
		transcoder_key(l->t, &key);
	}
}

static void
forget(struct line *l)
{
	l->n_keys = 0;
	l->keys[0] = 0;
	l->packets = l->events = 0;
	l->loudest = 0;
}

static enum media_keys many_in, many_out;

static void
ten_thousand_strings(void **state)
{
	line_open(&line, many_in, many_out);
	pause_for(&line, 500);
	for (int s = 0; s < STRINGS; s++) {
		char wanted[LENGTH_MAX + 1] = "";
		size_t n = 1 + rng_below(&line.rng, LENGTH_MAX);

		forget(&line);
		for (size_t i = 0; i < n; i++) {
			wanted[i] = digits[rng_below(&line.rng, 16)];
			wanted[i + 1] = 0;
			press(&line, wanted[i], 50 + rng_below(&line.rng, 100));
			pause_for(&line, 60 + rng_below(&line.rng, 100));
		}
		/* what is said on takes its time */
		for (int k = 0; k < SETTLE_MS / 20 && line.n_keys < n; k++)
			pause_for(&line, 20);
		pause_for(&line, 100);
		if (strcmp(line.keys, wanted) != 0)
			fail_msg("string %d: pressed %s, heard %s", s, wanted, line.keys);
	}
	line_close(&line);
}

/* ---- one by one ---- */

/* The listener hears no tone beside the packets: else a machine that knows both counts twice. */
static void
a_tone_that_became_packets_is_silent(void **state)
{
	line_open(&line, MEDIA_KEYS_TONES, MEDIA_KEYS_EVENTS);
	pause_for(&line, 500);
	forget(&line);
	press(&line, '5', 300);
	pause_for(&line, 300);
	assert_string_equal(line.keys, "5");
	assert_in_range(line.last_ms, 260, 340);
	/* at most the first frame of it, when nobody can know yet */
	assert_int_equal(line.find.hops > 0, true);
	assert_true(line.events >= 13);
	line_close(&line);
}

/* A key is held as long at the other end. */
static void
a_long_key_stays_long(void **state)
{
	static const enum media_keys ways[][2] = {{MEDIA_KEYS_EVENTS, MEDIA_KEYS_TONES},
	    {MEDIA_KEYS_TONES, MEDIA_KEYS_EVENTS}, {MEDIA_KEYS_EVENTS, MEDIA_KEYS_TOLD},
	    {MEDIA_KEYS_TONES, MEDIA_KEYS_TOLD}, {MEDIA_KEYS_TOLD, MEDIA_KEYS_TONES},
	    {MEDIA_KEYS_TOLD, MEDIA_KEYS_EVENTS}};

	for (size_t w = 0; w < sizeof ways / sizeof ways[0]; w++) {
		line_open(&line, ways[w][0], ways[w][1]);
		pause_for(&line, 500);
		forget(&line);
		press(&line, '#', 2000);
		pause_for(&line, 3000);
		assert_string_equal(line.keys, "#");
		assert_in_range(line.last_ms, 1940, 2080);
		line_close(&line);
	}
}

/* The last packets of a key are lost: it ends all the same, and the next one is another. */
static void
an_end_that_got_lost(void **state)
{
	struct key_sender s;
	struct key_packet p;

	line_open(&line, MEDIA_KEYS_EVENTS, MEDIA_KEYS_TONES);
	pause_for(&line, 500);
	forget(&line);
	assert_true(key_sender_begin(&s, '7', line.timestamp, 8000, 10, 0));
	for (int i = 0; i < 5; i++) {
		assert_true(key_sender_step(&s, &p));
		give(&line, PT_KEYS_IN, p.marker, p.timestamp, p.payload, sizeof p.payload);
		pass(&line);
	}
	for (int i = 0; i < 100; i++)
		pass(&line); /* nothing comes at all */
	press(&line, '7', 100);
	pause_for(&line, 500);
	assert_string_equal(line.keys, "77");
	assert_false(transcoder_needs_clock(line.t));
	line_close(&line);
}

static void
after_the_keys_the_voice_is_heard(void **state)
{
	int16_t pcm[FRAME];

	for (enum media_keys out = MEDIA_KEYS_EVENTS; out <= MEDIA_KEYS_TONES; out++) {
		line_open(&line, MEDIA_KEYS_TOLD, out);
		pause_for(&line, 500);
		press(&line, '1', 100);
		press(&line, '2', 100);
		pause_for(&line, 1000);
		assert_string_equal(line.keys, "12");
		forget(&line);
		for (int f = 0; f < 50; f++) {
			for (int i = 0; i < FRAME; i++)
				pcm[i] = (int16_t)(5000 * sin(0.3 * (f * FRAME + i)));
			say_voice(&line, pcm);
		}
		assert_int_equal(line.packets, 50);
		assert_true(line.loudest > 4800);
		assert_int_equal(line.n_keys, 0);
		line_close(&line);
	}
}

/* A script that sends a hundred keys at once. */
static void
more_than_can_be_said_is_cut_not_mixed_up(void **state)
{
	char wanted[KEY_HEAR_QUEUE + 1];

	line_open(&line, MEDIA_KEYS_TOLD, MEDIA_KEYS_TONES);
	pause_for(&line, 500);
	forget(&line);
	for (int i = 0; i < 100; i++)
		press(&line, digits[i % 10], 100);
	for (int i = 0; i < KEY_HEAR_QUEUE; i++)
		wanted[i] = digits[i % 10];
	wanted[KEY_HEAR_QUEUE] = 0;
	pause_for(&line, 10000);
	assert_string_equal(line.keys, wanted);
	line_close(&line);
}

static enum media_keys
way(const char *name)
{
	return strcmp(name, "events") == 0  ? MEDIA_KEYS_EVENTS
	       : strcmp(name, "tones") == 0 ? MEDIA_KEYS_TONES
					    : MEDIA_KEYS_TOLD;
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_tone_that_became_packets_is_silent),
	    cmocka_unit_test(a_long_key_stays_long),
	    cmocka_unit_test(an_end_that_got_lost),
	    cmocka_unit_test(after_the_keys_the_voice_is_heard),
	    cmocka_unit_test(more_than_can_be_said_is_cut_not_mixed_up),
	};
	const struct CMUnitTest many[] = {cmocka_unit_test(ten_thousand_strings)};

	if (argc < 3)
		return cmocka_run_group_tests(tests, NULL, NULL);
	many_in = way(argv[1]);
	many_out = way(argv[2]);
	return cmocka_run_group_tests(many, NULL, NULL);
}
