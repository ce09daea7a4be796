#include "registrar/registrar.h"

#include <stdio.h>
#include <stdlib.h>

#include "registrar/registrar_int.h"
#include "sip/write.h"

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

/* ---- static contacts ---- */

static void
static_uri(const struct dir_phone *dp, char *out, size_t cap)
{
	struct buf b;

	buf_init(&b, out, cap - 1);
	buf_lit(&b, "sip:");
	buf_put(&b, dp->name);
	buf_char(&b, '@');
	addr_write(&b, &dp->address);
	sip_write_transport_param(&b, dp->transport);
	out[b.n] = '\0';
}

static struct binding *
static_find(const struct reg_phone *p)
{
	LIST_FOR_EACH (node, &p->bindings)
		if (container_of(node, struct binding, node)->is_static)
			return container_of(node, struct binding, node);
	return NULL;
}

static void
static_make(struct registrar *r, const struct dir_phone *dp, const char *uri)
{
	struct reg_phone *p = phone_get_or_make(r, dp);
	struct sip_flow *flow;
	struct binding *b = p ? binding_make(p) : NULL;

	if (!b) {
		if (p)
			phone_drop_if_empty(p);
		return;
	}
	flow = &b->data.flow;
	b->is_static = true;
	snprintf(b->data.contact, sizeof b->data.contact, "%s", uri);
	b->data.q_permille = 1000;
	b->data.registered_at = r->p.ops->wall_ms(r->p.ctx);
	b->source = dp->address;
	flow->transport = dp->transport;
	flow->remote = dp->address;
	if (r->p.ops->local_for(r->p.ctx, flow->transport, &flow->remote, &flow->local) != ERR_OK)
		flow->local = (struct addr){0}; /* the kernel will know, later */
	binding_announce(b);
}

/* Makes the phone's static contact what the directory says. */
static void
static_follow(struct registrar *r, const struct dir_phone *dp)
{
	struct reg_phone *p = phone_find(r, dp->id);
	struct binding *b = p ? static_find(p) : NULL;
	char uri[SIP_URI_MAX_BYTES];
	bool wanted = dp->enabled && dp->address.family != 0;

	if (wanted)
		static_uri(dp, uri, sizeof uri);
	if (b && (!wanted || !slice_eq(slice_cstr(uri), slice_cstr(b->data.contact)))) {
		binding_remove(b);
		phone_drop_if_empty(p);
		b = NULL;
	}
	if (wanted && !b)
		static_make(r, dp, uri);
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
	free(r);
}

enum err
registrar_restore(struct registrar *r, const struct reg_binding *saved)
{
	const struct dir_phone *dp = dir_phone_by_id(r->p.dir, saved->phone_id);
	int64_t wall_ms = r->p.ops->wall_ms(r->p.ctx);
	int64_t longest_ms = dir_settings(r->p.dir)->register_max_s * 1000ll;
	struct reg_phone *p;
	struct binding *b;
	struct sip_uri uri;

	if (!dp || !dp->enabled)
		return ERR_NOT_FOUND;
	if (saved->expires_at <= wall_ms)
		return ERR_TIMEOUT;
	if (sip_uri_parse(&uri, slice_cstr(saved->contact)) != ERR_OK)
		return ERR_MALFORMED;
	p = phone_get_or_make(r, dp);
	if (!p)
		return ERR_NOMEM;
	if (p->n_bindings >= dp->max_contacts)
		return ERR_LIMIT;
	b = binding_make(p);
	if (!b) {
		phone_drop_if_empty(p);
		return ERR_NOMEM;
	}
	b->data = *saved;
	b->source = saved->flow.remote;
	/* when the clock was set back meanwhile, the rest would be longer than anybody may ask for
	 */
	if (b->data.expires_at > wall_ms + longest_ms)
		b->data.expires_at = wall_ms + longest_ms;
	binding_restored(b, (uint64_t)(b->data.expires_at - wall_ms));
	return ERR_OK;
}

/* ---- look-up ---- */

static bool
goes_before(const struct reg_contact *a, const struct reg_contact *b)
{
	return a->reachable != b->reachable ? a->reachable : a->q_permille > b->q_permille;
}

/* Keeps out sorted; equal ones stay in order of arrival. */
static size_t
insert(struct reg_contact *out, size_t n, size_t max, struct reg_contact c)
{
	size_t at = n;

	while (at > 0 && goes_before(&c, &out[at - 1]))
		at--;
	if (at >= max)
		return n;
	if (n == max)
		n--;
	memmove(out + at + 1, out + at, (n - at) * sizeof *out);
	out[at] = c;
	return n + 1;
}

size_t
registrar_contacts(const struct registrar *r, int64_t phone_id, struct reg_contact *out, size_t max)
{
	const struct reg_phone *p = phone_find(r, phone_id);
	bool registered = false;
	size_t n = 0;

	if (!p)
		return 0;
	LIST_FOR_EACH (node, &p->bindings)
		registered |= !container_of(node, struct binding, node)->is_static;
	LIST_FOR_EACH (node, &p->bindings) {
		const struct binding *b = container_of(node, struct binding, node);

		/* What a phone says of itself is better than what was once entered. */
		if (b->is_static && registered)
			continue;
		n = insert(out, n, max,
		    (struct reg_contact){.uri = slice_cstr(b->data.contact),
			.flow = b->data.flow,
			.q_permille = b->data.q_permille,
			.reachable = b->reachable});
	}
	return n;
}

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

const struct registrar_counts *
registrar_get_counts(const struct registrar *r)
{
	return &r->counts;
}
