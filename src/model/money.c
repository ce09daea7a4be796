#include "model/money.h"

enum { DIGITS = 6, DIGITS_SHOWN = 2 };

/* The digits behind the point as millionths. */
static enum err
read_fraction(struct slice digits, uint32_t *micro)
{
	enum err e;

	if (digits.n > DIGITS)
		return ERR_TOO_BIG;
	e = slice_to_u32(digits, MONEY_MICRO - 1, micro);
	for (size_t i = digits.n; i < DIGITS; i++)
		*micro *= 10;
	return e;
}

enum err
money_read(struct slice text, int64_t max_micro, int64_t *micro)
{
	size_t point = slice_find(text, '.');
	struct slice rest;
	uint64_t units = 0;
	uint32_t fraction = 0;
	enum err e;

	if (point == text.n)
		point = slice_find(text, ',');
	rest = slice_from(text, point);
	e = slice_to_u64(slice_make(text.p, point), (uint64_t)max_micro / MONEY_MICRO, &units);
	if (e == ERR_OK && rest.n)
		e = read_fraction(slice_from(rest, 1), &fraction);
	if (e != ERR_OK)
		return e;
	*micro = (int64_t)units * MONEY_MICRO + fraction;
	return *micro > max_micro ? ERR_TOO_BIG : ERR_OK;
}

void
money_put(struct buf *b, int64_t micro, char point)
{
	uint64_t amount = (uint64_t)(micro < 0 ? -micro : micro);
	uint32_t fraction = (uint32_t)(amount % MONEY_MICRO), unit = MONEY_MICRO;

	buf_printf(
	    b, "%s%llu%c", micro < 0 ? "-" : "", (unsigned long long)(amount / MONEY_MICRO), point);
	for (int i = 0; i < DIGITS && (i < DIGITS_SHOWN || fraction); i++) {
		unit /= 10;
		buf_char(b, (char)('0' + fraction / unit));
		fraction %= unit;
	}
}
