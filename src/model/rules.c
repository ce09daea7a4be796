/*
 * Rules that span entities. Each looks at the data as they will be when the change is
 * committed; a rule that finds a fault makes the whole change fail.
 */
#include <stdlib.h>

#include "model/entities_int.h"
#include "model/number_holder.h"

enum {
	RANGES_MAX = 200,
	HOLDER_BYTES = 520, /* two names of 60 characters and a word */
};

/* ---- who holds a number ---- */

static bool
keep_row(void *arg, const json_t *row)
{
	*(json_t **)arg = json_incref((json_t *)row);
	return false;
}

/* Of the i-th kind. */
static void
write_one(const struct model_view *view, size_t i, int64_t id, struct buf *b)
{
	const struct number_holder *h = &number_holders[i];
	const char *first;
	json_t *row = NULL;

	if (view->each(view->ctx, h->entity, "id", id, keep_row, &row) == ERR_OK && row) {
		first = row_text(row, "first_name");
		buf_printf(b, "%s%s%s%s", h->word, first, *first ? " " : "",
		    row_text(row, *first ? "last_name" : "name"));
	}
	json_decref(row);
}

/* Nothing when nobody does. */
static void
write_holder(const struct model_view *view, const json_t *number, struct buf *b)
{
	for (size_t i = 0; i < number_holders_n; i++) {
		const json_t *id = json_object_get(number, number_holders[i].field);

		if (json_is_integer(id)) {
			write_one(view, i, json_integer_value(id), b);
			return;
		}
	}
}

/* ---- ranges ---- */

struct range {
	char first[24], last[24];
};

struct ranges {
	size_t count;
	bool too_many;
	struct range at[RANGES_MAX];
};

static void
copy_field(const json_t *row, const char *field, char *out, size_t cap)
{
	slice_clip_cstr(slice_cstr(json_string_value(json_object_get(row, field))), out, cap);
}

static bool
add_range(void *arg, const json_t *row)
{
	struct ranges *r = arg;

	if (r->count == RANGES_MAX) {
		r->too_many = true;
		return false;
	}
	copy_field(row, "first", r->at[r->count].first, sizeof r->at[0].first);
	copy_field(row, "last", r->at[r->count].last, sizeof r->at[0].last);
	r->count++;
	return true;
}

/* Texts of digits of equal length compare like numbers. */
static bool
in_range(const struct range *r, const char *number)
{
	return strlen(number) == strlen(r->first) && strcmp(number, r->first) >= 0 &&
	       strcmp(number, r->last) <= 0;
}

struct number_check {
	const struct model_view *view;
	const struct ranges *ranges;
	struct model_errors *errors;
	bool range_changed;
	bool bad;
};

static bool
check_number(void *arg, const json_t *row)
{
	struct number_check *c = arg;
	const char *kind = json_string_value(json_object_get(row, "kind"));
	const char *number = json_string_value(json_object_get(row, "number"));
	char holder[HOLDER_BYTES];
	struct buf b;

	if (!kind || !number || strcmp(kind, "internal") != 0)
		return true;
	for (size_t i = 0; i < c->ranges->count; i++)
		if (in_range(&c->ranges->at[i], number))
			return true;
	c->bad = true;
	buf_init(&b, holder, sizeof holder - 1);
	write_holder(c->view, row, &b);
	holder[b.n] = '\0';
	if (c->range_changed)
		model_error_add(c->errors, "number_outside_range", "first",
		    "The internal number %s%s%s%s would lie in no internal range.", number,
		    *holder ? " (" : "", holder, *holder ? ")" : "");
	else
		model_error_add(c->errors, "number_outside_range", "number",
		    "%s lies in no internal range.", number);
	return false;
}

static enum err
check_overlaps(const struct ranges *r, struct model_errors *errors)
{
	if (r->too_many) {
		model_error_add(
		    errors, "too_many", "", "At most %d internal ranges are possible.", RANGES_MAX);
		return ERR_INVALID;
	}
	for (size_t i = 0; i < r->count; i++) {
		for (size_t k = i + 1; k < r->count; k++) {
			if (!in_range(&r->at[i], r->at[k].first) &&
			    !in_range(&r->at[k], r->at[i].first))
				continue;
			model_error_add(errors, "ranges_overlap", "first",
			    "The ranges %s to %s and %s to %s overlap.", r->at[i].first,
			    r->at[i].last, r->at[k].first, r->at[k].last);
			return ERR_INVALID;
		}
	}
	return ERR_OK;
}

/* LIN-1: internal numbers lie in internal ranges, which do not overlap. */
static enum err
rule_ranges(
    const struct model_view *view, const struct model_change *change, struct model_errors *errors)
{
	bool range_changed = change->entity != &model_number;
	bool one = change->entity == &model_number && change->op != MODEL_OP_IMPORT;
	struct ranges *r = calloc(1, sizeof *r);
	struct number_check c = {
	    .view = view, .ranges = r, .errors = errors, .range_changed = range_changed};
	enum err e;

	if (!r)
		return ERR_NOMEM;
	e = view->each(view->ctx, &model_range, NULL, 0, add_range, r);
	if (e == ERR_OK && range_changed)
		e = check_overlaps(r, errors);
	if (e == ERR_OK)
		e = view->each(
		    view->ctx, &model_number, one ? "id" : NULL, change->id, check_number, &c);
	free(r);
	if (e == ERR_OK && c.bad)
		return change->op == MODEL_OP_DELETE ? ERR_CONFLICT : ERR_INVALID;
	return e;
}

