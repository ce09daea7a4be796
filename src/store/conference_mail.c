/*
 * Mails about planned conferences (CNF-1). Each is written in the transaction of what it tells, so
 * there is one if that has happened, and none if not. Participants who are users read their own
 * language, others that of the owner.
 */
#include <openssl/sha.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/random.h"
#include "loop/loop.h"
#include "store/conference.h"
#include "store/conference_int.h"
#include "store/letter_int.h"

enum {
	TOKEN_DIGITS = 64,
	CALENDAR_BYTES = 48 * 1024,
	DESCRIPTION_BYTES = 12 * 1024,
	NAME_BYTES = 300,
	LINK_BYTES = 400
};

/* What a mail about a change names. */
enum {
	CHANGED_NAME = 1 << 0,
	CHANGED_BEGIN = 1 << 1,
	CHANGED_LENGTH = 1 << 2,
	CHANGED_DATES = 1 << 3,
	CHANGED_MESSAGE = 1 << 4,
	CHANGED_PIN = 1 << 5,
};

static const struct {
	unsigned bit;
	const char *field, *german, *english;
} changes[] = {
    {CHANGED_NAME, "name", "Name", "name"},
    {CHANGED_BEGIN, "starts_at", "Beginn", "beginning"},
    {CHANGED_BEGIN, "time_zone", "Beginn", "beginning"},
    {CHANGED_LENGTH, "length_min", "Dauer", "length"},
    {CHANGED_DATES, "repeat", "Termine", "dates"},
    {CHANGED_DATES, "every", "Termine", "dates"},
    {CHANGED_DATES, "repeat_until", "Termine", "dates"},
    {CHANGED_DATES, "changed_dates", "Termine", "dates"},
    {CHANGED_MESSAGE, "message", "Nachricht", "message"},
    {CHANGED_PIN, NULL, "PIN", "PIN"},
};
enum { CHANGES = sizeof changes / sizeof changes[0] };

/* What all mails about one thing have in common. */
struct news {
	struct store *s;
	json_t *conference, *owner, *server, *settings;
	struct conference_plan *plan;
	enum mail_kind kind;
	unsigned changed;
	int64_t sequence, now_ms;
};

static void
news_free(struct news *n)
{
	json_decref(n->conference);
	json_decref(n->owner);
	json_decref(n->server);
	json_decref(n->settings);
	free(n->plan);
}

static enum err
read_sequence(struct db *db, int64_t conference, int64_t *out)
{
	struct stmt *st;
	bool row = false;
	enum err e = db_prepare(db, "SELECT sequence FROM conference WHERE id = ?", &st);

	if (e != ERR_OK)
		return e;
	stmt_int(st, 1, conference);
	e = stmt_step(st, &row);
	if (row)
		*out = sqlite3_column_int64(st->st, 0);
	stmt_done(st);
	return e;
}

/* It rises also when a conference comes back from a file: the clock is its lowest value. */
static enum err
raise_sequence(struct store *s, int64_t conference, int64_t now_ms)
{
	struct stmt *st;
	enum err e = db_prepare(
	    s->writer, "UPDATE conference SET sequence = max(sequence + 1, ?) WHERE id = ?", &st);

	if (e != ERR_OK)
		return e;
	stmt_int(st, 1, now_ms / 1000 - 1735689600); /* 2025 began */
	stmt_int(st, 2, conference);
	return stmt_run(st);
}

static enum err
news_read(struct news *n, int64_t conference)
{
	struct db *db = n->s->writer;
	enum err e = row_get(db, &model_conference, conference, ROW_PUBLIC, &n->conference);

	n->now_ms = (int64_t)loop_wall_ms();
	if (e == ERR_OK)
		e = row_get(db, &model_user,
		    json_integer_value(json_object_get(n->conference, "user")), ROW_PUBLIC,
		    &n->owner);
	if (e == ERR_OK)
		e = row_get(db, &model_mail_server, 1, ROW_PUBLIC, &n->server);
	if (e == ERR_OK)
		e = row_get(db, &model_settings, 1, ROW_PUBLIC, &n->settings);
	if (e == ERR_OK)
		e = conference_plan_read(n->conference, &n->plan);
	if (e == ERR_OK)
		e = read_sequence(db, conference, &n->sequence);
	return e;
}

