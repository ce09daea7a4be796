/* INVITEs of the phone: a new call with credentials and its end, re-INVITE and glare. */
#include <stdio.h>

#include "phone_int.h"

enum {
	TRIES_MAX = 3,
	PATIENCE_MS = 90000, /* nobody waits longer for an answer */
};

static void
on_gone(void *user, struct sip_client *tsx)
{
	struct phone_call *c = user;

	if (c->invite_out == tsx)
		c->invite_out = NULL;
}

/* ---- the first INVITE ---- */

static const struct sip_client_ops dial_ops;

static void
write_session(const struct phone_call *c, struct buf *b)
{
	if (!c->session_s)
		return;
	sip_write_hdr(b, SIP_HDR_SUPPORTED, SLICE("timer"));
	sip_write_hdrf(b, SIP_HDR_SESSION_EXPIRES, "%u;refresher=uac", c->session_s);
}

static void
send_invite(struct phone_call *c, const struct sip_msg *challenge)
{
	char extra[2048];
	struct buf b;

	buf_init(&b, extra, sizeof extra);
	write_session(c, &b);
	if (c->replaces.text[0])
		buf_printf(&b, "Replaces: %s\r\n", c->replaces.text);
	c->rseq_in = 0;
	if (c->rel)
		sip_write_hdr(&b, SIP_HDR_SUPPORTED, SLICE("100rel"));
	if (challenge &&
	    !phone_authorize(c->phone, &b, challenge, SLICE("INVITE"), sip_dialog_uri(&c->dialog)))
		phone_broken(c->phone, "401 without a challenge for us");
	if (!buf_ok(&b) || pc_request(c, SIP_INVITE, buf_slice(&b), !c->out_late, &dial_ops,
			       &c->invite_out) != ERR_OK)
		phone_broken(c->phone, "INVITE could not be sent");
	c->out_pending = true;
}

static void
refresh(struct timer *t)
{
	struct phone_call *c = container_of(t, struct phone_call, refresh);

	pc_start(c, t, refresh, pc_reinvite(c, false) ? c->session_s * 500 : 2000);
}

/* RFC 4028, 7.2: who refreshes is said in the 2xx. */
static void
agree_session(struct phone_call *c, const struct sip_msg *resp)
{
	struct slice params = sip_msg_value(resp, SIP_HDR_SESSION_EXPIRES), who;
	struct slice seconds = slice_take_until(&params, ';');

	c->refresher = sip_param_find(params, SLICE("refresher"), &who) &&
		       slice_eq(who, SLICE("uac")) &&
		       slice_to_u32(slice_trim(seconds), 86400, &c->session_s) == ERR_OK;
	if (c->refresher)
		pc_start(c, &c->refresh, refresh, c->session_s * 500);
}

static void
on_dial_2xx(struct phone_call *c, const struct sip_msg *resp)
{
	bool first = c->out_pending;

	if (!first) { /* our ACK was lost */
		if (c->state == PC_UP && resp->cseq == c->out_cseq)
			pc_ack(c, c->out_late);
		return;
	}
	c->out_pending = false;
	if (sip_dialog_on_response(&c->dialog, &c->arena, resp) != ERR_OK)
		phone_broken(c->phone, "the 200 makes no dialog");
	pc_outcome(c, resp->status, false);
	if (!c->rel_agreed) /* else the 183 was the answer (RFC 3261, 13.2.1) */
		pc_take_sdp(c, resp, "the 200");
	c->was_late |= c->out_late;
	c->state = PC_UP;
	c->up_ms = sim_now_ms(c->phone->p.sim);
	pc_ack(c, c->out_late);
	if (c->cancelled) { /* it crossed our CANCEL */
		pc_bye(c);
		return;
	}
	agree_session(c, resp);
	pc_talk(c);
}

static void
on_dial_response(void *user, struct sip_client *tsx, const struct sip_msg *resp)
{
	struct phone_call *c = user;
	bool agreed;

	if (resp->status < 200) {
		if (sip_dialog_on_response(&c->dialog, &c->arena, resp) != ERR_OK)
			phone_broken(c->phone, "a provisional response is unusable");
		agreed = c->rel_agreed;
		if (pc_take_reliable(c, resp) && resp->body.n && !agreed)
			pc_take_sdp(c, resp, "a provisional response");
		return;
	}
	if (resp->status < 300) {
		on_dial_2xx(c, resp);
		return;
	}
	c->out_pending = false;
	if (resp->status == 401 && c->tries < TRIES_MAX && !c->cancelled) {
		c->tries++;
		sip_client_detach(tsx);
		send_invite(c, resp);
		return;
	}
	pc_outcome(c, resp->status, false);
	pc_over(c);
}

static void
on_dial_failed(void *user, struct sip_client *tsx, enum err why)
{
	struct phone_call *c = user;

	c->out_pending = false;
	pc_outcome(c, 0, true);
	pc_over(c);
}

static const struct sip_client_ops dial_ops = {on_dial_response, on_dial_failed, on_gone};

static void
lose_patience(struct timer *t)
{
	struct phone_call *c = container_of(t, struct phone_call, limit);

	if (c->state != PC_DIALLING || !c->invite_out)
		return;
	c->cancelled = true;
	sip_client_cancel(c->invite_out, (struct slice){0});
}

