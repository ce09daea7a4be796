/* call/: what a plan of the public network asks for, on the wire: emergency calls make room
 * (LIN-6), call-by-call prefixes and shown numbers reach the line (RTG-1, RTG-3), a call that
 * nobody answers goes on to the deposit (LIN-5). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "office.h"
#include "two_lines.h"

static const char config[] =
    "{'settings':{'country_code':'49','area_code':'211','outside_prefix':'0','deposit':'103'},"
    "'ranges':[{'first':'100','last':'199'}],"
    "'lines':[{'name':'isp','host':'isp.example','username':'u','password':'p',"
    "'main_number':'0211555','costly_minutes':3}],"
    "'phones':[{'name':'b1','secret':'Secret-b1-Secret1'},"
    "{'name':'c1','secret':'Secret-c1-Secret1'}],"
    "'users':[{'login':'1001','first_name':'Ben','last_name':'Cohn','phones':['b1'],"
    "'numbers':['102'],'hide_number':true},{'login':'1003','first_name':'Cleo','last_name':"
    "'Dietz','phones':['c1'],'numbers':['103']}],"
    "'numbers':[{'number':'0211555002','kind':'external','user':'1001'}],"
    "'cor-rules':[{'number':'0043'}],"
    "'cor-lines':[{'rule':'0043','frame':'24/7','line':'isp','call_by_call':'01019'}]}";

/* Its line takes where an emergency call comes from. */
static const char located[] =
    "{'sites':[{'name':'Werk 2','country':'DE','state':'NRW','postal_code':'50667','city':'Köln',"
    "'street':'Domkloster','house_number':'4','occupant':'Uhr & Co <KG>','floor':'2','room':'201',"
    "'networks':'10.0.0.0/8'}],'phones':[{'name':'c1','place':'Empfang'}],"
    "'lines':[{'name':'isp','location':true}],'users':[{'login':'1001','dial_pin':'135790',"
    "'dial':['local']}]}";

static struct office o;
static struct ua *ben, *cleo, *isp;
static struct two_lines lines;

static int
set_up(void **state)
{
	office_open_with(&o, config, two_lines_new(&lines, &o));
	lines.account = "u";
	ben = office_phone(&o, "b1");
	cleo = office_phone(&o, "c1");
	isp = lines.phone[1] = office_phone(&o, "gateway");
	return 0;
}

static int
tear_down(void **state)
{
	office_close(&o);
	assert_int_equal(lines.taken, 0);
	return 0;
}

static void
change(const char *more)
{
	fixture_change(&o.fixture, more);
	call_switch_set_directory(o.calls, o.fixture.directory);
}

static void
dial(struct ua *u, const char *number)
{
	static unsigned n;

	n++;
	ua_send(u,
	    "INVITE sip:%s@$PBX SIP/2.0\nVia: SIP/2.0/UDP $ME;rport;branch=z9hG4bKro%u\n"
	    "Max-Forwards: 70\nFrom: <sip:%s@$PBX>;tag=t%u\nTo: <sip:%s@$PBX>\n"
	    "Call-ID: routes-%u@test\nCSeq: 7 INVITE\nContact: <sip:%s@$ME>\n"
	    "Content-Type: application/sdp\nContent-Length: $LEN\n\n%s",
	    number, n, u->name, n, number, n, u->name, sdp_of(u, 4000, ""));
}

/* Connected; what the provider got. */
static const char *
talk(struct ua *u, const char *number, const char **ok)
{
	const char *invite;

	dial(u, number);
	invite = ua_expect(isp, "INVITE", 100);
	ua_answer(isp, invite, 200, "", sdp_of(isp, 5000, ""));
	ua_expect(isp, "ACK", 100);
	*ok = ua_expect(u, "SIP/2.0 200", 100);
	ua_in_dialog(u, *ok, "ACK", 7, "", "");
	office_run(&o, 10);
	return invite;
}

static bool
recorded(size_t i, const char *reason)
{
	const struct cdr *r = &o.record[i];
	char text[REASON_TEXT_BYTES];

	for (uint32_t k = 0; k < r->explanation_count; k++)
		if (strcmp(reason_text(slice_cstr(r->explanation[k]), text), reason) == 0)
			return true;
	return false;
}

