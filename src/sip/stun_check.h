/*
 * Connectivity checks of ICE (RFC 8445, 7): STUN Binding requests with credentials, and their
 * answers. The integrity is HMAC-SHA1 under the password of who is asked (RFC 8489, 9.1). Bytes
 * in, bytes out: what a check means is for who owns the credentials (media/). Any thread.
 *
 * Answers carry no text, and to strangers as little as can be: nobody is a mirror for them.
 */
#ifndef SIP_STUN_CHECK_H
#define SIP_STUN_CHECK_H

#include "sip/stun.h"

enum {
	STUN_INTEGRITY_BYTES = 20,
	STUN_CHECK_MAX_BYTES = 1280, /* two user names of 256 characters are in it */
	STUN_CHECK_ANSWER_MAX_BYTES = 96,
};

struct stun_check {
	struct stun_message message;
	struct slice username; /* into the bytes; p NULL = none */
	size_t integrity_at;   /* where MESSAGE-INTEGRITY begins, 0 = none */
	uint32_t priority;     /* 0 = none */
	bool use_candidate, controlled, controlling;
};

/** As stun_parse, also ERR_TOO_BIG. What stands behind the integrity is not looked at. */
ERR_MUST_CHECK enum err stun_check_parse(struct slice bytes, struct stun_check *out);
/** Is it from who knows the password? False without integrity. */
bool stun_check_is_from(const struct stun_check *c, struct slice bytes, struct slice password);
/** Success, with integrity and FINGERPRINT. */
void stun_check_write_success(struct buf *b, const struct stun_check *request,
    const struct addr *from, struct slice password);
/** An error; 420 names the unknown attribute. Integrity and FINGERPRINT as above with a password,
 *  without one (empty) only the FINGERPRINT of who sent one. */
void stun_check_write_error(
    struct buf *b, const struct stun_check *request, unsigned code, struct slice password);

#endif
