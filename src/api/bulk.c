/* One request about several rows, named ones or all that a query finds: changes in a collection,
 * deleting, and undoing several changes. */
#include <stdio.h>
#include <stdlib.h>

#include "api/api_int.h"

enum { TELL_EVERY_MS = 250 };

/* ---- all that a query finds ---- */

struct found_rows {
	struct request *rq;
	struct store_query q;
	json_t *equals;
	struct store_found found;
	uint64_t told_ms;
};

/* To him who waits for it. */
static void
on_moved(void *ctx, size_t done, size_t total)
{
	struct found_rows *f = ctx;
	uint64_t now_ms = api_mono_ms();
	char data[128];

	if (now_ms - f->told_ms < TELL_EVERY_MS)
		return;
	f->told_ms = now_ms;
	snprintf(data, sizeof data, "{\"collection\":\"%s\",\"done\":%zu,\"total\":%zu}",
	    f->rq->entity->path, done, total);
	hub_publish_person(f->rq->api->hub, f->rq->caller.user_id, 0, 0, "progress", data);
}

/* False with a refusal in the reply. Afterwards found_end. */
static bool
found_begin(struct request *rq, struct found_rows *f)
{
	uint64_t expected = 0;

	*f = (struct found_rows){.rq = rq, .equals = json_object()};
	f->found = (struct store_found){.q = &f->q, .ctx = f};
	if (rq->caller.user_id)
		f->found.moved = on_moved;
	if (slice_to_u64(request_query(rq, "total"), INT64_MAX, &expected) != ERR_OK) {
		reply_error(rq, 400, "bad_parameter", NULL,
		    "The parameter total must be the number of rows that the list has.");
		return false;
	}
	f->found.expected = (int64_t)expected;
	if (!list_query_read(rq, &f->q, f->equals))
		return false;
	f->q.equals = json_object_size(f->equals) ? f->equals : NULL;
	return true;
}

static void
found_end(struct found_rows *f)
{
	json_decref(f->equals);
}

static void
reply_result(struct request *rq, enum err e, json_t *result, const struct model_errors *errors)
{
	if (e == ERR_OK)
		reply_json(rq, 200, result);
	else
		reply_err(rq, e, errors);
}

void
handle_bulk_found(struct request *rq)
{
	struct model_errors errors = {0};
	struct found_rows f;
	json_t *in = request_json(rq, false), *result = NULL;
	enum err e;

	if (!in)
		return;
	if (found_begin(rq, &f)) {
		e = store_bulk_found(rq->api->store, rq->entity, &f.found, in, &result, &errors);
		reply_result(rq, e, result, &errors);
	}
	found_end(&f);
	json_decref(in);
}

/* Nobody deletes himself in passing. */
void
handle_delete_found(struct request *rq)
{
	struct model_errors errors = {0};
	struct found_rows f;
	json_t *result = NULL;
	enum err e;

	if (found_begin(rq, &f)) {
		if (rq->entity == &model_user)
			f.found.except = rq->caller.user_id;
		e = store_delete_found(rq->api->store, rq->entity, &f.found, &result, &errors);
		reply_result(rq, e, result, &errors);
	}
	found_end(&f);
}

/* ---- rows that are named ---- */

void
handle_bulk(struct request *rq)
{
	struct model_errors errors = {0};
	json_t *in = request_json(rq, false), *result = NULL;
	enum err e;

	if (!in)
		return;
	e = store_bulk(rq->api->store, rq->entity, in, &result, &errors);
	reply_result(rq, e, result, &errors);
	json_decref(in);
}

void
handle_create_several(struct request *rq)
{
	struct model_errors errors = {0};
	json_t *in = request_json(rq, false), *result = NULL;
	enum err e;

	if (!in)
		return;
	e = store_create_several(rq->api->store, rq->entity, in, &result, &errors);
	if (e == ERR_OK)
		reply_json(rq, 201, result);
	else
		reply_err(rq, e, &errors);
	json_decref(in);
}

/* ---- the way back ---- */

/* The ids of {"ids": […]}; NULL with a refusal in the reply. free() them. */
static int64_t *
read_ids(struct request *rq, const json_t *in, size_t *count)
{
	const json_t *list = json_object_get(in, "ids");
	size_t n = json_array_size(list);
	int64_t *ids = n && n <= MODEL_REVERT_MAX ? calloc(n, sizeof *ids) : NULL;
	bool ok = ids && json_object_size(in) == 1;

	for (size_t i = 0; i < n && ok; i++) {
		ids[i] = json_integer_value(json_array_get(list, i));
		ok = ids[i] > 0;
	}
	if (ok) {
		*count = n;
		return ids;
	}
	free(ids);
	reply_error(
	    rq, 422, "invalid", "ids", "A list of 1 to %d ids is needed.", MODEL_REVERT_MAX);
	return NULL;
}

void
handle_revert_several(struct request *rq)
{
	struct model_errors errors = {0};
	json_t *in = request_json(rq, false);
	size_t n = 0;
	int64_t *ids = in ? read_ids(rq, in, &n) : NULL;
	enum err e;

	json_decref(in);
	if (!ids)
		return;
	e = store_changes_revert(rq->api->store, ids, n, &errors);
	free(ids);
	if (e == ERR_OK)
		reply_json(rq, 200, json_pack("{s:I}", "reverted", (json_int_t)n));
	else
		reply_err(rq, e, &errors);
}

/* All that one request has changed. */
void
handle_revert_range(struct request *rq)
{
	struct model_errors errors = {0};
	json_t *in = request_json(rq, false);
	int64_t first = json_integer_value(json_object_get(in, "first"));
	int64_t last = json_integer_value(json_object_get(in, "last"));
	bool ok = json_object_size(in) == 2 && first > 0 && last > 0;
	size_t n = 0;
	enum err e;

	json_decref(in);
	if (in && !ok)
		reply_error(rq, 422, "invalid", "first", "Two ids are needed: first and last.");
	if (!ok)
		return;
	e = store_changes_revert_range(rq->api->store, first, last, &n, &errors);
	if (e == ERR_OK)
		reply_json(rq, 200, json_pack("{s:I}", "reverted", (json_int_t)n));
	else
		reply_err(rq, e, &errors);
}
