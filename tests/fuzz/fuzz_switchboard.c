/*
 * Whole conversations against the daemon's switchboard on virtual time. The input is a script, a
 * line for each thing that happens; five phones, a provider (phone 5) and a stranger speak it.
 * Whatever they say: what the switchboard sends can be read, and when they fall silent nothing of
 * it is left.
 *
 *	R0 …       phone 0 registers
 *	I0 102 …   phone 0 invites 102
 *	A1 180 …   phone 1 answers the last request it got
 *	K0 …       phone 0 acknowledges the last 2xx it got
 *	C0 …       phone 0 cancels its last INVITE
 *	Q0 BYE …   phone 0 sends this request within its dialog
 *	N0 OPTIONS …  and outside of any
 *	X0         the connection of phone 0 is gone
 *	T 32000    so many ms pass
 *	G          a garbled copy: the last message phone 0 sent comes again with one byte changed
 *	W text     a stranger sends the text
 *
 * "…" is appended to the headers, "~" being an end of line: "A1 420 Unsupported: x~". With
 * "^" in it there is no SDP; with a Contact in it there is no other one.
 */
#include "fuzz.h"

#include <string.h>

#include "base/hmap.h"
#include "base/log.h"
#include "board.h"
#include "fixture.h"
#include "sip/write.h"

enum { PHONES = 6, LINES_MAX = 60, PASS_MAX_MS = 4000000, MESSAGE_BYTES = 8192 };

static const char config[] =
    "{'settings':{'domain':'strowger','screening':false,'source_requests_per_s':100000,"
    "'country_code':'49','area_code':'211'},"
    "'lines':[{'name':'main','host':'192.0.2.20','transport':'udp','username':'acct','password':'x'"
    ","
    "'permit':'192.0.2.20','qualify_s':60}],"
    "'numbers':[{'number':'0211555101','kind':'external','user':'1001','line':'main'}],"
    "'ranges':[{'first':'100','last':'199'}],"
    "'phones':[{'name':'p0','auth':'address','host':'10.0.0.10','qualify_s':0},"
    "{'name':'p1','auth':'address','host':'10.0.0.11','qualify_s':0},"
    "{'name':'p2','auth':'address','host':'10.0.0.12','qualify_s':0,'max_contacts':2},"
    "{'name':'p3','auth':'address','host':'10.0.0.13','qualify_s':0,'nat':'always'},"
    "{'name':'p4','auth':'address','host':'2001:db8::14','qualify_s':0}],"
    "'users':[{'login':'1001','first_name':'A','last_name':'A','phones':['p0'],'numbers':['101']},"
    "{'login':'1002','first_name':'B','last_name':'B','phones':['p1'],'numbers':['102']},"
    "{'login':'1003','first_name':'C','last_name':'C','phones':['p2','p3'],'numbers':['103']},"
    "{'login':'1004','first_name':'D','last_name':'D','phones':['p4'],'numbers':['104']}]}";

static const char sdp[] = "v=0\r\no=- 1 1 IN IP4 10.0.0.9\r\ns=-\r\nc=IN IP4 10.0.0.9\r\nt=0 0\r\n"
			  "m=audio 4000 RTP/AVP 8 0 101\r\na=rtpmap:101 telephone-event/8000\r\n";

/* A message that was kept, with its bytes. */
struct kept {
	char text[MESSAGE_BYTES];
	struct sip_msg msg;
	bool there;
};

struct phone {
	unsigned index;
	struct sip_flow flow;
	struct kept request, response; /* the last ones it got; response: to its INVITE */
	struct kept invite;	       /* the last one it sent */
	char call_id[40];
	uint32_t cseq;
	bool was_invited; /* its dialog is that of request, else that of response */
};

static struct fixture office;
static struct board board;
static struct phone phones[PHONES];
static struct {
	char text[MESSAGE_BYTES];
	size_t n;
	struct sip_flow flow;
} last;
static unsigned branches;

/* ---- what the switchboard sends ---- */

static bool
keep(struct kept *k, struct slice bytes)
{
	k->there = false;
	if (bytes.n > sizeof k->text)
		return false;
	memcpy(k->text, bytes.p, bytes.n);
	k->there = sip_msg_parse(&k->msg, slice_make(k->text, bytes.n), NULL) == ERR_OK;
	return k->there;
}

