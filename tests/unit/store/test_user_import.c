/* store/user_import.c, user_file.c: users from a table (USR-2), its rights (USR-13), and back to
 * one. */
#include "fixture.h"
#include "store/user_import.h"

static const char head[] = "login,firstname,lastname,external,internal,mail,password\n";

static struct user_import *
reading(const char *text, size_t n)
{
	struct user_import *im = NULL;
	struct model_errors errors = {0};
	char *bytes = malloc(n + 1);

	memcpy(bytes, text, n);
	if (user_import_read(bytes, n, &im, &errors) != ERR_OK)
		fail_msg("%s", errors.at[0].message);
	return im;
}

static void
assert_no_table(const char *text, const char *code)
{
	struct user_import *im = NULL;
	struct model_errors errors = {0};

	assert_int_equal(user_import_read(strdup(text), strlen(text), &im, &errors), ERR_INVALID);
	assert_string_equal(errors.at[0].code, code);
}

static enum err
run(struct store *s, struct user_import *im, struct user_import_params params,
    struct user_import_counts *counts)
{
	struct user_import_progress progress = {0};

	return store_user_import(s, im, &params, &progress, counts);
}

static json_t *
rows_of(struct user_import *im, bool faulty)
{
	size_t total;

	return user_import_rows(im, faulty, 0, 1000, &total);
}

/* Checks and then imports, as the page does. */
static struct user_import_counts
import(struct store *s, const char *rows, bool only_valid)
{
	struct user_import_counts counts;
	char text[4096];
	struct user_import *im;

	snprintf(text, sizeof text, "%s%s", strncmp(rows, "login", 5) == 0 ? "" : head, rows);
	im = reading(text, strlen(text));
	assert_int_equal(run(s, im, (struct user_import_params){.dry_run = true}, &counts), ERR_OK);
	assert_int_equal(
	    run(s, im, (struct user_import_params){.only_valid = only_valid}, &counts), ERR_OK);
	user_import_free(im);
	return counts;
}

static void
assert_counts(struct user_import_counts c, unsigned created, unsigned updated, unsigned unchanged,
    unsigned faulty)
{
	assert_int_equal(c.created, created);
	assert_int_equal(c.updated, updated);
	assert_int_equal(c.unchanged, unchanged);
	assert_int_equal(c.faulty, faulty);
}

static json_t *
user_of(struct store *s, const char *login)
{
	json_t *row = NULL;

	if (store_find(s, &model_user, "login", login, &row) != ERR_OK)
		fail_msg("there is no user %s", login);
	return row;
}

static int64_t
users_in(struct store *s)
{
	struct store_query q = {.per_page = 1};
	json_t *items = NULL;
	int64_t total;

	assert_int_equal(store_list(s, &model_user, &q, &items, &total, NULL), ERR_OK);
	json_decref(items);
	return total;
}

/* "field code" of the first fault of each row. */
static void
assert_faults(struct store *s, const char *text, size_t n, const char *want)
{
	struct user_import *im = reading(text, n);
	struct user_import_counts counts;
	char have[600] = "";
	json_t *rows, *row;
	size_t i;

	assert_int_equal(run(s, im, (struct user_import_params){.dry_run = true}, &counts), ERR_OK);
	rows = rows_of(im, true);
	json_array_foreach(rows, i, row)
	{
		const json_t *first = json_array_get(json_object_get(row, "errors"), 0);
		size_t at = strlen(have);

		snprintf(have + at, sizeof have - at, "%d %s %s\n",
		    (int)json_integer_value(json_object_get(row, "line")), text_at(first, "field"),
		    text_at(first, "code"));
	}
	json_decref(rows);
	user_import_free(im);
	assert_string_equal(have, want);
}

