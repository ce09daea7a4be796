/* Safety of accounts: second factor (RFC 6238), delays, sessions, tokens, passwords. */
#include <stdio.h>
#include <string.h>

#include "api/api_int.h"
#include "fixture.h"
#include "loop/loop.h"

#define JSON  "Content-Type: application/json\r\n"
#define LOGIN "{\"login\":\"1000\",\"password\":\"secret-1\""

static int
setup(void **state)
{
	fx_setup(state);
	fx_first_admin(*state);
	return 0;
}

static int
log_in(struct fx *fx, const char *body, const char *code)
{
	struct answer_text a = fx_request(fx_connect(fx), "POST", "/api/session", JSON, body);
	const char *got =
	    json_string_value(json_object_get(json_object_get(a.json, "error"), "code"));
	int status = a.status;

	if (code && (!got || strcmp(got, code) != 0))
		fail_msg("%s: expected %s, got %d %s", body, code, status, a.body);
	answer_text_free(&a);
	return status;
}

static int
log_in_with(struct fx *fx, const char *code, const char *expected)
{
	char body[160];

	snprintf(body, sizeof body, LOGIN ",\"code\":\"%s\"}", code);
	return log_in(fx, body, expected);
}

/* RFC 6238, appendix B, the last six digits. */
static void
codes_are_those_of_the_rfc(void **state)
{
	static const char secret[] = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";
	static const struct {
		int64_t at_s;
		const char *code;
	} cases[] = {{59, "287082"}, {1111111109, "081804"}, {1111111111, "050471"},
	    {1234567890, "005924"}, {2000000000, "279037"}, {20000000000, "353130"}};
	char code[7];
	int64_t step;

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		int64_t now_ms = cases[i].at_s * 1000;

		assert_true(totp_code(secret, cases[i].at_s / 30, code));
		assert_string_equal(code, cases[i].code);
		/* a step early or late, but no further, and not again */
		assert_true(totp_check(secret, code, now_ms, 0, &step));
		assert_int_equal(step, cases[i].at_s / 30);
		assert_true(totp_check(secret, code, now_ms + 30000, 0, &step));
		assert_false(totp_check(secret, code, now_ms + 60000, 0, &step));
		assert_false(totp_check(secret, code, now_ms, step, &step));
	}
	assert_false(totp_check(secret, "28708", 59000, 0, &step));
	assert_false(totp_code("not base32!", 1, code));
}

static json_t *
turn_on(struct fx *fx, char secret[STORE_TOTP_SECRET_BYTES])
{
	json_t *begun = fx_json(fx, "POST", "/api/me/second-factor", "{}"), *done;
	char code[7], body[40];

	slice_clip_cstr(slice_cstr(json_string_value(json_object_get(begun, "secret"))), secret,
	    STORE_TOTP_SECRET_BYTES);
	assert_non_null(strstr(json_string_value(json_object_get(begun, "uri")), secret));
	json_decref(begun);
	fx_expect(fx, "POST", "/api/me/second-factor/confirm", "{\"code\":\"000\"}", 422,
	    "bad_code", "code");
	assert_true(totp_code(secret, (int64_t)loop_wall_ms() / 30000 - 1, code));
	snprintf(body, sizeof body, "{\"code\":\"%s\"}", code);
	done = fx_json(fx, "POST", "/api/me/second-factor/confirm", body);
	assert_int_equal(json_array_size(json_object_get(done, "recovery_codes")), 10);
	return done;
}

