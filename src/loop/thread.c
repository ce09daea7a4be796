#include "loop/thread.h"

#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

struct thread {
	pthread_t id;
	char name[16];
	void (*run)(void *ctx);
	void *ctx;
};

static void *
begin(void *arg)
{
	struct thread *t = arg;

	pthread_setname_np(pthread_self(), t->name);
	t->run(t->ctx);
	return NULL;
}

enum err
thread_start(struct thread **out, const char *name, void (*run)(void *ctx), void *ctx)
{
	struct thread *t = malloc(sizeof *t);
	sigset_t all, before;
	int failed;

	if (!t)
		return ERR_NOMEM;
	*t = (struct thread){.run = run, .ctx = ctx};
	snprintf(t->name, sizeof t->name, "%.15s", name);
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	failed = pthread_create(&t->id, NULL, begin, t);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (failed) {
		free(t);
		return ERR_LIMIT;
	}
	*out = t;
	return ERR_OK;
}

void
thread_join(struct thread *t)
{
	if (!t)
		return;
	pthread_join(t->id, NULL);
	free(t);
}

struct timespec
thread_deadline(uint32_t ms)
{
	struct timespec at;

	clock_gettime(CLOCK_MONOTONIC, &at);
	at.tv_sec += ms / 1000;
	at.tv_nsec += (long)(ms % 1000) * 1000000;
	if (at.tv_nsec >= 1000000000) {
		at.tv_sec++;
		at.tv_nsec -= 1000000000;
	}
	return at;
}
