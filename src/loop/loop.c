#include "loop/loop.h"

#include <signal.h>
#include <stdlib.h>
#include <time.h>
#include <uv.h>

struct hook {
	void (*flush)(void *ctx);
	void *ctx;
};

struct attached {
	uv_async_t async;
	struct mailbox *mb;
	void (*on_ready)(void *ctx);
	void *ctx;
};

struct loop {
	uv_loop_t uv;
	uv_timer_t alarm; /* rings when the wheel has work */
	uint64_t alarm_ms;
	uv_prepare_t before_sleep;
	uv_async_t stop;
	uv_signal_t sigterm, sigint;
	void (*on_signal)(void *ctx, int signal_number);
	void *signal_ctx;
	struct timers timers;
	struct hook hooks[LOOP_HOOKS_MAX];
	size_t n_hooks;
	struct attached *mailboxes[LOOP_MAILBOXES_MAX];
	size_t n_mailboxes;
};

static uint64_t
wheel_clock(void *ctx)
{
	return uv_now(ctx);
}

static void
on_alarm(uv_timer_t *alarm)
{
	struct loop *l = alarm->data;

	l->alarm_ms = UINT64_MAX;
	timers_advance(&l->timers, uv_now(&l->uv));
}

/* The alarm is set here only, whatever timers came and went in between. */
static void
set_alarm(struct loop *l)
{
	uint64_t next_ms = timers_next_ms(&l->timers), now_ms = uv_now(&l->uv);

	if (next_ms == l->alarm_ms)
		return;
	l->alarm_ms = next_ms;
	if (next_ms == UINT64_MAX)
		uv_timer_stop(&l->alarm);
	else
		uv_timer_start(&l->alarm, on_alarm, next_ms > now_ms ? next_ms - now_ms : 0, 0);
}

static void
on_before_sleep(uv_prepare_t *prepare)
{
	struct loop *l = prepare->data;

	for (size_t i = 0; i < l->n_hooks; i++)
		l->hooks[i].flush(l->hooks[i].ctx);
	set_alarm(l);
}

static void
on_stop(uv_async_t *stop)
{
	uv_stop(stop->loop);
}

static void
add_handles(struct loop *l)
{
	uv_timer_init(&l->uv, &l->alarm);
	l->alarm.data = l;
	l->alarm_ms = UINT64_MAX;
	uv_prepare_init(&l->uv, &l->before_sleep);
	l->before_sleep.data = l;
	uv_prepare_start(&l->before_sleep, on_before_sleep);
	uv_signal_init(&l->uv, &l->sigterm);
	l->sigterm.data = l;
	uv_signal_init(&l->uv, &l->sigint);
	l->sigint.data = l;
}

enum err
loop_new(struct loop **out)
{
	struct loop *l = calloc(1, sizeof *l);

	if (!l)
		return ERR_NOMEM;
	if (uv_loop_init(&l->uv) != 0) {
		free(l);
		return ERR_IO;
	}
	if (uv_async_init(&l->uv, &l->stop, on_stop) != 0) {
		uv_loop_close(&l->uv);
		free(l);
		return ERR_IO;
	}
	signal(SIGPIPE, SIG_IGN);
	add_handles(l);
	timers_init(&l->timers, uv_now(&l->uv));
	timers_set_clock(&l->timers, wheel_clock, &l->uv);
	*out = l;
	return ERR_OK;
}

void
loop_run(struct loop *l)
{
	uv_run(&l->uv, UV_RUN_DEFAULT);
}

void
loop_stop(struct loop *l)
{
	uv_async_send(&l->stop);
}

static void
close_handle(void *handle)
{
	uv_close(handle, NULL);
}

static void
free_attached(uv_handle_t *async)
{
	free(async->data);
}

void
loop_free(struct loop *l)
{
	if (!l)
		return;
	l->n_hooks = 0;
	close_handle(&l->alarm);
	close_handle(&l->before_sleep);
	close_handle(&l->stop);
	close_handle(&l->sigterm);
	close_handle(&l->sigint);
	for (size_t i = 0; i < l->n_mailboxes; i++) {
		mailbox_set_wake(l->mailboxes[i]->mb, NULL, NULL);
		uv_close((uv_handle_t *)&l->mailboxes[i]->async, free_attached);
	}
	/* A pending uv_stop would end the first run before everything is closed. */
	while (uv_run(&l->uv, UV_RUN_DEFAULT) != 0)
		;
	uv_loop_close(&l->uv);
	free(l);
}

struct timers *
loop_timers(struct loop *l)
{
	return &l->timers;
}

uint64_t
loop_now_ms(const struct loop *l)
{
	return uv_now(&l->uv);
}

uint64_t
loop_wall_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_REALTIME, &ts);
	return (uint64_t)ts.tv_sec * 1000 + (uint64_t)ts.tv_nsec / 1000000;
}

struct uv_loop_s *
loop_uv(struct loop *l)
{
	return &l->uv;
}

static void
wake_loop(void *ctx)
{
	uv_async_send(ctx);
}

static void
on_mail(uv_async_t *async)
{
	struct attached *a = async->data;

	a->on_ready(a->ctx);
	if (mailbox_count(a->mb).waiting)
		uv_async_send(async);
}

enum err
loop_mailbox_attach(struct loop *l, struct mailbox *mb, void (*on_ready)(void *ctx), void *ctx)
{
	struct attached *a;

	if (l->n_mailboxes == LOOP_MAILBOXES_MAX)
		return ERR_LIMIT;
	a = calloc(1, sizeof *a);
	if (!a)
		return ERR_NOMEM;
	a->mb = mb;
	a->on_ready = on_ready;
	a->ctx = ctx;
	if (uv_async_init(&l->uv, &a->async, on_mail) != 0) {
		free(a);
		return ERR_IO;
	}
	a->async.data = a;
	l->mailboxes[l->n_mailboxes++] = a;
	mailbox_set_wake(mb, wake_loop, &a->async);
	return ERR_OK;
}

enum err
loop_on_idle_flush(struct loop *l, void (*flush)(void *ctx), void *ctx)
{
	if (l->n_hooks == LOOP_HOOKS_MAX)
		return ERR_LIMIT;
	l->hooks[l->n_hooks++] = (struct hook){flush, ctx};
	return ERR_OK;
}

void
loop_idle_flush_remove(struct loop *l, void *ctx)
{
	size_t kept = 0;

	for (size_t i = 0; i < l->n_hooks; i++)
		if (l->hooks[i].ctx != ctx)
			l->hooks[kept++] = l->hooks[i];
	l->n_hooks = kept;
}

static void
on_uv_signal(uv_signal_t *handle, int signal_number)
{
	struct loop *l = handle->data;

	l->on_signal(l->signal_ctx, signal_number);
}

enum err
loop_on_terminate(struct loop *l, void (*on_signal)(void *ctx, int signal_number), void *ctx)
{
	l->on_signal = on_signal;
	l->signal_ctx = ctx;
	if (uv_signal_start(&l->sigterm, on_uv_signal, SIGTERM) != 0 ||
	    uv_signal_start(&l->sigint, on_uv_signal, SIGINT) != 0)
		return ERR_IO;
	return ERR_OK;
}
