#include "sound/tones.h"

#include <math.h>

/* Steps as they stand in E.180: frequencies, milliseconds. */
#define ON1(a, t)                                                                                  \
	{                                                                                          \
		t,                                                                                 \
		{                                                                                  \
			a                                                                          \
		}                                                                                  \
	}
#define ON2(a, b, t)                                                                               \
	{                                                                                          \
		t,                                                                                 \
		{                                                                                  \
			a, b                                                                       \
		}                                                                                  \
	}
#define ON3(a, b, c, t)                                                                            \
	{                                                                                          \
		t,                                                                                 \
		{                                                                                  \
			a, b, c                                                                    \
		}                                                                                  \
	}
#define OFF(t)                                                                                     \
	{                                                                                          \
		t,                                                                                 \
		{                                                                                  \
			0                                                                          \
		}                                                                                  \
	}

#define STEPS(...) (sizeof(struct tone_step[]){__VA_ARGS__} / sizeof(struct tone_step))
/* over and over */
#define LOOP(...)                                                                                  \
	{                                                                                          \
		true, STEPS(__VA_ARGS__),                                                          \
		{                                                                                  \
			__VA_ARGS__                                                                \
		}                                                                                  \
	}
/* once */
#define ONCE(...)                                                                                  \
	{                                                                                          \
		false, STEPS(__VA_ARGS__),                                                         \
		{                                                                                  \
			__VA_ARGS__                                                                \
		}                                                                                  \
	}
#define STEADY(...)                                                                                \
	{                                                                                          \
		false, 1,                                                                          \
		{                                                                                  \
			{                                                                          \
				0,                                                                 \
				{                                                                  \
					__VA_ARGS__                                                \
				}                                                                  \
			}                                                                          \
		}                                                                                  \
	}
#define EVEN(a, t)     LOOP(ON1(a, t), OFF(t))
#define EVEN2(a, b, t) LOOP(ON2(a, b, t), OFF(t))
#define RISING(a, b, c, gap)                                                                       \
	LOOP(ON1(a, 330), OFF(gap), ON1(b, 330), OFF(gap), ON1(c, 330), OFF(1000))
/* the same without gaps */
#define CLOSE(a, b, c)	   LOOP(ON1(a, 330), ON1(b, 330), ON1(c, 330), OFF(1000))
#define TWICE(a, t, pause) LOOP(ON1(a, t), OFF(t), ON1(a, t), OFF(pause))

#define RING_BRITISH	   LOOP(ON2(400, 450, 400), OFF(200), ON2(400, 450, 400), OFF(2000))

#define NORTH_AMERICAN                                                                             \
	{                                                                                          \
		[TONE_DIAL] = STEADY(350, 440),                                                    \
		[TONE_RINGING] = LOOP(ON2(440, 480, 2000), OFF(4000)),                             \
		[TONE_BUSY] = EVEN2(480, 620, 500), [TONE_CONGESTION] = EVEN2(480, 620, 250),      \
		[TONE_WAITING] = LOOP(ON1(440, 300), OFF(10000)),                                  \
		[TONE_RECORD] = LOOP(ON1(1400, 500), OFF(14500)),                                  \
	}

struct country {
	char name[3];
	struct tone_plan plan[TONES]; /* no steps: as in the European one */
};

static const struct country european = {
    "", {
	    [TONE_DIAL] = STEADY(425),
	    [TONE_RINGING] = LOOP(ON1(425, 1000), OFF(4000)),
	    [TONE_BUSY] = EVEN(425, 500),
	    [TONE_CONGESTION] = EVEN(425, 200),
	    [TONE_SPECIAL] = CLOSE(950, 1400, 1800),
	    [TONE_WAITING] = TWICE(425, 200, 5000),
	    [TONE_RECORD] = LOOP(ON1(1400, 80), OFF(14920)),
	    [TONE_CONFIRM] = ONCE(ON1(800, 100), OFF(60), ON1(1200, 140)),
	    [TONE_ERROR] = ONCE(ON1(425, 140), OFF(60), ON1(425, 140), OFF(60), ON1(425, 140)),
	}};

