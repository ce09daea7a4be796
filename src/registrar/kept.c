/*
 * Bindings as bytes that outlive the process, and back. Every change is handed to ops.keep
 * before the phone is told, so what was confirmed survives kill -9. Read with suspicion: the
 * file may be damaged.
 */
#include "base/log.h"
#include "registrar/registrar_int.h"

enum kind { KIND_BINDING = 1, KIND_GRUU_KEY };

/* Fixed part, then the texts. Same machine, same program: no byte order. */
struct kept {
	uint8_t kind, transport;
	uint16_t q_permille;
	uint32_t cseq;
	int64_t phone_id, registered_at, expires_at;
	uint32_t reg_id;
	uint16_t end[TEXT_N];
	struct addr source, remote;
};

struct kept_key {
	uint8_t kind;
	unsigned char key[GRUU_KEY_BYTES];
};

void
kept_write(struct binding *b)
{
	struct registrar *r = b->phone->registrar;
	size_t texts_n = b->texts->end[TEXT_N - 1];
	char bytes[REG_KEPT_MAX_BYTES];
	struct kept k;

	if (sizeof k + texts_n > sizeof bytes)
		return;		 /* works until the restart */
	memset(&k, 0, sizeof k); /* no stray bytes into a file */
	k.kind = KIND_BINDING;
	k.transport = (uint8_t)b->flow.transport;
	k.q_permille = b->q_permille;
	k.cseq = b->cseq;
	k.phone_id = b->phone->id;
	k.registered_at = b->registered_at;
	k.expires_at = b->expires_at;
	k.reg_id = b->reg_id;
	memcpy(k.end, b->texts->end, sizeof k.end);
	k.source = b->source;
	k.remote = b->flow.remote;
	memcpy(bytes, &k, sizeof k);
	memcpy(bytes + sizeof k, b->texts->bytes, texts_n);
	r->p.ops->keep(r->p.ctx, &b->handle, slice_make(bytes, sizeof k + texts_n));
}

void
kept_write_key(struct registrar *r)
{
	struct kept_key k = {.kind = KIND_GRUU_KEY};

	memcpy(k.key, r->gruu_key, sizeof k.key);
	r->p.ops->keep(r->p.ctx, &r->gruu_handle, slice_make(&k, sizeof k));
}

/* ---- reading ---- */

static bool
is_address(const struct addr *a)
{
	return a->family == 4 || a->family == 6;
}

static enum err
read_kept(struct slice value, struct kept *k, struct slice text[TEXT_N])
{
	struct sip_uri uri;
	uint16_t at = 0;

	if (value.n < sizeof *k)
		return ERR_MALFORMED;
	memcpy(k, value.p, sizeof *k);
	value = slice_from(value, sizeof *k);
	for (enum text t = 0; t < TEXT_N; t++) {
		if (k->end[t] < at || k->end[t] > value.n)
			return ERR_MALFORMED;
		text[t] = slice_make(value.p + at, k->end[t] - at);
		at = k->end[t];
	}
	if (at != value.n || k->transport > SIP_WSS || k->q_permille > 1000 ||
	    !is_address(&k->source) || !is_address(&k->remote) ||
	    text[TEXT_CONTACT].n > SIP_URI_MAX_BYTES ||
	    (text[TEXT_INSTANCE].n && !register_is_instance(text[TEXT_INSTANCE])) ||
	    text[TEXT_ROUTE].n > PATH_MAX_BYTES || !path_is_route(text[TEXT_ROUTE]))
		return ERR_MALFORMED;
	return sip_uri_parse(&uri, text[TEXT_CONTACT]);
}

/* Killed between the new value and the end of the old one, there are two. */
static void
drop_earlier(struct reg_phone *p, const struct kept *k, const struct slice text[TEXT_N])
{
	LIST_FOR_EACH_SAFE (node, &p->bindings) {
		struct binding *b = container_of(node, struct binding, node);
		bool same = k->reg_id
				? slice_eq(binding_text(b, TEXT_INSTANCE), text[TEXT_INSTANCE])
				: slice_eq(binding_text(b, TEXT_CONTACT), text[TEXT_CONTACT]);

		if (!b->is_static && b->reg_id == k->reg_id && same)
			binding_remove(b);
	}
}

static void
fill(struct binding *b, const struct kept *k, uint32_t handle)
{
	struct registrar *r = b->phone->registrar;

	b->q_permille = k->q_permille;
	b->cseq = k->cseq;
	b->registered_at = k->registered_at;
	b->expires_at = k->expires_at;
	b->reg_id = k->reg_id;
	b->source = k->source;
	b->handle = handle;
	b->flow.transport = (enum sip_transport)k->transport;
	b->flow.remote = k->remote;
	if (r->p.ops->local_for(r->p.ctx, b->flow.transport, &k->remote, &b->flow.local) != ERR_OK)
		b->flow.local = (struct addr){0}; /* the kernel will know, later */
}

static enum err
restore_binding(struct registrar *r, uint32_t handle, struct slice value, struct addr *source)
{
	int64_t wall_ms = r->p.ops->wall_ms(r->p.ctx);
	int64_t longest_ms = dir_settings(r->p.dir)->register_max_s * 1000ll;
	struct slice text[TEXT_N];
	const struct dir_phone *dp;
	struct reg_phone *p;
	struct binding *b;
	struct kept k;
	bool changed;
	enum err e = read_kept(value, &k, text);

	if (e != ERR_OK)
		return e;
	dp = dir_phone_by_id(r->p.dir, k.phone_id);
	if (!dp || !dp->enabled)
		return ERR_NOT_FOUND;
	if (k.expires_at <= wall_ms)
		return ERR_TIMEOUT;
	p = phone_get_or_make(r, dp);
	if (!p)
		return ERR_NOMEM;
	drop_earlier(p, &k, text);
	b = binding_make(p);
	if (!b || !binding_set_texts(b, text, &changed)) {
		if (b)
			binding_free(b);
		phone_drop_if_empty(p);
		return ERR_NOMEM;
	}
	fill(b, &k, handle);
	/* when the clock was set back meanwhile, the rest would be longer than anybody may ask for
	 */
	if (b->expires_at > wall_ms + longest_ms)
		b->expires_at = wall_ms + longest_ms;
	*source = b->source;
	binding_restored(b, (uint64_t)(b->expires_at - wall_ms));
	return ERR_OK;
}

static enum err
restore_key(struct registrar *r, uint32_t handle, struct slice value)
{
	struct kept_key k;

	if (value.n != sizeof k)
		return ERR_MALFORMED;
	memcpy(&k, value.p, sizeof k);
	memcpy(r->gruu_key, k.key, sizeof r->gruu_key);
	if (r->gruu_handle)
		r->p.ops->forget(r->p.ctx, r->gruu_handle);
	r->gruu_handle = handle;
	r->has_gruu_key = true;
	return ERR_OK;
}

bool
registrar_restore(struct registrar *r, uint32_t handle, struct slice value, struct addr *source)
{
	bool is_key = value.n && value.p[0] == KIND_GRUU_KEY;
	enum err e = ERR_MALFORMED;

	if (is_key)
		e = restore_key(r, handle, value);
	else if (value.n && value.p[0] == KIND_BINDING)
		e = restore_binding(r, handle, value, source);
	if (e == ERR_OK)
		return !is_key;
	r->p.ops->forget(r->p.ctx, handle);
	if (e != ERR_TIMEOUT)
		log_info(REGISTRAR, "a kept registration is not taken up: %s", err_text(e));
	return false;
}
