/* USR-5: the target of a redirection can be dialled, and is not where the call comes from. */
#include "model/entities_int.h"

enum { PREFIX_BYTES = 16 };

struct look {
	const struct model_view *view;
	struct model_errors *errors;
	char prefix[PREFIX_BYTES]; /* before numbers outside */
	enum err e;
};

static bool
keep_row(void *arg, const json_t *row)
{
	*(json_t **)arg = json_incref((json_t *)row);
	return false;
}

static enum err
row_by_id(const struct model_view *view, const struct model_entity *e, int64_t id, json_t **row)
{
	*row = NULL;
	return view->each(view->ctx, e, "id", id, keep_row, row);
}

static bool
is_there(struct look *l, const struct model_entity *e, struct slice number)
{
	int64_t id;
	enum err err =
	    number.n ? l->view->find(l->view->ctx, e, "number", number, &id) : ERR_NOT_FOUND;

	if (err != ERR_OK && err != ERR_NOT_FOUND)
		l->e = err;
	return err == ERR_OK;
}

/* What is behind the prefix that gets an outside line, or behind that of a line; empty: none. */
static struct slice
outside(const struct look *l, struct slice target)
{
	struct slice prefix = slice_cstr(l->prefix);

	if (slice_starts(target, SLICE("***")) && target.n > 4)
		return slice_from(target, 4);
	if (slice_starts(target, SLICE("+")))
		return slice_from(target, 1);
	if (prefix.n && slice_starts(target, prefix))
		return slice_from(target, prefix.n);
	return slice_starts(target, SLICE("00")) ? slice_from(target, 2) : SLICE("");
}

/* False: it has been complained about. */
static bool
target_ok(struct look *l, const char *own, const char *text)
{
	struct slice target = slice_cstr(text), out = outside(l, target);

	if (strcmp(own, text) == 0) {
		model_error_add(
		    l->errors, "itself", "target", "A number cannot be redirected to itself.");
		return false;
	}
	if (is_there(l, &model_emergency_number, target) ||
	    is_there(l, &model_emergency_number, out)) {
		model_error_add(l->errors, "emergency_target", "target",
		    "Calls cannot be redirected to an emergency number.");
		return false;
	}
	if (out.n >= 2 || is_there(l, &model_number, target))
		return true;
	model_error_add(l->errors, "no_such_number", "target",
	    "Nobody has the number %s; before a number outside stands %s.", text,
	    *l->prefix ? l->prefix : "+ or 00");
	return false;
}

static bool
check_one(void *arg, const json_t *row)
{
	struct look *l = arg;
	const char *target = row_text(row, "target");
	json_t *number = NULL;
	bool ok = true;

	/* what is only remembered is looked at when it is wanted again */
	if (!*target || strcmp(row_text(row, "kind"), "number") != 0)
		return true;
	l->e = row_by_id(
	    l->view, &model_number, json_integer_value(json_object_get(row, "number")), &number);
	if (l->e == ERR_OK)
		ok = target_ok(l, row_text(number, "number"), target);
	json_decref(number);
	if (l->e == ERR_OK && !ok)
		l->e = ERR_INVALID;
	return l->e == ERR_OK;
}

enum err
rules_redirection_check(
    const struct model_view *view, const struct model_change *change, struct model_errors *errors)
{
	bool all = change->op == MODEL_OP_IMPORT;
	struct look l = {.view = view, .errors = errors};
	json_t *settings = NULL;
	enum err e;

	if (change->op == MODEL_OP_DELETE || (!all && change->entity != &model_redirection))
		return ERR_OK;
	e = row_by_id(view, &model_settings, 1, &settings);
	slice_clip_cstr(
	    slice_cstr(row_text(settings, "outside_prefix")), l.prefix, sizeof l.prefix);
	json_decref(settings);
	if (e == ERR_OK)
		e = view->each(
		    view->ctx, &model_redirection, all ? NULL : "id", change->id, check_one, &l);
	return e == ERR_OK ? l.e : e;
}
