#include "office.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static struct addr
at(const char *text)
{
	struct addr a;

	assert_int_equal(addr_parse(slice_cstr(text), 5060, &a), ERR_OK);
	return a;
}

#define PBX (*(struct addr[]){at("10.0.0.1:5060")})

/* ---- media that only counts ---- */

static void
core_send(void *ctx, const struct sip_flow *flow, struct slice bytes)
{
	struct office *o = ctx;

	sim_send(o->sim, &flow->local, &flow->remote, bytes);
}

static void
core_on_request(void *ctx, struct sip_server *tsx, const struct sip_msg *req)
{
	struct office *o = ctx;
	const struct addr *from = &sip_server_flow(tsx)->remote;
	size_t n;

	if (req->to.tag.n) {
		if (!call_on_in_dialog(o->calls, tsx, req))
			sip_server_reject(tsx, 481, SLICE(""));
		return;
	}
	for (size_t i = 0; i < o->n_phones; i++) {
		const struct dir_phone *phone;

		if (!addr_eq(&o->phone[i].addr, from))
			continue;
		phone = dir_phone_by_name(o->fixture.directory, slice_cstr(o->phone[i].name));
		if (!phone) /* the provider */
			call_on_invite(o->calls, tsx, req,
			    &(struct call_origin){.line = dir_lines(o->fixture.directory, &n),
				.called = req->uri.user});
		else if (req->method == SIP_MESSAGE)
			call_on_message(o->calls, tsx, req, phone);
		else
			call_on_invite(o->calls, tsx, req, &(struct call_origin){.phone = phone});
	}
}

static void
core_on_ack(void *ctx, const struct sip_msg *ack, const struct sip_flow *flow)
{
	call_on_ack(((struct office *)ctx)->calls, ack, flow);
}

static const struct sip_core_ops core_ops = {
    .send = core_send, .on_request = core_on_request, .on_ack = core_on_ack};

static enum sip_transport
transport_of(const struct ua *u)
{
	return u->browser ? SIP_WS : SIP_UDP;
}

static void
pbx_datagram(void *ctx, const struct addr *from, const struct addr *to, struct slice bytes)
{
	struct office *o = ctx;
	struct sip_flow flow = {.transport = SIP_UDP, .local = *to, .remote = *from};

	for (size_t i = 0; i < o->n_phones; i++)
		if (addr_eq(&o->phone[i].addr, from))
			flow.transport = transport_of(&o->phone[i]);
	sip_core_on_message(o->core, &flow, bytes);
}

static size_t
contacts(void *ctx, int64_t phone_id, struct call_contact *out, size_t max)
{
	static char uri[8][64];
	struct office *o = ctx;

	for (size_t i = 0; i < o->n_phones && max; i++) {
		struct ua *u = &o->phone[i];
		char text[ADDR_TEXT_MAX];

		const struct dir_phone *phone =
		    dir_phone_by_name(o->fixture.directory, slice_cstr(u->name));

		if (!phone || phone->id != phone_id)
			continue;
		snprintf(uri[i], sizeof uri[i], "sip:%s@%s", u->name, addr_text(&u->addr, text));
		out[0] = (struct call_contact){.uri = slice_cstr(uri[i]),
		    .device = (uint64_t)phone_id,
		    .flow = {.transport = transport_of(u), .local = PBX, .remote = u->addr}};
		return 1;
	}
	return 0;
}

/* ";gr=e1" means the one device of phone e1. */
static enum err
gruu(void *ctx, const struct sip_uri *uri, int64_t *phone_id, struct call_contact *out, size_t max,
    size_t *n)
{
	struct office *o = ctx;
	const struct dir_phone *phone;
	struct slice name;

	if (!sip_param_find(uri->params, SLICE("gr"), &name))
		return ERR_NOT_FOUND;
	phone = dir_phone_by_name(o->fixture.directory, name);
	if (!phone)
		return ERR_NOT_FOUND;
	*phone_id = phone->id;
	*n = contacts(ctx, phone->id, out, max);
	return ERR_OK;
}

/* The second flow of a device is where the phone "2nd" is. */
static enum err
next_flow(void *ctx, int64_t phone_id, uint64_t device, const struct sip_flow *failed,
    struct call_contact *out)
{
	struct office *o = ctx;

