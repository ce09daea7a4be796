/* routing/: mobile phones that ring with the phones of their users (USR-9), by tables. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "fixture.h"
#include "routing/routing.h"

/* Anna has two, Ben may dial no mobile numbers, Cleo has no other phone, Dan may not use it. */
static const char office_text[] =
    "{'settings':{'domain':'test','ring_s':30,'country_code':'49','area_code':'211',"
    "'outside_prefix':'0','holidays':'de-nw'},'ranges':[{'first':'20','last':'99'}],"
    "'phones':[{'name':'a1','secret':'Secret-a1-Secret1'},{'name':'a2','secret':"
    "'Secret-a2-Secret1'},{'name':'b1','secret':'Secret-b1-Secret1'},{'name':'z1','secret':"
    "'Secret-z1-Secret1'}],"
    "'users':[{'login':'1001','first_name':'Anna','last_name':'Berg','phones':['a1','a2'],"
    "'numbers':['20']},"
    "{'login':'1002','first_name':'Ben','last_name':'Cohn','phones':['b1'],'numbers':['30'],"
    "'dial':['local']},"
    "{'login':'1003','first_name':'Cleo','last_name':'Dietz','numbers':['40']},"
    "{'login':'1004','first_name':'Dan','last_name':'Egli','numbers':['50'],'rights':['fkey']},"
    "{'login':'1005','first_name':'Zoe','last_name':'Fink','phones':['z1'],'numbers':['60']}],"
    "'lines':[{'name':'City','host':'192.0.2.1','auth':'address','register':false,'position':1,"
    "'main_number':'0211555100'},{'name':'Port','host':'192.0.2.2','auth':'address',"
    "'register':false,'position':2,'main_number':'0211777','no_screening':true}],"
    "'groups':[{'name':'Sales','ring_s':12},{'name':'Chain','strategy':'hunting','hunt_s':9}],"
    "'group-members':[{'group':'Sales','user':'1001'},{'group':'Sales','user':'1003'},"
    "{'group':'Chain','user':'1005'},{'group':'Chain','user':'1001'}],"
    "'numbers':[{'number':'0211555120','kind':'external','user':'1001','line':'City'},"
    "{'number':'70','group':'Sales'},{'number':'80','group':'Chain'}],"
    "'redirections':[{'number':'40','trigger':'timeout','target':'20','after_s':20}],"
    "'mobile-twins':[{'user':'1001','number':'+491711111111','delay_s':5},"
    "{'user':'1001','number':'+491712222222','confirm':false,'group_calls':true,"
    "'delay_s':2,'times':'mon,tue 08:00-18:00; sat,holiday 09:00-12:00'},"
    "{'user':'1001','number':'+491713333333','enabled':false},"
    "{'user':'1002','number':'+491714444444'},"
    "{'user':'1003','number':'+491715555555','delay_s':10},"
    "{'user':'1004','number':'+491716666666'},{'user':'1005','number':'+49211555120'}]}";

static struct fixture office;

/* 2026-11-30 is a Monday. */
static const struct routing_time monday = {{2026, 11, 30}, 600}, evening = {{2026, 11, 30}, 1080},
				 wednesday = {{2026, 12, 2}, 600},
				 christmas = {{2026, 12, 25}, 660};

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

static const char *registered = "a1 a2 b1 z1", *down = "";

static bool
reachable(void *ctx, int64_t phone_id)
{
	return strstr(registered, dir_phone_by_id(office.directory, phone_id)->name.p);
}

static enum routing_line_state
line_state(void *ctx, int64_t line_id)
{
	return strstr(down, dir_line_by_id(office.directory, line_id)->name.p) ? ROUTING_LINE_FULL
									       : ROUTING_LINE_FREE;
}

static struct routing_state state = {.phone_reachable = reachable, .line_state = line_state};