static void
on_sent(void *ctx, const struct sip_flow *flow, struct slice bytes)
{
	static struct sip_msg m;
	enum err e = sip_msg_parse(&m, bytes, NULL);

	/* The answer to what is malformed repeats it; every request of ours is sound. */
	if (e != ERR_OK && m.is_request)
		fprintf(stderr, "%s:\n%.*s\n", err_text(e), SLICE_FMT(bytes));
	PROMISE(e == ERR_OK || !m.is_request);
	PROMISE(flow->remote.family != 0);
	for (size_t i = 0; i < PHONES && e == ERR_OK; i++) {
		struct phone *p = &phones[i];

		if (!addr_eq_ip(&p->flow.remote, &flow->remote))
			continue;
		if (m.is_request)
			(void)keep(&p->request, bytes);
		else if (m.method == SIP_INVITE)
			(void)keep(&p->response, bytes);
	}
}

static void
on_broken(void *ctx, const char *what)
{
	fprintf(stderr, "broken: %s\n", what);
	abort();
}

/* ---- what the phones send ---- */

static void
feed(const struct sip_flow *flow, const struct buf *b)
{
	if (!buf_ok(b))
		return;
	memcpy(last.text, b->p, b->n);
	last.n = b->n;
	last.flow = *flow;
	board_feed(&board, flow, buf_slice(b));
}

/* The rest of a line as header lines, then SDP or nothing. */
static void
finish(struct buf *b, struct slice more, bool may_have_sdp)
{
	bool body = may_have_sdp && slice_find(more, '^') == more.n;

	for (size_t i = 0; i < more.n; i++)
		if (more.p[i] == '~')
			buf_lit(b, "\r\n");
		else if (more.p[i] != '^')
			buf_char(b, more.p[i]);
	if (body)
		buf_printf(b, "Content-Type: application/sdp\r\nContent-Length: %zu\r\n\r\n%s",
		    sizeof sdp - 1, sdp);
	else
		buf_lit(b, "Content-Length: 0\r\n\r\n");
}

static void
write_contact(struct buf *b, const struct phone *p, struct slice more)
{
	if (memmem(more.p, more.n, "Contact:", 8))
		return;
	buf_printf(b, "Contact: <sip:p%u@", p->index);
	addr_write(b, &p->flow.remote);
	buf_lit(b, ">\r\n");
}

static void
write_via(struct buf *b, const struct phone *p)
{
	buf_printf(b, "Via: SIP/2.0/%.*s ", SLICE_FMT(sip_transport_name(p->flow.transport)));
	addr_write(b, &p->flow.remote);
	buf_printf(b, ";branch=z9hG4bK%u;rport\r\nMax-Forwards: 70\r\n", branches++);
}

/* A request outside of dialogs; a new Call-ID for an INVITE. */
static void
request(struct phone *p, struct slice method, struct slice to, struct slice more)
{
	char text[MESSAGE_BYTES];
	bool invite = slice_eq(method, SLICE("INVITE"));
	struct buf b;

	buf_init(&b, text, sizeof text);
	if (invite) {
		snprintf(p->call_id, sizeof p->call_id, "c%u-%u", p->index, branches);
		p->was_invited = p->response.there = false;
	}
	buf_printf(&b, "%.*s sip:%.*s@strowger SIP/2.0\r\n", SLICE_FMT(method), SLICE_FMT(to));
	write_via(&b, p);
	buf_printf(&b, "From: <sip:p%u@strowger>;tag=t%u\r\nTo: <sip:%.*s@strowger>\r\n", p->index,
	    p->index, SLICE_FMT(to));
	buf_printf(
	    &b, "Call-ID: %s\r\nCSeq: %u %.*s\r\n", p->call_id, ++p->cseq, SLICE_FMT(method));
	write_contact(&b, p, more);
	finish(&b, more, invite);
	if (invite && buf_ok(&b))
		(void)keep(&p->invite, buf_slice(&b));
	feed(&p->flow, &b);
}

/* The dialog as this phone sees it: who is where. */
static bool
dialog(const struct phone *p, const struct sip_msg **m, struct sip_name_addr *contact)
{
	const struct kept *k = p->was_invited ? &p->request : &p->response;
	struct slice value;

	if (!k->there || k->msg.from.tag.n == 0)
		return false;
	*m = &k->msg;
	value = sip_msg_value(&k->msg, SIP_HDR_CONTACT);
	return sip_name_addr_parse(contact, value) == ERR_OK;
}

