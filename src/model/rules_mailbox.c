/* VMB-1, VMB-3, KEY: what an index does not see, because nothing is not equal to nothing: the same
 * access twice, two announcements of one name, two speed dials of everybody's at one place. */
#include "model/entities_int.h"

struct twin {
	const json_t *row;
	const char *const *fields; /* that make two rows alike; NULL ends */
	int64_t found;
};

static bool
is_same(const json_t *a, const json_t *b, const char *field)
{
	const json_t *x = json_object_get(a, field), *y = json_object_get(b, field);

	return json_is_null(x) ? json_is_null(y) : json_equal((json_t *)x, (json_t *)y);
}

static bool
look(void *arg, const json_t *row)
{
	struct twin *t = arg;
	bool same = !is_same(t->row, row, "id");

	for (size_t i = 0; t->fields[i] && same; i++)
		same = is_same(t->row, row, t->fields[i]);
	if (same)
		t->found = json_integer_value(json_object_get(row, "id"));
	return !same;
}

struct check {
	const struct model_view *view;
	const struct model_entity *entity;
	const char *const *fields;
	const char *by;	  /* a field with few rows of one value */
	const char *open; /* rows that say something here are told apart by the index; NULL none */
	const char *code, *sentence;
	struct model_errors *errors;
	enum err e;
};

static bool
check_row(void *arg, const json_t *row)
{
	struct check *c = arg;
	struct twin t = {.row = row, .fields = c->fields};

	if (c->open && !json_is_null(json_object_get(row, c->open)))
		return true;
	c->e = c->view->each(c->view->ctx, c->entity, c->by,
	    c->by ? json_integer_value(json_object_get(row, c->by)) : 0, look, &t);
	if (c->e == ERR_OK && t.found) {
		model_error_add(c->errors, c->code, c->fields[0], "%s", c->sentence);
		c->e = ERR_EXISTS;
	}
	return c->e == ERR_OK;
}

enum err
rules_mailbox_check(
    const struct model_view *view, const struct model_change *change, struct model_errors *errors)
{
	static const char *const access[] = {"user", "group", "mailbox", NULL};
	static const char *const place[] = {"place", "user", NULL};
	static const char *const name[] = {"name", "user", NULL};
	struct check all[] = {
	    {view, &model_mailbox_access, access, "mailbox", NULL, "not_unique",
		"The mailbox is open to them already.", errors, ERR_OK},
	    {view, &model_announcement, name, NULL, NULL, "not_unique",
		"There is already an announcement of this name.", errors, ERR_OK},
	    {view, &model_speed_dial, place, NULL, "user", "not_unique",
		"Everybody has a number at this place already.", errors, ERR_OK},
	};
	enum err e = ERR_OK;

	for (size_t i = 0; i < sizeof all / sizeof all[0] && e == ERR_OK; i++) {
		bool import = change->op == MODEL_OP_IMPORT;

		if (change->op == MODEL_OP_DELETE || (!import && change->entity != all[i].entity))
			continue;
		e = view->each(
		    view->ctx, all[i].entity, import ? NULL : "id", change->id, check_row, &all[i]);
		e = e == ERR_OK ? all[i].e : e;
	}
	return e;
}