/* LIN-6: the youngest of the other calls ends, the older one goes on. */
static void
an_emergency_call_makes_room(void **state)
{
	const char *older, *younger, *emergency, *invite, *first, *r;

	lines.taken_max = 2;
	first = talk(ben, "00221991", &older);
	office_run(&o, 1000);
	talk(ben, "00221992", &younger);
	invite = talk(cleo, "112", &emergency);
	assert_non_null(strstr(invite, "sip:112@isp.example"));
	assert_int_equal(o.n_emergencies, 1);
	assert_string_equal(o.emergency.number, "112");
	assert_string_equal(o.emergency.caller.name, "Cleo Dietz");
	assert_string_equal(o.emergency.caller.phone, "c1");
	assert_false(o.emergency.refused);
	r = ua_expect(isp, "BYE", 100);
	assert_non_null(strstr(r, "sip:u@")); /* of the provider's side of the younger call */
	ua_answer(isp, r, 200, "", "");
	r = ua_expect(ben, "BYE", 100);
	ua_answer(ben, r, 200, "", "");
	office_run(&o, 100);
	assert_int_equal(o.n_records, 1);
	assert_true(strstr(o.record[0].called_number, "992"));
	assert_true(
	    recorded(0, "The call was ended to make room for an emergency call on line isp"));
	ua_expect_none(ben, "BYE");
	/* another one takes the place of the older one; then only emergency calls are left */
	talk(ben, "0112", &younger);
	ua_answer(isp, ua_expect(isp, "BYE", 100), 200, "", "");
	ua_answer(ben, ua_expect(ben, "BYE", 100), 200, "", "");
	assert_int_equal(lines.taken, 2);
	dial(ben, "110");
	ua_ack_failure(ben, ua_expect(ben, "SIP/2.0 480", 100));
	assert_int_equal(o.n_emergencies, 4); /* that it begins, and that no line carried it */
	assert_true(o.emergency.refused);
	ua_in_dialog(cleo, emergency, "BYE", 8, "", "");
	ua_answer(isp, ua_expect(isp, "BYE", 100), 200, "", "");
	ua_in_dialog(ben, younger, "BYE", 8, "", "");
	ua_answer(isp, ua_expect(isp, "BYE", 100), 200, "", "");
	ua_expect(cleo, "SIP/2.0 200", 100);
	ua_expect(ben, "SIP/2.0 200", 100);
	assert_non_null(first);
}

/* LIN-6: ordinary calls are refused while there are ports left for emergency calls; when these run
 * out, the youngest ordinary one gives its own back. */
static void
ports_are_kept_for_emergency_calls(void **state)
{
	const char *ok[4], *r;

	o.streams_max = 2;
	o.streams_kept = 4;
	talk(ben, "00221991", &ok[0]);
	office_run(&o, 1000);
	talk(ben, "00221992", &ok[1]);
	dial(ben, "00221993");
	ua_ack_failure(ben, ua_expect(ben, "SIP/2.0 503", 100));
	talk(cleo, "112", &ok[2]);
	ua_expect_none(ben, "BYE");
	talk(cleo, "110", &ok[3]); /* leaves half of what is kept for the next ones */
	ua_answer(isp, ua_expect(isp, "BYE", 100), 200, "", "");
	r = ua_expect(ben, "BYE", 100);
	ua_answer(ben, r, 200, "", "");
	office_run(&o, 100);
	assert_int_equal(o.n_records, 2);
	assert_true(strstr(o.record[1].called_number, "992"));
	assert_true(recorded(
	    1, "The call was ended: all RTP ports are taken, and an emergency call needs some"));
	ua_expect_none(ben, "BYE");
	assert_false(o.emergency.refused);
	for (int i = 0; i < 4; i++) {
		if (i == 1)
			continue;
		ua_in_dialog(i ? cleo : ben, ok[i], "BYE", 8, "", "");
		ua_answer(isp, ua_expect(isp, "BYE", 100), 200, "", "");
		ua_expect(i ? cleo : ben, "SIP/2.0 200", 100);
	}
}

static void
hang_up(struct ua *u, const char *ok)
{
	ua_in_dialog(u, ok, "BYE", 8, "", "");
	ua_answer(isp, ua_expect(isp, "BYE", 100), 200, "", "");
	ua_expect(u, "SIP/2.0 200", 100);
}

/* LIN-6: not even one of those that are kept is left. The caller waits until the youngest other
 * call has given its ports back. */
