/* What a NOTIFY says: RFC 6665, 4.2.2. */
#include "presence/presence_int.h"

static void
write_event(struct buf *b, const struct sub *s)
{
	struct slice id = sub_text(s, SUB_EVENT_ID);

	buf_lit(b, "Event: ");
	buf_put(b, presence_packages[s->package].name);
	if (id.n) {
		buf_lit(b, ";id=");
		buf_put(b, id);
	}
	buf_lit(b, "\r\n");
}

static const char *const reasons[] = {
#define X(id, name) [SUB_##id] = name,
    SUB_REASONS(X)
#undef X
};

static void
write_state(struct buf *b, const struct sub *s)
{
	buf_lit(b, "Subscription-State: ");
	if (s->reason) {
		buf_lit(b, "terminated;reason=");
		buf_cstr(b, reasons[s->reason]);
	} else {
		buf_lit(b, "active;expires=");
		buf_u64(b, sub_expires_s(s));
	}
	buf_lit(b, "\r\n");
}

/* "example.org:5060" of "sip:101@example.org:5060" */
static struct slice
host_of(struct slice entity)
{
	size_t at = slice_find(entity, '@');

	return slice_from(entity, at < entity.n ? at + 1 : slice_find(entity, ':') + 1);
}

/* What all watchers share, with the host that this one knows us by. */
static void
put_shared(struct buf *b, struct slice shared, struct slice host)
{
	while (shared.n) {
		size_t n = slice_find(shared, PIDF_HOST);

		buf_put(b, slice_make(shared.p, n));
		if (n < shared.n) {
			buf_put(b, host);
			n++;
		}
		shared = slice_from(shared, n);
	}
}

/* One who is told that there is nothing (any more) gets no state; one who leaves or asks once
 * does: RFC 6665, 4.1.2.3, 4.4.3. */
static bool
has_body(const struct sub *s)
{
	return s->reason == SUB_ACTIVE || s->reason == SUB_TIMEOUT;
}

static struct slice
write_body(struct sub *s)
{
	struct presence *p = s->resource->p;
	enum presence_package package = (enum presence_package)s->package;
	struct slice shared = resource_body(s->resource, package);
	struct slice entity = sub_text(s, SUB_ENTITY);
	struct buf b;

	buf_init(&b, p->scratch, sizeof p->scratch);
	/* The first NOTIFY has CSeq 1 and version 0. */
	presence_packages[package].write_head(&b, s->resource, entity, s->local_cseq - 1);
	put_shared(&b, shared, host_of(entity));
	s->told = s->resource->body[package].generation;
	return buf_ok(&b) ? buf_slice(&b) : SLICE("");
}

enum err
sub_notify_send(struct sub *s, const struct sip_client_ops *ops, struct sip_client **out)
{
	struct presence *p = s->resource->p;
	const struct package *package = &presence_packages[s->package];
	struct sip_request r = {.method = SIP_NOTIFY};
	char headers[HEADERS_BYTES];
	struct slice route[SIP_ROUTES_MAX];
	struct sip_dialog d;
	struct buf b;

	s->local_cseq++;
	sub_dialog_unpack(s, &d, route);
	buf_init(&b, headers, sizeof headers);
	sip_dialog_write_headers(&d, &b, SIP_NOTIFY, s->local_cseq);
	sip_core_write_contact(p->p.core, &b, &d.flow, (struct slice){0}, (struct slice){0});
	write_event(&b, s);
	write_state(&b, s);
	if (!buf_ok(&b))
		return ERR_TOO_BIG;
	r.uri = sip_dialog_uri(&d);
	r.headers = buf_slice(&b);
	if (has_body(s)) {
		r.content_type = package->content_type;
		r.body = write_body(s);
	}
	p->counts.notifies[s->package]++;
	return sip_client_send(p->p.core, &d.flow, &r, ops, s, out);
}
