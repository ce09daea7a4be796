#include "registrar/registrar.h"

#include <stdlib.h>

#include <openssl/crypto.h>

#include "registrar/registrar_int.h"

/* ---- phones ---- */

/* Ids are ours, not a stranger's choice: no secret hash needed. */
static uint64_t
id_hash(int64_t id)
{
	return hash_mix((uint64_t)id, 0);
}

struct reg_phone *
phone_find(const struct registrar *r, int64_t id)
{
	uint64_t hash = id_hash(id);

	for (struct hnode *n = hmap_first(&r->phones, hash); n; n = hmap_next(n, hash)) {
		struct reg_phone *p = container_of(n, struct reg_phone, node);

		if (p->id == id)
			return p;
	}
	return NULL;
}

static void
phone_take_settings(struct reg_phone *p, const struct dir_phone *dp)
{
	slice_clip_cstr(dp->name, p->name, sizeof p->name);
	p->qualify_ms = dp->qualify_s * 1000;
}

struct reg_phone *
phone_get_or_make(struct registrar *r, const struct dir_phone *dp)
{
	struct reg_phone *p = phone_find(r, dp->id);

	if (p)
		return p;
	p = calloc(1, sizeof *p);
	if (!p)
		return NULL;
	p->registrar = r;
	p->id = dp->id;
	list_init(&p->bindings);
	phone_take_settings(p, dp);
	if (hmap_put(&r->phones, &p->node, id_hash(p->id)) != ERR_OK) {
		free(p);
		return NULL;
	}
	return p;
}

void
phone_drop_if_empty(struct reg_phone *p)
{
	if (p->n_bindings)
		return;
	hmap_remove(&p->registrar->phones, &p->node);
	free(p);
}

void
phone_tell(const struct reg_phone *p)
{
	const struct registrar *r = p->registrar;

	if (r->p.ops->on_phone)
		r->p.ops->on_phone(r->p.ctx, p->id, p->n_bindings, p->n_reachable);
}

/* ---- the snapshot ---- */

static void
remove_bindings(struct reg_phone *p)
{
	LIST_FOR_EACH_SAFE (node, &p->bindings)
		binding_remove(container_of(node, struct binding, node));
	phone_drop_if_empty(p);
}

static void
phone_follow(struct reg_phone *p, const struct dir_phone *dp)
{
	uint32_t before_ms = p->qualify_ms;

	if (!dp || !dp->enabled) {
		remove_bindings(p);
		return;
	}
	phone_take_settings(p, dp);
	if (p->qualify_ms == before_ms)
		return;
	LIST_FOR_EACH (node, &p->bindings)
		qualify_start(container_of(node, struct binding, node));
}

void
registrar_set_directory(struct registrar *r, const struct directory *dir)
{
	struct hnode *n = hmap_each(&r->phones, NULL);
	const struct dir_phone *phones;
	size_t count;

	r->p.dir = dir;
	while (n) {
		struct reg_phone *p = container_of(n, struct reg_phone, node);

		n = hmap_each(&r->phones, n);
		phone_follow(p, dir_phone_by_id(dir, p->id));
	}
	phones = dir_phones(dir, &count);
	for (size_t i = 0; i < count; i++)
		static_follow(r, &phones[i]);
}

enum err
registrar_new(struct registrar **out, const struct registrar_params *p)
{
	struct registrar *r = calloc(1, sizeof *r);

	if (!r)
		return ERR_NOMEM;
	r->p = *p;
	hmap_init(&r->phones);
	hmap_init(&r->by_conn);
	registrar_set_directory(r, p->dir);
	*out = r;
	return ERR_OK;
}

void
registrar_free(struct registrar *r)
{
	struct hnode *n;

	if (!r)
		return;
	while ((n = hmap_each(&r->phones, NULL))) {
		struct reg_phone *p = container_of(n, struct reg_phone, node);

		LIST_FOR_EACH_SAFE (node, &p->bindings)
			binding_free(container_of(node, struct binding, node));
		phone_drop_if_empty(p);
	}
	hmap_fini(&r->phones);
	hmap_fini(&r->by_conn);
	OPENSSL_cleanse(r->gruu_key, sizeof r->gruu_key);
	free(r);
}

/* ---- listing ---- */

void
registrar_each(const struct registrar *r,
    void (*each)(void *ctx, const struct live_registration *reg), void *ctx)
{
	struct live_registration live;

	for (struct hnode *n = hmap_each(&r->phones, NULL); n; n = hmap_each(&r->phones, n)) {
		const struct reg_phone *p = container_of(n, struct reg_phone, node);

		LIST_FOR_EACH (node, &p->bindings) {
			binding_live(container_of(node, struct binding, node), &live);
			each(ctx, &live);
		}
	}
}

void
registrar_each_of(const struct registrar *r, int64_t phone_id,
    void (*each)(void *ctx, const struct live_registration *reg), void *ctx)
{
	const struct reg_phone *p = phone_find(r, phone_id);
	struct live_registration live;

	if (!p)
		return;
	LIST_FOR_EACH (node, &p->bindings) {
		binding_live(container_of(node, struct binding, node), &live);
		each(ctx, &live);
	}
}

const struct registrar_counts *
registrar_get_counts(const struct registrar *r)
{
	return &r->counts;
}
