#include "board.h"

#include <stdio.h>

enum {
	START_MS = 1000000,
	WALL_START_S = 1700000000,
	/* calls have ended; 2 * 64*T1, the longest registration, blocks of strangers */
	SILENCE_MS = 2 * 3600 * 1000,
};

static void
broken(struct board *b, const char *what)
{
	if (!b->ending)
		b->on_broken(b->ctx, what);
}

/* ---- what the switchboard asks for ---- */

static void
sb_send(void *ctx, const struct sip_flow *flow, struct slice bytes)
{
	struct board *b = ctx;

	if (b->on_sent)
		b->on_sent(b->ctx, flow, bytes);
}

static enum err
sb_local_for(void *ctx, enum sip_transport t, const struct addr *remote, struct addr *out)
{
	*out = (struct addr){.family = remote->family, .port = 5060, .ip = {10, 0, 0, 1}};
	return remote->family ? ERR_OK : ERR_NOT_FOUND;
}

static int64_t
sb_wall_ms(void *ctx)
{
	struct board *b = ctx;

	return WALL_START_S * 1000ll + (int64_t)(sim_now_ms(b->sim) - START_MS);
}

static void
sb_live_call(void *ctx, const struct live_call *call)
{
}

static uint32_t
sb_record_begin(void *ctx, const struct cdr *cdr)
{
	return ++((struct board *)ctx)->records_open;
}

static void
sb_record_update(void *ctx, uint32_t handle, const struct cdr *cdr)
{
}

static void
sb_record_end(void *ctx, uint32_t handle, const struct cdr *cdr)
{
	struct board *b = ctx;

	if (b->records_open-- == 0)
		broken(b, "a record was ended that was never begun");
}

static void
sb_registration(void *ctx, const struct live_registration *r, bool removed)
{
}

static void
sb_binding_keep(void *ctx, uint32_t *handle, struct slice value)
{
	struct board *b = ctx;
	uint32_t i = 0;

	if (value.n == 0 || value.n > REG_KEPT_MAX_BYTES)
		broken(b, "a kept registration has no size that fits");
	if (*handle)
		return; /* takes its own place */
	while (i < BOARD_KEPT_MAX && b->is_kept[i])
		i++;
	if (i == BOARD_KEPT_MAX) {
		broken(b, "more is kept than phones can register");
		return;
	}
	b->is_kept[i] = 1;
	b->kept++;
	*handle = i + 1;
}

static void
sb_binding_forget(void *ctx, uint32_t handle)
{
	struct board *b = ctx;

	if (handle == 0 || handle > BOARD_KEPT_MAX || !b->is_kept[handle - 1]) {
		broken(b, "what was not kept is forgotten");
		return;
	}
	b->is_kept[handle - 1] = 0;
	b->kept--;
}

static enum err
sb_locate(void *ctx, const struct sip_target *target, uint64_t token)
{
	return sim_names_locate(&((struct board *)ctx)->names, target, token);
}

static void
on_located(void *ctx, uint64_t token, enum err e, const struct sip_hops *hops)
{
	switchboard_on_located(((struct board *)ctx)->switchboard, token, e, hops);
}

static const struct switchboard_ops ops = {.send = sb_send,
    .local_for = sb_local_for,
    .wall_ms = sb_wall_ms,
    .locate = sb_locate,
    .on_live_call = sb_live_call,
    .record_begin = sb_record_begin,
    .record_update = sb_record_update,
    .record_end = sb_record_end,
    .on_registration = sb_registration,
    .binding_keep = sb_binding_keep,
    .binding_forget = sb_binding_forget};

/* Nobody speaks: streams end by silence. */
static bool
sends_rtp(void *ctx, const struct addr *from)
{
	return false;
}

static void
on_broken_media(void *ctx, const char *what)
{
	broken(ctx, what);
}

/* ---- life ---- */

enum err
board_open(struct board *b, const struct directory *dir, uint64_t seed)
{
	struct sim_params params = {.start_ms = START_MS, .seed = seed};
	enum err e = sim_new(&b->sim, &params);

	if (e != ERR_OK)
		return e;
	sim_media_init(&b->media, b->sim, SIM_STREAMS_MAX);
	b->media.sends = sends_rtp;
	b->media.on_broken = on_broken_media;
	b->media.ctx = b;
	b->names = (struct sim_names){.sim = b->sim, .on_located = on_located, .ctx = b};
	sim_names_init(&b->names);
	e = switchboard_new(
	    &b->switchboard, &(struct switchboard_params){.timers = sim_timers(b->sim),
				 .rng = sim_rng(b->sim),
				 .media = &b->media.media,
				 .directory = dir,
				 .ops = &ops,
				 .ctx = b});
	if (e != ERR_OK) {
		sim_free(b->sim);
		return e;
	}
	b->static_bindings = registrar_get_counts(switchboard_registrar(b->switchboard))->bindings;
	return ERR_OK;
}

void
board_close(struct board *b)
{
	b->ending = true;
	switchboard_free(b->switchboard);
	sim_media_fini(&b->media);
	sim_free(b->sim);
}

void
board_feed(struct board *b, const struct sip_flow *flow, struct slice bytes)
{
	switchboard_on_message(b->switchboard, flow, bytes);
}

void
board_pass_ms(struct board *b, uint64_t ms)
{
	sim_run_until(b->sim, sim_now_ms(b->sim) + ms);
}

static void
check(struct board *b, const char *what, size_t left)
{
	char text[100];

	if (left == 0)
		return;
	snprintf(text, sizeof text, "left over: %zu %s", left, what);
	broken(b, text);
}

void
board_check_empty(struct board *b)
{
	const struct call_switch_stats *calls =
	    call_switch_get_stats(switchboard_calls(b->switchboard));
	const struct sip_core_stats *core = sip_core_get_stats(switchboard_core(b->switchboard));
	const struct registrar_counts *reg =
	    registrar_get_counts(switchboard_registrar(b->switchboard));

	switchboard_stop(b->switchboard);
	board_pass_ms(b, SILENCE_MS);
	check(b, "lines that do not leave", !switchboard_is_stopped(b->switchboard));
	check(b, "calls", calls->calls_now);
	check(b, "legs", calls->legs_now);
	check(b, "streams", calls->streams_now + sim_media_busy(&b->media));
	check(b, "server transactions", core->servers);
	check(b, "client transactions", core->clients);
	check(b, "bindings", reg->bindings - b->static_bindings);
	check(b, "registrations on the disk",
	    b->kept > 1 ? b->kept - 1 : 0); /* but the key of GRUUs */
	check(b, "records", b->records_open);
}
