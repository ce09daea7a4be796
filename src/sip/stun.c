#include "sip/stun_int.h"

enum { COOKIE_AT = 4, ID_AT = 8, FAMILY_4 = 1, FAMILY_6 = 2 };

static const uint8_t magic[4] = {0x21, 0x12, 0xa4, 0x42};

static unsigned
u16_at(const char *p)
{
	return (unsigned)(uint8_t)p[0] << 8 | (uint8_t)p[1];
}

static uint32_t
u32_at(const char *p)
{
	return (uint32_t)u16_at(p) << 16 | u16_at(p + 2);
}

void
stun_put_u16(struct buf *b, unsigned v)
{
	buf_char(b, (char)(v >> 8));
	buf_char(b, (char)v);
}

bool
stun_is(struct slice bytes)
{
	return bytes.n >= STUN_HEAD_BYTES && (bytes.p[0] & 0xc0) == 0 &&
	       memcmp(bytes.p + COOKIE_AT, magic, sizeof magic) == 0;
}

size_t
stun_bytes(const char head[4])
{
	return STUN_HEAD_BYTES + u16_at(head + 2);
}

/* CRC-32 of ITU V.42 bit by bit: a keep-alive has a hundred bytes, a table has a thousand. */
static uint32_t
crc32_of(const char *p, size_t n)
{
	uint32_t crc = UINT32_MAX;

	for (size_t i = 0; i < n; i++) {
		crc ^= (uint8_t)p[i];
		for (int bit = 0; bit < 8; bit++)
			crc = crc >> 1 ^ (crc & 1 ? 0xedb88320u : 0);
	}
	return ~crc;
}

static uint32_t
fingerprint_of(const char *p, size_t n)
{
	return crc32_of(p, n) ^ 0x5354554eu; /* 14.7 */
}

/* ---- reading ---- */

/* 14.1, 14.2; `x` is what the address is xored with: cookie and id, or zeros. */
static enum err
read_address(struct slice v, const uint8_t x[16], struct addr *out)
{
	char ip[16];
	struct addr a = {0};
	size_t n = v.n == 8 ? 4 : 16;

	if (v.n < 8 || (v.n != 8 && v.n != 20) || v.p[1] != (n == 4 ? FAMILY_4 : FAMILY_6))
		return ERR_MALFORMED;
	a.port = (uint16_t)(u16_at(v.p + 2) ^ (unsigned)(x[0] << 8 | x[1]));
	a.family = n == 4 ? 4 : 6;
	for (size_t i = 0; i < n; i++)
		ip[i] = (char)(v.p[4 + i] ^ x[i]);
	memcpy(a.ip, ip, n);
	*out = a;
	return ERR_OK;
}

/* What is of use to connectivity checks only. False: it is something else. */
static bool
take_of_check(struct stun_check *c, unsigned type, struct slice v, size_t before, enum err *e)
{
	bool fits = true;

	switch (type) {
	case STUN_AT_USERNAME:
		if (!c->username.p)
			c->username = v;
		break;
	case STUN_AT_MESSAGE_INTEGRITY:
		fits = v.n == STUN_INTEGRITY_BYTES;
		c->integrity_at = before;
		break;
	case STUN_AT_PRIORITY:
		fits = v.n == 4;
		if (fits)
			c->priority = u32_at(v.p);
		break;
	case STUN_AT_USE_CANDIDATE: c->use_candidate = true; break;
	case STUN_AT_ICE_CONTROLLED:
		fits = v.n == 8;
		c->controlled = true;
		break;
	case STUN_AT_ICE_CONTROLLING:
		fits = v.n == 8;
		c->controlling = true;
		break;
	default: return false;
	}
	*e = fits ? ERR_OK : ERR_MALFORMED;
	return true;
}

/* `before`: where the attribute begins in the message. */
static enum err
take_attribute(
    struct stun_message *m, unsigned type, struct slice v, const char *begin, size_t before)
{
	static const uint8_t zeros[16];
	uint8_t x[16];
	struct addr old;

