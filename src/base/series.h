/*
 * The dates of something that repeats: at the same time on the wall of its time zone, every so many
 * days, weeks or months. In a month that has no such day it is the last day of the month, so the
 * 31st is the 28th, 29th, 30th or 31st. Hours that a change of the clock leaves out or doubles:
 * base/zone.h.
 *
 * Pure; any thread. Instants are seconds since 1970.
 */
#ifndef BASE_SERIES_H
#define BASE_SERIES_H

#include "base/zone.h"

enum series_repeat { SERIES_ONCE, SERIES_DAY, SERIES_WEEK, SERIES_MONTH };

enum { SERIES_CHANGES_MAX = 100 };

/* A date that does not begin when it would. */
struct series_change {
	int64_t original_s, moved_s; /* moved 0 = it is left out */
};

struct series {
	const struct zone *zone; /* borrowed */
	int64_t starts_s, length_s;
	enum series_repeat repeat;
	uint32_t every;	  /* days, weeks or months; at least 1 */
	int64_t last_day; /* on the wall, days since 1970; INT64_MAX = without end */
	struct series_change change[SERIES_CHANGES_MAX];
	size_t changes;
};

struct series_date {
	int64_t from_s, original_s; /* original: the same unless it was moved */
};

/** The n-th as it would be, from 0; false: there are not so many. */
bool series_at(const struct series *s, int64_t n, int64_t *at_s);
/** The earliest date that ends after this instant. False: all are over. */
bool series_next(const struct series *s, int64_t after_s, struct series_date *out);
/** True if one of the series would begin then. */
bool series_has(const struct series *s, int64_t at_s);

#endif
