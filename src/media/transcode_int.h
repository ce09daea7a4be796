/*
 * One direction of a stream between two who speak differently: packets in, packets out, at once and
 * without a clock of its own. The listener's jitter buffer sees the sender's jitter, no more; so
 * translating adds no delay but what whole frames need.
 *
 * What goes out is a stream of our own (rtp_sent_int.h), its timestamps follow the sender's. Losses
 * are concealed up to a tenth of a second, so that the listener's decoder never sees them; a longer
 * hole, or a pause of the sender, stays a hole in the timestamps (RFC 3551, 4.1). A packet that
 * comes too late has been concealed, and is dropped.
 *
 * A sender who says that he pauses (comfort noise, Opus, G.729 annex B) sends nothing that could
 * drive it; so a listener who has not agreed to pauses hears noise, as long as the clock of the
 * thread ticks for it (transcoder_needs_clock).
 *
 * Media thread of the stream.
 */
#ifndef MEDIA_TRANSCODE_INT_H
#define MEDIA_TRANSCODE_INT_H

#include "media/key_say_int.h"
#include "media/rtp_sent_int.h"
#include "media/translate.h"
#include "media/unpacker_int.h"

/* Room to work in, for all transcoders of a thread. */
struct transcode_room {
	int16_t decoded[CODER_SAMPLES_MAX], resampled[CODER_SAMPLES_MAX + 64];
	unsigned char packet[RTP_HEAD_BYTES + RTP_PACKET_MAX];
};

struct transcoder_stats {
	uint64_t concealed_ms;
	uint64_t late;	/* came after they were concealed */
	uint64_t alien; /* without a route, or no payload that its codec knows */
};

struct transcoder;

typedef void transcoder_send_fn(void *ctx, struct slice packet);

/** sent: what the listener gets from us, used as long as the transcoder lives. ERR_INVALID: routes
 *  that make no sense; ERR_NOMEM. */
ERR_MUST_CHECK enum err transcoder_new(
    const struct media_translation *translation, struct rtp_sent *sent, struct transcoder **out);
void transcoder_free(struct transcoder *t);
/** Takes a packet that rtp_classify called RTP; sends what is ready. room is used until it
 *  returns. now_us: any monotonic clock. */
void transcoder_packet(struct transcoder *t, struct slice packet, uint64_t now_us,
    struct transcode_room *room, transcoder_send_fn *send, void *ctx);
/** A key for the listener, of somebody who does not press it in his voice: begins, and ends. */
void transcoder_key(struct transcoder *t, const struct key_heard *heard);
/** Are there keys to be said, or waited for, or a pause to be filled with noise? Then
 *  transcoder_tick has to be called each 20 ms. */
bool transcoder_needs_clock(const struct transcoder *t);
void transcoder_tick(struct transcoder *t, uint64_t now_us, struct transcode_room *room,
    transcoder_send_fn *send, void *ctx);
/** A key is being said to the listener: nothing else is. */
bool transcoder_says_keys(const struct transcoder *t);
/** Are its keys told to signalling? Then also who has no listener is heard. */
bool transcoder_tells_keys(const struct transcoder *t);
/** The oldest key that is to be told to signalling (MEDIA_KEYS_TOLD) and has ended; NULL: none. */
const struct key_heard *transcoder_told(struct transcoder *t);
void transcoder_told_forget(struct transcoder *t);
/** Packets were not given to it, on purpose: the next one is another beginning. */
void transcoder_break(struct transcoder *t);
const struct transcoder_stats *transcoder_stats(const struct transcoder *t);

#endif
