/*
 * Amounts of money: whole millionths (_micro) of a currency, never a floating point number. As text
 * they are decimals with at most six digits behind the point. Pure functions, any thread.
 */
#ifndef MODEL_MONEY_H
#define MODEL_MONEY_H

#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"

enum { MONEY_MICRO = 1000000, MONEY_TEXT_MAX = 32, CURRENCY_BYTES = 4 };

/* Of a line that names none (ISO 4217). */
#define CURRENCY_NONE "XXX"
/* What a minute or the set-up of a call may cost at most, and a day. */
#define MONEY_PRICE_MAX_MICRO INT64_C(1000000000)
#define MONEY_DAY_MAX_MICRO   INT64_C(1000000000000)

/** "0.019", "0,019", "12": not negative. ERR_MALFORMED: no such text; ERR_TOO_BIG: more than
 *  max_micro, or finer than a millionth. */
ERR_MUST_CHECK enum err money_read(struct slice text, int64_t max_micro, int64_t *micro);
/** "0.019", "2.50", "12.00": at least two digits behind the point. */
void money_put(struct buf *b, int64_t micro, char point);

#endif