/* "a1 City>…1111@5|Port": after 5 s by City, else by Port. */
static const char *
text_of(const struct routing_plan *p)
{
	static char text[500];
	struct buf b;

	buf_init(&b, text, sizeof text - 1);
	if (p->action == ROUTING_REFUSE)
		buf_printf(&b, "%u", p->status);
	for (size_t i = 0; p->action == ROUTING_RING && i < p->n_targets; i++) {
		const struct routing_target *t = &p->target[i];

		buf_printf(&b, "%s%.*s", t->spare ? "|" : i ? " " : "", SLICE_FMT(t->phone_name));
		if (t->twin && !t->spare)
			buf_printf(&b, ">%.*s%s",
			    SLICE_FMT(slice_from(p->twin[t->twin - 1].number, 9)),
			    p->twin[t->twin - 1].confirm ? "?" : "");
		if (t->delay_ms && t->delay_ms != ROUTING_AFTER_OTHERS)
			buf_printf(&b, "@%u", t->delay_ms / 1000);
		if (t->turn)
			buf_printf(&b, "#%u+%u", t->turn, t->turn_delay_ms / 1000);
	}
	text[b.n] = '\0';
	return text;
}

/* From phone z1, or from that number outside. */
static const char *
plan(struct routing_plan *p, const char *dialled, const char *outside, struct routing_time when)
{
	struct routing_query q = {.dialled = slice_cstr(dialled), .when = when, .state = &state};
	size_t n;

	if (outside) {
		q.caller_line = dir_lines(office.directory, &n);
		q.caller.number = slice_cstr(outside);
	} else {
		q.caller_phone = dir_phone_by_name(office.directory, SLICE("z1"));
	}
	routing_plan_make(p, office.directory, &q);
	return text_of(p);
}

static bool
says(const struct routing_plan *p, const char *sentence)
{
	char text[REASON_TEXT_BYTES];

	for (uint32_t i = 0; i < p->n_reasons; i++)
		if (strcmp(reason_text(slice_cstr(p->reasons[i]), text), sentence) == 0)
			return true;
	return false;
}

static void
usr_9_mobile_phones_ring_when_it_is_their_time(void **s)
{
	static const struct {
		const char *dialled;
		const struct routing_time *when;
		const char *rings, *because;
	} rows[] = {
	    {"20", &monday, "a1 a2 City>1111?@5|Port City>2222@2|Port",
		"Mobile phone +491711111111 rings after 5 s"},
	    {"20", &evening, "a1 a2 City>1111?@5|Port",
		"Mobile phone +491712222222 does not ring: it is not its time"},
	    {"20", &wednesday, "a1 a2 City>1111?@5|Port", NULL},
	    {"20", &christmas, "a1 a2 City>1111?@5|Port City>2222@2|Port", NULL},
	    /* as Ben would dial himself */
	    {"30", &monday, "b1", "Mobile phone +491714444444 does not ring: no line can be used"},
	    /* no other phone: reachable all the same, no redirection acts */
	    {"40", &monday, "City>5555?@10|Port", "Mobile phone +491715555555 rings after 10 s"},
	    /* its user may not have one any more */
	    {"50", &monday, "480", NULL},
	    /* of a group only those that are meant to */
	    {"70", &monday, "a1 a2 City>2222@2|Port",
		"Mobile phone +491711111111 does not ring for calls to groups"},
	};

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct routing_plan p;

		assert_string_equal(plan(&p, rows[i].dialled, NULL, *rows[i].when), rows[i].rings);
		if (rows[i].because)
			assert_true(says(&p, rows[i].because));
	}
}

/* Delays count from the beginning of a member's turn. */
static void
usr_9_in_hunting_they_ring_in_the_turn_of_their_user(void **s)
{
	struct routing_plan p;

	assert_string_equal(
	    plan(&p, "80", "0221123", monday), "z1#1+0 a1#2+0 a2#2+0 City>2222#2+2|Port#2+0");
}

static void
usr_9_lines_are_tried_in_order_and_full_ones_not_at_all(void **s)
{
	struct routing_plan p;

	down = "City";
	assert_string_equal(plan(&p, "40", NULL, monday), "Port>5555?@10");
	down = "City Port";
	assert_string_equal(plan(&p, "20", NULL, monday), "a1 a2");
	assert_string_equal(plan(&p, "40", NULL, monday), "a1 a2"); /* redirected at once */
	down = "";
}

