/* Set-up (INI-5), log-in, cookie, CSRF, rate limit, rights. */
#include <stdio.h>
#include <string.h>

#include "api/api_int.h"
#include "fixture.h"
#include "loop/loop.h"

#define JSON "Content-Type: application/json\r\n"
#define ADMIN                                                                                      \
	"{\"login\":\"1000\",\"password\":\"secret-1\",\"first_name\":\"A\",\"last_name\":\"B\""

static int
post(struct fx *fx, const char *path, const char *headers, const char *body, const char *code)
{
	struct answer_text a = fx_request(fx_connect(fx), "POST", path, headers, body);
	const char *got =
	    json_string_value(json_object_get(json_object_get(a.json, "error"), "code"));
	int status = a.status;

	if (code && (!got || strcmp(got, code) != 0))
		fail_msg("%s %s: %d %s", path, body, status, a.body);
	answer_text_free(&a);
	return status;
}

/* Before set-up only health, set-up itself and the page answer. */
static void
test_ini_5_setup_needed(void **state)
{
	struct fx *fx = *state;
	json_t *health = fx_json(fx, "GET", "/api/health", NULL);

	assert_true(json_is_true(json_object_get(health, "setup_needed")));
	json_decref(health);
	fx_expect(fx, "GET", "/api/users", NULL, 403, "setup_needed", NULL);
	fx_expect(fx, "GET", "/api/session", NULL, 403, "setup_needed", NULL);
	fx_expect(fx, "POST", "/api/session", "{}", 403, "setup_needed", NULL);
	fx_expect(fx, "GET", "/api/events", NULL, 403, "setup_needed", NULL);
	fx_expect(fx, "GET", "/api/openapi.json", NULL, 403, "setup_needed", NULL);
}

/* INI-5: a log-in of at least four digits, a password of at least six allowed characters. */
static void
test_ini_5_setup_refuses(void **state)
{
	struct fx *fx = *state;
	static const struct {
		const char *body, *field;
		int status;
	} cases[] = {
	    {"{}", "login", 422},
	    {"{\"login\":\"1000\",\"password\":\"\",\"first_name\":\"A\",\"last_name\":\"B\"}",
		"password", 422},
	    {"{\"login\":\"100\",\"password\":\"secret-1\",\"first_name\":\"A\",\"last_name\":"
	     "\"B\"}",
		"login", 422},
	    {"{\"login\":\"abcd\",\"password\":\"secret-1\",\"first_name\":\"A\",\"last_name\":"
	     "\"B\"}",
		"login", 422},
	    {"{\"login\":\"1000\",\"password\":\"short\",\"first_name\":\"A\",\"last_name\":\"B\"}",
		"password", 422},
	    {"{\"login\":\"1000\",\"password\":\"with "
	     "blank\",\"first_name\":\"A\",\"last_name\":\"B\"}",
		"password", 422},
	    {ADMIN ",\"number\":\"77777\"}", "number", 422},
	    {ADMIN ",\"number\":7}", "number", 422},
	    {ADMIN ",\"settings\":[]}", NULL, 422},
	    {ADMIN ",\"groups\":[]}", NULL, 422},
	    {ADMIN ",\"settings\":{\"country_code\":\"x\"}}", "country_code", 422},
	    {ADMIN ",\"ranges\":[{\"first\":\"20\",\"last\":\"10\"}]}", "ranges", 422},
	    {ADMIN ",\"ranges\":[{\"first\":\"20\",\"last\":\"29\"}],\"number\":\"100\"}", "number",
		422},
	    {ADMIN ",\"phones\":[{\"name\":\"no good\"}]}", "phones", 422},
	    {ADMIN ",\"admin\":false}", NULL, 422},
	    {"[]", NULL, 400},
	    {"{\"login\":", NULL, 400},
	};

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
		fx_expect(
		    fx, "POST", "/api/setup", cases[i].body, cases[i].status, NULL, cases[i].field);
	/* Nothing of it was kept. */
	fx_first_admin(fx);
	json_t *users = fx_json(fx, "GET", "/api/users", NULL);

	assert_int_equal(json_integer_value(json_object_get(users, "total")), 1);
	json_decref(users);
}

