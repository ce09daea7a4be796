/* routing/: redirections of numbers, do not disturb and call waiting (USR-5, USR-6, GRP-1, RTG-2).
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "fixture.h"
#include "routing/routing.h"

#define LOGINS                                                                                     \
	"{'login':'1001','first_name':'Anna','last_name':'Berg','phones':['a1'],'numbers':['20']," \
	"'call_waiting':false},"                                                                   \
	"{'login':'1002','first_name':'Ben','last_name':'Cohn','phones':['b1'],'numbers':['30','"  \
	"31'],"                                                                                    \
	"'dial':['local']},"                                                                       \
	"{'login':'1003','first_name':'Cleo','last_name':'Dietz','phones':['c1'],"                 \
	"'numbers':['40']}"

static const char office_text[] =
    "{'settings':{'domain':'test','ring_s':30,'country_code':'49','area_code':'211',"
    "'outside_prefix':'0','deposit':'40'},'ranges':[{'first':'20','last':'99'}],"
    "'phones':[{'name':'a1','secret':'Secret-a1-Secret1'},{'name':'b1','secret':"
    "'Secret-b1-Secret1'},{'name':'c1','secret':'Secret-c1-Secret1'},"
    "{'name':'z1','secret':'Secret-z1-Secret1'}],"
    "'users':[" LOGINS "],'lines':[{'name':'City','host':'192.0.2.1','auth':'address',"
    "'register':false}],'emergency-numbers':[{'number':'112','name':'Help'}],"
    "'groups':[{'name':'Sales','ring_s':12}],'group-members':[{'group':'Sales','user':'1001'},"
    "{'group':'Sales','user':'1002'}],'numbers':[{'number':'50','group':'Sales'}]}";

static struct fixture office;

/* What is so while a call comes. */
struct moment {
	const char *registered, *talking; /* phones; first names */
};

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

static void
rebuild(void)
{
	directory_free(office.directory);
	assert_int_equal(directory_build(office.store, &office.directory), ERR_OK);
}

static int64_t
id_of(const struct model_entity *e, const char *field, const char *value)
{
	json_t *row = NULL;
	int64_t id;

	assert_int_equal(store_find(office.store, e, field, value, &row), ERR_OK);
	id = json_integer_value(json_object_get(row, "id"));
	json_decref(row);
	return id;
}

static void
redirect(const char *number, const char *trigger, const char *target)
{
	struct model_errors errors = {0};
	json_t *row = NULL, *in = json_pack("{s:I, s:s, s:s, s:i}", "number",
				(json_int_t)id_of(&model_number, "number", number), "trigger",
				trigger, "target", target, "after_s", 7);

	assert_int_equal(store_create(office.store, &model_redirection, in, &row, &errors), ERR_OK);
	json_decref(row);
	json_decref(in);
	rebuild();
}

static void
redirect_to_mailbox(const char *number, const char *trigger, const char *code)
{
	struct model_errors errors = {0};
	json_t *row = NULL,
	       *in = json_pack("{s:I, s:s, s:s, s:I}", "number",
		   (json_int_t)id_of(&model_number, "number", number), "trigger", trigger, "kind",
		   "mailbox", "mailbox", (json_int_t)id_of(&model_mailbox, "code", code));

	assert_int_equal(store_create(office.store, &model_redirection, in, &row, &errors), ERR_OK);
	json_decref(row);
	json_decref(in);
	rebuild();
}

static void
make_mailbox(const char *name)
{
	struct model_errors errors = {0};
	json_t *row = NULL, *in = json_pack("{s:s}", "name", name);

	assert_int_equal(store_create(office.store, &model_mailbox, in, &row, &errors), ERR_OK);
	json_decref(row);
	json_decref(in);
}

static void
set_user(const char *login, const char *field, bool on)
{
	struct model_errors errors = {0};
	json_t *in = json_pack("{s:b}", field, on);

	assert_int_equal(store_patch(office.store, &model_user, id_of(&model_user, "login", login),
			     in, NULL, &errors),
	    ERR_OK);
	json_decref(in);
	rebuild();
}

static bool
reachable(void *ctx, int64_t phone_id)
{
	const struct moment *m = ctx;
	const struct dir_phone *p = dir_phone_by_id(office.directory, phone_id);

	return p && strstr(m->registered, p->name.p) != NULL;
}

static bool
talks(void *ctx, int64_t user_id)
{
	const struct moment *m = ctx;

	return strstr(m->talking, dir_user_by_id(office.directory, user_id)->first_name.p) != NULL;
}

