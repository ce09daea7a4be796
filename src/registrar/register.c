/*
 * A REGISTER, from request to response: RFC 3261, 10.3, step by step (its numbers are
 * at the functions). Everything is read and checked before anything is changed, so a
 * request takes effect as a whole or not at all.
 */
#include <stdio.h>
#include <time.h>

#include "registrar/registrar_int.h"
#include "sip/write.h"

enum {
	WANTED_MAX = 16,	  /* contacts in one request */
	EXPIRES_DEFAULT_S = 3600, /* also for what is malformed: 20.19 */
	RESPONSE_BYTES = 32768,
};

struct wanted {
	struct slice contact;
	struct sip_uri uri;
	uint32_t expires_s;
	uint16_t q_permille;
	char instance[128];
	bool has_reg_id;
	struct binding *binding; /* the one it means, NULL: a new one */
};

struct request {
	struct registrar *r;
	struct sip_server *tsx;
	const struct sip_msg *msg;
	const struct dir_phone *dp;
	const struct sip_flow *flow;
	struct reg_phone *phone; /* NULL: no bindings yet */
	bool star;
	struct wanted wanted[WANTED_MAX];
	size_t n;
};

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

/* 2: we have no extension that a REGISTER could require. */
static bool
refuse_extensions(struct request *q)
{
	char text[512];
	struct buf b;
	struct sip_values it = {0};
	struct slice token;

	buf_init(&b, text, sizeof text);
	while (sip_msg_next_value(q->msg, SIP_HDR_REQUIRE, &it, &token))
		if (token.n)
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

/* ---- reading contacts (step 6) ---- */

static uint32_t
read_seconds(struct slice s)
{
	uint32_t value;

	switch (slice_to_u32(slice_trim(s), UINT32_MAX, &value)) {
	case ERR_OK: return value;
	case ERR_TOO_BIG: return UINT32_MAX;
	default: return EXPIRES_DEFAULT_S;
	}
}

static uint32_t
read_expires(const struct request *q, struct slice params)
{
	const struct sip_hdr *h = sip_msg_hdr(q->msg, SIP_HDR_EXPIRES);
	struct slice value;

	if (sip_param_find(params, SLICE("expires"), &value))
		return read_seconds(value);
	return h ? read_seconds(h->value) : EXPIRES_DEFAULT_S;
}

/* "0.7" -> 700; what is no qvalue counts as the default 1. */
static uint16_t
read_q(struct slice params)
{
	struct slice value;
	uint32_t permille = 0, scale = 100;

	if (!sip_param_find(params, SLICE("q"), &value) || value.n == 0 || value.p[0] != '0')
		return 1000;
	value = slice_from(value, 1);
	if (value.n == 0)
		return 0;
	if (!slice_take_char(&value, '.') || value.n > 3)
		return 1000;
	for (; value.n; value = slice_from(value, 1), scale /= 10) {
		if (value.p[0] < '0' || value.p[0] > '9')
			return 1000;
		permille += (uint32_t)(value.p[0] - '0') * scale;
	}
	return (uint16_t)permille;
}

/* RFC 5626: the device, and which of its ways to us, as one text. */
static void
read_instance(struct wanted *w, struct slice params)
{
	struct slice instance, reg_id;
	struct buf b;

	w->instance[0] = '\0';
	if (!sip_param_find(params, SLICE("+sip.instance"), &instance) || instance.n == 0)
		return;
	buf_init(&b, w->instance, sizeof w->instance - 1);
	buf_put(&b, instance);
	w->has_reg_id = sip_param_find(params, SLICE("reg-id"), &reg_id);
	if (w->has_reg_id) {
		buf_char(&b, ';');
		buf_put(&b, reg_id);
	}
	w->instance[buf_ok(&b) ? b.n : 0] = '\0';
}

static bool
is_repeated(const struct request *q, const struct sip_uri *uri)
{
	for (size_t i = 0; i < q->n; i++)
		if (sip_uri_eq(&q->wanted[i].uri, uri))
			return true;
	return false;
}

/* Returns the status to refuse with, 0 if it is all right. */
static uint16_t
read_contact(struct request *q, struct slice value)
{
	struct sip_name_addr na;
	struct wanted *w = &q->wanted[q->n];

	if (sip_name_addr_parse(&na, value) != ERR_OK || na.uri_text.n > SIP_URI_MAX_BYTES)
		return 400;
	if (!slice_eq_nocase(na.uri.scheme, SLICE("sip")) &&
	    !slice_eq_nocase(na.uri.scheme, SLICE("sips")))
		return 400; /* a phone is called with SIP */
	if (is_repeated(q, &na.uri))
		return 0;
	if (q->n == WANTED_MAX)
		return 403;
	*w = (struct wanted){.contact = na.uri_text,
	    .uri = na.uri,
	    .expires_s = read_expires(q, na.params),
	    .q_permille = read_q(na.params)};
	read_instance(w, na.params);
	q->n++;
	return 0;
}

static uint16_t
read_contacts(struct request *q)
{
	struct sip_values it = {0};
	struct slice value;
	size_t values = 0;

	while (sip_msg_next_value(q->msg, SIP_HDR_CONTACT, &it, &value)) {
		uint16_t status;

		values++;
		if (slice_eq(slice_trim(value), SLICE("*"))) {
			q->star = true;
			continue;
		}
		status = read_contact(q, value);
		if (status)
			return status;
	}
	/* 6: "*" stands alone and means removal. */
	if (q->star && (values > 1 || !sip_msg_hdr(q->msg, SIP_HDR_EXPIRES) ||
			   read_expires(q, SLICE("")) != 0))
		return 400;
	return 0;
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
same_device(const struct request *q, const struct wanted *w, const struct binding *b)
{
	return w->instance[0] && slice_eq(slice_cstr(w->instance), slice_cstr(b->data.instance)) &&
	       (w->has_reg_id || addr_eq_ip(&b->source, &q->flow->remote));
}

/* The binding of this contact; else the one this device had before it moved. */
static struct binding *
match(const struct request *q, const struct wanted *w)
{
	LIST_FOR_EACH (node, &q->phone->bindings) {
		struct binding *b = container_of(node, struct binding, node);
		struct sip_uri uri;

		if (!b->is_static && sip_uri_parse(&uri, slice_cstr(b->data.contact)) == ERR_OK &&
		    sip_uri_eq(&uri, &w->uri))
			return b;
	}
	LIST_FOR_EACH (node, &q->phone->bindings) {
		struct binding *b = container_of(node, struct binding, node);

		if (!b->is_static && !is_claimed(q, b) && same_device(q, w, b))
			return b;
	}
	return NULL;
}

/* An older request of the same phone that arrives late may change nothing. */
static bool
is_outdated(const struct request *q, const struct binding *b)
{
	return slice_eq(q->msg->call_id, slice_cstr(b->data.call_id)) &&
	       q->msg->cseq <= b->data.cseq;
}

static bool
find_bindings(struct request *q)
{
	if (!q->phone)
		return true;
	for (size_t i = 0; i < q->n; i++) {
		struct wanted *w = &q->wanted[i];

		w->binding = match(q, w);
		if (w->binding && is_outdated(q, w->binding))
			return false;
	}
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
			if (q->wanted[i].binding && !q->wanted[i].binding->data.contact[0])
				binding_free(q->wanted[i].binding);
		return false;
	}
	return true;
}

static void
change_bindings(struct request *q)
{
	for (size_t i = 0; i < q->n; i++) {
		struct wanted *w = &q->wanted[i];

		if (!w->binding)
			continue;
		if (w->expires_s == 0) {
			q->r->counts.removed++;
			binding_remove(w->binding);
			continue;
		}
		q->r->counts.registered++;
		if (w->binding->data.contact[0] &&
		    !slice_eq(slice_cstr(w->binding->data.contact), w->contact))
			binding_moves(w->binding); /* its key in the store changes */
		binding_update(
		    w->binding, &(struct binding_update){.contact = w->contact,
				    .call_id = q->msg->call_id,
				    .instance = slice_cstr(w->instance),
				    .user_agent = sip_msg_value(q->msg, SIP_HDR_USER_AGENT),
				    .cseq = q->msg->cseq,
				    .expires_s = w->expires_s,
				    .q_permille = w->q_permille,
				    .flow = *q->flow});
		binding_announce(w->binding);
	}
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

/* A phone that comes back from a new port now and then must not lock itself out: the
 * oldest go. */
static void
keep_newest(struct request *q)
{
	size_t kept = 0;

	LIST_FOR_EACH_SAFE (node, &q->phone->bindings) {
		struct binding *b = container_of(node, struct binding, node);

		if (!b->is_static && ++kept > contacts_max(q->dp))
			binding_remove(b);
	}
}

/* ---- answering (step 8) ---- */

static void
write_contact(struct buf *out, const struct request *q, const struct binding *b)
{
	uint32_t expires_s =
	    b->is_static ? dir_settings(q->r->p.dir)->register_max_s : binding_expires_s(b);
	char quality[16] = "";

	if (b->data.q_permille != 1000)
		snprintf(quality, sizeof quality, ";q=0.%03u", b->data.q_permille);
	sip_write_hdrf(
	    out, SIP_HDR_CONTACT, "<%s>;expires=%u%s", b->data.contact, expires_s, quality);
}

/* Phones set their clocks by it: RFC 3261, 20.17, always in English and GMT. */
static void
write_date(struct buf *out, int64_t wall_ms)
{
	static const char days[7][4] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
	static const char months[12][4] = {
	    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
	time_t s = wall_ms / 1000;
	struct tm tm;

	if (!gmtime_r(&s, &tm))
		return;
	sip_write_hdrf(out, SIP_HDR_DATE, "%s, %02d %s %04d %02d:%02d:%02d GMT", days[tm.tm_wday],
	    tm.tm_mday, months[tm.tm_mon], tm.tm_year + 1900, tm.tm_hour, tm.tm_min, tm.tm_sec);
}

static void
answer(struct request *q)
{
	static char headers[RESPONSE_BYTES]; /* signalling thread only */
	struct buf b;

	buf_init(&b, headers, sizeof headers);
	if (q->phone)
		LIST_FOR_EACH (node, &q->phone->bindings)
			write_contact(&b, q, container_of(node, struct binding, node));
	write_date(&b, q->r->p.ops->wall_ms(q->r->p.ctx));
	if (!buf_ok(&b) || sip_server_respond(q->tsx, &(struct sip_response){.status = 200,
							  .headers = buf_slice(&b)}) != ERR_OK)
		sip_server_reject(q->tsx, 500, SLICE(""));
}

void
registrar_on_register(struct registrar *r, struct sip_server *tsx, const struct sip_msg *req,
    const struct dir_phone *phone)
{
	struct request q = {.r = r,
	    .tsx = tsx,
	    .msg = req,
	    .dp = phone,
	    .flow = sip_server_flow(tsx),
	    .phone = phone_find(r, phone->id)};
	uint16_t status;

	if (refuse_extensions(&q))
		return;
	if (!may_register(phone, req->to.uri.user)) {
		refuse(&q, 403, SLICE(""));
		return;
	}
	status = read_contacts(&q);
	if (status == 0 && q.n > contacts_max(phone))
		status = 403;
	if (status) {
		refuse(&q, status, SLICE(""));
		return;
	}
	if (refuse_brief(&q))
		return;
	if (!find_bindings(&q) || !make_bindings(&q)) {
		if (q.phone)
			phone_drop_if_empty(q.phone);
		refuse(&q, 500, SLICE("")); /* 10.3, 7 and 8 */
		return;
	}
	if (q.n == 0 && !q.star)
		r->counts.queries++;
	if (q.star && q.phone)
		remove_all(&q);
	change_bindings(&q);
	if (q.phone)
		keep_newest(&q);
	answer(&q);
	if (q.phone)
		phone_drop_if_empty(q.phone);
}
