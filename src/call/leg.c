/* A leg: one peer of a call, its dialog and the INVITEs inside it. */
#include <stdlib.h>

#include "call/app_int.h"
#include "call/line_int.h"
#include "call/protect.h"
#include "call/talk_record.h"
#include "call/twin.h"

enum { LEG_TEXT_BYTES = 256 }; /* what most legs need */

enum err
sdp_text_set(struct sdp_text *t, struct slice s)
{
	if (s.n > t->cap) {
		char *p = realloc(t->p, s.n);

		if (!p)
			return ERR_NOMEM;
		t->p = p;
		t->cap = (uint32_t)s.n;
	}
	if (s.n)
		memcpy(t->p, s.p, s.n);
	t->n = (uint32_t)s.n;
	return ERR_OK;
}

static void
sdp_text_free(struct sdp_text *t)
{
	free(t->p);
	*t = (struct sdp_text){0};
}

static void
on_session_timer(struct timer *t)
{
	struct leg *l = container_of(t, struct leg, session);
	struct call *c = l->call;

	if (l->session_refresher || l->refresh_owed) {
		l->refresh_owed = false;
		update_refresh(l);
		return;
	}
	c->sw->stats.session_timeouts++;
	record_reason(c, REASON_SESSION_UNCONFIRMED, NULL);
	call_end(c, CDR_ANSWERED, CDR_BY_SYSTEM, 0);
}

enum err
party_copy(struct arena *a, const struct routing_party *from, struct routing_party *to)
{
	enum err e = arena_dup(a, from->number, &to->number);

	if (e == ERR_OK)
		e = arena_dup(a, from->name, &to->name);
	to->user = from->user;
	return e;
}

enum err
leg_new(struct call *c, enum media_side side, enum leg_state state,
    const struct routing_party *party, struct leg **out)
{
	struct leg *l = calloc(1, sizeof *l);
	enum err e;

	if (!l)
		return ERR_NOMEM;
	arena_init(&l->arena, "leg", LEG_TEXT_BYTES, 64 * 1024);
	e = party_copy(&l->arena, party, &l->party);
	if (e != ERR_OK) {
		arena_fini(&l->arena);
		free(l);
		return e;
	}
	l->call = c;
	l->id = ++c->sw->next_leg_id;
	l->media_party = (uint32_t)l->id;
	l->side = side;
	l->state = state;
	timer_init(&l->session, on_session_timer);
	l->sdp_session = rng_u64(c->sw->p.rng) >> 2; /* fits a signed 64-bit number */
	l->sdp_version = 1;
	list_push(&c->legs, &l->link);
	c->sw->stats.legs_now++;
	*out = l;
	return ERR_OK;
}

void
leg_free(struct leg *l)
{
	list_remove(&l->link);
	protect_forget(l);
	arena_fini(&l->arena);
	free(l);
}

void
leg_sit(struct leg *l)
{
	if (l->side == MEDIA_CALLER && !l->call->dialler && (l->phone || l->line))
		l->call->dialler = l->id;
	l->call->leg[l->side] = l;
	talking_begin(l);
}

void
leg_whose(const struct leg *l, const struct dir_phone **phone, const struct dir_line **line)
{
	const struct directory *dir = l->call->sw->p.directory;

	*phone = l->phone ? dir_phone_by_id(dir, l->phone) : NULL;
	*line = l->line ? dir_line_by_id(dir, l->line) : NULL;
}

struct leg *
leg_other(const struct leg *l)
{
	return l->call->leg[MEDIA_SIDES - 1 - l->side];
}

void
leg_done(struct leg *l)
{
	struct call *c = l->call;

	if (l->state == LEG_DONE)
		return;
	watch_tell(l, CALL_DIALOG_TERMINATED);
	talking_end(l);
	l->state = LEG_DONE;
	if (c->leg[l->side] == l)
		c->leg[l->side] = NULL;
	timer_stop(&l->session);
	app_end(l);
	talk_record_follow(c);
	music_leave(l);
	twin_end(l);
	leg_line_leave(l);
	update_drop(l);
	if (l->invite_in)
		sip_server_attach(l->invite_in, NULL, NULL);
	if (l->invite_out)
		sip_client_detach(l->invite_out);
	l->invite_in = NULL;
	l->invite_out = NULL;
	sip_dialog_fini(&l->dialog);
	sdp_text_free(&l->local_sdp);
	sdp_text_free(&l->remote_sdp);
	sdp_text_free(&l->agreed_sdp);
	sdp_text_free(&l->invite_auth);
	c->sw->stats.legs_now--;
	list_remove(&l->link);
	list_push(&c->sw->done, &l->link);
	if (!timer_active(&c->sw->reaper))
		timer_start(c->sw->p.timers, &c->sw->reaper, 0);
	call_settle(c);
}

/* Contact, Allow, Supported. */
static void
write_contact(const struct leg *l, struct buf *b, bool reliable)
{
	sip_core_write_contact(
	    l->call->sw->p.core, b, &l->dialog.flow, leg_line_contact_user(l), SLICE(""));
	extensions_write(l, b, reliable);
}

