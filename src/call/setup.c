/* A new call: checks the INVITE, asks for a plan, begins to execute it. */
#include "call/completion.h"
#include "call/emergency.h"
#include "call/identity.h"
#include "call/line_int.h"
#include "call/orbit.h"
#include "call/pick_up.h"

/* RFC 3261, 20.1: without Accept it takes SDP; with one, only what stands there. */
static bool
accepts_sdp(const struct sip_msg *req)
{
	struct sip_values it = {0};
	struct slice type;

	if (!sip_msg_hdr(req, SIP_HDR_ACCEPT))
		return true;
	while (sip_msg_next_value(req, SIP_HDR_ACCEPT, &it, &type)) {
		type = slice_trim(slice_take_until(&type, ';'));
		if (slice_eq_nocase(type, SLICE("application/sdp")) ||
		    slice_eq_nocase(type, SLICE("application/*")) ||
		    slice_eq_nocase(type, SLICE("*/*")))
			return true;
	}
	return false;
}

static bool
refuse_invite(struct sip_server *tsx, const struct sip_msg *req)
{
	if (req->max_forwards <= 1) { /* it would not get further than us */
		sip_server_reject(tsx, 483, SLICE(""));
		return true;
	}
	if (extensions_refuse(tsx, req) || session_refuse_small(tsx, req) ||
	    extensions_refuse_body(tsx, req))
		return true;
	if (!accepts_sdp(req)) {
		sip_server_reject(tsx, 406, SLICE("Accept: application/sdp\r\n"));
		return true;
	}
	return false;
}

enum err
setup_keep_plan(struct call *c, const struct routing_plan *plan, const struct call_origin *from)
{
	enum err e = party_copy(&c->arena, &plan->caller, &c->caller_party);

	if (e == ERR_OK)
		e = party_copy(&c->arena, &plan->called, &c->called_party);
	if (e == ERR_OK)
		e = arena_dup(&c->arena, plan->n_via ? plan->via[0].by.number : plan->called.number,
		    &c->dialled);
	if (e == ERR_OK && (from->phone || from->line))
		e = arena_dup(&c->arena, from->phone ? from->phone->name : from->line->name,
		    &c->caller_phone);
	c->emergency = plan->emergency;
	c->private_call = plan->private_call && plan->outside[0];
	c->site = plan->site ? plan->site->id : 0;
	if (e == ERR_OK)
		e = arena_dup(&c->arena, plan->deposit, &c->deposit);
	if (e == ERR_OK)
		plan_keep_reasons(c, plan, 0);
	return e;
}

static uint16_t
status_of_offer(enum err e)
{
	switch (e) {
	case ERR_LIMIT: return 503; /* all media ports taken */
	case ERR_MALFORMED: return 400;
	case ERR_NOMEM: return 500;
	default: return 488;
	}
}

static enum err
seat_caller(struct call *c, struct sip_server *tsx, const struct sip_msg *req,
    const struct call_origin *from)
{
	struct leg *l;
	enum err e = leg_new(c, MEDIA_CALLER, LEG_ASKED, &c->caller_party, &l);

	if (e != ERR_OK)
		return e;
	e = arena_dup(&l->arena, c->caller_phone, &l->phone_name);
	if (e == ERR_OK && from->line)
		e = leg_line_take_caller(l, from->line->id);
	if (e != ERR_OK) {
		leg_done(l);
		return e;
	}
	leg_take_invite(l, tsx, req);
	l->phone = from->phone ? from->phone->id : 0;
	c->family[MEDIA_CALLER] = sip_server_flow(tsx)->remote.family == 6 ? 6 : 4;
	leg_sit(l);
	return ERR_OK;
}

static void
refuse_offer(struct call *c, enum err e)
{
	record_reason(c, REASON_CALLER_MEDIA, REASON_ARGS(slice_cstr(err_text(e))));
	call_end(c, CDR_FAILED, CDR_BY_SYSTEM, status_of_offer(e));
}

void
setup_take_offer(struct call *c, struct slice offer)
{
	struct leg *caller = c->leg[MEDIA_CALLER];
	enum err e =
	    c->offer_late ? ERR_OK : bridge_take(caller, offer, &caller->dialog.flow, false);

	if (e == ERR_LIMIT && emergency_wait_for_ports(c, offer))
		return;
	if (e == ERR_OK)
		ring_start(c);
	else
		refuse_offer(c, e);
}

