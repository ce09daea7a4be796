/*
 * A sound that is being played, tick by tick: tones made here, or files that the tapes thread reads
 * ahead. A file that the disk has late is a pause, nothing is left out. Media thread; the control
 * is written by the signalling thread at any time.
 */
#ifndef MEDIA_PLAYER_INT_H
#define MEDIA_PLAYER_INT_H

#include <stdatomic.h>

#include "media/feed_int.h"
#include "media/service.h"
#include "sound/tapes.h"

struct player_control {
	_Atomic int32_t gain; /* MIX_GAIN_ONE */
	_Atomic bool paused;
	_Atomic uint64_t seek; /* serial, item, milliseconds: 16, 8, 40 bits */
	/* Where a shared sound is that is played on several threads: each begins where the others
	 * are. */
	_Atomic uint64_t place; /* item, milliseconds: 8, 40 bits */
};

struct player {
	struct player_control *control;
	struct tape_in *tape; /* or */
	struct tone_player tone;
	struct feed feed;
	uint64_t tick;	 /* whose samples are in the feed */
	uint64_t fed_ms; /* when that was; by the clock that nobody sets */
	uint64_t told;	 /* control->place, as it was told from here */
	uint64_t sought; /* the last seek that was followed */
	uint64_t user;	 /* whose sound it is */
	bool ended;
};

void player_control_init(struct player_control *c, int gain_db);
void player_control_set(struct player_control *c, const struct media_sound_control *to);

/** tapes may be NULL for tones. ERR_INVALID, ERR_NOMEM. Signalling thread. */
ERR_MUST_CHECK enum err player_init(struct player *p, struct player_control *control,
    struct tapes *tapes, const struct media_sound_params *params);
/** Any thread, when no media thread has it. */
void player_fini(struct player *p);
/** What is heard at this tick; they are counted by the thread. */
struct feed *player_feed(struct player *p, uint64_t tick);

#endif
