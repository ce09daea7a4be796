/* What SUBSCRIBE and PUBLISH have in common: how they are refused, Require, Expires. */
#include "presence/presence_int.h"

void
presence_refuse(struct presence *p, struct sip_server *tsx, uint16_t status, struct slice headers)
{
	p->counts.refused++;
	sip_server_reject(tsx, status, headers);
}

void
presence_refuse_with(struct presence *p, struct sip_server *tsx, uint16_t status,
    enum sip_hdr_id id, struct slice value)
{
	char text[HEADERS_SHORT];
	struct buf b;

	buf_init(&b, text, sizeof text);
	sip_write_hdr(&b, id, value);
	presence_refuse(p, tsx, status, buf_ok(&b) ? buf_slice(&b) : SLICE(""));
}

/* We have no extension that a request could require; eventlist (RFC 4662) is one too. */
bool
presence_refuse_extensions(struct presence *p, struct sip_server *tsx, const struct sip_msg *req)
{
	char text[HEADERS_SHORT];
	struct sip_values it = {0};
	struct slice token;
	struct buf b;

	buf_init(&b, text, sizeof text);
	while (sip_msg_next_value(req, SIP_HDR_REQUIRE, &it, &token))
		if (token.n)
			sip_write_hdr(&b, SIP_HDR_UNSUPPORTED, token);
	if (b.n == 0 && buf_ok(&b))
		return false;
	presence_refuse(p, tsx, 420, buf_ok(&b) ? buf_slice(&b) : SLICE(""));
	return true;
}

bool
presence_read_expires(
    struct presence *p, struct sip_server *tsx, const struct sip_msg *req, uint32_t *seconds)
{
	const struct sip_hdr *h = sip_msg_hdr(req, SIP_HDR_EXPIRES);
	uint32_t value = PRESENCE_EXPIRES_S;

	if (h)
		switch (slice_to_u32(slice_trim(h->value), UINT32_MAX, &value)) {
		case ERR_OK: break;
		case ERR_TOO_BIG: value = UINT32_MAX; break;
		default: value = PRESENCE_EXPIRES_S; /* RFC 3261, 20.19 */
		}
	if (value && value < PRESENCE_EXPIRES_MIN_S) {
		presence_refuse_with(p, tsx, 423, SIP_HDR_MIN_EXPIRES, SLICE("60"));
		return false;
	}
	*seconds = value > PRESENCE_EXPIRES_S ? PRESENCE_EXPIRES_S : value;
	return true;
}
