/*
 * Framer: cuts a byte stream into SIP messages by Content-Length (RFC 3261, 18.3)
 * and finds what keeps connections alive between them: CR LF CR LF (RFC 5626, 3.5.1) and
 * STUN, which comes out as a message too. Pure: bytes in, messages
 * out; knows of SIP only the empty line and that one header.
 *
 * Owns a buffer only while a message is incomplete, so that ten thousand idle
 * connections cost nothing; a message that arrives whole is never copied.
 */
#ifndef NET_FRAMER_H
#define NET_FRAMER_H

#include "base/slice.h"

enum {
	NET_MESSAGE_MAX_BYTES = 65535,
	NET_HEADERS_MAX_BYTES = 16384,
};

struct net_framer {
	char *buf; /* the beginning of a message */
	size_t n, cap;
	size_t searched; /* no empty line begins before this */
	size_t whole;	 /* bytes of the whole message, 0 = empty line not seen */
	size_t given;	 /* bytes of buf that the last call returned */
	unsigned breaks; /* CR and LF of a keep-alive seen so far */
};

void net_framer_init(struct net_framer *f);
void net_framer_fini(struct net_framer *f);
/**
 * Eats from the front of in. ERR_OK: one message, valid until the next call or the end
 * of in's memory; empty for a keep-alive (CR LF CR LF), which wants CR LF as
 * answer. ERR_INCOMPLETE: all eaten, more is needed. ERR_TOO_BIG,
 * ERR_MALFORMED (Content-Length is no number, or two that differ), ERR_NOMEM:
 * the stream cannot be read on. A missing Content-Length counts as 0.
 */
ERR_MUST_CHECK enum err net_framer_next(
    struct net_framer *f, struct slice *in, struct slice *message);

#endif
