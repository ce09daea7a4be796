/*
 * Keys in the voice (DTMF, ITU-T Q.23): a generator and a detector (limits as in Q.24).
 *
 * The generator gives 16-bit mono samples at any rate of 8 to 48 kHz for as long as a key is held,
 * with edges of 2.5 ms; the high tone is 2 dB louder than the low one, which lines attenuate less.
 *
 * The detector hears 16-bit mono samples at 8 kHz in blocks of any length. It compares windows of
 * 25 ms, one each 2.5 ms, by power, frequency (from the phase), evenness and what else there is.
 * Blocks of the usual kind (12.75 ms) can neither tell frequencies from the Q.24 limits nor hold a
 * key through a gap of 10 ms, nor say when exactly it began. Accepted: 0 … -30 dBm0, 40 ms and
 * more (nothing below 20 ms), low tone up to 8 dB above the high one or 4 dB below, +-1.5 % of the
 * frequencies (nothing beyond 3.5 %), 15 dB above white noise. Pauses within a key of up to
 * DTMF_BRIDGE_MS are bridged; longer than 25 ms, they separate.
 *
 * Owned by who made it, used by one thread at a time; no memory besides itself. Nothing fails.
 */
#ifndef SOUND_DTMF_H
#define SOUND_DTMF_H

#include <stdbool.h>

#include "sound/osc.h"

/* ---- generator ---- */

struct dtmf_gen {
	struct osc low, high;
	uint32_t ramp, at; /* samples; at stays behind the ramp */
	uint32_t ending;   /* samples left of the ramp to the end; 0: held */
	bool over;
};

/** Is it one of 0-9 * # A-D? Letters of either case. */
bool dtmf_is_digit(char digit);
/** level_dbm0: of both tones together. False: no digit, and silence. */
bool dtmf_gen_start(struct dtmf_gen *g, char digit, uint32_t rate_hz, float level_dbm0);
/** The key is let go: a ramp follows. */
void dtmf_gen_release(struct dtmf_gen *g);
/** Fills n samples. False: it was let go and is over; what is behind the end is silence. */
bool dtmf_fill(struct dtmf_gen *g, int16_t *pcm, size_t n);

/* ---- detector ---- */

enum {
	DTMF_RATE_HZ = 8000,
	DTMF_TONES = 8,
	DTMF_HOP = 20,	   /* samples, 2.5 ms */
	DTMF_WINDOW = 10,  /* hops */
	DTMF_HISTORY = 16, /* hops */
	DTMF_BRIDGE_MS = 20,
};

enum dtmf_event_kind {
	DTMF_BEGIN, /* about 30 ms after it began */
	DTMF_END,   /* about 27 ms after it ended */
};

struct dtmf_event {
	enum dtmf_event_kind kind;
	char digit;
	uint64_t at;	   /* samples since the start: where the key began or ended, +- 3 ms */
	uint32_t duration; /* samples; of DTMF_END only */
	float level_dbm0;  /* of both tones together */
};

struct dtmf_hop {
	float re[DTMF_TONES], im[DTMF_TONES]; /* against the tones, phase of the hop's end */
	float energy;			      /* sum of squares */
};

struct dtmf_notch {
	float zero, pole, pole2, z1, z2;
};

struct dtmf_find {
	/* constants */
	float coefficient[DTMF_TONES];				/* of Goertzel's filters */
	float turn_re[DTMF_TONES], turn_im[DTMF_TONES];		/* by a sample */
	float turn_hop_re[DTMF_TONES], turn_hop_im[DTMF_TONES]; /* by a hop */
	bool dial_tone;
	struct dtmf_notch notch[3];

	/* the hop in work */
	float s1[DTMF_TONES], s2[DTMF_TONES], energy;
	float dc_in, dc_out;
	uint32_t in_hop;
	uint64_t heard; /* samples */

	struct dtmf_hop hop[DTMF_HISTORY]; /* ring, newest: hops - 1 */
	uint64_t hops;

	bool suspects;
	int candidate; /* digit's place in the table, -1: none */
	uint32_t candidate_hits;
	uint64_t candidate_begin;

	int held; /* -1: none */
	uint64_t held_begin, absent_since;
	uint32_t absent_hops;
	float held_low, held_high; /* powers */
	bool begin_pending;
};

/** dial_tone: there may be one in the background (take it out; speech is then a little more often
 *  taken for a key). */
void dtmf_find_init(struct dtmf_find *f, bool dial_tone);
/** Hears until something happens; *pcm and *n move on. True: an event; false: all is heard. */
bool dtmf_hear(struct dtmf_find *f, const int16_t **pcm, size_t *n, struct dtmf_event *out);
/** Is there a key, or does one seem to begin? From 10 ms after its beginning on. */
bool dtmf_suspects(const struct dtmf_find *f);

#endif
