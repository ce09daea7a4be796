/* Writes mails: what stands in them, by the templates, into the queue. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>

#include "loop/loop.h"
#include "model/voicemail.h"
#include "store/letter_int.h"
#include "store/store_int.h"

void
letter_put(struct letter *l, const char *name, const char *value)
{
	l->words[l->n++] = (struct mail_word){name, value, false};
}

/* What the administrator wrote, or else the standard text. SQL because the caller may be in the
 * middle of a transaction. */
static enum err
fill(struct db *db, const struct letter *l, struct buf *subject, struct buf *text)
{
	struct mail_word plain[MAIL_WORDS_MAX];
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
		memcpy(plain, l->words, sizeof plain);
		for (size_t i = 0; i < l->n; i++)
			plain[i].lines = false; /* a subject is one line */
		mail_fill(subject,
		    slice_cstr(
			*own_subject ? own_subject : mail_standard_subject(l->kind, l->language)),
		    plain, l->n);
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
	    "text, attachment, attachment_name, calendar, calendar_method) "
	    "VALUES (?1, ?2, ?3, ?4, ?5, ?5, ?6, ?7, ?8, ?9, ?10)",
	    &st);

	if (e != ERR_OK)
		return e;
	stmt_cstr(st, 1, l->to);
	stmt_cstr(st, 2, l->name);
	stmt_text(st, 3, subject);
	stmt_cstr(st, 4, mail_kind_code(l->kind));
	stmt_int(st, 5, l->at_ms);
	stmt_text(st, 6, text);
	stmt_cstr(st, 7, l->attachment ? l->attachment : "");
	stmt_cstr(st, 8, l->attachment_name ? l->attachment_name : "");
	stmt_cstr(st, 9, l->calendar ? l->calendar : "");
	stmt_cstr(st, 10, l->calendar_method ? l->calendar_method : "");
	e = stmt_run(st);
	id = sqlite3_last_insert_rowid(s->writer->h);
	return e == ERR_OK ? store_changed(s, &model_mail, id, STORE_CREATED) : e;
}

/* In an open transaction. Nothing is written while mail is off. */
enum err
letter_queue(struct store *s, struct letter *l)
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
		letter_put(l, "company", json_string_value(json_object_get(settings, "company")));
		letter_put(l, "url", json_string_value(json_object_get(server, "web_address")));
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
	letter_put(&l, "first_name", row_text(after, "first_name"));
	letter_put(&l, "last_name", row_text(after, "last_name"));
	letter_put(&l, "login", row_text(after, "login"));
	if (*password)
		letter_put(&l, "password", password);
	else
		letter_put(&l, "password",
		    strcmp(l.language, "de") == 0 ? "(unverändert)" : "(unchanged)");
	letter_put(&l, "numbers", numbers);
	return letter_queue(s, &l);
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
	letter_put(&l, "first_name", row_text(user, "first_name"));
	letter_put(&l, "last_name", row_text(user, "last_name"));
	letter_put(&l, "login", row_text(user, "login"));
	letter_put(&l, "link", link);
	letter_put(&l, "minutes", minutes);
	return letter_queue(s, &l);
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
	letter_put(&l, "notice", notice_text(n, language, args, text));
	return store_write_end(s, letter_queue(s, &l));
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
		letter_put(&l, "company", row_text(settings, "company"));
		letter_put(&l, "url", "");
		e = fill(db, &l, subject, text);
	}
	json_decref(settings);
	store_read_end(s, db);
	return e;
}

/* ---- messages in mailboxes ---- */

enum { VOICEMAILS_MAX = 100 }; /* in one transaction */

/* A message nobody has been mailed about yet. */
struct unmailed {
	int64_t id, mailbox, received_at;
	uint64_t length_ms;
	char file[VOICEMAIL_FILE_BYTES];
	char box[250], caller[LIVE_NAME_BYTES + LIVE_NUMBER_BYTES + 4];
};

static void
take_unmailed(struct stmt *st, struct unmailed *m)
{
	const char *number = stmt_column(st, 6), *name = stmt_column(st, 7);

	*m = (struct unmailed){.id = sqlite3_column_int64(st->st, 0),
	    .mailbox = sqlite3_column_int64(st->st, 1),
	    .received_at = sqlite3_column_int64(st->st, 2),
	    .length_ms = (uint64_t)sqlite3_column_int64(st->st, 3)};
	slice_clip_cstr(slice_cstr(stmt_column(st, 4)), m->file, sizeof m->file);
	slice_clip_cstr(slice_cstr(stmt_column(st, 5)), m->box, sizeof m->box);
	snprintf(m->caller, sizeof m->caller, "%.95s%s%.63s%s", name, *name && *number ? " (" : "",
	    number, *name && *number ? ")" : "");
}

static enum err
read_unmailed(struct db *db, struct unmailed *all, size_t *n)
{
	struct stmt *st;
	bool row = false;
	enum err e = db_prepare(db,
	    "SELECT v.id, v.mailbox, v.received_at, v.length_ms, v.file, m.name, v.number, v.name "
	    "FROM voicemail v JOIN mailbox m ON m.id = v.mailbox "
	    "WHERE v.mailed = 0 AND v.state <> 'recording' ORDER BY v.id LIMIT ?",
	    &st);

	*n = 0;
	if (e != ERR_OK)
		return e;
	stmt_int(st, 1, VOICEMAILS_MAX);
	while ((e = stmt_step(st, &row)) == ERR_OK && row)
		take_unmailed(st, &all[(*n)++]);
	stmt_done(st);
	return e;
}

