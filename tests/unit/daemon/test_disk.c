/* SRV-12: the disk monitor, with a disk that the test fills. */
#include "../store/fixture.h"
#include "daemon/disk.h"

enum { MB = 1 << 20, HOUR_MS = 3600 * 1000 };

struct world {
	uint64_t free_mb;
	struct notify *notify;
	struct trace_store *traces;
	struct disk *disk;
};

static bool
measure(void *ctx, uint64_t *free_bytes, uint64_t *total_bytes)
{
	const struct world *w = ctx;

	*free_bytes = w->free_mb * MB;
	*total_bytes = UINT64_C(100000) * MB;
	return true;
}

static void
begin(struct world *w, struct fixture *f)
{
	assert_int_equal(disk_new(&w->disk, &(struct disk_params){.store = f->store,
						.traces = w->traces,
						.notify = w->notify,
						.measure = measure,
						.ctx = w}),
	    ERR_OK);
}

static void
open_world(struct world *w, struct fixture *f)
{
	struct trace_limits limits = {.messages = 100, .mb = 16};

	*w = (struct world){.free_mb = 2000};
	assert_int_equal(notify_new(&w->notify, f->store), ERR_OK);
	assert_int_equal(trace_store_new(&w->traces, NULL, &limits), ERR_OK);
	assert_int_equal(trace_store_start(w->traces), ERR_OK);
	begin(w, f);
}

static void
close_world(struct world *w)
{
	disk_free(w->disk);
	notify_free(w->notify);
	trace_store_close(w->traces);
}

static void
tick(struct world *w, uint64_t free_mb, int64_t hours)
{
	w->free_mb = free_mb;
	disk_tick(w->disk, 1700000000000 + hours * HOUR_MS);
}

static int64_t
notices(struct fixture *f)
{
	struct store_query q = {0};
	json_t *items = NULL;
	int64_t total = -1;

	assert_int_equal(store_list(f->store, &model_notice, &q, &items, &total, NULL), ERR_OK);
	json_decref(items);
	return total;
}

static void
people_are_told_once_when_it_happens_and_again_each_day(void **state)
{
	struct fixture *f = *state;
	struct world w;

	open_world(&w, f);
	tick(&w, 513, 0);
	assert_int_equal(notices(f), 0);
	tick(&w, 511, 1);
	tick(&w, 500, 2);
	assert_int_equal(notices(f), 1);
	tick(&w, 500, 26);
	assert_int_equal(notices(f), 2);
	close_world(&w);
}

static void
a_disk_that_goes_back_and_forth_at_the_limit_is_told_once(void **state)
{
	struct fixture *f = *state;
	struct world w;

	open_world(&w, f);
	tick(&w, 2000, 0);
	for (int i = 0; i < 10; i++)
		tick(&w, i % 2 ? 511 : 520, 1);
	assert_int_equal(notices(f), 1);
	tick(&w, 600, 2);
	assert_int_equal(disk_state(w.disk), API_DISK_OK);
	tick(&w, 400, 3);
	assert_int_equal(notices(f), 2);
	close_world(&w);
}

static void
a_restart_while_it_lasts_is_no_news(void **state)
{
	struct fixture *f = *state;
	struct world w;

	open_world(&w, f);
	tick(&w, 100, 0);
	disk_free(w.disk);
	begin(&w, f);
	tick(&w, 100, 1);
	assert_int_equal(notices(f), 1);
	close_world(&w);
}

static void
with_a_quarter_left_no_trace_is_stored_until_there_is_space_again(void **state)
{
	struct fixture *f = *state;
	struct world w;

	open_world(&w, f);
	tick(&w, 127, 0);
	assert_int_equal(disk_state(w.disk), API_DISK_FULL);
	for (int i = 0; i < 2; i++) {
		struct trace_record r = {
		    .at_ms = 1700000000000, .key = SLICE("a@b"), .bytes = SLICE("x")};
		struct trace_block *block = trace_block_new(TRACE_BLOCK_LEAST);

		assert_int_equal(addr_parse(SLICE("192.0.2.9:5060"), 0, &r.local), ERR_OK);
		assert_int_equal(addr_parse(SLICE("192.0.2.8:5060"), 0, &r.remote), ERR_OK);
		assert_int_equal(trace_block_add(block, &r), ERR_OK);
		trace_store_add(w.traces, block);
		assert_int_equal(trace_store_get_counts(w.traces).lost, 1);
		tick(&w, 300, 1); /* low, no longer full */
	}
	close_world(&w);
}

static void
a_limit_of_0_warns_never(void **state)
{
	struct fixture *f = *state;
	json_t *in = json_pack("{s:i}", "disk_free_mb", 0), *row = NULL;
	struct world w;

	open_world(&w, f);
	assert_int_equal(store_patch(f->store, &model_settings, 1, in, &row, NULL), ERR_OK);
	json_decref(row);
	json_decref(in);
	tick(&w, 0, 0);
	assert_int_equal(disk_state(w.disk), API_DISK_OK);
	assert_int_equal(notices(f), 0);
	close_world(&w);
}

int
main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, fixture_setup, fixture_teardown)
	const struct CMUnitTest tests[] = {
	    T(people_are_told_once_when_it_happens_and_again_each_day),
	    T(a_disk_that_goes_back_and_forth_at_the_limit_is_told_once),
	    T(a_restart_while_it_lasts_is_no_news),
	    T(with_a_quarter_left_no_trace_is_stored_until_there_is_space_again),
	    T(a_limit_of_0_warns_never),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
