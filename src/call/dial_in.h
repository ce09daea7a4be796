/*
 * Inside call/: a user who calls from a mobile phone of his a number that is there for that, and
 * has shown who he is (USR-9). From then on he is at that phone as at one on his desk: what he
 * calls is called as he, and the codes in a call are his. apps/dial_in.c asks him, call/app.h says
 * how.
 */
#ifndef CALL_DIAL_IN_H
#define CALL_DIAL_IN_H

#include "call/call_int.h"

/** As who l calls: at a phone of ours, or as a user who has dialled in. False: neither. */
bool dial_in_ask_as(const struct leg *l, struct routing_query *q);
/** l's user may press codes in a call. */
bool dial_in_is_user(const struct leg *l);
/** The number of the mobile phone he is at (canonical); empty: of none. */
struct slice dial_in_mobile(const struct leg *l);

#endif
