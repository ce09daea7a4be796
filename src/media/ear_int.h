/*
 * What a side lets us know without words: keys in its voice; whether somebody speaks or it
 * has been silent; fax machines; tones of the network. For what answers a call instead of a person.
 *
 * Media thread of the stream.
 */
#ifndef MEDIA_EAR_INT_H
#define MEDIA_EAR_INT_H

#include "media/key_hear_int.h"
#include "media/media.h"
#include "sound/listen.h"

enum { EAR_QUEUE = 32 };

struct ear_event {
	bool is_key;
	struct key_heard key;	      /* a key, when it ends */
	enum listen_event_kind heard; /* or */
	enum tone tone;
};

struct ear {
	struct listen *listen; /* NULL: keys only */
	struct key_hear keys;
	struct resampler *fit; /* to LISTEN_RATE_HZ */
	uint32_t fits_hz;
	struct ear_event queue[EAR_QUEUE];
	size_t n, first;
};

/** ERR_NOMEM. */
ERR_MUST_CHECK enum err ear_new(const struct media_listening *what, struct ear **out);
/** NULL is fine. */
void ear_free(struct ear *e);
/** A tick of what it says; NULL: silence. */
void ear_hear(struct ear *e, const int16_t *pcm, size_t n, uint32_t hz);
/** The oldest event; NULL: none. */
const struct ear_event *ear_first(const struct ear *e);
void ear_forget_first(struct ear *e);

#endif
