#include "base/series.h"

enum { DAY_S = 86400 };

/* Down, also below zero. */
static int64_t
day_of(int64_t local_s)
{
	return (local_s >= 0 ? local_s : local_s - (DAY_S - 1)) / DAY_S;
}

static int64_t
day_in_months(int64_t first, int64_t months)
{
	int64_t year;
	unsigned month, day, longest;

	date_of_days(first, &year, &month, &day);
	months += month - 1;
	year += months / 12;
	month = (unsigned)(months % 12) + 1;
	longest = month_days(year, month);
	return days_of_date(year, month, day < longest ? day : longest);
}

bool
series_at(const struct series *s, int64_t n, int64_t *at_s)
{
	int64_t first = zone_local(s->zone, s->starts_s), day = day_of(first);
	int64_t clock = first - day * DAY_S;

	if (n == 0) { /* of two hours of one name the one that was meant */
		*at_s = s->starts_s;
		return true;
	}
	switch (s->repeat) {
	case SERIES_ONCE: return false;
	case SERIES_DAY: day += n * s->every; break;
	case SERIES_WEEK: day += 7 * n * s->every; break;
	case SERIES_MONTH: day = day_in_months(day, n * s->every); break;
	}
	if (day > s->last_day)
		return false;
	*at_s = zone_utc(s->zone, day * DAY_S + clock);
	return true;
}

/* One whose date is surely not after it, and not far before. */
static int64_t
guess(const struct series *s, int64_t at_s)
{
	static const int64_t longest_days[] = {
	    [SERIES_DAY] = 1, [SERIES_WEEK] = 7, [SERIES_MONTH] = 31};
	int64_t n;

	if (s->repeat == SERIES_ONCE || at_s <= s->starts_s)
		return 0;
	n = (at_s - s->starts_s) / (longest_days[s->repeat] * s->every * DAY_S) - 2;
	return n > 0 ? n : 0;
}

static const struct series_change *
change_of(const struct series *s, int64_t original_s)
{
	for (size_t i = 0; i < s->changes; i++)
		if (s->change[i].original_s == original_s)
			return &s->change[i];
	return NULL;
}

bool
series_next(const struct series *s, int64_t after_s, struct series_date *out)
{
	bool found = false;
	int64_t at_s;

	for (int64_t n = guess(s, after_s - s->length_s); series_at(s, n, &at_s); n++)
		if (at_s + s->length_s > after_s && !change_of(s, at_s)) {
			*out = (struct series_date){at_s, at_s};
			found = true;
			break;
		}
	for (size_t i = 0; i < s->changes; i++) {
		const struct series_change *c = &s->change[i];

		if (!c->moved_s || c->moved_s + s->length_s <= after_s ||
		    (found && c->moved_s >= out->from_s) || !series_has(s, c->original_s))
			continue;
		*out = (struct series_date){c->moved_s, c->original_s};
		found = true;
	}
	return found;
}

bool
series_has(const struct series *s, int64_t at_s)
{
	int64_t date_s;

	for (int64_t n = guess(s, at_s); series_at(s, n, &date_s) && date_s <= at_s; n++)
		if (date_s == at_s)
			return true;
	return false;
}
