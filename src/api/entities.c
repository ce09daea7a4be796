/*
 * REST over every entity of model/: list, create, read, change, delete. Nothing here
 * knows a field by name.
 */
#include <stdio.h>

#include "api/api_int.h"

enum { PER_PAGE = 50 };

static bool
bad_parameter(struct request *rq, const char *name, const char *expected)
{
	reply_error(rq, 400, "bad_parameter", NULL, "The parameter %s must be %s.", name, expected);
	return false;
}

static bool
read_number(struct request *rq, const char *name, struct slice value, uint32_t max, uint32_t *out)
{
	return slice_to_u32(value, max, out) == ERR_OK && *out >= 1
		   ? true
		   : bad_parameter(rq, name, "a whole number within its limits, at least 1");
}

static bool
read_letter(struct request *rq, struct slice value, struct store_query *q)
{
	char c = '?';

	if (value.n == 1)
		c = value.p[0];
	if (c >= 'a' && c <= 'z')
		c = (char)(c - 'a' + 'A');
	if ((c < 'A' || c > 'Z') && c != '#')
		return bad_parameter(rq, "letter", "A to Z or #");
	q->letter = c;
	return true;
}

static bool
read_time(struct request *rq, const char *name, struct slice value, int64_t *ms)
{
	return model_time_parse(value, ms) == ERR_OK
		   ? true
		   : bad_parameter(rq, name, "a time like 2026-01-31T08:00:00Z");
}

static bool
read_id(struct request *rq, const char *name, struct slice value, int64_t *out)
{
	uint64_t v;

	if (slice_to_u64(value, INT64_MAX, &v) != ERR_OK || !v)
		return bad_parameter(rq, name, "an id");
	*out = (int64_t)v;
	return true;
}

static bool
read_direction(struct request *rq, struct slice value, struct store_query *q)
{
	static const char *const all[] = {"in", "out", "internal"};

	for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
		if (slice_eq(value, slice_cstr(all[i]))) {
			q->direction = all[i];
			return true;
		}
	return bad_parameter(rq, "direction", "in, out or internal");
}

/* user=7, kind=internal: rows with that value. */
static bool
read_filter(struct request *rq, const struct pair *p, json_t *equals)
{
	const struct model_field *f = model_field_find(rq->entity, p->name);
	uint64_t number;
	json_t *value = NULL;

	if (!f || !model_is_filter(f)) {
		reply_error(rq, 400, "unknown_parameter", NULL,
		    "There is a parameter that this list does not know.");
		return false;
	}
	switch (f->type) {
	case MODEL_INT:
	case MODEL_REF:
		if (slice_eq(p->value, SLICE("null")))
			value = json_null();
		else if (slice_to_u64(p->value, INT64_MAX, &number) == ERR_OK)
			value = json_integer((json_int_t)number);
		break;
	case MODEL_BOOL:
		if (slice_eq(p->value, SLICE("true")) || slice_eq(p->value, SLICE("false")))
			value = json_boolean(p->value.n == 4);
		break;
	case MODEL_TEXT:
	case MODEL_ENUM: value = json_stringn(p->value.p, p->value.n); break;
	default: break;
	}
	if (!value)
		return bad_parameter(rq, f->name, "a value of its type");
	json_object_set_new(equals, f->name, value);
	return true;
}

static bool
read_parameter(struct request *rq, const struct pair *p, struct store_query *q, json_t *equals)
{
	if (slice_eq(p->name, SLICE("search"))) {
		q->search = p->value;
	} else if (slice_eq(p->name, SLICE("sort"))) {
		q->sort = p->value;
	} else if (slice_eq(p->name, SLICE("order"))) {
		q->descending = slice_eq(p->value, SLICE("desc"));
		if (!q->descending && !slice_eq(p->value, SLICE("asc")))
			return bad_parameter(rq, "order", "asc or desc");
	} else if (slice_eq(p->name, SLICE("page"))) {
		return read_number(rq, "page", p->value, MODEL_PAGE_MAX, &q->page);
	} else if (slice_eq(p->name, SLICE("per_page"))) {
		return read_number(rq, "per_page", p->value, MODEL_PER_PAGE_MAX, &q->per_page);
	} else if (slice_eq(p->name, SLICE("from")) && rq->entity->flags & MODEL_LOG) {
		return read_time(rq, "from", p->value, &q->from_ms);
	} else if (slice_eq(p->name, SLICE("to")) && rq->entity->flags & MODEL_LOG) {
		return read_time(rq, "to", p->value, &q->to_ms);
	} else if (!q->owner && rq->entity == &model_call_record &&
		   slice_eq(p->name, SLICE("user"))) {
		return read_id(rq, "user", p->value, &q->owner);
	} else if (rq->entity == &model_call_record && slice_eq(p->name, SLICE("group"))) {
		return read_id(rq, "group", p->value, &q->group);
	} else if (rq->entity == &model_call_record && slice_eq(p->name, SLICE("direction"))) {
		return read_direction(rq, p->value, q);
	} else if (slice_eq(p->name, SLICE("letter"))) {
		return p->value.n == 0 || read_letter(rq, p->value, q);
	} else {
		return read_filter(rq, p, equals);
	}
	return true;
}

