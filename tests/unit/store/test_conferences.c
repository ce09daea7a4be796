/* store/conference.h: planned conferences, the mails about them and what their links show (CNF-1).
 */
#include <openssl/sha.h>

#include "fixture.h"
#include "loop/loop.h"
#include "model/conference.h"
#include "store/conference.h"
#include "store/store_int.h"

#define MAIL_ON                                                                                    \
	"{'delivery':'direct','sender':'pbx@firm.test','web_address':'https://pbx.firm.test/'}"

enum { MIN_MS = 60000, HOUR_MS = 3600000, DAY_MS = 86400000, MAILS_MAX = 8 };

struct mails {
	size_t n;
	struct store_mail *at[MAILS_MAX];
};

static int64_t owner;

static int
open_with_mail(void **state)
{
	struct fixture *f;
	json_t *in = json_of(MAIL_ON),
	       *settings = json_of("{'conference_numbers':'0211 555-90\\n90'}");

	assert_int_equal(fixture_setup(state), 0);
	f = *state;
	owner = make(f->store, &model_user,
	    "{'login':'1000','first_name':'Anna','last_name':'Berg','email':'anna@firm.test',"
	    "'password':'geheim','language':'de'}");
	assert_int_equal(store_patch(f->store, &model_mail_server, 1, in, NULL, NULL), ERR_OK);
	assert_int_equal(store_patch(f->store, &model_settings, 1, settings, NULL, NULL), ERR_OK);
	json_decref(in);
	json_decref(settings);
	return 0;
}

/* All that wait, as if they had been sent. */
static struct mails
take_mails(struct store *s)
{
	struct mails m = {0};
	struct store_mail *one;

	while (store_mail_take(s, INT64_MAX, &one) == ERR_OK) {
		assert_true(m.n < MAILS_MAX);
		m.at[m.n++] = one;
	}
	return m;
}

static void
drop(struct mails *m)
{
	for (size_t i = 0; i < m->n; i++)
		store_mail_free(m->at[i]);
	m->n = 0;
}

static int64_t
plan(struct store *s, int64_t starts_ms, const char *more)
{
	char text[600], at[MODEL_TIME_TEXT];

	snprintf(text, sizeof text,
	    "{'name':'Planung, "
	    "Woche','user':%lld,'starts_at':'%s','time_zone':'Europe/Berlin'%s%s}",
	    (long long)owner, model_time_write(starts_ms, at), *more ? "," : "", more);
	return make(s, &model_conference, text);
}

static int64_t
invite(struct store *s, int64_t conference, const char *who)
{
	char text[300];

	snprintf(text, sizeof text, "{'conference':%lld,%s}", (long long)conference, who);
	return make(s, &model_conference_participant, text);
}

static enum err
change(struct store *s, int64_t conference, const char *values, char code[40])
{
	struct model_errors errors = {0};
	json_t *in = json_of(values);
	enum err e = store_patch(s, &model_conference, conference, in, NULL, &errors);

	json_decref(in);
	snprintf(code, 40, "%s", errors.count ? errors.at[0].code : "");
	return e;
}

static int64_t
time_of(struct store *s, int64_t conference, const char *field)
{
	json_t *row = NULL;
	int64_t ms = 0;

	assert_int_equal(store_get(s, &model_conference, conference, &row), ERR_OK);
	if (json_is_string(json_object_get(row, field)))
		assert_int_equal(model_time_parse(slice_cstr(row_text(row, field)), &ms), ERR_OK);
	json_decref(row);
	return ms;
}

static int64_t
tomorrow(void)
{
	int64_t now = (int64_t)loop_wall_ms();

	return now - now % DAY_MS + 2 * DAY_MS + 9 * HOUR_MS;
}

static long
sequence(const char *calendar)
{
	const char *at = strstr(calendar, "SEQUENCE:");

	assert_non_null(at);
	return strtol(at + 9, NULL, 10);
}

static void
assert_says(const char *text, const char *what)
{
	if (!strstr(text, what))
		fail_msg("\"%s\" is not in:\n%s", what, text);
}