/* Media and ringing, as the plan says. */
static void
execute(struct call *c, const struct routing_plan *plan, struct slice offer)
{
	enum err e = ring_prepare(c, MEDIA_CALLED, &c->called_party, plan);

	if (e == ERR_OK)
		setup_take_offer(c, offer);
	else
		refuse_offer(c, e);
}

static void
set_up(struct call *c, struct sip_server *tsx, const struct sip_msg *req,
    const struct routing_plan *plan)
{
	struct leg *caller = c->leg[MEDIA_CALLER];
	enum err e;

	record_begin(c);
	e = sip_dialog_init_uas(&caller->dialog, &c->sw->dialogs, &caller->arena, req,
	    sip_server_flow(tsx), sip_server_tag(tsx));
	if (e != ERR_OK) {
		record_reason(c, REASON_NO_CONTACT, NULL);
		call_end(c, CDR_FAILED, CDR_BY_SYSTEM, 400);
		return;
	}
	emergency_begins(c);
	watch_tell(caller, CALL_DIALOG_TRYING);
	present_take_invite(caller, req);
	prack_on_invite(caller, req);
	session_on_invite(caller, req);
	c->offer_late = req->body.n == 0;
	if (plan->action == ROUTING_REFUSE) {
		call_refuse(c, plan->result, CDR_BY_SYSTEM, plan->status, req->body);
		return;
	}
	c->max_forwards = req->max_forwards - 1;
	execute(c, plan, req->body);
}

/* Codes that take a call that is there already need no call of their own. */
static bool
takes_by_code(struct call_switch *sw, struct sip_server *tsx, const struct sip_msg *req,
    const struct dir_phone *phone)
{
	struct slice argument;
	char dialled[ROUTING_DIALLED_MAX];
	enum feature f;

	if (!phone || routing_normalise(req->uri.user, dialled) != ERR_OK ||
	    !routing_feature(sw->p.directory, slice_cstr(dialled), &f, &argument))
		return false;
	if (f == FEATURE_ORBIT)
		return orbit_fetch(sw, tsx, req, phone, argument);
	if (f != FEATURE_PICK_UP)
		return false;
	pick_up(sw, tsx, req, phone, argument);
	return true;
}

void
call_on_invite(struct call_switch *sw, struct sip_server *tsx, const struct sip_msg *req,
    const struct call_origin *from)
{
	struct routing_query q = {.dialled = req->uri.user,
	    .caller_phone = from->phone,
	    .caller_line = from->line,
	    .by_keys = true};
	struct routing_plan plan;
	struct identity who;
	struct call *c;
	uint16_t status;
	enum err e;

	if (refuse_invite(tsx, req) || replaces_on_invite(sw, tsx, req, from) ||
	    takes_by_code(sw, tsx, req, from->phone))
		return;
	e = call_new(sw, req->call_id, call_is_emergency(sw->p.directory, req), &c);
	if (e != ERR_OK) {
		sw->stats.refused_limit++;
		sip_server_reject(tsx, 503, SLICE("Retry-After: 10\r\n"));
		return;
	}
	if (from->line) {
		q.dialled = from->called;
		if (identity_read(req, &who))
			q.caller = (struct routing_party){
			    .number = slice_cstr(who.number), .name = slice_cstr(who.name)};
	}
	if (from->phone && from->phone->trust_rpid && identity_read_named(req, &who))
		q.caller = (struct routing_party){
		    .number = slice_cstr(who.number), .name = slice_cstr(who.name)};
	if (from->line) /* a loop through networks that tell grows so and ends */
		q.hops = (unsigned)diversion_read(req, (struct diversion[DIVERSIONS_MAX]){0});
	status = gruu_take(c, &req->uri, req->uri_text, &q.dialled);
	if (status) {
		sip_server_reject(tsx, status, SLICE(""));
		call_abandon(c);
		return;
	}
	q.source = sip_server_flow(tsx)->remote;
	q.one_device = c->gruu.n > 0;
	plan_ask(sw, &q, &plan);
	gruu_limit(c, &plan);
	e = setup_keep_plan(c, &plan, from);
	if (e == ERR_OK)
		e = seat_caller(c, tsx, req, from);
	if (e != ERR_OK) {
		sip_server_reject(tsx, e == ERR_LIMIT ? 486 : 500, SLICE(""));
		call_abandon(c);
		return;
	}
	call_log(LOG_DEBUG, c, "%.*s calls %.*s", SLICE_FMT(c->caller_phone),
	    SLICE_FMT(c->called_party.number));
	completion_note_dialled(c, &q, &plan);
	set_up(c, tsx, req, &plan);
}
