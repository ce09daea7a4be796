/* What calls and registrations ask for. */
#include <stdio.h>

#include "daemon/switchboard_int.h"

/* ---- calls ---- */

/* Those that can be reached. */
static size_t
hand_over(const struct reg_contact *contact, size_t n, struct call_contact *out)
{
	size_t kept = 0;

	for (size_t i = 0; i < n; i++)
		if (contact[i].reachable)
			out[kept++] = (struct call_contact){.uri = contact[i].uri,
			    .flow = contact[i].flow,
			    .route = contact[i].route,
			    .device = contact[i].reg_id ? hash_bytes(contact[i].instance) | 1 : 0};
	return kept;
}

static size_t
call_contacts(void *ctx, int64_t phone_id, struct call_contact *out, size_t max)
{
	struct switchboard *sb = ctx;
	struct reg_contact contact[CALL_CONTACTS_MAX];
	size_t n;

	if (max > CALL_CONTACTS_MAX)
		max = CALL_CONTACTS_MAX;
	n = registrar_contacts(sb->registrar, phone_id, contact, max);
	return hand_over(contact, n, out);
}

static enum err
call_gruu(void *ctx, const struct sip_uri *uri, int64_t *phone_id, struct call_contact *out,
    size_t max, size_t *n)
{
	struct switchboard *sb = ctx;
	struct reg_contact contact[CALL_CONTACTS_MAX];
	size_t found;
	enum err e;

	if (max > CALL_CONTACTS_MAX)
		max = CALL_CONTACTS_MAX;
	e = registrar_find_gruu(sb->registrar, uri, phone_id, contact, max, &found);
	if (e == ERR_OK)
		*n = hand_over(contact, found, out);
	return e;
}

static enum err
call_next_flow(void *ctx, int64_t phone_id, uint64_t device, const struct sip_flow *failed,
    struct call_contact *out)
{
	struct switchboard *sb = ctx;
	struct reg_contact contact[CALL_CONTACTS_MAX];
	struct call_contact flow[CALL_CONTACTS_MAX];
	size_t n = registrar_flows(sb->registrar, phone_id, contact, CALL_CONTACTS_MAX);

	n = hand_over(contact, n, flow);
	for (size_t i = 0; i < n; i++)
		if (flow[i].device == device && (!addr_eq(&flow[i].flow.remote, &failed->remote) ||
						    flow[i].flow.conn_gen != failed->conn_gen)) {
			*out = flow[i];
			return ERR_OK;
		}
	return ERR_NOT_FOUND;
}

static int64_t
wall_ms(void *ctx)
{
	struct switchboard *sb = ctx;

	return sb->p.ops->wall_ms(sb->p.ctx);
}

static void
call_on_live(void *ctx, const struct live_call *call)
{
	struct switchboard *sb = ctx;

	sb->p.ops->on_live_call(sb->p.ctx, call);
	line_tests_on_call(sb->line_tests, call);
}

static void
call_on_spent(void *ctx, const struct live_spent *s)
{
	struct switchboard *sb = ctx;

	if (sb->p.ops->on_spent)
		sb->p.ops->on_spent(sb->p.ctx, s);
}

static void
call_on_pin_locked(void *ctx, const struct pin_locked *l)
{
	struct switchboard *sb = ctx;

	if (sb->p.ops->on_pin_locked)
		sb->p.ops->on_pin_locked(sb->p.ctx, l);
}

static void
call_on_emergency(void *ctx, const struct live_emergency *e)
{
	struct switchboard *sb = ctx;

	if (sb->p.ops->on_emergency)
		sb->p.ops->on_emergency(sb->p.ctx, e);
}

static void
call_called_keep(void *ctx, uint32_t *handle, struct slice value)
{
	struct switchboard *sb = ctx;

	if (sb->p.ops->called_keep)
		sb->p.ops->called_keep(sb->p.ctx, handle, value);
}

static void
call_called_forget(void *ctx, uint32_t handle)
{
	struct switchboard *sb = ctx;

	if (sb->p.ops->called_forget)
		sb->p.ops->called_forget(sb->p.ctx, handle);
}

static void
call_on_conference(void *ctx, const struct live_conference *c)
{
	struct switchboard *sb = ctx;

	if (sb->p.ops->on_conference)
		sb->p.ops->on_conference(sb->p.ctx, c);
}

static void
call_on_conference_member(void *ctx, const struct live_conference_member *m)
{
	struct switchboard *sb = ctx;

	if (sb->p.ops->on_conference_member)
		sb->p.ops->on_conference_member(sb->p.ctx, m);
}

static void
call_on_orbit(void *ctx, const struct live_orbit *o)
{
	struct switchboard *sb = ctx;
	char name[FEATURE_CODE_BYTES + 3];

	if (sb->p.ops->on_orbit)
		sb->p.ops->on_orbit(sb->p.ctx, o);
	if (!sb->watching.presence) /* at the end calls go after it */
		return;
	snprintf(name, sizeof name, "%s%02u", dir_settings(sb->p.directory)->code[FEATURE_ORBIT],
	    o->orbit % 100U);
	presence_lamp_set(sb->watching.presence, 0, slice_cstr(name),
	    o->taken ? PRESENCE_LAMP_ON : PRESENCE_LAMP_OFF);
}

