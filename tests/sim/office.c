/* The switch of the simulated office, and the days or weeks that its phones have. */
#include "office.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "fault.h"
#include "office_check.h"
#include "office_disk.h"
#include "office_list.h"

enum {
	START_MS = 1000000,
	WALL_START_S = 1700000000,
	TALK_MS = 250000, /* talks that are on are over, nobody asks to be called back any more */
	STEP_MS = 1000,
	SOON_MS = 5000, /* nothing befalls an office before */
	LOOK_MS = 2000,
	LOOKS = 3600, /* an hour of them without a call */
	INSPECT_MS = 1700,
	PROVIDER = OFFICE_PHONES_MAX - 1,
	PROVIDER_HOST = 50,
};

static const char *const secrets[OFFICE_PHONES_MAX] = {"Secret-p0-Secret0", "Secret-p1-Secret1",
    "Secret-p2-Secret2", "Secret-p3-Secret3", "Secret-p4-Secret4", "Secret-p5-Secret5", ""};
static const char *const names[OFFICE_PHONES_MAX] = {"p0", "p1", "p2", "p3", "p4", "p5", "isp"};

static struct addr
address(uint8_t host)
{
	return (struct addr){.family = 4, .port = 5060, .ip = {10, 0, 0, host}};
}

/* ---- what befalls it ---- */

static void
await(struct office *o, struct timer *t, const struct office_mishap *m, struct rng *rng)
{
	timer_start(sim_timers(o->sim), t, SOON_MS + rng_below(rng, m->within_ms));
}

static void
await_first(struct office *o, struct timer *t, const struct office_mishap *m, struct rng *rng)
{
	if (rng_below(rng, m->one_in) == 0)
		await(o, t, m, rng);
}

static bool
is_over(const struct office *o)
{
	return !o->calls_left && sim_now_ms(o->sim) >= START_MS + o->span->ms;
}

static void
await_next(struct office *o, struct timer *t, const struct office_mishap *m, struct rng *rng)
{
	if (m->again && !is_over(o))
		await(o, t, m, rng);
}

