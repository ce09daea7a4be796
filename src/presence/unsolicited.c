/*
 * Message lamps of phones that did not ask for them: a NOTIFY outside of any dialog to each
 * contact (RFC 3842, 4.1). Phones that do not want it answer 481 or 489; nobody minds.
 */
#include "presence/presence_int.h"

static bool
has_subscribed(const struct resource *r, int64_t phone_id)
{
	LIST_FOR_EACH (node, &r->subs[PRESENCE_MESSAGE_SUMMARY])
		if (container_of(node, struct sub, in_resource)->watcher->id == phone_id)
			return true;
	return false;
}

static struct slice
write_body(struct presence *p, struct resource *r, struct slice account)
{
	struct slice shared = resource_body(r, PRESENCE_MESSAGE_SUMMARY);
	struct buf b;

	buf_init(&b, p->scratch, sizeof p->scratch);
	presence_packages[PRESENCE_MESSAGE_SUMMARY].write_head(&b, r, account, 0);
	buf_put(&b, shared);
	return buf_slice(&b);
}

static void
draw(struct presence *p, char *out, size_t n)
{
	struct buf b;

	buf_init(&b, out, n);
	rng_token(p->p.rng, &b, n);
}

static void
send_to(struct resource *r, struct slice account, const struct presence_contact *c)
{
	struct presence *p = r->p;
	char headers[2048], tag[16], call_id[32];
	struct sip_request q = {.method = SIP_NOTIFY, .uri = c->uri};
	struct buf b;

	draw(p, tag, sizeof tag);
	draw(p, call_id, sizeof call_id);
	buf_init(&b, headers, sizeof headers);
	sip_write_hdrf(
	    &b, SIP_HDR_FROM, "<%.*s>;tag=%.*s", SLICE_FMT(account), (int)sizeof tag, tag);
	sip_write_hdrf(&b, SIP_HDR_TO, "<%.*s>", SLICE_FMT(c->uri));
	sip_write_hdr(&b, SIP_HDR_CALL_ID, slice_make(call_id, sizeof call_id));
	sip_write_hdr(&b, SIP_HDR_CSEQ, SLICE("1 NOTIFY"));
	sip_core_write_contact(p->p.core, &b, &c->flow, (struct slice){0}, (struct slice){0});
	sip_write_hdr(&b, SIP_HDR_EVENT, SLICE("message-summary"));
	sip_write_hdr(&b, SIP_HDR_SUBSCRIPTION_STATE, SLICE("terminated;reason=noresource"));
	if (!buf_ok(&b))
		return;
	q.headers = buf_slice(&b);
	q.content_type = presence_packages[PRESENCE_MESSAGE_SUMMARY].content_type;
	q.body = write_body(p, r, account);
	if (sip_client_send(p->p.core, &c->flow, &q, NULL, NULL, NULL) == ERR_OK)
		p->counts.unsolicited++;
}

void
unsolicited_send(struct resource *r, const struct dir_phone *phone)
{
	struct presence *p = r->p;
	const struct dir_user *u = dir_user_by_id(p->p.dir, r->key.id);
	struct presence_contact contact[PRESENCE_CONTACTS_MAX];
	char account[256];
	struct buf b;
	size_t n;

	if (!u || has_subscribed(r, phone->id))
		return;
	buf_init(&b, account, sizeof account);
	buf_printf(&b, "sip:%.*s@%s", SLICE_FMT(u->primary_number), dir_settings(p->p.dir)->domain);
	n = p->p.ops->contacts(p->p.ctx, phone->id, contact, PRESENCE_CONTACTS_MAX);
	for (size_t i = 0; i < n && buf_ok(&b); i++)
		if (contact[i].reachable)
			send_to(r, buf_slice(&b), &contact[i]);
}