/* ---- words ---- */

static void
put_date(struct buf *b, int64_t local_s, bool german)
{
	int64_t year, days = local_s / 86400;
	unsigned month, day;

	date_of_days(days, &year, &month, &day);
	if (german)
		buf_printf(b, "%02u.%02u.%04d", day, month, (int)year);
	else
		buf_printf(b, "%04d-%02u-%02u", (int)year, month, day);
}

/* "24.12.2026 09:00 (Europe/Berlin)" of the next date. */
static void
put_begin(struct buf *b, const struct news *n, bool german)
{
	int64_t at_ms = row_time_ms(n->conference, "next_from");
	int64_t local_s = zone_local(
	    &n->plan->zone, (at_ms ? at_ms : row_time_ms(n->conference, "starts_at")) / 1000);

	put_date(b, local_s, german);
	buf_printf(b, " %02d:%02d (%s)", (int)(local_s % 86400 / 3600), (int)(local_s / 60 % 60),
	    row_text(n->conference, "time_zone"));
}

static void
put_series(struct buf *b, const struct series *s, bool german)
{
	static const char *const each[2][4] = {{"no", "every day", "every week", "every month"},
	    {"nein", "täglich", "wöchentlich", "monatlich"}};
	static const char *const some[2][4] = {
	    {"", "every %u days", "every %u weeks", "every %u months"},
	    {"", "alle %u Tage", "alle %u Wochen", "alle %u Monate"}};

	if (s->every == 1 || s->repeat == SERIES_ONCE)
		buf_cstr(b, each[german][s->repeat]);
	else
		for (const char *c = some[german][s->repeat]; *c; c++)
			if (c[0] == '%' && c[1] == 'u') {
				buf_u64(b, s->every);
				c++;
			} else {
				buf_char(b, *c);
			}
	if (s->repeat != SERIES_ONCE && s->last_day != INT64_MAX) {
		buf_cstr(b, german ? " bis " : " until ");
		put_date(b, s->last_day * 86400, german);
	}
}

static void
put_changes(struct buf *b, unsigned changed, bool german)
{
	unsigned said = 0;

	for (size_t i = 0; i < CHANGES; i++) {
		if (!(changed & changes[i].bit) || said & changes[i].bit)
			continue;
		if (said)
			buf_lit(b, ", ");
		buf_cstr(b, german ? changes[i].german : changes[i].english);
		said |= changes[i].bit;
	}
}

/* ---- the link for who has no account ---- */

static enum err
insert_link(struct store *s, int64_t participant, const char *token, int64_t now_ms)
{
	unsigned char hash[SHA256_DIGEST_LENGTH];
	char hex[2 * SHA256_DIGEST_LENGTH + 1];
	struct stmt *st;
	enum err e = db_prepare(s->writer,
	    "INSERT INTO conference_link (participant, token_hash, created_at) VALUES (?, ?, ?)",
	    &st);

	if (e != ERR_OK)
		return e;
	SHA256((const unsigned char *)token, strlen(token), hash);
	hash_hex(hash, hex);
	stmt_int(st, 1, participant);
	stmt_cstr(st, 2, hex);
	stmt_int(st, 3, now_ms);
	return stmt_run(st);
}

