/* What people do with their function keys: arrange them, and press them. What a press means stands
 * in the table of types (model/function_keys.h). */
#include "api/api_int.h"
#include "model/callman.h"
#include "model/function_keys.h"

enum { TARGETS_SHOWN = 20 };

/* ---- arranging ---- */

/* True if rq->id is a key of the caller; what belongs to others is not there. */
static bool
is_own(struct request *rq, json_t **out)
{
	json_t *row = NULL;
	enum err e = store_get(rq->api->store, &model_function_key, rq->id, &row);

	if (e == ERR_OK && json_integer_value(json_object_get(row, "user")) != rq->caller.user_id) {
		json_decref(row);
		row = NULL;
		e = ERR_NOT_FOUND;
	}
	if (e != ERR_OK)
		reply_err(rq, e, NULL);
	*out = row;
	return e == ERR_OK;
}

/* A key is one's own and stays so. */
static bool
names_nobody_else(struct request *rq, const json_t *in)
{
	const json_t *user = json_object_get(in, "user");

	if (!user || json_integer_value(user) == rq->caller.user_id)
		return true;
	reply_error(rq, 422, "not_own", "user", "Here are only keys of one's own.");
	return false;
}

void
handle_own_key_create(struct request *rq)
{
	struct model_errors errors = {0};
	json_t *in = request_json(rq, false), *row = NULL;
	enum err e;

	if (!in)
		return;
	if (names_nobody_else(rq, in)) {
		json_object_set_new(in, "user", json_integer((json_int_t)rq->caller.user_id));
		e = store_create(rq->api->store, &model_function_key, in, &row, &errors);
		if (e == ERR_OK)
			reply_json(rq, 201, key_with_state(rq, row));
		else
			reply_err(rq, e, &errors);
	}
	json_decref(in);
}

void
handle_own_key_patch(struct request *rq)
{
	struct model_errors errors = {0};
	json_t *in = request_json(rq, false), *row = NULL;
	enum err e;

	if (!in)
		return;
	if (names_nobody_else(rq, in) && is_own(rq, &row)) {
		json_decref(row);
		row = NULL;
		e = store_patch(rq->api->store, &model_function_key, rq->id, in, &row, &errors);
		if (e == ERR_OK)
			reply_json(rq, 200, key_with_state(rq, row));
		else
			reply_err(rq, e, &errors);
	}
	json_decref(in);
}

static void
add_targets(struct request *rq, const struct model_entity *e, const char *kind, json_t *items)
{
	struct store_query q = {.search = request_query(rq, "search"), .per_page = TARGETS_SHOWN};
	json_t *rows = NULL, *row;
	int64_t total;
	size_t i;

	if (store_list(rq->api->store, e, &q, &rows, &total, NULL) != ERR_OK)
		return;
	json_array_foreach(rows, i, row)
	{
		json_t *number = json_array_get(json_object_get(row, "numbers"), 0);
		json_t *name = json_object_get(row, "name");

		name = name ? json_incref(name)
			    : json_sprintf(
				  "%s %s", row_text(row, "first_name"), row_text(row, "last_name"));
		json_array_append_new(
		    items, json_pack("{s:s, s:O, s:o, s:O?}", "kind", kind, "id",
			       json_object_get(row, "id"), "name", name, "number", number));
	}
	json_decref(rows);
}

static void
add_numbers(struct request *rq, const char *holder, const json_t *id, json_t *items)
{
	struct store_query q = {
	    .all = true, .equals = json_pack("{s:O}", holder, (json_t *)(uintptr_t)id)};
	json_t *rows = NULL, *row;
	int64_t total;
	size_t i;

	if (store_list(rq->api->store, &model_number, &q, &rows, &total, NULL) != ERR_OK)
		rows = NULL;
	json_array_foreach(rows, i, row)
	{
		json_array_append_new(
		    items, json_pack("{s:s, s:O, s:O, s:O}", "kind", "number", "id",
			       json_object_get(row, "id"), "name", json_object_get(row, "number"),
			       "number", json_object_get(row, "number")));
	}
	json_decref(rows);
	json_decref((json_t *)q.equals);
}