static void
usr_2_a_check_says_what_each_row_would_do_and_changes_nothing(void **state)
{
	struct fixture *f = *state;
	struct user_import_counts counts;
	struct user_import *im;
	char text[512];
	json_t *rows;

	import(f->store, "1000,Anna,Berg,,201,,\n1001,Ben,Cohn,,202,,\n", false);
	snprintf(text, sizeof text, "%s%s", head,
	    "1000,Anna,Berg,,201,,\n1001,Ben,Kohn,,202,,\n1002,Cleo,Dietz,,203,,geheim-3\n"
	    "12,Dora,Ernst,,204,,\n");
	im = reading(text, strlen(text));
	assert_int_equal(
	    run(f->store, im, (struct user_import_params){.dry_run = true}, &counts), ERR_OK);
	assert_counts(counts, 1, 1, 1, 1);
	rows = rows_of(im, false);
	assert_string_equal(text_at(json_array_get(rows, 0), "action"), "unchanged");
	assert_string_equal(text_at(json_array_get(rows, 1), "action"), "update");
	assert_string_equal(text_at(json_array_get(rows, 2), "action"), "create");
	assert_string_equal(text_at(json_array_get(rows, 3), "action"), "error");
	assert_true(json_is_true(json_object_get(json_array_get(rows, 2), "password")));
	json_decref(rows);
	assert_int_equal(users_in(f->store), 2);
	/* all or none, unless only the valid ones are wanted */
	assert_int_equal(run(f->store, im, (struct user_import_params){0}, &counts), ERR_INVALID);
	assert_int_equal(users_in(f->store), 2);
	assert_int_equal(
	    run(f->store, im, (struct user_import_params){.only_valid = true}, &counts), ERR_OK);
	assert_counts(counts, 1, 1, 1, 1);
	assert_int_equal(users_in(f->store), 3);
	user_import_free(im);
}

static void
usr_2_a_row_brings_names_numbers_mail_and_password(void **state)
{
	struct fixture *f = *state;
	json_t *row;

	assert_counts(
	    import(f->store,
		"1000,\"Anna \"\"A\"\"\",Berg,4930123;4930124,201 202,a@b.de,geheim-1\n", false),
	    1, 0, 0, 0);
	row = user_of(f->store, "1000");
	assert_string_equal(text_at(row, "first_name"), "Anna \"A\"");
	assert_string_equal(text_at(row, "email"), "a@b.de");
	assert_json(json_object_get(row, "numbers"), "['201','202','4930123','4930124']");
	json_decref(row);
	assert_int_equal(store_authenticate(f->store, "1000", "geheim-1", &row), ERR_OK);
	json_decref(row);
	/* the same again is nothing, with the password too; what is no longer named is free */
	assert_counts(
	    import(f->store,
		"1000,\"Anna \"\"A\"\"\",Berg,4930123 4930124,201 202,a@b.de,geheim-1\n", false),
	    0, 0, 1, 0);
	assert_counts(import(f->store, "1000,Anna,Berg,,202,,\n", false), 0, 1, 0, 0);
	row = user_of(f->store, "1000");
	assert_json(json_object_get(row, "numbers"), "['202']");
	assert_string_equal(text_at(row, "email"), "");
	json_decref(row);
	/* columns that are not there stay; an empty password too */
	assert_counts(import(f->store, "login;lastname\n1000;Kurz\n", false), 0, 1, 0, 0);
	row = user_of(f->store, "1000");
	assert_json(json_object_get(row, "numbers"), "['202']");
	json_decref(row);
	assert_int_equal(store_authenticate(f->store, "1000", "geheim-1", &row), ERR_OK);
	json_decref(row);
}

static void
usr_13_empty_rights_are_the_defaults_and_beside_a_filled_one_a_denial(void **state)
{
	struct fixture *f = *state;
	json_t *row;

	import(f->store,
	    "login,firstname,lastname,fax_perm,voice_perm,admin_perm\n"
	    "1000,A,B,,,\n1001,A,B,yes,,\n1002,A,B,0,,1\n",
	    false);
	row = user_of(f->store, "1000");
	assert_json(json_object_get(row, "rights"),
	    "['fkey','fkey_shw_fwd_state','fkey_shw_im_call','fkey_shw_inc_call','fax','redirect',"
	    "'setting','ifmc_use','ifmc_edit','calllist','address','voice','login','conference',"
	    "'callman']");
	json_decref(row);
	row = user_of(f->store, "1001");
	assert_json(json_object_get(row, "rights"), "['fax']");
	assert_true(json_is_false(json_object_get(row, "admin")));
	json_decref(row);
	row = user_of(f->store, "1002");
	assert_json(json_object_get(row, "rights"), "[]");
	assert_true(json_is_true(json_object_get(row, "admin")));
	json_decref(row);
}

