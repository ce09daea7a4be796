/* Reading and writing who somebody is (RFC 3323, 3325; Remote-Party-ID for old providers). */
#include "call/identity.h"

#define ANONYMOUS_FROM "\"Anonymous\" <sip:anonymous@anonymous.invalid>"

/* ---- hidden ---- */

/* RFC 3323, 4.2: values are separated by ';'; some senders use ','. */
static bool
next_privacy(struct slice *rest, struct slice *one)
{
	while (rest->n) {
		size_t semicolon = slice_find(*rest, ';'), comma = slice_find(*rest, ',');

		*one = slice_trim(slice_take_until(rest, semicolon < comma ? ';' : ','));
		if (one->n)
			return true;
	}
	return false;
}

/* 1: asks to be hidden; 0: asks not to be (none); -1: says nothing. */
static int
privacy_asked(const struct sip_msg *m)
{
	static const struct slice hides[] = {
	    SLICE("id"), SLICE("user"), SLICE("header"), SLICE("session")};
	int asked = -1;

	for (const struct sip_hdr *h = sip_msg_hdr(m, SIP_HDR_PRIVACY); h;
	     h = sip_msg_hdr_next(m, h)) {
		struct slice rest = h->value, one;

		while (next_privacy(&rest, &one)) {
			if (asked < 0 && slice_eq_nocase(one, SLICE("none")))
				asked = 0;
			for (size_t i = 0; i < sizeof hides / sizeof hides[0]; i++)
				if (slice_eq_nocase(one, hides[i]))
					asked = 1;
		}
	}
	return asked;
}

bool
identity_is_hidden(const struct sip_msg *m)
{
	int asked = privacy_asked(m);

	if (asked >= 0)
		return asked > 0;
	return m->is_request && (slice_eq_nocase(m->from.uri.host, SLICE("anonymous.invalid")) ||
				    slice_eq_nocase(m->from.uri.user, SLICE("anonymous")));
}

/* ---- reading ---- */

/* Digits of telephones and the letters of names some providers send instead. */
static bool
is_number_char(char c)
{
	return (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z') ||
	       (c && strchr("+*#-_.", c));
}

/* The number of a URI: its user part without parameters ("+49211;phone-context=x"). */
static bool
take_number(const struct sip_uri *uri, char out[IDENTITY_NUMBER_BYTES])
{
	struct slice user = uri->user;
	size_t n;

	user = slice_take_until(&user, ';');
	if (user.n == 0 || sip_unescape(user, out, IDENTITY_NUMBER_BYTES - 1, &n) != ERR_OK)
		return false;
	out[n] = '\0';
	for (size_t i = 0; i < n; i++)
		if (!is_number_char(out[i]))
			return false;
	return !slice_eq_nocase(slice_cstr(out), SLICE("anonymous"));
}

/* hidden is only set, never cleared. */
static bool
take_party(struct slice value, struct identity *out)
{
	struct sip_name_addr na;
	struct slice privacy;

	if (sip_name_addr_parse(&na, value) != ERR_OK || !take_number(&na.uri, out->number))
		return false;
	sip_display_text(na.display, out->name, sizeof out->name);
	/* Remote-Party-ID says it in the header itself */
	if (sip_param_find(na.params, SLICE("privacy"), &privacy) &&
	    !slice_eq_nocase(privacy, SLICE("off")))
		out->hidden = true;
	return true;
}

bool
identity_read_party(struct slice value, struct identity *out)
{
	*out = (struct identity){0};
	return take_party(value, out);
}

static bool
take_listed(const struct sip_msg *m, enum sip_hdr_id id, struct identity *out)
{
	struct sip_values it = {0};
	struct slice value;

	while (sip_msg_next_value(m, id, &it, &value)) /* a sip: and a tel: one may stand there */
		if (take_party(value, out))
			return true;
	return false;
}

static bool
take_remote_party(const struct sip_msg *m, struct identity *out)
{
	const struct sip_hdr *h = sip_msg_hdr_named(m, SLICE("Remote-Party-ID"));

	return h && take_party(h->value, out);
}

bool
identity_read_named(const struct sip_msg *m, struct identity *out)
{
	*out = (struct identity){.hidden = identity_is_hidden(m)};
	return take_listed(m, SIP_HDR_P_ASSERTED_IDENTITY, out) || take_remote_party(m, out);
}

bool
identity_read(const struct sip_msg *m, struct identity *out)
{
	bool found;

	*out = (struct identity){.hidden = identity_is_hidden(m)};
	found = take_listed(m, SIP_HDR_P_ASSERTED_IDENTITY, out) ||
		take_listed(m, SIP_HDR_P_PREFERRED_IDENTITY, out) || take_remote_party(m, out);
	if (!found && m->is_request && take_number(&m->from.uri, out->number)) {
		sip_display_text(m->from.display, out->name, sizeof out->name);
		found = true;
	}
	if (!found)
		out->number[0] = out->name[0] = '\0';
	return found;
}

/* ---- writing ---- */

struct slice
identity_shown(const struct routing_party *p)
{
	return p->name.n ? p->name : p->number;
}

void
identity_write_user(struct buf *b, struct slice number)
{
	for (size_t i = 0; i < number.n; i++)
		if (number.p[i] == '#') /* RFC 3261, 25.1: not in a user part */
			buf_lit(b, "%23");
		else
			buf_char(b, number.p[i]);
}

void
identity_write_uri(struct buf *b, struct slice number, const struct addr *host)
{
	buf_lit(b, "sip:");
	identity_write_user(b, number);
	buf_char(b, '@');
	addr_write_host(b, host);
}

void
identity_write_party(
    struct buf *b, const struct routing_party *p, bool hidden, const struct addr *host)
{
	char uri[LIVE_NUMBER_BYTES + ADDR_TEXT_MAX + 8];
	struct buf u;

	if (hidden || p->number.n == 0) {
		buf_lit(b, ANONYMOUS_FROM);
		return;
	}
	buf_init(&u, uri, sizeof uri);
	identity_write_uri(&u, p->number, host);
	b->overflow |= u.overflow;
	sip_write_name_addr(b, p->name, buf_slice(&u), SLICE(""));
}

void
identity_write_asserted(struct buf *b, const struct routing_party *p, bool hidden,
    enum identity_trust to, const struct addr *host)
{
	if (p->number.n && (!hidden || to == IDENTITY_LINE)) {
		buf_put(b, sip_hdr_name(SIP_HDR_P_ASSERTED_IDENTITY));
		buf_lit(b, ": ");
		identity_write_party(b, p, false, host);
		buf_lit(b, "\r\n");
	}
	if (hidden)
		sip_write_hdr(b, SIP_HDR_PRIVACY, SLICE("id"));
}
