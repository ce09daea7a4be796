#include <math.h>
#include <string.h>

#include "sound/dtmf_int.h"

enum {
	SHORT_HOPS = 4, /* to see edges: 10 ms */
	PART_HOPS = 7,	/* of a window: its beginning and its end, */
	PART_MIDDLE = PART_HOPS / 2,
	PART_SHIFT = 3,	   /* so many hops apart */
	HITS_NEEDED = 3,   /* windows, one after the other */
	EDGE_SAMPLES = 48, /* how late a short window sees an end */
	BRIDGE_HOPS = DTMF_BRIDGE_MS * DTMF_RATE_HZ / 1000 / DTMF_HOP,
};

/* Powers are mean squares. */
static const float TONE_MIN_DBM0 = -42;		     /* each of the two */
static const float BOTH_MIN_DBM0 = -35;		     /* together */
static const float LOW_OVER_HIGH_MAX = 10;	     /* power; 8 dB and what noise adds */
static const float HIGH_OVER_LOW_MAX = 3.8F;	     /* 4 dB, as above */
static const float SHARE_MIN = 0.93F;		     /* of the two in all there is, */
static const float SHARE_MIN_DIAL_TONE = 0.85F;	     /* or in what the notches left */
static const float OFF_MAX = 0.021F;		     /* of the frequency, between 1.5 and 3.5 % */
static const float EVEN_MIN = 0.3F, EVEN_MAX = 1.9F; /* a hop's energy, of the mean one */
static const float PARTS_MAX = 2;	     /* power of a tone, between beginning and end */
static const float SUSPECT_SHARE_MIN = 0.7F; /* windows of 10 ms are blurred */
static const float HOLD_MIN = 0.2F;	     /* of the power it had */
static const float TWO_PI = 6.28318531F;

/* Windows with soft edges (Hann) keep a loud tone out of the measure of the other one. */
static const float taper[PART_HOPS] = {0.1464F, 0.5F, 0.8536F, 1, 0.8536F, 0.5F, 0.1464F};
static const float flat[SHORT_HOPS] = {1, 1, 1, 1};

/* Where dial tones are (ITU-T E.180 supplement 2): 350+440, 400+425+450, 425. */
static const uint16_t notch_hz[3] = {350, 410, 440};
static const float NOTCH_POLE = 0.96F;

static float
power_of_dbm0(float dbm0)
{
	float peak = osc_amplitude(dbm0);

	return peak * peak / 2;
}

void
dtmf_find_init(struct dtmf_find *f, bool dial_tone)
{
	*f = (struct dtmf_find){.dial_tone = dial_tone, .candidate = -1, .held = -1};
	for (size_t i = 0; i < DTMF_TONES; i++) {
		float w = TWO_PI * (float)dtmf_hz[i] / DTMF_RATE_HZ;

		f->coefficient[i] = 2 * cosf(w);
		f->turn_re[i] = cosf(w);
		f->turn_im[i] = sinf(w);
		f->turn_hop_re[i] = cosf(w * DTMF_HOP);
		f->turn_hop_im[i] = sinf(w * DTMF_HOP);
	}
	for (size_t i = 0; i < 3; i++) {
		float c = 2 * cosf(TWO_PI * (float)notch_hz[i] / DTMF_RATE_HZ);

		f->notch[i] = (struct dtmf_notch){
		    .zero = c, .pole = c * NOTCH_POLE, .pole2 = NOTCH_POLE * NOTCH_POLE};
	}
}

/* ---- windows ---- */

struct phasor {
	float re, im;
};

static const struct dtmf_hop *
hop_back(const struct dtmf_find *f, uint64_t back)
{
	return &f->hop[(f->hops - 1 - back) % DTMF_HISTORY];
}

static float
power(struct phasor p)
{
	return p.re * p.re + p.im * p.im;
}

/* Of n hops, the last one `back` hops ago: what a filter over all of them would give, since each
 * hop only has to be turned on by the hops after it. weight: of each hop. */
