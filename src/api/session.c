/*
 * Who asks: the session cookie, an API token, the CSRF token; and what they may.
 *
 * The cookie is 256 random bits; the database only has its SHA-256. A log-in always makes
 * a new one (nobody can plant a session) and ends the one the browser came with. A session
 * ends 12 h after its last use. Whatever is not GET needs the CSRF token that only our own
 * page can read, and is refused when the browser itself says that another site sent it.
 *
 * An API token comes in the header Authorization, which no browser sends by itself, so it
 * needs no CSRF token. It may what both it and its user may, at the moment it is used.
 */
#include <stdio.h>

#include "api/api_int.h"
#include "api/secret_int.h"
#include "base/log.h"
#include "loop/loop.h"

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

/* Of the peer; "" when the request came by the UNIX socket. */
static void
peer_text(const struct request *rq, char out[STORE_ADDRESS_BYTES])
{
	char text[ADDR_TEXT_MAX];
	struct buf b;

	out[0] = '\0';
	if (rq->by_socket)
		return;
	buf_init(&b, text, sizeof text - 1);
	addr_write_ip(&b, &rq->peer);
	slice_clip_cstr(buf_slice(&b), out, STORE_ADDRESS_BYTES);
}

/* Fills caller from the cookie. */
static bool
find_session(struct request *rq)
{
	char address[STORE_ADDRESS_BYTES];
	struct store_credential s;
	int64_t now_ms = (int64_t)loop_wall_ms();
	struct caller *c = &rq->caller;

	if (strlen(rq->token) != TOKEN_HEX)
		return false;
	session_hash(rq->token, c->token_hash);
	if (store_credential_find(
		rq->api->store, STORE_SESSION, c->token_hash, now_ms, &s, &c->user) != ERR_OK)
		return false;
	c->has_session = true;
	c->second_factor_needed = s.second_factor_needed;
	c->session_id = s.id;
	c->rights = rights_of_user(c->user);
	memcpy(c->csrf, s.csrf, sizeof c->csrf);
	peer_text(rq, address);
	if (s.expires_at - now_ms < SESSION_IDLE_MS - USED_AFTER_MS &&
	    store_session_extend(
		rq->api->store, c->token_hash, now_ms, now_ms + SESSION_IDLE_MS, address) != ERR_OK)
		log_warn(API, "a session could not be extended");
	return true;
}

/* Fills caller from the header Authorization (RFC 6750, 2.1). */
static bool
find_token(struct request *rq)
{
	char address[STORE_ADDRESS_BYTES];
	struct slice rest = slice_cstr(rq->authorization);
	struct slice scheme = slice_take_until(&rest, ' ');
	struct store_credential t;
	int64_t now_ms = (int64_t)loop_wall_ms();
	struct caller *c = &rq->caller;

	if (!slice_eq_nocase(scheme, SLICE("Bearer")))
		return false;
	rest = slice_trim(rest);
	secret_sha256(rest.p ? rest.p : "", rest.n, c->token_hash);
	if (store_credential_find(
		rq->api->store, STORE_TOKEN, c->token_hash, now_ms, &t, &c->user) != ERR_OK)
		return false;
	c->has_token = true;
	c->rights = rights_of_user(c->user) & t.rights;
	peer_text(rq, address);
	if (now_ms - t.last_at > USED_AFTER_MS &&
	    store_token_used(rq->api->store, t.id, now_ms, address) != ERR_OK)
		log_warn(API, "the use of a token could not be noted");
	return true;
}

static bool
find_caller(struct request *rq)
{
	bool found = rq->authorization[0] ? find_token(rq) : find_session(rq);

	rq->caller.user_id = json_integer_value(json_object_get(rq->caller.user, "id"));
	return found;
}

