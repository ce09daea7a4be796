/*
 * Music on hold: who waits because the other side holds hears it, instead of nothing. The one who
 * holds may send music of its own (a=sendonly); ours is the same for all. Who has dialled from the
 * web page waits at its phone for the other one to answer, and hears that it rings; so does a phone
 * that wants its ringing tone in the voice (inband.c).
 */
#include "call/app_int.h"
#include "call/codecs.h"

bool
music_is_on(const struct call *c)
{
	return c->state == CALL_UP && c->sw->p.hold_music &&
	       dir_settings(c->sw->p.directory)->hold_music;
}

/* l hears music, if anybody here holds him. */
static bool
waits(const struct leg *l)
{
	const struct leg *other = leg_other(l);

	return music_is_on(l->call) && other && hold_is_on(other) && !hold_is_on(l);
}

static void
serve(struct call *c, struct stream *s, enum media_side side, const struct media_service *what)
{
	bool served = what->sound || what->room || what->listening.keys;

	if (!s->side[side].served && !served)
		return;
	s->side[side].served = served;
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

void
music_follow(struct call *c)
{
	for (int side = 0; side < MEDIA_SIDES; side++) {
		const struct leg *l = c->leg[side];
		struct media_service what = {0}, nothing = {0};
		bool rings = l && (transfer_wants_ringback(l) || inband_wants_tone(l) ||
				      trial_wants_tone(l));
		bool app = l && app_of_peer(l);
		size_t ear = l && (rings || app || waits(l)) ? find_ear(l, &what) : SDP_MEDIA_MAX;

		if (!app || !app_serves(l, &what))
			what.sound = app ? NULL : rings ? c->sw->p.ringback : c->sw->p.hold_music;
		for (size_t i = 0; i < SDP_MEDIA_MAX; i++)
			if (c->stream[i].open)
				serve(c, &c->stream[i], side, i == ear ? &what : &nothing);
	}
}
