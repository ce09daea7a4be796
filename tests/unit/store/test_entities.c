/* store/entity.c: create, read, change, delete; rules; sessions and passwords. */
#include "fixture.h"
#include "model/rights.h"

static int
seen_changes(
    const struct store_change *list, size_t n, const struct model_entity *e, enum store_op op)
{
	int count = 0;

	for (size_t i = 0; i < n; i++)
		count += list[i].entity == e && list[i].op == op;
	return count;
}

struct feed {
	struct store_change at[32];
	size_t n;
};

static void
on_change(void *ctx, const struct store_change *change)
{
	struct feed *feed = ctx;

	if (feed->n < 32 &&
	    change->entity != &model_change) /* the log of changes has tests of its own */
		feed->at[feed->n++] = *change;
}

static void
a_new_store_has_settings_and_the_range_lin_1(void **state)
{
	struct fixture *f = *state;
	struct settings settings, defaults;
	struct store_query q = {0};
	json_t *items = NULL;
	int64_t total = 0;

	settings_init(&defaults);
	defaults.password_weak_allowed = true; /* the fixture's */
	assert_int_equal(store_settings(f->store, &settings), ERR_OK);
	assert_memory_equal(&settings, &defaults, sizeof settings);
	assert_int_equal(store_list(f->store, &model_range, &q, &items, &total, NULL), ERR_OK);
	assert_json(items, "[{'id':1,'first':'100','last':'999'}]");
	json_decref(items);
}

static void
users_come_with_numbers_and_phones_usr_1(void **state)
{
	struct fixture *f = *state;
	int64_t desk = make(f->store, &model_phone, "{'name':'desk'}");
	int64_t soft = make(f->store, &model_phone, "{'name':'soft','secret':'geheim1'}");
	char text[200];
	json_t *row = NULL;
	int64_t anna;

	snprintf(text, sizeof text,
	    "{'login':'1000','first_name':'Anna','last_name':'M\u00fcller','phones':[%lld,%lld]}",
	    (long long)soft, (long long)desk);
	anna = make(f->store, &model_user, text);
	snprintf(text, sizeof text, "{'number':'4930123','kind':'external','user':%lld}",
	    (long long)anna);
	make(f->store, &model_number, text);
	snprintf(text, sizeof text, "{'number':'101','user':%lld}", (long long)anna);
	make(f->store, &model_number, text);

	assert_int_equal(store_get(f->store, &model_user, anna, &row), ERR_OK);
	assert_json(json_object_get(row, "numbers"), "['101','4930123']");
	assert_json(json_object_get(row, "phone_names"), "['soft','desk']");
	assert_null(json_object_get(row, "password"));
	assert_null(json_object_get(row, "password_hash"));
	json_decref(row);
	assert_int_equal(store_get(f->store, &model_phone, desk, &row), ERR_OK);
	assert_json(json_object_get(row, "user_names"), "['Anna M\u00fcller']");
	assert_null(json_object_get(row, "secret"));
	assert_null(json_object_get(row, "ha1_md5"));
	json_decref(row);
	assert_int_equal(store_find(f->store, &model_number, "number", "101", &row), ERR_OK);
	assert_string_equal(text_at(row, "user_name"), "Anna M\u00fcller");
	json_decref(row);
	assert_int_equal(store_find(f->store, &model_number, "number", "102", &row), ERR_NOT_FOUND);

	assert_int_equal(patch(f->store, &model_user, anna, "{'phones':[]}", NULL), ERR_OK);
	assert_int_equal(store_delete(f->store, &model_user, anna, NULL), ERR_OK);
	assert_int_equal(store_get(f->store, &model_user, anna, &row), ERR_NOT_FOUND);
	assert_int_equal(store_find(f->store, &model_number, "number", "101", &row), ERR_OK);
	assert_true(json_is_null(json_object_get(row, "user")));
	json_decref(row);
}

