/* Planned conferences (CNF-1): what is made up for new ones, when they take place, and how they go
 * on from date to date. */
#include "store/conference.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/random.h"
#include "loop/loop.h"
#include "store/conference_int.h"

#define ZONES "/usr/share/zoneinfo"

enum { UID_DIGITS = 20, PIN_TRIES = 50 };

_Static_assert((int)CONFERENCE_PIN_DIGITS == (int)PIN_GENERATED_DIGITS, "one kind of PIN");

static enum err
make_uid(json_t *values)
{
	char text[UID_DIGITS + 1];
	struct buf b;
	struct rng rng;

	rng_init_system(&rng);
	buf_init(&b, text, sizeof text);
	rng_token(&rng, &b, UID_DIGITS);
	return json_object_set_new(values, "uid", json_stringn(b.p, b.n)) == 0 ? ERR_OK : ERR_NOMEM;
}

/* One that nobody has: with some thousand in use the first is free nearly always. */
static enum err
make_pin(struct db *db, json_t *values)
{
	int64_t id;
	enum err e = ERR_OK;

	for (int i = 0; i < PIN_TRIES && e == ERR_OK; i++) {
		pin_generate(values);
		e = row_find_id(db, &model_conference_participant, "pin",
		    slice_cstr(row_text(values, "pin")), &id);
	}
	return e == ERR_NOT_FOUND ? ERR_OK : e == ERR_OK ? ERR_LIMIT : e;
}

/* Nobody fills the table, nor the mail queue. */
static enum err
check_room(
    struct db *db, const struct model_entity *e, const json_t *values, struct model_errors *errors)
{
	bool whole = e == &model_conference;
	const char *field = whole ? "user" : "conference";
	int64_t max = whole ? CONFERENCES_PER_USER : CONFERENCE_PARTICIPANTS_MAX, n = 0;
	bool row = false;
	struct stmt *st;
	enum err err =
	    db_preparef(db, &st, "SELECT count(*) FROM \"%s\" WHERE \"%s\" = ?", e->name, field);

	if (err != ERR_OK)
		return err;
	stmt_int(st, 1, json_integer_value(json_object_get(values, field)));
	err = stmt_step(st, &row);
	if (err == ERR_OK && row)
		n = sqlite3_column_int64(st->st, 0);
	stmt_done(st);
	if (err != ERR_OK || n < max)
		return err;
	model_error_add(errors, "too_many", field,
	    whole ? "Nobody has more than %lld conferences; delete old ones."
		  : "A conference has no more than %lld participants.",
	    (long long)max);
	return ERR_INVALID;
}

enum err
conference_complete(
    struct db *db, const struct model_entity *e, json_t *values, struct model_errors *errors)
{
	enum err err;

	if (e != &model_conference && e != &model_conference_participant)
		return ERR_OK;
	err = check_room(db, e, values, errors);
	if (err == ERR_OK && !*row_text(values, "uid"))
		err = make_uid(values);
	if (err == ERR_OK && e == &model_conference_participant && !*row_text(values, "pin"))
		err = make_pin(db, values);
	return err;
}

/* ---- when ---- */

int64_t
row_time_ms(const json_t *row, const char *field)
{
	const json_t *v = json_object_get(row, field);
	int64_t ms = 0;

	if (json_is_integer(v))
		return json_integer_value(v);
	if (json_is_string(v) && model_time_parse(slice_cstr(json_string_value(v)), &ms) != ERR_OK)
		return 0;
	return ms;
}

static enum err
load_zone(const char *name, struct zone *out)
{
	char path[sizeof ZONES + CONFERENCE_ZONE_BYTES + 1], *bytes;
	enum err e = ERR_NOT_FOUND;
	FILE *f;

	if (!zone_name_ok(slice_cstr(name)) ||
	    snprintf(path, sizeof path, ZONES "/%s", name) >= (int)sizeof path)
		return ERR_NOT_FOUND;
	f = fopen(path, "re");
	if (!f)
		return ERR_NOT_FOUND;
	bytes = malloc(ZONE_FILE_BYTES_MAX);
	if (!bytes)
		e = ERR_NOMEM;
	else if (zone_parse(slice_make(bytes, fread(bytes, 1, ZONE_FILE_BYTES_MAX, f)), out) ==
		 ERR_OK)
		e = ERR_OK;
	free(bytes);
	fclose(f);
	return e;
}

