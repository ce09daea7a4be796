#include "sound/level.h"

#include <math.h>

#include "sound/mix.h"

/* In decibels, and decibels a second. */
#define SILENCE_DB	(-96.0F)
#define VOICE_MIN_DB	(-55.0F)
#define ABOVE_NOISE_DB	9.0F
#define NOISE_MAX_DB	(-35.0F)
#define NOISE_UP_DB_S	6.0F
#define AT_NOISE_DB	3.0F
#define NOISE_DOWN_DB_S 60.0F
#define SYLLABLE_DB	8.0F
#define PEAK_DOWN_DB_S	12.0F
#define GAIN_UP_DB_S	6.0F
#define GAIN_FIRST_DB_S 24.0F
#define GAIN_DOWN_DB_S	24.0F

enum { FIRST_MS = 1000, KNOWN_MS = 3000, PAUSE_MS = 60 };

void
level_init(struct level *l)
{
	*l = (struct level){.noise_db = -60,
	    .voice_db = LEVEL_TARGET_DB,
	    .peak_db = SILENCE_DB,
	    .quiet_ms = LEVEL_HANG_MS};
}

static float
loudness_db(const int16_t *pcm, size_t n)
{
	float sum = 0;

	for (size_t i = 0; i < n; i++)
		sum += (float)pcm[i] * (float)pcm[i];
	if (n == 0 || sum < (float)n) /* less than one step */
		return SILENCE_DB;
	return 10 * log10f(sum / (float)n / (32768.0F * 32768.0F));
}

static float
towards(float from, float to, float up, float down)
{
	if (to > from)
		return fminf(from + up, to);
	return fmaxf(from - down, to);
}

static void
follow_noise(struct level *l, float db, float s)
{
	float to = fminf(fmaxf(db, SILENCE_DB), NOISE_MAX_DB);

	if (db < l->noise_db + AT_NOISE_DB && l->pause_ms < PAUSE_MS)
		l->pause_ms += (uint32_t)(s * 1000);

	l->noise_db = towards(l->noise_db, to, NOISE_UP_DB_S * s, NOISE_DOWN_DB_S * s);
}

static void
follow_voice(struct level *l, float db, uint32_t ms)
{
	float s = (float)ms / 1000, up, wanted;

	if (l->pause_ms < PAUSE_MS && !l->syllables)
		return; /* it may be a fan */
	up = l->heard_ms < FIRST_MS ? GAIN_FIRST_DB_S : GAIN_UP_DB_S;
	l->heard_ms = l->heard_ms + ms < KNOWN_MS ? l->heard_ms + ms : KNOWN_MS;
	l->voice_db += (db - l->voice_db) * (float)ms / (float)l->heard_ms;
	wanted = fminf(fmaxf(LEVEL_TARGET_DB - l->voice_db, LEVEL_GAIN_MIN_DB), LEVEL_GAIN_MAX_DB);
	l->gain_db = towards(l->gain_db, wanted, up * s, GAIN_DOWN_DB_S * s);
}

/* Who speaks rises and falls with every syllable; a fan does not. */
static void
follow_syllables(struct level *l, float db, float s)
{
	l->peak_db = fmaxf(db, l->peak_db - PEAK_DOWN_DB_S * s);
	l->syllables |= l->peak_db > VOICE_MIN_DB && db < l->peak_db - SYLLABLE_DB;
}

bool
level_measure(struct level *l, const int16_t *pcm, size_t n, uint32_t ms)
{
	float db = loudness_db(pcm, n);
	bool voice = db > VOICE_MIN_DB && db > l->noise_db + ABOVE_NOISE_DB;

	l->now_db = db;
	follow_noise(l, db, (float)ms / 1000);
	follow_syllables(l, db, (float)ms / 1000);
	if (voice) {
		l->quiet_ms = 0;
		follow_voice(l, db, ms);
	} else if (l->quiet_ms < LEVEL_HANG_MS) {
		l->quiet_ms += ms;
	}
	return l->quiet_ms < LEVEL_HANG_MS;
}

int32_t
level_gain(const struct level *l)
{
	return (int32_t)(MIX_GAIN_ONE * powf(10, l->gain_db / 20));
}
