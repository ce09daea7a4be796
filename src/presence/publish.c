/* PUBLISH: what phones say of the presence of their users. RFC 3903, 6, its steps at the functions.
 */
#include <stdlib.h>

#include "presence/presence_int.h"

static const struct slice pidf_type = SLICE("application/pidf+xml");

struct request {
	struct presence *p;
	struct sip_server *tsx;
	const struct sip_msg *msg;
	const struct dir_phone *phone;
	struct resource_key key;
	uint32_t expires_s;
	struct publication *known; /* the one SIP-If-Match names */
	bool has_state;
	struct pidf_state state;
};

static void
refuse(struct request *q, uint16_t status)
{
	q->p->counts.publish_refused++;
	sip_server_reject(q->tsx, status, SLICE(""));
}

/* ---- life of a publication ---- */

void
publication_free(struct publication *pub)
{
	struct resource *r = pub->resource;

	timer_stop(&pub->expiry);
	list_remove(&pub->node);
	r->n_publications--;
	r->p->counts.publications--;
	free(pub);
}

static void
publication_end(struct publication *pub)
{
	struct resource *r = pub->resource;

	publication_free(pub);
	resource_changed(r, PRESENCE_PRESENCE);
	resource_drop_if_idle(r);
}

static void
on_expiry(struct timer *t)
{
	publication_end(container_of(t, struct publication, expiry));
}

/* A phone that forgets its entity tags publishes anew each time: its oldest goes, else the
 * oldest of all. */
static void
make_room(struct resource *r, int64_t phone_id)
{
	struct publication *oldest = NULL;

	if (r->n_publications < PUBLICATIONS_MAX)
		return;
	LIST_FOR_EACH (node, &r->publications) {
		struct publication *pub = container_of(node, struct publication, node);

		if (!oldest || pub->phone_id == phone_id || oldest->phone_id != phone_id)
			oldest = pub;
	}
	if (oldest)
		publication_free(oldest);
}

static struct publication *
publication_make(struct request *q)
{
	struct resource *r = resource_get_or_make(q->p, &q->key);
	struct publication *pub = r ? calloc(1, sizeof *pub) : NULL;

	if (!pub) {
		if (r)
			resource_drop_if_idle(r);
		return NULL;
	}
	make_room(r, q->phone->id);
	pub->resource = r;
	pub->phone_id = q->phone->id;
	timer_init(&pub->expiry, on_expiry);
	list_push_front(&r->publications, &pub->node);
	r->n_publications++;
	q->p->counts.publications++;
	return pub;
}

/* ---- steps 1 to 5 ---- */

static bool
read_target(struct request *q)
{
	switch (resource_resolve(
	    q->p->p.dir, q->msg->uri.user, PRESENCE_MESSAGE_SUMMARY, q->phone, &q->key)) {
	case ERR_OK: return true;
	case ERR_DENIED: refuse(q, 403); return false; /* of others nobody publishes */
	default: refuse(q, 404); return false;
	}
}

static bool
read_event(struct request *q)
{
	enum presence_package package;

	if (package_find(sip_msg_value(q->msg, SIP_HDR_EVENT), &package) &&
	    package == PRESENCE_PRESENCE)
		return true;
	presence_refuse_with(q->p, q->tsx, 489, SIP_HDR_ALLOW_EVENTS, SLICE("presence"));
	return false;
}

static bool
read_match(struct request *q)
{
	const struct sip_hdr *h = sip_msg_hdr(q->msg, SIP_HDR_SIP_IF_MATCH);
	struct slice etag = h ? slice_trim(h->value) : SLICE("");
	struct resource *r = resource_find(q->p, &q->key);

	if (!h)
		return true;
	if (r)
		LIST_FOR_EACH (node, &r->publications) {
			struct publication *pub = container_of(node, struct publication, node);

			if (slice_eq(etag, slice_cstr(pub->etag))) {
				q->known = pub;
				return true;
			}
		}
	refuse(q, 412); /* expired, or of an earlier run: the phone publishes it all again */
	return false;
}

static bool
read_state(struct request *q)
{
	struct slice type = sip_msg_value(q->msg, SIP_HDR_CONTENT_TYPE);

	if (q->msg->body.n == 0) {
		if (q->known)
			return true;
		refuse(q, 400); /* the first one says something */
		return false;
	}
	if (!slice_eq_nocase(slice_trim(slice_take_until(&type, ';')), pidf_type) ||
	    sip_msg_hdr(q->msg, SIP_HDR_CONTENT_ENCODING)) {
		presence_refuse_with(q->p, q->tsx, 415, SIP_HDR_ACCEPT, pidf_type);
		return false;
	}
	switch (pidf_parse(q->msg->body, &q->state)) {
	case ERR_OK: q->has_state = true; return true;
	case ERR_TOO_BIG: refuse(q, 413); return false;
	case ERR_NOMEM: refuse(q, 500); return false;
	default: refuse(q, 400); return false;
	}
}

/* ---- step 6: the change, and the answer ---- */

static void
answer(struct request *q, const char *etag)
{
	char text[HEADERS_SHORT];
	struct buf b;

	q->p->counts.published++;
	buf_init(&b, text, sizeof text);
	sip_write_hdr(&b, SIP_HDR_SIP_ETAG, slice_cstr(etag));
	sip_write_hdrf(&b, SIP_HDR_EXPIRES, "%u", q->expires_s);
	if (sip_server_respond(
		q->tsx, &(struct sip_response){.status = 200, .headers = buf_slice(&b)}) != ERR_OK)
		sip_server_reject(q->tsx, 500, SLICE(""));
}

static void
draw_etag(struct presence *p, char out[ETAG_BYTES + 1])
{
	struct buf b;

	buf_init(&b, out, ETAG_BYTES);
	rng_token(p->p.rng, &b, ETAG_BYTES);
	out[ETAG_BYTES] = '\0';
}

static void
take_down(struct request *q)
{
	char etag[ETAG_BYTES + 1];

	if (q->known)
		publication_end(q->known);
	draw_etag(q->p, etag);
	answer(q, etag);
}

void
presence_on_publish(struct presence *p, struct sip_server *tsx, const struct sip_msg *req,
    const struct dir_phone *phone)
{
	struct request q = {.p = p, .tsx = tsx, .msg = req, .phone = phone};
	struct publication *pub;

	if (presence_refuse_extensions(p, tsx, req) || !read_target(&q) || !read_event(&q) ||
	    !read_match(&q) || !presence_read_expires(p, tsx, req, &q.expires_s) || !read_state(&q))
		return;
	if (q.expires_s == 0) {
		take_down(&q);
		return;
	}
	pub = q.known ? q.known : publication_make(&q);
	if (!pub) {
		refuse(&q, 500);
		return;
	}
	if (q.has_state)
		pub->state = q.state;
	draw_etag(p, pub->etag);
	timer_start(p->p.timers, &pub->expiry, (uint64_t)q.expires_s * 1000);
	resource_changed(pub->resource, PRESENCE_PRESENCE);
	answer(&q, pub->etag);
}