static void
usr_9_nobody_is_rung_at_the_phone_he_calls_from(void **s)
{
	struct routing_plan p;

	assert_string_equal(plan(&p, "20", "01711111111", monday), "a1 a2 City>2222@2|Port");
	assert_true(says(&p, "Mobile phone +491711111111 does not ring: it is the caller's"));
}

/* Anybody can say any number: he is shown as Anna, and is nobody. */
static void
usr_9_a_known_mobile_phone_is_shown_as_its_user_without_her_rights(void **s)
{
	struct routing_plan p;

	assert_string_equal(plan(&p, "60", "+491711111111", monday), "z1");
	assert_true(slice_eq(p.caller.name, SLICE("Anna Berg")));
	assert_true(slice_eq(p.caller.number, SLICE("20")));
	assert_int_equal(p.caller.user, 0);
	assert_true(says(&p, "+491711111111 is the number of the mobile phone of Anna Berg"));
	assert_true(
	    says(&p, "Mobile phone +49211555120 does not ring: its number is one of this system"));
	/* switched off, it is any number */
	plan(&p, "60", "+491713333333", monday);
	assert_true(slice_eq(p.caller.number, SLICE("+491713333333")));
}

/* On Port the caller himself, on City only a number of City's. */
static void
usr_9_the_caller_is_shown_where_the_line_lets_us(void **s)
{
	struct routing_plan p;

	plan(&p, "40", "0221123456", monday);
	assert_true(slice_eq(p.target[0].way.shown, SLICE("0211555100")));
	assert_true(slice_eq(p.target[1].way.shown, SLICE("+49221123456")));
	plan(&p, "20", "0221123456", monday); /* Anna has a number of her own there */
	assert_true(slice_eq(p.target[2].way.shown, SLICE("0211555120")));
}

static void
usr_9_do_not_disturb_and_one_device_mean_them_too(void **s)
{
	struct routing_query q = {.dialled = SLICE("20"),
	    .state = &state,
	    .when = monday,
	    .caller_phone = dir_phone_by_name(office.directory, SLICE("z1")),
	    .one_device = true};
	struct model_errors errors = {0};
	json_t *row = NULL, *in = json_pack("{s:b}", "dnd", 1);
	struct routing_plan p;

	routing_plan_make(&p, office.directory, &q);
	assert_string_equal(text_of(&p), "a1 a2");
	assert_int_equal(store_find(office.store, &model_user, "login", "1001", &row), ERR_OK);
	assert_int_equal(store_patch(office.store, &model_user,
			     json_integer_value(json_object_get(row, "id")), in, NULL, &errors),
	    ERR_OK);
	json_decref(row);
	json_decref(in);
	directory_free(office.directory);
	assert_int_equal(directory_build(office.store, &office.directory), ERR_OK);
	assert_string_equal(plan(&p, "20", NULL, monday), "480");
}

static void
key_what_else_somebody_has_rings_at_once(void **s)
{
	const struct dir_user *anna = dir_user_by_login(office.directory, SLICE("1001"));
	struct routing_query q = {
	    .caller.number = SLICE("60"), .sent_on_by = anna, .state = &state, .when = evening};
	struct routing_plan p;

	routing_plan_others(&p, office.directory, &q, anna,
	    dir_phone_by_name(office.directory, SLICE("a1")), SLICE(""));
	assert_string_equal(text_of(&p), "a2 City>1111?|Port City>2222|Port");
	registered = "";
	routing_plan_others(&p, office.directory, &q, anna, NULL, SLICE("+491711111111"));
	assert_string_equal(text_of(&p), "City>2222|Port");
	down = "City Port";
	routing_plan_others(&p, office.directory, &q, anna, NULL, SLICE(""));
	assert_string_equal(text_of(&p), "480");
	registered = "a1 a2 b1 z1";
	down = "";
}

static const char *
dial_in(struct routing_plan *p, const char *from, const char *number)
{
	plan(p, number, from, monday);
	return p->n_targets == 1 && p->target[0].kind == ROUTING_APP &&
		       p->target[0].app == ROUTING_APP_DIAL_IN
		   ? p->argument.p
		   : "";
}

