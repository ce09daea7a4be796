#include "routing/star.h"

#include "model/pin.h"

static const struct slice code = SLICE("*5");

bool
star_is_pin(struct slice dialled)
{
	return slice_starts(dialled, code);
}

struct slice
star_hide(struct slice raw)
{
	return slice_find(raw, '*') < raw.n || slice_find(raw, '%') < raw.n ? code : raw;
}

bool
star_pin(struct slice dialled, struct slice *pin, struct slice *number)
{
	struct slice rest = slice_from(dialled, code.n);

	*number = (struct slice){0};
	if (!slice_starts(dialled, code) || slice_find(rest, '*') == rest.n)
		return false;
	*pin = slice_take_until(&rest, '*');
	*number = rest;
	return pin->n >= PIN_DIGITS_MIN && pin->n <= PIN_DIGITS_MAX && rest.n > 0;
}