static void
usr_2_a_fault_stands_at_its_column_with_its_line(void **state)
{
	struct fixture *f = *state;
	static const char table[] =
	    "login,firstname,lastname,external,internal,mail,password,fax_perm\r\n"
	    "12,A,B,,,,,\r\n"
	    "1001,,B,,,,,\r\n"
	    "1002,A,B,,77777777,,,\r\n"
	    "1003,A,B,,,nobody,,\r\n"
	    "1004,A,B,,,,short,\r\n"
	    "1005,A,B,,,,,perhaps\r\n"
	    "1006,A,B,x1,,,,\r\n"
	    "1007,A,B,,,,,,one too many\r\n"
	    "1008,A,\"B\"x,,,,,\r\n"
	    "1009,A,\"two\r\nlines\",,,,,\r\n"
	    "1009,A,B,,,,,\r\n"
	    "1010,A,B,,201,,,\r\n"
	    "1011,A,B,,201,,,\r\n"
	    "1012,A\0A,B,,,,,\r\n"
	    "1013,A,\"open,,,,,\r\n";

	assert_faults(f->store, table, sizeof table - 1,
	    "2 login too_short\n3 firstname required\n4 internal number_outside_range\n"
	    "5 mail bad_format\n6 password too_short\n7 fax_perm bad_choice\n"
	    "8 external bad_characters\n9 (none) too_many_cells\n10 (none) bad_quotes\n11 lastname "
	    "bad_characters\n"
	    "13 login doubled\n15 internal number_taken\n16 firstname bad_characters\n"
	    "17 (none) bad_quotes\n");
}

static void
usr_2_what_is_no_table_of_users_is_refused_with_a_reason(void **state)
{
	assert_no_table("", "no_header");
	assert_no_table("\n\n", "no_header");
	assert_no_table("login,colour\n1000,red\n", "unknown_column");
	assert_no_table("login,Login\n1000,1000\n", "doubled");
	assert_no_table("firstname,lastname\nA,B\n", "no_login");
	assert_no_table("login,firstname\n", "no_rows");
	assert_no_table("\x01\x02\xff\xfe\n", "unknown_column");
}

static void
usr_2_spreadsheets_of_all_kinds_are_read(void **state)
{
	struct fixture *f = *state;
	static const char bom[] = "\xef\xbb\xbflogin;firstname;lastname\r\n1000;J\xc3\xb6rg;B\r\n";
	static const char windows[] = "login;firstname;lastname\r1001;J\xf6rg;\x80\r";
	struct user_import *im = reading(bom, sizeof bom - 1);
	struct user_import_counts counts;
	json_t *row;

	assert_int_equal(user_import_separator(im), ';');
	assert_false(user_import_was_windows_1252(im));
	assert_int_equal(run(f->store, im, (struct user_import_params){0}, &counts), ERR_OK);
	user_import_free(im);
	im = reading(windows, sizeof windows - 1);
	assert_true(user_import_was_windows_1252(im));
	assert_int_equal(run(f->store, im, (struct user_import_params){0}, &counts), ERR_OK);
	user_import_free(im);
	row = user_of(f->store, "1001");
	assert_string_equal(text_at(row, "first_name"), "J\xc3\xb6rg");
	assert_string_equal(text_at(row, "last_name"), "\xe2\x82\xac");
	json_decref(row);
}

static void
usr_2_the_last_administrator_stays_and_a_cancelled_import_leaves_nothing(void **state)
{
	struct fixture *f = *state;
	struct user_import_progress progress = {.cancel = true};
	const struct user_import_params params = {0};
	struct user_import_counts counts;
	struct user_import *im;
	char text[200];

	import(
	    f->store, "login,firstname,lastname,password,admin_perm\n1000,A,B,geheim-1,1\n", false);
	assert_faults(
	    f->store, "login,admin_perm\n1000,0\n", 24, "2 admin_perm last_administrator\n");
	snprintf(text, sizeof text, "%s1001,A,B,,,,\n", head);
	im = reading(text, strlen(text));
	assert_int_equal(store_user_import(f->store, im, &params, &progress, &counts), ERR_CLOSED);
	user_import_free(im);
	assert_int_equal(users_in(f->store), 1);
}