static void
who_is_invited_is_told_once_with_a_pin_and_an_entry_for_the_calendar(void **state)
{
	struct fixture *f = *state;
	int64_t c = plan(f->store, tomorrow(), "'repeat':'week'");
	struct mails m = take_mails(f->store);
	json_t *row = NULL;
	char line[32];

	assert_int_equal(m.n, 0); /* nobody is invited yet */
	assert_int_equal(store_get(f->store, &model_conference_participant,
			     invite(f->store, c, "'name':'Max','mail':'max@other.test'"), &row),
	    ERR_OK);
	m = take_mails(f->store);
	assert_int_equal(m.n, 1);
	assert_string_equal(m.at[0]->recipient, "max@other.test");
	assert_string_equal(m.at[0]->subject, "Einladung: Planung, Woche");
	snprintf(line, sizeof line, "PIN: %s", row_text(row, "pin"));
	assert_int_equal(strlen(row_text(row, "pin")), 6);
	assert_says(m.at[0]->text, line);
	assert_says(m.at[0]->text, "0211 555-90\n90");
	assert_says(m.at[0]->text, "https://pbx.firm.test/conference/");
	assert_string_equal(m.at[0]->calendar_method, "REQUEST");
	assert_says(m.at[0]->calendar, "METHOD:REQUEST\n");
	assert_says(m.at[0]->calendar, "SUMMARY:Planung\\, Woche\n");
	assert_says(m.at[0]->calendar, "RRULE:FREQ=WEEKLY;INTERVAL=1\n");
	assert_says(m.at[0]->calendar, "BYMONTH=3;BYDAY=-1SU");
	json_decref(row);
	drop(&m);
}

static void
a_user_reads_his_own_language_and_who_has_no_address_gets_nothing(void **state)
{
	struct fixture *f = *state;
	int64_t c = plan(f->store, tomorrow(), "");
	int64_t user = make(f->store, &model_user,
	    "{'login':'1001','first_name':'Bob','last_name':'Cole','email':'bob@firm.test',"
	    "'language':'en'}");
	char who[40];
	struct mails m;

	snprintf(who, sizeof who, "'user':%lld", (long long)user);
	drop((m = take_mails(f->store), &m));
	invite(f->store, c, who);
	invite(f->store, c, "'name':'By phone','number':'0211123456'");
	m = take_mails(f->store);
	assert_int_equal(m.n, 1);
	assert_string_equal(m.at[0]->subject, "Invitation: Planung, Woche");
	assert_string_equal(m.at[0]->recipient_name, "Bob Cole");
	drop(&m);
}

static void
a_change_is_told_with_what_has_changed_and_replaces_the_entry(void **state)
{
	struct fixture *f = *state;
	int64_t c = plan(f->store, tomorrow(), "");
	char code[40], uid[2][80];
	struct mails m;
	long before;

	invite(f->store, c, "'name':'Max','mail':'max@other.test'");
	m = take_mails(f->store);
	before = sequence(m.at[0]->calendar);
	sscanf(strstr(m.at[0]->calendar, "UID:"), "%79s", uid[0]);
	drop(&m);
	assert_int_equal(
	    change(f->store, c, "{'length_min':90,'message':'Neu:\\nA'}", code), ERR_OK);
	m = take_mails(f->store);
	assert_int_equal(m.n, 1);
	assert_says(m.at[0]->text, "geändert: Dauer, Nachricht.");
	assert_says(m.at[0]->text, "Neu:\nA");
	assert_true(sequence(m.at[0]->calendar) > before);
	sscanf(strstr(m.at[0]->calendar, "UID:"), "%79s", uid[1]);
	assert_string_equal(uid[0], uid[1]);
	drop(&m);
	assert_int_equal(change(f->store, c, "{'length_min':90,'may_record':true}", code), ERR_OK);
	m = take_mails(f->store);
	assert_int_equal(m.n, 0); /* nothing that concerns them */
}

