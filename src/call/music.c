/*
 * Music on hold: who waits because the other side holds hears it, instead of nothing. The one who
 * holds may send music of its own (a=sendonly); ours is the same for all. Who has dialled from the
 * web page waits at its phone for the other one to answer, and hears that it rings; so does a phone
 * that wants its ringing tone in the voice (inband.c). What else a leg hears of us is asked here,
 * too: of the app opposite (app.c), of a consultation (consult.c); and whether its keys are told.
 */
#include "call/app_int.h"
#include "call/codecs.h"
#include "call/consult.h"
#include "call/in_call.h"

bool
music_is_on(const struct call *c)
{
	return c->state == CALL_UP && c->sw->p.hold_music &&
	       dir_settings(c->sw->p.directory)->hold_music;
}

/* l hears music, if anybody here holds him, or has left him to somebody who does not answer yet. */
static bool
waits(const struct leg *l)
{
	const struct leg *other = leg_other(l);

	return music_is_on(l->call) && !hold_is_on(l) &&
	       (other ? hold_is_on(other) : l->call->transfer != NULL);
}

static void
serve(struct call *c, struct stream *s, enum media_side side, const struct media_service *what)
{
	struct stream_side *x = &s->side[side];
	bool served = what->sound || what->room || what->listening.flags;
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
static const struct leg *
who_hears(const struct call *c, int side)
{
	const struct leg *l = c->leg[side], *early = c->ring.early;

	return !l && early && (int)early->side == side && app_of_peer(early) ? early : l;
}

/* False: nothing. */
static bool
find_service(const struct leg *l, struct media_service *what, size_t *ear)
{
	const struct call_switch *sw = l->call->sw;
	bool rings = transfer_wants_ringback(l) || inband_wants_tone(l) || trial_wants_tone(l);
	bool app = app_of_peer(l), listens = in_call_listens(l);

	if (!rings && !app && !listens && !waits(l) && !consult_is_heard(l))
		return false;
	*ear = find_ear(l, what);
	if (app)
		return app_serves(l, what);
	if (!consult_serves(l, what))
		what->sound = rings ? sw->p.ringback : waits(l) ? sw->p.hold_music : NULL;
	if (listens)
		in_call_listen(l, what);
	return true;
}

void
music_follow(struct call *c)
{
	for (int side = 0; side < MEDIA_SIDES; side++) {
		const struct leg *l = who_hears(c, side);
		struct media_service what = {0}, nothing = {0};
		size_t ear = SDP_MEDIA_MAX;
		bool served = l && find_service(l, &what, &ear);

		for (size_t i = 0; i < SDP_MEDIA_MAX; i++)
			if (c->stream[i].open)
				serve(
				    c, &c->stream[i], side, served && i == ear ? &what : &nothing);
	}
	consult_follow(c);
}
