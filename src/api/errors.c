/*
 * Answers: JSON bodies and the one form that errors have. Here, at the edge, what the
 * store reports becomes an HTTP status.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "api/api_int.h"
#include "base/log.h"

static const char *const json_media_type = "application/json; charset=utf-8";
static const char no_memory[] = "{\"error\":{\"code\":\"no_memory\",\"message\":\"The server is "
				"out of memory.\",\"field\":null}}";

void
reply_text(struct request *rq, int status, const char *content_type, char *body, size_t n)
{
	free(rq->reply.body);
	rq->reply.status = status;
	rq->reply.content_type = content_type;
	rq->reply.body = body;
	rq->reply.body_bytes = body ? n : 0;
}

static void
reply_no_memory(struct request *rq)
{
	char *body = strdup(no_memory);

	reply_text(rq, 500, json_media_type, body, sizeof no_memory - 1);
}

void
reply_json(struct request *rq, int status, json_t *body)
{
	char *text = body ? json_dumps(body, JSON_COMPACT) : NULL;

	json_decref(body);
	if (text)
		reply_text(rq, status, json_media_type, text, strlen(text));
	else
		reply_no_memory(rq);
}

json_t *
error_json(const char *code, const char *message, const char *field, json_t *details)
{
	json_t *error = json_pack("{s:s, s:s, s:s?}", "code", code, "message", message, "field",
	    field && field[0] ? field : NULL);

	if (error && details && json_array_size(details))
		json_object_set(error, "details", details);
	json_decref(details);
	return json_pack("{s:o}", "error", error);
}

void
reply_error(
    struct request *rq, int status, const char *code, const char *field, const char *fmt, ...)
{
	char message[300];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(message, sizeof message, fmt, ap);
	va_end(ap);
	reply_json(rq, status, error_json(code, message, field, NULL));
}

static const struct {
	enum err e;
	int status;
	const char *code, *message;
} statuses[] = {
    {ERR_INVALID, 422, "invalid", "The values are not allowed."},
    {ERR_EXISTS, 409, "not_unique", "There is already such an entry."},
    {ERR_CONFLICT, 409, "conflict", "This contradicts something that is already there."},
    {ERR_IN_USE, 409, "in_use", "Something else still uses it."},
    {ERR_NOT_FOUND, 404, "not_found", "There is no such entry."},
    {ERR_DENIED, 403, "denied", "This is not permitted."},
    {ERR_TOO_BIG, 413, "too_big", "This is larger than allowed."},
    {ERR_LIMIT, 503, "busy", "The system is busy. Please try again."},
    {ERR_TIMEOUT, 503, "busy", "The system is busy. Please try again."},
    {ERR_UNSUPPORTED, 405, "method_not_allowed", "This cannot be done here."},
    {ERR_NOMEM, 500, "no_memory", "The server is out of memory."},
    {ERR_IO, 500, "storage_failed", "The database could not be read or written. Is the disk full?"},
    {ERR_CORRUPT, 500, "storage_damaged", "The database is damaged."},
};

void
reply_err(struct request *rq, enum err e, const struct model_errors *errors)
{
	int status = 500;
	const char *code = "internal", *message = "Something went wrong in the server.",
		   *field = NULL;
	json_t *details = json_array(), *one_json, *body;

	for (size_t i = 0; i < sizeof statuses / sizeof statuses[0]; i++)
		if (statuses[i].e == e) {
			status = statuses[i].status;
			code = statuses[i].code;
			message = statuses[i].message;
		}
	if (errors && errors->count && status < 500) {
		code = errors->at[0].code;
		message = errors->at[0].message;
		field = errors->at[0].field;
		for (uint32_t i = 0; i < errors->count; i++) {
			const struct model_error *one = &errors->at[i];

			one_json = json_pack("{s:s?, s:s, s:s}", "field",
			    one->field[0] ? one->field : NULL, "code", one->code, "message",
			    one->message);
			if (one->row)
				json_object_set_new(
				    one_json, "row", json_integer((json_int_t)one->row));
			json_array_append_new(details, one_json);
		}
	}
	if (status >= 500)
		log_error(
		    API, "%s %s: %s", rq->method, rq->route ? rq->route->pattern : "", err_text(e));
	body = error_json(code, message, field, details);
	if (errors && errors->count && errors->at[0].row)
		json_object_set_new(json_object_get(body, "error"), "row",
		    json_integer((json_int_t)errors->at[0].row));
	reply_json(rq, status, body);
}