/* The lamp flashes while there is something to be asked for, and while the own phones ring. */
static void
call_on_completion(void *ctx, const struct live_completion *c)
{
	static const enum presence_lamp lamps[] = {[LIVE_COMPLETION_OFF] = PRESENCE_LAMP_OFF,
	    [LIVE_COMPLETION_POSSIBLE] = PRESENCE_LAMP_FLASH,
	    [LIVE_COMPLETION_ON] = PRESENCE_LAMP_ON,
	    [LIVE_COMPLETION_RECALLING] = PRESENCE_LAMP_FLASH};
	struct switchboard *sb = ctx;
	const char *code = dir_settings(sb->p.directory)->code[FEATURE_COMPLETION];

	if (!sb->watching.presence) /* at the end calls go after it */
		return;
	if (*code)
		presence_lamp_set(
		    sb->watching.presence, c->user, slice_cstr(code), lamps[c->state]);
	if (sb->p.ops->on_completion)
		sb->p.ops->on_completion(sb->p.ctx, c);
}

static void
call_on_completed(void *ctx, const struct live_completed *c)
{
	struct switchboard *sb = ctx;

	if (sb->p.ops->on_completed)
		sb->p.ops->on_completed(sb->p.ctx, c);
}

static void
call_order(void *ctx, const struct feature_order *order)
{
	struct switchboard *sb = ctx;

	if (sb->p.ops->order)
		sb->p.ops->order(sb->p.ctx, order);
}

static uint32_t
call_record_begin(void *ctx, const struct cdr *cdr)
{
	struct switchboard *sb = ctx;

	return sb->p.ops->record_begin(sb->p.ctx, cdr);
}

static void
call_record_update(void *ctx, uint32_t handle, const struct cdr *cdr)
{
	struct switchboard *sb = ctx;

	sb->p.ops->record_update(sb->p.ctx, handle, cdr);
	line_tests_on_record(sb->line_tests, cdr);
}

static void
call_record_end(void *ctx, uint32_t handle, const struct cdr *cdr)
{
	struct switchboard *sb = ctx;

	sb->p.ops->record_end(sb->p.ctx, handle, cdr);
	line_tests_on_record(sb->line_tests, cdr);
}

static void
call_voicemail_began(void *ctx, const struct voicemail_began *b)
{
	struct switchboard *sb = ctx;

	sb->p.ops->voicemail_began(sb->p.ctx, b);
}

static void
call_voicemail_ended(void *ctx, const struct voicemail_ended *e)
{
	struct switchboard *sb = ctx;

	sb->p.ops->voicemail_ended(sb->p.ctx, e);
}

static void
call_voicemail_ask(void *ctx, const struct voicemail_ask *a)
{
	struct switchboard *sb = ctx;

	sb->p.ops->voicemail_ask(sb->p.ctx, a);
}

static void
call_on_dialog(void *ctx, const struct call_dialog_event *ev)
{
	struct switchboard *sb = ctx;

	presence_on_dialog(sb->watching.presence, ev);
}

static void
call_on_dialog_count(void *ctx, const struct addr *peer, int change)
{
	struct switchboard *sb = ctx;

	if (sb->gate) /* at the end calls go after it */
		guard_on_dialog(gate_guard(sb->gate), peer, change);
}

const struct call_switch_ops switchboard_call_ops = {.on_dialog_count = call_on_dialog_count,
    .on_dialog = call_on_dialog,
    .contacts = call_contacts,
    .gruu = call_gruu,
    .next_flow = call_next_flow,
    .wall_ms = wall_ms,
    .on_live = call_on_live,
    .on_emergency = call_on_emergency,
    .on_spent = call_on_spent,
    .on_pin_locked = call_on_pin_locked,
    .order = call_order,
    .voicemail_began = call_voicemail_began,
    .voicemail_ended = call_voicemail_ended,
    .voicemail_ask = call_voicemail_ask,
    .on_orbit = call_on_orbit,
    .on_conference = call_on_conference,
    .called_keep = call_called_keep,
    .called_forget = call_called_forget,
    .on_conference_member = call_on_conference_member,
    .on_completion = call_on_completion,
    .on_completed = call_on_completed,
    .record_begin = call_record_begin,
    .record_update = call_record_update,
    .record_end = call_record_end};

void
switchboard_on_media_event(void *ctx, const struct media_event *ev)
{
	struct switchboard *sb = ctx;

	call_on_media_event(sb->calls, ev);
}

/* ---- registrations ---- */

static void
reg_keep(void *ctx, uint32_t *handle, struct slice value)
{
	struct switchboard *sb = ctx;

	sb->p.ops->binding_keep(sb->p.ctx, handle, value);
}

static void
reg_forget(void *ctx, uint32_t handle)
{
	struct switchboard *sb = ctx;

	sb->p.ops->binding_forget(sb->p.ctx, handle);
}

static void
reg_on_registration(void *ctx, const struct live_registration *r, bool removed)
{
	struct switchboard *sb = ctx;

	sb->p.ops->on_registration(sb->p.ctx, r, removed);
}

static void
reg_on_phone(void *ctx, int64_t phone_id, size_t contacts, size_t reachable)
{
	struct switchboard *sb = ctx;

	if (sb->watching.presence) /* static contacts come before it is there */
		presence_on_registration(sb->watching.presence, phone_id);
}

static enum err
reg_local_for(void *ctx, enum sip_transport t, const struct addr *remote, struct addr *local)
{
	struct switchboard *sb = ctx;

	return sb->p.ops->local_for(sb->p.ctx, t, remote, local);
}

const struct registrar_ops switchboard_registrar_ops = {.keep = reg_keep,
    .forget = reg_forget,
    .on_registration = reg_on_registration,
    .on_phone = reg_on_phone,
    .local_for = reg_local_for,
    .wall_ms = wall_ms};
