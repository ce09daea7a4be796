/* Blocks of numbers (LIN-4): preview with dry_run=1, then the same again. */
#include "api/api_int.h"

static void
block(struct request *rq, enum err (*run)(struct store *s, const json_t *in, bool dry_run,
			      json_t **report, struct model_errors *errors))
{
	struct model_errors errors = {0};
	json_t *in = request_json(rq, false), *report = NULL;
	enum err e;

	if (!in)
		return;
	e = run(rq->api->store, in, request_query_flag(rq, "dry_run"), &report, &errors);
	if (e == ERR_OK)
		reply_json(rq, 200, report);
	else
		reply_err(rq, e, &errors);
	json_decref(in);
}

void
handle_numbers_add(struct request *rq)
{
	block(rq, store_numbers_add);
}

void
handle_numbers_remove(struct request *rq)
{
	block(rq, store_numbers_remove);
}