/* Only the hash is kept, so each mail has a link of its own; the oldest give way. */
static enum err
make_link(const struct news *n, int64_t participant, char out[LINK_BYTES])
{
	const char *web = row_text(n->server, "web_address");
	char token[TOKEN_DIGITS + 1];
	struct rng rng;
	struct stmt *st;
	struct buf b;
	enum err e;

	out[0] = '\0';
	if (!*web || n->kind == MAIL_CONFERENCE_CANCELLED)
		return ERR_OK;
	rng_init_system(&rng);
	buf_init(&b, token, sizeof token - 1);
	rng_token(&rng, &b, TOKEN_DIGITS);
	token[b.n] = '\0';
	e = insert_link(n->s, participant, token, n->now_ms);
	if (e == ERR_OK)
		e = db_prepare(n->s->writer,
		    "DELETE FROM conference_link WHERE participant = ?1 AND id NOT IN (SELECT id "
		    "FROM conference_link WHERE participant = ?1 ORDER BY id DESC LIMIT ?2)",
		    &st);
	if (e == ERR_OK) {
		stmt_int(st, 1, participant);
		stmt_int(st, 2, STORE_CONFERENCE_LINKS);
		e = stmt_run(st);
	}
	snprintf(out, LINK_BYTES, "%s%sconference/%s", web, web[strlen(web) - 1] == '/' ? "" : "/",
	    token);
	explicit_bzero(token, sizeof token);
	explicit_bzero(&rng, sizeof rng);
	return e;
}

/* ---- one letter ---- */

static void
full_name(const json_t *user, char out[NAME_BYTES])
{
	snprintf(
	    out, NAME_BYTES, "%s %s", row_text(user, "first_name"), row_text(user, "last_name"));
}

/* Ends with a NUL. */
static const char *
text_of(struct buf *b)
{
	if (b->n == b->cap)
		b->n--;
	b->p[b->n] = '\0';
	return b->p;
}

static bool
has_calendar(enum mail_kind kind)
{
	return kind == MAIL_CONFERENCE_INVITED || kind == MAIL_CONFERENCE_CHANGED ||
	       kind == MAIL_CONFERENCE_CANCELLED;
}

static void
write_calendar(struct buf *out, const struct news *n, const struct letter *l, const char *owner,
    const char *description)
{
	const char *own = row_text(n->owner, "email");

	ical_write(out, &(struct ical){.method = l->calendar_method,
			    .uid = row_text(n->conference, "uid"),
			    .domain = row_text(n->settings, "domain"),
			    .summary = row_text(n->conference, "name"),
			    .description = description,
			    .organizer = *own ? own : row_text(n->server, "sender"),
			    .organizer_name = owner,
			    .attendee = l->to,
			    .attendee_name = l->name,
			    .zone_name = row_text(n->conference, "time_zone"),
			    .plan = n->plan,
			    .sequence = n->sequence,
			    .stamp_s = n->now_ms / 1000});
}

/* In the entry: what one needs to dial in. */
static void
put_description(struct buf *b, const struct news *n, const char *pin, const char *link)
{
	const char *message = row_text(n->conference, "message");

	if (*message)
		buf_printf(b, "%s\n\n", message);
	buf_printf(b, "%s\nPIN: %s\n%s", row_text(n->settings, "conference_numbers"), pin, link);
}

/* The words of one letter that are made for it. */
struct wording {
	char owner[NAME_BYTES], link[LINK_BYTES];
	char begins[120], series[80], changed[120], length[24];
};

static enum err
word(const struct news *n, int64_t participant, bool german, struct wording *w)
{
	struct buf b;

	full_name(n->owner, w->owner);
	buf_init(&b, w->begins, sizeof w->begins);
	put_begin(&b, n, german);
	text_of(&b);
	buf_init(&b, w->series, sizeof w->series);
	put_series(&b, &n->plan->series, german);
	text_of(&b);
	buf_init(&b, w->changed, sizeof w->changed);
	put_changes(&b, n->changed, german);
	text_of(&b);
	snprintf(w->length, sizeof w->length, "%lld",
	    (long long)json_integer_value(json_object_get(n->conference, "length_min")));
	return make_link(n, participant, w->link);
}

static void
put_lines(struct letter *l, const char *name, const char *value)
{
	letter_put(l, name, value);
	l->words[l->n - 1].lines = true;
}

