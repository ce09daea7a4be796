/* What the tests of store/ and directory/ share: a directory of their own, JSON from text. */
#ifndef TESTS_STORE_FIXTURE_H
#define TESTS_STORE_FIXTURE_H

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "store/store.h"

struct fixture {
	char dir[64], path[96];
	struct store *store;
};

static inline void
fixture_open(struct fixture *f)
{
	char why[400] = "";

	if (store_open(f->path, &f->store, why, sizeof why) != ERR_OK)
		fail_msg("%s", why);
}

/* Passwords in tests are made to be read. */
static inline void
fixture_permit_weak(struct store *s)
{
	json_t *in = json_pack("{s:b}", "password_weak_allowed", 1), *row = NULL;

	assert_int_equal(store_patch(s, &model_settings, 1, in, &row, NULL), ERR_OK);
	json_decref(row);
	json_decref(in);
}

static inline int
fixture_setup(void **state)
{
	struct fixture *f = calloc(1, sizeof *f);

	snprintf(f->dir, sizeof f->dir, "/tmp/strowger-test-XXXXXX");
	if (!mkdtemp(f->dir))
		fail_msg("mkdtemp: %s", strerror(errno));
	snprintf(f->path, sizeof f->path, "%s/strowger.db", f->dir);
	fixture_open(f);
	fixture_permit_weak(f->store);
	*state = f;
	return 0;
}

static inline int
fixture_teardown(void **state)
{
	static const char *const names[] = {"", "-wal", "-shm", ".lock"};
	struct fixture *f = *state;
	char path[128];

	store_close(f->store);
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		snprintf(path, sizeof path, "%s%s", f->path, names[i]);
		unlink(path);
	}
	snprintf(path, sizeof path, "%s/calls.journal", f->dir);
	unlink(path);
	snprintf(path, sizeof path, "%s/calls.journal.old", f->dir);
	unlink(path);
	rmdir(f->dir);
	free(f);
	return 0;
}

/* JSON with ' for " . */
static inline json_t *
json_of(const char *text)
{
	char *copy = strdup(text);
	json_t *j;

	for (char *p = copy; *p; p++)
		if (*p == '\'')
			*p = '"';
	j = json_loads(copy, JSON_DECODE_ANY, NULL);
	free(copy);
	if (!j)
		fail_msg("bad JSON in test: %s", text);
	return j;
}

/* Creates and returns the id; fails the test otherwise. */
static inline int64_t
make(struct store *s, const struct model_entity *e, const char *text)
{
	struct model_errors errors = {0};
	json_t *in = json_of(text), *row = NULL;
	int64_t id;

	if (store_create(s, e, in, &row, &errors) != ERR_OK)
		fail_msg("%s: %s", text, errors.at[0].message);
	id = json_integer_value(json_object_get(row, "id"));
	json_decref(row);
	json_decref(in);
	return id;
}

static inline enum err
patch(struct store *s, const struct model_entity *e, int64_t id, const char *text,
    struct model_errors *errors)
{
	json_t *in = json_of(text), *row = NULL;
	enum err err;

	if (errors)
		errors->count = 0;
	err = store_patch(s, e, id, in, &row, errors);
	json_decref(row);
	json_decref(in);
	return err;
}

static inline const char *
text_at(const json_t *row, const char *field)
{
	const char *text = json_string_value(json_object_get(row, field));

	return text ? text : "(none)";
}

/* Borrowed JSON equals text. */
static inline void
assert_json(const json_t *have, const char *want)
{
	json_t *w = json_of(want);

	if (!json_equal((json_t *)have, w)) {
		char *text = json_dumps(have, JSON_ENCODE_ANY);

		print_error("have %s\nwant %s\n", text ? text : "nothing", want);
		free(text);
		fail();
	}
	json_decref(w);
}

/* An import of n users U N0, U N1 … with phones p0, p1 … (each a copy of phone, plus its name)
 * and the numbers 10000, 10001 … */
static inline json_t *
company_of(int n, const char *phone)
{
	json_t *phones = json_array(), *users = json_array(), *one;

	for (int i = 0; i < n; i++) {
		one = json_of(phone);
		json_object_set_new(one, "name", json_sprintf("p%d", i));
		json_array_append_new(phones, one);
		json_array_append_new(
		    users, json_pack("{s:o, s:s, s:o, s:[o], s:[o]}", "login",
			       json_sprintf("%d", 10000 + i), "first_name", "U", "last_name",
			       json_sprintf("N%d", i), "phones", json_sprintf("p%d", i), "numbers",
			       json_sprintf("%d", 10000 + i)));
	}
	return json_pack("{s:[{s:s, s:s}], s:o, s:o}", "ranges", "first", "10000", "last", "99999",
	    "phones", phones, "users", users);
}

static inline int64_t
now_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

#endif
