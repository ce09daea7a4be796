/* call/: calls over a line to a provider on the wire: credentials inside calls, who is
 * believed, what phones are shown (RFC 3261 22, 3325, 5806, 7044). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "office.h"

static const char config[] =
    "{'settings':{'country_code':'49','area_code':'211','outside_prefix':'0'},"
    "'ranges':[{'first':'100','last':'199'}],"
    "'lines':[{'name':'isp','host':'isp.example','username':'u','password':'p'}],"
    "'phones':[{'name':'b1','secret':'Secret-b1-Secret1'},"
    "{'name':'c1','secret':'Secret-c1-Secret1'}],"
    "'users':[{'login':'1001','first_name':'Ben','last_name':'Cohn','phones':['b1'],"
    "'numbers':['102']},{'login':'1003','first_name':'Cleo','last_name':'Dietz',"
    "'phones':['c1'],'numbers':['103']}],"
    "'numbers':[{'number':'0211555002','kind':'external','user':'1001'}]}";

static struct office o;
static struct ua *ben, *cleo, *isp;
static struct sip_client_auth known; /* what trunk/ keeps of a line */
static int calls_taken;

static const struct sip_credentials credentials = {.username = SLICE("u"), .password = SLICE("p")};

/* ---- a trunk with one line ---- */

static enum routing_line_state
line_state(void *ctx, int64_t line)
{
	return ROUTING_LINE_FREE;
}

static enum err
line_leg(void *ctx, const struct call_line_call *call, struct call_line_leg *out)
{
	struct addr pbx;

	if (call->attempt > 0)
		return ERR_NOT_FOUND;
	assert_int_equal(addr_parse(SLICE("10.0.0.1:5060"), 5060, &pbx), ERR_OK);
	*out = (struct call_line_leg){
	    .flow = {.transport = SIP_UDP, .local = pbx, .remote = isp->addr},
	    .uri = SLICE("sip:+4922199@isp.example"),
	    .from = SLICE("<sip:u@isp.example>"),
	    .to = SLICE("<sip:+4922199@isp.example>"),
	    .contact_user = SLICE("u")};
	return ERR_OK;
}

static bool
line_take(void *ctx, int64_t line)
{
	calls_taken++;
	return true;
}

static void
line_done(void *ctx, int64_t line)
{
	calls_taken--;
}

static void
line_hop_failed(void *ctx, int64_t line, const struct sip_flow *flow, uint32_t retry_after_s)
{
}

static enum err
line_challenged(void *ctx, int64_t line, struct sip_auth_try *t, const struct sip_msg *resp)
{
	return sip_client_auth_on_challenge(&known, t, resp, &credentials);
}

static void
line_write_auth(void *ctx, int64_t line, struct buf *b, struct slice method, struct slice uri)
{
	sip_client_auth_write(&known, b, &credentials, method, uri, SLICE("c"));
}

static const struct call_line_ops line_ops = {.state = line_state,
    .leg = line_leg,
    .take = line_take,
    .done = line_done,
    .hop_failed = line_hop_failed,
    .challenged = line_challenged,
    .write_auth = line_write_auth};

static int
set_up(void **state)
{
	memset(&known, 0, sizeof known);
	calls_taken = 0;
	office_open_with(&o, config, &line_ops);
	ben = office_phone(&o, "b1");
	cleo = office_phone(&o, "c1");
	isp = office_phone(&o, "gateway");
	return 0;
}

static int
tear_down(void **state)
{
	office_close(&o);
	assert_int_equal(calls_taken, 0);
	return 0;
}

static const char *
challenge(const char *nonce)
{
	static char text[256];

	snprintf(text, sizeof text,
	    "Proxy-Authenticate: Digest realm=\"isp\", nonce=\"%s\", algorithm=SHA-256, "
	    "qop=\"auth\"\n",
	    nonce);
	return text;
}

/* The request carries credentials for this nonce, is of this CSeq, and they are right. */
static void
assert_proof(const char *msg, const char *nonce, const char *method, const char *cseq)
{
	char value[512], ha1[SIP_DIGEST_HEX_MAX];
	struct sip_digest d;

	assert_int_equal(
	    sip_digest_parse(&d, slice_cstr(header(msg, "Proxy-Authorization", value))), ERR_OK);
	assert_true(slice_eq(d.nonce, slice_cstr(nonce)));
	sip_digest_ha1(d.algorithm, SLICE("u"), SLICE("isp"), SLICE("p"), ha1);
	assert_true(sip_digest_verify(&d, slice_cstr(ha1), slice_cstr(method)));
	assert_string_equal(header(msg, "CSeq", value), cseq);
}

