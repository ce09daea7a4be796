/*
 * Presses keys for a listener, one after the other, as packets of their own (RFC 4733) or as tones
 * in the voice: each long enough to be recognised, with a pause behind it. Keys that come faster
 * than that wait for their turn. While it has something to say nothing else is said.
 *
 * Media thread of the stream; a step is a tick of its clock, 20 ms.
 */
#ifndef MEDIA_KEY_SAY_INT_H
#define MEDIA_KEY_SAY_INT_H

#include "media/key_hear_int.h"

enum {
	KEY_SAY_MIN_MS = 80,   /* ES 201 235-3 wants 65, and some machines want more */
	KEY_SAY_PAUSE_MS = 80, /* the same between two */
	KEY_SAY_LEVEL_DBM0 = -8,
};

struct key_pressed {
	char digit;
	bool let_go;
	uint32_t ms; /* of a key that was let go */
};

struct key_say {
	struct key_pressed queue[KEY_HEAR_QUEUE];
	size_t n, first;
	bool sounding, first_step, ending; /* the oldest one */
	uint32_t said_ms, pause_ms;
	struct key_sender sender;
	struct dtmf_gen gen;
};

void key_say_init(struct key_say *k);
/** As it was heard: the key begins, and later ends. */
void key_say_put(struct key_say *k, const struct key_heard *heard);
/** Is there anything to say, or the pause after it? */
static inline bool
key_say_is_busy(const struct key_say *k)
{
	return k->n || k->pause_ms;
}
/** A step as a packet; false: none. timestamp: where the listener's stream stands; clock_hz: of it.
 *  began: this is the first packet of a key. */
bool key_say_packet(
    struct key_say *k, uint32_t timestamp, uint32_t clock_hz, struct key_packet *out, bool *began);
/** A step as tones, or the silence between: n samples, 20 ms of them. */
void key_say_tones(struct key_say *k, int16_t *pcm, size_t n, uint32_t hz);

#endif
