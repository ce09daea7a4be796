/* Live state, event streams. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "api/api_int.h"
#include "fixture.h"

static int
admin_setup(void **state)
{
	fx_setup(state);
	fx_first_admin(*state);
	return 0;
}

static struct live_call
a_call(const char *id, enum live_call_state state)
{
	struct live_call c = {.started_at = 1700000000000, .state = state};

	snprintf(c.call_id, sizeof c.call_id, "%s", id);
	snprintf(c.caller.number, sizeof c.caller.number, "101");
	snprintf(c.caller.name, sizeof c.caller.name, "J\xc3\xb6rg");
	snprintf(c.caller.phone, sizeof c.caller.phone, "desk");
	c.caller.user = 7;
	snprintf(c.called.number, sizeof c.called.number, "102");
	snprintf(c.ringing[0], sizeof c.ringing[0], "sofa");
	snprintf(c.ringing[1], sizeof c.ringing[1], "hall");
	c.ringing_count = 2;
	c.heard_by_caller = (struct live_heard){LIVE_VOICE_GOOD, 421, 12, 3, 41, true};
	c.heard_by_called = (struct live_heard){LIVE_VOICE_POOR, 287, 1234, 41, 0, false};
	live_reason_add(c.reasons, &c.reasons_count, REASON_NUMBER_OF_USER,
	    REASON_ARGS(SLICE("102"), SLICE("somebody")));
	if (state >= LIVE_CALL_ANSWERED)
		c.answered_at = 1700000005000;
	return c;
}

static size_t
count(struct fx *fx, const char *path)
{
	json_t *body = fx_json(fx, "GET", path, NULL);
	size_t n = json_array_size(json_object_get(body, "items"));

	json_decref(body);
	return n;
}

/* What GET shows is what came in, though it is kept packed. */
static void
test_calls(void **state)
{
	struct fx *fx = *state;
	struct live_call c = a_call("call/1 %", LIVE_CALL_RINGING),
			 d = a_call("two", LIVE_CALL_HELD);
	json_t *expected = live_call_json(&c), *body;

	api_on_live_call(fx->api, &c);
	api_on_live_call(fx->api, &d);
	c.state = LIVE_CALL_SETUP;
	api_on_live_call(fx->api, &c);
	c.state = LIVE_CALL_RINGING;
	api_on_live_call(fx->api, &c);
	body = fx_json(fx, "GET", "/api/calls", NULL);
	assert_int_equal(json_array_size(json_object_get(body, "items")), 2);
	assert_true(json_equal(json_array_get(json_object_get(body, "items"), 0), expected));
	json_decref(body);
	json_decref(expected);
	/* an id with a slash and a percent sign */
	fx_expect(fx, "POST", "/api/calls/call%2F1%20%25/hangup", NULL, 202, NULL, NULL);
	assert_string_equal(fx->hung_up, "call/1 %");
	c.state = LIVE_CALL_ENDED;
	api_on_live_call(fx->api, &c);
	assert_int_equal(count(fx, "/api/calls"), 1);
	fx_expect(fx, "POST", "/api/calls/call%2F1%20%25/hangup", NULL, 404, "not_found", NULL);
}

static struct live_registration
a_registration(int64_t phone_id, const char *contact)
{
	struct live_registration r = {.phone_id = phone_id,
	    .registered_at = 1700000000000,
	    .expires_at = 1700003600000,
	    .rtt_ms = 12,
	    .reachable = true};

	snprintf(r.phone, sizeof r.phone, "desk");
	snprintf(r.contact, sizeof r.contact, "%s", contact);
	snprintf(r.source, sizeof r.source, "192.0.2.1:5060");
	snprintf(r.transport, sizeof r.transport, "udp");
	snprintf(r.user_agent, sizeof r.user_agent, "Phone 1.0");
	return r;
}

