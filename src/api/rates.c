/* The rates of a line as a table (LIN-5). */
#include "store/rates.h"

#include <stdlib.h>

#include "api/api_int.h"

void
handle_rates_csv(struct request *rq)
{
	char *text = NULL;
	size_t n = 0;
	enum err e = store_rates_write(rq->api->store, rq->id, &text, &n);

	if (e != ERR_OK) {
		reply_err(rq, e, NULL);
		return;
	}
	reply_text(rq, 200, "text/csv; charset=utf-8; header=present", text, n);
	rq->reply.disposition = "attachment; filename=\"rates.csv\"";
}

void
handle_rates_csv_put(struct request *rq)
{
	struct model_errors errors = {0};
	json_t *report = NULL;
	enum err e;

	if (!request_is_csv(rq))
		return;
	e = store_rates_read(
	    rq->api->store, rq->id, slice_make(rq->body, rq->body_bytes), &report, &errors);
	if (e == ERR_OK)
		reply_json(rq, 200, report);
	else
		reply_err(rq, e, &errors);
}