static enum routing_line_state
line_free(void *ctx, int64_t line_id)
{
	return ROUTING_LINE_FREE;
}

static void
ask(struct routing_plan *out, struct routing_query *q, const struct moment *m)
{
	struct routing_state state = {.ctx = (void *)(uintptr_t)m,
	    .phone_reachable = reachable,
	    .line_state = line_free,
	    .user_talks = talks};

	q->state = &state;
	routing_plan_make(out, office.directory, q);
}

/* From phone z1, or with no phone from outside. */
static const char *
plan(struct routing_plan *out, const char *dialled, const struct moment *m, bool outside)
{
	static char text[300];
	size_t n;
	struct routing_query q = {.dialled = slice_cstr(dialled)};
	struct buf b;

	if (outside) {
		q.caller_line = dir_lines(office.directory, &n);
		q.caller.number = SLICE("02211234567");
	} else {
		q.caller_phone = dir_phone_by_name(office.directory, SLICE("z1"));
	}
	ask(out, &q, m);
	buf_init(&b, text, sizeof text - 1);
	for (size_t i = 0; i < out->n_via; i++)
		buf_printf(&b, "%.*s/%d>", SLICE_FMT(out->via[i].by.number), out->via[i].why);
	if (out->action == ROUTING_REFUSE)
		buf_printf(&b, "%u", out->status);
	for (size_t i = 0; out->action == ROUTING_RING && i < out->n_targets; i++)
		buf_printf(&b, "%s%.*s", i ? " " : "", SLICE_FMT(out->target[i].phone_name));
	if (out->action == ROUTING_RING)
		buf_printf(&b, " %u", out->ring_ms / 1000);
	if (out->onward.busy.n)
		buf_printf(&b, " busy:%.*s", SLICE_FMT(out->onward.busy));
	if (out->onward.timeout.n)
		buf_printf(&b, " late:%.*s", SLICE_FMT(out->onward.timeout));
	text[b.n] = '\0';
	return text;
}

static const struct moment all_free = {"a1 b1 c1", ""};

#define PLAN(dialled, ...) plan(&p, dialled, &(struct moment){__VA_ARGS__}, false)
#define FREE(dialled)	   plan(&p, dialled, &all_free, false)

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
usr_5_always_sends_every_call_on_and_says_who_did(void **state)
{
	struct routing_plan p;

	redirect("20", "always", "30");
	assert_string_equal(FREE("20"), "20/0>b1 30");
	assert_int_equal(p.called.user, id_of(&model_user, "login", "1002"));
	assert_string_equal(slice_eq(p.via[0].by.name, SLICE("Anna Berg")) ? "" : "who", "");
	assert_true(says(&p, "Calls to 20 always go to 30"));
	assert_true(slice_eq(p.caller.number, SLICE("z1"))); /* who calls stays who calls */
	/* also when he does not want to be disturbed, talks, or has no phone */
	set_user("1001", "dnd", true);
	assert_string_equal(PLAN("20", "b1", "Anna"), "20/0>b1 30");
	/* one switched off here is neither rung nor redirected: he may be gone for good */
	set_user("1001", "enabled", false);
	assert_string_equal(FREE("20"), "480");
}

static void
usr_5_on_timeout_the_phones_ring_so_long_and_the_plan_says_where_next(void **state)
{
	struct routing_plan p;

	redirect("20", "timeout", "30");
	assert_string_equal(FREE("20"), "a1 7 late:30");
	assert_true(says(&p, "When nobody answers for 7 s, the call goes to 30"));
	assert_int_equal(p.onward.user, id_of(&model_user, "login", "1001"));
	assert_string_equal(FREE("30"), "b1 30"); /* others ring as they did */
	assert_string_equal(FREE("31"), "b1 30");
}

static void
usr_5_a_timeout_acts_at_once_when_no_phone_can_ring(void **state)
{
	struct routing_plan p;

	redirect("20", "timeout", "30");
	assert_string_equal(PLAN("20", "b1", ""), "20/2>b1 30");
	assert_true(says(&p, "20 cannot be reached: the call goes to 30"));
	set_user("1001", "dnd", true);
	assert_string_equal(FREE("20"), "20/2>b1 30");
}

