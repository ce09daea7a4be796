/*
 * What is said with prompts one after the other: numbers, digits, days, times. Each language has
 * its own way to put them together: "twenty" "one", "einundzwanzig".
 *
 * All write at most max prompts to out, and return how many: what does not fit is left out. Pure:
 * any thread.
 */
#ifndef MODEL_SAY_H
#define MODEL_SAY_H

#include "model/prompts.h"

enum {
	SAY_NUMBER_MAX = 999, /* larger ones are said digit by digit */
	SAY_PARTS_MAX = 16,   /* enough for everything here but digits */
};

struct say_day {
	unsigned weekday; /* 0 = Sunday */
	unsigned day;	  /* 1-31 */
	unsigned month;	  /* 1-12 */
};

size_t say_number(enum prompt_language l, uint32_t n, enum prompt *out, size_t max);
/** 0-9, * and #; other characters are not said. */
size_t say_digits(enum prompt_language l, struct slice digits, enum prompt *out, size_t max);
/** "two" "thirty" "p.m.", "vierzehn" "Uhr" "dreißig". */
size_t say_time(
    enum prompt_language l, unsigned hour, unsigned minute, enum prompt *out, size_t max);
/** "Monday" "March" "first", "am Montag" "dem ersten" "März". */
size_t say_day(enum prompt_language l, const struct say_day *day, enum prompt *out, size_t max);
/** "You have" "three" "new" "messages". */
size_t say_messages(enum prompt_language l, uint32_t n, bool new, enum prompt *out, size_t max);

#endif