static const struct country countries[] = {
    {"AT",
	{
	    [TONE_DIAL] = STEADY(420),
	    [TONE_RINGING] = LOOP(ON1(420, 1000), OFF(5000)),
	    [TONE_BUSY] = EVEN(420, 400),
	    [TONE_CONGESTION] = EVEN(420, 200),
	    [TONE_SPECIAL] = CLOSE(950, 1450, 1850),
	    [TONE_WAITING] = LOOP(ON1(420, 40), OFF(1960)),
	}},
    {"AU",
	{
	    [TONE_DIAL] = STEADY(400, 425, 450),
	    [TONE_RINGING] =
		LOOP(ON3(400, 425, 450, 400), OFF(200), ON3(400, 425, 450, 400), OFF(2000)),
	    [TONE_BUSY] = EVEN(425, 375),
	    [TONE_CONGESTION] = EVEN(425, 375),
	    [TONE_SPECIAL] = LOOP(ON1(425, 2500), OFF(500)),
	    [TONE_WAITING] = TWICE(425, 200, 4400),
	    [TONE_RECORD] = LOOP(ON1(1400, 360), OFF(14640)),
	}},
    {"BE",
	{
	    [TONE_RINGING] = LOOP(ON1(425, 1000), OFF(3000)),
	    [TONE_CONGESTION] = EVEN(425, 167),
	    [TONE_SPECIAL] = CLOSE(900, 1400, 1800),
	    [TONE_WAITING] = TWICE(1400, 175, 3500),
	}},
    {"CA", NORTH_AMERICAN},
    {"CH", {[TONE_WAITING] = TWICE(425, 200, 4000)}},
    {"CZ",
	{
	    [TONE_DIAL] = LOOP(ON1(425, 330), OFF(330), ON1(425, 660), OFF(660)),
	    [TONE_BUSY] = EVEN(425, 330),
	    [TONE_CONGESTION] = EVEN(425, 165),
	    [TONE_SPECIAL] = RISING(950, 1400, 1800, 30),
	    [TONE_WAITING] = LOOP(ON1(425, 330), OFF(9000)),
	}},
    {"DE", {[TONE_BUSY] = EVEN(425, 480), [TONE_CONGESTION] = EVEN(425, 240)}},
    {"DK",
	{
	    [TONE_CONGESTION] = EVEN(425, 250),
	    [TONE_WAITING] = LOOP(ON1(425, 200), OFF(600), ON1(425, 200), OFF(3000)),
	}},
    {"ES",
	{
	    [TONE_RINGING] = LOOP(ON1(425, 1500), OFF(3000)),
	    [TONE_BUSY] = EVEN(425, 200),
	    [TONE_CONGESTION] =
		LOOP(ON1(425, 200), OFF(200), ON1(425, 200), OFF(200), ON1(425, 200), OFF(600)),
	    [TONE_WAITING] = TWICE(425, 175, 3500),
	}},
    {"FI",
	{
	    [TONE_BUSY] = EVEN(425, 300),
	    [TONE_WAITING] = TWICE(425, 150, 8000),
	}},
    {"FR",
	{
	    [TONE_DIAL] = STEADY(440),
	    [TONE_RINGING] = LOOP(ON1(440, 1500), OFF(3500)),
	    [TONE_BUSY] = EVEN(440, 500),
	    [TONE_CONGESTION] = EVEN(440, 250),
	    [TONE_WAITING] = LOOP(ON1(440, 300), OFF(10000)),
	}},
    {"GB",
	{
	    [TONE_DIAL] = STEADY(350, 440),
	    [TONE_RINGING] = RING_BRITISH,
	    [TONE_BUSY] = EVEN(400, 375),
	    [TONE_CONGESTION] = LOOP(ON1(400, 400), OFF(350), ON1(400, 225), OFF(525)),
	    [TONE_SPECIAL] = RISING(950, 1400, 1800, 15),
	    [TONE_WAITING] = LOOP(ON1(400, 100), OFF(4000)),
	    [TONE_RECORD] = LOOP(ON1(1400, 500), OFF(14500)),
	}},
    {"IE",
	{
	    [TONE_RINGING] = RING_BRITISH,
	    [TONE_CONGESTION] = EVEN(425, 250),
	    [TONE_WAITING] = TWICE(425, 180, 4500),
	}},
    {"IT",
	{
	    [TONE_DIAL] = LOOP(ON1(425, 200), OFF(200), ON1(425, 600), OFF(1000)),
	    [TONE_WAITING] =
		LOOP(ON1(425, 400), OFF(100), ON1(425, 250), OFF(100), ON1(425, 150), OFF(14000)),
	}},
    {"LU", {[TONE_BUSY] = EVEN(425, 480), [TONE_CONGESTION] = EVEN(425, 240)}},
    {"NL",
	{
	    [TONE_CONGESTION] = EVEN(425, 250),
	    [TONE_WAITING] = LOOP(ON1(425, 500), OFF(9500)),
	}},
    {"NO", {[TONE_WAITING] = LOOP(ON1(425, 200), OFF(600), ON1(425, 200), OFF(10000))}},
    {"PL",
	{
	    [TONE_CONGESTION] = EVEN(425, 500),
	    [TONE_WAITING] = TWICE(425, 150, 4000),
	}},
    {"SE",
	{
	    [TONE_RINGING] = LOOP(ON1(425, 1000), OFF(5000)),
	    [TONE_BUSY] = EVEN(425, 250),
	    [TONE_CONGESTION] = LOOP(ON1(425, 250), OFF(750)),
	    [TONE_SPECIAL] = RISING(950, 1400, 1800, 24),
	    [TONE_WAITING] = LOOP(ON1(425, 200), OFF(500), ON1(425, 200), OFF(9100)),
	}},
    {"US", NORTH_AMERICAN},
};

