/*
 * The second factor of an account: set up by its user (a key for an app, confirmed with a code,
 * recovery codes shown once), asked for at log-in, taken off by the user with the password or by
 * an administrator. And what else administrators see of an account's safety.
 */
#include <stdio.h>

#include "api/api_int.h"
#include "api/secret_int.h"
#include "base/log.h"
#include "loop/loop.h"

enum { SECRET_RANDOM_BYTES = 20, RECOVERY_RANDOM_BYTES = 10, RECOVERY_CHARS = 16 };

/* "abcd-efgh ijkl" -> "ABCDEFGHIJKL": how people type it does not matter. */
static void
recovery_hash(const char *code, unsigned char hash[32])
{
	char text[RECOVERY_CHARS + 1];
	size_t n = 0;

	for (; *code && n < RECOVERY_CHARS; code++) {
		if (*code == '-' || *code == ' ')
			continue;
		text[n++] = (char)(*code >= 'a' && *code <= 'z' ? *code - 'a' + 'A' : *code);
	}
	secret_sha256(text, n, hash);
	explicit_bzero(text, sizeof text);
}

/* ERR_DENIED: wrong, or spent. */
static enum err
spend(struct api *api, int64_t user, const struct store_second_factor *f, const char *code)
{
	unsigned char hash[32];
	int64_t step;

	if (totp_check(f->secret, code, (int64_t)loop_wall_ms(), f->last_step, &step))
		return store_second_factor_spend(api->store, user, step);
	recovery_hash(code, hash);
	return store_second_factor_recover(api->store, user, hash);
}

bool
second_factor_ok(struct request *rq, int64_t user, const char *code)
{
	struct store_second_factor f = {0};
	enum err e = store_second_factor_get(rq->api->store, user, &f);

	if (e == ERR_NOT_FOUND || (e == ERR_OK && !f.confirmed))
		return true;
	if (e == ERR_OK && !code) {
		reply_error(
		    rq, 401, "code_needed", "code", "Please enter the code of your second factor.");
		return false;
	}
	if (e == ERR_OK)
		e = spend(rq->api, user, &f, code);
	explicit_bzero(&f, sizeof f);
	if (e == ERR_DENIED)
		reply_error(rq, 401, "bad_code", "code", "The code is wrong or has been used.");
	else if (e != ERR_OK)
		reply_err(rq, e, NULL);
	return e == ERR_OK;
}

/* {active, recovery_codes} of a user; NULL with a refusal in the reply. */
static json_t *
state(struct request *rq, int64_t user)
{
	struct store_second_factor f = {0};
	enum err e = store_second_factor_get(rq->api->store, user, &f);
	json_t *out;

	if (e != ERR_OK && e != ERR_NOT_FOUND) {
		reply_err(rq, e, NULL);
		return NULL;
	}
	out = json_pack("{s:b, s:i}", "second_factor", f.confirmed, "recovery_codes",
	    f.confirmed ? (int)f.recovery_left : 0);
	explicit_bzero(&f, sizeof f);
	return out;
}

void
handle_second_factor(struct request *rq)
{
	json_t *out = state(rq, rq->caller.user_id);

	if (out)
		reply_json(rq, 200, out);
}

void
handle_second_factor_begin(struct request *rq)
{
	char secret[STORE_TOTP_SECRET_BYTES], uri[200];
	const char *login = json_string_value(json_object_get(rq->caller.user, "login"));
	enum err e = base32_random(secret, SECRET_RANDOM_BYTES) ? ERR_OK : ERR_IO;

	if (e == ERR_OK)
		e = store_second_factor_begin(rq->api->store, rq->caller.user_id, secret);
	if (e == ERR_CONFLICT) {
		reply_error(rq, 409, "second_factor_active", NULL,
		    "There is a second factor. Take it off first.");
	} else if (e != ERR_OK) {
		reply_err(rq, e, NULL);
	} else {
		snprintf(uri, sizeof uri, "otpauth://totp/Strowger:%s?secret=%s&issuer=Strowger",
		    login, secret);
		reply_json(rq, 201, json_pack("{s:s, s:s}", "secret", secret, "uri", uri));
		explicit_bzero(uri, sizeof uri);
	}
	explicit_bzero(secret, sizeof secret);
}

/* Ten codes: as people read them into list, their hashes into hash. */
static bool
make_recovery(json_t *list, unsigned char hash[STORE_RECOVERY_CODES][32])
{
	char raw[RECOVERY_CHARS + 1], shown[RECOVERY_BYTES];

	for (int i = 0; i < STORE_RECOVERY_CODES; i++) {
		if (!base32_random(raw, RECOVERY_RANDOM_BYTES))
			return false;
		recovery_hash(raw, hash[i]);
		snprintf(
		    shown, sizeof shown, "%.4s-%.4s-%.4s-%.4s", raw, raw + 4, raw + 8, raw + 12);
		json_array_append_new(list, json_string(shown));
	}
	explicit_bzero(raw, sizeof raw);
	explicit_bzero(shown, sizeof shown);
	return true;
}

