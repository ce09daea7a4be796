/* routing/: which line a call outside takes and which number it shows there (LIN-5, LIN-6, RTG-1,
 * RTG-2, RTG-3, USR-8), and what holds for every plan. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "base/random.h"
#include "fixture.h"
#include "routing/number_class.h"
#include "routing/routing.h"

enum { PLANS = 1000000 };

#define LINE(name, more)                                                                           \
	"{'name':'" name "','host':'" name ".test','username':'u','password':'p'" more "}"
#define USER(login, phone, more)                                                                   \
	"{'login':'" login "','first_name':'" phone "','last_name':'X','phones':['" phone "'],"    \
	"'numbers':['1" phone "']" more "}"

static const char config[] =
    "{'settings':{'country_code':'49','area_code':'211','outside_prefix':'0','holidays':'"
    "de-nw','default_dial':['local','national','mobile','international','premium']},"
    "'ranges':[{'first':'100','last':'199'}],"
    "'phones':[{'name':'01','secret':'x23456'},{'name':'02','secret':'x23456'},"
    "{'name':'03','secret':'x23456'},{'name':'04','secret':'x23456'},"
    "{'name':'05','secret':'x23456','kind':'peer'},{'name':'nobody','secret':'x23456'}],"
    "'users':[" USER("2001", "01", "") "," USER(
	"2002", "02", ",'display_number':'0211555100'") "," USER("2003", "03",
	",'hide_number':true") "," USER("2004", "04",
	",'display_number':'0301234'") "," USER("2005", "05",
	"") "],"
	    "'lines':[" LINE(
		"one", ",'position':1,'main_number':'0211555','line_prefix':'1'") "," LINE("two",
		",'position':2,'main_number':'0211777','line_prefix':'2','no_screening':"
		"true") "," LINE("three",
		",'position':3,'main_number':'0221888','area_code':'221'") "," LINE("off",
		",'position':0,'enabled':false") "],"
						 "'numbers':[{'number':'0211555101','kind':"
						 "'external','user':'2001','line':'one'},"
						 "{'number':'0221888101','kind':'external',"
						 "'user':'2001','line':'three'},"
						 "{'number':'0211555100','kind':'external',"
						 "'line':'one'}],"
						 "'time-frames':[{'name':'office','from':'"
						 "08:00','to':'18:00','days':['mon','tue','"
						 "wed','thu','fri']},"
						 "{'name':'evening','from':'18:00','to':'"
						 "24:00','days':['mon','tue','wed','thu','"
						 "fri']},"
						 "{'name':'off "
						 "days','from':'00:00','to':'24:00','days':"
						 "['sat','sun','holiday']}],"
						 "'cor-rules':[{'number':'00'},{'number':'"
						 "0043'},{'number':'+43664'},{'number':'0'}"
						 ","
						 "{'number':'0221','enabled':false},{'"
						 "number':'118'},{'number':'0800'}],"
						 "'cor-lines':[{'rule':'00','frame':'24/"
						 "7','line':'three'},"
						 "{'rule':'0043','frame':'office','line':'"
						 "two','call_by_call':'01019'},"
						 "{'rule':'0043','frame':'office','line':'"
						 "three'},"
						 "{'rule':'0043','frame':'evening','line':'"
						 "three','call_by_call':'01050'},"
						 "{'rule':'0043','frame':'off "
						 "days','line':'one'},"
						 "{'rule':'+43664','frame':'24/"
						 "7','line':'one'},"
						 "{'rule':'118','frame':'24/"
						 "7','line':'two'},"
						 "{'rule':'0221','frame':'24/"
						 "7','line':'three'},"
						 "{'rule':'0','frame':'office','line':'"
						 "three'}],"
						 "'emergency-numbers':[{'number':'112','"
						 "name':'Feuerwehr','lines':['two','one']},"
						 "{'number':'110','name':'Polizei','lines':"
						 "['three','two']},"
						 "{'number':'19222','name':'Rettung','"
						 "lines':[]}],"
						 "'holidays':[{'date':'2026-11-25','name':'"
						 "Betriebsausflug'}]}";

static struct fixture f;

static int
open_fixture(void **state)
{
	fixture_open(&f, config);
	return 0;
}

static int
close_fixture(void **state)
{
	fixture_close(&f);
	return 0;
}

/* "one=full two=down": what is not named is free. */
static enum routing_line_state
line_state(void *ctx, int64_t line_id)
{
	const struct dir_line *l = dir_line_by_id(f.directory, line_id);
	const char *at = strstr(ctx, l->name.p);

	if (!at || at[l->name.n] != '=')
		return ROUTING_LINE_FREE;
	return at[l->name.n + 1] == 'f' ? ROUTING_LINE_FULL : ROUTING_LINE_NOT_REGISTERED;
}

