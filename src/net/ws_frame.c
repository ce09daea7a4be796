#include "net/ws_frame.h"

#include <stdlib.h>

enum {
	KEEP_BUFFER_BYTES = 4096,
	FIN = 0x80,
	RSV = 0x70,
	MASKED = 0x80,
	LENGTH_16 = 126,
	LENGTH_64 = 127,
	NO_STATUS = 1005,
};

void
ws_reader_init(struct ws_reader *r)
{
	memset(r, 0, sizeof *r);
}

void
ws_reader_fini(struct ws_reader *r)
{
	free(r->buf);
	ws_reader_init(r);
}

bool
ws_is_utf8(struct slice s)
{
	const unsigned char *p = (const unsigned char *)s.p, *end = s.n ? p + s.n : p;

	while (p < end) {
		unsigned lead = *p++, least = 0x80, more = 0;
		uint32_t c;

		if (lead < 0x80)
			continue;
		if (lead >= 0xc2 && lead <= 0xdf) {
			more = 1;
			c = lead & 0x1f;
		} else if (lead >= 0xe0 && lead <= 0xef) {
			more = 2;
			c = lead & 0x0f;
			least = 0x800;
		} else if (lead >= 0xf0 && lead <= 0xf4) {
			more = 3;
			c = lead & 0x07;
			least = 0x10000;
		} else {
			return false;
		}
		if ((size_t)(end - p) < more)
			return false;
		for (; more; more--, p++) {
			if ((*p & 0xc0) != 0x80)
				return false;
			c = c << 6 | (*p & 0x3f);
		}
		if (c < least || c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff))
			return false;
	}
	return true;
}

/* ---- the head of a frame ---- */

static size_t
head_bytes(const struct ws_reader *r)
{
	unsigned length = r->head[1] & 0x7f;

	if (r->head_n < 2)
		return 2;
	return 2u + (length == LENGTH_16 ? 2 : length == LENGTH_64 ? 8 : 0) + sizeof r->mask;
}

static uint64_t
payload_bytes(const struct ws_reader *r)
{
	unsigned length = r->head[1] & 0x7f;
	size_t bytes = length == LENGTH_16 ? 2 : length == LENGTH_64 ? 8 : 0;
	uint64_t n = 0;

	if (bytes == 0)
		return length;
	for (size_t i = 0; i < bytes; i++)
		n = n << 8 | r->head[2 + i];
	return n;
}

/* 5.2: the shortest form, and never the top bit of 64. */
static bool
length_is_minimal(const struct ws_reader *r, uint64_t n)
{
	switch (r->head[1] & 0x7f) {
	case LENGTH_16: return n >= LENGTH_16;
	case LENGTH_64: return n > UINT16_MAX && n <= INT64_MAX;
	default: return true;
	}
}

static bool
is_control(unsigned opcode)
{
	return opcode >= WS_CLOSE;
}

/* What the first two bytes tell (5.2, 5.4, 5.5). */
static bool
head_is_legal(const struct ws_reader *r)
{
	unsigned opcode = r->head[0] & 0x0f;
	bool fin = r->head[0] & FIN;

	if (r->head[0] & RSV || !(r->head[1] & MASKED))
		return false;
	switch (opcode) {
	case WS_CONTINUATION: return r->message != 0;
	case WS_TEXT:
	case WS_BINARY: return r->message == 0;
	case WS_CLOSE:
	case WS_PING:
	case WS_PONG: return fin && (r->head[1] & 0x7f) <= WS_CONTROL_MAX_BYTES;
	default: return false;
	}
}

static enum err
begin_frame(struct ws_reader *r)
{
	uint64_t n = payload_bytes(r);

	if (!length_is_minimal(r, n))
		return ERR_MALFORMED;
	r->opcode = r->head[0] & 0x0f;
	r->fin = r->head[0] & FIN;
	memcpy(r->mask, r->head + r->head_n - sizeof r->mask, sizeof r->mask);
	r->head_n = 0;
	r->left = n;
	r->done = 0;
	r->in_payload = true;
	if (is_control(r->opcode)) {
		r->control_n = 0;
		return ERR_OK;
	}
	if (n > WS_MESSAGE_MAX_BYTES - r->n)
		return ERR_TOO_BIG;
	if (r->opcode != WS_CONTINUATION)
		r->message = r->opcode;
	return ERR_OK;
}

static enum err
read_head(struct ws_reader *r, struct slice *in)
{
	while (r->head_n < head_bytes(r)) {
		if (in->n == 0)
			return ERR_INCOMPLETE;
		r->head[r->head_n++] = (uint8_t)*in->p;
		*in = slice_from(*in, 1);
		if (r->head_n == 2 && !head_is_legal(r))
			return ERR_MALFORMED;
	}
	return begin_frame(r);
}

