/* A phone that moves calls: REFER blind and attended, INVITE in the place of another phone. */
#include <stdio.h>

#include "phone_int.h"

static void
on_response(void *user, struct sip_client *tsx, const struct sip_msg *resp)
{
	struct phone_call *c = user;

	if (resp->status < 200 || resp->status >= 300)
		return;
	c->phone->n_referred++;
	c->referring = true;
	if (phone_chance(c->phone, 40)) /* its person does not wait for what comes of it */
		pc_bye(c);
}

static void
on_failed(void *user, struct sip_client *tsx, enum err why)
{
}

static void
on_gone(void *user, struct sip_client *tsx)
{
	struct phone_call *c = user;

	if (c->refer_out == tsx)
		c->refer_out = NULL;
}

static const struct sip_client_ops refer_ops = {on_response, on_failed, on_gone};

/* Another call of this phone that has a dialog, ringing or answered. */
static struct phone_call *
other_call(const struct phone_call *c)
{
	LIST_FOR_EACH (it, &c->phone->calls) {
		struct phone_call *d = container_of(it, struct phone_call, link);

		if (d != c && d->dialog.remote_tag.n &&
		    (d->state == PC_UP || d->state == PC_DIALLING))
			return d;
	}
	return NULL;
}

static void
write_target(struct phone_call *c, struct buf *b)
{
	static const char *const numbers[] = {
	    "101", "102", "103", "104", "199", "abc", "*0800", "*0801", "151"};
	struct phone_call *d = phone_chance(c->phone, 70) ? other_call(c) : NULL;
	char host[ADDR_TEXT_MAX];

	addr_text(&c->phone->p.registrar, host);
	c->gives = true;
	c->phone->p.ops->on_moves(c->phone->p.ctx, c->dialog.call_id);
	if (d)
		c->phone->p.ops->on_moves(c->phone->p.ctx, d->dialog.call_id);
	if (!d) {
		buf_printf(b, "Refer-To: <sip:%s@%s>\r\n",
		    numbers[phone_draw(c->phone, sizeof numbers / sizeof numbers[0])], host);
		return;
	}
	buf_printf(b,
	    "Refer-To: <sip:x@%s?Replaces=%.*s%%3Bto-tag%%3D%.*s%%3Bfrom-tag%%3D%.*s>\r\n", host,
	    SLICE_FMT(d->dialog.call_id), SLICE_FMT(d->dialog.remote_tag),
	    SLICE_FMT(d->dialog.local_tag));
}

void
pc_transfer(struct phone_call *c)
{
	char extra[1024];
	struct buf b;

	if (c->state != PC_UP || c->refer_out || c->bye_wanted)
		return;
	buf_init(&b, extra, sizeof extra);
	pc_write_contact(c, &b);
	write_target(c, &b);
	if (phone_chance(c->phone, 10))
		buf_lit(&b, "Refer-Sub: false\r\n");
	if (!buf_ok(&b) ||
	    pc_request(c, SIP_REFER, buf_slice(&b), false, &refer_ops, &c->refer_out) != ERR_OK)
		phone_broken(c->phone, "REFER could not be sent");
}

void
pc_on_notify(struct phone_call *c, const struct sip_msg *req)
{
	struct slice state = sip_msg_value(req, SIP_HDR_SUBSCRIPTION_STATE);
	bool final = slice_starts(state, SLICE("terminated"));

	if (!slice_starts(req->body, SLICE("SIP/2.0 ")))
		phone_broken(c->phone, "a NOTIFY without sipfrag");
	else if (final && slice_starts(req->body, SLICE("SIP/2.0 1")))
		phone_broken(c->phone, "a transfer ended with a provisional response");
	else if (!final && !slice_starts(req->body, SLICE("SIP/2.0 1")))
		phone_broken(c->phone, "a transfer goes on behind its final response");
	if (final)
		c->referring = false;
}

bool
phone_dialog(struct phone *p, struct phone_dialog *out)
{
	size_t n = 0, pick = phone_draw(p, 3);

	LIST_FOR_EACH (it, &p->calls) {
		const struct phone_call *c = container_of(it, struct phone_call, link);

		if (!c->dialog.remote_tag.n || n++ != pick)
			continue;
		snprintf(out->text, sizeof out->text, "%.*s;to-tag=%.*s;from-tag=%.*s%s",
		    SLICE_FMT(c->dialog.call_id),
		    SLICE_FMT(phone_chance(p, 50) ? c->dialog.remote_tag : c->dialog.local_tag),
		    SLICE_FMT(c->dialog.local_tag), phone_chance(p, 20) ? ";early-only" : "");
		return true;
	}
	return false;
}
