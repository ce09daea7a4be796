#include "security/overload.h"

enum { CALM_MS = 2000, MEASURES = 3 };

/* Per level: reached at, left below. Lag in ms, the others in permille. Whoever is answered later
 * than T1 (500 ms) asks again: from there on lateness feeds itself. */
static const struct {
	uint32_t enter[MEASURES], leave[MEASURES];
} levels[] = {
    [OVERLOAD_STRANGERS] = {{500, 500, 800}, {250, 250, 600}},
    [OVERLOAD_NEW] = {{2000, 850, 930}, {1000, 500, 850}},
};

static uint32_t
permille(size_t part, size_t whole)
{
	return whole ? (uint32_t)((uint64_t)part * 1000 / whole) : 0;
}

/* What has been reached for a while, not for a moment. */
static uint32_t
lowest(const uint32_t sample[OVERLOAD_SAMPLES])
{
	uint32_t least = sample[0];

	for (int i = 1; i < OVERLOAD_SAMPLES; i++)
		if (sample[i] < least)
			least = sample[i];
	return least;
}

static void
take_sample(struct overload *o, const struct guard_load *load)
{
	o->lag_ms[o->next] = load->lag_ms;
	o->queue_permille[o->next] = load->queue_permille;
	o->next = (o->next + 1) % OVERLOAD_SAMPLES;
}

enum overload_level
overload_update(struct overload *o, const struct guard_load *load, uint64_t now_ms)
{
	enum overload_level reached = OVERLOAD_NONE;
	uint32_t at[MEASURES];
	int above = 0;

	take_sample(o, load);
	at[0] = lowest(o->lag_ms);
	at[1] = lowest(o->queue_permille);
	at[2] = permille(load->transactions, load->transactions_max);
	for (int l = OVERLOAD_STRANGERS; l <= OVERLOAD_NEW; l++)
		for (int m = 0; m < MEASURES; m++)
			if (at[m] >= levels[l].enter[m])
				reached = (enum overload_level)l;
	if (reached > o->level)
		o->level = reached;
	if (o->level == OVERLOAD_NONE)
		return o->level;
	at[0] = load->lag_ms; /* calm is what is calm all the time */
	at[1] = load->queue_permille;
	for (int m = 0; m < MEASURES; m++)
		above += at[m] >= levels[o->level].leave[m];
	if (above) {
		o->calm_since_ms = 0;
	} else if (o->calm_since_ms == 0) {
		o->calm_since_ms = now_ms ? now_ms : 1;
	} else if (now_ms - o->calm_since_ms >= CALM_MS) {
		o->level--; /* one step at a time; the next has to be calm by itself */
		o->calm_since_ms = 0;
	}
	return o->level;
}
