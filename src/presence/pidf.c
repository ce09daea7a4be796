/*
 * What a user's presence is, composed of what we know (a phone is there, a call is up, do not
 * disturb) and what the phones of the user published: RFC 3863, RFC 4479, RFC 4480.
 */
#include "presence/pidf.h"

#include "base/xml.h"
#include "presence/presence_int.h"

void
presence_write_head(struct buf *b, const struct resource *r, struct slice entity, uint32_t version)
{
	buf_lit(b, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
		   "<presence xmlns=\"urn:ietf:params:xml:ns:pidf\""
		   " xmlns:dm=\"urn:ietf:params:xml:ns:pidf:data-model\""
		   " xmlns:rpid=\"urn:ietf:params:xml:ns:pidf:rpid\"");
	xml_attribute(b, "entity", entity);
	buf_lit(b, ">\n");
}

static bool
any_phone_reachable(const struct presence *p, const struct dir_user *u)
{
	struct presence_contact contact[PRESENCE_CONTACTS_MAX];

	for (size_t i = 0; i < u->phone_count; i++) {
		size_t n =
		    p->p.ops->contacts(p->p.ctx, u->phones[i]->id, contact, PRESENCE_CONTACTS_MAX);

		for (size_t k = 0; k < n; k++)
			if (contact[k].reachable)
				return true;
	}
	return false;
}

static void
compose(const struct resource *r, const struct dir_user *u, struct pidf_state *out)
{
	*out = (struct pidf_state){0};
	LIST_FOR_EACH (node, &r->publications) {
		const struct pidf_state *s = &container_of(node, struct publication, node)->state;

		out->open |= s->open;
		out->activities |= s->activities;
		if (!out->note[0]) /* the newest that has one */
			memcpy(out->note, s->note, sizeof out->note);
	}
	if (!u)
		return;
	out->open |= any_phone_reachable(r->p, u);
	if (r->n_confirmed)
		out->activities |= 1u << PIDF_ON_THE_PHONE;
	if (!u->dnd)
		return;
	out->activities |= 1u << PIDF_BUSY;
	if (!out->note[0])
		slice_clip_cstr(slice_eq(u->language, SLICE("de")) ? SLICE("Nicht stören")
								   : SLICE("Do not disturb"),
		    out->note, sizeof out->note);
}

static void
write_person(struct buf *b, const struct pidf_state *s)
{
	if (!s->activities && !s->note[0])
		return;
	buf_lit(b, "<dm:person id=\"p1\">");
	if (s->activities) {
		buf_lit(b, "<rpid:activities>");
		for (unsigned i = 0; i < PIDF_ACTIVITIES_N; i++)
			if (s->activities & (1u << i))
				buf_printf(
				    b, "<rpid:%s/>", pidf_activity_name((enum pidf_activity)i));
		buf_lit(b, "</rpid:activities>");
	}
	if (s->note[0])
		xml_element(b, "dm:note", slice_cstr(s->note));
	buf_lit(b, "</dm:person>\n");
}

void
presence_write(struct buf *b, const struct resource *r)
{
	const struct dir_user *u = dir_user_by_id(r->p->p.dir, r->key.id);
	struct pidf_state s;

	compose(r, u, &s);
	buf_lit(b, "<tuple id=\"t1\"><status><basic>");
	buf_cstr(b, s.open ? "open" : "closed");
	buf_lit(b, "</basic></status>");
	if (u && u->primary_number.n) {
		buf_lit(b, "<contact>sip:");
		xml_text(b, u->primary_number);
		buf_char(b, '@');
		buf_char(b, PIDF_HOST);
		buf_lit(b, "</contact>");
	}
	if (s.note[0])
		xml_element(b, "note", slice_cstr(s.note));
	buf_lit(b, "</tuple>\n");
	write_person(b, &s);
	buf_lit(b, "</presence>\n");
}
