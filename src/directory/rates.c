#include "directory/rates.h"

#include <stdlib.h>

#include "base/log.h"
#include "directory/directory_int.h"
#include "directory/e164.h"

enum { SECOND_MS = 1000, MINUTE_S = 60 };

/* ---- building: by line, then by beginning; of two that mean the same the newer one ---- */

bool
rates_on_rate(void *ctx, const struct store_rate_row *row)
{
	struct builder *b = ctx;
	struct directory *d = b->d;
	struct number_plan plan = number_plan_of(&d->settings);
	struct dir_rate *r = ADD(d->rates, d->rate_count, b->rate_cap);
	char range[NUMBER_BYTES] = "";

	if (!r)
		return false;
	if (*row->prefix &&
	    number_canonical_range(&plan, slice_cstr(row->prefix), range) != ERR_OK) {
		log_warn(STORE, "a rate is for %s, which is no range of numbers", row->prefix);
		return true;
	}
	if (!build_keep(d, range, &r->range))
		return false;
	r->line = row->line;
	r->id = row->id;
	r->rate = (struct rate){row->per_minute_micro, row->setup_micro, row->first_s, row->step_s};
	d->rate_count++;
	return true;
}

static int
by_place(const struct dir_rate *a, int64_t line, struct slice range)
{
	if (a->line != line)
		return a->line < line ? -1 : 1;
	return slice_cmp(a->range, range);
}

static int
compare(const void *pa, const void *pb)
{
	const struct dir_rate *a = pa, *b = pb;
	int c = by_place(a, b->line, b->range);

	return c ? c : (a->id < b->id) - (a->id > b->id); /* the newer one comes first */
}

void
rates_sort(struct directory *d)
{
	if (d->rate_count)
		qsort(d->rates, d->rate_count, sizeof *d->rates, compare);
}

/* ---- asking ---- */

static const struct rate *
find(const struct directory *d, int64_t line, struct slice range)
{
	size_t low = 0, high = d->rate_count;

	while (low < high) { /* the first that is not before it */
		size_t middle = low + (high - low) / 2;

		if (by_place(&d->rates[middle], line, range) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low < d->rate_count && by_place(&d->rates[low], line, range) == 0
		   ? &d->rates[low].rate
		   : NULL;
}

const struct rate *
dir_rate_find(const struct directory *d, int64_t line, struct slice number)
{
	for (size_t n = number.n + 1; n-- > 0 && d->rate_count;) {
		const struct rate *r = find(d, line, slice_make(number.p, n));

		if (r)
			return r;
	}
	return NULL;
}

int64_t
rate_charge_micro(const struct rate *r, int64_t duration_ms)
{
	int64_t talked_s = duration_ms > 0 ? (duration_ms + SECOND_MS - 1) / SECOND_MS : 0;
	int64_t charged_s = r->first_s, steps;

	if (talked_s > charged_s) {
		steps = (talked_s - charged_s + r->step_s - 1) / r->step_s;
		charged_s += steps * r->step_s;
	}
	return r->setup_micro + (r->per_minute_micro * charged_s + MINUTE_S / 2) / MINUTE_S;
}
