/*
 * Datagrams of strangers and of a peer to an agent of ICE. Input: one byte of flags, then a
 * message; flag 1 puts the right integrity where the message has one, so that what is behind the
 * password is reached too.
 */
#include "fuzz.h"

#include <openssl/hmac.h>

#include "media/ice_int.h"

enum { HEAD = 4, ATTRIBUTE = HEAD + STUN_INTEGRITY_BYTES };

static const struct ice_credentials ours = {"abcdefgh", "0123456789abcdefghijklmn"};

/* The message up to its integrity, which is made right. */
static size_t
seal(unsigned char *bytes, size_t n)
{
	struct stun_check c;
	unsigned int out = 0;
	size_t attributes;

	if (stun_check_parse(slice_make(bytes, n), &c) != ERR_OK || !c.integrity_at)
		return n;
	n = c.integrity_at + ATTRIBUTE;
	attributes = n - STUN_HEAD_BYTES;
	bytes[2] = (unsigned char)(attributes >> 8);
	bytes[3] = (unsigned char)attributes;
	PROMISE(HMAC(EVP_sha1(), ours.pwd, sizeof ours.pwd, bytes, c.integrity_at,
	    bytes + c.integrity_at + HEAD, &out));
	return n;
}

static void
check_answer(struct slice asked, const struct buf *b, enum ice_verdict v, const struct addr *from)
{
	struct stun_check answer;

	PROMISE(buf_ok(b));
	if (v == ICE_SILENCE)
		return;
	PROMISE(b->n > 0 && b->n * 2 <= asked.n * 3);
	PROMISE(stun_check_parse(buf_slice(b), &answer) == ERR_OK);
	PROMISE(memcmp(answer.message.id, asked.p + 8, STUN_ID_BYTES) == 0);
	if (v == ICE_REFUSED) {
		PROMISE(answer.message.type == STUN_ERROR && answer.message.error >= 400);
		return;
	}
	PROMISE(answer.message.type == STUN_RESPONSE && answer.message.has_fingerprint);
	PROMISE(addr_eq(&answer.message.mapped, from));
	PROMISE(stun_check_is_from(&answer, buf_slice(b), slice_make(ours.pwd, sizeof ours.pwd)));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static unsigned char bytes[STUN_CHECK_MAX_BYTES];
	struct addr from = {.family = 6, .port = 5060, .ip = {0x20, 1}};
	struct addr other = {.family = 4, .port = 5060, .ip = {192, 0, 2, 1}};
	char said[STUN_CHECK_ANSWER_MAX_BYTES];
	struct slice asked;
	enum ice_verdict v;
	struct ice ice;
	struct buf b;
	size_t n;

	if (size == 0 || size > sizeof bytes)
		return 0;
	n = size - 1;
	memcpy(bytes, data + 1, n);
	if (data[0] & 1)
		n = seal(bytes, n);
	asked = slice_make(bytes, n);
	ice_init(&ice, &ours);
	if (data[0] & 2)
		PROMISE(ice_set_peer(&ice, SLICE("theirs")) == ERR_OK);
	buf_init(&b, said, sizeof said);
	v = ice_packet(&ice, asked, &from, 1, &b);
	check_answer(asked, &b, v, &from);
	PROMISE((v == ICE_SELECTED) == (ice_peer(&ice) != NULL));
	PROMISE((v >= ICE_CHECKED) == (ice_heard_us(&ice) == 1));
	PROMISE(v < ICE_CHECKED || data[0] & 1 || n >= STUN_HEAD_BYTES + ATTRIBUTE);
	/* once more from elsewhere: it never moves */
	buf_init(&b, said, sizeof said);
	PROMISE(v != ICE_SELECTED || ice_packet(&ice, asked, &other, 2, &b) == ICE_SILENCE);
	PROMISE(v != ICE_SELECTED || addr_eq(ice_peer(&ice), &from));
	return 0;
}