static struct phasor
window(const struct dtmf_find *f, size_t tone, uint64_t back, uint64_t n, const float *weight)
{
	float turn_re = f->turn_hop_re[tone], turn_im = f->turn_hop_im[tone];
	struct phasor sum = {0, 0};

	for (uint64_t i = back + n; i-- > back;) {
		const struct dtmf_hop *h = hop_back(f, i);
		float w = weight[i - back];

		sum = (struct phasor){sum.re * turn_re - sum.im * turn_im + w * h->re[tone],
		    sum.re * turn_im + sum.im * turn_re + w * h->im[tone]};
	}
	return sum;
}

static float
energy(const struct dtmf_find *f, uint64_t n)
{
	float sum = 0;

	for (uint64_t i = 0; i < n; i++)
		sum += hop_back(f, i)->energy;
	return sum;
}

/* A hop's mean energy in the window, by the same soft edges: the beats of the tones even out. */
static float
tapered_energy(const struct dtmf_find *f)
{
	float sum = 0, weights = 0;

	for (uint64_t i = 0; i < PART_HOPS; i++) {
		sum += taper[i] * (hop_back(f, i)->energy + hop_back(f, i + PART_SHIFT)->energy);
		weights += 2 * taper[i];
	}
	return sum / weights;
}

struct tone_found {
	size_t tone;
	float power;
	float off; /* of its frequency, as a share of it */
	bool even; /* about as loud at the end as at the beginning */
};

/* What a window makes of a sine of power 1/2 beside its frequency. */
static float
response(float off_hz)
{
	float turn = TWO_PI * off_hz * DTMF_HOP / DTMF_RATE_HZ, x = turn / 2, sum = 0;

	for (int i = 0; i < PART_HOPS; i++)
		sum += taper[i] * cosf(turn * (float)(i - PART_MIDDLE));
	return DTMF_HOP * sum * (fabsf(x) > 0.01F ? sinf(x) / x : 1);
}

/* The loudest of four, measured in two parts of the window. */
static struct tone_found
loudest(const struct dtmf_find *f, size_t first)
{
	struct tone_found t = {.tone = first};
	struct phasor begin = {0, 0}, end = {0, 0}, turned;
	float shift_s = (float)(PART_SHIFT * DTMF_HOP) / DTMF_RATE_HZ, most = -1;
	float b, e, w, off_hz, loss;

	for (size_t i = first; i < first + DTMF_ROWS; i++) {
		struct phasor pb = window(f, i, PART_SHIFT, PART_HOPS, taper);
		struct phasor pe = window(f, i, 0, PART_HOPS, taper);

		if (power(pb) + power(pe) <= most)
			continue;
		most = power(pb) + power(pe);
		t.tone = i;
		begin = pb;
		end = pe;
	}
	/* how much further than expected the phase is, tells the frequency */
	w = TWO_PI * (float)dtmf_hz[t.tone] * shift_s;
	turned = (struct phasor){
	    begin.re * cosf(w) - begin.im * sinf(w), begin.re * sinf(w) + begin.im * cosf(w)};
	off_hz = atan2f(end.im * turned.re - end.re * turned.im,
		     end.re * turned.re + end.im * turned.im) /
		 (TWO_PI * shift_s);
	t.off = off_hz / (float)dtmf_hz[t.tone];
	/* and that, how much of it the window lost */
	loss = response(off_hz);
	b = power(begin);
	e = power(end);
	t.even = b <= e * PARTS_MAX && e <= b * PARTS_MAX;
	t.power = (b + e) / (loss * loss);
	return t;
}

static bool
twist_is_right(float low, float high)
{
	return low <= high * LOW_OVER_HIGH_MAX && high <= low * HIGH_OVER_LOW_MAX;
}

static bool
is_loud(float low, float high)
{
	float least = power_of_dbm0(TONE_MIN_DBM0);

	return low >= least && high >= least && low + high >= power_of_dbm0(BOTH_MIN_DBM0);
}

