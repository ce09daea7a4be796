#include "net/framer.h"

#include <stdlib.h>

#include "sip/stun.h"

enum { KEEP_BUFFER_BYTES = 4096, KEEP_ALIVE_BREAKS = 4 };

void
net_framer_init(struct net_framer *f)
{
	*f = (struct net_framer){0};
}

void
net_framer_fini(struct net_framer *f)
{
	free(f->buf);
	net_framer_init(f);
}

static void
restart(struct net_framer *f)
{
	f->n = f->searched = f->whole = f->given = 0;
	if (f->cap > KEEP_BUFFER_BYTES) {
		free(f->buf);
		f->buf = NULL;
		f->cap = 0;
	}
}

/* CR and LF between messages are no part of them; four in a row are a keep-alive. */
static bool
skip_breaks(struct net_framer *f, struct slice *in)
{
	while (in->n && (*in->p == '\r' || *in->p == '\n')) {
		bool in_turn = *in->p == (f->breaks % 2 ? '\n' : '\r');

		*in = slice_from(*in, 1);
		f->breaks = in_turn ? f->breaks + 1 : 0;
		if (f->breaks == KEEP_ALIVE_BREAKS) {
			f->breaks = 0;
			return true;
		}
	}
	if (in->n)
		f->breaks = 0;
	return false;
}

/* Offset behind the empty line, 0 if there is none yet. */
static size_t
headers_end(struct slice s, size_t from)
{
	const char *found = from < s.n ? memmem(s.p + from, s.n - from, "\r\n\r\n", 4) : NULL;

	return found ? (size_t)(found - s.p) + 4 : 0;
}

/* Takes one header line with its continuation lines. */
static struct slice
take_line(struct slice *s)
{
	const char *begin = s->p;
	size_t n = 0;

	do {
		slice_take_until(s, '\n');
		n = (size_t)(s->p - begin);
	} while (s->n && (*s->p == ' ' || *s->p == '\t'));
	return slice_make(begin, n);
}

static enum err
content_length(struct slice headers, size_t *out)
{
	bool found = false;
	uint32_t length = 0;

	take_line(&headers); /* the start line */
	while (headers.n) {
		struct slice value = take_line(&headers);
		struct slice name = slice_trim(slice_take_until(&value, ':'));
		uint32_t n;
		enum err e;

		if (!slice_eq_nocase(name, SLICE("Content-Length")) &&
		    !slice_eq_nocase(name, SLICE("l")))
			continue;
		e = slice_to_u32(slice_trim(value), NET_MESSAGE_MAX_BYTES, &n);
		if (e != ERR_OK)
			return e;
		if (found && n != length)
			return ERR_MALFORMED;
		found = true;
		length = n;
	}
	*out = length;
	return ERR_OK;
}

/* No SIP begins with a byte below 2: it is a Binding request or its answer (RFC 8489, 5). */
static bool
may_be_stun(struct slice s)
{
	return s.n && (unsigned char)s.p[0] < 2;
}

static enum err
measure_stun(struct slice s, size_t *whole)
{
	*whole = 0;
	if (s.n < STUN_HEAD_BYTES)
		return ERR_OK;
	if (!stun_is(s))
		return ERR_MALFORMED;
	*whole = stun_bytes(s.p);
	return *whole > STUN_MESSAGE_MAX_BYTES ? ERR_TOO_BIG : ERR_OK;
}

/* How long the message at the front of s is; whole 0: empty line not there yet. */
static enum err
measure(struct slice s, size_t from, size_t *whole)
{
	size_t headers, body;
	enum err e;

	if (may_be_stun(s))
		return measure_stun(s, whole);
	headers = headers_end(s, from);
	if (headers ? headers > NET_HEADERS_MAX_BYTES : s.n >= NET_HEADERS_MAX_BYTES)
		return ERR_TOO_BIG;
	*whole = 0;
	if (!headers)
		return ERR_OK;
	e = content_length(slice_make(s.p, headers), &body);
	if (e != ERR_OK)
		return e;
	if (headers + body > NET_MESSAGE_MAX_BYTES)
		return ERR_TOO_BIG;
	*whole = headers + body;
	return ERR_OK;
}

static enum err
keep(struct net_framer *f, struct slice *in, size_t n)
{
	if (f->n + n > f->cap) {
		size_t cap = f->cap ? f->cap : 1024;
		char *grown;

		while (cap < f->n + n)
			cap *= 2;
		grown = realloc(f->buf, cap);
		if (!grown)
			return ERR_NOMEM;
		f->buf = grown;
		f->cap = cap;
	}
	memcpy(f->buf + f->n, in->p, n);
	f->n += n;
	*in = slice_from(*in, n);
	return ERR_OK;
}

/* The first part lies in the buffer: add to it, but nothing behind the message. */
static enum err
go_on(struct net_framer *f, struct slice *in, struct slice *message)
{
	enum err e;

	while (f->whole == 0 || f->n < f->whole) {
		/* In bites while the end is not known; what belongs to the next message
		 * goes back to `in`. */
		size_t bite = f->whole ? f->whole - f->n : NET_HEADERS_MAX_BYTES;

		if (in->n == 0)
			return ERR_INCOMPLETE;
		if (bite > in->n)
			bite = in->n;
		e = keep(f, in, bite);
		if (e == ERR_OK && f->whole == 0)
			e = measure(slice_make(f->buf, f->n), f->searched, &f->whole);
		if (e != ERR_OK)
			return e;
		f->searched = f->n > 3 ? f->n - 3 : 0;
		if (f->whole && f->n > f->whole) {
			size_t too_many = f->n - f->whole;

			*in = slice_make(in->p - too_many, in->n + too_many);
			f->n = f->whole;
		}
	}
	*message = slice_make(f->buf, f->whole);
	f->given = f->whole;
	return ERR_OK;
}

enum err
net_framer_next(struct net_framer *f, struct slice *in, struct slice *message)
{
	size_t whole;
	enum err e;

	if (f->given)
		restart(f);
	if (f->n)
		return go_on(f, in, message);
	if (skip_breaks(f, in)) {
		*message = slice_make(NULL, 0);
		return ERR_OK;
	}
	if (in->n == 0)
		return ERR_INCOMPLETE;
	e = measure(*in, 0, &whole);
	if (e != ERR_OK)
		return e;
	if (whole && whole <= in->n) {
		*message = slice_make(in->p, whole);
		*in = slice_from(*in, whole);
		return ERR_OK;
	}
	e = keep(f, in, in->n);
	if (e != ERR_OK)
		return e;
	f->whole = whole;
	f->searched = f->n > 3 ? f->n - 3 : 0;
	return ERR_INCOMPLETE;
}
