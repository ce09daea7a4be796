/* Finding headers in a parsed message, and walking the values of list headers. */
#include "sip/msg.h"
#include "sip/parse_int.h"

const struct sip_hdr *
sip_msg_hdr(const struct sip_msg *m, enum sip_hdr_id id)
{
	size_t first = (unsigned)id < SIP_HDR_N ? m->first[id] : 0;

	return first ? &m->hdr[first - 1] : NULL;
}

const struct sip_hdr *
sip_msg_hdr_next(const struct sip_msg *m, const struct sip_hdr *h)
{
	for (const struct sip_hdr *at = h + 1; at < m->hdr + m->n_hdrs; at++)
		if (at->id == h->id)
			return at;
	return NULL;
}

struct slice
sip_msg_value(const struct sip_msg *m, enum sip_hdr_id id)
{
	const struct sip_hdr *h = sip_msg_hdr(m, id);

	return h ? h->value : (struct slice){0};
}

const struct sip_hdr *
sip_msg_hdr_named(const struct sip_msg *m, struct slice name)
{
	enum sip_hdr_id id = sip_hdr_find(name);

	if (id != SIP_HDR_OTHER)
		return sip_msg_hdr(m, id);
	for (const struct sip_hdr *at = m->hdr; at < m->hdr + m->n_hdrs; at++)
		if (at->id == SIP_HDR_OTHER && slice_eq_nocase(at->name, name))
			return at;
	return NULL;
}

/* Length of the first value: up to a comma outside quotes and brackets. What is
 * never closed reaches to the end, and its parser will refuse it. */
static size_t
value_length(struct slice s)
{
	bool in_brackets = false;

	for (size_t i = 0; i < s.n; i++) {
		switch (s.p[i]) {
		case '"': {
			struct slice rest = slice_from(s, i), inside;

			if (in_brackets)
				break;
			if (!sip_take_quoted(&rest, &inside))
				return s.n;
			i = (size_t)(rest.p - s.p) - 1;
			break;
		}
		case '<': in_brackets = true; break;
		case '>': in_brackets = false; break;
		case ',':
			if (!in_brackets)
				return i;
			break;
		default: break;
		}
	}
	return s.n;
}

struct slice
sip_value_take(struct slice *rest)
{
	struct slice value = slice_make(rest->p, value_length(*rest));

	*rest = slice_from(*rest, value.n + 1);
	return sip_trim(value);
}

bool
sip_msg_next_value(
    const struct sip_msg *m, enum sip_hdr_id id, struct sip_values *it, struct slice *value)
{
	const struct sip_hdr *h = it->hdr;
	struct slice rest = it->rest;

	if (!h) {
		h = sip_msg_hdr(m, id);
		rest = h ? h->value : rest;
	}
	while (h) {
		while (rest.n) {
			struct slice v = sip_value_take(&rest);

			it->hdr = h;
			it->rest = rest;
			if (v.n) {
				*value = v;
				return true;
			}
		}
		h = sip_msg_hdr_next(m, h);
		if (h) {
			it->hdr = h;
			it->rest = rest = h->value;
		}
	}
	return false;
}

bool
sip_msg_has_token(const struct sip_msg *m, enum sip_hdr_id id, struct slice token)
{
	struct sip_values it = {0};
	struct slice value;

	while (sip_msg_next_value(m, id, &it, &value))
		if (slice_eq_nocase(sip_trim(slice_take_until(&value, ';')), token))
			return true;
	return false;
}

uint32_t
sip_leading_number(struct slice value)
{
	struct slice v = sip_trim(value);
	uint32_t out = 0;
	size_t n = 0;

	while (n < v.n && v.p[n] >= '0' && v.p[n] <= '9')
		n++;
	if (n && slice_to_u32(slice_make(v.p, n), UINT32_MAX, &out) != ERR_OK)
		return UINT32_MAX;
	return out;
}
