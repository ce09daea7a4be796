/* The switch of the simulated office, and the day its phones have. */
#include "office.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "fault.h"
#include "office_check.h"

enum {
	START_MS = 1000000,
	WALL_START_S = 1700000000,
	DAY_MS = 100000,     /* calls begin */
	SILENCE_MS = 450000, /* and all must be over: 200 s of talk, 2 * 64*T1, expiry */
	STEP_MS = 1000,
	INSPECT_MS = 1700,
};

const char office_config[] =
    "{'settings':{'domain':'strowger','session_expires_s':90,'rtp_timeout_s':20,"
    "'rtp_hold_timeout_s':60,'ring_s':20},"
    "'ranges':[{'first':'100','last':'199'}],"
    "'phones':[{'name':'p0','secret':'Secret-p0-Secret0','qualify_s':30},"
    "{'name':'p1','secret':'Secret-p1-Secret1'},{'name':'p2','secret':'Secret-p2-Secret2'},"
    "{'name':'p3','secret':'Secret-p3-Secret3'},{'name':'p4','secret':'Secret-p4-Secret4'},"
    "{'name':'p5','secret':'Secret-p5-Secret5','qualify_s':0}],"
    "'users':[{'login':'1001','first_name':'Anna','last_name':'Berg','phones':['p0','p1'],"
    "'numbers':['101']},"
    "{'login':'1002','first_name':'Ben','last_name':'Cohn','phones':['p2'],'numbers':['102']},"
    "{'login':'1003','first_name':'Cleo','last_name':'Dietz','phones':['p3','p4','p5'],"
    "'numbers':['103']},"
    "{'login':'1004','first_name':'Dora','last_name':'Ernst','phones':['p5'],'numbers':['104'],"
    "'dnd':true},"
    "{'login':'1005','first_name':'Emil','last_name':'Funk','numbers':['105']}]}";

static const char *const secrets[OFFICE_PHONES_MAX] = {"Secret-p0-Secret0", "Secret-p1-Secret1",
    "Secret-p2-Secret2", "Secret-p3-Secret3", "Secret-p4-Secret4", "Secret-p5-Secret5"};
static const char *const names[OFFICE_PHONES_MAX] = {"p0", "p1", "p2", "p3", "p4", "p5"};

static struct addr
address(uint8_t host)
{
	return (struct addr){.family = 4, .port = 5060, .ip = {10, 0, 0, host}};
}

/* ---- the switch ---- */

static void
core_send(void *ctx, const struct sip_flow *flow, struct slice bytes)
{
	struct office *o = ctx;
	size_t fail_at = fault.fail_at;

	fault.fail_at = 0; /* the network itself has memory */
	sim_send(o->sim, &flow->local, &flow->remote, bytes);
	fault.fail_at = fail_at;
}

static void
authenticated(struct office *o, struct sip_server *tsx, const struct sip_msg *req)
{
	uint64_t now_ms = sim_now_ms(o->sim);
	const struct dir_phone *phone;
	enum auth_result r =
	    auth_check(o->auth, o->directory, req, sip_server_flow(tsx), now_ms, &phone);

	if (!auth_passed(r))
		auth_refuse(o->auth, o->directory, tsx, req, r, now_ms);
	else if (req->method == SIP_REGISTER)
		registrar_on_register(o->registrar, tsx, req, phone);
	else
		call_on_invite(o->calls, tsx, req, &(struct call_origin){.phone = phone});
}

static void
core_on_request(void *ctx, struct sip_server *tsx, const struct sip_msg *req)
{
	struct office *o = ctx;

	if (req->to.tag.n) {
		if (!call_on_in_dialog(o->calls, tsx, req))
			sip_server_reject(tsx, 481, SLICE(""));
	} else if (req->method == SIP_REGISTER || req->method == SIP_INVITE) {
		authenticated(o, tsx, req);
	} else {
		sip_server_reject(tsx, 405, SLICE(""));
	}
}

static void
core_on_ack(void *ctx, const struct sip_msg *ack, const struct sip_flow *flow)
{
	call_on_ack(((struct office *)ctx)->calls, ack, flow);
}

static const struct sip_core_ops core_ops = {
    .send = core_send, .on_request = core_on_request, .on_ack = core_on_ack};

static void
on_datagram(void *ctx, const struct addr *from, const struct addr *to, struct slice bytes)
{
	struct office *o = ctx;

	if (o->starving && rng_below(&o->hunger, 10) == 0)
		fault.fail_at = 1 + rng_below(&o->hunger, 12);
	sip_core_on_message(o->core,
	    &(struct sip_flow){.transport = SIP_UDP, .local = *to, .remote = *from}, bytes);
	fault.fail_at = 0;
}

static size_t
contacts(void *ctx, int64_t phone_id, struct call_contact *out, size_t max)
{
	struct office *o = ctx;
	struct reg_contact found[CALL_CONTACTS_MAX];
	size_t n = registrar_contacts(
	    o->registrar, phone_id, found, max < CALL_CONTACTS_MAX ? max : CALL_CONTACTS_MAX);

	for (size_t i = 0; i < n; i++)
		out[i] = (struct call_contact){.uri = found[i].uri, .flow = found[i].flow};
	return n;
}