/* In a life that is mostly silent what befalls the office mostly befalls calls. */
static bool
waits_for_calls(struct office *o, struct timer *t, const struct office_mishap *m, struct rng *rng)
{
	if (!m->again || office_has_calls(o) || rng_below(rng, LOOKS) == 0)
		return false;
	timer_start(sim_timers(o->sim), t, 1 + rng_below(rng, LOOK_MS));
	return true;
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

	quiet_disturb(o);
	(void)!slice_copy_cstr(slice_cstr(call->call_id), o->last_call, sizeof o->last_call);
	if (call->state == LIVE_CALL_ENDED)
		office_note_over(o, o->last_call);
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

static enum err
sb_locate(void *ctx, const struct sip_target *target, uint64_t token)
{
	return sim_names_locate(&((struct office *)ctx)->names, target, token);
}

static void
on_located(void *ctx, uint64_t token, enum err e, const struct sip_hops *hops)
{
	switchboard_on_located(((struct office *)ctx)->switchboard, token, e, hops);
}

static void
sb_order(void *ctx, const struct feature_order *order)
{
	desk_take(ctx, &(struct desk_work){.kind = DESK_ORDER, .order = *order});
}

static void
sb_voicemail_began(void *ctx, const struct voicemail_began *b)
{
	desk_take(ctx, &(struct desk_work){.kind = DESK_BEGAN, .began = *b});
}

static void
sb_voicemail_ended(void *ctx, const struct voicemail_ended *e)
{
	desk_take(ctx, &(struct desk_work){.kind = DESK_ENDED, .ended = *e});
}

static void
sb_voicemail_ask(void *ctx, const struct voicemail_ask *a)
{
	desk_take(ctx, &(struct desk_work){.kind = DESK_ASK, .ask = *a});
}

static void
sb_completed(void *ctx, const struct live_completed *c)
{
	desk_take(ctx, &(struct desk_work){.kind = DESK_COMPLETED, .completed = *c});
}

static const struct switchboard_ops switchboard_ops = {.send = sb_send,
    .local_for = sb_local_for,
    .wall_ms = sb_wall_ms,
    .on_live_call = sb_live_call,
    .record_begin = sb_record_begin,
    .record_update = sb_record_update,
    .record_end = sb_record_end,
    .on_registration = sb_registration,
    .locate = sb_locate,
    .order = sb_order,
    .voicemail_began = sb_voicemail_began,
    .voicemail_ended = sb_voicemail_ended,
    .voicemail_ask = sb_voicemail_ask,
    .on_completed = sb_completed,
    .on_telephony = lamps_on_telephony,
    .on_orbit = parked_on_orbit,
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
	o->names = (struct sim_names){.sim = o->sim, .on_located = on_located, .ctx = o};
	sim_names_init(&o->names);
	o->media.ctx = o;
	o->media.sends = sends_rtp;
	o->media.on_broken = on_broken;
	if (switchboard_new(
		&o->switchboard, &(struct switchboard_params){.timers = sim_timers(o->sim),
				     .hold_tone = (struct media_sound *)&o->media,
				     .prompts = {.sounds = "/sounds", .data = "/data"},
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

	if (o->switchboard && waits_for_calls(o, t, &o->span->crash, &o->fate))
		return;
	if (o->switchboard) {
		(void)sim_endpoint_remove(o->sim, &here);
		switchboard_free(o->switchboard);
		o->switchboard = NULL;
		sim_media_fini(&o->media);
		o->heard += o->media.heard;
		o->played += o->media.played;
		desk_crash(o);
		lamps_crash(o);
		parked_crash(o);
		quiet_crash(o);
		sim_names_forget(&o->names);
		o->crashes++;
		o->last_call[0] = '\0';
		timer_start(sim_timers(o->sim), t, 1 + rng_below(&o->fate, 8000));
		return;
	}
	o->back_ms = sim_now_ms(o->sim);
	desk_restart(o);
	open_switch(o);
	await_next(o, t, &o->span->crash, &o->fate);
}

/* Somebody sets the clock. */
static void
clock_jump(struct timer *t)
{
	struct office *o = container_of(t, struct office, clock);

	o->wall_shift_ms += ((int64_t)rng_below(&o->fate, 2 * 7200) - 7200) * 1000;
	await_next(o, t, &o->span->clock, &o->fate);
}

/* The power of the house fails: all phones are off, and back in the same moment. */
static void
outage(struct timer *t)
{
	struct office *o = container_of(t, struct office, outage);

	if (waits_for_calls(o, t, &o->span->outage, &o->house))
		return;
	for (size_t i = 0; i < o->n_phones; i++)
		phone_power_off(&o->phone[i], 5000);
	o->outages++;
	await_next(o, t, &o->span->outage, &o->house);
}

/* ---- its phones ---- */

static void
on_outcome(void *ctx, const struct phone_outcome *outcome)
{
	struct office *o = ctx;
	struct office_call *c;

	o->told = office_grow(o->told, o->n_told, &o->max_told, sizeof *o->told);
	c = &o->told[o->n_told++];
	*c = (struct office_call){.status = outcome->status,
	    .failed = outcome->failed || outcome->gave_up,
	    .vanished = outcome->vanished,
	    .replacing = outcome->replacing};
	call_id_of(outcome->sip_call_id, c->id);
	c->crashed = office_has_crashed_since(o, talk_dialled_ms(o, c->id));
}

/* Where a stranger meddles or memory runs out, phones hear strange things. */
static void
on_phone_broken(void *ctx, const char *what)
{
	struct office *o = ctx;

	if (!o->noisy && !o->starving)
		office_problem(o, "%s", what);
}

static void
on_key(void *ctx, const struct addr *from, char key)
{
	struct office *o = ctx;

	if (o->switchboard)
		sim_media_press(&o->media, from, key);
}

static const struct phone_ops phone_ops = {.on_outcome = on_outcome,
    .on_broken = on_phone_broken,
    .on_dials = talk_on_dials,
    .on_asked = talk_on_asked,
    .on_moves = talk_on_moves,
    .on_ending = parked_on_ending,
    .on_key = on_key};

static enum err
add_phone(struct office *o, size_t which)
{
	bool outside = which == PROVIDER;

	return phone_init(&o->phone[o->n_phones++],
	    &(struct phone_params){.sim = o->sim,
		.name = names[which],
		.secret = secrets[which],
		.outside = outside,
		.address = address(outside ? PROVIDER_HOST : (uint8_t)(10 + which)),
		.registrar = address(1),
		.ops = &phone_ops,
		.ctx = o,
		.register_s = o->span->register_s,
		.watch_s = o->span->watch_s,
		.off_ms = o->span->off_ms,
		.patience = o->good_cable ? 2 : 20,
		.seed = rng_u64(&o->dice)});
}

static void
add_phones(struct office *o, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (add_phone(o, i) != ERR_OK)
			abort();
	if (add_phone(o, PROVIDER) != ERR_OK)
		abort();
}

/* ---- its days ---- */

static uint32_t
until_next_call(const struct office *o, struct rng *rng)
{
	bool pause = o->span->pause_one_in && rng_below(rng, o->span->pause_one_in) == 0;

	return rng_below(rng, pause ? o->span->pause_ms : o->span->gap_ms);
}

static void
next_call(struct timer *t)
{
	struct office *o = container_of(t, struct office, next_call);
	struct rng *rng = sim_rng(o->sim);
	size_t who = rng_below(rng, (uint32_t)o->n_phones);

	const char *number = office_number(o->span, rng, o->phone[who].p.outside);
	struct phone_dialog d;

	if (rng_below(rng, 8) == 0 &&
	    phone_dialog(&o->phone[rng_below(rng, (uint32_t)o->n_phones)], &d))
		phone_replace(&o->phone[who], number, &d);
	else
		phone_dial(&o->phone[who], number);
	if (--o->calls_left)
		timer_start(sim_timers(o->sim), t, until_next_call(o, rng));
}

/* Somebody in the web page ends a call. */
static void
admin(struct timer *t)
{
	struct office *o = container_of(t, struct office, admin);

	parked_on_admin(o);
	if (o->last_call[0] && o->switchboard)
		(void)!call_hang_up(switchboard_calls(o->switchboard), slice_cstr(o->last_call));
	await_next(o, t, &o->span->admin, &o->dice);
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

	for (size_t i = 0; i < o->n_phones && !office_is_shaken(o); i++)
		phone_inspect(&o->phone[i], is_right, o);
	talk_inspect(o);
	if (!is_over(o))
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
stop_mishaps(struct office *o)
{
	timer_stop(&o->admin);
	timer_stop(&o->crash);
	timer_stop(&o->clock);
	timer_stop(&o->outage);
}

static void
close_office(struct office *o)
{
	for (size_t i = 0; i < o->n_phones; i++)
		phone_fini(&o->phone[i]);
	timer_stop(&o->next_call);
	timer_stop(&o->inspector);
	stop_mishaps(o);
	lamps_stop(o);
	switchboard_free(o->switchboard);
	desk_close(o);
	talk_close(o);
	parked_close(o);
	free(o->told);
	free(o->record);
	free(o->over);
	sim_free(o->sim);
}

static void
start_mishaps(struct office *o)
{
	const struct office_span *span = o->span;

	await_first(o, &o->admin, &span->admin, &o->dice);
	await_first(o, &o->crash, &span->crash, &o->fate);
	await_first(o, &o->clock, &span->clock, &o->fate);
	rng_init_seed(&o->house, o->seed ^ 0x686f757365ull);
	await_first(o, &o->outage, &span->outage, &o->house);
}

static void
live(struct office *o)
{
	timer_start(sim_timers(o->sim), &o->next_call, 3000);
	start_mishaps(o);
	if (!o->noisy && !o->starving && o->streams_max == SIM_STREAMS_MAX)
		timer_start(sim_timers(o->sim), &o->inspector, INSPECT_MS);
	lamps_start(o);
	quiet_start(o);
	sim_run_until(o->sim, START_MS + o->span->ms);
	while (o->calls_left || !o->switchboard)
		sim_run_until(o->sim, sim_now_ms(o->sim) + STEP_MS);
	if (rng_below(&o->dice, 10) == 0) {
		parked_on_admin(o);
		call_switch_end_all(switchboard_calls(o->switchboard));
	}
	stop_mishaps(o);
	for (size_t i = 0; i < o->n_phones; i++)
		phone_rest(&o->phone[i]);
	sim_run_until(o->sim, sim_now_ms(o->sim) + TALK_MS);
	lamps_stop(o);
	quiet_stop(o);
	desk_end_day(o);
	sim_run_until(o->sim, sim_now_ms(o->sim) + o->span->silence_ms);
}

bool
office_run(struct office *o, const struct office_world *world, uint64_t seed, bool verbose,
    struct office_sums *sums)
{
	struct sim_params params = {.start_ms = START_MS, .seed = seed};
	const struct office_span *span = world->span;

	*o = (struct office){.seed = seed, .span = span, .directory = world->directory};
	rng_init_seed(&o->dice, seed ^ 0x6f6666696365ull);
	choose_weather(&params.impairments, &o->dice);
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
	o->streams_max = rng_below(&o->dice, 8) == 0 ? 2 : SIM_STREAMS_MAX;
	o->noisy = rng_below(&o->dice, 6) == 0;
	o->starving = rng_below(&o->dice, 8) == 0;
	rng_init_seed(&o->hunger, seed);
	rng_init_seed(&o->fate, seed ^ 0x66617465);
	desk_open(o, world->database, seed);
	office_tap(o, verbose, &params.impairments);
	o->calls_left = span->calls + rng_below(&o->dice, span->calls_spread);
	o->calls_max = 100 + 4 * o->calls_left;
	open_switch(o);
	add_phones(o, 3 + rng_below(&o->dice, PROVIDER - 2));
	live(o);
	office_check(o);
	office_sum(o, sums);
	close_office(o);
	return o->problem[0] == '\0';
}
