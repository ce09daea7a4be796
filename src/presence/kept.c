/*
 * Subscriptions as bytes that outlive the process, and back. A change is handed to ops.keep
 * before the phone is told, so what was confirmed survives kill -9; NOTIFYs are not, their CSeq is
 * kept some way ahead. Read with suspicion: the file may be damaged.
 */
#include "presence/presence_int.h"

/* Fixed part, then the texts. Same machine, same program: no byte order. */
struct kept {
	uint8_t package, transport;
	uint16_t end[SUB_TEXTS];
	uint32_t local_cseq; /* no higher one is used before it is kept anew */
	uint32_t remote_cseq;
	uint32_t left_s; /* it cannot last longer, whatever the clock was set to */
	int64_t phone_id, subscribed_at, expires_at;
	struct addr remote;
};

void
sub_keep(struct sub *s)
{
	struct presence *p = s->resource->p;
	char bytes[PRESENCE_KEPT_MAX_BYTES];
	struct sip_flow flow = sub_flow(s);
	struct kept k;
	struct buf b;

	s->kept_cseq = s->local_cseq + CSEQ_AHEAD;
	memset(&k, 0, sizeof k); /* no stray bytes into a file */
	k.package = s->package;
	k.transport = (uint8_t)flow.transport;
	k.local_cseq = s->kept_cseq;
	k.remote_cseq = s->remote_cseq;
	k.left_s = sub_expires_s(s);
	k.phone_id = s->watcher->id;
	k.subscribed_at = s->subscribed_at;
	k.expires_at = sub_expires_at(s);
	k.remote = flow.remote;
	buf_init(&b, bytes + sizeof k, sizeof bytes - sizeof k);
	for (int i = 0; i < SUB_TEXTS; i++) {
		buf_put(&b, sub_text(s, (enum sub_text)i));
		k.end[i] = (uint16_t)b.n;
	}
	memcpy(bytes, &k, sizeof k);
	p->p.ops->keep(p->p.ctx, &s->handle, slice_make(bytes, sizeof k + b.n));
}

/* ---- reading ---- */

static enum err
read_kept(struct slice value, struct kept *k, struct slice text[SUB_TEXTS])
{
	struct sip_uri uri;
	uint16_t at = 0;

	if (value.n < sizeof *k)
		return ERR_MALFORMED;
	memcpy(k, value.p, sizeof *k);
	value = slice_from(value, sizeof *k);
	for (int i = 0; i < SUB_TEXTS; i++) {
		if (k->end[i] < at || k->end[i] > value.n)
			return ERR_MALFORMED;
		text[i] = slice_make(value.p + at, k->end[i] - at);
		at = k->end[i];
	}
	if (at != value.n || k->package >= PRESENCE_PACKAGES_N || k->left_s > PRESENCE_EXPIRES_S ||
	    k->transport > SIP_WSS || (k->remote.family != 4 && k->remote.family != 6) ||
	    text[SUB_CALL_ID].n == 0 || text[SUB_LOCAL_TAG].n == 0)
		return ERR_MALFORMED;
	return sip_uri_parse(&uri, text[SUB_TARGET]);
}

/* Killed between the new value and the end of the old one, there are two. */
static void
drop_earlier(struct presence *p, const struct slice text[SUB_TEXTS])
{
	struct sub *s = sub_find(p, text[SUB_CALL_ID], text[SUB_LOCAL_TAG], text[SUB_REMOTE_TAG]);

	if (s)
		sub_free(s);
}

/* In the table of dialogs, and in no other one. */
static enum err
revive(
    struct presence *p, const struct kept *k, const struct slice text[SUB_TEXTS], struct sub **out)
{
	struct sip_flow flow = {.transport = (enum sip_transport)k->transport, .remote = k->remote};
	enum err e = p->p.ops->local_for(p->p.ctx, flow.transport, &flow.remote, &flow.local);
	struct sub *s = NULL;

	if (e == ERR_OK)
		e = sub_new(&s, p, text, &flow);
	if (e == ERR_OK)
		e = sub_enlist(s, p);
	if (e != ERR_OK) {
		sub_dispose(s, p);
		return e;
	}
	/* The first NOTIFY keeps a new limit. */
	s->local_cseq = s->kept_cseq = k->local_cseq;
	s->remote_cseq = k->remote_cseq;
	*out = s;
	return ERR_OK;
}

static enum err
restore(struct presence *p, uint32_t handle, const struct kept *k,
    const struct slice text[SUB_TEXTS], uint32_t left_s)
{
	const struct dir_phone *phone = dir_phone_by_id(p->p.dir, k->phone_id);
	enum presence_package package = (enum presence_package)k->package;
	struct resource *r;
	struct watcher *w;
	struct sub *s;
	struct resource_key key;
	enum err e;

	if (!phone || !phone->enabled ||
	    resource_resolve(p->p.dir, entity_user(text[SUB_ENTITY]), package, phone, &key) !=
		ERR_OK)
		return ERR_NOT_FOUND;
	if (p->n_subs >= p->p.subscriptions_max)
		return ERR_LIMIT;
	e = revive(p, k, text, &s);
	if (e != ERR_OK)
		return e;
	w = watcher_get_or_make(p, phone);
	r = resource_get_or_make(p, &key);
	if (!w || !r) {
		sub_delist(s, p);
		sub_dispose(s, p);
		if (w)
			watcher_drop_if_idle(w);
		return ERR_NOMEM;
	}
	sub_join(s, package, r, w);
	s->subscribed_at = k->subscribed_at;
	s->handle = handle;
	sub_set_expiry(s, left_s);
	sub_restored(s);
	return ERR_OK;
}

enum err
presence_restore(struct presence *p, uint32_t handle, struct slice value)
{
	struct slice text[SUB_TEXTS];
	int64_t left_ms;
	struct kept k;
	enum err e = read_kept(value, &k, text);

	if (e == ERR_OK) {
		left_ms = k.expires_at - p->p.ops->wall_ms(p->p.ctx);
		if (left_ms > k.left_s * 1000ll)
			left_ms = k.left_s * 1000ll; /* the clock was put back */
		drop_earlier(p, text);
		e = left_ms <= 0 ? ERR_TIMEOUT
				 : restore(p, handle, &k, text, (uint32_t)((left_ms + 999) / 1000));
	}
	if (e != ERR_OK)
		p->p.ops->forget(p->p.ctx, handle);
	return e;
}
