/* USR-10, USR-11: one's own function keys: what they show, as it changes, and what a press does. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "fixture.h"

struct desk {
	int64_t me, zoe, sales, member;
};

static int64_t
made(struct fx *fx, const char *path, const char *body)
{
	json_t *row = fx_json(fx, "POST", path, body);
	int64_t id = json_integer_value(json_object_get(row, "id"));

	json_decref(row);
	return id;
}

static struct desk
desk_of(struct fx *fx)
{
	struct desk d;
	json_t *user = fx_json(fx, "GET", "/api/me", NULL);
	char text[120];

	d.me = json_integer_value(json_object_get(user, "id"));
	json_decref(user);
	d.zoe = made(fx, "/api/users",
	    "{\"login\":\"2001\",\"first_name\":\"Zoe\",\"last_name\":\"Quick\"}");
	snprintf(text, sizeof text, "{\"number\":\"201\",\"user\":%lld}", (long long)d.zoe);
	made(fx, "/api/numbers", text);
	d.sales = made(fx, "/api/groups", "{\"name\":\"Sales\"}");
	snprintf(text, sizeof text, "{\"group\":%lld,\"user\":%lld}", (long long)d.sales,
	    (long long)d.me);
	d.member = made(fx, "/api/group-members", text);
	return d;
}

static int64_t
key(struct fx *fx, const char *before, int64_t id, const char *behind)
{
	char text[200];

	snprintf(text, sizeof text, "{%s%.0lld%s}", before, (long long)id, behind);
	return made(fx, "/api/me/keys", text);
}

static int
setup(void **state)
{
	fx_setup(state);
	fx_first_admin(*state);
	return 0;
}

/* "free Zoe Quick|on Sales|…": all keys as they stand. */
static const char *
shown(struct fx *fx)
{
	static char text[400];
	json_t *list = fx_json(fx, "GET", "/api/me/keys", NULL), *row;
	size_t i;

	text[0] = '\0';
	json_array_foreach(json_object_get(list, "items"), i, row)
	    snprintf(text + strlen(text), sizeof text - strlen(text), "%s%s%s%s%s", i ? "|" : "",
		json_string_value(json_object_get(row, "state")),
		json_is_true(json_object_get(row, "dnd")) ? " dnd" : "",
		json_is_string(json_object_get(row, "remote_number")) ? " " : "",
		json_is_string(json_object_get(row, "remote_number"))
		    ? json_string_value(json_object_get(row, "remote_number"))
		    : "");
	json_decref(list);
	return text;
}

static void
telephony(struct fx *fx, int64_t user, enum live_telephony_state state)
{
	struct live_telephony t = {.user = user, .state = state};

	if (state != LIVE_TELEPHONY_FREE) {
		snprintf(t.call_id, sizeof t.call_id, "call-7");
		snprintf(t.number, sizeof t.number, "0211999");
	}
	api_on_telephony(fx->api, &t);
}

static int
stream(struct fx *fx)
{
	char text[300];
	int fd = fx_connect(fx);

	snprintf(text, sizeof text, "GET /api/events HTTP/1.1\r\nHost: x\r\nCookie: %s\r\n\r\n",
	    fx->cookie);
	fx_send(fd, text, strlen(text));
	free(fx_read(fd, "retry: 3000\n\n"));
	return fd;
}

static void
a_key_shows_who_is_rung_and_tells_when_that_changes(void **state)
{
	struct fx *fx = *state;
	struct desk d = desk_of(fx);
	int fd;
	char *text;

	key(fx, "\"type\":\"blf\",\"target_user\":", d.zoe, "");
	key(fx, "\"type\":\"speed_dial\",\"number\":\"0211\"", 0, "");
	fd = stream(fx);
	assert_string_equal(shown(fx), "free|none");
	telephony(fx, d.zoe, LIVE_TELEPHONY_RINGING);
	text = fx_read(fd, "\"remote_number\":\"0211999\"");
	assert_non_null(strstr(text, "event: key\n"));
	assert_non_null(strstr(text, "\"state\":\"ringing\""));
	free(text);
	assert_string_equal(shown(fx), "ringing 0211999|none");
	telephony(fx, d.me, LIVE_TELEPHONY_BUSY); /* no key is about that */
	telephony(fx, d.zoe, LIVE_TELEPHONY_BUSY);
	text = fx_read(fd, "\"state\":\"busy\"");
	free(text);
	assert_string_equal(shown(fx), "busy|none"); /* whom she speaks with takes a right */
	telephony(fx, d.zoe, LIVE_TELEPHONY_FREE);
	text = fx_read(fd, "\"state\":\"free\"");
	free(text);
	close(fd);
}

