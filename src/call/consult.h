/*
 * Inside call/: a consultation by code (KEY). One of the two in a call asks somebody else
 * meanwhile: the other one waits with music; who asks hears what he shall do, dials, and talks with
 * whom he has called. Then he hangs up, which connects the two (join.c: an attended transfer), or
 * goes back.
 *
 * He keeps his seat and his media. Whom he asks is a call of its own, in which an app without a
 * peer sits in the caller's seat; both voices meet in a room of the engine. So no phone is told
 * anything before parties really change, and three can talk by putting the third into the room.
 *
 *   ASKS ──number──► CALLS ──refused──► SAYS ──► gone, back in the call
 *                      └─hangs up─► a transfer
 */
#ifndef CALL_CONSULT_H
#define CALL_CONSULT_H

#include "call/call_int.h"

struct consult;

/** The code: begins, or goes back to who waits. */
void consult_press(struct leg *l);
/** Who waits joins in. */
void consult_three_way(struct leg *l);
/** A key of somebody in a call with a consultation. True: it is of the number. */
bool consult_on_key(struct leg *l, char key);
/** One that is part of nothing: for whoever hears l. True: so it is for nobody else. */
bool consult_pass_key(const struct leg *l, char key);
/** What was said is over. */
void consult_on_played(struct consult *k, uint64_t sound);
/** l, who hears us in this call because of it. */
bool consult_serves(const struct leg *l, struct media_service *what);
/** l hears the room, also while it holds. */
bool consult_is_heard(const struct leg *l);
/** A leg of the call hangs up. True: the call goes on without it. */
bool consult_on_bye(struct leg *l);
/** Who is asked is in the call o now. */
void consult_arrived(struct call *o);
/** What who asks hears of the call o may have changed. */
void consult_follow(const struct call *o);
/** The call with the consultation is over. */
void consult_on_end(struct call *c);
/** Forgets it without a word. */
void consult_free(struct consult *k);

#endif
