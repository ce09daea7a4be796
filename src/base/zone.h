/*
 * Time zones by name, from the system's files (RFC 8536, TZif version 2 and later): what the clock
 * on the wall shows at an instant, and which instant a time on the wall is.
 *
 * Instants and local times are seconds since 1970 ("local": as if the wall were UTC). A time that
 * the wall never shows, because the clock is put forward, is read with the offset before the jump:
 * 2:30 becomes 3:30. Of a time that it shows twice the first counts. So it is in RFC 5545 (3.3.5).
 *
 * zone_parse is pure; a zone is constant afterwards, any thread. ERR_MALFORMED: not such a file.
 */
#ifndef BASE_ZONE_H
#define BASE_ZONE_H

#include "base/slice.h"

enum { ZONE_TRANSITIONS_MAX = 2000, ZONE_NAME_BYTES = 8, ZONE_FILE_BYTES_MAX = 64 * 1024 };

/* The weekday-th (0 = Sunday) of a month, at a time on the wall: of a rule for every year. */
struct zone_switch {
	uint8_t month, week, weekday; /* week 5 = the last one */
	int32_t at_s;		      /* since midnight; may be negative, or more than a day */
};

/* What holds after the last transition of the file. */
struct zone_rule {
	int32_t standard_s, summer_s; /* east of UTC */
	char standard_name[ZONE_NAME_BYTES], summer_name[ZONE_NAME_BYTES];
	bool has_summer;
	struct zone_switch to_summer, to_standard;
};

struct zone {
	uint32_t count;
	int64_t at_s[ZONE_TRANSITIONS_MAX];
	int32_t offset_s[ZONE_TRANSITIONS_MAX]; /* from there on */
	int32_t first_offset_s;			/* before all */
	struct zone_rule rule;
};

ERR_MUST_CHECK enum err zone_parse(struct slice file, struct zone *out);
/** Europe/Berlin, Etc/GMT+1: nothing that leads out of the folder of zones. */
bool zone_name_ok(struct slice name);
/** Seconds east of UTC. */
int32_t zone_offset(const struct zone *z, int64_t utc_s);
int64_t zone_local(const struct zone *z, int64_t utc_s);
int64_t zone_utc(const struct zone *z, int64_t local_s);

/* A day of the Gregorian calendar as days since 1970, and back. month and day from 1. */
int64_t days_of_date(int64_t year, unsigned month, unsigned day);
void date_of_days(int64_t days, int64_t *year, unsigned *month, unsigned *day);
unsigned month_days(int64_t year, unsigned month);

#endif
