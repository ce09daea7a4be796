/* Rules of what decides how calls leave: emergency numbers are nobody's, the time frames of a COR
 * rule do not overlap, a line prefix leads to one line. */
#include <stdlib.h>

#include "model/entities_int.h"

static int64_t
id_of(const json_t *row, const char *field)
{
	return json_integer_value(json_object_get(row, field));
}

static bool
add_row(void *arg, const json_t *row)
{
	return json_array_append(arg, (json_t *)row) == 0;
}

/* field NULL: all rows. New reference. */
static enum err
rows_of(const struct model_view *view, const struct model_entity *e, const char *field,
    int64_t value, json_t **out)
{
	json_t *rows = json_array();
	enum err err = rows ? view->each(view->ctx, e, field, value, add_row, rows) : ERR_NOMEM;

	if (err == ERR_OK)
		*out = rows;
	else
		json_decref(rows);
	return err;
}

/* ---- emergency numbers ---- */

struct taken {
	const json_t *emergency; /* rows */
	const char *number;	 /* found */
	bool bad;
};

static bool
find_taken(void *arg, const json_t *row)
{
	struct taken *t = arg;
	const char *number = row_text(row, "number");
	json_t *one;
	size_t i;

	json_array_foreach(t->emergency, i, one)
	{
		if (strcmp(row_text(one, "number"), number) != 0)
			continue;
		t->number = row_text(one, "number");
		t->bad = true;
		return false;
	}
	return true;
}

/* LIN-6: never somebody's number. */
static enum err
rule_emergency(
    const struct model_view *view, const struct model_change *change, struct model_errors *errors)
{
	bool of_number = change->entity == &model_number;
	bool one = change->op != MODEL_OP_IMPORT;
	json_t *emergency = NULL;
	struct taken t = {0};
	enum err e = rows_of(
	    view, &model_emergency_number, one && !of_number ? "id" : NULL, change->id, &emergency);

	if (e != ERR_OK)
		return e;
	t.emergency = emergency;
	if (json_array_size(emergency))
		e = view->each(view->ctx, &model_number, one && of_number ? "id" : NULL, change->id,
		    find_taken, &t);
	if (e == ERR_OK && t.bad) {
		if (of_number)
			model_error_add(errors, "emergency_number", "number",
			    "%s is an emergency number: nobody can have it.", t.number);
		else
			model_error_add(errors, "number_taken", "number",
			    "%s is in the list of numbers: it must be deleted there first.",
			    t.number);
		e = ERR_CONFLICT;
	}
	json_decref(emergency);
	return e;
}

/* ---- time frames of a COR rule ---- */

/* Bits of MODEL_DAYS. */
static unsigned
days_of(const json_t *frame)
{
	unsigned days = 0;
	json_t *list = json_object_get(frame, "days"), *day;
	size_t i;

	json_array_foreach(list, i, day)
	{
		int d = choice_find(MODEL_DAYS, slice_cstr(json_string_value(day)));

		days |= d < 0 ? 0 : 1u << d;
	}
	return days;
}

static bool
overlap(const json_t *a, const json_t *b)
{
	return (days_of(a) & days_of(b)) && strcmp(row_text(a, "from"), row_text(b, "to")) < 0 &&
	       strcmp(row_text(b, "from"), row_text(a, "to")) < 0;
}

static const json_t *
frame_by_id(const json_t *frames, int64_t id)
{
	json_t *frame;
	size_t i;

	json_array_foreach(frames, i, frame) if (id_of(frame, "id") == id) return frame;
	return NULL;
}

static void
tell_overlap(const struct model_view *view, const struct model_change *change, int64_t rule,
    const json_t *a, const json_t *b, struct model_errors *errors)
{
	json_t *rules = NULL;
	const char *number = "";

	if (rows_of(view, &model_cor_rule, "id", rule, &rules) == ERR_OK)
		number = row_text(json_array_get(rules, 0), "number");
	model_error_add(errors, "frames_overlap",
	    change->entity == &model_time_frame ? "from" : "frame",
	    "The time frames %s and %s of the rule %s overlap.", row_text(a, "name"),
	    row_text(b, "name"), number);
	json_decref(rules);
}

