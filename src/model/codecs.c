#include "model/codecs.h"

static const struct model_codec codecs[] = {
    {SLICE("opus"), SLICE("opus"), false},
    {SLICE("g722"), SLICE("G722"), false},
    {SLICE("alaw"), SLICE("PCMA"), false},
    {SLICE("ulaw"), SLICE("PCMU"), false},
    {SLICE("g729"), SLICE("G729"), false},
    {SLICE("gsm"), SLICE("GSM"), false},
    {SLICE("l16"), SLICE("L16"), false},
    {SLICE("g723"), SLICE("G723"), false},
    {SLICE("g726"), SLICE("G726-32"), false},
    {SLICE("ilbc"), SLICE("iLBC"), false},
    {SLICE("speex"), SLICE("speex"), false},
    {SLICE("h261"), SLICE("H261"), true},
    {SLICE("h263"), SLICE("H263"), true},
    {SLICE("h263p"), SLICE("H263-1998"), true},
    {SLICE("h264"), SLICE("H264"), true},
    {SLICE("h265"), SLICE("H265"), true},
    {SLICE("vp8"), SLICE("VP8"), true},
    {SLICE("vp9"), SLICE("VP9"), true},
    {SLICE("av1"), SLICE("AV1"), true},
};

enum { CODECS = sizeof codecs / sizeof codecs[0] };

const struct model_codec *
model_codec_find(struct slice key)
{
	for (size_t i = 0; i < CODECS; i++)
		if (slice_eq_nocase(codecs[i].key, key))
			return &codecs[i];
	return NULL;
}

const struct model_codec *
model_codec_take(struct slice *list)
{
	const struct model_codec *c = NULL;

	while (!c && list->n)
		c = model_codec_find(slice_trim(slice_take_until(list, ',')));
	return c;
}

bool
model_codecs_ok(struct slice list)
{
	bool seen[CODECS] = {false};

	if (slice_trim(list).n == 0)
		return true;
	for (bool more = true; more;) {
		const struct model_codec *c;

		more = slice_find(list, ',') < list.n;
		c = model_codec_find(slice_trim(slice_take_until(&list, ',')));
		if (!c || seen[c - codecs])
			return false;
		seen[c - codecs] = true;
	}
	return true;
}