static void
sip_passwords_are_made_and_hidden_pho_3(void **state)
{
	struct fixture *f = *state;
	int64_t id = make(f->store, &model_phone, "{'name':'desk'}");
	json_t *row = NULL;
	char first[64];

	assert_int_equal(store_get_secret(f->store, &model_phone, id, &row), ERR_OK);
	snprintf(first, sizeof first, "%s", text_at(row, "secret"));
	assert_int_equal(strlen(first), 16); /* SEC-1: secure */
	json_decref(row);
	assert_int_equal(store_phone_new_secret(f->store, id), ERR_OK);
	assert_int_equal(store_get_secret(f->store, &model_phone, id, &row), ERR_OK);
	assert_string_not_equal(first, text_at(row, "secret"));
	json_decref(row);
	assert_int_equal(store_phone_new_secret(f->store, 4711), ERR_NOT_FOUND);
}

static void
what_contradicts_is_refused_and_named(void **state)
{
	struct fixture *f = *state;
	static const struct {
		const struct model_entity *entity;
		const char *in;
		enum err e;
		const char *code, *field;
	} cases[] = {
	    {&model_phone, "{'name':'desk'}", ERR_EXISTS, "not_unique", "name"},
	    {&model_number, "{'number':'50'}", ERR_INVALID, "number_outside_range", "number"},
	    {&model_number, "{'number':'1000'}", ERR_INVALID, "number_outside_range", "number"},
	    {&model_number, "{'number':'150','user':99}", ERR_INVALID, "no_such_reference", "user"},
	    {&model_user, "{'login':'1000','first_name':'A','last_name':'B','phones':[77]}",
		ERR_INVALID, "no_such_reference", "phones"},
	    {&model_range, "{'first':'500','last':'600'}", ERR_INVALID, "ranges_overlap", "first"},
	    {&model_range, "{'first':'10','last':'600'}", ERR_INVALID, "length_differs", "last"},
	    {&model_phone, "{'name':'x','auth':'address'}", ERR_INVALID, "required", "host"},
	    {&model_phone, "{}", ERR_INVALID, "required", "name"},
	};
	make(f->store, &model_phone, "{'name':'desk'}");
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct model_errors errors = {0};
		json_t *in = json_of(cases[i].in), *row = NULL;

		assert_int_equal(
		    store_create(f->store, cases[i].entity, in, &row, &errors), cases[i].e);
		assert_null(row);
		assert_int_equal(errors.count, 1);
		assert_string_equal(errors.at[0].code, cases[i].code);
		assert_string_equal(errors.at[0].field, cases[i].field);
		json_decref(in);
	}
}

static void
a_range_in_use_stays_lin_1(void **state)
{
	struct fixture *f = *state;
	struct model_errors errors = {0};

	make(f->store, &model_number, "{'number':'150'}");
	assert_int_equal(store_delete(f->store, &model_range, 1, &errors), ERR_CONFLICT);
	assert_string_equal(errors.at[0].code, "number_outside_range");
	assert_int_equal(patch(f->store, &model_range, 1, "{'first':'200'}", &errors), ERR_INVALID);
	assert_int_equal(patch(f->store, &model_range, 1, "{'last':'200'}", &errors), ERR_OK);
}

static void
the_last_administrator_stays(void **state)
{
	struct fixture *f = *state;
	struct model_errors errors = {0};
	bool has = true;
	int64_t a, b;

	assert_int_equal(store_has_admin(f->store, &has), ERR_OK);
	assert_false(has);
	a = make(f->store, &model_user,
	    "{'login':'1000','first_name':'A','last_name':'B','admin':true,'password':'gehe\u00efm'"
	    "}");
	assert_int_equal(store_has_admin(f->store, &has), ERR_OK);
	assert_true(has);
	assert_int_equal(store_delete(f->store, &model_user, a, &errors), ERR_CONFLICT);
	assert_string_equal(errors.at[0].code, "last_administrator");
	assert_int_equal(patch(f->store, &model_user, a, "{'admin':false}", &errors), ERR_CONFLICT);
	assert_int_equal(
	    patch(f->store, &model_user, a, "{'enabled':false}", &errors), ERR_CONFLICT);
	assert_string_equal(errors.at[0].code, "last_administrator");
	b = make(f->store, &model_user,
	    "{'login':'1001','first_name':'A','last_name':'B','admin':true,'password':'geheim'}");
	assert_int_equal(patch(f->store, &model_user, a, "{'enabled':false}", &errors), ERR_OK);
	assert_int_equal(store_delete(f->store, &model_user, b, &errors), ERR_CONFLICT);
	assert_int_equal(store_delete(f->store, &model_user, a, &errors), ERR_OK);
}