static void
usr_5_a_mailbox_takes_what_is_redirected_to_it(void **state)
{
	struct routing_query q = {.dialled = SLICE("mailbox:1"),
	    .sent_on_by = dir_user_by_login(office.directory, SLICE("1001"))};
	struct routing_plan p;

	make_mailbox("Annas Mailbox");
	redirect_to_mailbox("20", "timeout", "1");
	assert_string_equal(FREE("20"), "a1 20 late:mailbox:1");
	assert_string_equal(PLAN("20", "", ""), "20/2>Annas Mailbox 30");
	assert_int_equal(p.target[0].app, ROUTING_APP_VOICEMAIL);
	assert_true(slice_eq(p.argument, SLICE("1")));
	assert_true(says(&p, "A message can be left in the mailbox Annas Mailbox"));
	assert_true(slice_eq(p.called.name, SLICE("Annas Mailbox")));
	/* later, when nobody has answered */
	q.sent_on_by = dir_user_by_login(office.directory, SLICE("1001"));
	ask(&p, &q, &all_free);
	assert_int_equal(p.target[0].app, ROUTING_APP_VOICEMAIL);
	/* the name of a mailbox is nothing that can be dialled */
	q.sent_on_by = NULL;
	ask(&p, &q, &all_free);
	assert_int_equal(p.status, 404);
	assert_string_equal(FREE("mailbox:1"), "404");
	q = (struct routing_query){.dialled = SLICE("mailbox:7"),
	    .sent_on_by = dir_user_by_login(office.directory, SLICE("1001"))};
	ask(&p, &q, &all_free);
	assert_int_equal(p.status, 404);
	assert_true(says(&p, "There is no mailbox with the ID 7"));
}

static void
usr_6_do_not_disturb_refuses_where_nothing_is_redirected(void **state)
{
	struct routing_plan p;

	redirect("20", "busy", "30"); /* that is another thing */
	set_user("1001", "dnd", true);
	assert_string_equal(FREE("20"), "480");
	assert_int_equal(p.result, CDR_UNAVAILABLE);
}

static void
usr_6_without_call_waiting_who_talks_is_busy(void **state)
{
	struct routing_plan p;

	assert_string_equal(PLAN("20", "a1 b1", "Anna"), "486");
	assert_int_equal(p.result, CDR_BUSY);
	assert_true(says(&p, "Anna Berg is in a call and has no call waiting"));
	/* a timeout is about those who do not answer */
	redirect("20", "timeout", "40");
	assert_string_equal(PLAN("20", "a1 b1", "Anna"), "486");
	redirect("20", "busy", "30");
	assert_string_equal(PLAN("20", "a1 b1", "Anna"), "20/1>b1 30");
	assert_true(says(&p, "20 is busy: the call goes to 30"));
	assert_string_equal(FREE("20"), "a1 7 busy:30 late:40");
}

static void
usr_6_with_call_waiting_the_phones_ring_on_and_busy_does_not_redirect(void **state)
{
	struct routing_plan p;

	redirect("20", "busy", "30");
	set_user("1001", "call_waiting", true);
	assert_string_equal(PLAN("20", "a1 b1", "Anna"), "a1 30");
}

static void
usr_5_a_caller_who_hears_busy_does_not_end_at_the_deposit(void **state)
{
	struct routing_plan p;
	struct moment talking = {"a1 c1", "Anna"}, away = {"c1", ""};

	assert_string_equal(plan(&p, "20", &talking, true), "486");
	assert_string_equal(plan(&p, "20", &away, true), "c1 30"); /* RTG-2 */
	assert_string_equal(plan(&p, "20", &all_free, true), "a1 30");
	assert_true(slice_eq(p.deposit, SLICE("40")));
}

static void
usr_5_a_target_outside_is_dialled_with_the_rights_of_who_redirects(void **state)
{
	struct routing_plan p;

	redirect("20", "always", "0015112345678");
	assert_string_equal(FREE("20"), "20/0>City 180");
	assert_string_equal(p.outside, "+4915112345678");
	assert_string_equal(plan(&p, "20", &all_free, true), "20/0>City 180");
	assert_true(slice_eq(p.caller.number, SLICE("+492211234567")));
	/* Ben may dial local numbers only, whoever calls him */
	redirect("31", "always", "0015112345678");
	assert_string_equal(FREE("31"), "31/0>403");
	assert_true(says(&p, "Ben Cohn may not dial +4915112345678 (mobile)"));
}

static void
usr_5_a_call_goes_no_circles(void **state)
{
	struct routing_plan p;

	redirect("20", "always", "30");
	redirect("30", "always", "31");
	redirect("31", "always", "20");
	assert_string_equal(FREE("20"), "20/0>30/0>31/0>482");
	assert_true(
	    says(&p, "The call is not sent on to 20: it has been there, or was sent on too often"));
	/* from outside the deposit takes it */
	assert_string_equal(plan(&p, "20", &all_free, true), "20/0>30/0>31/0>c1 30");
}

