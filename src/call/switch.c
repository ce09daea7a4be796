/* The switch: owns the calls, finds them, frees them when they are over. */
#include <stdlib.h>

#include "call/call_int.h"

const struct slice call_allow = SLICE("INVITE, ACK, BYE, CANCEL, OPTIONS, INFO, MESSAGE");

static void call_free(struct call *c);

static void
reap(struct timer *t)
{
	struct call_switch *sw = container_of(t, struct call_switch, reaper);
	struct list *node;

	while ((node = list_pop(&sw->dead)))
		call_free(container_of(node, struct call, link));
}

enum err
call_switch_new(struct call_switch **out, const struct call_switch_params *p)
{
	struct call_switch *sw = calloc(1, sizeof *sw);

	if (!sw)
		return ERR_NOMEM;
	sw->p = *p;
	sw->calls_max = p->calls_max ? p->calls_max : 20000;
	sip_dialogs_init(&sw->dialogs);
	hmap_init(&sw->by_id);
	list_init(&sw->calls);
	list_init(&sw->dead);
	timer_init(&sw->reaper, reap);
	*out = sw;
	return ERR_OK;
}

void
call_switch_free(struct call_switch *sw)
{
	struct list *node;

	if (!sw)
		return;
	timer_stop(&sw->reaper);
	while ((node = list_pop(&sw->dead)))
		call_free(container_of(node, struct call, link));
	while ((node = list_pop(&sw->calls))) {
		struct call *c = container_of(node, struct call, link);

		relayed_drop_all(c);
		LIST_FOR_EACH_SAFE (it, &c->forks)
			leg_done(container_of(it, struct leg, link));
		leg_done(&c->caller);
		list_remove(&c->link); /* leg_done may have handed it to the reaper */
		timer_stop(&sw->reaper);
		call_free(c);
	}
	sip_dialogs_fini(&sw->dialogs);
	hmap_fini(&sw->by_id);
	free(sw);
}

void
call_switch_set_directory(struct call_switch *sw, const struct directory *dir)
{
	sw->p.directory = dir;
}

const struct call_switch_stats *
call_switch_get_stats(const struct call_switch *sw)
{
	return &sw->stats;
}

/* Sixteen hex digits, "-" and sixteen more: a Call-ID we made for a called leg. */
static bool
is_ours(struct slice id)
{
	if (id.n != 33 || id.p[16] != '-')
		return false;
	for (size_t i = 0; i < 16; i++)
		if (!strchr("0123456789abcdef", id.p[i]) || !id.p[i])
			return false;
	return true;
}

void
call_id_of(struct slice sip_call_id, char out[CALL_ID_BYTES])
{
	uint64_t h = hash_bytes(sip_call_id);
	struct buf b;

	buf_init(&b, out, CALL_ID_BYTES);
	if (is_ours(sip_call_id))
		buf_put(&b, slice_make(sip_call_id.p, 16));
	else
		buf_hex(&b, &h, sizeof h);
	out[b.n] = '\0';
}

static struct call *
find(const struct call_switch *sw, struct slice id)
{
	uint64_t h = hash_bytes(id);

	for (struct hnode *n = hmap_first(&sw->by_id, h); n; n = hmap_next(n, h)) {
		struct call *c = container_of(n, struct call, by_id);

		if (slice_eq(slice_cstr(c->id), id))
			return c;
	}
	return NULL;
}

/* A Call-ID used again while its call lives gets a number behind it. */
static enum err
name_call(struct call_switch *sw, struct call *c, struct slice sip_call_id)
{
	char base[CALL_ID_BYTES];

	call_id_of(sip_call_id, base);
	memcpy(c->id, base, sizeof c->id);
	for (uint32_t n = 2; find(sw, slice_cstr(c->id)); n++) {
		struct buf b;

		if (n > 9999)
			return ERR_LIMIT;
		buf_init(&b, c->id, sizeof c->id - 1);
		buf_printf(&b, "%.16s-%u", base, n);
	}
	return hmap_put(&sw->by_id, &c->by_id, hash_bytes(slice_cstr(c->id)));
}