static void
an_emergency_call_without_any_port_waits_for_those_of_the_youngest_call(void **state)
{
	const char *ok[3], *r, *invite;

	o.streams_max = 2;
	o.streams_kept = 0;
	talk(ben, "00221991", &ok[0]);
	office_run(&o, 1000);
	talk(ben, "00221992", &ok[1]);
	dial(cleo, "112");
	ua_answer(isp, ua_expect(isp, "BYE", 10), 200, "", "");
	r = ua_expect(ben, "BYE", 10);
	ua_answer(ben, r, 200, "", "");
	invite = ua_expect(isp, "INVITE", 200);
	assert_non_null(strstr(invite, "sip:112@isp.example"));
	ua_answer(isp, invite, 200, "", sdp_of(isp, 5000, ""));
	ua_expect(isp, "ACK", 100);
	ok[2] = ua_expect(cleo, "SIP/2.0 200", 100);
	ua_in_dialog(cleo, ok[2], "ACK", 7, "", "");
	office_run(&o, 100);
	assert_int_equal(o.n_records, 1); /* and not the older one, too */
	assert_true(strstr(o.record[0].called_number, "992"));
	ua_expect_none(ben, "BYE");
	assert_false(o.emergency.refused);
	ua_in_dialog(cleo, ok[2], "BYE", 8, "", "");
	ua_answer(isp, ua_expect(isp, "BYE", 100), 200, "", "");
	ua_expect(cleo, "SIP/2.0 200", 100);
	hang_up(ben, ok[0]);
}

/* Who gives up while he waits leaves nothing behind. */
static void
an_emergency_call_that_waits_for_ports_can_be_given_up(void **state)
{
	const char *ok, *trying;
	char via[512], from[512], id[512];

	o.streams_max = 1;
	o.streams_kept = 0;
	talk(ben, "112", &ok);
	dial(cleo, "110");
	trying = ua_expect(cleo, "SIP/2.0 100", 300);
	header(trying, "Via", via);
	*strstr(via, ";received") = '\0';
	ua_send(cleo,
	    "CANCEL sip:110@$PBX SIP/2.0\nVia: %s\nFrom: %s\nTo: <sip:110@$PBX>\nCall-ID: %s\n"
	    "CSeq: 7 CANCEL\nMax-Forwards: 70\nContent-Length: 0\n\n",
	    via, header(trying, "From", from), header(trying, "Call-ID", id));
	ua_expect(cleo, "SIP/2.0 200", 100);
	ua_ack_failure(cleo, ua_expect(cleo, "SIP/2.0 487", 100));
	hang_up(ben, ok);
	office_run(&o, 5000);
	ua_expect_none(isp, "INVITE");
	assert_int_equal(o.n_records, 2);
	assert_int_equal(o.record[0].result, CDR_CANCELLED);
}

/* Only emergency calls have ports: the next one is told so in the end. */
static void
an_emergency_call_that_nobody_can_make_room_for_is_refused(void **state)
{
	const char *ok;

	o.streams_max = 1;
	o.streams_kept = 0;
	talk(ben, "112", &ok);
	dial(cleo, "110");
	ua_expect_none(cleo, "SIP/2.0 503");
	office_run(&o, 2500);
	ua_ack_failure(cleo, ua_expect(cleo, "SIP/2.0 503", 1000));
	assert_true(o.emergency.refused);
	ua_expect_none(ben, "BYE");
	ua_in_dialog(ben, ok, "BYE", 8, "", "");
	ua_answer(isp, ua_expect(isp, "BYE", 100), 200, "", "");
	ua_expect(ben, "SIP/2.0 200", 100);
}

