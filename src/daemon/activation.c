#include "daemon/activation.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <time.h>

enum { WAIT_S = 2 };

struct activation {
	_Atomic uint64_t changed, applied;
	atomic_uint waiting;
	pthread_mutex_t lock;
	pthread_cond_t moved;
};

enum err
activation_new(struct activation **out)
{
	struct activation *a = calloc(1, sizeof *a);
	pthread_condattr_t monotonic;

	if (!a)
		return ERR_NOMEM;
	pthread_mutex_init(&a->lock, NULL);
	pthread_condattr_init(&monotonic);
	pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
	pthread_cond_init(&a->moved, &monotonic);
	pthread_condattr_destroy(&monotonic);
	*out = a;
	return ERR_OK;
}

void
activation_free(struct activation *a)
{
	if (!a)
		return;
	pthread_cond_destroy(&a->moved);
	pthread_mutex_destroy(&a->lock);
	free(a);
}

void
activation_changed(struct activation *a)
{
	atomic_fetch_add(&a->changed, 1);
}

uint64_t
activation_count(struct activation *a)
{
	return atomic_load(&a->changed);
}

/* Nobody waits as a rule: then there is no lock and no system call. */
void
activation_applied(struct activation *a, uint64_t count)
{
	atomic_store(&a->applied, count);
	if (!atomic_load(&a->waiting))
		return;
	pthread_mutex_lock(&a->lock);
	pthread_cond_broadcast(&a->moved);
	pthread_mutex_unlock(&a->lock);
}

bool
activation_wait(struct activation *a)
{
	uint64_t wanted = atomic_load(&a->changed);
	struct timespec until;
	int r = 0;

	if (atomic_load(&a->applied) >= wanted)
		return true;
	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_sec += WAIT_S;
	pthread_mutex_lock(&a->lock);
	atomic_fetch_add(&a->waiting, 1);
	while (atomic_load(&a->applied) < wanted && r == 0)
		r = pthread_cond_timedwait(&a->moved, &a->lock, &until);
	atomic_fetch_sub(&a->waiting, 1);
	pthread_mutex_unlock(&a->lock);
	return r == 0;
}
