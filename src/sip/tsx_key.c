/* What makes two requests the same transaction: RFC 3261, 17.2.3 and 8.2.2.2. */
#include "sip/core_int.h"

enum { KEY_MAX_BYTES = 2048 }; /* parts beyond are left out, each time the same ones */

static void
put_part(struct buf *b, struct slice s)
{
	buf_put(b, s);
	buf_char(b, '\0');
}

static void
put_lower(struct buf *b, struct slice s)
{
	for (size_t i = 0; i < s.n; i++)
		buf_char(b, (char)(s.p[i] >= 'A' && s.p[i] <= 'Z' ? s.p[i] | 0x20 : s.p[i]));
	buf_char(b, '\0');
}

/* Before RFC 3261 the branch said nothing; everything else must do. The To tag is
 * left out for INVITE, whose ACK carries the one of our response. */
static void
put_rfc2543(struct buf *b, const struct sip_msg *req, enum sip_method as)
{
	put_part(b, req->uri_text);
	put_part(b, req->from.tag);
	put_part(b, req->call_id);
	buf_u64(b, req->cseq);
	buf_char(b, '\0');
	if (as != SIP_INVITE)
		put_part(b, req->to.tag);
}

struct tsx_key
tsx_key_request(const struct sip_msg *req, enum sip_method as)
{
	char text[KEY_MAX_BYTES];
	struct buf b;
	struct tsx_key key;

	buf_init(&b, text, sizeof text);
	buf_char(&b, 'a');
	put_part(&b, as == SIP_METHOD_OTHER ? req->method_text : sip_method_name(as));
	put_part(&b, req->via.branch);
	put_lower(&b, req->via.host);
	buf_u64(&b, req->via.port);
	buf_char(&b, '\0');
	if (!slice_starts_nocase(req->via.branch, SLICE("z9hG4bK")))
		put_rfc2543(&b, req, as);
	key.a = hash_bytes(buf_slice(&b));
	text[0] = 'b';
	key.b = (uint32_t)hash_bytes(buf_slice(&b));
	return key;
}

uint64_t
tsx_key_merge(const struct sip_msg *req)
{
	uint64_t numbers[2] = {req->cseq, req->method};
	uint64_t h = hash_mix(hash_bytes(req->call_id), hash_bytes(req->from.tag));

	return hash_mix(h, hash_bytes(slice_make(numbers, sizeof numbers)));
}

void
tsx_key_tag(const struct sip_msg *req, struct tsx_key key, char out[TSX_TAG_BYTES])
{
	uint64_t seed[3] = {key.a, key.b, hash_mix(hash_bytes(req->call_id), req->cseq)};
	uint64_t tag = hash_bytes(slice_make(seed, sizeof seed));
	struct buf b;

	buf_init(&b, out, TSX_TAG_BYTES);
	buf_hex(&b, &tag, sizeof tag);
}

uint64_t
tsx_key_client(struct slice token, enum sip_method m)
{
	return hash_mix(hash_bytes(token), (uint64_t)m);
}