static void
patch_id(struct fx *fx, const char *collection, int64_t id, const char *body)
{
	char path[80];

	snprintf(path, sizeof path, "/api/%s/%lld", collection, (long long)id);
	json_decref(fx_json(fx, "PATCH", path, body));
}

static void
dnd_and_log_on_reach_those_who_look_whoever_changes_them(void **state)
{
	struct fx *fx = *state;
	struct desk d = desk_of(fx);
	int fd;

	key(fx, "\"type\":\"blf\",\"target_user\":", d.zoe, "");
	key(fx, "\"type\":\"dnd\"", 0, "");
	key(fx, "\"type\":\"group\",\"groups\":[", d.sales, "]");
	fd = stream(fx);
	assert_string_equal(shown(fx), "free|off|on");
	patch_id(fx, "users", d.zoe, "{\"dnd\":true}");
	api_on_changed(fx->api, "user", d.zoe); /* as the daemon does on the store's feed */
	free(fx_read(fd, "\"dnd\":true"));
	patch_id(fx, "users", d.me, "{\"dnd\":true}");
	api_on_changed(fx->api, "user", d.me);
	free(fx_read(fd, "\"state\":\"on\""));
	patch_id(fx, "group-members", d.member, "{\"logged_on\":false}");
	api_on_changed(fx->api, "group_member", d.member);
	free(fx_read(fd, "\"state\":\"off\""));
	assert_string_equal(shown(fx), "free dnd|on|off");
	close(fd);
}

static json_t *
press(struct fx *fx, int64_t id)
{
	char path[80];

	snprintf(path, sizeof path, "/api/me/keys/%lld/press", (long long)id);
	return fx_json(fx, "POST", path, NULL);
}

static void
expect_press(struct fx *fx, int64_t id, const char *action)
{
	json_t *answer = press(fx, id);

	assert_string_equal(json_string_value(json_object_get(answer, "action")), action);
	json_decref(answer);
}

static void
a_press_calls_or_takes_over_what_rings(void **state)
{
	struct fx *fx = *state;
	struct desk d = desk_of(fx);
	int64_t blf = key(fx, "\"type\":\"blf\",\"target_user\":", d.zoe, "");
	int64_t dial = key(fx, "\"type\":\"speed_dial\",\"number\":\"0211\"", 0, "");
	int64_t label = key(fx, "\"type\":\"label\"", 0, "");
	char path[80];

	expect_press(fx, blf, "called");
	assert_int_equal(fx->command.kind, CALL_COMMAND_DIAL);
	assert_string_equal(fx->command.number, "201");
	telephony(fx, d.zoe, LIVE_TELEPHONY_RINGING);
	expect_press(fx, blf, "picked_up");
	assert_int_equal(fx->command.kind, CALL_COMMAND_PICK_UP);
	assert_string_equal(fx->command.call_id, "call-7");
	assert_int_equal(fx->command.other_user, d.zoe);
	assert_int_equal(fx->command.user, d.me);
	telephony(fx, d.zoe, LIVE_TELEPHONY_BUSY);
	expect_press(fx, blf, "called");
	assert_int_equal(fx->command.kind, CALL_COMMAND_DIAL);
	expect_press(fx, dial, "called");
	assert_string_equal(fx->command.number, "0211");
	snprintf(path, sizeof path, "/api/me/keys/%lld/press", (long long)label);
	fx_expect(fx, "POST", path, NULL, 409, "no_action", NULL);
	fx_expect(fx, "POST", path, "{\"phone\":\"x\"}", 422, "wrong_type", "phone");
}