static void
in_dialog(struct phone *p, struct slice method, uint32_t cseq, struct slice more)
{
	char text[MESSAGE_BYTES];
	struct sip_name_addr contact;
	const struct sip_msg *m;
	struct buf b;

	if (!dialog(p, &m, &contact))
		return;
	buf_init(&b, text, sizeof text);
	sip_write_request_line(&b, method, contact.uri_text);
	write_via(&b, p);
	if (p->was_invited) {
		sip_write_hdrf(&b, SIP_HDR_FROM, "%.*s;tag=u%u",
		    SLICE_FMT(sip_msg_value(m, SIP_HDR_TO)), p->index);
		sip_write_hdr(&b, SIP_HDR_TO, sip_msg_value(m, SIP_HDR_FROM));
	} else {
		sip_copy_hdrs(&b, m, SIP_HDR_FROM);
		sip_copy_hdrs(&b, m, SIP_HDR_TO);
	}
	sip_copy_hdrs(&b, m, SIP_HDR_CALL_ID);
	sip_write_hdrf(&b, SIP_HDR_CSEQ, "%u %.*s", cseq, SLICE_FMT(method));
	write_contact(&b, p, more);
	finish(&b, more, slice_eq(method, SLICE("INVITE")) || slice_eq(method, SLICE("UPDATE")));
	feed(&p->flow, &b);
}

static void
answer(struct phone *p, uint32_t status, struct slice more)
{
	char text[MESSAGE_BYTES], tag[16];
	const struct sip_msg *m = &p->request.msg;
	bool invite;
	struct buf b;

	if (!p->request.there || status < 100 || status > 699)
		return;
	invite = m->method == SIP_INVITE;
	snprintf(tag, sizeof tag, "u%u", p->index);
	buf_init(&b, text, sizeof text);
	sip_write_response_head(&b, m, &p->flow, (uint16_t)status, SLICE(""),
	    status > 100 ? slice_cstr(tag) : SLICE(""));
	write_contact(&b, p, more);
	if (invite && m->to.tag.n == 0)
		p->was_invited = true;
	finish(&b, more, invite && status > 100 && status < 300);
	feed(&p->flow, &b);
}

static void
cancel(struct phone *p, struct slice more)
{
	char text[MESSAGE_BYTES];
	const struct sip_msg *m = &p->invite.msg;
	struct buf b;

	if (!p->invite.there)
		return;
	buf_init(&b, text, sizeof text);
	sip_write_request_line(&b, SLICE("CANCEL"), m->uri_text);
	sip_copy_hdrs(&b, m, SIP_HDR_VIA);
	sip_copy_hdrs(&b, m, SIP_HDR_FROM);
	sip_copy_hdrs(&b, m, SIP_HDR_TO);
	sip_copy_hdrs(&b, m, SIP_HDR_CALL_ID);
	sip_write_hdrf(&b, SIP_HDR_CSEQ, "%u CANCEL", m->cseq);
	finish(&b, more, false);
	feed(&p->flow, &b);
}

static void
hang_connection(struct phone *p)
{
	struct sip_flow gone = p->flow;

	if (!sip_transport_reliable(p->flow.transport))
		return;
	p->flow.conn_gen++; /* it connects again */
	p->flow.remote.port++;
	switchboard_on_closed(board.switchboard, &gone);
}

static void
garble(struct slice more)
{
	uint32_t at;

	if (last.n == 0 || slice_to_u32(slice_trim(more), UINT32_MAX, &at) != ERR_OK)
		return;
	last.text[at % last.n] = (char)(at >> 16 ? at >> 16 : '%');
	board_feed(&board, &last.flow, slice_make(last.text, last.n));
}

static void
stranger(struct slice more)
{
	struct sip_flow flow = {.transport = SIP_UDP, .local = phones[0].flow.local};
	char text[MESSAGE_BYTES];
	struct buf b;

	flow.remote = (struct addr){.family = 4, .port = 5060, .ip = {192, 0, 2, 66}};
	buf_init(&b, text, sizeof text);
	for (size_t i = 0; i < more.n; i++)
		if (more.p[i] == '~')
			buf_lit(&b, "\r\n");
		else
			buf_char(&b, more.p[i]);
	feed(&flow, &b);
}

