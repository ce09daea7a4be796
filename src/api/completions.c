/* Call completion for people: what they ask for on the page, and by a function key. What comes of a
 * request is signalling's (call/completion.h). */
#include "api/api_int.h"
#include "loop/loop.h"
#include "routing/routing.h"

bool
completion_request(
    struct request *rq, const char *number, const struct live_tried *tried, json_t **row)
{
	struct store_completion c = {.user = rq->caller.user_id,
	    .number = number,
	    .tried = *tried,
	    .since_ms = (int64_t)loop_wall_ms()};
	enum err e = store_completion_request(rq->api->store, &c, row);

	switch (e) {
	case ERR_OK: return true;
	case ERR_NOT_FOUND:
		reply_error(rq, 422, "no_such_number", "number", "Nobody has this number.");
		break;
	case ERR_INVALID:
		reply_error(rq, 422, "not_for_completion", "number",
		    "Nobody can be called back for this number.");
		break;
	case ERR_LIMIT:
		reply_error(rq, 409, "too_many", NULL,
		    "There are too many call backs already. Cancel some first.");
		break;
	default: reply_err(rq, e, NULL);
	}
	return false;
}

/* Without a number: what came to nothing last. */
void
handle_own_completion_create(struct request *rq)
{
	json_t *in = request_json(rq, false), *row = NULL;
	const char *number = json_string_value(json_object_get(in, "number"));
	struct live_completion last;
	char text[ROUTING_DIALLED_MAX];
	struct live_tried tried = {.no_answer = json_is_true(json_object_get(in, "no_answer"))};

	if (!in)
		return;
	keys_completion(rq->api, rq->caller.user_id, &last);
	if (number && *number) {
		if (routing_normalise(slice_cstr(number), text) != ERR_OK)
			text[0] = '\0';
	} else {
		slice_clip_cstr(slice_cstr(last.number), text, sizeof text);
		tried = last.tried;
	}
	if (!*text)
		reply_error(rq, 409, "nothing_to_complete", NULL,
		    "There is no call for which you could be called back.");
	else if (completion_request(rq, text, &tried, &row))
		reply_json(rq, 201, row);
	json_decref(in);
}
