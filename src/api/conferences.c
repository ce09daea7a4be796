/*
 * Planned conferences (CNF-1): what people plan themselves, the dates of a month, and what a mailed
 * link shows to who has no account. Who plans a conference stays its owner.
 */
#include "api/api_int.h"
#include "api/secret_int.h"
#include "store/conference.h"

/* ---- one's own ---- */

/* Whose conference the body names, if it does. */
static bool
is_in_own(struct request *rq, bool needed)
{
	json_t *in = request_json(rq, false);
	const json_t *conference = json_object_get(in, "conference");
	enum err e = ERR_OK;

	if (!in)
		return false;
	if (conference || needed)
		e = find_own(rq, &model_conference, json_integer_value(conference));
	json_decref(in);
	if (e == ERR_NOT_FOUND)
		reply_error(
		    rq, 422, "not_own", "conference", "This is not one of your conferences.");
	else if (e != ERR_OK)
		reply_err(rq, e, NULL);
	return e == ERR_OK;
}

void
handle_own_participant_create(struct request *rq)
{
	if (is_in_own(rq, true))
		handle_create(rq);
}

void
handle_own_participant_patch(struct request *rq)
{
	if (is_in_own(rq, false))
		handle_own_patch(rq);
}

/* Whom one can invite: names and nothing else of a user. */
static json_t *
who_can_be_invited(const json_t *user)
{
	return json_pack("{s:O, s:O, s:O}", "id", json_object_get(user, "id"), "first_name",
	    json_object_get(user, "first_name"), "last_name", json_object_get(user, "last_name"));
}

void
handle_conference_people(struct request *rq)
{
	reply_people(rq, who_can_be_invited);
}

/* ---- dates ---- */

static bool
read_time(struct request *rq, const char *name, int64_t *ms)
{
	if (model_time_parse(request_query(rq, name), ms) == ERR_OK)
		return true;
	reply_error(rq, 400, "bad_parameter", NULL,
	    "The parameter %s must be a time like 2026-01-31T08:00:00Z.", name);
	return false;
}

static void
reply_dates(struct request *rq, int64_t owner)
{
	int64_t from_ms, to_ms;
	json_t *items = NULL;
	enum err e;

	if (!read_time(rq, "from", &from_ms) || !read_time(rq, "to", &to_ms))
		return;
	e = store_conference_dates(rq->api->store, owner, from_ms, to_ms, &items);
	if (e == ERR_OK)
		reply_json(rq, 200, json_pack("{s:o}", "items", items));
	else if (e == ERR_LIMIT)
		reply_error(rq, 400, "too_many", NULL,
		    "There are more than %d dates; ask for a shorter time.",
		    (int)STORE_CONFERENCE_DATES_MAX);
	else
		reply_err(rq, e, NULL);
}

void
handle_conference_dates(struct request *rq)
{
	reply_dates(rq, 0);
}

void
handle_own_conference_dates(struct request *rq)
{
	reply_dates(rq, rq->caller.user_id);
}

/* ---- what one is invited to ---- */

void
handle_own_invitations(struct request *rq)
{
	json_t *items = NULL;
	enum err e = store_conference_invitations(rq->api->store, rq->caller.user_id, &items);

	if (e == ERR_OK)
		reply_json(rq, 200, json_pack("{s:o}", "items", items));
	else
		reply_err(rq, e, NULL);
}

/* ---- the link in a mail ---- */

/* As with log-ins: an address that shows links which are none has to wait, ever longer. */
static bool
may_try(struct request *rq, struct slice token)
{
	uint32_t wait_s =
	    rq->by_socket ? 0
			  : limits_try(rq->api->invitation_limits, &rq->peer, token, api_mono_ms());

	if (!wait_s)
		return true;
	rq->reply.retry_after_s = wait_s;
	reply_error(rq, 429, "too_many_attempts", NULL,
	    "Too many attempts. Please wait %u seconds.", wait_s);
	return false;
}

static void
show_invitation(struct request *rq, struct slice token)
{
	unsigned char hash[32];
	json_t *shown = NULL;
	enum err e;

	secret_sha256(token.p, token.n, hash);
	e = store_conference_invitation(rq->api->store, hash, &shown);
	if (e == ERR_NOT_FOUND) {
		limits_failed(rq->api->invitation_limits, &rq->peer, token, api_mono_ms());
		reply_error(rq, 404, "not_found", NULL,
		    "This invitation does not hold any more, or the conference is over.");
		return;
	}
	limits_forgive(rq->api->invitation_limits, &rq->peer, token, api_mono_ms());
	if (e == ERR_OK)
		reply_json(rq, 200, shown);
	else
		reply_err(rq, e, NULL);
}

void
handle_conference_invitation(struct request *rq)
{
	json_t *body = request_json(rq, false);
	struct slice token = slice_cstr(json_string_value(json_object_get(body, "token")));

	if (body && may_try(rq, token))
		show_invitation(rq, token);
	json_decref(body);
}