static void
test_ini_5_setup(void **state)
{
	struct fx *fx = *state;
	json_t *session, *user;

	fx_first_admin(fx);
	session = fx_json(fx, "GET", "/api/session", NULL);
	user = json_object_get(session, "user");
	assert_string_equal(json_string_value(json_object_get(user, "login")), "1000");
	assert_true(json_is_true(json_object_get(user, "admin")));
	assert_string_equal(
	    json_string_value(json_array_get(json_object_get(user, "numbers"), 0)), "100");
	assert_null(json_object_get(user, "password"));
	assert_null(json_object_get(user, "password_hash"));
	json_decref(session);
	fx_expect(fx, "POST", "/api/setup", ADMIN "}", 403, "setup_done", NULL);
	session = fx_json(fx, "GET", "/api/health", NULL);
	assert_true(json_is_false(json_object_get(session, "setup_needed")));
	json_decref(session);
}

/* INI-1, INI-3, INI-4: all three steps at once, and the range that was there before is gone. */
static void
test_ini_4_setup_with_phones_and_ranges(void **state)
{
	static const char *const expected[][2] = {
	    {"/api/ranges", "\"first\":\"20\""},
	    {"/api/ranges", "\"total\":1"},
	    {"/api/phones", "\"total\":2"},
	    {"/api/settings", "\"country_code\":\"43\""},
	    {"/api/users", "\"numbers\":[\"21\"]"},
	};
	struct fx *fx = *state;

	fx_expect(fx, "POST", "/api/setup",
	    ADMIN ",\"number\":\"21\",\"settings\":{\"company\":\"Muster\",\"country_code\":\"43\","
		  "\"area_code\":\"1\",\"outside_prefix\":\"9\"},"
		  "\"ranges\":[{\"first\":\"20\",\"last\":\"49\"}],"
		  "\"phones\":[{\"name\":\"desk-21\"},{\"name\":\"desk-22\"}]}",
	    201, NULL, NULL);
	for (size_t i = 0; i < sizeof expected / sizeof expected[0]; i++) {
		struct answer_text a = fx_local(fx, "GET", expected[i][0], NULL);

		if (!strstr(a.body, expected[i][1]))
			fail_msg("%s: %s", expected[i][0], a.body);
		answer_text_free(&a);
	}
}

static void
test_ini_4_setup_with_a_line_and_emergency_numbers(void **state)
{
	static const char *const expected[][2] = {
	    {"/api/lines", "\"name\":\"out\""},
	    {"/api/lines", "\"username\":\"49301\""},
	    {"/api/emergency-numbers?search=112", "\"lines\":[1]"},
	    {"/api/emergency-numbers?search=144", "\"name\":\"144\""},
	    {"/api/emergency-numbers?search=110", "\"lines\":[]"},
	};
	struct fx *fx = *state;
	struct answer_text a = fx_request(fx_connect(fx), "GET", "/api/setup", NULL, NULL);

	assert_int_equal(a.status, 200);
	assert_non_null(strstr(a.body, "\"name\":\"generic\""));
	answer_text_free(&a);
	/* a line that cannot be made leaves nothing behind */
	fx_expect(fx, "POST", "/api/setup",
	    ADMIN ",\"lines\":[{\"name\":\"out\",\"provider\":\"generic\"}]}", 422, NULL, "lines");
	fx_expect(fx, "POST", "/api/setup",
	    ADMIN ",\"lines\":[{\"name\":\"out\",\"provider\":\"generic\",\"host\":"
		  "\"sip.example.net\",\"username\":\"49301\",\"password\":\"secret-2\"}],"
		  "\"emergency-numbers\":[{\"number\":\"112\",\"lines\":[\"out\"]},"
		  "{\"number\":\"144\",\"name\":\"144\",\"lines\":[\"out\"]}]}",
	    201, NULL, NULL);
	for (size_t i = 0; i < sizeof expected / sizeof expected[0]; i++) {
		a = fx_local(fx, "GET", expected[i][0], NULL);
		if (!strstr(a.body, expected[i][1]))
			fail_msg("%s: %s", expected[i][0], a.body);
		answer_text_free(&a);
	}
	fx_expect(fx, "GET", "/api/setup", NULL, 403, "setup_done", NULL);
}