static void
put_words(struct letter *l, const struct news *n, const char *pin, const struct wording *w)
{
	letter_put(l, "name", l->name);
	letter_put(l, "conference", row_text(n->conference, "name"));
	letter_put(l, "owner", w->owner);
	letter_put(l, "begins", w->begins);
	letter_put(l, "length", w->length);
	letter_put(l, "series", w->series);
	letter_put(l, "changes", w->changed);
	letter_put(l, "pin", pin);
	letter_put(l, "link", w->link);
	put_lines(l, "numbers", row_text(n->settings, "conference_numbers"));
	put_lines(l, "message", row_text(n->conference, "message"));
}

/* With the entry for the calendar, where there is news for it. */
static enum err
queue_letter(const struct news *n, struct letter *l, const char *pin, const struct wording *w)
{
	char *calendar = has_calendar(n->kind) ? malloc(CALENDAR_BYTES) : NULL;
	char description[DESCRIPTION_BYTES];
	struct buf d, entry;
	enum err e;

	if (has_calendar(n->kind) && !calendar)
		return ERR_NOMEM;
	if (calendar) {
		l->calendar_method = n->kind == MAIL_CONFERENCE_CANCELLED ? "CANCEL" : "REQUEST";
		buf_init(&d, description, sizeof description);
		put_description(&d, n, pin, w->link);
		buf_init(&entry, calendar, CALENDAR_BYTES);
		write_calendar(&entry, n, l, w->owner, text_of(&d));
		l->calendar = text_of(&entry);
	}
	e = letter_queue(n->s, l);
	if (calendar)
		explicit_bzero(calendar, CALENDAR_BYTES);
	free(calendar);
	explicit_bzero(description, sizeof description);
	return e;
}

static enum err
write_letter(const struct news *n, const json_t *participant, const char *language, const char *to)
{
	const char *name = row_text(participant, "user_name"), *pin = row_text(participant, "pin");
	struct letter l = {.kind = n->kind,
	    .to = to,
	    .name = *name ? name : row_text(participant, "name"),
	    .language = language,
	    .at_ms = n->now_ms};
	struct wording w;
	enum err e = word(n, json_integer_value(json_object_get(participant, "id")),
	    strcmp(language, "de") == 0, &w);

	if (e == ERR_OK) {
		put_words(&l, n, pin, &w);
		e = queue_letter(n, &l, pin, &w);
	}
	explicit_bzero(&w, sizeof w);
	return e;
}

/* Nothing for who has no address. */
static enum err
tell_one(const struct news *n, int64_t id)
{
	json_t *participant = NULL, *user = NULL;
	enum err e =
	    row_get(n->s->writer, &model_conference_participant, id, ROW_PUBLIC, &participant);
	int64_t user_id = json_integer_value(json_object_get(participant, "user"));
	const json_t *reader;
	const char *to;

	if (e == ERR_OK && user_id)
		e = row_get(n->s->writer, &model_user, user_id, ROW_PUBLIC, &user);
	to = user ? row_text(user, "email") : row_text(participant, "mail");
	reader = user ? user : n->owner;
	if (e == ERR_OK && *to && (!user || json_is_true(json_object_get(user, "enabled"))))
		e = write_letter(n, participant, row_text(reader, "language"), to);
	json_decref(user);
	json_decref(participant);
	return e;
}

/* Ids of the rows of an entity that a column leads to; free() them. */
static enum err
ids_of(struct db *db, const struct model_entity *e, const char *column, int64_t value,
    int64_t **ids, size_t *n)
{
	struct stmt *st;
	enum err err = db_preparef(
	    db, &st, "SELECT id FROM \"%s\" WHERE \"%s\" = ? ORDER BY id", e->name, column);

	if (err != ERR_OK)
		return err;
	stmt_int(st, 1, value);
	err = stmt_ids(st, ids, n);
	stmt_done(st);
	return err;
}

/* participant 0: all. Nobody is told of what is over. */
static enum err
tell(
    struct store *s, int64_t conference, int64_t participant, enum mail_kind kind, unsigned changed)
{
	struct news n = {.s = s, .kind = kind, .changed = changed};
	int64_t *ids = NULL;
	size_t count = 0;
	enum err e = news_read(&n, conference);

