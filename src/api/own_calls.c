/*
 * The call manager (USE-4): what people do with their own calls from the page or a program. Each
 * is a command to the signalling plane, which says at once what comes of it; the live events tell
 * how it goes on. Nobody reaches the call of another one: the plane looks whose it is.
 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#include "api/api_int.h"
#include "base/hmap.h"
#include "model/callman.h"
#include "model/play.h"

enum {
	BURST = 30, /* commands of one user at once; */
	REFILL_MS = 500,
	SLOTS = 1024,
};

/* A bucket for each user, by id; who shares one shares its commands. */
struct bucket {
	uint64_t full_at_ms; /* when nothing of it is used any more */
};

struct api_paces {
	pthread_mutex_t lock;
	struct bucket bucket[SLOTS];
};

struct api_paces *
paces_new(void)
{
	struct api_paces *p = calloc(1, sizeof *p);

	if (p)
		pthread_mutex_init(&p->lock, NULL);
	return p;
}

void
paces_free(struct api_paces *p)
{
	if (p)
		pthread_mutex_destroy(&p->lock);
	free(p);
}

/* Seconds to wait; 0: go on. */
static uint32_t
pace(struct api_paces *p, int64_t user, uint64_t now_ms)
{
	struct bucket *b = &p->bucket[hash_mix(0, (uint64_t)user) % SLOTS];
	uint32_t wait_s = 0;

	pthread_mutex_lock(&p->lock);
	if (b->full_at_ms < now_ms)
		b->full_at_ms = now_ms;
	if (b->full_at_ms - now_ms >= (uint64_t)BURST * REFILL_MS)
		wait_s = 1;
	else
		b->full_at_ms += REFILL_MS;
	pthread_mutex_unlock(&p->lock);
	return wait_s;
}

static int
status_of(enum call_outcome o)
{
	switch (o) {
	case CALL_OUTCOME_DONE: return 202;
	case CALL_OUTCOME_GONE: return 404;
	case CALL_OUTCOME_NOT_YOURS:
	case CALL_OUTCOME_NOT_YOUR_PHONE: return 403;
	case CALL_OUTCOME_BUSY: return 503;
	default: return 409;
	}
}

void
refuse_with_reason(
    struct request *rq, int status, const char *code, const char *what, const char *why)
{
	json_t *reason = why[0] ? reason_json(slice_cstr(why)) : NULL;
	const char *text = json_string_value(json_object_get(reason, "text"));
	char message[REASON_TEXT_BYTES + 160];
	json_t *error;

	snprintf(message, sizeof message, "%s%s%s", what, text ? " " : "", text ? text : "");
	error = error_json(code, message, NULL, NULL);
	if (reason) /* for those who say it in another language */
		json_object_set(json_object_get(error, "error"), "reason", reason);
	json_decref(reason);
	reply_json(rq, status, error);
}

bool
own_pace(struct request *rq)
{
	uint32_t wait_s = pace(rq->api->paces, rq->caller.user_id, api_mono_ms());

	if (!wait_s)
		return true;
	rq->reply.retry_after_s = wait_s;
	reply_error(rq, 429, "too_fast", NULL, "Too many commands. Please wait a moment.");
	return false;
}

bool
own_command(struct request *rq, struct call_command *cmd, struct call_result *r)
{
	const struct api_control_ops *ops = rq->api->ops;
	enum err e;

	if (!own_pace(rq))
		return false;
	if (rq->caller.user_id)
		cmd->user = rq->caller.user_id;
	e = ops && ops->command ? ops->command(rq->api->ops_ctx, cmd, r) : ERR_UNSUPPORTED;
	if (e != ERR_OK)
		reply_err(rq, e, NULL);
	else if (r->outcome != CALL_OUTCOME_DONE)
		refuse_with_reason(rq, status_of(r->outcome), call_outcome_code(r->outcome),
		    call_outcome_text(r->outcome), r->reason);
	return e == ERR_OK && r->outcome == CALL_OUTCOME_DONE;
}

