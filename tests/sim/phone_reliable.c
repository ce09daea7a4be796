/* Reliable provisional responses and UPDATE of the phone (RFC 3262, 3311). */
#include "phone_int.h"
#include "sip/rel100.h"

/* ---- called: 183 until the PRACK ---- */

void
pc_ring_reliably(struct phone_call *c)
{
	char headers[768], sdp[512];
	struct buf h, body;

	c->rseq_out = 1 + phone_draw(c->phone, 1000000);
	buf_init(&h, headers, sizeof headers);
	buf_init(&body, sdp, sizeof sdp);
	pc_write_contact(c, &h);
	buf_lit(&h, "Require: 100rel\r\n");
	sip_write_hdrf(&h, SIP_HDR_RSEQ, "%u", c->rseq_out);
	pc_write_sdp(c, &body, !c->in_late);
	if (sip_server_respond(c->invite_in, &(struct sip_response){.status = 183,
						 .headers = buf_slice(&h),
						 .content_type = SLICE("application/sdp"),
						 .body = buf_slice(&body),
						 .reliable = true}) != ERR_OK)
		phone_broken(c->phone, "183 could not be sent");
	c->rel_waits = true;
}

void
pc_on_no_prack(void *user, struct sip_server *tsx)
{
	struct phone_call *c = user;

	c->rel_waits = false;
	pc_respond(c, 504, false);
	pc_over(c);
}

void
pc_on_prack(struct phone_call *c, struct sip_server *tsx, const struct sip_msg *req)
{
	struct sip_rack rack;

	if (sip_rack_parse(&rack, sip_msg_value(req, SIP_HDR_RACK)) != ERR_OK ||
	    rack.rseq != c->rseq_out || rack.cseq != c->in_cseq || rack.method != SIP_INVITE) {
		phone_broken(c->phone, "a PRACK of nothing we sent");
		sip_server_reject(tsx, 481, (struct slice){0});
		return;
	}
	sip_server_reject(tsx, 200, (struct slice){0});
	if (!c->rel_waits || !c->invite_in)
		return;
	sip_server_pracked(c->invite_in);
	c->rel_waits = false;
	c->rel_agreed = true;
	if (c->in_late)
		pc_take_sdp(c, req, "the PRACK of a late offer");
	else if (req->body.n)
		phone_broken(c->phone, "an offer in a PRACK, out of nothing");
	c->in_late = false;
}

/* ---- calling: PRACK ---- */

bool
pc_take_reliable(struct phone_call *c, const struct sip_msg *resp)
{
	char extra[64];
	uint32_t rseq;
	bool late;
	struct buf b;

	if (!sip_is_reliable(resp, &rseq))
		return true;
	if (!c->rel)
		phone_broken(c->phone, "a reliable response we cannot take");
	if (c->rseq_in && rseq != c->rseq_in + 1)
		return false;
	c->rseq_in = rseq;
	late = c->out_late && resp->body.n;
	buf_init(&b, extra, sizeof extra);
	sip_write_hdrf(&b, SIP_HDR_RACK, "%u %u INVITE", rseq, resp->cseq);
	if (pc_request(c, SIP_PRACK, buf_slice(&b), late, NULL, NULL) != ERR_OK)
		phone_broken(c->phone, "PRACK could not be sent");
	c->rel_agreed |= resp->body.n > 0;
	if (late) {
		c->out_late = false;
		c->was_late = true; /* nobody waits for the answer to that PRACK */
	}
	return true;
}

/* ---- UPDATE ---- */

bool
phone_updates(const struct phone *p)
{
	return p->p.seed & 1;
}

static void try_again(struct timer *t);

static void
on_update_response(void *user, struct sip_client *tsx, const struct sip_msg *resp)
{
	struct phone_call *c = user;
	struct phone *p = c->phone;

	if (resp->status < 200)
		return;
	c->update_pending = false;
	if (resp->status < 300) {
		c->agreed_holding = c->holding;
		pc_take_sdp(c, resp, "the 200 to an UPDATE");
	} else if (resp->status == 481 || resp->status == 408) {
		pc_bye(c);
	} else if (resp->status == 491) {
		p->glares++;
		pc_start(c, &c->again, try_again,
		    c->outgoing ? 2100 + phone_draw(p, 1900) : phone_draw(p, 2000));
	} else {
		c->holding = c->agreed_holding;
	}
}

static void
on_update_failed(void *user, struct sip_client *tsx, enum err why)
{
	struct phone_call *c = user;

	c->update_pending = false;
	pc_bye(c);
}

static void
on_update_gone(void *user, struct sip_client *tsx)
{
	struct phone_call *c = user;

	if (c->update_out == tsx)
		c->update_out = NULL;
}

static const struct sip_client_ops update_ops = {
    on_update_response, on_update_failed, on_update_gone};

bool
pc_update(struct phone_call *c)
{
	char extra[256];
	struct buf b;

	if (c->state != PC_UP || c->out_pending || c->update_pending || c->in_pending ||
	    c->ack_due || c->bye_wanted)
		return false;
	if (c->update_out)
		sip_client_detach(c->update_out);
	c->update_out = NULL;
	buf_init(&b, extra, sizeof extra);
	pc_write_contact(c, &b);
	if (pc_request(c, SIP_UPDATE, buf_slice(&b), true, &update_ops, &c->update_out) != ERR_OK) {
		phone_broken(c->phone, "UPDATE could not be sent");
		return false;
	}
	c->update_pending = true;
	return true;
}

static void
try_again(struct timer *t)
{
	(void)pc_update(container_of(t, struct phone_call, again));
}

void
pc_on_update(struct phone_call *c, struct sip_server *tsx, const struct sip_msg *req)
{
	char headers[512], sdp[512];
	struct buf h, body;

	if (!phone_updates(c->phone))
		phone_broken(c->phone, "an UPDATE to a phone that does not allow it");
	buf_init(&h, headers, sizeof headers);
	buf_init(&body, sdp, sizeof sdp);
	if (req->body.n && (c->out_pending || c->update_pending)) {
		c->phone->glares++;
		sip_server_reject(tsx, 491, (struct slice){0});
		return;
	}
	if (req->body.n && (c->in_pending || c->ack_due || c->state != PC_UP)) {
		sip_server_reject(tsx, 500, SLICE("Retry-After: 1\r\n"));
		return;
	}
	if (req->body.n && phone_chance(c->phone, 5)) {
		sip_server_reject(tsx, 488, (struct slice){0});
		return;
	}
	sip_dialog_refresh(&c->dialog, req, sip_server_flow(tsx));
	pc_write_contact(c, &h);
	if (req->body.n) {
		pc_take_sdp(c, req, "an UPDATE");
		pc_write_sdp(c, &body, true);
		c->agreed_holding = c->holding;
	}
	if (sip_server_respond(
		tsx, &(struct sip_response){.status = 200,
			 .headers = buf_slice(&h),
			 .content_type = body.n ? SLICE("application/sdp") : SLICE(""),
			 .body = buf_slice(&body)}) != ERR_OK)
		phone_broken(c->phone, "an UPDATE could not be answered");
}