enum err
call_new(struct call_switch *sw, struct slice sip_call_id, struct call **out)
{
	struct call *c;
	enum err e;

	if (sw->stats.calls_now >= sw->calls_max)
		return ERR_LIMIT;
	c = calloc(1, sizeof *c);
	if (!c)
		return ERR_NOMEM;
	c->sw = sw;
	e = name_call(sw, c, sip_call_id);
	if (e != ERR_OK) {
		free(c);
		return e;
	}
	arena_init(&c->arena, "call", 2048, 256 * 1024);
	list_init(&c->forks);
	list_init(&c->relayed);
	c->started_at = sw->p.ops->wall_ms(sw->p.ctx);
	list_push(&sw->calls, &c->link);
	sw->stats.calls++;
	sw->stats.calls_now++;
	sw->stats.calls_up++;
	*out = c;
	return ERR_OK;
}

void
call_abandon(struct call *c)
{
	list_remove(&c->link);
	c->sw->stats.calls_up--;
	call_free(c);
}

static void
call_free(struct call *c)
{
	struct call_switch *sw = c->sw;

	timer_stop(&c->ring);
	hmap_remove(&sw->by_id, &c->by_id);
	arena_fini(&c->arena);
	sw->stats.calls_now--;
	free(c);
}

void
call_settle(struct call *c)
{
	struct call_switch *sw = c->sw;

	if (c->state != CALL_ENDED || c->streams_open)
		return; /* the record waits for the figures of all streams */
	if (!c->recorded) {
		c->recorded = true;
		record_end(c);
	}
	if (c->legs_alive || c->dead)
		return;
	c->dead = true;
	list_remove(&c->link);
	list_push(&sw->dead, &c->link);
	if (!timer_active(&sw->reaper))
		timer_start(sw->p.timers, &sw->reaper, 0);
}

void
call_on_ack(struct call_switch *sw, const struct sip_msg *ack, const struct sip_flow *flow)
{
	struct sip_dialog *d = sip_dialogs_find(&sw->dialogs, ack);

	if (d)
		answer_on_ack(container_of(d, struct leg, dialog), ack);
}

static void
add_stats(struct media_side_stats *sum, const struct media_side_stats *s)
{
	sum->packets += s->packets;
	sum->bytes += s->bytes;
	sum->lost += s->lost;
	sum->refused += s->refused;
	sum->rtcp_packets += s->rtcp_packets;
	if (s->jitter_us > sum->jitter_us)
		sum->jitter_us = s->jitter_us;
}

void
call_on_media_event(struct call_switch *sw, const struct media_event *ev)
{
	struct stream *s = (void *)(uintptr_t)ev->user;
	struct call *c = s->call;

	switch (ev->kind) {
	case MEDIA_EV_CLOSED:
		for (int side = 0; side < MEDIA_SIDES; side++)
			add_stats(&c->stats.side[side], &ev->stats.side[side]);
		c->streams_open--;
		sw->stats.streams_now--;
		call_settle(c);
		break;
	case MEDIA_EV_TIMEOUT:
		if (!s->open || s->ref.gen != ev->ref.gen || c->state != CALL_UP ||
		    s != &c->stream[0])
			break; /* the first media line speaks for the call */
		sw->stats.media_timeouts++;
		record_reason(c, REASON_NO_SOUND, NULL);
		call_end(c, CDR_ANSWERED, CDR_BY_SYSTEM, 0);
		break;
	}
}

enum err
call_hang_up(struct call_switch *sw, struct slice call_id)
{
	struct call *c = find(sw, call_id);

	if (!c || c->state == CALL_ENDED)
		return ERR_NOT_FOUND;
	record_reason(c, REASON_ADMIN_ENDED, NULL);
	call_end(c, c->state == CALL_UP ? CDR_ANSWERED : CDR_CANCELLED, CDR_BY_SYSTEM, 480);
	return ERR_OK;
}

void
call_switch_end_all(struct call_switch *sw)
{
	LIST_FOR_EACH_SAFE (it, &sw->calls) {
		struct call *c = container_of(it, struct call, link);

		if (c->state == CALL_ENDED)
			continue;
		record_reason(c, REASON_SYSTEM_STOPPED, NULL);
		call_end(
		    c, c->state == CALL_UP ? CDR_ANSWERED : CDR_INTERRUPTED, CDR_BY_SYSTEM, 503);
	}
}
