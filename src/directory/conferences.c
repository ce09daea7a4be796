#include "directory/conferences.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "directory/directory_int.h"

/* ---- building: rows come by id ---- */

bool
conferences_on_room(void *ctx, const struct store_conference_room_row *row)
{
	struct builder *b = ctx;
	struct directory *d = b->d;
	struct dir_conference_room *r =
	    ADD(d->conference_rooms, d->conference_room_count, b->conference_room_cap);
	char key[24];

	snprintf(key, sizeof key, "%" PRId64, row->id);
	if (!r || !build_keep(d, key, &r->key) || !build_keep(d, row->name, &r->name) ||
	    !build_keep(d, row->pin_hash, &r->pin) ||
	    !build_keep(d, row->moderator_pin_hash, &r->moderator_pin))
		return false;
	r->id = row->id;
	r->entry = (enum dir_entry)CHOICE(row->entry, "none", "tone", "name");
	r->max_members = row->max_members;
	r->waits = row->waits && r->moderator_pin.n;
	r->ends = row->ends;
	r->silent = row->silent;
	r->mailbox = row->mailbox;
	r->music = row->music;
	d->conference_room_count++;
	return true;
}

/* ---- asking ---- */

static int
by_id(const void *id, const void *room)
{
	const int64_t *x = id;
	const struct dir_conference_room *y = room;

	return (*x > y->id) - (*x < y->id);
}

const struct dir_conference_room *
dir_conference_room_by_id(const struct directory *d, int64_t id)
{
	return d->conference_room_count
		   ? bsearch(&id, d->conference_rooms, d->conference_room_count,
			 sizeof *d->conference_rooms, by_id)
		   : NULL;
}

const struct dir_conference_room *
dir_conference_room_by_key(const struct directory *d, struct slice key)
{
	uint64_t id;

	return slice_to_u64(key, INT64_MAX, &id) == ERR_OK
		   ? dir_conference_room_by_id(d, (int64_t)id)
		   : NULL;
}
