/* Writes mails: what stands in them, by the templates, into the queue. */
#include <stdio.h>
#include <stdlib.h>

#include "loop/loop.h"
#include "store/store_int.h"

struct letter {
	enum mail_kind kind;
	const char *to, *name, *language;
	struct mail_word words[MAIL_WORDS_MAX];
	size_t n;
	int64_t at_ms;
};

static void
put(struct letter *l, const char *name, const char *value)
{
	l->words[l->n++] = (struct mail_word){name, value};
}

/* What the administrator wrote, or else the standard text. SQL because the caller may be in the
 * middle of a transaction. */
static enum err
fill(struct db *db, const struct letter *l, struct buf *subject, struct buf *text)
{
	struct stmt *st;
	bool row = false;
	const char *own_subject, *own_text;
	enum err e = db_prepare(
	    db, "SELECT subject, text FROM mail_template WHERE kind = ? AND language = ?", &st);

	if (e != ERR_OK)
		return e;
	stmt_cstr(st, 1, mail_kind_code(l->kind));
	stmt_cstr(st, 2, l->language);
	e = stmt_step(st, &row);
	own_subject = row ? stmt_column(st, 0) : "";
	own_text = row ? stmt_column(st, 1) : "";
	if (e == ERR_OK) {
		mail_fill(subject,
		    slice_cstr(
			*own_subject ? own_subject : mail_standard_subject(l->kind, l->language)),
		    l->words, l->n);
		mail_fill(text,
		    slice_cstr(*own_text ? own_text : mail_standard_text(l->kind, l->language)),
		    l->words, l->n);
	}
	stmt_done(st);
	return e;
}

static enum err
insert(struct store *s, const struct letter *l, struct slice subject, struct slice text)
{
	struct stmt *st;
	int64_t id;
	enum err e = db_prepare(s->writer,
	    "INSERT INTO mail (recipient, recipient_name, subject, kind, created_at, next_at, "
	    "text) "
	    "VALUES (?1, ?2, ?3, ?4, ?5, ?5, ?6)",
	    &st);

	if (e != ERR_OK)
		return e;
	stmt_cstr(st, 1, l->to);
	stmt_cstr(st, 2, l->name);
	stmt_text(st, 3, subject);
	stmt_cstr(st, 4, mail_kind_code(l->kind));
	stmt_int(st, 5, l->at_ms);
	stmt_text(st, 6, text);
	e = stmt_run(st);
	id = sqlite3_last_insert_rowid(s->writer->h);
	return e == ERR_OK ? store_changed(s, &model_mail, id, STORE_CREATED) : e;
}

/* In an open transaction. Nothing is written while mail is off. */
static enum err
queue(struct store *s, struct letter *l)
{
	char subject_text[4 * MAIL_SUBJECT_MAX], *text = NULL;
	json_t *server = NULL, *settings = NULL;
	struct buf subject, body;
	enum { TEXT_BYTES = 4 * MAIL_TEXT_MAX };
	enum err e = row_get(s->writer, &model_mail_server, 1, ROW_PUBLIC, &server);

	if (e == ERR_OK &&
	    strcmp(json_string_value(json_object_get(server, "delivery")), "off") == 0) {
		json_decref(server);
		return ERR_OK;
	}
	if (e == ERR_OK)
		e = row_get(s->writer, &model_settings, 1, ROW_PUBLIC, &settings);
	if (e == ERR_OK && !(text = malloc(TEXT_BYTES)))
		e = ERR_NOMEM;
	if (e == ERR_OK) {
		put(l, "company", json_string_value(json_object_get(settings, "company")));
		put(l, "url", json_string_value(json_object_get(server, "web_address")));
		buf_init(&subject, subject_text, sizeof subject_text);
		buf_init(&body, text, TEXT_BYTES);
		e = fill(s->writer, l, &subject, &body);
	}
	if (e == ERR_OK)
		e = insert(s, l, buf_slice(&subject), buf_slice(&body));
	if (text)
		explicit_bzero(text, TEXT_BYTES);
	free(text);
	json_decref(server);
	json_decref(settings);
	return e;
}

