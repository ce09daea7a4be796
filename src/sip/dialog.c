/* The state of one dialog: how it begins, changes, and what it writes (RFC 3261, 12). */
#include <stdlib.h>

#include "sip/dialog_int.h"
#include "sip/parse_int.h"

enum { LOCAL_TAG_BYTES = 16, CALL_ID_BYTES = 32, VALUE_MAX_BYTES = 2048 };

/* ---- what messages give ---- */

/* A From or To without its parameters, as it was written. In the short form (no
 * angle brackets) what follows ';' belongs to the header, so the URI ends there. */
static struct slice
without_params(struct slice value, const struct sip_name_addr *na)
{
	size_t end;

	if (!na->uri_text.p)
		return value;
	end = (size_t)(na->uri_text.p - value.p) + na->uri_text.n;
	if (end > value.n)
		return value;
	if (end < value.n && value.p[end] == '>')
		end++;
	return slice_trim(slice_make(value.p, end));
}

static enum err
copy_target(struct sip_dialog *d, struct slice uri)
{
	if (uri.n == 0)
		return ERR_MALFORMED;
	if (uri.n > SIP_URI_MAX_BYTES)
		return ERR_TOO_BIG;
	if (uri.n > d->target_cap) {
		char *p = realloc(d->target, uri.n);

		if (!p)
			return ERR_NOMEM;
		d->target = p;
		d->target_cap = (uint16_t)uri.n;
	}
	memcpy(d->target, uri.p, uri.n);
	d->target_n = (uint16_t)uri.n;
	return ERR_OK;
}

/* Copies the Contact's URI to the target. ERR_MALFORMED: none, or not a SIP URI. */
static enum err
set_target(struct sip_dialog *d, const struct sip_msg *m)
{
	struct sip_values it = {0};
	struct sip_name_addr contact;
	struct slice value;

	if (!sip_msg_next_value(m, SIP_HDR_CONTACT, &it, &value) ||
	    sip_name_addr_parse(&contact, value) != ERR_OK || contact.uri.host.n == 0)
		return ERR_MALFORMED;
	return copy_target(d, sip_uri_without_headers(&contact.uri, contact.uri_text));
}

static enum err
copy_routes(struct sip_dialog *d, struct arena *a, const struct slice *found, size_t n)
{
	struct slice *route = NULL;

	if (n && !(route = arena_alloc(a, n * sizeof *route)))
		return ERR_NOMEM;
	for (size_t i = 0; i < n; i++)
		if (arena_dup(a, found[i], &route[i]) != ERR_OK)
			return ERR_NOMEM;
	d->route = route;
	d->n_routes = (uint8_t)n;
	return ERR_OK;
}

/* The Record-Routes become the route set: in order for the called side (12.1.1),
 * reversed for the caller's (12.1.2). What is there already is not copied again. */
static enum err
set_routes(struct sip_dialog *d, struct arena *a, const struct sip_msg *m)
{
	struct slice found[SIP_ROUTES_MAX];
	struct sip_values it = {0};
	struct slice value;
	size_t n = 0;
	bool same;

	while (sip_msg_next_value(m, SIP_HDR_RECORD_ROUTE, &it, &value)) {
		if (n == SIP_ROUTES_MAX)
			return ERR_TOO_BIG;
		found[n++] = value;
	}
	if (d->is_uac)
		for (size_t i = 0; i < n / 2; i++) {
			value = found[i];
			found[i] = found[n - 1 - i];
			found[n - 1 - i] = value;
		}
	same = n == d->n_routes;
	for (size_t i = 0; same && i < n; i++)
		same = slice_eq(found[i], d->route[i]);
	if (same)
		return ERR_OK;
	return copy_routes(d, a, found, n);
}

/* Route header lines of a request to come (RFC 3261, 8.1.2; RFC 3327, 5.1). */
static enum err
preload_routes(struct sip_dialog *d, struct arena *a, struct slice lines)
{
	struct slice found[SIP_ROUTES_MAX], line, value;
	size_t n = 0;

	while (lines.n) {
		line = slice_trim(slice_take_until(&lines, '\n'));
		if (!slice_starts_nocase(line, SLICE("Route:")))
			return ERR_MALFORMED;
		line = slice_from(line, 6);
		while (line.n) {
			value = sip_value_take(&line);
			if (value.n == 0)
				continue;
			if (n == SIP_ROUTES_MAX)
				return ERR_TOO_BIG;
			found[n++] = value;
		}
	}
	return copy_routes(d, a, found, n);
}

