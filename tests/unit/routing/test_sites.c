/* routing/: where an emergency call comes from (LIN-6), what groups let their members dial and the
 * PIN in front of a number (RTG-2). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "fixture.h"
#include "model/pin.h"
#include "routing/routing.h"

#define USER(login, phone, more)                                                                   \
	"{'login':'" login "','first_name':'" phone "','last_name':'X','phones':['" phone "'],"    \
	"'numbers':['1" phone "']" more "}"

static const char config[] =
    "{'settings':{'country_code':'49','area_code':'211','outside_prefix':'0'},"
    "'ranges':[{'first':'100','last':'199'}],"
    "'lines':[{'name':'one','host':'one.test','username':'u','password':'p','position':1},"
    "{'name':'two','host':'two.test','username':'u','password':'p','position':2,"
    "'line_prefix':'2'}],"
    "'sites':[{'name':'Werk','city':'Bonn','networks':'10.1.0.0/16, 2001:db8:1::/48',"
    "'lines':['two']},{'name':'Halle','networks':'10.1.7.0/24'},"
    "{'name':'Zentrale','is_default':true}],"
    "'phones':[{'name':'01','secret':'x23456'},{'name':'02','secret':'x23456','site':'Halle'},"
    "{'name':'03','secret':'x23456'},{'name':'lost','secret':'x23456'}],"
    "'users':[" USER("2001", "01", ",'dial':['local'],'dial_pin':'135790'") "," USER(
	"2002", "02", ",'dial':[]") "," USER("2003", "03",
	",'dial':['national']") "],"
				"'groups':[{'name':'B','dial':['international','mobile']},{'name':'"
				"A','dial':['mobile']},"
				"{'name':'C'}],"
				"'group-members':[{'group':'B','user':'2001','logged_on':false},"
				"{'group':'A','user':'2001'},{'group':'C','user':'2002'}],"
				"'emergency-numbers':[{'number':'112','name':'Rettung','lines':['"
				"one']}]}";

static struct fixture f;
static bool locked;

static int
open_fixture(void **state)
{
	locked = false;
	fixture_open(&f, config);
	return 0;
}

static int
close_fixture(void **state)
{
	fixture_close(&f);
	return 0;
}

static enum routing_line_state
line_state(void *ctx, int64_t line_id)
{
	return ROUTING_LINE_FREE;
}

static bool
reachable(void *ctx, int64_t phone_id)
{
	return true;
}

static bool
pin_locked(void *ctx, int64_t phone_id)
{
	return locked;
}

static void
ask(struct routing_plan *p, const char *phone, const char *dialled, const char *source)
{
	static const struct routing_state now = {
	    .phone_reachable = reachable, .line_state = line_state, .pin_locked = pin_locked};
	struct routing_query q = {.dialled = slice_cstr(dialled),
	    .caller_phone = dir_phone_by_name(f.directory, slice_cstr(phone)),
	    .by_keys = true,
	    .state = &now};

	if (source)
		assert_int_equal(addr_parse_ip(slice_cstr(source), 5060, &q.source), ERR_OK);
	routing_plan_make(p, f.directory, &q);
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

static void
the_phone_then_its_address_then_the_default_say_where_a_caller_is(void **state)
{
	static const struct {
		const char *phone, *source, *site, *reason;
	} rows[] = {
	    {"01", "10.1.2.3", "Werk", "The caller is at Werk, by the address of the phone"},
	    {"01", "2001:db8:1::9", "Werk", NULL},
	    {"01", "10.1.7.3", "Halle", "The caller is at Halle, by the address of the phone"},
	    {"02", "10.1.2.3", "Halle", "The caller is at Halle, as the phone says"},
	    {"02", NULL, "Halle", NULL},
	    {"01", "10.2.0.1", "Zentrale",
		"The caller is taken to be at Zentrale, the default site"},
	    {"01", NULL, "Zentrale", NULL}, {"lost", "10.1.2.3", "Werk", NULL}, /* without a user */
	};
	struct routing_plan p;

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		ask(&p, rows[i].phone, "112", rows[i].source);
		assert_non_null(p.site);
		assert_true(slice_eq(p.site->name, slice_cstr(rows[i].site)));
		assert_true(!rows[i].reason || says(&p, rows[i].reason));
	}
	ask(&p, "02", "103", "10.1.2.3");
	assert_null(p.site); /* of other calls nobody asks */
	fixture_change(&f, "{'sites':[{'name':'Zentrale','is_default':false}]}");
	ask(&p, "01", "112", "10.2.0.1");
	assert_null(p.site);
	assert_int_equal(p.action, ROUTING_RING);
}

