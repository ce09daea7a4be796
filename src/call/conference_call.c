/*
 * Calling somebody into a conference: as the one who answers for it would dial, who is shown to who
 * is called. Participants of planned conferences who shall be called when it begins are called
 * here, too (CNF-1): once, when its time comes, and not again after a restart.
 */
#include "call/conference_int.h"
#include "directory/conferences.h"
#include "directory/mailboxes.h"

enum {
	LOOK_AGAIN_MS = 10 * 60 * 1000, /* somebody may set the clock */
	PLANNED_MEMBERS_MAX = 200,
};

static bool
leads_outside(const struct routing_plan *plan)
{
	return plan->n_targets && plan->target[0].kind == ROUTING_LINE;
}

static bool
can_be_called(const struct routing_plan *plan)
{
	return plan->action != ROUTING_REFUSE && !plan->emergency &&
	       !(plan->n_targets && plan->target[0].kind == ROUTING_APP);
}

static void
say_why(const struct routing_plan *plan, char reason[LIVE_REASON_BYTES])
{
	if (plan->n_reasons)
		slice_clip_cstr(
		    slice_cstr(plan->reasons[plan->n_reasons - 1]), reason, LIVE_REASON_BYTES);
}

static bool
seat(struct conference *f, const struct conference_callee *who, struct call_app *a, bool outside)
{
	struct conference_member *m;

	if (!conference_expect(f, a, &m) ||
	    arena_dup(&a->leg->arena, who->argument, &a->argument) != ERR_OK)
		return false;
	m->confirm = outside;
	m->moderator = who->moderator;
	m->silenced = who->silenced;
	m->participant = who->participant;
	return true;
}

enum conference_outcome
conference_call(
    struct conference *f, const struct conference_callee *who, char reason[LIVE_REASON_BYTES])
{
	struct call_switch *sw = f->room.sw;
	struct routing_query q = {.dialled = who->number, .sent_on_by = who->by};
	struct routing_plan plan;
	struct room_call what = {.plan = &plan, .kind = sw->p.apps[ROUTING_APP_CONFERENCE]};
	struct call_app *a;

	if (!who->by)
		return CONFERENCE_OUTCOME_REFUSED;
	if (f->members >= f->max_members)
		return CONFERENCE_OUTCOME_FULL;
	q.caller = routing_party_of(who->by);
	plan_ask(sw, &q, &plan);
	if (!can_be_called(&plan)) {
		say_why(&plan, reason);
		return CONFERENCE_OUTCOME_REFUSED;
	}
	plan.caller.user = 0;			  /* his own call is the one that he is in */
	plan.onward = (struct routing_onward){0}; /* no mailbox shall take part */
	plan.deposit = SLICE("");
	if (app_room_call(&f->room, &what, &a) != ERR_OK)
		return CONFERENCE_OUTCOME_BUSY;
	if (!seat(f, who, a, leads_outside(&plan))) {
		call_end(a->leg->call, CDR_FAILED, CDR_BY_SYSTEM, 503);
		return CONFERENCE_OUTCOME_BUSY;
	}
	app_room_ring(a);
	return CONFERENCE_OUTCOME_DONE;
}

/* ---- planned ones ---- */

struct call_app_conference
call_app_planned(const struct directory *dir, const struct dir_participant *p)
{
	const struct dir_conference *c = p->conference;
	const struct dir_mailbox *box = c->may_record ? dir_mailbox_of(dir, c->owner) : NULL;

	return (struct call_app_conference){.conference = c->id,
	    .participant = p->id,
	    .name = c->name,
	    .max_members = PLANNED_MEMBERS_MAX,
	    .mailbox = box ? box->id : 0,
	    .waits = c->waits,
	    .moderator = p->moderator,
	    .silenced = c->silent && !p->moderator};
}

static void
call_participant(struct call_switch *sw, const struct dir_participant *p)
{
	struct call_app_conference what = call_app_planned(sw->p.directory, p);
	struct conference *f = conference_find_or_begin(sw, &what, p->key);
	struct conference_callee who = {.number = p->number,
	    .argument = p->key,
	    .by = p->conference->owner,
	    .participant = p->id,
	    .moderator = what.moderator,
	    .silenced = what.silenced};
	char reason[LIVE_REASON_BYTES] = "";
	enum conference_outcome o;

	if (!f || conference_has(f, p->id))
		return;
	o = conference_call(f, &who, reason);
	conference_changed(f); /* which frees it if nobody comes */
	if (o != CONFERENCE_OUTCOME_DONE)
		log_info(CALL, "a participant of a conference is not called: %s",
		    conference_outcome_text(o));
}

/* Those that have begun since it was looked last; returns when the next one does, 0: none. */
static int64_t
call_due(struct call_switch *sw, int64_t now)
{
	size_t n;
	const struct dir_conference *c = dir_conferences(sw->p.directory, &n);
	int64_t next = 0;

	for (size_t i = 0; i < n; i++) {
		if (c[i].from_ms > now && (!next || c[i].from_ms < next))
			next = c[i].from_ms;
		if (c[i].from_ms > now || c[i].from_ms <= sw->conferences_begun)
			continue;
		for (size_t k = 0; k < c[i].participant_count; k++)
			if (c[i].participants[k].call_on_start)
				call_participant(sw, &c[i].participants[k]);
	}
	return next;
}

static void
on_time(struct timer *t)
{
	struct call_switch *sw = container_of(t, struct call_switch, conference_start);

	conferences_follow_directory(sw);
}

void
conferences_follow_directory(struct call_switch *sw)
{
	int64_t now = sw->p.ops->wall_ms(sw->p.ctx), next = call_due(sw, now);

	sw->conferences_begun = now;
	timer_stop(&sw->conference_start);
	if (next)
		timer_start(sw->p.timers, &sw->conference_start,
		    next - now < LOOK_AGAIN_MS ? (uint64_t)(next - now) : LOOK_AGAIN_MS);
}

void
conferences_init(struct call_switch *sw)
{
	list_init(&sw->conferences);
	timer_init(&sw->conference_start, on_time);
	sw->conferences_begun = sw->p.ops->wall_ms(sw->p.ctx);
	conferences_follow_directory(sw);
}
