#include "media/relay_watch_int.h"

#include "base/log.h"

static void
tell(struct relay *r, const struct media_event *ev)
{
	if (r->media.on_event)
		r->media.on_event(r->media.ctx, ev);
}

/* Carried by that thread, or on the way to it. */
static bool
is_of(struct slot *slot, const struct worker *w)
{
	return atomic_load(&slot->carrier) == w || slot->worker == w;
}

/* Who hears it closes its streams, which moves nothing in this list. */
static void
tell_failed(struct relay *r, const struct worker *w)
{
	for (uint32_t i = 0; i < r->n_made; i++) {
		struct slot *slot = &r->slots[i];
		struct media_event ev = {
		    .kind = MEDIA_EV_FAILED,
		    .ref = {.slot = i, .gen = slot_wanted(slot)->gen},
		    .user = slot_wanted(slot)->user,
		};

		if (slot_wanted(slot)->open && is_of(slot, w))
			tell(r, &ev);
	}
}

/* ---- a thread that has ended ---- */

static void
replace(struct relay *r, struct worker *w)
{
	unsigned number = (unsigned)(w - r->workers);
	enum err e = worker_restart(w, number, r->n_made);

	if (e != ERR_OK) {
		log_error(MEDIA, "media thread %u has ended and cannot be started again: %s",
		    number, err_name(e));
		return; /* in a second again */
	}
	log_error(
	    MEDIA, "media thread %u had ended: its calls end, another one has its place", number);
	relay_gauge(&r->threads_failed, 1);
	tell_failed(r, w);
}

/* ---- a thread that does not move ---- */

/* The last word of what was closed, without figures: they are the thread's. */
static void
write_off(struct relay *r, struct worker *w)
{
	for (uint32_t i = 0; i < r->n_made; i++) {
		struct slot *slot = &r->slots[i];
		struct media_event ev = {
		    .kind = MEDIA_EV_CLOSED,
		    .ref = {.slot = i, .gen = slot_wanted(slot)->gen},
		    .user = slot_wanted(slot)->user,
		};

		if (slot_wanted(slot)->open || slot->written_off || !list_empty(&slot->free_node) ||
		    !is_of(slot, w))
			continue;
		slot->written_off = true;
		r->n_written_off++;
		slots_release(r, slot);
		tell(r, &ev);
	}
}

static void
note_stuck(struct relay *r, struct worker *w)
{
	w->stuck = true;
	log_error(MEDIA, "media thread %u does not move any more: its calls end",
	    (unsigned)(w - r->workers));
	relay_gauge(&r->threads_failed, 1);
	tell_failed(r, w);
}

static void
look_at(struct relay *r, struct worker *w)
{
	uint32_t beats = atomic_load_explicit(&w->beats, memory_order_relaxed);

	if (beats != w->beats_seen) {
		if (w->stuck)
			log_warn(MEDIA, "media thread %u moves again", (unsigned)(w - r->workers));
		w->stuck = false;
		w->still = 0;
		w->beats_seen = beats;
	} else if (w->n_busy && !w->stuck && ++w->still >= WATCH_STILL_MAX)
		note_stuck(r, w);
	if (w->stuck)
		write_off(r, w);
}

/* ---- */

static bool
is_wanted(const struct relay *r)
{
	return atomic_load_explicit(&r->slots_busy, memory_order_relaxed) || r->n_written_off;
}

static void
on_watch(struct timer *t)
{
	struct relay *r = container_of(t, struct relay, watch);

	relay_fetch(r);
	for (uint32_t i = 0; i < r->n_workers; i++) {
		struct worker *w = &r->workers[i];

		if (atomic_load_explicit(&w->ended, memory_order_acquire))
			replace(r, w);
		else
			look_at(r, w);
	}
	if (is_wanted(r))
		watch_start(r);
}

void
watch_init(struct relay *r)
{
	timer_init(&r->watch, on_watch);
}

void
watch_start(struct relay *r)
{
	if (!timer_active(&r->watch) && !r->stopped)
		timer_start_late(loop_timers(r->loop), &r->watch, WATCH_MS);
}

void
watch_stop(struct relay *r)
{
	timer_stop(&r->watch);
}

void
watch_break(struct media *m, unsigned worker, enum worker_fault fault)
{
	struct worker *w = &container_of(m, struct relay, media)->workers[worker];

	atomic_store(&w->fault, fault);
	worker_wake(w);
}
