/* One id for both sides of a call (docs/decisions/0003). */
#include "call/call.h"

#include "base/hmap.h"

/* Sixteen hex digits, "-" and sixteen more: a Call-ID we made for a called leg. */
static bool
is_ours(struct slice id)
{
	if (id.n != 33 || id.p[16] != '-')
		return false;
	for (size_t i = 0; i < 16; i++)
		if (!strchr("0123456789abcdef", id.p[i]) || !id.p[i])
			return false;
	return true;
}

void
call_id_of(struct slice sip_call_id, char out[CALL_ID_BYTES])
{
	uint64_t h = hash_bytes(sip_call_id);
	struct buf b;

	buf_init(&b, out, CALL_ID_BYTES);
	if (is_ours(sip_call_id))
		buf_put(&b, slice_make(sip_call_id.p, 16));
	else
		buf_hex(&b, &h, sizeof h);
	out[b.n] = '\0';
}