/* What a key can redirect: the caller's numbers, and those of his groups. */
static void
add_redirected(struct request *rq, json_t *items)
{
	json_t *me = json_integer((json_int_t)rq->caller.user_id), *rows = NULL, *row;
	struct store_query q = {.all = true, .equals = json_pack("{s:O}", "user", me)};
	int64_t total;
	size_t i;

	add_numbers(rq, "user", me, items);
	if (store_list(rq->api->store, &model_group_member, &q, &rows, &total, NULL) != ERR_OK)
		rows = NULL;
	json_array_foreach(rows, i, row)
	    add_numbers(rq, "group", json_object_get(row, "group"), items);
	json_decref(rows);
	json_decref((json_t *)q.equals);
	json_decref(me);
}

/* Whom a key can show, by name: no more of them than that. */
void
handle_key_targets(struct request *rq)
{
	json_t *items = json_array();

	add_targets(rq, &model_user, "user", items);
	add_targets(rq, &model_group, "group", items);
	add_redirected(rq, items);
	reply_json(rq, 200, json_pack("{s:o}", "items", items));
}

/* ---- pressing ---- */

static void
reply_pressed(struct request *rq, const char *action, const char *call_id)
{
	reply_json(rq, 200, json_pack("{s:s, s:s?}", "action", action, "call_id", call_id));
}

static void
command(struct request *rq, struct call_command *cmd, const char *action)
{
	struct call_result r = {0};

	if (own_command(rq, cmd, &r))
		reply_pressed(rq, action, r.call_id);
}

static void
dial(struct request *rq, const json_t *key, const char *field, int64_t phone)
{
	struct call_command cmd = {.kind = CALL_COMMAND_DIAL, .phone = phone};
	struct slice number = slice_cstr(row_text(key, field));

	if (!number.n || slice_copy_cstr(number, cmd.number, sizeof cmd.number) != ERR_OK)
		reply_error(rq, 409, "no_number", NULL, "There is no number that could be called.");
	else
		command(rq, &cmd, "called");
}

/* Guide p. 26: free or busy: a call, which waits there if it may; rung: taken over. */
static void
press_party(struct request *rq, const json_t *key, int64_t phone)
{
	int64_t target = json_integer_value(json_object_get(key, "target_user"));
	struct call_command cmd = {
	    .kind = CALL_COMMAND_PICK_UP, .phone = phone, .other_user = target};
	struct live_telephony t;

	if (!target || !keys_rung(rq->api, target, &t)) {
		dial(rq, key, "target_number", phone);
		return;
	}
	slice_clip_cstr(slice_cstr(t.call_id), cmd.call_id, sizeof cmd.call_id);
	command(rq, &cmd, "picked_up");
}

static void
press_dnd(struct request *rq)
{
	struct model_errors errors = {0};
	bool on = !json_is_true(json_object_get(rq->caller.user, "dnd"));
	json_t *in = json_pack("{s:b}", "dnd", on), *row = NULL;
	enum err e =
	    in ? store_patch(rq->api->store, &model_user, rq->caller.user_id, in, &row, &errors)
	       : ERR_NOMEM;

	if (e == ERR_OK)
		reply_pressed(rq, on ? "on" : "off", NULL);
	else
		reply_err(rq, e, &errors);
	json_decref(in);
	json_decref(row);
}

/* Guide p. 29: what his last call came to nothing for is waited for; what is waited for, not any
 * more. */
static void
press_completion(struct request *rq)
{
	struct live_completion c;
	json_t *row = NULL;
	size_t n = 0;
	enum err e;

	keys_completion(rq->api, rq->caller.user_id, &c);
	if (c.state == LIVE_COMPLETION_POSSIBLE) {
		if (completion_request(rq, c.number, &c.tried, &row))
			reply_pressed(rq, "on", NULL);
		json_decref(row);
		return;
	}
	e = store_completion_cancel(rq->api->store, rq->caller.user_id, &n);
	if (e != ERR_OK)
		reply_err(rq, e, NULL);
	else if (!n)
		reply_error(rq, 409, "nothing_to_complete", NULL,
		    "There is no call for which you could be called back.");
	else
		reply_pressed(rq, "off", NULL);
}

