/*
 * Music on hold: who waits because the other side holds hears it, instead of nothing. The one who
 * holds may send music of its own (a=sendonly). Which loop it is, is decided here for all who wait
 * (MOH-1); one that cannot be played gives way to the default, and this to a tone. Who has dialled
 * from the web page waits at its phone for the other one to answer, and hears that it rings; so
 * does a phone that wants its ringing tone in the voice (inband.c); who is refused may hear why
 * (refusal.c). What else a leg hears of us is asked here, too: of the app opposite (app.c), of a
 * consultation (consult.c); and whether its keys are told.
 */
#include "call/app_int.h"
#include "call/codecs.h"
#include "call/consult.h"
#include "call/in_call.h"
#include "call/plays.h"
#include "call/talk_record.h"
#include "call/twin.h"

bool
music_is_on(const struct call *c)
{
	return c->state == CALL_UP && c->sw->p.hold_tone &&
	       dir_settings(c->sw->p.directory)->hold_music;
}

/* l hears music, if anybody here holds him, or has left him to somebody who does not answer yet. */
static bool
waits(const struct leg *l)
{
	const struct leg *other = leg_other(l), *deciding = l->call->ring.deciding;
	bool held = other ? hold_is_on(other) : l->call->transfer != NULL;
	bool decides = deciding && deciding->side != l->side;

	return music_is_on(l->call) && (held || decides) && !hold_is_on(l);
}

/* ---- which ---- */

/* That of the number he has dialled, of the group or user whose number that is, of the user who
 * lets him wait. */
const struct dir_music *
music_of(const struct leg *l)
{
	const struct directory *dir = l->call->sw->p.directory;
	const struct leg *other = leg_other(l);
	const struct call_app *app = app_of_peer(l);
	const struct dir_number *n =
	    l->id == l->call->dialler ? dir_number_find(dir, l->call->dialled) : NULL;
	const struct dir_user *holder = dir_user_by_id(dir, app	    ? app->from.user
							    : other ? other->party.user
								    : 0);
	const int64_t loops[] = {app ? app->loop : 0, n ? n->music : 0,
	    n && n->group ? n->group->music : 0, n && n->user ? n->user->music : 0,
	    holder ? holder->music : 0};

	for (size_t i = 0; i < sizeof loops / sizeof loops[0]; i++) {
		const struct dir_music *m = dir_music_by_id(dir, loops[i]);

		if (m)
			return m;
	}
	return dir_music_default(dir);
}

/* What l hears from now on: as before, while that is what it should hear. Never NULL. */
static struct media_sound *
hear(struct leg *l)
{
	struct call_switch *sw = l->call->sw;
	const struct dir_music *m = music_of(l);
	struct music_play *before = l->music;

	if (before && before->sound && l->music_wanted == m->id)
		return before->sound;
	l->music_wanted = m->id;
	l->music = plays_take(sw, m);
	if (!l->music)
		l->music = plays_take(sw, dir_music_default(sw->p.directory));
	plays_leave(sw, before); /* media have it as long as somebody hears it */
	return l->music ? l->music->sound : sw->p.hold_tone;
}

void
music_leave(struct leg *l)
{
	struct music_play *before = l->music;

	l->music = NULL;
	plays_leave(l->call->sw, before);
}

bool
music_on_played(struct call *c, uint64_t id)
{
	if (!plays_on_played(c->sw, id))
		return false;
	music_follow(c);
	return true;
}

/* ---- how ---- */

static void
serve(struct call *c, struct stream *s, enum media_side side, const struct media_service *what)
{
	struct stream_side *x = &s->side[side];
	bool served = what->sound || what->room || what->recording || what->listening.flags;
	bool listened = what->listening.keys;

	if (!x->served && !x->listened && !served && !listened)
		return;
	x->served = served;
	x->listened = listened;
	if (media_stream_serve(c->sw->p.media, s->ref, side, what) != ERR_OK)
		call_log(LOG_ERROR, c, "no memory for music on hold");
}

/* The first stream that he can hear us in. */
static size_t
find_ear(const struct leg *l, struct media_service *what)
{
	struct sdp local, remote;

	if (sdp_memo_parse(&l->call->sw->sdp_memo, &local, sdp_text_slice(&l->local_sdp)) !=
		ERR_OK ||
	    bridge_read(l, &remote) != ERR_OK)
		return SDP_MEDIA_MAX;
	for (size_t i = 0; i < local.n_media && i < remote.n_media; i++)
		if (l->call->stream[i].open && l->call->stream[i].audio &&
		    codecs_speak(l, &local.media[i], &remote.media[i], what))
			return i;
	return SDP_MEDIA_MAX;
}

/* Who has a seat; and whose early media go into a room. */
static struct leg *
who_hears(const struct call *c, int side)
{
	struct leg *l = twin_speaker(c, side), *early = c->ring.early;

	return !l && early && (int)early->side == side && app_of_peer(early) ? early : l;
}

/* Ours, before somebody answers or instead of it; NULL: none. */
static struct media_sound *
tone_for(const struct leg *l)
{
	const struct call_switch_params *p = &l->call->sw->p;

	if (transfer_wants_ringback(l) || inband_wants_tone(l) || trial_wants_tone(l) ||
	    probe_wants_tone(l))
		return p->ringback;
	return refusal_is_heard(l) ? p->refusal_tone : NULL;
}

/* False: nothing. */
static bool
find_service(struct leg *l, struct media_service *what, size_t *ear)
{
	const struct call_app *app = app_of_peer(l);
	struct media_sound *tone = tone_for(l);
	bool listens = in_call_listens(l), served = true;
	bool music = app ? app->begun && app->music : !tone && waits(l);

	if (l->twin) { /* it is asked whether it takes the call */
		music_leave(l);
		*ear = find_ear(l, what);
		return twin_serves(l, what);
	}
	if (!tone && !app && !listens && !music && !consult_is_heard(l) &&
	    !talk_record_is_heard(l)) {
		music_leave(l);
		return false;
	}
	*ear = find_ear(l, what);
	if (app)
		served = app_serves(l, what);
	else if (consult_serves(l, what))
		music = false;
	else if (tone)
		what->sound = tone;
	if (listens && !app)
		in_call_listen(l, what);
	talk_record_serves(l, what);
	if (music && *ear < SDP_MEDIA_MAX)
		what->sound = hear(l);
	else
		music_leave(l);
	return served;
}

void
music_follow(struct call *c)
{
	talk_record_follow(c);
	for (int side = 0; side < MEDIA_SIDES; side++) {
		struct leg *l = who_hears(c, side);
		struct media_service what = {0}, nothing = {0};
		size_t ear = SDP_MEDIA_MAX;
		bool served = l && find_service(l, &what, &ear);

		for (size_t i = 0; i < SDP_MEDIA_MAX; i++)
			if (c->stream[i].open)
				serve(
				    c, &c->stream[i], side, served && i == ear ? &what : &nothing);
	}
	consult_follow(c);
	if (c->ring.deciding && leg_other(c->ring.deciding)) /* hears nothing of who decides */
		bridge_connect(leg_other(c->ring.deciding));
}
