/* What the files about STUN share: numbers of attributes, reading, pieces of writing. Private to
 * sip/. */
#ifndef SIP_STUN_INT_H
#define SIP_STUN_INT_H

#include "sip/stun_check.h"

/* RFC 8489, 18.3 and RFC 8445, 16.1 */
enum {
	STUN_AT_MAPPED_ADDRESS = 0x0001,
	STUN_AT_USERNAME = 0x0006,
	STUN_AT_MESSAGE_INTEGRITY = 0x0008,
	STUN_AT_ERROR_CODE = 0x0009,
	STUN_AT_UNKNOWN_ATTRIBUTES = 0x000a,
	STUN_AT_REALM = 0x0014,
	STUN_AT_NONCE = 0x0015,
	STUN_AT_MESSAGE_INTEGRITY_SHA256 = 0x001c,
	STUN_AT_XOR_MAPPED_ADDRESS = 0x0020,
	STUN_AT_PRIORITY = 0x0024,
	STUN_AT_USE_CANDIDATE = 0x0025,
	STUN_AT_MAY_BE_IGNORED = 0x8000, /* attributes from here on */
	STUN_AT_SOFTWARE = 0x8022,
	STUN_AT_FINGERPRINT = 0x8028,
	STUN_AT_ICE_CONTROLLED = 0x8029,
	STUN_AT_ICE_CONTROLLING = 0x802a,
};

/** stun_parse; with check (may be NULL, its message is not filled in) the attributes of ICE are
 *  known, too. */
ERR_MUST_CHECK enum err stun_read(
    struct slice bytes, struct stun_message *out, struct stun_check *check);
void stun_put_u16(struct buf *b, unsigned v);
void stun_write_head(
    struct buf *b, enum stun_type type, const uint8_t cookie[4], const uint8_t *id);
void stun_write_mapped(struct buf *b, const struct addr *from, const uint8_t id[STUN_ID_BYTES]);
/** The length, and what proves that it is STUN. The message begins where b does. */
void stun_finish(struct buf *b, bool fingerprint);

#endif
