/*
 * Ringing: executes a plan's targets. Each contact of each target is a fork of its
 * own with the same media ports; the first that answers wins, the others are
 * cancelled with the word that the call was taken elsewhere (RFC 3326).
 */
#include <stdio.h>
#include <stdlib.h>

#include "call/app_int.h"
#include "call/line_int.h"
#include "call/location.h"
#include "call/passing.h"
#include "call/transfer_int.h"
#include "call/twin.h"

enum {
	PROVISIONAL_MAX = PASSING_MAX_BYTES + 512,
	FROM_URI_BYTES = 400, /* of fromuser and fromdomain */
};

static void fork_failed(struct leg *l, uint16_t status, bool say);

static void
failed(struct call *c, enum cdr_result result, enum cdr_ended_by by, uint16_t status)
{
	if (c->transfer)
		transfer_on_ring_failed(c, result, by, status);
	else
		call_refuse(c, result, by, status, SLICE(""));
}

/* LIN-2, "progressinband": what the provider sends before the answer is not for the caller. */
bool
ring_is_local(const struct leg *l)
{
	const struct dir_phone *phone;
	const struct dir_line *line;

	leg_whose(l, &phone, &line);
	return line && line->local_ringing;
}

bool
ring_hears_another(const struct leg *l)
{
	const struct leg *early = l->call->ring.early;

	return early && early != l;
}

/* Tells the caller that it rings, once for each thing worth telling. */
static void
tell_caller(struct leg *l, const struct sip_msg *resp)
{
	struct call *c = l->call;
	struct ring *r = &c->ring;
	struct leg *caller = leg_other(l);
	bool local = ring_is_local(l) && !l->rel.rseq_in;
	uint16_t status = resp->status == 180 || local ? 180 : 183;
	struct slice sdp = {0};
	uint32_t rseq;
	char extra[PROVISIONAL_MAX];
	struct buf b;

	if (c->transfer ? transfer_on_progress(l, resp) : caller->app != NULL)
		return;
	if (resp->body.n && (inband_never(caller) || twin_hides_early(l) ||
				(!c->offer_late && ring_hears_another(l)))) {
		if (sip_is_reliable(resp, &rseq) && inband_keep(l, resp) != ERR_OK)
			return; /* the final answer will show whether this phone is usable */
		if (r->told)
			return;
		status = 180;
	} else if (resp->body.n && !local && (!c->offer_late || l->rel.owed_cseq) &&
		   !ring_hears_another(l)) {
		if (bridge_take(l, resp->body, &l->dialog.flow, !c->offer_late) != ERR_OK ||
		    bridge_give(l, caller, &sdp) != ERR_OK)
			return; /* the final answer will show whether this phone is usable */
		r->early = l;
		l->rel.agreed |= !c->offer_late && sip_is_reliable(resp, &rseq);
	} else if (r->told) {
		return;
	} else if ((sdp = inband_begin(l, caller)).n) {
		status = 183;
	}
	r->told = true;
	if (r->tone)
		music_follow(c);
	buf_init(&b, extra, sizeof extra);
	present_write(caller, l, &b);
	passing_copy(&b, resp, PASS_ANSWER);
	if (!buf_ok(&b) || prack_tell(caller, status, buf_slice(&b), sdp) != ERR_OK)
		call_log(LOG_WARN, c, "%u could not be passed on", status);
	watch_tell(caller, CALL_DIALOG_EARLY);
	if (!c->ringing_at) {
		c->ringing_at = call_wall_ms(c);
		record_live(c, LIVE_CALL_RINGING);
	}
}

static uint16_t fork_invite(struct leg *l, bool otherwise);
static void next_flow(struct leg *l);

