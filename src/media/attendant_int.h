/*
 * Serves the sides of a stream that hear or say something by the clock of the engine: it plays
 * sounds to them, puts them into rooms, records what they say. Exists only as long as a side is
 * served. Each tick of the thread it hears what both sides say, and later, when all rooms are
 * mixed, speaks to those that listen.
 *
 * Media thread of the stream.
 */
#ifndef MEDIA_ATTENDANT_INT_H
#define MEDIA_ATTENDANT_INT_H

#include "media/ear_int.h"
#include "media/media.h"
#include "media/participant_int.h"
#include "media/player_int.h"
#include "media/playout_int.h"
#include "media/recorder_int.h"
#include "media/room_int.h"

/* A service, and what its things are on this thread. */
struct attendant_order {
	struct media_service what;
	struct player *player;
	struct room *room;
	struct recorder *recorder;
};

enum attendant_news { ATTENDANT_PLAYED = 1, ATTENDANT_SPEAKS = 2 };

struct attendant_side {
	struct attendant_order order;
	uint32_t hz;		 /* of what it says, here */
	struct playout *playout; /* NULL: nobody listens to it */
	struct ear *ear;	 /* NULL: nothing is to be told */
	struct room_member member;
	struct resampler *fit; /* of a sound on top of a room */
	int16_t heard[ROOM_WIDE];
	bool sound;   /* heard is not silence */
	bool talking; /* we do, to it */
	bool resting; /* and the last it has heard of us was noise, for a pause */
	bool played;  /* the sound is over, which has been told */
	uint32_t timestamp;
	unsigned news; /* enum attendant_news, to be told */
};

struct attendant {
	struct attendant_side side[MEDIA_SIDES];
};

/** Is there anything to serve? */
bool attendant_is_needed(const struct attendant_order order[MEDIA_SIDES]);
/** Follows new orders: makes *a, changes it, or frees it. What stays the same goes on. ERR_NOMEM:
 *  *a is NULL. */
ERR_MUST_CHECK enum err attendant_follow(
    struct attendant **a, const struct attendant_order order[MEDIA_SIDES]);
/** Out of all rooms. NULL is fine. */
void attendant_free(struct attendant *a);
/** Does the side hear the other one? */
static inline bool
attendant_lets_hear(const struct attendant *a, unsigned side)
{
	return !a->side[side].order.player && !a->side[side].order.room;
}

/** Is there something to be told of what it lets us know? */
static inline bool
attendant_has_heard(const struct attendant *a, unsigned side)
{
	return a->side[side].ear && ear_first(a->side[side].ear);
}

/** A packet of that side, voice or keys; copied. */
void attendant_packet(struct attendant *a, unsigned side, struct slice packet, uint64_t now_us);
/** A tick: hears both sides. */
void attendant_hear(struct attendant *a, uint64_t now_us);
typedef void attendant_send_fn(void *ctx, struct slice packet);
/** The same tick: speaks to a side, if it is served; send NULL: it does not want to hear. */
void attendant_speak(struct attendant *a, unsigned side, struct rtp_sent *sent, uint64_t tick,
    uint64_t now_us, attendant_send_fn *send, void *ctx);

#endif