static const char *
ben_calls_out(const char *extra)
{
	static unsigned n;

	n++;
	ua_send(ben,
	    "INVITE sip:000221-99@$PBX SIP/2.0\nVia: SIP/2.0/UDP $ME;rport;branch=z9hG4bKl%u\n"
	    "Max-Forwards: 70\nFrom: <sip:b1@$PBX>;tag=ben\nTo: <sip:000221-99@$PBX>\n"
	    "Call-ID: line-%u@test\nCSeq: 7 INVITE\nContact: <sip:b1@$ME>\n%s"
	    "Content-Type: application/sdp\nContent-Length: $LEN\n\n%s",
	    n, n, extra, sdp_of(ben, 4000, ""));
	return ua_expect(isp, "INVITE", 100);
}

struct talk {
	const char *invite, *ok;
};

/* Challenged once, then answered. */
static struct talk
talk_outside(const char *of_isp)
{
	struct talk t = {.invite = ben_calls_out("")};
	const char *ack;
	char a[512], b[512];

	ua_answer(isp, t.invite, 407, challenge("n1"), "");
	ua_expect(isp, "ACK", 100);
	t.invite = ua_expect(isp, "INVITE", 100);
	assert_proof(t.invite, "n1", "INVITE", "2 INVITE");
	ua_answer(isp, t.invite, 200, of_isp, sdp_of(isp, 5000, ""));
	ack = ua_expect(isp, "ACK", 100);
	/* RFC 3261, 13.2.2.4: with the credentials of the INVITE */
	assert_string_equal(
	    header(ack, "Proxy-Authorization", a), header(t.invite, "Proxy-Authorization", b));
	assert_true(*a);
	t.ok = ua_expect(ben, "SIP/2.0 200", 100);
	ua_in_dialog(ben, t.ok, "ACK", 7, "", "");
	office_run(&o, 10);
	return t;
}

/* A provider that wants a new nonce for each request: nothing gets lost. */
static void
every_request_may_be_challenged(void **state)
{
	struct talk t = talk_outside("Allow: INVITE, UPDATE\n");
	const char *r;

	ua_in_dialog(ben, t.ok, "INFO", 8, "Content-Type: text/x\n", "5\n");
	r = ua_expect(isp, "INFO", 100);
	assert_proof(r, "n1", "INFO", "3 INFO"); /* at once, with what is known */
	ua_answer(isp, r, 407, challenge("n2"), "");
	r = ua_expect(isp, "INFO", 100);
	assert_proof(r, "n2", "INFO", "4 INFO");
	assert_non_null(strstr(r, "\r\n\r\n5"));
	ua_answer(isp, r, 200, "", "");
	ua_expect(ben, "SIP/2.0 200", 100);

	ua_in_dialog(ben, t.ok, "UPDATE", 9, "", sdp_of(ben, 4000, "a=sendonly\n"));
	r = ua_expect(isp, "UPDATE", 100);
	ua_answer(isp, r, 407, challenge("n3"), "");
	r = ua_expect(isp, "UPDATE", 100);
	assert_proof(r, "n3", "UPDATE", "6 UPDATE");
	assert_non_null(strstr(r, "a=sendonly"));
	ua_answer(isp, r, 200, "Allow: INVITE\n", sdp_of(isp, 5000, "a=recvonly\n"));
	ua_expect(ben, "SIP/2.0 200", 100);

	ua_in_dialog(ben, t.ok, "INVITE", 10, "", sdp_of(ben, 4000, ""));
	r = ua_expect(isp, "INVITE", 100);
	ua_answer(isp, r, 407, challenge("n4"), "");
	ua_expect(isp, "ACK", 100);
	r = ua_expect(isp, "INVITE", 100);
	assert_proof(r, "n4", "INVITE", "8 INVITE");
	ua_answer(isp, r, 200, "", sdp_of(isp, 5000, ""));
	ua_expect(isp, "ACK", 100);
	ua_in_dialog(ben, ua_expect(ben, "SIP/2.0 200", 100), "ACK", 10, "", "");

	ua_in_dialog(ben, t.ok, "BYE", 11, "", "");
	r = ua_expect(isp, "BYE", 100);
	ua_answer(isp, r, 407, challenge("n5"), "");
	r = ua_expect(isp, "BYE", 100);
	assert_proof(r, "n5", "BYE", "10 BYE");
	ua_answer(isp, r, 200, "", "");
}