/* A refusal that says how to ask instead; otherwise: with another offer. */
static bool
try_again(struct leg *l, const struct sip_msg *resp, bool *otherwise)
{
	*otherwise = false;
	if (location_was_refused(l, resp->status))
		return true;
	if (resp->status == 422) {
		l->session_s = session_after_422(l, resp);
		return l->session_s != 0;
	}
	if (resp->status == 488 && !l->codecs_wanted && !l->call->offer_late)
		return *otherwise = l->codecs_wanted = true; /* with codecs of ours */
	return leg_line_follow_challenge(l, resp);
}

static void
on_response(void *user, struct sip_client *tsx, const struct sip_msg *resp)
{
	struct leg *l = user;
	struct call *c = l->call;
	bool otherwise;

	if (resp->status >= 200 && resp->status < 300) {
		answer_on_2xx(l, resp);
		return;
	}
	if (resp->status < 200)
		leg_line_on_provisional(l);
	if (resp->status > 100 && resp->status < 200) {
		if (resp->to.tag.n && sip_dialog_on_response(&l->dialog, &l->arena, resp) != ERR_OK)
			return;
		if (!prack_take(l, resp) || l->state != LEG_ASKING || !c->ring.active)
			return;
		present_take_response(l, resp);
		watch_tell(l, resp->to.tag.n ? CALL_DIALOG_EARLY : CALL_DIALOG_PROCEEDING);
		tell_caller(l, resp);
		return;
	}
	if (resp->status < 300)
		return;
	if (l->state == LEG_ASKING && try_again(l, resp, &otherwise)) {
		sip_client_detach(tsx);
		l->invite_out = NULL;
		if (!fork_invite(l, otherwise))
			return;
	}
	if (resp->status == 430 || resp->status == 408)
		next_flow(l);
	leg_line_on_failure(
	    l, resp->status, false, sip_leading_number(sip_msg_value(resp, SIP_HDR_RETRY_AFTER)));
	if (resp->status < 400 && l->state == LEG_ASKING && c->ring.active && !leg_line_twin(l) &&
	    !app_is_in_room(app_of_peer(l))) /* who is called into one is meant himself */
		fork_failed(l, divert_follow(l, resp), false);
	else
		fork_failed(l, resp->status, true);
}

static void
on_failed(void *user, struct sip_client *tsx, enum err why)
{
	struct leg *l = user;

	next_flow(l);
	leg_line_on_failure(l, why == ERR_TIMEOUT ? 408 : 503, true, 0);
	fork_failed(l, why == ERR_TIMEOUT ? 408 : 503, true);
}

static void
on_gone(void *user, struct sip_client *tsx)
{
	struct leg *l = user;

	l->invite_out = NULL;
}

static const struct sip_client_ops fork_ops = {
    .on_response = on_response, .on_failed = on_failed, .on_gone = on_gone};

/* otherwise: what was offered was refused; the same again would be, too. Returns 0, or the status
 * that its failure comes to. */
static uint16_t
fork_invite(struct leg *l, bool otherwise)
{
	struct call *c = l->call;
	uint64_t version = l->sdp_version;
	struct slice sdp = {0};
	struct slice type, body;
	char extra[1024], text[LOCATION_BYTES];
	struct buf b;
	enum err e = ERR_OK;

	if (!c->offer_late)
		e = bridge_give(leg_other(l), l, &sdp);
	if (otherwise && l->sdp_version == version)
		return 488;
	buf_init(&b, extra, sizeof extra);
	session_write_offer(l, &b);
	transfer_write_invite(l, &b);
	type = sdp.n ? SLICE("application/sdp") : SLICE("");
	body = sdp;
	location_write(l, &b, text, &type, &body);
	if (e == ERR_OK)
		e = leg_request(
		    l, SIP_INVITE, buf_slice(&b), type, body, &fork_ops, l, &l->invite_out);
	l->invite_out_pending = e == ERR_OK;
	l->rel = (struct reliable){0};
	if (e != ERR_OK)
		call_log(LOG_WARN, c, "phone %.*s cannot be called: %s", SLICE_FMT(l->phone_name),
		    err_text(e));
	return e == ERR_OK ? 0 : e == ERR_UNSUPPORTED ? 488 : 480;
}

