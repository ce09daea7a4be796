#include "sip/stun_check.h"

#include <openssl/crypto.h>
#include <openssl/hmac.h>

#include "sip/stun_int.h"

enum {
	ATTRIBUTE_HEAD_BYTES = 4,
	INTEGRITY_WHOLE_BYTES = ATTRIBUTE_HEAD_BYTES + STUN_INTEGRITY_BYTES
};

enum err
stun_check_parse(struct slice bytes, struct stun_check *out)
{
	struct stun_check c = {0};
	enum err e;

	if (bytes.n > STUN_CHECK_MAX_BYTES)
		return ERR_TOO_BIG;
	e = stun_read(bytes, &c.message, &c);
	if (e == ERR_OK)
		*out = c;
	return e;
}

/* Over the first n bytes of a message, whose length counts up to the end of the integrity and no
 * further (RFC 8489, 14.5). */
static bool
integrity_of(
    struct slice bytes, size_t n, struct slice password, unsigned char out[STUN_INTEGRITY_BYTES])
{
	unsigned char copy[STUN_CHECK_MAX_BYTES];
	size_t attributes = n - STUN_HEAD_BYTES + INTEGRITY_WHOLE_BYTES;
	unsigned int out_bytes = 0;

	if (n < STUN_HEAD_BYTES || n > sizeof copy || n > bytes.n || password.n == 0)
		return false;
	memcpy(copy, bytes.p, n);
	copy[2] = (unsigned char)(attributes >> 8);
	copy[3] = (unsigned char)attributes;
	return HMAC(EVP_sha1(), password.p, (int)password.n, copy, n, out, &out_bytes) &&
	       out_bytes == STUN_INTEGRITY_BYTES;
}

bool
stun_check_is_from(const struct stun_check *c, struct slice bytes, struct slice password)
{
	unsigned char right[STUN_INTEGRITY_BYTES];

	return c->integrity_at && c->integrity_at + INTEGRITY_WHOLE_BYTES <= bytes.n &&
	       integrity_of(bytes, c->integrity_at, password, right) &&
	       CRYPTO_memcmp(
		   right, bytes.p + c->integrity_at + ATTRIBUTE_HEAD_BYTES, sizeof right) == 0;
}

static void
write_integrity(struct buf *b, struct slice password)
{
	unsigned char bytes[STUN_INTEGRITY_BYTES];

	if (!integrity_of(buf_slice(b), b->n, password, bytes)) {
		b->overflow = true; /* an answer nobody would believe is none */
		return;
	}
	stun_put_u16(b, STUN_AT_MESSAGE_INTEGRITY);
	stun_put_u16(b, sizeof bytes);
	buf_put(b, slice_make(bytes, sizeof bytes));
}

void
stun_check_write_success(
    struct buf *b, const struct stun_check *request, const struct addr *from, struct slice password)
{
	const struct stun_message *m = &request->message;

	stun_write_head(b, STUN_RESPONSE, m->cookie, m->id);
	stun_write_mapped(b, from, m->id);
	write_integrity(b, password);
	stun_finish(b, true);
}

void
stun_check_write_error(
    struct buf *b, const struct stun_check *request, unsigned code, struct slice password)
{
	const struct stun_message *m = &request->message;

	stun_write_head(b, STUN_ERROR, m->cookie, m->id);
	stun_put_u16(b, STUN_AT_ERROR_CODE);
	stun_put_u16(b, 4); /* and an empty phrase */
	stun_put_u16(b, 0);
	buf_char(b, (char)(code / 100));
	buf_char(b, (char)(code % 100));
	if (code == 420) {
		stun_put_u16(b, STUN_AT_UNKNOWN_ATTRIBUTES);
		stun_put_u16(b, 2);
		stun_put_u16(b, m->unknown);
		stun_put_u16(b, 0);
	}
	if (password.n)
		write_integrity(b, password);
	stun_finish(b, password.n > 0 || m->has_fingerprint);
}
