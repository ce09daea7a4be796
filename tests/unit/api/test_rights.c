/* USR-13: who gets through which route, compared with the table of routes. */
#include <stdio.h>
#include <string.h>

#include "api/api_int.h"
#include "fixture.h"

#define JSON "Content-Type: application/json\r\n"

/** Somebody who asks: the headers that say so. */
struct person {
	const char *name;
	char headers[400];
	bool known, session; /* has a user; has logged in with a password */
	bool local;
	uint32_t rights;
};

struct world {
	struct fx *fx;
	int64_t user;
	struct person *who;
	int routes;
};

static void
on_change(void *ctx, const struct store_change *c)
{
	struct fx *fx = ctx;

	if (fx->api)
		api_on_changed(fx->api, c->entity ? c->entity->name : NULL, c->id);
}

static int
setup(void **state)
{
	struct fx *fx;

	fx_setup(state);
	fx = *state;
	store_on_change(fx->store, on_change, fx);
	fx_first_admin(fx);
	return 0;
}

static void
log_in(struct fx *fx, const char *login, const char *password, struct person *p)
{
	char body[120];
	struct answer_text a;

	snprintf(body, sizeof body, "{\"login\":\"%s\",\"password\":\"%s\"}", login, password);
	a = fx_request(fx_connect(fx), "POST", "/api/session", JSON, body);
	assert_int_equal(a.status, 200);
	snprintf(p->headers, sizeof p->headers, JSON "Cookie: %.*s\r\nX-CSRF-Token: %s\r\n",
	    (int)strcspn(fx_header(&a, "Set-Cookie"), ";"), fx_header(&a, "Set-Cookie"),
	    json_string_value(json_object_get(a.json, "csrf")));
	p->known = p->session = true;
	answer_text_free(&a);
}

static struct answer_text
ask(struct fx *fx, const struct person *p, const char *method, const char *path, const char *body)
{
	return fx_request(
	    p->local ? fx_connect_unix(fx) : fx_connect(fx), method, path, p->headers, body);
}

static void
expect(struct fx *fx, const struct person *p, const char *method, const char *path,
    const char *body, int status, const char *code)
{
	struct answer_text a = ask(fx, p, method, path, body);
	const char *got =
	    json_string_value(json_object_get(json_object_get(a.json, "error"), "code"));

	if (a.status != status || (code && (!got || strcmp(got, code) != 0)))
		fail_msg("%s: %s %s %s: expected %d %s, got %d %s", p->name, method, path,
		    body ? body : "", status, code ? code : "", a.status, a.body);
	answer_text_free(&a);
}

static int64_t
make_user(struct fx *fx, const char *login, const char *rights)
{
	char body[300];
	json_t *row;
	int64_t id;

	snprintf(body, sizeof body,
	    "{\"login\":\"%s\",\"password\":\"secret-2\",\"first_name\":\"C\",\"last_name\":\"D\","
	    "\"rights\":%s}",
	    login, rights);
	row = fx_json(fx, "POST", "/api/users", body);
	id = json_integer_value(json_object_get(row, "id"));
	json_decref(row);
	return id;
}

static void
make_token(struct fx *fx, const struct person *owner, const char *rights, struct person *p)
{
	char body[200];
	struct answer_text a;

	snprintf(body, sizeof body, "{\"name\":\"test\",\"rights\":%s}", rights);
	a = ask(fx, owner, "POST", "/api/me/tokens", body);
	if (a.status != 201)
		fail_msg("token: %d %s", a.status, a.body);
	snprintf(p->headers, sizeof p->headers, JSON "Authorization: Bearer %s\r\n",
	    json_string_value(json_object_get(a.json, "token")));
	p->known = true;
	answer_text_free(&a);
}

/* What the table says about this person: NULL = gets through. */
static const char *
expected_code(const struct route *r, const struct person *p)
{
	if (r->who == WHO_ANYONE || r->who == WHO_NEAR) /* the tests come from this machine */
		return NULL;
	if (!p->known && !p->local)
		return "not_logged_in";
	if (r->who >= WHO_PERSON && !p->known)
		return "not_logged_in";
	if (r->who == WHO_SESSION && !p->session)
		return "session_needed";
	if (r->needs & ~p->rights)
		return r->needs & ~p->rights & RIGHT_BIT(ADMIN) ? "no_admin_right" : "no_right";
	return NULL;
}

static bool
is_refusal(const char *code)
{
	return code && (strcmp(code, "not_logged_in") == 0 || strcmp(code, "session_needed") == 0 ||
			   strcmp(code, "no_admin_right") == 0 || strcmp(code, "no_right") == 0);
}

