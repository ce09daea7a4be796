/*
 * Encryption of a leg's media: SRTP, with keys in the description (SDES, RFC 4568) or made by DTLS
 * (RFC 5763), as browsers do. Private to call/.
 *
 * Each leg has keys of its own: what comes from one side is decrypted here and encrypted anew for
 * the other. So an encrypted phone talks to a provider that knows no encryption, and keys never
 * leave their leg. Whether a phone or line may, must or must not encrypt stands in its settings;
 * one that is registered over WebSocket is a browser, which knows nothing but DTLS.
 */
#ifndef CALL_PROTECT_H
#define CALL_PROTECT_H

#include "call/call_int.h"
#include "media/srtp.h"

/** Takes the keys of l's media line i, an offer's or the answer's to ours, or what will make them.
 *  ERR_UNSUPPORTED: it encrypts and must not, or does not and must, or with nothing we know;
 *  ERR_MALFORMED; ERR_NOMEM. */
ERR_MUST_CHECK enum err protect_take(
    struct leg *l, const struct sdp *sdp, size_t i, bool is_answer);
/** Tells media of the keys of l's line i. */
void protect_apply(struct leg *l, size_t i);
/** The leg goes: its keys are wiped. */
void protect_forget(struct leg *l);
/** How line i is described to to. m: the other side's; known: to's own last description with a live
 *  line i, or NULL; answer: that is the offer that m answers. Fills in what differs from m in p;
 *  lines is the place for its text. True: something does. An offer within a call puts the agreed
 *  encryption first. */
bool protect_describe(struct leg *to, size_t i, const struct sdp_media *m, const struct sdp *known,
    bool answer, struct sdp_protection *p, struct buf *lines);
/** What the session has to say about it; in lines. */
struct slice protect_describe_session(const struct sdp_rewrite_params *p, struct buf *lines);

#endif
