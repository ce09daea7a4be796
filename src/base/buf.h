/*
 * Bounded writer: appends into memory of the caller, remembers overflow instead
 * of growing. Write everything, then ask buf_ok() once.
 */
#ifndef BASE_BUF_H
#define BASE_BUF_H

#include <stdarg.h>

#include "base/slice.h"

struct buf {
	char *p;
	size_t n, cap;
	bool overflow;
};

static inline void
buf_init(struct buf *b, void *mem, size_t cap)
{
	*b = (struct buf){.p = mem, .cap = cap};
}

static inline bool
buf_ok(const struct buf *b)
{
	return !b->overflow;
}

/** What was written; valid as long as the memory. */
static inline struct slice
buf_slice(const struct buf *b)
{
	return (struct slice){b->p, b->n};
}

static inline void
buf_put(struct buf *b, struct slice s)
{
	if (b->cap - b->n < s.n) {
		b->overflow = true;
		return;
	}
	if (s.n)
		memcpy(b->p + b->n, s.p, s.n);
	b->n += s.n;
}

#define buf_lit(b, lit) buf_put((b), SLICE(lit))

static inline void
buf_char(struct buf *b, char c)
{
	buf_put(b, (struct slice){&c, 1});
}

void buf_cstr(struct buf *b, const char *s);
void buf_u64(struct buf *b, uint64_t v);
/** Lower-case hex of n bytes. */
void buf_hex(struct buf *b, const void *bytes, size_t n);
void buf_printf(struct buf *b, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

#endif
