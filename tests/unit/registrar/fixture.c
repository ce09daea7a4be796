#include "fixture.h"

#include <stdio.h>

#include "sip/digest.h"
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
	for (size_t i = 0; i < PHONES_MAX; i++)
		if (id && d->phone[i].id == id)
			return &d->phone[i];
	return NULL;
}

const struct dir_phone *
dir_phone_by_name(const struct directory *d, struct slice name)
{
	for (size_t i = 0; i < PHONES_MAX; i++)
		if (d->phone[i].id && slice_eq(d->phone[i].name, name))
			return &d->phone[i];
	return NULL;
}

const struct dir_phone *
dir_phone_by_source(const struct directory *d, const struct addr *source, struct slice from_user)
{
	for (size_t i = 0; i < PHONES_MAX; i++)
		if (d->phone[i].id && d->phone[i].auth_by_address && d->phone[i].enabled &&
		    addr_eq_ip(&d->phone[i].address, source))
			return &d->phone[i];
	return NULL;
}

const struct dir_user *
dir_user_by_number(const struct directory *d, struct slice number)
{
	for (size_t i = 0; i < PHONES_MAX; i++)
		for (size_t k = 0; d->phone[i].id && k < d->phone[i].user_count; k++)
			if (slice_eq(d->phone[i].users[k]->numbers[0]->number, number))
				return d->phone[i].users[k];
	return NULL;
}

struct addr_nets
dir_local_networks(const struct directory *d)
{
	return d->local_networks;
}

const struct dir_phone *
dir_phones(const struct directory *d, size_t *count)
{
	*count = 0;
	while (*count < PHONES_MAX && d->phone[*count].id)
		++*count;
	return d->phone;
}

/* ---- ops ---- */

static void
keep(void *ctx, uint32_t *handle, struct slice value)
{
	static uint32_t next;
	struct kept *k = &f.kept[*handle ? *handle - 1 : next++ % KEPT_MAX];

	assert_in_range(value.n, 1, REG_KEPT_MAX_BYTES);
	if (*handle == 0)
		while (k->n) /* of an earlier turn */
			k = &f.kept[next++ % KEPT_MAX];
	memcpy(k->bytes, value.p, value.n);
	k->n = value.n;
	*handle = (uint32_t)(k - f.kept) + 1;
	f.last_kept = *handle;
	f.n_kept++;
}

static void
forget(void *ctx, uint32_t handle)
{
	assert_in_range(handle, 1, KEPT_MAX);
	assert_int_not_equal(f.kept[handle - 1].n, 0);
	f.kept[handle - 1].n = 0;
	f.n_forgotten++;
}

static void
on_phone(void *ctx, int64_t phone_id, size_t n_contacts, size_t n_reachable)
{
	f.phone_contacts = n_contacts;
	f.phone_reachable = n_reachable;
	f.n_phone_told++;
}

static void
on_registration(void *ctx, const struct live_registration *r, bool removed)
{
	f.live = *r;
	removed ? f.n_gone++ : f.n_live++;
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
	return WALL_S_AT_START * 1000ll + (int64_t)(timers_now_ms(&f.timers) - START_MS);
}

static const struct registrar_ops ops = {.keep = keep,
    .forget = forget,
    .on_registration = on_registration,
    .on_phone = on_phone,
    .local_for = local_for,
    .wall_ms = wall_ms};

/* A peer that answers, some time later. */
struct answer {
	struct timer timer;
	char text[2000];
	size_t n;
};

static struct answer pending_answer;

static void
deliver(struct timer *t)
{
	struct answer *a = container_of(t, struct answer, timer);

	sip_core_on_message(f.core, &f.sent_to, slice_make(a->text, a->n));
}

static void
answer_it(const struct sip_flow *flow)
{
	struct buf b;

	buf_init(&b, pending_answer.text, sizeof pending_answer.text);
	sip_write_response_head(&b, &f.msg, flow, 200, SLICE(""), SLICE("peer"));
	sip_write_body(&b, SLICE(""), SLICE(""));
	assert_true(buf_ok(&b));
	pending_answer.n = b.n;
	timer_init(&pending_answer.timer, deliver);
	timer_start(&f.timers, &pending_answer.timer, f.answer_ms);
}

static void
core_send(void *ctx, const struct sip_flow *flow, struct slice bytes)
{
	assert_true(bytes.n <= sizeof f.sent);
	memcpy(f.sent, bytes.p, bytes.n);
	assert_int_equal(sip_msg_parse(&f.msg, slice_make(f.sent, bytes.n), NULL), ERR_OK);
	f.sent_to = *flow;
	if (!f.msg.is_request) {
		f.n_responses++;
		return;
	}
	f.n_requests++;
	if (f.answer_options)
		answer_it(flow);
}