/* A wrong password: one try each, then the caller and the other side hear of it. */
static void
refused_credentials_end_it(void **state)
{
	struct talk t = talk_outside("Allow: INVITE\n");
	const char *r;

	ua_in_dialog(ben, t.ok, "INVITE", 8, "", sdp_of(ben, 4000, "a=sendonly\n"));
	for (int round = 0; round < 2; round++) {
		ua_answer(
		    isp, ua_expect(isp, "INVITE", 100), 407, challenge(round ? "n3" : "n2"), "");
		ua_expect(isp, "ACK", 100);
	}
	ua_ack_failure(ben, ua_expect(ben, "SIP/2.0 488", 100));
	ua_in_dialog(ben, t.ok, "BYE", 11, "", "");
	ua_answer(isp, ua_expect(isp, "BYE", 100), 407, challenge("n4"), "");
	r = ua_expect(isp, "BYE", 100);
	ua_answer(isp, r, 407, challenge("n5"), "");
	office_run(&o, 1000);
	ua_expect_none(isp, "BYE");
}

/* Does the last record give this reason? */
static bool
recorded(const char *reason)
{
	const struct cdr *r = &o.record[o.n_records - 1];
	char text[REASON_TEXT_BYTES];

	for (uint32_t i = 0; i < r->explanation_count; i++)
		if (strcmp(reason_text(slice_cstr(r->explanation[i]), text), reason) == 0)
			return true;
	return false;
}

/* A line is trusted, a phone behind it shown what it says (RFC 3325, 5806). */
static void
phones_are_shown_what_lines_say(void **state)
{
	static const struct {
		const char *what, *from, *extra, *shown, *asserted, *diversion, *history;
	} cases[] = {
	    {"From", "\"Cust\" <sip:+4940777@isp>", "", "sip:+4940777@10.0.0.1", "+4940777", "",
		""},
	    {"PAI", "<sip:+4940777@isp>", "P-Asserted-Identity: <sip:+4940888@isp>\n",
		"sip:+4940888@10.0.0.1", "+4940888", "", ""},
	    {"hidden", "<sip:anonymous@anonymous.invalid>",
		"P-Asserted-Identity: <sip:+4940888@isp>\nPrivacy: id\n",
		"sip:anonymous@anonymous.invalid", "", "", ""},
	    {"hidden the old way", "<sip:+4940777@isp>",
		"Remote-Party-ID: <sip:+4940888@isp>;privacy=full\n",
		"sip:anonymous@anonymous.invalid", "", "", ""},
	    {"redirected", "<sip:+4940777@isp>",
		"Diversion: <sip:+4989@inner.isp>;reason=no-answer\n", "sip:+4940777@10.0.0.1",
		"+4940777", "<sip:+4989@10.0.0.1>;reason=no-answer;counter=1;privacy=off",
		"<sip:+4989@10.0.0.1>;index=1"},
	};

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		static unsigned n;
		const char *invite;
		char value[512];

		n++;
		ua_send(isp,
		    "INVITE sip:+49211555002@$PBX SIP/2.0\nVia: SIP/2.0/UDP "
		    "$ME;rport;branch=z9hG4bKin%u\nMax-Forwards: 70\nFrom: %s;tag=isp\n"
		    "To: <sip:+49211555002@$PBX>\nCall-ID: in-%u@isp\nCSeq: 1 INVITE\n"
		    "Contact: <sip:gw@$ME>\n%sP-Charging-Vector: secret\n"
		    "Content-Type: application/sdp\nContent-Length: $LEN\n\n%s",
		    n, cases[i].from, n, cases[i].extra, sdp_of(isp, 5000, ""));
		invite = ua_expect(ben, "INVITE", 100);
		if (!strstr(header(invite, "From", value), cases[i].shown))
			fail_msg("%s: %s", cases[i].what, value);
		header(invite, "P-Asserted-Identity", value);
		if (*cases[i].asserted ? !strstr(value, cases[i].asserted) : *value != '\0')
			fail_msg("%s: %s", cases[i].what, value);
		assert_string_equal(header(invite, "Diversion", value), cases[i].diversion);
		assert_string_equal(header(invite, "History-Info", value), cases[i].history);
		assert_string_equal(header(invite, "Alert-Info", value),
		    "<http://www.notused.com>;info=alert-external");
		assert_null(strstr(invite, "secret"));
		assert_null(strstr(invite, "isp"));
		ua_answer(ben, invite, 486, "", "");
		ua_ack_failure(isp, ua_expect(isp, "SIP/2.0 486", 100));
		office_run(&o, 50);
		assert_int_equal(recorded("+4989 had sent the call on before it came here"),
		    *cases[i].diversion != 0);
	}
}