static void
a_log_in_needs_the_second_factor_and_each_code_works_once(void **state)
{
	struct fx *fx = *state;
	char secret[STORE_TOTP_SECRET_BYTES], code[7], other[RECOVERY_BYTES];
	json_t *codes, *security;
	struct answer_text a;

	/* begun is not yet in use */
	json_decref(fx_json(fx, "POST", "/api/me/second-factor", "{}"));
	assert_int_equal(log_in(fx, LOGIN "}", NULL), 200);
	codes = turn_on(fx, secret);
	fx_expect(fx, "POST", "/api/me/second-factor", "{}", 409, "second_factor_active", NULL);
	assert_int_equal(log_in(fx, LOGIN "}", "code_needed"), 401);
	assert_int_equal(log_in_with(fx, "000000", "bad_code"), 401);
	assert_true(totp_code(secret, (int64_t)loop_wall_ms() / 30000, code));
	assert_int_equal(log_in_with(fx, code, NULL), 200);
	assert_int_equal(log_in_with(fx, code, "bad_code"), 401);
	/* a recovery code, however it is typed, once */
	snprintf(other, sizeof other, "%s",
	    json_string_value(json_array_get(json_object_get(codes, "recovery_codes"), 4)));
	for (char *p = other; *p; p++)
		*p = *p >= 'A' && *p <= 'Z' ? (char)(*p | 0x20) : *p == '-' ? ' ' : *p;
	assert_int_equal(log_in_with(fx, other, NULL), 200);
	assert_int_equal(log_in_with(fx, other, "bad_code"), 401);
	json_decref(codes);
	security = fx_json(fx, "GET", "/api/users/1/security", NULL);
	assert_true(json_is_true(json_object_get(security, "second_factor")));
	assert_int_equal(json_integer_value(json_object_get(security, "recovery_codes")), 9);
	json_decref(security);
	/* a wrong password says nothing about the second factor */
	assert_int_equal(
	    log_in(fx, "{\"login\":\"1000\",\"password\":\"wrong-1\"}", "bad_credentials"), 401);
	fx_expect(fx, "DELETE", "/api/me/second-factor", "{\"password\":\"wrong-1\"}", 422,
	    "wrong_password", NULL);
	a = fx_local(fx, "DELETE", "/api/users/1/second-factor", NULL);
	assert_int_equal(a.status, 204);
	answer_text_free(&a);
	assert_int_equal(log_in(fx, LOGIN "}", NULL), 200);
	a = fx_call(fx, "GET", "/api/notices", NULL);
	assert_non_null(strstr(a.body, "second_factor_off"));
	answer_text_free(&a);
}

/* Who has the password cannot guess codes for ever by logging in without one in between. */
static void
codes_are_not_guessed_for_ever(void **state)
{
	struct fx *fx = *state;
	char secret[STORE_TOTP_SECRET_BYTES];
	int status = 401, tries = 0;

	json_decref(turn_on(fx, secret));
	while (status == 401 && tries++ < 20) {
		assert_int_not_equal(log_in(fx, LOGIN "}", NULL), 200);
		status = log_in_with(fx, "000000", NULL);
	}
	assert_int_equal(status, 429);
	assert_int_equal(tries, 6);
}

static bool
notice_is_there(void *ctx)
{
	struct answer_text a = fx_call(ctx, "GET", "/api/notices", NULL);
	bool there = strstr(a.body, "account_locked") != NULL;

	if (there)
		assert_null(strstr(a.body, "4711"));
	answer_text_free(&a);
	return there;
}

static void
a_locked_account_can_be_unlocked_and_unknown_ones_answer_alike(void **state)
{
	struct fx *fx = *state;
	static const char *const logins[] = {"4711", "1000"};
	char body[80];
	json_t *security;

	for (int k = 0; k < 2; k++) {
		snprintf(
		    body, sizeof body, "{\"login\":\"%s\",\"password\":\"wrong-1\"}", logins[k]);
		for (int i = 0; i < 5; i++)
			assert_int_equal(log_in(fx, body, "bad_credentials"), 401);
		assert_int_equal(log_in(fx, body, "too_many_attempts"), 429);
	}
	assert_int_equal(log_in(fx, LOGIN "}", "too_many_attempts"), 429);
	assert_true(
	    fx_until(notice_is_there, fx)); /* of the account that exists, not of the other */
	security = fx_json(fx, "GET", "/api/users/1/security", NULL);
	assert_int_equal(json_integer_value(json_object_get(security, "failures")), 5);
	assert_in_range(json_integer_value(json_object_get(security, "locked_s")), 1, 30);
	json_decref(security);
	fx_expect(fx, "POST", "/api/users/1/unlock", NULL, 204, NULL, NULL);
	assert_int_equal(log_in(fx, LOGIN "}", NULL), 200);
}

