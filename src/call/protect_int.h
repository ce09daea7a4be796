/* What the files about a leg's encryption share (protect.h). */
#ifndef CALL_PROTECT_INT_H
#define CALL_PROTECT_INT_H

#include "call/protect.h"

/** Takes what l's media line i says of DTLS. As protect_take. */
ERR_MUST_CHECK enum err protect_dtls_take(
    struct leg *l, const struct sdp *sdp, size_t i, bool is_answer);
/** Its line is not by DTLS any more, or never was. */
void protect_dtls_leave(struct leg *l, size_t i);
/** Tells media. */
void protect_dtls_apply(struct leg *l, size_t i);
/** Our lines for media i. offer: what they answer, or NULL; known: to's last description, or NULL.
 *  False: no memory. */
bool protect_dtls_describe(struct leg *to, size_t i, const struct sdp *known, bool answer,
    struct sdp_protection *p, struct buf *lines);

#endif
