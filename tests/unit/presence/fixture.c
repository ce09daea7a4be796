#include "fixture.h"

#include <stdio.h>

#include "sip/write.h"

struct fixture f;

/* ---- the directory ---- */

const struct settings *
dir_settings(const struct directory *d)
{
	return &d->settings;
}

const struct dir_phone *
dir_phone_by_id(const struct directory *d, int64_t id)
{
	for (size_t i = 0; i < PHONES; i++)
		if (id && d->phone[i].id == id)
			return &d->phone[i];
	return NULL;
}

const struct dir_phone *
dir_phone_by_name(const struct directory *d, struct slice name)
{
	for (size_t i = 0; i < PHONES; i++)
		if (d->phone[i].id && slice_eq(d->phone[i].name, name))
			return &d->phone[i];
	return NULL;
}

const struct dir_group *
dir_group_by_code(const struct directory *d, struct slice code)
{
	return slice_eq(d->group.code, code) ? &d->group : NULL;
}

const struct dir_user *
dir_user_by_id(const struct directory *d, int64_t id)
{
	for (size_t i = 0; i < USERS; i++)
		if (id && d->user[i].id == id)
			return &d->user[i];
	return NULL;
}

const struct dir_user *
dir_user_by_number(const struct directory *d, struct slice number)
{
	for (size_t i = 0; i < USERS; i++)
		if (d->number[i].user && slice_eq(d->number[i].number, number))
			return d->number[i].user;
	return NULL;
}

static void
fill_directory(struct directory *d)
{
	static const char *const numbers[USERS] = {"101", "102", "103"};
	static const char *const names[USERS] = {"Anna <A>", "Bert", "Carl"};
	static const char *const phones[PHONES] = {"p1", "p2"};

	snprintf(d->settings.domain, sizeof d->settings.domain, "strowger");
	snprintf(d->settings.code[FEATURE_DND_ON], FEATURE_CODE_BYTES, "*09");
	snprintf(d->settings.code[FEATURE_GROUP_ON], FEATURE_CODE_BYTES, "*32");
	for (int i = 0; i < USERS; i++) {
		struct dir_user *u = &d->user[i];

		d->number[i] =
		    (struct dir_number){.number = slice_cstr(numbers[i]), .user = u, .id = i + 1};
		d->numbers_of_user[i][0] = &d->number[i];
		*u = (struct dir_user){.id = i + 1,
		    .name = slice_cstr(names[i]),
		    .language = SLICE("en"),
		    .enabled = i < 2,
		    .primary_number = slice_cstr(numbers[i]),
		    .numbers = d->numbers_of_user[i],
		    .number_count = 1};
	}
	d->member[0] = (struct dir_member){&d->user[0], true};
	d->group = (struct dir_group){
	    .id = 7, .code = SLICE("5"), .members = d->member, .member_count = 1};
	for (int i = 0; i < PHONES; i++) {
		d->phones_of_user[i][0] = &d->phone[i];
		d->user[i].phones = d->phones_of_user[i];
		d->user[i].phone_count = 1;
		d->users_of_phone[i][0] = &d->user[i];
		d->phone[i] = (struct dir_phone){.id = 11 + i,
		    .name = slice_cstr(phones[i]),
		    .enabled = true,
		    .users = d->users_of_phone[i],
		    .user_count = 1};
	}
}

/* ---- ops ---- */

static void
keep(void *ctx, uint32_t *handle, struct slice value)
{
	assert_true(value.n <= sizeof f.kept);
	memcpy(f.kept, value.p, value.n);
	f.kept_n = value.n;
	*handle = ++f.handles;
}

static void
forget(void *ctx, uint32_t handle)
{
	assert_true(handle != 0);
	f.n_forgotten++;
}

static void
on_subscription(void *ctx, const struct live_subscription *s, bool removed)
{
	removed ? f.n_gone++ : f.n_live++;
}

static size_t
contacts(void *ctx, int64_t phone_id, struct presence_contact *out, size_t max)
{
	if (f.contact.uri.n == 0)
		return 0;
	*out = f.contact;
	return 1;
}

static enum err
local_for(void *ctx, enum sip_transport transport, const struct addr *remote, struct addr *local)
{
	*local = at("10.0.0.1:5060");
	return ERR_OK;
}

