/*
 * Hold without the phone: somebody has asked for it elsewhere. The phone is told nothing, so that
 * it works with every one: its voice goes nowhere and it hears nothing, the other one hears the
 * music (music.c). What the phone itself says about holding stands beside it.
 */
#include "call/consult.h"
#include "call/twin.h"

bool
hold_is_on(const struct leg *l)
{
	return l->holding || l->holding_here;
}

bool
hold_silences(const struct leg *l, size_t i)
{
	const struct leg *other = leg_other(l);

	if (twin_silences(l, i))
		return true;
	if (l->holding_here)
		return !(consult_is_heard(l) && l->call->stream[i].audio);
	/* music takes the place of the voice; of pictures, and where there is none, nothing does */
	return other && other->holding_here && !(music_is_on(l->call) && l->call->stream[i].audio);
}

static void
tell_media(struct call *c)
{
	for (int side = 0; side < MEDIA_SIDES; side++)
		if (c->leg[side])
			bridge_connect(c->leg[side]);
}

void
hold_set(struct leg *l, bool on)
{
	struct call *c = l->call;

	if (l->holding_here == on)
		return;
	if (on)
		direct_leave(c);
	l->holding_here = on;
	tell_media(c);
	change_done(c);
}

void
hold_leave(struct leg *l)
{
	if (!l->holding_here)
		return;
	l->holding_here = false;
	tell_media(l->call);
}
