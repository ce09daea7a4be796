/* From, To, Contact, Route …: `"Name" <uri>;params`, `Name <uri>` and `uri;params`
 * (RFC 3261, 20 and 25.1). */
#include "sip/msg.h"
#include "sip/parse_int.h"

/* Eats what stands before '<'. Phones put more than tokens here (UTF-8,
 * brackets), so only what makes the header ambiguous is refused. */
static bool
take_unquoted_display(struct slice *s, struct slice *display)
{
	size_t n = 0;

	while (n < s->n && s->p[n] != '<') {
		if (s->p[n] == ',' || s->p[n] == '"' || s->p[n] == '>')
			return false;
		n++;
	}
	*display = sip_trim(slice_make(s->p, n));
	*s = slice_from(*s, n);
	return true;
}

/* An addr-spec without brackets may hold no ';', '?' and ',' (RFC 3261, 20): what
 * follows a ';' belongs to the header. */
static bool
take_bare_uri(struct slice *s, struct slice *uri)
{
	struct slice head = slice_make(s->p, slice_find(*s, ';'));

	*s = slice_from(*s, head.n);
	head = sip_trim(head);
	if (slice_find(head, '?') < head.n || slice_find(head, ',') < head.n)
		return false;
	*uri = head;
	return true;
}

static bool
take_bracketed_uri(struct slice *s, struct slice *uri)
{
	size_t close = slice_find(*s, '>');

	if (close == s->n || !slice_take_char(s, '<'))
		return false;
	*uri = slice_make(s->p, close - 1);
	*s = slice_from(*s, close);
	return true;
}

/* With '<' before any ';' it is a name-addr; in a bare URI '<' can only be part
 * of a quoted parameter. */
static bool
has_brackets(struct slice s)
{
	size_t bracket = slice_find(s, '<');

	return bracket < s.n && bracket < slice_find(s, ';');
}

/* rest begins with its ';', if there is anything: two at once are bad. */
static bool
parse_params(struct sip_name_addr *a, struct slice rest)
{
	enum sip_param_step step;
	struct sip_param p;

	while ((step = sip_param_take(&rest, &p)) == SIP_PARAM_FOUND)
		if (a->tag.n == 0 && slice_eq_nocase(p.name, SLICE("tag")))
			a->tag = p.value;
	return step == SIP_PARAM_END;
}

enum err
sip_name_addr_parse(struct sip_name_addr *out, struct slice s)
{
	struct sip_name_addr a = {0};
	enum err e;

	s = sip_trim(s);
	if (s.n && s.p[0] == '"') {
		if (!sip_take_quoted(&s, &a.display))
			return ERR_MALFORMED;
		sip_skip_space(&s);
		if (!take_bracketed_uri(&s, &a.uri_text))
			return ERR_MALFORMED;
	} else if (has_brackets(s)) {
		if (!take_unquoted_display(&s, &a.display) || !take_bracketed_uri(&s, &a.uri_text))
			return ERR_MALFORMED;
	} else if (!take_bare_uri(&s, &a.uri_text)) {
		return ERR_MALFORMED;
	}
	e = sip_uri_parse(&a.uri, a.uri_text);
	if (e != ERR_OK)
		return e;
	sip_skip_space(&s);
	if (s.n && s.p[0] != ';')
		return ERR_MALFORMED;
	if (!parse_params(&a, s))
		return ERR_MALFORMED;
	a.params = slice_from(s, 1);
	if (a.tag.n > SIP_TAG_MAX_BYTES)
		return ERR_TOO_BIG;
	*out = a;
	return ERR_OK;
}

void
sip_display_text(struct slice display, char *dst, size_t cap)
{
	size_t n = 0;

	if (cap == 0)
		return;
	for (size_t i = 0; i < display.n; i++) {
		if (display.p[i] == '\\' && i + 1 < display.n)
			i++;
		if ((unsigned char)display.p[i] < 0x20 && display.p[i] != '\t')
			continue; /* folds, and what no display can show */
		if (n + 1 >= cap) {
			/* Full: never end inside a UTF-8 character. */
			while (n && ((unsigned char)display.p[i] & 0xC0) == 0x80)
				i--, n--;
			break;
		}
		dst[n++] = display.p[i];
	}
	dst[n] = '\0';
}
