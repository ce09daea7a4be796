/*
 * One message: start line, header lines, the checks that every message must pass.
 *
 * The first complaint is kept and parsing goes on, so that a bad request can
 * still be answered: its Via, From, To, Call-ID and CSeq are read whatever else
 * is wrong. Each byte of the header block is looked at once for line ends and
 * control characters (sip_find_control) and once more where a grammar applies.
 */
#include "sip/msg.h"
#include "sip/parse_int.h"

enum { CSEQ_MAX = 0x7fffffff, MAX_FORWARDS_MAX = 255, MAX_FORWARDS_DEFAULT = 70 };

struct parser {
	struct sip_msg *m;
	const char *at, *end;
	uint64_t repeated; /* bit for each known header seen more than once */
	enum err err;
	struct sip_parse_error why;
};

_Static_assert(SIP_HDR_N <= 64, "known headers fit in the bits of repeated");

static void
complain(struct parser *ps, enum err e, uint16_t status, const char *why)
{
	if (ps->err != ERR_OK)
		return;
	ps->err = e;
	ps->why = (struct sip_parse_error){why, status};
}

/* Takes a line without its CR LF; with folds also the lines that continue it. False
 * when the text ends before the line does. Stray control characters are
 * complained about and belong to the line. */
static bool
take_line(struct parser *ps, bool folds, struct slice *line)
{
	const char *start = ps->at, *p = start;

	for (;; p++) {
		p = sip_find_control(p, ps->end);
		if (p == ps->end || (*p == '\r' && p + 1 == ps->end))
			return false;
		if (*p != '\r' || p[1] != '\n') {
			complain(ps, ERR_MALFORMED, 400, "Control character in the header block");
			continue;
		}
		/* The empty line is not continued: a body may begin with a space. */
		if (folds && p > start && ps->end - p > 2 && (p[2] == ' ' || p[2] == '\t')) {
			p += 2;
			continue;
		}
		*line = slice_make(start, (size_t)(p - start));
		ps->at = p + 2;
		return true;
	}
}

/* ---- start line: false when this is not SIP at all ---- */

static bool
is_token(struct slice s)
{
	return s.n > 0 && sip_take_chars(&s, SIP_CC_TOKEN).n > 0 && s.n == 0;
}

static void
request_uri(struct parser *ps)
{
	struct sip_msg *m = ps->m;

	switch (sip_uri_parse(&m->uri, m->uri_text)) {
	case ERR_OK: break;
	case ERR_TOO_BIG: complain(ps, ERR_TOO_BIG, 414, "Request-URI too long"); return;
	default: complain(ps, ERR_MALFORMED, 400, "Malformed Request-URI"); return;
	}
	if (m->uri.host.n == 0 && m->uri.user.n == 0)
		complain(ps, ERR_MALFORMED, 416, "Unsupported URI scheme");
	else if (m->uri.headers.n) /* RFC 3261, 19.1.1, table 1 */
		complain(ps, ERR_MALFORMED, 400, "Headers in the Request-URI");
}

static bool
request_line(struct parser *ps, struct slice line)
{
	struct sip_msg *m = ps->m;
	size_t method_n = slice_find(line, ' '), n = line.n;
	struct slice version;
	const char *last;

	while (n && line.p[n - 1] == ' ')
		n--;
	last = n ? memrchr(line.p, ' ', n) : NULL;
	if (!last)
		return false;
	version = slice_make(last + 1, (size_t)(line.p + n - last) - 1);
	if (!slice_starts_nocase(version, SLICE("SIP/")))
		return false;
	m->is_request = true;
	m->method_text = slice_make(line.p, method_n);
	m->method = sip_method_find(m->method_text);
	if (last > line.p + method_n)
		m->uri_text =
		    slice_make(line.p + method_n + 1, (size_t)(last - line.p) - method_n - 1);
	if (!slice_eq_nocase(version, SLICE("SIP/2.0")))
		complain(ps, ERR_MALFORMED, 505, "SIP version other than 2.0");
	if (!is_token(m->method_text))
		complain(ps, ERR_MALFORMED, 400, "Malformed method");
	if (n != line.n)
		complain(ps, ERR_MALFORMED, 400, "Space behind the SIP version");
	request_uri(ps);
	return true;
}

