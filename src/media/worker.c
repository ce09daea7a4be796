#include "media/worker_int.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#include "base/log.h"

enum {
	TOLD_BATCH = 64,
	CLOCK_LATE_MAX_US = 1000000,
	KEYS_CAPACITY = 1024,
	STATS_WAITING_MAX = 512, /* half a mailbox: other news have the rest for themselves */
};

/* What epoll hands back: the wake-up, or slot, side and port in one number. */
static const uint64_t KEY_WAKE = UINT64_MAX;

static uint64_t
socket_key(uint32_t slot, unsigned side, unsigned port)
{
	return (uint64_t)slot << 2 | side << 1 | port;
}

static uint64_t
clock_us(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000000 + (uint64_t)ts.tv_nsec / 1000;
}

void
worker_wake(const struct worker *w)
{
	uint64_t one = 1;

	if (write(w->wake_fd, &one, sizeof one) < 0)
		return; /* the counter is full: awake enough */
}

static void
wake(void *ctx)
{
	worker_wake(ctx);
}

static enum err
open_epoll(struct worker *w)
{
	struct epoll_event ev = {.events = EPOLLIN, .data.u64 = KEY_WAKE};

	w->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	if (w->epoll_fd < 0 || epoll_ctl(w->epoll_fd, EPOLL_CTL_ADD, w->wake_fd, &ev) != 0)
		return err_from_errno(errno);
	return ERR_OK;
}

static uint64_t
batch_clock_ms(void *ctx)
{
	const struct worker *w = ctx;

	return w->now_us / 1000;
}

enum err
worker_init(
    struct worker *w, struct slot *slots, uint32_t n_slots, bool ip6, struct mailbox *events)
{
	struct mailbox_params told = {
	    .message_bytes = sizeof(uint32_t), .capacity = 2 * n_slots, .wake = wake, .ctx = w};
	struct mailbox_params pressed = {
	    .message_bytes = sizeof(struct worker_key), .capacity = KEYS_CAPACITY};
	enum err e;

	w->slots = slots;
	w->ip6 = ip6;
	w->events = events;
	rng_init_system(&w->rng);
	list_init(&w->waiting);
	list_init(&w->clocked);
	list_init(&w->rooms);
	list_init(&w->free_slots);
	list_init(&w->fast);
	w->now_us = clock_us();
	timers_init(&w->timers, w->now_us / 1000);
	timers_set_clock(&w->timers, batch_clock_ms, w); /* right after a long sleep, too */
	w->epoll_fd = -1;
	w->wake_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	if (w->wake_fd < 0)
		return err_from_errno(errno);
	e = open_epoll(w);
	if (e == ERR_OK)
		e = mailbox_new(&w->told, &told);
	return e == ERR_OK ? mailbox_new(&w->pressed, &pressed) : e;
}

void
worker_fini(struct worker *w)
{
	if (!w->slots)
		return; /* never began */
	mailbox_free(w->told);
	mailbox_free(w->pressed);
	if (w->epoll_fd >= 0)
		close(w->epoll_fd);
	if (w->wake_fd >= 0)
		close(w->wake_fd);
}

enum err
worker_adopt(struct worker *w, struct slot *slot)
{
	for (unsigned side = 0; side < MEDIA_SIDES; side++)
		for (unsigned port = 0; port < LATCH_PORTS; port++) {
			struct epoll_event ev = {
			    .events = EPOLLIN, .data.u64 = socket_key(slot->index, side, port)};

			if (epoll_ctl(w->epoll_fd, EPOLL_CTL_ADD, slot->pair[side].fd[port], &ev) !=
			    0)
				return err_from_errno(errno);
		}
	return ERR_OK;
}

void
worker_tell(struct worker *w, const struct slot *slot)
{
	/* There is room: a slot is told of once until its plan is taken (plan_int.h). */
	if (mailbox_post_quiet(w->told, &slot->index) != ERR_OK)
		log_error(MEDIA, "mailbox of a media thread is full");
	if (atomic_load(&w->asleep) && atomic_exchange(&w->asleep, false))
		mailbox_wake_if_dirty(w->told);
}

