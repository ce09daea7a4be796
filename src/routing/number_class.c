#include "routing/number_class.h"

#include "model/model.h"

/* The longest that fits counts. */
static const struct {
	const char *range; /* canonical */
	enum number_class c;
} ranges[] = {
    /* short codes: 110, 112, 115, 116… are free or local; enquiries are not */
    {"118", NUMBER_PREMIUM},
    /* Germany */
    {"+49800", NUMBER_LOCAL},
    {"+4915", NUMBER_MOBILE},
    {"+4916", NUMBER_MOBILE},
    {"+4917", NUMBER_MOBILE},
    {"+4912", NUMBER_PREMIUM},
    {"+49137", NUMBER_PREMIUM},
    {"+4919", NUMBER_PREMIUM},
    {"+49900", NUMBER_PREMIUM},
    /* Austria */
    {"+43800", NUMBER_LOCAL},
    {"+4365", NUMBER_MOBILE},
    {"+4366", NUMBER_MOBILE},
    {"+4367", NUMBER_MOBILE},
    {"+4368", NUMBER_MOBILE},
    {"+4369", NUMBER_MOBILE},
    {"+43900", NUMBER_PREMIUM},
    {"+43901", NUMBER_PREMIUM},
    {"+43930", NUMBER_PREMIUM},
    {"+43931", NUMBER_PREMIUM},
    {"+43939", NUMBER_PREMIUM},
    /* Switzerland */
    {"+41800", NUMBER_LOCAL},
    {"+4174", NUMBER_MOBILE},
    {"+4175", NUMBER_MOBILE},
    {"+4176", NUMBER_MOBILE},
    {"+4177", NUMBER_MOBILE},
    {"+4178", NUMBER_MOBILE},
    {"+4179", NUMBER_MOBILE},
    {"+41900", NUMBER_PREMIUM},
    {"+41901", NUMBER_PREMIUM},
    {"+41906", NUMBER_PREMIUM},
    /* ITU-T E.164: free phone, satellites, networks without a country, premium rate */
    {"+800", NUMBER_LOCAL},
    {"+870", NUMBER_PREMIUM},
    {"+878", NUMBER_PREMIUM},
    {"+881", NUMBER_PREMIUM},
    {"+882", NUMBER_PREMIUM},
    {"+883", NUMBER_PREMIUM},
    {"+979", NUMBER_PREMIUM},
};

/* A country's own ranges say nothing to others: a mobile number abroad is abroad. */
static bool
counts_here(const struct number_plan *plan, struct slice canonical, enum number_class c)
{
	return canonical.p[0] != '+' || slice_starts(slice_from(canonical, 1), plan->country) ||
	       c == NUMBER_PREMIUM || slice_starts(canonical, SLICE("+800"));
}

enum number_class
number_class_of(const struct number_plan *plan, struct slice canonical)
{
	struct slice digits = canonical;
	size_t longest = 0;
	enum number_class c = NUMBER_LOCAL;

	for (size_t i = 0; i < sizeof ranges / sizeof ranges[0]; i++) {
		struct slice range = slice_cstr(ranges[i].range);

		if (range.n > longest && slice_starts(canonical, range) &&
		    counts_here(plan, canonical, ranges[i].c)) {
			longest = range.n;
			c = ranges[i].c;
		}
	}
	if (longest || !slice_take_char(&digits, '+'))
		return c;
	if (!slice_starts(digits, plan->country))
		return NUMBER_INTERNATIONAL;
	digits = slice_from(digits, plan->country.n);
	return plan->area.n && slice_starts(digits, plan->area) ? NUMBER_LOCAL : NUMBER_NATIONAL;
}

struct slice
number_class_name(enum number_class c)
{
	struct slice rest = slice_cstr(MODEL_DIAL_CLASSES), name = slice_take_until(&rest, '|');

	for (unsigned i = 0; i < (unsigned)c; i++)
		name = slice_take_until(&rest, '|');
	return name;
}

bool
number_is_costly(enum number_class c)
{
	return c == NUMBER_INTERNATIONAL || c == NUMBER_PREMIUM;
}
