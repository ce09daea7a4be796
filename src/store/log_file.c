/* The log's queue and its thread. */
#include "store/log_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store/log_file_int.h"

enum { COLLECT_MS = 250, FLUSH_MS = 1000 };

/* ---- the queue; any thread ---- */

static void
take_line(void *ctx, const char *line, size_t n)
{
	struct log_file *lf = ctx;

	pthread_mutex_lock(&lf->lock);
	if (lf->queue_bytes + n > LOG_QUEUE_BYTES) {
		lf->lost++;
	} else {
		memcpy(lf->queue + lf->queue_bytes, line, n);
		lf->queue_bytes += n;
		if (lf->queue_bytes == n || lf->queue_bytes >= LOG_QUEUE_BYTES / 2)
			pthread_cond_signal(&lf->changed);
	}
	pthread_mutex_unlock(&lf->lock);
}

void
log_file_set_limits(struct log_file *lf, const struct log_file_limits *limits)
{
	pthread_mutex_lock(&lf->lock);
	lf->limits = *limits;
	pthread_mutex_unlock(&lf->lock);
}

uint64_t
log_file_lost(struct log_file *lf)
{
	uint64_t n;

	pthread_mutex_lock(&lf->lock);
	n = lf->lost;
	pthread_mutex_unlock(&lf->lock);
	return n;
}

void
log_file_flush(struct log_file *lf)
{
	struct timespec until = thread_deadline(FLUSH_MS);
	int rc = 0;

	pthread_mutex_lock(&lf->lock);
	for (uint64_t want = lf->taken + (lf->queue_bytes > 0); lf->turns < want && rc == 0;)
		rc = pthread_cond_timedwait(&lf->written, &lf->lock, &until);
	pthread_mutex_unlock(&lf->lock);
}

void
log_file_listen(struct log_file *lf, void (*cb)(void *ctx), void *ctx)
{
	pthread_mutex_lock(&lf->listen_lock);
	lf->listener = cb;
	lf->listener_ctx = ctx;
	pthread_mutex_unlock(&lf->listen_lock);
}

/* ---- the thread ---- */

static uint64_t
count_lines(const char *p, size_t n)
{
	uint64_t lines = 0;

	for (const char *end = p + n; p < end && (p = memchr(p, '\n', (size_t)(end - p))); p++)
		lines++;
	return lines;
}

/* All of it or nothing: what the disk took of lines it did not take whole goes again. */
static bool
append(struct log_file *lf, const char *p, size_t n)
{
	size_t done = 0;

	while (done < n) {
		ssize_t w = write(lf->fd, p + done, n - done);

		if (w < 0 && errno == EINTR)
			continue;
		if (w <= 0)
			break;
		done += (size_t)w;
	}
	if (done < n) {
		if (ftruncate(lf->fd, (off_t)lf->size) != 0) { /* cut at the next opening */
			pthread_mutex_lock(&lf->files_lock);
			close(lf->fd);
			lf->fd = -1;
			pthread_mutex_unlock(&lf->files_lock);
		}
		return false;
	}
	pthread_mutex_lock(&lf->files_lock);
	lf->size += n;
	pthread_mutex_unlock(&lf->files_lock);
	return true;
}

static void
write_batch(struct log_file *lf, size_t n, const struct log_file_limits *limits)
{
	bool ok = lf->fd >= 0 || log_open_current(lf);

	if (ok && lf->size && lf->size + n > limits->file_bytes) {
		log_rotate(lf);
		log_tidy(lf, limits->files);
		ok = lf->fd >= 0 || log_open_current(lf);
	}
	if (ok)
		ok = append(lf, lf->batch, n);
	pthread_mutex_lock(&lf->lock);
	if (!ok)
		lf->lost += count_lines(lf->batch, n);
	lf->turns++;
	pthread_cond_broadcast(&lf->written);
	pthread_mutex_unlock(&lf->lock);
	if (!ok)
		return;
	pthread_mutex_lock(&lf->listen_lock);
	if (lf->listener)
		lf->listener(lf->listener_ctx);
	pthread_mutex_unlock(&lf->listen_lock);
}

