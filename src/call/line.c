/*
 * Legs on lines to providers: how they begin, what to do when a provider challenges, refuses
 * or says nothing. Another hop of the line follows a dead one (RFC 3263, 4.3), another line
 * one that cannot serve; what the called person says is final.
 */
#include "call/call_int.h"
#include "call/emergency.h"
#include "call/line_int.h"
#include "call/spending.h"
#include "call/twin.h"

/* For the first answer, while another line is left: people wait for the call. */
enum { LINE_PATIENCE_MS = 8000 };

struct leg_line {
	struct leg *leg;
	const struct ring_whom *whom; /* lives as long as the call in which it was rung, as the */
	struct routing_target target; /* texts of this, until leg_line_detach */
	struct slice contact_user, headers;
	unsigned attempt;
	struct sip_auth_try auth;
	struct timer silence; /* no answer at all */
	struct meter meter;
	bool taken, counted;
};

static const struct call_line_ops *
ops(const struct call *c)
{
	return c->sw->p.line_ops;
}

static void *
ctx(const struct call *c)
{
	return c->sw->p.line_ctx;
}

static void
count(struct leg *l, enum call_line_outcome o)
{
	if (l->on_line->counted || !ops(l->call) || !ops(l->call)->outcome)
		return;
	l->on_line->counted = true;
	ops(l->call)->outcome(ctx(l->call), l->line, o);
}

static enum call_line_outcome
outcome_of(uint16_t status, bool local)
{
	if (local || status >= 500)
		return status == 600  ? CALL_LINE_BUSY
		       : status > 600 ? CALL_LINE_REFUSED
				      : CALL_LINE_FAILED;
	switch (status) {
	case 486: return CALL_LINE_BUSY;
	case 408:
	case 480:
	case 487: return CALL_LINE_UNANSWERED;
	default: return CALL_LINE_REFUSED;
	}
}

/* ---- beginning ---- */

static enum err
ask_leg(struct call *c, const struct routing_target *target, const struct ring_whom *whom,
    unsigned attempt, struct call_line_leg *out)
{
	const struct leg *caller = c->leg[MEDIA_SIDES - 1 - c->ring.seat];
	struct call_line_call call = {.line = target->line,
	    .number = whom->outside,
	    .dialled = whom->outside_dialled,
	    .call_by_call = target->way.call_by_call,
	    .shown = target->way.shown,
	    .hidden = target->way.hidden,
	    .attempt = attempt};

	if (!ops(c))
		return ERR_NOT_FOUND;
	if (caller) {
		call.name = caller->party.name;
		call.hidden |= caller->hidden && !c->emergency;
	}
	return ops(c)->leg(ctx(c), &call, out);
}

static void on_silence(struct timer *t);

static enum err
begin_dialog(struct leg *l, const struct call_line_leg *how)
{
	char id[40];
	struct buf b;

	buf_init(&b, id, sizeof id);
	buf_put(&b, slice_make(l->call->id, 16));
	buf_char(&b, '-');
	rng_token(l->call->sw->p.rng, &b, 16);
	return sip_dialog_init_uac(&l->dialog, &l->call->sw->dialogs, &l->arena, l->call->sw->p.rng,
	    &(struct sip_dialog_uac_params){.local = how->from,
		.remote = how->to,
		.target = how->uri,
		.call_id = buf_slice(&b),
		.flow = how->flow,
		.route = how->route});
}

static bool
take(struct call *c, int64_t line)
{
	if (ops(c)->take(ctx(c), line))
		return true;
	return c->emergency && emergency_make_room(c->sw, line) && ops(c)->take(ctx(c), line);
}

/* A mobile phone is not called like the line that happens to lead there. */
static enum err
name_leg(struct leg *l, const struct routing_target *target, const struct ring_whom *whom)
{
	char name[LIVE_MOBILE_BYTES];

	return arena_dup(&l->arena,
	    whom->twin ? cdr_mobile_phone(whom->outside, name) : target->phone_name,
	    &l->phone_name);
}

