/* Forgotten passwords (links by mail). */
#include "fixture.h"

#define MAIL_ON                                                                                    \
	"{'delivery':'direct','sender':'pbx@firm.test','web_address':'https://pbx.firm.test/'}"

static int64_t
anna(struct store *s)
{
	return make(s, &model_user,
	    "{'login':'1000','first_name':'Anna','last_name':'Berg','email':'Anna@firm.test',"
	    "'password':'geheim','language':'en'}");
}

static bool
offered(struct store *s)
{
	bool yes = false;

	assert_int_equal(store_password_reset_offered(s, &yes), ERR_OK);
	return yes;
}

static enum err
ask(struct store *s, int64_t user, unsigned char mark, int64_t at_ms)
{
	struct store_password_reset r = {
	    .user = user, .token_hash = {mark}, .token = "cafe01", .created_at = at_ms};

	return store_password_reset_create(s, &r);
}

static enum err
use(struct store *s, unsigned char mark, int64_t at_ms, const char *password)
{
	struct model_errors errors = {0};

	return store_password_reset_use(s, (unsigned char[32]){mark}, at_ms, password, &errors);
}

static bool
logs_in(struct store *s, const char *password)
{
	json_t *user = NULL;
	enum err e = store_authenticate(s, "1000", password, &user);

	json_decref(user);
	return e == ERR_OK;
}

/* The text of the newest mail. */
static void
newest_mail(struct store *s, char *out, size_t cap)
{
	struct store_mail *m = NULL, *last = NULL;

	while (store_mail_take(s, INT64_MAX, &m) == ERR_OK) {
		store_mail_free(last);
		last = m;
	}
	assert_non_null(last);
	snprintf(out, cap, "%s\n%s\n%s", last->recipient, last->subject, last->text);
	store_mail_free(last);
}

static void
a_link_is_offered_only_when_mail_is_on_and_the_pages_address_is_known(void **state)
{
	struct fixture *f = *state;
	struct model_errors errors;
	int64_t id = anna(f->store);

	assert_false(offered(f->store));
	assert_int_equal(ask(f->store, id, 1, 1000), ERR_UNSUPPORTED);
	assert_int_equal(patch(f->store, &model_mail_server, 1,
			     "{'delivery':'direct','sender':'pbx@firm.test'}", NULL),
	    ERR_OK);
	assert_false(offered(f->store));
	assert_int_equal(
	    patch(f->store, &model_mail_server, 1, "{'web_address':'pbx.firm.test'}", &errors),
	    ERR_INVALID);
	assert_string_equal(errors.at[0].field, "web_address");
	assert_int_equal(patch(f->store, &model_mail_server, 1, MAIL_ON, NULL), ERR_OK);
	assert_true(offered(f->store));
}

static void
the_mail_has_the_link_and_the_database_only_its_hash(void **state)
{
	struct fixture *f = *state;
	char text[2000];
	int64_t id = anna(f->store);

	assert_int_equal(patch(f->store, &model_mail_server, 1, MAIL_ON, NULL), ERR_OK);
	assert_int_equal(ask(f->store, id, 1, 1000), ERR_OK);
	newest_mail(f->store, text, sizeof text);
	assert_non_null(strstr(text, "Anna@firm.test"));
	assert_non_null(strstr(text, "https://pbx.firm.test/new-password#cafe01\n"));
	assert_non_null(strstr(text, "within 30 minutes"));
}

static void
a_link_sets_the_password_once_and_ends_sessions_and_other_links(void **state)
{
	struct fixture *f = *state;
	struct store *s = f->store;
	int64_t id = anna(s);
	struct store_session session = {.token_hash = {7}, .user = id, .expires_at = 1 << 30};
	struct store_credential c;
	char text[2000];

	assert_int_equal(patch(s, &model_mail_server, 1, MAIL_ON, NULL), ERR_OK);
	assert_int_equal(store_session_create(s, &session), ERR_OK);
	assert_int_equal(ask(s, id, 1, 1000), ERR_OK);
	assert_int_equal(ask(s, id, 2, 2000), ERR_OK);
	assert_int_equal(use(s, 1, 3000, "kurz"), ERR_INVALID); /* the link stays */
	assert_int_equal(use(s, 3, 3000, "geheim-neu"), ERR_NOT_FOUND);
	assert_int_equal(use(s, 1, 3000, "geheim-neu"), ERR_OK);
	assert_true(logs_in(s, "geheim-neu"));
	assert_false(logs_in(s, "geheim"));
	assert_int_equal(use(s, 1, 3000, "geheim-2"), ERR_NOT_FOUND);
	assert_int_equal(use(s, 2, 3000, "geheim-2"), ERR_NOT_FOUND);
	assert_int_equal(store_credential_find(s, STORE_SESSION, session.token_hash, 1, &c, NULL),
	    ERR_NOT_FOUND);
	newest_mail(s, text, sizeof text);
	assert_non_null(strstr(text, "Password: (chosen by yourself)"));
	assert_null(strstr(text, "geheim-neu"));
}