/* "2026-12-24", as the model has checked it; nothing = without end. */
static int64_t
last_day(const char *text)
{
	struct slice rest = slice_cstr(text), year = slice_take_until(&rest, '-'),
		     month = slice_take_until(&rest, '-');
	uint32_t y, m, d;

	if (slice_to_u32(year, 9999, &y) != ERR_OK || slice_to_u32(month, 12, &m) != ERR_OK ||
	    slice_to_u32(rest, 31, &d) != ERR_OK)
		return INT64_MAX;
	return days_of_date(y, m, d);
}

static enum series_repeat
repeat_of(const char *name)
{
	static const char *const names[] = {"once", "day", "week", "month"};

	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
		if (strcmp(names[i], name) == 0)
			return (enum series_repeat)i;
	return SERIES_ONCE;
}

enum err
conference_plan_read(const json_t *row, struct conference_plan **out)
{
	struct conference_plan *p = calloc(1, sizeof *p);
	struct slice rest = slice_cstr(row_text(row, "changed_dates"));
	struct conference_change change;
	enum err e = p ? load_zone(row_text(row, "time_zone"), &p->zone) : ERR_NOMEM;

	if (e != ERR_OK) {
		free(p);
		return e;
	}
	p->series = (struct series){.zone = &p->zone,
	    .starts_s = row_time_ms(row, "starts_at") / 1000,
	    .length_s = 60 * json_integer_value(json_object_get(row, "length_min")),
	    .repeat = repeat_of(row_text(row, "repeat")),
	    .every = (uint32_t)json_integer_value(json_object_get(row, "every")),
	    .last_day = last_day(row_text(row, "repeat_until"))};
	while (p->series.changes < SERIES_CHANGES_MAX && conference_change_next(&rest, &change))
		p->series.change[p->series.changes++] =
		    (struct series_change){change.original_ms / 1000, change.moved_ms / 1000};
	*out = p;
	return ERR_OK;
}

/* Where it stands now, or 0 when it is over. */
static void
put_next(json_t *values, const struct series *s, int64_t now_ms)
{
	struct series_date next = {0};
	bool more = series_next(s, now_ms / 1000, &next);
	int64_t from_ms = next.from_s * 1000;

	json_object_set_new(values, "next_from", json_integer(more ? from_ms : 0));
	json_object_set_new(
	    values, "next_until", json_integer(more ? from_ms + s->length_s * 1000 : 0));
	json_object_set_new(
	    values, "next_original", json_integer(more ? next.original_s * 1000 : 0));
	/* who has just been told when it begins is not told again at once */
	if (more && from_ms - CONFERENCE_REMIND_MIN * 60000 <= now_ms)
		json_object_set_new(values, "reminded_for", json_integer(from_ms));
}

static bool
check_dates(const struct series *s, struct model_errors *errors)
{
	uint32_t before = errors ? errors->count : 0;

	if (zone_local(s->zone, s->starts_s) >=
	    (s->last_day == INT64_MAX ? INT64_MAX : (s->last_day + 1) * 86400))
		model_error_add(errors, "ends_before_begin", "repeat_until",
		    "The series ends before its first date.");
	for (size_t i = 0; i < s->changes; i++)
		if (!series_has(s, s->change[i].original_s)) {
			model_error_add(errors, "no_date", "changed_dates",
			    "One of the changed dates is none of the series.");
			break;
		}
	return !errors || errors->count == before;
}

