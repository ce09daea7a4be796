/* Private to call/: legs on lines to providers (line.c). All are harmless for other legs. */
#ifndef CALL_LINE_INT_H
#define CALL_LINE_INT_H

#include "call/call_int.h"

struct meter;

/** Rings a target that is a line. False: nothing was sent. */
bool leg_line_ring(
    struct call *c, const struct routing_target *target, const struct ring_whom *whom);
/** 4 or 6, of the hop that will be asked first. */
uint8_t leg_line_family(
    struct call *c, const struct routing_target *target, const struct ring_whom *whom);
/** The caller's leg comes in on this line. ERR_LIMIT: no call is free on it. */
ERR_MUST_CHECK enum err leg_line_take_caller(struct leg *l, int64_t line);

/** The number it calls outside, canonical; empty: it is no such leg. */
struct slice leg_line_called(const struct leg *l);
/** The mobile phone of a user that it leads to; NULL: none. */
struct ring_twin *leg_line_twin(const struct leg *l);
/** Of its line; of other legs, that of its phone. */
struct slice leg_line_name(const struct leg *l);
/** What it costs (spending.h); NULL: it is on no line. */
const struct meter *leg_line_meter(const struct leg *l);
struct slice leg_line_contact_user(const struct leg *l);
void leg_line_write_identity(const struct leg *l, struct buf *b);
void leg_line_write_auth(const struct leg *l, enum sip_method m, struct buf *b);

/** Lets the transaction layer answer challenges of this request of l; takes a CSeq number. */
void line_set_auth(struct leg *l, struct sip_request *r);
/** An INVITE was accepted: the next one may be challenged anew. */
void line_accepted(struct leg *l);
/** True: the INVITE is to be sent again, with credentials. */
bool leg_line_follow_challenge(struct leg *l, const struct sip_msg *resp);
void leg_line_on_provisional(struct leg *l);
/** It has answered the call. */
void leg_line_on_answer(struct leg *l);
/** Its INVITE failed with status; local: nothing was received (time-out, transport). May
 *  launch another leg; takes targets away that would not help. Before the leg is done. */
void leg_line_on_failure(struct leg *l, uint16_t status, bool local, uint32_t retry_after_s);
/** It goes on in another call: what it needs of the one that it leaves is its own from now on. */
void leg_line_detach(struct leg *l);
/** It has one of the line's calls. */
bool leg_line_holds(const struct leg *l);
/** The leg is done: its call on the line is free again. */
void leg_line_leave(struct leg *l);

#endif
