/*
 * Listening at a phone to what is stored (MOH-1): the phone is rung as for a call that was dialled
 * on the web page (dial.c), and then an app plays (apps/listen.c). What is played has a name
 * instead of a number, which says its kind; another kind of sounds is one more name here and in
 * the app.
 */
#include "call/call_int.h"
#include "directory/music.h"

enum { PLAY_RING_MS = 30000 }; /* it answers at once */

bool
play_plan(const struct call_switch *sw, int64_t user, struct slice name, struct routing_plan *plan)
{
	const struct directory *dir = sw->p.directory;
	const struct dir_user *u = dir_user_by_id(dir, user);
	const struct dir_music *m;
	int64_t loop;

	if (!u || !dir_music_target(name, &loop))
		return false;
	m = dir_music_by_id(dir, loop);
	*plan = (struct routing_plan){.action = ROUTING_RING,
	    .ring_ms = PLAY_RING_MS,
	    .caller = routing_party_of(u),
	    .called = {.number = SLICE("listen"), .name = m ? m->name : name},
	    .feature = FEATURES_N,
	    .argument = name};
	plan->target[plan->n_targets++] = (struct routing_target){
	    .kind = ROUTING_APP, .app = ROUTING_APP_LISTEN, .phone_name = plan->called.name};
	return true;
}
