/*
 * Keys as packets of their own: telephone events (RFC 4733), sent and received. Pure: time is
 * counted in steps and timestamps, what is to be sent comes out, what came goes in.
 *
 * Keys are 0-9 * # A-D, and '!' for a hook flash (events 0 to 16); other events are no keys and
 * are passed over. Durations and timestamps are in ticks of the stream's clock (8, 16 or 48 kHz).
 * Events of longer than 0xffff ticks are cut into segments (2.5.1.3), which the receiver joins.
 *
 * A receiver says each key exactly once, as long as one packet of it comes before the next key's
 * first one; it belongs to one SSRC, another one needs another receiver. A packet that is delayed
 * for longer than that is taken for a copy.
 *
 * Owned and used by one thread; no memory besides themselves.
 */
#ifndef MEDIA_KEYS_INT_H
#define MEDIA_KEYS_INT_H

#include "base/slice.h"

enum {
	KEY_STEP_MS = 20,
	KEY_PAYLOAD_BYTES = 4,
	KEY_SEGMENT_TICKS = 0xffff, /* the most a packet can say */
	KEY_END_PACKETS = 3,	    /* 2.5.1.4 */
	KEY_VOLUME_DEFAULT = 10,    /* -dBm0 */
	KEY_VOLUME_MAX = 63,
	KEY_REPORTS_MAX = 4, /* of one packet that are read */
	KEY_EVENTS_MAX = 3 * KEY_REPORTS_MAX,
};

/* ---- sender ---- */

struct key_packet {
	uint32_t timestamp;
	bool marker;
	unsigned char payload[KEY_PAYLOAD_BYTES];
};

struct key_sender {
	uint8_t event, volume;
	bool first, ending;
	uint32_t timestamp;  /* of this segment */
	uint32_t step_ticks; /* of KEY_STEP_MS */
	uint32_t elapsed;    /* ticks of this segment */
	uint64_t length;     /* the same, where the key ends; UINT64_MAX: held */
	unsigned ends_left;
};

/** timestamp: where the key begins; volume: -dBm0, KEY_VOLUME_MAX at most; duration_ms 0: held
 *  until key_sender_release. False: no key, nothing is sent. */
bool key_sender_begin(struct key_sender *s, char digit, uint32_t timestamp, uint32_t clock_hz,
    uint8_t volume, uint32_t duration_ms);
/** It was let go at the last step; the packets that say so follow. */
void key_sender_release(struct key_sender *s);
/** Another KEY_STEP_MS is over. False: nothing to send, the key is over. */
bool key_sender_step(struct key_sender *s, struct key_packet *out);

/* ---- receiver ---- */

enum key_event_kind { KEY_BEGIN, KEY_PROGRESS, KEY_END };

struct key_event {
	enum key_event_kind kind;
	char digit;
	uint8_t volume;	    /* -dBm0 */
	uint32_t timestamp; /* where the key began */
	uint64_t duration;  /* ticks, as far as known */
};

struct key_receiver {
	uint32_t clock_hz;
	bool known;  /* there was a key, and its packets may still come */
	bool active; /* its end has not been told */
	uint8_t event, volume;
	uint32_t start, segment; /* timestamps */
	uint64_t before;	 /* ticks of the segments before this one */
	uint32_t duration;	 /* of this segment, the most that was said */
};

void key_receiver_init(struct key_receiver *r, uint32_t clock_hz);
/** A packet, of any order. Returns how many events it makes. */
size_t key_receiver_put(struct key_receiver *r, uint32_t timestamp, bool marker,
    struct slice payload, struct key_event out[KEY_EVENTS_MAX]);
/** Voice came: when it is later than the key, the key has ended. True: an event. */
bool key_receiver_voice(struct key_receiver *r, uint32_t timestamp, struct key_event *out);
/** Nothing came for so long that the key must have ended (RFC 4733 leaves the time open; three
 *  packets are usual). True: an event. */
bool key_receiver_quiet(struct key_receiver *r, struct key_event *out);

#endif
