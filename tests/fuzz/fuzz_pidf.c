/* Presence documents of strangers: what was read fits, and what is written of it can be read
 * again and says the same. */
#include "fuzz.h"

#include "base/xml.h"
#include "presence/pidf.h"

static void
write_again(struct buf *b, const struct pidf_state *s)
{
	buf_lit(b, "<presence xmlns='urn:ietf:params:xml:ns:pidf' "
		   "xmlns:r='urn:ietf:params:xml:ns:pidf:rpid'><tuple id='t'><status><basic>");
	buf_cstr(b, s->open ? "open" : "closed");
	buf_lit(b, "</basic></status></tuple>");
	xml_element(b, "note", slice_cstr(s->note));
	buf_lit(b, "<r:activities>");
	for (unsigned i = 0; i < PIDF_ACTIVITIES_N; i++)
		if (s->activities & (1u << i))
			buf_printf(b, "<r:%s/>", pidf_activity_name((enum pidf_activity)i));
	buf_lit(b, "</r:activities></presence>");
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct pidf_state s, again;
	char mem[4096];
	struct buf b;

	if (pidf_parse(slice_make(data, size), &s) != ERR_OK)
		return 0;
	PROMISE(memchr(s.note, 0, sizeof s.note));
	PROMISE(s.activities < 1ull << PIDF_ACTIVITIES_N);
	buf_init(&b, mem, sizeof mem);
	write_again(&b, &s);
	PROMISE(buf_ok(&b));
	PROMISE(pidf_parse(buf_slice(&b), &again) == ERR_OK);
	PROMISE(again.open == s.open && again.activities == s.activities);
	return 0;
}
