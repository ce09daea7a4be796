/* What star codes change (KEY): the same rows as the web page, by the same rights, signed by who
 * dialled. */
#include "fixture.h"

#include "model/feature.h"

struct office {
	int64_t anna, ben, phone, place;
};

static struct office
furnish(struct fixture *f)
{
	struct office o = {0};
	char member[128];
	int64_t sales;

	o.anna = make(f->store, &model_user,
	    "{'login':'1001','first_name':'Anna','last_name':'A','rights':['redirect']}");
	o.ben = make(f->store, &model_user,
	    "{'login':'1002','first_name':'Ben','last_name':'B','rights':[]}");
	o.phone = make(f->store, &model_phone, "{'name':'desk'}");
	sales = make(f->store, &model_group, "{'name':'Sales','group_id':'7'}");
	make(f->store, &model_group, "{'name':'Service','group_id':'8'}");
	snprintf(member, sizeof member, "{'group':%lld,'user':%lld}", (long long)sales,
	    (long long)o.anna);
	o.place = make(f->store, &model_group_member, member);
	return o;
}

static enum feature_outcome
dial(struct fixture *f, enum feature what, int64_t user, int64_t phone, const char *argument)
{
	struct feature_order order = {.id = 1, .feature = what, .user = user, .phone = phone};

	snprintf(order.argument, sizeof order.argument, "%s", argument);
	return store_feature(f->store, &order);
}

static bool
is_true(struct fixture *f, const struct model_entity *e, int64_t id, const char *field)
{
	json_t *row = NULL;
	bool on;

	assert_int_equal(store_get(f->store, e, id, &row), ERR_OK);
	on = json_is_true(json_object_get(row, field));
	json_decref(row);
	return on;
}

static void
do_not_disturb(void **state)
{
	struct fixture *f = *state;
	struct office o = furnish(f);

	assert_int_equal(dial(f, FEATURE_DND_ON, o.anna, o.phone, ""), FEATURE_DONE);
	assert_true(is_true(f, &model_user, o.anna, "dnd"));
	assert_int_equal(dial(f, FEATURE_DND_ON, o.anna, o.phone, ""), FEATURE_DONE);
	assert_int_equal(dial(f, FEATURE_DND_OFF, o.anna, o.phone, ""), FEATURE_DONE);
	assert_false(is_true(f, &model_user, o.anna, "dnd"));
}

static void
nobody_does_by_a_code_what_he_may_not_do(void **state)
{
	struct fixture *f = *state;
	struct office o = furnish(f);

	assert_int_equal(dial(f, FEATURE_DND_ON, o.ben, o.phone, ""), FEATURE_DENIED);
	assert_false(is_true(f, &model_user, o.ben, "dnd"));
	assert_int_equal(dial(f, FEATURE_DND_ON, 4711, o.phone, ""), FEATURE_UNKNOWN);
}

static void
groups_by_their_id(void **state)
{
	struct fixture *f = *state;
	struct office o = furnish(f);

	assert_int_equal(dial(f, FEATURE_GROUP_OFF, o.anna, o.phone, "7"), FEATURE_DONE);
	assert_false(is_true(f, &model_group_member, o.place, "logged_on"));
	assert_int_equal(dial(f, FEATURE_GROUP_ON, o.anna, o.phone, "7"), FEATURE_DONE);
	assert_true(is_true(f, &model_group_member, o.place, "logged_on"));
	assert_int_equal(dial(f, FEATURE_GROUP_ON, o.anna, o.phone, "8"), FEATURE_UNKNOWN);
	assert_int_equal(dial(f, FEATURE_GROUP_ON, o.anna, o.phone, "99"), FEATURE_UNKNOWN);
	assert_int_equal(dial(f, FEATURE_GROUP_ON, o.ben, o.phone, "7"), FEATURE_UNKNOWN);
}

/* "30 always 31 on" of Anna's numbers, in their order. */
static void
redirections(struct fixture *f, char *out, size_t size)
{
	struct store_query q = {.all = true, .sort = SLICE("digits")};
	json_t *rows = NULL, *row;
	int64_t total;
	size_t i;

	out[0] = '\0';
	assert_int_equal(store_list(f->store, &model_redirection, &q, &rows, &total, NULL), ERR_OK);
	json_array_foreach(rows, i, row)
	{
		size_t n = strlen(out);

		snprintf(out + n, size - n, "%s %s %s %s; ",
		    json_string_value(json_object_get(row, "digits")),
		    json_string_value(json_object_get(row, "trigger")),
		    json_string_value(json_object_get(row, "target")),
		    json_is_true(json_object_get(row, "enabled")) ? "on" : "off");
	}
	json_decref(rows);
}

