/*
 * Hearing and speaking at a phone what is stored (MOH-1, SYS-4): the phone is rung as for a call
 * that was dialled on the web page (dial.c), and then an app plays (apps/listen.c) or records
 * (apps/speak.c). What it is has a name instead of a number (model/play.h); another kind of sounds
 * is one more name there, and a line in the app.
 */
#include "model/play.h"
#include "call/call_int.h"
#include "directory/music.h"

enum { PLAY_RING_MS = 30000 }; /* it answers at once */

/* A loop's as it is now; of what signalling does not know, as management has said it. */
static struct slice
title_of(const struct directory *dir, const struct play *p, struct slice title)
{
	const struct dir_music *m = p->kind == PLAY_MUSIC ? dir_music_by_id(dir, p->id) : NULL;

	return m ? m->name : title;
}

bool
play_plan(const struct call_switch *sw, int64_t user, struct slice name, struct slice title,
    struct routing_plan *plan)
{
	const struct directory *dir = sw->p.directory;
	const struct dir_user *u = dir_user_by_id(dir, user);
	struct play p;
	bool speaks;

	if (!u || !play_read(name, &p))
		return false;
	speaks = play_is_spoken(p.kind);
	*plan = (struct routing_plan){.action = ROUTING_RING,
	    .ring_ms = PLAY_RING_MS,
	    .caller = routing_party_of(u),
	    .called = {.number = speaks ? SLICE("record") : SLICE("listen"),
		.name = title_of(dir, &p, title)},
	    .feature = FEATURES_N,
	    .argument = name};
	plan->target[plan->n_targets++] = (struct routing_target){.kind = ROUTING_APP,
	    .app = speaks ? ROUTING_APP_SPEAK : ROUTING_APP_LISTEN,
	    .phone_name = plan->called.name};
	return true;
}