/* PHO-5: some devices want a fixed user or domain there; the name is the caller's. */
static void
write_from(struct buf *b, const struct leg *l, const struct addr *host)
{
	const struct leg *caller = leg_other(l);
	const struct dir_phone *p = dir_phone_by_id(l->call->sw->p.directory, l->phone);
	char uri[FROM_URI_BYTES], name[PRESENT_NAME_BYTES];
	struct routing_party shown = present_party(caller, l, name);
	struct buf u;

	if (!p || (!p->from_user.n && !p->from_domain.n)) {
		identity_write_party(b, &shown, caller->hidden, host);
		return;
	}
	buf_init(&u, uri, sizeof uri);
	buf_lit(&u, "sip:");
	if (p->from_user.n)
		buf_put(&u, p->from_user);
	else
		identity_write_user(&u, caller->hidden ? SLICE("anonymous") : caller->party.number);
	buf_char(&u, '@');
	if (p->from_domain.n)
		buf_put(&u, p->from_domain);
	else
		addr_write_host(&u, host);
	b->overflow |= u.overflow;
	sip_write_name_addr(
	    b, caller->hidden ? SLICE("Anonymous") : shown.name, buf_slice(&u), SLICE(""));
}

/* From, To and Call-ID of a new leg that is called. */
static enum err
fork_dialog(struct leg *l, const struct call_contact *contact)
{
	struct call *c = l->call;
	char from[512], to[512], id[40];
	struct addr host;
	struct buf f, t, i;

	buf_init(&f, from, sizeof from);
	buf_init(&t, to, sizeof to);
	buf_init(&i, id, sizeof id);
	sip_core_address(c->sw->p.core, &contact->flow, &host);
	write_from(&f, l, &host);
	identity_write_party(&t, &l->party, false, &host);
	buf_put(&i, slice_make(c->id, 16));
	buf_char(&i, '-');
	rng_token(c->sw->p.rng, &i, 16);
	if (!buf_ok(&f) || !buf_ok(&t))
		return ERR_TOO_BIG;
	return sip_dialog_init_uac(&l->dialog, &c->sw->dialogs, &l->arena, c->sw->p.rng,
	    &(struct sip_dialog_uac_params){.local = buf_slice(&f),
		.remote = buf_slice(&t),
		.target = contact->uri,
		.call_id = buf_slice(&i),
		.flow = contact->flow,
		.route = contact->route});
}

static enum err
fork_new(struct call *c, const struct routing_target *target, const struct ring_whom *whom,
    const struct call_contact *contact, struct leg **out)
{
	struct leg *l;
	enum err e = leg_new(c, c->ring.seat, LEG_ASKING, &whom->party, &l);

	if (e != ERR_OK)
		return e;
	l->phone = target->phone;
	l->auto_answer = target->auto_answer;
	l->device = contact->device;
	e = arena_dup(&l->arena, target->phone_name, &l->phone_name);
	if (e == ERR_OK)
		e = fork_dialog(l, contact);
	if (e != ERR_OK) {
		leg_done(l);
		return e;
	}
	*out = l;
	return ERR_OK;
}

bool
ring_launch(struct leg *l)
{
	struct ring *r = &l->call->ring;

	uint16_t status;

	r->asking++;
	status = fork_invite(l, false);
	if (status) {
		r->asking--;
		if (!leg_line_twin(l))
			r->best_status = status_better(r->best_status, status);
		leg_done(l);
		return false;
	}
	watch_tell(l, CALL_DIALOG_TRYING);
	return true;
}

/* This flow has failed, and its device said nothing: the same is asked by another of its flows
 * (RFC 5626, 5.3), once. */