static void
who_is_taken_out_and_all_when_it_is_cancelled_are_told(void **state)
{
	struct fixture *f = *state;
	int64_t c = plan(f->store, tomorrow(), "");
	int64_t max = invite(f->store, c, "'name':'Max','mail':'max@other.test'");
	struct mails m;

	invite(f->store, c, "'name':'Eva','mail':'eva@other.test'");
	drop((m = take_mails(f->store), &m));
	assert_int_equal(store_delete(f->store, &model_conference_participant, max, NULL), ERR_OK);
	m = take_mails(f->store);
	assert_int_equal(m.n, 1);
	assert_string_equal(m.at[0]->recipient, "max@other.test");
	assert_string_equal(m.at[0]->calendar_method, "CANCEL");
	assert_says(m.at[0]->calendar, "STATUS:CANCELLED\n");
	drop(&m);
	assert_int_equal(store_delete(f->store, &model_user, owner, NULL), ERR_OK);
	m = take_mails(f->store);
	assert_int_equal(m.n, 1);
	assert_string_equal(m.at[0]->recipient, "eva@other.test");
	assert_string_equal(m.at[0]->calendar_method, "CANCEL");
	drop(&m);
}

static void
all_are_reminded_once_a_quarter_of_an_hour_before_and_then_of_the_next_date(void **state)
{
	struct fixture *f = *state;
	int64_t at = tomorrow(), c = plan(f->store, at, "'repeat':'day','every':2");
	struct mails m;

	invite(f->store, c, "'name':'Max','mail':'max@other.test'");
	drop((m = take_mails(f->store), &m));
	assert_int_equal(store_conferences_tick(f->store, at - 15 * MIN_MS - 1), ERR_OK);
	m = take_mails(f->store);
	assert_int_equal(m.n, 0);
	for (int i = 0; i < 3; i++)
		assert_int_equal(
		    store_conferences_tick(f->store, at - 15 * MIN_MS + i * 10000), ERR_OK);
	m = take_mails(f->store);
	assert_int_equal(m.n, 1);
	assert_says(m.at[0]->subject, "In Kürze");
	assert_string_equal(m.at[0]->calendar, "");
	drop(&m);
	assert_int_equal(store_conferences_tick(f->store, at + HOUR_MS - 1), ERR_OK);
	assert_int_equal(time_of(f->store, c, "next_from"), at);
	for (int i = 0; i < 3; i++)
		assert_int_equal(
		    store_conferences_tick(f->store, at + HOUR_MS + i * 10000), ERR_OK);
	assert_true(llabs(time_of(f->store, c, "next_from") - at - 2 * DAY_MS) <= HOUR_MS);
	m = take_mails(f->store);
	assert_int_equal(m.n, 1);
	assert_says(m.at[0]->subject, "Nächster Termin");
	drop(&m);
}

static void
a_system_that_was_off_reminds_of_nothing_that_has_begun_and_skips_what_is_over(void **state)
{
	struct fixture *f = *state;
	int64_t at = tomorrow(), c = plan(f->store, at, "'repeat':'day'");
	int64_t once = plan(f->store, at, "");
	struct mails m;

	invite(f->store, c, "'name':'Max','mail':'max@other.test'");
	invite(f->store, once, "'name':'Eva','mail':'eva@other.test'");
	drop((m = take_mails(f->store), &m));
	assert_int_equal(store_conferences_tick(f->store, at + MIN_MS), ERR_OK);
	m = take_mails(f->store);
	assert_int_equal(m.n, 0);
	assert_int_equal(store_conferences_tick(f->store, at + 10 * (int64_t)DAY_MS), ERR_OK);
	m = take_mails(f->store);
	assert_int_equal(m.n, 1); /* one, of the next date; and the other is over */
	assert_string_equal(m.at[0]->recipient, "max@other.test");
	drop(&m);
	assert_int_equal(time_of(f->store, once, "next_from"), 0);
}