/* ways: of one rule, or of all when each is compared with those of its own. */
static enum err
check_ways(const struct model_view *view, const struct model_change *change, const json_t *frames,
    const json_t *ways, struct model_errors *errors)
{
	size_t n = json_array_size(ways);

	for (size_t i = 0; i < n; i++) {
		const json_t *way = json_array_get(ways, i);
		int64_t rule = id_of(way, "rule");
		const json_t *a = frame_by_id(frames, id_of(way, "frame"));

		for (size_t k = i + 1; k < n; k++) {
			const json_t *other = json_array_get(ways, k);
			const json_t *b;

			if (id_of(other, "rule") != rule ||
			    id_of(other, "frame") == id_of(way, "frame"))
				continue;
			b = frame_by_id(frames, id_of(other, "frame"));
			if (!a || !b || !overlap(a, b))
				continue;
			tell_overlap(view, change, rule, a, b, errors);
			return ERR_CONFLICT;
		}
	}
	return ERR_OK;
}

static enum err
check_rule(const struct model_view *view, const struct model_change *change, const json_t *frames,
    int64_t rule, struct model_errors *errors)
{
	json_t *ways = NULL;
	enum err e = rows_of(view, &model_cor_line, "rule", rule, &ways);

	if (e == ERR_OK)
		e = check_ways(view, change, frames, ways, errors);
	json_decref(ways);
	return e;
}

/* RTG-3. ways: one for each rule that is looked at. */
static enum err
rule_frames(
    const struct model_view *view, const struct model_change *change, struct model_errors *errors)
{
	const char *field = change->op == MODEL_OP_IMPORT	  ? NULL
			    : change->entity == &model_time_frame ? "frame"
								  : "id";
	json_t *frames = NULL, *ways = NULL;
	int64_t last = 0;
	enum err e = rows_of(view, &model_time_frame, NULL, 0, &frames);

	if (e == ERR_OK)
		e = rows_of(view, &model_cor_line, field, change->id, &ways);
	for (size_t i = 0; i < json_array_size(ways) && e == ERR_OK; i++) {
		int64_t rule = id_of(json_array_get(ways, i), "rule");

		if (rule != last)
			e = check_rule(view, change, frames, rule, errors);
		last = rule;
	}
	json_decref(frames);
	json_decref(ways);
	return e;
}

/* ---- line prefixes ---- */

/* LIN-5: "***" and a digit leads to one line. */
static enum err
rule_line_prefix(const struct model_view *view, struct model_errors *errors)
{
	const char *holder[10] = {0};
	json_t *lines = NULL, *line;
	size_t i;
	enum err e = rows_of(view, &model_line, NULL, 0, &lines);

	json_array_foreach(lines, i, line)
	{
		const char *prefix = row_text(line, "line_prefix");
		unsigned digit = (unsigned)(prefix[0] - '0');

		if (!*prefix || digit > 9)
			continue;
		if (holder[digit]) {
			model_error_add(errors, "prefix_taken", "line_prefix",
			    "The lines %s and %s cannot both have the prefix %s.", holder[digit],
			    row_text(line, "name"), prefix);
			e = ERR_CONFLICT;
			break;
		}
		holder[digit] = row_text(line, "name");
	}
	json_decref(lines);
	return e;
}

/* ---- sites ---- */

static enum err
rule_default_site(const struct model_view *view, struct model_errors *errors)
{
	const char *first = NULL;
	json_t *sites = NULL, *site;
	size_t i;
	enum err e = rows_of(view, &model_site, NULL, 0, &sites);

	json_array_foreach(sites, i, site)
	{
		if (!json_is_true(json_object_get(site, "is_default")))
			continue;
		if (first) {
			model_error_add(errors, "default_taken", "is_default",
			    "The sites %s and %s cannot both be the default.", first,
			    row_text(site, "name"));
			e = ERR_CONFLICT;
			break;
		}
		first = row_text(site, "name");
	}
	json_decref(sites);
	return e;
}

enum err
rules_routing_check(
    const struct model_view *view, const struct model_change *change, struct model_errors *errors)
{
	const struct model_entity *of = change->entity;
	bool import = change->op == MODEL_OP_IMPORT;
	enum err e = ERR_OK;

	if (change->op == MODEL_OP_DELETE)
		return ERR_OK;
	if (import || of == &model_number || of == &model_emergency_number)
		e = rule_emergency(view, change, errors);
	if (e == ERR_OK && (import || of == &model_cor_line || of == &model_time_frame))
		e = rule_frames(view, change, errors);
	if (e == ERR_OK && (import || of == &model_line))
		e = rule_line_prefix(view, errors);
	if (e == ERR_OK && (import || of == &model_site))
		e = rule_default_site(view, errors);
	return e;
}
