/* Sentences from pieces, in each language. */
#include "model/say.h"

#include <stdio.h>

struct list {
	enum prompt *out;
	size_t n, max;
};

static struct list
list_of(enum prompt *out, size_t max)
{
	struct list l = {.max = max};

	l.out = out;
	return l;
}

static void
put(struct list *l, enum prompt p)
{
	if (l->n < l->max)
		l->out[l->n++] = p;
}

static enum prompt
number(unsigned n)
{
	return (enum prompt)(PROMPT_NUMBER_0 + n);
}

/* ---- numbers ---- */

/* n below 1000 */
static void
number_en(struct list *l, unsigned n)
{
	if (n >= 100) {
		put(l, number(n / 100));
		put(l, PROMPT_HUNDRED);
		n %= 100;
		if (n == 0)
			return;
	}
	if (n <= 20) {
		put(l, number(n));
		return;
	}
	put(l, number(n - n % 10));
	if (n % 10)
		put(l, number(n % 10));
}

static void
number_de(struct list *l, unsigned n)
{
	if (n >= 100) {
		put(l, n < 200 ? PROMPT_NUMBER_EIN : number(n / 100));
		put(l, PROMPT_HUNDRED);
		n %= 100;
		if (n == 0)
			return;
	}
	put(l, number(n));
}

static void
put_digits(struct list *l, struct slice digits)
{
	for (size_t i = 0; i < digits.n; i++) {
		char c = digits.p[i];

		if (c >= '0' && c <= '9')
			put(l, number((unsigned)(c - '0')));
		else if (c == '*')
			put(l, PROMPT_STAR);
		else if (c == '#')
			put(l, PROMPT_HASH);
	}
}

static void
put_number(struct list *l, enum prompt_language language, uint32_t n)
{
	char text[16];
	int k = snprintf(text, sizeof text, "%u", n);

	if (n > SAY_NUMBER_MAX)
		put_digits(l, slice_make(text, (size_t)k));
	else if (language == PROMPT_DE)
		number_de(l, n);
	else
		number_en(l, n);
}

size_t
say_number(enum prompt_language language, uint32_t n, enum prompt *out, size_t max)
{
	struct list l = list_of(out, max);

	put_number(&l, language, n);
	return l.n;
}

size_t
say_digits(enum prompt_language language, struct slice digits, enum prompt *out, size_t max)
{
	struct list l = list_of(out, max);

	put_digits(&l, digits);
	return l.n;
}

/* ---- times ---- */

/* By the twelve hours that English speakers expect. */
static void
time_en(struct list *l, unsigned hour, unsigned minute)
{
	put(l, number(hour % 12 ? hour % 12 : 12));
	if (minute == 0) {
		put(l, PROMPT_OCLOCK);
	} else {
		if (minute < 10)
			put(l, PROMPT_OH);
		number_en(l, minute);
	}
	put(l, hour < 12 ? PROMPT_AM : PROMPT_PM);
}

static void
time_de(struct list *l, unsigned hour, unsigned minute)
{
	put(l, hour == 1 ? PROMPT_NUMBER_EIN : number(hour));
	put(l, PROMPT_OCLOCK);
	if (minute)
		number_de(l, minute);
}

size_t
say_time(
    enum prompt_language language, unsigned hour, unsigned minute, enum prompt *out, size_t max)
{
	struct list l = list_of(out, max);

	if (hour > 23 || minute > 59)
		return 0;
	if (language == PROMPT_DE)
		time_de(&l, hour, minute);
	else
		time_en(&l, hour, minute);
	return l.n;
}

static enum prompt
day_of_month(unsigned day)
{
	return (enum prompt)(PROMPT_DAY_1 + day - 1);
}

size_t
say_day(enum prompt_language language, const struct say_day *day, enum prompt *out, size_t max)
{
	struct list l = list_of(out, max);

	if (day->weekday > 6 || day->day < 1 || day->day > 31 || day->month < 1 || day->month > 12)
		return 0;
	put(&l, (enum prompt)(PROMPT_ON_SUNDAY + day->weekday));
	if (language == PROMPT_DE) {
		put(&l, day_of_month(day->day));
		put(&l, (enum prompt)(PROMPT_JANUARY + day->month - 1));
		return l.n;
	}
	put(&l, (enum prompt)(PROMPT_JANUARY + day->month - 1));
	if (day->day > 20 && day->day % 10) {
		put(&l, number(day->day - day->day % 10));
		put(&l, day_of_month(day->day % 10));
	} else {
		put(&l, day_of_month(day->day));
	}
	return l.n;
}

/* ---- messages ---- */

static void
messages_en(struct list *l, uint32_t n, bool new)
{
	put(l, PROMPT_YOU_HAVE);
	put_number(l, PROMPT_EN, n);
	put(l, new ? PROMPT_NEW : PROMPT_OLD);
	put(l, n == 1 ? PROMPT_MESSAGE : PROMPT_MESSAGES);
}

static void
messages_de(struct list *l, uint32_t n, bool new)
{
	if (n == 1) {
		put(l, new ? PROMPT_ONE_NEW_MESSAGE : PROMPT_ONE_OLD_MESSAGE);
		return;
	}
	put(l, PROMPT_YOU_HAVE);
	put_number(l, PROMPT_DE, n);
	put(l, new ? PROMPT_NEW_MESSAGES : PROMPT_OLD_MESSAGES);
}

size_t
say_messages(enum prompt_language language, uint32_t n, bool new, enum prompt *out, size_t max)
{
	struct list l = list_of(out, max);

	if (n == 0)
		put(&l, new ? PROMPT_NO_NEW_MESSAGES : PROMPT_NO_MESSAGES);
	else if (language == PROMPT_DE)
		messages_de(&l, n, new);
	else
		messages_en(&l, n, new);
	return l.n;
}