static int64_t
wall_ms(void *ctx)
{
	return WALL_S_AT_START * 1000ll + f.wall_shift_ms +
	       (int64_t)(timers_now_ms(&f.timers) - START_MS);
}

static void
on_telephony(void *ctx, const struct live_telephony *t)
{
	f.telephony = *t;
	f.n_telephony++;
}

static const struct presence_ops ops = {
    keep, forget, on_subscription, on_telephony, contacts, local_for, wall_ms};

/* ---- phones answer NOTIFYs a moment later ---- */

struct answer {
	struct timer timer;
	struct sip_flow flow;
	char text[2000];
	size_t n;
};

static struct answer answers[SENT_MAX];
static size_t n_answers;

static void
deliver(struct timer *t)
{
	struct answer *a = container_of(t, struct answer, timer);

	sip_core_on_message(f.core, &a->flow, slice_make(a->text, a->n));
}

static void
answer_it(const struct sip_flow *flow)
{
	struct answer *a = &answers[n_answers++ % SENT_MAX];
	struct buf b;

	if (timer_active(&a->timer))
		return;
	buf_init(&b, a->text, sizeof a->text);
	sip_write_response_head(&b, &f.notify, flow, f.answer, SLICE(""), SLICE(""));
	if (f.answer_headers)
		buf_cstr(&b, f.answer_headers);
	sip_write_body(&b, SLICE(""), SLICE(""));
	assert_true(buf_ok(&b));
	a->n = b.n;
	a->flow = *flow;
	timer_init(&a->timer, deliver);
	timer_start(&f.timers, &a->timer, 1);
}

static void
core_send(void *ctx, const struct sip_flow *flow, struct slice bytes)
{
	bool is_request = !slice_starts(bytes, SLICE("SIP/2.0 "));
	char *text = is_request ? f.notify_text : f.response_text;
	struct sip_msg *m = is_request ? &f.notify : &f.response;

	assert_true(bytes.n < sizeof f.notify_text);
	memcpy(text, bytes.p, bytes.n);
	text[bytes.n] = '\0';
	assert_int_equal(sip_msg_parse(m, slice_make(text, bytes.n), NULL), ERR_OK);
	if (!is_request) {
		f.n_responses++;
		return;
	}
	assert_int_equal(m->method, SIP_NOTIFY);
	f.n_notifies++;
	f.notify_to = *flow;
	if (f.answer)
		answer_it(flow);
}

static void
on_request(void *ctx, struct sip_server *tsx, const struct sip_msg *req)
{
	if (req->to.tag.n) {
		if (!presence_on_in_dialog(f.p, tsx, req))
			sip_server_reject(tsx, 481, SLICE(""));
	} else if (req->method == SIP_PUBLISH) {
		presence_on_publish(f.p, tsx, req, f.from);
	} else {
		presence_on_subscribe(f.p, tsx, req, f.from);
	}
}

static void
on_ack(void *ctx, const struct sip_msg *ack, const struct sip_flow *flow)
{
}

static const struct sip_core_ops core_ops = {
    .send = core_send, .on_request = on_request, .on_ack = on_ack};

/* ---- life ---- */

struct addr
at(const char *text)
{
	struct addr a;

	assert_int_equal(addr_parse(slice_cstr(text), 5060, &a), ERR_OK);
	return a;
}

void
fixture_open(void)
{
	struct sip_core_params core = {
	    .timers = &f.timers, .rng = &f.rng, .ops = &core_ops, .server_name = SLICE("test")};
	size_t phone_max = f.phone_max;

	memset(&f, 0, sizeof f);
	f.phone_max = phone_max;
	fill_directory(&f.dir);
	timers_init(&f.timers, START_MS);
	rng_init_seed(&f.rng, 1);
	assert_int_equal(sip_core_new(&f.core, &core), ERR_OK);
	assert_int_equal(presence_new(&f.p, &(struct presence_params){.core = f.core,
						.timers = &f.timers,
						.rng = &f.rng,
						.ops = &ops,
						.dir = &f.dir,
						.subscriptions_phone_max = phone_max}),
	    ERR_OK);
	f.flow = (struct sip_flow){
	    .transport = SIP_UDP, .local = at("10.0.0.1:5060"), .remote = at("10.0.0.5:5060")};
	f.from = &f.dir.phone[0];
	f.answer = 200;
}