	if (e == ERR_OK && row_time_ms(n.conference, "next_from")) {
		if (participant)
			e = tell_one(&n, participant);
		else
			e = ids_of(s->writer, &model_conference_participant, "conference",
			    conference, &ids, &count);
		for (size_t i = 0; i < count && e == ERR_OK; i++)
			e = tell_one(&n, ids[i]);
	}
	free(ids);
	news_free(&n);
	return e == ERR_NOT_FOUND ? ERR_OK : e;
}

enum err
conference_mail_all(struct store *s, int64_t conference, enum mail_kind kind, unsigned changed)
{
	return tell(s, conference, 0, kind, changed);
}

/* ---- what happens to rows ---- */

static enum err
conference_of(struct db *db, int64_t participant, int64_t *out)
{
	json_t *row = NULL;
	enum err e = row_get(db, &model_conference_participant, participant, ROW_PLAIN, &row);

	*out = json_integer_value(json_object_get(row, "conference"));
	json_decref(row);
	return e;
}

enum err
conference_tell_created(struct store *s, const struct model_entity *e, int64_t id)
{
	int64_t conference;
	enum err err;

	if (e != &model_conference_participant)
		return ERR_OK;
	err = conference_of(s->writer, id, &conference);
	return err == ERR_OK ? tell(s, conference, id, MAIL_CONFERENCE_INVITED, 0) : err;
}

static unsigned
what_changed(const json_t *before, const json_t *values)
{
	unsigned bits = 0;

	for (size_t i = 0; i < CHANGES; i++) {
		const char *field = changes[i].field;
		const json_t *now = field ? json_object_get(values, field) : NULL;

		if (!now)
			continue;
		if (strcmp(field, "starts_at") == 0
			? row_time_ms(before, field) != row_time_ms(values, field)
			: !json_equal((json_t *)now, json_object_get(before, field)))
			bits |= changes[i].bit;
	}
	return bits;
}

static bool
differs(const json_t *before, const json_t *values, const char *field)
{
	const json_t *now = json_object_get(values, field);

	return now && !json_equal((json_t *)now, json_object_get(before, field));
}

enum err
conference_tell_updated(struct store *s, const struct model_entity *e, int64_t id,
    const json_t *before, const json_t *values)
{
	unsigned bits = e == &model_conference ? what_changed(before, values) : 0;
	int64_t conference;
	enum err err;

	if (bits) {
		err = raise_sequence(s, id, (int64_t)loop_wall_ms());
		return err == ERR_OK ? tell(s, id, 0, MAIL_CONFERENCE_CHANGED, bits) : err;
	}
	if (e != &model_conference_participant)
		return ERR_OK;
	err = conference_of(s->writer, id, &conference);
	if (err != ERR_OK)
		return err;
	if (differs(before, values, "mail") || differs(before, values, "user"))
		return tell(s, conference, id, MAIL_CONFERENCE_INVITED, 0); /* somebody else */
	return differs(before, values, "pin")
		   ? tell(s, conference, id, MAIL_CONFERENCE_CHANGED, CHANGED_PIN)
		   : ERR_OK;
}

/* participant 0: all. */
static enum err
tell_cancelled(struct store *s, int64_t conference, int64_t participant)
{
	enum err e = raise_sequence(s, conference, (int64_t)loop_wall_ms());

	return e == ERR_OK ? tell(s, conference, participant, MAIL_CONFERENCE_CANCELLED, 0) : e;
}

/* With who planned them they go, too. */
static enum err
tell_all_of_user(struct store *s, int64_t user)
{
	int64_t *ids = NULL;
	size_t n = 0;
	enum err e = ids_of(s->writer, &model_conference, "user", user, &ids, &n);

	for (size_t i = 0; i < n && e == ERR_OK; i++)
		e = tell_cancelled(s, ids[i], 0);
	free(ids);
	return e;
}