/* LIN-6, RFC 6442: header, body part and address of the caller's site. */
static void
the_provider_is_told_where_an_emergency_call_comes_from(void **state)
{
	const char *invite, *ok;
	char value[512], cid[64];

	change(located);
	invite = talk(ben, "112", &ok);
	assert_non_null(strstr(header(invite, "Content-Type", value), "multipart/mixed;boundary="));
	assert_string_equal(header(invite, "Geolocation-Routing", value), "yes");
	header(invite, "Geolocation", value);
	assert_int_equal(sscanf(value, "<cid:%60[^>]>", cid), 1);
	snprintf(value, sizeof value, "Content-ID: <%s>\r\n\r\n<?xml", cid);
	assert_non_null(strstr(invite, value));
	assert_non_null(strstr(invite, "Content-Type: application/sdp\r\n\r\nv=0\r\n"));
	assert_non_null(strstr(invite,
	    "<country>DE</country><A1>NRW</A1><A3>Köln</A3><RD>Domkloster</RD><HNO>4</HNO>"
	    "<FLR>2</FLR><NAM>Uhr &amp; Co &lt;KG&gt;</NAM><PC>50667</PC><ROOM>201</ROOM>"));
	assert_string_equal(
	    o.emergency.where, "Werk 2: Domkloster 4, 50667 Köln, Uhr & Co <KG>, 2, 201");
	hang_up(ben, ok);
	invite = talk(cleo, "112", &ok); /* whose phone says where it stands */
	assert_non_null(strstr(invite, "<ROOM>Empfang</ROOM>"));
	hang_up(cleo, ok);
	invite = talk(cleo, "00221999", &ok); /* nobody else is told */
	assert_null(strstr(invite, "Geolocation"));
	hang_up(cleo, ok);
	change("{'lines':[{'name':'isp','location':false}]}");
	invite = talk(cleo, "112", &ok);
	assert_null(strstr(invite, "Geolocation"));
	assert_string_equal(header(invite, "Content-Type", value), "application/sdp");
	hang_up(cleo, ok);
}

/* A provider that does not take it gets the call all the same. */
static void
a_refused_location_does_not_cost_the_call(void **state)
{
	static const uint16_t refusals[] = {415, 488, 424, 400};
	const char *invite, *ok;

	change(located);
	for (size_t i = 0; i < sizeof refusals / sizeof refusals[0]; i++) {
		dial(ben, "112");
		invite = ua_expect(isp, "INVITE", 100);
		assert_non_null(strstr(invite, "Geolocation"));
		ua_answer(isp, invite, refusals[i], "", "");
		ua_expect(isp, "ACK", 100);
		invite = ua_expect(isp, "INVITE", 100);
		assert_null(strstr(invite, "Geolocation"));
		assert_null(strstr(invite, "multipart"));
		ua_answer(isp, invite, 200, "", sdp_of(isp, 5000, ""));
		ua_expect(isp, "ACK", 100);
		ok = ua_expect(ben, "SIP/2.0 200", 100);
		ua_in_dialog(ben, ok, "ACK", 7, "", "");
		office_run(&o, 10);
		hang_up(ben, ok);
		office_run(&o, 100);
		assert_true(recorded(i, "Line isp does not take where the call comes from: it was "
					"asked again without"));
	}
	/* the same without a location is the provider's word */
	change("{'lines':[{'name':'isp','location':false}]}");
	dial(ben, "112");
	ua_answer(isp, ua_expect(isp, "INVITE", 100), 415, "", "");
	ua_expect(isp, "ACK", 100);
	ua_ack_failure(ben, ua_expect(ben, "SIP/2.0 4", 100));
}

/* RTG-2: five wrong ones, then none for an hour; the right one makes them forgotten. */
static void
wrong_pins_are_counted(void **state)
{
	const char *ok;

	change(located);
	for (int i = 0; i < 4; i++) {
		dial(ben, "*51234*00221999");
		ua_ack_failure(ben, ua_expect(ben, "SIP/2.0 403", 100));
	}
	talk(ben, "*5135790*00221999", &ok);
	assert_true(slice_eq(lines.asked.number, SLICE("+49221999")));
	hang_up(ben, ok);
	for (int i = 0; i < 5; i++) {
		dial(ben, "*51234*00221999");
		ua_ack_failure(ben, ua_expect(ben, "SIP/2.0 403", 100));
	}
	assert_int_equal(o.n_pin_locked, 1);
	assert_string_equal(o.pin_locked.phone, "b1");
	assert_int_equal(o.pin_locked.wrong, 5);
	dial(ben, "*5135790*00221999");
	ua_ack_failure(ben, ua_expect(ben, "SIP/2.0 403", 100));
	office_run(&o, 3599 * 1000u);
	dial(ben, "*5135790*00221999");
	ua_ack_failure(ben, ua_expect(ben, "SIP/2.0 403", 100));
	office_run(&o, 2000);
	talk(ben, "*5135790*00221999", &ok);
	hang_up(ben, ok);
	office_run(&o, 100);
	for (size_t i = 0; i < o.n_records; i++) {
		assert_null(strstr(o.record[i].called_number, "*5"));
		for (uint32_t k = 0; k < o.record[i].explanation_count; k++)
			assert_null(strstr(o.record[i].explanation[k], "13579"));
	}
}