/* ---- payload ---- */

static enum err
make_room(struct ws_reader *r, size_t n)
{
	size_t cap = r->cap ? r->cap : 1024;
	char *grown;

	if (r->n + n <= r->cap)
		return ERR_OK;
	while (cap < r->n + n)
		cap *= 2;
	grown = realloc(r->buf, cap);
	if (!grown)
		return ERR_NOMEM;
	r->buf = grown;
	r->cap = cap;
	return ERR_OK;
}

static void
unmask(struct ws_reader *r, char *to, struct slice s)
{
	for (size_t i = 0; i < s.n; i++)
		to[i] = (char)(s.p[i] ^ r->mask[(r->done + i) & 3]);
	r->done += s.n;
	r->left -= s.n;
}

static enum err
read_payload(struct ws_reader *r, struct slice *in)
{
	size_t n = in->n < r->left ? in->n : (size_t)r->left;
	enum err e;

	if (is_control(r->opcode)) {
		unmask(r, r->control + r->control_n, slice_make(in->p, n));
		r->control_n += (uint8_t)n;
	} else {
		e = make_room(r, n);
		if (e != ERR_OK)
			return e;
		if (n)
			unmask(r, r->buf + r->n, slice_make(in->p, n));
		r->n += n;
	}
	*in = slice_from(*in, n);
	if (r->left)
		return ERR_INCOMPLETE;
	r->in_payload = false;
	return ERR_OK;
}

/* 5.5.1: a close frame is empty or has a status code that may stand there, and UTF-8. */
static bool
close_is_legal(struct slice payload)
{
	uint16_t status = ws_close_status(payload);

	if (payload.n == 0)
		return true;
	if (payload.n == 1 || !ws_is_utf8(slice_from(payload, 2)))
		return false;
	return (status >= 1000 && status <= 1014 && status != 1004 && status != NO_STATUS &&
		   status != 1006) ||
	       (status >= 3000 && status <= 4999);
}

static void
forget_message(struct ws_reader *r)
{
	r->given = false;
	r->n = 0;
	if (r->cap > KEEP_BUFFER_BYTES) {
		free(r->buf);
		r->buf = NULL;
		r->cap = 0;
	}
}

static enum err
finish_frame(struct ws_reader *r, struct ws_event *ev)
{
	if (is_control(r->opcode)) {
		struct slice payload = slice_make(r->control, r->control_n);

		if (r->opcode == WS_CLOSE && !close_is_legal(payload))
			return ERR_MALFORMED;
		*ev = (struct ws_event){(enum ws_opcode)r->opcode, payload};
		return ERR_OK;
	}
	if (!r->fin)
		return ERR_INCOMPLETE;
	*ev = (struct ws_event){(enum ws_opcode)r->message, slice_make(r->buf, r->n)};
	if (r->message == WS_TEXT && !ws_is_utf8(ev->payload))
		return ERR_INVALID;
	r->message = 0;
	r->given = true;
	return ERR_OK;
}

enum err
ws_read(struct ws_reader *r, struct slice *in, struct ws_event *ev)
{
	enum err e;

	if (r->given)
		forget_message(r);
	for (;;) {
		if (!r->in_payload) {
			e = read_head(r, in);
			if (e != ERR_OK)
				return e;
		}
		e = read_payload(r, in);
		if (e != ERR_OK)
			return e;
		e = finish_frame(r, ev);
		if (e != ERR_INCOMPLETE)
			return e;
	}
}

enum ws_status
ws_status_of(enum err e)
{
	switch (e) {
	case ERR_INVALID: return WS_BAD_DATA;
	case ERR_TOO_BIG:
	case ERR_NOMEM: return WS_TOO_BIG;
	default: return WS_PROTOCOL_ERROR;
	}
}

uint16_t
ws_close_status(struct slice payload)
{
	const uint8_t *p = (const uint8_t *)payload.p;

	return payload.n < 2 ? NO_STATUS : (uint16_t)(p[0] << 8 | p[1]);
}

void
ws_write_head(struct buf *b, enum ws_opcode opcode, size_t n)
{
	buf_char(b, (char)(FIN | opcode));
	if (n < LENGTH_16) {
		buf_char(b, (char)n);
		return;
	}
	if (n <= UINT16_MAX) {
		buf_char(b, LENGTH_16);
		buf_char(b, (char)(n >> 8));
		buf_char(b, (char)n);
		return;
	}
	buf_char(b, LENGTH_64);
	for (int shift = 56; shift >= 0; shift -= 8)
		buf_char(b, (char)((uint64_t)n >> shift));
}
