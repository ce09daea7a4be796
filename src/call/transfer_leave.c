/* Those who leave or are ended while a transfer is under way; and what its target is told. */
#include "call/outside.h"
#include "call/transfer_int.h"

enum { REFERRED_BY_MAX = 512 };

/* RFC 3892: phones get what the one who transfers has said; outside only who it is,
 * by a number that is known there. */
void
transfer_write_invite(const struct leg *l, struct buf *b)
{
	const struct transfer *t = l->call->transfer;
	struct routing_party from;
	char number[IDENTITY_NUMBER_BYTES];
	struct addr host;

	if (!t || l->call != t->call || t->recalling || t->dialled)
		return;
	if (transfer_waiting(t) && transfer_waiting(t)->dialled_in && t->by && t->by->app)
		return; /* he has dialled it himself */
	if (t->referred_by.n && t->referred_by.n < REFERRED_BY_MAX && !l->line) {
		sip_write_hdr(b, SIP_HDR_REFERRED_BY, t->referred_by);
		return;
	}
	from = t->from;
	if (l->line) {
		if (!outside_number(l->call->sw->p.directory, l->line, from.number, number))
			return;
		from.number = slice_cstr(number);
	}
	sip_core_address(l->call->sw->p.core, &l->dialog.flow, &host);
	buf_lit(b, "Referred-By: ");
	identity_write_party(b, &from, t->from_hidden, &host);
	buf_lit(b, "\r\n");
}

bool
transfer_on_bye(struct leg *l)
{
	struct transfer *t = l->call->transfer;

	if (l == t->by) {
		hold_leave(l);
		t->by = NULL;
		leg_done(l);
		record_live(t->call, LIVE_CALL_ANSWERED);
		return true;
	}
	if (l == t->consult) {
		t->consult = NULL;
		leg_done(l);
		return true;
	}
	if (l != t->target)
		return false;
	t->target = NULL;
	leg_done(l);
	transfer_fail(t, 480); /* ends the other call */
	return true;
}

bool
transfer_on_cancel(struct leg *l)
{
	struct transfer *t = l->call->transfer;

	if (l != t->consult)
		return false;
	/* its phone has given the call away: the leg waits on for the answer, without a phone */
	sip_server_reject(l->invite_in, 487, SLICE(""));
	sip_server_attach(l->invite_in, NULL, NULL);
	l->invite_in = NULL;
	l->invite_in_pending = false;
	watch_tell(l, CALL_DIALOG_TERMINATED);
	record_reason(
	    l->call, REASON_GIVEN_AWAY, REASON_ARGS(t->from.name, slice_cstr(t->call->id)));
	return true;
}

void
transfer_on_end(struct call *c)
{
	struct transfer *t = c->transfer;
	struct call *mine = t->call;

	if (c != mine) { /* somebody ended the consultation */
		if (t->target && t->target->call == mine)
			leg_bye(t->target, SLICE(""));
		t->target = t->consult = NULL;
		t->other->transfer = NULL;
		t->other = NULL;
		transfer_fail(t, 487);
		return;
	}
	refer_notify(t, 487);
	join_undo(t);
	transfer_free(t);
}
