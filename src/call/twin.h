/*
 * Mobile phones that ring with the phones of their users (USR-9, "iFMC"): legs on lines whose
 * failures say nothing of the user who is called. Behind one of them may be a mailbox that answers
 * in his place. So, if he wants that, who answers there is first asked to press 1, in the seat's
 * own media and unheard by the others, while these ring on; several one after the other. Private to
 * call/.
 *
 *   states  ASKING ─2xx─► waits (leg->twin) ─its turn─► ring.deciding ─"1"─► the seat
 *                                                            └─2, BYE, 15 s─► DONE
 */
#ifndef CALL_TWIN_H
#define CALL_TWIN_H

#include "call/call_int.h"

/** Rings a target that leads to a mobile phone. */
void twin_ring(struct call *c, const struct ring_target *t);
bool twin_has_spare(const struct ring_twin *twin);
/** The next of its lines is tried. False: there is none. */
bool twin_ring_spare(struct call *c, const struct ring_whom *whom);
/** What it sends before it has the call is not for the other side. */
bool twin_hides_early(const struct leg *l);

/** It has answered: is it to take the call by a key? */
bool twin_must_ask(const struct leg *l);
/** Then it is asked, now or when others have been. False: that cannot be done. */
ERR_MUST_CHECK bool twin_ask(struct leg *l, const struct sip_msg *resp);
/** A key of who was asked. */
void twin_on_key(struct leg *l, char key);
/** It has hung up instead. */
void twin_on_bye(struct leg *l);
/** It need not decide any more. */
void twin_stop(struct leg *l, struct slice reason_hdr);
/** The leg is done. */
void twin_end(struct leg *l);
/** What l, who decides, hears. False: it does not. */
bool twin_serves(const struct leg *l, struct media_service *what);
/** Who speaks and hears on that side now. */
struct leg *twin_speaker(const struct call *c, enum media_side side);
/** Stream i of l must carry nothing of who decides. */
bool twin_silences(const struct leg *l, size_t i);

#endif
