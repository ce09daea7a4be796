/*
 * A SUBSCRIBE, from request to response: RFC 6665, 4.2.1. Everything is checked before anything
 * is changed; after each 2xx a NOTIFY goes out.
 */
#include "presence/presence_int.h"

/* Does one of the ranges of Accept take this type? Without Accept the package's own is meant. */
static bool
accepts(const struct sip_msg *req, struct slice type)
{
	struct slice kind = slice_make(type.p, slice_find(type, '/') + 1), value;
	struct sip_values it = {0};
	bool any = false;

	while (sip_msg_next_value(req, SIP_HDR_ACCEPT, &it, &value)) {
		struct slice range = slice_trim(slice_take_until(&value, ';'));

		any = true;
		if (slice_eq_nocase(range, type) || slice_eq(range, SLICE("*/*")))
			return true;
		if (slice_starts_nocase(range, kind) &&
		    slice_eq(slice_from(range, kind.n), SLICE("*")))
			return true;
	}
	return !any && !sip_msg_hdr(req, SIP_HDR_ACCEPT);
}

static bool
agree(struct presence *p, struct sip_server *tsx, uint32_t expires_s)
{
	char text[HEADERS_SHORT];
	struct buf b;

	buf_init(&b, text, sizeof text);
	sip_write_hdrf(&b, SIP_HDR_EXPIRES, "%u", expires_s);
	sip_core_write_contact(
	    p->p.core, &b, sip_server_flow(tsx), (struct slice){0}, (struct slice){0});
	return buf_ok(&b) && sip_server_respond(tsx, &(struct sip_response){.status = 200,
							 .headers = buf_slice(&b)}) == ERR_OK;
}

/* ---- a new one ---- */

struct request {
	struct presence *p;
	struct sip_server *tsx;
	const struct sip_msg *msg;
	const struct dir_phone *phone;
	enum presence_package package;
	struct slice event_id, entity;
	uint32_t expires_s;
	struct resource_key key;
};

/* The URI without its parameters. */
static struct slice
entity_of(const struct sip_msg *req)
{
	struct slice rest = req->uri.params.n ? req->uri.params : req->uri.headers;
	struct slice uri = req->uri_text;

	if (rest.n && rest.p > uri.p && rest.p <= uri.p + uri.n)
		uri.n = (size_t)(rest.p - uri.p) - 1;
	return uri;
}

static bool
read_event(struct request *q)
{
	struct slice event = sip_msg_value(q->msg, SIP_HDR_EVENT), params = event;

	slice_take_until(&params, ';');
	if (!package_find(event, &q->package)) {
		presence_refuse_with(
		    q->p, q->tsx, 489, SIP_HDR_ALLOW_EVENTS, presence_allow_events);
		return false;
	}
	if (!sip_param_find(params, SLICE("id"), &q->event_id))
		q->event_id = SLICE("");
	if (!accepts(q->msg, presence_packages[q->package].content_type)) {
		presence_refuse_with(
		    q->p, q->tsx, 406, SIP_HDR_ACCEPT, presence_packages[q->package].content_type);
		return false;
	}
	return true;
}

static bool
find_resource(struct request *q)
{
	switch (resource_resolve(q->p->p.dir, q->msg->uri.user, q->package, q->phone, &q->key)) {
	case ERR_OK: q->entity = entity_of(q->msg); return true;
	case ERR_DENIED: presence_refuse(q->p, q->tsx, 403, SLICE("")); return false;
	default: presence_refuse(q->p, q->tsx, 404, SLICE("")); return false;
	}
}

/* A phone that was switched off and on subscribes anew while its old subscriptions live on;
 * one that does so all day must not lock itself out. */
static struct sub *
find_forerunner(const struct watcher *w, const struct request *q)
{
	struct sip_values it = {0};
	struct sip_name_addr contact;
	struct slice value;

	if (!sip_msg_next_value(q->msg, SIP_HDR_CONTACT, &it, &value) ||
	    sip_name_addr_parse(&contact, value) != ERR_OK)
		return NULL;
	LIST_FOR_EACH (node, &w->subs) {
		struct sub *s = container_of(node, struct sub, in_watcher);

		if (!s->reason && s->package == q->package && resource_is(s->resource, &q->key) &&
		    slice_eq(sub_text(s, SUB_EVENT_ID), q->event_id) &&
		    slice_eq(sub_text(s, SUB_TARGET),
			sip_uri_without_headers(&contact.uri, contact.uri_text)))
			return s;
	}
	return NULL;
}

/* A request that made a subscription before a restart, and whose answer was lost, comes again and
 * is new to us: the dialog it made then is none to the phone. */
static void
drop_repeated(const struct request *q)
{
	struct watcher *w = watcher_find(q->p, q->phone->id);

	if (!w)
		return;
	LIST_FOR_EACH (node, &w->subs) {
		struct sub *s = container_of(node, struct sub, in_watcher);

		if (!s->reason && slice_eq(sub_text(s, SUB_CALL_ID), q->msg->call_id) &&
		    slice_eq(sub_text(s, SUB_REMOTE_TAG), q->msg->from.tag)) {
			sub_free(s);
			return;
		}
	}
}