void
worker_press(struct worker *w, const struct worker_key *key)
{
	if (mailbox_post_quiet(w->pressed, key) != ERR_OK)
		log_warn(MEDIA, "keys are pressed faster than anybody can");
}

void
worker_post(struct worker *w, struct stream *s, enum stream_due due)
{
	s->due |= due;
	list_remove(&s->waiting);
	list_push(&w->waiting, &s->waiting);
}

void
worker_clock(struct worker *w, struct stream *s)
{
	if (list_empty(&w->clocked))
		w->clock_due_us = w->now_us;
	if (list_empty(&s->clocked))
		list_push(&w->clocked, &s->clocked);
	for (int i = 0; s->attendant && i < MEDIA_SIDES; i++) {
		struct room *r = s->attendant->side[i].order.room;

		if (r && list_empty(&r->link))
			list_push(&w->rooms, &r->link);
	}
}

static bool
post(struct worker *w, struct stream *s, enum stream_due due)
{
	struct slot *slot = container_of(s, struct slot, stream);
	struct worker_event message = {
	    .event =
		{
		    .kind = due == STREAM_DUE_CLOSED ? MEDIA_EV_CLOSED : MEDIA_EV_TIMEOUT,
		    .ref = {.slot = slot->index, .gen = s->gen},
		    .user = s->user,
		},
	    .timeout_serial = s->timeout_serial,
	};

	if (!(s->due & due))
		return true;
	stream_write_stats(s, &message.event.stats);
	/* CLOSED is the last word: once it is out, signalling may use the slot again. */
	s->due &= ~(unsigned)due;
	if (mailbox_post_quiet(w->events, &message) == ERR_OK)
		return true;
	s->due |= due; /* signalling is behind; the next tick tries again */
	return false;
}

static bool
post_one(struct worker *w, struct stream *s, unsigned side, enum attendant_news what)
{
	struct slot *slot = container_of(s, struct slot, stream);
	struct attendant_side *a = &s->attendant->side[side];
	struct worker_event message = {
	    .event =
		{
		    .kind = what == ATTENDANT_PLAYED ? MEDIA_EV_PLAYED : MEDIA_EV_SPEAKS,
		    .ref = {.slot = slot->index, .gen = s->gen},
		    .user = s->user,
		    .service = {.side = side, .speaks = a->member.speaks},
		},
	};

	if (!(a->news & what))
		return true;
	if (what == ATTENDANT_PLAYED)
		message.event.service.sound = a->order.player->user;
	if (mailbox_post_quiet(w->events, &message) != ERR_OK)
		return false;
	a->news &= ~(unsigned)what;
	return true;
}

/* What a side presses. */
static bool
post_keys(struct worker *w, struct stream *s, unsigned side)
{
	struct slot *slot = container_of(s, struct slot, stream);
	struct transcoder *t = s->interpreter ? s->interpreter->from[side] : NULL;
	const struct key_heard *key;

	while (t && (key = transcoder_told(t))) {
		struct worker_event message = {
		    .event =
			{
			    .kind = MEDIA_EV_KEY,
			    .ref = {.slot = slot->index, .gen = s->gen},
			    .user = s->user,
			    .service = {.side = side, .key = key->digit, .key_ms = key->ms},
			},
		};

		if (mailbox_post_quiet(w->events, &message) != ERR_OK)
			return false;
		transcoder_told_forget(t);
	}
	return true;
}

/* The same while its packets merely pass. */
static bool
post_watched(struct worker *w, struct stream *s, unsigned side)
{
	struct slot *slot = container_of(s, struct slot, stream);
	struct key_watch *keys = &s->side[side].keys;

	while (key_watch_first(keys)) {
		struct worker_event message = {
		    .event =
			{
			    .kind = MEDIA_EV_KEY,
			    .ref = {.slot = slot->index, .gen = s->gen},
			    .user = s->user,
			    .service = {.side = side,
				.key = key_watch_first(keys),
				.listened = true},
			},
		};

		if (mailbox_post_quiet(w->events, &message) != ERR_OK)
			return false;
		key_watch_forget_first(keys);
	}
	return true;
}

