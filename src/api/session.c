/*
 * Who asks: log-in, the session cookie, the CSRF token.
 *
 * The cookie is 256 random bits; the database only has its SHA-256. A log-in always makes
 * a new one (nobody can plant a session) and ends the one the browser came with. A session
 * ends 12 h after its last use. Whatever is not GET needs the CSRF token that only our own
 * page can read, and is refused when the browser itself says that another site sent it.
 */
#include <stdio.h>

#include "api/api_int.h"
#include "api/secret_int.h"
#include "base/log.h"
#include "loop/loop.h"

enum { EXTEND_AFTER_MS = 10 * 60 * 1000, CREDENTIAL_BYTES_MAX = 256 };

void
session_hash(const char *token, unsigned char hash[32])
{
	secret_sha256(token, strlen(token), hash);
}

static bool
random_hex(char out[TOKEN_HEX + 1])
{
	unsigned char bytes[TOKEN_HEX / 2];
	struct buf b;

	if (!secret_random(bytes, sizeof bytes))
		return false;
	buf_init(&b, out, TOKEN_HEX);
	buf_hex(&b, bytes, sizeof bytes);
	out[b.n] = '\0';
	explicit_bzero(bytes, sizeof bytes);
	return true;
}

bool
session_setup_needed(struct api *api)
{
	bool has = false;

	if (atomic_load(&api->setup_done))
		return false;
	if (store_has_admin(api->store, &has) != ERR_OK || !has)
		return true;
	atomic_store(&api->setup_done, true);
	return false;
}

static void
refuse_not_logged_in(struct request *rq)
{
	reply_error(rq, 401, "not_logged_in", NULL, "Please log in.");
}

/* Fills caller from the cookie. */
static bool
find_session(struct request *rq)
{
	struct store_session s;
	int64_t now_ms = (int64_t)loop_wall_ms();
	struct caller *c = &rq->caller;

	if (strlen(rq->token) != TOKEN_HEX)
		return false;
	session_hash(rq->token, c->token_hash);
	if (store_session_find(rq->api->store, c->token_hash, now_ms, &s, &c->user) != ERR_OK)
		return false;
	c->has_session = true;
	memcpy(c->csrf, s.csrf, sizeof c->csrf);
	/* Not at every request: an extension is a write to disk. */
	if (s.expires_at - now_ms < SESSION_IDLE_MS - EXTEND_AFTER_MS &&
	    store_session_extend(rq->api->store, c->token_hash, now_ms + SESSION_IDLE_MS) != ERR_OK)
		log_warn(API, "a session could not be extended");
	return true;
}

static bool
csrf_ok(const struct request *rq)
{
	return strlen(rq->csrf) == TOKEN_HEX && strlen(rq->caller.csrf) == TOKEN_HEX &&
	       secret_equal(rq->csrf, rq->caller.csrf, TOKEN_HEX);
}

static bool
from_other_site(const struct request *rq)
{
	return !rq->is_get && (strcmp(rq->fetch_site, "cross-site") == 0 ||
				  strcmp(rq->fetch_site, "same-site") == 0);
}

static bool
is_admin(const struct request *rq)
{
	return rq->caller.local || json_is_true(json_object_get(rq->caller.user, "admin"));
}

bool
session_admit(struct request *rq)
{
	const struct route *r = rq->route;

	if (rq->caller.local)
		return true;
	if (from_other_site(rq)) {
		reply_error(rq, 403, "cross_site", NULL, "Another web site sent this request.");
		return false;
	}
	if (!(r->flags & ROUTE_EARLY) && session_setup_needed(rq->api)) {
		reply_error(rq, 403, "setup_needed", NULL, "Create the first administrator first.");
		return false;
	}
	if (r->who == WHO_ANYONE || (r->who == WHO_NEAR && addr_is_loopback(&rq->peer)))
		return true;
	if (!find_session(rq)) {
		refuse_not_logged_in(rq);
		return false;
	}
	if (!rq->is_get && !csrf_ok(rq)) {
		reply_error(rq, 403, "csrf", NULL,
		    "The header X-CSRF-Token is missing or does not belong to this session.");
		return false;
	}
	if (r->who != WHO_USER && !is_admin(rq)) {
		reply_error(rq, 403, "no_admin_right", NULL, "Only administrators may do this.");
		return false;
	}
	return true;
}