static bool
find_enabled(void *arg, const json_t *row)
{
	bool *found = arg;

	*found = json_is_true(json_object_get(row, "enabled"));
	return !*found;
}

/* Nobody may lock everybody out of the administration. */
static enum err
rule_last_admin(
    const struct model_view *view, const struct model_change *change, struct model_errors *errors)
{
	bool had =
	    change->had_admin || (json_is_true(json_object_get(change->before, "admin")) &&
				     json_is_true(json_object_get(change->before, "enabled")));
	bool found = false;
	enum err e;

	if (!had)
		return ERR_OK;
	e = view->each(view->ctx, &model_user, "admin", 1, find_enabled, &found);
	if (e != ERR_OK || found)
		return e;
	model_error_add(errors, "last_administrator", change->op == MODEL_OP_DELETE ? "" : "admin",
	    "At least one enabled administrator must remain.");
	return ERR_CONFLICT;
}

/* ---- one holder ---- */

struct holders {
	const struct model_view *view;
	const struct model_change *change;
	struct model_errors *errors;
	bool bad;
};

static bool
is_held_by(const json_t *number, size_t i)
{
	return json_is_integer(json_object_get(number, number_holders[i].field));
}

/* At most one. Who held it before stays, of several new ones the last kind; the field of the other
 * is complained about. */
static bool
check_holder(void *arg, const json_t *row)
{
	struct holders *h = arg;
	size_t stays = number_holders_n, extra = 0;
	char text[HOLDER_BYTES];
	struct buf b;

	for (size_t i = 0; i < number_holders_n; i++) {
		if (is_held_by(row, i))
			stays = i;
		if (stays == i && is_held_by(h->change->before, i))
			break;
	}
	while (extra < number_holders_n && (extra == stays || !is_held_by(row, extra)))
		extra++;
	if (extra == number_holders_n)
		return true;
	buf_init(&b, text, sizeof text - 1);
	write_one(h->view, stays,
	    json_integer_value(json_object_get(row, number_holders[stays].field)), &b);
	text[b.n] = '\0';
	model_error_add(h->errors, "number_taken", number_holders[extra].field, "%s is held by %s.",
	    json_string_value(json_object_get(row, "number")), text);
	h->bad = true;
	return false;
}

static enum err
rule_one_holder(
    const struct model_view *view, const struct model_change *change, struct model_errors *errors)
{
	bool all = change->op == MODEL_OP_IMPORT;
	struct holders h = {view, change, errors, false};
	enum err e =
	    view->each(view->ctx, &model_number, all ? NULL : "id", change->id, check_holder, &h);

	return e == ERR_OK && h.bad ? ERR_CONFLICT : e;
}

/* MOH-1: the supplied loop may become louder, and the default or not; exports call it by its name.
 */
static enum err
rule_supplied_name(
    const struct model_view *view, const struct model_change *change, struct model_errors *errors)
{
	json_t *row = NULL;
	enum err e = view->each(view->ctx, change->entity, "id", change->id, keep_row, &row);

	if (e == ERR_OK && change->entity == &model_music_loop &&
	    strcmp(row_text(row, "name"), row_text(change->before, "name")) != 0) {
		model_error_add(errors, "supplied", "name", "The supplied loop keeps its name.");
		e = ERR_CONFLICT;
	}
	json_decref(row);
	return e;
}

/* PHO-5, LIN-2: a template that comes with the system stays as it is. */
static enum err
rule_supplied(
    const struct model_view *view, const struct model_change *change, struct model_errors *errors)
{
	bool music = change->entity == &model_music_loop || change->entity == &model_music_file;

	if (!json_is_true(json_object_get(change->before, "builtin")))
		return ERR_OK;
	if (music && change->op == MODEL_OP_UPDATE)
		return rule_supplied_name(view, change, errors);
	if (music) {
		model_error_add(
		    errors, "supplied", "", "This comes with the system and cannot be deleted.");
		return ERR_CONFLICT;
	}
	model_error_add(errors, "supplied", "",
	    "This comes with the system and stays as it is; a copy can be changed.");
	return ERR_CONFLICT;
}

enum err
model_rules_check(
    const struct model_view *view, const struct model_change *change, struct model_errors *errors)
{
	bool import = change->op == MODEL_OP_IMPORT;
	bool number = change->entity == &model_number && change->op != MODEL_OP_DELETE;
	enum err e = ERR_OK;

	if (import || number || change->entity == &model_range)
		e = rule_ranges(view, change, errors);
	if (e == ERR_OK && (import || number))
		e = rule_one_holder(view, change, errors);
	if (e == ERR_OK)
		e = rule_supplied(view, change, errors);
	if (e == ERR_OK && (import || change->entity == &model_user))
		e = rule_last_admin(view, change, errors);
	if (e == ERR_OK)
		e = rules_keys_check(view, change, errors);
	if (e == ERR_OK)
		e = rules_redirection_check(view, change, errors);
	if (e == ERR_OK)
		e = rules_mailbox_check(view, change, errors);
	return e == ERR_OK ? rules_routing_check(view, change, errors) : e;
}