/* What a side lets us know. */
static bool
post_heard(struct worker *w, struct stream *s, unsigned side)
{
	struct slot *slot = container_of(s, struct slot, stream);
	struct ear *ear = s->attendant ? s->attendant->side[side].ear : NULL;
	const struct ear_event *ev;

	while (ear && (ev = ear_first(ear))) {
		struct worker_event message = {
		    .event =
			{
			    .kind = ev->is_key ? MEDIA_EV_KEY : MEDIA_EV_HEARD,
			    .ref = {.slot = slot->index, .gen = s->gen},
			    .user = s->user,
			    .service = {.side = side,
				.key = ev->key.digit,
				.key_ms = ev->key.ms,
				.listened = true,
				.heard = ev->heard,
				.tone = ev->tone},
			},
		};

		if (mailbox_post_quiet(w->events, &message) != ERR_OK)
			return false;
		ear_forget_first(ear);
	}
	return true;
}

static bool
post_news(struct worker *w, struct stream *s)
{
	bool all = true;

	for (unsigned side = 0; side < MEDIA_SIDES; side++)
		all = all && post_keys(w, s, side) && post_watched(w, s, side) &&
		      post_heard(w, s, side);

	for (unsigned side = 0; s->attendant && side < MEDIA_SIDES; side++)
		all = all && post_one(w, s, side, ATTENDANT_PLAYED) &&
		      post_one(w, s, side, ATTENDANT_SPEAKS);
	if (all)
		s->due &= ~(unsigned)STREAM_DUE_NEWS;
	return all;
}

/* Signalling looks by itself for streams that it has closed. */
static void
hand_over_events(struct worker *w)
{
	bool urgent = false;

	while (!list_empty(&w->waiting)) {
		struct stream *s = container_of(w->waiting.next, struct stream, waiting);

		urgent = urgent || (s->due & (STREAM_DUE_TIMEOUT | STREAM_DUE_NEWS));
		if (!post_news(w, s) || !post(w, s, STREAM_DUE_TIMEOUT) ||
		    !post(w, s, STREAM_DUE_CLOSED))
			break;
		list_remove(&s->waiting);
	}
	if (urgent)
		mailbox_wake_if_dirty(w->events);
}

/* ---- figures ---- */

static void
post_stats(struct worker *w, const struct slot *slot)
{
	struct worker_event message = {
	    .event =
		{
		    .kind = MEDIA_EV_STATS,
		    .ref = {.slot = slot->index, .gen = slot->stream.gen},
		    .user = slot->stream.user,
		},
	};

	stream_write_stats(&slot->stream, &message.event.stats);
	if (mailbox_post_quiet(w->events, &message) != ERR_OK)
		return; /* the next ones say more */
}

/* Of those whose turn it is in this tick. */
static void
tell_stats(struct worker *w)
{
	uint32_t first = w->stats_tick++ % WORKER_STATS_TICKS;

	if (first >= w->n_known || mailbox_count(w->events).waiting > STATS_WAITING_MAX)
		return;
	for (uint32_t i = first; i < w->n_known; i += WORKER_STATS_TICKS) {
		const struct slot *slot = &w->slots[i];

		if (atomic_load(&slot->carrier) == w && slot->stream.worker == w &&
		    slot->stream.open)
			post_stats(w, slot);
	}
}

/* ---- plans ---- */

/* To another thread, which finds the plan that says so in the box. */
static void
hand_over(struct worker *w, struct slot *slot, struct worker *to)
{
	stream_leave(&slot->stream, w);
	for (unsigned side = 0; side < MEDIA_SIDES; side++)
		for (unsigned port = 0; port < LATCH_PORTS; port++)
			(void)epoll_ctl(
			    w->epoll_fd, EPOLL_CTL_DEL, slot->pair[side].fd[port], NULL);
	atomic_store(&slot->carrier, to);
	worker_tell(to, slot);
	worker_wake(to);
}