	assert_int_equal(device, phone_id);
	for (size_t i = 0; i < o->n_phones; i++)
		if (strcmp(o->phone[i].name, "2nd") == 0) {
			*out = (struct call_contact){
			    .uri = SLICE("sip:2nd@10.9.9.9"), .device = device, .flow = *failed};
			out->flow.remote = o->phone[i].addr;
			return ERR_OK;
		}
	return ERR_NOT_FOUND;
}

static int64_t
wall_ms(void *ctx)
{
	return (int64_t)sim_now_ms(((struct office *)ctx)->sim);
}

static void
on_emergency(void *ctx, const struct live_emergency *e)
{
	struct office *o = ctx;

	o->emergency = *e;
	o->n_emergencies++;
}

static void
on_orbit(void *ctx, const struct live_orbit *v)
{
	((struct office *)ctx)->orbit = *v;
}

static void
on_conference(void *ctx, const struct live_conference *c)
{
	struct office *o = ctx;

	o->conference = *c;
	o->n_conferences++;
}

static void
on_conference_member(void *ctx, const struct live_conference_member *m)
{
	struct office *o = ctx;
	size_t i = 0;

	while (i < o->n_members && o->member[i].id != m->id)
		i++;
	assert_true(i < sizeof o->member / sizeof o->member[0]);
	o->n_members += i == o->n_members;
	o->member[i] = *m;
}

static void
on_pin_locked(void *ctx, const struct pin_locked *l)
{
	struct office *o = ctx;

	o->pin_locked = *l;
	o->n_pin_locked++;
}

static void
on_spent(void *ctx, const struct live_spent *v)
{
	struct office *o = ctx;

	o->spent = *v;
	o->n_spent++;
}

static void
on_order(void *ctx, const struct feature_order *order)
{
	struct office *o = ctx;

	o->order = *order;
	o->n_orders++;
}

static void
on_completion(void *ctx, const struct live_completion *c)
{
	struct office *o = ctx;

	assert_true(c->user < 16);
	o->completion[c->user] = *c;
}

static void
on_completed(void *ctx, const struct live_completed *c)
{
	struct office *o = ctx;

	o->completed = *c;
	o->n_completed++;
}

static void
on_live(void *ctx, const struct live_call *call)
{
	struct office *o = ctx;

	o->live = *call;
	o->n_live++;
}

static uint32_t
record_begin(void *ctx, const struct cdr *cdr)
{
	return (uint32_t)((struct office *)ctx)->n_begun++;
}

static void
record_update(void *ctx, uint32_t handle, const struct cdr *cdr)
{
	assert_true(handle < ((struct office *)ctx)->n_begun);
}

static void
record_end(void *ctx, uint32_t handle, const struct cdr *cdr)
{
	struct office *o = ctx;

	assert_true(o->n_records < RECORDS_MAX);
	o->record[o->n_records++] = *cdr;
}

static void
on_dialog(void *ctx, const struct call_dialog_event *ev)
{
	static const char *const state[] = {"trying", "proceeding", "early", "confirmed", "over"};
	struct office *o = ctx;
	const struct dir_phone *phone = dir_phone_by_id(o->fixture.directory, ev->phone);
	size_t n = strlen(o->watched);

	assert_true(!phone || dir_user_by_id(o->fixture.directory, ev->user) == phone->users[0]);
	snprintf(o->watched + n, sizeof o->watched - n, "%.*s%s %s %.*s%s;",
	    SLICE_FMT(phone ? phone->name : SLICE("mobile")), ev->recipient ? "<" : ">",
	    state[ev->state], SLICE_FMT(ev->remote_number), ev->held ? " held" : "");
	slice_clip_cstr(ev->call_id, o->watched_ids[0], sizeof o->watched_ids[0]);
	slice_clip_cstr(ev->local_tag, o->watched_ids[1], sizeof o->watched_ids[1]);
	slice_clip_cstr(ev->remote_tag, o->watched_ids[2], sizeof o->watched_ids[2]);
}

static void
on_voicemail_began(void *ctx, const struct voicemail_began *b)
{
	((struct office *)ctx)->began = *b;
}

static void
on_voicemail_ended(void *ctx, const struct voicemail_ended *e)
{
	struct office *o = ctx;

	o->ended = *e;
	o->n_ended++;
}

static void
on_voicemail_ask(void *ctx, const struct voicemail_ask *a)
{
	struct office *o = ctx;

	o->asked = *a;
	o->n_asked++;
}

