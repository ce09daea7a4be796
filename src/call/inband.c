/*
 * PHO-5, progressinband: what a phone that calls hears before the answer. "yes" is for devices that
 * make no ringing tone of their own: instead of 180 they get 183 with a description, and our tone
 * in their voice, until the called side sends something itself. "never" is for devices that do not
 * take early voice: they get 180 and nothing else.
 */
#include "call/call_int.h"

static enum dir_inband
wish_of(const struct leg *caller)
{
	const struct dir_phone *p =
	    caller ? dir_phone_by_id(caller->call->sw->p.directory, caller->phone) : NULL;

	return p ? p->progress_inband : DIR_INBAND_NO;
}

bool
inband_never(const struct leg *caller)
{
	/* an offer that came late is answered early, or not at all */
	return !caller->call->offer_late && wish_of(caller) == DIR_INBAND_NEVER;
}

struct slice
inband_begin(struct leg *from, struct leg *caller)
{
	struct call *c = caller->call;
	struct slice sdp = SLICE("");

	if (wish_of(caller) != DIR_INBAND_YES || c->offer_late || !c->sw->p.ringback ||
	    bridge_give_early(from, caller, &sdp) != ERR_OK)
		return SLICE("");
	c->ring.tone = true;
	return sdp;
}

bool
inband_wants_tone(const struct leg *l)
{
	const struct call *c = l->call;

	return c->state == CALL_RINGING && !c->transfer && c->ring.active && c->ring.tone &&
	       !c->ring.early && l->side != c->ring.seat;
}

enum err
inband_keep(struct leg *l, const struct sip_msg *resp)
{
	enum err e;

	l->media_waits = true; /* nobody hears it yet */
	e = bridge_take(l, resp->body, &l->dialog.flow, true);
	if (e == ERR_OK)
		l->rel.agreed = true;
	return e;
}

void
inband_end(struct leg *l)
{
	if (!l->media_waits)
		return;
	l->media_waits = false;
	bridge_connect(l);
}
