/* What a REGISTER wants: its contacts, how long, how much liked, of which device (RFC 3261,
 * 10.3, step 6). */
#include "registrar/register_int.h"

enum { EXPIRES_DEFAULT_S = 3600 /* also for what is malformed: 20.19 */ };

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

bool
register_is_instance(struct slice s)
{
	if (s.n < 3 || s.n > INSTANCE_MAX_BYTES || s.p[0] != '<' || s.p[s.n - 1] != '>')
		return false;
	for (size_t i = 1; i + 1 < s.n; i++)
		if (s.p[i] <= ' ' || s.p[i] >= 0x7f || strchr("\"\\<>", s.p[i]))
			return false;
	return true;
}

/* What is no such text names no device. */
static struct slice
read_instance(struct slice params)
{
	struct slice value;

	if (sip_param_find(params, SLICE("+sip.instance"), &value) && register_is_instance(value))
		return value;
	return SLICE("");
}

bool
register_is_sip(const struct sip_uri *uri)
{
	return slice_eq_nocase(uri->scheme, SLICE("sip")) ||
	       slice_eq_nocase(uri->scheme, SLICE("sips"));
}

/* Flows of one device may have the same contact. */
static bool
is_repeated(const struct request *q, const struct wanted *w)
{
	for (size_t i = 0; i < q->n; i++)
		if (q->wanted[i].reg_id == w->reg_id && sip_uri_eq(&q->wanted[i].uri, &w->uri))
			return true;
	return false;
}

static uint16_t
read_contact(struct request *q, struct slice value)
{
	struct sip_name_addr na;
	struct wanted w;

	if (sip_name_addr_parse(&na, value) != ERR_OK || na.uri_text.n > SIP_URI_MAX_BYTES)
		return 400;
	if (!register_is_sip(&na.uri))
		return 400; /* a phone is called with SIP */
	w = (struct wanted){.contact = na.uri_text,
	    .uri = na.uri,
	    .instance = read_instance(na.params),
	    .expires_s = read_expires(q, na.params),
	    .q_permille = read_q(na.params)};
	w.reg_id = outbound_read_reg_id(q, w.instance, na.params);
	if (is_repeated(q, &w))
		return 0;
	if (q->n == WANTED_MAX)
		return 403;
	q->wanted[q->n++] = w;
	return 0;
}

uint16_t
request_read_contacts(struct request *q)
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