/* {id} of somebody who does not exist: who gets through does no harm. */
static void
make_path(const char *pattern, char out[160])
{
	size_t n = 0;

	for (; *pattern && n < 150; pattern++) {
		if (*pattern != '{') {
			out[n++] = *pattern;
			continue;
		}
		memcpy(out + n, "999999", 6);
		n += 6;
		pattern = strchr(pattern, '}');
	}
	out[n] = '\0';
}

static void
try_route(void *ctx, const struct route *r, const char *pattern)
{
	struct world *w = ctx;
	const char *expected = expected_code(r, w->who), *got;
	char path[160];
	struct answer_text a;

	/* those that end what the walk needs, or never end */
	if (r->handle == handle_session_delete || r->handle == handle_end_other_sessions ||
	    (r->handle == handle_events && !expected))
		return;
	make_path(pattern, path);
	a = ask(w->fx, w->who, r->method, path, strcmp(r->method, "GET") == 0 ? NULL : "{}");
	got = json_string_value(json_object_get(json_object_get(a.json, "error"), "code"));
	if (expected && (!got || strcmp(got, expected) != 0))
		fail_msg("%s: %s %s: expected %s, got %d %s", w->who->name, r->method, path,
		    expected, a.status, a.body);
	if (!expected && is_refusal(got))
		fail_msg("%s: %s %s: refused: %s", w->who->name, r->method, path, a.body);
	w->routes++;
	answer_text_free(&a);
}

static void
walk(struct fx *fx, struct person *p)
{
	struct world w = {.fx = fx, .who = p};

	router_each(try_route, &w);
	assert_true(w.routes > 60);
}

static void
every_route_asks_for_what_the_table_says(void **state)
{
	struct fx *fx = *state;
	struct person nobody = {.name = "nobody", .headers = JSON},
		      bare = {.name = "user without rights"},
		      lister = {.name = "user with call list", .rights = RIGHT_BIT(CALLLIST)},
		      admin = {.name = "administrator"}, root = {.name = "root", .headers = JSON},
		      token = {.name = "token of the administrator"},
		      small = {.name = "token with call list", .rights = RIGHT_BIT(CALLLIST)},
		      forged = {.name = "forged token",
			  .headers = JSON "Authorization: Bearer stw_0123456789\r\n"};

	make_user(fx, "1001", "[]");
	make_user(fx, "1002", "[\"calllist\"]");
	log_in(fx, "1001", "secret-2", &bare);
	log_in(fx, "1002", "secret-2", &lister);
	log_in(fx, "1000", "secret-1", &admin);
	admin.rights = RIGHTS_ALL & ~RIGHT_BIT(FKEY_TALKING);
	make_token(fx, &admin, "[\"admin\"]", &token);
	token.rights = RIGHT_BIT(ADMIN);
	make_token(fx, &admin, "[\"calllist\"]", &small);
	root.local = true;
	root.rights = RIGHTS_ALL;
	walk(fx, &nobody);
	walk(fx, &bare);
	walk(fx, &lister);
	walk(fx, &admin);
	walk(fx, &token);
	walk(fx, &small);
	walk(fx, &forged);
	walk(fx, &root);
}

static void
a_right_that_is_withdrawn_is_refused_at_the_next_request(void **state)
{
	struct fx *fx = *state;
	struct person p = {.name = "user"}, token = {.name = "token"};
	int64_t id = make_user(fx, "1001", "[\"calllist\",\"setting\"]");
	char path[40];

	snprintf(path, sizeof path, "/api/users/%lld", (long long)id);
	log_in(fx, "1001", "secret-2", &p);
	make_token(fx, &p, "[\"calllist\"]", &token);
	expect(fx, &p, "GET", "/api/me/call-records", NULL, 200, NULL);
	expect(fx, &token, "GET", "/api/me/call-records", NULL, 200, NULL);
	expect(fx, &p, "PATCH", "/api/me", "{\"email\":\"c@example.org\"}", 200, NULL);
	expect(fx, &p, "PATCH", "/api/me", "{\"dnd\":true}", 403, "no_right");
	expect(fx, &p, "PATCH", "/api/me", "{\"admin\":true}", 422, "not_own");
	expect(fx, &p, "PATCH", "/api/me", "{\"rights\":[\"fax\"]}", 422, "not_own");
	expect(fx, &p, "PATCH", "/api/me", "{\"password\":\"secret-9\"}", 422, "not_own");
	fx_expect(fx, "PATCH", path, "{\"rights\":[\"redirect\"]}", 200, NULL, NULL);
	expect(fx, &p, "GET", "/api/me/call-records", NULL, 403, "no_right");
	expect(fx, &token, "GET", "/api/me/call-records", NULL, 403, "no_right");
	expect(fx, &p, "PATCH", "/api/me", "{\"email\":\"c@example.org\"}", 403, "no_right");
	expect(fx, &p, "PATCH", "/api/me", "{\"dnd\":true}", 200, NULL);
	fx_expect(fx, "PATCH", path, "{\"enabled\":false}", 200, NULL, NULL);
	expect(fx, &p, "GET", "/api/me", NULL, 401, "not_logged_in");
	expect(fx, &token, "GET", "/api/me", NULL, 401, "not_logged_in");
	fx_expect(fx, "PATCH", path, "{\"rights\":[\"fly\"]}", 422, "bad_choice", "rights");
}