/* Who plans it hears that somebody is in it no more. */
static enum err
write_to_owner(const struct news *n, const char *participant)
{
	struct letter l = {.kind = n->kind,
	    .to = row_text(n->owner, "email"),
	    .language = row_text(n->owner, "language"),
	    .at_ms = n->now_ms};
	char name[NAME_BYTES], begins[NAME_BYTES];
	struct buf b;

	if (!*l.to || !json_is_true(json_object_get(n->owner, "enabled")))
		return ERR_OK;
	full_name(n->owner, name);
	l.name = name;
	buf_init(&b, begins, sizeof begins);
	put_begin(&b, n, strcmp(l.language, "de") == 0);
	letter_put(&l, "name", name);
	letter_put(&l, "conference", row_text(n->conference, "name"));
	letter_put(&l, "begins", text_of(&b));
	letter_put(&l, "participant", participant);
	return letter_queue(n->s, &l);
}

static enum err
tell_owner(struct store *s, int64_t conference, const char *participant)
{
	struct news n = {.s = s, .kind = MAIL_CONFERENCE_LEFT};
	enum err e = news_read(&n, conference);

	if (e == ERR_OK && row_time_ms(n.conference, "next_from"))
		e = write_to_owner(&n, participant);
	news_free(&n);
	return e == ERR_NOT_FOUND ? ERR_OK : e;
}

/* A user goes, and with him his place in what others plan: he and they hear of it. */
static enum err
tell_of_invitation(struct store *s, int64_t user, int64_t participant)
{
	json_t *row = NULL;
	enum err e =
	    row_get(s->writer, &model_conference_participant, participant, ROW_PUBLIC, &row);
	int64_t conference = json_integer_value(json_object_get(row, "conference"));

	if (e == ERR_OK && json_integer_value(json_object_get(row, "owner")) != user) {
		e = tell_cancelled(s, conference, participant);
		if (e == ERR_OK)
			e = tell_owner(s, conference, row_text(row, "user_name"));
	}
	json_decref(row);
	return e;
}

static enum err
tell_of_invitations(struct store *s, int64_t user)
{
	int64_t *ids = NULL;
	size_t n = 0;
	enum err e = ids_of(s->writer, &model_conference_participant, "user", user, &ids, &n);

	for (size_t i = 0; i < n && e == ERR_OK; i++)
		e = tell_of_invitation(s, user, ids[i]);
	free(ids);
	return e;
}

/* They were told that it is cancelled: the entry in their calendars needs a higher number. */
enum err
conference_tell_restored(struct store *s, const json_t *file)
{
	const json_t *row;
	size_t i;
	int64_t id, conference;
	enum err e = ERR_OK;

	json_array_foreach(json_object_get(file, model_conference_participant.path), i, row)
	{
		if (e != ERR_OK)
			break;
		e = row_find_id(s->writer, &model_conference_participant, "uid",
		    slice_cstr(row_text(row, "uid")), &id);
		if (e == ERR_OK)
			e = conference_of(s->writer, id, &conference);
		if (e == ERR_OK)
			e = raise_sequence(s, conference, (int64_t)loop_wall_ms());
		if (e == ERR_OK)
			e = tell(s, conference, id, MAIL_CONFERENCE_INVITED, 0);
	}
	return e;
}

enum err
conference_tell_deleting(struct store *s, const struct model_entity *e, int64_t id)
{
	int64_t conference;
	enum err err;

	if (e == &model_user) {
		err = tell_of_invitations(s, id);
		return err == ERR_OK ? tell_all_of_user(s, id) : err;
	}
	if (e == &model_conference)
		return tell_cancelled(s, id, 0);
	if (e != &model_conference_participant)
		return ERR_OK;
	err = conference_of(s->writer, id, &conference);
	if (err == ERR_OK)
		err = tell_cancelled(s, conference, id);
	return err == ERR_NOT_FOUND ? ERR_OK : err; /* the deletion itself says so */
}