static bool
reachable(void *ctx, int64_t phone_id)
{
	return !strstr(ctx, "gone");
}

/* "2026-11-30 08:00" */
static struct routing_time
time_of(const char *text)
{
	struct slice rest = slice_cstr(text), date = slice_take_until(&rest, ' ');
	struct slice hours = slice_take_until(&rest, ':');
	struct routing_time t = {0};
	uint32_t h, m;

	assert_true(day_parse(date, &t.day));
	assert_int_equal(slice_to_u32(hours, 24, &h), ERR_OK);
	assert_int_equal(slice_to_u32(rest, 59, &m), ERR_OK);
	t.minute = (uint16_t)(60 * h + m);
	return t;
}

#define MONDAY_9 "2026-11-30 09:00"

static void
ask(struct routing_plan *p, const char *phone, const char *dialled, const char *states,
    const char *when)
{
	struct routing_state now = {.ctx = (void *)(uintptr_t)states,
	    .phone_reachable = reachable,
	    .line_state = line_state};
	struct routing_query q = {.dialled = slice_cstr(dialled),
	    .caller_phone = dir_phone_by_name(f.directory, slice_cstr(phone)),
	    .when = time_of(when),
	    .state = &now};

	routing_plan_make(p, f.directory, &q);
}

/* "one:0211555101 two>01019:-0211777": the lines in order, what is dialled before the number,
 * what is shown; - = withheld. */
static const char *
told(const struct routing_plan *p, char *out, size_t cap)
{
	struct buf b;

	buf_init(&b, out, cap - 1);
	for (size_t i = 0; i < p->n_targets; i++) {
		const struct routing_target *t = &p->target[i];

		buf_printf(&b, "%s%.*s", i ? " " : "", SLICE_FMT(t->phone_name));
		if (t->way.call_by_call.n)
			buf_printf(&b, ">%.*s", SLICE_FMT(t->way.call_by_call));
		if (t->kind == ROUTING_LINE)
			buf_printf(
			    &b, ":%s%.*s", t->way.hidden ? "-" : "", SLICE_FMT(t->way.shown));
	}
	out[b.n] = '\0';
	return out;
}

static bool
says(const struct routing_plan *p, const char *reason)
{
	char text[REASON_TEXT_BYTES];

	for (uint32_t r = 0; r < p->n_reasons; r++)
		if (strcmp(reason_text(slice_cstr(p->reasons[r]), text), reason) == 0)
			return true;
	return false;
}

struct row {
	const char *phone, *dialled, *states, *when, *targets, *outside, *reason;
};

static void
check(const struct row *rows, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct routing_plan p;
		char text[400];

		ask(&p, rows[i].phone, rows[i].dialled, rows[i].states, rows[i].when);
		if (strcmp(told(&p, text, sizeof text), rows[i].targets) != 0)
			fail_msg("row %zu: %s dials %s: '%s', not '%s'", i, rows[i].phone,
			    rows[i].dialled, text, rows[i].targets);
		if (rows[i].outside && strcmp(p.outside, rows[i].outside) != 0)
			fail_msg("row %zu: outside is %s", i, p.outside);
		if (rows[i].reason && !says(&p, rows[i].reason))
			fail_msg("row %zu lacks the reason '%s'", i, rows[i].reason);
		assert_int_equal(p.action, rows[i].targets[0] ? ROUTING_RING : ROUTING_REFUSE);
	}
}

