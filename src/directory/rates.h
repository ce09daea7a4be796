/*
 * What calls on lines cost (LIN-5): rates by the beginning of the number. Part of the snapshot
 * (directory.h): immutable, borrowed, any thread. Amounts are millionths of the line's currency
 * (model/money.h).
 */
#ifndef DIRECTORY_RATES_H
#define DIRECTORY_RATES_H

#include "directory/directory.h"

struct rate {
	int64_t per_minute_micro, setup_micro;
	uint32_t first_s, step_s;
};

/** Of the line for a canonical number (e164.h): the longest beginning that fits; NULL: none. */
const struct rate *dir_rate_find(const struct directory *d, int64_t line, struct slice number);
/** What a call of that length costs. The first interval and each further one that has begun are
 *  charged; the sum is rounded to the nearest millionth, halves up. */
int64_t rate_charge_micro(const struct rate *r, int64_t duration_ms);

#endif