/* Authorization of an INVITE, which its ACK repeats (RFC 3261, 13.2.2.4). */
static void
write_auth(struct leg *l, enum sip_method m, struct buf *b)
{
	size_t before = b->n;

	leg_line_write_auth(l, m, b);
	if (m == SIP_INVITE && l->line &&
	    sdp_text_set(&l->invite_auth, slice_from(buf_slice(b), before)) != ERR_OK)
		l->invite_auth.n = 0;
}

enum err
leg_request(struct leg *l, enum sip_method m, struct slice extra, struct slice content_type,
    struct slice body, const struct sip_client_ops *ops, void *user, struct sip_client **out)
{
	char headers[HEADERS_MAX];
	struct sip_request r = {.method = m,
	    .content_type = content_type,
	    .body = body,
	    .max_forwards = l->call->max_forwards};
	const struct leg *comes = transfer_comes_to(l);
	struct buf b;
	uint32_t cseq;
	enum err e;

	if (l->app)
		return ERR_UNSUPPORTED; /* nobody is there to ask */
	buf_init(&b, headers, sizeof headers);
	cseq = sip_dialog_write_headers(&l->dialog, &b, m, 0);
	if (m == SIP_INVITE || m == SIP_UPDATE) {
		write_contact(l, &b,
		    m == SIP_INVITE && l->state != LEG_UP &&
			(!l->call->offer_late || prack_may_offer_late(l)));
		if (m == SIP_INVITE && l->state != LEG_UP)
			present_write_invite(l, &b);
		else
			present_write(l, comes ? comes : update_peer(l), &b);
	}
	write_auth(l, m, &b);
	buf_put(&b, extra);
	if (!buf_ok(&b))
		return ERR_TOO_BIG;
	r.uri = sip_dialog_uri(&l->dialog);
	r.headers = buf_slice(&b);
	line_set_auth(l, &r);
	e = sip_client_send(l->call->sw->p.core, &l->dialog.flow, &r, ops, user, out);
	if (e == ERR_OK && m == SIP_INVITE) {
		l->invite_cseq = cseq;
		l->invite_out_ms = timers_now_ms(l->call->sw->p.timers);
	}
	return e;
}

void
leg_ack(struct leg *l, struct slice sdp)
{
	char headers[HEADERS_MAX];
	struct buf b;
	enum err e = ERR_TOO_BIG;

	if (l->app) {
		l->ack_owed = false;
		return;
	}
	buf_init(&b, headers, sizeof headers);
	sip_dialog_write_headers(&l->dialog, &b, SIP_ACK, l->invite_cseq);
	buf_put(&b, sdp_text_slice(&l->invite_auth));
	if (buf_ok(&b))
		e = sip_core_send_ack(l->call->sw->p.core, &l->dialog.flow,
		    &(struct sip_request){.method = SIP_ACK,
			.uri = sip_dialog_uri(&l->dialog),
			.headers = buf_slice(&b),
			.content_type = sdp.n ? SLICE("application/sdp") : SLICE(""),
			.body = sdp});
	if (e != ERR_OK)
		call_log(LOG_WARN, l->call, "ACK could not be sent: %s", err_text(e));
	l->ack_owed = false;
	l->ack_sdp = sdp.n > 0;
	l->direct &= sdp.n == 0; /* answers to offers made late name our address */
}

void
leg_take_invite(struct leg *l, struct sip_server *tsx, const struct sip_msg *req)
{
	if (l->invite_in)
		sip_server_attach(l->invite_in, NULL, NULL);
	l->invite_in = tsx;
	l->invite_in_pending = true;
	l->in_cseq = req->cseq;
	sip_server_attach(tsx, &answer_server_ops, l);
}

enum err
leg_respond(struct leg *l, uint16_t status, struct slice extra, struct slice sdp, bool reliable)
{
	char headers[4096];
	struct buf b;
	enum err e;

	buf_init(&b, headers, sizeof headers);
	write_contact(l, &b, true);
	buf_put(&b, extra);
	if (!buf_ok(&b))
		return ERR_TOO_BIG;
	e = sip_server_respond(
	    l->invite_in, &(struct sip_response){.status = status,
			      .headers = buf_slice(&b),
			      .reliable = reliable,
			      .content_type = sdp.n ? SLICE("application/sdp") : SLICE(""),
			      .body = sdp});
	if (e == ERR_OK) {
		l->ack_due = status >= 200;
		l->invite_in_pending = status < 200;
	}
	return e;
}

void
leg_bye(struct leg *l, struct slice reason_hdr)
{
	struct sip_client *bye;

	if (l->state != LEG_UP)
		return;
	if (l->app) {
		leg_done(l);
		return;
	}
	if (!reason_hdr.n)
		reason_hdr = l->call->end_headers;
	timer_stop(&l->session);
	if (l->invite_in_pending) { /* its re-INVITE has no answer yet */
		sip_server_reject(l->invite_in, 487, SLICE(""));
		l->invite_in_pending = false;
	}
	if (l->ack_owed) /* with an answer, 13.2.2.4 */
		leg_ack(l, bridge_refusal(l, sdp_text_slice(&l->remote_sdp)));
	if (l->ack_due) { /* RFC 3261, 15: no BYE before the ACK */
		l->bye_wanted = true;
		return;
	}
	if (leg_request(l, SIP_BYE, reason_hdr, SLICE(""), SLICE(""), NULL, NULL, &bye) != ERR_OK)
		call_log(LOG_WARN, l->call, "BYE could not be sent");
	leg_done(l);
}