static void
people_log_in_with_hashed_passwords_ini_5(void **state)
{
	struct fixture *f = *state;
	int64_t id = make(f->store, &model_user,
	    "{'login':'1000','first_name':'A','last_name':'B','password':'stra\u00dfe-1'}");
	json_t *row = NULL;

	make(f->store, &model_user, "{'login':'2000','first_name':'A','last_name':'B'}");
	assert_int_equal(store_get_secret(f->store, &model_user, id, &row), ERR_OK);
	assert_non_null(strstr(text_at(row, "password_hash"), "$argon2id$v=19$m=19456,t=2,p=1$"));
	json_decref(row);
	row = NULL;
	assert_int_equal(store_authenticate(f->store, "1000", "stra\u00dfe-1", &row), ERR_OK);
	assert_int_equal(json_integer_value(json_object_get(row, "id")), id);
	assert_null(json_object_get(row, "password_hash"));
	json_decref(row);
	row = NULL;
	assert_int_equal(store_authenticate(f->store, "1000", "strasse-1", &row), ERR_DENIED);
	assert_int_equal(store_authenticate(f->store, "9999", "x", &row), ERR_DENIED);
	assert_int_equal(store_authenticate(f->store, "2000", "", &row), ERR_DENIED);
	assert_int_equal(store_authenticate(f->store, "1000' OR 1=1 --", "x", &row), ERR_DENIED);
	assert_int_equal(patch(f->store, &model_user, id, "{'enabled':false}", NULL), ERR_OK);
	assert_int_equal(store_authenticate(f->store, "1000", "stra\u00dfe-1", &row), ERR_DENIED);
	assert_null(row);
}

static clock_t
cpu_of_login(struct store *s, const char *login)
{
	clock_t start = clock();
	json_t *user = NULL;

	assert_int_equal(store_authenticate(s, login, "wrong password", &user), ERR_DENIED);
	return clock() - start;
}

/* Time must not tell which log-ins exist. */
static void
an_unknown_login_costs_what_a_known_one_costs(void **state)
{
	struct fixture *f = *state;
	clock_t known, unknown;

	make(f->store, &model_user,
	    "{'login':'1000','first_name':'A','last_name':'B','password':'geheim'}");
	known = cpu_of_login(f->store, "1000");
	unknown = cpu_of_login(f->store, "1001");
	assert_true(unknown > known / 4 && known > unknown / 4);
}

static void
sessions_end_with_time_password_and_user(void **state)
{
	struct fixture *f = *state;
	int64_t id =
	    make(f->store, &model_user, "{'login':'1000','first_name':'A','last_name':'B'}");
	struct store_session in = {.token_hash = {1, 2, 3},
	    .user = id,
	    .csrf = "csrf",
	    .created_at = 1000,
	    .expires_at = 5000};
	struct store_credential out;
	json_t *user = NULL;

	assert_int_equal(store_session_create(f->store, &in), ERR_OK);
	assert_int_equal(
	    store_credential_find(f->store, STORE_SESSION, in.token_hash, 4999, &out, &user),
	    ERR_OK);
	assert_string_equal(out.csrf, "csrf");
	assert_string_equal(text_at(user, "login"), "1000");
	json_decref(user);
	assert_int_equal(
	    store_credential_find(f->store, STORE_SESSION, in.token_hash, 5000, &out, NULL),
	    ERR_NOT_FOUND);
	assert_int_equal(
	    store_session_extend(f->store, in.token_hash, 1500, 9000, "192.0.2.7"), ERR_OK);
	assert_int_equal(
	    store_credential_find(f->store, STORE_SESSION, in.token_hash, 5000, &out, NULL),
	    ERR_OK);
	assert_int_equal(
	    store_credential_find(f->store, STORE_SESSION, (unsigned char[32]){9}, 1, &out, NULL),
	    ERR_NOT_FOUND);
	/* a change of name keeps it, a new password ends it */
	assert_int_equal(patch(f->store, &model_user, id, "{'first_name':'C'}", NULL), ERR_OK);
	assert_int_equal(
	    store_credential_find(f->store, STORE_SESSION, in.token_hash, 1, &out, NULL), ERR_OK);
	assert_int_equal(patch(f->store, &model_user, id, "{'password':'geheim2'}", NULL), ERR_OK);
	assert_int_equal(
	    store_credential_find(f->store, STORE_SESSION, in.token_hash, 1, &out, NULL),
	    ERR_NOT_FOUND);
	assert_int_equal(store_session_create(f->store, &in), ERR_OK);
	assert_int_equal(store_session_delete(f->store, in.token_hash), ERR_OK);
	assert_int_equal(store_session_delete(f->store, in.token_hash), ERR_OK);
	assert_int_equal(store_session_create(f->store, &in), ERR_OK);
	assert_int_equal(store_delete(f->store, &model_user, id, NULL), ERR_OK);
	assert_int_equal(
	    store_credential_find(f->store, STORE_SESSION, in.token_hash, 1, &out, NULL),
	    ERR_NOT_FOUND);
	in.token_hash[0] = 7;
	assert_int_equal(store_session_create(f->store, &in), ERR_NOT_FOUND);
}