static void
take_over(struct worker *w, struct slot *slot)
{
	if (worker_adopt(w, slot) != ERR_OK)
		log_error(MEDIA, "a stream that joins a room has become deaf");
	stream_join(&slot->stream, w);
}

static void
take_plan(struct worker *w, struct slot *slot)
{
	bool taken_over = slot->stream.worker != w;
	const struct plan *plan = plan_box_take(&slot->box);

	if (taken_over)
		take_over(w, slot);
	if (taken_over && !plan)
		plan = plan_box_taken(&slot->box);
	if (!plan)
		return;
	if (plan->open && plan->worker != w)
		hand_over(w, slot, plan->worker);
	else
		stream_follow(slot, w, plan);
}

static void
take_plans(struct worker *w)
{
	uint32_t told[TOLD_BATCH];
	size_t n;

	do {
		n = mailbox_take_batch(w->told, told, TOLD_BATCH);
		for (size_t i = 0; i < n; i++) {
			struct slot *slot = &w->slots[told[i]];

			if (told[i] >= w->n_known)
				w->n_known = told[i] + 1;
			if (atomic_load(&slot->carrier) == w) /* else it knows by itself */
				take_plan(w, slot);
		}
	} while (n == TOLD_BATCH);
}

static uint64_t
due_us(const struct worker *w)
{
	bool clock = !list_empty(&w->clocked) && w->clock_due_us < w->tick_due_us;

	return clock ? w->clock_due_us : w->tick_due_us;
}

static int
sleep_ms(struct worker *w)
{
	if (w->n_open == 0 && list_empty(&w->waiting)) {
		/* Say so first, then look once more: a plan that comes after the look
		 * finds us asleep and wakes us. */
		atomic_store(&w->asleep, true);
		take_plans(w);
		if (w->n_open == 0 && list_empty(&w->waiting))
			return -1;
		atomic_store(&w->asleep, false);
	}
	return due_us(w) <= w->now_us ? 0 : (int)((due_us(w) - w->now_us + 999) / 1000);
}

static void
on_packet(struct worker *w, uint64_t key)
{
	struct slot *slot = &w->slots[key >> 2];

	/* else it was handed over since epoll said so */
	if (atomic_load_explicit(&slot->carrier, memory_order_relaxed) == w)
		stream_on_readable(slot, w, key >> 1 & 1, key & 1);
}

static void
on_ready(struct worker *w, uint64_t key)
{
	uint64_t ignored;

	if (key != KEY_WAKE)
		on_packet(w, key);
	else if (read(w->wake_fd, &ignored, sizeof ignored) < 0)
		return; /* somebody else's wake-up was counted in already */
}

static void
take_pressed(struct worker *w)
{
	struct worker_key key[TOLD_BATCH];
	size_t n = mailbox_take_batch(w->pressed, key, TOLD_BATCH);

	for (size_t i = 0; i < n; i++) {
		struct slot *slot = &w->slots[key[i].ref.slot];
		struct worker *carrier = atomic_load(&slot->carrier);

		if (carrier != w)
			worker_press(carrier, &key[i]);
		else if (slot->stream.open && slot->stream.gen == key[i].ref.gen)
			stream_press(&slot->stream, w, key[i].to, key[i].key, key[i].ms);
	}
}

static void
tick(struct worker *w)
{
	take_pressed(w);
	timers_advance(&w->timers, w->now_us / 1000);
	if (w->now_us >= w->scan_due_us)
		fastpath_scan(w);
	hand_over_events(w);
	tell_stats(w);
	w->tick_due_us = w->now_us + WORKER_TICK_US;
}

/* ---- the clock ---- */

static struct stream *
stream_of(struct list *link)
{
	return container_of(link, struct stream, clocked);
}

static void
clock_tick(struct worker *w)
{
	w->tick++;
	for (struct list *at = w->rooms.next; at != &w->rooms; at = at->next)
		room_begin(container_of(at, struct room, link));
	for (struct list *at = w->clocked.next; at != &w->clocked; at = at->next)
		stream_hear(stream_of(at), w);
	for (struct list *at = w->rooms.next; at != &w->rooms; at = at->next)
		room_record(container_of(at, struct room, link));
	LIST_FOR_EACH_SAFE (at, &w->clocked) {
		struct stream *s = stream_of(at);

		stream_speak(s, w);
		if (!stream_needs_clock(s))
			list_remove(at);
	}
}

