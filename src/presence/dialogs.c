/*
 * The calls of a user, one dialog for each leg, and what dialog-info (RFC 4235) says of them.
 * Always the full state; who has no call has one dialog that is terminated, because there are
 * phones that leave the lamp lit when none is listed.
 */
#include <stdlib.h>

#include "base/xml.h"
#include "presence/presence_int.h"

enum { TEXT_SPARE = 48 }; /* for the tag and the name that come later */

enum dialog_text {
	TEXT_CALL,
	TEXT_CALL_ID,
	TEXT_LOCAL_TAG,
	TEXT_REMOTE_TAG,
	TEXT_NUMBER,
	TEXT_NAME,
	TEXTS
};

struct watched_dialog {
	struct list node; /* in its resource */
	struct hnode by_id;
	uint64_t id;
	struct resource *resource;
	uint8_t state; /* enum call_dialog_state */
	bool recipient, hidden, held;
	uint16_t text_end[TEXTS], text_cap;
	char text[];
};

static const char *const state_names[] = {
    [CALL_DIALOG_TRYING] = "trying",
    [CALL_DIALOG_PROCEEDING] = "proceeding",
    [CALL_DIALOG_EARLY] = "early",
    [CALL_DIALOG_CONFIRMED] = "confirmed",
    [CALL_DIALOG_TERMINATED] = "terminated",
};

static struct slice
text_of(const struct watched_dialog *d, enum dialog_text which)
{
	uint16_t begin = which ? d->text_end[which - 1] : 0;

	return slice_make(d->text + begin, (size_t)(d->text_end[which] - begin));
}

/* ---- what calls tell ---- */

static struct watched_dialog *
dialog_find(const struct presence *p, uint64_t id)
{
	uint64_t h = hash_mix(id, 0);

	for (struct hnode *n = hmap_first(&p->dialogs, h); n; n = hmap_next(n, h)) {
		struct watched_dialog *d = container_of(n, struct watched_dialog, by_id);

		if (d->id == id)
			return d;
	}
	return NULL;
}

/* Could be picked up. */
static bool
rings(const struct watched_dialog *d)
{
	return d->recipient && d->state < CALL_DIALOG_CONFIRMED;
}

static struct list *
list_for(struct resource *r, const struct watched_dialog *d)
{
	return rings(d) ? &r->ringing : &r->calls;
}

static void
dialog_free(struct watched_dialog *d)
{
	d->resource->n_confirmed -= d->state == CALL_DIALOG_CONFIRMED;
	hmap_remove(&d->resource->p->dialogs, &d->by_id);
	list_remove(&d->node);
	free(d);
}

void
dialogs_free(struct resource *r)
{
	LIST_FOR_EACH_SAFE (node, &r->ringing)
		dialog_free(container_of(node, struct watched_dialog, node));
	LIST_FOR_EACH_SAFE (node, &r->calls)
		dialog_free(container_of(node, struct watched_dialog, node));
}

/* In the place of old, which is NULL or has no room when another is returned. NULL: no memory. */
static struct watched_dialog *
dialog_write(struct watched_dialog *old, const struct call_dialog_event *ev)
{
	const struct slice texts[TEXTS] = {[TEXT_CALL] = slice_cstr(ev->call),
	    [TEXT_CALL_ID] = ev->call_id,
	    [TEXT_LOCAL_TAG] = ev->local_tag,
	    [TEXT_REMOTE_TAG] = ev->remote_tag,
	    [TEXT_NUMBER] = ev->remote_number,
	    [TEXT_NAME] = ev->remote_name};
	struct watched_dialog *d;
	size_t n = 0;

	for (int i = 0; i < TEXTS; i++)
		n += texts[i].n;
	if (n + TEXT_SPARE > UINT16_MAX)
		return NULL;
	d = old && n <= old->text_cap ? old : malloc(sizeof *d + n + TEXT_SPARE);
	if (!d)
		return NULL;
	if (d != old) {
		memset(d, 0, sizeof *d);
		list_init(&d->node);
		d->id = ev->id;
		d->text_cap = (uint16_t)(n + TEXT_SPARE);
	}
	d->state = (uint8_t)ev->state;
	d->recipient = ev->recipient;
	d->hidden = ev->hidden;
	d->held = ev->held;
	n = 0;
	for (int i = 0; i < TEXTS; i++) {
		if (texts[i].n)
			memcpy(d->text + n, texts[i].p, texts[i].n);
		n += texts[i].n;
		d->text_end[i] = (uint16_t)n;
	}
	return d;
}

