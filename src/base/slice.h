/*
 * Slices: pointer and length, a borrowed view of bytes somebody else owns.
 * Not NUL-terminated. Everything off the wire is handled as slices; the
 * take_* cursor functions eat from the front of the slice they are given.
 */
#ifndef BASE_SLICE_H
#define BASE_SLICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/err.h"

struct slice {
	const char *p;
	size_t n;
};

/** A slice of a string literal. */
#define SLICE(lit) ((struct slice){("" lit), sizeof(lit) - 1})
/** printf("%.*s", SLICE_FMT(s)) */
#define SLICE_FMT(s) (int)(s).n, (s).p

static inline struct slice
slice_make(const void *p, size_t n)
{
	return (struct slice){p, n};
}

/** NULL gives the empty slice. */
static inline struct slice
slice_cstr(const char *s)
{
	return (struct slice){s, s ? strlen(s) : 0};
}

static inline bool
slice_eq(struct slice a, struct slice b)
{
	return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

/** The bytes from a's start + off to its end; off beyond the end gives empty. */
static inline struct slice
slice_from(struct slice s, size_t off)
{
	return off >= s.n ? (struct slice){s.p ? s.p + s.n : NULL, 0}
			  : (struct slice){s.p + off, s.n - off};
}

/** ASCII case-insensitive equality. */
bool slice_eq_nocase(struct slice a, struct slice b);
bool slice_starts(struct slice s, struct slice prefix);
bool slice_starts_nocase(struct slice s, struct slice prefix);
/** Offset of the first c, or s.n when absent. */
size_t slice_find(struct slice s, char c);
/** Without blanks and tabs (and CR, LF) at both ends. */
struct slice slice_trim(struct slice s);
/** < 0, 0, > 0 like memcmp, shorter first. */
int slice_cmp(struct slice a, struct slice b);
/** True if s is not empty and holds only 0-9. */
bool slice_is_digits(struct slice s);

/** Eats and returns what stands before the first c; the c is eaten too.
 *  Without c: eats and returns everything. */
struct slice slice_take_until(struct slice *s, char c);
/** Eats leading blanks, tabs, CR and LF. */
void slice_skip_space(struct slice *s);
/** Eats c if s begins with it. */
bool slice_take_char(struct slice *s, char c);

/** The whole slice as a decimal number. ERR_MALFORMED: empty or not all digits;
 *  ERR_TOO_BIG: larger than max. */
ERR_MUST_CHECK enum err slice_to_u64(struct slice s, uint64_t max, uint64_t *out);
ERR_MUST_CHECK enum err slice_to_u32(struct slice s, uint32_t max, uint32_t *out);

/** Copies into dst with a final NUL. ERR_TOO_BIG (dst untouched) when n >= cap. */
ERR_MUST_CHECK enum err slice_copy_cstr(struct slice s, char *dst, size_t cap);
/** The same for display text: cut at cap - 1 bytes, never inside a UTF-8 character. */
void slice_clip_cstr(struct slice s, char *dst, size_t cap);

#endif
