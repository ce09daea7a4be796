#include "directory/conferences.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "directory/directory_int.h"
#include "model/conference.h"

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
	r->dial_in = row->dial_in;
	r->mailbox = row->mailbox;
	r->music = row->music;
	d->conference_room_count++;
	return true;
}

/* Users are there already. */
bool
conferences_on_conference(void *ctx, const struct store_conference_row *row)
{
	struct builder *b = ctx;
	struct directory *d = b->d;
	struct dir_conference *c = ADD(d->conferences, d->conference_count, b->conference_cap);
	int64_t *owner;

	if (!c || !build_keep(d, row->name, &c->name))
		return false;
	c->id = row->id;
	c->from_ms = row->from_ms;
	c->until_ms = row->until_ms;
	c->waits = row->waits;
	c->silent = row->silent;
	c->may_record = row->may_record;
	c->language_set = prompt_language_find(slice_cstr(row->language), &c->language);
	owner = ADD(b->conference_users, d->conference_count, b->conference_user_cap);
	if (!owner)
		return false;
	*owner = row->user;
	d->conference_count++;
	return true;
}

bool
conferences_on_participant(void *ctx, const struct store_participant_row *row)
{
	struct builder *b = ctx;
	struct directory *d = b->d;
	struct dir_participant *p = ADD(d->participants, d->participant_count, b->participant_cap);
	struct participant_row *r =
	    ADD(b->participants, d->participant_count, b->participant_row_cap);
	char key[24];

	snprintf(key, sizeof key, "p%" PRId64, row->id);
	if (!p || !r || !build_keep(d, key, &p->key) || !build_keep(d, row->name, &p->name) ||
	    !build_keep(d, row->number, &p->number) || !build_keep(d, row->pin, &p->pin))
		return false;
	p->id = row->id;
	p->moderator = row->moderator;
	p->call_on_start = row->call_on_start;
	*r = (struct participant_row){row->conference, row->user};
	d->participant_count++;
	return true;
}

/* A user is called at his number, and has his name. */
static void
link_participant(const struct directory *d, struct dir_participant *p, int64_t user)
{
	const struct dir_user *u = dir_user_by_id(d, user);

	if (!u)
		return;
	p->name = u->name;
	if (!p->number.n)
		p->number = u->primary_number;
}

/* Both stand by conference. Without a moderator nobody waits for one. */
void
conferences_link(struct builder *b)
{
	struct directory *d = b->d;
	size_t at = 0;

	for (size_t i = 0; i < d->conference_count; i++) {
		struct dir_conference *c = &d->conferences[i];
		bool moderated = false;

		c->owner = dir_user_by_id(d, b->conference_users[i]);
		c->participants = &d->participants[at];
		for (; at < d->participant_count && b->participants[at].conference == c->id; at++) {
			link_participant(d, &d->participants[at], b->participants[at].user);
			d->participants[at].conference = c;
			moderated |= d->participants[at].moderator;
			c->participant_count++;
		}
		c->waits = c->waits && moderated;
	}
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

const struct dir_conference *
dir_conferences(const struct directory *d, size_t *count)
{
	*count = d->conference_count;
	return d->conferences;
}

const struct dir_participant *
dir_participant_by_pin(const struct directory *d, struct slice pin)
{
	for (size_t i = 0; i < d->participant_count; i++)
		if (pin.n && slice_eq(d->participants[i].pin, pin))
			return &d->participants[i];
	return NULL;
}

const struct dir_participant *
dir_participant_by_key(const struct directory *d, struct slice key)
{
	for (size_t i = 0; i < d->participant_count; i++)
		if (slice_eq(d->participants[i].key, key))
			return &d->participants[i];
	return NULL;
}

const struct dir_participant *
dir_participant_by_id(const struct directory *d, int64_t id)
{
	for (size_t i = 0; i < d->participant_count; i++)
		if (d->participants[i].id == id)
			return &d->participants[i];
	return NULL;
}

bool
dir_conference_is_on(const struct dir_conference *c, int64_t now_ms)
{
	return now_ms >= c->from_ms - CONFERENCE_EARLY_MIN * 60000 && now_ms < c->until_ms;
}
