/* What the phone does with requests of the switch: rings, answers, refuses, obeys. */
#include "phone_int.h"

static void
on_cancel(void *user, struct sip_server *tsx, const struct sip_msg *cancel)
{
	struct phone_call *c = user;

	if (tsx != c->invite_in || !c->in_pending)
		return;
	pc_respond(c, 487, false);
	if (c->state == PC_ASKED)
		pc_over(c);
}

static void
on_no_ack(void *user, struct sip_server *tsx)
{
	struct phone_call *c = user;

	c->ack_due = false;
	pc_bye(c);
}

static void
on_gone(void *user, struct sip_server *tsx)
{
	struct phone_call *c = user;

	if (c->invite_in == tsx) {
		c->invite_in = NULL;
		c->in_pending = false;
	}
}

static const struct sip_server_ops server_ops = {.on_cancel = on_cancel,
    .on_no_ack = on_no_ack,
    .on_no_prack = pc_on_no_prack,
    .on_gone = on_gone};

static void
attach(struct phone_call *c, struct sip_server *tsx, const struct sip_msg *req)
{
	if (c->invite_in)
		sip_server_attach(c->invite_in, NULL, NULL);
	c->invite_in = tsx;
	c->in_pending = true;
	c->in_cseq = req->cseq;
	c->in_late = req->body.n == 0;
	c->rel_agreed = false;
	c->rel = sip_msg_has_token(req, SIP_HDR_SUPPORTED, SLICE("100rel"));
	if (!c->in_late)
		pc_take_sdp(c, req, "an INVITE");
	sip_server_attach(tsx, &server_ops, c);
}

/* ---- a new call ---- */

static void
answer_call(struct timer *t)
{
	struct phone_call *c = container_of(t, struct phone_call, answer);

	if (!c->in_pending)
		return;
	if (c->rel_waits && c->answer_status == 200) { /* RFC 3262, 3 */
		pc_start(c, t, answer_call, 200);
		return;
	}
	pc_respond(c, c->answer_status, c->answer_status == 200 && !c->rel_agreed);
	if (c->answer_status != 200) {
		pc_over(c);
		return;
	}
	c->state = PC_UP;
	c->up_ms = sim_now_ms(c->phone->p.sim);
	c->dialog.confirmed = true;
	if (c->phone->p.outside)
		pc_decide(c);
	pc_talk(c);
}

/* Somebody who is rung and does not answer must not wait for ever either. */
static void
stop_ringing(struct timer *t)
{
	struct phone_call *c = container_of(t, struct phone_call, limit);

	if (!c->in_pending)
		return;
	pc_respond(c, 480, false);
	pc_over(c);
}

static void
fail_power(struct timer *t)
{
	phone_pull_plug(container_of(t, struct phone_call, act)->phone);
}

static void
decide(struct phone_call *c)
{
	static const struct {
		uint8_t percent;
		uint16_t status; /* 0: never answers */
		uint32_t after_ms;
	} habits[] = {{60, 200, 9000}, {10, 486, 300}, {5, 603, 4000}, {3, 480, 4000},
	    {2, 302, 500}, {2, 500, 500}, {18, 0, 0}};
	uint32_t dice = phone_draw(c->phone, 100);
	size_t i = 0;

	while (dice >= habits[i].percent)
		dice -= habits[i++].percent;
	if (c->rel && phone_chance(c->phone, 30))
		pc_ring_reliably(c);
	else if (phone_chance(c->phone, 80))
		pc_respond(c, 180, false);
	else if (phone_chance(c->phone, 50) && !c->in_late)
		pc_respond(c, 183, true);
	pc_start(c, &c->limit, stop_ringing, 180000);
	if (phone_chance(c->phone, 2))
		pc_start(c, &c->act, fail_power, phone_draw(c->phone, 8000));
	c->answer_status = habits[i].status;
	if (habits[i].status)
		pc_start(c, &c->answer, answer_call, phone_draw(c->phone, habits[i].after_ms));
}

