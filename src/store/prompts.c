#include "store/prompts.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "store/sound_files.h"
#include "store/store_int.h"

/* ---- rows ---- */

static bool
take_row(struct stmt *st, struct store_prompt *out)
{
	*out = (struct store_prompt){.version = (uint64_t)sqlite3_column_int64(st->st, 2),
	    .replaced_at = sqlite3_column_int64(st->st, 3),
	    .length_ms = (uint64_t)sqlite3_column_int64(st->st, 4)};
	slice_clip_cstr(slice_cstr(stmt_column(st, 5)), out->file_name, sizeof out->file_name);
	return prompt_language_find(slice_cstr(stmt_column(st, 0)), &out->language) &&
	       prompt_find(slice_cstr(stmt_column(st, 1)), &out->prompt);
}

enum err
store_prompts_each(struct store *s, void (*cb)(void *ctx, const struct store_prompt *p), void *ctx)
{
	struct stmt *st;
	struct db *db;
	bool row = false;
	enum err e = store_read_begin(s, &db);

	if (e != ERR_OK)
		return e;
	e = db_prepare(db,
	    "SELECT language, name, version, replaced_at, length_ms, file_name FROM prompt", &st);
	if (e == ERR_OK) {
		while ((e = stmt_step(st, &row)) == ERR_OK && row) {
			struct store_prompt p;

			if (take_row(st, &p))
				cb(ctx, &p);
		}
		stmt_done(st);
	}
	store_read_end(s, db);
	return e;
}

/* The statement gives back the id of its row. */
static enum err
write_one(struct store *s, struct stmt *st, enum store_op op)
{
	bool row = false;
	int64_t id = 0;
	enum err e = stmt_step(st, &row);

	if (e == ERR_OK && row)
		id = sqlite3_column_int64(st->st, 0);
	while (e == ERR_OK && row) /* RETURNING is done at its end */
		e = stmt_step(st, &row);
	stmt_done(st);
	if (e != ERR_OK)
		return e;
	return id ? store_changed(s, &model_prompt, id, op) : ERR_NOT_FOUND;
}

enum err
store_prompt_set(struct store *s, const struct store_prompt *p)
{
	struct stmt *st;
	enum err e = store_write_begin(s);

	if (e != ERR_OK)
		return e;
	e = db_prepare(s->writer,
	    "INSERT INTO prompt (language, name, version, replaced_at, length_ms, file_name) "
	    "VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (language, name) DO UPDATE SET "
	    "version = excluded.version, replaced_at = excluded.replaced_at, "
	    "length_ms = excluded.length_ms, file_name = excluded.file_name RETURNING id",
	    &st);
	if (e == ERR_OK) {
		stmt_cstr(st, 1, prompt_language_code(p->language));
		stmt_cstr(st, 2, prompt_name(p->prompt));
		stmt_int(st, 3, (int64_t)p->version);
		stmt_int(st, 4, p->replaced_at);
		stmt_int(st, 5, (int64_t)p->length_ms);
		stmt_cstr(st, 6, p->file_name);
		e = write_one(s, st, STORE_UPDATED);
	}
	return store_write_end(s, e);
}

enum err
store_prompt_reset(struct store *s, enum prompt p, enum prompt_language l)
{
	struct stmt *st;
	enum err e = store_write_begin(s);

	if (e != ERR_OK)
		return e;
	e = db_prepare(
	    s->writer, "DELETE FROM prompt WHERE language = ? AND name = ? RETURNING id", &st);
	if (e == ERR_OK) {
		stmt_cstr(st, 1, prompt_language_code(l));
		stmt_cstr(st, 2, prompt_name(p));
		e = write_one(s, st, STORE_DELETED);
	}
	return store_write_end(s, e);
}

/* ---- files ---- */

struct known {
	const char *data_dir;
	uint64_t version[PROMPT_LANGUAGES_COUNT][PROMPTS_COUNT];
	bool missing; /* a file of one of them */
};

static bool
write_path(char path[PATH_MAX], const char *data_dir, const struct store_prompt *p)
{
	struct buf b;

	buf_init(&b, path, PATH_MAX - 1);
	buf_printf(&b, "%s/", data_dir);
	prompt_write_file(&b, p->prompt, p->language, p->version);
	path[b.n] = '\0';
	return buf_ok(&b);
}

static void
note(void *ctx, const struct store_prompt *p)
{
	struct known *k = ctx;
	char path[PATH_MAX];

	k->version[p->language][p->prompt] = p->version;
	if (!write_path(path, k->data_dir, p) || access(path, R_OK) != 0) {
		k->version[p->language][p->prompt] = 0;
		k->missing = true;
	}
}

/* Is name the file of a row? */
static bool
is_known(const struct known *k, enum prompt_language l, const char *name)
{
	const char *dash = strrchr(name, '-');
	enum prompt p;
	char expected[PROMPT_NAME_BYTES + 32];

	if (!dash || !prompt_find(slice_make(name, (size_t)(dash - name)), &p))
		return false;
	snprintf(expected, sizeof expected, "%s-%llu.wav", prompt_name(p),
	    (unsigned long long)k->version[l][p]);
	return strcmp(name, expected) == 0;
}

struct folder {
	const struct known *known;
	enum prompt_language language;
};

static bool
is_in_folder(void *ctx, const char *name)
{
	const struct folder *f = ctx;

	return is_known(f->known, f->language, name);
}

static enum err
sweep(struct store *s, struct known *k, time_t older_than)
{
	char name[32];
	enum err e = store_prompts_each(s, note, k);

	for (int l = 0; l < PROMPT_LANGUAGES_COUNT && e == ERR_OK; l++) {
		snprintf(name, sizeof name, "prompts/%s", prompt_language_code(l));
		sound_folder_sweep(k->data_dir, name, older_than, is_in_folder,
		    &(struct folder){k, (enum prompt_language)l});
	}
	return e;
}

void
store_prompts_sweep(struct store *s, const char *data_dir)
{
	struct known *k = calloc(1, sizeof *k);

	if (!k)
		return;
	k->data_dir = data_dir;
	if (sweep(s, k, time(NULL) - SOUND_FILES_LEFT_OVER_S) != ERR_OK)
		log_warn(STORE, "old files of prompts stay");
	free(k);
}

static void
reset_missing(void *ctx, const struct store_prompt *p)
{
	struct store_prompt **next = ctx;

	*(*next)++ = *p;
}

/* A row without its file: somebody has put back the database alone. */
static enum err
drop_missing(struct store *s, const struct known *k)
{
	struct store_prompt *all =
	    calloc((size_t)PROMPT_LANGUAGES_COUNT * PROMPTS_COUNT, sizeof *all);
	struct store_prompt *end = all;
	enum err e = all ? store_prompts_each(s, reset_missing, &end) : ERR_NOMEM;

	for (struct store_prompt *p = all; p < end && e == ERR_OK; p++) {
		if (k->version[p->language][p->prompt])
			continue;
		log_warn(STORE,
		    "the file of the prompt %s (%s) is gone: it is spoken as it comes "
		    "with the system",
		    prompt_name(p->prompt), prompt_language_code(p->language));
		e = store_prompt_reset(s, p->prompt, p->language);
	}
	free(all);
	return e;
}

enum err
store_prompts_check(struct store *s, const char *data_dir)
{
	struct known *k = calloc(1, sizeof *k);
	enum err e;

	if (!k)
		return ERR_NOMEM;
	k->data_dir = data_dir;
	e = sweep(s, k, time(NULL));
	if (e == ERR_OK && k->missing)
		e = drop_missing(s, k);
	free(k);
	return e;
}