static void
usr_5_what_was_sent_on_before_counts_too(void **state)
{
	struct routing_plan p;
	struct slice been = SLICE("30");
	struct routing_query q = {
	    .dialled = SLICE("20"), .caller.number = SLICE("1"), .been = &been, .n_been = 1};

	redirect("20", "always", "30");
	ask(&p, &q, &all_free);
	assert_int_equal(p.status, 482);
	q.n_been = 0;
	q.hops = ROUTING_HOPS_MAX;
	ask(&p, &q, &all_free);
	assert_int_equal(p.status, 482);
	assert_int_equal(p.n_via, 0);
	q.hops = ROUTING_HOPS_MAX - 1;
	ask(&p, &q, &all_free);
	assert_int_equal(p.action, ROUTING_RING);
	/* one device is meant, nobody else */
	q.one_device = true;
	ask(&p, &q, &all_free);
	assert_true(slice_eq(p.target[0].phone_name, SLICE("a1")));
}

static void
lin_6_emergency_calls_are_never_redirected_and_nothing_is_redirected_there(void **state)
{
	struct routing_plan p;
	struct model_errors errors = {0};
	json_t *row = NULL, *in;

	assert_string_equal(FREE("112"), "City 180");
	assert_true(p.emergency);
	redirect("20", "always", "30");
	in = json_pack("{s:s, s:s}", "number", "30", "name", "Was somebody's");
	assert_int_equal(
	    store_create(office.store, &model_emergency_number, in, &row, &errors), ERR_CONFLICT);
	json_decref(in);
	assert_int_equal(store_delete(office.store, &model_number,
			     id_of(&model_number, "number", "30"), &errors),
	    ERR_OK);
	in = json_pack("{s:s, s:s}", "number", "30", "name", "Was somebody's");
	assert_int_equal(
	    store_create(office.store, &model_emergency_number, in, &row, &errors), ERR_OK);
	json_decref(in);
	json_decref(row);
	rebuild();
	assert_string_equal(FREE("20"), "20/0>403");
	assert_false(p.emergency);
}

static void
grp_1_a_groups_number_is_redirected_as_a_users(void **state)
{
	struct routing_plan p;

	redirect("50", "timeout", "40");
	assert_string_equal(FREE("50"), "a1 b1 7 late:40");
	assert_int_equal(p.onward.group, id_of(&model_group, "name", "Sales"));
	redirect("50", "busy", "31");
	assert_string_equal(FREE("50"), "a1 b1 7 busy:31 late:40");
	redirect("50", "always", "0015112345678"); /* with the rights of new users */
	assert_string_equal(FREE("50"), "50/0>City 180");
	assert_true(slice_eq(p.via[0].by.name, SLICE("Sales")));
}

static void
grp_1_nobody_there_to_be_rung_is_a_timeout_at_once(void **state)
{
	struct routing_plan p;

	redirect("50", "timeout", "40");
	assert_string_equal(PLAN("50", "c1", ""), "50/2>c1 30");
	set_user("1001", "dnd", true);
	set_user("1002", "enabled", false);
	assert_string_equal(FREE("50"), "50/2>c1 30");
}

static void
grp_1_all_members_in_calls_is_busy_else_a_timeout_at_once(void **state)
{
	struct routing_plan p;

	/* Ben has call waiting; Anna, who has not, is not rung */
	assert_string_equal(PLAN("50", "a1 b1", "Anna Ben"), "b1 12");
	redirect("50", "timeout", "40");
	assert_string_equal(PLAN("50", "a1 b1 c1", "Anna Ben"), "50/2>c1 30");
	assert_true(says(&p, "All members of Sales who could be rung are in calls"));
	assert_string_equal(PLAN("50", "a1 b1 c1", "Anna"), "b1 7 late:40");
	redirect("50", "busy", "40");
	assert_string_equal(PLAN("50", "a1 b1 c1", "Anna Ben"), "50/1>c1 30");
	set_user("1002", "dnd", true);
	assert_string_equal(PLAN("50", "a1 b1 c1", "Anna"), "50/1>c1 30");
}

static void
grp_1_a_group_all_of_whom_talk_is_busy(void **state)
{
	struct routing_plan p;

	set_user("1002", "call_waiting", false);
	assert_string_equal(PLAN("50", "a1 b1", "Anna Ben"), "486");
}

static void
grp_1_what_members_redirect_for_themselves_takes_no_call_of_the_group(void **state)
{
	struct routing_plan p;

	redirect("20", "always", "40");
	redirect("31", "always", "40");
	redirect("30", "timeout", "40");
	assert_string_equal(FREE("50"), "a1 b1 12");
}

