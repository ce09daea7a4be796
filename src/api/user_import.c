/*
 * Users from a table (USR-2), as a job of its own: reading and writing 10,000 rows takes seconds,
 * hashing their passwords longer, and neither holds up a worker of the pool or needs the page to
 * stay open.
 *
 *   POST ─► checking ─► ready ─ apply ─► hashing ─► writing ─► done
 *              └──────────┴───── DELETE ───┴───────────┴─────► cancelled      (a fault: failed)
 *
 * There is one import at a time; it lives in memory only. What it writes is one transaction.
 */
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

#include "api/api_int.h"
#include "loop/thread.h"
#include "store/user_import.h"

enum { PER_PAGE = 50, TELL_EVERY_MS = 300 };

enum state { CHECKING, READY, APPLYING, DONE, FAILED, CANCELLED };

struct api_user_import {
	struct api *api;
	pthread_mutex_t lock; /* state, counts, thread; the rows while no thread runs */
	enum state state;
	bool running, applied;
	struct thread *thread;
	struct user_import *file; /* NULL none; the thread's while it runs */
	struct user_import_params params;
	struct user_import_progress progress;
	struct user_import_counts counts;
	enum err result;
	atomic_uint_fast64_t told_ms;
	char writer[160], address[ADDR_TEXT_MAX];
};

static void
tell(struct api_user_import *job)
{
	hub_publish(job->api->hub, "changed", "{\"entity\":\"user_import\",\"id\":0}");
}

/* Several threads; now and then is enough. */
static void
on_moved(void *ctx)
{
	struct api_user_import *job = ctx;
	uint64_t now_ms = api_mono_ms(), told_ms = atomic_load(&job->told_ms);

	if (now_ms - told_ms >= TELL_EVERY_MS &&
	    atomic_compare_exchange_strong(&job->told_ms, &told_ms, now_ms))
		tell(job);
}

struct api_user_import *
user_import_new(struct api *api)
{
	struct api_user_import *job = calloc(1, sizeof *job);

	if (!job)
		return NULL;
	job->api = api;
	job->progress.moved = on_moved;
	job->progress.ctx = job;
	pthread_mutex_init(&job->lock, NULL);
	return job;
}

static void
work(void *ctx)
{
	struct api_user_import *job = ctx;
	struct user_import_counts counts = {0};
	enum err e;

	store_set_writer(job->writer, job->address);
	e = store_user_import(job->api->store, job->file, &job->params, &job->progress, &counts);
	pthread_mutex_lock(&job->lock);
	job->counts = counts;
	job->result = e;
	job->running = false;
	if (e == ERR_OK)
		job->state = job->params.dry_run ? READY : DONE;
	else
		job->state = e == ERR_CLOSED ? CANCELLED : FAILED;
	pthread_mutex_unlock(&job->lock);
	tell(job);
}

/* Holds the lock. The former thread has ended: running is false. */
static enum err
start(struct api_user_import *job, struct request *rq, const struct user_import_params *params)
{
	enum err e;

	thread_join(job->thread);
	job->thread = NULL;
	session_writer(rq, job->writer, job->address);
	job->params = *params;
	job->result = ERR_OK;
	atomic_store(&job->progress.cancel, false);
	atomic_store(&job->progress.done, 0);
	atomic_store(&job->progress.total, 0);
	atomic_store(&job->progress.phase, USER_IMPORT_HASHING);
	job->state = params->dry_run ? CHECKING : APPLYING;
	job->running = true;
	e = thread_start(&job->thread, "user-import", work, job);
	if (e != ERR_OK) {
		job->running = false;
		job->state = FAILED;
		job->result = e;
	}
	return e;
}

void
user_import_stop(struct api_user_import *job)
{
	if (!job)
		return;
	atomic_store(&job->progress.cancel, true);
	thread_join(job->thread);
	job->thread = NULL;
}

void
user_import_end(struct api_user_import *job)
{
	if (!job)
		return;
	user_import_stop(job);
	user_import_free(job->file);
	pthread_mutex_destroy(&job->lock);
	free(job);
}

/* --- answers ------------------------------------------------------------------------ */