/* USR-13 */
static void
a_new_user_has_the_rights_of_the_settings_unless_told_otherwise(void **state)
{
	struct fixture *f = *state;
	json_t *row = NULL;
	int64_t id =
	    make(f->store, &model_user, "{'login':'1000','first_name':'A','last_name':'B'}");

	assert_int_equal(store_get(f->store, &model_user, id, &row), ERR_OK);
	assert_int_equal(
	    rights_of_user(row), RIGHTS_ALL & ~(RIGHT_BIT(ADMIN) | RIGHT_BIT(FKEY_TALKING)));
	json_decref(row);
	assert_int_equal(
	    patch(f->store, &model_settings, 1, "{'default_rights':['fax','calllist']}", NULL),
	    ERR_OK);
	id = make(f->store, &model_user,
	    "{'login':'1001','first_name':'A','last_name':'B','admin':true}");
	assert_int_equal(store_get(f->store, &model_user, id, &row), ERR_OK);
	assert_int_equal(
	    rights_of_user(row), RIGHT_BIT(FAX) | RIGHT_BIT(CALLLIST) | RIGHT_BIT(ADMIN));
	json_decref(row);
	id = make(
	    f->store, &model_user, "{'login':'1002','first_name':'A','last_name':'B','rights':[]}");
	assert_int_equal(store_get(f->store, &model_user, id, &row), ERR_OK);
	assert_int_equal(rights_of_user(row), 0);
	json_decref(row);
}

static void
a_second_factor_is_spent_once(void **state)
{
	struct fixture *f = *state;
	unsigned char codes[STORE_RECOVERY_CODES][32] = {{1}, {2}, {3}};
	struct store_second_factor factor;
	int64_t id =
	    make(f->store, &model_user, "{'login':'1000','first_name':'A','last_name':'B'}");

	assert_int_equal(store_second_factor_get(f->store, id, &factor), ERR_NOT_FOUND);
	assert_int_equal(store_second_factor_confirm(f->store, id, 5, codes), ERR_CONFLICT);
	assert_int_equal(store_second_factor_begin(f->store, id, "AAAA"), ERR_OK);
	assert_int_equal(store_second_factor_begin(f->store, id, "BBBB"), ERR_OK);
	assert_int_equal(store_second_factor_spend(f->store, id, 9), ERR_DENIED);
	assert_int_equal(store_second_factor_confirm(f->store, id, 5, codes), ERR_OK);
	assert_int_equal(store_second_factor_begin(f->store, id, "CCCC"), ERR_CONFLICT);
	assert_int_equal(store_second_factor_get(f->store, id, &factor), ERR_OK);
	assert_string_equal(factor.secret, "BBBB");
	assert_true(factor.confirmed && factor.last_step == 5 && factor.recovery_left == 10);
	assert_int_equal(store_second_factor_spend(f->store, id, 5), ERR_DENIED);
	assert_int_equal(store_second_factor_spend(f->store, id, 6), ERR_OK);
	assert_int_equal(store_second_factor_spend(f->store, id, 6), ERR_DENIED);
	assert_int_equal(store_second_factor_recover(f->store, id, codes[1]), ERR_OK);
	assert_int_equal(store_second_factor_recover(f->store, id, codes[1]), ERR_DENIED);
	assert_int_equal(store_second_factor_recover(f->store, id, codes[2]), ERR_OK);
	assert_int_equal(store_second_factor_remove(f->store, id), ERR_OK);
	assert_int_equal(store_second_factor_remove(f->store, id), ERR_NOT_FOUND);
}

