/*
 * A REGISTER, from request to response: RFC 3261, 10.3, step by step (its numbers are
 * at the functions). Everything is read and checked before anything is changed, so a
 * request takes effect as a whole or not at all.
 */
#include "registrar/register_int.h"
#include "sip/write.h"

enum { FLOWS_MAX = 4 /* of one device */ };

static void
refuse(struct request *q, uint16_t status, struct slice headers)
{
	q->r->counts.refused++;
	sip_server_reject(q->tsx, status, headers);
}

static size_t
contacts_max(const struct dir_phone *dp)
{
	return dp->max_contacts ? dp->max_contacts : 1;
}

/* ---- who and what (steps 2 to 5) ---- */

static bool
is_understood(struct slice extension)
{
	static const struct slice ours[] = {SLICE("path"), SLICE("outbound"), SLICE("gruu")};

	for (size_t i = 0; i < sizeof ours / sizeof ours[0]; i++)
		if (slice_eq_nocase(extension, ours[i]))
			return true;
	return false;
}

/* 2 */
static bool
refuse_extensions(struct request *q)
{
	char text[512];
	struct buf b;
	struct sip_values it = {0};
	struct slice token;

	buf_init(&b, text, sizeof text);
	while (sip_msg_next_value(q->msg, SIP_HDR_REQUIRE, &it, &token))
		if (token.n && !is_understood(token))
			sip_write_hdr(&b, SIP_HDR_UNSUPPORTED, token);
	if (b.n == 0 && buf_ok(&b))
		return false;
	refuse(q, 420, buf_ok(&b) ? buf_slice(&b) : SLICE(""));
	return true;
}

/* 4, 5: a phone registers itself: under its name or a number of its users. */
static bool
may_register(const struct dir_phone *dp, struct slice user)
{
	char name[64];
	size_t n;

	if (slice_eq(user, dp->name))
		return true;
	if (sip_unescape(user, name, sizeof name, &n) != ERR_OK)
		return false;
	user = slice_make(name, n);
	if (slice_eq(user, dp->name))
		return true;
	for (size_t i = 0; i < dp->user_count; i++)
		for (size_t k = 0; k < dp->users[i]->number_count; k++)
			if (slice_eq(user, dp->users[i]->numbers[k]->number))
				return true;
	return false;
}

/* 7: too brief is refused, too long is shortened. */
static bool
refuse_brief(struct request *q)
{
	const struct settings *s = dir_settings(q->r->p.dir);

	for (size_t i = 0; i < q->n; i++) {
		struct wanted *w = &q->wanted[i];

		if (w->expires_s > 0 && w->expires_s < s->register_min_s) {
			char text[64];
			struct buf b;

			buf_init(&b, text, sizeof text);
			sip_write_hdrf(&b, SIP_HDR_MIN_EXPIRES, "%u", s->register_min_s);
			refuse(q, 423, buf_slice(&b));
			return true;
		}
		if (w->expires_s > s->register_max_s)
			w->expires_s = s->register_max_s;
	}
	return false;
}

/* ---- what they mean (step 7) ---- */

static bool
is_claimed(const struct request *q, const struct binding *b)
{
	for (size_t i = 0; i < q->n; i++)
		if (q->wanted[i].binding == b)
			return true;
	return false;
}

static bool
is_device(const struct binding *b, struct slice instance)
{
	return instance.n && slice_eq(instance, binding_text(b, TEXT_INSTANCE));
}

static bool
has_contact(const struct binding *b, const struct wanted *w)
{
	struct slice text = binding_text(b, TEXT_CONTACT);
	struct sip_uri uri;

	return slice_eq(text, w->contact) ||
	       (sip_uri_parse(&uri, text) == ERR_OK && sip_uri_eq(&uri, &w->uri));
}

/* How a binding may be meant, the surest first. A flow is known by device and number (RFC
 * 5626, 6), anything else by its contact, or it is what this device had before it moved. */
enum meaning { BY_FLOW, BY_CONTACT, BY_DEVICE, MEANINGS };

static bool
is_meant(const struct request *q, const struct wanted *w, const struct binding *b, enum meaning how)
{
	if (how == BY_FLOW)
		return w->reg_id && b->reg_id == w->reg_id && is_device(b, w->instance);
	if (b->reg_id && w->reg_id)
		return false; /* another flow */
	if (how == BY_CONTACT)
		return has_contact(b, w);
	return !b->reg_id && is_device(b, w->instance) && addr_eq_ip(&b->source, &q->flow->remote);
}

static struct binding *
match(const struct request *q, const struct wanted *w, enum meaning how)
{
	LIST_FOR_EACH (node, &q->phone->bindings) {
		struct binding *b = container_of(node, struct binding, node);

		if (!b->is_static && !is_claimed(q, b) && is_meant(q, w, b, how))
			return b;
	}
	return NULL;
}

/* An older request of the same phone that arrives late may change nothing. */
static bool
is_outdated(const struct request *q, const struct binding *b)
{
	return q->msg->cseq <= b->cseq && slice_eq(q->msg->call_id, binding_text(b, TEXT_CALL_ID));
}

static bool
find_bindings(struct request *q)
{
	if (!q->phone)
		return true;
	for (enum meaning how = 0; how < MEANINGS; how++)
		for (size_t i = 0; i < q->n; i++)
			if (!q->wanted[i].binding)
				q->wanted[i].binding = match(q, &q->wanted[i], how);
	for (size_t i = 0; i < q->n; i++)
		if (q->wanted[i].binding && is_outdated(q, q->wanted[i].binding))
			return false;
	if (!q->star)
		return true;
	LIST_FOR_EACH (node, &q->phone->bindings) {
		struct binding *b = container_of(node, struct binding, node);

		if (!b->is_static && is_outdated(q, b))
			return false;
	}
	return true;
}

