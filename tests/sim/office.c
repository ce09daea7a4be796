/* The switch of the simulated office, and the day its phones have. */
#include "office.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "fault.h"
#include "office_check.h"
#include "office_disk.h"

enum {
	START_MS = 1000000,
	WALL_START_S = 1700000000,
	DAY_MS = 100000, /* calls begin */
	/* and all must be over: 200 s of talk, 2 * 64*T1, expiry, failed calls that may be
	   completed */
	SILENCE_MS = 1100000,
	STEP_MS = 1000,
	INSPECT_MS = 1700,
};

const char office_config[] =
    "{'settings':{'domain':'strowger','session_expires_s':90,'rtp_timeout_s':20,"
    "'rtp_hold_timeout_s':60,'ring_s':20,'register_max_s':200},"
    "'ranges':[{'first':'100','last':'199'}],"
    "'phones':[{'name':'p0','secret':'Secret-p0-Secret0','qualify_s':30,'direct_media':true},"
    "{'name':'p1','secret':'Secret-p1-Secret1'},{'name':'p2','secret':'Secret-p2-Secret2','direct_"
    "media':true},"
    "{'name':'p3','secret':'Secret-p3-Secret3','direct_media':true},{'name':'p4','secret':'Secret-"
    "p4-Secret4'},"
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
sb_send(void *ctx, const struct sip_flow *flow, struct slice bytes)
{
	struct office *o = ctx;
	size_t fail_at = fault.fail_at;

	fault.fail_at = 0; /* the network itself has memory */
	sim_send(o->sim, &flow->local, &flow->remote, bytes);
	fault.fail_at = fail_at;
}

static void
on_datagram(void *ctx, const struct addr *from, const struct addr *to, struct slice bytes)
{
	struct office *o = ctx;

	if (o->starving && rng_below(&o->hunger, 10) == 0)
		fault.fail_at = 1 + rng_below(&o->hunger, 12);
	switchboard_on_message(o->switchboard,
	    &(struct sip_flow){.transport = SIP_UDP, .local = *to, .remote = *from}, bytes);
	fault.fail_at = 0;
}

static enum err
sb_local_for(void *ctx, enum sip_transport transport, const struct addr *remote, struct addr *local)
{
	*local = address(1);
	return ERR_OK;
}

static int64_t
sb_wall_ms(void *ctx)
{
	struct office *o = ctx;

	return WALL_START_S * 1000ll + o->wall_shift_ms + (int64_t)(sim_now_ms(o->sim) - START_MS);
}

static void
sb_live_call(void *ctx, const struct live_call *call)
{
	struct office *o = ctx;

	(void)!slice_copy_cstr(slice_cstr(call->call_id), o->last_call, sizeof o->last_call);
	o->n_live_ended += call->state == LIVE_CALL_ENDED;
}

static uint32_t
sb_record_begin(void *ctx, const struct cdr *cdr)
{
	return office_journal_begin(ctx, cdr);
}

static void
sb_record_update(void *ctx, uint32_t handle, const struct cdr *cdr)
{
	office_journal_update(ctx, handle, cdr, cdr->ended_at != 0);
}

static void
sb_record_end(void *ctx, uint32_t handle, const struct cdr *cdr)
{
	office_journal_end(ctx, handle, cdr);
}

static void
sb_registration(void *ctx, const struct live_registration *r, bool removed)
{
}

static void
sb_binding_keep(void *ctx, uint32_t *handle, struct slice value)
{
	office_keep(ctx, handle, value, false);
}

static void
sb_binding_forget(void *ctx, uint32_t handle)
{
	office_forget(ctx, handle);
}

static void
sb_subscription_keep(void *ctx, uint32_t *handle, struct slice value)
{
	office_keep(ctx, handle, value, true);
}

static const struct switchboard_ops switchboard_ops = {.send = sb_send,
    .local_for = sb_local_for,
    .wall_ms = sb_wall_ms,
    .on_live_call = sb_live_call,
    .record_begin = sb_record_begin,
    .record_update = sb_record_update,
    .record_end = sb_record_end,
    .on_registration = sb_registration,
    .binding_keep = sb_binding_keep,
    .subscription_keep = sb_subscription_keep,
    .subscription_forget = sb_binding_forget,
    .binding_forget = sb_binding_forget};

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

static void
open_switch(struct office *o)
{
	struct addr here = address(1);

	sim_media_init(&o->media, o->sim, o->streams_max);
	o->media.ctx = o;
	o->media.sends = sends_rtp;
	o->media.on_broken = on_broken;
	if (switchboard_new(
		&o->switchboard, &(struct switchboard_params){.timers = sim_timers(o->sim),
				     .hold_tone = (struct media_sound *)&o->media,
				     .rng = sim_rng(o->sim),
				     .media = &o->media.media,
				     .directory = o->directory,
				     .ops = &switchboard_ops,
				     .ctx = o}) != ERR_OK ||
	    sim_endpoint_add(o->sim, &here, on_datagram, o) != ERR_OK)
		abort();
	office_restore(o);
}

