/* SIP passwords (SEC-1): the guidelines, what is generated, and what is refused although it is
 * long. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "model/notices.h"
#include "model/secret.h"

static const struct {
	enum secret_policy policy;
	const char *name, *secret, *weakness; /* NULL = none */
} secrets[] = {
    {SECRET_SECURE, "anna", "Tk4vPwq8mZrhGxb2", NULL},
    {SECRET_SECURE, "anna", "Tk4vPwq8mZrhGxb", "too_short"},
    {SECRET_SECURE, "anna", "", "too_short"},
    {SECRET_SECURE, "anna", "TK4VPWQ8MZRHGab2", "too_simple"}, /* two small letters */
    {SECRET_SECURE, "anna", "tk4vpwq8mzrhgxB2", "too_simple"}, /* one capital */
    {SECRET_SECURE, "anna", "TkXvPwqXmZrhGxb2", "too_simple"}, /* one digit */
    {SECRET_SECURE, "anna", "TK4VPWQ8MZRHabc2", NULL},	       /* three, two, two are enough */
    {SECRET_SECURE, "desk", "Tk4vDesk8mZrhGx2", "has_name"},
    {SECRET_SECURE, "201", "Tk4v2018mZrhGxb2", NULL}, /* three characters are chance */
    {SECRET_SECURE, "anna", "Tk12345PwqmZrhGx", "has_sequence"},
    {SECRET_SECURE, "anna", "Tk4v8QwErtmZrhGx", "has_sequence"},
    {SECRET_SECURE, "anna", "Tk4vZYXWV8mZrhGx", "has_sequence"},
    {SECRET_SECURE, "anna", "TkkkkkPw8mZrh2Gx", "has_sequence"},
    {SECRET_SECURE, "anna", "aB1aB1aB1aB1aB1a", "repeats"},
    {SECRET_PARANOID, "anna", "Tk4vPwq8mZrhGxb2", "too_short"},
    {SECRET_PARANOID, "anna", "Tk4vPwq8mZrhGxb2Tk4vPwq8mZrhGx", NULL},
    {SECRET_PARANOID, "anna", "Tk4vPwqrmZrhGxbsTk4vPwqmmZrhGx", "too_simple"}, /* two digits */
};

static void
guidelines_are_kept(void **state)
{
	for (size_t i = 0; i < sizeof secrets / sizeof secrets[0]; i++) {
		struct model_errors errors = {0};
		const char *weakness = secret_weakness(
		    secrets[i].policy, slice_cstr(secrets[i].name), slice_cstr(secrets[i].secret));
		bool weak = secrets[i].weakness != NULL;

		if (weak != (weakness != NULL) ||
		    (weak && strcmp(weakness, secrets[i].weakness) != 0))
			fail_msg("%s: %s", secrets[i].secret, weakness ? weakness : "fine");
		assert_int_equal(secret_check(secrets[i].policy, slice_cstr(secrets[i].name),
				     slice_cstr(secrets[i].secret), &errors),
		    weak ? ERR_INVALID : ERR_OK);
		assert_int_equal(errors.count, weak);
		if (weak) {
			assert_string_equal(errors.at[0].field, "secret");
			if (*secrets[i].secret)
				assert_null(strstr(errors.at[0].message, secrets[i].secret));
		}
	}
}

static void
generated_ones_follow_their_guideline(void **state)
{
	static const size_t lengths[] = {[SECRET_SECURE] = 16, [SECRET_PARANOID] = 30};

	for (int policy = SECRET_SECURE; policy <= SECRET_PARANOID; policy++) {
		char last[SECRET_BYTES] = "";

		for (int i = 0; i < 2000; i++) {
			char secret[SECRET_BYTES];

			secret_generate((enum secret_policy)policy, SLICE("desk"), secret);
			assert_int_equal(strlen(secret), lengths[policy]);
			assert_null(secret_weakness(
			    (enum secret_policy)policy, SLICE("desk"), slice_cstr(secret)));
			assert_null(strpbrk(secret, "0O1lI"));
			assert_string_not_equal(secret, last);
			memcpy(last, secret, sizeof last);
		}
	}
	assert_int_equal(secret_policy_find("paranoid"), SECRET_PARANOID);
	assert_int_equal(secret_policy_find("secure"), SECRET_SECURE);
	assert_int_equal(secret_policy_find(""), SECRET_SECURE);
}

static void
notices_are_sentences(void **state)
{
	char text[NOTICE_TEXT_BYTES];
	const char *const args[NOTICE_ARGS_MAX] = {"192.0.2.7", "tries passwords", "sipcli"};
	const char *const none[NOTICE_ARGS_MAX] = {NULL};

	assert_string_equal(notice_text(NOTICE_ADDRESS_BLOCKED, "en", args, text),
	    "192.0.2.7 has been blocked: it tries passwords (sipcli)");
	assert_string_equal(
	    notice_text(NOTICE_ADDRESS_BLOCKED, "en", none, text), " has been blocked: it  ()");
	assert_string_equal(notice_code(NOTICE_WEAK_PASSWORDS), "weak_passwords");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(guidelines_are_kept),
	    cmocka_unit_test(generated_ones_follow_their_guideline),
	    cmocka_unit_test(notices_are_sentences),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
