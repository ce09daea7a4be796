/* A blind transfer, and what every transfer has in common: how it begins, succeeds and fails. */
#include <stdio.h>
#include <stdlib.h>

#include "call/app_int.h"
#include "call/conference_int.h"
#include "call/consult.h"
#include "call/dial_in.h"
#include "call/transfer_int.h"
#include "call/twin.h"

enum { RETRY_MS = 300, TRIES_MAX = 60 };

struct leg *
transfer_waiting(const struct transfer *t)
{
	return t->call->leg[MEDIA_SIDES - 1 - t->seat];
}

static void
on_retry(struct timer *timer)
{
	struct transfer *t = container_of(timer, struct transfer, retry);

	if (t->stage == TRANSFER_UPDATING)
		transfer_update(t);
	else
		join_retry(t);
}

static enum err
keep_texts(struct transfer *t, const struct leg *by, struct slice referred_by, struct slice to)
{
	enum err e = party_copy(&t->arena, &by->party, &t->from);

	if (e == ERR_OK)
		e = arena_dup(&t->arena, by->phone_name, &t->from_phone_name);
	if (e == ERR_OK) /* until somebody knows better */
		e = arena_dup(&t->arena, to.n ? to : SLICE("?"), &t->to.number);
	if (e == ERR_OK)
		e = arena_dup(&t->arena, referred_by, &t->referred_by);
	return e;
}

struct transfer *
transfer_alloc(struct call *c, enum media_side seat)
{
	struct transfer *t = calloc(1, sizeof *t);

	if (!t)
		return NULL;
	arena_init(&t->arena, "transfer", 256, 16 * 1024);
	timer_init(&t->retry, on_retry);
	t->call = c;
	t->seat = seat;
	c->transfer = t;
	return t;
}

enum err
transfer_new(
    struct leg *by, const struct transfer_asked *asked, struct slice to, struct transfer **out)
{
	struct transfer *t = transfer_alloc(by->call, by->side);

	if (!t)
		return ERR_NOMEM;
	if (keep_texts(t, by, asked->referred_by, to) != ERR_OK) {
		transfer_free(t);
		return ERR_NOMEM;
	}
	t->by = by;
	t->from_phone = by->phone;
	t->from_line = by->line;
	t->from_hidden = by->hidden;
	t->subscribed = asked->subscribed;
	t->refer_cseq = asked->cseq;
	by->call->sw->stats.transfers++;
	*out = t;
	return ERR_OK;
}

void
transfer_free(struct transfer *t)
{
	struct call *c = t->call;

	timer_stop(&t->retry);
	if (t->trial || t->probe)
		timer_stop(&t->tone);
	if (c)
		c->transfer = NULL;
	if (t->other)
		t->other->transfer = NULL;
	arena_fini(&t->arena);
	free(t);
	if (c)
		app_begin(c);
}

bool
transfer_instead_of(struct leg *app, struct slice number, struct transfer **out)
{
	const struct leg *other = leg_other(app);

	return !app->call->transfer && !app->call->replaced && other &&
	       !change_in_progress(other) &&
	       transfer_new(app, &(struct transfer_asked){0}, number, out) == ERR_OK;
}

/* ---- ringing the target ---- */

/* The other party is the one who calls now; one without a phone of ours calls with the rights
 * of who transfers. */
const struct dir_phone *
transfer_calling_phone(const struct transfer *t)
{
	const struct leg *other = transfer_waiting(t);
	const struct dir_phone *phone =
	    other ? dir_phone_by_id(t->call->sw->p.directory, other->phone) : NULL;

	return phone ? phone : dir_phone_by_id(t->call->sw->p.directory, t->from_phone);
}

bool
transfer_ring(struct transfer *t, const struct routing_plan *plan)
{
	struct call *c = t->call;

	if (ring_prepare(c, t->seat, &plan->called, plan) != ERR_OK)
		return false;
	t->stage = TRANSFER_RINGING;
	c->offer_late = false; /* who waits has told its media */
	t->refitted |= bridge_refit(c);
	ring_start(c);
	return true;
}

void
transfer_execute(struct transfer *t, const struct routing_plan *plan, size_t first_reason)
{
	bool refused = plan->action == ROUTING_REFUSE;

	plan_keep_reasons(t->call, plan, first_reason);
	if (!refused && transfer_ring(t, plan))
		return;
	if (t->dialled)
		dial_failed(t, refused ? plan->result : CDR_FAILED, CDR_BY_SYSTEM,
		    refused ? plan->status : 500);
	else
		transfer_fail(t, refused ? plan->status : 500);
}

