/*
 * Encryption of a leg's media (SRTP with keys in the description, RFC 4568). Private to call/.
 *
 * Each leg has keys of its own: what comes from one side is decrypted here and encrypted anew for
 * the other. So an encrypted phone talks to a provider that knows no encryption, and keys never
 * leave their leg. Whether a phone or line may, must or must not encrypt stands in its settings.
 */
#ifndef CALL_PROTECT_H
#define CALL_PROTECT_H

#include "call/call_int.h"
#include "media/srtp.h"

/** Takes the keys of l's media line i, an offer's or the answer's to ours. ERR_UNSUPPORTED: it
 *  encrypts and must not, or does not and must, or with nothing we know; ERR_NOMEM. */
ERR_MUST_CHECK enum err protect_take(
    struct leg *l, size_t i, const struct sdp_media *m, bool is_answer);
/** Tells media of the keys of l's line i. */
void protect_apply(struct leg *l, size_t i);
/** The leg goes: its keys are wiped. */
void protect_forget(struct leg *l);
/** How line i is described to to. m: the other side's; known: to's own last description of it, or
 *  NULL; answer: that is the offer that m answers. Fills in what differs from m in p; crypto is the
 *  place for its lines. True: something does. */
bool protect_describe(struct leg *to, size_t i, const struct sdp_media *m,
    const struct sdp_media *known, bool answer, struct sdp_protection *p, struct buf *crypto);

#endif
