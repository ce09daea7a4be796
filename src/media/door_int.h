/*
 * The door of a side whose peer comes as browsers do (transport.h). Who knocks rightly (STUN, with
 * our password) is answered, and is where the peer is; with him alone keys are made (DTLS). Without
 * ICE the peer is where its stream says.
 *
 *	NULL peer ──check──► peer ──DTLS──► keys		a new association: keys again
 *
 * On the heap, only while its side needs it: with the first packets comes work that allocates
 * (the handshake, by OpenSSL: about a millisecond), afterwards nothing does. Sends through a
 * function of the caller. Media thread of the stream.
 */
#ifndef MEDIA_DOOR_INT_H
#define MEDIA_DOOR_INT_H

#include "loop/timer.h"
#include "media/dtls_int.h"
#include "media/ice_int.h"

enum { DOOR_REFUSALS_MAX = 10 /* a second: strangers get no more answers */ };

enum door_news {
	DOOR_MOVED = 1, /* the peer is somewhere else, or known now */
	DOOR_KEYS = 2,	/* there are some */
	DOOR_FAILED = 4 /* there will be none; dtls_why of its dtls */
};

/* Who sends for it. */
struct door_post {
	void (*send)(void *ctx, struct slice datagram, const struct addr *to);
	void *ctx;
	uint64_t now_us;
};

struct stream;

struct door {
	struct media_transport of;
	struct ice ice;
	struct addr peer; /* family 0 = not known yet */
	struct dtls *dtls;
	bool keys, failed;
	uint64_t refusals_us; /* the second that is counted */
	unsigned refusals;
	struct timer timer; /* the stream's: door_on_timer */
	struct stream *owner;
	unsigned side;
};

/** ERR_NOMEM. t has an association. */
ERR_MUST_CHECK enum err door_new(const struct media_transport *t, struct door **out);
/** NULL is fine. */
void door_free(struct door *d);
/** Other values. True: the keys before are none any more. */
bool door_follow(struct door *d, const struct media_transport *t);
/** Where the peer is, when it comes without ICE; NULL = not known. Returns news. */
unsigned door_set_peer(struct door *d, const struct addr *peer,
    const struct dtls_identity *identity, const struct door_post *post);
/** STUN or DTLS, anybody's. Returns news. */
unsigned door_packet(struct door *d, const struct dtls_identity *identity, struct slice datagram,
    const struct addr *from, const struct door_post *post);
/** Flights of the handshake again. Returns news. */
unsigned door_on_timer(struct door *d, const struct door_post *post);
/** When door_on_timer is of use; UINT64_MAX = never. */
uint64_t door_due_us(const struct door *d, uint64_t now_us);
/** Tells the peer that it is over. */
void door_close(struct door *d, const struct door_post *post);

#endif
