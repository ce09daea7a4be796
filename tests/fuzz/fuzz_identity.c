/*
 * What messages of strangers say of people, and what passes of them: whatever is read can be
 * written for another leg, is read there again as the same, and never brings a header line of
 * its own. Credentials for whatever is challenged can be read.
 */
#include "fuzz.h"

#include "call/diversion.h"
#include "call/passing.h"
#include "sip/client_auth.h"
#include "sip/rel100.h"

static char text[1 << 16];
static struct sip_msg parsed;

/* A request of ours with these lines; all of them are of one of the known kinds. */
static const struct sip_msg *
with_lines(struct slice lines)
{
	struct buf b;

	buf_init(&b, text, sizeof text);
	buf_lit(&b, "INVITE sip:b@h SIP/2.0\r\nVia: SIP/2.0/UDP h;branch=z9hG4bKx\r\n"
		    "From: <sip:a@h>;tag=1\r\nTo: <sip:b@h>\r\nCall-ID: c\r\nCSeq: 1 INVITE\r\n");
	buf_put(&b, lines);
	buf_lit(&b, "\r\n");
	PROMISE(buf_ok(&b));
	PROMISE(sip_msg_parse(&parsed, buf_slice(&b), NULL) == ERR_OK);
	return &parsed;
}

static void
redirections_survive(const struct sip_msg *m, const struct addr *host)
{
	static char lines[1 << 14];
	struct diversion d[DIVERSIONS_MAX], again[DIVERSIONS_MAX];
	size_t n = diversion_read(m, d);
	const struct sip_msg *w;
	struct buf b;

	PROMISE(n <= DIVERSIONS_MAX);
	buf_init(&b, lines, sizeof lines);
	diversion_write(&b, d, n, SLICE("101"), IDENTITY_LINE, host);
	PROMISE(buf_ok(&b));
	w = with_lines(buf_slice(&b));
	PROMISE(w->n_hdrs == 5 + (n ? 2 * n + 1 : 0));
	PROMISE(diversion_read(w, again) == n);
	for (size_t i = 0; i < n; i++) {
		PROMISE(strcmp(d[i].by.number, again[i].by.number) == 0);
		PROMISE(d[i].reason == again[i].reason && d[i].by.hidden == again[i].by.hidden);
	}
}

static void
parties_survive(const struct sip_msg *m, const struct addr *host)
{
	static char lines[4096];
	struct identity who, again;
	struct routing_party p;
	const struct sip_msg *w;
	struct buf b;
	bool found = identity_read(m, &who);

	PROMISE(found || (!who.number[0] && !who.name[0]));
	p = (struct routing_party){.number = slice_cstr(who.number), .name = slice_cstr(who.name)};
	buf_init(&b, lines, sizeof lines);
	identity_write_asserted(&b, &p, who.hidden, IDENTITY_LINE, host);
	PROMISE(buf_ok(&b));
	w = with_lines(buf_slice(&b));
	PROMISE(w->n_hdrs == 5u + (p.number.n > 0) + who.hidden);
	PROMISE(identity_is_hidden(w) == who.hidden);
	if (found) {
		PROMISE(identity_read(w, &again));
		PROMISE(strcmp(who.number, again.number) == 0);
	}
	buf_init(&b, lines, sizeof lines);
	identity_write_asserted(&b, &p, true, IDENTITY_PHONE, host);
	PROMISE(with_lines(buf_slice(&b))->n_hdrs == 6); /* Privacy alone */
}

static void
nothing_else_passes(const struct sip_msg *m)
{
	static char lines[PASSING_MAX_BYTES];
	struct buf b;

	for (unsigned kind = PASS_INVITE; kind <= PASS_MESSAGE; kind *= 2) {
		const struct sip_msg *w;

		buf_init(&b, lines, sizeof lines);
		passing_copy(&b, m, (enum passing)kind);
		PROMISE(buf_ok(&b));
		w = with_lines(buf_slice(&b));
		for (size_t i = 5; i < w->n_hdrs; i++)
			PROMISE(sip_msg_hdr_named(m, w->hdr[i].name));
		PROMISE(!sip_msg_hdr(w, SIP_HDR_CONTACT) && !sip_msg_hdr(w, SIP_HDR_ROUTE));
	}
}

static void
challenges_are_answered(const struct sip_msg *m)
{
	static char lines[1 << 15];
	const struct sip_credentials c = {.username = SLICE("u"), .password = SLICE("p")};
	struct sip_client_auth a = {0};
	struct sip_auth_try t = {0};
	struct buf b;

	if (sip_client_auth_on_challenge(&a, &t, m, &c) != ERR_OK)
		return;
	PROMISE(a.n > 0);
	buf_init(&b, lines, sizeof lines);
	sip_client_auth_write(&a, &b, &c, SLICE("INVITE"), SLICE("sip:b@h"), SLICE("c"));
	PROMISE(buf_ok(&b));
	PROMISE(with_lines(buf_slice(&b))->n_hdrs == 5u + a.n);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct sip_msg m;
	struct addr host;
	uint32_t rseq;

	if (size > 16384 || sip_msg_parse(&m, slice_make(data, size), NULL) != ERR_OK)
		return 0;
	PROMISE(addr_parse(SLICE("192.0.2.7"), 5060, &host) == ERR_OK);
	parties_survive(&m, &host);
	redirections_survive(&m, &host);
	nothing_else_passes(&m);
	challenges_are_answered(&m);
	if (sip_is_reliable(&m, &rseq))
		PROMISE(rseq > 0);
	return 0;
}
