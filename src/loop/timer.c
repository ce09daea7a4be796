/*
 * The wheel. Time is read as six digits of base 64, in milliseconds. A timer
 * stands in the level of the highest digit in which its due time differs from the
 * hand (at_ms), in the slot of that digit. So
 *
 *   - all timers with the same due time stand in the same slot, whenever they were
 *     started: list order is start order, and nothing is ever sorted;
 *   - everything in a lower level is due before anything in a higher one;
 *   - below the top level, occupied slots are never behind the hand's digit.
 *
 * The top level is a ring (uptimes beyond 2^36 ms): delays stay below 63 of its
 * slots, so the slot of the hand itself is always empty there.
 */
#include "loop/timer.h"

enum { DIGIT_BITS = 6, DUE_LEVEL = TIMER_LEVELS };

static unsigned
digit(uint64_t ms, unsigned level)
{
	return (ms >> (level * DIGIT_BITS)) & (TIMER_SLOTS - 1);
}

/* The time at which the slot `ahead` slots after the hand's begins. */
static uint64_t
slot_begin(const struct timers *t, unsigned level, unsigned ahead)
{
	unsigned shift = level * DIGIT_BITS;

	return ((t->at_ms >> shift) + ahead) << shift;
}

static void
place(struct timers *t, struct timer *timer)
{
	uint64_t differs = timer->due_ms ^ t->at_ms;
	unsigned level = differs ? (63u - (unsigned)__builtin_clzll(differs)) / DIGIT_BITS : 0;

	if (level >= TIMER_LEVELS)
		level = TIMER_LEVELS - 1;
	timer->level = level;
	timer->slot = digit(timer->due_ms, level);
	list_push(&t->slot[level][timer->slot], &timer->node);
	t->occupied[level] |= 1ull << timer->slot;
}

void
timers_init(struct timers *t, uint64_t now_ms)
{
	*t = (struct timers){.at_ms = now_ms};
	list_init(&t->due);
	for (size_t level = 0; level < TIMER_LEVELS; level++)
		for (size_t slot = 0; slot < TIMER_SLOTS; slot++)
			list_init(&t->slot[level][slot]);
}

void
timers_set_clock(struct timers *t, uint64_t (*clock)(void *ctx), void *ctx)
{
	t->clock = clock;
	t->clock_ctx = ctx;
}

uint64_t
timers_now_ms(const struct timers *t)
{
	uint64_t now_ms = t->clock ? t->clock(t->clock_ctx) : 0;

	return now_ms > t->at_ms ? now_ms : t->at_ms;
}

/* Finds the next occupied slot: its level, and where it begins. */
static uint64_t
next_slot(const struct timers *t, unsigned *level)
{
	for (unsigned l = 0; l < TIMER_LEVELS; l++) {
		unsigned hand = digit(t->at_ms, l);
		uint64_t ring = t->occupied[l];

		if (!ring)
			continue;
		*level = l;
		ring = hand ? ring >> hand | ring << (TIMER_SLOTS - hand) : ring;
		return slot_begin(t, l, (unsigned)__builtin_ctzll(ring));
	}
	return UINT64_MAX;
}

uint64_t
timers_next_ms(const struct timers *t)
{
	unsigned level;

	return list_empty(&t->due) ? next_slot(t, &level) : t->at_ms;
}

/* Moves the hand to the slot that begins at at_ms and empties it: into the due
 * list from the bottom level, else down to lower levels. */
static void
enter_slot(struct timers *t, unsigned level, uint64_t at_ms)
{
	unsigned slot = digit(at_ms, level);
	struct list all, *node;

	t->at_ms = at_ms;
	list_init(&all);
	list_splice(&all, &t->slot[level][slot]);
	t->occupied[level] &= ~(1ull << slot);
	if (level == 0) {
		LIST_FOR_EACH (n, &all)
			container_of(n, struct timer, node)->level = DUE_LEVEL;
		list_splice(&t->due, &all);
		return;
	}
	while ((node = list_pop(&all)))
		place(t, container_of(node, struct timer, node));
}

size_t
timers_advance(struct timers *t, uint64_t now_ms)
{
	uint64_t at_ms;
	unsigned level = 0;
	struct list *node;
	size_t ran = 0;

	while ((at_ms = next_slot(t, &level)) <= now_ms && at_ms != UINT64_MAX)
		enter_slot(t, level, at_ms);
	if (now_ms > t->at_ms)
		t->at_ms = now_ms;
	while ((node = list_pop(&t->due))) {
		struct timer *timer = container_of(node, struct timer, node);

		timer->owner = NULL;
		t->count--;
		ran++;
		timer->cb(timer);
	}
	return ran;
}

void
timer_init(struct timer *timer, void (*cb)(struct timer *t))
{
	*timer = (struct timer){.cb = cb};
	list_init(&timer->node);
}

static uint64_t
due_after(const struct timers *t, uint64_t delay_ms)
{
	return timers_now_ms(t) + (delay_ms < TIMER_DELAY_MAX_MS ? delay_ms : TIMER_DELAY_MAX_MS);
}

static void
start_at(struct timers *t, struct timer *timer, uint64_t due_ms)
{
	uint64_t latest_ms = t->at_ms + TIMER_DELAY_MAX_MS;

	timer_stop(timer);
	timer->due_ms = due_ms < latest_ms ? due_ms : latest_ms;
	timer->owner = t;
	t->count++;
	place(t, timer);
}

void
timer_start(struct timers *t, struct timer *timer, uint64_t delay_ms)
{
	start_at(t, timer, due_after(t, delay_ms));
}

void
timer_start_late(struct timers *t, struct timer *timer, uint64_t delay_ms)
{
	const uint64_t grid = TIMER_LATE_MS;

	start_at(t, timer, (due_after(t, delay_ms) + grid - 1) / grid * grid);
}

void
timer_stop(struct timer *timer)
{
	struct timers *t = timer->owner;

	if (!t)
		return;
	list_remove(&timer->node);
	timer->owner = NULL;
	t->count--;
	if (timer->level < TIMER_LEVELS && list_empty(&t->slot[timer->level][timer->slot]))
		t->occupied[timer->level] &= ~(1ull << timer->slot);
}
