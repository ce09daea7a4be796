/*
 * Passwords of an import: argon2id takes some 20 ms for each on purpose, so all cores take part, at
 * low priority, because calls matter more. A password that the user already has is found here too.
 */
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

#include "loop/thread.h"
#include "store/user_import_int.h"

enum { THREADS_MAX = 16, NICENESS = 10 };

struct work {
	struct user_import *im;
	struct user_import_progress *progress;
	char (*present)[PASSWORD_HASH_BYTES]; /* of each row's user; "" none */
	atomic_size_t next;
	atomic_bool failed;
};

static const char *
password_of(const struct user_row *row)
{
	return row->action == USER_IMPORT_FAULT
		   ? NULL
		   : json_string_value(json_object_get(row->in, "password"));
}

static enum err
hash_one(struct user_row *row, const char *password, const char *present)
{
	char hash[PASSWORD_HASH_BYTES];
	enum err e;

	row->same_password = *present && password_verify(present, password);
	if (row->same_password)
		return ERR_OK;
	e = password_hash(password, hash);
	if (e == ERR_OK && !(row->hash = strdup(hash)))
		e = ERR_NOMEM;
	return e;
}

static void
work_run(void *ctx)
{
	struct work *w = ctx;
	size_t i;

	(void)!setpriority(PRIO_PROCESS, 0, NICENESS); /* of this thread alone (Linux) */
	while ((i = atomic_fetch_add(&w->next, 1)) < w->im->count) {
		struct user_row *row = &w->im->rows[i];
		const char *password = password_of(row);

		if (!password)
			continue;
		if (atomic_load(&w->progress->cancel) || atomic_load(&w->failed))
			return;
		free(row->hash);
		row->hash = NULL;
		if (hash_one(row, password, w->present[i]) != ERR_OK)
			atomic_store(&w->failed, true);
		atomic_fetch_add(&w->progress->done, 1);
		user_import_moved(w->progress);
	}
}

static enum err
read_present(struct db *db, struct work *w)
{
	enum err e = ERR_OK;
	struct stmt *s;

	for (size_t i = 0; i < w->im->count && e == ERR_OK; i++) {
		const json_t *login = json_object_get(w->im->rows[i].in, "login");
		bool row = false;

		if (!password_of(&w->im->rows[i]))
			continue;
		atomic_fetch_add(&w->progress->total, 1);
		e = db_prepare(db, "SELECT password_hash FROM user WHERE login = ?", &s);
		if (e != ERR_OK)
			break;
		stmt_cstr(s, 1, json_string_value(login));
		e = stmt_step(s, &row);
		if (e == ERR_OK && row)
			slice_clip_cstr(
			    slice_cstr(stmt_column(s, 0)), w->present[i], PASSWORD_HASH_BYTES);
		stmt_done(s);
	}
	return e;
}

static enum err
run_threads(struct work *w)
{
	struct thread *threads[THREADS_MAX];
	long cores = sysconf(_SC_NPROCESSORS_ONLN);
	long wanted = cores < 1 ? 1 : cores > THREADS_MAX ? THREADS_MAX : cores;
	long n = 0;

	while (n < wanted && thread_start(&threads[n], "import-hash", work_run, w) == ERR_OK)
		n++;
	for (long i = 0; i < n; i++)
		thread_join(threads[i]);
	if (atomic_load(&w->progress->cancel))
		return ERR_CLOSED;
	return n == 0 || atomic_load(&w->failed) ? ERR_NOMEM : ERR_OK;
}

enum err
user_import_hash(struct store *s, struct user_import *im, struct user_import_progress *progress)
{
	struct work w = {.im = im, .progress = progress};
	struct db *db;
	enum err e;

	w.present = calloc(im->count, sizeof *w.present);
	if (!w.present)
		return ERR_NOMEM;
	e = store_read_begin(s, &db);
	if (e == ERR_OK) {
		e = read_present(db, &w);
		store_read_end(s, db);
	}
	if (e == ERR_OK && atomic_load(&progress->total))
		e = run_threads(&w);
	free(w.present);
	return e;
}