/* The caller's memberships in the groups of the key. New reference, NULL out of memory. */
static json_t *
memberships(struct request *rq, const json_t *key)
{
	struct store_query q = {
	    .all = true, .equals = json_pack("{s:I}", "user", (json_int_t)rq->caller.user_id)};
	json_t *rows = NULL, *row, *ids = NULL, *group;
	int64_t total;
	size_t i, g;

	if (store_list(rq->api->store, &model_group_member, &q, &rows, &total, NULL) == ERR_OK)
		ids = json_array();
	json_array_foreach(rows, i, row)
	{
		json_array_foreach(json_object_get(key, "groups"), g, group)
		{
			if (json_equal(group, json_object_get(row, "group")))
				json_array_append(ids, json_object_get(row, "id"));
		}
	}
	json_decref(rows);
	json_decref((json_t *)q.equals);
	return ids;
}

static void
press_membership(struct request *rq, const json_t *key)
{
	struct model_errors errors = {0};
	bool on = !json_is_true(json_object_get(key, "logged_on"));
	json_t *ids = memberships(rq, key), *in, *result = NULL;
	enum err e;

	if (json_array_size(ids) == 0) {
		json_decref(ids);
		reply_error(rq, 409, "not_a_member", NULL, "You are no member of this group.");
		return;
	}
	in = json_pack("{s:o, s:{s:b}}", "ids", ids, "values", "logged_on", on);
	e = in ? store_bulk(rq->api->store, &model_group_member, in, &result, &errors) : ERR_NOMEM;
	if (e == ERR_OK)
		reply_pressed(rq, on ? "on" : "off", NULL);
	else
		reply_err(rq, e, &errors);
	json_decref(in);
	json_decref(result);
}

/* ---- redirections ---- */

/* May the caller redirect it by a key: his own, or one of a group of his. */
static bool
is_his(struct request *rq, const json_t *number)
{
	json_t *group = json_object_get(number, "group"), *rows = NULL;
	int64_t total = 0, me = rq->caller.user_id;
	struct store_query q = {.per_page = 1};

	if (json_integer_value(json_object_get(number, "user")) == me)
		return true;
	if (!json_integer_value(group))
		return false;
	q.equals = json_pack("{s:O, s:I}", "group", group, "user", (json_int_t)me);
	if (store_list(rq->api->store, &model_group_member, &q, &rows, &total, NULL) != ERR_OK)
		total = 0;
	json_decref(rows);
	json_decref((json_t *)q.equals);
	return total > 0;
}

/* The numbers of the key that are the caller's. New reference. */
static json_t *
numbers_of(struct request *rq, const json_t *key)
{
	struct store_query q = {
	    .all = true, .equals = json_pack("{s:I}", "user", (json_int_t)rq->caller.user_id)};
	json_t *out = json_array(), *rows = NULL, *row;
	int64_t total;
	size_t i;

	if (json_array_size(json_object_get(key, "redirected")) == 0) { /* all */
		if (store_list(rq->api->store, &model_number, &q, &rows, &total, NULL) == ERR_OK)
			json_array_extend(out, rows);
	}
	json_array_foreach(json_object_get(key, "redirected"), i, row)
	{
		json_t *number = NULL;

		if (store_get(rq->api->store, &model_number, json_integer_value(row), &number) ==
			ERR_OK &&
		    is_his(rq, number))
			json_array_append(out, number);
		json_decref(number);
	}
	json_decref(rows);
	json_decref((json_t *)q.equals);
	return out;
}

/* What switches them. *without: a number that goes nowhere by that trigger; borrowed of numbers. */
static json_t *
redirections_of(
    struct request *rq, const json_t *numbers, const char *trigger, const char **without)
{
	json_t *ids = json_array(), *number;
	size_t i;