/* What a route asks besides which rows. */
static bool
is_of_route(const struct request *rq, struct slice name)
{
	if (rq->route->handle == handle_records_csv)
		return slice_eq(name, SLICE("format"));
	return (rq->route->handle == handle_bulk_found ||
		   rq->route->handle == handle_delete_found) &&
	       slice_eq(name, SLICE("total"));
}

bool
list_query_read(struct request *rq, struct store_query *q, json_t *equals)
{
	bool ok = true;

	for (size_t i = 0; ok && i < rq->queries; i++)
		if (!is_of_route(rq, rq->query[i].name))
			ok = read_parameter(rq, &rq->query[i], q, equals);
	return ok;
}

/* Why calls went where they went is the administrator's. */
static void
hide_explanations(json_t *items)
{
	size_t i;
	json_t *one;

	json_array_foreach(items, i, one)
	{
		if (json_object_get(one, "explanation"))
			json_object_set_new(one, "explanation", json_array());
	}
}

/* Which mailboxes there are is nobody's secret: a message can be passed on to any. */
void
handle_mailbox_targets(struct request *rq)
{
	struct store_query q = {.page = 1, .per_page = PER_PAGE};
	json_t *found = NULL, *items = json_array(), *row;
	int64_t total = 0;
	size_t i;
	enum err e;

	q.search = request_query(rq, "search");
	e = store_list(rq->api->store, &model_mailbox, &q, &found, &total, NULL);
	if (e != ERR_OK) {
		json_decref(items);
		reply_err(rq, e, NULL);
		return;
	}
	json_array_foreach(found, i, row) json_array_append_new(
	    items, json_pack("{s:O, s:O, s:O}", "id", json_object_get(row, "id"), "name",
		       json_object_get(row, "name"), "code", json_object_get(row, "code")));
	json_decref(found);
	reply_json(rq, 200, json_pack("{s:o, s:I}", "items", items, "total", (json_int_t)total));
}

/* owner 0: everybody's. */
static void
reply_list(struct request *rq, int64_t owner)
{
	struct store_query q = {.page = 1, .per_page = PER_PAGE, .owner = owner};
	struct model_errors errors = {0};
	json_t *equals = json_object(), *items = NULL;
	int64_t total = 0;
	bool ok = equals != NULL;
	enum err e;

	if (ok && list_query_read(rq, &q, equals)) {
		q.equals = json_object_size(equals) ? equals : NULL;
		e = store_list(rq->api->store, rq->entity, &q, &items, &total, &errors);
		if (e == ERR_OK && owner)
			hide_explanations(items);
		if (e == ERR_OK)
			reply_json(rq, 200,
			    json_pack("{s:o, s:I, s:i, s:i}", "items", items, "total",
				(json_int_t)total, "page", (int)q.page, "per_page",
				(int)q.per_page));
		else if (e == ERR_INVALID)
			bad_parameter(rq, "sort", "a field of this list");
		else
			reply_err(rq, e, &errors);
	}
	json_decref(equals);
}

void
handle_list(struct request *rq)
{
	reply_list(rq, 0);
}

/* Of the route's entity, what belongs to the caller. */
void
handle_own_list(struct request *rq)
{
	reply_list(rq, rq->caller.user_id);
}

static void
put_version(struct request *rq, const json_t *row)
{
	char version[STORE_VERSION_BYTES];

	store_row_version(rq->entity, row, version);
	snprintf(rq->reply.etag, sizeof rq->reply.etag, "\"%s\"", version);
}

static void
reply_row(
    struct request *rq, enum err e, int status, json_t *row, const struct model_errors *errors)
{
	if (e == ERR_OK) {
		put_version(rq, row);
		reply_json(rq, status, row);
	} else {
		reply_err(rq, e, errors);
	}
}

/* NULL: whatever is there may be overwritten. */
static const char *
wanted_version(const struct request *rq)
{
	return rq->if_match[0] ? rq->if_match : NULL;
}

/* The writer has not seen what is there now: so it is told. True if that was the fault. */
static bool
reply_changed_meanwhile(struct request *rq, enum err e, const struct model_errors *errors)
{
	json_t *row = NULL, *error;

	if (e != ERR_CONFLICT || !errors->count ||
	    strcmp(errors->at[0].code, STORE_CHANGED_MEANWHILE) != 0 ||
	    store_get(rq->api->store, rq->entity, rq->id, &row) != ERR_OK)
		return false;
	put_version(rq, row);
	error = error_json(STORE_CHANGED_MEANWHILE, errors->at[0].message, NULL, NULL);
	json_object_set_new(error, "present", row);
	reply_json(rq, 412, error);
	return true;
}

