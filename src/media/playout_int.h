/*
 * What one sender says, as an even stream of samples: packets come when they come, samples are
 * fetched by a clock. Waits as long as the network's jitter needs (jitter_int.h), conceals what is
 * lost, and follows the sender's clock by leaving out or repeating periods of the voice, or parts
 * of pauses. Who leaves pauses out and says so (comfort noise, Opus, G.729 annex B) has lost
 * nothing: his noise is heard.
 *
 * For everything that needs a clock: mixing, recording, recognising. Two who talk need none
 * (transcode_int.h). One thread.
 */
#ifndef MEDIA_PLAYOUT_INT_H
#define MEDIA_PLAYOUT_INT_H

#include "media/jitter_int.h"
#include "media/service.h"
#include "sound/coder.h"

struct playout_stats {
	uint64_t packets;      /* played */
	uint64_t concealed_ms; /* of voice that did not come in time */
	uint64_t stretched;    /* periods left out or repeated */
	uint64_t alien;	       /* of no format, or broken */
};

struct playout;

/** Samples at rate_hz. ERR_INVALID: no voice among the formats; ERR_NOMEM. */
ERR_MUST_CHECK enum err playout_new(
    const struct media_format *formats, size_t n, uint32_t rate_hz, struct playout **out);
void playout_free(struct playout *p);
/** A packet that rtp_classify called RTP, copied. Keys are not for it. */
void playout_put(struct playout *p, struct slice packet, uint64_t now_us);
/** The next n samples, at most 60 ms; silence when there is nothing to hear. False: silence. */
bool playout_get(struct playout *p, uint64_t now_us, int16_t *pcm, size_t n);
/** How long after the fastest way what was fetched last is heard, when it is heard now. */
uint64_t playout_delay_us(const struct playout *p, uint64_t now_us);
const struct playout_stats *playout_stats(const struct playout *p);
const struct jitter_stats *playout_jitter_stats(const struct playout *p);

#endif