static void
test_log_in_and_out(void **state)
{
	struct fx *fx = *state;
	struct answer_text a;

	fx_first_admin(fx);
	a = fx_request(fx_connect(fx), "POST", "/api/session", JSON,
	    "{\"login\":\"1000\",\"password\":\"secret-1\"}");
	assert_int_equal(a.status, 200);
	assert_non_null(strstr(fx_header(&a, "Set-Cookie"), "; Path=/; HttpOnly; SameSite=Strict"));
	assert_int_equal(strlen(json_string_value(json_object_get(a.json, "csrf"))), 64);
	/* a new token each time, and the database does not have it */
	assert_null(strstr(fx_header(&a, "Set-Cookie"), fx->cookie));
	answer_text_free(&a);

	fx_expect(fx, "GET", "/api/users", NULL, 200, NULL, NULL);
	fx_expect(fx, "DELETE", "/api/session", NULL, 204, NULL, NULL);
	fx_expect(fx, "GET", "/api/users", NULL, 401, "not_logged_in", NULL);
	fx_expect(fx, "GET", "/api/session", NULL, 401, "not_logged_in", NULL);
}

/* Session fixation: a cookie that somebody planted does not become a session. */
static void
test_planted_cookie(void **state)
{
	struct fx *fx = *state;
	char planted[128];
	struct answer_text a;

	fx_first_admin(fx);
	snprintf(planted, sizeof planted, "%s", fx->cookie);
	memset(planted + strlen("strowger_session="), 'a', 64);
	snprintf(fx->cookie, sizeof fx->cookie, "%s", planted);
	a = fx_call(fx, "POST", "/api/session", "{\"login\":\"1000\",\"password\":\"secret-1\"}");
	assert_int_equal(a.status, 200);
	assert_null(strstr(fx_header(&a, "Set-Cookie"), planted));
	answer_text_free(&a);
	fx_expect(fx, "GET", "/api/users", NULL, 401, "not_logged_in", NULL);
	/* nor does nonsense */
	snprintf(fx->cookie, sizeof fx->cookie, "strowger_session=' or 1=1 --");
	fx_expect(fx, "GET", "/api/users", NULL, 401, "not_logged_in", NULL);
}

/* A log-in ends the session the browser had. */
static void
test_log_in_replaces(void **state)
{
	struct fx *fx = *state;

	fx_first_admin(fx);
	fx_expect(fx, "POST", "/api/session", "{\"login\":\"1000\",\"password\":\"secret-1\"}", 200,
	    NULL, NULL);
	fx_expect(fx, "GET", "/api/users", NULL, 401, "not_logged_in", NULL);
}

static void
test_log_in_refused(void **state)
{
	struct fx *fx = *state;

	fx_first_admin(fx);
	assert_int_equal(post(fx, "/api/session", JSON,
			     "{\"login\":\"1000\",\"password\":\"wrong-1\"}", "bad_credentials"),
	    401);
	assert_int_equal(post(fx, "/api/session", JSON,
			     "{\"login\":\"4711\",\"password\":\"wrong-1\"}", "bad_credentials"),
	    401);
	assert_int_equal(post(fx, "/api/session", JSON, "{\"login\":\"1000\"}", "required"), 422);
	assert_int_equal(
	    post(fx, "/api/session", JSON, "{\"login\":1000,\"password\":[]}", "wrong_type"), 422);
	assert_int_equal(post(fx, "/api/session", "Content-Type: text/plain\r\n",
			     "{\"login\":\"1000\",\"password\":\"secret-1\"}", "not_json"),
	    415);
	assert_int_equal(post(fx, "/api/session", JSON "Sec-Fetch-Site: cross-site\r\n",
			     "{\"login\":\"1000\",\"password\":\"secret-1\"}", "cross_site"),
	    403);
}

