/* One's own rows of an entity, as mobile phones, speed dials, planned conferences. They stay one's
 * own: nobody gives them to somebody else. */
#include "api/api_int.h"

/* NULL: the body cannot be used, which has been replied. */
static json_t *
take_body(struct request *rq)
{
	json_t *in = request_json(rq, false);

	if (!json_object_get(in, "user"))
		return in;
	json_decref(in);
	reply_error(rq, 422, "not_own", "user", "What is one's own names no user.");
	return NULL;
}

void
handle_own_row_create(struct request *rq)
{
	struct model_errors errors = {0};
	json_t *in = take_body(rq), *row = NULL;
	enum err e;

	if (!in)
		return;
	json_object_set_new(in, "user", json_integer(rq->caller.user_id));
	e = store_create(rq->api->store, rq->entity, in, &row, &errors);
	if (e == ERR_OK)
		reply_json(rq, 201, row);
	else
		reply_err(rq, e, &errors);
	json_decref(in);
}

void
handle_own_row_patch(struct request *rq)
{
	json_t *in = take_body(rq);

	if (in)
		handle_own_patch(rq);
	json_decref(in);
}
