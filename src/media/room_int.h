/*
 * A conference: each member hears all others, and not himself. Who does not speak is not in the
 * mix, and who is not in it hears the same as all others who are not: that is made once
 * (feed_int.h). So a large room costs little more than its members' packets.
 *
 * There are two sums: one of 8 kHz for members who have no more, and one of 16 kHz. A voice goes
 * into the one of its own rate as it is, and into the other only if somebody is there to hear it;
 * each member is taken out of the sum of his own rate, exactly.
 *
 * Each tick: room_begin, room_hear for all members, room_record, room_feed for those who listen.
 * Media thread; all members are on one.
 */
#ifndef MEDIA_ROOM_INT_H
#define MEDIA_ROOM_INT_H

#include <stdatomic.h>

#include "media/recorder_int.h"
#include "sound/level.h"
#include "sound/resample.h"

enum {
	ROOM_NARROW = MEDIA_NARROW_HZ / 1000 * FEED_TICK_MS,
	ROOM_WIDE = MEDIA_WIDE_HZ / 1000 * FEED_TICK_MS,
};

struct room {
	struct list link; /* of the thread's rooms; linked while there are members */
	struct list members;
	unsigned n_narrow, n_wide;
	struct recorder *recorder;	 /* NULL: nobody wants a recording */
	_Atomic(struct recorder *) next; /* as signalling wants it */
	int32_t sum_narrow[ROOM_NARROW], sum_wide[ROOM_WIDE];
	struct feed narrow, wide;    /* for all who are not in the sum */
	bool made_narrow, made_wide; /* in this tick */
};

struct room_member {
	struct list link;
	struct room *room; /* NULL: in none */
	bool wide, muted;
	int32_t gain, hears_gain; /* of him for the others; of them for him */
	struct level level;
	bool speaks;		 /* is in the sum of this tick */
	unsigned alone_ticks;	 /* so long he goes on with an encoder of his own */
	struct resampler *other; /* to the rate of the other sum */
	int16_t said[ROOM_WIDE];
	struct feed *own; /* what he hears while he speaks; NULL: never spoke */
};

void room_init(struct room *r);
/** No members any more. */
void room_fini(struct room *r);
/** Signalling thread: the recorder is the room's from now on; NULL: it records no more. */
void room_set_recorder(struct room *r, struct recorder *recorder);

void room_member_init(struct room_member *m);
/** Leaves the room he is in. */
void room_leave(struct room_member *m);
/** wide: says and hears 16 kHz. */
void room_join(struct room *r, struct room_member *m, bool wide);

/** A new tick. */
void room_begin(struct room *r);
/** What a member says: a tick of samples at his rate; NULL: nothing. True: whether
 *  he speaks has changed. */
bool room_hear(struct room_member *m, const int16_t *pcm);
/** All have been heard. */
void room_record(struct room *r);
/** What a member hears, once in a tick. over: a tick of samples that he alone hears with it, or
 * NULL. NULL: no memory. */
struct feed *room_feed(struct room_member *m, const int16_t *over);

#endif
