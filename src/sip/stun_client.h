/*
 * Asks a STUN server for the address the world sees us at, again and again (RFC 8489, 6.2.1
 * for the retransmission), and says when it has changed. Without I/O: what is to be sent
 * leaves through ops.send, answers come in through stun_client_on_message, time passes
 * through the timers it was given.
 *
 * One struct belongs to one thread and to whoever holds it; it owns nothing.
 */
#ifndef SIP_STUN_CLIENT_H
#define SIP_STUN_CLIENT_H

#include "base/random.h"
#include "loop/timer.h"
#include "sip/stun.h"

struct stun_client_ops {
	/** Sends one datagram to the server, from the socket whose address is asked for. */
	void (*send)(void *ctx, const struct addr *server, struct slice bytes);
	/** The external address is known, or another than before. Family 0: the server does
	 *  not answer any more, nothing is known. */
	void (*on_address)(void *ctx, const struct addr *external);
};

struct stun_client {
	const struct stun_client_ops *ops;
	void *ctx;
	struct timers *timers;
	struct rng *rng;
	struct timer timer;
	struct addr server, external;
	uint8_t id[STUN_ID_BYTES];
	uint32_t every_ms;
	uint8_t sent; /* requests of this round; 0 = none is waiting for its answer */
	uint64_t asked, answered, lost;
};

/** Everything is borrowed for life. every_ms: from an answer to the next question. */
void stun_client_init(struct stun_client *c, struct timers *timers, struct rng *rng,
    uint32_t every_ms, const struct stun_client_ops *ops, void *ctx);
/** Begins asking this server, at once; family 0 ends it. The same server: nothing changes. */
void stun_client_ask(struct stun_client *c, const struct addr *server);
/** True if the message was the answer we wait for (it is used up then). */
bool stun_client_on_message(
    struct stun_client *c, const struct addr *from, const struct stun_message *m);
/** No callback after this. */
void stun_client_fini(struct stun_client *c);

#endif