#define CHECK(rows) check((rows), sizeof(rows) / sizeof((rows)[0]))

static void
set_priority(const char *priority)
{
	char text[120];

	snprintf(text, sizeof text, "{'settings':{'routing_priority':'%s'}}", priority);
	fixture_change(&f, text);
}

/* RTG-3: the longest range, its time frame, its lines, then any other. */
static void
cor_rules(void **state)
{
	static const struct row rows[] = {
	    {"01", "00221999", "", MONDAY_9, "three:0221888101 one:0211555101 two:0211777",
		"+49221999", "The COR rule 0 holds, in the time frame office"},
	    {"01", "00043123", "", MONDAY_9, "two>01019:0211777 three:0221888101 one:0211555101",
		"+43123", "The COR rule 0043 holds, in the time frame office"},
	    /* to the minute */
	    {"01", "00043123", "", "2026-11-30 17:59",
		"two>01019:0211777 three:0221888101 one:0211555101", NULL, NULL},
	    {"01", "00043123", "", "2026-11-30 18:00",
		"three>01050:0221888101 one:0211555101 two:0211777", NULL,
		"The COR rule 0043 holds, in the time frame evening"},
	    {"01", "00043123", "", "2026-11-30 07:59",
		"one:0211555101 two:0211777 three:0221888101", NULL,
		"The COR rule 0043 has no time frame for now"},
	    /* a Saturday; Christmas on a Friday; an own holiday on a Wednesday */
	    {"01", "00043123", "", "2026-11-28 09:00",
		"one:0211555101 two:0211777 three:0221888101", NULL,
		"The COR rule 0043 holds, in the time frame off days"},
	    {"01", "00043123", "", "2026-12-25 09:00",
		"one:0211555101 two:0211777 three:0221888101", NULL,
		"The COR rule 0043 holds, in the time frame off days"},
	    {"01", "00043123", "", "2026-11-25 09:00",
		"one:0211555101 two:0211777 three:0221888101", NULL,
		"The COR rule 0043 holds, in the time frame off days"},
	    {"01", "00043123", "", "2027-11-25 09:00",
		"two>01019:0211777 three:0221888101 one:0211555101", NULL, NULL},
	    /* one written with a plus, in all ways to dial it */
	    {"01", "+43664123", "", MONDAY_9, "one:0211555101 two:0211777 three:0221888101", NULL,
		"The COR rule +43664 holds, in the time frame 24/7"},
	    {"01", "00043664123", "", MONDAY_9, "one:0211555101 two:0211777 three:0221888101", NULL,
		NULL},
	    {"01", "00033123", "", MONDAY_9, "three:0221888101 one:0211555101 two:0211777",
		"+33123", "The COR rule 00 holds, in the time frame 24/7"},
	    {"01", "011833", "", MONDAY_9, "two:0211777 one:0211555101 three:0221888101", "11833",
		"The COR rule 118 holds, in the time frame 24/7"},
	    /* one without lines: all in order */
	    {"01", "00800123", "", MONDAY_9, "one:0211555101 two:0211777 three:0221888101", NULL,
		NULL},
	    /* lines that cannot be used are passed over */
	    {"01", "00043123", "two=full", MONDAY_9, "three:0221888101 one:0211555101", NULL,
		"Line two is not used: it has no free call"},
	    {"01", "00043123", "two=down three=full one=full", MONDAY_9, "", NULL,
		"There is no line to the public network that can be used"},
	};

	set_priority("cor");
	CHECK(rows);
}

