/* store/voicemail.c: messages in mailboxes, their files, and what a crash leaves of both. */
#include <fcntl.h>
#include <sys/stat.h>

#include "fixture.h"
#include "store/voicemail.h"

struct office {
	int64_t anna, ben, box, other;
};

static int changes;

static void
on_change(void *ctx, const struct store_change *change)
{
	changes += change->entity == &model_voicemail;
}

static void
link_to(struct fixture *f, const struct model_entity *e, const char *a, int64_t is_a, const char *b,
    int64_t is_b)
{
	char text[200];

	snprintf(
	    text, sizeof text, "{'%s':%lld,'%s':%lld}", a, (long long)is_a, b, (long long)is_b);
	make(f->store, e, text);
}

static struct office
furnish(struct fixture *f)
{
	struct office o = {0};
	int64_t sales;

	assert_int_equal(store_voicemail_folders(f->dir), ERR_OK);
	o.anna = make(f->store, &model_user, "{'login':'1001','first_name':'A','last_name':'A'}");
	o.ben = make(f->store, &model_user, "{'login':'1002','first_name':'B','last_name':'B'}");
	sales = make(f->store, &model_group, "{'name':'Sales'}");
	link_to(f, &model_group_member, "group", sales, "user", o.ben);
	o.box = make(f->store, &model_mailbox, "{'name':'Anna','max_messages':3}");
	o.other = make(f->store, &model_mailbox, "{'name':'Sales'}");
	link_to(f, &model_mailbox_access, "mailbox", o.box, "user", o.anna);
	link_to(f, &model_mailbox_access, "mailbox", o.other, "group", sales);
	return o;
}

static const char *
path_of(const struct fixture *f, const char *file)
{
	static char path[200];

	snprintf(path, sizeof path, "%s/voicemail/%s.wav", f->dir, file);
	return path;
}

static void
touch(const struct fixture *f, const char *file)
{
	int fd = open(path_of(f, file), O_CREAT | O_WRONLY | O_EXCL, 0600);

	assert_true(fd >= 0);
	close(fd);
}

static bool
is_there(const struct fixture *f, const char *file)
{
	return access(path_of(f, file), F_OK) == 0;
}

static enum err
begin(struct fixture *f, int64_t box, const char *file)
{
	static int64_t at = 1000;
	struct voicemail_began b = {.mailbox = box, .began_at = at++};

	snprintf(b.file, sizeof b.file, "%s", file);
	snprintf(b.number, sizeof b.number, "0221999");
	return store_voicemail_begin(f->store, &b);
}

static enum err
finish(struct fixture *f, const char *file, bool keep)
{
	struct voicemail_ended e = {.length_ms = 4200, .keep = keep};

	snprintf(e.file, sizeof e.file, "%s", file);
	return store_voicemail_end(f->store, f->dir, &e);
}

static void
record(struct fixture *f, int64_t box, const char *file)
{
	assert_int_equal(begin(f, box, file), ERR_OK);
	touch(f, file);
	assert_int_equal(finish(f, file, true), ERR_OK);
}

/* "aa new, bb old" */
static const char *
listed(struct fixture *f, int64_t box)
{
	static char text[400];
	struct voicemail_answer *a = NULL;
	size_t n = 0;

	assert_int_equal(store_voicemail_list(f->store, 7, box, &a), ERR_OK);
	assert_int_equal(a->id, 7);
	*text = '\0';
	for (uint32_t i = 0; i < a->n; i++)
		n += (size_t)snprintf(text + n, sizeof text - n, "%s%s %s", i ? ", " : "",
		    a->item[i].file, voicemail_state_name(a->item[i].state));
	free(a);
	return text;
}

static int64_t
id_of(struct fixture *f, int64_t box, uint32_t place)
{
	struct voicemail_answer *a = NULL;
	int64_t id;

	assert_int_equal(store_voicemail_list(f->store, 7, box, &a), ERR_OK);
	assert_true(place < a->n);
	id = a->item[place].id;
	free(a);
	return id;
}

static void
empty(const struct fixture *f)
{
	char command[200];

	snprintf(command, sizeof command, "rm -rf %s/voicemail %s/announcements", f->dir, f->dir);
	assert_int_equal(system(command), 0);
}

static void
a_message_appears_when_it_is_complete(void **state)
{
	struct fixture *f = *state;
	struct office o = furnish(f);

	store_on_change(f->store, on_change, NULL);
	changes = 0;
	assert_int_equal(begin(f, o.box, "aa"), ERR_OK);
	assert_string_equal(listed(f, o.box), "");
	touch(f, "aa");
	assert_int_equal(finish(f, "aa", true), ERR_OK);
	assert_string_equal(listed(f, o.box), "aa new");
	assert_int_equal(changes, 2);
	assert_int_equal(begin(f, o.box, "bb"), ERR_OK);
	touch(f, "bb");
	assert_int_equal(finish(f, "bb", false), ERR_OK);
	assert_false(is_there(f, "bb"));
	assert_string_equal(listed(f, o.box), "aa new");
	assert_int_equal(begin(f, 4711, "cc"), ERR_NOT_FOUND);
	touch(f, "cc");
	assert_int_equal(finish(f, "cc", true), ERR_NOT_FOUND);
	assert_false(is_there(f, "cc"));
	empty(f);
}

