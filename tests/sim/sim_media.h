/*
 * A media engine without sockets: hands out port pairs, watches for silence, reports
 * figures when a stream closes. Voices are imagined: a phone sends while it is in a call.
 */
#ifndef SIM_MEDIA_H
#define SIM_MEDIA_H

#include "loop/sim.h"
#include "media/media.h"

enum { SIM_STREAMS_MAX = 64 };

struct sim_stream {
	struct sim_media *media;
	bool open, reporting; /* reporting: closed, its last word is still to come */
	uint32_t gen, timeout_ms;
	uint64_t user;
	struct media_peer peer[MEDIA_SIDES];
	struct timer timer; /* silence, then the last word */
};

struct sim_media {
	struct media media;
	struct sim *sim;
	/** Does somebody send RTP from this address now? */
	bool (*sends)(void *ctx, const struct addr *from);
	void (*on_broken)(void *ctx, const char *what);
	void *ctx;
	size_t streams_max, next; /* ports are used in turn, so that a late packet meets nobody */
	struct sim_stream stream[SIM_STREAMS_MAX];
};

void sim_media_init(struct sim_media *m, struct sim *sim, size_t streams_max);
/** Forgets all streams without a word. */
void sim_media_fini(struct sim_media *m);
/** If a stream has this port open: does it know its peer so? */
bool sim_media_peer_is(
    const struct sim_media *m, uint16_t port, const struct addr *peer, bool send);
/** Is there a stream between these two? */
bool sim_media_joins(const struct sim_media *m, const struct addr *a, const struct addr *b);
/** Streams open or not yet reported. */
size_t sim_media_busy(const struct sim_media *m);

#endif