static void
a_press_switches_dnd_and_logs_on_and_off(void **state)
{
	struct fx *fx = *state;
	struct desk d = desk_of(fx);
	int64_t dnd = key(fx, "\"type\":\"dnd\"", 0, "");
	int64_t group = key(fx, "\"type\":\"group\",\"groups\":[", d.sales, "]");
	int64_t other = made(fx, "/api/groups", "{\"name\":\"Other\"}");
	int64_t foreign = key(fx, "\"type\":\"group\",\"groups\":[", other, "]");
	char path[80];

	expect_press(fx, dnd, "on");
	expect_press(fx, group, "off");
	assert_string_equal(shown(fx), "on|off|off");
	expect_press(fx, dnd, "off");
	expect_press(fx, group, "on");
	assert_string_equal(shown(fx), "off|on|off");
	snprintf(path, sizeof path, "/api/me/keys/%lld/press", (long long)foreign);
	fx_expect(fx, "POST", path, NULL, 409, "not_a_member", NULL);
}

/* The number's row in /api/redirections. */
static void
redirect(struct fx *fx, int64_t number, const char *trigger, const char *more)
{
	char text[160];

	snprintf(text, sizeof text, "{\"number\":%lld,\"trigger\":\"%s\",\"enabled\":false%s}",
	    (long long)number, trigger, more);
	made(fx, "/api/redirections", text);
}

static int64_t
number_of(struct fx *fx, const char *digits, const char *holder, int64_t id)
{
	char text[120];

	snprintf(
	    text, sizeof text, "{\"number\":\"%s\",\"%s\":%lld}", digits, holder, (long long)id);
	return made(fx, "/api/numbers", text);
}

static void
a_press_switches_redirections_that_have_a_target(void **state)
{
	struct fx *fx = *state;
	struct desk d = desk_of(fx);
	int64_t mine = number_of(fx, "301", "user", d.me);
	int64_t ours = number_of(fx, "302", "group", d.sales);
	int64_t hers = number_of(fx, "303", "user", d.zoe);
	int64_t one = key(fx, "\"type\":\"redirect\",\"redirected\":[", ours, "]");
	int64_t all = key(fx, "\"type\":\"redirect_all\",\"trigger\":\"busy\"", 0, "");
	int64_t foreign = key(fx, "\"type\":\"redirect\",\"redirected\":[", hers, "]");
	char path[80];

	snprintf(path, sizeof path, "/api/me/keys/%lld/press", (long long)one);
	fx_expect(fx, "POST", path, NULL, 409, "no_redirection", NULL);
	redirect(fx, ours, "always", ",\"target\":\"201\"");
	redirect(fx, mine, "busy", ",\"target\":\"201\"");
	redirect(fx, hers, "always", ",\"target\":\"301\"");
	assert_string_equal(shown(fx), "off|off|off");
	expect_press(fx, one, "on"); /* a number of a group of his */
	assert_string_equal(shown(fx), "on|off|off");
	snprintf(path, sizeof path, "/api/me/keys/%lld/press", (long long)all);
	fx_expect(fx, "POST", path, NULL, 409, "no_redirection", NULL); /* the first one's number */
	snprintf(path, sizeof path, "/api/me/keys/%lld/press", (long long)foreign);
	fx_expect(fx, "POST", path, NULL, 409, "no_own_number", NULL);
	expect_press(fx, one, "off");
	assert_string_equal(shown(fx), "off|off|off");
}

static void
a_redirection_that_others_switch_reaches_who_looks(void **state)
{
	struct fx *fx = *state;
	struct desk d = desk_of(fx);
	int64_t mine = number_of(fx, "301", "user", d.me), row;
	char text[160];
	int fd;

	snprintf(text, sizeof text,
	    "{\"number\":%lld,\"trigger\":\"always\",\"enabled\":false,\"target\":\"201\"}",
	    (long long)mine);
	row = made(fx, "/api/redirections", text);
	key(fx, "\"type\":\"redirect_all\"", 0, "");
	assert_string_equal(shown(fx), "off");
	fd = stream(fx);
	snprintf(text, sizeof text, "/api/redirections/%lld", (long long)row);
	json_decref(fx_json(fx, "PATCH", text, "{\"enabled\":true}"));
	api_on_changed(fx->api, "redirection", row); /* as the daemon does on the store's feed */
	free(fx_read(fd, "\"state\":\"on\""));
	close(fd);
}

