/*
 * How loud somebody speaks, whether he does, and the gain that makes all members of a conference
 * equally loud. The noise of his room is learnt from the quietest moments; voice is what stands out
 * of it, once that is known or syllables tell that somebody speaks. The gain follows voice only, so
 * it lifts no pauses: fast in the first second, then by what was said in the last three. Pure.
 */
#ifndef SOUND_LEVEL_H
#define SOUND_LEVEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	LEVEL_TARGET_DB = -22, /* of voice, below full scale */
	LEVEL_GAIN_MIN_DB = -12,
	LEVEL_GAIN_MAX_DB = 15,
	LEVEL_HANG_MS = 300, /* between words one still speaks */
};

struct level {
	float noise_db, voice_db; /* below full scale */
	float now_db;		  /* of what was measured last */
	float peak_db;		  /* of what was loudest of late */
	float gain_db;
	uint32_t quiet_ms; /* since there was voice; LEVEL_HANG_MS: not speaking */
	uint32_t pause_ms; /* at the level of the noise: then it is known */
	bool syllables;	   /* there have been some */
	uint32_t heard_ms; /* of voice, three seconds at most: as much is known of it */
};

void level_init(struct level *l);
/** Looks at n samples, ms of them. True: he speaks. */
bool level_measure(struct level *l, const int16_t *pcm, size_t n, uint32_t ms);
/** The gain for him, as mix_gain wants it. */
int32_t level_gain(const struct level *l);

#endif
