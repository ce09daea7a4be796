#include "talk.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const char more_users[] =
    "{'phones':[{'name':'e1','secret':'Secret-e1-Secret1'},{'name':'f1','secret':'Secret-f1-"
    "Secret1'"
    "}],'users':[{'login':'1007','first_name':'Eva','last_name':'Gold','phones':['e1'],'numbers':["
    "'107']},{'login':'1008','first_name':'Finn','last_name':'Hahn','phones':['f1'],'numbers':["
    "'108']}]}";

void
talk_office_open(struct office *o)
{
	office_open(o);
	fixture_change(&o->fixture, more_users);
	call_switch_set_directory(o->calls, o->fixture.directory);
}

const char *
talk_sdp(const struct ua *u, int port, const char *formats, const char *lines)
{
	static char text[4][1024];
	static unsigned turn;
	char *out = text[turn++ % 4], ip[ADDR_TEXT_MAX];
	struct buf w;

	buf_init(&w, ip, sizeof ip - 1);
	addr_write_ip(&w, &u->addr);
	ip[w.n] = '\0';
	snprintf(out, sizeof text[0],
	    "v=0\no=- 1 %u IN IP4 %s\ns=-\nc=IN IP4 %s\nt=0 0\nm=audio %d %s\n%s", turn, ip, ip,
	    port, formats, lines);
	return out;
}

void
talk_dial_with(struct ua *from, const char *number, const char *extra, const char *body)
{
	static unsigned n;

	n++;
	ua_send(from,
	    "INVITE sip:%s@$PBX SIP/2.0\nVia: SIP/2.0/UDP $ME;rport;branch=z9hG4bKt%u\n"
	    "Max-Forwards: 70\nFrom: <sip:%s@$PBX>;tag=f%s%u\nTo: <sip:%s@$PBX>\n"
	    "Call-ID: talk-%u@test\nCSeq: 1 INVITE\nContact: <sip:%s@$ME>\n%s%s"
	    "Content-Length: $LEN\n\n%s",
	    number, n, from->name, from->name, n, number, n, from->name, extra,
	    *body ? "Content-Type: application/sdp\n" : "", body);
}

void
talk_dial(struct ua *from, const char *number, const char *extra, int port)
{
	char own[32];

	snprintf(own, sizeof own, "a=x-%s\n", from->name); /* no two descriptions are alike */
	talk_dial_with(from, number, extra, port ? sdp_of(from, port, own) : "");
}

struct talk
talk_connect(struct ua *from, const char *number, struct ua *to, int base)
{
	struct talk t = {.from = from, .to = to, .from_cseq = 1};

	talk_dial(from, number, "", base);
	t.invite = ua_expect(to, "INVITE", 100);
	ua_answer(to, t.invite, 180, "", "");
	ua_expect(from, "SIP/2.0 180", 100);
	ua_answer(to, t.invite, 200, "", sdp_of(to, base + 1000, ""));
	ua_expect(to, "ACK", 100);
	t.ok = ua_expect(from, "SIP/2.0 200", 100);
	ua_in_dialog(from, t.ok, "ACK", 1, "", "");
	office_run(from->office, 10);
	return t;
}

void
talk_send(struct talk *t, struct ua *who, const char *method, const char *extra, const char *body)
{
	int *cseq = who == t->from ? &t->from_cseq : &t->to_cseq;

	ua_in_dialog(who, who == t->from ? t->ok : t->invite, method, ++*cseq, extra, body);
}

void
talk_end_with(struct talk *t, struct ua *stays, struct ua *other)
{
	talk_send(t, stays, "BYE", "", "");
	ua_expect(stays, "SIP/2.0 200", 100);
	ua_ok(other, "BYE");
	office_run(stays->office, 100);
}

void
talk_end(struct talk *t)
{
	talk_end_with(t, t->from, t->to);
}

void
talk_refer(struct talk *t, struct ua *who, const char *to, const char *extra)
{
	char text[1024];

	snprintf(text, sizeof text, "Refer-To: %s\n%s", to, extra);
	talk_send(t, who, "REFER", text, "");
}

