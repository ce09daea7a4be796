/*
 * Reliable provisional responses (RFC 3262), on both sides.
 *
 * Called legs: a reliable 18x is acknowledged at once, in the order of RSeq; when it brings
 * an offer (the INVITE had none) the PRACK waits for the caller's answer and carries it.
 * Callers: an 18x with SDP goes out reliably when the caller can, every one when it insists.
 * One at a time: what comes before its PRACK waits, and so does the 200 behind an 18x with
 * SDP. The transaction repeats it; without PRACK the call ends with 504.
 */
#include "call/call_int.h"

/* ---- called legs ---- */

static void
send_prack(struct leg *l, uint32_t rseq, uint32_t cseq, struct slice sdp)
{
	char extra[64];
	struct buf b;
	enum err e;

	buf_init(&b, extra, sizeof extra);
	sip_write_hdrf(&b, SIP_HDR_RACK, "%u %u INVITE", rseq, cseq);
	e = leg_request(l, SIP_PRACK, buf_slice(&b), sdp.n ? SLICE("application/sdp") : SLICE(""),
	    sdp, NULL, NULL, NULL);
	if (e != ERR_OK) /* it repeats its response, and gives up when we cannot */
		call_log(LOG_WARN, l->call, "PRACK could not be sent: %s", err_text(e));
}

/* Another early dialog, behind a proxy that forks: it wants its PRACK too, or its sender
 * would give up. What it says is heard as always. False: heard before. */
static bool
take_foreign(struct leg *l, const struct sip_msg *resp, uint32_t rseq)
{
	uint64_t tag = hash_bytes(resp->to.tag);
	struct sip_dialog mine;
	struct arena scratch;

	if (l->rel.foreign_tag == tag && l->rel.foreign_rseq == rseq)
		return false;
	l->rel.foreign_tag = tag;
	l->rel.foreign_rseq = rseq;
	arena_init(&scratch, "early dialog", 1024, 16 * 1024);
	if (sip_dialog_enter_fork(&l->dialog, &mine, &scratch, resp) == ERR_OK) {
		send_prack(l, rseq, resp->cseq, SLICE(""));
		sip_dialog_leave_fork(&l->dialog, &mine);
	}
	arena_fini(&scratch);
	return true;
}

static bool
brings_offer(const struct leg *l, const struct sip_msg *resp)
{
	return l->call->offer_late && resp->body.n > 0 && !l->rel.agreed;
}

bool
prack_take(struct leg *l, const struct sip_msg *resp)
{
	struct reliable *r = &l->rel;
	uint32_t rseq;

	if (!sip_is_reliable(resp, &rseq) || !resp->to.tag.n)
		return true;
	if (!slice_eq(resp->to.tag, l->dialog.remote_tag))
		return take_foreign(l, resp, rseq);
	if (r->rseq_in && rseq != r->rseq_in + 1)
		return false; /* again, or one between is missing (4) */
	r->rseq_in = rseq;
	if (!brings_offer(l, resp))
		send_prack(l, rseq, resp->cseq, SLICE(""));
	else if (prack_may_offer_late(l))
		r->owed_cseq = resp->cseq;
	else /* it was not invited to do that: no media until the 200 */
		send_prack(l, rseq, resp->cseq, bridge_refusal(l, resp->body));
	return true;
}

bool
prack_may_offer_late(const struct leg *l)
{
	const struct leg *caller = leg_other(l);

	return l->call->ring.alone && caller && caller->rel.supported && caller->state == LEG_ASKED;
}

/* ---- callers ---- */

void
prack_on_invite(struct leg *l, const struct sip_msg *req)
{
	update_note_allow(l, req);
	l->rel.required = sip_msg_has_token(req, SIP_HDR_REQUIRE, SLICE("100rel"));
	l->rel.supported =
	    l->rel.required || sip_msg_has_token(req, SIP_HDR_SUPPORTED, SLICE("100rel"));
}

static enum err
send_reliable(struct leg *l, uint16_t status, struct slice extra, struct slice sdp)
{
	char headers[2048];
	struct buf b;
	uint32_t rseq =
	    l->rel.rseq_out ? l->rel.rseq_out + 1 : 1 + rng_below(l->call->sw->p.rng, 0x7fffffff);
	enum err e;

	buf_init(&b, headers, sizeof headers);
	buf_put(&b, extra);
	buf_lit(&b, "Require: 100rel\r\n");
	sip_write_hdrf(&b, SIP_HDR_RSEQ, "%u", rseq);
	if (!buf_ok(&b))
		return ERR_TOO_BIG;
	e = leg_respond(l, status, buf_slice(&b), sdp, true);
	if (e != ERR_OK)
		return e;
	l->rel.rseq_out = rseq;
	l->rel.waits = true;
	l->rel.waits_sdp = sdp.n > 0;
	if (sdp.n)
		l->rel.sdp_version = l->sdp_version;
	return ERR_OK;
}