static void
a_link_ends_with_its_time_a_new_password_and_its_user(void **state)
{
	struct fixture *f = *state;
	struct store *s = f->store;
	const int64_t end = 1000 + STORE_RESET_MINUTES * 60000;
	struct store_credential c;
	int64_t id = anna(s);

	assert_int_equal(patch(s, &model_mail_server, 1, MAIL_ON, NULL), ERR_OK);
	assert_int_equal(ask(s, id, 1, 1000), ERR_OK);
	assert_int_equal(store_credential_find(
			     s, STORE_PASSWORD_RESET, (unsigned char[32]){1}, end - 1, &c, NULL),
	    ERR_OK);
	assert_int_equal(use(s, 1, end, "geheim-neu"), ERR_NOT_FOUND);
	assert_int_equal(patch(s, &model_user, id, "{'password':'geheim-3'}", NULL), ERR_OK);
	assert_int_equal(use(s, 1, 2000, "geheim-neu"), ERR_NOT_FOUND);
	assert_int_equal(ask(s, id, 2, 1000), ERR_OK);
	assert_int_equal(patch(s, &model_user, id, "{'enabled':false}", NULL), ERR_OK);
	assert_int_equal(use(s, 2, 2000, "geheim-neu"), ERR_NOT_FOUND);
	assert_int_equal(patch(s, &model_user, id, "{'enabled':true}", NULL), ERR_OK);
	assert_int_equal(use(s, 2, 2000, "geheim-neu"), ERR_NOT_FOUND); /* for good */
}

static void
nobody_gets_more_than_three_links_in_half_an_hour(void **state)
{
	struct fixture *f = *state;
	int64_t id = anna(f->store), later = 1000 + STORE_RESET_MINUTES * 60000;

	assert_int_equal(patch(f->store, &model_mail_server, 1, MAIL_ON, NULL), ERR_OK);
	for (unsigned char i = 1; i <= STORE_RESETS_PER_USER; i++)
		assert_int_equal(ask(f->store, id, i, 1000), ERR_OK);
	assert_int_equal(ask(f->store, id, 9, 2000), ERR_LIMIT);
	assert_int_equal(ask(f->store, id, 9, later), ERR_OK);
}

static void
accounts_are_found_by_login_or_address_if_they_can_get_a_mail(void **state)
{
	struct fixture *f = *state;
	static const struct {
		const char *account;
		size_t n;
	} cases[] = {{"1000", 1}, {"anna@FIRM.test", 2}, {"1001", 1}, {"1002", 0}, {"1003", 0},
	    {"1004", 0}, {"", 0}, {"' OR 1=1 --", 0}, {"%", 0}};
	int64_t users[STORE_RESET_USERS_MAX];
	size_t n = 99;

	anna(f->store);
	make(f->store, &model_user,
	    "{'login':'1001','first_name':'A','last_name':'B','email':'anna@firm.test',"
	    "'password':'geheim'}");
	make(f->store, &model_user,
	    "{'login':'1002','first_name':'A','last_name':'B','password':'geheim'}");
	make(f->store, &model_user,
	    "{'login':'1003','first_name':'A','last_name':'B','email':'c@firm.test'}");
	make(f->store, &model_user,
	    "{'login':'1004','first_name':'A','last_name':'B','email':'d@firm.test',"
	    "'password':'geheim','enabled':false}");
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		assert_int_equal(
		    store_password_reset_users(f->store, cases[i].account, users, &n), ERR_OK);
		assert_int_equal(n, cases[i].n);
	}
}

#define T(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    T(a_link_is_offered_only_when_mail_is_on_and_the_pages_address_is_known),
	    T(the_mail_has_the_link_and_the_database_only_its_hash),
	    T(a_link_sets_the_password_once_and_ends_sessions_and_other_links),
	    T(a_link_ends_with_its_time_a_new_password_and_its_user),
	    T(nobody_gets_more_than_three_links_in_half_an_hour),
	    T(accounts_are_found_by_login_or_address_if_they_can_get_a_mail),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
