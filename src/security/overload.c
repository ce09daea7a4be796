#include "security/overload.h"

enum { CALM_MS = 2000, MEASURES = 3 };

/* Per level: reached at, left below. Lag in ms, the others in permille. */
static const struct {
	uint32_t enter[MEASURES], leave[MEASURES];
} levels[] = {
    [OVERLOAD_STRANGERS] = {{200, 500, 800}, {100, 250, 600}},
    [OVERLOAD_NEW] = {{1000, 850, 930}, {500, 500, 850}},
};

static uint32_t
permille(size_t part, size_t whole)
{
	return whole ? (uint32_t)((uint64_t)part * 1000 / whole) : 0;
}

enum overload_level
overload_update(struct overload *o, const struct guard_load *load, uint64_t now_ms)
{
	const uint32_t at[MEASURES] = {load->lag_ms, load->queue_permille,
	    permille(load->transactions, load->transactions_max)};
	enum overload_level reached = OVERLOAD_NONE;
	int above = 0;

	for (int l = OVERLOAD_STRANGERS; l <= OVERLOAD_NEW; l++)
		for (int m = 0; m < MEASURES; m++)
			if (at[m] >= levels[l].enter[m])
				reached = (enum overload_level)l;
	if (reached > o->level)
		o->level = reached;
	if (o->level == OVERLOAD_NONE)
		return o->level;
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