int
fixture_setup(void **state)
{
	f.phone_max = 0;
	fixture_open();
	return 0;
}

int
fixture_teardown(void **state)
{
	for (size_t i = 0; i < SENT_MAX; i++)
		timer_stop(&answers[i].timer);
	presence_free(f.p);
	sip_core_free(f.core);
	return 0;
}

void
pass_ms(uint64_t ms)
{
	uint64_t end_ms = timers_now_ms(&f.timers) + ms, next_ms;

	while ((next_ms = timers_next_ms(&f.timers)) <= end_ms)
		timers_advance(&f.timers, next_ms);
	timers_advance(&f.timers, end_ms);
}

/* ---- requests ---- */

/* Of the dialog that the last subscribe() made. */
static char call_id[80], to_tag[80], target_uri[200], event_name[100];
static uint32_t branch, cseq, calls;

void
feed(const char *text)
{
	sip_core_on_message(f.core, &f.flow, slice_cstr(text));
}

static uint16_t
request(const char *method, const char *uri, const char *to_params, const char *headers,
    const char *body)
{
	static char text[40000];
	size_t before = f.n_responses;

	branch++;
	cseq++;
	body = body ? body : "";
	snprintf(text, sizeof text,
	    "%s %s SIP/2.0\r\n"
	    "Via: SIP/2.0/UDP 10.0.0.5:5060;branch=z9hG4bK%u;rport\r\n"
	    "Max-Forwards: 70\r\nFrom: <sip:p1@10.0.0.1>;tag=phone\r\nTo: <%s>%s\r\n"
	    "Call-ID: %s\r\nCSeq: %u %s\r\n%sContent-Length: %zu\r\n\r\n%s",
	    method, uri, branch, uri, to_params, call_id, cseq, method, headers, strlen(body),
	    body);
	feed(text);
	assert_int_equal(f.n_responses, before + 1);
	return f.response.status;
}

uint16_t
ask(const char *method, const char *uri, const char *headers, const char *body)
{
	snprintf(call_id, sizeof call_id, "call-%u", ++calls);
	return request(method, uri, "", headers, body);
}

uint16_t
subscribe(const char *uri, const char *event, const char *headers)
{
	char text[4000];
	uint16_t status;

	snprintf(event_name, sizeof event_name, "%s", event);
	snprintf(target_uri, sizeof target_uri, "%s", uri);
	snprintf(text, sizeof text, "Event: %s\r\n%s%s", event, headers,
	    strstr(headers, "Contact:") ? "" : "Contact: <sip:p1@10.0.0.5>\r\n");
	status = ask("SUBSCRIBE", uri, text, NULL);
	snprintf(to_tag, sizeof to_tag, ";tag=%.*s", SLICE_FMT(f.response.to.tag));
	return status;
}

uint16_t
in_dialog(const char *method, const char *headers)
{
	char text[4000];

	snprintf(text, sizeof text, "Event: %s\r\n%s%s", event_name, headers,
	    strstr(headers, "Contact:") ? "" : "Contact: <sip:p1@10.0.0.5>\r\n");
	return request(method, target_uri, to_tag, text, NULL);
}

bool
told(const char *text)
{
	return strstr(f.notify_text, text) != NULL;
}

void
assert_told(const char *text)
{
	if (!told(text))
		fail_msg("'%s' is not in\n%s", text, f.notify_text);
}

void
assert_not_told(const char *text)
{
	if (told(text))
		fail_msg("'%s' is in\n%s", text, f.notify_text);
}

void
assert_value(struct slice got, const char *expected)
{
	if (!slice_eq(got, slice_cstr(expected)))
		fail_msg("got '%.*s', expected '%s'", SLICE_FMT(got), expected);
}

void
dialog(int64_t user, uint64_t id, enum call_dialog_state state)
{
	presence_on_dialog(
	    f.p, &(struct call_dialog_event){.user = user,
		     .phone = 10 + user,
		     .recipient = true,
		     .state = state,
		     .id = id,
		     .call_id = SLICE("leg-1"),
		     .local_tag = state == CALL_DIALOG_TRYING ? SLICE("") : SLICE("theirs"),
		     .remote_tag = SLICE("ours"),
		     .remote_number = SLICE("0170 1"),
		     .remote_name = SLICE("Zo\xc3\xab & \"Co\"")});
}
