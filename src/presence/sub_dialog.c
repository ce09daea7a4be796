/*
 * The dialog of a subscription (RFC 3261, 12), packed into texts, because there may be hundreds of
 * thousands of them. Unpacked on the stack for each NOTIFY.
 */
#include "presence/presence_int.h"

/* A folded value becomes one line: lines separate the routes. */
static void
put_route(struct buf *b, struct slice route)
{
	if (b->n)
		buf_char(b, '\n');
	for (size_t i = 0; i < route.n; i++) {
		char c = route.p[i];

		if ((unsigned char)c < 0x20)
			c = ' ';
		buf_char(b, c);
	}
}

/* A strict router's URI becomes the Request-URI of what we send (RFC 3261, 12.2.1.1): it has to
 * be one. */
static bool
is_route(struct slice route)
{
	struct sip_name_addr na;

	return sip_name_addr_parse(&na, route) == ERR_OK && na.uri.host.n && !na.uri.headers.n;
}

enum err
sub_dialog_new(struct sub **out, struct presence *p, const struct sip_msg *req,
    const struct sip_flow *flow, struct slice local_tag, struct slice event_id, struct slice entity)
{
	struct slice texts[SUB_TEXTS];
	char routes[SUB_TEXTS_MAX_BYTES];
	struct sip_dialogs none;
	struct sip_dialog d;
	struct arena arena;
	struct buf b;
	enum err e;

	arena_init(&arena, "subscription", 1024, 65536);
	sip_dialogs_init(&none);
	e = sip_dialog_init_uas(&d, &none, &arena, req, flow, local_tag);
	if (e == ERR_OK) {
		buf_init(&b, routes, sizeof routes);
		for (size_t i = 0; i < d.n_routes && e == ERR_OK; i++) {
			put_route(&b, d.route[i]);
			e = is_route(d.route[i]) ? ERR_OK : ERR_MALFORMED;
		}
		texts[SUB_CALL_ID] = d.call_id;
		texts[SUB_LOCAL_TAG] = d.local_tag;
		texts[SUB_REMOTE_TAG] = d.remote_tag;
		texts[SUB_LOCAL] = d.local;
		texts[SUB_REMOTE] = d.remote;
		texts[SUB_TARGET] = slice_make(d.target, d.target_n);
		texts[SUB_ROUTES] = buf_slice(&b);
		texts[SUB_EVENT_ID] = event_id;
		texts[SUB_ENTITY] = entity;
		if (e == ERR_OK)
			e = buf_ok(&b) ? sub_new(out, p, texts, flow) : ERR_TOO_BIG;
		sip_dialog_fini(&d);
	}
	if (e == ERR_OK)
		(*out)->remote_cseq = req->cseq;
	sip_dialogs_fini(&none);
	arena_fini(&arena);
	return e;
}

void
sub_dialog_unpack(const struct sub *s, struct sip_dialog *d, struct slice route[SIP_ROUTES_MAX])
{
	struct slice target = sub_text(s, SUB_TARGET), routes = sub_text(s, SUB_ROUTES);

	*d = (struct sip_dialog){.call_id = sub_text(s, SUB_CALL_ID),
	    .local_tag = sub_text(s, SUB_LOCAL_TAG),
	    .remote_tag = sub_text(s, SUB_REMOTE_TAG),
	    .local = sub_text(s, SUB_LOCAL),
	    .remote = sub_text(s, SUB_REMOTE),
	    .route = route,
	    .confirmed = true,
	    .target_n = (uint16_t)target.n,
	    .target = s->way->text + (target.p - s->way->text),
	    .flow = sub_flow(s)};
	while (routes.n && d->n_routes < SIP_ROUTES_MAX)
		route[d->n_routes++] = slice_take_until(&routes, '\n');
}

/* Empty when there is none, or it is no SIP URI. */
static struct slice
contact_of(const struct sip_msg *req)
{
	struct sip_values it = {0};
	struct sip_name_addr contact;
	struct slice value;

	if (!sip_msg_next_value(req, SIP_HDR_CONTACT, &it, &value) ||
	    sip_name_addr_parse(&contact, value) != ERR_OK || contact.uri.host.n == 0)
		return SLICE("");
	return sip_uri_without_headers(&contact.uri, contact.uri_text);
}

void
sub_dialog_refresh(struct sub *s, const struct sip_msg *req, const struct sip_flow *flow)
{
	struct slice target = contact_of(req);

	s->flow_lost = false;
	if (sub_set_way(s, target.n ? target : sub_text(s, SUB_TARGET), flow) != ERR_OK)
		log_warn(PRESENCE, "a phone's new Contact is not taken up");
}

/* ---- found by Call-ID and our tag ---- */

static uint64_t
hash_of(struct slice call_id, struct slice local_tag)
{
	return hash_mix(hash_bytes(call_id), hash_bytes(local_tag));
}

enum err
sub_enlist(struct sub *s, struct presence *p)
{
	enum err e = hmap_put(
	    &p->subs, &s->by_dialog, hash_of(sub_text(s, SUB_CALL_ID), sub_text(s, SUB_LOCAL_TAG)));

	if (e == ERR_OK)
		p->n_subs++;
	return e;
}

void
sub_delist(struct sub *s, struct presence *p)
{
	hmap_remove(&p->subs, &s->by_dialog);
	p->n_subs--;
}

struct sub *
sub_find(
    const struct presence *p, struct slice call_id, struct slice local_tag, struct slice remote_tag)
{
	uint64_t h = hash_of(call_id, local_tag);

	for (struct hnode *n = hmap_first(&p->subs, h); n; n = hmap_next(n, h)) {
		struct sub *s = container_of(n, struct sub, by_dialog);

		if (slice_eq(sub_text(s, SUB_CALL_ID), call_id) &&
		    slice_eq(sub_text(s, SUB_LOCAL_TAG), local_tag) &&
		    slice_eq(sub_text(s, SUB_REMOTE_TAG), remote_tag))
			return s;
	}
	return NULL;
}
