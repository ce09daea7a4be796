/*
 * How keys (DTMF) travel on each leg, and how they get from one leg to the other. Private to call/.
 *
 * A phone or line says how it sends and wants them: as packets (RFC 4733), in the voice, by SIP
 * INFO, or automatically: then it gets what the other side has. Where the two legs differ media
 * convert.
 */
#ifndef CALL_KEYS_H
#define CALL_KEYS_H

#include "call/call_int.h"

enum dir_dtmf keys_mode(const struct leg *l);

/** Takes packets of keys out of what a leg is offered, or puts them in, as it wants. True: changed.
 */
bool keys_offer(const struct leg *to, struct sdp_choice *c);
/** The same with the answer to what to has offered, when theirs is what from has answered. */
bool keys_answer(const struct leg *from, const struct leg *to, const struct sdp_format *offered,
    size_t n_offered, bool theirs, struct sdp_choice *c);

/* The descriptions of one media line of a leg: what we told it, what it told us. */
struct keys_leg {
	const struct leg *leg;
	const struct sdp_media *local, *remote;
};

/** What media must do with the keys that x presses, for y: completes the routes, which it makes if
 *  there are none. False: nothing. */
bool keys_translate(
    const struct keys_leg *x, const struct keys_leg *y, struct media_translation *out);

/** Has the keys told of who is served so: as packets, or else in its voice. */
void keys_listen(struct media_service *what);
/** Media have heard a key of that stream's side: the other one is told by INFO. */
void keys_on_heard(struct stream *s, const struct media_event *ev);
/** A key that somebody in another call, or in a room, has pressed: for to, as if who sits opposite
 *  had. Nothing where it is heard in by's voice anyway. */
void keys_pass(const struct leg *by, struct leg *to, char key);
/** An INFO with a key that is pressed for the other leg. True: it was answered. False: it is for
 *  the other phone to understand. */
bool keys_take_info(struct leg *l, struct sip_server *tsx, const struct sip_msg *req);

#endif