/* RTG-1, USR-8: which number is shown. */
static void
priorities_and_display_numbers(void **state)
{
	static const struct row by_static[] = {
	    {"01", "00043123", "", MONDAY_9, "one:0211555101 two:0211777 three:0221888101", NULL,
		NULL},
	    /* chosen: on its line, or where the provider takes any; withheld elsewhere */
	    {"02", "00043123", "", MONDAY_9, "one:0211555100 two:0211555100 three:-0221888", NULL,
		NULL},
	    {"03", "00043123", "", MONDAY_9, "one:-0211555 two:-0211777 three:-0221888", NULL,
		NULL},
	    {"04", "00043123", "", MONDAY_9, "one:-0211555 two:0301234 three:-0221888", NULL, NULL},
	    {"nobody", "00043123", "", MONDAY_9, "one:0211555 two:0211777 three:0221888", NULL,
		NULL},
	};
	static const struct row by_line[] = {
	    {"02", "00043123", "", MONDAY_9, "one:0211555100", NULL,
		"The number that shall be shown is one of line one"},
	    {"02", "00043123", "one=full", MONDAY_9, "", NULL,
		"Line one is not used: it has no free call"},
	    {"02", "00043123", "one=down", MONDAY_9, "", NULL,
		"There is no line to the public network that can be used"},
	    {"01", "00043123", "", MONDAY_9, "one:0211555101", NULL, NULL},
	    {"03", "00043123", "", MONDAY_9, "one:-0211555 two:-0211777 three:-0221888", NULL,
		NULL},
	};
	static const struct row by_both[] = {
	    {"02", "00043123", "", MONDAY_9, "one:0211555100 two>01019:0211555100 three:-0221888",
		NULL, NULL},
	    {"02", "00043123", "one=full", MONDAY_9, "two>01019:0211555100 three:-0221888", NULL,
		NULL},
	    {"03", "00043123", "", MONDAY_9, "two>01019:-0211777 three:-0221888 one:-0211555", NULL,
		NULL},
	};

	set_priority("static");
	CHECK(by_static);
	set_priority("line");
	CHECK(by_line);
	set_priority("line_cor");
	CHECK(by_both);
}

/* LIN-5: over all rules, and only that line. */
static void
line_prefixes(void **state)
{
	static const struct row rows[] = {
	    {"01", "***10221999", "", MONDAY_9, "one:0211555101", "+49221999",
		"***1 asks for line one"},
	    {"01", "***20043123", "", MONDAY_9, "two:0211777", "+43123", NULL},
	    {"01", "***2555", "", MONDAY_9, "two:0211777", "+49211555", NULL},
	    {"01", "***1 0221999", "one=full", MONDAY_9, "", NULL,
		"Line one is not used: it has no free call"},
	    {"01", "***90221999", "", MONDAY_9, "", NULL, "No line has the prefix 9"},
	    {"01", "***1", "", MONDAY_9, "", NULL, NULL},
	};

	CHECK(rows);
}

/* LIN-6. */
static void
emergency_numbers(void **state)
{
	static const struct row rows[] = {
	    {"01", "112", "", MONDAY_9, "two:0211777 one:0211555101 three:0221888101", "112",
		"112 is an emergency number: Feuerwehr"},
	    {"01", "0112", "", MONDAY_9, "two:0211777 one:0211555101 three:0221888101", "112",
		NULL},
	    {"01", "***1112", "", MONDAY_9, "two:0211777 one:0211555101 three:0221888101", "112",
		NULL},
	    /* nobody is hidden, nothing foreign is shown */
	    {"03", "110", "", MONDAY_9, "three:0221888 two:0211777 one:0211555", "110", NULL},
	    {"04", "110", "", MONDAY_9, "three:0221888 two:0211777 one:0211555", NULL, NULL},
	    /* phones without a user, and those that may not call */
	    {"nobody", "112", "", MONDAY_9, "two:0211777 one:0211555 three:0221888", NULL, NULL},
	    {"05", "112", "", MONDAY_9, "two:0211777 one:0211555 three:0221888", NULL, NULL},
	    /* those that are full make room, chosen ones before others that are free */
	    {"01", "112", "two=full", MONDAY_9, "one:0211555101 two:0211777 three:0221888101", NULL,
		"Line two is used, and another call on it ends for that"},
	    {"01", "112", "two=full one=full", MONDAY_9,
		"two:0211777 one:0211555101 three:0221888101", NULL, NULL},
	    {"01", "112", "two=down one=full three=full", MONDAY_9,
		"one:0211555101 three:0221888101", NULL,
		"Line two is not used: the provider does not answer or has refused it"},
	    {"01", "112", "two=down one=down three=down", MONDAY_9, "", NULL,
		"There is no line to the public network that can be used"},
	    /* one that nobody gave a line */
	    {"01", "19222", "", MONDAY_9, "one:0211555101 two:0211777 three:0221888101", "19222",
		NULL},
	};

	CHECK(rows);
}

