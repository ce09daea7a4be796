/* What is watched, and when its watchers hear of it. */
#include <stdlib.h>

#include "presence/presence_int.h"

static uint64_t
key_hash(const struct resource_key *key)
{
	return hash_mix((uint64_t)key->id, key->kind + hash_bytes(slice_cstr(key->lamp)));
}

bool
resource_is(const struct resource *r, const struct resource_key *key)
{
	return r->key.id == key->id && r->key.kind == key->kind &&
	       strcmp(r->key.lamp, key->lamp) == 0;
}

struct resource *
resource_find(const struct presence *p, const struct resource_key *key)
{
	uint64_t h = key_hash(key);

	for (struct hnode *n = hmap_first(&p->resources, h); n; n = hmap_next(n, h)) {
		struct resource *r = container_of(n, struct resource, node);

		if (resource_is(r, key))
			return r;
	}
	return NULL;
}

/* Something of this package changed since the watchers were told, perhaps back again: only
 * who was told another body is told anew. */
static void
tell(struct resource *r, enum presence_package package)
{
	resource_body(r, package);
	LIST_FOR_EACH (node, &r->subs[package]) {
		struct sub *s = container_of(node, struct sub, in_resource);

		if (!s->reason && s->told != r->body[package].generation)
			sub_notify_later(s);
	}
}

static void
on_flush(struct timer *t)
{
	struct resource *r = container_of(t, struct resource, flush);
	uint8_t dirty = r->dirty;

	r->dirty = 0;
	for (int i = 0; i < PRESENCE_PACKAGES_N; i++)
		if (dirty & (1u << i))
			tell(r, (enum presence_package)i);
}

static uint64_t
profile_of(const struct resource *r)
{
	const struct dir_user *u =
	    r->key.kind == RESOURCE_USER ? dir_user_by_id(r->p->p.dir, r->key.id) : NULL;
	uint64_t h;

	if (!u)
		return 0;
	h = hash_mix(hash_bytes(u->name), hash_bytes(u->primary_number));
	h = hash_mix(h, hash_bytes(u->language) + u->dnd);
	for (size_t i = 0; i < u->phone_count; i++)
		h = hash_mix(h, (uint64_t)u->phones[i]->id);
	return h;
}

void
resource_follow(struct resource *r)
{
	uint64_t profile = profile_of(r);

	if (r->key.kind == RESOURCE_LAMP)
		lamp_follow(r);
	if (profile == r->profile)
		return;
	r->profile = profile;
	resource_changed(r, PRESENCE_DIALOG);
	resource_changed(r, PRESENCE_PRESENCE);
}

struct resource *
resource_get_or_make(struct presence *p, const struct resource_key *key)
{
	struct resource *r = resource_find(p, key);

	if (r)
		return r;
	r = calloc(1, sizeof *r);
	if (!r)
		return NULL;
	r->p = p;
	r->key = *key;
	r->stale = UINT8_MAX;
	r->profile = profile_of(r);
	for (int i = 0; i < PRESENCE_PACKAGES_N; i++)
		list_init(&r->subs[i]);
	list_init(&r->ringing);
	list_init(&r->calls);
	list_init(&r->publications);
	timer_init(&r->flush, on_flush);
	if (hmap_put(&p->resources, &r->node, key_hash(key)) != ERR_OK) {
		free(r);
		return NULL;
	}
	if (key->kind == RESOURCE_LAMP)
		lamp_follow(r);
	return r;
}

void
resource_free(struct resource *r)
{
	timer_stop(&r->flush);
	for (int i = 0; i < PRESENCE_PACKAGES_N; i++)
		free(r->body[i].p);
	hmap_remove(&r->p->resources, &r->node);
	free(r);
}

void
resource_drop_if_idle(struct resource *r)
{
	bool has_messages = r->waiting_known && (r->waiting.unheard || r->waiting.heard);

	for (int i = 0; i < PRESENCE_PACKAGES_N; i++)
		if (!list_empty(&r->subs[i]))
			return;
	if (list_empty(&r->ringing) && list_empty(&r->calls) && list_empty(&r->publications) &&
	    !has_messages && r->lamp == PRESENCE_LAMP_OFF)
		resource_free(r);
}