static void
one_date_of_a_series_is_cancelled_or_moved(void **state)
{
	struct fixture *f = *state;
	int64_t at = tomorrow(), c = plan(f->store, at, "'repeat':'day'");
	char text[200], original[MODEL_TIME_TEXT], moved[MODEL_TIME_TEXT], code[40];
	struct mails m;

	invite(f->store, c, "'name':'Max','mail':'max@other.test'");
	drop((m = take_mails(f->store), &m));
	model_time_write(at, original);
	snprintf(text, sizeof text, "{'changed_dates':'%s %s'}", original,
	    model_time_write(at + 3 * HOUR_MS, moved));
	assert_int_equal(change(f->store, c, text, code), ERR_OK);
	assert_int_equal(time_of(f->store, c, "next_from"), at + 3 * HOUR_MS);
	m = take_mails(f->store);
	assert_int_equal(m.n, 1);
	assert_says(m.at[0]->calendar, "RECURRENCE-ID;TZID=Europe/Berlin:");
	drop(&m);
	snprintf(text, sizeof text, "{'changed_dates':'%s off'}", original);
	assert_int_equal(change(f->store, c, text, code), ERR_OK);
	assert_true(time_of(f->store, c, "next_from") > at + 20 * HOUR_MS);
	m = take_mails(f->store);
	assert_says(m.at[0]->calendar, "EXDATE;TZID=Europe/Berlin:");
	drop(&m);
	snprintf(text, sizeof text, "{'changed_dates':'%s off'}", moved);
	assert_int_equal(change(f->store, c, text, code), ERR_INVALID);
	assert_string_equal(code, "no_date");
	assert_int_equal(change(f->store, c, "{'changed_dates':'soon'}", code), ERR_INVALID);
}

static void
what_cannot_be_is_refused_with_a_reason(void **state)
{
	struct fixture *f = *state;
	int64_t c = plan(f->store, tomorrow(), "'repeat':'day'");
	char code[40];

	assert_int_equal(change(f->store, c, "{'time_zone':'Europe/Nowhere'}", code), ERR_INVALID);
	assert_string_equal(code, "unknown_zone");
	assert_int_equal(change(f->store, c, "{'repeat_until':'2020-01-01'}", code), ERR_INVALID);
	assert_string_equal(code, "ends_before_begin");
	assert_int_equal(change(f->store, c, "{'starts_at':null}", code), ERR_INVALID);
	assert_string_equal(code, "required");
}

static void
a_link_shows_its_participant_the_conference_and_nothing_when_he_is_taken_out(void **state)
{
	struct fixture *f = *state;
	int64_t c = plan(f->store, tomorrow(), "");
	int64_t max = invite(f->store, c, "'name':'Max','mail':'max@other.test'");
	struct mails m = take_mails(f->store);
	const char *link = strstr(m.at[0]->text, "/conference/") + 12;
	unsigned char hash[32];
	json_t *shown = NULL;

	SHA256((const unsigned char *)link, 64, hash);
	assert_int_equal(store_conference_invitation(f->store, hash, &shown), ERR_OK);
	assert_string_equal(row_text(shown, "participant_name"), "Max");
	assert_int_equal(strlen(row_text(shown, "pin")), 6);
	assert_int_equal(json_array_size(json_object_get(shown, "participants")), 0);
	json_decref(shown);
	drop(&m);
	hash[0] ^= 1;
	assert_int_equal(store_conference_invitation(f->store, hash, &shown), ERR_NOT_FOUND);
	hash[0] ^= 1;
	assert_int_equal(store_delete(f->store, &model_conference_participant, max, NULL), ERR_OK);
	assert_int_equal(store_conference_invitation(f->store, hash, &shown), ERR_NOT_FOUND);
}

static void
the_dates_of_a_month_are_listed_for_who_plans_them(void **state)
{
	struct fixture *f = *state;
	int64_t at = tomorrow();
	json_t *items = NULL;

	plan(f->store, at, "'repeat':'week'");
	assert_int_equal(store_conference_dates(
			     f->store, owner, at, at + 28 * (int64_t)DAY_MS - HOUR_MS, &items),
	    ERR_OK);
	assert_int_equal(json_array_size(items), 4);
	json_decref(items);
	assert_int_equal(
	    store_conference_dates(f->store, owner + 1, at, at + DAY_MS, &items), ERR_OK);
	assert_int_equal(json_array_size(items), 0);
	json_decref(items);
}

static void
undo_deletion(struct store *s)
{
	struct model_errors errors = {0};
	int64_t id = store_last_change();

	if (store_changes_revert(s, &id, 1, &errors) != ERR_OK)
		fail_msg("%s", errors.count ? errors.at[0].message : "it cannot be undone");
}

static json_t *
participants(struct store *s)
{
	struct store_query q = {.all = true, .sort = SLICE("id")};
	json_t *rows = NULL;
	int64_t total;

	assert_int_equal(
	    store_list(s, &model_conference_participant, &q, &rows, &total, NULL), ERR_OK);
	return rows;
}