/* LIN-5, RTG-2. */
static void
deposits(void **state)
{
	static const struct {
		const char *settings, *line, *dialled, *states;
		const char *rings, *deposit, *reason;
	} cases[] = {
	    {"'deposit':''", "one", "0211555101", "", "01", "", NULL},
	    {"'deposit':''", "one", "0211999", "", "", "", "Nobody has the number 0211999"},
	    {"'deposit':'102'", "one", "0211999", "", "02", "",
		"The call goes on to the deposit 102"},
	    {"'deposit':'102'", "one", "0211555101", "", "01", "102", NULL},
	    {"'deposit':'102'", "one", "102", "", "02", "", NULL}, /* not round and round */
	    {"'deposit':'102'", "one", "0211555101", "gone", "", "",
		"The call goes on to the deposit 102"},
	    {"'deposit':'199'", "one", "0211999", "", "", "", "Nobody has the number 199"},
	    {"'deposit':'102','unavailable':'reject'", "one", "0211999", "", "02", "", NULL},
	};

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct routing_state now = {.ctx = (void *)(uintptr_t)cases[i].states,
		    .phone_reachable = reachable,
		    .line_state = line_state};
		struct routing_query q = {.dialled = slice_cstr(cases[i].dialled),
		    .when = time_of(MONDAY_9),
		    .state = &now};
		struct routing_plan p;
		char text[400];
		size_t n;

		snprintf(text, sizeof text, "{'settings':{%s}}", cases[i].settings);
		fixture_change(&f, text);
		for (size_t l = 0; l < 4; l++)
			if (slice_eq(dir_lines(f.directory, &n)[l].name, slice_cstr(cases[i].line)))
				q.caller_line = &dir_lines(f.directory, &n)[l];
		routing_plan_make(&p, f.directory, &q);
		assert_string_equal(told(&p, text, sizeof text), cases[i].rings);
		assert_true(slice_eq(p.deposit, slice_cstr(cases[i].deposit)));
		if (cases[i].reason && !says(&p, cases[i].reason))
			fail_msg("case %zu lacks the reason '%s'", i, cases[i].reason);
	}
	/* a line's own */
	fixture_change(&f, "{'settings':{'deposit':'102','unavailable':'deposit'},'lines':["
			   "{'name':'two','host':'two.test','deposit':'103'}]}");
	{
		struct routing_state now = {.ctx = (void *)(uintptr_t) "",
		    .phone_reachable = reachable,
		    .line_state = line_state};
		struct routing_query q = {
		    .dialled = SLICE("0211999"), .when = time_of(MONDAY_9), .state = &now};
		struct routing_plan p;
		char text[400];
		size_t n;
		const struct dir_line *lines = dir_lines(f.directory, &n);

		for (size_t l = 0; l < n; l++) {
			if (!slice_eq(lines[l].name, SLICE("two")))
				continue;
			q.caller_line = &lines[l];
			routing_plan_make(&p, f.directory, &q);
			assert_string_equal(told(&p, text, sizeof text), "03");
		}
	}
	fixture_change(&f, "{'settings':{'deposit':''}}");
}