static void
a_token_ends_with_its_time_and_its_user(void **state)
{
	struct fixture *f = *state;
	int64_t id =
	    make(f->store, &model_user, "{'login':'1000','first_name':'A','last_name':'B'}");
	struct store_token in = {.user = id,
	    .token_hash = {4, 5},
	    .name = "backup",
	    .rights = RIGHT_BIT(FAX) | RIGHT_BIT(ADMIN),
	    .created_at = 1000,
	    .expires_at = 5000};
	struct store_credential out;
	json_t *row = NULL;

	assert_int_equal(store_token_create(f->store, &in, &row), ERR_OK);
	assert_null(json_object_get(row, "token_hash"));
	json_decref(row);
	assert_int_equal(
	    store_credential_find(f->store, STORE_TOKEN, in.token_hash, 4999, &out, &row), ERR_OK);
	assert_string_equal(text_at(row, "login"), "1000");
	json_decref(row);
	assert_int_equal(out.rights, in.rights);
	assert_int_equal(store_token_used(f->store, out.id, 2000, "192.0.2.7"), ERR_OK);
	assert_int_equal(
	    store_credential_find(f->store, STORE_TOKEN, in.token_hash, 5000, &out, NULL),
	    ERR_NOT_FOUND);
	assert_int_equal(patch(f->store, &model_user, id, "{'enabled':false}", NULL), ERR_OK);
	assert_int_equal(
	    store_credential_find(f->store, STORE_TOKEN, in.token_hash, 4000, &out, NULL),
	    ERR_NOT_FOUND);
	assert_int_equal(store_delete(f->store, &model_user, id, NULL), ERR_OK);
	assert_int_equal(store_get(f->store, &model_token, out.id, &row), ERR_NOT_FOUND);
}

static bool
factor_needed(struct store *s, const unsigned char hash[32])
{
	struct store_credential c;

	assert_int_equal(store_credential_find(s, STORE_SESSION, hash, 1, &c, NULL), ERR_OK);
	return c.second_factor_needed;
}

static void
a_second_factor_is_needed_of_whom_the_settings_say_until_there_is_one(void **state)
{
	struct fixture *f = *state;
	struct store *s = f->store;
	unsigned char codes[STORE_RECOVERY_CODES][32] = {0};
	int64_t boss = make(s, &model_user,
		    "{'login':'1000','first_name':'A','last_name':'B','admin':true}"),
		user = make(s, &model_user, "{'login':'1001','first_name':'C','last_name':'D'}");
	struct store_session a = {.token_hash = {1}, .user = boss, .expires_at = 9},
			     b = {.token_hash = {2}, .user = user, .expires_at = 9};

	assert_int_equal(store_session_create(s, &a), ERR_OK);
	assert_int_equal(store_session_create(s, &b), ERR_OK);
	assert_false(factor_needed(s, a.token_hash) || factor_needed(s, b.token_hash));
	assert_int_equal(
	    patch(s, &model_settings, 1, "{'second_factor':'administrators'}", NULL), ERR_OK);
	assert_true(factor_needed(s, a.token_hash));
	assert_false(factor_needed(s, b.token_hash));
	assert_int_equal(
	    patch(s, &model_settings, 1, "{'second_factor':'everybody'}", NULL), ERR_OK);
	assert_true(factor_needed(s, b.token_hash));
	assert_int_equal(store_second_factor_begin(s, boss, "BBBB"), ERR_OK);
	assert_true(factor_needed(s, a.token_hash)); /* begun is not enough */
	assert_int_equal(store_second_factor_confirm(s, boss, 5, codes), ERR_OK);
	assert_false(factor_needed(s, a.token_hash));
	assert_int_equal(store_second_factor_remove(s, boss), ERR_OK);
	assert_true(factor_needed(s, a.token_hash));
}

