/* Messages on the wire: what a caller does at a mailbox (VMB-2), and what management learns.
 * Prompts have no files here: what is said is over at once. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "apps/apps.h"
#include "talk.h"

static struct office o;
static struct ua *ben;

static int64_t
make(const struct model_entity *e, json_t *in)
{
	struct model_errors errors = {0};
	json_t *row = NULL;
	int64_t id;

	assert_int_equal(store_create(o.fixture.store, e, in, &row, &errors), ERR_OK);
	id = json_integer_value(json_object_get(row, "id"));
	json_decref(row);
	json_decref(in);
	return id;
}

static int64_t
number_id(const char *digits)
{
	json_t *row = NULL;
	int64_t id;

	assert_int_equal(
	    store_find(o.fixture.store, &model_number, "number", digits, &row), ERR_OK);
	id = json_integer_value(json_object_get(row, "id"));
	json_decref(row);
	return id;
}

/* All calls for Anna go to her mailbox. */
static int
set_up(void **state)
{
	struct directory *old, *fresh;
	int64_t box;

	office_set_apps(apps);
	talk_office_open(&o);
	ben = office_phone(&o, "b1");
	box = make(&model_mailbox, json_pack("{s:s, s:i}", "name", "Anna", "min_s", 2));
	make(&model_redirection,
	    json_pack("{s:I, s:s, s:s, s:I}", "number", (json_int_t)number_id("101"), "trigger",
		"always", "kind", "mailbox", "mailbox", (json_int_t)box));
	old = o.fixture.directory;
	assert_int_equal(directory_build(o.fixture.store, &fresh), ERR_OK);
	o.fixture.directory = fresh;
	call_switch_set_directory(o.calls, fresh);
	directory_free(old);
	return 0;
}

static int
tear_down(void **state)
{
	office_close(&o);
	office_set_apps(NULL);
	return 0;
}

/* He is at the beep. */
static struct talk
call_box(void)
{
	struct talk t = {.from = ben, .from_cseq = 1};

	talk_dial_with(ben, "101", "", talk_sdp(ben, 4000, "RTP/AVP 8", ""));
	t.ok = ua_expect(ben, "SIP/2.0 200", 1000);
	ua_in_dialog(ben, t.ok, "ACK", 1, "", "");
	office_run(&o, 10);
	return t;
}

static const struct media_service *
heard(void)
{
	return &o.stream[0].service[MEDIA_CALLER];
}

static void
hang_up(struct talk *t)
{
	talk_send(t, ben, "BYE", "", "");
	ua_expect(ben, "SIP/2.0 200", 100);
	office_run(&o, 100);
}

static void
vmb_2_what_is_said_goes_into_the_file_that_management_knows(void **state)
{
	struct talk t = call_box();
	char path[80];

	assert_non_null(heard()->recording);
	assert_int_equal(strlen(o.began.file), 32);
	snprintf(path, sizeof path, "/data/voicemail/%s.wav", o.began.file);
	assert_string_equal(o.recording_path, path);
	assert_string_equal(o.began.number, "102");
	assert_true(o.began.began_at > 0);
	hang_up(&t);
	assert_int_equal(o.n_ended, 0); /* the file is not closed yet */
	office_media_recorded(&o, ERR_OK, 4200);
	assert_int_equal(o.n_ended, 1);
	assert_string_equal(o.ended.file, o.began.file);
	assert_true(o.ended.keep);
	assert_int_equal(o.ended.length_ms, 4200);
}

static void
vmb_2_what_is_too_short_is_not_kept(void **state)
{
	struct talk t = call_box();

	hang_up(&t);
	office_media_recorded(&o, ERR_OK, 1999);
	assert_int_equal(o.n_ended, 1);
	assert_false(o.ended.keep);
}

static void
vmb_2_who_speaks_again_is_heard_once(void **state)
{
	struct talk t = call_box();
	struct voicemail_began first = o.began;

	office_media_key(&o, 0, MEDIA_CALLER, '#', 160);
	assert_null(heard()->recording);
	office_media_recorded(&o, ERR_OK, 3000);
	assert_int_equal(o.n_ended, 0); /* he may change his mind */
	office_media_key(&o, 0, MEDIA_CALLER, '2', 160);
	assert_int_equal(o.n_ended, 1);
	assert_string_equal(o.ended.file, first.file);
	assert_false(o.ended.keep);
	assert_string_not_equal(o.began.file, first.file);
	assert_non_null(heard()->recording);
	hang_up(&t);
	office_media_recorded(&o, ERR_OK, 5000);
	assert_int_equal(o.n_ended, 2);
	assert_true(o.ended.keep);
}

static void
vmb_2_a_full_disk_keeps_what_was_said_and_management_learns_why(void **state)
{
	call_box();
	office_media_recorded(&o, ERR_FULL, 7000);
	ua_ok(ben, "BYE"); /* after words */
	office_run(&o, 100);
	assert_int_equal(o.n_ended, 1);
	assert_true(o.ended.keep);
	assert_int_equal(o.ended.fault, ERR_FULL);
	assert_int_equal(o.ended.length_ms, 7000);
}

static void
vmb_2_the_longest_message_ends_by_itself(void **state)
{
	call_box();
	office_media_recorded(&o, ERR_LIMIT, 1800000);
	ua_ok(ben, "BYE");
	office_run(&o, 100);
	assert_true(o.ended.keep);
	assert_int_equal(o.ended.fault, ERR_OK);
}

static void
vmb_2_a_full_mailbox_takes_no_message(void **state)
{
	struct voicemail_answer full = {.result = ERR_LIMIT};

	call_box();
	full.id = o.began.id;
	call_on_voicemail_answer(o.calls, &full);
	ua_ok(ben, "BYE");
	office_run(&o, 100);
	office_media_recorded(&o, ERR_OK, 5000);
	assert_int_equal(o.n_ended, 1);
	assert_false(o.ended.keep);
}

int
main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
	const struct CMUnitTest tests[] = {
	    T(vmb_2_what_is_said_goes_into_the_file_that_management_knows),
	    T(vmb_2_what_is_too_short_is_not_kept),
	    T(vmb_2_who_speaks_again_is_heard_once),
	    T(vmb_2_a_full_disk_keeps_what_was_said_and_management_learns_why),
	    T(vmb_2_the_longest_message_ends_by_itself),
	    T(vmb_2_a_full_mailbox_takes_no_message),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