static void
run(struct request *rq, struct call_command *cmd)
{
	struct call_result r = {0};

	if (own_command(rq, cmd, &r))
		reply_json(rq, 202, json_pack("{s:s}", "call_id", r.call_id));
}

/* By the local socket nobody in particular asks: whose phone it is, his call it is. */
static int64_t
owner_of(struct request *rq, int64_t phone)
{
	json_t *row = NULL;
	int64_t user = 0;

	if (store_get(rq->api->store, &model_phone, phone, &row) == ERR_OK)
		user = json_integer_value(json_array_get(json_object_get(row, "users"), 0));
	json_decref(row);
	return user;
}

bool
play_is_asked(struct request *rq)
{
	json_t *in = request_json(rq, true);

	json_decref(in);
	return in != NULL;
}

void
play_at_phone(struct request *rq, const struct play *what, const char *title)
{
	struct call_command cmd = {.kind = CALL_COMMAND_PLAY};
	json_t *in = request_json(rq, true);

	if (!in)
		return;
	cmd.phone = json_integer_value(json_object_get(in, "phone"));
	json_decref(in);
	cmd.user = rq->caller.user_id ? rq->caller.user_id : owner_of(rq, cmd.phone);
	play_write(what, cmd.number);
	slice_clip_cstr(slice_cstr(title), cmd.title, sizeof cmd.title);
	run(rq, &cmd);
}

/* False: the text of a field is missing, too long or no text. */
static bool
take_text(struct request *rq, const json_t *in, const char *field, char *out, size_t bytes)
{
	const char *text = json_string_value(json_object_get(in, field));

	if (text && text[0] && slice_copy_cstr(slice_cstr(text), out, bytes) == ERR_OK)
		return true;
	reply_error(rq, 422, text ? "invalid" : "required", field, "Please enter a %s.",
	    strcmp(field, "number") == 0 ? "number" : "call");
	return false;
}

static bool
take_phone(struct request *rq, const json_t *in, int64_t *phone)
{
	const json_t *v = json_object_get(in, "phone");

	*phone = json_integer_value(v);
	if (!v || json_is_null(v) || *phone > 0)
		return true;
	reply_error(rq, 422, "invalid", "phone", "This is not the id of a phone.");
	return false;
}

static bool
take_call(struct request *rq, struct call_command *cmd)
{
	if (slice_copy_cstr(rq->call_id, cmd->call_id, sizeof cmd->call_id) == ERR_OK)
		return true;
	reply_error(rq, 404, call_outcome_code(CALL_OUTCOME_GONE), NULL, "%s",
	    call_outcome_text(CALL_OUTCOME_GONE));
	return false;
}

void
handle_own_dial(struct request *rq)
{
	struct call_command cmd = {.kind = CALL_COMMAND_DIAL};
	json_t *in = request_json(rq, false);

	if (in && take_text(rq, in, "number", cmd.number, sizeof cmd.number) &&
	    take_phone(rq, in, &cmd.phone))
		run(rq, &cmd);
	json_decref(in);
}

void
handle_own_answer(struct request *rq)
{
	struct call_command cmd = {.kind = CALL_COMMAND_ANSWER};
	json_t *in = request_json(rq, true);

	if (in && take_call(rq, &cmd) && take_phone(rq, in, &cmd.phone))
		run(rq, &cmd);
	json_decref(in);
}

void
handle_own_transfer(struct request *rq)
{
	struct call_command cmd = {.kind = CALL_COMMAND_TRANSFER};
	json_t *in = request_json(rq, true);
	bool join = in && json_object_get(in, "call_id");

	if (join)
		cmd.kind = CALL_COMMAND_JOIN;
	if (in && take_call(rq, &cmd) &&
	    (join ? take_text(rq, in, "call_id", cmd.other_call_id, sizeof cmd.other_call_id)
		  : take_text(rq, in, "number", cmd.number, sizeof cmd.number)))
		run(rq, &cmd);
	json_decref(in);
}