/* Which of a phone's calls such a call is about is the switch's to know: a place to wait takes the
 * one that it holds. */
static void
tell_moves(const struct phone *p, const struct phone_call *by, const char *number,
    const struct phone_dialog *replaces)
{
	bool parks = strncmp(number, "*08", 3) == 0;

	if (by->picks_up || replaces)
		p->p.ops->on_moves(p->p.ctx, by->dialog.call_id);
	if (replaces) {
		struct slice rest = slice_cstr(replaces->text);

		p->p.ops->on_moves(p->p.ctx, slice_take_until(&rest, ';'));
	}
	LIST_FOR_EACH (it, &p->calls) {
		struct phone_call *c = container_of(it, struct phone_call, link);

		if (!parks)
			continue;
		c->gives = true;
		p->p.ops->on_moves(p->p.ctx, c->dialog.call_id);
	}
}

static void
dial(struct phone *p, const char *number, const struct phone_dialog *replaces)
{
	char local[96], remote[120], text[ADDR_TEXT_MAX];
	struct sip_dialog_uac_params params = {.flow = phone_flow(p)};
	struct phone_call *c;

	if (!p->core || p->resting)
		return;
	c = pc_new(p, true);
	if (replaces)
		c->replaces = *replaces;
	c->picks_up = strncmp(number, "*8", 2) == 0 || strncmp(number, "*08", 3) == 0;
	p->n_dialled++;
	snprintf(c->uri, sizeof c->uri, "sip:%s@%s", number, addr_text(&p->p.registrar, text));
	snprintf(local, sizeof local, "\"Phone %s\" <sip:%s@strowger>", p->p.name, p->p.name);
	snprintf(remote, sizeof remote, "<%s>", c->uri);
	params.local = slice_cstr(local);
	params.remote = slice_cstr(remote);
	params.target = slice_cstr(c->uri);
	if (sip_dialog_init_uac(&c->dialog, &p->dialogs, &c->arena, &p->rng, &params) != ERR_OK)
		phone_broken(p, "no dialog for a new call");
	tell_moves(p, c, number, replaces);
	p->p.ops->on_dials(p->p.ctx, number, c->dialog.call_id);
	c->out_late = phone_chance(p, 10);
	c->session_s = phone_chance(p, 20) ? 90 : 0;
	c->rel = phone_chance(p, 40);
	pc_start(
	    c, &c->limit, lose_patience, phone_chance(p, 25) ? phone_draw(p, 12000) : PATIENCE_MS);
	send_invite(c, NULL);
}

void
phone_dial(struct phone *p, const char *number)
{
	dial(p, number, NULL);
}

void
phone_replace(struct phone *p, const char *number, const struct phone_dialog *d)
{
	dial(p, number, d);
}

/* ---- re-INVITE ---- */

static const struct sip_client_ops reinvite_ops;

bool
pc_reinvite(struct phone_call *c, bool late)
{
	char extra[128];
	struct buf b;

	if (c->state != PC_UP || c->out_pending || c->update_pending || c->in_pending ||
	    c->ack_due || c->bye_wanted)
		return false;
	if (c->invite_out)
		sip_client_detach(c->invite_out);
	c->invite_out = NULL;
	c->out_late = late;
	buf_init(&b, extra, sizeof extra);
	write_session(c, &b);
	if (pc_request(c, SIP_INVITE, buf_slice(&b), !late, &reinvite_ops, &c->invite_out) !=
	    ERR_OK) {
		phone_broken(c->phone, "re-INVITE could not be sent");
		return false;
	}
	c->out_pending = true;
	return true;
}

static void
try_again(struct timer *t)
{
	struct phone_call *c = container_of(t, struct phone_call, again);

	(void)pc_reinvite(c, false);
}

static void
on_reinvite_response(void *user, struct sip_client *tsx, const struct sip_msg *resp)
{
	struct phone_call *c = user;
	struct phone *p = c->phone;

	if (resp->status < 200)
		return;
	if (resp->status < 300) {
		if (c->out_pending) {
			c->out_pending = false;
			c->agreed_holding = c->holding;
			c->was_late |= c->out_late;
			if (sip_dialog_on_response(&c->dialog, &c->arena, resp) != ERR_OK)
				phone_broken(p, "the 200 to a re-INVITE is unusable");
			pc_take_sdp(c, resp, "the 200 to a re-INVITE");
		}
		pc_ack(c, c->out_late);
		return;
	}
	c->out_pending = false;
	if (resp->status == 481 || resp->status == 408) { /* 12.2.1.2 */
		pc_bye(c);
	} else if (resp->status != 491) {
		c->holding = c->agreed_holding;
	} else { /* 14.1 */
		p->glares++;
		pc_start(c, &c->again, try_again,
		    c->outgoing ? 2100 + phone_draw(p, 1900) : phone_draw(p, 2000));
	}
}

static void
on_reinvite_failed(void *user, struct sip_client *tsx, enum err why)
{
	struct phone_call *c = user;

	c->out_pending = false;
	pc_bye(c);
}

static const struct sip_client_ops reinvite_ops = {
    on_reinvite_response, on_reinvite_failed, on_gone};
