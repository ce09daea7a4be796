/* The 200 of a REGISTER: all bindings of the phone (RFC 3261, 10.3, step 8), and what the
 * extensions add. */
#include <stdio.h>
#include <time.h>

#include "registrar/register_int.h"
#include "sip/write.h"

enum { RESPONSE_BYTES = 49152 };

static void
write_contact(struct buf *out, const struct request *q, struct binding *b)
{
	uint32_t expires_s =
	    b->is_static ? dir_settings(q->r->p.dir)->register_max_s : binding_expires_s(b);
	struct slice instance = binding_text(b, TEXT_INSTANCE);

	buf_lit(out, "Contact: <");
	buf_put(out, binding_text(b, TEXT_CONTACT));
	buf_lit(out, ">;expires=");
	buf_u64(out, expires_s);
	if (b->q_permille != 1000)
		buf_printf(out, ";q=0.%03u", b->q_permille);
	if (instance.n) {
		buf_lit(out, ";+sip.instance=\"");
		buf_put(out, instance);
		buf_char(out, '"');
	}
	if (b->reg_id)
		buf_printf(out, ";reg-id=%u", b->reg_id);
	if (q->gruu)
		gruu_write_params(out, b, &q->msg->to.uri);
	buf_lit(out, "\r\n");
}

static void
put_two(struct buf *out, int n)
{
	buf_char(out, (char)('0' + n / 10 % 10));
	buf_char(out, (char)('0' + n % 10));
}

/* Phones set their clocks by it: RFC 3261, 20.17, always in English and GMT. */
static void
write_date(struct buf *out, int64_t wall_ms)
{
	static const char days[7][6] = {
	    "Sun, ", "Mon, ", "Tue, ", "Wed, ", "Thu, ", "Fri, ", "Sat, "};
	static const char months[12][6] = {" Jan ", " Feb ", " Mar ", " Apr ", " May ", " Jun ",
	    " Jul ", " Aug ", " Sep ", " Oct ", " Nov ", " Dec "};
	time_t s = wall_ms / 1000;
	struct tm tm;

	if (!gmtime_r(&s, &tm))
		return;
	buf_lit(out, "Date: ");
	buf_cstr(out, days[tm.tm_wday]);
	put_two(out, tm.tm_mday);
	buf_cstr(out, months[tm.tm_mon]);
	buf_u64(out, (uint64_t)tm.tm_year + 1900);
	buf_char(out, ' ');
	put_two(out, tm.tm_hour);
	buf_char(out, ':');
	put_two(out, tm.tm_min);
	buf_char(out, ':');
	put_two(out, tm.tm_sec);
	buf_lit(out, " GMT\r\n");
}

void
request_answer(struct request *q)
{
	static char headers[RESPONSE_BYTES]; /* signalling thread only */
	struct buf b;

	buf_init(&b, headers, sizeof headers);
	if (q->phone)
		LIST_FOR_EACH (node, &q->phone->bindings)
			write_contact(&b, q, container_of(node, struct binding, node));
	write_date(&b, q->r->p.ops->wall_ms(q->r->p.ctx));
	/* RFC 3327, 5.3: the phone may see by which way it is called. */
	if (q->n_hops && sip_msg_has_token(q->msg, SIP_HDR_SUPPORTED, SLICE("path")))
		sip_copy_hdrs(&b, q->msg, SIP_HDR_PATH);
	outbound_write(&b, q);
	if (!buf_ok(&b) || sip_server_respond(q->tsx, &(struct sip_response){.status = 200,
							  .headers = buf_slice(&b)}) != ERR_OK)
		sip_server_reject(q->tsx, 500, SLICE(""));
}