/* ---- changing ---- */

/* Makes what is new; on failure nothing stays. */
static bool
make_bindings(struct request *q)
{
	for (size_t i = 0; i < q->n; i++) {
		struct wanted *w = &q->wanted[i];

		if (w->binding || w->expires_s == 0)
			continue;
		if (!q->phone)
			q->phone = phone_get_or_make(q->r, q->dp);
		w->binding = q->phone ? binding_make(q->phone) : NULL;
		if (w->binding)
			continue;
		while (i-- > 0)
			if (q->wanted[i].binding && !q->wanted[i].binding->texts)
				binding_free(q->wanted[i].binding);
		return false;
	}
	return true;
}

static bool
update(struct request *q, const struct wanted *w)
{
	struct slice agent = sip_msg_value(q->msg, SIP_HDR_USER_AGENT);
	struct binding_update u = {
	    .text = {[TEXT_CONTACT] = w->contact,
		[TEXT_CALL_ID] = q->msg->call_id,
		[TEXT_INSTANCE] = w->instance,
		[TEXT_USER_AGENT] = slice_make(
		    agent.p, agent.n < USER_AGENT_MAX_BYTES ? agent.n : USER_AGENT_MAX_BYTES),
		[TEXT_ROUTE] = q->route},
	    .cseq = q->msg->cseq,
	    .expires_s = pace_grant_s(q->r, w->expires_s),
	    .reg_id = w->reg_id,
	    .q_permille = w->q_permille,
	    .flow = target_of(q->r, q->dp, &w->uri, q->n_hops ? &q->first_hop : NULL, q->flow),
	    .source = q->flow->remote};

	return binding_update(w->binding, &u);
}

/* False: memory ran out; the binding concerned is as it was, a new one is gone. */
static bool
change_bindings(struct request *q)
{
	bool done = true;

	for (size_t i = 0; i < q->n; i++) {
		struct wanted *w = &q->wanted[i];

		if (!w->binding)
			continue;
		if (w->expires_s == 0) {
			q->r->counts.removed++;
			binding_remove(w->binding);
		} else if (update(q, w)) {
			q->r->counts.registered++;
		} else {
			if (!w->binding->texts)
				binding_free(w->binding);
			done = false;
		}
	}
	return done;
}

static void
remove_all(struct request *q)
{
	LIST_FOR_EACH_SAFE (node, &q->phone->bindings) {
		struct binding *b = container_of(node, struct binding, node);

		if (b->is_static)
			continue;
		q->r->counts.removed++;
		binding_remove(b);
	}
}

/* Newer flows of the same device. */
static size_t
newer_flows(const struct binding *b)
{
	size_t n = 0;

	if (!b->reg_id)
		return 0;
	LIST_FOR_EACH (node, &b->phone->bindings) {
		const struct binding *other = container_of(node, struct binding, node);

		if (other == b)
			break;
		n += other->reg_id && is_device(other, binding_text(b, TEXT_INSTANCE));
	}
	return n;
}

/* A phone that comes back from a new port now and then must not lock itself out: the
 * oldest go. The flows of a device count as one. */
static void
keep_newest(struct request *q)
{
	size_t kept = 0;

	if (q->phone->n_bindings <= 1)
		return;
	LIST_FOR_EACH_SAFE (node, &q->phone->bindings) {
		struct binding *b = container_of(node, struct binding, node);
		size_t newer = newer_flows(b);

		if (b->is_static)
			continue;
		kept += newer == 0;
		if (kept > contacts_max(q->dp) || newer >= FLOWS_MAX)
			binding_remove(b);
	}
}

/* ---- the whole ---- */

/* Reads and checks; answers what cannot be done. */
static bool
is_acceptable(struct request *q)
{
	uint16_t status;

	if (refuse_extensions(q))
		return false;
	status = register_is_sip(&q->msg->to.uri) ? 0 : 400; /* 10.2: an address of record is SIP */
	if (status == 0 && !may_register(q->dp, q->msg->to.uri.user))
		status = 403;
	if (status == 0)
		status = path_read(q);
	if (status == 0)
		status = request_read_contacts(q);
	if (status == 0 && q->n > contacts_max(q->dp))
		status = 403;
	if (status == 0)
		status = outbound_check(q);
	if (status) {
		refuse(q, status, SLICE(""));
		return false;
	}
	return !refuse_brief(q);
}

static bool
wants_gruu(const struct sip_msg *m)
{
	return sip_msg_has_token(m, SIP_HDR_SUPPORTED, SLICE("gruu")) ||
	       sip_msg_has_token(m, SIP_HDR_REQUIRE, SLICE("gruu"));
}

void
registrar_on_register(struct registrar *r, struct sip_server *tsx, const struct sip_msg *req,
    const struct dir_phone *phone)
{
	struct request q;
	bool done;

	memset(&q, 0, offsetof(struct request, wanted));
	q.r = r;
	q.tsx = tsx;
	q.msg = req;
	q.dp = phone;
	q.flow = sip_server_flow(tsx);
	q.phone = phone_find(r, phone->id);
	q.gruu = wants_gruu(req);
	if (!is_acceptable(&q))
		return;
	done = find_bindings(&q) && make_bindings(&q);
	if (done) {
		if (q.n == 0 && !q.star)
			r->counts.queries++;
		if (q.star && q.phone)
			remove_all(&q);
		done = change_bindings(&q);
		if (q.phone)
			keep_newest(&q);
	}
	if (done)
		request_answer(&q);
	else
		refuse(&q, 500, SLICE("")); /* 10.3, 7 and 8 */
	if (q.phone)
		phone_drop_if_empty(q.phone);
}
