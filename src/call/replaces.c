/*
 * Replaces (RFC 3891): an INVITE whose sender wants the place of somebody in a call.
 * A phone that talks is taken over: the new leg gets its seat at once, its offer goes to
 * the other party as a re-INVITE, and who sat there leaves when that is agreed, else it gets
 * the seat back. A phone that rings is relieved: the new leg answers the call instead.
 */
#include "call/transfer_int.h"

enum err
replaces_parse(struct slice value, struct replaces *out)
{
	struct slice params = value, call_id = slice_trim(slice_take_until(&params, ';')), to, from;

	if (call_id.n == 0 || !sip_param_find(params, SLICE("to-tag"), &to) ||
	    !sip_param_find(params, SLICE("from-tag"), &from) || !to.n || !from.n)
		return ERR_MALFORMED;
	*out = (struct replaces){.call_id = call_id,
	    .to_tag = to,
	    .from_tag = from,
	    .early_only = sip_param_find(params, SLICE("early-only"), NULL)};
	return ERR_OK;
}

/* to-tag is ours; phones that build it from what watchers are told swap the two. */
struct leg *
replaces_find(const struct call_switch *sw, const struct replaces *r)
{
	struct sip_dialog *d =
	    sip_dialogs_find_id(&sw->dialogs, r->call_id, r->to_tag, r->from_tag);

	if (!d)
		d = sip_dialogs_find_id(&sw->dialogs, r->call_id, r->from_tag, r->to_tag);
	return d ? container_of(d, struct leg, dialog) : NULL;
}

/* Section 3; 0: it may be replaced. */
static uint16_t
refusal(const struct leg *old, bool early_only)
{
	const struct call *c;

	if (!old)
		return 481;
	c = old->call;
	if (old->state == LEG_ASKED)
		return 481; /* an early dialog that was not begun by us */
	if (old->state == LEG_CANCELLED || old->bye_wanted || c->state == CALL_ENDED)
		return 603;
	if (old->state == LEG_ASKING) {
		if (!c->ring.active || !leg_other(old))
			return 603;
		if (c->transfer && c->transfer->call != c)
			return 491; /* this call is about to go into another */
		if (transfer_is_dialling(c))
			return 603; /* nobody calls yet */
		return leg_other(old)->state == LEG_UP && change_in_progress(leg_other(old)) ? 491
											     : 0;
	}
	if (early_only)
		return 486;
	if (c->leg[old->side] != old || !leg_other(old) || c->transfer || c->replaced ||
	    c->consult || change_in_progress(old) || change_in_progress(leg_other(old)))
		return 491;
	return 0;
}

/* A leg for the new phone; not seated. */
static enum err
new_leg(struct leg *old, struct sip_server *tsx, const struct sip_msg *req,
    const struct dir_phone *phone, struct leg **out)
{
	struct call *c = old->call;
	struct routing_query q = {.dialled = old->party.number, .caller_phone = phone};
	struct routing_plan plan; /* says who calls from this phone */
	struct leg *l;
	enum err e;

	plan_ask(c->sw, &q, &plan);
	e = leg_new(c, old->side, LEG_ASKED, &plan.caller, &l);
	if (e != ERR_OK)
		return e;
	l->phone = phone->id;
	e = arena_dup(&l->arena, phone->name, &l->phone_name);
	if (e == ERR_OK)
		e = sip_dialog_init_uas(&l->dialog, &c->sw->dialogs, &l->arena, req,
		    sip_server_flow(tsx), sip_server_tag(tsx));
	if (e != ERR_OK) {
		leg_done(l);
		return e;
	}
	leg_take_invite(l, tsx, req);
	l->hidden = identity_is_hidden(req);
	session_on_invite(l, req);
	*out = l;
	return ERR_OK;
}

static void
refuse(struct leg *l, uint16_t status)
{
	l->invite_in_pending = false;
	sip_server_reject(l->invite_in, status, SLICE(""));
	leg_done(l);
}

/* ---- taking over who talks ---- */

static void
take_over(struct leg *old, struct leg *l, const struct sip_msg *req)
{
	struct call *c = old->call;

	direct_leave(c);
	c->replaced = old;
	c->leg[old->side] = NULL;
	l->takes_over = l->media_waits = true;
	leg_sit(l);
	c->family[l->side] = l->dialog.flow.remote.family == 6 ? 6 : 4;
	c->refitted = bridge_refit(c);
	watch_tell(l, CALL_DIALOG_TRYING);
	reinvite_pass(l, req);
}

void
replaces_accepted(struct leg *l)
{
	struct call *c = l->call;
	struct leg *old = c->replaced;

	l->state = LEG_UP;
	l->takes_over = l->media_waits = false;
	c->replaced = NULL;
	bridge_connect(l);
	record_reason(c, old ? REASON_TAKEN_OVER : REASON_PICKED_UP,
	    REASON_ARGS(l->party.name, l->phone_name, old ? old->phone_name : SLICE("")));
	if (old)
		leg_bye(old, SEAT_GIVEN_AWAY);
	if (c->state == CALL_RINGING) /* it was dialled from the web page */
		call_answered(c, l);
	else
		call_seat_changed(c, l);
}