/* A call that came in on the line is sent on through it by this phone. */
static const char *
sent_on(struct ua *by, const char *to)
{
	char via[512], from[512], own[512], id[512], cseq[512];
	const char *inv;

	ua_send(isp,
	    "INVITE sip:%s@$PBX SIP/2.0\nVia: SIP/2.0/UDP $ME;rport;branch=z9hG4bKso%s\n"
	    "Max-Forwards: 70\nFrom: <sip:+4940777@isp>;tag=isp\nTo: <sip:%s@$PBX>\n"
	    "Call-ID: so-%s@isp\nCSeq: 1 INVITE\nContact: <sip:gw@$ME>\n"
	    "Content-Type: application/sdp\nContent-Length: $LEN\n\n%s",
	    to, by->name, to, by->name, sdp_of(isp, 5000, ""));
	inv = ua_expect(by, "INVITE", 100);
	ua_send(by,
	    "SIP/2.0 302 Moved\nVia: %s\nFrom: %s\nTo: %s;tag=moved\nCall-ID: %s\nCSeq: %s\n"
	    "Contact: <sip:00022199@10.0.0.1>\nContent-Length: 0\n\n",
	    header(inv, "Via", via), header(inv, "From", from), header(inv, "To", own),
	    header(inv, "Call-ID", id), header(inv, "CSeq", cseq));
	ua_expect(by, "ACK", 100);
	return ua_expect(isp, "INVITE", 100);
}

/* RFC 5806, 7044: a provider hears of numbers of the public network only. */
static void
internal_numbers_stay_inside(void **state)
{
	const char *inv;
	char value[512];

	inv = sent_on(ben, "102");
	assert_string_equal(header(inv, "Diversion", value),
	    "\"Ben Cohn\" <sip:+49211555002@10.0.0.1>;reason=deflection;counter=1;privacy=off");
	assert_string_equal(
	    header(inv, "History-Info", value), "<sip:+49211555002@10.0.0.1>;index=1");
	assert_null(strstr(inv, "sip:102@"));
	assert_null(strstr(inv, "00022199@10.0.0.1"));
	ua_answer(isp, inv, 486, "", "");
	ua_ack_failure(isp, ua_expect(isp, "SIP/2.0 486", 100));
	inv = sent_on(cleo, "103"); /* has none */
	assert_string_equal(header(inv, "Diversion", value), "");
	assert_string_equal(header(inv, "History-Info", value), "");
	assert_null(strstr(inv, "103@"));
	assert_string_equal(header(inv, "Allow", value), CALL_LINE_ALLOW);
	assert_null(strstr(header(inv, "Supported", value), "replaces"));
	ua_answer(isp, inv, 486, "", "");
	ua_ack_failure(isp, ua_expect(isp, "SIP/2.0 486", 100));
}

