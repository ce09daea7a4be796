/*
 * Where an emergency call comes from (LIN-6): told to providers that take it, as a civic address in
 * a body beside the session description (RFC 6442, RFC 4119, RFC 5139, RFC 5491), and to the
 * administrator as a line of text. Private to call/. Signalling thread; addresses are read from the
 * directory as it is now.
 *
 * A provider that was wrongly said to take it must not cost the call: one that refuses such an
 * INVITE is asked again without.
 */
#ifndef CALL_LOCATION_H
#define CALL_LOCATION_H

#include "call/call_int.h"

enum { LOCATION_BYTES = 24576 }; /* of type and body, with the session description */

/** What the INVITE of l carries instead of sdp alone: its headers go to extra, *type and *body are
 *  replaced, the body lives in text. Untouched when nothing is to be told, or does not fit. */
void location_write(struct leg *l, struct buf *extra, char text[LOCATION_BYTES], struct slice *type,
    struct slice *body);
/** True: the INVITE was refused perhaps because of it; from now on it is left out. */
bool location_was_refused(struct leg *l, uint16_t status);
/** "Werk 2: Hafenstr. 5, 50667 Köln, 2nd floor, desk 7"; empty when nobody knows. */
void location_text(const struct call *c, struct buf *b);

#endif
