/*
 * The listeners behind listen.h, each for one kind of thing. They hear steps of 10 ms and say at
 * most one thing about each. Private to sound/.
 */
#ifndef SOUND_LISTEN_INT_H
#define SOUND_LISTEN_INT_H

#include "sound/listen.h"

enum {
	LISTEN_STEP_MS = 10,
	LISTEN_STEP = LISTEN_RATE_HZ / 1000 * LISTEN_STEP_MS, /* samples */
};

/** Mean square of a step. */
float listen_power(const int16_t pcm[LISTEN_STEP]);
/** The mean square of a sine of this level. */
float listen_power_of(float level_dbm0);

/* ---- voice ---- */

struct listen_voice {
	uint32_t silence_ms;
	float floor;   /* power; 0: nothing heard yet */
	uint32_t loud; /* steps lately, up and down */
	bool speaks;
	uint32_t quiet_steps; /* since the last loud one */
	bool silence_told;
};

void listen_voice_init(struct listen_voice *v, uint32_t silence_ms);
/** end: of the step. True: an event. */
bool listen_voice_hear(
    struct listen_voice *v, const int16_t pcm[LISTEN_STEP], uint64_t end, struct listen_event *out);

/* ---- fax ---- */

struct listen_fax;

/** NULL: no memory. */
struct listen_fax *listen_fax_new(void);
void listen_fax_free(struct listen_fax *f);
bool listen_fax_hear(
    struct listen_fax *f, const int16_t pcm[LISTEN_STEP], uint64_t end, struct listen_event *out);

/* ---- call progress ---- */

enum {
	PROGRESS_TONES = TONE_SPECIAL + 1, /* the first ones of enum tone */
	PROGRESS_WINDOW = 4,		   /* steps */
	PROGRESS_BINS_MAX = 48,
	PROGRESS_SOUNDS_MAX = 10,
	PROGRESS_RUNS_MAX = 16,
};

/* What a run is, if it is not one of the sounds (0 …). */
enum { PROGRESS_PAUSE = -1, PROGRESS_OTHER = -2 };

struct progress_run {
	int what;
	uint32_t ms;
};

struct progress_pattern {
	size_t n;
	struct progress_run run[TONE_STEPS_MAX];
	bool steady; /* one run, for ever */
	uint32_t cycle_ms;
};

struct progress_sound {
	size_t n;
	uint16_t hz[TONE_HZ_MAX];
	uint64_t bins;		       /* that its energy is in */
	uint64_t partner[TONE_HZ_MAX]; /* that only one of its frequencies can fill */
};

struct listen_progress {
	struct progress_pattern pattern[PROGRESS_TONES];
	struct progress_sound sound[PROGRESS_SOUNDS_MAX];
	size_t sounds;
	size_t bins;
	uint16_t bin_hz[PROGRESS_BINS_MAX];
	float coefficient[PROGRESS_BINS_MAX];
	float turn_re[PROGRESS_BINS_MAX], turn_im[PROGRESS_BINS_MAX];		/* a sample */
	float turn_step_re[PROGRESS_BINS_MAX], turn_step_im[PROGRESS_BINS_MAX]; /* a step */
	float re[PROGRESS_WINDOW][PROGRESS_BINS_MAX], im[PROGRESS_WINDOW][PROGRESS_BINS_MAX];
	float energy[PROGRESS_WINDOW]; /* rings; newest: steps - 1 */
	uint64_t steps;
	float tone_power; /* of the last sound */

	struct progress_run now;
	struct progress_run next;		     /* what it may have become, not sure yet */
	struct progress_run past[PROGRESS_RUNS_MAX]; /* newest first */
	int told;				     /* enum tone; -1: none */
};

void listen_progress_init(struct listen_progress *p, struct slice country);
bool listen_progress_hear(struct listen_progress *p, const int16_t pcm[LISTEN_STEP], uint64_t end,
    struct listen_event *out);

#endif