/* LIN-5: a line's own country and area. */
static void
a_line_elsewhere(void **state)
{
	size_t n;
	const struct dir_line *lines = dir_lines(f.directory, &n);
	struct routing_state now = {
	    .ctx = (void *)(uintptr_t) "", .phone_reachable = reachable, .line_state = line_state};

	for (size_t l = 0; l < n; l++) {
		struct routing_query q = {.dialled = SLICE("888101"),
		    .caller = {.number = SLICE("4711")},
		    .caller_line = &lines[l],
		    .when = time_of(MONDAY_9),
		    .state = &now};
		struct routing_plan p;
		bool cologne = slice_eq(lines[l].name, SLICE("three"));

		routing_plan_make(&p, f.directory, &q);
		assert_int_equal(
		    p.called.user == dir_user_by_number(f.directory, SLICE("101"))->id, cologne);
	}
}

/* ---- permission ---- */

/* What the numbers of a country mean; the same to somebody abroad. */
static void
classes_of_numbers(void **state)
{
	static const struct number_plan here = {SLICE("49"), SLICE("211")};
	static const struct {
		const char *number;
		enum number_class c;
	} cases[] = {
	    {"+49211555", NUMBER_LOCAL},
	    {"+49221555", NUMBER_NATIONAL},
	    {"+491701234567", NUMBER_MOBILE},
	    {"+4915112345678", NUMBER_MOBILE},
	    {"+49180123", NUMBER_NATIONAL},
	    {"+49900123", NUMBER_PREMIUM},
	    {"+491371234", NUMBER_PREMIUM},
	    {"+498001234567", NUMBER_LOCAL},
	    {"+80012345678", NUMBER_LOCAL},
	    {"+43664123", NUMBER_INTERNATIONAL},
	    {"+43900123", NUMBER_PREMIUM},
	    {"+33123", NUMBER_INTERNATIONAL},
	    {"+88213", NUMBER_PREMIUM},
	    {"+97912", NUMBER_PREMIUM},
	    {"116117", NUMBER_LOCAL},
	    {"11833", NUMBER_PREMIUM},
	};

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
		if (number_class_of(&here, slice_cstr(cases[i].number)) != cases[i].c)
			fail_msg("%s is not %u", cases[i].number, cases[i].c);
	assert_true(slice_eq(number_class_name(NUMBER_PREMIUM), SLICE("premium")));
}

static void
what_people_may_dial(void **state)
{
	static const struct row rows[] = {
	    {"01", "0555999", "", MONDAY_9, "one:0211555101 two:0211777 three:0221888101", NULL,
		NULL},
	    {"01", "00221999", "", MONDAY_9, "", NULL, "01 X may not dial +49221999 (national)"},
	    {"01", "***100331", "", MONDAY_9, "", NULL, "01 X may not dial +331 (international)"},
	    {"01", "112", "", MONDAY_9, "two:0211777 one:0211555101 three:0221888101", NULL, NULL},
	    {"01", "102", "", MONDAY_9, "02", NULL, NULL},
	    /* a phone that is nobody's may what new users may */
	    {"nobody", "000331", "", MONDAY_9, "", NULL,
		"nobody may not dial +331 (international)"},
	    {"nobody", "00221999", "", MONDAY_9, "one:0211555 two:0211777 three:0221888", NULL,
		NULL},
	};

	set_priority("static");
	fixture_change(&f, "{'settings':{'default_dial':['local','national']},"
			   "'users':[{'login':'2001','dial':['local']}]}");
	CHECK(rows);
	fixture_change(&f, "{'settings':{'default_dial':['local','national','mobile',"
			   "'international','premium']},'users':[{'login':'2001','dial':"
			   "['local','national','mobile','international','premium']}]}");
}

