#include <math.h>
#include <string.h>

#include "sound/listen_int.h"

/*
 * Each step of 10 ms, a window of 40 ms says which sound there is, a pause or something else.
 * Frequencies are looked at on a grid of 25 Hz, where such windows see all energy exactly once: so
 * one can add up what lies around a tone and compare it with all there is. What persists becomes a
 * run; runs are compared with the cadences.
 */
enum {
	GRID_HZ = LISTEN_RATE_HZ / (PROGRESS_WINDOW * LISTEN_STEP),
	NEAR_HZ = 30,	      /* of the grid, what belongs to a tone */
	PARTNER_HZ = 20,      /* what none of the others of its sound has, 40 Hz away */
	NEAR_SPECIAL_HZ = 60, /* E.180: +-50 Hz */
	SPECIAL_FROM_HZ = 800,
	SURE_STEPS = 4,	      /* until a change is one */
	BLUR_MS = 30,	      /* by which windows make sounds longer and pauses shorter */
	GAP_MS = 60,	      /* shorter pauses in plans are none */
	LONG_CYCLE_MS = 2500, /* nobody waits for two of them */
	STEADY_MIN_MS = 1000,
	SPECIAL_LAST_MS = 200, /* of the third tone */
	FORGET_OTHER_MS = 1000,
	FORGET_PAUSE_MS = 8000,
};

static const float SHARE_MIN = 0.75F;  /* of the tones in all there is */
static const float PARTNER_MIN = 0.1F; /* of each of several tones */
static const float SOUND_MIN_DBM0 = -40;
static const float PAUSE_MAX_DBM0 = -45;
static const float PAUSE_MAX_SHARE = 0.1F; /* of the power of the sound before */
static const float FADE = 0.995F; /* of that, a step of pause: the next one may be quieter */
static const float TWO_PI = 6.28318531F;

/* ---- the plan of a country ---- */

static uint64_t
bins_near(struct listen_progress *p, uint16_t hz, int near)
{
	uint64_t bins = 0;

	for (int at = (hz - near + GRID_HZ - 1) / GRID_HZ * GRID_HZ; at <= hz + near;
	     at += GRID_HZ) {
		size_t i = 0;

		while (i < p->bins && p->bin_hz[i] != at)
			i++;
		if (i == PROGRESS_BINS_MAX)
			break;
		if (i == p->bins)
			p->bin_hz[p->bins++] = (uint16_t)at;
		bins |= (uint64_t)1 << i;
	}
	return bins;
}

static int
sound_of(struct listen_progress *p, const struct tone_step *step)
{
	struct progress_sound *s;
	int near;

	if (!step->hz[0])
		return PROGRESS_PAUSE;
	for (size_t i = 0; i < p->sounds; i++)
		if (memcmp(p->sound[i].hz, step->hz, sizeof step->hz) == 0)
			return (int)i;
	if (p->sounds == PROGRESS_SOUNDS_MAX)
		return PROGRESS_OTHER;
	s = &p->sound[p->sounds];
	memcpy(s->hz, step->hz, sizeof s->hz);
	while (s->n < TONE_HZ_MAX && s->hz[s->n]) {
		near = s->hz[s->n] >= SPECIAL_FROM_HZ ? NEAR_SPECIAL_HZ : NEAR_HZ;
		s->bins |= bins_near(p, s->hz[s->n], near);
		s->partner[s->n] = bins_near(p, s->hz[s->n], PARTNER_HZ);
		s->n++;
	}
	return (int)p->sounds++;
}

static bool
are_equal(const struct tone_plan *a, const struct tone_plan *b)
{
	return a->steps == b->steps && memcmp(a->step, b->step, a->steps * sizeof *a->step) == 0;
}

/* The second of two that are equal has no runs, and is never heard. */
static void
add_pattern(struct listen_progress *p, enum tone tone, struct slice country)
{
	const struct tone_plan *plan = tone_find(country, tone);
	struct progress_pattern *to = &p->pattern[tone];

	for (enum tone before = TONE_DIAL; before < tone; before++)
		if (are_equal(plan, tone_find(country, before)))
			return;
	to->steady = plan->steps == 1 && !plan->step[0].ms;
	for (size_t i = 0; i < plan->steps; i++) {
		int what = sound_of(p, &plan->step[i]);

		to->cycle_ms += plan->step[i].ms;
		if (what != PROGRESS_PAUSE || plan->step[i].ms >= GAP_MS)
			to->run[to->n++] = (struct progress_run){what, plan->step[i].ms};
	}
}

