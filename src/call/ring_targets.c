/* Whom a plan wants rung, and when: the targets that wait for their turn. */
#include <stdlib.h>

#include "call/call_int.h"
#include "call/line_int.h"

/* IPv6 sockets also reach IPv4 peers, so one phone with IPv6 decides. */
static uint8_t
family_of_targets(struct call *c)
{
	struct call_contact contact[CALL_CONTACTS_MAX];

	for (size_t t = 0; t < c->ring.n_targets; t++) {
		const struct routing_target *target = &c->ring.target[t].t;
		size_t n = 0;

		if (target->kind == ROUTING_APP)
			continue;
		if (target->kind == ROUTING_PHONE)
			n = gruu_contacts(c, target->phone, contact, CALL_CONTACTS_MAX);
		else if (leg_line_family(c, target, c->ring.target[t].whom) == 6)
			return 6;
		for (size_t i = 0; i < n; i++)
			if (contact[i].flow.remote.family == 6)
				return 6;
	}
	return 4;
}

static struct ring_whom *
keep_whom(struct call *c, const struct routing_party *party, const struct routing_plan *plan)
{
	struct ring_whom *w = arena_new(&c->arena, struct ring_whom);

	if (w) {
		w->costly = plan->costly;
		w->feature = plan->feature;
	}
	if (!w || party_copy(&c->arena, party, &w->party) != ERR_OK ||
	    arena_dup(&c->arena, plan->argument, &w->argument) != ERR_OK ||
	    arena_dup(&c->arena, slice_cstr(plan->outside), &w->outside) != ERR_OK ||
	    arena_dup(&c->arena, slice_cstr(plan->outside_dialled), &w->outside_dialled) != ERR_OK)
		return NULL;
	return w;
}

static enum err
keep_texts(struct call *c, struct routing_target *t)
{
	enum err e = arena_dup(&c->arena, t->phone_name, &t->phone_name);

	if (e == ERR_OK)
		e = arena_dup(&c->arena, t->way.shown, &t->way.shown);
	return e == ERR_OK ? arena_dup(&c->arena, t->way.call_by_call, &t->way.call_by_call) : e;
}

/* The number of the mobile phone that t leads to, and the lines behind t that do, too. */
static bool
keep_twin(struct call *c, const struct routing_plan *plan, const struct routing_target *t,
    struct ring_whom *own)
{
	const struct routing_twin *twin = &plan->twin[t->twin - 1];
	const struct routing_target *end = plan->target + plan->n_targets;
	struct ring_twin *kept = arena_new(&c->arena, struct ring_twin);

	if (!kept || arena_dup(&c->arena, twin->number, &own->outside) != ERR_OK)
		return false;
	own->outside_dialled = own->outside;
	own->costly = twin->costly;
	own->twin = kept;
	kept->confirm = twin->confirm;
	kept->spare = arena_alloc(&c->arena, ROUTING_TWIN_LINES_MAX * sizeof *kept->spare);
	for (t++; kept->spare && t < end && t->spare && kept->n_spare < ROUTING_TWIN_LINES_MAX;
	     t++) {
		kept->spare[kept->n_spare] = *t;
		if (keep_texts(c, &kept->spare[kept->n_spare++]) != ERR_OK)
			return false;
	}
	return kept->spare;
}

/* Of a group: the member, so that lamps, displays and diversions are his. */
static const struct ring_whom *
whom_of(struct call *c, const struct routing_plan *plan, const struct routing_target *t,
    const struct ring_whom *whom)
{
	struct ring_whom *own;

	if (!t->member.user && !t->twin)
		return whom;
	if (t->member.user)
		c->ring.group = c->ring.several = true;
	own = keep_whom(c, t->member.user ? &t->member : &whom->party, plan);
	return own && t->twin && !keep_twin(c, plan, t, own) ? NULL : own;
}

/* Puts the plan's targets among those that wait, in the order in which they are due. */
static enum err
add_targets(struct call *c, const struct routing_plan *plan, const struct ring_whom *whom,
    uint32_t delay_ms, bool in_turns)
{
	struct ring *r = &c->ring;
	size_t n = r->n_targets + plan->n_targets;
	struct ring_target *t = realloc(r->target, (n ? n : 1) * sizeof *t);

	if (!t)
		return ERR_NOMEM;
	r->target = t;
	for (size_t i = 0; i < plan->n_targets; i++) {
		struct ring_target new = {.t = plan->target[i]};
		size_t at = r->n_targets;

		if (new.t.spare)
			continue; /* kept with the one before */
		new.whom = whom_of(c, plan, &plan->target[i], whom);
		if (!new.whom || keep_texts(c, &new.t) != ERR_OK)
			return ERR_NOMEM;
		new.t.member = new.whom->party;
		if (new.t.turn && !in_turns) {
			new.t.turn = 0;
			new.t.delay_ms = new.t.turn_delay_ms;
		}
		if (new.t.delay_ms != ROUTING_AFTER_OTHERS)
			new.t.delay_ms += delay_ms;
		for (; at > r->next_target && t[at - 1].t.delay_ms > new.t.delay_ms; at--)
			t[at] = t[at - 1];
		t[at] = new;
		r->n_targets++;
	}
	return ERR_OK;
}

/* Where the call goes when they do not take it, of the plan whose targets ring. */
static enum err
keep_onward(struct call *c, const struct routing_plan *plan, const struct ring_whom *whom)
{
	struct ring *r = &c->ring;
	enum err e = arena_dup(&c->arena, plan->onward.busy, &r->onward.busy);

	if (e == ERR_OK)
		e = arena_dup(&c->arena, plan->onward.timeout, &r->onward.timeout);
	r->onward.user = plan->onward.user;
	r->onward.group = plan->onward.group;
	r->onward_of = whom;
	onward_note_plan(c, plan);
	return e;
}

enum err
ring_prepare(struct call *c, enum media_side seat, const struct routing_party *party,
    const struct routing_plan *plan)
{
	struct ring *r = &c->ring;
	struct ring_whom *whom = keep_whom(c, party, plan);
	enum err e;

	if (!whom)
		return ERR_NOMEM;
	free(r->target);
	*r = (struct ring){.seat = seat, .whom = whom, .ring_ms = plan->ring_ms};
	timer_init(&r->timer, ring_on_timer);
	e = keep_onward(c, plan, whom);
	if (e == ERR_OK)
		e = add_targets(c, plan, whom, 0, true);
	if (e == ERR_OK)
		c->family[seat] = family_of_targets(c);
	return e;
}

enum err
ring_add(struct call *c, const struct routing_plan *plan)
{
	struct ring *r = &c->ring;
	uint64_t now = timers_now_ms(c->sw->p.timers);
	struct ring_whom *whom = keep_whom(c, &plan->called, plan);
	/* else turns would end those of others: its phones ring at once */
	bool alone = r->asking <= 1 && r->next_target == r->n_targets;

	if (!whom)
		return ERR_NOMEM;
	if (alone)
		r->turn = 0;
	if (!r->turn)
		r->deadline_ms = now + plan->ring_ms;
	if (plan->onward.busy.n || plan->onward.timeout.n || plan->n_via) {
		enum err e = keep_onward(c, plan, whom);

		if (e != ERR_OK)
			return e;
	}
	return add_targets(c, plan, whom, (uint32_t)(now - r->start_ms), alone);
}
