/* The life of a call: made, named, ended towards everybody, recorded, handed to the reaper. */
#include <stdlib.h>

#include "call/app_int.h"
#include "call/completion.h"
#include "call/consult.h"
#include "call/emergency.h"
#include "call/talk_record.h"

enum { CALL_TEXT_BYTES = 640 }; /* what most calls need */

struct call *
call_find(const struct call_switch *sw, struct slice id)
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
	for (uint32_t n = 2; call_find(sw, slice_cstr(c->id)); n++) {
		struct buf b;

		if (n > 9999)
			return ERR_LIMIT;
		buf_init(&b, c->id, sizeof c->id - 1);
		buf_printf(&b, "%.16s-%u", base, n);
	}
	return hmap_put(&sw->by_id, &c->by_id, hash_bytes(slice_cstr(c->id)));
}

int64_t
call_wall_ms(const struct call *c)
{
	return c->started_at + (int64_t)(timers_now_ms(c->sw->p.timers) - c->started_ms);
}

enum err
call_new(struct call_switch *sw, struct slice sip_call_id, bool emergency, struct call **out)
{
	struct call *c;
	enum err e;

	if (sw->stats.calls_now >= sw->calls_max + (emergency ? EMERGENCY_CALLS : 0))
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
	direct_init(c);
	arena_init(&c->arena, "call", CALL_TEXT_BYTES, 256 * 1024);
	list_init(&c->legs);
	list_init(&c->relayed);
	c->started_at = sw->p.ops->wall_ms(sw->p.ctx);
	c->started_ms = timers_now_ms(sw->p.timers);
	list_push(&sw->calls, &c->link);
	sw->stats.calls++;
	sw->stats.calls_now++;
	sw->stats.calls_up++;
	*out = c;
	return ERR_OK;
}

void
call_free(struct call *c)
{
	struct call_switch *sw = c->sw;

	timer_stop(&c->direct.timer);
	emergency_free(c);
	ring_stop(c, SLICE(""));
	hmap_remove(&sw->by_id, &c->by_id);
	arena_fini(&c->arena);
	sw->stats.calls_now--;
	free(c);
}

void
call_abandon(struct call *c)
{
	list_remove(&c->link);
	c->sw->stats.calls_up--;
	call_free(c);
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
	if (!list_empty(&c->legs) || c->dead)
		return;
	c->dead = true;
	list_remove(&c->link);
	list_push(&sw->dead, &c->link);
	if (!timer_active(&sw->reaper))
		timer_start(sw->p.timers, &sw->reaper, 0);
}

/* The record keeps whose number was called, and says who it was that answered. */
static void
note_called(struct call *c, const struct leg *called)
{
	const struct routing_party *who = &called->party;
	struct routing_party party;

	if (c->ring.several) {
		c->called_party.user = who->user;
		if (c->ring.group)
			record_reason(c, REASON_GROUP_ANSWERED,
			    REASON_ARGS(who->name, who->number, called->phone_name));
	} else if ((c->hops || !called->dialog.is_uac) &&
		   party_copy(&c->arena, who, &party) == ERR_OK) {
		c->called_party = party; /* who was called sent it on, or was relieved */
	}
}

void
call_answered(struct call *c, struct leg *called)
{
	c->state = CALL_UP;
	c->sip_status = 200;
	c->result = CDR_ANSWERED;
	c->answered_at = call_wall_ms(c);
	c->sw->stats.answered++;
	record_note_called(c, called);
	note_called(c, called);
	bridge_follow_hold(c);
	record_update(c);
	record_live(c, LIVE_CALL_ANSWERED);
	watch_tell_seats(c);
	app_begin(c);
}

static void
answer_caller(struct leg *l, uint16_t status)
{
	struct sip_server *tsx = l->invite_in;
	struct slice extra = status == 503 ? SLICE("Retry-After: 10\r\n") : SLICE("");

	status = status ? status : 480;
	if (!l->takes_over)
		l->call->sip_status = status;
	l->invite_in_pending = false;
	if (tsx)
		sip_server_reject(tsx, status, extra);
	leg_done(l);
}

void
call_end(struct call *c, enum cdr_result result, enum cdr_ended_by by, uint16_t status)
{
	struct call_switch *sw = c->sw;

	if (c->state == CALL_ENDED)
		return;
	refusal_on_end(c, &result, &by);
	if (by == CDR_BY_SYSTEM && !c->end_headers.n)
		c->end_headers = ending_header(c);
	c->state = CALL_ENDED;
	c->result = result;
	c->ended_by = by;
	c->ended_at = call_wall_ms(c);
	sw->stats.calls_up--;
	heard_end(c);
	timer_stop(&c->direct.timer);
	if (c->consult)
		consult_on_end(c);
	talk_record_on_end(c);
	completion_on_call_end(c);
	if (c->transfer)
		transfer_on_end(c);
	ring_stop(c, c->end_headers);
	relayed_drop_all(c);
	LIST_FOR_EACH_SAFE (it, &c->legs) {
		struct leg *l = container_of(it, struct leg, link);

		if (l->state == LEG_ASKED)
			answer_caller(l, status);
		else
			leg_bye(l, SLICE("")); /* those that only ring are cancelled already */
	}
	bridge_close(c);
	if (c->streams_open)
		record_update(c); /* a crash before the media report must not make it a cut call */
	call_log(LOG_DEBUG, c, "over: %s", cdr_result_name(result));
	record_live(c, LIVE_CALL_ENDED);
	emergency_ends(c);
	call_settle(c);
}
