/* Planned conferences as people look at them: the dates of a month, and what a mailed link shows.
 */
#include <stdlib.h>

#include "store/conference.h"
#include "store/conference_int.h"

/* ---- what others plan ---- */

/* Who is invited himself; and what it is. */
struct invited {
	json_t *participant, *conference;
};

/* Rows of a user who takes part in what others plan. */
static enum err
each_invitation(struct store *s, int64_t user,
    enum err (*each)(void *ctx, const struct invited *one), void *ctx)
{
	json_t *equals = json_pack("{s:I}", "user", (json_int_t)user), *rows = NULL;
	struct store_query q = {.equals = equals, .all = true};
	struct invited one;
	int64_t total;
	size_t i;
	enum err e = store_list(s, &model_conference_participant, &q, &rows, &total, NULL);

	json_array_foreach(rows, i, one.participant)
	{
		int64_t conference =
		    json_integer_value(json_object_get(one.participant, "conference"));

		if (e != ERR_OK)
			break;
		if (json_integer_value(json_object_get(one.participant, "owner")) == user)
			continue;
		e = store_get(s, &model_conference, conference, &one.conference);
		if (e == ERR_OK) {
			e = each(ctx, &one);
			json_decref(one.conference);
		} else if (e == ERR_NOT_FOUND) { /* it was deleted meanwhile */
			e = ERR_OK;
		}
	}
	json_decref(rows);
	json_decref(equals);
	return e;
}

/* ---- dates ---- */

/* Whose dates they are; participant: who looks is invited as that one, 0: he plans it. */
struct planned {
	const json_t *row;
	int64_t participant;
};

static enum err
put_date(
    json_t *items, const struct planned *of, const struct series *s, const struct series_date *date)
{
	char begins[MODEL_TIME_TEXT], ends[MODEL_TIME_TEXT], original[MODEL_TIME_TEXT];

	if (json_array_size(items) >= STORE_CONFERENCE_DATES_MAX)
		return ERR_LIMIT;
	return json_array_append_new(items,
		   json_pack("{s:O, s:O, s:o, s:s, s:s, s:s}", "conference",
		       json_object_get(of->row, "id"), "name", json_object_get(of->row, "name"),
		       "participant", of->participant ? json_integer(of->participant) : json_null(),
		       "begins_at", model_time_write(date->from_s * 1000, begins), "ends_at",
		       model_time_write((date->from_s + s->length_s) * 1000, ends), "original_at",
		       model_time_write(date->original_s * 1000, original))) == 0
		   ? ERR_OK
		   : ERR_NOMEM;
}

/* series_next is asked for what ends after an instant: so one goes on from the end of each. */
static enum err
put_dates(json_t *items, const struct planned *of, int64_t from_s, int64_t to_s)
{
	struct conference_plan *plan = NULL;
	struct series_date date;
	enum err e = conference_plan_read(of->row, &plan);
	int64_t after_s = from_s;

	if (e != ERR_OK)
		return e == ERR_NOT_FOUND ? ERR_OK : e;
	while (e == ERR_OK && series_next(&plan->series, after_s, &date) && date.from_s < to_s) {
		e = date.from_s >= from_s ? put_date(items, of, &plan->series, &date) : ERR_OK;
		after_s = date.from_s + plan->series.length_s;
	}
	free(plan);
	return e;
}

/* A time that is looked at. */
struct window {
	json_t *items;
	int64_t from_s, to_s;
};

static enum err
put_invited_dates(void *ctx, const struct invited *one)
{
	const struct window *w = ctx;
	struct planned of = {
	    one->conference, json_integer_value(json_object_get(one->participant, "id"))};

	return put_dates(w->items, &of, w->from_s, w->to_s);
}

enum err
store_conference_dates(struct store *s, int64_t owner, int64_t from_ms, int64_t to_ms, json_t **out)
{
	struct store_query q = {.owner = owner, .all = true};
	struct window w = {json_array(), from_ms / 1000, to_ms / 1000};
	json_t *rows = NULL, *row;
	int64_t total;
	size_t i;
	enum err e =
	    w.items ? store_list(s, &model_conference, &q, &rows, &total, NULL) : ERR_NOMEM;

	json_array_foreach(rows, i, row)
	{
		if (e == ERR_OK)
			e = put_dates(w.items, &(struct planned){.row = row}, w.from_s, w.to_s);
	}
	json_decref(rows);
	if (e == ERR_OK && owner)
		e = each_invitation(s, owner, put_invited_dates, &w);
	if (e == ERR_OK)
		*out = w.items;
	else
		json_decref(w.items);
	return e;
}

/* ---- what a link shows ---- */

