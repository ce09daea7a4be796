/*
 * Text messages outside of dialogs (RFC 3428): from one of our phones to all phones of the
 * user a number belongs to. The first that takes it answers the sender; nothing is kept for
 * later. Private to call/; the switch owns it.
 */
#ifndef CALL_MESSAGE_H
#define CALL_MESSAGE_H

#include "call/call.h"

struct messages;

enum {
	MESSAGE_UDP_MAX_BYTES =
	    1300,		 /* of a request; larger ones need a connection (RFC 3428, 8) */
	MESSAGE_WAIT_MS = 25000, /* for phones; before the sender's own time is over */
	MESSAGES_MAX = 5000,	 /* under way at once */
	MESSAGE_BURST = 20,	 /* of a phone, */
	MESSAGE_EVERY_MS = 1000, /* then one in this time */
};

ERR_MUST_CHECK enum err messages_new(struct messages **out, struct call_switch *sw);
/** Those under way end without a word. NULL is fine. */
void messages_free(struct messages *m);
void message_start(struct messages *m, struct sip_server *tsx, const struct sip_msg *req,
    const struct dir_phone *from);

#endif
