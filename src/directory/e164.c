#include "directory/e164.h"

enum {
	SHORT_CODE_DIGITS = 6, /* 110, 115, 116117, 11833: no subscriber number begins with 1 */
	SUBSCRIBER_MIN = 7,    /* digits behind a country code, area code included */
};

struct number_plan
number_plan_of(const struct settings *s)
{
	return (struct number_plan){slice_cstr(s->country_code), slice_cstr(s->area_code)};
}

static enum err
finish(struct buf *b, char out[NUMBER_BYTES])
{
	if (!buf_ok(b))
		return ERR_TOO_BIG;
	memcpy(out, b->p, b->n);
	out[b->n] = '\0';
	return ERR_OK;
}

static bool
is_short_code(struct slice digits)
{
	return digits.n <= SHORT_CODE_DIGITS && digits.p[0] == '1';
}

/* Digits without any prefix. */
static void
write_bare(
    const struct number_plan *plan, struct slice digits, enum number_source from, struct buf *b)
{
	if (is_short_code(digits)) {
		buf_put(b, digits);
		return;
	}
	if (from == NUMBER_WRITTEN && slice_starts(digits, plan->country) &&
	    digits.n >= plan->country.n + SUBSCRIBER_MIN) {
		buf_char(b, '+');
		buf_put(b, digits);
		return;
	}
	if (plan->area.n == 0 && from == NUMBER_WRITTEN) {
		buf_put(b, digits); /* nobody can tell what it is */
		return;
	}
	buf_char(b, '+');
	buf_put(b, plan->country);
	buf_put(b, plan->area);
	buf_put(b, digits);
}

enum err
number_canonical(const struct number_plan *plan, struct slice text, enum number_source from,
    char out[NUMBER_BYTES])
{
	char tmp[NUMBER_BYTES - 1];
	struct slice digits = text;
	bool plus = slice_take_char(&digits, '+');
	struct buf b;

	if (digits.n == 0)
		return ERR_MALFORMED;
	buf_init(&b, tmp, sizeof tmp);
	if (!slice_is_digits(digits)) {
		for (size_t i = 0; i < digits.n; i++)
			if (plus || !memchr("0123456789*#", digits.p[i], 12))
				return ERR_MALFORMED;
		buf_put(&b, text);
	} else if (plus) {
		buf_put(&b, text);
	} else if (slice_starts(digits, SLICE("00")) && digits.n > 2) {
		buf_char(&b, '+');
		buf_put(&b, slice_from(digits, 2));
	} else if (digits.p[0] == '0' && digits.n > 1) {
		buf_char(&b, '+');
		buf_put(&b, plan->country);
		buf_put(&b, slice_from(digits, 1));
	} else {
		write_bare(plan, digits, from, &b);
	}
	return finish(&b, out);
}

enum err
number_canonical_range(const struct number_plan *plan, struct slice text, char out[NUMBER_BYTES])
{
	char tmp[NUMBER_BYTES - 1];
	struct slice digits = text;
	bool plus = slice_take_char(&digits, '+');
	struct buf b;

	if (!slice_is_digits(digits) && (digits.n || !plus))
		return ERR_MALFORMED;
	buf_init(&b, tmp, sizeof tmp);
	if (!plus && digits.p[0] == '1') {
		buf_put(&b, digits); /* of short codes */
	} else {
		buf_char(&b, '+');
		if (!plus && slice_starts(digits, SLICE("00"))) {
			digits = slice_from(digits, 2);
		} else if (!plus) {
			buf_put(&b, plan->country);
			if (digits.p[0] == '0')
				digits = slice_from(digits, 1);
			else
				buf_put(&b, plan->area);
		}
		buf_put(&b, digits);
	}
	return finish(&b, out);
}
