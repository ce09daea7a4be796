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
	    [0] = {"PCMU", 4},
	    [3] = {"GSM", 3},
	    [4] = {"G723", 4},
	    [5] = {"DVI4", 4},
	    [6] = {"DVI4", 4},
	    [7] = {"LPC", 3},
	    [8] = {"PCMA", 4},
	    [9] = {"G722", 4},
	    [10] = {"L16", 3},
	    [11] = {"L16", 3},
	    [12] = {"QCELP", 5},
	    [13] = {"CN", 2},
	    [14] = {"MPA", 3},
	    [15] = {"G728", 4},
	    [16] = {"DVI4", 4},
	    [17] = {"DVI4", 4},
	    [18] = {"G729", 4},
	    [25] = {"CelB", 4},
	    [26] = {"JPEG", 4},
	    [28] = {"nv", 2},
	    [31] = {"H261", 4},
	    [32] = {"MPV", 3},
	    [33] = {"MP2T", 4},
	    [34] = {"H263", 4},
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