static int64_t
make_number(struct fx *fx, const char *number, int64_t user)
{
	char body[120];
	json_t *row;
	int64_t id;

	snprintf(body, sizeof body, "{\"number\":\"%s\",\"kind\":\"external\",\"user\":%lld}",
	    number, (long long)user);
	row = fx_json(fx, "POST", "/api/numbers", body);
	id = json_integer_value(json_object_get(row, "id"));
	json_decref(row);
	return id;
}

static int64_t
total(struct fx *fx, const struct person *p, const char *path)
{
	struct answer_text a = ask(fx, p, "GET", path, NULL);
	int64_t n = json_integer_value(json_object_get(a.json, "total"));

	answer_text_free(&a);
	return n;
}

/* USR-5: everybody changes where their own numbers go, and nobody else's. */
static void
people_redirect_their_own_numbers_only(void **state)
{
	struct fx *fx = *state;
	struct person p = {.name = "user"};
	int64_t mine = make_number(fx, "0211555", make_user(fx, "1001", "[\"redirect\"]"));
	int64_t theirs = make_number(fx, "0211666", make_user(fx, "1002", "[]"));
	char to_mine[120], to_theirs[120], only_theirs[60], path[60];
	json_t *row;

	snprintf(to_mine, sizeof to_mine,
	    "{\"number\":%lld,\"trigger\":\"busy\",\"target\":\"0015112345\"}", (long long)mine);
	snprintf(to_theirs, sizeof to_theirs,
	    "{\"number\":%lld,\"trigger\":\"busy\",\"target\":\"0015112345\"}", (long long)theirs);
	snprintf(only_theirs, sizeof only_theirs, "{\"number\":%lld}", (long long)theirs);
	log_in(fx, "1001", "secret-2", &p);
	expect(fx, &p, "POST", "/api/me/redirections", to_theirs, 422, "not_own");
	expect(fx, &p, "POST", "/api/me/redirections", to_mine, 201, NULL);
	expect(fx, &p, "POST", "/api/me/redirections", to_mine, 409, "not_unique");
	row = fx_json(fx, "POST", "/api/redirections", to_theirs);
	snprintf(path, sizeof path, "/api/me/redirections/%lld",
	    (long long)json_integer_value(json_object_get(row, "id")));
	json_decref(row);
	expect(fx, &p, "PATCH", path, "{\"enabled\":false}", 404, NULL);
	expect(fx, &p, "DELETE", path, NULL, 404, NULL);
	assert_int_equal(total(fx, &p, "/api/me/redirections"), 1);
	assert_int_equal(total(fx, &p, "/api/me/numbers"), 1);
	row = fx_json(fx, "GET", "/api/redirections?digits=0211555", NULL);
	snprintf(path, sizeof path, "/api/me/redirections/%lld",
	    (long long)json_integer_value(
		json_object_get(json_array_get(json_object_get(row, "items"), 0), "id")));
	json_decref(row);
	expect(fx, &p, "PATCH", path, only_theirs, 422, "not_own");
	expect(fx, &p, "PATCH", path, "{\"target\":\"\"}", 422, "no_target");
	expect(fx, &p, "PATCH", path, "{\"target\":\"\",\"enabled\":false}", 200, NULL);
	expect(fx, &p, "PATCH", "/api/me", "{\"call_waiting\":false}", 200, NULL);
	expect(fx, &p, "DELETE", path, NULL, 204, NULL);
}