static void
a_conference_that_is_brought_back_has_its_participants_who_are_invited_again(void **state)
{
	struct fixture *f = *state;
	int64_t c = plan(f->store, tomorrow(), "'repeat':'week'");
	struct mails m;
	json_t *before, *after;
	long cancelled;

	invite(f->store, c, "'name':'Max','mail':'max@other.test','moderator':true");
	invite(f->store, c, "'name':'Eva','mail':'eva@other.test'");
	before = participants(f->store);
	m = take_mails(f->store);
	drop(&m);
	assert_int_equal(store_delete(f->store, &model_conference, c, NULL), ERR_OK);
	m = take_mails(f->store);
	assert_int_equal(m.n, 2);
	cancelled = sequence(m.at[0]->calendar);
	drop(&m);
	undo_deletion(f->store);
	after = participants(f->store);
	assert_int_equal(json_array_size(after), 2);
	for (size_t i = 0; i < 2; i++) {
		json_t *was = json_array_get(before, i), *is = json_array_get(after, i);

		assert_string_equal(row_text(was, "uid"), row_text(is, "uid"));
		assert_string_equal(row_text(was, "pin"), row_text(is, "pin"));
		assert_true(json_equal(
		    json_object_get(was, "moderator"), json_object_get(is, "moderator")));
	}
	m = take_mails(f->store);
	assert_int_equal(m.n, 2);
	assert_string_equal(m.at[0]->recipient, "max@other.test");
	assert_string_equal(m.at[0]->subject, "Einladung: Planung, Woche");
	assert_true(sequence(m.at[0]->calendar) >= cancelled);
	drop(&m);
	json_decref(before);
	json_decref(after);
}

static int64_t
make_ben(struct store *s)
{
	return make(s, &model_user,
	    "{'login':'1001','first_name':'Ben','last_name':'Cohn','email':'ben@firm.test',"
	    "'password':'geheim','language':'en'}");
}

static void
a_user_who_goes_and_who_planned_with_him_are_told_and_undo_brings_him_back(void **state)
{
	struct fixture *f = *state;
	int64_t ben = make_ben(f->store), c = plan(f->store, tomorrow(), "");
	char who[40];
	struct mails m;
	json_t *after;

	snprintf(who, sizeof who, "'user':%lld", (long long)ben);
	invite(f->store, c, who);
	m = take_mails(f->store);
	drop(&m);
	assert_int_equal(store_delete(f->store, &model_user, ben, NULL), ERR_OK);
	m = take_mails(f->store);
	assert_int_equal(m.n, 2);
	assert_string_equal(m.at[0]->recipient, "ben@firm.test");
	assert_string_equal(m.at[0]->subject, "Cancelled: Planung, Woche");
	assert_string_equal(m.at[1]->recipient, "anna@firm.test");
	assert_string_equal(m.at[1]->subject, "Ohne Ben Cohn: Planung, Woche");
	drop(&m);
	undo_deletion(f->store);
	after = participants(f->store);
	assert_int_equal(json_array_size(after), 1);
	assert_string_equal(row_text(json_array_get(after, 0), "user_name"), "Ben Cohn");
	m = take_mails(f->store);
	assert_int_equal(m.n, 1);
	assert_string_equal(m.at[0]->subject, "Invitation: Planung, Woche");
	drop(&m);
	json_decref(after);
}

static void
the_planner_who_goes_takes_his_conferences_along_and_undo_brings_them_back(void **state)
{
	struct fixture *f = *state;
	int64_t c = plan(f->store, tomorrow(), "");
	char self[40];
	struct mails m;
	json_t *after;

	snprintf(self, sizeof self, "'user':%lld", (long long)owner);
	invite(f->store, c, self);
	invite(f->store, c, "'name':'Max','mail':'max@other.test'");
	m = take_mails(f->store);
	drop(&m);
	assert_int_equal(store_delete(f->store, &model_user, owner, NULL), ERR_OK);
	m = take_mails(f->store);
	assert_int_equal(m.n, 2); /* one each */
	drop(&m);
	undo_deletion(f->store);
	after = participants(f->store);
	assert_int_equal(json_array_size(after), 2);
	json_decref(after);
	m = take_mails(f->store);
	assert_int_equal(m.n, 2);
	drop(&m);
}