static void
next_flow(struct leg *l)
{
	struct call *c = l->call;
	const struct call_switch_params *p = &c->sw->p;
	struct routing_target target = {.kind = ROUTING_PHONE,
	    .phone = l->phone,
	    .phone_name = l->phone_name,
	    .auto_answer = l->auto_answer};
	struct ring_whom whom = {.party = l->party};
	struct call_contact contact;
	struct leg *second;

	if (!l->device || l->second_flow || l->dialog.remote_tag.n || l->state != LEG_ASKING ||
	    !c->ring.active || c->ring.asking >= CALL_LEGS_MAX || !p->ops->next_flow ||
	    p->ops->next_flow(p->ctx, l->phone, l->device, &l->dialog.flow, &contact) != ERR_OK)
		return;
	if (contact.flow.remote.family == 6 && c->family[l->side] != 6)
		return; /* our media are not there */
	if (fork_new(c, &target, &whom, &contact, &second) != ERR_OK)
		return;
	second->second_flow = true;
	ring_launch(second);
}

enum err
ring_foreign(const struct leg *by, const struct call_contact *contact)
{
	struct call *c = by->call;
	struct routing_target target = {.kind = ROUTING_PHONE, .phone_name = by->phone_name};
	struct ring_whom whom = {.party = by->party};
	struct leg *l;
	enum err e;

	if (c->ring.asking >= CALL_LEGS_MAX ||
	    (contact->flow.remote.family == 6 && c->family[by->side] != 6))
		return ERR_LIMIT;
	e = fork_new(c, &target, &whom, contact, &l);
	if (e != ERR_OK)
		return e;
	return ring_launch(l) ? ERR_OK : ERR_UNSUPPORTED;
}

static void
ring_phone(struct call *c, const struct routing_target *target, const struct ring_whom *whom)
{
	struct call_contact contact[CALL_CONTACTS_MAX];
	size_t n = gruu_contacts(c, target->phone, contact, CALL_CONTACTS_MAX);

	c->ring.alone = n == 1 && c->ring.n_targets == 1;
	for (size_t i = 0; i < n && c->ring.asking < CALL_LEGS_MAX; i++) {
		struct leg *l;
		enum err e = fork_new(c, target, whom, &contact[i], &l);

		if (e != ERR_OK) {
			call_log(LOG_WARN, c, "phone %.*s cannot be called: %s",
			    SLICE_FMT(target->phone_name), err_text(e));
			continue;
		}
		ring_launch(l);
	}
}

/* One at the other end rings for itself (probe.c). */
static bool
is_counted(const struct leg *l)
{
	return l->side == l->call->ring.seat;
}

static void
stop_leg(struct leg *l, struct slice reason_hdr)
{
	l->state = LEG_CANCELLED;
	l->call->ring.asking -= is_counted(l);
	if (l->invite_out_pending) {
		sip_client_cancel(l->invite_out, reason_hdr);
		watch_tell(l, CALL_DIALOG_TERMINATED);
	} else {
		leg_done(l);
	}
}

static void
not_answered(struct call *c)
{
	if (onward_follow(c, ROUTING_NO_ANSWER))
		return;
	record_reason(c, REASON_NO_ANSWER, NULL);
	failed(c, CDR_NO_ANSWER, CDR_BY_SYSTEM, 480);
}

/* ---- turns: members of a group who ring one after the other (GRP-2) ---- */

static bool
is_in_turn(const struct ring *r, const struct routing_target *t)
{
	return t->turn && t->turn == r->turn;
}

/* The last one's is over when the call is. */
static void
begin_turn(struct ring *r, const struct routing_target *t, uint64_t now)
{
	bool last = true;

	if (!t->turn || is_in_turn(r, t))
		return;
	r->turn = t->turn;
	r->turn_start_ms = now;
	r->turn_end_ms = now + t->turn_ms;
	for (size_t i = r->next_target; i < r->n_targets && last; i++)
		last = r->target[i].t.turn == t->turn;
	if (last && !r->onward.timeout.n)
		r->deadline_ms = r->turn_end_ms;
}

