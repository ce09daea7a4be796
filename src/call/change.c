/*
 * A change inside a dialog, whatever request asks for it (re-INVITE, UPDATE, an offer in a
 * PRACK): its answer, its refusal, and what a refusal of ours by a peer means.
 */
#include "call/call_int.h"

bool
change_in_progress(const struct leg *l)
{
	return l->invite_in_pending || l->invite_out_pending || l->ack_due || l->ack_owed ||
	       update_in_progress(l);
}

void
change_done(struct call *c)
{
	if (c->state != CALL_UP)
		return;
	bridge_follow_hold(c);
	record_live(c, bridge_is_held(c) ? LIVE_CALL_HELD : LIVE_CALL_ANSWERED);
	watch_tell_seats(c);
}

static enum err
answer(struct leg *l, const struct leg *other, struct slice sdp)
{
	char extra[1024];
	struct buf b;

	buf_init(&b, extra, sizeof extra);
	session_write_answer(l, &b);
	present_write(l, other, &b);
	if (!buf_ok(&b))
		return ERR_TOO_BIG;
	if (!l->update_in && !(l->invite_in_pending && (l->state == LEG_UP || l->takes_over)))
		return ERR_OK; /* whoever asked did not wait */
	l->direct = l->direct_text;
	return l->update_in ? update_respond(l, 200, buf_slice(&b), sdp)
			    : leg_respond(l, 200, buf_slice(&b), sdp, false);
}

void
change_accept(struct leg *l)
{
	struct leg *other = update_peer(l);
	struct call *c = l->call;
	struct slice sdp = {0};
	enum err e = other ? bridge_give(other, l, &sdp) : ERR_WRONG_STATE;

	if (e == ERR_OK) {
		bridge_drop_refused(other);
		e = answer(l, other, sdp);
	}
	if (e != ERR_OK) {
		record_reason(c, REASON_CHANGE_FAILED, REASON_ARGS(slice_cstr(err_text(e))));
		call_end(c, c->state == CALL_UP ? CDR_ANSWERED : CDR_FAILED, CDR_BY_SYSTEM, 500);
		return;
	}
	l->rel.sdp_version = l->sdp_version;
	if (l->takes_over)
		replaces_accepted(l);
	session_start(l);
	change_done(c);
}

void
change_refuse(struct leg *l, uint16_t status)
{
	struct slice agreed = sdp_text_slice(&l->agreed_sdp), unused;
	struct leg *other = update_peer(l);

	if (l->takes_over) {
		replaces_refused(l, status);
		return;
	}
	if (l->update_in) {
		(void)!update_respond(l, status, SLICE(""), SLICE(""));
	} else if (l->invite_in_pending && l->state == LEG_UP) {
		l->invite_in_pending = false;
		sip_server_reject(l->invite_in, status, SLICE(""));
	}
	if (l->reoffer_late || !agreed.n || !other)
		return;
	/* back to what was agreed before the offer, also for a later refresh to the other side */
	if (bridge_take(l, agreed, &l->dialog.flow, false) != ERR_OK ||
	    bridge_give(l, other, &unused) != ERR_OK)
		call_log(LOG_WARN, l->call, "the former media could not be restored");
}

void
change_forgotten(struct leg *l)
{
	record_reason(l->call, REASON_CALL_FORGOTTEN, REASON_ARGS(l->phone_name));
	call_end(l->call, CDR_ANSWERED, CDR_BY_SYSTEM, 0);
}

void
change_on_refusal(struct leg *l, struct leg *asker, const struct sip_msg *resp)
{
	uint32_t interval;

	if (l->state == LEG_UP && (resp->status == 408 || resp->status == 481)) { /* 12.2.1.2 */
		change_forgotten(l);
		return;
	}
	if (asker) {
		bool asked =
		    resp->status == 401 || resp->status == 407; /* we have no password for phones */

		change_refuse(asker, asked ? 488 : resp->status);
		return;
	}
	if (l->state != LEG_UP)
		return;
	if (resp->status == 491) /* 14.1 */
		session_retry(l, 2100 + rng_below(l->call->sw->p.rng, 1900));
	else if (resp->status == 422 && (interval = session_after_422(l, resp))) {
		l->session_s = interval;
		session_retry(l, 0);
	} else {
		session_start(l); /* it refuses, so it is there */
	}
}
