/* Via: `SIP/2.0/UDP host:port;params`, white space nearly anywhere (RFC 4475, 3.1.1.1). */
#include "sip/msg.h"
#include "sip/parse_int.h"

/* Eats a token and the '/' behind it. The version is not looked at: a message of
 * another version is refused by its start line, and has a Via to answer to. */
static bool
take_protocol_part(struct slice *s)
{
	if (sip_take_chars(s, SIP_CC_TOKEN).n == 0)
		return false;
	sip_skip_space(s);
	if (!slice_take_char(s, '/'))
		return false;
	sip_skip_space(s);
	return true;
}

static bool
take_sent_by(struct slice *s, struct sip_via *v)
{
	if (!sip_take_host(s, &v->host))
		return false;
	sip_skip_space(s);
	if (slice_take_char(s, ':')) {
		sip_skip_space(s);
		if (!sip_take_port(s, &v->port))
			return false;
		sip_skip_space(s);
	}
	return true;
}

/* rest begins with its ';', if there is anything: two at once are bad. */
static bool
parse_params(struct sip_via *v, struct slice rest)
{
	enum sip_param_step step;
	struct sip_param p;

	while ((step = sip_param_take(&rest, &p)) == SIP_PARAM_FOUND) {
		if (v->branch.n == 0 && slice_eq_nocase(p.name, SLICE("branch")))
			v->branch = p.value;
		else if (slice_eq_nocase(p.name, SLICE("rport")))
			v->has_rport = true;
	}
	return step == SIP_PARAM_END;
}

enum err
sip_via_parse(struct sip_via *out, struct slice s)
{
	struct sip_via v = {0};

	sip_skip_space(&s);
	for (int part = 0; part < 2; part++) /* SIP / 2.0 / */
		if (!take_protocol_part(&s))
			return ERR_MALFORMED;
	v.transport = sip_take_chars(&s, SIP_CC_TOKEN);
	if (v.transport.n == 0 || s.n == 0 || !sip_char_is(s.p[0], SIP_CC_SPACE))
		return ERR_MALFORMED;
	sip_skip_space(&s);
	if (!take_sent_by(&s, &v))
		return ERR_MALFORMED;
	if (s.n && s.p[0] != ';')
		return ERR_MALFORMED;
	if (!parse_params(&v, s))
		return ERR_MALFORMED;
	v.params = slice_from(s, 1);
	if (v.branch.n > SIP_BRANCH_MAX_BYTES)
		return ERR_TOO_BIG;
	*out = v;
	return ERR_OK;
}