/* What management remembers of before the start: the rest of the hour. */
static void
a_restart_gives_no_more_tries(void **state)
{
	const char *ok;

	change(located);
	call_pin_locked(o.calls, dir_phone_by_name(o.fixture.directory, SLICE("b1"))->id,
	    (int64_t)sim_now_ms(o.sim) - 3000 * 1000);
	dial(ben, "*5135790*00221999");
	ua_ack_failure(ben, ua_expect(ben, "SIP/2.0 403", 100));
	assert_int_equal(o.n_pin_locked, 0);
	office_run(&o, 601 * 1000u);
	talk(ben, "*5135790*00221999", &ok);
	hang_up(ben, ok);
}

/* LIN-6: whoever is called in an emergency sees the number, whatever the caller has chosen. */
static void
what_is_shown_on_the_line(void **state)
{
	const char *ok;

	talk(ben, "00043123", &ok);
	assert_true(slice_eq(lines.asked.number, SLICE("+43123")));
	assert_true(slice_eq(lines.asked.call_by_call, SLICE("01019")));
	assert_true(slice_eq(lines.asked.shown, SLICE("0211555002")));
	assert_true(lines.asked.hidden);
	ua_in_dialog(ben, ok, "BYE", 8, "", "");
	ua_answer(isp, ua_expect(isp, "BYE", 100), 200, "", "");
	ua_expect(ben, "SIP/2.0 200", 100);
	talk(ben, "112", &ok);
	assert_false(lines.asked.hidden);
	assert_true(slice_eq(lines.asked.shown, SLICE("0211555002")));
	ua_in_dialog(ben, ok, "BYE", 8, "", "");
	ua_answer(isp, ua_expect(isp, "BYE", 100), 200, "", "");
	ua_expect(ben, "SIP/2.0 200", 100);
	talk(cleo, "00043123", &ok);
	assert_true(slice_eq(lines.asked.shown, SLICE("0211555"))); /* has none of her own */
	assert_false(lines.asked.hidden);
	ua_in_dialog(cleo, ok, "BYE", 8, "", "");
	ua_answer(isp, ua_expect(isp, "BYE", 100), 200, "", "");
	ua_expect(cleo, "SIP/2.0 200", 100);
}

static void
call_in(const char *number)
{
	static unsigned n;

	n++;
	ua_send(isp,
	    "INVITE sip:%s@$PBX SIP/2.0\nVia: SIP/2.0/UDP $ME;rport;branch=z9hG4bKde%u\n"
	    "Max-Forwards: 70\nFrom: <sip:+4940777@isp>;tag=isp%u\nTo: <sip:%s@$PBX>\n"
	    "Call-ID: in-%u@isp\nCSeq: 7 INVITE\nContact: <sip:gw@$ME>\n"
	    "Content-Type: application/sdp\nContent-Length: $LEN\n\n%s",
	    number, n, n, number, n, sdp_of(isp, 5000, ""));
}

/* LIN-5: after the ringing time the deposit rings, and is told who did not answer. */
static void
nobody_answers(void **state)
{
	const char *invite, *ok, *r;
	char value[512];

	call_in("+49211555002");
	invite = ua_expect(ben, "INVITE", 100);
	ua_answer(ben, invite, 180, "", "");
	ua_expect(isp, "SIP/2.0 180", 100);
	office_run(&o, 29000);
	ua_expect_none(cleo, "INVITE");
	r = ua_expect(ben, "CANCEL", 2000);
	ua_answer(ben, r, 200, "", "");
	ua_answer(ben, invite, 487, "", "");
	ua_expect(ben, "ACK", 100);
	invite = ua_expect(cleo, "INVITE", 100);
	assert_non_null(strstr(header(invite, "Diversion", value), "reason=no-answer"));
	assert_non_null(strstr(header(invite, "From", value), "+4940777"));
	ua_answer(cleo, invite, 200, "", sdp_of(cleo, 6000, ""));
	ua_expect(cleo, "ACK", 100);
	ok = ua_expect(isp, "SIP/2.0 200", 100);
	ua_in_dialog(isp, ok, "ACK", 7, "", "");
	office_run(&o, 10);
	ua_in_dialog(isp, ok, "BYE", 8, "", "");
	ua_answer(cleo, ua_expect(cleo, "BYE", 100), 200, "", "");
	ua_expect(isp, "SIP/2.0 200", 100);
	office_run(&o, 100);
	assert_true(recorded(0, "The call goes on to the deposit 103"));
	assert_true(recorded(0, "Nobody answered in time"));
	assert_int_equal(o.record[0].result, CDR_ANSWERED);
}