/* ---- the script ---- */

static void
pass(struct slice more, uint64_t *left_ms)
{
	uint32_t ms;

	if (slice_to_u32(slice_trim(more), PASS_MAX_MS, &ms) != ERR_OK)
		return;
	if (ms > *left_ms)
		ms = (uint32_t)*left_ms;
	*left_ms -= ms;
	board_pass_ms(&board, ms);
}

static void
phone_does(struct phone *p, char what, struct slice more)
{
	struct slice word;
	uint32_t status;

	slice_skip_space(&more);
	switch (what) {
	case 'R': {
		char name[4] = {'p', (char)('0' + p->index), '\0'};

		request(p, SLICE("REGISTER"), slice_cstr(name), more);
		break;
	}
	case 'I':
		word = slice_take_until(&more, ' ');
		request(p, SLICE("INVITE"), word, more);
		break;
	case 'N':
		word = slice_take_until(&more, ' ');
		request(p, word, SLICE("102"), more);
		break;
	case 'Q':
		word = slice_take_until(&more, ' ');
		in_dialog(p, word, ++p->cseq, more);
		break;
	case 'K': in_dialog(p, SLICE("ACK"), p->invite.msg.cseq, more); break;
	case 'C': cancel(p, more); break;
	case 'X': hang_connection(p); break;
	case 'A':
		word = slice_take_until(&more, ' ');
		if (slice_to_u32(word, 699, &status) == ERR_OK)
			answer(p, status, more);
		break;
	}
}

static void
play(struct slice script)
{
	uint64_t left_ms = 2 * PASS_MAX_MS;

	for (int i = 0; i < LINES_MAX && script.n; i++) {
		struct slice line = slice_take_until(&script, '\n');
		char what = ' ';

		if (line.n)
			what = line.p[0];
		line = slice_from(line, 1);
		if (what == 'T')
			pass(line, &left_ms);
		else if (what == 'G')
			garble(line);
		else if (what == 'W')
			stranger(line);
		else if (line.n && line.p[0] >= '0' && line.p[0] < '0' + PHONES)
			phone_does(&phones[line.p[0] - '0'], what, slice_from(line, 1));
	}
}

static void
phones_begin(void)
{
	static const enum sip_transport transports[PHONES] = {
	    SIP_UDP, SIP_UDP, SIP_TCP, SIP_WSS, SIP_UDP, SIP_UDP};

	branches = 1;
	last.n = 0;
	for (unsigned i = 0; i < PHONES; i++) {
		struct phone *p = &phones[i];

		p->index = i;
		p->request.there = p->response.there = p->invite.there = p->was_invited = false;
		p->invite.msg.cseq = p->cseq = 0;
		snprintf(p->call_id, sizeof p->call_id, "c%u", i);
		p->flow = (struct sip_flow){.transport = transports[i],
		    .local = {.family = 4, .port = 5060, .ip = {10, 0, 0, 1}},
		    .remote = {.family = 4, .port = 5060, .ip = {10, 0, 0, (uint8_t)(10 + i)}}};
		if (sip_transport_reliable(transports[i]))
			p->flow.conn_slot = p->flow.conn_gen = i;
	}
	(void)!addr_parse(SLICE("[2001:db8::14]:5060"), 0, &phones[4].flow.remote);
	(void)!addr_parse(SLICE("[2001:db8::1]:5060"), 0, &phones[4].flow.local);
	(void)!addr_parse(SLICE("192.0.2.20:5060"), 0, &phones[5].flow.remote);
}

static void
office_close(void)
{
	fixture_close(&office);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static bool ready;

	if (!ready) {
		log_set_level(LOG_FATAL);
		hash_seed(1, 2);
		fixture_open(&office, config);
		atexit(office_close);
		ready = true;
	}
	phones_begin();
	board = (struct board){.on_sent = on_sent, .on_broken = on_broken};
	PROMISE(board_open(&board, office.directory, 1) == ERR_OK);
	play(slice_make(data, size));
	for (size_t i = 0; i < PHONES; i++)
		hang_connection(&phones[i]);
	board_check_empty(&board);
	board_close(&board);
	return 0;
}