static const struct call_switch_ops call_ops = {.contacts = contacts,
    .gruu = gruu,
    .next_flow = next_flow,
    .wall_ms = wall_ms,
    .on_live = on_live,
    .on_emergency = on_emergency,
    .on_spent = on_spent,
    .on_pin_locked = on_pin_locked,
    .on_orbit = on_orbit,
    .on_conference = on_conference,
    .on_conference_member = on_conference_member,
    .order = on_order,
    .voicemail_began = on_voicemail_began,
    .voicemail_ended = on_voicemail_ended,
    .voicemail_ask = on_voicemail_ask,
    .on_completion = on_completion,
    .on_completed = on_completed,
    .record_begin = record_begin,
    .record_update = record_update,
    .record_end = record_end,
    .on_dialog = on_dialog};

void
office_open(struct office *o)
{
	office_open_with(o, fixture_office, NULL);
}

struct media_sound *
office_sound(struct office *o)
{
	return (struct media_sound *)((char *)&o->phone + o->n_made); /* nobody looks into it */
}

struct media_sound *
office_music(struct office *o)
{
	return (struct media_sound *)&o->media; /* nobody looks into it */
}

struct media_sound *
office_ringback(struct office *o)
{
	return (struct media_sound *)&o->calls;
}

struct media_sound *
office_refusal_tone(struct office *o)
{
	return (struct media_sound *)&o->n_records;
}

static const struct call_app_kind *const *o_apps; /* of the next office */
static struct prompt_folders o_folders = {.data = "/data"};

void
office_set_folders(const struct prompt_folders *folders)
{
	o_folders = *folders;
}

void
office_set_apps(const struct call_app_kind *const *apps)
{
	o_apps = apps;
}

void
office_open_with(struct office *o, const char *config, const struct call_line_ops *lines)
{
	*o = (struct office){.media = {.ops = &office_media_ops}, .streams_max = 16};
	fixture_open(&o->fixture, config);
	assert_int_equal(
	    sim_new(&o->sim, &(struct sim_params){.start_ms = 1000000,
				 .seed = 1,
				 .impairments = {.delay_min_ms = 1, .delay_max_ms = 1}}),
	    ERR_OK);
	assert_int_equal(
	    sip_core_new(&o->core, &(struct sip_core_params){.timers = sim_timers(o->sim),
				       .rng = sim_rng(o->sim),
				       .ops = &core_ops,
				       .ctx = o,
				       .server_name = SLICE("Strowger")}),
	    ERR_OK);
	assert_int_equal(call_switch_new(&o->calls, &(struct call_switch_params){.core = o->core,
							.timers = sim_timers(o->sim),
							.rng = sim_rng(o->sim),
							.media = &o->media,
							.directory = o->fixture.directory,
							.ops = &call_ops,
							.ctx = o,
							.apps = o_apps,
							.line_ops = lines,
							.line_ctx = o,
							.prompts = o_folders,
							.hold_tone = office_music(o),
							.ringback = office_ringback(o),
							.refusal_tone = office_refusal_tone(o)}),
	    ERR_OK);
	assert_int_equal(sim_endpoint_add(o->sim, &PBX, pbx_datagram, o), ERR_OK);
}

void
office_close(struct office *o)
{
	const struct call_switch_stats *st = call_switch_get_stats(o->calls);

	office_run(o, 200000);
	assert_int_equal(st->calls_up, 0);
	assert_int_equal(st->legs_now, 0);
	assert_int_equal(st->calls_now, 0);
	assert_int_equal(st->streams_now, 0);
	assert_int_equal(sip_core_get_stats(o->core)->servers, 0);
	assert_int_equal(sip_core_get_stats(o->core)->clients, 0);
	assert_int_equal(o->n_records, o->n_begun);
	assert_int_equal(o->n_sounds, 0);
	assert_int_equal(o->n_recordings, 0);
	assert_int_equal(o->n_rooms, 0);
	for (size_t i = 0; i < o->streams_max + o->streams_kept; i++)
		assert_false(o->stream[i].open);
	call_switch_free(o->calls);
	sip_core_free(o->core);
	sim_free(o->sim);
	for (size_t i = 0; i < o->n_phones; i++)
		for (size_t m = 0; m < o->phone[i].n_inbox; m++)
			free(o->phone[i].inbox[m]);
	fixture_close(&o->fixture);
}