/* Takes the place of what was known of this leg: also in the order, unless it rings no more. */
static void
dialog_enter(struct resource *r, struct watched_dialog *old, const struct call_dialog_event *ev)
{
	bool was_up = old && old->state == CALL_DIALOG_CONFIRMED, rang = old && rings(old);
	struct watched_dialog *d = dialog_write(old, ev);

	if (d && d == old) {
		r->n_confirmed -= was_up;
		if (rings(d) != rang) {
			list_remove(&d->node);
			list_push(list_for(r, d), &d->node);
		}
	} else if (d && hmap_put(&r->p->dialogs, &d->by_id, hash_mix(d->id, 0)) == ERR_OK) {
		d->resource = r;
		list_push(old && rings(d) == rang ? &old->node : list_for(r, d), &d->node);
		if (old)
			dialog_free(old);
	} else {
		free(d);
		return;
	}
	r->n_confirmed += d->state == CALL_DIALOG_CONFIRMED;
}

/* ---- what the web page shows ---- */

/* A call that can be picked up goes before one that is talked in. */
static const struct watched_dialog *
shown_dialog(const struct resource *r, enum live_telephony_state *state)
{
	const struct list *of = list_empty(&r->ringing) ? &r->calls : &r->ringing;

	if (list_empty(of)) {
		*state = LIVE_TELEPHONY_FREE;
		return NULL;
	}
	*state = of == &r->ringing ? LIVE_TELEPHONY_RINGING : LIVE_TELEPHONY_BUSY;
	return container_of(of->next, struct watched_dialog, node);
}

static void
clip(const struct watched_dialog *d, enum dialog_text which, char *out, size_t bytes)
{
	slice_clip_cstr(text_of(d, which), out, bytes);
}

static void
tell_telephony(struct resource *r)
{
	const struct presence_params *p = &r->p->p;
	struct live_telephony t = {.user = r->key.id};
	const struct watched_dialog *d = shown_dialog(r, &t.state);
	uint64_t told = 0;

	if (d)
		told = hash_mix(d->id, (uint64_t)t.state + (uint64_t)d->hidden * 16) ^
		       hash_bytes(text_of(d, TEXT_NUMBER)) ^ hash_bytes(text_of(d, TEXT_NAME));
	if (!p->ops->on_telephony || told == r->telephony)
		return;
	r->telephony = told;
	if (d)
		clip(d, TEXT_CALL, t.call_id, sizeof t.call_id);
	if (d && !d->hidden) {
		clip(d, TEXT_NUMBER, t.number, sizeof t.number);
		clip(d, TEXT_NAME, t.name, sizeof t.name);
	}
	p->ops->on_telephony(p->ctx, &t);
}

void
presence_on_dialog(struct presence *p, const struct call_dialog_event *ev)
{
	struct watched_dialog *old = dialog_find(p, ev->id);
	bool was_up = old && old->state == CALL_DIALOG_CONFIRMED;
	struct resource *r;

	if (!old && (ev->state == CALL_DIALOG_TERMINATED || !ev->user))
		return;
	r = old ? old->resource
		: resource_get_or_make(
		      p, &(struct resource_key){.kind = RESOURCE_USER, .id = ev->user});
	if (!r)
		return; /* no memory: the lamp stays dark */
	if (ev->state == CALL_DIALOG_TERMINATED)
		dialog_free(old);
	else
		dialog_enter(r, old, ev);
	tell_telephony(r);
	resource_changed(r, PRESENCE_DIALOG);
	if (was_up != (ev->state == CALL_DIALOG_CONFIRMED))
		resource_changed(r, PRESENCE_PRESENCE);
	resource_drop_if_idle(r);
}

