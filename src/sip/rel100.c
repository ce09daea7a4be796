/* RSeq and RAck. */
#include "sip/rel100.h"

#include "sip/parse_int.h"

/* Eats a number; ERR_MALFORMED when there is none or it does not fit. */
static enum err
take_number(struct slice *s, uint32_t *out)
{
	size_t n = 0;

	while (n < s->n && s->p[n] >= '0' && s->p[n] <= '9')
		n++;
	if (slice_to_u32(slice_make(s->p, n), UINT32_MAX, out) != ERR_OK)
		return ERR_MALFORMED;
	*s = slice_from(*s, n);
	return ERR_OK;
}

/* Eats white space; false when there is none. */
static bool
take_space(struct slice *s)
{
	size_t before = s->n;

	sip_skip_space(s);
	return s->n < before;
}

enum err
sip_rseq_parse(struct slice value, uint32_t *rseq)
{
	struct slice s = sip_trim(value);
	uint32_t n;

	if (take_number(&s, &n) != ERR_OK || s.n || n == 0)
		return ERR_MALFORMED;
	*rseq = n;
	return ERR_OK;
}

enum err
sip_rack_parse(struct sip_rack *out, struct slice value)
{
	struct slice s = sip_trim(value), method;
	struct sip_rack r;

	if (take_number(&s, &r.rseq) != ERR_OK || !take_space(&s) ||
	    take_number(&s, &r.cseq) != ERR_OK || !take_space(&s) || r.rseq == 0)
		return ERR_MALFORMED;
	method = sip_take_chars(&s, SIP_CC_TOKEN);
	if (method.n == 0 || s.n)
		return ERR_MALFORMED;
	r.method = sip_method_find(method);
	*out = r;
	return ERR_OK;
}

bool
sip_is_reliable(const struct sip_msg *resp, uint32_t *rseq)
{
	return resp->status > 100 && resp->status < 200 &&
	       sip_msg_has_token(resp, SIP_HDR_REQUIRE, SLICE("100rel")) &&
	       sip_rseq_parse(sip_msg_value(resp, SIP_HDR_RSEQ), rseq) == ERR_OK;
}