void
office_run(struct office *o, uint32_t ms)
{
	sim_run_until(o->sim, sim_now_ms(o->sim) + ms);
}

/* ---- phones ---- */

static void
ua_datagram(void *ctx, const struct addr *from, const struct addr *to, struct slice bytes)
{
	struct ua *u = ctx;
	char *text;

	if (u->deaf)
		return;
	assert_true(u->n_inbox < INBOX_MAX);
	text = malloc(bytes.n + 1);
	assert_non_null(text);
	memcpy(text, bytes.p, bytes.n);
	text[bytes.n] = '\0';
	u->inbox[u->n_inbox++] = text;
}

static struct ua *
phone_at(struct office *o, const char *name, const char *before, const char *behind)
{
	struct ua *u = &o->phone[o->n_phones];
	char text[48];

	snprintf(text, sizeof text, "%s%zu%s:5060", before, o->n_phones + 1, behind);
	*u = (struct ua){.office = o, .name = name, .addr = at(text)};
	o->n_phones++;
	assert_int_equal(sim_endpoint_add(o->sim, &u->addr, ua_datagram, u), ERR_OK);
	return u;
}

struct ua *
office_phone(struct office *o, const char *name)
{
	return phone_at(o, name, "10.0.1.", "");
}

struct ua *
office_phone6(struct office *o, const char *name)
{
	return phone_at(o, name, "[2001:db8::", "]");
}

static void
append(char *out, size_t cap, size_t *n, const char *s)
{
	while (*s && *n + 1 < cap)
		out[(*n)++] = *s++;
	assert_true(*n + 1 < cap);
	out[*n] = '\0';
}

void
ua_send(struct ua *u, const char *fmt, ...)
{
	char raw[8192], out[10000], me[ADDR_TEXT_MAX], len[16];
	const char *body;
	size_t n = 0, extra_cr = 0;
	struct addr pbx = PBX;
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(raw, sizeof raw, fmt, ap);
	va_end(ap);
	addr_text(&u->addr, me);
	body = strstr(raw, "\n\n");
	for (const char *p = body ? body + 2 : ""; *p; p++)
		extra_cr += *p == '\n';
	snprintf(len, sizeof len, "%zu", body ? strlen(body + 2) + extra_cr : 0);
	for (const char *p = raw; *p; p++) {
		if (strncmp(p, "$ME", 3) == 0) {
			append(out, sizeof out, &n, me);
			p += 2;
		} else if (strncmp(p, "$PBX", 4) == 0) {
			append(out, sizeof out, &n, "10.0.0.1:5060");
			p += 3;
		} else if (strncmp(p, "$LEN", 4) == 0) {
			append(out, sizeof out, &n, len);
			p += 3;
		} else if (*p == '\n') {
			append(out, sizeof out, &n, "\r\n");
		} else {
			append(out, sizeof out, &n, (char[]){*p, 0});
		}
	}
	sim_send(u->office->sim, &u->addr, &pbx, slice_make(out, n));
}

const char *
ua_expect(struct ua *u, const char *start, uint32_t max_ms)
{
	uint64_t end = sim_now_ms(u->office->sim) + max_ms;

	for (;;) {
		for (size_t i = 0; i < u->n_inbox; i++) {
			char *hit = u->inbox[i];

			if (strncmp(hit, start, strlen(start)) != 0)
				continue;
			for (; i + 1 < u->n_inbox; i++)
				u->inbox[i] = u->inbox[i + 1];
			u->inbox[u->n_inbox - 1] = hit; /* kept for free, hidden from now on */
			hit[0] = (char)(hit[0] | 0x20);
			return hit;
		}
		if (sim_now_ms(u->office->sim) >= end)
			break;
		office_run(u->office, 1);
	}
	for (size_t i = 0; i < u->n_inbox; i++)
		print_message(
		    "%s had: %.*s\n", u->name, (int)strcspn(u->inbox[i], "\r"), u->inbox[i]);
	fail_msg("%s did not get '%s'", u->name, start);
	return "";
}

void
ua_expect_none(struct ua *u, const char *start)
{
	for (size_t i = 0; i < u->n_inbox; i++)
		if (strncmp(u->inbox[i], start, strlen(start)) == 0)
			fail_msg("%s got '%s'", u->name, start);
}