static void
all_numbers_are_redirected_and_the_target_is_kept(void **state)
{
	struct fixture *f = *state;
	struct office o = furnish(f);
	char text[128], found[256];

	make(f->store, &model_range, "{'first':'10','last':'99'}");
	for (int n = 30; n < 33; n++) {
		snprintf(text, sizeof text, "{'number':'%d','user':%lld}", n,
		    (long long)(n < 32 ? o.anna : o.ben));
		make(f->store, &model_number, text);
	}
	assert_int_equal(dial(f, FEATURE_REDIRECT_ALWAYS, o.anna, o.phone, "32"), FEATURE_DONE);
	redirections(f, found, sizeof found);
	assert_string_equal(found, "30 always 32 on; 31 always 32 on; ");
	assert_int_equal(dial(f, FEATURE_REDIRECT_ALWAYS_OFF, o.anna, o.phone, ""), FEATURE_DONE);
	assert_int_equal(dial(f, FEATURE_REDIRECT_BUSY_OFF, o.anna, o.phone, ""), FEATURE_DONE);
	redirections(f, found, sizeof found);
	assert_string_equal(found, "30 always 32 off; 31 always 32 off; ");
	assert_int_equal(dial(f, FEATURE_REDIRECT_ALWAYS, o.anna, o.phone, "77"), FEATURE_UNKNOWN);
	assert_int_equal(dial(f, FEATURE_REDIRECT_ALWAYS, o.ben, o.phone, "30"), FEATURE_DENIED);
	redirections(f, found, sizeof found);
	assert_string_equal(found, "30 always 32 off; 31 always 32 off; ");
}

/* "desk lobby" of a user. */
static void
phones_of(struct fixture *f, int64_t user, char *out, size_t size)
{
	json_t *row = NULL, *name;
	size_t i;

	out[0] = '\0';
	assert_int_equal(store_get(f->store, &model_user, user, &row), ERR_OK);
	json_array_foreach(json_object_get(row, "phone_names"), i, name)
	{
		size_t n = strlen(out);

		snprintf(out + n, size - n, "%s ", json_string_value(name));
	}
	json_decref(row);
}

/* What the page has led to a mailbox leads to a number when one is dialled. */
static void
a_code_leads_to_a_number_what_led_to_a_mailbox(void **state)
{
	struct fixture *f = *state;
	struct office o = furnish(f);
	int64_t number, box, id;
	json_t *row = NULL;
	char text[160];

	make(f->store, &model_range, "{'first':'10','last':'99'}");
	snprintf(text, sizeof text, "{'number':'30','user':%lld}", (long long)o.anna);
	number = make(f->store, &model_number, text);
	make(f->store, &model_number, "{'number':'32'}");
	box = make(f->store, &model_mailbox, "{'name':'Anna','code':'4'}");
	snprintf(text, sizeof text,
	    "{'number':%lld,'trigger':'timeout','kind':'mailbox','mailbox':%lld}",
	    (long long)number, (long long)box);
	id = make(f->store, &model_redirection, text);
	assert_int_equal(dial(f, FEATURE_REDIRECT_TIMEOUT, o.anna, o.phone, "32"), FEATURE_DONE);
	assert_int_equal(store_get(f->store, &model_redirection, id, &row), ERR_OK);
	assert_string_equal(json_string_value(json_object_get(row, "kind")), "number");
	assert_string_equal(json_string_value(json_object_get(row, "target")), "32");
	json_decref(row);
}

