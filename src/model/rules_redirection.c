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

/* Errors of the database stay in *e. */
static bool
is_there(
    const struct model_view *view, const struct model_entity *of, struct slice number, enum err *e)
{
	int64_t id;
	enum err err = number.n ? view->find(view->ctx, of, "number", number, &id) : ERR_NOT_FOUND;

	if (err != ERR_OK && err != ERR_NOT_FOUND)
		*e = err;
	return err == ERR_OK;
}

/* What is behind the prefix that gets an outside line, or behind that of a line; empty: none. */
static struct slice
outside(struct slice prefix, struct slice target)
{
	if (slice_starts(target, SLICE("***")) && target.n > 4)
		return slice_from(target, 4);
	if (slice_starts(target, SLICE("+")))
		return slice_from(target, 1);
	if (prefix.n && slice_starts(target, prefix))
		return slice_from(target, prefix.n);
	return slice_starts(target, SLICE("00")) ? slice_from(target, 2) : SLICE("");
}

enum err
model_dialled(const struct model_view *view, struct slice outside_prefix, struct slice target,
    enum model_dialled *out)
{
	struct slice behind = outside(outside_prefix, target);
	enum err e = ERR_OK;

	if (is_there(view, &model_emergency_number, target, &e) ||
	    is_there(view, &model_emergency_number, behind, &e))
		*out = MODEL_DIALLED_EMERGENCY;
	else if (is_there(view, &model_number, target, &e))
		*out = MODEL_DIALLED_OURS;
	else
		*out = behind.n >= 2 ? MODEL_DIALLED_OUTSIDE : MODEL_DIALLED_UNKNOWN;
	return e;
}

/* False: it has been complained about. */
static bool
target_ok(struct look *l, const char *own, const char *text)
{
	enum model_dialled what;

	if (strcmp(own, text) == 0) {
		model_error_add(
		    l->errors, "itself", "target", "A number cannot be redirected to itself.");
		return false;
	}
	l->e = model_dialled(l->view, slice_cstr(l->prefix), slice_cstr(text), &what);
	if (what == MODEL_DIALLED_EMERGENCY) {
		model_error_add(l->errors, "emergency_target", "target",
		    "Calls cannot be redirected to an emergency number.");
		return false;
	}
	if (what != MODEL_DIALLED_UNKNOWN)
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
	if (!*target || strcmp(row_text(row, "kind"), "mailbox") == 0)
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