/* Nor there: then it is over, and does not go round. */
static void
nor_does_the_deposit(void **state)
{
	const char *invite;

	call_in("+49211555002");
	invite = ua_expect(ben, "INVITE", 100);
	ua_answer(ben, invite, 180, "", "");
	ua_answer(ben, ua_expect(ben, "CANCEL", 31000), 200, "", "");
	ua_answer(ben, invite, 487, "", "");
	invite = ua_expect(cleo, "INVITE", 1000);
	ua_answer(cleo, invite, 180, "", "");
	ua_expect(cleo, "CANCEL", 31000);
	ua_answer(cleo, invite, 487, "", "");
	ua_ack_failure(isp, ua_expect(isp, "SIP/2.0 480", 1000));
	office_run(&o, 64000);
	ua_expect_none(ben, "INVITE");
	assert_int_equal(o.n_records, 1);
	assert_int_equal(o.record[0].result, CDR_NO_ANSWER);
}

/* What nobody has, and who is not there: the deposit at once. */
static void
an_unknown_number_goes_to_the_deposit(void **state)
{
	const char *invite;

	call_in("+49211555999");
	invite = ua_expect(cleo, "INVITE", 100);
	ua_expect_none(ben, "INVITE");
	ua_answer(cleo, invite, 486, "", "");
	ua_ack_failure(isp, ua_expect(isp, "SIP/2.0 486", 100));
	office_run(&o, 100);
	assert_true(recorded(0, "The call goes on to the deposit 103"));
}

/* ---- RTG-2: nobody can be reached, and callers from outside hear that ---- */

static const char refusing[] = "{'settings':{'unavailable':'reject'}}";

static const struct media_service *
heard_outside(void)
{
	return &o.stream[0].service[MEDIA_CALLER];
}

static void
who_reaches_nobody_hears_a_tone_before_he_is_refused(void **state)
{
	const char *invite, *early;

	change(refusing);
	call_in("+49211555002");
	invite = ua_expect(ben, "INVITE", 100);
	ua_answer(ben, invite, 480, "", "");
	early = ua_expect(isp, "SIP/2.0 183", 100);
	assert_non_null(strstr(early, "m=audio"));
	assert_null(strstr(early, " 5000 ")); /* a port of ours */
	assert_ptr_equal(heard_outside()->sound, office_refusal_tone(&o));
	ua_expect_none(cleo, "INVITE"); /* the deposit is not for him */
	office_run(&o, 3800);
	ua_expect_none(isp, "SIP/2.0 480");
	ua_ack_failure(isp, ua_expect(isp, "SIP/2.0 480", 300));
	office_run(&o, 100);
	assert_true(recorded(0, "The caller hears the tone of somebody unreachable"));
	assert_int_equal(o.record[0].result, CDR_UNAVAILABLE);
	assert_int_equal(o.record[0].sip_status, 480);
	assert_int_equal(o.record[0].answered_at, 0);
}

/* A phone that he could hear already: in the same voice. */
static void
who_heard_a_phone_hears_the_tone_after_it(void **state)
{
	const char *invite;

	change(refusing);
	call_in("+49211555002");
	invite = ua_expect(ben, "INVITE", 100);
	ua_answer(ben, invite, 183, "", sdp_of(ben, 6000, ""));
	ua_expect(isp, "SIP/2.0 183", 100);
	ua_answer(ben, invite, 480, "", "");
	office_run(&o, 100);
	ua_expect_none(isp, "SIP/2.0 4");
	assert_ptr_equal(heard_outside()->sound, office_refusal_tone(&o));
	ua_ack_failure(isp, ua_expect(isp, "SIP/2.0 480", 4000));
	office_run(&o, 100);
}