void
listen_progress_init(struct listen_progress *p, struct slice country)
{
	*p = (struct listen_progress){
	    .told = -1, .now.what = PROGRESS_OTHER, .next.what = PROGRESS_OTHER};
	for (enum tone tone = TONE_DIAL; tone <= TONE_SPECIAL; tone++)
		add_pattern(p, tone, country);
	for (size_t i = 0; i < PROGRESS_RUNS_MAX; i++)
		p->past[i].what = PROGRESS_OTHER;
	for (size_t i = 0; i < p->bins; i++) {
		float w = TWO_PI * (float)p->bin_hz[i] / LISTEN_RATE_HZ;

		p->coefficient[i] = 2 * cosf(w);
		p->turn_re[i] = cosf(w);
		p->turn_im[i] = sinf(w);
		p->turn_step_re[i] = cosf(w * LISTEN_STEP);
		p->turn_step_im[i] = sinf(w * LISTEN_STEP);
	}
}

/* ---- what is heard now ---- */

static void
filter_step(struct listen_progress *p, const int16_t pcm[LISTEN_STEP])
{
	size_t to = p->steps++ % PROGRESS_WINDOW;
	float s1[PROGRESS_BINS_MAX] = {0}, s2[PROGRESS_BINS_MAX] = {0};

	for (size_t k = 0; k < LISTEN_STEP; k++)
		for (size_t i = 0; i < p->bins; i++) {
			float s = (float)pcm[k] + p->coefficient[i] * s1[i] - s2[i];

			s2[i] = s1[i];
			s1[i] = s;
		}
	for (size_t i = 0; i < p->bins; i++) {
		p->re[to][i] = s1[i] - p->turn_re[i] * s2[i];
		p->im[to][i] = p->turn_im[i] * s2[i];
	}
	p->energy[to] = listen_power(pcm) * LISTEN_STEP;
}

/* Energy of a sine in the window, on the grid; steps only have to be turned on by later ones. */
static float
bin_energy(const struct listen_progress *p, size_t bin)
{
	float re = 0, im = 0;

	for (uint64_t k = p->steps; k < p->steps + PROGRESS_WINDOW; k++) {
		float r = re * p->turn_step_re[bin] - im * p->turn_step_im[bin];

		im = re * p->turn_step_im[bin] + im * p->turn_step_re[bin] +
		     p->im[k % PROGRESS_WINDOW][bin];
		re = r + p->re[k % PROGRESS_WINDOW][bin];
	}
	return 2 * (re * re + im * im) / (PROGRESS_WINDOW * LISTEN_STEP);
}

static float
sum_of(const float energy[PROGRESS_BINS_MAX], uint64_t bins)
{
	float sum = 0;

	for (size_t i = 0; i < PROGRESS_BINS_MAX; i++)
		if (bins >> i & 1)
			sum += energy[i];
	return sum;
}

static bool
is_sound(const struct progress_sound *s, const float energy[PROGRESS_BINS_MAX], float all)
{
	for (size_t k = 0; s->n > 1 && k < s->n; k++)
		if (sum_of(energy, s->partner[k]) < PARTNER_MIN * all)
			return false;
	return sum_of(energy, s->bins) >= SHARE_MIN * all;
}

/* Of several that fit, the one of most tones: 400+450 Hz are around 425 Hz, too. */
static int
sound_in_window(struct listen_progress *p)
{
	float energy[PROGRESS_BINS_MAX] = {0}, all = 0, power;
	int best = PROGRESS_OTHER;

	if (p->now.what == PROGRESS_PAUSE)
		p->tone_power *= FADE;
	for (size_t i = 0; i < PROGRESS_WINDOW; i++)
		all += p->energy[i];
	power = all / (PROGRESS_WINDOW * LISTEN_STEP);
	if (power < listen_power_of(PAUSE_MAX_DBM0) || power < p->tone_power * PAUSE_MAX_SHARE)
		return PROGRESS_PAUSE;
	if (power < listen_power_of(SOUND_MIN_DBM0))
		return PROGRESS_OTHER;
	for (size_t i = 0; i < p->bins; i++)
		energy[i] = bin_energy(p, i);
	for (size_t i = 0; i < p->sounds; i++)
		if ((best < 0 || p->sound[i].n > p->sound[best].n) &&
		    is_sound(&p->sound[i], energy, all))
			best = (int)i;
	if (best >= 0 && p->now.what == best)
		p->tone_power = fmaxf(p->tone_power, power);
	else if (best >= 0 && p->now.what != PROGRESS_PAUSE)
		p->tone_power = power;
	return best;
}

/* ---- runs ---- */

/* True: another one began. */
static bool
note_run(struct listen_progress *p, int what)
{
	if (what == p->now.what) {
		/* what came between was a moment only */
		p->now.ms += p->next.ms + LISTEN_STEP_MS;
		p->next.ms = 0;
		return false;
	}
	if (what != p->next.what) {
		p->now.ms += p->next.ms;
		p->next = (struct progress_run){what, 0};
	}
	p->next.ms += LISTEN_STEP_MS;
	if (p->next.ms < SURE_STEPS * LISTEN_STEP_MS)
		return false;
	memmove(p->past + 1, p->past, (PROGRESS_RUNS_MAX - 1) * sizeof *p->past);
	p->past[0] = p->now;
	p->now = p->next;
	p->next.ms = 0;
	if (what == PROGRESS_OTHER)
		p->tone_power = 0;
	return true;
}