/* USR-9: who may use mobile phones sees his own; who may change them, changes these only. */
static void
people_have_their_own_mobile_phones_only(void **state)
{
	static const char body[] = "{\"number\":\"+491711234567\",\"delay_s\":5}";
	struct fx *fx = *state;
	struct person p = {.name = "user"}, other = {.name = "other"};
	char path[60], theirs[100];
	json_t *row;

	make_user(fx, "1001", "[\"ifmc_use\",\"ifmc_edit\"]");
	snprintf(theirs, sizeof theirs, "{\"user\":%lld,\"number\":\"+491719999999\"}",
	    (long long)make_user(fx, "1002", "[\"ifmc_use\"]"));
	log_in(fx, "1001", "secret-2", &p);
	log_in(fx, "1002", "secret-2", &other);
	expect(fx, &p, "POST", "/api/me/mobile-twins", theirs, 422, "not_own");
	expect(fx, &p, "POST", "/api/me/mobile-twins", body, 201, NULL);
	expect(fx, &p, "POST", "/api/me/mobile-twins", body, 409, "not_unique");
	expect(fx, &other, "POST", "/api/me/mobile-twins", body, 403, "no_right");
	row = fx_json(fx, "POST", "/api/mobile-twins", theirs);
	snprintf(path, sizeof path, "/api/me/mobile-twins/%lld",
	    (long long)json_integer_value(json_object_get(row, "id")));
	json_decref(row);
	expect(fx, &p, "GET", path, NULL, 404, NULL);
	expect(fx, &p, "PATCH", path, "{\"enabled\":false}", 404, NULL);
	expect(fx, &p, "DELETE", path, NULL, 404, NULL);
	expect(fx, &other, "GET", path, NULL, 200, NULL);
	expect(fx, &other, "PATCH", path, "{\"enabled\":false}", 403, "no_right");
	assert_int_equal(total(fx, &p, "/api/me/mobile-twins"), 1);
	row = fx_json(fx, "GET", "/api/mobile-twins?number=%2B491711234567", NULL);
	snprintf(path, sizeof path, "/api/me/mobile-twins/%lld",
	    (long long)json_integer_value(
		json_object_get(json_array_get(json_object_get(row, "items"), 0), "id")));
	json_decref(row);
	expect(fx, &p, "PATCH", path, "{\"times\":\"mon 18:00-08:00\"}", 422, "bad_times");
	expect(fx, &p, "PATCH", path, "{\"times\":\"mon, tue 08:00-18:00\"}", 422, "bad_times");
	expect(fx, &p, "PATCH", path, "{\"number\":\"01711234567\"}", 422, "not_international");
	expect(fx, &p, "PATCH", path, "{\"times\":\"mon,tue 08:00-24:00; sat 09:00-12:00\"}", 200,
	    NULL);
	expect(fx, &p, "DELETE", path, NULL, 204, NULL);
}

static struct cdr
record_of(const char *id, int64_t caller, int64_t called)
{
	struct cdr c = {.started_at = 1700000000000, .caller_user = caller, .called_user = called};

	snprintf(c.call_id, sizeof c.call_id, "%s", id);
	snprintf(c.caller_number, sizeof c.caller_number, "101");
	live_reason_add(c.explanation, &c.explanation_count, REASON_NUMBER_OF_USER,
	    REASON_ARGS(SLICE("102"), SLICE("somebody")));
	return c;
}

static void
people_see_their_own_calls_only_and_not_why(void **state)
{
	struct fx *fx = *state;
	struct person p = {.name = "user"};
	int64_t id = make_user(fx, "1001", "[\"calllist\"]");
	struct cdr records[] = {record_of("by me", id, 0), record_of("to me", 1, id),
	    record_of("of others", 1, 99), record_of("of nobody", 0, 0)};
	struct live_call mine = {.state = LIVE_CALL_RINGING}, other = mine;
	struct answer_text a;
	json_t *items;

	assert_int_equal(store_cdr_insert(fx->store, records, 4), ERR_OK);
	log_in(fx, "1001", "secret-2", &p);
	a = ask(fx, &p, "GET", "/api/me/call-records?sort=call_id&caller_user=1", NULL);
	assert_int_equal(json_array_size(json_object_get(a.json, "items")), 1);
	answer_text_free(&a);
	a = ask(fx, &p, "GET", "/api/me/call-records?sort=call_id", NULL);
	items = json_object_get(a.json, "items");
	assert_int_equal(json_integer_value(json_object_get(a.json, "total")), 2);
	assert_int_equal(json_array_size(items), 2);
	assert_int_equal(
	    json_array_size(json_object_get(json_array_get(items, 0), "explanation")), 0);
	answer_text_free(&a);

	snprintf(mine.call_id, sizeof mine.call_id, "mine");
	snprintf(other.call_id, sizeof other.call_id, "other");
	mine.called.user = id;
	live_reason_add(mine.reasons, &mine.reasons_count, REASON_NUMBER_OF_USER,
	    REASON_ARGS(SLICE("102"), SLICE("somebody")));
	api_on_live_call(fx->api, &mine);
	api_on_live_call(fx->api, &other);
	a = ask(fx, &p, "GET", "/api/me/calls", NULL);
	items = json_object_get(a.json, "items");
	assert_int_equal(json_array_size(items), 1);
	assert_non_null(strstr(a.body, "\"reasons\":[]"));
	answer_text_free(&a);
}