const char *
header(const char *msg, const char *name, char out[512])
{
	char key[64];
	const char *p;

	snprintf(key, sizeof key, "\r\n%s: ", name);
	p = strstr(msg, key);
	if (!p)
		return strcpy(out, "");
	p += strlen(key);
	snprintf(out, 512, "%.*s", (int)strcspn(p, "\r"), p);
	return out;
}

void
ua_answer(struct ua *u, const char *req, int status, const char *extra, const char *body)
{
	char via[512], from[512], to[512], id[512], cseq[512];

	header(req, "To", to);
	ua_send(u,
	    "SIP/2.0 %d Test\nVia: %s\nFrom: %s\nTo: %s%s%s\nCall-ID: %s\nCSeq: %s\nContact: "
	    "<sip:%s@$ME>\n%s"
	    "%sContent-Length: $LEN\n\n%s",
	    status, header(req, "Via", via), header(req, "From", from), to,
	    strstr(to, ";tag=") ? "" : ";tag=t", strstr(to, ";tag=") ? "" : u->name,
	    header(req, "Call-ID", id), header(req, "CSeq", cseq), u->name, extra,
	    *body ? "Content-Type: application/sdp\n" : "", body);
}

/* The bare URI of a Contact value. */
static void
contact_uri(const char *msg, char out[512])
{
	char value[512];
	char *open;

	header(msg, "Contact", value);
	open = strchr(value, '<');
	assert_non_null(open);
	snprintf(out, 512, "%.*s", (int)strcspn(open + 1, ">"), open + 1);
}

void
ua_in_dialog(struct ua *u, const char *msg, const char *method, int cseq, const char *extra,
    const char *body)
{
	static unsigned branch;
	char uri[512], from[512], to[512], id[512], tagged[600];
	bool is_response = msg[0] == 's';

	contact_uri(msg, uri);
	header(msg, is_response ? "From" : "To", from);
	header(msg, is_response ? "To" : "From", to);
	snprintf(tagged, sizeof tagged, "%s%s%s", from, strstr(from, ";tag=") ? "" : ";tag=t",
	    strstr(from, ";tag=") ? "" : u->name);
	ua_send(u,
	    "%s %s SIP/2.0\nVia: SIP/2.0/UDP $ME;rport;branch=z9hG4bKd%u\nMax-Forwards: 70\nFrom: "
	    "%s\nTo: %s\n"
	    "Call-ID: %s\nCSeq: %d %s\nContact: <sip:%s@$ME>\n%s%sContent-Length: $LEN\n\n%s",
	    method, uri, ++branch, tagged, to, header(msg, "Call-ID", id), cseq, method, u->name,
	    extra, *body ? "Content-Type: application/sdp\n" : "", body);
}

/* The number in CSeq. */
static int
cseq_of(const char *msg)
{
	char value[512];

	return (int)strtol(header(msg, "CSeq", value), NULL, 10);
}

void
ua_ack_failure(struct ua *u, const char *resp)
{
	char via[512], from[512], to[512], id[512];
	char *received = strstr((char *)(uintptr_t)header(resp, "Via", via), ";received");

	if (received)
		*received = '\0';
	ua_send(u,
	    "ACK sip:x@$PBX SIP/2.0\nVia: %s\nMax-Forwards: 70\nFrom: %s\nTo: %s\nCall-ID: %s\n"
	    "CSeq: %d ACK\nContent-Length: 0\n\n",
	    via, header(resp, "From", from), header(resp, "To", to), header(resp, "Call-ID", id),
	    cseq_of(resp));
}

const char *
sdp_of(const struct ua *u, int port, const char *direction)
{
	static char text[4][512];
	static unsigned turn;
	char *out = text[turn++ % 4], ip[ADDR_TEXT_MAX];
	struct buf b;

	buf_init(&b, ip, sizeof ip - 1);
	addr_write_ip(&b, &u->addr);
	ip[b.n] = '\0';
	snprintf(out, 512,
	    "v=0\no=- 1 1 IN IP%u %s\ns=-\nc=IN IP%u %s\nt=0 0\nm=audio %d RTP/AVP 8 0\na=rtpmap:8 "
	    "PCMA/8000\n%s",
	    u->addr.family, ip, u->addr.family, ip, port, direction);
	return out;
}