static bool
length_fits(const struct progress_run *is, const struct progress_run *should)
{
	int blur = is->what == PROGRESS_PAUSE ? BLUR_MS : -BLUR_MS;
	int off = (int)is->ms + blur - (int)should->ms, most = (int)should->ms * 15 / 100 + 25;

	return is->what == should->what && off >= -most && off <= most;
}

/* Are the n last runs before this one the pattern, ending with its run `last`? */
static bool
past_fits(const struct listen_progress *p, const struct progress_pattern *is, size_t n, size_t last)
{
	for (size_t i = 0; i < n; i++)
		if (!length_fits(&p->past[i], &is->run[(last + n * is->n - i) % is->n]))
			return false;
	return true;
}

/* ---- cadences ---- */

static bool
has_sound(const struct progress_pattern *is, int what)
{
	for (size_t i = 0; i < is->n; i++)
		if (is->run[i].what == what)
			return true;
	return false;
}

/* The longest run of a kind in all other patterns with this sound, if it is below limit_ms. */
static uint32_t
longest_other(const struct listen_progress *p, const struct progress_pattern *is, int sound,
    int what, uint32_t limit_ms)
{
	uint32_t longest_ms = 0;

	for (size_t t = 0; t < PROGRESS_TONES; t++) {
		const struct progress_pattern *o = &p->pattern[t];

		for (size_t i = 0; o != is && has_sound(o, sound) && i < o->n; i++)
			if (o->run[i].what == what && o->run[i].ms < limit_ms &&
			    o->run[i].ms > longest_ms)
				longest_ms = o->run[i].ms;
	}
	return longest_ms;
}

static bool
is_steady(const struct listen_progress *p, const struct progress_pattern *is)
{
	int sound = is->run[0].what;
	uint32_t ms = longest_other(p, is, sound, sound, UINT32_MAX);

	ms = ms * 5 / 4 + 300;
	return p->now.what == sound && p->now.ms >= (ms > STEADY_MIN_MS ? ms : STEADY_MIN_MS);
}

/* Three sounds that rise: sure within the third. */
static bool
is_rising(const struct listen_progress *p, const struct progress_pattern *is)
{
	return p->now.what == is->run[2].what && p->now.ms >= SPECIAL_LAST_MS &&
	       past_fits(p, is, 2, 1);
}

/* One cycle, and so much of the pause as no other one has. */
static bool
is_long(const struct listen_progress *p, const struct progress_pattern *is)
{
	size_t last = is->n - 1;
	uint32_t pause_ms = is->run[last].ms, ms;

	ms = longest_other(p, is, is->run[0].what, PROGRESS_PAUSE, pause_ms) * 6 / 5 + 50;
	if (ms < pause_ms / 4)
		ms = pause_ms / 4;
	return p->now.what == PROGRESS_PAUSE && p->now.ms + BLUR_MS >= ms &&
	       past_fits(p, is, last, last - 1);
}

/* So many runs that they can be no part of another cadence; beginning with any of them. */
static bool
is_short(const struct listen_progress *p, const struct progress_pattern *is)
{
	size_t n = is->n >= 4 ? is->n : 2 * is->n;

	for (size_t t = 0; t < PROGRESS_TONES; t++)
		if (has_sound(&p->pattern[t], is->run[0].what) && p->pattern[t].n > n)
			n = p->pattern[t].n;
	if (p->now.what < 0)
		return false;
	for (size_t last = 1; last < is->n; last += 2)
		if (past_fits(p, is, n, last))
			return true;
	return false;
}

static bool
matches(const struct listen_progress *p, const struct progress_pattern *is)
{
	if (!is->n)
		return false;
	if (is->steady)
		return is_steady(p, is);
	if (is->n == 4 && is->run[1].what >= 0 && is->run[2].what >= 0)
		return is_rising(p, is);
	return is->cycle_ms > LONG_CYCLE_MS ? is_long(p, is) : is_short(p, is);
}

bool
listen_progress_hear(struct listen_progress *p, const int16_t pcm[LISTEN_STEP], uint64_t end,
    struct listen_event *out)
{
	filter_step(p, pcm);
	note_run(p, sound_in_window(p));
	if ((p->now.what == PROGRESS_OTHER && p->now.ms > FORGET_OTHER_MS) ||
	    (p->now.what == PROGRESS_PAUSE && p->now.ms > FORGET_PAUSE_MS))
		p->told = -1;
	for (enum tone tone = TONE_DIAL; tone <= TONE_SPECIAL; tone++) {
		if ((int)tone == p->told || !matches(p, &p->pattern[tone]))
			continue;
		p->told = (int)tone;
		*out = (struct listen_event){.kind = LISTEN_TONE, .at = end, .tone = tone};
		return true;
	}
	return false;
}
