/* Building: mobile phones that ring with those of their users (USR-9). Rows come by user. */
#include <stdlib.h>

#include "directory/directory_int.h"
#include "model/mobile_twin.h"

struct twin_owner {
	int64_t user;
};

/* Checked when they were entered. */
static bool
keep_frames(struct directory *d, const char *times, struct dir_twin *t)
{
	struct slice rest = slice_cstr(times);
	struct twin_frame f;
	struct dir_frame *frames;

	frames =
	    slice_trim(rest).n ? arena_alloc(&d->arena, TWIN_FRAMES_MAX * sizeof *frames) : NULL;
	if (!frames)
		return !slice_trim(rest).n;
	while (t->frame_count < TWIN_FRAMES_MAX && twin_frame_next(&rest, &f))
		frames[t->frame_count++] =
		    (struct dir_frame){.days = f.days, .from_min = f.from_min, .to_min = f.to_min};
	t->frames = frames;
	return true;
}

bool
twins_on_twin(void *ctx, const struct store_twin_row *row)
{
	struct builder *b = ctx;
	struct directory *d = b->d;
	struct dir_twin *t = ADD(d->twins, d->twin_count, b->twins.twin_cap);
	struct twin_owner *owner = ADD(b->twins.owners, d->twin_count, b->twins.owner_cap);

	if (!t || !owner || !build_keep(d, row->number, &t->number) ||
	    !keep_frames(d, row->times, t))
		return false;
	t->delay_ms = row->delay_s * 1000;
	t->group_calls = row->group_calls;
	t->confirm = row->confirm;
	owner->user = row->user;
	d->twin_count++;
	return true;
}

static int
by_number(const void *a, const void *b)
{
	const struct dir_twin *const *x = a, *const *y = b;

	return slice_cmp((*x)->number, (*y)->number);
}

enum err
twins_link(struct builder *b)
{
	struct directory *d = b->d;

	d->twins_by_number =
	    arena_alloc(&d->arena, (d->twin_count + 1) * sizeof(struct dir_twin *));
	if (!d->twins_by_number)
		return ERR_NOMEM;
	for (size_t i = 0; i < d->twin_count; i++) {
		struct dir_user *u = (struct dir_user *)dir_user_by_id(d, b->twins.owners[i].user);

		if (!u)
			return ERR_CORRUPT;
		if (!u->twin_count++)
			u->twins = &d->twins[i];
		d->twins[i].user = u;
		d->twins_by_number[i] = &d->twins[i];
	}
	if (d->twin_count)
		qsort(d->twins_by_number, d->twin_count, sizeof(struct dir_twin *), by_number);
	return ERR_OK;
}

void
twins_free_rows(struct builder *b)
{
	free(b->twins.owners);
}

const struct dir_twin *
dir_twin_find(const struct directory *d, struct slice canonical)
{
	const struct dir_twin key = {.number = canonical}, *wanted = &key;
	const struct dir_twin *const *hit =
	    d->twin_count
		? bsearch(&wanted, d->twins_by_number, d->twin_count, sizeof wanted, by_number)
		: NULL;

	return hit ? *hit : NULL;
}
