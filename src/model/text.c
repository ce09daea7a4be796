/* Texts: UTF-8, character sets, choices, times. */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "model/entities_int.h"

bool
utf8_next(struct slice *s, uint32_t *c)
{
	static const uint32_t least[] = {0, 0x80, 0x800, 0x10000};
	const unsigned char *p = (const unsigned char *)s->p;
	size_t more;
	uint32_t v;

	if (s->n == 0)
		return false;
	if (p[0] < 0x80) {
		more = 0;
		v = p[0];
	} else if (p[0] >= 0xc2 && p[0] < 0xe0) {
		more = 1;
		v = p[0] & 0x1f;
	} else if (p[0] >= 0xe0 && p[0] < 0xf0) {
		more = 2;
		v = p[0] & 0x0f;
	} else if (p[0] >= 0xf0 && p[0] < 0xf5) {
		more = 3;
		v = p[0] & 0x07;
	} else {
		return false;
	}
	if (s->n <= more)
		return false;
	for (size_t i = 1; i <= more; i++) {
		if ((p[i] & 0xc0) != 0x80)
			return false;
		v = v << 6 | (p[i] & 0x3f);
	}
	if (v < least[more] || v > 0x10ffff || (v >= 0xd800 && v < 0xe000))
		return false;
	*s = slice_from(*s, more + 1);
	*c = v;
	return true;
}

int64_t
model_utf8_count(struct slice s)
{
	int64_t n = 0;
	uint32_t c;

	while (utf8_next(&s, &c))
		n++;
	return s.n ? -1 : n;
}

/* set: characters and ranges a-b; a '-' at the end stands for itself. */
static bool
in_set(uint32_t c, const char *set)
{
	struct slice s = slice_cstr(set);
	uint32_t from, to;

	while (utf8_next(&s, &from)) {
		to = from;
		if (s.n > 1 && s.p[0] == '-') {
			s = slice_from(s, 1);
			if (!utf8_next(&s, &to))
				return false;
		}
		if (c >= from && c <= to)
			return true;
	}
	return false;
}

bool
model_chars_ok(struct slice s, const char *set)
{
	uint32_t c;

	while (utf8_next(&s, &c))
		if (!in_set(c, set))
			return false;
	return s.n == 0;
}

json_t *
text_json(const char *p, size_t n)
{
	size_t len = strnlen(p, n);
	json_t *j = json_stringn(p, len);
	struct slice rest = slice_make(p, len);
	char *copy;
	uint32_t c;

	if (j)
		return j;
	copy = malloc(len + 1);
	if (!copy)
		return NULL;
	memcpy(copy, p, len);
	while (rest.n) {
		if (utf8_next(&rest, &c))
			continue;
		copy[rest.p - p] = '?';
		rest = slice_from(rest, 1);
	}
	j = json_stringn(copy, len);
	free(copy);
	return j;
}

struct slice
choice_at(const char *choices, size_t i)
{
	struct slice all = slice_cstr(choices);
	struct slice one = slice_take_until(&all, '|');

	while (i-- > 0)
		one = slice_take_until(&all, '|');
	return one;
}

int
choice_find(const char *choices, struct slice s)
{
	struct slice one;

	for (int i = 0; (one = choice_at(choices, (size_t)i)).n; i++)
		if (slice_eq(one, s))
			return i;
	return -1;
}

const char *
model_time_write(int64_t ms, char out[MODEL_TIME_TEXT])
{
	time_t s = (time_t)(ms / 1000);
	int part = (int)(ms % 1000);
	struct tm tm;

	if (part < 0) {
		part += 1000;
		s--;
	}
	if (!gmtime_r(&s, &tm) || tm.tm_year > 8099 || tm.tm_year < -1900)
		memset(&tm, 0, sizeof tm);
	snprintf(out, MODEL_TIME_TEXT, "%04d-%02d-%02dT%02d:%02d:%02d.%03dZ",
	    (tm.tm_year + 1900) % 10000, (tm.tm_mon + 1) % 100, tm.tm_mday % 100, tm.tm_hour % 100,
	    tm.tm_min % 100, tm.tm_sec % 100, part % 1000);
	return out;
}

static bool
take_number(struct slice *s, size_t digits, int *out)
{
	uint32_t v;

	if (s->n < digits || slice_to_u32(slice_make(s->p, digits), 9999, &v) != ERR_OK)
		return false;
	*s = slice_from(*s, digits);
	*out = (int)v;
	return true;
}

enum err
model_time_parse(struct slice s, int64_t *ms)
{
	struct tm tm = {0};
	int year, month, part = 0;
	time_t t;

	if (!take_number(&s, 4, &year) || !slice_take_char(&s, '-') ||
	    !take_number(&s, 2, &month) || !slice_take_char(&s, '-') ||
	    !take_number(&s, 2, &tm.tm_mday) || !slice_take_char(&s, 'T') ||
	    !take_number(&s, 2, &tm.tm_hour) || !slice_take_char(&s, ':') ||
	    !take_number(&s, 2, &tm.tm_min) || !slice_take_char(&s, ':') ||
	    !take_number(&s, 2, &tm.tm_sec))
		return ERR_MALFORMED;
	if (slice_take_char(&s, '.') && !take_number(&s, 3, &part))
		return ERR_MALFORMED;
	if (!slice_take_char(&s, 'Z') || s.n || month < 1 || month > 12 || tm.tm_mday < 1 ||
	    tm.tm_mday > 31 || tm.tm_hour > 23 || tm.tm_min > 59 || tm.tm_sec > 60 || year < 1970)
		return ERR_MALFORMED;
	tm.tm_year = year - 1900;
	tm.tm_mon = month - 1;
	t = timegm(&tm);
	*ms = (int64_t)t * 1000 + part;
	return ERR_OK;
}