void
pc_on_invite(struct phone *p, struct sip_server *tsx, const struct sip_msg *req)
{
	struct phone_call *c;

	if (phone_calls(p) >= 3) {
		sip_server_reject(tsx, 486, (struct slice){0});
		return;
	}
	c = pc_new(p, false);
	if (sip_dialog_init_uas(&c->dialog, &p->dialogs, &c->arena, req, sip_server_flow(tsx),
		sip_server_tag(tsx)) != ERR_OK) {
		phone_broken(p, "an INVITE makes no dialog");
		sip_server_reject(tsx, 400, (struct slice){0});
		pc_over(c);
		return;
	}
	attach(c, tsx, req);
	p->p.ops->on_asked(p->p.ctx, p->p.name, req->call_id);
	if (!c->in_late && !pc_speaks(c)) {
		if (c->n_named > 3 && !c->encrypted)
			phone_broken(p, "asked again, and still nothing that we speak");
		pc_respond(c, 488, false);
		pc_over(c);
		return;
	}
	decide(c);
}

/* ---- in a call ---- */

static void
answer_change(struct timer *t)
{
	struct phone_call *c = container_of(t, struct phone_call, answer);

	if (c->in_pending)
		pc_respond(c, c->answer_status, c->answer_status == 200);
}

static void
on_reinvite(struct phone_call *c, struct sip_server *tsx, const struct sip_msg *req)
{
	if (c->out_pending || c->update_pending) { /* 14.2: glare */
		c->phone->glares++;
		sip_server_reject(tsx, 491, (struct slice){0});
		return;
	}
	if (c->in_pending || c->ack_due || c->state != PC_UP) {
		sip_server_reject(tsx, 500, SLICE("Retry-After: 1\r\n"));
		return;
	}
	sip_dialog_refresh(&c->dialog, req, sip_server_flow(tsx));
	c->agreed = c->remote;
	c->agreed_held = c->held;
	attach(c, tsx, req);
	c->answer_status = phone_chance(c->phone, 5) ? 488 : 200;
	if (c->in_late && slice_eq(slice_cstr(c->phone->p.name), SLICE("p3")))
		c->answer_status = 488; /* a device that makes no offers */
	if (phone_chance(c->phone, 20))
		pc_start(c, &c->answer, answer_change, phone_draw(c->phone, 3000));
	else
		answer_change(&c->answer);
}

void
pc_on_request(struct phone_call *c, struct sip_server *tsx, const struct sip_msg *req)
{
	if (sip_dialog_check_cseq(&c->dialog, req) != ERR_OK) {
		sip_server_reject(tsx, 500, (struct slice){0});
		return;
	}
	switch (req->method) {
	case SIP_INVITE: on_reinvite(c, tsx, req); break;
	case SIP_PRACK: pc_on_prack(c, tsx, req); break;
	case SIP_UPDATE: pc_on_update(c, tsx, req); break;
	case SIP_BYE:
		sip_server_reject(tsx, 200, (struct slice){0});
		pc_tell_ending(c, true);
		if (c->outgoing && !c->told) /* its 200 is still on the way, or was lost */
			pc_outcome(c, 0, true);
		pc_over(c);
		break;
	case SIP_NOTIFY: pc_on_notify(c, req); /* fallthrough */
	default: sip_server_reject(tsx, 200, (struct slice){0}); break;
	}
}

void
pc_on_ack(struct phone_call *c, const struct sip_msg *ack)
{
	if (!c->ack_due || ack->cseq != c->in_cseq)
		return;
	c->ack_due = false;
	if (c->in_late)
		pc_take_sdp(c, ack, "the ACK of a late offer");
	if (c->invite_in)
		sip_server_acked(c->invite_in);
	if (c->bye_wanted)
		pc_bye(c);
}
