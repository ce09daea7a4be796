/*
 * Public holidays of countries and states that never change their law by themselves: computed,
 * for any year of the Gregorian calendar. What holds in parts of a state only is not among them.
 * Pure functions, any thread.
 */
#ifndef DIRECTORY_HOLIDAYS_H
#define DIRECTORY_HOLIDAYS_H

#include "base/slice.h"

/* A day as its calendar has it. */
struct day {
	uint16_t year;
	uint8_t month, day; /* from 1 */
};

/** region: one of MODEL_HOLIDAY_REGIONS; "de": what all of Germany has. */
bool holiday_is_public(struct slice region, struct day d);
/** Which one: "easter_monday"; for people, in their language. NULL: none. */
const char *holiday_code(struct slice region, struct day d);
/** Of a day whose month is from 1 to 12. */
unsigned days_of_month(struct day d);
/** 0 = Monday. */
unsigned day_of_week(struct day d);
/** "2026-12-24". False: no such text. */
bool day_parse(struct slice text, struct day *out);

#endif
