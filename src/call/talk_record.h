/*
 * A user records the call he is in (KEY *1, USE-4): what both say becomes one file, which is a
 * message in his mailbox. Private to call/.
 *
 *   ANNOUNCES ──said──► RUNS ──code, fault──► SAYS ──said──► gone
 *       └─refused──────────────────────────────▲
 *
 * It is his who records: it ends when he leaves the call or the call ends, whoever goes on, and
 * goes on when the other one gives the call to somebody else. Whom he asks in a consultation is not
 * in it, nor what he says to him. Media decode both voices as long as it runs; then the kernel may
 * forward them again. What the other side is told is the administrator's decision
 * (settings.record_notice): where it should hear that and cannot, nothing is recorded.
 */
#ifndef CALL_TALK_RECORD_H
#define CALL_TALK_RECORD_H

#include "call/call_int.h"

struct talk_record;

/** l begins, or ends what he records. */
void talk_record_press(struct leg *l);
/** ERR_DENIED: it is not allowed here; ERR_NOT_FOUND: he has no mailbox; ERR_WRONG_STATE: not in
 *  this call now; ERR_EXISTS: somebody records it; ERR_NOMEM. */
ERR_MUST_CHECK enum err talk_record_begin(struct leg *l);
/** False: l records nothing. */
bool talk_record_stop(struct leg *l);
/** Both voices are recorded, or will be. */
bool talk_record_is_on(const struct call *c);
/** Something of what l hears or says is ours. */
bool talk_record_is_heard(const struct leg *l);
void talk_record_serves(const struct leg *l, struct media_service *what);
/** What was said is over. False: that was not ours. */
bool talk_record_on_played(struct call *c, uint64_t sound);
/** Who records may have left: done, or in another call. */
void talk_record_follow(struct call *c);
/** The call is over: it is kept. */
void talk_record_on_end(struct call *c);

#endif
