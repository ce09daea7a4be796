/*
 * Lamps of functions (USR-10): what a key shows that is about no other user. Such a lamp has the
 * name of the star code that its key dials ("sip:*09@..."), so that phones whose keys can only do
 * both at once, watch and dial, need one address. It is that of the user whose phone asks, so
 * nobody can look at somebody else's.
 */
#include "presence/presence_int.h"

#include "model/feature.h"

struct lamp_type {
	enum feature code; /* what the name begins with; the rest says which one */
	bool shared;	   /* the same for everybody */
	/* What the directory says. ERR_NOT_FOUND: there is no such one; ERR_DENIED: not his;
	 * ERR_WRONG_STATE: it says nothing, what was set stays. */
	enum err (*read)(const struct dir_user *u, const struct directory *dir, struct slice rest,
	    enum presence_lamp *out);
};

static enum err
read_dnd(const struct dir_user *u, const struct directory *dir, struct slice rest,
    enum presence_lamp *out)
{
	if (rest.n)
		return ERR_NOT_FOUND;
	*out = u->dnd ? PRESENCE_LAMP_ON : PRESENCE_LAMP_OFF;
	return ERR_OK;
}

static enum err
read_membership(const struct dir_user *u, const struct directory *dir, struct slice rest,
    enum presence_lamp *out)
{
	const struct dir_group *g = dir_group_by_code(dir, rest);
	const struct dir_member *m = g ? dir_group_member(g, u->id) : NULL;

	if (!m)
		return g ? ERR_DENIED : ERR_NOT_FOUND;
	*out = m->logged_on ? PRESENCE_LAMP_ON : PRESENCE_LAMP_OFF;
	return ERR_OK;
}

/* Lit when one of his numbers goes elsewhere. */
static enum err
read_redirection(const struct dir_user *u, struct slice rest, enum presence_lamp *out,
    struct slice (*target)(const struct dir_redirect *r))
{
	if (rest.n)
		return ERR_NOT_FOUND;
	*out = PRESENCE_LAMP_OFF;
	for (size_t i = 0; i < u->number_count; i++)
		if (u->numbers[i]->redirect && target(u->numbers[i]->redirect).n)
			*out = PRESENCE_LAMP_ON;
	return ERR_OK;
}

#define READ_REDIRECTION(when)                                                                     \
	static struct slice target_##when(const struct dir_redirect *r)                            \
	{                                                                                          \
		return r->when;                                                                    \
	}                                                                                          \
	static enum err read_##when(const struct dir_user *u, const struct directory *dir,         \
	    struct slice rest, enum presence_lamp *out)                                            \
	{                                                                                          \
		return read_redirection(u, rest, out, target_##when);                              \
	}

READ_REDIRECTION(always)
READ_REDIRECTION(busy)
READ_REDIRECTION(timeout)
#undef READ_REDIRECTION

/* Whether somebody waits there is known to calls only. */
static enum err
read_orbit(const struct dir_user *u, const struct directory *dir, struct slice rest,
    enum presence_lamp *out)
{
	return rest.n == 2 && slice_is_digits(rest) ? ERR_WRONG_STATE : ERR_NOT_FOUND;
}

/* What somebody may ask for, or waits for, is known to calls only. */
static enum err
read_completion(const struct dir_user *u, const struct directory *dir, struct slice rest,
    enum presence_lamp *out)
{
	return rest.n ? ERR_NOT_FOUND : ERR_WRONG_STATE;
}

/* A further lamp is a row. */
static const struct lamp_type types[] = {
    {FEATURE_DND_ON, false, read_dnd},
    {FEATURE_GROUP_ON, false, read_membership},
    {FEATURE_REDIRECT_ALWAYS, false, read_always},
    {FEATURE_REDIRECT_BUSY, false, read_busy},
    {FEATURE_REDIRECT_TIMEOUT, false, read_timeout},
    {FEATURE_ORBIT, true, read_orbit},
    {FEATURE_COMPLETION, false, read_completion},
};

/* The longest code that fits, as when it is dialled. */
static const struct lamp_type *
find_type(const struct directory *dir, struct slice name, struct slice *rest)
{
	const struct lamp_type *found = NULL;
	size_t longest = 0;

	for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
		struct slice code = slice_cstr(dir_settings(dir)->code[types[i].code]);

		if (code.n <= longest || !slice_starts(name, code))
			continue;
		longest = code.n;
		found = &types[i];
		*rest = slice_from(name, code.n);
	}
	return found;
}

static enum err
lamp_read(const struct directory *dir, const struct resource_key *key, enum presence_lamp *out)
{
	struct slice rest;
	const struct lamp_type *type = find_type(dir, slice_cstr(key->lamp), &rest);
	const struct dir_user *u = type && !type->shared ? dir_user_by_id(dir, key->id) : NULL;

	if (!type || (!u && !type->shared))
		return ERR_NOT_FOUND;
	return type->read(u, dir, rest, out);
}

enum err
lamp_resolve(const struct directory *dir, struct slice name, const struct dir_phone *watcher,
    struct resource_key *out)
{
	struct resource_key key = {.kind = RESOURCE_LAMP};
	const struct lamp_type *type;
	enum presence_lamp unused;
	struct slice rest;
	enum err e;

	if (!watcher->user_count || slice_copy_cstr(name, key.lamp, sizeof key.lamp) != ERR_OK)
		return ERR_NOT_FOUND;
	type = find_type(dir, name, &rest);
	key.id = type && type->shared ? 0 : watcher->users[0]->id;
	e = lamp_read(dir, &key, &unused);
	if (e == ERR_OK || e == ERR_WRONG_STATE)
		*out = key;
	return e == ERR_WRONG_STATE ? ERR_OK : e;
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