static void
join_numbers(const json_t *user, struct buf *out)
{
	const json_t *numbers = json_object_get(user, "numbers");

	for (size_t i = 0; i < json_array_size(numbers); i++) {
		if (i)
			buf_lit(out, ", ");
		buf_cstr(out, json_string_value(json_array_get(numbers, i)));
	}
}

enum err
mail_tell_access(struct store *s, const json_t *before, const json_t *after, const char *password)
{
	struct letter l = {.kind = before ? MAIL_ACCESS_CHANGED : MAIL_ACCESS_CREATED,
	    .to = row_text(after, "email"),
	    .language = row_text(after, "language"),
	    .at_ms = (int64_t)loop_wall_ms()};
	bool new_login = before && strcmp(row_text(before, "login"), row_text(after, "login")) != 0;
	char numbers[300], name[300];
	struct buf b;

	if (!*l.to || (!*password && !new_login))
		return ERR_OK;
	buf_init(&b, numbers, sizeof numbers - 1);
	join_numbers(after, &b);
	numbers[b.n] = '\0';
	snprintf(name, sizeof name, "%s %s", row_text(after, "first_name"),
	    row_text(after, "last_name"));
	l.name = name;
	put(&l, "first_name", row_text(after, "first_name"));
	put(&l, "last_name", row_text(after, "last_name"));
	put(&l, "login", row_text(after, "login"));
	if (*password)
		put(&l, "password", password);
	else
		put(&l, "password",
		    strcmp(l.language, "de") == 0 ? "(unverändert)" : "(unchanged)");
	put(&l, "numbers", numbers);
	return queue(s, &l);
}

enum err
mail_tell_reset(struct store *s, const json_t *user, const char *link, int64_t now_ms)
{
	struct letter l = {.kind = MAIL_PASSWORD_RESET,
	    .to = row_text(user, "email"),
	    .language = row_text(user, "language"),
	    .at_ms = now_ms};
	char minutes[8], name[300];

	snprintf(minutes, sizeof minutes, "%d", STORE_RESET_MINUTES);
	snprintf(
	    name, sizeof name, "%s %s", row_text(user, "first_name"), row_text(user, "last_name"));
	l.name = name;
	put(&l, "first_name", row_text(user, "first_name"));
	put(&l, "last_name", row_text(user, "last_name"));
	put(&l, "login", row_text(user, "login"));
	put(&l, "link", link);
	put(&l, "minutes", minutes);
	return queue(s, &l);
}

enum err
store_mail_notice(struct store *s, const char *to, const char *language, enum notice n,
    const char *const args[NOTICE_ARGS_MAX], int64_t now_ms)
{
	char text[NOTICE_TEXT_BYTES];
	struct letter l = {
	    .kind = MAIL_NOTICE, .to = to, .name = "", .language = language, .at_ms = now_ms};
	enum err e = store_write_begin(s);

	if (e != ERR_OK)
		return e;
	put(&l, "notice", notice_text(n, language, args, text));
	return store_write_end(s, queue(s, &l));
}

enum err
store_mail_text(struct store *s, enum mail_kind kind, const char *language, struct buf *subject,
    struct buf *text)
{
	struct letter l = {.kind = kind, .language = language};
	json_t *settings = NULL;
	struct db *db;
	enum err e = store_read_begin(s, &db);

	if (e != ERR_OK)
		return e;
	e = row_get(db, &model_settings, 1, ROW_PUBLIC, &settings);
	if (e == ERR_OK) {
		put(&l, "company", row_text(settings, "company"));
		put(&l, "url", "");
		e = fill(db, &l, subject, text);
	}
	json_decref(settings);
	store_read_end(s, db);
	return e;
}