static void
orbit(struct fx *fx, uint8_t n, bool taken)
{
	struct live_orbit o = {.orbit = n, .taken = taken, .since = 1000};

	snprintf(o.call_id, sizeof o.call_id, "call-7");
	snprintf(o.number, sizeof o.number, "0211999");
	snprintf(o.by_name, sizeof o.by_name, "Zoe Quick");
	api_on_orbit(fx->api, &o);
}

static void
a_press_fetches_who_waits_and_else_parks(void **state)
{
	struct fx *fx = *state;
	struct desk d = desk_of(fx);
	int64_t k = key(fx, "\"type\":\"orbit\",\"orbit\":\"07\"", 0, "");
	json_t *list, *at;
	int fd;

	assert_string_equal(shown(fx), "off");
	fd = stream(fx);
	expect_press(fx, k, "parked");
	assert_int_equal(fx->command.kind, CALL_COMMAND_PARK);
	assert_string_equal(fx->command.call_id, "");
	assert_string_equal(fx->command.number, "07");
	orbit(fx, 7, true);
	free(fx_read(fd, "{\"entity\":\"orbit\",\"id\":7}"));
	free(fx_read(fd, "\"state\":\"on\""));
	close(fd);
	list = fx_json(fx, "GET", "/api/me/orbits", NULL);
	at = json_array_get(json_object_get(list, "items"), 0);
	assert_string_equal(json_string_value(json_object_get(at, "orbit")), "07");
	assert_string_equal(json_string_value(json_object_get(at, "number")), "0211999");
	assert_string_equal(json_string_value(json_object_get(at, "by_name")), "Zoe Quick");
	json_decref(list);
	expect_press(fx, k, "fetched");
	assert_int_equal(fx->command.kind, CALL_COMMAND_FETCH);
	assert_int_equal(fx->command.user, d.me);
	fx_expect(fx, "POST", "/api/me/calls/call-1/park", "{\"orbit\":\"x\"}", 422, NULL, "orbit");
	json_decref(fx_json(fx, "POST", "/api/me/calls/call-1/park", "{}"));
	assert_string_equal(fx->command.number, "00"); /* the first that is free */
	assert_string_equal(fx->command.call_id, "call-1");
	json_decref(fx_json(fx, "POST", "/api/me/orbits/fetch", "{\"orbit\":\"07\"}"));
	assert_string_equal(fx->command.number, "07");
}

static void
keys_of_others_are_not_there(void **state)
{
	struct fx *fx = *state;
	struct desk d = desk_of(fx);
	char text[120], path[80];
	int64_t id;

	snprintf(text, sizeof text, "{\"user\":%lld,\"type\":\"dnd\"}", (long long)d.zoe);
	id = made(fx, "/api/function-keys", text);
	assert_string_equal(shown(fx), "");
	snprintf(path, sizeof path, "/api/me/keys/%lld", (long long)id);
	fx_expect(fx, "PATCH", path, "{\"label\":\"x\"}", 404, NULL, NULL);
	fx_expect(fx, "DELETE", path, NULL, 404, NULL, NULL);
	snprintf(path, sizeof path, "/api/me/keys/%lld/press", (long long)id);
	fx_expect(fx, "POST", path, NULL, 404, NULL, NULL);
	fx_expect(fx, "POST", "/api/me/keys", text, 422, "not_own", "user");
	/* one's own stays one's own */
	id = key(fx, "\"type\":\"dnd\"", 0, "");
	snprintf(path, sizeof path, "/api/me/keys/%lld", (long long)id);
	fx_expect(fx, "PATCH", path, text, 422, "not_own", "user");
	fx_expect(fx, "POST", "/api/me/keys", "{\"type\":\"dnd\"}", 409, "key_once", "type");
	fx_expect(fx, "DELETE", path, NULL, 204, NULL, NULL);
}

int
main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, setup, fx_teardown)
	const struct CMUnitTest tests[] = {
	    T(a_key_shows_who_is_rung_and_tells_when_that_changes),
	    T(dnd_and_log_on_reach_those_who_look_whoever_changes_them),
	    T(a_press_calls_or_takes_over_what_rings),
	    T(a_press_switches_dnd_and_logs_on_and_off),
	    T(a_press_switches_redirections_that_have_a_target),
	    T(a_redirection_that_others_switch_reaches_who_looks),
	    T(a_press_fetches_who_waits_and_else_parks),
	    T(keys_of_others_are_not_there),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