/* Who sends a call on pays for it: neither the caller outside nor a colleague with more rights. */
static void
who_sends_on_answers_for_it(void **state)
{
	struct routing_state now = {
	    .ctx = (void *)(uintptr_t) "", .phone_reachable = reachable, .line_state = line_state};
	struct routing_query q = {.dialled = SLICE("000331"),
	    .caller = {.number = SLICE("+4940777")},
	    .when = time_of(MONDAY_9),
	    .state = &now};
	struct routing_plan p;
	char text[400];

	fixture_change(&f, "{'users':[{'login':'2002','dial':['local']}]}");
	q.sent_on_by = dir_user_by_number(f.directory, SLICE("102"));
	routing_plan_make(&p, f.directory, &q);
	assert_int_equal(p.action, ROUTING_REFUSE);
	assert_true(says(&p, "02 X may not dial +331 (international)"));
	q.sent_on_by = dir_user_by_number(f.directory, SLICE("101"));
	routing_plan_make(&p, f.directory, &q);
	/* CLIP no screening shows who really calls; other lines their own number */
	assert_string_equal(told(&p, text, sizeof text), "one:0211555 two:+4940777 three:0221888");
}

static bool
line_spent(void *ctx, int64_t line_id)
{
	return slice_eq(dir_line_by_id(f.directory, line_id)->name, SLICE("one"));
}

/* A line without minutes for costly calls takes the others. */
static void
a_line_that_is_spent(void **state)
{
	struct routing_state now = {.ctx = (void *)(uintptr_t) "",
	    .phone_reachable = reachable,
	    .line_state = line_state,
	    .line_spent = line_spent};
	struct routing_query q = {.dialled = SLICE("000331"),
	    .caller_phone = dir_phone_by_name(f.directory, SLICE("01")),
	    .when = time_of(MONDAY_9),
	    .state = &now};
	struct routing_plan p;
	char text[400];

	routing_plan_make(&p, f.directory, &q);
	assert_string_equal(told(&p, text, sizeof text), "two:0211777 three:0221888101");
	assert_true(
	    says(&p, "Line one is not used: what it may have of costly calls today is used up"));
	q.dialled = SLICE("00221999");
	routing_plan_make(&p, f.directory, &q);
	assert_string_equal(
	    told(&p, text, sizeof text), "one:0211555101 two:0211777 three:0221888101");
}

/* ---- what holds for every plan ---- */

struct moment {
	uint32_t lines; /* two bits each */
	uint32_t phones;
};

static enum routing_line_state
random_line(void *ctx, int64_t id)
{
	return (enum routing_line_state)((((struct moment *)ctx)->lines >> (2 * (id % 8)) & 3) % 3);
}

static bool
random_phone(void *ctx, int64_t id)
{
	return ((struct moment *)ctx)->phones >> (id % 32) & 1;
}

static void
random_digits(struct rng *rng, char *out)
{
	static const char *const heads[] = {
	    "", "0", "00", "+", "1", "10", "***1", "***2", "0049", "0112", "112", "110", "00043"};
	struct buf b;
	size_t n = rng_below(rng, 9);

	buf_init(&b, out, 40);
	buf_cstr(&b, heads[rng_below(rng, sizeof heads / sizeof heads[0])]);
	while (n--)
		buf_char(&b, "0123456789*#"[rng_below(rng, rng_below(rng, 9) ? 10 : 12)]);
	out[b.n] = '\0';
}