static void
sessions_are_listed_and_ended_by_their_owner(void **state)
{
	struct fx *fx = *state;
	struct answer_text a;
	json_t *list, *one;
	char path[60], headers[300];
	long long id;

	a = fx_request(
	    fx_connect(fx), "POST", "/api/session", JSON "User-Agent: Browser 1.0\r\n", LOGIN "}");
	assert_int_equal(a.status, 200);
	snprintf(headers, sizeof headers, JSON "Cookie: %.*s\r\n",
	    (int)strcspn(fx_header(&a, "Set-Cookie"), ";"), fx_header(&a, "Set-Cookie"));
	answer_text_free(&a);
	list = fx_json(fx, "GET", "/api/me/sessions?sort=created_at&order=desc", NULL);
	assert_int_equal(json_integer_value(json_object_get(list, "total")), 2);
	one = json_array_get(json_object_get(list, "items"), 0);
	assert_string_equal(json_string_value(json_object_get(one, "user_agent")), "Browser 1.0");
	assert_string_equal(json_string_value(json_object_get(one, "address")), "127.0.0.1");
	assert_true(json_is_string(json_object_get(one, "last_at")));
	assert_null(json_object_get(one, "token_hash"));
	assert_null(json_object_get(one, "csrf"));
	id = json_integer_value(json_object_get(one, "id"));
	json_decref(list);
	snprintf(path, sizeof path, "/api/me/sessions/%lld", id);
	fx_expect(fx, "DELETE", path, NULL, 204, NULL, NULL);
	fx_expect(fx, "DELETE", path, NULL, 404, "not_found", NULL);
	a = fx_request(fx_connect(fx), "GET", "/api/me", headers, NULL);
	assert_int_equal(a.status, 401);
	answer_text_free(&a);
	fx_expect(fx, "GET", "/api/me", NULL, 200, NULL, NULL);
	assert_int_equal(log_in(fx, LOGIN "}", NULL), 200);
	fx_expect(fx, "DELETE", "/api/me/sessions", NULL, 204, NULL, NULL);
	list = fx_json(fx, "GET", "/api/me/sessions", NULL);
	assert_int_equal(json_integer_value(json_object_get(list, "total")), 1);
	json_decref(list);
}

static void
what_belongs_to_others_cannot_be_ended(void **state)
{
	struct fx *fx = *state;
	struct answer_text a;
	char headers[400];

	fx_expect(fx, "POST", "/api/users",
	    "{\"login\":\"1001\",\"password\":\"secret-2\",\"first_name\":\"C\",\"last_name\":"
	    "\"D\"}",
	    201, NULL, NULL);
	a = fx_request(fx_connect(fx), "POST", "/api/session", JSON,
	    "{\"login\":\"1001\",\"password\":\"secret-2\"}");
	snprintf(headers, sizeof headers, JSON "Cookie: %.*s\r\nX-CSRF-Token: %s\r\n",
	    (int)strcspn(fx_header(&a, "Set-Cookie"), ";"), fx_header(&a, "Set-Cookie"),
	    json_string_value(json_object_get(a.json, "csrf")));
	answer_text_free(&a);
	a = fx_request(fx_connect(fx), "DELETE", "/api/me/sessions/1", headers, NULL);
	assert_int_equal(a.status, 404);
	answer_text_free(&a);
	/* nor can rights be given that one does not have */
	a = fx_request(fx_connect(fx), "POST", "/api/me/tokens", headers,
	    "{\"name\":\"x\",\"rights\":[\"admin\"]}");
	assert_int_equal(a.status, 422);
	answer_text_free(&a);
	fx_expect(fx, "GET", "/api/me", NULL, 200, NULL, NULL);
}

