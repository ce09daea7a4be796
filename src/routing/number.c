#include "routing/number.h"

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

void
number_write(const struct number_plan *plan, enum dir_number_format format, struct slice canonical,
    struct buf *b)
{
	struct slice digits = canonical;

	if (!slice_take_char(&digits, '+')) {
		buf_put(b, canonical);
		return;
	}
	switch (format) {
	case DIR_FORMAT_PLUS:
	case DIR_FORMAT_ASIS: buf_put(b, canonical); return;
	case DIR_FORMAT_ZEROS: buf_lit(b, "00"); break;
	case DIR_FORMAT_BARE: break;
	case DIR_FORMAT_NATIONAL:
		if (slice_starts(digits, plan->country)) {
			digits = slice_from(digits, plan->country.n);
			buf_lit(b, "0");
		} else {
			buf_lit(b, "00");
		}
		break;
	}
	buf_put(b, digits);
}

/* ---- finding ours ---- */

static const struct dir_number *
find_external(const struct directory *dir, const char *prefix, struct slice digits)
{
	char text[NUMBER_BYTES];
	const struct dir_number *n;
	struct buf b;

	buf_init(&b, text, sizeof text);
	buf_cstr(&b, prefix);
	buf_put(&b, digits);
	if (!buf_ok(&b) || b.n == 0)
		return NULL;
	n = dir_number_find(dir, buf_slice(&b));
	return n && n->external ? n : NULL;
}

/* As people type them: 49211123456, 0049211123456, 0211123456, 123456. */
const struct dir_number *
number_find_external(const struct directory *dir, struct slice canonical)
{
	struct number_plan plan = number_plan_of(dir_settings(dir));
	struct slice digits = canonical;
	const struct dir_number *n;

	if (!slice_take_char(&digits, '+'))
		return find_external(dir, "", canonical);
	n = find_external(dir, "", digits);
	if (!n)
		n = find_external(dir, "00", digits);
	if (n || !slice_starts(digits, plan.country))
		return n;
	digits = slice_from(digits, plan.country.n);
	n = find_external(dir, "0", digits);
	if (!n && slice_starts(digits, plan.area))
		n = find_external(dir, "", slice_from(digits, plan.area.n));
	return n;
}

const struct dir_number *
number_find(const struct directory *dir, struct slice text)
{
	static const enum number_source readings[] = {NUMBER_WRITTEN, NUMBER_DIALLED};
	struct number_plan plan = number_plan_of(dir_settings(dir));
	const struct dir_number *n = NULL;
	char canonical[NUMBER_BYTES];
	struct buf b;

	for (size_t i = 0; i < 2 && !n; i++)
		if (number_canonical(&plan, text, readings[i], canonical) == ERR_OK)
			n = number_find_external(dir, slice_cstr(canonical));
	if (!n && slice_is_digits(text) && text.p[0] != '0') { /* 211123456 */
		buf_init(&b, canonical, sizeof canonical);
		buf_char(&b, '+');
		buf_put(&b, plan.country);
		buf_put(&b, text);
		if (buf_ok(&b))
			n = number_find_external(dir, buf_slice(&b));
	}
	return n ? n : dir_number_find(dir, text);
}

const struct dir_number *
number_of_user_on_line(const struct dir_user *user, int64_t line)
{
	const struct dir_number *free_one = NULL;

	for (size_t i = 0; i < user->number_count; i++) {
		const struct dir_number *n = user->numbers[i];

		if (n->external && n->line && n->line->id == line)
			return n;
		if (n->external && !n->line && !free_one)
			free_one = n;
	}
	return free_one;
}
