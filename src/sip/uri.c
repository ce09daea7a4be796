/* URIs: sip, sips (RFC 3261, 19.1) and tel (RFC 3966); other schemes by name only. */
#include "sip/msg.h"
#include "sip/parse_int.h"

/* Only characters a URI may have, and each '%' followed by two hex digits. */
static bool
characters_ok(struct slice s)
{
	for (size_t i = 0; i < s.n; i++) {
		if (!sip_char_is(s.p[i], SIP_CC_URI))
			return false;
		if (s.p[i] == '%' && (s.n - i < 3 || !sip_char_is(s.p[i + 1], SIP_CC_HEX) ||
					 !sip_char_is(s.p[i + 2], SIP_CC_HEX)))
			return false;
	}
	return true;
}

static bool
take_scheme(struct slice *s, struct slice *scheme)
{
	struct slice head = slice_make(s->p, slice_find(*s, ':'));

	if (head.n == 0 || head.n == s->n || head.p[0] < 'A')
		return false;
	for (size_t i = 0; i < head.n; i++) {
		char c = head.p[i];

		/* letters, digits, '-', '.' are host characters, but '_' is not allowed */
		if ((!sip_char_is(c, SIP_CC_HOST) && c != '+') || c == '_')
			return false;
	}
	*scheme = head;
	*s = slice_from(*s, head.n + 1);
	return true;
}

/* What follows "sip:". '@' must be escaped everywhere else, so the first one ends
 * the user part, which may hold ';', '?' and '/' (RFC 4475, 3.1.1.13). */
static bool
parse_sip(struct sip_uri *u, struct slice s)
{
	size_t at = slice_find(s, '@');

	if (at < s.n) {
		struct slice userinfo = slice_make(s.p, at);

		u->user = slice_take_until(&userinfo, ':');
		u->password = userinfo;
		if (u->user.n == 0)
			return false;
		s = slice_from(s, at + 1);
	}
	if (!sip_take_host(&s, &u->host))
		return false;
	if (slice_take_char(&s, ':') && !sip_take_port(&s, &u->port))
		return false;
	if (s.n && s.p[0] != ';' && s.p[0] != '?')
		return false;
	if (slice_find(s, '@') < s.n)
		return false;
	u->params = slice_take_until(&s, '?');
	u->headers = s;
	slice_take_char(&u->params, ';');
	return true;
}

static bool
parse_tel(struct sip_uri *u, struct slice s)
{
	const char *start = s.p;

	slice_take_char(&s, '+');
	if (sip_take_chars(&s, SIP_CC_TEL).n == 0)
		return false;
	u->user = slice_make(start, (size_t)(s.p - start));
	if (s.n && s.p[0] != ';')
		return false;
	slice_take_char(&s, ';');
	u->params = s;
	return true;
}

enum err
sip_uri_parse(struct sip_uri *out, struct slice s)
{
	struct sip_uri u = {0};
	bool ok;

	if (s.n > SIP_URI_MAX_BYTES)
		return ERR_TOO_BIG;
	if (!characters_ok(s) || !take_scheme(&s, &u.scheme))
		return ERR_MALFORMED;
	if (slice_eq_nocase(u.scheme, SLICE("sip")) || slice_eq_nocase(u.scheme, SLICE("sips")))
		ok = parse_sip(&u, s);
	else if (slice_eq_nocase(u.scheme, SLICE("tel")))
		ok = parse_tel(&u, s);
	else
		ok = s.n > 0;
	if (!ok)
		return ERR_MALFORMED;
	*out = u;
	return ERR_OK;
}

static unsigned
hex_digit(char c)
{
	return (unsigned)(c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10);
}

/* Eats one character, "%41" counting as 'A'. A '%' without digits stands for itself. */
static unsigned char
take_unescaped(struct slice *s)
{
	char c = s->p[0];
	size_t n = 1;

	if (c == '%' && s->n >= 3 && sip_char_is(s->p[1], SIP_CC_HEX) &&
	    sip_char_is(s->p[2], SIP_CC_HEX)) {
		c = (char)(hex_digit(s->p[1]) << 4 | hex_digit(s->p[2]));
		n = 3;
	}
	s->p += n;
	s->n -= n;
	return (unsigned char)c;
}

