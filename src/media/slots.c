#include <time.h>

#include "media/relay_int.h"

enum { REST_MS = 3000 }; /* a free slot rests so long, if others are left */

uint64_t
slots_clock_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000 + (uint64_t)ts.tv_nsec / 1000000;
}

enum err
slots_make(struct relay *r, struct worker *w, uint64_t now_ms, struct slot **out)
{
	struct slot *slot = &r->slots[r->n_made];
	enum err e;

	if (r->n_made == r->n_slots)
		return ERR_LIMIT;
	slot->index = r->n_made;
	slot->worker = w;
	e = ports_open(&r->ports, now_ms, &slot->pair[MEDIA_CALLER]);
	if (e != ERR_OK)
		return e;
	e = ports_open(&r->ports, now_ms, &slot->pair[MEDIA_CALLED]);
	if (e != ERR_OK) {
		ports_close(&r->ports, &slot->pair[MEDIA_CALLER]);
		return e;
	}
	atomic_init(&slot->carrier, w);
	plan_box_init(&slot->box);
	stream_init(&slot->stream, w);
	list_init(&slot->free_node);
	list_init(&slot->trim_node);
	e = worker_adopt(w, slot);
	if (e != ERR_OK) {
		ports_close(&r->ports, &slot->pair[MEDIA_CALLER]);
		ports_close(&r->ports, &slot->pair[MEDIA_CALLED]);
		return ERR_LIMIT;
	}
	r->n_made++;
	*out = slot;
	return ERR_OK;
}

void
slots_move(struct slot *slot, struct worker *to)
{
	if (slot->worker == to)
		return;
	slot->worker->n_busy--;
	to->n_busy++;
	slot->worker = to;
	slot_wanted(slot)->worker = to;
}

void
slots_release(struct relay *r, struct slot *slot)
{
	slot->worker->n_busy--;
	r->n_closing--;
	relay_gauge(&r->slots_busy, -1);
}

void
slots_give_back(struct slot *slot, uint64_t freed_ms)
{
	slot->freed_ms = freed_ms;
	list_push(&slot->worker->free_slots, &slot->free_node);
}

static struct slot *
longest_free(struct worker *w)
{
	return list_empty(&w->free_slots)
		   ? NULL
		   : container_of(w->free_slots.next, struct slot, free_node);
}

/* The first thread with room, and only when all are well filled the least busy.
 * One that does not move gets nothing, unless there is no other. Packing saves wake-ups: spread
 * over two threads, 100 streams cost twice the CPU time of 100 streams on one. */
struct worker *
slots_choose_worker(struct relay *r)
{
	struct worker *least = NULL;

	for (uint32_t i = 0; i < r->n_workers; i++) {
		struct worker *w = &r->workers[i];

		if (w->stuck)
			continue;
		if (w->n_busy < r->pack_streams)
			return w;
		if (!least || w->n_busy < least->n_busy)
			least = w;
	}
	return least ? least : &r->workers[0];
}

static struct slot *
longest_free_of_all(struct relay *r)
{
	struct slot *longest = NULL;

	for (uint32_t i = 0; i < r->n_workers; i++) {
		struct worker *w = &r->workers[i];
		struct slot *slot = w->stuck ? NULL : longest_free(w);

		if (slot && (!longest || slot->freed_ms < longest->freed_ms))
			longest = slot;
	}
	return longest;
}

uint32_t
slots_free(const struct relay *r)
{
	return r->n_made - (uint32_t)atomic_load_explicit(&r->slots_busy, memory_order_relaxed);
}

/* Those that are kept have sockets already, so nobody else can take their ports. */
enum err
slots_take(struct relay *r, bool urgent, struct slot **out, bool *rested)
{
	bool spare = slots_free(r) > r->n_kept;
	struct worker *w = slots_choose_worker(r);
	struct slot *slot = spare ? longest_free(w) : NULL;
	uint64_t now_ms = slots_clock_ms();

	if ((!slot || now_ms - slot->freed_ms < REST_MS) &&
	    slots_make(r, w, now_ms, &slot) != ERR_OK)
		slot = spare || urgent ? longest_free_of_all(r) : NULL;
	if (!slot)
		return ERR_LIMIT;
	*rested = now_ms - slot->freed_ms >= REST_MS;
	list_remove(&slot->free_node);
	*out = slot;
	return ERR_OK;
}
