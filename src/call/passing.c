/* The headers that pass from one leg to the other. */
#include "call/passing.h"

static const struct {
	struct slice name;
	unsigned kinds;
} passing[] = {
    /* what the call or the message is about */
    {SLICE("Subject"), PASS_INVITE | PASS_MESSAGE},
    {SLICE("Priority"), PASS_INVITE | PASS_MESSAGE},
    {SLICE("User-to-User"), PASS_INVITE | PASS_ANSWER | PASS_BYE}, /* RFC 7433 */
    {SLICE("In-Reply-To"), PASS_MESSAGE},
    {SLICE("Date"), PASS_MESSAGE},
    {SLICE("Expires"), PASS_MESSAGE},
    /* why it ends: Q.850 cause; "completed elsewhere" is no missed call (RFC 3326) */
    {SLICE("Reason"), PASS_BYE | PASS_CANCEL},
    /* what a body means */
    {SLICE("Info-Package"), PASS_INFO}, /* RFC 6086 */
    {SLICE("Recv-Info"), PASS_INVITE | PASS_ANSWER},
    {SLICE("Content-Disposition"), PASS_INFO | PASS_MESSAGE},
    {SLICE("Content-Language"), PASS_INFO | PASS_MESSAGE},
};

void
passing_copy(struct buf *b, const struct sip_msg *m, enum passing kind)
{
	size_t end = b->n + PASSING_MAX_BYTES;

	for (const struct sip_hdr *h = m->hdr; h < m->hdr + m->n_hdrs; h++) {
		for (size_t i = 0; i < sizeof passing / sizeof passing[0]; i++) {
			size_t bytes = passing[i].name.n + h->value.n + 4;

			if (!(passing[i].kinds & kind) || h->value.n > PASSING_VALUE_MAX ||
			    b->n + bytes > end || b->cap - b->n < bytes ||
			    !(h->id ? slice_eq(sip_hdr_name(h->id), passing[i].name)
				    : slice_eq_nocase(h->name, passing[i].name)))
				continue;
			sip_write_hdr_named(b, passing[i].name, h->value);
			break;
		}
	}
}
