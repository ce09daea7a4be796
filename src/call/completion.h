/*
 * Call completion (CCBS, CCNR): a user is called back when whom he could not reach can be reached
 * (KEY, USR-10). Requests are rows of the database; here is who waits for whom now. A request for a
 * user of ours is served when he is free: not in a call, not undisturbed, with a phone; of no
 * answer also only after he has used his phone. Who has asked first for him goes first, if he is
 * free himself. Then the phones of who has asked are rung, and when he picks up the number is
 * called as if he had dialled it (dial.c).
 *
 * Inside call/. Signalling thread; the list belongs to the switch.
 */
#ifndef CALL_COMPLETION_H
#define CALL_COMPLETION_H

#include "call/call_int.h"

ERR_MUST_CHECK enum err completions_new(struct call_switch *sw);
void completions_free(struct call_switch *sw);
/** The directory says who is to be called back; a new one came. */
void completion_follow_directory(struct call_switch *sw);
/** A call of somebody who dialled q's number at his phone, or on the page, begins: what he may want
 *  to have completed if it comes to nothing. */
void completion_note_dialled(
    struct call *c, const struct routing_query *q, const struct routing_plan *plan);
/** The same for one that was refused at once, and is no call. */
void completion_note_refused(
    struct call_switch *sw, const struct routing_query *q, const struct routing_plan *plan);
/** Whom to ring for it, and what is shown there; name: room for it. False: not now. */
bool completion_plan_recall(struct request *r, const struct routing_party *called,
    struct routing_plan *own, struct routing_party *shown, char name[PRESENT_NAME_BYTES]);
/** The phones of who has asked ring from now on. */
void completion_on_ringing(struct call *c);
/** The phone that rang for it has answered; for any call. */
void completion_on_picked_up(struct call *c);
/** A call is over, its parties are still there. */
void completion_on_call_end(struct call *c);
/** Nobody of that user's phones is in a call any more. */
void completion_on_free(struct call_switch *sw, int64_t user);
/** What *07 of this user asks for. */
void completion_fill_order(const struct call_switch *sw, struct feature_order *order);

#endif