static void
usr_5_whoever_gets_a_number_does_not_get_its_redirections(void **state)
{
	struct routing_plan p;
	struct model_errors errors = {0};
	json_t *in = json_pack("{s:I}", "user", (json_int_t)id_of(&model_user, "login", "1003"));

	redirect("20", "always", "30");
	assert_int_equal(store_patch(office.store, &model_number,
			     id_of(&model_number, "number", "20"), in, NULL, &errors),
	    ERR_OK);
	json_decref(in);
	rebuild();
	assert_string_equal(FREE("20"), "c1 30");
}

#define IN_OFFICE(test) cmocka_unit_test_setup_teardown(test, open_office, close_office)

static void
give_to_mailbox(const char *number, const char *kind, const char *code)
{
	struct model_errors errors = {0};
	json_t *row = NULL, *in = json_pack("{s:s, s:s, s:I}", "number", number, "kind", kind,
				"mailbox", (json_int_t)id_of(&model_mailbox, "code", code));

	assert_int_equal(store_create(office.store, &model_number, in, &row, &errors), ERR_OK);
	json_decref(in);
	json_decref(row);
	rebuild();
}

static void
set_deposit(const char *number)
{
	struct model_errors errors = {0};
	json_t *in = json_pack("{s:s}", "deposit", number);

	assert_int_equal(store_patch(office.store, &model_settings, 1, in, NULL, &errors), ERR_OK);
	json_decref(in);
	rebuild();
}

static void
num_1_who_calls_the_number_of_a_mailbox_leaves_a_message(void **state)
{
	struct routing_plan p;

	make_mailbox("Orders");
	give_to_mailbox("70", "internal", "1");
	assert_string_equal(FREE("70"), "Orders 30");
	assert_int_equal(p.target[0].app, ROUTING_APP_VOICEMAIL);
	assert_true(slice_eq(p.argument, SLICE("1")));
	assert_true(slice_eq(p.called.number, SLICE("70"))); /* who is called is the number */
	assert_true(slice_eq(p.called.name, SLICE("Orders")));
	assert_true(says(&p, "70 leads to the mailbox Orders"));
	redirect("20", "always", "70");
	assert_string_equal(FREE("20"), "20/0>Orders 30");
	/* from outside, too, also as the number where calls go that nobody takes */
	give_to_mailbox("4921170", "external", "1");
	assert_string_equal(plan(&p, "021170", &all_free, true), "Orders 30");
	set_deposit("70");
	assert_string_equal(plan(&p, "30", &(struct moment){"", ""}, true), "Orders 30");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    IN_OFFICE(usr_5_always_sends_every_call_on_and_says_who_did),
	    IN_OFFICE(usr_5_on_timeout_the_phones_ring_so_long_and_the_plan_says_where_next),
	    IN_OFFICE(usr_5_a_timeout_acts_at_once_when_no_phone_can_ring),
	    IN_OFFICE(usr_5_a_mailbox_takes_what_is_redirected_to_it),
	    IN_OFFICE(num_1_who_calls_the_number_of_a_mailbox_leaves_a_message),
	    IN_OFFICE(usr_6_do_not_disturb_refuses_where_nothing_is_redirected),
	    IN_OFFICE(usr_6_without_call_waiting_who_talks_is_busy),
	    IN_OFFICE(usr_6_with_call_waiting_the_phones_ring_on_and_busy_does_not_redirect),
	    IN_OFFICE(usr_5_a_caller_who_hears_busy_does_not_end_at_the_deposit),
	    IN_OFFICE(usr_5_a_target_outside_is_dialled_with_the_rights_of_who_redirects),
	    IN_OFFICE(usr_5_a_call_goes_no_circles),
	    IN_OFFICE(usr_5_what_was_sent_on_before_counts_too),
	    IN_OFFICE(lin_6_emergency_calls_are_never_redirected_and_nothing_is_redirected_there),
	    IN_OFFICE(grp_1_a_groups_number_is_redirected_as_a_users),
	    IN_OFFICE(grp_1_nobody_there_to_be_rung_is_a_timeout_at_once),
	    IN_OFFICE(grp_1_all_members_in_calls_is_busy_else_a_timeout_at_once),
	    IN_OFFICE(grp_1_a_group_all_of_whom_talk_is_busy),
	    IN_OFFICE(grp_1_what_members_redirect_for_themselves_takes_no_call_of_the_group),
	    IN_OFFICE(usr_5_whoever_gets_a_number_does_not_get_its_redirections),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