static void
test_csrf(void **state)
{
	struct fx *fx = *state;
	char headers[300];

	fx_first_admin(fx);
	snprintf(headers, sizeof headers, JSON "Cookie: %s\r\n", fx->cookie);
	assert_int_equal(
	    post(fx, "/api/ranges", headers, "{\"first\":\"2000\",\"last\":\"2999\"}", "csrf"),
	    403);
	fx->csrf[0] ^= 1;
	fx_expect(
	    fx, "POST", "/api/ranges", "{\"first\":\"2000\",\"last\":\"2999\"}", 403, "csrf", NULL);
	fx_expect(fx, "DELETE", "/api/session", NULL, 403, "csrf", NULL);
	fx->csrf[0] ^= 1;
	fx_expect(
	    fx, "POST", "/api/ranges", "{\"first\":\"2000\",\"last\":\"2999\"}", 201, NULL, NULL);
}

static void
test_rate_limit(void **state)
{
	struct fx *fx = *state;
	struct answer_text a;
	int status = 401, tries = 0;

	fx_first_admin(fx);
	while (status == 401 && tries++ < 30)
		status = post(fx, "/api/session", JSON,
		    "{\"login\":\"1000\",\"password\":\"wrong-1\"}", NULL);
	assert_int_equal(status, 429);
	assert_int_equal(tries, 6);
	/* the right password does not help now, and the answer says when to come back */
	a = fx_request(fx_connect(fx), "POST", "/api/session", JSON,
	    "{\"login\":\"1000\",\"password\":\"secret-1\"}");
	assert_int_equal(a.status, 429);
	assert_in_range(strtol(fx_header(&a, "Retry-After"), NULL, 10), 1, 30);
	answer_text_free(&a);
	/* who is logged in goes on working, and so does the local socket */
	fx_expect(fx, "GET", "/api/users", NULL, 200, NULL, NULL);
	a = fx_local(fx, "GET", "/api/users", NULL);
	assert_int_equal(a.status, 200);
	answer_text_free(&a);
}

static struct addr
ip(const char *text)
{
	struct addr a;

	assert_int_equal(addr_parse_ip(slice_cstr(text), 0, &a), ERR_OK);
	return a;
}

static void
test_limits(void **state)
{
	struct api_limits *l = limits_new();
	struct addr a = ip("192.0.2.1"), b = ip("192.0.2.2"), six = ip("2001:db8::1"),
		    same_net = ip("2001:db8::2");
	uint64_t t = 5000;
	char login[16];

	/* 5 in a row for a login from anywhere, then twice as long after each */
	for (int i = 0; i < 5; i++)
		assert_int_equal(limits_try(l, i % 2 ? &a : &b, SLICE("1000"), t), 0);
	for (uint32_t wait_s = 30; wait_s <= 900;
	     wait_s = wait_s < 480 ? 2 * wait_s : 900 + (wait_s == 900)) {
		assert_int_equal(limits_try(l, &a, SLICE("1000"), t), wait_s);
		assert_int_equal(limits_try(l, &a, SLICE("1000"), t + 1000 * wait_s - 1), 1);
		t += 1000 * wait_s;
		assert_int_equal(limits_try(l, &a, SLICE("1000"), t), 0);
	}
	/* unlocked, or good, or after an hour: forgotten */
	limits_forgive(l, &a, SLICE("1000"), t);
	for (int i = 0; i < 5; i++)
		assert_int_equal(limits_try(l, &b, SLICE("1000"), t), 0);
	assert_int_equal(limits_locked(l, SLICE("1000"), t, NULL), 30);
	assert_int_equal(limits_locked(l, SLICE("1000"), t + 3600 * 1000, NULL), 0);
	/* 20 for an IPv6 network, with whatever login; good ones do not count */
	for (int i = 0; i < 20; i++) {
		snprintf(login, sizeof login, "2%03d", i);
		assert_int_equal(limits_try(l, &six, SLICE("9999"), t), 0);
		limits_forgive(l, &six, SLICE("9999"), t);
		assert_int_equal(limits_try(l, i % 2 ? &six : &same_net, slice_cstr(login), t), 0);
	}
	assert_int_not_equal(limits_try(l, &same_net, SLICE("3000"), t), 0);
	limits_free(l);
}