	memcpy(x, magic, sizeof magic);
	memcpy(x + sizeof magic, m->id, STUN_ID_BYTES);
	switch (type) {
	case STUN_AT_XOR_MAPPED_ADDRESS: return read_address(v, x, &m->mapped);
	case STUN_AT_MAPPED_ADDRESS:
		if (read_address(v, zeros, &old) != ERR_OK)
			return ERR_MALFORMED;
		if (!m->mapped.family)
			m->mapped = old;
		return ERR_OK;
	case STUN_AT_ERROR_CODE:
		if (v.n < 4 || (v.p[2] & 7) < 3 || (v.p[2] & 7) > 6 || (uint8_t)v.p[3] > 99)
			return ERR_MALFORMED;
		m->error = (uint16_t)((v.p[2] & 7) * 100 + (uint8_t)v.p[3]);
		return ERR_OK;
	case STUN_AT_FINGERPRINT:
		if (v.n != 4 || u32_at(v.p) != fingerprint_of(begin, before))
			return ERR_MALFORMED;
		m->has_fingerprint = true;
		return ERR_OK;
	case STUN_AT_USERNAME: /* credentials that we do not ask for and do not check */
	case STUN_AT_MESSAGE_INTEGRITY:
	case STUN_AT_MESSAGE_INTEGRITY_SHA256:
	case STUN_AT_UNKNOWN_ATTRIBUTES:
	case STUN_AT_REALM:
	case STUN_AT_NONCE: return ERR_OK;
	default:
		if (type < STUN_AT_MAY_BE_IGNORED && !m->unknown)
			m->unknown = (uint16_t)type;
		return ERR_OK;
	}
}

/* 14.5: what stands behind the integrity is not protected by it, and ignored. */
static bool
is_protected(const struct stun_check *check, unsigned type)
{
	return !check || !check->integrity_at || type == STUN_AT_FINGERPRINT;
}

static enum err
read_attributes(struct stun_message *m, struct stun_check *check, struct slice all)
{
	struct slice s = slice_from(all, STUN_HEAD_BYTES);

	while (s.n) {
		size_t n, padded, before = all.n - s.n;
		struct slice v;
		unsigned type;
		enum err e = ERR_OK;

		if (s.n < 4 || m->has_fingerprint) /* 14.7: it is the last */
			return ERR_MALFORMED;
		type = u16_at(s.p);
		n = u16_at(s.p + 2);
		padded = (n + 3) & ~(size_t)3;
		if (padded > s.n - 4)
			return ERR_MALFORMED;
		v = slice_make(s.p + 4, n);
		if (is_protected(check, type) &&
		    !(check && take_of_check(check, type, v, before, &e)))
			e = take_attribute(m, type, v, all.p, before);
		if (e != ERR_OK)
			return ERR_MALFORMED;
		s = slice_from(s, 4 + padded);
	}
	return ERR_OK;
}

enum err
stun_read(struct slice bytes, struct stun_message *out, struct stun_check *check)
{
	struct stun_message m = {0};
	enum err e;

	if (bytes.n < STUN_HEAD_BYTES || bytes.p[0] & 0xc0 || bytes.n % 4 ||
	    stun_bytes(bytes.p) != bytes.n)
		return ERR_MALFORMED;
	m.type = (enum stun_type)u16_at(bytes.p);
	if (m.type != STUN_REQUEST && m.type != STUN_INDICATION && m.type != STUN_RESPONSE &&
	    m.type != STUN_ERROR)
		return ERR_UNSUPPORTED;
	memcpy(m.cookie, bytes.p + COOKIE_AT, sizeof m.cookie);
	memcpy(m.id, bytes.p + ID_AT, STUN_ID_BYTES);
	m.is_old = memcmp(m.cookie, magic, sizeof magic) != 0;
	e = read_attributes(&m, check, bytes);
	if (e == ERR_OK)
		*out = m;
	return e;
}

enum err
stun_parse(struct slice bytes, struct stun_message *out)
{
	return stun_read(bytes, out, NULL);
}

