#include "media/plan_int.h"

enum { PLAN_UNREAD = 4, PLAN_INDEX = 3 };

void
plan_box_init(struct plan_box *b)
{
	*b = (struct plan_box){.writing = 0, .reading = 1};
	atomic_init(&b->middle, 2u);
}

bool
plan_box_put(struct plan_box *b)
{
	unsigned put = b->writing, before = atomic_exchange(&b->middle, put | PLAN_UNREAD);

	b->writing = before & PLAN_INDEX;
	b->plan[b->writing] = b->plan[put]; /* which nobody writes before the next one is put */
	return !(before & PLAN_UNREAD);
}

const struct plan *
plan_box_take(struct plan_box *b)
{
	if (!(atomic_load(&b->middle) & PLAN_UNREAD))
		return NULL;
	b->reading = atomic_exchange(&b->middle, b->reading) & PLAN_INDEX;
	return &b->plan[b->reading];
}

bool
plan_box_is_unread(const struct plan_box *b)
{
	return atomic_load(&b->middle) & PLAN_UNREAD;
}

const struct plan *
plan_box_taken(const struct plan_box *b)
{
	return &b->plan[b->reading];
}