enum err
sip_unescape(struct slice s, char *out, size_t cap, size_t *n)
{
	struct slice look = s;
	size_t need = 0, at = 0;

	while (look.n) {
		if (look.p[0] == '%' && (look.n < 3 || !sip_char_is(look.p[1], SIP_CC_HEX) ||
					    !sip_char_is(look.p[2], SIP_CC_HEX)))
			return ERR_MALFORMED;
		take_unescaped(&look);
		need++;
	}
	if (need > cap)
		return ERR_TOO_BIG;
	while (s.n)
		out[at++] = (char)take_unescaped(&s);
	*n = need;
	return ERR_OK;
}

static unsigned char
to_lower(unsigned char c)
{
	return c >= 'A' && c <= 'Z' ? c | 0x20 : c;
}

static bool
eq_unescaped(struct slice a, struct slice b, bool nocase)
{
	while (a.n && b.n) {
		unsigned char x = take_unescaped(&a), y = take_unescaped(&b);

		if (x != y && !(nocase && to_lower(x) == to_lower(y)))
			return false;
	}
	return a.n == b.n;
}

static void
skip_separators(struct slice *s)
{
	while (s->n && memchr("-.()", s->p[0], 4))
		*s = slice_from(*s, 1);
}

/* Telephone numbers without their visual separators (RFC 3966, 4). */
static bool
eq_tel(struct slice a, struct slice b)
{
	for (;;) {
		skip_separators(&a);
		skip_separators(&b);
		if (a.n == 0 || b.n == 0)
			return a.n == b.n;
		if (to_lower((unsigned char)a.p[0]) != to_lower((unsigned char)b.p[0]))
			return false;
		a = slice_from(a, 1);
		b = slice_from(b, 1);
	}
}

/* Parameters that make a difference even when only one of the two has them. */
static bool
param_decides(struct slice name)
{
	static const struct slice deciding[] = {
	    SLICE("transport"), SLICE("user"), SLICE("ttl"), SLICE("method"), SLICE("maddr")};

	for (size_t i = 0; i < sizeof deciding / sizeof deciding[0]; i++)
		if (slice_eq_nocase(deciding[i], name))
			return true;
	return false;
}

/* Each parameter of a that b has too is the same there, and a has no deciding
 * one that b lacks. */
static bool
params_agree(struct slice a, struct slice b)
{
	struct sip_param p;
	struct slice other;

	if (slice_eq(a, b))
		return true;
	while (sip_param_take(&a, &p) == SIP_PARAM_FOUND) {
		if (sip_param_find(b, p.name, &other)) {
			if (!eq_unescaped(p.value, other, true))
				return false;
		} else if (param_decides(p.name)) {
			return false;
		}
	}
	return true;
}

struct slice
sip_uri_without_headers(const struct sip_uri *u, struct slice text)
{
	const char *headers;

	if (!u->params.p)
		return text;
	headers = u->params.p + u->params.n; /* what is behind the parameters */
	return slice_make(text.p, (size_t)(headers - text.p));
}

bool
sip_uri_eq(const struct sip_uri *a, const struct sip_uri *b)
{
	if (!slice_eq_nocase(a->scheme, b->scheme))
		return false;
	if (slice_eq_nocase(a->scheme, SLICE("tel")))
		return eq_tel(a->user, b->user) && params_agree(a->params, b->params) &&
		       params_agree(b->params, a->params);
	/* Of other schemes only the name was read: nothing says that they are the same. */
	if (a->host.n == 0)
		return false;
	return a->port == b->port && slice_eq_nocase(a->host, b->host) &&
	       eq_unescaped(a->user, b->user, false) &&
	       eq_unescaped(a->password, b->password, false) &&
	       params_agree(a->params, b->params) && params_agree(b->params, a->params) &&
	       eq_unescaped(a->headers, b->headers, true);
}