static void
usr_9_who_calls_a_dial_in_number_from_his_mobile_phone_is_asked_what_to_call(void **s)
{
	static const char *const forms[] = {"+49211555199", "0211555199", "555199", "555198"};
	struct routing_plan p;

	assert_string_equal(dial_in(&p, "+491711111111", "0211555199"), "");
	fixture_change(&office, "{'settings':{'dial_in_numbers':'0211555199, +49211555198'}}");
	for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++)
		assert_string_equal(dial_in(&p, "01711111111", forms[i]), "+491711111111");
	assert_int_equal(p.caller.user, 0); /* nothing is shown yet */
	assert_true(says(&p, "555198 is a dial-in number: Anna Berg is asked what to dial"));
	/* nobody else, no other number; not with a right withdrawn, not switched off */
	assert_string_equal(dial_in(&p, "+491799999999", "0211555199"), "");
	assert_string_equal(dial_in(&p, "+491711111111", "0211555120"), "");
	assert_string_equal(dial_in(&p, "+491713333333", "0211555199"), "");
	assert_string_equal(dial_in(&p, "+491716666666", "0211555199"), "");
	fixture_change(&office, "{'users':[{'login':'1001','enabled':false}]}");
	assert_string_equal(dial_in(&p, "+491711111111", "0211555199"), "");
	fixture_change(&office, "{'users':[{'login':'1001','enabled':true}],"
				"'settings':{'dial_in_numbers':''}}");
}

static void
usr_9_who_has_dialled_in_has_his_users_permissions_and_display(void **s)
{
	struct routing_query q = {.caller_user = dir_user_by_login(office.directory, SLICE("1002")),
	    .caller = {.number = SLICE("+491714444444")},
	    .when = monday,
	    .state = &state};
	struct routing_plan p;

	q.dialled = SLICE("00221999");
	routing_plan_make(&p, office.directory, &q);
	assert_int_equal(p.caller.user, q.caller_user->id);
	assert_true(says(&p, "Phone FMC/+491714444444 calls as Ben Cohn (30)"));
	assert_int_equal(p.status, 403); /* Ben may dial local numbers */
	q.dialled = SLICE("0555777");
	routing_plan_make(&p, office.directory, &q);
	assert_string_equal(text_of(&p), "City Port");
	/* his own mobile phone does not ring, his phone does; codes are his */
	q.dialled = SLICE("30");
	routing_plan_make(&p, office.directory, &q);
	assert_string_equal(text_of(&p), "b1");
	assert_true(says(&p, "Mobile phone +491714444444 does not ring: it is the caller's"));
	q.dialled = SLICE("*09");
	routing_plan_make(&p, office.directory, &q);
	assert_int_equal(p.target[0].app, ROUTING_APP_ORDER);
	/* whose PIN is asked for at the phone */
	q.dialled = SLICE("*51234*00221999");
	q.by_keys = true;
	routing_plan_make(&p, office.directory, &q);
	assert_int_equal(p.status, 403);
	assert_int_equal(p.pin, ROUTING_PIN_NONE);
}

#define IN_OFFICE(test) cmocka_unit_test_setup_teardown(test, open_office, close_office)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    IN_OFFICE(usr_9_mobile_phones_ring_when_it_is_their_time),
	    IN_OFFICE(usr_9_in_hunting_they_ring_in_the_turn_of_their_user),
	    IN_OFFICE(usr_9_lines_are_tried_in_order_and_full_ones_not_at_all),
	    IN_OFFICE(usr_9_nobody_is_rung_at_the_phone_he_calls_from),
	    IN_OFFICE(usr_9_who_calls_a_dial_in_number_from_his_mobile_phone_is_asked_what_to_call),
	    IN_OFFICE(usr_9_who_has_dialled_in_has_his_users_permissions_and_display),
	    IN_OFFICE(usr_9_a_known_mobile_phone_is_shown_as_its_user_without_her_rights),
	    IN_OFFICE(usr_9_the_caller_is_shown_where_the_line_lets_us),
	    IN_OFFICE(usr_9_do_not_disturb_and_one_device_mean_them_too),
	    IN_OFFICE(key_what_else_somebody_has_rings_at_once),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
