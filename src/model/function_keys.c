/* Function keys: the table of types, the entity, and the rules of a user's set of keys. */
#include "model/function_keys.h"

#include "model/entities_int.h"

#define FIELDS(array) .fields = (array), .field_count = sizeof(array) / sizeof((array)[0])

static const struct key_type types[KEY_TYPES_N] = {
#define X(id, name, target, once, source, action, right, label)                                    \
	[KEY_##id] = {name, label, KEY_TARGET_##target, once, KEY_SOURCE_##source,                 \
	    KEY_ACTION_##action, RIGHT_##right},
    KEY_TYPES(X)
#undef X
};

#define CHOICE(id, name, ...) name "|"
#define TYPE_CHOICES	      KEY_TYPES(CHOICE)

const struct key_type *
key_type_find(const char *name)
{
	for (size_t i = 0; name && i < KEY_TYPES_N; i++)
		if (strcmp(types[i].name, name) == 0)
			return &types[i];
	return NULL;
}

/* ---- one key ---- */

static bool
has_value(const json_t *row, const char *field)
{
	const json_t *v = json_object_get(row, field);

	return json_integer_value(v) || json_string_length(v) || json_array_size(v);
}

/* Which kind of target a field is, and the field that a fault is told of. */
static const struct {
	const char *field;
	enum key_target target;
	const char *missing;
} targets[] = {
    {"target_user", KEY_TARGET_PARTY, "This key needs a user or a group."},
    {"target_group", KEY_TARGET_PARTY, NULL},
    {"number", KEY_TARGET_NUMBER, "This key needs a number."},
    {"groups", KEY_TARGET_GROUPS, "This key needs at least one group."},
    {"redirected", KEY_TARGET_REDIRECTED, "This key needs at least one number."},
    {"orbit", KEY_TARGET_ORBIT, "This key needs a place, 00 to 99."},
};

static void
check_key(const json_t *row, struct model_errors *errors)
{
	const struct key_type *type = key_type_find(row_text(row, "type"));
	bool user = has_value(row, "target_user"), group = has_value(row, "target_group");
	bool found = !type || type->target == KEY_TARGET_NONE ||
		     type->target == KEY_TARGET_TRIGGER; /* which has a default */

	for (size_t i = 0; type && i < sizeof targets / sizeof targets[0]; i++) {
		if (!has_value(row, targets[i].field))
			continue;
		if (targets[i].target == type->target)
			found = true;
		else
			model_error_add(errors, "not_for_type", targets[i].field,
			    "A key of this type has no such target.");
	}
	for (size_t i = 0; !found && i < sizeof targets / sizeof targets[0]; i++)
		if (targets[i].target == type->target && targets[i].missing)
			model_error_add(
			    errors, "required", targets[i].field, "%s", targets[i].missing);
	if (has_value(row, "orbit") && strlen(row_text(row, "orbit")) != 2)
		model_error_add(errors, "two_digits", "orbit", "A place is two digits, 00 to 99.");
	if (type && type->target == KEY_TARGET_PARTY && user && group)
		model_error_add(errors, "one_target", "target_group",
		    "A key shows a user or a group, not both.");
}

static const struct model_field key_fields[] = {
    {"code", MODEL_TEXT, MODEL_UNIQUE | MODEL_GENERATED, 1, 32, .chars = "A-Za-z0-9._-",
	.label = "Code",
	.description = "Names the key in files of the configuration; made up when absent"},
    {"user", MODEL_REF, MODEL_REQUIRED, .ref = "user", .on_delete = MODEL_CASCADE, .label = "User"},
    {"column", MODEL_INT, 0, 1, KEY_COLUMNS_MAX, .def = "1", .label = "Column"},
    {"position", MODEL_INT, 0, 0, 100000, .label = "Place",
	.description = "In its column, from 1; the others make room. 0 = at the end"},
    {"type", MODEL_ENUM, MODEL_REQUIRED, .choices = TYPE_CHOICES, .def = "\"blf\"",
	.label = "Type"},
    {"label", MODEL_TEXT, MODEL_SEARCH, 0, KEY_LABEL_CHARS, .label = "Label",
	.description = "Empty = the name of what the key is about"},
    {"target_user", MODEL_REF, 0, .ref = "user", .on_delete = MODEL_CASCADE, .label = "User shown"},
    {"target_group", MODEL_REF, 0, .ref = "group", .on_delete = MODEL_CASCADE,
	.label = "Group shown"},
    {"number", MODEL_TEXT, MODEL_SEARCH, 0, 30, .chars = "0-9*#+", .label = "Number",
	.description = "As dialled at the phone"},
    {"groups", MODEL_REF_LIST, 0, 0, 20, .ref = "group", .on_delete = MODEL_CASCADE,
	.label = "Groups", .description = "The key logs on to all of them, and off from all"},
    {"redirected", MODEL_REF_LIST, 0, 0, 50, .ref = "number", .on_delete = MODEL_CASCADE,
	.label = "Numbers redirected",
	.description = "The user's own, or those of groups that he is a member of"},
    {"trigger", MODEL_ENUM, 0, .choices = MODEL_TRIGGERS, .def = "\"always\"",
	.label = "Redirection", .description = "Of keys for redirections: which of them"},
    {"orbit", MODEL_TEXT, 0, 0, 2, .chars = "0-9", .label = "Place",
	.description = "Where a call is parked: 00 to 99"},
    {"target_name", MODEL_TEXT, MODEL_COMPUTED | MODEL_SEARCH, .label = "Target"},
    {"target_number", MODEL_TEXT, MODEL_COMPUTED, .label = "Internal number of the target"},
    {"target_dnd", MODEL_BOOL, MODEL_COMPUTED, .label = "Target does not want to be disturbed"},
    {"logged_on", MODEL_BOOL, MODEL_COMPUTED, .label = "Logged on",
	.description = "The user is logged on to all groups of the key"},
    {"redirecting", MODEL_BOOL, MODEL_COMPUTED, .label = "Redirected",
	.description = "At least one of the key's numbers goes elsewhere"},
};

const struct model_entity model_function_key = {"function_key", "function-keys", 0, "code",
    "position", NULL, .owners = "user", .label = "Function key",
    .description = "Shows a state and does something when pressed: on the user's page and phones",
    FIELDS(key_fields), .check = check_key};

/* ---- the keys of a user ---- */

struct set {
	const json_t *key; /* compared with the others */
	int64_t id;
	const struct key_type *type;
	const json_t *same; /* found; a reference */
	size_t count;
};

/* Both are of one user. */
static bool
alike(const struct set *s, const json_t *other)
{
	const char *type = row_text(other, "type");

	if (strcmp(type, s->type->name) != 0)
		return false;
	if (s->type->once)
		return true;
	/* labels may look the same, and sets of groups overlap */
	if (s->type->target == KEY_TARGET_NONE || s->type->target == KEY_TARGET_GROUPS ||
	    s->type->target == KEY_TARGET_REDIRECTED)
		return false;
	if (s->type->target == KEY_TARGET_TRIGGER)
		return strcmp(row_text(s->key, "trigger"), row_text(other, "trigger")) == 0;
	for (size_t i = 0; i < sizeof targets / sizeof targets[0]; i++)
		if (targets[i].target == s->type->target &&
		    !json_equal(json_object_get(s->key, targets[i].field),
			json_object_get(other, targets[i].field)))
			return false;
	return true;
}

static bool
look_at(void *arg, const json_t *row)
{
	struct set *s = arg;

	s->count++;
	if (!s->same && json_integer_value(json_object_get(row, "id")) != s->id && alike(s, row))
		s->same = json_incref((json_t *)row);
	return true;
}

static enum err
check_set(const struct model_view *view, const json_t *key, struct model_errors *errors)
{
	struct set s = {.key = key,
	    .id = json_integer_value(json_object_get(key, "id")),
	    .type = key_type_find(row_text(key, "type"))};
	int64_t user = json_integer_value(json_object_get(key, "user"));
	enum err e;

	if (!s.type)
		return ERR_OK;
	e = view->each(view->ctx, &model_function_key, "user", user, look_at, &s);
	if (e == ERR_OK && s.same) {
		int64_t column = json_integer_value(json_object_get(s.same, "column"));
		int64_t place = json_integer_value(json_object_get(s.same, "position"));

		model_error_add(errors, s.type->once ? "key_once" : "key_twice", "type",
		    "The key in column %lld, place %lld already does this%s.", (long long)column,
		    (long long)place, s.type->once ? "; there can be only one" : "");
		e = ERR_CONFLICT;
	} else if (e == ERR_OK && s.count > KEYS_PER_USER_MAX) {
		model_error_add(errors, "too_many", "", "A user can have at most %d function keys.",
		    KEYS_PER_USER_MAX);
		e = ERR_INVALID;
	}
	json_decref((json_t *)s.same);
	return e;
}

static bool
keep(void *arg, const json_t *row)
{
	return json_array_append(arg, (json_t *)row) == 0;
}

enum err
rules_keys_check(
    const struct model_view *view, const struct model_change *change, struct model_errors *errors)
{
	bool import = change->op == MODEL_OP_IMPORT;
	json_t *rows, *row;
	enum err e = ERR_OK;
	size_t i;

	if (change->op == MODEL_OP_DELETE || (!import && change->entity != &model_function_key))
		return ERR_OK;
	rows = json_array();
	if (!rows)
		return ERR_NOMEM;
	e = view->each(
	    view->ctx, &model_function_key, import ? NULL : "id", change->id, keep, rows);
	json_array_foreach(rows, i, row)
	{
		if (e == ERR_OK)
			e = check_set(view, row, errors);
	}
	json_decref(rows);
	return e;
}