static int64_t
wall_ms(void *ctx)
{
	struct office *o = ctx;

	return WALL_START_S * 1000ll + (int64_t)(sim_now_ms(o->sim) - START_MS);
}

static enum err
local_for(void *ctx, enum sip_transport transport, const struct addr *remote, struct addr *local)
{
	*local = address(1);
	return ERR_OK;
}

static void
on_live(void *ctx, const struct live_call *call)
{
	struct office *o = ctx;

	(void)!slice_copy_cstr(slice_cstr(call->call_id), o->last_call, sizeof o->last_call);
	o->n_live_ended += call->state == LIVE_CALL_ENDED;
}

static uint32_t
record_begin(void *ctx, const struct cdr *cdr)
{
	return (uint32_t)((struct office *)ctx)->n_begun++;
}

static void
record_update(void *ctx, uint32_t handle, const struct cdr *cdr)
{
	struct office *o = ctx;

	if (handle >= o->n_begun)
		office_problem(o, "a record was updated that was never begun");
}

static void
record_end(void *ctx, uint32_t handle, const struct cdr *cdr)
{
	struct office *o = ctx;

	if (handle >= o->n_begun || o->n_records == OFFICE_CALLS_MAX)
		office_problem(o, "a record was ended that was never begun");
	else
		o->record[o->n_records++] = *cdr;
}

static void
reg_save(void *ctx, const struct reg_binding *b, bool removed)
{
}

static void
reg_live(void *ctx, const struct live_registration *r, bool removed)
{
}

static const struct call_switch_ops call_ops = {.contacts = contacts,
    .wall_ms = wall_ms,
    .on_live = on_live,
    .record_begin = record_begin,
    .record_update = record_update,
    .record_end = record_end};
static const struct registrar_ops reg_ops = {reg_save, reg_live, local_for, wall_ms};

static void
on_media_event(void *ctx, const struct media_event *ev)
{
	call_on_media_event(((struct office *)ctx)->calls, ev);
}

static void
on_broken(void *ctx, const char *what)
{
	office_problem(ctx, "%s", what);
}

static bool
sends_rtp(void *ctx, const struct addr *from)
{
	const struct office *o = ctx;

	for (size_t i = 0; i < o->n_phones; i++)
		if (addr_eq_ip(&o->phone[i].p.address, from))
			return phone_sends_rtp(&o->phone[i], from->port);
	return false;
}

static enum err
open_switch(struct office *o)
{
	struct timers *timers = sim_timers(o->sim);
	struct rng *rng = sim_rng(o->sim);
	struct sip_core_params core = {timers, rng, &core_ops, o, SLICE("Strowger"), 0};
	struct call_switch_params calls = {.timers = timers,
	    .rng = rng,
	    .media = &o->media.media,
	    .directory = o->directory,
	    .ops = &call_ops,
	    .ctx = o};
	struct registrar_params reg = {NULL, timers, rng, &reg_ops, o, o->directory};
	struct addr here = address(1);
	enum err e = sip_core_new(&o->core, &core);

	calls.core = reg.core = o->core;
	if (e == ERR_OK)
		e = auth_new(&o->auth, rng);
	if (e == ERR_OK)
		e = registrar_new(&o->registrar, &reg);
	if (e == ERR_OK)
		e = call_switch_new(&o->calls, &calls);
	if (e == ERR_OK)
		e = sim_endpoint_add(o->sim, &here, on_datagram, o);
	return e;
}

/* ---- its phones ---- */

static void
on_outcome(void *ctx, const struct phone_outcome *outcome)
{
	struct office *o = ctx;
	struct office_call *c;

	if (o->n_told == OFFICE_CALLS_MAX) {
		office_problem(o, "more outcomes than calls");
		return;
	}
	c = &o->told[o->n_told++];
	*c = (struct office_call){.status = outcome->status,
	    .failed = outcome->failed || outcome->gave_up,
	    .vanished = outcome->vanished};
	call_id_of(outcome->sip_call_id, c->id);
}

/* Where a stranger meddles or memory runs out, phones hear strange things. */
static void
on_phone_broken(void *ctx, const char *what)
{
	struct office *o = ctx;

	if (!o->noisy && !o->starving)
		office_problem(o, "%s", what);
}

static const struct phone_ops phone_ops = {on_outcome, on_phone_broken};

static enum err
add_phones(struct office *o, size_t n, struct rng *rng)
{
	enum err e = ERR_OK;

	for (size_t i = 0; i < n && e == ERR_OK; i++) {
		e = phone_init(&o->phone[i], &(struct phone_params){.sim = o->sim,
						 .name = names[i],
						 .secret = secrets[i],
						 .address = address((uint8_t)(10 + i)),
						 .registrar = address(1),
						 .ops = &phone_ops,
						 .ctx = o,
						 .patience = o->good_cable ? 1 : 20,
						 .seed = rng_u64(rng)});
		o->n_phones = i + 1;
	}
	return e;
}