static const char *
or_anonymous(const char *caller, bool german)
{
	if (*caller)
		return caller;
	return german ? "Unbekannt" : "unknown";
}

/* One letter. user: first name, last name, e-mail, language. */
static enum err
write_voicemail(struct store *s, const struct unmailed *m, const char *const user[4],
    const char *attachment, const char *web)
{
	bool german = strcmp(user[3], "de") == 0;
	struct letter l = {.kind = MAIL_VOICEMAIL,
	    .to = user[2],
	    .language = user[3],
	    .at_ms = (int64_t)loop_wall_ms(),
	    .attachment = attachment};
	time_t at = (time_t)(m->received_at / 1000);
	char name[300], received[40] = "", length[24], link[300] = "", file[64] = "";
	struct tm t;

	snprintf(name, sizeof name, "%s %s", user[0], user[1]);
	if (localtime_r(&at, &t)) {
		strftime(
		    received, sizeof received, german ? "%d.%m.%Y %H:%M" : "%Y-%m-%d %H:%M", &t);
		strftime(file, sizeof file, "voicemail-%Y-%m-%d-%H%M.wav", &t);
	}
	snprintf(length, sizeof length, "%llu:%02llu",
	    (unsigned long long)(m->length_ms + 999) / 60000,
	    (unsigned long long)(m->length_ms + 999) / 1000 % 60);
	if (*web)
		snprintf(link, sizeof link, "%s%svoicemail", web,
		    web[strlen(web) - 1] == '/' ? "" : "/");
	l.name = name;
	l.attachment_name = file;
	letter_put(&l, "first_name", user[0]);
	letter_put(&l, "last_name", user[1]);
	letter_put(&l, "mailbox", m->box);
	letter_put(&l, "caller", or_anonymous(m->caller, german));
	letter_put(&l, "received", received);
	letter_put(&l, "length", length);
	letter_put(&l, "link", link);
	return letter_queue(s, &l);
}

/* To each who wants it, once: himself, or as a member of several groups. */
static enum err
mail_all(struct store *s, const struct unmailed *m, const char *attachment, const char *web)
{
	struct stmt *st;
	bool row = false;
	enum err e = db_prepare(s->writer,
	    "SELECT u.first_name, u.last_name, u.email, u.language FROM user u WHERE u.enabled "
	    "AND u.email <> '' AND u.id IN (SELECT user FROM mailbox_access WHERE mailbox = ?1 "
	    "AND by_mail UNION SELECT g.user FROM mailbox_access a JOIN group_member g "
	    "ON g.\"group\" = a.\"group\" WHERE a.mailbox = ?1 AND a.by_mail) ORDER BY u.id",
	    &st);

	if (e != ERR_OK)
		return e;
	stmt_int(st, 1, m->mailbox);
	while ((e = stmt_step(st, &row)) == ERR_OK && row) {
		const char *const user[4] = {
		    stmt_column(st, 0), stmt_column(st, 1), stmt_column(st, 2), stmt_column(st, 3)};

		e = write_voicemail(s, m, user, attachment, web);
		if (e != ERR_OK)
			break;
	}
	stmt_done(st);
	return e;
}

static enum err
mark_mailed(struct store *s, int64_t id)
{
	struct stmt *st;
	enum err e = db_prepare(s->writer, "UPDATE voicemail SET mailed = 1 WHERE id = ?", &st);

	if (e != ERR_OK)
		return e;
	stmt_int(st, 1, id);
	return stmt_run(st);
}

static enum err
mail_one(struct store *s, const char *data_dir, const struct unmailed *m, uint64_t bytes_max,
    const char *web)
{
	char attachment[64], path[4096];
	struct stat st;
	struct buf b;
	enum err e;

	buf_init(&b, attachment, sizeof attachment - 1);
	voicemail_write_path(&b, VOICEMAIL_FOLDER, m->file);
	attachment[b.n] = '\0';
	if (snprintf(path, sizeof path, "%s/%s", data_dir, attachment) >= (int)sizeof path ||
	    stat(path, &st) != 0 || (uint64_t)st.st_size > bytes_max)
		attachment[0] = '\0';
	e = mail_all(s, m, attachment, web);
	return e == ERR_OK ? mark_mailed(s, m->id) : e;
}

enum err
store_mail_voicemails(struct store *s, const char *data_dir)
{
	struct unmailed *all = calloc(VOICEMAILS_MAX, sizeof *all);
	struct mail_server *server = calloc(1, sizeof *server);
	struct settings settings;
	size_t n = VOICEMAILS_MAX;
	enum err e = all && server ? store_settings(s, &settings) : ERR_NOMEM;

	if (e == ERR_OK)
		e = store_mail_server(s, server);
	while (e == ERR_OK && n == VOICEMAILS_MAX) {
		struct db *db;

		e = store_read_begin(s, &db);
		if (e == ERR_OK) {
			e = read_unmailed(db, all, &n);
			store_read_end(s, db);
		}
		if (e != ERR_OK || n == 0)
			break;
		e = store_write_begin(s);
		if (e != ERR_OK)
			break;
		for (size_t i = 0; i < n && e == ERR_OK; i++)
			e = mail_one(s, data_dir, &all[i],
			    (uint64_t)settings.voicemail_mail_mb << 20, server->web_address);
		e = store_write_end(s, e);
	}
	if (server)
		explicit_bzero(server, sizeof *server);
	free(server);
	free(all);
	return e;
}
