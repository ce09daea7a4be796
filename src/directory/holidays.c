#include "directory/holidays.h"

#include "base/zone.h"

enum {
	EASTER = 100,	 /* month: day is counted from Easter Sunday */
	REPENTANCE = 101 /* the Wednesday before November 23rd */
};

static const struct {
	uint8_t month;
	int16_t day;
	const char *regions; /* "de" stands for all of its states */
	const char *code;
} holidays[] = {
    {1, 1, "de at", "new_year"},
    {1, 6, "de-bw de-by de-st at", "epiphany"},
    {3, 8, "de-be de-mv", "womens_day"},
    {EASTER, -2, "de", "good_friday"},
    {EASTER, 0, "de-bb", "easter_sunday"},
    {EASTER, 1, "de at", "easter_monday"},
    {5, 1, "de at", "labour_day"},
    {EASTER, 39, "de at", "ascension"},
    {EASTER, 49, "de-bb", "whit_sunday"},
    {EASTER, 50, "de at", "whit_monday"},
    {EASTER, 60, "de-bw de-by de-he de-nw de-rp de-sl at", "corpus_christi"},
    {8, 15, "de-sl at", "assumption"},
    {9, 20, "de-th", "childrens_day"},
    {10, 3, "de", "german_unity"},
    {10, 26, "at", "austrian_national_day"},
    {10, 31, "de-bb de-hb de-hh de-mv de-ni de-sh de-sn de-st de-th", "reformation"},
    {11, 1, "de-bw de-by de-nw de-rp de-sl at", "all_saints"},
    {REPENTANCE, 0, "de-sn", "repentance"},
    {12, 8, "at", "immaculate_conception"},
    {12, 25, "de at", "christmas_day"},
    {12, 26, "de at", "second_christmas_day"},
};

static int64_t
number_of(struct day d)
{
	return days_of_date(d.year, d.month, d.day);
}

unsigned
day_of_week(struct day d)
{
	return (unsigned)((number_of(d) % 7 + 10) % 7); /* 1970-01-01 was a Thursday */
}

/* Easter Sunday, by the algorithm of Meeus, Jones and Butcher. */
static struct day
easter(uint16_t year)
{
	int a = year % 19, b = year / 100, c = year % 100;
	int h = (19 * a + b - b / 4 - (b - (b + 8) / 25 + 1) / 3 + 15) % 30;
	int l = (32 + 2 * (b % 4) + 2 * (c / 4) - h - c % 4) % 7;
	int m = (a + 11 * h + 22 * l) / 451;
	int n = h + l - 7 * m + 114;

	return (struct day){year, (uint8_t)(n / 31), (uint8_t)(n % 31 + 1)};
}

static bool
falls_on(size_t i, struct day d)
{
	if (holidays[i].month == EASTER)
		return number_of(d) - number_of(easter(d.year)) == holidays[i].day;
	if (holidays[i].month == REPENTANCE)
		return d.month == 11 && d.day >= 16 && d.day <= 22 && day_of_week(d) == 2;
	return d.month == holidays[i].month && d.day == holidays[i].day;
}

/* "de-nw" is in what names it, or "de". */
static bool
is_among(struct slice region, const char *regions)
{
	struct slice rest = slice_cstr(regions), country = region;

	country = slice_take_until(&country, '-');
	while (rest.n) {
		struct slice one = slice_take_until(&rest, ' ');

		if (slice_eq(one, region) || slice_eq(one, country))
			return true;
	}
	return false;
}

const char *
holiday_code(struct slice region, struct day d)
{
	for (size_t i = 0; i < sizeof holidays / sizeof holidays[0]; i++)
		if (falls_on(i, d) && is_among(region, holidays[i].regions))
			return holidays[i].code;
	return NULL;
}

bool
holiday_is_public(struct slice region, struct day d)
{
	return holiday_code(region, d) != NULL;
}

unsigned
days_of_month(struct day d)
{
	return month_days(d.year, d.month);
}

bool
day_parse(struct slice text, struct day *out)
{
	uint32_t year, month, day;
	struct slice y = slice_take_until(&text, '-'), m = slice_take_until(&text, '-');

	if (slice_to_u32(y, 9999, &year) != ERR_OK || slice_to_u32(m, 12, &month) != ERR_OK ||
	    slice_to_u32(text, 31, &day) != ERR_OK || month == 0 || day == 0)
		return false;
	*out = (struct day){(uint16_t)year, (uint8_t)month, (uint8_t)day};
	return true;
}