static void
confirm(struct request *rq, const char *code)
{
	unsigned char hash[STORE_RECOVERY_CODES][32];
	struct store_second_factor f;
	json_t *list = json_array();
	int64_t step = 0;
	enum err e = store_second_factor_get(rq->api->store, rq->caller.user_id, &f);

	if (e == ERR_OK && f.confirmed)
		e = ERR_CONFLICT;
	if (e == ERR_OK && !totp_check(f.secret, code, (int64_t)loop_wall_ms(), 0, &step))
		e = ERR_DENIED;
	if (e == ERR_OK && !make_recovery(list, hash))
		e = ERR_IO;
	if (e == ERR_OK)
		e = store_second_factor_confirm(rq->api->store, rq->caller.user_id, step, hash);
	explicit_bzero(&f, sizeof f);
	if (e == ERR_DENIED)
		reply_error(rq, 422, "bad_code", "code", "The code is wrong.");
	else if (e != ERR_OK)
		reply_err(rq, e, NULL);
	else
		reply_json(rq, 200, json_pack("{s:O}", "recovery_codes", list));
	json_decref(list);
}

void
handle_second_factor_confirm(struct request *rq)
{
	json_t *body = request_json(rq, false);
	const char *code = json_string_value(json_object_get(body, "code"));

	if (!body)
		return;
	if (code)
		confirm(rq, code);
	else
		reply_error(rq, 422, "required", "code", "Please enter the code.");
	json_decref(body);
}

/* A browser left open must not be enough. */
void
handle_second_factor_remove(struct request *rq)
{
	json_t *body = request_json(rq, false), *user = NULL;
	const char *password = json_string_value(json_object_get(body, "password"));
	const char *login = json_string_value(json_object_get(rq->caller.user, "login"));
	enum err e;

	if (!body)
		return;
	if (!password) {
		reply_error(rq, 422, "required", "password", "Please enter your password.");
	} else if (me_password_ok(rq, login, password, &user)) {
		e = store_second_factor_remove(rq->api->store, rq->caller.user_id);
		if (e == ERR_OK)
			reply_text(rq, 204, NULL, NULL, 0);
		else
			reply_err(rq, e, NULL);
	}
	json_decref(user);
	json_decref(body);
}

/* --- for administrators ---------------------------------------------------------- */

/* New reference; NULL with a refusal in the reply. */
static json_t *
named_user(struct request *rq)
{
	json_t *user = NULL;
	enum err e = store_get(rq->api->store, &model_user, rq->id, &user);

	if (e != ERR_OK)
		reply_err(rq, e, NULL);
	return user;
}

void
handle_user_security(struct request *rq)
{
	json_t *user = named_user(rq), *out = user ? state(rq, rq->id) : NULL;
	uint32_t failures, wait_s;

	if (out) {
		wait_s = limits_locked(rq->api->limits,
		    slice_cstr(json_string_value(json_object_get(user, "login"))), api_mono_ms(),
		    &failures);
		json_object_set_new(out, "failures", json_integer(failures));
		json_object_set_new(out, "locked_s", json_integer(wait_s));
		reply_json(rq, 200, out);
	}
	json_decref(user);
}

void
handle_user_unlock(struct request *rq)
{
	json_t *user = named_user(rq);

	if (!user)
		return;
	limits_unlock(
	    rq->api->limits, slice_cstr(json_string_value(json_object_get(user, "login"))));
	log_info(API, "user %lld may log in again at once", (long long)rq->id);
	json_decref(user);
	reply_text(rq, 204, NULL, NULL, 0);
}

static void
write_name(const json_t *user, char *out, size_t cap)
{
	const char *first = json_string_value(json_object_get(user, "first_name"));
	const char *last = json_string_value(json_object_get(user, "last_name"));

	snprintf(out, cap, "%s %s", first ? first : "", last ? last : "");
}

void
handle_user_second_factor_remove(struct request *rq)
{
	char whose[520], by[520] = "root";
	const char *args[NOTICE_ARGS_MAX] = {whose, by};
	json_t *user = named_user(rq);
	enum err e;

	if (!user)
		return;
	write_name(user, whose, sizeof whose);
	if (rq->caller.user)
		write_name(rq->caller.user, by, sizeof by);
	json_decref(user);
	e = store_second_factor_remove(rq->api->store, rq->id);
	if (e == ERR_OK)
		e = store_notice_add(
		    rq->api->store, NOTICE_SECOND_FACTOR_OFF, args, (int64_t)loop_wall_ms());
	if (e == ERR_OK)
		reply_text(rq, 204, NULL, NULL, 0);
	else
		reply_err(rq, e, NULL);
}

void
handle_user_end_sessions(struct request *rq)
{
	int64_t keep = rq->id == rq->caller.user_id ? rq->caller.session_id : 0;
	json_t *user = named_user(rq);
	enum err e;

	if (!user)
		return;
	json_decref(user);
	e = store_sessions_end(rq->api->store, rq->id, keep);
	if (e == ERR_OK)
		reply_text(rq, 204, NULL, NULL, 0);
	else
		reply_err(rq, e, NULL);
}