bool
has_seen(struct request *rq)
{
	char version[STORE_VERSION_BYTES];
	struct model_errors errors = {0};
	json_t *row = NULL;
	bool seen = true;

	if (!wanted_version(rq) || store_get(rq->api->store, rq->entity, rq->id, &row) != ERR_OK)
		return true;
	store_row_version(rq->entity, row, version);
	seen = strcmp(version, wanted_version(rq)) == 0;
	json_decref(row);
	if (!seen)
		model_error_add(&errors, STORE_CHANGED_MEANWHILE, "",
		    "Somebody else has changed it meanwhile.");
	return seen || !reply_changed_meanwhile(rq, ERR_CONFLICT, &errors);
}

void
handle_get(struct request *rq)
{
	json_t *row = NULL;
	enum err e = store_get(rq->api->store, rq->entity, rq->id, &row);

	reply_row(rq, e, 200, row, NULL);
}

void
handle_create(struct request *rq)
{
	struct model_errors errors = {0};
	json_t *in = request_json(rq, false), *row = NULL;
	enum err e;

	if (!in)
		return;
	e = store_create(rq->api->store, rq->entity, in, &row, &errors);
	reply_row(rq, e, 201, row, &errors);
	json_decref(in);
}

void
handle_patch(struct request *rq)
{
	struct model_errors errors = {0};
	json_t *in = request_json(rq, false), *row = NULL;
	enum err e;

	if (!in)
		return;
	e = store_patch_version(
	    rq->api->store, rq->entity, rq->id, wanted_version(rq), in, &row, &errors);
	if (!reply_changed_meanwhile(rq, e, &errors))
		reply_row(rq, e, 200, row, &errors);
	json_decref(in);
}

void
handle_revert(struct request *rq)
{
	struct model_errors errors = {0};
	enum err e = store_changes_revert(rq->api->store, &rq->id, 1, &errors);

	if (e == ERR_OK)
		reply_json(rq, 200, json_pack("{s:I}", "id", (json_int_t)rq->id));
	else
		reply_err(rq, e, &errors);
}

void
handle_delete(struct request *rq)
{
	struct model_errors errors = {0};
	enum err e =
	    store_delete_version(rq->api->store, rq->entity, rq->id, wanted_version(rq), &errors);

	if (e == ERR_OK)
		reply_text(rq, 204, NULL, NULL, 0);
	else if (!reply_changed_meanwhile(rq, e, &errors))
		reply_err(rq, e, &errors);
}

enum err
find_own(struct request *rq, const struct model_entity *e, int64_t id)
{
	const char *owner = e == &model_conference_participant ? "owner" : "user";
	json_t *row = NULL;
	enum err err = store_get(rq->api->store, e, id, &row);
	bool own =
	    err == ERR_OK && json_integer_value(json_object_get(row, owner)) == rq->caller.user_id;

	json_decref(row);
	return err == ERR_OK && !own ? ERR_NOT_FOUND : err;
}

/* What belongs to others is not there. */
static bool
is_own(struct request *rq)
{
	enum err e = find_own(rq, rq->entity, rq->id);

	if (e != ERR_OK)
		reply_err(rq, e, NULL);
	return e == ERR_OK;
}

void
handle_own_delete(struct request *rq)
{
	if (is_own(rq))
		handle_delete(rq);
}

void
handle_own_get(struct request *rq)
{
	if (is_own(rq))
		handle_get(rq);
}

void
handle_own_patch(struct request *rq)
{
	if (is_own(rq))
		handle_patch(rq);
}

/* A redirection is of a number, and that is one's own; so is a mailbox that it leads to. */
static bool
is_of_own_number(struct request *rq)
{
	json_t *in = request_json(rq, false);
	const json_t *number = json_object_get(in, "number");
	enum err e = !in       ? ERR_INVALID
		     : !number ? ERR_OK
			       : find_own(rq, &model_number, json_integer_value(number));

	const json_t *mailbox = json_object_get(in, "mailbox");
	bool ok = e == ERR_OK && (!json_is_integer(mailbox) ||
				     mailbox_is_open(rq, json_integer_value(mailbox), "mailbox"));

	json_decref(in);
	if (e == ERR_NOT_FOUND)
		reply_error(rq, 422, "not_own", "number", "This is not one of your numbers.");
	else if (e != ERR_OK && in)
		reply_err(rq, e, NULL);
	return ok;
}

void
handle_own_redirection_create(struct request *rq)
{
	if (is_of_own_number(rq))
		handle_create(rq);
}

void
handle_own_redirection_patch(struct request *rq)
{
	if (is_of_own_number(rq) && is_own(rq)) /* first whether the body can be read */
		handle_patch(rq);
}
