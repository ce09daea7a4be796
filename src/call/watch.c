/* What those are told who watch our users: the dialogs of their legs (RFC 4235). */
#include "call/call_int.h"

/* Who is at the other end; before the answer, the one who is called. */
static const struct routing_party *
remote_of(const struct leg *l)
{
	const struct leg *other = leg_other(l);

	if (other)
		return &other->party;
	return l->side == MEDIA_CALLER ? &l->call->called_party : &l->call->caller_party;
}

static void
fill(const struct leg *l, enum call_dialog_state state, struct call_dialog_event *ev)
{
	const struct routing_party *remote = remote_of(l);
	const struct leg *other = leg_other(l);

	*ev = (struct call_dialog_event){.user = l->party.user,
	    .phone = l->phone,
	    .recipient = l->dialog.is_uac, /* we called it */
	    .state = state,
	    .id = l->id,
	    .call = l->call->id,
	    .call_id = l->dialog.call_id,
	    .local_tag = l->dialog.remote_tag,
	    .remote_tag = l->dialog.local_tag,
	    .remote_number = remote->number,
	    .remote_name = remote->name,
	    .remote_user = remote->user,
	    .hidden = other && other->hidden,
	    .held = hold_is_on(l) || (other && hold_is_on(other))};
}

void
watch_tell(struct leg *l, enum call_dialog_state state)
{
	const struct call_switch_params *p = &l->call->sw->p;
	struct call_dialog_event ev;

	if (!p->ops->on_dialog || !l->party.user || l->app)
		return;
	if (l->watched && (state < l->told || (state == l->told && state != CALL_DIALOG_CONFIRMED)))
		return;
	if (!l->watched && state == CALL_DIALOG_TERMINATED)
		return; /* it was over before it began */
	fill(l, state, &ev);
	l->watched = true;
	l->told = (uint8_t)state;
	p->ops->on_dialog(p->ctx, &ev);
}

void
watch_tell_seats(struct call *c)
{
	for (int side = 0; side < MEDIA_SIDES; side++)
		if (c->leg[side] && c->leg[side]->state == LEG_UP)
			watch_tell(c->leg[side], CALL_DIALOG_CONFIRMED);
}