static const char *
state_name(const struct api_user_import *job)
{
	static const char *const names[] = {"checking", "ready", "", "done", "failed", "cancelled"};

	if (job->state != APPLYING)
		return names[job->state];
	return atomic_load(&job->progress.phase) == USER_IMPORT_HASHING ? "hashing" : "writing";
}

static json_t *
report(const struct api_user_import *job)
{
	const struct user_import_counts *c = &job->counts;
	char separator[2] = {user_import_separator(job->file), '\0'};
	const char *error = NULL;

	if (job->state == FAILED)
		error = job->result == ERR_INVALID ? "rows_invalid" : err_name(job->result);
	return json_pack("{s:s, s:i, s:i, s:I, s:I, s:I, s:I, s:I, s:b, s:s, s:s, s:s?}", "state",
	    state_name(job), "done", (int)atomic_load(&job->progress.done), "total",
	    (int)atomic_load(&job->progress.total), "rows", (json_int_t)c->rows, "create",
	    (json_int_t)c->created, "update", (json_int_t)c->updated, "unchanged",
	    (json_int_t)c->unchanged, "invalid", (json_int_t)c->faulty, "mail", job->params.mail,
	    "separator", separator, "encoding",
	    user_import_was_windows_1252(job->file) ? "windows-1252" : "utf-8", "error", error);
}

static void
reply_running(struct request *rq)
{
	reply_error(rq, 409, "import_running", NULL, "An import of users is running.");
}

static void
reply_none(struct request *rq)
{
	reply_error(rq, 404, "no_import", NULL, "There is no import of users.");
}

static void
take_file(struct api_user_import *job, struct request *rq, struct user_import *file)
{
	const struct user_import_params check = {.dry_run = true};
	enum err e;

	pthread_mutex_lock(&job->lock);
	if (job->running) {
		pthread_mutex_unlock(&job->lock);
		user_import_free(file);
		reply_running(rq);
		return;
	}
	user_import_free(job->file);
	job->file = file;
	job->counts = (struct user_import_counts){0};
	e = start(job, rq, &check);
	if (e == ERR_OK)
		reply_json(rq, 202, report(job));
	else
		reply_err(rq, e, NULL);
	pthread_mutex_unlock(&job->lock);
}

void
handle_user_import(struct request *rq)
{
	struct model_errors errors = {0};
	struct user_import *file = NULL;
	char *bytes = rq->body;
	size_t n = rq->body_bytes;
	enum err e;

	if (!request_is_csv(rq))
		return;
	if (!bytes) {
		reply_error(rq, 422, "no_header", NULL, "The first line must name the columns.");
		return;
	}
	rq->body = NULL; /* the import's now */
	rq->body_bytes = rq->body_cap = 0;
	e = user_import_read(bytes, n, &file, &errors);
	if (e == ERR_OK)
		take_file(rq->api->user_import, rq, file);
	else
		reply_err(rq, e, &errors);
}

void
handle_user_import_state(struct request *rq)
{
	struct api_user_import *job = rq->api->user_import;

	pthread_mutex_lock(&job->lock);
	if (job->file)
		reply_json(rq, 200, report(job));
	else
		reply_none(rq);
	pthread_mutex_unlock(&job->lock);
}

static bool
read_page(struct request *rq, uint32_t *page, uint32_t *per_page)
{
	struct slice p = request_query(rq, "page"), n = request_query(rq, "per_page");

	if ((p.p && (slice_to_u32(p, MODEL_PAGE_MAX, page) != ERR_OK || !*page)) ||
	    (n.p && (slice_to_u32(n, MODEL_PER_PAGE_MAX, per_page) != ERR_OK || !*per_page))) {
		reply_error(rq, 400, "bad_parameter", NULL,
		    "page and per_page must be whole numbers within their limits, at least 1.");
		return false;
	}
	return true;
}

void
handle_user_import_rows(struct request *rq)
{
	struct api_user_import *job = rq->api->user_import;
	uint32_t page = 1, per_page = PER_PAGE;
	json_t *items;
	size_t total;

	if (!read_page(rq, &page, &per_page))
		return;
	pthread_mutex_lock(&job->lock);
	if (!job->file) {
		reply_none(rq);
	} else if (job->running) {
		reply_running(rq);
	} else {
		items = user_import_rows(job->file, request_query_flag(rq, "invalid"),
		    (size_t)(page - 1) * per_page, per_page, &total);
		reply_json(rq, 200,
		    json_pack("{s:o, s:I, s:i, s:i}", "items", items, "total", (json_int_t)total,
			"page", (int)page, "per_page", (int)per_page));
	}
	pthread_mutex_unlock(&job->lock);
}