/* ---- beginning ---- */

static enum err
copy_uas_texts(
    struct sip_dialog *d, struct arena *a, const struct sip_msg *req, struct slice local_tag)
{
	struct slice from = sip_msg_value(req, SIP_HDR_FROM), to = sip_msg_value(req, SIP_HDR_TO);
	enum err e = arena_dup(a, req->call_id, &d->call_id);

	if (e == ERR_OK)
		e = arena_dup(a, local_tag, &d->local_tag);
	if (e == ERR_OK)
		e = arena_dup(a, req->from.tag, &d->remote_tag);
	if (e == ERR_OK)
		e = arena_dup(a, without_params(to, &req->to), &d->local);
	if (e == ERR_OK)
		e = arena_dup(a, without_params(from, &req->from), &d->remote);
	return e;
}

enum err
sip_dialog_init_uas(struct sip_dialog *d, struct sip_dialogs *t, struct arena *a,
    const struct sip_msg *req, const struct sip_flow *flow, struct slice local_tag)
{
	enum err e;

	memset(d, 0, sizeof *d);
	d->flow = *flow;
	d->remote_cseq = req->cseq;
	d->remote_cseq_known = true;
	e = set_target(d, req);
	if (e == ERR_OK)
		e = set_routes(d, a, req);
	if (e == ERR_OK)
		e = copy_uas_texts(d, a, req, local_tag);
	if (e == ERR_OK)
		e = dialog_enlist(d, t);
	if (e != ERR_OK)
		sip_dialog_fini(d);
	return e;
}

static enum err
draw(struct arena *a, struct rng *rng, size_t n, struct slice *out)
{
	char text[CALL_ID_BYTES];
	struct buf b;

	buf_init(&b, text, sizeof text);
	rng_token(rng, &b, n);
	return arena_dup(a, buf_slice(&b), out);
}

static enum err
copy_uac_texts(
    struct sip_dialog *d, struct arena *a, struct rng *rng, const struct sip_dialog_uac_params *p)
{
	enum err e = p->call_id.n ? arena_dup(a, p->call_id, &d->call_id)
				  : draw(a, rng, CALL_ID_BYTES, &d->call_id);

	if (e == ERR_OK)
		e = draw(a, rng, LOCAL_TAG_BYTES, &d->local_tag);
	if (e == ERR_OK)
		e = arena_dup(a, p->local, &d->local);
	if (e == ERR_OK)
		e = arena_dup(a, p->remote, &d->remote);
	return e;
}

enum err
sip_dialog_init_uac(struct sip_dialog *d, struct sip_dialogs *t, struct arena *a, struct rng *rng,
    const struct sip_dialog_uac_params *p)
{
	enum err e;

	memset(d, 0, sizeof *d);
	if (p->target.n == 0)
		return ERR_INVALID;
	d->is_uac = true;
	d->flow = p->flow;
	e = copy_target(d, p->target);
	if (e == ERR_OK)
		e = preload_routes(d, a, p->route);
	if (e == ERR_OK)
		e = copy_uac_texts(d, a, rng, p);
	if (e == ERR_OK)
		e = dialog_enlist(d, t);
	if (e != ERR_OK)
		sip_dialog_fini(d);
	return e;
}

/* ---- changes ---- */

/* The first answer that names the dialog, or the fork that won: 12.1.2. */
static enum err
adopt(struct sip_dialog *d, struct arena *a, const struct sip_msg *resp)
{
	struct slice tag;
	enum err e = arena_dup(a, resp->to.tag, &tag);

	if (e == ERR_OK)
		e = set_routes(d, a, resp);
	if (e == ERR_OK)
		d->remote_tag = tag;
	return e;
}

enum err
sip_dialog_on_response(struct sip_dialog *d, struct arena *a, const struct sip_msg *resp)
{
	bool final = resp->status >= 200, other = !slice_eq(d->remote_tag, resp->to.tag);
	enum err e = ERR_OK;

	if (resp->status <= 100 || resp->status >= 300)
		return ERR_OK;
	if (other && d->remote_tag.n && !final)
		return ERR_OK; /* a fork that only rings */
	if (other && d->confirmed)
		return ERR_CONFLICT;
	if (other)
		e = adopt(d, a, resp);
	else if (final && !d->confirmed)
		e = set_routes(d, a, resp); /* 13.2.2.4: recomputed with the 2xx */
	if (e != ERR_OK)
		return e;
	if (final)
		d->confirmed = true;
	/* Many phones leave the Contact out of a 180; then the target stays. */
	(void)!set_target(d, resp);
	return ERR_OK;
}

