/* routing/: a call to a group's number (GRP-1, GRP-2). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "fixture.h"
#include "routing/routing.h"

static const char office_text[] =
    "{'settings':{'domain':'test','ring_s':30},"
    "'ranges':[{'first':'100','last':'299'}],"
    "'phones':[{'name':'a1','secret':'Secret-a1-Secret1'},{'name':'a2','secret':'Secret-a2-Secret1'"
    "},"
    "{'name':'b1','secret':'Secret-b1-Secret1'},{'name':'c1','secret':'Secret-c1-Secret1'},"
    "{'name':'d1','secret':'Secret-d1-Secret1'},{'name':'e1','secret':'Secret-e1-Secret1'}],"
    "'users':[{'login':'1001','first_name':'Anna','last_name':'Berg','phones':['a1','a2'],"
    "'numbers':['101']},"
    "{'login':'1002','first_name':'Ben','last_name':'Cohn','phones':['b1'],'numbers':['102']},"
    "{'login':'1003','first_name':'Cleo','last_name':'Dietz','phones':['c1'],'enabled':false},"
    "{'login':'1004','first_name':'Dora','last_name':'Ernst','phones':['d1'],'dnd':true},"
    "{'login':'1005','first_name':'Emil','last_name':'Funk','phones':['b1','e1']}],"
    "'groups':[{'name':'Sales','ring_s':12},{'name':'Hunt','strategy':'hunting','hunt_s':8},"
    "{'name':'Empty'},{'name':'Away'},{'name':'Mixed'},"
    "{'name':'Shared'},{'name':'Loud','strategy':'broadcast'}],"
    "'group-members':[{'group':'Sales','user':'1002'},{'group':'Sales','user':'1001'},"
    "{'group':'Away','user':'1001','logged_on':false},"
    "{'group':'Mixed','user':'1003'},{'group':'Mixed','user':'1004'},"
    "{'group':'Mixed','user':'1002','logged_on':false},{'group':'Mixed','user':'1001'},"
    "{'group':'Hunt','user':'1001'},{'group':'Hunt','user':'1003'},"
    "{'group':'Hunt','user':'1002','logged_on':false},{'group':'Hunt','user':'1004'},"
    "{'group':'Hunt','user':'1005'},"
    "{'group':'Loud','user':'1001'},{'group':'Loud','user':'1004'},"
    "{'group':'Shared','user':'1002'},{'group':'Shared','user':'1005'}],"
    "'numbers':[{'number':'201','group':'Sales'},{'number':'202','group':'Empty'},"
    "{'number':'203','group':'Away'},{'number':'204','group':'Mixed'},"
    "{'number':'207','group':'Loud'},{'number':'208','group':'Loud'},"
    "{'number':'206','group':'Hunt'},{'number':'205','group':'Shared'}],"
    "'redirections':[{'number':'208','trigger':'timeout','enabled':true,'target':'102'}]}";

static struct fixture office;

static int
open_office(void **state)
{
	fixture_open(&office, office_text);
	return 0;
}

static int
close_office(void **state)
{
	fixture_close(&office);
	return 0;
}

static bool
reachable(void *ctx, int64_t phone_id)
{
	const struct dir_phone *p = dir_phone_by_id(office.directory, phone_id);

	return p && strstr(ctx, p->name.p) != NULL;
}

static void
plan(struct routing_plan *out, const char *caller, const char *dialled, const char *registered)
{
	struct routing_state state = {
	    .ctx = (void *)(uintptr_t)registered, .phone_reachable = reachable};
	struct routing_query q = {.dialled = slice_cstr(dialled),
	    .caller_phone = dir_phone_by_name(office.directory, slice_cstr(caller)),
	    .state = &state};

	routing_plan_make(out, office.directory, &q);
}

/* "b1/Ben Cohn/102 …" */
static const char *
targets(const struct routing_plan *p)
{
	static char text[512];
	struct buf b;

	buf_init(&b, text, sizeof text - 1);
	for (size_t i = 0; i < p->n_targets; i++) {
		const struct routing_target *t = &p->target[i];

		buf_printf(&b, "%s%.*s/%.*s/%.*s", i ? " " : "", SLICE_FMT(t->phone_name),
		    SLICE_FMT(t->member.name), SLICE_FMT(t->member.number));
	}
	text[b.n] = '\0';
	return text;
}

