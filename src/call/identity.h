/*
 * Who a party is for the other side: names and numbers in From and P-Asserted-Identity
 * (RFC 3325), and whether it wants to be hidden (RFC 3323). Private to call/.
 *
 * Phones are not believed: who calls from a phone is what the directory says; only the wish
 * to be hidden counts. Gateways may be (dir_phone.trust_rpid). Lines (providers) are trusted and
 * believed without screening, and only they are told who hides. Pure functions; texts are borrowed
 * from their message.
 */
#ifndef CALL_IDENTITY_H
#define CALL_IDENTITY_H

#include "base/addr.h"
#include "routing/routing.h"
#include "sip/write.h"

/* Where a text goes. */
enum identity_trust {
	IDENTITY_PHONE, /* a phone: hidden parties stay hidden */
	IDENTITY_LINE,	/* a provider we trust (RFC 3325, 7): told who hides, with Privacy: id */
};

enum { IDENTITY_NUMBER_BYTES = 64, IDENTITY_NAME_BYTES = 128 };

/* What a trusted peer says of a party; texts with a final NUL. */
struct identity {
	char number[IDENTITY_NUMBER_BYTES]; /* as it came, without parameters; may be empty */
	char name[IDENTITY_NAME_BYTES];	    /* may be empty */
	bool hidden;
};

/** Does the sender want not to be shown? Privacy (id, user, header, session; not none), or
 *  From at anonymous.invalid or with the user part anonymous. */
bool identity_is_hidden(const struct sip_msg *m);
/** Whom a message of a line is from, best first: P-Asserted-Identity, P-Preferred-Identity,
 *  Remote-Party-ID, and of requests From. False: it says nothing of use (out: hidden or not). */
bool identity_read(const struct sip_msg *m, struct identity *out);
/** Whom a phone that is believed names: P-Asserted-Identity or Remote-Party-ID, never From. False:
 *  nobody. */
bool identity_read_named(const struct sip_msg *m, struct identity *out);
/** One party of a header value: name, number, and hidden when its privacy parameter says so
 *  (RFC 5806, Remote-Party-ID). False: no number to be had. */
bool identity_read_party(struct slice value, struct identity *out);
/** Its name, or where nobody knows one its number: for sentences that people read. */
struct slice identity_shown(const struct routing_party *p);
/** A number as the user part of a URI. */
void identity_write_user(struct buf *b, struct slice number);
/** `sip:101@192.0.2.1` */
void identity_write_uri(struct buf *b, struct slice number, const struct addr *host);
/** `"Anna Berg" <sip:101@192.0.2.1>`, or the anonymous one of RFC 3323, 4.1.1.3. No tag. */
void identity_write_party(
    struct buf *b, const struct routing_party *p, bool hidden, const struct addr *host);
/** P-Asserted-Identity and Privacy lines for a message to such a peer; nothing for a party
 *  without a number, and only Privacy for a hidden one when the peer is not trusted. */
void identity_write_asserted(struct buf *b, const struct routing_party *p, bool hidden,
    enum identity_trust to, const struct addr *host);

#endif