static void
a_telephone_is_logged_in_to_and_becomes_the_primary_one(void **state)
{
	struct fixture *f = *state;
	struct office o = furnish(f);
	int64_t cleo, lobby = make(f->store, &model_phone, "{'name':'lobby'}");
	char text[128], found[64];

	snprintf(text, sizeof text,
	    "{'login':'1003','first_name':'Cleo','last_name':'C','rights':['login'],'phones':[%lld]"
	    "}",
	    (long long)o.phone);
	cleo = make(f->store, &model_user, text);
	assert_int_equal(dial(f, FEATURE_PHONE_LOGIN, 0, lobby, "1003"), FEATURE_DONE);
	phones_of(f, cleo, found, sizeof found);
	assert_string_equal(found, "lobby desk ");
	assert_int_equal(dial(f, FEATURE_PHONE_LOGIN, cleo, lobby, "1003"), FEATURE_DONE);
	assert_int_equal(dial(f, FEATURE_PHONE_LOGOUT, cleo, lobby, "1003"), FEATURE_DONE);
	phones_of(f, cleo, found, sizeof found);
	assert_string_equal(found, "desk "); /* the former one again */
	assert_int_equal(dial(f, FEATURE_PHONE_LOGIN, 0, lobby, "1002"), FEATURE_DENIED);
	assert_int_equal(dial(f, FEATURE_PHONE_LOGIN, 0, lobby, "9999"), FEATURE_UNKNOWN);
	assert_int_equal(dial(f, FEATURE_PHONE_LOGOUT_ALL, cleo, o.phone, ""), FEATURE_DONE);
	phones_of(f, cleo, found, sizeof found);
	assert_string_equal(found, "");
}

/* Names of who is at a telephone, its owner first. */
static void
users_of(struct fixture *f, int64_t phone, char *out, size_t size)
{
	json_t *row = NULL, *name;
	size_t i;

	out[0] = '\0';
	assert_int_equal(store_get(f->store, &model_phone, phone, &row), ERR_OK);
	json_array_foreach(json_object_get(row, "user_names"), i, name)
	{
		size_t n = strlen(out);

		snprintf(out + n, size - n, "%s ", json_string_value(name));
	}
	json_decref(row);
}

/* USR-6: the first user at a telephone owns its identity. */
static void
who_logged_in_first_owns_the_telephone(void **state)
{
	struct fixture *f = *state;
	struct office o = furnish(f);
	int64_t lobby = make(f->store, &model_phone, "{'name':'lobby'}");
	char found[64];

	make(f->store, &model_user,
	    "{'login':'1003','first_name':'Cleo','last_name':'C','rights':['login']}");
	make(f->store, &model_user,
	    "{'login':'1004','first_name':'Dora','last_name':'D','rights':['login']}");
	assert_int_equal(dial(f, FEATURE_PHONE_LOGIN, 0, lobby, "1004"), FEATURE_DONE);
	assert_int_equal(dial(f, FEATURE_PHONE_LOGIN, 0, lobby, "1003"), FEATURE_DONE);
	users_of(f, lobby, found, sizeof found);
	assert_string_equal(found, "Dora D Cleo C ");
	/* another telephone of hers, and once more at this one, change nothing here */
	assert_int_equal(dial(f, FEATURE_PHONE_LOGIN, 0, o.phone, "1004"), FEATURE_DONE);
	assert_int_equal(dial(f, FEATURE_PHONE_LOGIN, 0, lobby, "1004"), FEATURE_DONE);
	users_of(f, lobby, found, sizeof found);
	assert_string_equal(found, "Dora D Cleo C ");
	assert_int_equal(dial(f, FEATURE_PHONE_LOGOUT, 0, lobby, "1004"), FEATURE_DONE);
	assert_int_equal(dial(f, FEATURE_PHONE_LOGIN, 0, lobby, "1004"), FEATURE_DONE);
	users_of(f, lobby, found, sizeof found);
	assert_string_equal(found, "Cleo C Dora D ");
}

static void
the_log_of_changes_says_who_and_where(void **state)
{
	struct fixture *f = *state;
	struct office o = furnish(f);
	struct store_query q = {0};
	json_t *rows = NULL;
	const json_t *last;
	int64_t total;

	assert_int_equal(dial(f, FEATURE_DND_ON, o.anna, o.phone, ""), FEATURE_DONE);
	assert_int_equal(store_list(f->store, &model_change, &q, &rows, &total, NULL), ERR_OK);
	last = json_array_get(rows, 0);
	assert_string_equal(json_string_value(json_object_get(last, "writer")), "1001");
	assert_string_equal(json_string_value(json_object_get(last, "address")), "desk");
	json_decref(rows);
}

#define T(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    T(do_not_disturb),
	    T(nobody_does_by_a_code_what_he_may_not_do),
	    T(groups_by_their_id),
	    T(all_numbers_are_redirected_and_the_target_is_kept),
	    T(a_code_leads_to_a_number_what_led_to_a_mailbox),
	    T(a_telephone_is_logged_in_to_and_becomes_the_primary_one),
	    T(who_logged_in_first_owns_the_telephone),
	    T(the_log_of_changes_says_who_and_where),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