/* What a stall has missed is made up for, as far as ears would still want it. */
static void
run_clock(struct worker *w)
{
	if (w->now_us - w->clock_due_us > CLOCK_LATE_MAX_US)
		w->clock_due_us = w->now_us;
	while (!list_empty(&w->clocked) && w->clock_due_us <= w->now_us) {
		clock_tick(w);
		w->clock_due_us += FEED_TICK_US;
	}
	hand_over_events(w);
}

static bool
is_stopped(const struct worker *w)
{
	return atomic_load_explicit(&w->stop, memory_order_relaxed);
}

/* False: the thread shall end. */
static bool
play_fault(struct worker *w)
{
	while (atomic_load(&w->fault) == WORKER_HANGS && !is_stopped(w))
		poll(NULL, 0, 1);
	return atomic_exchange(&w->fault, WORKER_SOUND) != WORKER_ENDS;
}

/* One turn. False: it cannot go on. */
static bool
turn(struct worker *w, struct epoll_event ready[WORKER_READY_MAX])
{
	int n = epoll_wait(w->epoll_fd, ready, WORKER_READY_MAX, sleep_ms(w));

	if (n < 0 && errno != EINTR) {
		log_error(MEDIA, "a media thread cannot wait for packets: %s", strerror(errno));
		return false;
	}
	if (atomic_load_explicit(&w->fault, memory_order_relaxed) && !play_fault(w))
		return false;
	if (atomic_load_explicit(&w->asleep, memory_order_relaxed))
		atomic_store(&w->asleep, false);
	w->now_us = clock_us(); /* once for the batch: the arrival of its packets */
	take_plans(w);
	for (int i = 0; i < n; i++)
		on_ready(w, ready[i].data.u64);
	if (!list_empty(&w->clocked) && w->now_us >= w->clock_due_us)
		run_clock(w);
	if (w->now_us >= w->tick_due_us)
		tick(w);
	atomic_store_explicit(&w->beats, atomic_load_explicit(&w->beats, memory_order_relaxed) + 1,
	    memory_order_relaxed);
	return true;
}

static void
run(void *ctx)
{
	struct worker *w = ctx;
	struct epoll_event ready[WORKER_READY_MAX];

	while (!is_stopped(w))
		if (!turn(w, ready)) {
			atomic_store_explicit(&w->ended, true, memory_order_release);
			return;
		}
}

enum err
worker_start(struct worker *w, unsigned number)
{
	char name[16];

	snprintf(name, sizeof name, "media-%u", number);
	return thread_start(&w->thread, name, run, w);
}

/* Its sockets belong to a new set, or to the old one as before. */
static enum err
renew_epoll(struct worker *w, uint32_t n_slots)
{
	int old_fd = w->epoll_fd;
	enum err e = open_epoll(w);

	for (uint32_t i = 0; i < n_slots && e == ERR_OK; i++)
		if (atomic_load(&w->slots[i].carrier) == w && w->slots[i].stream.worker == w)
			e = worker_adopt(w, &w->slots[i]);
	if (e == ERR_OK) {
		close(old_fd);
		return ERR_OK;
	}
	if (w->epoll_fd >= 0)
		close(w->epoll_fd);
	w->epoll_fd = old_fd;
	return e;
}

enum err
worker_restart(struct worker *w, unsigned number, uint32_t n_slots)
{
	enum err e;

	thread_join(w->thread);
	w->thread = NULL;
	e = renew_epoll(w, n_slots);
	if (e != ERR_OK)
		return e;
	atomic_store(&w->ended, false);
	e = worker_start(w, number);
	if (e != ERR_OK)
		atomic_store(&w->ended, true);
	return e;
}

void
worker_stop(struct worker *w)
{
	if (!w->thread)
		return;
	atomic_store(&w->stop, true);
	worker_wake(w);
	thread_join(w->thread);
	w->thread = NULL;
}
