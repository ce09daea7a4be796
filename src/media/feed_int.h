/*
 * What is heard at one time by all who listen to the same: a tick of samples after the other, and
 * what they are in each codec. A tick is encoded once for each codec and packet length, however
 * many listen: a hundred silent members of a conference cost one encoder. Nothing is encoded that
 * nobody asks for.
 *
 * Media thread of its listeners.
 */
#ifndef MEDIA_FEED_INT_H
#define MEDIA_FEED_INT_H

#include "base/list.h"
#include "media/packer_int.h"

enum {
	FEED_TICK_MS = 20,
	FEED_TICK_US = FEED_TICK_MS * 1000,
	FEED_SAMPLES_MAX = CODER_RATE_MAX_HZ / 1000 * FEED_TICK_MS,
	FEED_PACKETS_MAX = FEED_TICK_MS / CODEC_PTIME_MIN_MS,
};

/* How a listener wants it. */
struct feed_format {
	uint8_t codec, ptime_ms; /* 0 = the usual one */
	uint8_t pauses;		 /* enum packer_pauses */
};

struct feed_packet {
	struct packed packed;
	unsigned char payload[CODER_PAYLOAD_MAX];
};

struct feed {
	uint32_t rate_hz;
	uint64_t tick; /* number of the one that is there now; 0 = none yet */
	size_t n;      /* samples of a tick */
	struct list codings;
	int16_t pcm[FEED_SAMPLES_MAX];
};

void feed_init(struct feed *f, uint32_t rate_hz);
void feed_fini(struct feed *f);
/** The next tick: FEED_TICK_MS of samples; NULL: silence. */
void feed_put(struct feed *f, const int16_t *pcm);
/** The packets that become whole with this tick: 0 … FEED_PACKETS_MAX, valid until the next tick.
 *  0 also when there is no memory. */
size_t feed_packets(struct feed *f, struct feed_format format, const struct feed_packet **packets);

#endif