static enum err
find_link(struct db *db, const unsigned char token_hash[32], int64_t *participant)
{
	char hex[65];
	struct stmt *st;
	bool row = false;
	enum err e =
	    db_prepare(db, "SELECT participant FROM conference_link WHERE token_hash = ?", &st);

	if (e != ERR_OK)
		return e;
	hash_hex(token_hash, hex);
	stmt_cstr(st, 1, hex);
	e = stmt_step(st, &row);
	*participant = row ? sqlite3_column_int64(st->st, 0) : 0;
	stmt_done(st);
	return e == ERR_OK && !row ? ERR_NOT_FOUND : e;
}

static const json_t *
name_of(const json_t *participant)
{
	const json_t *name = json_object_get(participant, "user_name");

	return json_is_string(name) && *json_string_value(name)
		   ? name
		   : json_object_get(participant, "name");
}

static json_t *
names(struct store *s, int64_t conference)
{
	json_t *equals = json_pack("{s:I}", "conference", (json_int_t)conference);
	struct store_query q = {.equals = equals, .all = true};
	json_t *rows = NULL, *out = json_array(), *row;
	int64_t total;
	size_t i;

	if (store_list(s, &model_conference_participant, &q, &rows, &total, NULL) == ERR_OK)
		json_array_foreach(rows, i, row) json_array_append(out, (json_t *)name_of(row));
	json_decref(rows);
	json_decref(equals);
	return out;
}

/* Nothing else of the system is shown. */
static json_t *
shown(struct store *s, const json_t *conference, const json_t *participant, const char *numbers)
{
	static const char *const fields[] = {"name", "time_zone", "repeat", "every", "repeat_until",
	    "message", "wait_for_moderator"};
	json_t *out = json_pack("{s:O, s:O, s:O, s:s, s:O, s:O, s:O}", "owner_name",
	    json_object_get(conference, "user_name"), "begins_at",
	    json_object_get(conference, "next_from"), "ends_at",
	    json_object_get(conference, "next_until"), "numbers", numbers, "participant_name",
	    name_of(participant), "moderator", json_object_get(participant, "moderator"), "pin",
	    json_object_get(participant, "pin"));
	bool all = json_is_true(json_object_get(conference, "show_participants"));

	for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++)
		json_object_set(out, fields[i], json_object_get(conference, fields[i]));
	json_object_set_new(out, "participants",
	    all ? names(s, json_integer_value(json_object_get(conference, "id"))) : json_array());
	return out;
}

enum err
store_conference_invitation(struct store *s, const unsigned char token_hash[32], json_t **out)
{
	json_t *participant = NULL, *conference = NULL, *settings = NULL;
	int64_t id;
	struct db *db;
	enum err e = store_read_begin(s, &db);

	if (e != ERR_OK)
		return e;
	e = find_link(db, token_hash, &id);
	if (e == ERR_OK)
		e = row_get(db, &model_conference_participant, id, ROW_PUBLIC, &participant);
	if (e == ERR_OK)
		e = row_get(db, &model_conference,
		    json_integer_value(json_object_get(participant, "conference")), ROW_PUBLIC,
		    &conference);
	if (e == ERR_OK)
		e = row_get(db, &model_settings, 1, ROW_PUBLIC, &settings);
	store_read_end(s, db);
	if (e == ERR_OK && !json_is_string(json_object_get(conference, "next_from")))
		e = ERR_NOT_FOUND;
	if (e == ERR_OK)
		*out = shown(s, conference, participant, row_text(settings, "conference_numbers"));
	json_decref(participant);
	json_decref(conference);
	json_decref(settings);
	return e == ERR_OK && !*out ? ERR_NOMEM : e;
}

/* ---- what one is invited to ---- */

struct invitations {
	struct store *s;
	json_t *items;
	const char *numbers;
};

static enum err
put_invitation(void *ctx, const struct invited *one)
{
	const struct invitations *all = ctx;
	json_t *out;

	if (!json_is_string(json_object_get(one->conference, "next_from")))
		return ERR_OK; /* it is over */
	out = shown(all->s, one->conference, one->participant, all->numbers);
	if (!out)
		return ERR_NOMEM;
	json_object_set(out, "id", json_object_get(one->participant, "id"));
	json_object_set(out, "conference", json_object_get(one->conference, "id"));
	return json_array_append_new(all->items, out) == 0 ? ERR_OK : ERR_NOMEM;
}

enum err
store_conference_invitations(struct store *s, int64_t user, json_t **out)
{
	struct invitations all = {.s = s, .items = json_array()};
	json_t *settings = NULL;
	enum err e = all.items ? store_get(s, &model_settings, 1, &settings) : ERR_NOMEM;

	all.numbers = row_text(settings, "conference_numbers");
	if (e == ERR_OK)
		e = each_invitation(s, user, put_invitation, &all);
	json_decref(settings);
	if (e == ERR_OK)
		*out = all.items;
	else
		json_decref(all.items);
	return e;
}