void
session_sign(const struct request *rq)
{
	const json_t *user = rq->caller.user;
	const char *first = json_string_value(json_object_get(user, "first_name"));
	const char *last = json_string_value(json_object_get(user, "last_name"));
	const char *login = json_string_value(json_object_get(user, "login"));
	char name[160] = "strowger", address[ADDR_TEXT_MAX] = "";
	struct buf b;

	if (first && last && login)
		snprintf(name, sizeof name, "%.60s %.60s (%s)", first, last, login);
	if (!rq->by_socket) {
		buf_init(&b, address, sizeof address - 1);
		addr_write_host(&b, &rq->peer);
		address[b.n] = '\0';
	}
	store_set_writer(name, address);
}

static void
reply_session(struct request *rq, int status, json_t *user, const char *csrf)
{
	reply_json(rq, status, json_pack("{s:O, s:s}", "user", user, "csrf", csrf));
}

void
session_open(struct request *rq, json_t *user, int status)
{
	struct store_session s = {.created_at = (int64_t)loop_wall_ms()};
	unsigned char old[32];
	char token[TOKEN_HEX + 1];
	enum err e;

	s.expires_at = s.created_at + SESSION_IDLE_MS;
	s.user = json_integer_value(json_object_get(user, "id"));
	if (!random_hex(token) || !random_hex(s.csrf)) {
		reply_err(rq, ERR_IO, NULL);
		json_decref(user);
		return;
	}
	session_hash(token, s.token_hash);
	e = store_session_create(rq->api->store, &s);
	if (e != ERR_OK) {
		reply_err(rq, e, NULL);
		json_decref(user);
		return;
	}
	if (rq->token[0]) {
		session_hash(rq->token, old);
		if (store_session_delete(rq->api->store, old) == ERR_OK)
			hub_close_session(rq->api->hub, old);
	}
	snprintf(rq->reply.cookie, sizeof rq->reply.cookie,
	    "strowger_session=%s; Path=/; HttpOnly; SameSite=Strict", token);
	reply_session(rq, status, user, s.csrf);
	explicit_bzero(token, sizeof token);
	json_decref(user);
}

void
handle_session_get(struct request *rq)
{
	if (rq->caller.has_session)
		reply_session(rq, 200, rq->caller.user, rq->caller.csrf);
	else
		refuse_not_logged_in(rq); /* the local socket has no session */
}

void
handle_session_delete(struct request *rq)
{
	enum err e = ERR_OK;

	if (rq->caller.has_session) {
		e = store_session_delete(rq->api->store, rq->caller.token_hash);
		hub_close_session(rq->api->hub, rq->caller.token_hash);
	}
	if (e != ERR_OK) {
		reply_err(rq, e, NULL);
		return;
	}
	snprintf(rq->reply.cookie, sizeof rq->reply.cookie,
	    "strowger_session=; Path=/; HttpOnly; SameSite=Strict; Max-Age=0");
	reply_text(rq, 204, NULL, NULL, 0);
}

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

static void
log_in(struct request *rq, const char *login, const char *password)
{
	struct api *api = rq->api;
	struct slice name = slice_cstr(login);
	uint64_t now_ms = api_mono_ms();
	char who[ADDR_TEXT_MAX];
	json_t *user = NULL;
	uint32_t wait_s = rq->by_socket ? 0 : limits_try(api->limits, &rq->peer, name, now_ms);
	enum err e;

	if (wait_s) {
		rq->reply.retry_after_s = wait_s;
		reply_error(rq, 429, "too_many_attempts", NULL,
		    "Too many failed log-ins. Please wait %u seconds.", wait_s);
		return;
	}
	e = store_authenticate(api->store, login, password, &user);
	if (e != ERR_DENIED)
		limits_forgive(api->limits, &rq->peer, name, now_ms);
	if (e == ERR_OK) {
		session_open(rq, user, 200);
	} else if (e == ERR_DENIED) {
		atomic_fetch_add(&api->login_failures, 1);
		if (!rq->by_socket && api->ops && api->ops->login_failed)
			api->ops->login_failed(api->ops_ctx, &rq->peer);
		log_warn(API, "log-in refused from %s", addr_text(&rq->peer, who));
		reply_error(rq, 401, "bad_credentials", NULL, "Log-in or password is wrong.");
	} else {
		reply_err(rq, e, NULL);
	}
}

void
handle_session_create(struct request *rq)
{
	json_t *body = request_json(rq, false);
	const char *login, *password;

	if (!body)
		return;
	login = credential(rq, body, "login");
	password = login ? credential(rq, body, "password") : NULL;
	if (password)
		log_in(rq, login, password);
	json_decref(body);
}
