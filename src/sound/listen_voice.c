#include "sound/listen_int.h"

enum {
	BEGIN_STEPS = 5, /* loud ones; clicks are shorter */
	HANGOVER_MS = 200,
};

static const float OVER_FLOOR = 8; /* power: 9 dB */
static const float VOICE_MIN_DBM0 = -50;
static const float FLOOR_MIN_DBM0 = -70, FLOOR_MAX_DBM0 = -25;
static const float FLOOR_FIRST_MAX_DBM0 = -42; /* somebody may speak from the start */
static const float FLOOR_RISE = 1.0046F;       /* a step: 2 dB in a second */
static const float FLOOR_FALL = 0.3F;	       /* of the way down, a step */

void
listen_voice_init(struct listen_voice *v, uint32_t silence_ms)
{
	if (silence_ms && silence_ms < HANGOVER_MS)
		silence_ms = HANGOVER_MS;
	*v = (struct listen_voice){.silence_ms = silence_ms};
}

static float
within(float v, float low_dbm0, float high_dbm0)
{
	float low = listen_power_of(low_dbm0), high = listen_power_of(high_dbm0);

	return v < low ? low : v > high ? high : v;
}

static void
follow_floor(struct listen_voice *v, float power)
{
	if (v->floor == 0)
		v->floor = within(power, FLOOR_MIN_DBM0, FLOOR_FIRST_MAX_DBM0);
	else if (power < v->floor)
		v->floor += FLOOR_FALL * (power - v->floor);
	else
		v->floor *= FLOOR_RISE;
	v->floor = within(v->floor, FLOOR_MIN_DBM0, FLOOR_MAX_DBM0);
}

bool
listen_voice_hear(
    struct listen_voice *v, const int16_t pcm[LISTEN_STEP], uint64_t end, struct listen_event *out)
{
	float power = listen_power(pcm);
	bool loud;

	follow_floor(v, power);
	loud = power > v->floor * OVER_FLOOR && power > listen_power_of(VOICE_MIN_DBM0);
	if (loud && v->loud < BEGIN_STEPS)
		v->loud++;
	if (!loud && v->loud)
		v->loud--;
	/* a click is none, so it does not end a silence either */
	if (loud && (v->speaks || v->loud == BEGIN_STEPS))
		v->quiet_steps = 0;
	else
		v->quiet_steps++;
	if (!v->speaks && v->loud == BEGIN_STEPS) {
		v->speaks = true;
		v->silence_told = false;
		*out = (struct listen_event){
		    .kind = LISTEN_VOICE_BEGAN, .at = end - BEGIN_STEPS * LISTEN_STEP};
		return true;
	}
	if (v->speaks && v->quiet_steps * LISTEN_STEP_MS >= HANGOVER_MS) {
		v->speaks = false;
		v->loud = 0;
	}
	if (v->speaks || v->silence_told || !v->silence_ms ||
	    v->quiet_steps * LISTEN_STEP_MS < v->silence_ms)
		return false;
	v->silence_told = true;
	*out = (struct listen_event){
	    .kind = LISTEN_SILENCE, .at = end - (uint64_t)v->quiet_steps * LISTEN_STEP};
	return true;
}