static enum err
make_leg(struct call *c, const struct routing_target *target, const struct ring_whom *whom,
    unsigned attempt, const struct call_line_leg *how, struct leg **out)
{
	struct leg_line *ll;
	struct leg *l;
	enum err e = leg_new(c, c->ring.seat, LEG_ASKING, &whom->party, &l);

	if (e != ERR_OK)
		return e;
	ll = arena_new(&l->arena, struct leg_line);
	e = ll ? name_leg(l, target, whom) : ERR_NOMEM;
	if (e == ERR_OK)
		e = arena_dup(&l->arena, how->contact_user, &ll->contact_user);
	if (e == ERR_OK)
		e = arena_dup(&l->arena, how->headers, &ll->headers);
	if (e == ERR_OK) {
		ll->leg = l;
		ll->whom = whom;
		ll->target = *target;
		ll->attempt = attempt;
		timer_init(&ll->silence, on_silence);
		meter_init(&ll->meter, l);
		l->line = target->line;
		l->on_line = ll;
		e = begin_dialog(l, how);
	}
	if (e == ERR_OK && !(ll->taken = take(c, target->line)))
		e = ERR_LIMIT;
	if (e != ERR_OK) {
		leg_done(l);
		return e;
	}
	*out = l;
	return ERR_OK;
}

static bool
ring_hop(struct call *c, const struct routing_target *target, const struct ring_whom *whom,
    unsigned attempt, const struct sip_auth_try *auth)
{
	struct call_line_leg how;
	struct leg *l;
	enum err e = ask_leg(c, target, whom, attempt, &how);

	if (e == ERR_OK)
		e = make_leg(c, target, whom, attempt, &how, &l);
	if (e != ERR_OK) {
		if (attempt == 0)
			call_log(LOG_WARN, c, "line %.*s cannot be used: %s",
			    SLICE_FMT(target->phone_name), err_text(e));
		return false;
	}
	if (auth)
		l->on_line->auth = *auth;
	if (!ring_launch(l))
		return false;
	if (!how.answer_within_ms &&
	    (whom->twin ? twin_has_spare(whom->twin) : c->ring.next_target < c->ring.n_targets))
		how.answer_within_ms = LINE_PATIENCE_MS;
	if (how.answer_within_ms)
		timer_start(c->sw->p.timers, &l->on_line->silence, how.answer_within_ms);
	return true;
}

bool
leg_line_ring(struct call *c, const struct routing_target *target, const struct ring_whom *whom)
{
	return ring_hop(c, target, whom, 0, NULL);
}

uint8_t
leg_line_family(struct call *c, const struct routing_target *target, const struct ring_whom *whom)
{
	struct call_line_leg how;

	return ask_leg(c, target, whom, 0, &how) == ERR_OK ? how.flow.remote.family : 4;
}

enum err
leg_line_take_caller(struct leg *l, int64_t line)
{
	struct call *c = l->call;

	l->on_line = arena_new(&l->arena, struct leg_line);
	if (!l->on_line)
		return ERR_NOMEM;
	l->on_line->leg = l;
	timer_init(&l->on_line->silence, on_silence);
	meter_init(&l->on_line->meter, l);
	l->line = line;
	if (!ops(c) || !ops(c)->take(ctx(c), line))
		return ERR_LIMIT;
	l->on_line->taken = true;
	count(l, CALL_LINE_CAME_IN);
	return ERR_OK;
}

/* ---- what its requests carry ---- */

struct slice
leg_line_called(const struct leg *l)
{
	return l->on_line && l->on_line->whom ? l->on_line->whom->outside : SLICE("");
}

struct ring_twin *
leg_line_twin(const struct leg *l)
{
	return l->on_line && l->on_line->whom ? l->on_line->whom->twin : NULL;
}

struct slice
leg_line_name(const struct leg *l)
{
	return leg_line_twin(l) ? l->on_line->target.phone_name : l->phone_name;
}

/* What is asked of legs that have answered. */
static enum err
own_whom(struct leg_line *ll)
{
	struct arena *a = &ll->leg->arena;
	struct ring_whom *own = arena_new(a, struct ring_whom);
	enum err e = own ? arena_dup(a, ll->whom->outside, &own->outside) : ERR_NOMEM;

	if (e == ERR_OK && ll->whom->twin) {
		own->twin = arena_new(a, struct ring_twin);
		e = own->twin ? arena_dup(a, ll->target.phone_name, &ll->target.phone_name)
			      : ERR_NOMEM;
	}
	if (e == ERR_OK) {
		own->costly = ll->whom->costly;
		ll->whom = own;
	}
	return e;
}

void
leg_line_detach(struct leg *l)
{
	if (l->on_line && l->on_line->whom && own_whom(l->on_line) != ERR_OK)
		l->on_line->whom = NULL;
}

const struct meter *
leg_line_meter(const struct leg *l)
{
	return l->on_line ? &l->on_line->meter : NULL;
}

struct slice
leg_line_contact_user(const struct leg *l)
{
	return l->on_line ? l->on_line->contact_user : SLICE("");
}