enum err
session_rights(struct api *api, bool is_token, const unsigned char hash[32], uint32_t *rights)
{
	struct store_credential c;
	json_t *user = NULL;
	enum err e = store_credential_find(api->store, is_token ? STORE_TOKEN : STORE_SESSION, hash,
	    (int64_t)loop_wall_ms(), &c, &user);

	if (e == ERR_OK && !is_token && c.second_factor_needed)
		e = ERR_NOT_FOUND;
	if (e == ERR_OK)
		*rights = rights_of_user(user) & c.rights;
	json_decref(user);
	return e;
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

static void
refuse_right(struct request *rq, uint32_t missing)
{
	int r = 0;

	while (!(missing & 1u << r))
		r++;
	if (missing & RIGHT_BIT(ADMIN))
		reply_error(rq, 403, "no_admin_right", NULL, "Only administrators may do this.");
	else
		reply_error(rq, 403, "no_right", NULL, "This needs the right \"%s\" (%s).",
		    right_name(r), right_label(r));
}

bool
session_may(struct request *rq, enum right right)
{
	if (rq->caller.rights & 1u << right)
		return true;
	refuse_right(rq, 1u << right);
	return false;
}

/* The caller is known. */
static bool
may_use(struct request *rq, const struct route *r)
{
	const struct caller *c = &rq->caller;
	uint32_t missing = r->needs & ~c->rights;

	if (r->who >= WHO_PERSON && !c->user) {
		refuse_not_logged_in(rq); /* the local socket is nobody in particular */
	} else if (c->has_session && !rq->is_get && !csrf_ok(rq)) {
		reply_error(rq, 403, "csrf", NULL,
		    "The header X-CSRF-Token is missing or does not belong to this session.");
	} else if (c->second_factor_needed && !(r->flags & ROUTE_UNCONFIRMED)) {
		reply_error(rq, 403, "second_factor_needed", NULL,
		    "Set up a second factor first: the settings want one of you.");
	} else if (r->who == WHO_SESSION && !c->has_session) {
		reply_error(rq, 403, "session_needed", NULL,
		    "This needs a log-in with password, an API token is not enough.");
	} else if (missing) {
		refuse_right(rq, missing);
	} else {
		return true;
	}
	return false;
}

bool
session_admit(struct request *rq)
{
	const struct route *r = rq->route;

	if (rq->caller.local)
		return may_use(rq, r);
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
	if (!find_caller(rq)) {
		refuse_not_logged_in(rq);
		return false;
	}
	return may_use(rq, r);
}

void
session_writer(const struct request *rq, char name[WRITER_BYTES], char address[ADDR_TEXT_MAX])
{
	const json_t *user = rq->caller.user;
	const char *first = json_string_value(json_object_get(user, "first_name"));
	const char *last = json_string_value(json_object_get(user, "last_name"));
	const char *login = json_string_value(json_object_get(user, "login"));
	struct buf b;

	address[0] = '\0';
	snprintf(name, WRITER_BYTES, "strowger");
	if (first && last && login)
		snprintf(name, WRITER_BYTES, "%.60s %.60s (%s)", first, last, login);
	if (!rq->by_socket) {
		buf_init(&b, address, ADDR_TEXT_MAX - 1);
		addr_write_host(&b, &rq->peer);
		address[b.n] = '\0';
	}
}

void
session_sign(const struct request *rq)
{
	char name[WRITER_BYTES], address[ADDR_TEXT_MAX];

	session_writer(rq, name, address);
	store_set_writer(name, address);
}

static void
reply_session(struct request *rq, int status, json_t *user, const struct store_credential *s)
{
	reply_json(rq, status,
	    json_pack("{s:O, s:s, s:I, s:b}", "user", user, "csrf", s->csrf, "session_id",
		(json_int_t)s->id, "second_factor_needed", s->second_factor_needed));
}

void
session_open(struct request *rq, json_t *user, int status)
{
	struct store_session s = {.created_at = (int64_t)loop_wall_ms()};
	struct store_credential made;
	unsigned char old[32];
	char token[TOKEN_HEX + 1];
	enum err e;

	s.expires_at = s.created_at + SESSION_IDLE_MS;
	s.user = json_integer_value(json_object_get(user, "id"));
	peer_text(rq, s.address);
	if (model_utf8_count(slice_cstr(rq->user_agent)) >= 0)
		memcpy(s.user_agent, rq->user_agent, sizeof s.user_agent);
	if (!random_hex(token) || !random_hex(s.csrf)) {
		reply_err(rq, ERR_IO, NULL);
		json_decref(user);
		return;
	}
	session_hash(token, s.token_hash);
	e = store_session_create(rq->api->store, &s);
	if (e == ERR_OK)
		e = store_credential_find(
		    rq->api->store, STORE_SESSION, s.token_hash, s.created_at, &made, NULL);
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
	reply_session(rq, status, user, &made);
	explicit_bzero(token, sizeof token);
	json_decref(user);
}

void
handle_session_get(struct request *rq)
{
	struct store_credential s = {
	    .id = rq->caller.session_id, .second_factor_needed = rq->caller.second_factor_needed};

	memcpy(s.csrf, rq->caller.csrf, sizeof s.csrf);
	reply_session(rq, 200, rq->caller.user, &s);
}

void
handle_session_delete(struct request *rq)
{
	enum err e = store_session_delete(rq->api->store, rq->caller.token_hash);

	hub_close_session(rq->api->hub, rq->caller.token_hash);
	if (e != ERR_OK) {
		reply_err(rq, e, NULL);
		return;
	}
	snprintf(rq->reply.cookie, sizeof rq->reply.cookie,
	    "strowger_session=; Path=/; HttpOnly; SameSite=Strict; Max-Age=0");
	reply_text(rq, 204, NULL, NULL, 0);
}
