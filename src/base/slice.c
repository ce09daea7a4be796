#include "base/slice.h"

static inline unsigned char
lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (unsigned char)(c | 0x20) : (unsigned char)c;
}

static inline bool
is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

bool
slice_eq_nocase(struct slice a, struct slice b)
{
	return a.n == b.n && slice_starts_nocase(a, b);
}

bool
slice_starts(struct slice s, struct slice prefix)
{
	return s.n >= prefix.n && (prefix.n == 0 || memcmp(s.p, prefix.p, prefix.n) == 0);
}

bool
slice_starts_nocase(struct slice s, struct slice prefix)
{
	if (s.n < prefix.n)
		return false;
	for (size_t i = 0; i < prefix.n; i++)
		if (lower(s.p[i]) != lower(prefix.p[i]))
			return false;
	return true;
}

size_t
slice_find(struct slice s, char c)
{
	const char *hit = s.n ? memchr(s.p, c, s.n) : NULL;

	return hit ? (size_t)(hit - s.p) : s.n;
}

struct slice
slice_trim(struct slice s)
{
	while (s.n && is_space(s.p[0]))
		s.p++, s.n--;
	while (s.n && is_space(s.p[s.n - 1]))
		s.n--;
	return s;
}

int
slice_cmp(struct slice a, struct slice b)
{
	size_t n = a.n < b.n ? a.n : b.n;
	int c = n ? memcmp(a.p, b.p, n) : 0;

	return c ? c : (a.n > b.n) - (a.n < b.n);
}

bool
slice_is_digits(struct slice s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] < '0' || s.p[i] > '9')
			return false;
	return s.n > 0;
}

struct slice
slice_take_until(struct slice *s, char c)
{
	size_t at = slice_find(*s, c);
	struct slice head = {s->p, at};

	*s = slice_from(*s, at < s->n ? at + 1 : at);
	return head;
}

void
slice_skip_space(struct slice *s)
{
	while (s->n && is_space(s->p[0]))
		s->p++, s->n--;
}

bool
slice_take_char(struct slice *s, char c)
{
	if (s->n == 0 || s->p[0] != c)
		return false;
	s->p++, s->n--;
	return true;
}

enum err
slice_to_u64(struct slice s, uint64_t max, uint64_t *out)
{
	uint64_t v = 0;

	if (!slice_is_digits(s))
		return ERR_MALFORMED;
	for (size_t i = 0; i < s.n; i++) {
		uint64_t digit = (uint64_t)(s.p[i] - '0');

		if (v > (max - digit) / 10 || digit > max)
			return ERR_TOO_BIG;
		v = v * 10 + digit;
	}
	*out = v;
	return ERR_OK;
}

enum err
slice_to_u32(struct slice s, uint32_t max, uint32_t *out)
{
	uint64_t v;
	enum err e = slice_to_u64(s, max, &v);

	if (e == ERR_OK)
		*out = (uint32_t)v;
	return e;
}

enum err
slice_copy_cstr(struct slice s, char *dst, size_t cap)
{
	if (s.n >= cap)
		return ERR_TOO_BIG;
	if (s.n)
		memcpy(dst, s.p, s.n);
	dst[s.n] = '\0';
	return ERR_OK;
}

void
slice_clip_cstr(struct slice s, char *dst, size_t cap)
{
	size_t n = s.n;

	if (cap == 0)
		return;
	if (n >= cap) {
		n = cap - 1;
		while (n && ((unsigned char)s.p[n] & 0xC0) == 0x80)
			n--;
	}
	if (n)
		memcpy(dst, s.p, n);
	dst[n] = '\0';
}
