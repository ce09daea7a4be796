/* Questions about a parsed description: is it hold, which codec is that format. */
#include "sip/sdp_int.h"

bool
sdp_is_hold(const struct sdp *s)
{
	bool any = false;

	for (size_t i = 0; i < s->n_media; i++) {
		const struct sdp_media *m = &s->media[i];
		bool silent = m->dir == SDP_SENDONLY || m->dir == SDP_INACTIVE ||
			      (m->addr.family && addr_is_any(&m->addr));

		if (m->port == 0 || !slice_eq(m->kind, SLICE("audio")))
			continue;
		if (!silent)
			return false;
		any = true;
	}
	return any;
}

/* "PCMA" of "a=rtpmap:8 PCMA/8000". */
static struct slice
mapped_name(const struct sdp_media *m, struct slice format)
{
	struct slice rest = m->text;
	struct sdp_line line;

	while (sdp_line_take(&rest, &line) == SDP_LINE_FOUND) {
		struct slice value, name;

		if (line.type != 'a')
			continue;
		name = sdp_attribute(line.value, &value);
		if (slice_eq(name, SLICE("rtpmap")) && slice_eq(sdp_word_take(&value), format))
			return slice_take_until(&value, '/');
	}
	return (struct slice){0};
}

/* RFC 3551, tables 4 and 5. */
static struct slice
static_name(uint32_t payload_type)
{
	static const struct slice names[] = {
	    [0] = SLICE("PCMU"),
	    [3] = SLICE("GSM"),
	    [4] = SLICE("G723"),
	    [5] = SLICE("DVI4"),
	    [6] = SLICE("DVI4"),
	    [7] = SLICE("LPC"),
	    [8] = SLICE("PCMA"),
	    [9] = SLICE("G722"),
	    [10] = SLICE("L16"),
	    [11] = SLICE("L16"),
	    [12] = SLICE("QCELP"),
	    [13] = SLICE("CN"),
	    [14] = SLICE("MPA"),
	    [15] = SLICE("G728"),
	    [16] = SLICE("DVI4"),
	    [17] = SLICE("DVI4"),
	    [18] = SLICE("G729"),
	    [25] = SLICE("CelB"),
	    [26] = SLICE("JPEG"),
	    [28] = SLICE("nv"),
	    [31] = SLICE("H261"),
	    [32] = SLICE("MPV"),
	    [33] = SLICE("MP2T"),
	    [34] = SLICE("H263"),
	};

	return payload_type < sizeof names / sizeof names[0] ? names[payload_type]
							     : (struct slice){0};
}

struct slice
sdp_codec_name(const struct sdp_media *m, size_t nth)
{
	struct slice rest = m->formats, format = sdp_word_take(&rest), name;
	uint32_t payload_type;

	while (nth--)
		format = sdp_word_take(&rest);
	if (format.n == 0)
		return format;
	name = mapped_name(m, format);
	if (name.n == 0 && slice_starts_nocase(m->proto, SLICE("RTP/")) &&
	    slice_to_u32(format, 127, &payload_type) == ERR_OK)
		name = static_name(payload_type);
	return name;
}