/* ---- the day ---- */

static void
next_call(struct timer *t)
{
	static const char *const numbers[] = {"101", "101", "101", "101", "102", "102", "102",
	    "102", "103", "103", "103", "104", "105", "199", "abc"};
	struct office *o = container_of(t, struct office, next_call);
	struct rng *rng = sim_rng(o->sim);
	size_t who = rng_below(rng, (uint32_t)o->n_phones);

	phone_dial(&o->phone[who], numbers[rng_below(rng, sizeof numbers / sizeof numbers[0])]);
	if (--o->calls_left)
		timer_start(sim_timers(o->sim), t, rng_below(rng, DAY_MS / 10));
}

/* Somebody in the web page ends a call. */
static void
admin(struct timer *t)
{
	struct office *o = container_of(t, struct office, admin);

	if (o->last_call[0])
		(void)!call_hang_up(o->calls, slice_cstr(o->last_call));
}

/* Voices go where the phones expect them. */
static bool
is_right(void *ctx, const struct addr *from, uint16_t to_port, bool holding)
{
	return sim_media_peer_is(&((struct office *)ctx)->media, to_port, from, !holding);
}

static void
inspect(struct timer *t)
{
	struct office *o = container_of(t, struct office, inspector);

	for (size_t i = 0; i < o->n_phones; i++)
		phone_inspect(&o->phone[i], is_right, o);
	if (o->calls_left || sim_now_ms(o->sim) < START_MS + DAY_MS)
		timer_start(sim_timers(o->sim), t, INSPECT_MS);
}

static void
choose_weather(struct sim_impairments *imp, struct rng *rng)
{
	*imp = (struct sim_impairments){.delay_max_ms = 1};
	if (rng_below(rng, 4) == 0)
		return; /* a good cable */
	imp->loss_permille = rng_below(rng, 301);
	imp->duplicate_permille = rng_below(rng, 101);
	imp->delay_min_ms = rng_below(rng, 50);
	imp->delay_max_ms = imp->delay_min_ms + rng_below(rng, 351);
}

static void
close_office(struct office *o)
{
	for (size_t i = 0; i < o->n_phones; i++)
		phone_fini(&o->phone[i]);
	timer_stop(&o->next_call);
	timer_stop(&o->admin);
	timer_stop(&o->inspector);
	call_switch_free(o->calls);
	registrar_free(o->registrar);
	auth_free(o->auth);
	sip_core_free(o->core);
	sim_free(o->sim);
}

static void
live_a_day(struct office *o, struct rng *rng)
{
	timer_start(sim_timers(o->sim), &o->next_call, 3000);
	if (rng_below(rng, 4) == 0)
		timer_start(sim_timers(o->sim), &o->admin, 10000 + rng_below(rng, DAY_MS));
	if (!o->noisy && !o->starving && o->media.streams_max == SIM_STREAMS_MAX)
		timer_start(sim_timers(o->sim), &o->inspector, INSPECT_MS);
	sim_run_until(o->sim, START_MS + DAY_MS);
	while (o->calls_left)
		sim_run_until(o->sim, sim_now_ms(o->sim) + STEP_MS);
	if (rng_below(rng, 10) == 0)
		call_switch_end_all(o->calls);
	for (size_t i = 0; i < o->n_phones; i++)
		phone_rest(&o->phone[i]);
	sim_run_until(o->sim, sim_now_ms(o->sim) + SILENCE_MS);
}

bool
office_run(struct office *o, const struct directory *dir, uint64_t seed, bool verbose,
    struct office_sums *sums)
{
	struct sim_params params = {.start_ms = START_MS, .seed = seed};
	struct rng rng;

	*o = (struct office){.seed = seed, .directory = dir};
	rng_init_seed(&rng, seed ^ 0x6f6666696365ull);
	choose_weather(&params.impairments, &rng);
	o->good_cable =
	    params.impairments.loss_permille == 0 && params.impairments.delay_max_ms == 1;
	timer_init(&o->next_call, next_call);
	timer_init(&o->admin, admin);
	timer_init(&o->inspector, inspect);
	if (sim_new(&o->sim, &params) != ERR_OK)
		abort();
	sim_media_init(&o->media, o->sim, rng_below(&rng, 8) == 0 ? 2 : SIM_STREAMS_MAX);
	o->media.media.on_event = on_media_event;
	o->media.media.ctx = o->media.ctx = o;
	o->media.sends = sends_rtp;
	o->media.on_broken = on_broken;
	o->noisy = rng_below(&rng, 6) == 0;
	o->starving = rng_below(&rng, 8) == 0;
	rng_init_seed(&o->hunger, seed);
	office_tap(o, verbose, &params.impairments);
	o->calls_left = 10 + rng_below(&rng, 11);
	if (open_switch(o) != ERR_OK ||
	    add_phones(o, 3 + rng_below(&rng, OFFICE_PHONES_MAX - 2), &rng) != ERR_OK)
		abort();
	live_a_day(o, &rng);
	office_check(o);
	office_sum(o, sums);
	close_office(o);
	return o->problem[0] == '\0';
}