static void
a_new_password_ends_the_other_sessions(void **state)
{
	struct fx *fx = *state;
	struct answer_text a;
	char other[300];

	a = fx_request(fx_connect(fx), "POST", "/api/session", JSON, LOGIN "}");
	snprintf(other, sizeof other, "Cookie: %.*s\r\n",
	    (int)strcspn(fx_header(&a, "Set-Cookie"), ";"), fx_header(&a, "Set-Cookie"));
	answer_text_free(&a);
	fx_expect(fx, "POST", "/api/me/password",
	    "{\"old_password\":\"wrong-1\",\"password\":\"secret-3\"}", 422, "wrong_password",
	    "old_password");
	fx_expect(fx, "POST", "/api/me/password",
	    "{\"old_password\":\"secret-1\",\"password\":\"abc\"}", 422, "too_short", "password");
	a = fx_call(fx, "POST", "/api/me/password",
	    "{\"old_password\":\"secret-1\",\"password\":\"secret-3\"}");
	assert_int_equal(a.status, 200);
	snprintf(fx->cookie, sizeof fx->cookie, "%.*s",
	    (int)strcspn(fx_header(&a, "Set-Cookie"), ";"), fx_header(&a, "Set-Cookie"));
	answer_text_free(&a);
	fx_expect(fx, "GET", "/api/me", NULL, 200, NULL, NULL);
	a = fx_request(fx_connect(fx), "GET", "/api/me", other, NULL);
	assert_int_equal(a.status, 401);
	answer_text_free(&a);
	assert_int_equal(log_in(fx, LOGIN "}", "bad_credentials"), 401);
}

static void
a_token_is_shown_once_and_ends_when_revoked(void **state)
{
	struct fx *fx = *state;
	struct answer_text a;
	json_t *made, *list;
	char headers[200], path[60];

	fx_expect(
	    fx, "POST", "/api/me/tokens", "{\"name\":\"\",\"rights\":[]}", 422, "required", "name");
	fx_expect(fx, "POST", "/api/me/tokens",
	    "{\"name\":\"x\",\"rights\":[],\"expires_at\":\"2001-01-01T00:00:00Z\"}", 422,
	    "bad_time", "expires_at");
	made = fx_json(fx, "POST", "/api/me/tokens",
	    "{\"name\":\"backup\",\"rights\":[\"admin\"],\"expires_at\":\"2999-01-01T00:00:00Z\"}");
	snprintf(headers, sizeof headers, JSON "Authorization: Bearer %s\r\n",
	    json_string_value(json_object_get(made, "token")));
	snprintf(path, sizeof path, "/api/me/tokens/%lld",
	    (long long)json_integer_value(json_object_get(made, "id")));
	json_decref(made);
	/* no CSRF token, also to change something */
	a = fx_request(fx_connect(fx), "POST", "/api/ranges", headers,
	    "{\"first\":\"2000\",\"last\":\"2999\"}");
	assert_int_equal(a.status, 201);
	answer_text_free(&a);
	list = fx_json(fx, "GET", "/api/me/tokens", NULL);
	made = json_array_get(json_object_get(list, "items"), 0);
	assert_null(json_object_get(made, "token"));
	assert_string_equal(json_string_value(json_object_get(made, "address")), "127.0.0.1");
	assert_true(json_is_string(json_object_get(made, "last_at")));
	json_decref(list);
	fx_expect(fx, "DELETE", path, NULL, 204, NULL, NULL);
	a = fx_request(fx_connect(fx), "GET", "/api/users", headers, NULL);
	assert_int_equal(a.status, 401);
	answer_text_free(&a);
}

