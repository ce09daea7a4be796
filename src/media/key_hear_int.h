/*
 * The keys that somebody presses, however they come: as packets of their own (RFC 4733) or as tones
 * in the voice. Both feed one queue, each key begins once and ends once.
 *
 * Media thread of the stream; time is counted in ticks of its clock.
 */
#ifndef MEDIA_KEY_HEAR_INT_H
#define MEDIA_KEY_HEAR_INT_H

#include "base/err.h"
#include "media/keys_int.h"
#include "media/rtp_int.h"
#include "sound/dtmf.h"
#include "sound/resample.h"

enum { KEY_HEAR_QUEUE = 32 };

struct key_heard {
	char digit;
	bool ends;
	uint32_t ms; /* it was held so long; of ends */
};

struct key_hear {
	struct key_receiver receiver;
	uint32_t ssrc;
	unsigned quiet_ticks;
	struct dtmf_find *find; /* NULL: not in the voice */
	struct resampler *fit;	/* to the detector's rate */
	uint32_t fits_hz;
	uint64_t began_at; /* samples, of the key in the voice */
	struct key_heard queue[KEY_HEAR_QUEUE];
	size_t n, first;
};

/** tones: look for keys in the voice, too. ERR_NOMEM. */
ERR_MUST_CHECK enum err key_hear_init(struct key_hear *k, bool tones);
void key_hear_fini(struct key_hear *k);
/** A packet of events, whose clock runs so fast. */
void key_hear_packet(
    struct key_hear *k, const struct rtp_head *head, struct slice payload, uint32_t clock_hz);
/** Voice, decoded. True: there is a key in it, or seems to be: not for other ears. */
bool key_hear_voice(struct key_hear *k, const int16_t *pcm, size_t n, uint32_t hz);
/** 20 ms are over. */
void key_hear_tick(struct key_hear *k);
/** Is a key held, whose end may have to be guessed? Then the clock must tick. */
bool key_hear_waits(const struct key_hear *k);
/** The next thing that happened; false: nothing. */
bool key_hear_take(struct key_hear *k, struct key_heard *out);

#endif