static void
the_lines_of_a_site_come_before_those_of_the_number(void **state)
{
	struct routing_plan p;

	ask(&p, "01", "112", "10.1.2.3");
	assert_int_equal(p.n_targets, 2);
	assert_true(slice_eq(p.target[0].phone_name, SLICE("two")));
	assert_true(slice_eq(p.target[1].phone_name, SLICE("one")));
	ask(&p, "01", "112", "10.1.7.3");
	assert_true(slice_eq(p.target[0].phone_name, SLICE("one")));
}

static void
members_may_dial_what_their_groups_may(void **state)
{
	struct routing_plan p;

	ask(&p, "01", "0555123", NULL);
	assert_int_equal(p.action, ROUTING_RING);
	assert_false(says(&p, "01 X may dial such numbers (local) as a member of A"));
	ask(&p, "01", "00171123", NULL); /* the first by name is named */
	assert_int_equal(p.action, ROUTING_RING);
	assert_true(says(&p, "01 X may dial such numbers (mobile) as a member of A"));
	ask(&p, "01", "00043123", NULL); /* logged off is not left */
	assert_int_equal(p.action, ROUTING_RING);
	assert_true(says(&p, "01 X may dial such numbers (international) as a member of B"));
	assert_true(p.costly);
	ask(&p, "01", "00221123", NULL);
	assert_int_equal(p.action, ROUTING_REFUSE);
	ask(&p, "02", "0555123", NULL); /* a group that lets nobody dial */
	assert_int_equal(p.action, ROUTING_REFUSE);
	ask(&p, "03", "00171123", NULL); /* in none */
	assert_int_equal(p.action, ROUTING_REFUSE);
}

static bool
shows(const struct routing_plan *p, const char *digits)
{
	for (uint32_t r = 0; r < p->n_reasons; r++)
		if (strstr(p->reasons[r], digits))
			return true;
	return memmem(p->dialled, sizeof p->dialled, digits, strlen(digits)) ||
	       (p->called.number.n &&
		   memmem(p->called.number.p, p->called.number.n, digits, strlen(digits)));
}

