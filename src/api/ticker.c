/*
 * The room's clock: sends live changes in batches, keeps event streams alive, looks
 * after their sessions, closes connections that dawdle. Sleeps as long as it can: an idle
 * system is not woken 20 times a second.
 */
#include <pthread.h>
#include <stdlib.h>
#include <time.h>

#include "api/api_int.h"
#include "loop/thread.h"

enum { BATCH_MS = 50 };

struct api_ticker {
	struct api *api;
	pthread_mutex_t lock;
	pthread_cond_t changed;
	bool dirty, stop;
	struct thread *thread;
};

/* Sleeps until somebody has news or the time is up. Returns false at the end. */
static bool
wait_for_news(struct api_ticker *t, const struct timespec *until, bool *dirty)
{
	bool go_on;
	int rc = 0;

	pthread_mutex_lock(&t->lock);
	while (!t->stop && !t->dirty && rc == 0)
		rc = pthread_cond_timedwait(&t->changed, &t->lock, until);
	*dirty = t->dirty;
	if (t->dirty && !t->stop) {
		struct timespec batch = thread_deadline(BATCH_MS);

		rc = 0;
		while (!t->stop && rc == 0)
			rc = pthread_cond_timedwait(&t->changed, &t->lock, &batch);
		t->dirty = false;
	}
	go_on = !t->stop;
	pthread_mutex_unlock(&t->lock);
	return go_on;
}

static void
ticker_run(void *ctx)
{
	struct api_ticker *t = ctx;
	struct api *api = t->api;
	uint32_t period_ms = api->params.keepalive_ms;
	uint64_t next_ms = api_mono_ms() + period_ms, now_ms;
	bool dirty;

	do {
		struct timespec until;

		now_ms = api_mono_ms();
		if (now_ms >= next_ms) {
			next_ms = now_ms + period_ms;
			server_close_late(api);
			hub_check(api->hub, 0);
			hub_keepalive(api->hub);
		}
		until = thread_deadline(
		    (uint32_t)(next_ms - now_ms < period_ms ? next_ms - now_ms : period_ms));
		if (!wait_for_news(t, &until, &dirty))
			return;
		if (dirty) {
			live_flush(api->live);
			lines_flush(api);
			keys_flush(api);
			live_conferences_flush(api);
			limits_tell(api);
			resets_tell(api);
		}
	} while (true);
}

void
ticker_wake(struct api *api)
{
	struct api_ticker *t = api->ticker;

	if (!t)
		return;
	pthread_mutex_lock(&t->lock);
	if (!t->dirty) {
		t->dirty = true;
		pthread_cond_signal(&t->changed);
	}
	pthread_mutex_unlock(&t->lock);
}

enum err
ticker_start(struct api *api)
{
	struct api_ticker *t = calloc(1, sizeof *t);
	pthread_condattr_t attr;

	if (!t)
		return ERR_NOMEM;
	t->api = api;
	pthread_mutex_init(&t->lock, NULL);
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&t->changed, &attr);
	pthread_condattr_destroy(&attr);
	api->ticker = t;
	return thread_start(&t->thread, "api-ticker", ticker_run, t);
}

void
ticker_stop(struct api *api)
{
	struct api_ticker *t = api->ticker;

	if (!t)
		return;
	pthread_mutex_lock(&t->lock);
	t->stop = true;
	pthread_cond_broadcast(&t->changed);
	pthread_mutex_unlock(&t->lock);
	thread_join(t->thread);
	t->thread = NULL;
}
