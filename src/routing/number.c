#include "routing/number.h"

struct number_plan
number_plan_of_line(const struct directory *dir, const struct dir_line *line)
{
	struct number_plan plan = number_plan_of(dir_settings(dir));

	if (!line)
		return plan;
	if (line->country_code.n)
		plan.country = line->country_code;
	if (line->country_code.n || line->area_code.n)
		plan.area = line->area_code;
	return plan;
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

void
number_write_called(const struct number_plan *plan, enum dir_number_format format,
    struct slice call_by_call, struct slice canonical, struct slice dialled, struct buf *b)
{
	buf_put(b, call_by_call);
	if (call_by_call.n)
		number_write(plan, DIR_FORMAT_NATIONAL, canonical, b);
	else if (format == DIR_FORMAT_ASIS && dialled.n)
		buf_put(b, dialled);
	else
		number_write(plan, format, canonical, b);
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
number_find(const struct directory *dir, const struct dir_line *line, struct slice text)
{
	static const enum number_source readings[] = {NUMBER_WRITTEN, NUMBER_DIALLED};
	struct number_plan plan = number_plan_of_line(dir, line);
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
