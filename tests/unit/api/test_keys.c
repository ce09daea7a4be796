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
	    T(keys_of_others_are_not_there),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
