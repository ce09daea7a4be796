/*
 * The whole configuration out and in: GET /api/export, POST /api/import.
 */
#include "api/api_int.h"

void
handle_export(struct request *rq)
{
	json_t *file = NULL;
	char *text;
	enum err e = store_export(rq->api->store, &file);

	if (e != ERR_OK) {
		reply_err(rq, e, NULL);
		return;
	}
	text = json_dumps(file, JSON_INDENT(1)); /* people read it, and compare versions of it */
	json_decref(file);
	if (!text) {
		reply_err(rq, ERR_NOMEM, NULL);
		return;
	}
	rq->reply.disposition = "attachment; filename=\"strowger.json\"";
	reply_text(rq, 200, "application/json; charset=utf-8", text, strlen(text));
}

/* The report with an error beside it, so that both a page and a program understand it. */
static void
reply_refused(struct request *rq, json_t *report)
{
	json_t *list = json_object_get(report, "errors"), *first = json_array_get(list, 0), *error;
	const char *message = json_string_value(json_object_get(first, "message"));
	const char *field = json_string_value(json_object_get(first, "field"));

	error = error_json("import_refused", message ? message : "The file is not allowed.", field,
	    json_incref(list));
	if (error)
		json_object_update(report, error);
	json_decref(error);
	reply_json(rq, 422, report);
}

void
handle_import(struct request *rq)
{
	struct store_import_params params = {
	    .dry_run = request_query_flag(rq, "dry_run"),
	    .keep_others = request_query_flag(rq, "keep_others"),
	};
	json_t *file = request_json(rq, false), *report = NULL;
	enum err e;

	if (!file)
		return;
	e = store_import(rq->api->store, file, &params, &report);
	json_decref(file);
	if (e == ERR_OK) {
		reply_json(rq, 200, report);
	} else if (report) {
		reply_refused(rq, report);
	} else {
		reply_err(rq, e, NULL);
	}
}