static void
a_pin_in_front_of_a_number_lets_it_through_and_is_seen_nowhere(void **state)
{
	static const struct {
		const char *dialled;
		enum routing_action action;
		enum routing_pin pin;
		const char *called, *reason;
	} rows[] = {
	    {"*5135790*00221123", ROUTING_RING, ROUTING_PIN_RIGHT, "+49221123",
		"01 X has dialled the PIN and may dial any number"},
	    {"%2A5135790%2A0%30221123", ROUTING_RING, ROUTING_PIN_RIGHT, "+49221123", NULL},
	    {"*5135790****20221123", ROUTING_RING, ROUTING_PIN_RIGHT, "+49221123", NULL},
	    {"*5135790*102", ROUTING_RING, ROUTING_PIN_RIGHT, "102", NULL},
	    {"*5135791*00221123", ROUTING_REFUSE, ROUTING_PIN_WRONG, "00221123",
		"01 X has dialled a wrong PIN"},
	    {"*513579*00221123", ROUTING_REFUSE, ROUTING_PIN_WRONG, "00221123", NULL},
	    {"*51357901*00221123", ROUTING_REFUSE, ROUTING_PIN_WRONG, "00221123", NULL},
	    {"*5135790", ROUTING_REFUSE, ROUTING_PIN_NONE, "*5",
		"*5 is followed by a PIN, * and a number, dialled at the phone"},
	    {"*5135790*", ROUTING_REFUSE, ROUTING_PIN_NONE, "*5", NULL},
	    {"*5135790*0a", ROUTING_REFUSE, ROUTING_PIN_NONE, "*5", NULL},
	    {"%2a5135790*0a", ROUTING_REFUSE, ROUTING_PIN_NONE, "*5", NULL},
	    {"*5*00221123", ROUTING_REFUSE, ROUTING_PIN_NONE, "00221123", NULL},
	    /* an emergency number asks for none */
	    {"*5999999*112", ROUTING_RING, ROUTING_PIN_NONE, "112", NULL},
	};
	struct routing_plan p;

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		ask(&p, "01", rows[i].dialled, NULL);
		if (p.action != rows[i].action || p.pin != rows[i].pin ||
		    !slice_eq(p.called.number, slice_cstr(rows[i].called)))
			fail_msg("%s: action %d, PIN %d, called %.*s", rows[i].dialled, p.action,
			    p.pin, SLICE_FMT(p.called.number));
		if (rows[i].reason && !says(&p, rows[i].reason))
			fail_msg("%s lacks its reason", rows[i].dialled);
		assert_false(shows(&p, "13579"));
		assert_false(shows(&p, "999999"));
	}
	ask(&p, "02", "*5135790*00221123", NULL);
	assert_int_equal(p.action, ROUTING_REFUSE);
	assert_true(says(&p, "The user of phone 02 has no PIN for calls"));
	locked = true;
	ask(&p, "01", "*5135790*00221123", NULL);
	assert_int_equal(p.action, ROUTING_REFUSE);
	assert_int_equal(p.pin, ROUTING_PIN_NONE);
	ask(&p, "01", "*5135790*112", NULL);
	assert_int_equal(p.action, ROUTING_RING);
}

static void
a_pin_is_kept_as_a_hash_and_taken_away_by_nothing(void **state)
{
	char hash[PIN_HASH_BYTES], other[PIN_HASH_BYTES];
	struct routing_plan p;

	assert_int_equal(pin_hash(SLICE("1234"), hash), ERR_OK);
	assert_int_equal(pin_hash(SLICE("1234"), other), ERR_OK);
	assert_string_not_equal(hash, other);
	assert_true(pin_hash_ok(hash));
	assert_null(strstr(hash, "1234$")); /* not in clear */
	assert_true(pin_fits(slice_cstr(hash), SLICE("1234")));
	assert_false(pin_fits(slice_cstr(hash), SLICE("1235")));
	assert_false(pin_fits(slice_cstr(hash), SLICE("")));
	assert_false(pin_fits(SLICE(""), SLICE("")));
	assert_false(pin_hash_ok("pin1$"));
	fixture_change(&f, "{'users':[{'login':'2001','dial_pin':''}]}");
	ask(&p, "01", "*5135790*00221123", NULL);
	assert_int_equal(p.action, ROUTING_REFUSE);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(
		the_phone_then_its_address_then_the_default_say_where_a_caller_is, open_fixture,
		close_fixture),
	    cmocka_unit_test_setup_teardown(
		the_lines_of_a_site_come_before_those_of_the_number, open_fixture, close_fixture),
	    cmocka_unit_test_setup_teardown(
		members_may_dial_what_their_groups_may, open_fixture, close_fixture),
	    cmocka_unit_test_setup_teardown(
		a_pin_in_front_of_a_number_lets_it_through_and_is_seen_nowhere, open_fixture,
		close_fixture),
	    cmocka_unit_test_setup_teardown(
		a_pin_is_kept_as_a_hash_and_taken_away_by_nothing, open_fixture, close_fixture),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