void
resource_changed(struct resource *r, enum presence_package package)
{
	r->stale |= (uint8_t)(1u << package);
	if (list_empty(&r->subs[package]))
		return;
	r->dirty |= (uint8_t)(1u << package);
	if (!timer_active(&r->flush))
		timer_start(r->p->p.timers, &r->flush, BATCH_MS);
}

struct slice
resource_body(struct resource *r, enum presence_package package)
{
	struct presence *p = r->p;
	uint8_t bit = (uint8_t)(1u << package);
	struct slice old = slice_make(r->body[package].p, r->body[package].n);
	struct buf b;
	char *copy;

	if (!(r->stale & bit))
		return old;
	buf_init(&b, p->scratch, sizeof p->scratch - HEAD_BYTES);
	presence_packages[package].write_shared(&b, r);
	if (!buf_ok(&b))
		return old;
	r->stale &= (uint8_t)~bit;
	if (old.p && slice_eq(old, buf_slice(&b)))
		return old;
	copy = malloc(b.n ? b.n : 1);
	if (!copy) {
		r->stale |= bit;
		return old;
	}
	memcpy(copy, b.p, b.n);
	free(r->body[package].p);
	r->body[package].p = copy;
	r->body[package].n = (uint32_t)b.n;
	r->body[package].generation++;
	return slice_make(copy, b.n);
}

/* ---- names ---- */

struct slice
entity_user(struct slice entity)
{
	struct sip_uri uri;

	return sip_uri_parse(&uri, entity) == ERR_OK ? uri.user : SLICE("");
}

static bool
is_user_of(const struct dir_user *u, const struct dir_phone *phone)
{
	for (size_t i = 0; i < phone->user_count; i++)
		if (phone->users[i]->id == u->id)
			return true;
	return false;
}

static const struct dir_user *
user_named(const struct directory *dir, struct slice name)
{
	const struct dir_user *u = dir_user_by_number(dir, name);
	const struct dir_phone *phone = u ? NULL : dir_phone_by_name(dir, name);

	if (phone && phone->user_count)
		u = phone->users[0];
	return u && u->enabled ? u : NULL;
}

/* reg: a phone sees its own registrations. */
static enum err
resolve_phone(
    const struct directory *dir, struct slice name, const struct dir_phone *watcher, int64_t *id)
{
	const struct dir_user *u = dir_user_by_number(dir, name);

	if (name.n && !slice_eq(name, watcher->name) && !(u && is_user_of(u, watcher)))
		return u || dir_phone_by_name(dir, name) ? ERR_DENIED : ERR_NOT_FOUND;
	*id = watcher->id;
	return ERR_OK;
}

enum err
resource_resolve(const struct directory *dir, struct slice user, enum presence_package package,
    const struct dir_phone *watcher, struct resource_key *out)
{
	char text[URI_USER_BYTES];
	bool own_only = presence_packages[package].own_only;
	const struct dir_user *u;
	struct slice name;
	size_t n;

	if (sip_unescape(user, text, sizeof text, &n) != ERR_OK)
		return ERR_NOT_FOUND;
	name = slice_make(text, n);
	*out = (struct resource_key){.kind = RESOURCE_USER};
	if (package == PRESENCE_REG) {
		out->kind = RESOURCE_PHONE;
		return resolve_phone(dir, name, watcher, &out->id);
	}
	if (package == PRESENCE_DIALOG && n && (name.p[0] == '*' || name.p[0] == '#'))
		return lamp_resolve(dir, name, watcher, out);
	if (n == 0 && own_only) /* some phones name only the server for their own box */
		u = watcher->user_count ? watcher->users[0] : NULL;
	else
		u = user_named(dir, name);
	if (!u)
		return ERR_NOT_FOUND;
	if (own_only && !is_user_of(u, watcher))
		return ERR_DENIED;
	out->id = u->id;
	return ERR_OK;
}