/* ---- dialog-info ---- */

void
dialogs_write_head(struct buf *b, const struct resource *r, struct slice entity, uint32_t version)
{
	buf_lit(b, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
		   "<dialog-info xmlns=\"urn:ietf:params:xml:ns:dialog-info\" version=\"");
	buf_u64(b, version);
	buf_lit(b, "\" state=\"full\"");
	xml_attribute(b, "entity", entity);
	buf_lit(b, ">\n");
}

/* A number may be a name with '@' or anything a stranger made up: escaped for the URI (RFC
 * 3261, 25.1), then for XML. */
static void
put_uri(struct buf *b, struct slice number)
{
	static const char plain[] = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				    "-_.!~*()+$";
	static const char hex[] = "0123456789ABCDEF";

	buf_lit(b, "sip:");
	for (size_t i = 0; i < number.n; i++) {
		unsigned char c = (unsigned char)number.p[i];

		if (c && strchr(plain, c)) {
			buf_char(b, (char)c);
			continue;
		}
		buf_char(b, '%');
		buf_char(b, hex[c >> 4]);
		buf_char(b, hex[c & 15]);
	}
	buf_char(b, '@');
	buf_char(b, PIDF_HOST);
}

static void
write_party(struct buf *b, const char *side, struct slice number, struct slice name, bool held)
{
	buf_printf(b, "<%s><identity", side);
	if (name.n)
		xml_attribute(b, "display", name);
	buf_char(b, '>');
	put_uri(b, number);
	buf_lit(b, "</identity><target uri=\"");
	put_uri(b, number);
	/* RFC 4235, 4.1.6: the media of a held call are not rendered. */
	buf_cstr(b, held ? "\"><param pname=\"+sip.rendering\" pvalue=\"no\"/></target>" : "\"/>");
	buf_printf(b, "</%s>", side);
}

static void
write_attribute_if(struct buf *b, const char *name, struct slice value)
{
	if (value.n)
		xml_attribute(b, name, value);
}

static void
write_dialog(struct buf *b, const struct watched_dialog *d, const struct dir_user *u)
{
	buf_printf(b, "<dialog id=\"d%llu\"", (unsigned long long)d->id);
	write_attribute_if(b, "call-id", text_of(d, TEXT_CALL_ID));
	write_attribute_if(b, "local-tag", text_of(d, TEXT_LOCAL_TAG));
	write_attribute_if(b, "remote-tag", text_of(d, TEXT_REMOTE_TAG));
	buf_printf(b, " direction=\"%s\"><state>%s</state>",
	    d->recipient ? "recipient" : "initiator", state_names[d->state]);
	if (u && u->primary_number.n)
		write_party(b, "local", u->primary_number, u->name, d->held);
	if (d->hidden) /* RFC 3323, 4.1.1.3 */
		buf_lit(b, "<remote><identity>sip:anonymous@anonymous.invalid</identity></remote>");
	else if (text_of(d, TEXT_NUMBER).n)
		write_party(b, "remote", text_of(d, TEXT_NUMBER), text_of(d, TEXT_NAME), false);
	buf_lit(b, "</dialog>\n");
}

void
dialogs_write(struct buf *b, const struct resource *r)
{
	const struct list *const lists[] = {&r->ringing, &r->calls};
	const struct dir_user *u = dir_user_by_id(r->p->p.dir, r->key.id);
	size_t shown = 0;

	if (r->key.kind == RESOURCE_LAMP) {
		lamp_write(b, r);
		return;
	}
	for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++)
		LIST_FOR_EACH (node, lists[i]) {
			if (shown == DIALOGS_SHOWN_MAX)
				break;
			shown++;
			write_dialog(b, container_of(node, struct watched_dialog, node), u);
		}
	if (shown == 0)
		buf_lit(b, "<dialog id=\"idle\"><state>terminated</state></dialog>\n");
	buf_lit(b, "</dialog-info>\n");
}