/* RFC 3892: who transfers is shown outside by a number that is known there. */
static void
who_transfers_outside(void **state)
{
	const char *inv, *ok;
	char value[512];

	ua_send(isp,
	    "INVITE sip:102@$PBX SIP/2.0\nVia: SIP/2.0/UDP $ME;rport;branch=z9hG4bKref\n"
	    "Max-Forwards: 70\nFrom: <sip:+4940777@isp>;tag=isp\nTo: <sip:102@$PBX>\n"
	    "Call-ID: ref@isp\nCSeq: 1 INVITE\nContact: <sip:gw@$ME>\n"
	    "Content-Type: application/sdp\nContent-Length: $LEN\n\n%s",
	    sdp_of(isp, 5000, ""));
	inv = ua_expect(ben, "INVITE", 100);
	ua_answer(ben, inv, 200, "", sdp_of(ben, 4000, ""));
	ok = ua_expect(isp, "SIP/2.0 200", 100);
	ua_in_dialog(isp, ok, "ACK", 1, "", "");
	ua_in_dialog(isp, ok, "REFER", 2, "Refer-To: <sip:103@x>\n", "");
	ua_expect(isp, "SIP/2.0 403", 100);
	ua_in_dialog(isp, ok, "PUBLISH", 3, "", "");
	assert_string_equal(
	    header(ua_expect(isp, "SIP/2.0 405", 100), "Allow", value), CALL_LINE_ALLOW);
	ua_in_dialog(ben, inv, "REFER", 1,
	    "Refer-To: <sip:00022199@x>\nReferred-By: <sip:102@x>\nRefer-Sub: false\n", "");
	inv = ua_expect(isp, "INVITE", 100);
	assert_string_equal(
	    header(inv, "Referred-By", value), "\"Ben Cohn\" <sip:+49211555002@10.0.0.1>");
	ua_answer(isp, inv, 486, "", "");
	ua_in_dialog(isp, ok, "BYE", 4, "", "");
	ua_answer(ben, ua_expect(ben, "BYE", 100), 200, "", "");
}

/* Nobody knows a name there. */
static void
the_record_says_which_line_a_transfer_took(void **state)
{
	const char *inv, *ok, *out;
	const struct cdr *r = &o.record[0];
	char text[REASON_TEXT_BYTES];
	bool said = false;

	ua_send(isp,
	    "INVITE sip:102@$PBX SIP/2.0\nVia: SIP/2.0/UDP $ME;rport;branch=z9hG4bKout\n"
	    "Max-Forwards: 70\nFrom: <sip:+4940777@isp>;tag=isp\nTo: <sip:102@$PBX>\n"
	    "Call-ID: out@isp\nCSeq: 1 INVITE\nContact: <sip:gw@$ME>\n"
	    "Content-Type: application/sdp\nContent-Length: $LEN\n\n%s",
	    sdp_of(isp, 5000, ""));
	inv = ua_expect(ben, "INVITE", 100);
	ua_answer(ben, inv, 200, "", sdp_of(ben, 4000, ""));
	ok = ua_expect(isp, "SIP/2.0 200", 100);
	ua_in_dialog(isp, ok, "ACK", 1, "", "");
	ua_in_dialog(ben, inv, "REFER", 1, "Refer-To: <sip:00022199@x>\nRefer-Sub: false\n", "");
	out = ua_expect(isp, "INVITE", 100);
	ua_answer(isp, out, 200, "", sdp_of(isp, 5100, ""));
	ua_expect(isp, "ACK", 100);
	ua_answer(ben, ua_expect(ben, "BYE", 100), 200, "", "");
	ua_in_dialog(isp, ok, "BYE", 4, "", "");
	ua_answer(isp, ua_expect(isp, "BYE", 100), 200, "", "");
	office_run(&o, 100);
	for (uint32_t i = 0; i < r->explanation_count; i++)
		said |= strcmp(reason_text(slice_cstr(r->explanation[i]), text),
			    "The call was transferred to +22199 over line isp") == 0;
	assert_true(said);
}

/* RFC 3325, 9.1: who answers behind a line is shown as the line says it. */
static void
the_caller_sees_who_answers_outside(void **state)
{
	struct talk t = talk_outside("P-Asserted-Identity: \"Shop\" <sip:+4922100@isp>\n");
	char value[512];

	assert_string_equal(
	    header(t.ok, "P-Asserted-Identity", value), "\"Shop\" <sip:+4922100@10.0.0.1>");
	assert_null(strstr(t.invite, "Alert-Info"));
	ua_in_dialog(isp, t.invite, "BYE", 1, "", "");
	ua_expect(isp, "SIP/2.0 200", 100);
	ua_answer(ben, ua_expect(ben, "BYE", 100), 200, "", "");
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
	    TEST(every_request_may_be_challenged),
	    TEST(refused_credentials_end_it),
	    TEST(phones_are_shown_what_lines_say),
	    TEST(the_caller_sees_who_answers_outside),
	    TEST(the_record_says_which_line_a_transfer_took),
	    TEST(internal_numbers_stay_inside),
	    TEST(who_transfers_outside),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