/* Once lines get through again. */
static void
tell_lost(struct log_file *lf)
{
	uint64_t lost;

	pthread_mutex_lock(&lf->lock);
	lost = lf->lost - lf->lost_told;
	lf->lost_told = lf->lost;
	pthread_mutex_unlock(&lf->lock);
	if (lost)
		log_warn(STORE, "%llu lines are missing in the log file", (unsigned long long)lost);
}

/* The queue as batch, after a while in which more may come. 0: the end. */
static size_t
take_batch(struct log_file *lf, struct log_file_limits *limits)
{
	struct timespec until;
	char *swap = lf->batch;
	size_t n;
	int rc = 0;

	pthread_mutex_lock(&lf->lock);
	while (!lf->stop && !lf->queue_bytes)
		pthread_cond_wait(&lf->changed, &lf->lock);
	until = thread_deadline(COLLECT_MS);
	while (!lf->stop && lf->queue_bytes < LOG_QUEUE_BYTES / 2 && rc == 0)
		rc = pthread_cond_timedwait(&lf->changed, &lf->lock, &until);
	n = lf->queue_bytes;
	lf->batch = lf->queue;
	lf->queue = swap;
	lf->queue_bytes = 0;
	lf->taken += n > 0;
	*limits = lf->limits;
	pthread_mutex_unlock(&lf->lock);
	return n;
}

static void
run(void *ctx)
{
	struct log_file *lf = ctx;
	struct log_file_limits limits;
	size_t n;

	pthread_mutex_lock(&lf->lock);
	limits = lf->limits;
	pthread_mutex_unlock(&lf->lock);
	log_tidy(lf, limits.files);
	while ((n = take_batch(lf, &limits)) > 0) {
		uint64_t before = log_file_lost(lf);

		write_batch(lf, n, &limits);
		if (log_file_lost(lf) == before)
			tell_lost(lf);
	}
}

/* ---- open and close ---- */

enum err
log_file_new(struct log_file **out, const char *dir, const struct log_file_limits *limits)
{
	struct log_file *lf = calloc(1, sizeof *lf);
	pthread_condattr_t attr;

	if (!lf)
		return ERR_NOMEM;
	pthread_mutex_init(&lf->lock, NULL);
	pthread_mutex_init(&lf->listen_lock, NULL);
	pthread_mutex_init(&lf->files_lock, NULL);
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&lf->changed, &attr);
	pthread_cond_init(&lf->written, &attr);
	pthread_condattr_destroy(&attr);
	lf->limits = *limits;
	lf->fd = -1;
	lf->queue = malloc(LOG_QUEUE_BYTES);
	lf->batch = malloc(LOG_QUEUE_BYTES);
	if (mkdir(dir, 0700) != 0 && errno != EEXIST)
		log_warn(STORE, "the directory of the log cannot be made");
	lf->dir_fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	log_names_find(lf);
	if (!lf->queue || !lf->batch) {
		log_file_close(lf);
		return ERR_NOMEM;
	}
	(void)log_open_current(lf);
	log_set_sink(take_line, lf);
	*out = lf;
	return ERR_OK;
}

enum err
log_file_start(struct log_file *lf)
{
	return thread_start(&lf->thread, "log", run, lf);
}

void
log_file_close(struct log_file *lf)
{
	struct log_file_limits limits;

	if (!lf)
		return;
	log_set_sink(NULL, NULL);
	pthread_mutex_lock(&lf->lock);
	lf->stop = true;
	pthread_cond_signal(&lf->changed);
	pthread_mutex_unlock(&lf->lock);
	thread_join(lf->thread);
	if (lf->queue_bytes) /* the thread was never started, or saw the end first */
		write_batch(lf, take_batch(lf, &limits), &limits);
	if (lf->fd >= 0)
		close(lf->fd);
	if (lf->dir_fd >= 0)
		close(lf->dir_fd);
	free(lf->queue);
	free(lf->batch);
	pthread_cond_destroy(&lf->changed);
	pthread_cond_destroy(&lf->written);
	pthread_mutex_destroy(&lf->lock);
	pthread_mutex_destroy(&lf->listen_lock);
	pthread_mutex_destroy(&lf->files_lock);
	free(lf);
}
