/*
 * Lamps of functions (USR-10): what a key shows that is about no other user. Such a lamp has the
 * name of the star code that its key dials ("sip:*09@..."), so that phones whose keys can only do
 * both at once, watch and dial, need one address. It is that of the user whose phone asks, so
 * nobody can look at somebody else's.
 */
#include "presence/presence_int.h"

struct lamp_type {
	struct slice code; /* what the name begins with; the rest says which one */
	/* What the directory says. ERR_NOT_FOUND: there is no such one; ERR_DENIED: not his. */
	enum err (*read)(const struct directory *dir, const struct dir_user *u, struct slice rest,
	    enum presence_lamp *out);
};

static enum err
read_dnd(const struct directory *dir, const struct dir_user *u, struct slice rest,
    enum presence_lamp *out)
{
	if (rest.n)
		return ERR_NOT_FOUND;
	*out = u->dnd ? PRESENCE_LAMP_ON : PRESENCE_LAMP_OFF;
	return ERR_OK;
}

static enum err
read_membership(const struct directory *dir, const struct dir_user *u, struct slice rest,
    enum presence_lamp *out)
{
	const struct dir_group *g = dir_group_by_code(dir, rest);

	if (!g)
		return ERR_NOT_FOUND;
	for (size_t i = 0; i < g->member_count; i++)
		if (g->members[i].user->id == u->id) {
			*out = g->members[i].logged_on ? PRESENCE_LAMP_ON : PRESENCE_LAMP_OFF;
			return ERR_OK;
		}
	return ERR_DENIED;
}

/* A further lamp is a row. */
static const struct lamp_type types[] = {
    {SLICE("*09"), read_dnd},
    {SLICE("*32"), read_membership},
};

static enum err
lamp_read(const struct directory *dir, const struct resource_key *key, enum presence_lamp *out)
{
	const struct dir_user *u = dir_user_by_id(dir, key->id);
	struct slice name = slice_cstr(key->lamp);

	for (size_t i = 0; u && i < sizeof types / sizeof types[0]; i++)
		if (slice_starts(name, types[i].code))
			return types[i].read(dir, u, slice_from(name, types[i].code.n), out);
	return ERR_NOT_FOUND;
}

enum err
lamp_resolve(const struct directory *dir, struct slice name, const struct dir_phone *watcher,
    struct resource_key *out)
{
	struct resource_key key = {.kind = RESOURCE_LAMP};
	enum presence_lamp unused;
	enum err e;

	if (!watcher->user_count || slice_copy_cstr(name, key.lamp, sizeof key.lamp) != ERR_OK)
		return ERR_NOT_FOUND;
	key.id = watcher->users[0]->id;
	e = lamp_read(dir, &key, &unused);
	if (e == ERR_OK)
		*out = key;
	return e;
}

static void
set(struct resource *r, enum presence_lamp state)
{
	if (r->lamp == state)
		return;
	r->lamp = state;
	resource_changed(r, PRESENCE_DIALOG);
}

void
lamp_follow(struct resource *r)
{
	enum presence_lamp state;

	if (lamp_read(r->p->p.dir, &r->key, &state) == ERR_OK)
		set(r, state);
}

/* What phones know how to show: a call that is on, one that rings, none. */
void
lamp_write(struct buf *b, const struct resource *r)
{
	static const char *const states[] = {
	    [PRESENCE_LAMP_OFF] = "\"><state>terminated",
	    [PRESENCE_LAMP_ON] = "\"><state>confirmed",
	    [PRESENCE_LAMP_FLASH] = "\" direction=\"recipient\"><state>early",
	};

	buf_lit(b, "<dialog id=\"lamp");
	buf_cstr(b, states[r->lamp]);
	buf_lit(b, "</state></dialog>\n</dialog-info>\n");
}

void
presence_lamp_set(struct presence *p, int64_t user_id, struct slice name, enum presence_lamp state)
{
	struct resource_key key = {.kind = RESOURCE_LAMP, .id = user_id};
	struct resource *r;

	if (slice_copy_cstr(name, key.lamp, sizeof key.lamp) != ERR_OK)
		return;
	r = resource_get_or_make(p, &key);
	if (!r)
		return; /* no memory: the lamp stays as it is */
	set(r, state);
	resource_drop_if_idle(r);
}