void
transfer_blind(struct transfer *t, const struct sip_uri *uri, struct slice text)
{
	struct call *c = t->call;
	struct routing_query q = {.dialled = uri->user, .caller_phone = transfer_calling_phone(t)};
	struct routing_plan plan;
	uint16_t status = gruu_take(c, uri, text, &q.dialled);

	if (!q.caller_phone && t->by && t->by->dialled_in) {
		(void)dial_in_ask_as(t->by, &q);
	} else if (t->from_line) { /* it reaches our users, nobody else */
		q.caller_phone = NULL;
		q.caller_line = dir_line_by_id(c->sw->p.directory, t->from_line);
		q.caller = t->from;
	}
	if (status) {
		transfer_fail(t, status);
		return;
	}
	q.one_device = c->gruu.n > 0;
	plan_ask(c->sw, &q, &plan);
	gruu_limit(c, &plan);
	if (party_copy(&t->arena, &plan.called, &t->to) != ERR_OK) {
		transfer_fail(t, 500);
		return;
	}
	record_reason(c, REASON_TRANSFER_ASKED, REASON_ARGS(t->from.name, t->to.number));
	transfer_execute(t, &plan, 1);
}

/* The phone that transferred rings again; no other of its user. */
static bool
recall(struct transfer *t)
{
	struct call *c = t->call;
	const struct settings *set = dir_settings(c->sw->p.directory);
	struct routing_plan plan = {.called = t->from, .ring_ms = set->ring_s * 1000};

	if (t->recalling || !t->from_phone || !transfer_waiting(t))
		return false;
	plan.target[plan.n_targets++] =
	    (struct routing_target){.phone = t->from_phone, .phone_name = t->from_phone_name};
	t->recalling = true;
	c->gruu = SLICE(""); /* of the target */
	record_reason(c, REASON_TRANSFER_BACK, REASON_ARGS(t->from.name));
	return transfer_ring(t, &plan);
}

/* Who transferred and is still there talks on as before. */
static void
stay(struct transfer *t)
{
	struct call *c = t->call;
	struct leg *by = t->by;
	struct slice unused;

	if (by->remote_sdp.n &&
	    (bridge_take(by, sdp_text_slice(&by->remote_sdp), &by->dialog.flow, false) != ERR_OK ||
		bridge_give(by, transfer_waiting(t), &unused) != ERR_OK))
		call_log(LOG_WARN, c, "the former media could not be restored");
	t->by = NULL;
	t->must_tell |= t->refitted;
	t->both = t->refitted;
	bridge_follow_hold(c);
	record_live(c, bridge_is_held(c) ? LIVE_CALL_HELD : LIVE_CALL_ANSWERED);
	if (t->must_tell)
		transfer_update(t);
	else
		transfer_free(t);
}

void
transfer_fail(struct transfer *t, uint16_t status)
{
	struct call *c = t->call;
	char code[8];

	c->sw->stats.transfers_failed++;
	timer_stop(&t->retry);
	ring_stop(c, SLICE(""));
	join_undo(t);
	snprintf(code, sizeof code, "%u", status);
	if (!t->recalling) /* else it has been said */
		record_reason(c, REASON_TRANSFER_FAILED,
		    REASON_ARGS(t->to.number, slice_cstr(code), sip_reason(status)));
	refer_notify(t, status);
	if (t->by) {
		if (t->by->app)
			app_on_stayed(t->by->app, status);
		stay(t);
		return;
	}
	if (recall(t))
		return;
	transfer_free(t);
	call_end(c, CDR_ANSWERED, CDR_BY_SYSTEM, 0);
}

/* ---- what the ring room reports ---- */

