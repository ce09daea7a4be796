#include "call/outside.h"

#include "routing/number.h"

bool
outside_format(const struct directory *dir, int64_t line, struct slice canonical,
    char out[IDENTITY_NUMBER_BYTES])
{
	const struct dir_line *l = dir_line_by_id(dir, line);
	struct number_plan plan = number_plan_of(dir_settings(dir));
	char text[IDENTITY_NUMBER_BYTES];
	struct buf b;

	buf_init(&b, text, sizeof text);
	number_write(&plan, l ? l->number_format : DIR_FORMAT_PLUS, canonical, &b);
	return buf_ok(&b) && b.n &&
	       slice_copy_cstr(buf_slice(&b), out, IDENTITY_NUMBER_BYTES) == ERR_OK;
}

/* The number outside of who has an internal one; empty: none. */
static struct slice
of_internal(const struct directory *dir, const struct dir_line *l, const struct dir_user *user)
{
	const struct dir_number *n = user ? number_of_user_on_line(user, l ? l->id : 0) : NULL;

	return n ? n->number : l ? l->main_number : SLICE("");
}

bool
outside_number(
    const struct directory *dir, int64_t line, struct slice number, char out[IDENTITY_NUMBER_BYTES])
{
	struct number_plan plan = number_plan_of(dir_settings(dir));
	const struct dir_number *known = dir_number_find(dir, number);
	char canonical[NUMBER_BYTES];

	if (known && !known->external)
		number = of_internal(dir, dir_line_by_id(dir, line), known->user);
	else if (!known && (!number.n || !strchr("+0", number.p[0])))
		return false; /* an internal number nobody has, or a name */
	return number.n && number_canonical(&plan, number, NUMBER_WRITTEN, canonical) == ERR_OK &&
	       canonical[0] == '+' && outside_format(dir, line, slice_cstr(canonical), out);
}

size_t
outside_diversions(const struct directory *dir, int64_t line, const struct diversion *d, size_t n,
    struct diversion out[DIVERSIONS_MAX])
{
	size_t kept = 0;

	for (size_t i = 0; i < n; i++) {
		out[kept] = d[i];
		kept += outside_number(dir, line, slice_cstr(d[i].by.number), out[kept].by.number);
	}
	return kept;
}
