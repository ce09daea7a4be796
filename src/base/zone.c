#include "base/zone.h"

#include <string.h>

enum { HOUR_S = 3600, DAY_S = 86400, HEAD_BYTES = 44, TYPES_MAX = 256, RULE_AT_S = 2 * HOUR_S };

/* ---- the calendar ---- */

/* Years begin in March, so that the day that is not always there is the last. */
int64_t
days_of_date(int64_t year, unsigned month, unsigned day)
{
	int64_t y = month <= 2 ? year - 1 : year;
	int64_t era = (y >= 0 ? y : y - 399) / 400;
	int64_t of_era = y - era * 400;
	int64_t of_year = (153 * (int64_t)(month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;

	return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

void
date_of_days(int64_t days, int64_t *year, unsigned *month, unsigned *day)
{
	int64_t z = days + 719468, era = (z >= 0 ? z : z - 146096) / 146097;
	int64_t of_era = z - era * 146097;
	int64_t y = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
	int64_t of_year = of_era - (365 * y + y / 4 - y / 100), m = (5 * of_year + 2) / 153;

	*day = (unsigned)(of_year - (153 * m + 2) / 5 + 1);
	*month = (unsigned)(m < 10 ? m + 3 : m - 9);
	*year = y + era * 400 + (*month <= 2);
}

unsigned
month_days(int64_t year, unsigned month)
{
	return (unsigned)((month == 12 ? days_of_date(year + 1, 1, 1)
				       : days_of_date(year, month + 1, 1)) -
			  days_of_date(year, month, 1));
}

/* ---- the rule at the end of a file, as TZ has it: CET-1CEST,M3.5.0,M10.5.0/3 ---- */

static bool
take(struct slice *s, char c)
{
	if (!s->n || s->p[0] != c)
		return false;
	*s = slice_from(*s, 1);
	return true;
}

static bool
take_number(struct slice *s, int32_t max, int32_t *out)
{
	size_t digits = 0;

	*out = 0;
	for (; s->n && s->p[0] >= '0' && s->p[0] <= '9' && digits < 4; digits++) {
		*out = 10 * *out + (s->p[0] - '0');
		*s = slice_from(*s, 1);
	}
	return digits && *out <= max;
}

static bool
take_name(struct slice *s, char out[ZONE_NAME_BYTES])
{
	bool quoted = take(s, '<');
	size_t n = 0;

	while (n < s->n &&
	       (quoted ? s->p[n] != '>'
		       : (s->p[n] >= 'A' && s->p[n] <= 'Z') || (s->p[n] >= 'a' && s->p[n] <= 'z')))
		n++;
	slice_clip_cstr(slice_make(s->p, n), out, ZONE_NAME_BYTES);
	*s = slice_from(*s, n);
	return n && (!quoted || take(s, '>'));
}

/* [+-]hh[:mm[:ss]] */
static bool
take_clock(struct slice *s, int32_t *out)
{
	bool minus = take(s, '-');
	int32_t h, m = 0, sec = 0;

	if (!minus)
		take(s, '+');
	if (!take_number(s, 167, &h) || (take(s, ':') && !take_number(s, 59, &m)) ||
	    (take(s, ':') && !take_number(s, 59, &sec)))
		return false;
	*out = (minus ? -1 : 1) * (h * HOUR_S + m * 60 + sec);
	return true;
}

/* ,Mm.w.d[/time]; the other forms of days are in no file of today. */
static bool
take_switch(struct slice *s, struct zone_switch *out)
{
	int32_t month, week, weekday;

	if (!take(s, ',') || !take(s, 'M') || !take_number(s, 12, &month) || !take(s, '.') ||
	    !take_number(s, 5, &week) || !take(s, '.') || !take_number(s, 6, &weekday) ||
	    month < 1 || week < 1)
		return false;
	*out = (struct zone_switch){(uint8_t)month, (uint8_t)week, (uint8_t)weekday, RULE_AT_S};
	return !take(s, '/') || take_clock(s, &out->at_s);
}

static bool
parse_rule(struct slice s, struct zone_rule *r)
{
	*r = (struct zone_rule){0};
	if (!take_name(&s, r->standard_name) || !take_clock(&s, &r->standard_s))
		return false;
	r->standard_s = -r->standard_s; /* TZ counts to the west */
	if (!s.n)
		return true;
	r->has_summer = true;
	r->summer_s = r->standard_s + HOUR_S;
	if (!take_name(&s, r->summer_name))
		return false;
	if (s.n && s.p[0] != ',') {
		if (!take_clock(&s, &r->summer_s))
			return false;
		r->summer_s = -r->summer_s;
	}
	return take_switch(&s, &r->to_summer) && take_switch(&s, &r->to_standard) && !s.n;
}

/* On the wall before the switch, as seconds. */
static int64_t
switch_local(const struct zone_switch *w, int64_t year)
{
	int64_t first = days_of_date(year, w->month, 1);
	unsigned weekday = (unsigned)(((first + 4) % 7 + 7) % 7); /* 1970 began on a Thursday */
	unsigned day = (w->weekday + 7 - weekday) % 7 + 7 * (w->week - 1u);

	while (day >= month_days(year, w->month))
		day -= 7;
	return (first + day) * DAY_S + w->at_s;
}

static int32_t
rule_offset(const struct zone_rule *r, int64_t utc_s)
{
	int64_t year, begins, ends, days = (utc_s + r->standard_s) / DAY_S;
	unsigned month, day;

	if (!r->has_summer)
		return r->standard_s;
	date_of_days(days, &year, &month, &day);
	begins = switch_local(&r->to_summer, year) - r->standard_s;
	ends = switch_local(&r->to_standard, year) - r->summer_s;
	if (begins < ends ? utc_s >= begins && utc_s < ends : utc_s >= begins || utc_s < ends)
		return r->summer_s;
	return r->standard_s;
}

/* ---- the file ---- */

static uint64_t
be(const char *p, size_t n)
{
	uint64_t v = 0;

	for (size_t i = 0; i < n; i++)
		v = v << 8 | (unsigned char)p[i];
	return v;
}

struct counts {
	size_t utc, std, leap, time, type, chars;
};

/* A block's head; *bytes: how long what follows is, with times of so many bytes. */
static bool
read_head(struct slice s, size_t time_bytes, struct counts *c, size_t *bytes)
{
	if (s.n < HEAD_BYTES || memcmp(s.p, "TZif", 4) != 0 || s.p[4] < '2')
		return false;
	*c = (struct counts){be(s.p + 20, 4), be(s.p + 24, 4), be(s.p + 28, 4), be(s.p + 32, 4),
	    be(s.p + 36, 4), be(s.p + 40, 4)};
	if (c->time > ZONE_TRANSITIONS_MAX || !c->type || c->type > TYPES_MAX ||
	    c->utc > TYPES_MAX || c->std > TYPES_MAX || c->leap > 1000 || c->chars > 4096)
		return false;
	*bytes = c->time * (time_bytes + 1) + c->type * 6 + c->chars + c->leap * (time_bytes + 4) +
		 c->std + c->utc;
	return s.n - HEAD_BYTES >= *bytes;
}

static bool
read_transitions(const char *p, const struct counts *c, struct zone *z)
{
	const char *index = p + c->time * 8, *types = index + c->time;

	z->count = (uint32_t)c->time;
	z->first_offset_s = (int32_t)(uint32_t)be(types, 4);
	for (size_t i = 0; i < c->time; i++) {
		size_t type = (unsigned char)index[i];

		if (type >= c->type)
			return false;
		z->at_s[i] = (int64_t)be(p + i * 8, 8);
		z->offset_s[i] = (int32_t)(uint32_t)be(types + type * 6, 4);
		if (i && z->at_s[i] <= z->at_s[i - 1])
			return false;
	}
	return true;
}

enum err
zone_parse(struct slice file, struct zone *out)
{
	struct counts c;
	size_t bytes;

	if (!read_head(file, 4, &c, &bytes)) /* for old readers */
		return ERR_MALFORMED;
	file = slice_from(file, HEAD_BYTES + bytes);
	if (!read_head(file, 8, &c, &bytes) || !read_transitions(file.p + HEAD_BYTES, &c, out))
		return ERR_MALFORMED;
	file = slice_from(file, HEAD_BYTES + bytes);
	if (!take(&file, '\n') || !memchr(file.p, '\n', file.n) ||
	    !parse_rule(slice_take_until(&file, '\n'), &out->rule))
		return ERR_MALFORMED;
	return ERR_OK;
}

bool
zone_name_ok(struct slice name)
{
	char before = '/';

	for (size_t i = 0; i < name.n; i++) {
		char c = name.p[i];
		bool letter = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');

		if (!letter && (before == '/' || !memchr("/_-+0123456789", c, 15)))
			return false;
		before = c;
	}
	return name.n && before != '/';
}

int32_t
zone_offset(const struct zone *z, int64_t utc_s)
{
	uint32_t low = 0, high = z->count;

	while (low < high) { /* the first that is later */
		uint32_t middle = (low + high) / 2;

		if (z->at_s[middle] <= utc_s)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == z->count && (z->count == 0 || z->at_s[z->count - 1] <= utc_s))
		return rule_offset(&z->rule, utc_s);
	return low ? z->offset_s[low - 1] : z->first_offset_s;
}

int64_t
zone_local(const struct zone *z, int64_t utc_s)
{
	return utc_s + zone_offset(z, utc_s);
}

int64_t
zone_utc(const struct zone *z, int64_t local_s)
{
	int32_t before = zone_offset(z, local_s - DAY_S), after = zone_offset(z, local_s + DAY_S);

	if (zone_offset(z, local_s - before) == before)
		return local_s - before;
	return zone_offset(z, local_s - after) == after ? local_s - after : local_s - before;
}
