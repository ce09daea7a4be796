/* Diversion and History-Info. */
#include "call/diversion.h"

static const struct {
	struct slice word;
	uint32_t cause; /* RFC 4458, 2 */
} reasons[] = {
    [DIVERSION_UNKNOWN] = {SLICE("unknown"), 404},
    [DIVERSION_ALWAYS] = {SLICE("unconditional"), 302},
    [DIVERSION_BUSY] = {SLICE("user-busy"), 486},
    [DIVERSION_NO_ANSWER] = {SLICE("no-answer"), 408},
    [DIVERSION_UNAVAILABLE] = {SLICE("unavailable"), 503},
    [DIVERSION_DEFLECTION] = {SLICE("deflection"), 480},
};

enum { N_REASONS = sizeof reasons / sizeof reasons[0] };

static enum diversion_reason
reason_of_word(struct slice word)
{
	for (int i = 0; i < N_REASONS; i++)
		if (slice_eq_nocase(word, reasons[i].word))
			return (enum diversion_reason)i;
	return DIVERSION_UNKNOWN;
}

static enum diversion_reason
reason_of_cause(struct slice cause)
{
	uint32_t n;

	if (slice_to_u32(cause, 999, &n) == ERR_OK)
		for (int i = 0; i < N_REASONS; i++)
			if (n == reasons[i].cause)
				return (enum diversion_reason)i;
	return DIVERSION_UNKNOWN;
}

static size_t
read_diversion(const struct sip_msg *req, struct diversion out[DIVERSIONS_MAX])
{
	struct sip_values it = {0};
	struct slice value, word;
	size_t n = 0;

	while (n < DIVERSIONS_MAX && sip_msg_next_value(req, SIP_HDR_DIVERSION, &it, &value)) {
		struct sip_name_addr na;

		if (!identity_read_party(value, &out[n].by) ||
		    sip_name_addr_parse(&na, value) != ERR_OK)
			continue;
		out[n].reason = DIVERSION_UNKNOWN;
		if (sip_param_find(na.params, SLICE("reason"), &word))
			out[n].reason = reason_of_word(word);
		n++;
	}
	return n;
}

/* `Privacy=history` among the headers of a hi-targeted-to URI (RFC 7044, 10.1.2). */
static bool
asks_privacy(const struct sip_uri *uri)
{
	struct slice rest = uri->headers;

	while (rest.n) {
		struct slice one = slice_take_until(&rest, '&');

		if (slice_eq_nocase(slice_take_until(&one, '='), SLICE("Privacy")))
			return !slice_eq_nocase(one, SLICE("none"));
	}
	return false;
}

/* Entries stand in the order in which the call was sent on (RFC 7044, 9.2); each is where it
 * went, and its cause says why it went there: so the one before is who redirected. */
static size_t
read_history(const struct sip_msg *req, struct diversion out[DIVERSIONS_MAX])
{
	struct sip_values it = {0};
	struct identity before = {0};
	struct slice value, cause;
	size_t n = 0;

	while (sip_msg_next_value(req, SIP_HDR_HISTORY_INFO, &it, &value)) {
		struct sip_name_addr na;
		struct identity to;

		if (!identity_read_party(value, &to) || sip_name_addr_parse(&na, value) != ERR_OK)
			continue;
		to.hidden = asks_privacy(&na.uri);
		if (before.number[0] && sip_param_find(na.uri.params, SLICE("cause"), &cause)) {
			if (n == DIVERSIONS_MAX)
				n--; /* the oldest goes */
			memmove(out + 1, out, n * sizeof out[0]);
			out[0] = (struct diversion){before, reason_of_cause(cause)};
			n++;
		}
		before = to;
	}
	return n;
}

size_t
diversion_read(const struct sip_msg *req, struct diversion out[DIVERSIONS_MAX])
{
	size_t n = read_diversion(req, out);

	return n ? n : read_history(req, out);
}

/* ---- writing ---- */

static struct routing_party
party_of(const struct identity *i)
{
	return (struct routing_party){.number = slice_cstr(i->number), .name = slice_cstr(i->name)};
}

/* RFC 5806, 4.1: one header line each, the last redirection first. */
static void
write_diversion(
    struct buf *b, const struct diversion *d, enum identity_trust to, const struct addr *host)
{
	struct routing_party p = party_of(&d->by);

	buf_lit(b, "Diversion: ");
	identity_write_party(b, &p, d->by.hidden && to != IDENTITY_LINE, host);
	buf_lit(b, ";reason=");
	buf_put(b, reasons[d->reason].word);
	buf_lit(b, ";counter=1;privacy=");
	buf_put(b, d->by.hidden ? SLICE("full") : SLICE("off"));
	buf_lit(b, "\r\n");
}

/* RFC 7044, 9.3: from the first to the last, indexes 1, 1.1, 1.1.1 … */
static void
write_entry(struct buf *b, struct slice number, bool hidden, const struct diversion *why,
    size_t depth, const struct addr *host)
{
	buf_lit(b, "History-Info: <");
	identity_write_uri(b, hidden ? SLICE("anonymous") : number, host);
	if (why) {
		buf_lit(b, ";cause=");
		buf_u64(b, reasons[why->reason].cause);
	}
	if (hidden)
		buf_lit(b, "?Privacy=history");
	buf_lit(b, ">;index=1");
	for (size_t i = 0; i < depth; i++)
		buf_lit(b, ".1");
	if (depth) { /* mp: mapped from the entry before */
		buf_lit(b, ";mp=1");
		for (size_t i = 1; i < depth; i++)
			buf_lit(b, ".1");
	}
	buf_lit(b, "\r\n");
}

void
diversion_write(struct buf *b, const struct diversion *d, size_t n, struct slice called,
    enum identity_trust to, const struct addr *host)
{
	if (n == 0)
		return;
	for (size_t i = 0; i < n; i++)
		write_diversion(b, &d[i], to, host);
	for (size_t i = n; i-- > 0;)
		write_entry(b, slice_cstr(d[i].by.number), d[i].by.hidden && to != IDENTITY_LINE,
		    i + 1 < n ? &d[i + 1] : NULL, n - 1 - i, host);
	write_entry(b, called, false, &d[0], n, host);
}