static void
apply(struct api_user_import *job, struct request *rq, const struct user_import_params *params)
{
	enum err e;

	if (!job->file) {
		reply_none(rq);
	} else if (job->running) {
		reply_running(rq);
	} else if (job->state != READY) {
		reply_error(rq, 409, "import_over", NULL, "This import is over.");
	} else if (job->counts.faulty && !params->only_valid) {
		reply_error(rq, 422, "rows_invalid", "only_valid",
		    "Rows have faults. Correct them, or import only the valid ones.");
	} else if ((e = start(job, rq, params)) != ERR_OK) {
		reply_err(rq, e, NULL);
	} else {
		reply_json(rq, 202, report(job));
	}
}

void
handle_user_import_apply(struct request *rq)
{
	struct api_user_import *job = rq->api->user_import;
	json_t *in = request_json(rq, true);
	struct user_import_params params = {0};

	if (!in)
		return;
	params.only_valid = json_is_true(json_object_get(in, "only_valid"));
	params.mail = json_is_true(json_object_get(in, "mail"));
	json_decref(in);
	pthread_mutex_lock(&job->lock);
	apply(job, rq, &params);
	pthread_mutex_unlock(&job->lock);
}

/* Cancels one that runs, and forgets one that does not. */
void
handle_user_import_cancel(struct request *rq)
{
	struct api_user_import *job = rq->api->user_import;

	pthread_mutex_lock(&job->lock);
	if (!job->file) {
		reply_none(rq);
	} else {
		atomic_store(&job->progress.cancel, true);
		if (!job->running) {
			user_import_free(job->file);
			job->file = NULL;
		}
		reply_text(rq, 204, NULL, NULL, 0);
	}
	pthread_mutex_unlock(&job->lock);
	tell(job);
}

/* --- files --------------------------------------------------------------------------- */

/* By way of a file without a name: memory does not grow with the number of users, and the reading
 * transaction does not wait for a slow client. */
static void
reply_table(struct request *rq,
    enum err (*write)(struct request *rq, FILE *out, struct model_errors *errors),
    const char *disposition)
{
	struct model_errors errors = {0};
	FILE *out = tmpfile();
	long bytes = 0;
	int fd = -1;
	enum err e = out ? write(rq, out, &errors) : ERR_IO;

	if (e == ERR_OK && (fflush(out) != 0 || (bytes = ftell(out)) < 0 ||
			       (fd = fcntl(fileno(out), F_DUPFD_CLOEXEC, 0)) < 0))
		e = ERR_IO;
	if (e == ERR_OK) {
		reply_text(rq, 200, "text/csv; charset=utf-8", NULL, 0);
		rq->reply.body_bytes = (size_t)bytes;
		rq->reply.disposition = disposition;
		rq->reply.file_fd = fd;
	} else if (!rq->reply.status) {
		reply_err(rq, e, &errors);
	}
	if (out)
		fclose(out);
}

static enum err
write_template(struct request *rq, FILE *out, struct model_errors *errors)
{
	return user_import_template(out);
}

static enum err
write_users(struct request *rq, FILE *out, struct model_errors *errors)
{
	struct store_query q = {0};
	json_t *equals = json_object();
	enum err e = equals ? ERR_OK : ERR_NOMEM;

	if (e == ERR_OK && !list_query_read(rq, &q, equals))
		e = ERR_INVALID; /* with a refusal in the reply */
	q.equals = json_object_size(equals) ? equals : NULL;
	if (e == ERR_OK)
		e = store_user_export(rq->api->store, &q, out, errors);
	json_decref(equals);
	return e;
}

void
handle_user_export(struct request *rq)
{
	reply_table(rq, write_users, "attachment; filename=\"users.csv\"");
}

void
handle_user_template(struct request *rq)
{
	reply_table(rq, write_template, "attachment; filename=\"users-template.csv\"");
}