/* kill -9: nothing is said to anybody, only what was saved is left. */
static void
crash(struct timer *t)
{
	struct office *o = container_of(t, struct office, crash);
	struct addr here = address(1);

	if (o->switchboard) {
		(void)sim_endpoint_remove(o->sim, &here);
		switchboard_free(o->switchboard);
		o->switchboard = NULL;
		sim_media_fini(&o->media);
		o->crashes++;
		o->last_call[0] = '\0';
		timer_start(sim_timers(o->sim), t, 1 + rng_below(&o->fate, 8000));
		return;
	}
	open_switch(o);
}

/* Somebody sets the clock. */
static void
clock_jump(struct timer *t)
{
	struct office *o = container_of(t, struct office, clock);

	o->wall_shift_ms += ((int64_t)rng_below(&o->fate, 2 * 7200) - 7200) * 1000;
}

/* The power of the house fails: all phones are off, and back in the same moment. */
static void
outage(struct timer *t)
{
	struct office *o = container_of(t, struct office, outage);

	for (size_t i = 0; i < o->n_phones; i++)
		phone_power_off(&o->phone[i], 5000);
	o->outages++;
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
	    .vanished = outcome->vanished,
	    .replacing = outcome->replacing};
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
						 .patience = o->good_cable ? 2 : 20,
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

	const char *number = numbers[rng_below(rng, sizeof numbers / sizeof numbers[0])];
	struct phone_dialog d;

	if (rng_below(rng, 8) == 0 &&
	    phone_dialog(&o->phone[rng_below(rng, (uint32_t)o->n_phones)], &d))
		phone_replace(&o->phone[who], number, &d);
	else
		phone_dial(&o->phone[who], number);
	if (--o->calls_left)
		timer_start(sim_timers(o->sim), t, rng_below(rng, DAY_MS / 10));
}

/* Somebody in the web page ends a call. */
static void
admin(struct timer *t)
{
	struct office *o = container_of(t, struct office, admin);

	if (o->last_call[0] && o->switchboard)
		(void)!call_hang_up(switchboard_calls(o->switchboard), slice_cstr(o->last_call));
}

/* Voices go where the phones expect them: here, or to the phone at the other end of the same
 * stream, as far as that is still there; who is held hears music, so nobody holds then. */
static bool
is_right(void *ctx, const struct addr *from, const struct addr *to, bool holding)
{
	const struct addr pbx = address(1);

	if (!addr_eq_ip(to, &pbx))
		return !holding && sim_media_joins(&((struct office *)ctx)->media, from, to);
	return sim_media_peer_is(&((struct office *)ctx)->media, to->port, from, !holding);
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
	timer_stop(&o->crash);
	timer_stop(&o->clock);
	timer_stop(&o->outage);
	switchboard_free(o->switchboard);
	sim_free(o->sim);
}

static void
live_a_day(struct office *o, struct rng *rng)
{
	struct rng house;

	rng_init_seed(&house, o->seed ^ 0x686f757365ull);
	timer_start(sim_timers(o->sim), &o->next_call, 3000);
	if (rng_below(rng, 4) == 0)
		timer_start(sim_timers(o->sim), &o->admin, 10000 + rng_below(rng, DAY_MS));
	if (rng_below(&o->fate, 5) == 0)
		timer_start(
		    sim_timers(o->sim), &o->crash, 5000 + rng_below(&o->fate, DAY_MS - 20000));
	if (rng_below(&o->fate, 4) == 0)
		timer_start(sim_timers(o->sim), &o->clock, 5000 + rng_below(&o->fate, DAY_MS));
	if (rng_below(&house, 6) == 0)
		timer_start(sim_timers(o->sim), &o->outage, 5000 + rng_below(&house, DAY_MS));
	if (!o->noisy && !o->starving && o->streams_max == SIM_STREAMS_MAX &&
	    !timer_active(&o->crash))
		timer_start(sim_timers(o->sim), &o->inspector, INSPECT_MS);
	sim_run_until(o->sim, START_MS + DAY_MS);
	while (o->calls_left || !o->switchboard)
		sim_run_until(o->sim, sim_now_ms(o->sim) + STEP_MS);
	if (rng_below(rng, 10) == 0)
		call_switch_end_all(switchboard_calls(o->switchboard));
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
	timer_init(&o->crash, crash);
	timer_init(&o->clock, clock_jump);
	timer_init(&o->outage, outage);
	if (sim_new(&o->sim, &params) != ERR_OK)
		abort();
	o->streams_max = rng_below(&rng, 8) == 0 ? 2 : SIM_STREAMS_MAX;
	o->noisy = rng_below(&rng, 6) == 0;
	o->starving = rng_below(&rng, 8) == 0;
	rng_init_seed(&o->hunger, seed);
	rng_init_seed(&o->fate, seed ^ 0x66617465);
	office_tap(o, verbose, &params.impairments);
	o->calls_left = 10 + rng_below(&rng, 11);
	open_switch(o);
	if (add_phones(o, 3 + rng_below(&rng, OFFICE_PHONES_MAX - 2), &rng) != ERR_OK)
		abort();
	live_a_day(o, &rng);
	office_check(o);
	office_sum(o, sums);
	close_office(o);
	return o->problem[0] == '\0';
}