/* He need not hear all of it, and was refused all the same. */
static void
who_hangs_up_while_he_hears_the_tone_was_refused(void **state)
{
	char via[512], from[512], id[512];
	const char *early;

	change(refusing);
	change("{'users':[{'login':'1001','dnd':true}]}");
	call_in("+49211555002");
	early = ua_expect(isp, "SIP/2.0 183", 100);
	assert_ptr_equal(heard_outside()->sound, office_refusal_tone(&o));
	header(early, "Via", via);
	*strstr(via, ";received") = '\0';
	ua_send(isp,
	    "CANCEL sip:+49211555002@$PBX SIP/2.0\nVia: %s\nFrom: %s\nTo: "
	    "<sip:+49211555002@$PBX>\nCall-ID: %s\nCSeq: 7 CANCEL\nMax-Forwards: 70\n"
	    "Content-Length: 0\n\n",
	    via, header(early, "From", from), header(early, "Call-ID", id));
	ua_expect(isp, "SIP/2.0 200", 100);
	ua_ack_failure(isp, ua_expect(isp, "SIP/2.0 487", 100));
	office_run(&o, 10000);
	assert_int_equal(o.n_records, 1);
	assert_int_equal(o.record[0].result, CDR_UNAVAILABLE);
	assert_int_equal(o.record[0].ended_by, CDR_BY_SYSTEM);
}

/* Phones here make their tones themselves; and other refusals are no business of it. */
static void
others_are_refused_without_a_tone(void **state)
{
	change(refusing);
	change("{'users':[{'login':'1001','dnd':true}]}");
	dial(cleo, "102");
	ua_ack_failure(cleo, ua_expect(cleo, "SIP/2.0 480", 100));
	ua_expect_none(cleo, "SIP/2.0 183");
	change("{'users':[{'login':'1001','dnd':false}]}");
	call_in("+49211555002");
	ua_answer(ben, ua_expect(ben, "INVITE", 100), 486, "", "");
	ua_ack_failure(isp, ua_expect(isp, "SIP/2.0 486", 100));
	ua_expect_none(isp, "SIP/2.0 183");
	office_run(&o, 100);
}

/* The guard against toll fraud: each begun minute counts; then calls end, and none begin. */
static void
minutes_of_costly_calls_are_counted(void **state)
{
	const char *ok, *r;

	talk(ben, "00043123", &ok); /* the line may have three minutes a day */
	office_run(&o, 119000);
	assert_int_equal(o.n_spent, 0);
	office_run(&o, 2000);
	assert_int_equal(o.n_spent, 1);
	assert_string_equal(o.spent.line, "isp");
	assert_int_equal(o.spent.minutes, 3);
	ua_expect_none(ben, "BYE");
	r = ua_expect(ben, "BYE", 60000);
	ua_answer(ben, r, 200, "", "");
	ua_answer(isp, ua_expect(isp, "BYE", 100), 200, "", "");
	office_run(&o, 100);
	assert_true(recorded(
	    0, "The call was ended: what line isp may have of costly calls today is used up"));
	dial(ben, "00043123");
	ua_ack_failure(ben, ua_expect(ben, "SIP/2.0 480", 100));
	talk(ben, "00221999", &ok); /* those that cost little go on */
	office_run(&o, 300000);
	ua_in_dialog(ben, ok, "BYE", 8, "", "");
	ua_answer(isp, ua_expect(isp, "BYE", 100), 200, "", "");
	ua_expect(ben, "SIP/2.0 200", 100);
	assert_int_equal(o.n_spent, 1);
	office_run(&o, 24 * 3600 * 1000u); /* another day */
	talk(ben, "00043123", &ok);
	ua_in_dialog(ben, ok, "BYE", 8, "", "");
	ua_answer(isp, ua_expect(isp, "BYE", 100), 200, "", "");
	ua_expect(ben, "SIP/2.0 200", 100);
}

/* What the records of the morning say counts, too. */
static void
a_restart_does_not_forget(void **state)
{
	const char *ok;

	call_spent(o.calls, dir_lines(o.fixture.directory, &(size_t){0})[0].id, 2, 0);
	talk(ben, "00043123", &ok);
	assert_int_equal(o.n_spent, 1);
	ua_in_dialog(ben, ok, "BYE", 8, "", "");
	ua_answer(isp, ua_expect(isp, "BYE", 100), 200, "", "");
	ua_expect(ben, "SIP/2.0 200", 100);
	dial(ben, "00043123");
	ua_ack_failure(ben, ua_expect(ben, "SIP/2.0 480", 100));
}

/* ---- what calls cost (LIN-5) ---- */

