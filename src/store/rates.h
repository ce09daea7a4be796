/*
 * The rates of a line as a table (CSV, base/csv.h): prefix, name, per_minute, setup, first_s,
 * step_s. Amounts are decimals of the line's currency. Any thread but signalling.
 */
#ifndef STORE_RATES_H
#define STORE_RATES_H

#include "store/store.h"

enum { RATES_ROWS_MAX = 20000 };

/** All rates of the line; *out is the caller's (free). ERR_NOT_FOUND: no such line. */
ERR_MUST_CHECK enum err store_rates_write(struct store *s, int64_t line, char **out, size_t *n);
/** Brings the line's rates to what the table says, in one transaction: rows that it does not name
 *  go. Only the columns prefix and per_minute must be there. ERR_NOT_FOUND: no
 *  such line; ERR_INVALID: nothing was changed, the errors name the lines of the table. */
ERR_MUST_CHECK enum err store_rates_read(struct store *s, int64_t line, struct slice bytes,
    json_t **report, struct model_errors *errors);

#endif
