/*
 * Forgotten passwords: a link by mail, and what it lets its owner do.
 *
 * What is answered to who asks is the same for everybody, and so is the time it takes: whether
 * there is such an account is looked up later, by another thread. A link's token has 256 bits, so
 * a plain hash of it is enough and nobody guesses one.
 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#include "api/api_int.h"
#include "api/secret_int.h"
#include "base/log.h"
#include "loop/loop.h"

enum {
	ACCOUNT_BYTES = 256,
	WAITING_MAX = 32, /* more at once are refused like any other busy time */
	TOKEN_RANDOM_BYTES = 32,
	TOKEN_TEXT_BYTES = 2 * TOKEN_RANDOM_BYTES + 1,
};

struct api_resets {
	pthread_mutex_t lock;
	char account[WAITING_MAX][ACCOUNT_BYTES];
	size_t count;
};

struct api_resets *
resets_new(void)
{
	struct api_resets *r = calloc(1, sizeof *r);

	if (r)
		pthread_mutex_init(&r->lock, NULL);
	return r;
}

void
resets_free(struct api_resets *r)
{
	if (r)
		pthread_mutex_destroy(&r->lock);
	free(r);
}

void
handle_reset_offered(struct request *rq)
{
	bool offered = false;
	enum err e = store_password_reset_offered(rq->api->store, &offered);

	if (e == ERR_OK)
		reply_json(rq, 200, json_pack("{s:b}", "offered", offered));
	else
		reply_err(rq, e, NULL);
}

/* --- asking ------------------------------------------------------------------------ */

/* What is asked counts, not what comes of it: nothing is ever forgiven here. */
static bool
may_ask(struct request *rq, struct slice account)
{
	uint32_t wait_s =
	    rq->by_socket ? 0
			  : limits_try(rq->api->reset_limits, &rq->peer, account, api_mono_ms());

	if (!wait_s)
		return true;
	rq->reply.retry_after_s = wait_s;
	reply_error(rq, 429, "too_many_attempts", NULL,
	    "Too many attempts. Please wait %u seconds.", wait_s);
	return false;
}

static bool
put(struct api_resets *r, struct slice account)
{
	bool room;

	pthread_mutex_lock(&r->lock);
	room = r->count < WAITING_MAX;
	if (room)
		slice_clip_cstr(account, r->account[r->count++], ACCOUNT_BYTES);
	pthread_mutex_unlock(&r->lock);
	return room;
}

static void
ask(struct request *rq, struct slice account)
{
	bool offered = false;
	enum err e = store_password_reset_offered(rq->api->store, &offered);

	if (e != ERR_OK) {
		reply_err(rq, e, NULL);
	} else if (!offered) {
		reply_error(rq, 409, "reset_not_offered", NULL,
		    "Passwords cannot be replaced by mail here. Please ask an administrator.");
	} else if (!may_ask(rq, account)) {
		return;
	} else if (!put(rq->api->resets, account)) {
		reply_err(rq, ERR_LIMIT, NULL);
	} else {
		ticker_wake(rq->api);
		reply_json(rq, 202, json_object());
	}
}

void
handle_reset_ask(struct request *rq)
{
	json_t *body = request_json(rq, false);

	if (!body)
		return;
	ask(rq, slice_cstr(json_string_value(json_object_get(body, "account"))));
	json_decref(body);
}

/* --- mailing ------------------------------------------------------------------------- */

static void
mail_link(struct api *api, int64_t user)
{
	unsigned char bytes[TOKEN_RANDOM_BYTES];
	char token[TOKEN_TEXT_BYTES];
	struct store_password_reset r = {
	    .user = user, .token = token, .created_at = (int64_t)loop_wall_ms()};
	struct buf b;
	enum err e = secret_random(bytes, sizeof bytes) ? ERR_OK : ERR_IO;

	if (e == ERR_OK) {
		buf_init(&b, token, sizeof token - 1);
		buf_hex(&b, bytes, sizeof bytes);
		token[b.n] = '\0';
		secret_sha256(token, b.n, r.token_hash);
		e = store_password_reset_create(api->store, &r);
	}
	explicit_bzero(bytes, sizeof bytes);
	explicit_bzero(token, sizeof token);
	if (e == ERR_OK)
		log_info(API, "user %lld is mailed a link for a new password", (long long)user);
	else
		log_warn(API, "user %lld is mailed no link for a new password: %s", (long long)user,
		    e == ERR_LIMIT ? "there are enough" : err_text(e));
}

void
resets_tell(struct api *api)
{
	struct api_resets *r = api->resets;
	char account[ACCOUNT_BYTES];
	int64_t users[STORE_RESET_USERS_MAX];
	size_t n;

	store_set_writer("", "");
	while (true) {
		pthread_mutex_lock(&r->lock);
		n = r->count;
		if (n)
			memcpy(account, r->account[--r->count], sizeof account);
		pthread_mutex_unlock(&r->lock);
		if (!n)
			return;
		if (store_password_reset_users(api->store, account, users, &n) != ERR_OK) {
			log_warn(API, "a forgotten password could not be looked up");
			continue;
		}
		for (size_t i = 0; i < n; i++)
			mail_link(api, users[i]);
	}
}

/* --- using the link --------------------------------------------------------------------- */

static void
set_password(struct request *rq, const char *token, const char *password)
{
	struct model_errors errors = {0};
	struct store_credential link;
	unsigned char hash[32];
	enum err e;

	secret_sha256(token, strlen(token), hash);
	/* who has the link is its user, for the log of changes too */
	e = store_credential_find(rq->api->store, STORE_PASSWORD_RESET, hash,
	    (int64_t)loop_wall_ms(), &link, &rq->caller.user);
	if (e == ERR_OK) {
		session_sign(rq);
		e = store_password_reset_use(
		    rq->api->store, hash, (int64_t)loop_wall_ms(), password, &errors);
	}
	if (e == ERR_OK) {
		limits_unlock(rq->api->limits, slice_cstr(row_text(rq->caller.user, "login")));
		reply_text(rq, 204, NULL, NULL, 0);
	} else if (e == ERR_NOT_FOUND) {
		reply_error(rq, 422, "reset_ended", NULL,
		    "This link has been used or is too old. Please ask for a new one.");
	} else {
		reply_err(rq, e, &errors);
	}
}

void
handle_reset_use(struct request *rq)
{
	json_t *body = request_json(rq, false);
	const char *token = json_string_value(json_object_get(body, "token"));
	const char *password = json_string_value(json_object_get(body, "password"));

	if (!body)
		return;
	set_password(rq, token, password);
	json_decref(body);
}