/* USE: the settings want a second factor of administrators. */
static void
who_needs_a_second_factor_can_do_nothing_else_before(void **state)
{
	struct fx *fx = *state;
	char secret[STORE_TOTP_SECRET_BYTES], headers[200];
	struct answer_text a;
	json_t *session, *made = fx_json(fx, "POST", "/api/me/tokens",
			     "{\"name\":\"backup\",\"rights\":[\"admin\"]}");

	snprintf(headers, sizeof headers, JSON "Authorization: Bearer %s\r\n",
	    json_string_value(json_object_get(made, "token")));
	json_decref(made);
	fx_expect(fx, "PATCH", "/api/settings", "{\"second_factor\":\"administrators\"}", 200, NULL,
	    NULL);
	fx_expect(fx, "GET", "/api/users", NULL, 403, "second_factor_needed", NULL);
	fx_expect(fx, "GET", "/api/me", NULL, 403, "second_factor_needed", NULL);
	fx_expect(fx, "GET", "/api/events", NULL, 403, "second_factor_needed", NULL);
	fx_expect(fx, "PATCH", "/api/settings", "{\"second_factor\":\"optional\"}", 403,
	    "second_factor_needed", NULL);
	fx_expect(fx, "POST", "/api/me/tokens", "{\"name\":\"x\",\"rights\":[]}", 403,
	    "second_factor_needed", NULL);
	session = fx_json(fx, "GET", "/api/session", NULL);
	assert_true(json_is_true(json_object_get(session, "second_factor_needed")));
	json_decref(session);
	/* a log-in is no way around it; a program with a token is not asked */
	assert_int_equal(log_in(fx, LOGIN "}", NULL), 200);
	a = fx_request(fx_connect(fx), "GET", "/api/users", headers, NULL);
	assert_int_equal(a.status, 200);
	answer_text_free(&a);
	json_decref(turn_on(fx, secret));
	fx_expect(fx, "GET", "/api/users", NULL, 200, NULL, NULL);
	session = fx_json(fx, "GET", "/api/session", NULL);
	assert_true(json_is_false(json_object_get(session, "second_factor_needed")));
	json_decref(session);
	/* the machine's own administrator takes it off: he sets up a new one, and is not locked out
	 */
	a = fx_local(fx, "DELETE", "/api/users/1/second-factor", NULL);
	assert_int_equal(a.status, 204);
	answer_text_free(&a);
	assert_int_equal(log_in(fx, LOGIN "}", NULL), 200);
	fx_expect(fx, "GET", "/api/users", NULL, 403, "second_factor_needed", NULL);
	json_decref(turn_on(fx, secret));
	fx_expect(fx, "GET", "/api/users", NULL, 200, NULL, NULL);
}

static struct answer_text
ask_reset(struct fx *fx, const char *account)
{
	char body[80];

	snprintf(body, sizeof body, "{\"account\":\"%s\"}", account);
	return fx_request(fx_connect(fx), "POST", "/api/password-reset", JSON, body);
}

static void
who_asks_for_a_new_password_learns_nothing_and_not_too_often(void **state)
{
	struct fx *fx = *state;
	static const char *const accounts[] = {"1000", "4711", "nobody@firm.test"};
	struct answer_text a = ask_reset(fx, "1000");

	assert_int_equal(a.status, 409);
	answer_text_free(&a);
	fx_expect(fx, "PATCH", "/api/mail-server",
	    "{\"delivery\":\"direct\",\"sender\":\"a@firm.test\",\"web_address\":\"https://"
	    "pbx.test\"}",
	    200, NULL, NULL);
	for (size_t i = 0; i < 3; i++)
		for (int k = 0; k < 6; k++) {
			a = ask_reset(fx, accounts[i]);
			assert_int_equal(a.status, k < 5 ? 202 : 429);
			if (k < 5)
				assert_string_equal(a.body, "{}");
			else
				assert_true(atoi(fx_header(&a, "Retry-After")) > 0);
			answer_text_free(&a);
		}
	for (int k = 0; k < 5; k++) { /* and twenty from one address */
		char account[16];

		snprintf(account, sizeof account, "5%03d", k);
		a = ask_reset(fx, account);
		assert_int_equal(a.status, 202);
		answer_text_free(&a);
	}
	a = ask_reset(fx, "6000");
	assert_int_equal(a.status, 429);
	answer_text_free(&a);
	assert_int_equal(log_in(fx, LOGIN "}", NULL), 200); /* which locks nobody out */
	fx_expect(fx, "POST", "/api/password-reset/use",
	    "{\"token\":\"00\",\"password\":\"secret-9\"}", 422, "reset_ended", NULL);
	fx_expect(fx, "POST", "/api/password-reset/use", "{\"token\":\"00\"}", 422, "required",
	    "password");
}

int
main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, setup, fx_teardown)
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(codes_are_those_of_the_rfc),
	    T(a_log_in_needs_the_second_factor_and_each_code_works_once),
	    T(codes_are_not_guessed_for_ever),
	    T(who_needs_a_second_factor_can_do_nothing_else_before),
	    T(who_asks_for_a_new_password_learns_nothing_and_not_too_often),
	    T(a_locked_account_can_be_unlocked_and_unknown_ones_answer_alike),
	    T(sessions_are_listed_and_ended_by_their_owner),
	    T(what_belongs_to_others_cannot_be_ended),
	    T(a_new_password_ends_the_other_sessions),
	    T(a_token_is_shown_once_and_ends_when_revoked),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
