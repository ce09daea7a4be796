#include "base/buf.h"

#include <stdio.h>

void
buf_cstr(struct buf *b, const char *s)
{
	buf_put(b, slice_cstr(s));
}

void
buf_u64(struct buf *b, uint64_t v)
{
	char digits[20];
	size_t at = sizeof digits;

	do
		digits[--at] = (char)('0' + v % 10);
	while (v /= 10);
	buf_put(b, slice_make(digits + at, sizeof digits - at));
}

void
buf_hex(struct buf *b, const void *bytes, size_t n)
{
	static const char hex[] = "0123456789abcdef";
	const unsigned char *p = bytes;

	for (size_t i = 0; i < n; i++) {
		buf_char(b, hex[p[i] >> 4]);
		buf_char(b, hex[p[i] & 15]);
	}
}

void
buf_printf(struct buf *b, const char *fmt, ...)
{
	size_t room = b->cap - b->n;
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(room ? b->p + b->n : NULL, room, fmt, ap);
	va_end(ap);
	if (n < 0 || (size_t)n >= room)
		b->overflow = true; /* vsnprintf needs one byte for its NUL */
	else
		b->n += (size_t)n;
}