static void
on_request(void *ctx, struct sip_server *tsx, const struct sip_msg *req)
{
	const struct dir_phone *phone = &f.dir.phone[0];
	uint64_t now_ms = timers_now_ms(&f.timers);

	if (f.authenticate) {
		f.auth_result =
		    auth_check(f.auth, &f.dir, req, sip_server_flow(tsx), now_ms, &phone);
		if (!auth_passed(f.auth_result)) {
			assert_null(phone);
			auth_refuse(f.auth, &f.dir, tsx, req, f.auth_result, now_ms);
			return;
		}
	}
	registrar_on_register(f.reg, tsx, req, phone);
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
fixture_password(struct dir_phone *p, const char *password)
{
	struct slice realm = slice_cstr(f.dir.settings.domain), pw = slice_cstr(password);
	char hex[SIP_DIGEST_HEX_MAX];

	sip_digest_ha1(SIP_DIGEST_MD5, p->name, realm, pw, hex);
	memcpy(p->ha1_md5, hex, sizeof p->ha1_md5);
	sip_digest_ha1(SIP_DIGEST_SHA256, p->name, realm, pw, hex);
	memcpy(p->ha1_sha256, hex, sizeof p->ha1_sha256);
	p->has_secret = true;
}

static void
fill_directory(void)
{
	static const struct dir_number number = {.number = {"101", 3}};
	static const struct dir_number *const numbers[] = {&number};
	static const struct dir_phone *const phones[] = {&f.dir.phone[0]};
	static const struct dir_user user = {
	    .id = 1, .phones = phones, .phone_count = 1, .numbers = numbers, .number_count = 1};
	static const struct dir_user *const users[] = {&user};
	struct dir_phone *p = f.dir.phone;

	snprintf(f.dir.settings.domain, sizeof f.dir.settings.domain, "strowger");
	f.dir.settings.register_min_s = 60;
	f.dir.settings.register_max_s = 3600;
	f.dir.settings.nonce_lifetime_s = 300;
	p[0] = (struct dir_phone){.id = 7,
	    .name = SLICE("p7"),
	    .enabled = true,
	    .max_contacts = 4,
	    .users = users,
	    .user_count = 1};
	fixture_password(&p[0], "secret");
}

int
fixture_setup(void **state)
{
	struct sip_core_params core = {
	    .timers = &f.timers, .rng = &f.rng, .ops = &core_ops, .server_name = SLICE("test")};
	struct registrar_params reg = {.timers = &f.timers, .rng = &f.rng, .ops = &ops};

	memset(&f, 0, sizeof f);
	fill_directory();
	timers_init(&f.timers, START_MS);
	rng_init_seed(&f.rng, 1);
	assert_int_equal(sip_core_new(&f.core, &core), ERR_OK);
	assert_int_equal(auth_new(&f.auth, &f.rng), ERR_OK);
	reg.core = f.core;
	reg.dir = &f.dir;
	assert_int_equal(registrar_new(&f.reg, &reg), ERR_OK);
	f.flow = (struct sip_flow){
	    .transport = SIP_UDP, .local = at("10.0.0.1:5060"), .remote = at("10.0.0.5:5060")};
	return 0;
}

void
fixture_restart(void)
{
	struct kept kept[KEPT_MAX];

	memcpy(kept, f.kept, sizeof kept);
	fixture_teardown(NULL);
	fixture_setup(NULL);
	memcpy(f.kept, kept, sizeof kept);
}

void
fixture_restore(void)
{
	struct addr source;

	for (uint32_t i = 0; i < KEPT_MAX; i++)
		if (f.kept[i].n)
			f.n_restored += registrar_restore(
			    f.reg, i + 1, slice_make(f.kept[i].bytes, f.kept[i].n), &source);
}

int
fixture_teardown(void **state)
{
	timer_stop(&pending_answer.timer);
	registrar_free(f.reg);
	auth_free(f.auth);
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

void
feed(const char *text)
{
	sip_core_on_message(f.core, &f.flow, slice_cstr(text));
}

uint16_t
register_as(const char *aor, const char *call_id, uint32_t cseq, const char *headers)
{
	static uint32_t branch, last_cseq;
	char text[16384];
	size_t before = f.n_responses;

	branch++;
	last_cseq = cseq ? cseq : last_cseq + 1;
	snprintf(text, sizeof text,
	    "REGISTER sip:strowger SIP/2.0\r\n"
	    "Via: SIP/2.0/UDP 10.0.0.5:5060;branch=z9hG4bK%u;rport\r\n"
	    "%sMax-Forwards: 70\r\nFrom: <%s>;tag=f%u\r\nTo: <%s>\r\nCall-ID: %s\r\n"
	    "CSeq: %u REGISTER\r\n%sContent-Length: 0\r\n\r\n",
	    branch, f.more_vias ? f.more_vias : "", aor, branch, aor, call_id ? call_id : "c1",
	    last_cseq, headers);
	feed(text);
	assert_int_equal(f.n_responses, before + 1);
	return f.msg.status;
}

uint16_t
register_with(const char *headers)
{
	return register_as("sip:p7@strowger", NULL, 0, headers);
}

struct slice
contact(size_t n)
{
	struct sip_values it = {0};
	struct slice value = {0};

	for (size_t i = 0; i <= n; i++)
		if (!sip_msg_next_value(&f.msg, SIP_HDR_CONTACT, &it, &value))
			return SLICE("");
	return value;
}

size_t
contacts(struct reg_contact out[8])
{
	return registrar_contacts(f.reg, f.dir.phone[0].id, out, 8);
}
