/* The entry for calendars that goes with a mail (RFC 5545, RFC 5546). */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "store/conference_int.h"

enum { DAY_S = 86400, LINE_OCTETS = 75, LINE_BYTES = 16 * 1024, DATES_MAX = 50, TIME_BYTES = 32 };

/* 3.1: folded so that no line has more than 75 octets, and no character is cut. */
static void
put_line(struct buf *out, const struct buf *line)
{
	size_t used = 0;

	for (size_t i = 0; i < line->n; i++) {
		bool starts = ((unsigned char)line->p[i] & 0xc0) != 0x80;

		if (used >= LINE_OCTETS - 4 && starts) {
			buf_lit(out, "\n ");
			used = 1;
		}
		buf_char(out, line->p[i]);
		used++;
	}
	buf_char(out, '\n');
}

static void put(struct buf *out, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* Short lines. */
static void
put(struct buf *out, const char *fmt, ...)
{
	char text[512];
	struct buf b;
	va_list args;
	int n;

	va_start(args, fmt);
	n = vsnprintf(text, sizeof text, fmt, args);
	va_end(args);
	buf_init(&b, text, sizeof text);
	b.n = n < 0 ? 0 : (size_t)n < sizeof text ? (size_t)n : sizeof text - 1;
	put_line(out, &b);
}

/* 3.3.11 */
static void
put_text(struct buf *out, const char *name, const char *text)
{
	char bytes[LINE_BYTES];
	struct buf b;

	buf_init(&b, bytes, sizeof bytes);
	buf_cstr(&b, name);
	buf_char(&b, ':');
	for (; *text; text++) {
		if (*text == '\n')
			buf_lit(&b, "\\n");
		else if ((unsigned char)*text >= ' ') {
			if (strchr("\\;,", *text))
				buf_char(&b, '\\');
			buf_char(&b, *text);
		}
	}
	put_line(out, &b);
}

/* Whose name it is; in quotes, which a parameter cannot have within (3.2). */
static void
put_person(struct buf *out, const char *kind, const char *more, const char *name, const char *mail)
{
	char bytes[1024];
	struct buf b;

	buf_init(&b, bytes, sizeof bytes);
	buf_printf(&b, "%s;CN=\"", kind);
	for (; *name; name++)
		if (*name != '"' && (unsigned char)*name >= ' ')
			buf_char(&b, *name);
	buf_printf(&b, "\"%s:mailto:%s", more, mail);
	put_line(out, &b);
}

/* "20261224T090000", local or UTC as the seconds are. */
static const char *
time_text(int64_t seconds, char out[TIME_BYTES])
{
	int64_t year, clock = ((seconds % DAY_S) + DAY_S) % DAY_S;
	unsigned month, day;

	date_of_days((seconds - clock) / DAY_S, &year, &month, &day);
	snprintf(out, TIME_BYTES, "%04d%02u%02uT%02u%02u%02u", (int)year, month, day,
	    (unsigned)(clock / 3600), (unsigned)(clock / 60 % 60), (unsigned)(clock % 60));
	return out;
}

/* ---- time zones ---- */

/* A clock that is changed at an hour of another day has no simple words in a calendar. */
static bool
is_plain(const struct zone_rule *r)
{
	return !r->has_summer || (r->to_summer.at_s >= 0 && r->to_summer.at_s < DAY_S &&
				     r->to_standard.at_s >= 0 && r->to_standard.at_s < DAY_S);
}

static void
offset_text(int32_t seconds, char out[TIME_BYTES])
{
	int32_t all = seconds < 0 ? -seconds : seconds;

	snprintf(out, TIME_BYTES, "%c%02d%02d", seconds < 0 ? '-' : '+', (int)(all / 3600),
	    (int)(all / 60 % 60));
}

static void
put_half(struct buf *out, const char *kind, const char *name, int32_t from_s, int32_t to_s,
    const struct zone_switch *w)
{
	static const char days[][3] = {"SU", "MO", "TU", "WE", "TH", "FR", "SA"};
	char from[TIME_BYTES], to[TIME_BYTES], at[TIME_BYTES];

	offset_text(from_s, from);
	offset_text(to_s, to);
	put(out, "BEGIN:%s", kind);
	put(out, "DTSTART:%s", w ? time_text(zone_switch_local(w, 1970), at) : "19700101T000000");
	if (w)
		put(out, "RRULE:FREQ=YEARLY;BYMONTH=%d;BYDAY=%d%s", w->month,
		    w->week == 5 ? -1 : w->week, days[w->weekday]);
	put(out, "TZOFFSETFROM:%s", from);
	put(out, "TZOFFSETTO:%s", to);
	put(out, "TZNAME:%s", name);
	put(out, "END:%s", kind);
}

static void
put_zone(struct buf *out, const char *name, const struct zone_rule *r)
{
	put(out, "BEGIN:VTIMEZONE");
	put(out, "TZID:%s", name);
	if (r->has_summer) {
		put_half(
		    out, "DAYLIGHT", r->summer_name, r->standard_s, r->summer_s, &r->to_summer);
		put_half(
		    out, "STANDARD", r->standard_name, r->summer_s, r->standard_s, &r->to_standard);
	} else {
		put_half(out, "STANDARD", r->standard_name, r->standard_s, r->standard_s, NULL);
	}
	put(out, "END:VTIMEZONE");
}

/* ---- dates ---- */

/* The last day of a month that is shorter, as base/series.h says. */
static void
put_month_day(struct buf *b, unsigned day)
{
	if (day <= 28)
		return;
	buf_lit(b, ";BYMONTHDAY=28");
	for (unsigned d = 29; d <= day; d++)
		buf_printf(b, ",%u", d);
	buf_lit(b, ";BYSETPOS=-1");
}

static void
put_rule(struct buf *out, const struct series *s)
{
	static const char *const every[] = {
	    [SERIES_DAY] = "DAILY", [SERIES_WEEK] = "WEEKLY", [SERIES_MONTH] = "MONTHLY"};
	char text[256], at[TIME_BYTES];
	int64_t year, local = zone_local(s->zone, s->starts_s);
	unsigned month, day;
	struct buf b;

	date_of_days(local / DAY_S, &year, &month, &day);
	buf_init(&b, text, sizeof text);
	buf_printf(&b, "RRULE:FREQ=%s;INTERVAL=%u", every[s->repeat], s->every);
	if (s->repeat == SERIES_MONTH)
		put_month_day(&b, day);
	if (s->last_day != INT64_MAX)
		buf_printf(&b, ";UNTIL=%sZ",
		    time_text(zone_utc(s->zone, (s->last_day + 1) * DAY_S) - 1, at));
	put_line(out, &b);
}

/* Each by itself where no rule can say it. */
static void
put_dates(struct buf *out, const struct series *s)
{
	char at[TIME_BYTES];
	int64_t date_s;

	for (int64_t n = 1; n < DATES_MAX && series_at(s, n, &date_s); n++)
		put(out, "RDATE:%sZ", time_text(date_s, at));
}

/* All times of an event have one form. */
static void
put_time(struct buf *out, const struct ical *c, const char *name, int64_t at_s, bool in_zone)
{
	char at[TIME_BYTES];

	if (in_zone)
		put(out, "%s;TZID=%s:%s", name, c->zone_name,
		    time_text(zone_local(c->plan->series.zone, at_s), at));
	else
		put(out, "%s:%sZ", name, time_text(at_s, at));
}

static void
put_left_out(struct buf *out, const struct ical *c, bool in_zone)
{
	const struct series *s = &c->plan->series;

	for (size_t i = 0; i < s->changes; i++)
		if (!s->change[i].moved_s)
			put_time(out, c, "EXDATE", s->change[i].original_s, in_zone);
}

static void
put_span(struct buf *out, const struct ical *c, int64_t from_s, bool in_zone)
{
	put_time(out, c, "DTSTART", from_s, in_zone);
	put_time(out, c, "DTEND", from_s + c->plan->series.length_s, in_zone);
}

static void
put_words(struct buf *out, const struct ical *c)
{
	char at[TIME_BYTES];

	put(out, "UID:%s@%s", c->uid, c->domain);
	put(out, "SEQUENCE:%lld", (long long)c->sequence);
	put(out, "DTSTAMP:%sZ", time_text(c->stamp_s, at));
	put_text(out, "SUMMARY", c->summary);
	put_text(out, "DESCRIPTION", c->description);
	put_person(out, "ORGANIZER", "", c->organizer_name, c->organizer);
	put_person(out, "ATTENDEE", ";ROLE=REQ-PARTICIPANT;PARTSTAT=NEEDS-ACTION;RSVP=FALSE",
	    c->attendee_name, c->attendee);
	put(out, "STATUS:%s", strcmp(c->method, "CANCEL") == 0 ? "CANCELLED" : "CONFIRMED");
}

/* A moved date is an event of its own that takes the place of one of the series. */
static void
put_moved(struct buf *out, const struct ical *c, bool in_zone)
{
	const struct series *s = &c->plan->series;

	for (size_t i = 0; i < s->changes; i++) {
		if (!s->change[i].moved_s)
			continue;
		put(out, "BEGIN:VEVENT");
		put_words(out, c);
		put_time(out, c, "RECURRENCE-ID", s->change[i].original_s, in_zone);
		put_span(out, c, s->change[i].moved_s, in_zone);
		put(out, "END:VEVENT");
	}
}

void
ical_write(struct buf *out, const struct ical *c)
{
	const struct series *s = &c->plan->series;
	bool repeats = s->repeat != SERIES_ONCE, in_zone = repeats && is_plain(&s->zone->rule);

	put(out, "BEGIN:VCALENDAR");
	put(out, "VERSION:2.0");
	put(out, "PRODID:-//Strowger//Conferences//EN");
	put(out, "METHOD:%s", c->method);
	if (in_zone)
		put_zone(out, c->zone_name, &s->zone->rule);
	put(out, "BEGIN:VEVENT");
	put_words(out, c);
	put_span(out, c, s->starts_s, in_zone);
	if (in_zone)
		put_rule(out, s);
	else if (repeats)
		put_dates(out, s);
	put_left_out(out, c, in_zone);
	put(out, "END:VEVENT");
	if (strcmp(c->method, "CANCEL") != 0)
		put_moved(out, c, in_zone);
	put(out, "END:VCALENDAR");
}