/* The tag in a From or To. */
static const char *
tag(const char *msg, const char *name, char out[512])
{
	const char *p = strstr(header(msg, name, out), ";tag=");

	assert_non_null(p);
	return p + 5;
}

const char *
talk_dialog_id(const struct talk *t, const struct ua *who, bool swapped)
{
	static char text[4][512];
	static unsigned turn;
	char *out = text[turn++ % 4], id[512], a[512], b[512], own[64];
	const char *msg = who == t->from ? t->ok : t->invite, *mine, *ours;

	if (who == t->from) {
		mine = tag(msg, "From", a);
		ours = tag(msg, "To", b);
	} else {
		snprintf(own, sizeof own, "t%s", who->name); /* as ua_answer makes it */
		mine = own;
		ours = tag(msg, "From", b);
	}
	snprintf(out, 512, "%s;to-tag=%s;from-tag=%s", header(msg, "Call-ID", id),
	    swapped ? mine : ours, swapped ? ours : mine);
	return out;
}

const char *
talk_replaces(const struct talk *t, const struct ua *who, const char *number)
{
	static char out[1024];
	size_t n = (size_t)snprintf(out, sizeof out, "<sip:%s@10.0.0.1?Replaces=", number);

	for (const char *p = talk_dialog_id(t, who, false); *p; p++)
		n += (size_t)(strchr(";=@", *p) ? snprintf(out + n, sizeof out - n, "%%%02X", *p)
						: snprintf(out + n, sizeof out - n, "%c", *p));
	snprintf(out + n, sizeof out - n, ">");
	return out;
}

const char *
ua_ok(struct ua *u, const char *start)
{
	const char *req = ua_expect(u, start, 1000);

	ua_answer(u, req, 200, "", "");
	office_run(u->office, 5);
	return req;
}

void
ua_cancel(struct ua *u, const char *resp, const char *number)
{
	char via[512], from[512], id[512];

	header(resp, "Via", via);
	*strstr(via, ";received") = '\0';
	ua_send(u,
	    "CANCEL sip:%s@$PBX SIP/2.0\nVia: %s\nFrom: %s\nTo: <sip:%s@$PBX>\nCall-ID: %s\n"
	    "CSeq: 1 CANCEL\nMax-Forwards: 70\nContent-Length: 0\n\n",
	    number, via, header(resp, "From", from), number, header(resp, "Call-ID", id));
	ua_expect(u, "SIP/2.0 200", 100);
}

void
ua_notified(struct ua *u, int status, const char *state)
{
	const char *notify = ua_ok(u, "NOTIFY");
	char value[512], line[32];

	header(notify, "Subscription-State", value);
	if (strncmp(value, state, strlen(state)) != 0)
		fail_msg("state '%s', not '%s'", value, state);
	snprintf(line, sizeof line, "\r\n\r\nSIP/2.0 %d ", status);
	if (!strstr(notify, line))
		fail_msg("not %d: %s", status, notify);
	assert_string_equal(header(notify, "Content-Type", value), "message/sipfrag;version=2.0");
	assert_int_equal(strncmp(header(notify, "Event", value), "refer;id=", 9), 0);
}

const char *
ua_reinvited(struct ua *u, int port)
{
	const char *re = ua_expect(u, "INVITE", 5000);

	ua_answer(u, re, 200, "", sdp_of(u, port, ""));
	return re;
}

bool
record_says(const struct cdr *r, const char *sentence)
{
	char text[REASON_TEXT_BYTES];

	for (uint32_t i = 0; i < r->explanation_count; i++)
		if (strcmp(reason_text(slice_cstr(r->explanation[i]), text), sentence) == 0)
			return true;
	for (uint32_t i = 0; i < r->explanation_count; i++)
		print_message("  %s\n", reason_text(slice_cstr(r->explanation[i]), text));
	return false;
}

void
accepted(struct ua *by)
{
	char value[512];

	header(ua_expect(by, "SIP/2.0 202", 100), "Contact", value);
	assert_true(value[0]);
	ua_notified(by, 100, "active");
}