static void
new_messages_come_first_and_a_full_mailbox_takes_no_more(void **state)
{
	struct fixture *f = *state;
	struct office o = furnish(f);

	record(f, o.box, "aa");
	record(f, o.box, "bb");
	record(f, o.box, "cc");
	assert_int_equal(
	    store_voicemail_mark(f->store, o.box, id_of(f, o.box, 0), VOICEMAIL_OLD), ERR_OK);
	assert_string_equal(listed(f, o.box), "bb new, aa new, cc old");
	assert_int_equal(begin(f, o.box, "dd"), ERR_LIMIT);
	assert_int_equal(
	    store_voicemail_mark(f->store, o.box, id_of(f, o.box, 2), VOICEMAIL_DELETED), ERR_OK);
	assert_string_equal(listed(f, o.box), "bb new, aa new");
	assert_true(is_there(f, "cc"));
	assert_int_equal(begin(f, o.box, "dd"), ERR_OK);
	assert_int_equal(store_voicemail_mark(f->store, o.other, id_of(f, o.box, 0), VOICEMAIL_OLD),
	    ERR_NOT_FOUND);
	empty(f);
}

static void
forwarding_copies_no_sound(void **state)
{
	struct fixture *f = *state;
	struct office o = furnish(f);
	struct voicemail_answer *a = NULL;
	struct stat st;

	record(f, o.box, "aa");
	assert_int_equal(
	    store_voicemail_forward(f->store, f->dir, o.box, id_of(f, o.box, 0), o.other, "Anna A"),
	    ERR_OK);
	assert_int_equal(store_voicemail_list(f->store, 7, o.other, &a), ERR_OK);
	assert_int_equal(a->n, 1);
	assert_int_equal(a->item[0].length_ms, 4200);
	assert_string_equal(a->item[0].number, "0221999");
	assert_int_equal(stat(path_of(f, a->item[0].file), &st), 0);
	assert_int_equal(st.st_nlink, 2);
	free(a);
	assert_int_equal(
	    store_voicemail_forward(f->store, f->dir, o.box, id_of(f, o.box, 0), 4711, "Anna A"),
	    ERR_NOT_FOUND);
	assert_int_equal(stat(path_of(f, "aa"), &st), 0);
	assert_int_equal(st.st_nlink, 2);
	empty(f);
}

struct waiting {
	int64_t anna, ben;
	char text[100];
};

static void
on_count(void *ctx, int64_t user, uint32_t unheard, uint32_t heard)
{
	struct waiting *w = ctx;
	size_t n = strlen(w->text);

	snprintf(w->text + n, sizeof w->text - n, "%s %u/%u ",
	    user == w->anna ? "anna" : (user == w->ben ? "ben" : "?"), unheard, heard);
}

static void
what_waits_is_counted_for_everybody_with_access(void **state)
{
	struct fixture *f = *state;
	struct office o = furnish(f);
	struct waiting w = {o.anna, o.ben, ""};

	record(f, o.box, "aa");
	record(f, o.box, "bb");
	record(f, o.other, "cc");
	assert_int_equal(begin(f, o.other, "dd"), ERR_OK);
	assert_int_equal(
	    store_voicemail_mark(f->store, o.box, id_of(f, o.box, 0), VOICEMAIL_SAVED), ERR_OK);
	assert_int_equal(store_voicemail_counts(f->store, on_count, &w), ERR_OK);
	assert_string_equal(w.text, "anna 1/1 ben 1/0 ");
	empty(f);
}

static enum err
mend_file(const char *path, uint64_t *length_ms)
{
	*length_ms = strstr(path, "short") ? 500 : 7000;
	return access(path, F_OK) == 0 ? ERR_OK : ERR_NOT_FOUND;
}

static void
what_a_crash_cut_off_is_a_message(void **state)
{
	struct fixture *f = *state;
	struct office o = furnish(f);

	assert_int_equal(begin(f, o.box, "aa"), ERR_OK);
	touch(f, "aa");
	assert_int_equal(begin(f, o.box, "short"), ERR_OK);
	touch(f, "short");
	assert_int_equal(begin(f, o.box, "never"), ERR_OK);
	store_close(f->store);
	fixture_open(f);
	assert_int_equal(store_voicemail_mend(f->store, f->dir, mend_file), ERR_OK);
	assert_string_equal(listed(f, o.box), "aa new");
	assert_false(is_there(f, "short"));
	assert_int_equal(store_voicemail_mend(f->store, f->dir, mend_file), ERR_OK);
	assert_string_equal(listed(f, o.box), "aa new");
	empty(f);
}