bool
transfer_on_progress(struct leg *l, const struct sip_msg *resp)
{
	struct call *c = l->call;
	struct transfer *t = c->transfer;
	struct ring *r = &c->ring;
	uint32_t rseq;

	if (probe_on_progress(t, l, resp))
		return true;
	refer_notify(t, resp->status);
	if (c != t->call)
		return !t->consult || t->consult->invite_in == NULL;
	if (resp->body.n && (twin_hides_early(l) || t->goes || ring_hears_another(l))) {
		if (sip_is_reliable(resp, &rseq) && inband_keep(l, resp) != ERR_OK)
			return true; /* the final answer will show whether it is usable */
	} else if (resp->body.n && bridge_take(l, resp->body, &l->dialog.flow, true) == ERR_OK) {
		r->early = l; /* who waits hears it in the formats it has offered */
		l->rel.agreed |= sip_is_reliable(resp, &rseq);
	}
	if ((t->trial || (t->dialled && t->stage == TRANSFER_RINGING)) && !c->ringing_at)
		c->ringing_at = call_wall_ms(c);
	if (!r->told)
		record_live(c, c->state == CALL_UP ? LIVE_CALL_ANSWERED : LIVE_CALL_RINGING);
	r->told = true;
	music_follow(c); /* who has dialled hears that it rings, until something else is heard */
	return true;
}

void
transfer_on_ring_failed(
    struct call *c, enum cdr_result result, enum cdr_ended_by by, uint16_t status)
{
	struct transfer *t = c->transfer;

	if (c != t->call) {
		t->other = NULL;
		t->consult = NULL;
		c->transfer = NULL;
		call_end(c, result, by, status);
	}
	if (t->dialled)
		dial_failed(t, result, by, status);
	else
		transfer_fail(t, status);
}

bool
transfer_on_answer(struct leg *l, const struct sip_msg *resp)
{
	struct call *c = l->call;
	struct transfer *t = c->transfer;
	bool used;

	if (c != t->call) {
		join_on_answer(t, l, resp);
		return true;
	}
	if (probe_on_answer(t, l, resp, &used))
		return used;
	if (t->stage == TRANSFER_DIALLING)
		return dial_on_own_answer(t, l, resp);
	if ((resp->body.n || !l->rel.agreed) &&
	    bridge_take(l, resp->body, &l->dialog.flow, true) != ERR_OK && !l->rel.agreed)
		return false;
	present_take_response(l, resp);
	ring_on_winner(l);
	transfer_take_2xx(l, resp);
	transfer_on_arrival(t, l);
	return true;
}

void
transfer_take_2xx(struct leg *l, const struct sip_msg *resp)
{
	inband_end(l);
	leg_ack(l, SLICE(""));
	session_on_2xx(l, resp);
}

void
transfer_on_arrival(struct transfer *t, struct leg *l)
{
	bridge_drop_refused(l);
	if (t->dialled)
		dial_arrived(t, l);
	else
		transfer_arrived(t, l);
	session_start(l);
	transfer_update(t);
	consult_arrived(l->call);
}

/* ---- success ---- */

/* The seat has somebody else in it: what record and page show. */
void
call_seat_changed(struct call *c, struct leg *l)
{
	struct routing_party party;

	if (l->side == MEDIA_CALLED && party_copy(&c->arena, &l->party, &party) == ERR_OK) {
		c->called_party = party; /* the final one; who called remains who called */
		record_note_called(c, l);
	}
	if (app_of_peer(l))
		conference_on_seat(app_of_peer(l));
	bridge_follow_hold(c);
	record_update(c);
	record_live(c, bridge_is_held(c) ? LIVE_CALL_HELD : LIVE_CALL_ANSWERED);
	watch_tell_seats(c);
}

/* Who is reached over a line has a name only when the line says one. */
static void
note_arrival(const struct leg *l)
{
	const struct routing_party *who = &l->party;

	if (l->line && !who->name.n)
		record_reason(
		    l->call, REASON_TRANSFERRED_OUT, REASON_ARGS(who->number, l->phone_name));
	else
		record_reason(l->call, REASON_TRANSFERRED_TO,
		    REASON_ARGS(who->number, who->name, l->phone_name));
}

void
transfer_arrived(struct transfer *t, struct leg *l)
{
	struct call *c = t->call;
	struct leg *by = t->by;

	refer_notify(t, 200);
	t->by = NULL;
	if (by) {
		hold_leave(by);
		c->leg[by->side] = NULL;
		leg_bye(by, SEAT_GIVEN_AWAY);
	}
	leg_sit(l);
	if (by) { /* what it still sends must not be taken for the new one's */
		l->media_party = (uint32_t)++c->sw->next_leg_id;
		bridge_connect(l);
	}
	note_arrival(l);
	call_seat_changed(c, l);
}

