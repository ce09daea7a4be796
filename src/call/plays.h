/*
 * Music that plays (MOH-1): one shared sound for each loop that somebody hears, made when the first
 * one comes and dropped when the last one goes, so all of them are at the same place of it. Who
 * listens keeps what he hears when the loop gets other files meanwhile; the loop's volume follows
 * at once. What cannot be played is not tried again until the directory changes.
 *
 * Signalling thread. Owned by the switch.
 */
#ifndef CALL_PLAYS_H
#define CALL_PLAYS_H

#include "call/call_int.h"
#include "directory/music.h"

enum { PLAYS_MAX = 64 }; /* loops that are heard at once, besides the default */

struct music_play {
	struct list link; /* switch->plays */
	uint64_t id;	  /* as media name it */
	int64_t loop;
	uint64_t content; /* of struct dir_music */
	int gain_db;
	struct media_sound *sound; /* NULL: it has failed */
	unsigned listeners;
};

/** NULL: it cannot be played now. plays_leave when it is not heard any more. */
struct music_play *plays_take(struct call_switch *sw, const struct dir_music *m);
/** NULL is fine. */
void plays_leave(struct call_switch *sw, struct music_play *p);
/** Nothing of it could be read, media say: nobody hears it. False: it is none of these. */
bool plays_on_played(struct call_switch *sw, uint64_t id);
/** A new directory: volumes follow, and what has failed is worth another try. */
void plays_follow(struct call_switch *sw);
/** When nobody listens any more. */
void plays_free(struct call_switch *sw);

#endif
