#include "sound/silence.h"

#include <stdlib.h>
#include <string.h>

#define LOUD_DB (-38.0F)

enum { LEVEL_CHANGED_DB = 3, TILT_CHANGED = 32 };

void
silence_init(struct silence *s)
{
	*s = (struct silence){.after_loud_ms = LEVEL_HANG_MS};
	level_init(&s->level);
	comfort_meter_init(&s->meter);
}

/* Would one hear that it is another noise? The first coefficient says how dark it is. */
static bool
differs(const struct silence *s, const unsigned char *payload, size_t n)
{
	if (abs(payload[0] - s->payload[0]) >= LEVEL_CHANGED_DB || n != s->n_payload)
		return true;
	return n > 1 && abs(payload[1] - s->payload[1]) >= TILT_CHANGED;
}

static enum silence_verdict
rest(struct silence *s, uint32_t ms)
{
	unsigned char payload[COMFORT_PAYLOAD_MAX];
	size_t n;

	s->told_ms += ms;
	if (s->resting && s->told_ms < SILENCE_AGAIN_MIN_MS)
		return SILENCE_NOTHING;
	n = comfort_meter_say(&s->meter, payload);
	if (s->resting && s->told_ms < SILENCE_AGAIN_MAX_MS && !differs(s, payload, n))
		return SILENCE_NOTHING;
	memcpy(s->payload, payload, n);
	s->n_payload = n;
	s->told_ms = 0;
	s->resting = true;
	return SILENCE_NOISE;
}

enum silence_verdict
silence_judge(struct silence *s, const int16_t *pcm, size_t n, uint32_t ms)
{
	bool speaks = level_measure(&s->level, pcm, n, ms);

	if (s->level.now_db > LOUD_DB)
		s->after_loud_ms = 0;
	else if (s->after_loud_ms < LEVEL_HANG_MS)
		s->after_loud_ms += ms;
	if (s->level.quiet_ms && s->after_loud_ms)
		comfort_meter_hear(&s->meter, pcm, n);
	if (!speaks && s->after_loud_ms >= LEVEL_HANG_MS)
		return rest(s, ms);
	s->resting = false;
	return SILENCE_VOICE;
}
