/* What those are told who watch conferences (CNF-2). */
#include "call/conference_int.h"

void
conference_changed(struct conference *f)
{
	if (!timer_active(&f->tell))
		timer_start(f->room.sw->p.timers, &f->tell, CONFERENCE_TELL_MS);
}

void
conference_member_changed(struct conference_member *m)
{
	struct conference *f = conference_of(m);

	m->changed = true;
	if (f)
		conference_changed(f);
}

static void
fill_member(const struct conference *f, const struct conference_member *m,
    struct live_conference_member *out)
{
	const struct leg *own = m->app->leg, *l = own ? leg_other(own) : NULL;
	const struct routing_party *who = l ? &l->party : own ? &own->call->called_party : NULL;

	*out = (struct live_conference_member){.conference = f->id,
	    .id = m->id,
	    .participant = m->participant,
	    .user = who ? who->user : 0,
	    .since = m->since,
	    .moderator = m->moderator,
	    .talking = m->talking,
	    .muted = m->muted,
	    .silenced = m->silenced,
	    .wants_to_speak = m->wants,
	    .asked = !m->in,
	    .listening = m->listening,
	    .speaking = m->speaking};
	if (own)
		slice_clip_cstr(slice_cstr(own->call->id), out->call_id, sizeof out->call_id);
	if (who && !(l && l->hidden) && !own->call->private_call) {
		slice_clip_cstr(who->number, out->number, sizeof out->number);
		slice_clip_cstr(who->name, out->name, sizeof out->name);
	}
}

void
conference_tell_gone(const struct conference *f, const struct conference_member *m)
{
	const struct call_switch_params *p = &f->room.sw->p;
	struct live_conference_member out;

	if (!p->ops->on_conference_member)
		return;
	fill_member(f, m, &out);
	out.gone = true;
	p->ops->on_conference_member(p->ctx, &out);
}

static void
tell_members(struct conference *f)
{
	const struct call_switch_params *p = &f->room.sw->p;
	struct live_conference_member out;

	LIST_FOR_EACH (it, &f->room.seats) {
		struct conference_member *m = container_of(it, struct call_app, in_room)->member;

		if (!m->changed)
			continue;
		m->changed = false;
		fill_member(f, m, &out);
		if (p->ops->on_conference_member)
			p->ops->on_conference_member(p->ctx, &out);
	}
}

void
conference_tell_watchers(struct conference *f)
{
	const struct call_switch_params *p = &f->room.sw->p;
	struct live_conference out = {.id = f->id,
	    .room = f->row_room,
	    .conference = f->row_conference,
	    .since = f->since,
	    .members = f->members,
	    .moderators = f->moderators,
	    .locked = f->locked,
	    .recording = f->recording != NULL,
	    .waits = f->waits,
	    .over = f->over};

	memcpy(out.name, f->name, sizeof out.name);
	if (p->ops->on_conference)
		p->ops->on_conference(p->ctx, &out);
	tell_members(f);
}