const struct leg *
transfer_comes_to(const struct leg *l)
{
	const struct transfer *t = l->call->transfer;

	if (!t || !t->target)
		return NULL;
	if (t->stage == TRANSFER_ASKING && l == t->target)
		return transfer_waiting(t);
	return t->stage == TRANSFER_TELLING && l == transfer_waiting(t) ? t->target : NULL;
}

static void
try_later(struct transfer *t, uint64_t ms)
{
	if (++t->tries > TRIES_MAX) {
		record_reason(t->call, REASON_CHANGE_FAILED, REASON_ARGS(SLICE("491")));
		transfer_free(t);
		return;
	}
	timer_start(t->call->sw->p.timers, &t->retry, ms);
}

void
transfer_update(struct transfer *t)
{
	struct call *c = t->call;
	struct leg *stays = transfer_waiting(t), *came = c->leg[t->seat];
	uint64_t version;
	struct slice sdp;

	t->stage = TRANSFER_UPDATING;
	if (!stays || !came || stays->state != LEG_UP) {
		transfer_free(t);
		return;
	}
	if (change_in_progress(stays) || change_in_progress(came)) {
		try_later(t, RETRY_MS);
		return;
	}
	version = stays->sdp_version;
	if (bridge_give(came, stays, &sdp) != ERR_OK) {
		record_reason(c, REASON_CHANGE_FAILED, REASON_ARGS(stays->phone_name));
		transfer_free(t);
	} else if (version == stays->sdp_version && !t->must_tell) {
		transfer_free(t);
		if (stays->state == LEG_UP && !stays->app)
			update_refresh(stays); /* nothing new in the media, but in who it is */
	} else {
		t->must_tell = true;
		if (reinvite_send(stays, sdp, REINVITE_UPDATE) != ERR_OK)
			try_later(t, RETRY_MS);
	}
}

/* ---- the re-INVITEs of a transfer ---- */

static void
updated(struct transfer *t, struct leg *l, const struct sip_msg *resp)
{
	struct call *c = t->call;
	enum err e;

	leg_ack(l, SLICE(""));
	e = bridge_take(l, resp->body, &l->dialog.flow, true);
	if (e == ERR_OK && t->both) {
		t->both = false;
		t->seat = MEDIA_SIDES - 1 - t->seat;
		transfer_update(t);
		return;
	}
	transfer_free(t);
	if (e == ERR_OK) {
		bridge_drop_refused(l);
		bridge_follow_hold(c);
		record_live(c, bridge_is_held(c) ? LIVE_CALL_HELD : LIVE_CALL_ANSWERED);
		watch_tell_seats(c);
		return;
	}
	record_reason(c, REASON_CHANGE_MEDIA, REASON_ARGS(l->phone_name, slice_cstr(err_text(e))));
	call_end(c, CDR_ANSWERED, CDR_BY_SYSTEM, 0);
}

void
transfer_on_2xx(struct leg *l, const struct sip_msg *resp)
{
	struct transfer *t = l->call->transfer;

	if (!t) { /* nobody wants it any more */
		leg_ack(l, l->asked_late ? bridge_refusal(l, resp->body) : SLICE(""));
		if (l->purpose == REINVITE_ASK && !l->asked_late)
			reinvite_refresh(l); /* it has agreed to media of another call */
	} else if (l->purpose == REINVITE_UPDATE)
		updated(t, l, resp);
	else
		join_on_2xx(t, l, resp);
}

void
transfer_on_refusal(struct leg *l, uint16_t status)
{
	struct call *c = l->call;
	struct transfer *t = c->transfer;
	char code[8];

	if (!t)
		return;
	if (l->purpose != REINVITE_UPDATE) {
		join_on_refusal(t, l, status);
		return;
	}
	if (status == 491) { /* RFC 3261, 14.1 */
		try_later(t, 2100 + rng_below(c->sw->p.rng, 1900));
		return;
	}
	transfer_free(t);
	if (status == 408 || status == 481) { /* 12.2.1.2 */
		record_reason(c, REASON_CALL_FORGOTTEN, REASON_ARGS(l->phone_name));
		call_end(c, CDR_ANSWERED, CDR_BY_SYSTEM, 0);
		return;
	}
	/* what it sends and gets stays as it was: mostly that is good enough */
	snprintf(code, sizeof code, "%u", status);
	record_reason(c, REASON_CHANGE_FAILED, REASON_ARGS(slice_cstr(code)));
}