enum err
conference_derive(
    const struct model_entity *e, const json_t *row, json_t *values, struct model_errors *errors)
{
	struct conference_plan *plan;
	enum err err;

	if (e != &model_conference)
		return ERR_OK;
	err = conference_plan_read(row, &plan);
	if (err == ERR_NOT_FOUND) {
		model_error_add(errors, "unknown_zone", "time_zone", "There is no such time zone.");
		return ERR_INVALID;
	}
	if (err != ERR_OK)
		return err;
	if (check_dates(&plan->series, errors))
		put_next(values, &plan->series, (int64_t)loop_wall_ms());
	else
		err = ERR_INVALID;
	free(plan);
	return err;
}

/* ---- as time goes by ---- */

enum { TICK_MAX = 100 };

struct due {
	int64_t id, from_ms, until_ms;
};

static enum err
read_due(struct db *db, int64_t now_ms, struct due *all, size_t *n)
{
	struct stmt *st;
	bool row = false;
	enum err e = db_prepare(db,
	    "SELECT id, next_from, next_until FROM conference WHERE next_from > 0 AND "
	    "(next_until <= ?1 OR (next_from <= ?2 AND ifnull(reminded_for, 0) <> next_from)) "
	    "LIMIT ?3",
	    &st);

	*n = 0;
	if (e != ERR_OK)
		return e;
	stmt_int(st, 1, now_ms);
	stmt_int(st, 2, now_ms + CONFERENCE_REMIND_MIN * 60000);
	stmt_int(st, 3, TICK_MAX);
	while ((e = stmt_step(st, &row)) == ERR_OK && row)
		all[(*n)++] = (struct due){sqlite3_column_int64(st->st, 0),
		    sqlite3_column_int64(st->st, 1), sqlite3_column_int64(st->st, 2)};
	stmt_done(st);
	return e;
}

static enum err
remind(struct store *s, const struct due *d, int64_t now_ms)
{
	struct stmt *st;
	enum err e =
	    db_prepare(s->writer, "UPDATE conference SET reminded_for = ? WHERE id = ?", &st);

	if (e != ERR_OK)
		return e;
	stmt_int(st, 1, d->from_ms);
	stmt_int(st, 2, d->id);
	e = stmt_run(st);
	if (e != ERR_OK || now_ms >= d->from_ms) /* the system was off: too late */
		return e;
	return conference_mail_all(s, d->id, MAIL_CONFERENCE_SOON, 0);
}

static enum err
go_on(struct store *s, const struct due *d, int64_t now_ms)
{
	json_t *row = NULL, *values = json_object();
	struct conference_plan *plan = NULL;
	enum err e =
	    values ? row_get(s->writer, &model_conference, d->id, ROW_PUBLIC, &row) : ERR_NOMEM;

	if (e == ERR_OK)
		e = conference_plan_read(row, &plan);
	if (e == ERR_OK)
		put_next(values, &plan->series, now_ms);
	else if (e == ERR_NOT_FOUND) { /* a zone that the system has no more: it is over */
		json_object_set_new(values, "next_from", json_integer(0));
		e = ERR_OK;
	}
	if (e == ERR_OK)
		e = row_update(s->writer, &model_conference, d->id, values, NULL);
	if (e == ERR_OK)
		e = store_changed(s, &model_conference, d->id, STORE_UPDATED);
	if (e == ERR_OK && json_integer_value(json_object_get(values, "next_from")))
		e = conference_mail_all(s, d->id, MAIL_CONFERENCE_NEXT, 0);
	free(plan);
	json_decref(row);
	json_decref(values);
	return e;
}

enum err
store_conferences_tick(struct store *s, int64_t now_ms)
{
	struct due all[TICK_MAX];
	struct db *db;
	size_t n = 0;
	enum err e = store_read_begin(s, &db);

	if (e != ERR_OK)
		return e;
	e = read_due(db, now_ms, all, &n);
	store_read_end(s, db);
	if (e != ERR_OK || n == 0)
		return e;
	e = store_write_begin(s);
	if (e != ERR_OK)
		return e;
	e = read_due(s->writer, now_ms, all, &n); /* it may have been changed meanwhile */
	for (size_t i = 0; i < n && e == ERR_OK; i++)
		e = all[i].until_ms <= now_ms ? go_on(s, &all[i], now_ms)
					      : remind(s, &all[i], now_ms);
	return store_write_end(s, e);
}