static void
groups_by_table(void **state)
{
	static const char all[] = "a1 a2 b1 c1 d1 e1";
	static const struct {
		const char *caller, *dialled, *registered, *targets, *reason;
	} cases[] = {
	    {"e1", "201", all, "b1/Ben Cohn/102 a1/Anna Berg/101 a2/Anna Berg/101",
		"201 is a number of the group Sales"},
	    {"e1", "201", "a2", "a2/Anna Berg/101", "Phone b1 does not ring: it is not registered"},
	    {"b1", "201", all, "a1/Anna Berg/101 a2/Anna Berg/101",
		"Phone b1 does not ring: it is the caller's"},
	    {"e1", "204", all, "a1/Anna Berg/101 a2/Anna Berg/101",
		"Ben Cohn is not logged on to the group"},
	    {"e1", "204", all, "a1/Anna Berg/101 a2/Anna Berg/101", "Cleo Dietz is switched off"},
	    {"e1", "204", all, "a1/Anna Berg/101 a2/Anna Berg/101",
		"Dora Ernst does not want to be disturbed"},
	    {"a1", "205", all, "b1/Ben Cohn/102 e1/Emil Funk/1005", "Phone b1 rings"},
	    {"e1", "201", "", "", "No member of Sales has a phone that can ring"},
	    {"e1", "202", all, "", "No member of Empty has a phone that can ring"},
	    {"e1", "203", all, "", "Anna Berg is not logged on to the group"},
	};
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct routing_plan p;
		char text[REASON_TEXT_BYTES];
		bool reason = false;

		plan(&p, cases[i].caller, cases[i].dialled, cases[i].registered);
		assert_string_equal(targets(&p), cases[i].targets);
		assert_int_equal(p.action, *cases[i].targets ? ROUTING_RING : ROUTING_REFUSE);
		if (!*cases[i].targets) {
			assert_int_equal(p.status, 480);
			assert_int_equal(p.result, CDR_UNAVAILABLE);
		}
		for (uint32_t r = 0; r < p.n_reasons; r++)
			reason |= strcmp(reason_text(slice_cstr(p.reasons[r]), text),
				      cases[i].reason) == 0;
		if (!reason)
			fail_msg("case %zu lacks the reason '%s'", i, cases[i].reason);
	}
}

static void
the_group_is_called_and_rings_as_long_as_it_says(void **state)
{
	struct routing_plan p;

	plan(&p, "e1", "201", "a1 b1");
	assert_true(slice_eq(p.called.number, SLICE("201")));
	assert_true(slice_eq(p.called.name, SLICE("Sales")));
	assert_int_equal(p.called.user, 0);
	assert_int_equal(p.ring_ms, 12000);
	plan(&p, "e1", "205", "a1 b1");
	assert_int_equal(p.ring_ms, 30000); /* the settings' */
}

/* "a1:1 a2:1 e1:2", and how long it rings */
static const char *
turns(const struct routing_plan *p)
{
	static char text[256];
	struct buf b;

	buf_init(&b, text, sizeof text - 1);
	for (size_t i = 0; i < p->n_targets; i++) {
		const struct routing_target *t = &p->target[i];

		assert_int_equal(t->turn_ms, 8000);
		assert_int_equal(t->delay_ms, t->turn == 1 ? 0 : ROUTING_AFTER_OTHERS);
		buf_printf(&b, "%.*s:%u ", SLICE_FMT(t->phone_name), t->turn);
	}
	buf_printf(&b, "%u", p->ring_ms);
	text[b.n] = '\0';
	return text;
}

/* GRP-2: who cannot ring has no turn; the ringing time of the group does not cut the last ones
 * off. */
static void
members_of_a_hunting_group_have_their_turns_in_order(void **state)
{
	struct routing_plan p;

	plan(&p, "c1", "206", "a1 a2 b1 c1 d1 e1");
	assert_string_equal(turns(&p), "a1:1 a2:1 b1:2 e1:2 16000");
	plan(&p, "c1", "206", "b1 e1");
	assert_string_equal(turns(&p), "b1:1 e1:1 8000");
	plan(&p, "e1", "206", "a2 e1");
	assert_string_equal(turns(&p), "a2:1 8000");
	plan(&p, "c1", "206", "c1 d1");
	assert_int_equal(p.action, ROUTING_REFUSE);
	assert_int_equal(p.status, 480);
	plan(&p, "c1", "201", "a1 b1"); /* all at once */
	for (size_t i = 0; i < p.n_targets; i++)
		assert_int_equal(p.target[i].turn, 0);
}

/* GRP-2: nobody rings; where nobody can hear, the group is as one that nobody answers for. */
static void
a_group_that_hears_is_an_app_as_long_as_somebody_can_hear(void **state)
{
	struct routing_plan p;

	plan(&p, "e1", "207", "a2 d1");
	assert_int_equal(p.action, ROUTING_RING);
	assert_int_equal(p.n_targets, 1);
	assert_int_equal(p.target[0].kind, ROUTING_APP);
	assert_int_equal(p.target[0].app, ROUTING_APP_BROADCAST);
	plan(&p, "e1", "207", "d1"); /* does not want to be disturbed */
	assert_int_equal(p.action, ROUTING_REFUSE);
	assert_int_equal(p.status, 480);
	plan(&p, "a1", "207", "a1 a2 d1"); /* nobody but herself */
	assert_int_equal(p.action, ROUTING_REFUSE);
	plan(&p, "e1", "208", "b1 d1");
	assert_string_equal(targets(&p), "b1//");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(groups_by_table),
	    cmocka_unit_test(the_group_is_called_and_rings_as_long_as_it_says),
	    cmocka_unit_test(members_of_a_hunting_group_have_their_turns_in_order),
	    cmocka_unit_test(a_group_that_hears_is_an_app_as_long_as_somebody_can_hear),
	};
	return cmocka_run_group_tests(tests, open_office, close_office);
}
