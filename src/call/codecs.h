/*
 * Which codecs a leg is offered or answered with, and what has to be translated. Private to call/.
 *
 * Each phone and line may have an ordered list of codecs (model/codecs.h). What both sides know
 * passes, in the order of the one who is asked. Only where they have nothing in common does a leg
 * get codecs of ours, and media translate (media/translate.h).
 */
#ifndef CALL_CODECS_H
#define CALL_CODECS_H

#include "call/call_int.h"

enum codecs {
	CODECS_AS_THEY_ARE,
	CODECS_CHOSEN,	/* some of theirs, or in another order */
	CODECS_OURS,	/* with ours among them: it will be translated, or may be */
	CODECS_NOTHING, /* nobody could speak to the other */
};

/** What of m, from's media line, is offered to to. known: to's own last description of that line,
 *  or NULL. Fills out when chosen or ours; its texts live as long as m, known and the directory. */
enum codecs codecs_offer(const struct leg *from, const struct leg *to, const struct sdp_media *m,
    const struct sdp_media *known, struct sdp_choice *out);
/** What to, who has offered offer, is answered with when from has answered m. */
enum codecs codecs_answer(const struct leg *from, const struct leg *to, const struct sdp_media *m,
    const struct sdp_media *offer, struct sdp_choice *out);
/** What media must do with what x sends to y: local is what we told x, remote what x and y
 *  described last. No routes: it passes untouched. */
void codecs_translate(const struct sdp_media *local_x, const struct sdp_media *remote_x,
    const struct sdp_media *remote_y, struct media_translation *out);

/** Does the system leave pauses out for who asks for it? */
bool codecs_pauses_wanted(const struct leg *l);
/** How media sends pauses of what it encodes for y, as y and we have agreed. */
void codecs_translate_pauses(const struct sdp_media *local_y, const struct sdp_media *remote_y,
    struct media_translation *out);

/* ---- fax ---- */

/** Fax in real time (T.38, annex D): phones write "udptl", some "UDPTL". */
bool codecs_is_t38(const struct sdp_media *m);
/** Its phone or line lets calls become one. */
bool codecs_takes_t38(const struct leg *l);

/* ---- for keys.c ---- */

enum codec codecs_of(const struct sdp_format *f);
/** Packets that we can read: plain, or encrypted with keys that we have. */
bool codecs_can_read(const struct sdp_media *m);
/** One more, with a number of ours. False: it is there, or there is no room. */
bool codecs_add(struct sdp_choice *c, enum codec codec);
/** One more route. True: something changes by it. */
bool codecs_route(
    struct media_translation *t, const struct sdp_format *in, const struct sdp_format *out);
bool codecs_payload_type(const struct sdp_format *f, uint8_t *out);

/** How the engine itself speaks with x: local is what we told x, remote what x described last.
 *  False: not at all. */
bool codecs_speak(const struct leg *x, const struct sdp_media *local_x,
    const struct sdp_media *remote_x, struct media_service *out);

#endif