static void
check_plan(const struct routing_query *q, const struct routing_plan *p, const struct moment *m)
{
	bool full_seen = false;

	assert_true(p->action == ROUTING_REFUSE || p->n_targets > 0);
	assert_true(p->n_targets <= ROUTING_TARGETS_MAX && p->n_reasons <= LIVE_REASONS_MAX);
	for (size_t i = 0; i < p->n_targets; i++) {
		const struct routing_target *t = &p->target[i];

		for (size_t k = 0; k < i; k++) /* nobody is asked twice */
			assert_false(
			    p->target[k].line == t->line && p->target[k].phone == t->phone);
		if (t->kind == ROUTING_PHONE) {
			assert_true(random_phone((void *)(uintptr_t)m, t->phone));
			continue;
		}
		assert_null(q->caller_line); /* no way through us and out again */
		if (t->kind == ROUTING_APP) {
			assert_int_equal(p->n_targets, 1);
			continue;
		}
		assert_true(p->outside[0]);
		assert_int_not_equal(
		    random_line((void *)(uintptr_t)m, t->line), ROUTING_LINE_NOT_REGISTERED);
		full_seen = random_line((void *)(uintptr_t)m, t->line) == ROUTING_LINE_FULL;
		assert_true(!full_seen || p->emergency);
		if (p->emergency)
			assert_false(t->way.hidden);
	}
}

/* An emergency number always wins, and is refused only when no line works at all. */
static void
check_emergency(const struct routing_query *q, const struct routing_plan *p, const struct moment *m)
{
	char digits[ROUTING_DIALLED_MAX];
	size_t n;
	const struct dir_line *lines = dir_lines(f.directory, &n);
	bool works = false;

	if (q->caller_line || routing_normalise(q->dialled, digits) != ERR_OK ||
	    !routing_emergency(f.directory, slice_cstr(digits)))
		return;
	for (size_t i = 0; i < n; i++)
		works |= lines[i].enabled && random_line((void *)(uintptr_t)m, lines[i].id) !=
						 ROUTING_LINE_NOT_REGISTERED;
	assert_true(p->emergency);
	assert_int_equal(p->action == ROUTING_RING, works);
}

static void
a_million_random_plans(void **state)
{
	struct rng rng;
	size_t n_lines, n_phones;
	const struct dir_line *lines = dir_lines(f.directory, &n_lines);
	const struct dir_phone *phones = dir_phones(f.directory, &n_phones);
	static struct routing_plan p, again;

	rng_init_seed(&rng, 6);
	for (unsigned i = 0; i < PLANS; i++) {
		struct moment m = {rng_below(&rng, UINT16_MAX), rng_below(&rng, UINT32_MAX)};
		struct routing_state now = {
		    .ctx = &m, .phone_reachable = random_phone, .line_state = random_line};
		struct routing_query q = {.state = &now,
		    .when = {{2026, (uint8_t)(1 + rng_below(&rng, 12)),
				 (uint8_t)(1 + rng_below(&rng, 28))},
			(uint16_t)rng_below(&rng, 1440)}};
		char digits[48];

		random_digits(&rng, digits);
		q.dialled = slice_cstr(digits);
		if (rng_below(&rng, 4) == 0)
			q.caller_line = &lines[rng_below(&rng, (uint32_t)n_lines)];
		else
			q.caller_phone = &phones[rng_below(&rng, (uint32_t)n_phones)];
		routing_plan_make(&p, f.directory, &q);
		check_plan(&q, &p, &m);
		check_emergency(&q, &p, &m);
		routing_plan_make(&again, f.directory, &q); /* the same input, the same plan */
		assert_int_equal(again.n_targets, p.n_targets);
		assert_int_equal(again.n_reasons, p.n_reasons);
		assert_memory_equal(again.target, p.target, p.n_targets * sizeof p.target[0]);
		assert_memory_equal(again.reasons, p.reasons, p.n_reasons * sizeof p.reasons[0]);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(cor_rules),
	    cmocka_unit_test(priorities_and_display_numbers),
	    cmocka_unit_test(line_prefixes),
	    cmocka_unit_test(emergency_numbers),
	    cmocka_unit_test(deposits),
	    cmocka_unit_test(a_line_elsewhere),
	    cmocka_unit_test(classes_of_numbers),
	    cmocka_unit_test(what_people_may_dial),
	    cmocka_unit_test(who_sends_on_answers_for_it),
	    cmocka_unit_test(a_line_that_is_spent),
	    cmocka_unit_test(a_million_random_plans),
	};
	return cmocka_run_group_tests(tests, open_fixture, close_fixture);
}