void
replaces_refused(struct leg *l, uint16_t status)
{
	struct call *c = l->call;
	struct leg *old = c->replaced, *other = leg_other(l);
	struct slice unused;

	c->replaced = NULL;
	l->takes_over = false;
	refuse(l, status);
	if (!old) { /* who sat there has left meanwhile: nobody is there any more */
		call_end(c, c->state == CALL_UP ? CDR_ANSWERED : CDR_FAILED, CDR_BY_SYSTEM, 0);
		return;
	}
	leg_sit(old);
	bridge_follow_hold(c);
	if (!other || !old->remote_sdp.n ||
	    bridge_take(old, sdp_text_slice(&old->remote_sdp), &old->dialog.flow, false) !=
		ERR_OK ||
	    bridge_give(old, other, &unused) != ERR_OK)
		call_log(LOG_WARN, c, "the former media could not be restored");
	else if (c->refitted && bridge_give(other, old, &unused) == ERR_OK) {
		reinvite_refresh(other); /* where its media go from now on */
		reinvite_refresh(old);
	}
}

/* ---- answering for who rings ---- */

/* Both have made an offer: each one's is the other's answer. */
static enum err
cross(struct leg *caller, struct leg *l, struct slice offer, struct slice *to_caller)
{
	enum err e = bridge_take_crossed(l, offer, &l->dialog.flow);

	return e == ERR_OK ? bridge_give_common(l, caller, to_caller) : e;
}

static enum err
answer_phone(struct leg *l, struct leg *caller)
{
	char extra[1024];
	struct slice sdp;
	struct buf b;
	enum err e = bridge_give_common(caller, l, &sdp);

	buf_init(&b, extra, sizeof extra);
	session_write_answer(l, &b);
	present_write(l, caller, &b);
	if (e == ERR_OK && !buf_ok(&b))
		e = ERR_TOO_BIG;
	return e == ERR_OK ? leg_respond(l, 200, buf_slice(&b), sdp, false) : e;
}

static void
relieve(struct leg *old, struct leg *l, const struct sip_msg *req)
{
	struct call *c = old->call;
	struct leg *caller = leg_other(l);
	struct slice sdp;
	enum err e =
	    req->body.n && !c->offer_late ? bridge_can_cross(l, req->body) : ERR_UNSUPPORTED;

	if (e != ERR_OK) {
		refuse(l, 488); /* the phone rings on */
		return;
	}
	ring_stop(c, COMPLETED_ELSEWHERE);
	e = cross(caller, l, req->body, &sdp);
	if (e == ERR_OK)
		e = answer_phone(l, caller);
	if (e != ERR_OK) {
		record_reason(
		    c, REASON_ANSWER_MEDIA, REASON_ARGS(l->phone_name, slice_cstr(err_text(e))));
		refuse(l, 488);
		call_end(c, CDR_FAILED, CDR_BY_SYSTEM, 488);
		return;
	}
	l->state = LEG_UP;
	leg_sit(l);
	session_start(l);
	record_reason(c, REASON_PICKED_UP, REASON_ARGS(l->party.name, l->phone_name));
	answer_tell_who(l);
	answer_caller_soon(c);
}

/* Somebody was being transferred to the phone that rings: the transfer has arrived. */
static void
relieve_transferred(struct leg *l, const struct sip_msg *req)
{
	struct call *c = l->call;
	struct transfer *t = c->transfer;
	struct leg *by = t->by;

	ring_stop(c, SLICE(""));
	refer_notify(t, 200);
	transfer_free(t);
	if (by) {
		c->leg[by->side] = NULL;
		leg_bye(by, SEAT_GIVEN_AWAY);
	}
	l->takes_over = l->media_waits = true;
	leg_sit(l);
	c->family[l->side] = l->dialog.flow.remote.family == 6 ? 6 : 4;
	(void)!bridge_refit(c);
	watch_tell(l, CALL_DIALOG_TRYING);
	reinvite_pass(l, req);
}

/* ---- the request ---- */

uint16_t
replaces_take(struct leg *old, struct sip_server *tsx, const struct sip_msg *req,
    const struct dir_phone *phone)
{
	struct leg *l;
	uint16_t status = refusal(old, false);
	enum err e;

	if (status)
		return status;
	e = new_leg(old, tsx, req, phone, &l);
	if (e != ERR_OK)
		return e == ERR_MALFORMED ? 400 : 500;
	old->call->sw->stats.replaced++;
	if (old->state == LEG_UP)
		take_over(old, l, req);
	else if (old->call->transfer && old->call->transfer->call == old->call)
		relieve_transferred(l, req);
	else
		relieve(old, l, req);
	return 0;
}

bool
replaces_on_invite(struct call_switch *sw, struct sip_server *tsx, const struct sip_msg *req,
    const struct call_origin *from)
{
	const struct sip_hdr *h = sip_msg_hdr(req, SIP_HDR_REPLACES);
	struct replaces r;
	struct leg *old;
	uint16_t status = 0;

	if (!h)
		return false;
	if (sip_msg_hdr_next(req, h) || replaces_parse(h->value, &r) != ERR_OK)
		status = 400; /* 3: one only */
	else if (!from->phone)
		status = 403; /* our own phones, which have said who they are */
	old = status ? NULL : replaces_find(sw, &r);
	if (!status)
		status = refusal(old, r.early_only);
	if (!status)
		status = replaces_take(old, tsx, req, from->phone);
	if (status)
		sip_server_reject(tsx, status, SLICE(""));
	return true;
}