static bool
status_line(struct parser *ps, struct slice line)
{
	struct sip_msg *m = ps->m;
	struct slice version = slice_take_until(&line, ' ');
	struct slice digits = slice_take_until(&line, ' ');
	uint32_t status = 0;

	if (!slice_eq_nocase(version, SLICE("SIP/2.0")))
		complain(ps, ERR_MALFORMED, 0, "SIP version other than 2.0");
	if (digits.n != 3 || slice_to_u32(digits, 699, &status) != ERR_OK || status < 100)
		complain(ps, ERR_MALFORMED, 0, "Malformed status code");
	m->status = (uint16_t)status;
	m->reason = line;
	return true;
}

static bool
start_line(struct parser *ps)
{
	struct slice line;

	while (ps->end - ps->at >= 2 && ps->at[0] == '\r' && ps->at[1] == '\n')
		ps->at += 2;
	ps->m->raw = slice_make(ps->at, (size_t)(ps->end - ps->at));
	if (!take_line(ps, false, &line))
		return false;
	return slice_starts_nocase(line, SLICE("SIP/")) ? status_line(ps, line)
							: request_line(ps, line);
}

/* ---- header lines ---- */

static void
header(struct parser *ps, struct slice line)
{
	struct sip_msg *m = ps->m;
	struct slice name = sip_take_chars(&line, SIP_CC_TOKEN);
	struct sip_hdr *h;

	while (line.n && (line.p[0] == ' ' || line.p[0] == '\t'))
		line = slice_from(line, 1);
	if (name.n == 0 || !slice_take_char(&line, ':')) {
		complain(ps, ERR_MALFORMED, 400, "Malformed header line");
		return;
	}
	if (m->n_hdrs == SIP_HDRS_MAX) {
		complain(ps, ERR_TOO_BIG, 513, "Too many header lines");
		return;
	}
	h = &m->hdr[m->n_hdrs++];
	h->id = sip_hdr_find(name);
	h->name = name;
	h->value = sip_trim(line);
	if (h->id == SIP_HDR_OTHER)
		return;
	if (m->first[h->id])
		ps->repeated |= 1ull << h->id;
	else
		m->first[h->id] = (uint8_t)m->n_hdrs;
}

/* Up to the empty line, which is eaten. False when there is none within the limit. */
static bool
header_block(struct parser *ps)
{
	const char *end = ps->end;
	bool cut = ps->m->raw.n > SIP_HDR_BLOCK_MAX_BYTES;
	struct slice line;

	if (cut)
		ps->end = ps->m->raw.p + SIP_HDR_BLOCK_MAX_BYTES;
	while (take_line(ps, true, &line)) {
		if (line.n == 0) {
			ps->end = end;
			return true;
		}
		header(ps, line);
	}
	ps->end = end;
	if (cut)
		complain(ps, ERR_TOO_BIG, 513, "Header block too large");
	else
		complain(ps, ERR_MALFORMED, 400, "No empty line behind the headers");
	return false;
}

/* ---- checks ---- */

/* The value of a header that must be there exactly once; empty after a complaint. */
static struct slice
only_value(struct parser *ps, enum sip_hdr_id id, const char *missing, const char *twice)
{
	const struct sip_hdr *h = sip_msg_hdr(ps->m, id);

	if (!h) {
		if (missing)
			complain(ps, ERR_MALFORMED, 400, missing);
		return (struct slice){0};
	}
	if (ps->repeated >> id & 1)
		complain(ps, ERR_MALFORMED, 400, twice);
	return h->value;
}

/* With bad parameters (RFC 4475, 3.1.2.1) the sent-by still tells that somebody
 * waits for an answer. */
static void
check_via(struct parser *ps)
{
	const struct sip_hdr *h = sip_msg_hdr(ps->m, SIP_HDR_VIA);
	struct slice rest, value;

	if (!h) {
		complain(ps, ERR_MALFORMED, 400, "Missing Via header");
		return;
	}
	rest = h->value;
	value = sip_value_take(&rest);
	if (sip_via_parse(&ps->m->via, value) == ERR_OK)
		return;
	complain(ps, ERR_MALFORMED, 400, "Malformed Via header");
	if (sip_via_parse(&ps->m->via, slice_take_until(&value, ';')) != ERR_OK)
		ps->m->via.host.n = 0;
}

static void
check_addresses(struct parser *ps)
{
	struct slice from =
	    only_value(ps, SIP_HDR_FROM, "Missing From header", "More than one From header");
	struct slice to =
	    only_value(ps, SIP_HDR_TO, "Missing To header", "More than one To header");

	if (sip_name_addr_parse(&ps->m->from, from) != ERR_OK)
		complain(ps, ERR_MALFORMED, 400, "Malformed From header");
	if (sip_name_addr_parse(&ps->m->to, to) != ERR_OK)
		complain(ps, ERR_MALFORMED, 400, "Malformed To header");
}

