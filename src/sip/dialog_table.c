/* All dialogs of a kind, found by Call-ID and our tag; the peer's tag is compared. */
#include <stdlib.h>

#include "sip/dialog_int.h"

void
sip_dialogs_init(struct sip_dialogs *t)
{
	*t = (struct sip_dialogs){0};
	hmap_init(&t->map);
}

void
sip_dialogs_fini(struct sip_dialogs *t)
{
	hmap_fini(&t->map);
}

static uint64_t
dialog_hash(struct slice call_id, struct slice local_tag)
{
	return hash_mix(hash_bytes(call_id), hash_bytes(local_tag));
}

enum err
dialog_enlist(struct sip_dialog *d, struct sip_dialogs *t)
{
	enum err e = hmap_put(&t->map, &d->node, dialog_hash(d->call_id, d->local_tag));

	if (e != ERR_OK)
		return e;
	d->table = t;
	d->counted = d->flow.remote; /* which may move */
	if (t->on_count)
		t->on_count(t->ctx, &d->counted, 1);
	return ERR_OK;
}

static struct sip_dialog *
find(const struct sip_dialogs *t, struct slice call_id, struct slice local, struct slice remote,
    bool half_known)
{
	uint64_t h = dialog_hash(call_id, local);

	for (struct hnode *n = hmap_first(&t->map, h); n; n = hmap_next(n, h)) {
		struct sip_dialog *d = container_of(n, struct sip_dialog, node);

		if (slice_eq(d->call_id, call_id) && slice_eq(d->local_tag, local) &&
		    ((half_known && d->remote_tag.n == 0) || slice_eq(d->remote_tag, remote)))
			return d;
	}
	return NULL;
}

struct sip_dialog *
sip_dialogs_find(const struct sip_dialogs *t, const struct sip_msg *req)
{
	if (req->to.tag.n == 0)
		return NULL;
	return find(t, req->call_id, req->to.tag, req->from.tag, true);
}

struct sip_dialog *
sip_dialogs_find_id(const struct sip_dialogs *t, struct slice call_id, struct slice local_tag,
    struct slice remote_tag)
{
	return find(t, call_id, local_tag, remote_tag, false);
}

void
sip_dialog_fini(struct sip_dialog *d)
{
	struct sip_dialogs *t = d->table;

	if (t) {
		hmap_remove(&t->map, &d->node);
		d->table = NULL;
		if (t->on_count)
			t->on_count(t->ctx, &d->counted, -1);
	}
	free(d->target); /* also of one that never got into the table */
	d->target = NULL;
	d->target_n = d->target_cap = 0;
}