static void
test_registrations(void **state)
{
	struct fx *fx = *state;
	struct live_registration r = a_registration(1, "sip:a@192.0.2.1"),
				 s = a_registration(1, "sip:b@192.0.2.1");
	json_t *body, *expected = live_registration_json(&r);

	api_on_registration(fx->api, &r, false);
	api_on_registration(fx->api, &s, false);
	api_on_registration(fx->api, &r, false);
	body = fx_json(fx, "GET", "/api/registrations", NULL);
	assert_int_equal(json_array_size(json_object_get(body, "items")), 2);
	assert_true(json_equal(json_array_get(json_object_get(body, "items"), 0), expected));
	json_decref(body);
	json_decref(expected);
	api_on_registration(fx->api, &r, true);
	api_on_registration(fx->api, &r, true); /* going twice is fine */
	assert_int_equal(count(fx, "/api/registrations"), 1);
}

/* --- streams ---------------------------------------------------------------------------- */

static int
stream_open(struct fx *fx, int receive_bytes)
{
	char text[400], *head;
	int fd = fx_connect(fx);

	if (receive_bytes)
		setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &receive_bytes, sizeof receive_bytes);
	snprintf(text, sizeof text,
	    "GET /api/events HTTP/1.1\r\nHost: x\r\nAccept: text/event-stream\r\nCookie: "
	    "%s\r\n\r\n",
	    fx->cookie);
	fx_send(fd, text, strlen(text));
	head = fx_read(fd, "retry: 3000\n\n");
	if (!strstr(head, "HTTP/1.1 200") || !strstr(head, "text/event-stream"))
		fail_msg("%s", head);
	free(head);
	return fd;
}

static void
expect_event(int fd, const char *event, const char *data)
{
	char *text = fx_read(fd, data);

	if (!strstr(text, event) || !strstr(text, data))
		fail_msg("expected \"%s\" with \"%s\", got \"%s\"", event, data, text);
	free(text);
}

/* Lines to providers: the list, and the event that says what has become of one. */
static void
test_lines(void **state)
{
	struct fx *fx = *state;
	struct live_line a = {.line_id = 2, .name = "main", .state = LIVE_LINE_REGISTERED},
			 b = {.line_id = 1, .name = "backup", .state = LIVE_LINE_FAILED};
	json_t *body, *expected;
	int fd;

	snprintf(a.hop, sizeof a.hop, "192.0.2.1:5060");
	snprintf(b.reason, sizeof b.reason, "403 Forbidden");
	expected = live_line_json(&b);
	api_on_line(fx->api, &a, false);
	api_on_line(fx->api, &b, false);
	api_on_line(fx->api, &a, false);
	body = fx_json(fx, "GET", "/api/lines/status", NULL);
	assert_int_equal(json_array_size(json_object_get(body, "items")), 2);
	assert_true(json_equal(json_array_get(json_object_get(body, "items"), 0), expected));
	json_decref(body);
	json_decref(expected);
	fd = stream_open(fx, 0);
	b.state = LIVE_LINE_REGISTERING;
	api_on_line(fx->api, &b, false);
	expect_event(fd, "event: line\n", "\"state\":\"registering\"");
	api_on_line(fx->api, &b, true);
	expect_event(fd, "event: line\n", "\"removed\":true");
	assert_int_equal(count(fx, "/api/lines/status"), 1);
	close(fd);
}

static void
test_hundred_streams(void **state)
{
	enum { STREAMS = 100 };
	struct fx *fx = *state;
	struct live_call c = a_call("one", LIVE_CALL_RINGING);
	struct live_registration r = a_registration(3, "sip:c@192.0.2.1");
	int fd[STREAMS];

	for (int i = 0; i < STREAMS; i++)
		fd[i] = stream_open(fx, 0);
	api_on_live_call(fx->api, &c);
	for (int i = 0; i < STREAMS; i++)
		expect_event(fd[i], "event: call\n", "\"called\":{\"number\":\"102\"");
	api_on_registration(fx->api, &r, true);
	api_on_changed(fx->api, "user", 17);
	for (int i = 0; i < STREAMS; i++) {
		/* "changed" goes at once, registrations in batches */
		char *text = fx_read(fd[i], "\"removed\":true");

		assert_non_null(strstr(text, "event: registration\n"));
		assert_non_null(
		    strstr(text, "event: changed\ndata: {\"entity\":\"user\",\"id\":17}\n\n"));
		free(text);
	}
	/* other requests are answered meanwhile */
	fx_expect(fx, "GET", "/api/calls", NULL, 200, NULL, NULL);
	for (int i = 0; i < STREAMS; i++)
		close(fd[i]);
}

