/*
 * The tones of the telephone network, by country, and a generator for them.
 *
 * Facts: ITU-T E.180 supplement 2 (various tones used in national networks); Great Britain after
 * BT SIN 350, Australia after AS/CA S002. Where a country lists several variants, the one of its
 * digital exchanges is here. What a country does not have is taken from the European plan
 * (ETSI TR 101 041: 425 Hz), which is also the answer for countries unknown.
 *
 * The generator gives 16-bit mono samples at any rate of 8 to 48 kHz. Cadences are exact: what is
 * lost by rounding to samples is carried on, so nothing drifts. Edges are ramps of 2.5 ms. Levels
 * are in dBm0, of all frequencies of a tone together; a sine of full scale is +3.14 dBm0
 * (ITU-T G.711).
 *
 * The table is constant: any thread. A player is owned by who made it, used by one thread at a
 * time; it needs no memory besides itself. Nothing here fails.
 */
#ifndef SOUND_TONES_H
#define SOUND_TONES_H

#include "base/slice.h"
#include "sound/osc.h"

enum tone {
	TONE_DIAL,
	TONE_RINGING,
	TONE_BUSY,
	TONE_CONGESTION,
	TONE_SPECIAL, /* special information: three tones that rise, before an announcement */
	TONE_WAITING, /* another call waits */
	TONE_RECORD,  /* somebody records */
	TONE_CONFIRM, /* done */
	TONE_ERROR,   /* not done */
	TONES
};

enum {
	TONE_HZ_MAX = 3,
	TONE_STEPS_MAX = 7,
	TONE_LEVEL_DBM0 = -10, /* usual; E.180 asks for -10 +- 5 dBm0 */
};

struct tone_step {
	uint16_t ms;		  /* 0: for ever, only in the last step */
	uint16_t hz[TONE_HZ_MAX]; /* at once; 0 ends, none = silence */
};

struct tone_plan {
	bool repeats;
	uint8_t steps;
	struct tone_step step[TONE_STEPS_MAX];
};

/** country: two letters (ISO 3166-1), of either case. Never NULL. */
const struct tone_plan *tone_find(struct slice country, enum tone tone);

struct tone_player {
	const struct tone_plan *plan;
	uint32_t rate_hz, ramp; /* ramp: samples of an edge */
	uint8_t step;
	bool over;
	uint32_t at, length; /* samples of this step; length 0: for ever */
	uint32_t carry;	     /* thousandths of a sample that did not fit into steps so far */
	uint32_t ending;     /* samples left of the ramp to the end; 0: goes on */
	float level_dbm0;
	uint8_t oscs; /* sounding now */
	struct osc osc[TONE_HZ_MAX];
};

/** The plan must live as long as the player; rate_hz 8000 … 48000. */
void tone_start(
    struct tone_player *t, const struct tone_plan *plan, uint32_t rate_hz, float level_dbm0);
/** Ends with a ramp, so it is over 2.5 ms later. */
void tone_stop(struct tone_player *t);
/** Fills n samples. False: the tone does not repeat and is over (or was stopped); what is behind
 *  its end is silence. */
bool tone_fill(struct tone_player *t, int16_t *pcm, size_t n);

#endif