static const char priced[] =
    "{'lines':[{'name':'isp','costly_minutes':0,'costly_charge_micro':300000,'currency':'CHF'}],"
    "'rates':[{'line':'isp','prefix':'0043','per_minute_micro':120000,'setup_micro':10000,"
    "'first_s':60,'step_s':1},{'line':'isp','prefix':'0221','per_minute_micro':20000}]}";

/* Ben hangs up, and it is recorded. */
static void
finish(const char *ok)
{
	hang_up(ben, ok);
	office_run(&o, 100);
}

static void
a_call_is_charged_by_the_rate_of_its_number(void **state)
{
	const char *ok;

	change(priced);
	talk(ben, "00043123", &ok);
	office_run(&o, 74000);
	finish(ok); /* 75 s, the last one has begun: 0.01 + 0.12 * 75 / 60 */
	assert_int_equal(o.record[0].charge_micro, 160000);
	assert_string_equal(o.record[0].currency, "CHF");
	talk(ben, "00221999", &ok);
	finish(ok);
	assert_int_equal(o.record[1].charge_micro, 20000);
	talk(ben, "00231999", &ok); /* no rate */
	finish(ok);
	assert_int_equal(o.record[2].charge_micro, 0);
	assert_string_equal(o.record[2].currency, "");
}

/* BEY-13: 0.30 a day. 0.13 for the first minute, 0.12 for each further one: the third takes it
 * beyond, and there is no fourth. */
static void
the_day_is_limited_in_money_too(void **state)
{
	const char *ok, *r;

	change(priced);
	talk(ben, "00043123", &ok);
	office_run(&o, 119000);
	assert_int_equal(o.n_spent, 0);
	office_run(&o, 2000);
	assert_int_equal(o.n_spent, 1);
	assert_int_equal(o.spent.charge_micro, 370000);
	assert_string_equal(o.spent.currency, "CHF");
	r = ua_expect(ben, "BYE", 60000);
	ua_answer(ben, r, 200, "", "");
	ua_answer(isp, ua_expect(isp, "BYE", 100), 200, "", "");
	office_run(&o, 100);
	assert_int_equal(o.record[0].charge_micro, 370000);
	dial(ben, "00043123");
	ua_ack_failure(ben, ua_expect(ben, "SIP/2.0 480", 100));
	talk(ben, "00221999", &ok); /* those that cost little go on */
	finish(ok);
}

/* A call of some seconds has been counted with its whole minute only while it ran. */
static void
a_call_counts_for_the_day_with_what_it_did_cost(void **state)
{
	static const char by_seconds[] =
	    "{'lines':[{'name':'isp','costly_minutes':0,'costly_charge_micro':300000}],"
	    "'rates':[{'line':'isp','prefix':'0043','per_minute_micro':120000,'first_s':1,"
	    "'step_s':1}]}";
	const char *ok;

	change(by_seconds);
	for (int i = 0; i < 5; i++) { /* 5 * 0.12, had each a minute */
		talk(ben, "00043123", &ok);
		finish(ok);
	}
	assert_int_equal(o.n_spent, 0);
	assert_int_equal(o.record[4].charge_micro, 2000);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(an_emergency_call_makes_room, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(
		who_reaches_nobody_hears_a_tone_before_he_is_refused, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(
		who_heard_a_phone_hears_the_tone_after_it, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(
		who_hangs_up_while_he_hears_the_tone_was_refused, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(others_are_refused_without_a_tone, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(ports_are_kept_for_emergency_calls, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(
		an_emergency_call_without_any_port_waits_for_those_of_the_youngest_call, set_up,
		tear_down),
	    cmocka_unit_test_setup_teardown(
		an_emergency_call_that_waits_for_ports_can_be_given_up, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(
		an_emergency_call_that_nobody_can_make_room_for_is_refused, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(
		the_provider_is_told_where_an_emergency_call_comes_from, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(
		a_refused_location_does_not_cost_the_call, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(wrong_pins_are_counted, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(a_restart_gives_no_more_tries, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(what_is_shown_on_the_line, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(nobody_answers, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(nor_does_the_deposit, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(
		an_unknown_number_goes_to_the_deposit, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(minutes_of_costly_calls_are_counted, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(a_restart_does_not_forget, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(
		a_call_is_charged_by_the_rate_of_its_number, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(the_day_is_limited_in_money_too, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(
		a_call_counts_for_the_day_with_what_it_did_cost, set_up, tear_down),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
