/*
 * RTG-2: who calls from outside and can reach nobody is refused with the tone that says so: he
 * hears it in early voice for a while, then comes the answer that refuses. For calls and records he
 * is refused from the first moment on, also when he hangs up meanwhile.
 */
#include "call/call_int.h"

enum { TONE_MS = 4000 }; /* the three tones at least twice */

struct refusal {
	struct call *call;
	struct timer timer;
	uint16_t status;
	enum cdr_ended_by by;
};

static bool
is_wanted(const struct call *c, const struct leg *caller)
{
	const struct directory *dir = c->sw->p.directory;

	return caller && caller->line && !caller->app && caller->state == LEG_ASKED && !c->inner &&
	       !c->emergency && !c->offer_late && c->state == CALL_RINGING &&
	       c->sw->p.refusal_tone && dir_settings(dir)->unavailable == UNAVAILABLE_REJECT;
}

/* He may have been told where to send and what he hears, by a phone that rang. */
static enum err
open_voice(struct leg *caller, struct slice offer)
{
	struct call *c = caller->call;
	struct slice sdp = SLICE("");
	enum err e = ERR_OK;

	if (caller->local_sdp.n)
		return ERR_OK;
	if (!c->family[MEDIA_CALLED]) /* nobody was to be rung */
		c->family[MEDIA_CALLED] = c->family[MEDIA_CALLER];
	if (!caller->remote_sdp.n)
		e = bridge_take(caller, offer, &caller->dialog.flow, false);
	if (e == ERR_OK)
		e = bridge_give_early(caller, caller, &sdp);
	return e == ERR_OK ? prack_tell(caller, 183, SLICE(""), sdp) : e;
}

static void
on_time(struct timer *t)
{
	const struct refusal *r = container_of(t, struct refusal, timer);

	call_end(r->call, CDR_UNAVAILABLE, r->by, r->status);
}

static bool
begin(struct call *c, struct slice offer, enum cdr_ended_by by, uint16_t status)
{
	struct leg *caller = c->leg[MEDIA_CALLER];
	struct refusal *r = is_wanted(c, caller) ? arena_new(&c->arena, struct refusal) : NULL;

	if (!r || open_voice(caller, offer) != ERR_OK)
		return false;
	ring_stop(c, SLICE(""));
	*r = (struct refusal){.call = c, .by = by, .status = status};
	timer_init(&r->timer, on_time);
	timer_start(c->sw->p.timers, &r->timer, TONE_MS);
	c->refusal = r;
	record_reason(c, REASON_REFUSED_ALOUD, NULL);
	music_follow(c);
	return true;
}

void
call_refuse(struct call *c, enum cdr_result result, enum cdr_ended_by by, uint16_t status,
    struct slice offer)
{
	if (result != CDR_UNAVAILABLE || !begin(c, offer, by, status))
		call_end(c, result, by, status);
}

bool
refusal_is_heard(const struct leg *l)
{
	return l->call->refusal && l->side == MEDIA_CALLER;
}

void
refusal_on_end(struct call *c, enum cdr_result *result, enum cdr_ended_by *by)
{
	struct refusal *r = c->refusal;

	if (!r)
		return;
	c->refusal = NULL;
	timer_stop(&r->timer);
	*result = CDR_UNAVAILABLE;
	*by = r->by;
}