/* Who rings now, has missed the call; others whom he has sent it to as well. */
static void
end_turn(struct call *c)
{
	struct ring *r = &c->ring;
	struct slice who = {0};

	LIST_FOR_EACH_SAFE (it, &c->legs) {
		struct leg *l = container_of(it, struct leg, link);

		if (l->state != LEG_ASKING)
			continue;
		who = l->party.name;
		stop_leg(l, SLICE(""));
	}
	record_reason(c, REASON_TURN_OVER, REASON_ARGS(who));
	while (r->next_target < r->n_targets && is_in_turn(r, &r->target[r->next_target].t))
		r->next_target++;
	r->turn = 0;
	r->missed = true;
	if (r->early) {
		r->early = NULL;
		music_follow(c); /* the tone again, where one is wanted */
	}
}

/* Launches the targets that are due; arms the timer for the next or the end. */
void
ring_next(struct call *c)
{
	struct ring *r = &c->ring;
	struct timers *timers = c->sw->p.timers;
	uint64_t now = timers_now_ms(timers), next = UINT64_MAX;
	uint32_t turn = r->turn;

	while (r->next_target < r->n_targets) {
		const struct ring_target *t = &r->target[r->next_target];
		uint64_t due = is_in_turn(r, &t->t) ? r->turn_start_ms + t->t.turn_delay_ms
						    : r->start_ms + t->t.delay_ms;

		if (due > now && r->asking > 0) {
			next = due < next ? due : next;
			break;
		}
		r->next_target++; /* nobody rings: do not wait for the next one */
		begin_turn(r, &t->t, now);
		if (t->t.kind == ROUTING_APP) {
			if (app_ring(c, t))
				return;
		} else if (t->t.kind == ROUTING_PHONE) {
			ring_phone(c, &t->t, t->whom);
		} else if (t->whom->twin) {
			if (r->asking < CALL_LEGS_MAX)
				twin_ring(c, t);
		} else if (c->ring.asking < CALL_LEGS_MAX) {
			r->alone = r->n_targets == 1;
			leg_line_ring(c, &t->t, t->whom);
		}
	}
	if (r->asking == 0 && r->missed) {
		not_answered(c);
		return;
	}
	if (r->asking == 0) {
		uint16_t status = r->best_status ? r->best_status : 480;

		if (onward_follow(c, onward_why(status)))
			return;
		failed(c, status_result(status), CDR_BY_CALLED, status);
		return;
	}
	if (r->turn != turn && c->ringing_at && !c->transfer)
		record_live(c, LIVE_CALL_RINGING); /* at other phones */
	next = r->deadline_ms < next ? r->deadline_ms : next;
	if (r->turn && r->turn_end_ms < next)
		next = r->turn_end_ms;
	timer_start(timers, &r->timer, next > now ? next - now : 0);
}

void
ring_on_timer(struct timer *t)
{
	struct call *c = container_of(t, struct call, ring.timer);
	uint64_t now = timers_now_ms(c->sw->p.timers);

	if (now >= c->ring.deadline_ms) {
		not_answered(c);
		return;
	}
	if (c->ring.turn && now >= c->ring.turn_end_ms)
		end_turn(c);
	ring_next(c);
}

/* A person said no, for all his phones (RFC 3261, 16.7); the others of a group ring on. */
static void
refused_by(struct call *c, int64_t user)
{
	struct ring *r = &c->ring;

	if (!r->several) {
		if (onward_follow(c, onward_why(r->best_status)))
			return;
		failed(c, status_result(r->best_status), CDR_BY_CALLED, r->best_status);
		return;
	}
	LIST_FOR_EACH_SAFE (it, &c->legs) {
		struct leg *l = container_of(it, struct leg, link);

		if (l->state == LEG_ASKING && l->party.user == user)
			stop_leg(l, SLICE(""));
	}
	if (r->asking == 0)
		ring_next(c);
}