void
handle_own_park(struct request *rq)
{
	struct call_command cmd = {.kind = CALL_COMMAND_PARK};
	json_t *in = request_json(rq, true);
	bool said = in && json_is_string(json_object_get(in, "orbit"));

	if (in && take_call(rq, &cmd)) {
		if (said ? take_text(rq, in, "orbit", cmd.number, sizeof cmd.number)
			 : orbits_first_free(rq->api, cmd.number))
			run(rq, &cmd);
		else if (!said)
			reply_error(rq, 409, "no_orbit_free", NULL, "All places are taken.");
	}
	json_decref(in);
}

void
handle_orbit_fetch(struct request *rq)
{
	struct call_command cmd = {.kind = CALL_COMMAND_FETCH};
	json_t *in = request_json(rq, false);

	if (in && take_text(rq, in, "orbit", cmd.number, sizeof cmd.number) &&
	    take_phone(rq, in, &cmd.phone))
		run(rq, &cmd);
	json_decref(in);
}

static void
plain(struct request *rq, enum call_command_kind kind)
{
	struct call_command cmd = {.kind = kind};

	if (take_call(rq, &cmd))
		run(rq, &cmd);
}

void
handle_own_hold(struct request *rq)
{
	plain(rq, CALL_COMMAND_HOLD);
}

void
handle_own_resume(struct request *rq)
{
	plain(rq, CALL_COMMAND_RESUME);
}

void
handle_own_to_go(struct request *rq)
{
	plain(rq, CALL_COMMAND_TO_GO);
}

void
handle_own_record(struct request *rq)
{
	plain(rq, CALL_COMMAND_RECORD);
}

void
handle_own_end_recording(struct request *rq)
{
	plain(rq, CALL_COMMAND_END_RECORDING);
}

void
handle_own_hangup(struct request *rq)
{
	plain(rq, CALL_COMMAND_HANG_UP);
}

/* Those that could call; which are registered the mirror of them knows. */
void
handle_own_phones(struct request *rq)
{
	json_t *rows = json_object_get(rq->caller.user, "phones"), *items = json_array(), *id;
	size_t i;

	json_array_foreach(rows, i, id)
	{
		json_t *phone = NULL;
		int64_t n = json_integer_value(id);

		if (store_get(rq->api->store, &model_phone, n, &phone) == ERR_OK)
			json_array_append_new(
			    items, json_pack("{s:I, s:O, s:b}", "id", (json_int_t)n, "name",
				       json_object_get(phone, "name"), "registered",
				       live_has_phone(rq->api->live, n)));
		json_decref(phone);
	}
	reply_json(rq, 200, json_pack("{s:o}", "items", items));
}

void
reply_people(struct request *rq, json_t *(*shown)(const json_t *user))
{
	struct store_query q = {.search = request_query(rq, "search"), .per_page = 20};
	json_t *rows = NULL, *items = json_array(), *row, *one;
	struct model_errors errors = {0};
	int64_t total;
	size_t i;
	enum err e = store_list(rq->api->store, &model_user, &q, &rows, &total, &errors);

	json_array_foreach(rows, i, row)
	{
		one = json_is_true(json_object_get(row, "enabled")) ? shown(row) : NULL;
		if (one)
			json_array_append_new(items, one);
	}
	json_decref(rows);
	if (e == ERR_OK) {
		reply_json(rq, 200, json_pack("{s:o}", "items", items));
	} else {
		json_decref(items);
		reply_err(rq, e, &errors);
	}
}

/* Whom one can call by name: no more of them than that. */
static json_t *
who_can_be_called(const json_t *user)
{
	json_t *number = json_array_get(json_object_get(user, "numbers"), 0);

	return number
		   ? json_pack("{s:O, s:O, s:O}", "first_name", json_object_get(user, "first_name"),
			 "last_name", json_object_get(user, "last_name"), "number", number)
		   : NULL;
}

void
handle_own_people(struct request *rq)
{
	reply_people(rq, who_can_be_called);
}