static void
check_call_id(struct parser *ps)
{
	struct slice id = only_value(
	    ps, SIP_HDR_CALL_ID, "Missing Call-ID header", "More than one Call-ID header");

	if (id.n > SIP_CALL_ID_MAX_BYTES) {
		complain(ps, ERR_TOO_BIG, 400, "Call-ID too long");
		return;
	}
	if (id.n == 0 || slice_find(id, ' ') < id.n || slice_find(id, '\t') < id.n) {
		complain(ps, ERR_MALFORMED, 400, "Malformed Call-ID header");
		return;
	}
	ps->m->call_id = id;
}

static void
check_cseq(struct parser *ps)
{
	struct sip_msg *m = ps->m;
	struct slice method =
	    only_value(ps, SIP_HDR_CSEQ, "Missing CSeq header", "More than one CSeq header");
	struct slice number = {method.p, 0};
	uint32_t cseq;

	while (number.n < method.n && !sip_char_is(method.p[number.n], SIP_CC_SPACE))
		number.n++;
	method = sip_trim(slice_from(method, number.n));
	if (slice_to_u32(number, CSEQ_MAX, &cseq) != ERR_OK || !is_token(method)) {
		complain(ps, ERR_MALFORMED, 400, "Malformed CSeq header");
		return;
	}
	m->cseq = cseq;
	if (!m->is_request)
		m->method = sip_method_find(method);
	else if (!slice_eq(method, m->method_text))
		complain(ps, ERR_MALFORMED, 400, "CSeq method is not the method of the request");
}

static void
check_max_forwards(struct parser *ps)
{
	struct slice value =
	    only_value(ps, SIP_HDR_MAX_FORWARDS, NULL, "More than one Max-Forwards header");

	if (sip_msg_hdr(ps->m, SIP_HDR_MAX_FORWARDS) &&
	    slice_to_u32(value, MAX_FORWARDS_MAX, &ps->m->max_forwards) != ERR_OK)
		complain(ps, ERR_MALFORMED, 400, "Malformed Max-Forwards header");
}

/* Content-Length rules over what came (RFC 3261, 18.3). */
static void
take_body(struct parser *ps)
{
	struct sip_msg *m = ps->m;
	uint32_t left = (uint32_t)(ps->end - ps->at), length = left;
	struct slice value =
	    only_value(ps, SIP_HDR_CONTENT_LENGTH, NULL, "More than one Content-Length header");

	if (sip_msg_hdr(m, SIP_HDR_CONTENT_LENGTH)) {
		if (slice_to_u32(value, UINT32_MAX, &length) != ERR_OK)
			complain(ps, ERR_MALFORMED, 400, "Malformed Content-Length header");
		else if (length > left)
			complain(ps, ERR_MALFORMED, 400, "Body shorter than Content-Length");
	}
	if (length > left)
		length = left;
	m->body = slice_make(ps->at, length);
	m->raw.n = (size_t)(ps->at - m->raw.p) + length;
}

enum err
sip_msg_parse(struct sip_msg *m, struct slice bytes, struct sip_parse_error *why)
{
	struct parser ps = {.m = m, .at = bytes.p, .end = bytes.p + bytes.n};

	memset(m, 0, offsetof(struct sip_msg, hdr));
	m->max_forwards = MAX_FORWARDS_DEFAULT;
	if (bytes.n > SIP_MSG_MAX_BYTES) {
		complain(&ps, ERR_TOO_BIG, 513, "Message too large");
		ps.end = bytes.p + SIP_MSG_MAX_BYTES;
	}
	if (!start_line(&ps)) {
		ps.err = ERR_MALFORMED;
		ps.why = (struct sip_parse_error){"Not a SIP message", 0};
	} else {
		bool complete = header_block(&ps);

		check_via(&ps);
		check_addresses(&ps);
		check_call_id(&ps);
		check_cseq(&ps);
		if (m->is_request)
			check_max_forwards(&ps);
		if (complete)
			take_body(&ps);
	}
	if (ps.err == ERR_OK)
		return ERR_OK;
	/* Nobody answers a response or an ACK, nor whoever cannot be answered. */
	if (!m->is_request || m->method == SIP_ACK || m->via.host.n == 0)
		ps.why.status = 0;
	if (why)
		*why = ps.why;
	return ps.err;
}