static void
who_is_invited_sees_it_among_his_own_and_its_dates(void **state)
{
	struct fixture *f = *state;
	int64_t ben = make_ben(f->store), at = tomorrow();
	int64_t c = plan(f->store, at, "'repeat':'week'"), participant;
	char who[40];
	json_t *items = NULL, *one;

	assert_int_equal(store_conference_invitations(f->store, ben, &items), ERR_OK);
	assert_int_equal(json_array_size(items), 0);
	json_decref(items);
	snprintf(who, sizeof who, "'user':%lld", (long long)ben);
	participant = invite(f->store, c, who);
	snprintf(who, sizeof who, "'user':%lld", (long long)owner);
	invite(f->store, c, who);
	assert_int_equal(store_conference_invitations(f->store, ben, &items), ERR_OK);
	assert_int_equal(json_array_size(items), 1);
	one = json_array_get(items, 0);
	assert_int_equal(json_integer_value(json_object_get(one, "id")), participant);
	assert_string_equal(row_text(one, "owner_name"), "Anna Berg");
	assert_int_equal(strlen(row_text(one, "pin")), CONFERENCE_PIN_DIGITS);
	json_decref(items);
	assert_int_equal(store_conference_invitations(f->store, owner, &items), ERR_OK);
	assert_int_equal(json_array_size(items), 0); /* it is his own */
	json_decref(items);
	assert_int_equal(
	    store_conference_dates(f->store, ben, at, at + 8 * (int64_t)DAY_MS, &items), ERR_OK);
	assert_int_equal(json_array_size(items), 2);
	assert_int_equal(
	    json_integer_value(json_object_get(json_array_get(items, 0), "participant")),
	    participant);
	json_decref(items);
	assert_int_equal(
	    store_conference_dates(f->store, owner, at, at + 8 * (int64_t)DAY_MS, &items), ERR_OK);
	assert_int_equal(json_array_size(items), 2); /* each once */
	assert_true(json_is_null(json_object_get(json_array_get(items, 0), "participant")));
	json_decref(items);
}

static void
nobody_is_told_while_mail_is_off_and_all_goes_on(void **state)
{
	struct fixture *f = *state;
	json_t *off = json_of("{'delivery':'off'}");
	struct mails m;

	assert_int_equal(store_patch(f->store, &model_mail_server, 1, off, NULL, NULL), ERR_OK);
	json_decref(off);
	invite(f->store, plan(f->store, tomorrow(), ""), "'name':'Max','mail':'max@other.test'");
	m = take_mails(f->store);
	assert_int_equal(m.n, 0);
}

int
main(void)
{
#define T(test) cmocka_unit_test_setup_teardown(test, open_with_mail, fixture_teardown)
	const struct CMUnitTest tests[] = {
	    T(who_is_invited_is_told_once_with_a_pin_and_an_entry_for_the_calendar),
	    T(a_user_reads_his_own_language_and_who_has_no_address_gets_nothing),
	    T(a_change_is_told_with_what_has_changed_and_replaces_the_entry),
	    T(who_is_taken_out_and_all_when_it_is_cancelled_are_told),
	    T(all_are_reminded_once_a_quarter_of_an_hour_before_and_then_of_the_next_date),
	    T(a_system_that_was_off_reminds_of_nothing_that_has_begun_and_skips_what_is_over),
	    T(one_date_of_a_series_is_cancelled_or_moved),
	    T(what_cannot_be_is_refused_with_a_reason),
	    T(a_link_shows_its_participant_the_conference_and_nothing_when_he_is_taken_out),
	    T(the_dates_of_a_month_are_listed_for_who_plans_them),
	    T(a_conference_that_is_brought_back_has_its_participants_who_are_invited_again),
	    T(a_user_who_goes_and_who_planned_with_him_are_told_and_undo_brings_him_back),
	    T(the_planner_who_goes_takes_his_conferences_along_and_undo_brings_them_back),
	    T(who_is_invited_sees_it_among_his_own_and_its_dates),
	    T(nobody_is_told_while_mail_is_off_and_all_goes_on),
	};
#undef T
	return cmocka_run_group_tests(tests, NULL, NULL);
}
