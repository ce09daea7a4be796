/*
 * Replaces as strangers write it (RFC 3891, 6.1): what is taken are pieces of the text, all
 * there, and written again they are taken as the same. What is taken finds nothing where
 * nothing is.
 */
#include "fuzz.h"

#include "call/transfer_int.h"

static bool
inside(struct slice part, struct slice whole)
{
	return part.n > 0 && part.p >= whole.p && part.p + part.n <= whole.p + whole.n;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct call_switch sw;
	static char text[1 << 16];
	struct slice value = slice_make(data, size);
	struct replaces r, again;
	struct buf b;

	if (size > 4096 || replaces_parse(value, &r) != ERR_OK)
		return 0;
	PROMISE(inside(r.call_id, value) && inside(r.to_tag, value) && inside(r.from_tag, value));
	PROMISE(!memchr(r.call_id.p, ';', r.call_id.n));
	PROMISE(!replaces_find(&sw, &r));
	buf_init(&b, text, sizeof text);
	buf_printf(&b, "%.*s;to-tag=\"%.*s\";from-tag=\"%.*s\"%s", SLICE_FMT(r.call_id),
	    SLICE_FMT(r.to_tag), SLICE_FMT(r.from_tag), r.early_only ? ";early-only" : "");
	PROMISE(buf_ok(&b));
	if (memchr(r.to_tag.p, '\\', r.to_tag.n) || memchr(r.from_tag.p, '\\', r.from_tag.n) ||
	    memchr(r.to_tag.p, '"', r.to_tag.n) || memchr(r.from_tag.p, '"', r.from_tag.n) ||
	    memchr(r.to_tag.p, '\0', r.to_tag.n) || memchr(r.from_tag.p, '\0', r.from_tag.n) ||
	    memchr(r.call_id.p, '\0', r.call_id.n))
		return 0;
	PROMISE(replaces_parse(buf_slice(&b), &again) == ERR_OK);
	PROMISE(slice_eq(r.call_id, again.call_id) && slice_eq(r.to_tag, again.to_tag) &&
		slice_eq(r.from_tag, again.from_tag) && r.early_only == again.early_only);
	return 0;
}