static void
test_no_admin_right(void **state)
{
	struct fx *fx = *state;
	struct answer_text a;

	fx_first_admin(fx);
	fx_expect(fx, "POST", "/api/users",
	    "{\"login\":\"1001\",\"password\":\"secret-2\",\"first_name\":\"C\",\"last_name\":"
	    "\"D\"}",
	    201, NULL, NULL);
	a = fx_request(fx_connect(fx), "POST", "/api/session", JSON,
	    "{\"login\":\"1001\",\"password\":\"secret-2\"}");
	assert_int_equal(a.status, 200);
	snprintf(fx->cookie, sizeof fx->cookie, "%.*s",
	    (int)strcspn(fx_header(&a, "Set-Cookie"), ";"), fx_header(&a, "Set-Cookie"));
	snprintf(
	    fx->csrf, sizeof fx->csrf, "%s", json_string_value(json_object_get(a.json, "csrf")));
	answer_text_free(&a);
	fx_expect(fx, "GET", "/api/session", NULL, 200, NULL, NULL);
	fx_expect(fx, "GET", "/api/users", NULL, 403, "no_admin_right", NULL);
	fx_expect(fx, "GET", "/api/export", NULL, 403, "no_admin_right", NULL);
	fx_expect(fx, "POST", "/api/import", "{}", 403, "no_admin_right", NULL);
	fx_expect(fx, "DELETE", "/api/session", NULL, 204, NULL, NULL);
}

/* An idle session ends; one in use is moved on. */
static void
test_expiry(void **state)
{
	struct fx *fx = *state;
	const char *token = fx->cookie + strlen("strowger_session=");
	struct store_credential s;
	unsigned char hash[32];

	fx_first_admin(fx);
	session_hash(token, hash);
	assert_int_equal(
	    store_session_extend(fx->store, hash, 1, (int64_t)loop_wall_ms() + 60000, NULL),
	    ERR_OK);
	fx_expect(fx, "GET", "/api/users", NULL, 200, NULL, NULL);
	assert_int_equal(store_credential_find(
			     fx->store, STORE_SESSION, hash, (int64_t)loop_wall_ms(), &s, NULL),
	    ERR_OK);
	assert_true(s.expires_at > (int64_t)loop_wall_ms() + SESSION_IDLE_MS - 60000);
	assert_int_equal(
	    store_session_extend(fx->store, hash, 1, (int64_t)loop_wall_ms() - 1, NULL), ERR_OK);
	fx_expect(fx, "GET", "/api/users", NULL, 401, "not_logged_in", NULL);
}

int
main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, fx_setup, fx_teardown)
	const struct CMUnitTest tests[] = {
	    T(test_ini_5_setup_needed),
	    T(test_ini_5_setup_refuses),
	    T(test_ini_5_setup),
	    T(test_ini_4_setup_with_phones_and_ranges),
	    T(test_ini_4_setup_with_a_line_and_emergency_numbers),
	    T(test_log_in_and_out),
	    T(test_planted_cookie),
	    T(test_log_in_replaces),
	    T(test_log_in_refused),
	    T(test_csrf),
	    T(test_rate_limit),
	    cmocka_unit_test(test_limits),
	    T(test_no_admin_right),
	    T(test_expiry),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
