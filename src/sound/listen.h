/*
 * What a line says that is no words: whether somebody speaks, fax machines, the tones of the
 * network, keys. 16-bit mono samples at 8 kHz in blocks of any length go in; events come out one by
 * one. Places are samples since the start.
 *
 * - LISTEN_VOICE: by level against a noise floor that follows the line (in some seconds). Tones and
 *   music are voice, too.
 * - LISTEN_FAX: CNG (ITU-T T.30, 1100 Hz) and CED or ANSam (T.30, V.8, 2100 Hz), by SpanDSP.
 * - LISTEN_PROGRESS: dial, ringing, busy, congestion and special information tone as tones.h has
 *   them for a country, by frequency (+-15 Hz; special information +-50 Hz) and cadence (+-15 %
 *   and 25 ms). Where busy and congestion are the same (Poland, Australia), it is busy.
 * - LISTEN_DTMF: as dtmf.h says.
 *
 * Owned by who made it; used by one thread at a time.
 */
#ifndef SOUND_LISTEN_H
#define SOUND_LISTEN_H

#include "base/err.h"
#include "sound/dtmf.h"
#include "sound/tones.h"

enum {
	LISTEN_RATE_HZ = 8000,

	LISTEN_VOICE = 1 << 0,
	LISTEN_FAX = 1 << 1,
	LISTEN_PROGRESS = 1 << 2,
	LISTEN_DTMF = 1 << 3,
};

enum listen_event_kind {
	LISTEN_VOICE_BEGAN,   /* told about 60 ms later */
	LISTEN_SILENCE,	      /* has lasted for silence_ms; told once */
	LISTEN_FAX_CALLING,   /* CNG */
	LISTEN_FAX_ANSWERING, /* CED, ANSam */
	LISTEN_TONE,	      /* told once, until there is another one or none for a while */
	LISTEN_KEY,
};

struct listen_event {
	enum listen_event_kind kind;
	uint64_t at;	       /* where voice or silence began; otherwise where it was recognised */
	enum tone tone;	       /* of LISTEN_TONE */
	struct dtmf_event key; /* of LISTEN_KEY */
};

struct listen_options {
	unsigned what;	      /* LISTEN_… flags */
	uint32_t silence_ms;  /* 200 at least; 0: silence is not told */
	struct slice country; /* whose tones, as tone_find; not kept */
};

struct listen;

/** ERR_NOMEM. */
ERR_MUST_CHECK enum err listen_new(const struct listen_options *options, struct listen **out);
void listen_free(struct listen *l);
/** Hears until something happens; *pcm and *n move on. True: an event; false: all is heard. */
bool listen_hear(struct listen *l, const int16_t **pcm, size_t *n, struct listen_event *out);
/** Does a key seem to begin (dtmf.h)? Without LISTEN_DTMF: no. */
bool listen_suspects_key(const struct listen *l);
/** Is somebody speaking, now or 200 ms ago? Without LISTEN_VOICE: no. */
bool listen_is_voice(const struct listen *l);

#endif