/* ---- writing ---- */

void
stun_write_head(struct buf *b, enum stun_type type, const uint8_t cookie[4], const uint8_t *id)
{
	stun_put_u16(b, type);
	stun_put_u16(b, 0); /* the length, known at the end */
	buf_put(b, slice_make(cookie, 4));
	buf_put(b, slice_make(id, STUN_ID_BYTES));
}

static void
write_text(struct buf *b, unsigned type, struct slice text)
{
	stun_put_u16(b, type);
	stun_put_u16(b, (unsigned)text.n);
	buf_put(b, text);
	for (size_t i = text.n; i % 4; i++)
		buf_char(b, 0);
}

static void
write_address(struct buf *b, unsigned type, const struct addr *a, const uint8_t x[16])
{
	size_t n = a->family == 4 ? 4 : 16;

	stun_put_u16(b, type);
	stun_put_u16(b, (unsigned)n + 4);
	buf_char(b, 0);
	buf_char(b, a->family == 4 ? FAMILY_4 : FAMILY_6);
	stun_put_u16(b, a->port ^ (unsigned)(x[0] << 8 | x[1]));
	for (size_t i = 0; i < n; i++)
		buf_char(b, (char)(a->ip[i] ^ x[i]));
}

void
stun_write_mapped(struct buf *b, const struct addr *from, const uint8_t id[STUN_ID_BYTES])
{
	uint8_t x[16];

	memcpy(x, magic, sizeof magic);
	memcpy(x + sizeof magic, id, STUN_ID_BYTES);
	write_address(b, STUN_AT_XOR_MAPPED_ADDRESS, from, x);
}

static void
set_length(struct buf *b, size_t attributes)
{
	if (!buf_ok(b))
		return;
	b->p[2] = (char)(attributes >> 8);
	b->p[3] = (char)attributes;
}

/* The fingerprint counts the length with itself in it (14.7). */
void
stun_finish(struct buf *b, bool fingerprint)
{
	size_t attributes = b->n - STUN_HEAD_BYTES;
	uint32_t crc;

	set_length(b, attributes + (fingerprint ? 8 : 0));
	if (!fingerprint || !buf_ok(b))
		return;
	crc = fingerprint_of(b->p, b->n);
	stun_put_u16(b, STUN_AT_FINGERPRINT);
	stun_put_u16(b, 4);
	stun_put_u16(b, crc >> 16);
	stun_put_u16(b, crc & 0xffff);
}

void
stun_write_request(struct buf *b, const uint8_t id[STUN_ID_BYTES], struct slice software)
{
	stun_write_head(b, STUN_REQUEST, magic, id);
	write_text(b, STUN_AT_SOFTWARE, software);
	stun_finish(b, true);
}

static void
write_unknown(struct buf *b, unsigned attribute)
{
	stun_put_u16(b, STUN_AT_ERROR_CODE);
	stun_put_u16(b, 4 + 17);
	stun_put_u16(b, 0);
	buf_char(b, 4);
	buf_char(b, 20);
	buf_put(b, slice_make("Unknown Attribute\0\0\0", 20));
	stun_put_u16(b, STUN_AT_UNKNOWN_ATTRIBUTES);
	stun_put_u16(b, 2);
	stun_put_u16(b, attribute);
	stun_put_u16(b, 0);
}

void
stun_write_answer(struct buf *b, const struct stun_message *request, const struct addr *from,
    struct slice software)
{
	static const uint8_t zeros[16];

	stun_write_head(
	    b, request->unknown ? STUN_ERROR : STUN_RESPONSE, request->cookie, request->id);
	if (request->unknown)
		write_unknown(b, request->unknown);
	else if (request->is_old) /* RFC 3489 knows no other (RFC 5389, 12.2) */
		write_address(b, STUN_AT_MAPPED_ADDRESS, from, zeros);
	else
		stun_write_mapped(b, from, request->id);
	if (!request->is_old)
		write_text(b, STUN_AT_SOFTWARE, software);
	stun_finish(b, request->has_fingerprint);
}
