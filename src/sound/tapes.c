#include <errno.h>
#include <poll.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#include "loop/thread.h"
#include "sound/tapes_int.h"

struct tapes {
	struct thread *thread;
	int wake_fd;
	atomic_bool stop;
	_Atomic(struct tape *) arrived; /* newest first; taken all at once */
	/* the thread's */
	struct list players, recorders;
};

void
tapes_wake(struct tapes *ts)
{
	uint64_t one = 1;

	/* Fails only when the thread is to wake anyway. */
	if (write(ts->wake_fd, &one, sizeof one) < 0)
		return;
}

void
tapes_add(struct tapes *ts, struct tape *t)
{
	t->older = atomic_load_explicit(&ts->arrived, memory_order_relaxed);
	while (!atomic_compare_exchange_weak_explicit(
	    &ts->arrived, &t->older, t, memory_order_release, memory_order_relaxed))
		;
	tapes_wake(ts);
}

/* ---- the thread ---- */

static uint64_t
now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

static void
take_arrived(struct tapes *ts)
{
	struct tape *t = atomic_exchange_explicit(&ts->arrived, NULL, memory_order_acquire);

	while (t) {
		struct tape *older = t->older;

		/* those who have just come need their first sound most */
		list_push_front(t->plays ? &ts->players : &ts->recorders, &t->link);
		t = older;
	}
}

/* A little for each: nobody's first sound waits until all others have a full ring. */
static bool
work_players(struct tapes *ts)
{
	bool more = false;

	LIST_FOR_EACH_SAFE (it, &ts->players)
		more |= tape_in_work(container_of(it, struct tape, link)) == TAPE_MORE;
	return more;
}

/* To end a recording waits for the disk: one of them, then the players have their turn. */
static bool
work_recorders(struct tapes *ts)
{
	uint64_t at_ms = now_ms();
	bool more = false, may_close = true;

	LIST_FOR_EACH_SAFE (it, &ts->recorders) {
		enum tape_wish wish =
		    tape_out_work(container_of(it, struct tape, link), at_ms, may_close);

		may_close = may_close && wish != TAPE_GONE;
		more |= wish == TAPE_MORE;
	}
	return more;
}

static void
sleep_until_look(struct tapes *ts)
{
	bool idle = list_empty(&ts->players) && list_empty(&ts->recorders);
	struct pollfd wake = {.fd = ts->wake_fd, .events = POLLIN};
	uint64_t count;

	if (poll(&wake, 1, idle ? -1 : TAPE_LOOK_MS) > 0 &&
	    read(ts->wake_fd, &count, sizeof count) < 0)
		return; /* somebody else's news: the next round finds nothing, which is fine */
}

static void
end_all(struct tapes *ts)
{
	take_arrived(ts);
	LIST_FOR_EACH_SAFE (it, &ts->players)
		tape_in_drop(container_of(it, struct tape, link));
	LIST_FOR_EACH_SAFE (it, &ts->recorders)
		tape_out_finish(container_of(it, struct tape, link));
}

static void
run(void *ctx)
{
	struct tapes *ts = ctx;

	while (!atomic_load_explicit(&ts->stop, memory_order_acquire)) {
		bool more;

		take_arrived(ts);
		more = work_players(ts);
		more |= work_recorders(ts);
		if (!more)
			sleep_until_look(ts);
	}
	end_all(ts);
}

/* ---- made and freed ---- */

enum err
tapes_new(struct tapes **out)
{
	struct tapes *ts = calloc(1, sizeof *ts);
	enum err e;

	if (!ts)
		return ERR_NOMEM;
	list_init(&ts->players);
	list_init(&ts->recorders);
	ts->wake_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	e = ts->wake_fd < 0 ? err_from_errno(errno) : thread_start(&ts->thread, "tapes", run, ts);
	if (e != ERR_OK) {
		if (ts->wake_fd >= 0)
			close(ts->wake_fd);
		free(ts);
		return e;
	}
	*out = ts;
	return ERR_OK;
}

void
tapes_free(struct tapes *ts)
{
	if (!ts)
		return;
	atomic_store_explicit(&ts->stop, true, memory_order_release);
	tapes_wake(ts);
	thread_join(ts->thread);
	close(ts->wake_fd);
	free(ts);
}
