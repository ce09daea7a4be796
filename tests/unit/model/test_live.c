/* model/live.c: JSON of live values; nothing secret, nothing broken. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <string.h>

#include <cmocka.h>

#include "model/live.h"
#include "model/model.h"

static void
assert_json(json_t *have, const char *want)
{
	json_t *w = json_loads(want, 0, NULL);

	assert_non_null(w);
	if (!json_equal(have, w)) {
		char *text = json_dumps(have, JSON_INDENT(1));

		print_error("%s\n", text);
		free(text);
		fail();
	}
	json_decref(w);
	json_decref(have);
}

static void
a_live_call_becomes_json(void **state)
{
	struct live_call c = {
	    .call_id = "c1",
	    .started_at = 1000,
	    .state = LIVE_CALL_RINGING,
	    .caller = {"101", "A\xc3\xa4", 7, "desk"},
	    .called = {.number = "102", .name = "bad \xff name"},
	    .ringing = {"p1", "p2"},
	    .ringing_count = 2,
	    .heard_by_called = {LIVE_VOICE_POOR, 287, 1234, 41, 80, true},
	};

	live_reason_add(c.reasons, &c.reasons_count, REASON_PHONE_RINGS, REASON_ARGS(SLICE("p1")));
	assert_json(live_call_json(&c),
	    "{\"call_id\":\"c1\",\"started_at\":\"1970-01-01T00:00:01.000Z\",\"answered_at\":null,"
	    "\"state\":\"ringing\","
	    "\"caller\":{\"number\":\"101\",\"name\":\"A\u00e4\",\"user\":7,\"phone\":\"desk\"},"
	    "\"called\":{\"number\":\"102\",\"name\":\"bad ? name\",\"user\":null,\"phone\":null},"
	    "\"ringing\":[\"p1\",\"p2\"],\"reasons\":[{\"code\":\"phone_rings\",\"args\":[\"p1\"],"
	    "\"text\":\"Phone p1 rings\"}],\"recorded\":false,\"spoken\":\"none\",\"codec\":null,"
	    "\"heard_by_caller\":{\"voice\":\"unknown\",\"mos_x100\":null,\"lost_x100\":0,"
	    "\"jitter_ms\":0,\"delay_ms\":null,\"encrypted\":false},"
	    "\"heard_by_called\":{\"voice\":\"poor\",\"mos_x100\":287,\"lost_x100\":1234,"
	    "\"jitter_ms\":41,\"delay_ms\":80,\"encrypted\":true}}");
}

static void
a_registration_becomes_json(void **state)
{
	struct live_registration r = {.phone = "desk",
	    .phone_id = 3,
	    .contact = "sip:desk@192.0.2.1",
	    .source = "192.0.2.1:5060",
	    .transport = "udp",
	    .user_agent = "x",
	    .registered_at = 1,
	    .expires_at = 2,
	    .reachable = true};

	assert_json(live_registration_json(&r),
	    "{\"phone\":\"desk\",\"phone_id\":3,\"contact\":\"sip:desk@192.0.2.1\","
	    "\"source\":\"192.0.2.1:5060\",\"transport\":\"udp\",\"user_agent\":\"x\","
	    "\"registered_at\":\"1970-01-01T00:00:00.001Z\","
	    "\"expires_at\":\"1970-01-01T00:00:00.002Z\",\"rtt_ms\":null,\"reachable\":true}");
}

static void
every_result_has_a_name_and_full_lists_stay_in_bounds(void **state)
{
	struct cdr c = {.result = CDR_INTERRUPTED, .ended_by = CDR_BY_SYSTEM};
	char long_text[200];
	json_t *j;

	memset(long_text, 'x', sizeof long_text);
	for (int i = 0; i < 3 * LIVE_REASONS_MAX; i++) {
		long_text[0] = (char)('A' + i);
		live_reason_add(c.explanation, &c.explanation_count, REASON_NOTE,
		    REASON_ARGS(slice_make(long_text, sizeof long_text)));
	}
	/* the first ones, and the last */
	assert_non_null(strchr(c.explanation[0], 'A'));
	assert_non_null(
	    strchr(c.explanation[LIVE_REASONS_FIRST - 1], 'A' + LIVE_REASONS_FIRST - 1));
	assert_non_null(
	    strchr(c.explanation[LIVE_REASONS_MAX - 1], 'A' + 3 * LIVE_REASONS_MAX - 1));
	assert_non_null(strchr(
	    c.explanation[LIVE_REASONS_FIRST], 'A' + 2 * LIVE_REASONS_MAX + LIVE_REASONS_FIRST));
	assert_int_equal(c.explanation_count, LIVE_REASONS_MAX);
	j = cdr_json(&c);
	assert_string_equal(json_string_value(json_object_get(j, "result")), "interrupted");
	assert_string_equal(json_string_value(json_object_get(j, "ended_by")), "system");
	assert_int_equal(json_array_size(json_object_get(j, "explanation")), LIVE_REASONS_MAX);
	assert_true(json_is_null(json_object_get(j, "ended_at")));
	json_decref(j);
	assert_string_equal(cdr_result_name(CDR_NO_ANSWER), "no_answer");
	assert_string_equal(live_call_state_name(LIVE_CALL_HELD), "held");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_live_call_becomes_json),
	    cmocka_unit_test(a_registration_becomes_json),
	    cmocka_unit_test(every_result_has_a_name_and_full_lists_stay_in_bounds),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
