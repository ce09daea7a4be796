/*
 * SIP messages: every view lies inside the input; a good message written header by
 * header is read again as the same message; whatever asks for an answer gets a
 * response that can be read.
 */
#include "fuzz.h"

#include "sip/digest.h"
#include "sip/write.h"

/* Room for compact names written in full. */
enum { ROUND_TRIP_MAX_BYTES = 12000 };

static void
inside(struct slice all, struct slice part)
{
	PROMISE(part.n == 0 || (part.p >= all.p && part.p + part.n <= all.p + all.n));
}

static void
uri_inside(struct slice all, const struct sip_uri *u)
{
	inside(all, u->scheme);
	inside(all, u->user);
	inside(all, u->password);
	inside(all, u->host);
	inside(all, u->params);
	inside(all, u->headers);
}

static void
name_addr_inside(struct slice all, const struct sip_name_addr *a)
{
	inside(all, a->display);
	inside(all, a->uri_text);
	inside(all, a->params);
	inside(all, a->tag);
	uri_inside(all, &a->uri);
}

static void
via_inside(struct slice all, const struct sip_via *v)
{
	inside(all, v->transport);
	inside(all, v->host);
	inside(all, v->branch);
	inside(all, v->params);
}

static void
views_lie_inside(const struct sip_msg *m, struct slice all)
{
	inside(all, m->raw);
	inside(m->raw, m->method_text);
	inside(m->raw, m->uri_text);
	inside(m->raw, m->reason);
	inside(m->raw, m->body);
	inside(m->raw, m->call_id);
	uri_inside(m->raw, &m->uri);
	via_inside(m->raw, &m->via);
	name_addr_inside(m->raw, &m->from);
	name_addr_inside(m->raw, &m->to);
	PROMISE(m->n_hdrs <= SIP_HDRS_MAX);
	for (size_t i = 0; i < m->n_hdrs; i++) {
		inside(m->raw, m->hdr[i].name);
		inside(m->raw, m->hdr[i].value);
	}
}

/* Every value of every known header through every parser of values. */
static void
values_lie_inside(const struct sip_msg *m)
{
	for (int id = 1; id < SIP_HDR_N; id++) {
		struct sip_values it = {0};
		struct slice value, found;
		size_t n = 0;

		while (sip_msg_next_value(m, (enum sip_hdr_id)id, &it, &value)) {
			struct sip_name_addr a;
			struct sip_via v;
			struct sip_digest d;

			inside(m->raw, value);
			PROMISE(value.n > 0 && ++n <= m->raw.n);
			if (sip_name_addr_parse(&a, value) == ERR_OK)
				name_addr_inside(value, &a);
			if (sip_via_parse(&v, value) == ERR_OK)
				via_inside(value, &v);
			if (sip_digest_parse(&d, value) == ERR_OK)
				inside(value, d.nonce);
			if (sip_param_find(value, SLICE("lr"), &found))
				inside(value, found);
		}
		(void)sip_msg_has_token(m, (enum sip_hdr_id)id, SLICE("100rel"));
	}
}

static bool
same_but_folds(struct slice a, struct slice b)
{
	for (;;) {
		while (a.n && (a.p[0] == '\r' || a.p[0] == '\n'))
			a = slice_from(a, 1);
		while (b.n && (b.p[0] == '\r' || b.p[0] == '\n'))
			b = slice_from(b, 1);
		if (a.n == 0 || b.n == 0)
			return a.n == b.n;
		if (a.p[0] != b.p[0])
			return false;
		a = slice_from(a, 1);
		b = slice_from(b, 1);
	}
}

static void
write_again(struct buf *b, const struct sip_msg *m)
{
	if (m->is_request)
		sip_write_request_line(b, m->method_text, m->uri_text);
	else
		sip_write_status_line(b, m->status, m->reason);
	for (size_t i = 0; i < m->n_hdrs; i++) {
		const struct sip_hdr *h = &m->hdr[i];

		if (h->id != SIP_HDR_OTHER) {
			sip_write_hdr(b, h->id, h->value);
			continue;
		}
		buf_put(b, h->name);
		buf_lit(b, ": ");
		buf_put(b, h->value);
		buf_lit(b, "\r\n");
	}
	buf_lit(b, "\r\n");
	buf_put(b, m->body);
}