static void
what_somebody_speaks_himself_greets_from_then_on(void **state)
{
	struct fixture *f = *state;
	struct office o = furnish(f);
	struct voicemail_ask ask = {.mailbox = o.box, .user = o.anna, .length_ms = 3000};
	json_t *box = NULL, *spoken = NULL;

	snprintf(ask.file, sizeof ask.file, "feed");
	assert_int_equal(store_voicemail_greet(f->store, &ask), ERR_OK);
	assert_int_equal(store_get(f->store, &model_mailbox, o.box, &box), ERR_OK);
	assert_int_equal(store_get(f->store, &model_announcement,
			     json_integer_value(json_object_get(box, "greeting")), &spoken),
	    ERR_OK);
	assert_int_equal(json_integer_value(json_object_get(spoken, "length_ms")), 3000);
	assert_int_equal(json_integer_value(json_object_get(spoken, "user")), o.anna);
	json_decref(box);
	json_decref(spoken);
	empty(f);
}

static json_t *
announcement_of(struct fixture *f, int64_t box, const char *greeting)
{
	json_t *row = NULL, *spoken = NULL;

	assert_int_equal(store_get(f->store, &model_mailbox, box, &row), ERR_OK);
	assert_int_equal(store_get(f->store, &model_announcement,
			     json_integer_value(json_object_get(row, greeting)), &spoken),
	    ERR_OK);
	json_decref(row);
	return spoken;
}

static void
each_greeting_is_spoken_for_itself_and_an_administrators_is_everybodys(void **state)
{
	struct fixture *f = *state;
	struct office o = furnish(f);
	struct voicemail_ask ask = {.mailbox = o.box,
	    .user = o.anna,
	    .length_ms = 3000,
	    .greeting = VOICEMAIL_GREETING_AWAY,
	    .everybodys = true,
	    .file = "feed"};
	json_t *away, *busy, *row = NULL;

	assert_int_equal(store_voicemail_greet(f->store, &ask), ERR_OK);
	ask.greeting = VOICEMAIL_GREETING_BUSY;
	ask.everybodys = false;
	assert_int_equal(store_voicemail_greet(f->store, &ask), ERR_OK);
	away = announcement_of(f, o.box, "greeting_away");
	busy = announcement_of(f, o.box, "greeting_busy");
	assert_true(json_is_null(json_object_get(away, "user")));
	assert_int_equal(json_integer_value(json_object_get(busy, "user")), o.anna);
	assert_int_equal(store_get(f->store, &model_mailbox, o.box, &row), ERR_OK);
	assert_true(json_is_null(json_object_get(row, "greeting")));
	json_decref(row);
	json_decref(away);
	json_decref(busy);
	ask.mailbox = 4711;
	assert_int_equal(store_voicemail_greet(f->store, &ask), ERR_NOT_FOUND);
	empty(f);
}

static void
mailboxes_get_the_next_free_id_and_say_what_does_not_fit(void **state)
{
	struct fixture *f = *state;
	struct model_errors errors = {0};
	json_t *row = NULL;
	int64_t id;

	make(f->store, &model_mailbox, "{'name':'One'}");
	make(f->store, &model_mailbox, "{'name':'Three','code':'3'}");
	id = make(f->store, &model_mailbox, "{'name':'Two','pin':'135790'}");
	assert_int_equal(store_get(f->store, &model_mailbox, id, &row), ERR_OK);
	assert_string_equal(text_at(row, "code"), "2");
	assert_true(json_is_true(json_object_get(row, "has_pin")));
	assert_null(json_object_get(row, "pin"));
	json_decref(row);
	assert_int_equal(
	    patch(f->store, &model_mailbox, id, "{'min_s':30,'max_s':20}", &errors), ERR_INVALID);
	assert_string_equal(errors.at[0].code, "min_above_max");
	assert_int_equal(patch(f->store, &model_mailbox, id,
			     "{'away_from':'2026-12-01T00:00:00Z',"
			     "'away_until':'2026-11-01T00:00:00Z'}",
			     &errors),
	    ERR_INVALID);
	assert_string_equal(errors.at[0].field, "away_until");
}

#define T(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    T(a_message_appears_when_it_is_complete),
	    T(new_messages_come_first_and_a_full_mailbox_takes_no_more),
	    T(forwarding_copies_no_sound),
	    T(what_waits_is_counted_for_everybody_with_access),
	    T(what_a_crash_cut_off_is_a_message),
	    T(what_somebody_speaks_himself_greets_from_then_on),
	    T(each_greeting_is_spoken_for_itself_and_an_administrators_is_everybodys),
	    T(mailboxes_get_the_next_free_id_and_say_what_does_not_fit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