	json_array_foreach(numbers, i, number)
	{
		struct store_query q = {.per_page = 1,
		    .equals = json_pack(
			"{s:O, s:s}", "number", json_object_get(number, "id"), "trigger", trigger)};
		json_t *rows = NULL, *row;
		int64_t total;

		if (store_list(rq->api->store, &model_redirection, &q, &rows, &total, NULL) !=
		    ERR_OK)
			rows = NULL;
		row = json_array_get(rows, 0);
		if (row && *row_text(row, "target"))
			json_array_append(ids, json_object_get(row, "id"));
		else
			*without = row_text(number, "number");
		json_decref(rows);
		json_decref((json_t *)q.equals);
	}
	return ids;
}

/* Guide p. 27: where they go was said before; where it was not, nothing is switched. */
static void
press_redirect(struct request *rq, const json_t *key)
{
	struct model_errors errors = {0};
	bool on = !json_is_true(json_object_get(key, "redirecting"));
	json_t *numbers = numbers_of(rq, key), *in, *result = NULL, *ids;
	const char *without = NULL;
	enum err e;

	ids = redirections_of(rq, numbers, row_text(key, "trigger"), &without);
	if (json_array_size(numbers) == 0) {
		reply_error(rq, 409, "no_own_number", NULL, "No number of this key is yours.");
	} else if (on && without) {
		reply_error(rq, 409, "no_redirection", NULL,
		    "There is no target yet where calls to %s could go. Please enter one first.",
		    without);
	} else {
		in = json_pack("{s:O, s:{s:b}}", "ids", ids, "values", "enabled", on);
		e = in ? store_bulk(rq->api->store, &model_redirection, in, &result, &errors)
		       : ERR_NOMEM;
		if (e == ERR_OK)
			reply_pressed(rq, on ? "on" : "off", NULL);
		else
			reply_err(rq, e, &errors);
		json_decref(in);
	}
	json_decref(result);
	json_decref(ids);
	json_decref(numbers);
}

/* Guide p. 29: who waits is fetched; to a place that is free goes the call that is talked in. */
static void
press_orbit(struct request *rq, const json_t *key, int64_t phone)
{
	struct slice orbit = slice_cstr(row_text(key, "orbit"));
	struct call_command cmd = {.kind = CALL_COMMAND_PARK, .phone = phone};
	bool taken = false;
	uint32_t n;

	if (slice_to_u32(orbit, 99, &n) == ERR_OK)
		taken = orbits_is_taken(rq->api, n);
	if (taken)
		cmd.kind = CALL_COMMAND_FETCH;
	slice_clip_cstr(orbit, cmd.number, sizeof cmd.number);
	command(rq, &cmd, taken ? "fetched" : "parked");
}

void
handle_key_press(struct request *rq)
{
	json_t *in = request_json(rq, true), *key = NULL;
	int64_t phone = json_integer_value(json_object_get(in, "phone"));
	const struct key_type *type;

	if (!in)
		return;
	json_decref(in);
	if (!is_own(rq, &key))
		return;
	type = key_type_find(row_text(key, "type"));
	if (session_may(rq, type->right)) {
		switch (type->action) {
		case KEY_ACTION_NONE:
			reply_error(rq, 409, "no_action", NULL, "This key does nothing.");
			break;
		case KEY_ACTION_PARTY: press_party(rq, key, phone); break;
		case KEY_ACTION_DIAL: dial(rq, key, "number", phone); break;
		case KEY_ACTION_DND: press_dnd(rq); break;
		case KEY_ACTION_COMPLETION: press_completion(rq); break;
		case KEY_ACTION_MEMBERSHIP: press_membership(rq, key); break;
		case KEY_ACTION_REDIRECT: press_redirect(rq, key); break;
		case KEY_ACTION_ORBIT: press_orbit(rq, key, phone); break;
		}
	}
	json_decref(key);
}
