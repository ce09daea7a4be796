/* The switch: owns the calls, finds them, frees them when they are over. */
#include <stdlib.h>

#include "call/app_int.h"
#include "call/completion.h"
#include "call/conference_int.h"
#include "call/consult.h"
#include "call/in_call.h"
#include "call/keys.h"
#include "call/message.h"
#include "call/pin.h"
#include "call/plays.h"
#include "call/recording.h"
#include "call/spending.h"
#include "call/talk_record.h"
#include "call/transfer_int.h"
#include "call/twin.h"

static void
reap(struct timer *t)
{
	struct call_switch *sw = container_of(t, struct call_switch, reaper);
	struct list *node;

	while ((node = list_pop(&sw->done)))
		leg_free(container_of(node, struct leg, link));
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
	sw->dialogs.on_count = p->ops->on_dialog_count;
	sw->dialogs.ctx = p->ctx;
	hmap_init(&sw->by_id);
	hmap_init(&sw->apps);
	hmap_init(&sw->recordings);
	hmap_init(&sw->talking);
	list_init(&sw->calls);
	list_init(&sw->dead);
	list_init(&sw->done);
	list_init(&sw->plays);
	timer_init(&sw->reaper, reap);
	if (messages_new(&sw->messages, sw) != ERR_OK) {
		free(sw);
		return ERR_NOMEM;
	}
	if (completions_new(sw) != ERR_OK) {
		messages_free(sw->messages);
		free(sw);
		return ERR_NOMEM;
	}
	conferences_init(sw);
	*out = sw;
	return ERR_OK;
}

void
call_switch_free(struct call_switch *sw)
{
	if (!sw)
		return;
	LIST_FOR_EACH (it, &sw->calls) {
		struct call *c = container_of(it, struct call, link);

		if (c->consult)
			consult_free(c->consult);
	}
	LIST_FOR_EACH_SAFE (it, &sw->calls) {
		struct call *c = container_of(it, struct call, link);

		relayed_drop_all(c);
		if (c->transfer)
			transfer_free(c->transfer);
		LIST_FOR_EACH_SAFE (leg, &c->legs)
			leg_done(container_of(leg, struct leg, link));
	}
	messages_free(sw->messages);
	completions_free(sw);
	list_splice(&sw->dead, &sw->calls);
	reap(&sw->reaper);
	conferences_fini(sw);
	plays_free(sw);
	timer_stop(&sw->reaper);
	sip_dialogs_fini(&sw->dialogs);
	hmap_fini(&sw->by_id);
	recording_free_all(sw);
	hmap_fini(&sw->apps);
	hmap_fini(&sw->talking);
	spending_free(sw);
	pin_free(sw);
	free(sw);
}

void
call_switch_set_directory(struct call_switch *sw, const struct directory *dir)
{
	sw->p.directory = dir;
	plays_follow(sw);
	conferences_follow_directory(sw);
	completion_follow_directory(sw);
}

const struct call_switch_stats *
call_switch_get_stats(const struct call_switch *sw)
{
	return &sw->stats;
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

/* What somebody presses, says or has heard: for the app opposite, or the other phone. */
static void
on_service(struct stream *s, const struct media_event *ev)
{
	struct leg *by = twin_speaker(s->call, ev->service.side);
	struct call_app *a = by && !by->twin ? app_of_peer(by) : NULL;

	if (!s->open || s->ref.gen != ev->ref.gen)
		return;
	if (ev->kind == MEDIA_EV_PLAYED && (music_on_played(s->call, ev->service.sound) ||
					       talk_record_on_played(s->call, ev->service.sound)))
		return;
	if (by && by->twin) {
		if (ev->kind == MEDIA_EV_KEY)
			twin_on_key(by, ev->service.key);
	} else if (a && ev->kind == MEDIA_EV_KEY)
		app_on_key(a, ev->service.key);
	else if (a)
		app_on_event(a, ev);
	else if (ev->kind == MEDIA_EV_KEY && by && ev->service.listened)
		(void)in_call_on_key(by, ev->service.key);
	else if (ev->kind == MEDIA_EV_KEY && !s->call->consult)
		keys_on_heard(s, ev);
	else if (ev->kind == MEDIA_EV_PLAYED && s->call->consult)
		consult_on_played(s->call->consult, ev->service.sound);
}

void
call_on_media_event(struct call_switch *sw, const struct media_event *ev)
{
	struct stream *s = (void *)(uintptr_t)ev->user;
	struct call *c;

	if (ev->kind == MEDIA_EV_RECORDED) { /* of no stream */
		recording_on_event(sw, ev);
		return;
	}
	c = s->call;
	switch (ev->kind) {
	case MEDIA_EV_CLOSED:
		for (int side = 0; side < MEDIA_SIDES; side++)
			add_stats(&c->stats.side[side], &ev->stats.side[side]);
		if (s == &c->stream[0])
			heard_note(c, &ev->stats);
		c->streams_open--;
		sw->stats.streams_now--;
		call_settle(c);
		break;
	case MEDIA_EV_STATS:
		if (s == &c->stream[0] && c->state == CALL_UP)
			heard_now(c, &ev->stats);
		break;
	case MEDIA_EV_FAILED:
		if (c->state == CALL_ENDED)
			break;
		sw->stats.media_failures++;
		record_reason(c, REASON_MEDIA_FAILED, NULL);
		call_end(c, c->state == CALL_UP ? CDR_ANSWERED : CDR_FAILED, CDR_BY_SYSTEM, 503);
		break;
	case MEDIA_EV_TIMEOUT:
		if (!s->open || s->ref.gen != ev->ref.gen || c->state != CALL_UP ||
		    s != &c->stream[0])
			break;	   /* the first media line speaks for the call */
		if (c->transfer) { /* who waits may hear nothing */
			reinvite_cancel_stale(c);
			bridge_follow_hold(c);
			break;
		}
		sw->stats.media_timeouts++;
		record_reason(c, REASON_NO_SOUND, NULL);
		call_end(c, CDR_ANSWERED, CDR_BY_SYSTEM, 0);
		break;
	case MEDIA_EV_KEY:
	case MEDIA_EV_HEARD:
	case MEDIA_EV_SPEAKS:
	case MEDIA_EV_PLAYED: on_service(s, ev); break;
	case MEDIA_EV_RECORDED: break;
	}
}

enum err
call_hang_up(struct call_switch *sw, struct slice call_id)
{
	struct call *c = call_find(sw, call_id);

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