static void
who_has_taken_off_a_second_factor_stands_in_the_log_of_changes(void **state)
{
	struct fixture *f = *state;
	unsigned char codes[STORE_RECOVERY_CODES][32] = {0};
	struct model_errors errors = {0};
	int64_t id =
	    make(f->store, &model_user, "{'login':'1000','first_name':'A','last_name':'B'}");
	json_t *row = NULL;

	store_set_writer("Ada Admin (1000)", "192.0.2.7");
	assert_int_equal(store_second_factor_begin(f->store, id, "BBBB"), ERR_OK);
	assert_int_equal(store_last_change(), 0); /* nothing is in use yet */
	assert_int_equal(store_second_factor_confirm(f->store, id, 5, codes), ERR_OK);
	assert_int_equal(store_second_factor_remove(f->store, id), ERR_OK);
	assert_int_equal(store_get(f->store, &model_change, store_last_change(), &row), ERR_OK);
	assert_string_equal(text_at(row, "writer"), "Ada Admin (1000)");
	assert_string_equal(text_at(row, "name"), "A B");
	assert_json(json_object_get(row, "fields"), "['second_factor']");
	json_decref(row);
	assert_int_equal(
	    store_changes_revert(f->store, (int64_t[]){store_last_change()}, 1, &errors),
	    ERR_CONFLICT);
	store_set_writer("", "");
}

static void
changes_are_told_after_the_commit_only(void **state)
{
	struct fixture *f = *state;
	struct feed feed = {0};
	struct model_errors errors = {0};
	json_t *in = json_of("{'number':'5'}"), *row = NULL;
	int64_t id;

	store_on_change(f->store, on_change, &feed);
	id = make(f->store, &model_phone, "{'name':'desk'}");
	assert_int_equal(patch(f->store, &model_phone, id, "{'enabled':false}", NULL), ERR_OK);
	assert_int_equal(
	    patch(f->store, &model_settings, 1, "{'domain':'x.example'}", NULL), ERR_OK);
	assert_int_equal(store_create(f->store, &model_number, in, &row, &errors), ERR_INVALID);
	assert_int_equal(store_delete(f->store, &model_phone, id, NULL), ERR_OK);
	json_decref(in);
	assert_int_equal(feed.n, 4);
	assert_int_equal(seen_changes(feed.at, feed.n, &model_phone, STORE_CREATED), 1);
	assert_int_equal(seen_changes(feed.at, feed.n, &model_phone, STORE_UPDATED), 1);
	assert_int_equal(seen_changes(feed.at, feed.n, &model_settings, STORE_UPDATED), 1);
	assert_int_equal(seen_changes(feed.at, feed.n, &model_phone, STORE_DELETED), 1);
	assert_int_equal(feed.at[0].id, id);
}

static void
rows_of_the_system_and_singletons_are_protected(void **state)
{
	struct fixture *f = *state;
	json_t *empty = json_object(), *row = NULL;

	assert_int_equal(
	    store_create(f->store, &model_call_record, empty, &row, NULL), ERR_UNSUPPORTED);
	assert_int_equal(
	    store_create(f->store, &model_session, empty, &row, NULL), ERR_UNSUPPORTED);
	assert_int_equal(
	    store_create(f->store, &model_settings, empty, &row, NULL), ERR_UNSUPPORTED);
	assert_int_equal(store_delete(f->store, &model_settings, 1, NULL), ERR_UNSUPPORTED);
	assert_int_equal(patch(f->store, &model_phone, 4711, "{'port':1}", NULL), ERR_NOT_FOUND);
	assert_int_equal(store_delete(f->store, &model_phone, 4711, NULL), ERR_NOT_FOUND);
	json_decref(empty);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(a_new_store_has_settings_and_the_range_lin_1),
	    TEST(users_come_with_numbers_and_phones_usr_1),
	    TEST(sip_passwords_are_made_and_hidden_pho_3),
	    TEST(what_contradicts_is_refused_and_named),
	    TEST(a_range_in_use_stays_lin_1),
	    TEST(the_last_administrator_stays),
	    TEST(people_log_in_with_hashed_passwords_ini_5),
	    TEST(an_unknown_login_costs_what_a_known_one_costs),
	    TEST(sessions_end_with_time_password_and_user),
	    TEST(a_new_user_has_the_rights_of_the_settings_unless_told_otherwise),
	    TEST(a_second_factor_is_spent_once),
	    TEST(a_token_ends_with_its_time_and_its_user),
	    TEST(a_second_factor_is_needed_of_whom_the_settings_say_until_there_is_one),
	    TEST(who_has_taken_off_a_second_factor_stands_in_the_log_of_changes),
	    TEST(changes_are_told_after_the_commit_only),
	    TEST(rows_of_the_system_and_singletons_are_protected),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
