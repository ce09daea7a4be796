/* One store, many threads: writers and readers at once, each change told once. */
#include <pthread.h>
#include <stdatomic.h>

#include "fixture.h"

enum { WRITERS = 3, READERS = 6, ROWS = 40 };

struct worker {
	struct store *s;
	int number;
	atomic_bool *stop;
	pthread_t thread;
	int faults;
};

static void *
write_rows(void *arg)
{
	struct worker *w = arg;

	for (int i = 0; i < ROWS; i++) {
		json_t *in = json_pack("{s:o}", "name", json_sprintf("w%d-%d", w->number, i));
		json_t *row = NULL;

		if (store_create(w->s, &model_phone, in, &row, NULL) != ERR_OK)
			w->faults++;
		if (store_patch(w->s, &model_phone, json_integer_value(json_object_get(row, "id")),
			in, NULL, NULL) != ERR_OK)
			w->faults++;
		json_decref(row);
		json_decref(in);
	}
	return NULL;
}

/* A list is of one moment: its total and its rows agree. */
static void *
read_rows(void *arg)
{
	struct worker *w = arg;
	struct store_query q = {.all = true};

	do {
		json_t *items = NULL;
		int64_t total = -1;

		if (store_list(w->s, &model_phone, &q, &items, &total, NULL) != ERR_OK ||
		    (int64_t)json_array_size(items) != total)
			w->faults++;
		json_decref(items);
	} while (!atomic_load(w->stop));
	return NULL;
}

/* Called under the write lock: no atomics needed. */
static void
count_change(void *ctx, const struct store_change *change)
{
	int *told = ctx;

	if (change->entity == &model_phone)
		told[change->op]++;
}

static void
many_threads_share_a_store(void **state)
{
	struct fixture *f = *state;
	struct worker w[WRITERS + READERS] = {0};
	atomic_bool stop = false;
	int told[4] = {0};
	struct store_query q = {.per_page = 1};
	json_t *items = NULL;
	int64_t total = 0;

	store_on_change(f->store, count_change, told);
	for (int i = 0; i < WRITERS + READERS; i++) {
		w[i] = (struct worker){.s = f->store, .number = i, .stop = &stop};
		assert_int_equal(
		    pthread_create(&w[i].thread, NULL, i < WRITERS ? write_rows : read_rows, &w[i]),
		    0);
	}
	for (int i = 0; i < WRITERS + READERS; i++) {
		if (i == WRITERS)
			atomic_store(&stop, true);
		pthread_join(w[i].thread, NULL);
		assert_int_equal(w[i].faults, 0);
	}
	assert_int_equal(told[STORE_CREATED], WRITERS * ROWS);
	assert_int_equal(told[STORE_UPDATED], WRITERS * ROWS);
	assert_int_equal(store_list(f->store, &model_phone, &q, &items, &total, NULL), ERR_OK);
	assert_int_equal(total, WRITERS * ROWS);
	json_decref(items);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(
		many_threads_share_a_store, fixture_setup, fixture_teardown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
