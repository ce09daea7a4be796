#include "loop/mailbox.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "loop/thread.h"

struct mailbox {
	pthread_mutex_t lock; /* guards everything below */
	pthread_cond_t filled;
	size_t message_bytes, capacity;
	size_t first; /* oldest message */
	bool woken;   /* the consumer knows that messages wait */
	bool closed;
	void (*wake)(void *ctx);
	void *ctx;
	struct mailbox_counts counts;
	unsigned char *ring;
};

/* A wake-up decided under the lock, done after it. */
struct wake {
	void (*call)(void *ctx);
	void *ctx;
};

enum err
mailbox_new(struct mailbox **out, const struct mailbox_params *params)
{
	struct mailbox *mb;
	pthread_condattr_t attr;

	if (!params->message_bytes || !params->capacity)
		return ERR_INVALID;
	mb = calloc(1, sizeof *mb);
	if (!mb)
		return ERR_NOMEM;
	mb->ring = calloc(params->capacity, params->message_bytes);
	if (!mb->ring) {
		free(mb);
		return ERR_NOMEM;
	}
	mb->message_bytes = params->message_bytes;
	mb->capacity = params->capacity;
	mb->wake = params->wake;
	mb->ctx = params->ctx;
	pthread_mutex_init(&mb->lock, NULL);
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&mb->filled, &attr);
	pthread_condattr_destroy(&attr);
	*out = mb;
	return ERR_OK;
}

void
mailbox_free(struct mailbox *mb)
{
	if (!mb)
		return;
	pthread_cond_destroy(&mb->filled);
	pthread_mutex_destroy(&mb->lock);
	free(mb->ring);
	free(mb);
}

/* Lock held. */
static struct wake
decide_wake(struct mailbox *mb)
{
	if (mb->woken || mb->counts.waiting == 0)
		return (struct wake){0};
	mb->woken = true;
	mb->counts.wakes++;
	pthread_cond_signal(&mb->filled);
	return (struct wake){mb->wake, mb->ctx};
}

static void
do_wake(struct wake w)
{
	if (w.call)
		w.call(w.ctx);
}

void
mailbox_set_wake(struct mailbox *mb, void (*wake)(void *ctx), void *ctx)
{
	struct wake w;

	pthread_mutex_lock(&mb->lock);
	mb->wake = wake;
	mb->ctx = ctx;
	mb->woken = false;
	w = decide_wake(mb);
	pthread_mutex_unlock(&mb->lock);
	do_wake(w);
}

/* Lock held. */
static enum err
append(struct mailbox *mb, const void *message)
{
	struct mailbox_counts *c = &mb->counts;

	if (mb->closed || c->waiting == mb->capacity) {
		c->refused++;
		return mb->closed ? ERR_CLOSED : ERR_LIMIT;
	}
	memcpy(mb->ring + (mb->first + c->waiting) % mb->capacity * mb->message_bytes, message,
	    mb->message_bytes);
	c->posted++;
	if (++c->waiting > c->waiting_max)
		c->waiting_max = c->waiting;
	return ERR_OK;
}

enum err
mailbox_post(struct mailbox *mb, const void *message)
{
	struct wake w;
	enum err e;

	pthread_mutex_lock(&mb->lock);
	e = append(mb, message);
	w = decide_wake(mb);
	pthread_mutex_unlock(&mb->lock);
	do_wake(w);
	return e;
}

enum err
mailbox_post_quiet(struct mailbox *mb, const void *message)
{
	enum err e;

	pthread_mutex_lock(&mb->lock);
	e = append(mb, message);
	pthread_mutex_unlock(&mb->lock);
	return e;
}

void
mailbox_wake_if_dirty(struct mailbox *mb)
{
	struct wake w;

	pthread_mutex_lock(&mb->lock);
	w = decide_wake(mb);
	pthread_mutex_unlock(&mb->lock);
	do_wake(w);
}

size_t
mailbox_take_batch(struct mailbox *mb, void *out, size_t max)
{
	unsigned char *to = out;
	size_t taken, until_end;

	pthread_mutex_lock(&mb->lock);
	taken = mb->counts.waiting < max ? mb->counts.waiting : max;
	until_end = mb->capacity - mb->first;
	if (until_end > taken)
		until_end = taken;
	memcpy(to, mb->ring + mb->first * mb->message_bytes, until_end * mb->message_bytes);
	memcpy(
	    to + until_end * mb->message_bytes, mb->ring, (taken - until_end) * mb->message_bytes);
	mb->first = (mb->first + taken) % mb->capacity;
	mb->counts.waiting -= taken;
	if (mb->counts.waiting == 0) {
		mb->woken = false;
		mb->first = 0; /* memory is used to the longest queue only, and stays warm */
	}
	pthread_mutex_unlock(&mb->lock);
	return taken;
}

enum err
mailbox_wait(struct mailbox *mb, uint32_t timeout_ms)
{
	struct timespec until = thread_deadline(timeout_ms);
	enum err e = ERR_OK;
	int failed = 0;

	pthread_mutex_lock(&mb->lock);
	while (mb->counts.waiting == 0 && !mb->closed && failed != ETIMEDOUT)
		failed = pthread_cond_timedwait(&mb->filled, &mb->lock, &until);
	if (mb->counts.waiting == 0)
		e = mb->closed ? ERR_CLOSED : ERR_TIMEOUT;
	pthread_mutex_unlock(&mb->lock);
	return e;
}

void
mailbox_close(struct mailbox *mb)
{
	pthread_mutex_lock(&mb->lock);
	mb->closed = true;
	pthread_cond_broadcast(&mb->filled);
	pthread_mutex_unlock(&mb->lock);
}

struct mailbox_counts
mailbox_count(struct mailbox *mb)
{
	struct mailbox_counts c;

	pthread_mutex_lock(&mb->lock);
	c = mb->counts;
	pthread_mutex_unlock(&mb->lock);
	return c;
}