void
leg_line_write_identity(const struct leg *l, struct buf *b)
{
	if (l->on_line)
		buf_put(b, l->on_line->headers);
}

void
leg_line_write_auth(const struct leg *l, enum sip_method m, struct buf *b)
{
	if (l->line && ops(l->call))
		ops(l->call)->write_auth(
		    ctx(l->call), l->line, b, sip_method_name(m), sip_dialog_uri(&l->dialog));
}

/* ---- answers ---- */

bool
leg_line_follow_challenge(struct leg *l, const struct sip_msg *resp)
{
	return l->on_line && (resp->status == 401 || resp->status == 407) && ops(l->call) &&
	       ops(l->call)->challenged(ctx(l->call), l->line, &l->on_line->auth, resp) == ERR_OK;
}

void
line_accepted(struct leg *l)
{
	if (!l->on_line)
		return;
	l->on_line->auth = (struct sip_auth_try){0};
	count(l, CALL_LINE_ANSWERED);
}

void
leg_line_on_provisional(struct leg *l)
{
	if (l->on_line)
		timer_stop(&l->on_line->silence);
}

void
leg_line_on_answer(struct leg *l)
{
	const struct ring_whom *whom = l->on_line ? l->on_line->whom : NULL;

	if (whom)
		meter_start(&l->on_line->meter, whom->outside, whom->costly);
}

/* Is it about the line, so that another one may do? Everything else is the word of the
 * called side, or of a network that has tried. */
static bool
says_nothing_of_the_called(uint16_t status, bool local)
{
	switch (status) {
	case 401:
	case 403:
	case 407:
	case 500:
	case 501:
	case 502:
	case 503:
	case 505: return true;
	default: return local;
	}
}

static bool
next_hop(struct leg *l)
{
	struct leg_line *ll = l->on_line;

	ll->counted = true; /* its call on the line is the other hop's now */
	leg_line_leave(l);
	ll->counted = ring_hop(l->call, &ll->target, ll->whom, ll->attempt, &ll->auth);
	return ll->counted;
}

void
leg_line_on_failure(struct leg *l, uint16_t status, bool local, uint32_t retry_after_s)
{
	struct call *c = l->call;

	if (!l->on_line)
		return;
	timer_stop(&l->on_line->silence);
	if (l->state != LEG_ASKING || !c->ring.active)
		return;
	if (l->side != c->ring.seat) { /* it rings already (probe.c): no other way is tried */
		count(l, outcome_of(status, local));
		return;
	}
	if (local || status == 503) {
		ops(c)->hop_failed(ctx(c), l->line, &l->dialog.flow, retry_after_s);
		l->on_line->attempt++;
		if (next_hop(l))
			return;
	}
	count(l, outcome_of(status, local));
	if (leg_line_twin(l)) { /* the others ring on, whatever it says */
		if (says_nothing_of_the_called(status, local))
			(void)twin_ring_spare(c, l->on_line->whom);
		return;
	}
	if (!says_nothing_of_the_called(status, local) && !c->emergency)
		c->ring.next_target = c->ring.n_targets;
}

/* Nothing came back, not even 100: somebody else is asked. This one may still be there, so
 * it is told to stop. */
static void
on_silence(struct timer *t)
{
	struct leg_line *ll = container_of(t, struct leg_line, silence);
	struct leg *l = ll->leg;
	struct call *c = l->call;
	bool other;

	if (l->state != LEG_ASKING || !c->ring.active)
		return;
	ops(c)->hop_failed(ctx(c), l->line, &l->dialog.flow, 0);
	ll->attempt++;
	other = next_hop(l);
	if (!other && leg_line_twin(l))
		other = twin_ring_spare(c, ll->whom);
	if (!other && (leg_line_twin(l) || c->ring.next_target == c->ring.n_targets)) {
		ll->taken = ops(c)->take(ctx(c), l->line);
		return; /* no other way: let the transaction try on */
	}
	if (!other)
		count(l, CALL_LINE_FAILED);
	ring_give_up(l, other);
}

bool
leg_line_holds(const struct leg *l)
{
	return l->on_line && l->on_line->taken;
}

void
leg_line_leave(struct leg *l)
{
	if (!l->on_line)
		return;
	timer_stop(&l->on_line->silence);
	meter_stop(&l->on_line->meter);
	if (l->on_line->taken)
		count(l, CALL_LINE_UNANSWERED); /* unless something else was known */
	if (l->on_line->taken)
		ops(l->call)->done(ctx(l->call), l->line);
	l->on_line->taken = false;
}