static int
open_stream(struct fx *fx, const struct person *p)
{
	char head[600];
	int fd = fx_connect(fx);

	snprintf(head, sizeof head, "GET /api/events HTTP/1.1\r\nHost: x\r\n%s\r\n", p->headers);
	fx_send(fd, head, strlen(head));
	free(fx_read(fd, "retry: 3000"));
	return fd;
}

static void
the_stream_of_a_user_has_what_concerns_them(void **state)
{
	struct fx *fx = *state;
	struct person p = {.name = "user"}, other = {.name = "other"};
	int64_t id = make_user(fx, "1001", "[\"calllist\"]"),
		id2 = make_user(fx, "1002", "[\"calllist\"]");
	struct live_call call = {.state = LIVE_CALL_RINGING};
	struct cdr record = record_of("mine", id, 0);
	char path[40], *text;
	int fd, fd2;

	log_in(fx, "1001", "secret-2", &p);
	log_in(fx, "1002", "secret-2", &other);
	fd = open_stream(fx, &p);
	fd2 = open_stream(fx, &other);
	snprintf(call.call_id, sizeof call.call_id, "foreign");
	call.called.user = id2;
	api_on_live_call(fx->api, &call);
	snprintf(call.call_id, sizeof call.call_id, "mine");
	call.called.user = id;
	live_reason_add(call.reasons, &call.reasons_count, REASON_NUMBER_OF_USER,
	    REASON_ARGS(SLICE("102"), SLICE("somebody")));
	call.state = LIVE_CALL_ENDED;
	api_on_live_call(fx->api, &call);
	text = fx_read(fd, "ended");
	assert_null(strstr(text, "foreign"));
	assert_null(strstr(text, "somebody"));
	free(text);
	assert_int_equal(store_cdr_insert(fx->store, &record, 1), ERR_OK);
	free(fx_read(fd, "\"call_record\",\"id\":0"));
	/* the administrator changes a third, then this one's rights */
	fx_expect(fx, "PATCH", "/api/users/1", "{\"email\":\"x@example.org\"}", 200, NULL, NULL);
	snprintf(path, sizeof path, "/api/users/%lld", (long long)id);
	fx_expect(fx, "PATCH", path, "{\"rights\":[]}", 200, NULL, NULL);
	text = fx_read(fd, "\"entity\":\"user\"");
	assert_null(strstr(text, "\"id\":1}"));
	free(text);
	/* becomes an administrator without a new stream, and stops being one */
	fx_expect(fx, "PATCH", path, "{\"admin\":true}", 200, NULL, NULL);
	fx_expect(fx, "PATCH", "/api/users/1", "{\"email\":\"y@example.org\"}", 200, NULL, NULL);
	free(fx_read(fd, "\"entity\":\"user\",\"id\":1}"));
	fx_expect(fx, "PATCH", path, "{\"admin\":false}", 200, NULL, NULL);
	fx_expect(fx, "PATCH", "/api/users/1", "{\"email\":\"z@example.org\"}", 200, NULL, NULL);
	/* who is disabled is gone at once */
	fx_expect(fx, "PATCH", path, "{\"enabled\":false}", 200, NULL, NULL);
	text = fx_read(fd, "0\r\n\r\n");
	assert_null(strstr(text, "\"id\":1}"));
	free(text);
	close(fd);
	/* and so is whose sessions are ended */
	snprintf(path, sizeof path, "/api/users/%lld/sessions", (long long)id2);
	fx_expect(fx, "DELETE", path, NULL, 204, NULL, NULL);
	text = fx_read(fd2, "0\r\n\r\n");
	assert_non_null(strstr(text, "foreign"));
	assert_null(strstr(text, "mine"));
	free(text);
	close(fd2);
}

int
main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, setup, fx_teardown)
	const struct CMUnitTest tests[] = {
	    T(every_route_asks_for_what_the_table_says),
	    T(a_right_that_is_withdrawn_is_refused_at_the_next_request),
	    T(people_redirect_their_own_numbers_only),
	    T(people_have_their_own_mobile_phones_only),
	    T(people_see_their_own_calls_only_and_not_why),
	    T(the_stream_of_a_user_has_what_concerns_them),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