static bool
is_steady(const struct dtmf_find *f, float mean)
{
	for (uint64_t i = 0; i < DTMF_WINDOW; i++) {
		float e = hop_back(f, i)->energy;

		if (e < mean * EVEN_MIN || e > mean * EVEN_MAX)
			return false;
	}
	return true;
}

/* The digit's place, when the last window is full of it; -1: it is not. */
static int
digit_in_window(const struct dtmf_find *f, float *low_power, float *high_power)
{
	float mean = energy(f, DTMF_WINDOW) / DTMF_WINDOW;
	float share_min = f->dial_tone ? SHARE_MIN_DIAL_TONE : SHARE_MIN;
	struct tone_found low, high;

	if (f->hops < DTMF_WINDOW || !is_steady(f, mean))
		return -1;
	low = loudest(f, 0);
	high = loudest(f, DTMF_ROWS);
	if (!low.even || !high.even || fabsf(low.off) > OFF_MAX || fabsf(high.off) > OFF_MAX)
		return -1;
	if (!is_loud(low.power, high.power) || !twist_is_right(low.power, high.power))
		return -1;
	if (low.power + high.power < share_min * tapered_energy(f) / DTMF_HOP)
		return -1;
	*low_power = low.power;
	*high_power = high.power;
	return (int)(low.tone * 4 + high.tone - DTMF_ROWS);
}

/* ---- what follows from them ---- */

static float
short_power(const struct dtmf_find *f, size_t tone)
{
	const float samples = SHORT_HOPS * DTMF_HOP;

	return 2 * power(window(f, tone, 0, SHORT_HOPS, flat)) / (samples * samples);
}

static bool
seems_to_begin(const struct dtmf_find *f)
{
	float all = energy(f, SHORT_HOPS) / (SHORT_HOPS * DTMF_HOP), low = 0, high = 0;

	if (all < power_of_dbm0(BOTH_MIN_DBM0))
		return false;
	for (size_t i = 0; i < DTMF_ROWS; i++) {
		low = fmaxf(low, short_power(f, i));
		high = fmaxf(high, short_power(f, DTMF_ROWS + i));
	}
	return low + high >= SUSPECT_SHARE_MIN * all && twist_is_right(low, high);
}

/* The window began with the key, or within a hop of it: the hops at the edge tell by how full they
 * are. */
static uint64_t
where_it_began(const struct dtmf_find *f)
{
	float mean = energy(f, DTMF_WINDOW - 1) / (DTMF_WINDOW - 1), full = 0;

	for (uint64_t i = DTMF_WINDOW - 1; i <= DTMF_WINDOW; i++)
		if (i < f->hops)
			full += fminf(1, hop_back(f, i)->energy / mean);
	return f->heard - (DTMF_WINDOW - 1) * DTMF_HOP - (uint64_t)(full * DTMF_HOP);
}

static struct dtmf_event
event_of(const struct dtmf_find *f, enum dtmf_event_kind kind)
{
	float dbm0 = OSC_FULL_SCALE_DBM0 + 10 * log10f((f->held_low + f->held_high) /
						       ((float)INT16_MAX * (float)INT16_MAX / 2));

	return (struct dtmf_event){
	    .kind = kind, .digit = dtmf_digits[f->held], .at = f->held_begin, .level_dbm0 = dbm0};
}

static void
end_held(struct dtmf_find *f, uint64_t at, struct dtmf_event *out)
{
	*out = event_of(f, DTMF_END);
	if (at < f->held_begin)
		at = f->held_begin;
	out->duration = (uint32_t)(at - f->held_begin);
	out->at = at;
	f->held = -1;
}

static void
note_presence(struct dtmf_find *f)
{
	bool present = short_power(f, (size_t)f->held / 4) >= HOLD_MIN * f->held_low &&
		       short_power(f, DTMF_ROWS + (size_t)f->held % 4) >= HOLD_MIN * f->held_high;

	if (present) {
		f->absent_hops = 0;
		return;
	}
	if (!f->absent_hops++)
		f->absent_since = f->heard - EDGE_SAMPLES;
}

