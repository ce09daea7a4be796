/* Conversations on the bench: any phone calls any number, more users than the plain office has. */
#ifndef TESTS_TALK_H
#define TESTS_TALK_H

#include "office.h"

/* A call as its two phones know it. */
struct talk {
	struct ua *from, *to;
	const char *invite, *ok; /* as to's and from's phones got them */
	int from_cseq, to_cseq;	 /* last used in the dialog */
};

/** The office and Eva 107 with e1, Finn 108 with f1. */
void talk_office_open(struct office *o);
/** A description of this phone: "RTP/AVP 8 0", and what else its only media section says. No two
 * are alike. */
const char *talk_sdp(const struct ua *u, int port, const char *formats, const char *lines);
/** Sends an INVITE with such a body. */
void talk_dial_with(struct ua *from, const char *number, const char *extra, const char *body);
/** Sends an INVITE; port: of the caller's media, 0 = without SDP. */
void talk_dial(struct ua *from, const char *number, const char *extra, int port);
/** Dials, rings, answers, acknowledges. Media ports are base and base + 1000. */
struct talk talk_connect(struct ua *from, const char *number, struct ua *to, int base);
/** A request of one of the two inside their dialog. */
void talk_send(
    struct talk *t, struct ua *who, const char *method, const char *extra, const char *body);
/** BYE of from, answered by to. */
void talk_end(struct talk *t);
/** After a transfer: BYE of the one who stays in the dialog of t, answered by whom it talks to now.
 */
void talk_end_with(struct talk *t, struct ua *stays, struct ua *other);
/** Sends REFER; to: the value of Refer-To. */
void talk_refer(struct talk *t, struct ua *who, const char *to, const char *extra);
/** Refer-To that names the dialog who has in t, for number. */
const char *talk_replaces(const struct talk *t, const struct ua *who, const char *number);
/** "call-id;to-tag=…;from-tag=…" of the dialog who has in t; swapped: tags as watchers see
 *  them turned round. */
const char *talk_dialog_id(const struct talk *t, const struct ua *who, bool swapped);

/** Takes the request and answers it with 200. */
const char *ua_ok(struct ua *u, const char *start);
/** CANCEL of the INVITE to number that got this provisional response; answered with 200. */
void ua_cancel(struct ua *u, const char *resp, const char *number);
/** Its REFER gets a 202, and the NOTIFY that says it is tried. */
void accepted(struct ua *by);
/** The next NOTIFY of a transfer says so; answered. state: begin of Subscription-State. */
void ua_notified(struct ua *u, int status, const char *state);
/** A re-INVITE comes and is answered with an SDP of this port. Returns it. */
const char *ua_reinvited(struct ua *u, int port);

/** True when one of the reasons of the record is this sentence. */
bool record_says(const struct cdr *r, const char *sentence);

#endif