static void
written_and_read_is_the_same(const struct sip_msg *m)
{
	static struct sip_msg again;
	static char mem[SIP_MSG_MAX_BYTES];
	struct buf b;

	buf_init(&b, mem, sizeof mem);
	write_again(&b, m);
	PROMISE(buf_ok(&b));
	PROMISE(sip_msg_parse(&again, buf_slice(&b), NULL) == ERR_OK);
	PROMISE(again.raw.n == b.n);
	PROMISE(again.is_request == m->is_request && again.status == m->status);
	PROMISE(again.method == m->method && slice_eq(again.method_text, m->method_text));
	PROMISE(slice_eq(again.uri_text, m->uri_text));
	PROMISE(slice_eq(again.body, m->body));
	PROMISE(again.cseq == m->cseq && again.max_forwards == m->max_forwards);
	PROMISE(slice_eq(again.call_id, m->call_id));
	PROMISE(same_but_folds(again.from.tag, m->from.tag));
	PROMISE(same_but_folds(again.to.tag, m->to.tag));
	PROMISE(same_but_folds(again.via.branch, m->via.branch));
	PROMISE(again.n_hdrs == m->n_hdrs);
	for (size_t i = 0; i < m->n_hdrs; i++) {
		PROMISE(again.hdr[i].id == m->hdr[i].id);
		PROMISE(same_but_folds(again.hdr[i].value, m->hdr[i].value));
	}
}

/* Display names as text survive writing and reading. */
static void
display_is_kept(const struct sip_name_addr *a)
{
	char text[256], again_text[256], mem[2048];
	struct sip_name_addr again;
	struct buf b;

	sip_display_text(a->display, text, sizeof text);
	buf_init(&b, mem, sizeof mem);
	sip_write_name_addr(&b, slice_cstr(text), a->uri_text, SLICE("t"));
	PROMISE(sip_name_addr_parse(&again, buf_slice(&b)) == ERR_OK);
	sip_display_text(again.display, again_text, sizeof again_text);
	PROMISE(slice_eq(slice_cstr(text), slice_cstr(again_text)));
	PROMISE(slice_eq(again.tag, SLICE("t")));
}

/* What a transaction keeps of a request makes the head that the request itself makes. */
static void
echo_is_the_same(const struct sip_msg *m, const struct sip_flow *flow)
{
	static const uint16_t statuses[] = {100, 180, 200, 486};
	static char text[SIP_MSG_MAX_BYTES], once[SIP_MSG_MAX_BYTES], again[SIP_MSG_MAX_BYTES];
	struct sip_response_echo echo;
	struct buf a, b;

	buf_init(&b, text, sizeof text);
	sip_response_echo_write(&b, m, flow, &echo);
	if (!buf_ok(&b) || b.n > UINT16_MAX)
		return;
	for (size_t i = 0; i < sizeof statuses / sizeof statuses[0]; i++) {
		buf_init(&a, once, sizeof once);
		sip_write_response_head(&a, m, flow, statuses[i], SLICE(""), SLICE("our"));
		buf_init(&b, again, sizeof again);
		sip_write_response_echo(&b, &echo, text, statuses[i], SLICE(""), SLICE("our"));
		PROMISE(slice_eq(buf_slice(&a), buf_slice(&b)));
	}
}

static void
response_can_be_read(const struct sip_msg *m, bool good)
{
	static struct sip_msg answer;
	static char mem[SIP_MSG_MAX_BYTES];
	struct sip_flow flow = {
	    .transport = SIP_UDP, .remote = {.family = 4, .port = 5062, .ip = {192, 0, 2, 1}}};
	struct buf b;

	buf_init(&b, mem, sizeof mem);
	sip_write_response_head(&b, m, &flow, 200, SLICE(""), SLICE("our"));
	sip_write_body(&b, SLICE(""), SLICE(""));
	PROMISE(buf_ok(&b));
	if (!good)
		return;
	echo_is_the_same(m, &flow);
	PROMISE(sip_msg_parse(&answer, buf_slice(&b), NULL) == ERR_OK);
	PROMISE(answer.status == 200 && answer.cseq == m->cseq && answer.method == m->method);
	PROMISE(answer.to.tag.n > 0);
	PROMISE(same_but_folds(answer.via.branch, m->via.branch));
	PROMISE(answer.via.has_rport == m->via.has_rport);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct sip_msg m;
	struct slice all = slice_make(data, size);
	struct sip_parse_error why = {"", 0};
	enum err e = sip_msg_parse(&m, all, &why);

	PROMISE(e == ERR_OK || e == ERR_MALFORMED || e == ERR_TOO_BIG);
	PROMISE((e == ERR_OK) == (why.why[0] == '\0'));
	PROMISE(why.status == 0 || (m.is_request && m.via.host.n && m.method != SIP_ACK));
	views_lie_inside(&m, all);
	values_lie_inside(&m);
	if (m.raw.n > ROUND_TRIP_MAX_BYTES)
		return 0;
	if (e == ERR_OK) {
		written_and_read_is_the_same(&m);
		display_is_kept(&m.from);
		display_is_kept(&m.to);
	}
	if (m.is_request && (e == ERR_OK || why.status))
		response_can_be_read(&m, e == ERR_OK);
	return 0;
}