/* A digit is there once several windows agree; those of another one end it. */
static bool
confirm(struct dtmf_find *f, float low, float high, struct dtmf_event *out)
{
	bool was_held = f->held >= 0;

	if (was_held)
		end_held(f, f->absent_hops ? f->absent_since : f->candidate_begin, out);
	f->held = f->candidate;
	f->held_begin = f->candidate_begin;
	f->held_low = low;
	f->held_high = high;
	f->absent_hops = 0;
	f->begin_pending = was_held;
	if (!was_held)
		*out = event_of(f, DTMF_BEGIN);
	return true;
}

static bool
judge(struct dtmf_find *f, struct dtmf_event *out)
{
	float low = 0, high = 0;
	int digit = digit_in_window(f, &low, &high);

	f->suspects = seems_to_begin(f);
	if (digit < 0 || digit != f->candidate) {
		f->candidate = digit;
		f->candidate_hits = 0;
		if (digit >= 0)
			f->candidate_begin = where_it_began(f);
	}
	if (digit >= 0)
		f->candidate_hits++;
	if (f->held >= 0)
		note_presence(f);
	if (digit >= 0 && digit == f->held) {
		f->held_low = low;
		f->held_high = high;
	} else if (digit >= 0 && f->candidate_hits >= HITS_NEEDED) {
		return confirm(f, low, high, out);
	}
	if (f->held >= 0 && f->absent_hops > BRIDGE_HOPS) {
		end_held(f, f->absent_since, out);
		return true;
	}
	return false;
}

/* ---- samples ---- */

static float
without_dial_tone(struct dtmf_find *f, float v)
{
	for (size_t i = 0; i < 3; i++) {
		struct dtmf_notch *k = &f->notch[i];
		float s = v + k->pole * k->z1 - k->pole2 * k->z2;

		v = s - k->zero * k->z1 + k->z2;
		k->z2 = k->z1;
		k->z1 = s;
	}
	return v;
}

static void
hear_sample(struct dtmf_find *f, int16_t sample)
{
	float v = (float)sample - f->dc_in + 0.98F * f->dc_out;

	f->dc_in = sample;
	f->dc_out = v;
	if (f->dial_tone)
		v = without_dial_tone(f, v);
	f->energy += v * v;
	for (size_t i = 0; i < DTMF_TONES; i++) {
		float s = v + f->coefficient[i] * f->s1[i] - f->s2[i];

		f->s2[i] = f->s1[i];
		f->s1[i] = s;
	}
}

static void
end_hop(struct dtmf_find *f)
{
	struct dtmf_hop *h = &f->hop[f->hops++ % DTMF_HISTORY];

	h->energy = f->energy;
	for (size_t i = 0; i < DTMF_TONES; i++) {
		h->re[i] = f->s1[i] - f->turn_re[i] * f->s2[i];
		h->im[i] = f->turn_im[i] * f->s2[i];
	}
	memset(f->s1, 0, sizeof f->s1);
	memset(f->s2, 0, sizeof f->s2);
	f->energy = 0;
	f->in_hop = 0;
}

bool
dtmf_hear(struct dtmf_find *f, const int16_t **pcm, size_t *n, struct dtmf_event *out)
{
	if (f->begin_pending) {
		f->begin_pending = false;
		*out = event_of(f, DTMF_BEGIN);
		return true;
	}
	while (*n) {
		hear_sample(f, **pcm);
		++*pcm;
		--*n;
		f->heard++;
		if (++f->in_hop < DTMF_HOP)
			continue;
		end_hop(f);
		if (judge(f, out))
			return true;
	}
	return false;
}

bool
dtmf_suspects(const struct dtmf_find *f)
{
	return f->suspects || f->held >= 0;
}
