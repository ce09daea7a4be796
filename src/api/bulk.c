/* One request about several rows: changes in a collection, and undoing several changes. */
#include <stdlib.h>

#include "api/api_int.h"

void
handle_bulk(struct request *rq)
{
	struct model_errors errors = {0};
	json_t *in = request_json(rq, false), *result = NULL;
	enum err e;

	if (!in)
		return;
	e = store_bulk(rq->api->store, rq->entity, in, &result, &errors);
	if (e == ERR_OK)
		reply_json(rq, 200, result);
	else
		reply_err(rq, e, &errors);
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