static bool
has_room(struct request *q)
{
	struct presence *p = q->p;
	struct watcher *w = watcher_find(p, q->phone->id);
	struct sub *old;

	if (w && w->n_subs >= p->p.subscriptions_phone_max) {
		old = find_forerunner(w, q);
		if (old)
			sub_free(old);
		w = watcher_find(p, q->phone->id);
	}
	if (p->n_subs < p->p.subscriptions_max && (!w || w->n_subs < p->p.subscriptions_phone_max))
		return true;
	p->counts.refused_limit++;
	if (log_limit_pass(&p->log, LOG_SUB_PRESENCE, presence_now_ms(p)))
		log_warn(PRESENCE,
		    "phone %.*s has no room for a subscription: %zu of %zu, %zu in all",
		    SLICE_FMT(q->phone->name), w ? w->n_subs : 0, p->p.subscriptions_phone_max,
		    p->n_subs);
	presence_refuse_with(p, q->tsx, 503, SIP_HDR_RETRY_AFTER, SLICE("60"));
	return false;
}

/* NULL: what it says cannot be kept (status), or there is no memory. */
static struct sub *
make(struct request *q, uint16_t *status)
{
	struct presence *p = q->p;
	struct sub *s = NULL;
	struct watcher *w = watcher_get_or_make(p, q->phone);
	struct resource *r = resource_get_or_make(p, &q->key);
	enum err e = w && r ? ERR_OK : ERR_NOMEM;

	if (e == ERR_OK)
		e = sub_dialog_new(&s, p, q->msg, sip_server_flow(q->tsx), sip_server_tag(q->tsx),
		    q->event_id, q->entity);
	if (e == ERR_OK)
		e = sub_enlist(s, p);
	if (e == ERR_OK) {
		sub_join(s, q->package, r, w);
		return s;
	}
	*status = e == ERR_NOMEM ? 500 : 400;
	sub_dispose(s, p);
	if (w)
		watcher_drop_if_idle(w);
	if (r)
		resource_drop_if_idle(r);
	return NULL;
}

void
presence_on_subscribe(struct presence *p, struct sip_server *tsx, const struct sip_msg *req,
    const struct dir_phone *phone)
{
	struct request q = {.p = p, .tsx = tsx, .msg = req, .phone = phone};
	uint16_t status = 500;
	struct sub *s;

	if (presence_refuse_extensions(p, tsx, req) || !read_event(&q) || !find_resource(&q) ||
	    !presence_read_expires(p, tsx, req, &q.expires_s))
		return;
	drop_repeated(&q);
	if (!has_room(&q))
		return;
	s = make(&q, &status);
	if (!s) {
		presence_refuse(p, tsx, status, SLICE(""));
		return;
	}
	if (q.expires_s) { /* what is confirmed is kept: first things first */
		sub_set_expiry(s, q.expires_s);
		sub_report(s);
	}
	if (!agree(p, tsx, q.expires_s)) {
		presence_refuse(p, tsx, 500, SLICE(""));
		sub_free(s);
		return;
	}
	p->counts.subscribed++;
	if (q.expires_s == 0) /* a single look: 4.4.3 */
		sub_end(s, SUB_TIMEOUT, true);
	else
		sub_notify_now(s);
}

/* ---- one we have ---- */

static void
refresh(struct sub *s, struct sip_server *tsx, const struct sip_msg *req)
{
	struct presence *p = s->resource->p;
	enum presence_package package;
	uint32_t expires_s;

	if (presence_refuse_extensions(p, tsx, req) ||
	    !presence_read_expires(p, tsx, req, &expires_s))
		return;
	if (!package_find(sip_msg_value(req, SIP_HDR_EVENT), &package) || package != s->package) {
		presence_refuse_with(p, tsx, 489, SIP_HDR_ALLOW_EVENTS, presence_allow_events);
		return;
	}
	sub_dialog_refresh(s, req, sip_server_flow(tsx));
	if (expires_s) {
		sub_set_expiry(s, expires_s);
		sub_report(s);
	}
	if (!agree(p, tsx, expires_s)) {
		presence_refuse(p, tsx, 500, SLICE(""));
		return;
	}
	if (expires_s == 0) {
		p->counts.ended++;
		sub_end(s, SUB_TIMEOUT, true);
		return;
	}
	p->counts.refreshed++;
	sub_notify_now(s);
}

bool
presence_on_in_dialog(struct presence *p, struct sip_server *tsx, const struct sip_msg *req)
{
	struct sub *s = sub_find(p, req->call_id, req->to.tag, req->from.tag);

	if (!s)
		return false;
	if (req->cseq < s->remote_cseq) { /* RFC 3261, 12.2.2 */
		presence_refuse(p, tsx, 500, SLICE(""));
		return true;
	}
	s->remote_cseq = req->cseq;
	if (req->method == SIP_SUBSCRIBE)
		refresh(s, tsx, req);
	else
		presence_refuse_with(p, tsx, 405, SIP_HDR_ALLOW, SLICE("SUBSCRIBE"));
	return true;
}