/* A storm of states of one call comes as few events, and the last state is among them. */
static void
test_batches(void **state)
{
	struct fx *fx = *state;
	struct live_call c = a_call("storm", LIVE_CALL_RINGING);
	int fd = stream_open(fx, 0), events = 0;
	char *text;

	for (int i = 0; i < 2000; i++) {
		c.state = i % 2 ? LIVE_CALL_HELD : LIVE_CALL_ANSWERED;
		api_on_live_call(fx->api, &c);
	}
	c.state = LIVE_CALL_ENDED;
	api_on_live_call(fx->api, &c);
	text = fx_read(fd, "\"state\":\"ended\"");
	for (const char *at = text; (at = strstr(at, "event: call")) != NULL; at++)
		events++;
	assert_in_range(events, 1, 200);
	free(text);
	close(fd);
	assert_int_equal(count(fx, "/api/calls"), 0);
}

struct watch {
	struct fx *fx;
	size_t streams;
};

static bool
has_streams(void *ctx)
{
	struct watch *w = ctx;
	json_t *status = fx_json(w->fx, "GET", "/api/status", NULL);
	bool yes =
	    json_integer_value(json_object_get(status, "event_streams")) == (json_int_t)w->streams;

	json_decref(status);
	return yes;
}

/* Who does not read is dropped; who reads misses nothing. */
static void
test_slow_stream_dropped(void **state)
{
	struct fx *fx = *state;
	int slow = stream_open(fx, 4096), quick = stream_open(fx, 0);
	struct watch w = {fx, 1};
	char last[40], *text;
	int64_t id = 0;

	while (!has_streams(&w)) {
		for (int i = 0; i < 2000; i++)
			api_on_changed(fx->api, "phone", ++id);
		snprintf(last, sizeof last, "\"id\":%lld}", (long long)id);
		text = fx_read(quick, last);
		free(text);
		if (id > 2000000)
			fail_msg("the slow stream is still there");
	}
	api_on_changed(fx->api, "phone", 4000001);
	expect_event(quick, "event: changed", "\"id\":4000001}");
	close(slow);
	close(quick);
}

static void
test_keepalive(void **state)
{
	struct fx fx;
	int fd;
	char *text;

	fx_open(&fx, &(struct api_params){.keepalive_ms = 50});
	fx_first_admin(&fx);
	fd = stream_open(&fx, 0);
	text = fx_read(fd, ": still here\n\n");
	free(text);
	close(fd);
	/* the next comment finds the connection gone */
	assert_true(fx_until(has_streams, &(struct watch){&fx, 0}));
	fx_close(&fx);
}

static void
test_stream_ends_with_session(void **state)
{
	struct fx fx;
	int fd;
	char *text;
	unsigned char hash[32];

	fx_open(&fx, &(struct api_params){.keepalive_ms = 50});
	fx_first_admin(&fx);
	fd = stream_open(&fx, 0);
	session_hash(fx.cookie + strlen("strowger_session="), hash);
	assert_int_equal(store_session_delete(fx.store, hash), ERR_OK);
	text = fx_read(fd, "0\r\n\r\n"); /* the last chunk */
	free(text);
	close(fd);
	fx_close(&fx);
}

int
main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, admin_setup, fx_teardown)
	const struct CMUnitTest tests[] = {
	    T(test_calls),
	    T(test_registrations),
	    T(test_lines),
	    T(test_hundred_streams),
	    T(test_batches),
	    T(test_slow_stream_dropped),
	    cmocka_unit_test(test_keepalive),
	    cmocka_unit_test(test_stream_ends_with_session),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
