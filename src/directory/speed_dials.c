/* Numbers behind short ones (KEY). They come by user and place; everybody's are those of user 0. */
#include <stdlib.h>

#include "directory/directory_int.h"

bool
speed_dials_on_row(void *ctx, const struct store_speed_dial_row *row)
{
	struct builder *b = ctx;
	struct directory *d = b->d;
	struct dir_speed_dial *s = ADD(d->speed_dials, d->speed_dial_count, b->speed_dial_cap);

	if (!s || !build_keep(d, row->place, &s->place) || !build_keep(d, row->name, &s->name) ||
	    !build_keep(d, row->number, &s->number))
		return false;
	s->user = row->user;
	d->speed_dial_count++;
	return true;
}

static int
by_user_and_place(const void *a, const void *b)
{
	const struct dir_speed_dial *x = a, *y = b;

	if (x->user != y->user)
		return x->user < y->user ? -1 : 1;
	return slice_cmp(x->place, y->place);
}

static const struct dir_speed_dial *
find(const struct directory *d, int64_t user, struct slice place)
{
	const struct dir_speed_dial key = {.user = user, .place = place};

	return d->speed_dial_count ? bsearch(&key, d->speed_dials, d->speed_dial_count, sizeof key,
					 by_user_and_place)
				   : NULL;
}

const struct dir_speed_dial *
dir_speed_dial_find(const struct directory *d, int64_t user, struct slice place)
{
	const struct dir_speed_dial *own = user ? find(d, user, place) : NULL;

	return own ? own : find(d, 0, place);
}
