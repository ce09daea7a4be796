/*
 * The test of a line. It runs in the signalling plane, which tells how it goes when it is asked;
 * whoever shows it asks again and again while "running" is true.
 */
#include <stdlib.h>

#include "api/api_int.h"
#include "model/line_test.h"

static void
reply_outcome(struct request *rq, enum line_test_outcome o)
{
	switch (o) {
	case LINE_TEST_RUNS:
		reply_error(rq, 409, "test_runs", NULL, "This line is being tested already.");
		break;
	case LINE_TEST_BUSY:
		reply_error(rq, 409, "test_busy", NULL,
		    "Other lines are being tested, or this one is being changed. Please wait a "
		    "moment.");
		break;
	case LINE_TEST_EMERGENCY:
		reply_error(rq, 422, "not_for_emergency", "number",
		    "This is an emergency number. Test with another one.");
		break;
	case LINE_TEST_NO_NUMBER:
		reply_error(
		    rq, 422, "not_public", "number", "This is not a number of the public network.");
		break;
	default: reply_error(rq, 404, "not_found", NULL, "This line was not tested."); break;
	}
}

/* A line that was made this very moment has not reached the signalling plane yet. */
static bool
is_on_its_way(struct request *rq, const struct line_test_query *q)
{
	json_t *line = NULL;
	bool there = q->start && store_get(rq->api->store, &model_line, q->line, &line) == ERR_OK;

	json_decref(line);
	return there;
}

static void
run(struct request *rq, const struct line_test_query *q)
{
	const struct api_control_ops *ops = rq->api->ops;
	struct line_test *test = calloc(1, sizeof *test);
	enum line_test_outcome o = LINE_TEST_NO_LINE;
	enum err e = ERR_NOMEM;

	if (test)
		e = ops && ops->test_line ? ops->test_line(rq->api->ops_ctx, q, &o, test)
					  : ERR_UNSUPPORTED;
	if (e == ERR_OK && o == LINE_TEST_NO_LINE && is_on_its_way(rq, q))
		o = LINE_TEST_BUSY;
	if (e != ERR_OK)
		reply_err(rq, e, NULL);
	else if (o == LINE_TEST_DONE)
		reply_json(rq, q->start ? 202 : 200, line_test_json(test));
	else
		reply_outcome(rq, o);
	free(test);
}

void
handle_line_test_start(struct request *rq)
{
	struct line_test_query q = {.line = rq->id, .start = true};
	json_t *in = request_json(rq, true);
	const char *number = json_string_value(json_object_get(in, "number"));

	if (in && number &&
	    slice_copy_cstr(slice_cstr(number), q.number, sizeof q.number) != ERR_OK)
		reply_outcome(rq, LINE_TEST_NO_NUMBER);
	else if (in)
		run(rq, &q);
	json_decref(in);
}

void
handle_line_test(struct request *rq)
{
	run(rq, &(struct line_test_query){.line = rq->id});
}