enum err
prack_tell(struct leg *l, uint16_t status, struct slice extra, struct slice sdp)
{
	struct reliable *r = &l->rel;

	if (r->agreed || (r->waits && r->waits_sdp))
		sdp = SLICE(""); /* the first one was the answer (RFC 3261, 13.2.1) */
	if (r->waits) {
		r->queued = status;
		r->queued_sdp |= sdp.n > 0;
		return ERR_OK;
	}
	if (r->required || (r->supported && sdp.n))
		return send_reliable(l, status, extra, sdp);
	return leg_respond(l, status, extra, sdp, false);
}

static void
tell_queued(struct leg *l)
{
	struct reliable *r = &l->rel;
	uint16_t status = r->queued;
	char extra[512];
	struct buf b;

	r->queued = 0;
	if (!status || l->state != LEG_ASKED)
		return;
	buf_init(&b, extra, sizeof extra);
	present_write(l, l->call->ring.early, &b);
	if (!buf_ok(&b) || prack_tell(l, status, buf_slice(&b),
			       r->queued_sdp ? sdp_text_slice(&l->local_sdp) : SLICE("")) != ERR_OK)
		call_log(LOG_WARN, l->call, "%u could not be passed on", status);
	r->queued_sdp = false;
}

/* The answer to the offer our 18x carried: the phone that made it gets it in its PRACK. */
static bool
take_late_answer(struct leg *l, const struct sip_msg *prack)
{
	struct call *c = l->call;
	struct leg *early = c->ring.early;
	struct slice sdp = {0};
	enum err e;

	if (!early || !early->rel.owed_cseq)
		return true; /* that phone has gone */
	e = bridge_take(l, prack->body, &l->dialog.flow, true);
	if (e == ERR_OK)
		e = bridge_give(l, early, &sdp);
	send_prack(early, early->rel.rseq_in, early->rel.owed_cseq,
	    e == ERR_OK ? sdp : bridge_refusal(early, sdp_text_slice(&early->remote_sdp)));
	early->rel.owed_cseq = 0;
	if (e != ERR_OK)
		return false;
	early->rel.agreed = l->rel.agreed = l->rel.no_sdp_in_200 = true;
	c->offer_late = false;
	return true;
}

static bool
fits(const struct leg *l, const struct sip_msg *prack)
{
	struct sip_rack rack;

	return l->rel.waits &&
	       sip_rack_parse(&rack, sip_msg_value(prack, SIP_HDR_RACK)) == ERR_OK &&
	       rack.rseq == l->rel.rseq_out && rack.cseq == l->in_cseq && rack.method == SIP_INVITE;
}

void
prack_on_request(struct leg *l, struct sip_server *tsx, const struct sip_msg *req)
{
	struct call *c = l->call;
	bool offered = l->rel.waits_sdp && c->offer_late;

	if (!fits(l, req)) {
		sip_server_reject(tsx, 481, SLICE("")); /* 3 */
		return;
	}
	if (l->invite_in)
		sip_server_pracked(l->invite_in);
	l->rel.waits = false;
	if (offered) {
		sip_server_reject(tsx, 200, SLICE(""));
		if (!take_late_answer(l, req)) {
			record_reason(c, REASON_CALLER_MEDIA, REASON_ARGS(SLICE("PRACK")));
			call_end(c, CDR_FAILED, CDR_BY_SYSTEM, 488);
			return;
		}
	} else {
		if (l->rel.waits_sdp)
			l->rel.agreed = true;
		if (req->body.n)
			update_on_offer(l, tsx, req);
		else
			sip_server_reject(tsx, 200, SLICE(""));
	}
	if (c->answer_waits)
		answer_caller_now(c);
	else
		tell_queued(l);
}

void
prack_on_missing(void *user, struct sip_server *tsx)
{
	struct leg *l = user;

	record_reason(l->call, REASON_PROGRESS_UNCONFIRMED, REASON_ARGS(l->phone_name));
	l->rel.waits = false;
	call_end(l->call, CDR_FAILED, CDR_BY_SYSTEM, 504);
}
