/* What we can do, in one place: Allow, Supported, Accept, and the 420 for the rest. */
#include "call/call_int.h"

/* NOTIFY is not among them: we subscribe to nothing. */
const struct slice call_allow[] = {
    [CALL_ALLOW_ANYWHERE] = SLICE(CALL_LINE_ALLOW ", REFER, REGISTER, SUBSCRIBE, PUBLISH"),
    [CALL_ALLOW_PHONE] = SLICE(CALL_LINE_ALLOW ", REFER, SUBSCRIBE"), /* RFC 3515, 2.4.4 */
    [CALL_ALLOW_LINE] = SLICE(CALL_LINE_ALLOW), /* providers do not move our users' calls … */
    [CALL_ALLOW_LINE_REFER] = SLICE(CALL_LINE_ALLOW ", REFER"), /* … unless they may (LIN-2) */
};

/* Options that a Require may name too. */
static const struct {
	struct slice name;
	bool moves; /* a call, which is not for providers to do */
} supported[] = {{SLICE("100rel"), false}, {SLICE("timer"), false}, {SLICE("replaces"), true},
    {SLICE("norefersub"), true}};

enum { N_SUPPORTED = sizeof supported / sizeof supported[0] };

static bool
is_supported(struct slice option)
{
	for (size_t i = 0; i < N_SUPPORTED; i++)
		if (slice_eq_nocase(option, supported[i].name))
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

enum call_allow
extensions_allow(const struct leg *l)
{
	if (!l->line)
		return CALL_ALLOW_PHONE;
	return refer_is_allowed(l) ? CALL_ALLOW_LINE_REFER : CALL_ALLOW_LINE;
}

static void
write_supported(struct buf *b, bool reliable, bool timer, bool moves)
{
	bool first = true;

	buf_lit(b, "Supported: ");
	for (size_t i = 0; i < N_SUPPORTED; i++) {
		if ((!reliable && slice_eq(supported[i].name, SLICE("100rel"))) ||
		    (!timer && slice_eq(supported[i].name, SLICE("timer"))) ||
		    (!moves && supported[i].moves))
			continue;
		if (!first)
			buf_lit(b, ", ");
		first = false;
		buf_put(b, supported[i].name);
	}
	buf_lit(b, "\r\n");
}

void
extensions_write(const struct leg *l, struct buf *b, bool reliable)
{
	sip_write_hdr(b, SIP_HDR_ALLOW, call_allow[extensions_allow(l)]);
	/* what is not to be heard before the answer is not to be agreed before it, either */
	write_supported(b, reliable && !ring_is_local(l), !session_is_off(l), !l->line);
}

void
call_write_capabilities(struct buf *b)
{
	sip_write_hdr(b, SIP_HDR_ALLOW, call_allow[CALL_ALLOW_ANYWHERE]);
	write_supported(b, true, true, true);
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