const struct tone_plan *
tone_find(struct slice country, enum tone tone)
{
	for (size_t i = 0; i < sizeof countries / sizeof *countries; i++)
		if (slice_eq_nocase(country, slice_cstr(countries[i].name)) &&
		    countries[i].plan[tone].steps)
			return &countries[i].plan[tone];
	return &european.plan[tone];
}

/* The frequencies of a step share its level. */
static void
begin_step(struct tone_player *t)
{
	const struct tone_step *s = &t->plan->step[t->step];
	uint64_t thousandths = (uint64_t)s->ms * t->rate_hz + t->carry;
	float amplitude;

	t->at = 0;
	t->length = (uint32_t)(thousandths / 1000);
	t->carry = (uint32_t)(thousandths % 1000);
	t->oscs = 0;
	while (t->oscs < TONE_HZ_MAX && s->hz[t->oscs])
		t->oscs++;
	if (!t->oscs)
		return;
	amplitude = osc_amplitude(t->level_dbm0 - 10 * log10f(t->oscs));
	for (size_t i = 0; i < t->oscs; i++)
		osc_set(&t->osc[i], s->hz[i], t->rate_hz, amplitude);
}

void
tone_start(struct tone_player *t, const struct tone_plan *plan, uint32_t rate_hz, float level_dbm0)
{
	*t = (struct tone_player){.plan = plan,
	    .rate_hz = rate_hz,
	    .ramp = osc_ramp_samples(rate_hz),
	    .level_dbm0 = level_dbm0};
	begin_step(t);
}

void
tone_stop(struct tone_player *t)
{
	if (!t->oscs)
		t->over = true;
	if (!t->over && !t->ending)
		t->ending = t->ramp;
}

static void
next_step(struct tone_player *t)
{
	t->step++;
	if (t->step == t->plan->steps && t->plan->repeats)
		t->step = 0;
	if (t->step == t->plan->steps)
		t->over = true;
	else
		begin_step(t);
}

static float
edges(const struct tone_player *t)
{
	float gain = osc_ramp(t->at, t->ramp);

	if (t->length && t->length - t->at < t->ramp)
		gain *= osc_ramp(t->length - t->at, t->ramp);
	if (t->ending)
		gain *= osc_ramp(t->ending, t->ramp);
	return gain;
}

static int16_t
next_sample(struct tone_player *t)
{
	float v = 0;

	for (size_t i = 0; i < t->oscs; i++)
		v += osc_next(&t->osc[i]);
	if (t->oscs)
		v *= edges(t);
	/* for ever is for ever: the place in it only has to stay behind the ramp */
	if (t->length || t->at < t->ramp)
		t->at++;
	if (t->ending && --t->ending == 0)
		t->over = true;
	if (t->length && t->at == t->length)
		next_step(t);
	return osc_sample(v);
}

bool
tone_fill(struct tone_player *t, int16_t *pcm, size_t n)
{
	size_t i = 0;

	while (i < n && !t->over)
		pcm[i++] = next_sample(t);
	if (i < n)
		memset(pcm + i, 0, (n - i) * sizeof *pcm);
	return !t->over;
}