void
ring_decline(struct call *c, int64_t user)
{
	c->ring.best_status = status_better(c->ring.best_status, 603);
	refused_by(c, user);
}

static void
fork_failed(struct leg *l, uint16_t status, bool say)
{
	struct call *c = l->call;
	struct ring *r = &c->ring;
	bool asking = l->state == LEG_ASKING, twin = leg_line_twin(l);
	int64_t user = l->party.user;
	char code[8];

	l->invite_out_pending = false;
	if (asking && r->active && say) {
		snprintf(code, sizeof code, "%u", status);
		record_reason(c,
		    twin      ? REASON_TWIN_ANSWERED
		    : l->line ? REASON_LINE_ANSWERED
			      : REASON_PHONE_ANSWERED,
		    REASON_ARGS(twin ? leg_line_called(l) : l->phone_name, slice_cstr(code),
			sip_reason(status)));
	}
	if (r->early == l) {
		r->early = NULL;
		music_follow(c); /* the tone again, where one is wanted */
	}
	if (asking && r->active && probe_on_leg_failed(l, status))
		return;
	if (asking)
		r->asking -= is_counted(l);
	leg_done(l);
	if (!asking || !r->active)
		return;
	if (twin) { /* that says nothing of its user */
		if (r->asking == 0)
			ring_next(c);
		return;
	}
	if (status)
		r->best_status = status_better(
		    r->best_status, l->line ? status_from_line(status) : status_for_caller(status));
	if (status >= 600) {
		refused_by(c, user);
		return;
	}
	if (r->asking == 0 || !status)
		ring_next(c);
}

static void
end_ringing(struct call *c, struct slice reason_hdr, bool other_end)
{
	struct ring *r = &c->ring;

	timer_stop(&r->timer);
	r->active = false;
	r->early = NULL;
	free(r->target);
	r->target = NULL;
	r->n_targets = r->next_target = 0;
	LIST_FOR_EACH_SAFE (it, &c->legs) {
		struct leg *l = container_of(it, struct leg, link);

		if (l->state == LEG_ASKING && (other_end || is_counted(l)))
			stop_leg(l, reason_hdr);
		else if (l->twin)
			twin_stop(l, reason_hdr);
	}
}

void
ring_on_winner(struct leg *l)
{
	struct call *c = l->call;

	c->ring.asking--;
	if (l->state != LEG_UP) /* else it has answered before */
		leg_line_on_answer(l);
	l->state = LEG_UP;
	end_ringing(c, COMPLETED_ELSEWHERE, false);
}

void
ring_give_up(struct leg *l, bool replaced)
{
	struct call *c = l->call;

	if (l->twin)
		twin_stop(l, SLICE(""));
	else
		stop_leg(l, SLICE(""));
	if (!leg_line_twin(l))
		c->ring.best_status = status_better(c->ring.best_status, status_for_caller(408));
	if (!replaced && c->ring.asking == 0)
		ring_next(c);
}

void
ring_stop(struct call *c, struct slice reason_hdr)
{
	end_ringing(c, reason_hdr, true);
}

void
ring_go_on(struct call *c, enum media_side seat, struct ring_whom *whom, uint32_t ring_ms)
{
	struct ring *r = &c->ring;
	uint64_t now = timers_now_ms(c->sw->p.timers);

	*r = (struct ring){.active = true,
	    .seat = seat,
	    .whom = whom,
	    .ring_ms = ring_ms,
	    .start_ms = now,
	    .deadline_ms = now + ring_ms,
	    .asking = 1,
	    .told = true};
	timer_init(&r->timer, ring_on_timer);
	timer_start(c->sw->p.timers, &r->timer, ring_ms);
}

void
ring_start(struct call *c)
{
	struct ring *r = &c->ring;

	r->active = true;
	r->start_ms = timers_now_ms(c->sw->p.timers);
	r->deadline_ms = r->start_ms + r->ring_ms;
	ring_next(c);
}