enum err
sip_dialog_enter_fork(
    struct sip_dialog *d, struct sip_dialog *saved, struct arena *a, const struct sip_msg *resp)
{
	enum err e;

	*saved = *d;
	d->target = NULL;
	d->target_n = d->target_cap = 0;
	d->remote_tag = (struct slice){0};
	d->n_routes = 0;
	e = sip_dialog_on_response(d, a, resp);
	if (e == ERR_OK && d->target_n == 0)
		e = ERR_MALFORMED;
	if (e != ERR_OK)
		sip_dialog_leave_fork(d, saved);
	return e;
}

void
sip_dialog_leave_fork(struct sip_dialog *d, const struct sip_dialog *saved)
{
	uint32_t cseq = d->local_cseq;

	free(d->target);
	*d = *saved;
	d->local_cseq = cseq;
}

static bool
same_flow(const struct sip_flow *a, const struct sip_flow *b)
{
	return a->transport == b->transport && a->conn_slot == b->conn_slot &&
	       a->conn_gen == b->conn_gen && addr_eq(&a->local, &b->local) &&
	       addr_eq(&a->remote, &b->remote);
}

void
sip_dialog_refresh(struct sip_dialog *d, const struct sip_msg *req, const struct sip_flow *flow)
{
	(void)!set_target(d, req);
	if (!same_flow(&d->flow, flow))
		d->flow = *flow;
}

enum err
sip_dialog_check_cseq(struct sip_dialog *d, const struct sip_msg *req)
{
	if (d->remote_cseq_known && req->cseq < d->remote_cseq)
		return ERR_CONFLICT;
	d->remote_cseq = req->cseq;
	d->remote_cseq_known = true;
	return ERR_OK;
}

/* ---- writing ---- */

/* 12.2.1.1: does the first hop want its own URI in the Request-URI? */
static bool
strict_first_hop(const struct sip_dialog *d, struct sip_name_addr *hop)
{
	return d->n_routes > 0 && sip_name_addr_parse(hop, d->route[0]) == ERR_OK &&
	       hop->uri.host.n > 0 && !sip_param_find(hop->uri.params, SLICE("lr"), NULL);
}

struct slice
sip_dialog_uri(const struct sip_dialog *d)
{
	struct sip_name_addr hop;

	return strict_first_hop(d, &hop) ? sip_uri_without_headers(&hop.uri, hop.uri_text)
					 : slice_make(d->target, d->target_n);
}

static void
write_routes(const struct sip_dialog *d, struct buf *b)
{
	struct sip_name_addr hop;
	bool strict = strict_first_hop(d, &hop);

	for (size_t i = strict ? 1 : 0; i < d->n_routes; i++)
		sip_write_hdr(b, SIP_HDR_ROUTE, d->route[i]);
	if (strict)
		sip_write_hdrf(b, SIP_HDR_ROUTE, "<%.*s>", (int)d->target_n, d->target);
}

static void
write_party(struct buf *b, enum sip_hdr_id id, struct slice party, struct slice tag)
{
	char text[VALUE_MAX_BYTES];
	struct buf value;

	buf_init(&value, text, sizeof text);
	buf_put(&value, party);
	if (tag.n) {
		buf_lit(&value, ";tag=");
		buf_put(&value, tag);
	}
	b->overflow |= value.overflow;
	sip_write_hdr(b, id, buf_slice(&value));
}

uint32_t
sip_dialog_write_headers(struct sip_dialog *d, struct buf *b, enum sip_method m, uint32_t cseq)
{
	uint32_t used = cseq ? cseq : ++d->local_cseq;

	write_routes(d, b);
	write_party(b, SIP_HDR_FROM, d->local, d->local_tag);
	write_party(b, SIP_HDR_TO, d->remote, d->remote_tag);
	sip_write_hdr(b, SIP_HDR_CALL_ID, d->call_id);
	sip_write_hdrf(b, SIP_HDR_CSEQ, "%u %.*s", used, SLICE_FMT(sip_method_name(m)));
	return used;
}
