/* What we can do, in one place: Allow, Supported, Accept, and the 420 for the rest. */
#include "call/call_int.h"

const struct slice call_allow =
    SLICE("INVITE, ACK, BYE, CANCEL, OPTIONS, INFO, MESSAGE, PRACK, UPDATE, REFER");

/* Options that a Require may name too. */
static const struct slice supported[] = {
    SLICE("100rel"), SLICE("timer"), SLICE("replaces"), SLICE("norefersub")};

enum { N_SUPPORTED = sizeof supported / sizeof supported[0] };

static bool
is_supported(struct slice option)
{
	for (size_t i = 0; i < N_SUPPORTED; i++)
		if (slice_eq_nocase(option, supported[i]))
			return true;
	return false;
}

bool
extensions_refuse_body(struct sip_server *tsx, const struct sip_msg *req)
{
	struct slice type = slice_trim(sip_msg_value(req, SIP_HDR_CONTENT_TYPE));

	type = slice_trim(slice_take_until(&type, ';'));
	if (req->body.n == 0 || slice_eq_nocase(type, SLICE("application/sdp")))
		return false;
	sip_server_reject(tsx, 415, SLICE("Accept: application/sdp\r\n"));
	return true;
}

void
extensions_write(struct buf *b, bool reliable)
{
	bool first = true;

	sip_write_hdr(b, SIP_HDR_ALLOW, call_allow);
	buf_lit(b, "Supported: ");
	for (size_t i = 0; i < N_SUPPORTED; i++) {
		if (!reliable && slice_eq(supported[i], SLICE("100rel")))
			continue;
		if (!first)
			buf_lit(b, ", ");
		first = false;
		buf_put(b, supported[i]);
	}
	buf_lit(b, "\r\n");
}

void
call_write_capabilities(struct buf *b)
{
	extensions_write(b, true);
	sip_write_hdr(b, SIP_HDR_ACCEPT, SLICE("application/sdp, text/plain"));
}

bool
call_write_unsupported(struct buf *b, const struct sip_msg *req)
{
	struct sip_values it = {0};
	struct slice option;
	bool any = false;

	while (sip_msg_next_value(req, SIP_HDR_REQUIRE, &it, &option))
		if (!is_supported(option)) {
			sip_write_hdr(b, SIP_HDR_UNSUPPORTED, option);
			any = true;
		}
	return any;
}

bool
extensions_refuse(struct sip_server *tsx, const struct sip_msg *req)
{
	char headers[512];
	struct buf b;

	buf_init(&b, headers, sizeof headers);
	if (!call_write_unsupported(&b, req))
		return false;
	sip_server_reject(tsx, 420, buf_ok(&b) ? buf_slice(&b) : SLICE(""));
	return true;
}
