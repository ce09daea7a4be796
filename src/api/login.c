/*
 * Logging in: password, then the second factor where the account has one, with delays against
 * guessing. An unknown login gets the same answers after the same time as a known one.
 */
#include "api/api_int.h"
#include "base/log.h"

enum { CREDENTIAL_BYTES_MAX = 256 };

static const char *
credential(struct request *rq, const json_t *body, const char *field)
{
	const char *text = json_string_value(json_object_get(body, field));

	if (!text || !text[0])
		reply_error(rq, 422, "required", field, "Please enter log-in and password.");
	else if (strlen(text) > CREDENTIAL_BYTES_MAX)
		reply_error(rq, 422, "too_long", field, "This is too long.");
	else
		return text;
	return NULL;
}

static bool
may_try(struct request *rq, struct slice login)
{
	uint32_t wait_s =
	    rq->by_socket ? 0 : limits_try(rq->api->limits, &rq->peer, login, api_mono_ms());

	if (!wait_s)
		return true;
	rq->reply.retry_after_s = wait_s;
	reply_error(rq, 429, "too_many_attempts", NULL,
	    "Too many failed log-ins. Please wait %u seconds.", wait_s);
	return false;
}

/* The answer is the caller's. */
static void
note_failure(struct request *rq, struct slice login)
{
	struct api *api = rq->api;
	char who[ADDR_TEXT_MAX];

	atomic_fetch_add(&api->login_failures, 1);
	log_warn(API, "log-in refused from %s", addr_text(&rq->peer, who));
	if (rq->by_socket)
		return;
	if (api->ops && api->ops->login_failed)
		api->ops->login_failed(api->ops_ctx, &rq->peer);
	if (limits_failed(api->limits, &rq->peer, login, api_mono_ms())) {
		log_warn(API, "a login is locked for a while, after a failure from %s",
		    addr_text(&rq->peer, who));
		ticker_wake(api);
	}
}

bool
login_password(struct request *rq, const char *login, const char *password, json_t **user)
{
	struct api *api = rq->api;
	struct slice name = slice_cstr(login);
	enum err e;

	if (!may_try(rq, name))
		return false;
	e = store_authenticate(api->store, login, password, user);
	if (e == ERR_DENIED) {
		note_failure(rq, name);
		reply_error(rq, 401, "bad_credentials", NULL, "Log-in or password is wrong.");
	} else if (e != ERR_OK) {
		limits_give_back(api->limits, &rq->peer, name, api_mono_ms());
		reply_err(rq, e, NULL);
	}
	return e == ERR_OK;
}

/* The password was right. Without a code the attempt counts as none: neither a failure nor good,
 * or whoever has the password could guess codes for ever. */
static void
log_in(struct request *rq, const char *login, const char *password, const char *code)
{
	struct slice name = slice_cstr(login);
	json_t *user = NULL;

	if (!login_password(rq, login, password, &user))
		return;
	if (second_factor_ok(rq, json_integer_value(json_object_get(user, "id")), code)) {
		limits_forgive(rq->api->limits, &rq->peer, name, api_mono_ms());
		session_open(rq, user, 200);
		return;
	}
	json_decref(user);
	if (code && rq->reply.status == 401)
		note_failure(rq, name);
	else
		limits_give_back(rq->api->limits, &rq->peer, name, api_mono_ms());
}

void
handle_session_create(struct request *rq)
{
	json_t *body = request_json(rq, false), *given;
	const char *login, *password, *code = NULL;

	if (!body)
		return;
	login = credential(rq, body, "login");
	password = login ? credential(rq, body, "password") : NULL;
	given = json_object_get(body, "code");
	if (password && given && !json_is_null(given))
		code = credential(rq, body, "code");
	if (!rq->reply.status)
		log_in(rq, login, password, code);
	json_decref(body);
}
