/*
 * STUN (RFC 8489, also what RFC 5389 and RFC 3489 clients send): Binding requests and their
 * answers, both sides. Phones ask to keep their NAT open (RFC 5626, 4.4.2) and to learn
 * their address; we ask a STUN server for ours. Bytes in, bytes out: no sockets, no clock;
 * when to ask again is the business of stun_client.h.
 *
 * No credentials: a Binding answer tells the asker nothing but his own address.
 */
#ifndef SIP_STUN_H
#define SIP_STUN_H

#include "base/addr.h"

enum {
	STUN_HEAD_BYTES = 20,
	STUN_ID_BYTES = 12,
	STUN_MESSAGE_MAX_BYTES = 548, /* what a server of ours reads and writes (7.1) */
};

/* Types of messages, method Binding (5). */
enum stun_type {
	STUN_REQUEST = 0x0001,
	STUN_INDICATION = 0x0011,
	STUN_RESPONSE = 0x0101,
	STUN_ERROR = 0x0111,
};

struct stun_message {
	enum stun_type type;
	uint8_t cookie[4]; /* the magic one, or of RFC 3489: the rest of its longer id */
	uint8_t id[STUN_ID_BYTES];
	struct addr mapped;   /* XOR-MAPPED-ADDRESS, else MAPPED-ADDRESS; family 0 = none */
	uint16_t error;	      /* of ERROR-CODE, 0 = none */
	uint16_t unknown;     /* first unknown attribute that must be understood, 0 = none */
	bool has_fingerprint; /* and it is right; a wrong one makes the message malformed */
	bool is_old;	      /* RFC 3489: no magic cookie */
};

/** True if the bytes of a datagram or the beginning of a stream message are STUN and not
 *  SIP: two zero bits, and the magic cookie (5, 6.3). n of at least STUN_HEAD_BYTES. */
bool stun_is(struct slice bytes);
/** Length of the message whose first four bytes these are, for streams (6.2.2). */
size_t stun_bytes(const char head[4]);
/** ERR_MALFORMED: not whole, lengths do not fit, fingerprint wrong. Methods other than
 *  Binding: ERR_UNSUPPORTED. */
ERR_MUST_CHECK enum err stun_parse(struct slice bytes, struct stun_message *out);
/** A Binding request with SOFTWARE and FINGERPRINT. */
void stun_write_request(struct buf *b, const uint8_t id[STUN_ID_BYTES], struct slice software);
/** The answer to a request from `from`: its address, or 420 when it wants what we do not
 *  know. With FINGERPRINT when the request had one. */
void stun_write_answer(struct buf *b, const struct stun_message *request, const struct addr *from,
    struct slice software);

#endif