static void
usr_2_what_was_exported_imports_as_unchanged(void **state)
{
	struct fixture *f = *state;
	struct user_import_counts counts;
	char *text = NULL;
	size_t n = 0;
	struct user_import *im;
	FILE *out;

	import(f->store,
	    "login,firstname,lastname,external,internal,mail,fax_perm,admin_perm\n"
	    "1000,'=1+1,\"B, \"\"C\"\"\",49301 49302,201,a@b.de,,\n"
	    "1001,-A,B,,,,0,\n1002,A,B,,,,1,1\n",
	    false);
	out = open_memstream(&text, &n);
	assert_int_equal(store_user_export(f->store, &(struct store_query){0}, out, NULL), ERR_OK);
	fclose(out);
	/* a spreadsheet calculates nothing */
	assert_non_null(strstr(text, "\r\n1000,'=1+1,\"B, \"\"C\"\"\",49301 49302,201,a@b.de,,"));
	assert_non_null(strstr(text, "\r\n1001,'-A,B,"));
	im = reading(text, n);
	assert_int_equal(run(f->store, im, (struct user_import_params){0}, &counts), ERR_OK);
	assert_counts(counts, 0, 0, 3, 0);
	user_import_free(im);
	free(text);
}

static void
usr_2_the_template_can_be_imported(void **state)
{
	struct fixture *f = *state;
	struct user_import_counts counts;
	char *text = NULL;
	size_t n = 0;
	struct user_import *im;
	FILE *out = open_memstream(&text, &n);

	assert_int_equal(user_import_template(out), ERR_OK);
	fclose(out);
	im = reading(text, n);
	assert_int_equal(run(f->store, im, (struct user_import_params){0}, &counts), ERR_OK);
	assert_counts(counts, 1, 0, 0, 0);
	user_import_free(im);
	free(text);
}

static int64_t
mails_in(struct store *s)
{
	struct store_query q = {.per_page = 1};
	json_t *items = NULL;
	int64_t total;

	assert_int_equal(store_list(s, &model_mail, &q, &items, &total, NULL), ERR_OK);
	json_decref(items);
	return total;
}

static void
usr_2_access_data_are_mailed_only_when_that_is_wanted(void **state)
{
	struct fixture *f = *state;
	struct user_import_counts counts;
	struct user_import *im;
	char text[200];

	assert_int_equal(patch(f->store, &model_mail_server, 1,
			     "{'delivery':'direct','sender':'pbx@example.org'}", NULL),
	    ERR_OK);
	import(f->store, "1000,A,B,,,a@example.org,geheim-1\n", false);
	assert_int_equal(mails_in(f->store), 0);
	snprintf(text, sizeof text, "%s1001,A,B,,,b@example.org,geheim-2\n", head);
	im = reading(text, strlen(text));
	assert_int_equal(
	    run(f->store, im, (struct user_import_params){.mail = true}, &counts), ERR_OK);
	user_import_free(im);
	assert_int_equal(mails_in(f->store), 1);
}

int
main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)
	const struct CMUnitTest tests[] = {
	    T(usr_2_a_check_says_what_each_row_would_do_and_changes_nothing),
	    T(usr_2_a_row_brings_names_numbers_mail_and_password),
	    T(usr_13_empty_rights_are_the_defaults_and_beside_a_filled_one_a_denial),
	    T(usr_2_a_fault_stands_at_its_column_with_its_line),
	    T(usr_2_what_is_no_table_of_users_is_refused_with_a_reason),
	    T(usr_2_spreadsheets_of_all_kinds_are_read),
	    T(usr_2_the_last_administrator_stays_and_a_cancelled_import_leaves_nothing),
	    T(usr_2_what_was_exported_imports_as_unchanged),
	    T(usr_2_the_template_can_be_imported),
	    T(usr_2_access_data_are_mailed_only_when_that_is_wanted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
