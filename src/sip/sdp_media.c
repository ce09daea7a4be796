/* Questions about a parsed description: is it hold, which codec is that format. */
#include "sip/sdp_dtls.h"
#include "sip/sdp_int.h"

bool
sdp_is_hold(const struct sdp *s)
{
	bool any = false;

	for (size_t i = 0; i < s->n_media; i++) {
		const struct sdp_media *m = &s->media[i];
		/* a browser writes 0.0.0.0 as long as it does not know where it is */
		bool silent = m->dir == SDP_SENDONLY || m->dir == SDP_INACTIVE ||
			      (m->addr.family && addr_is_any(&m->addr) && !sdp_is_dtls(m));

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
static const struct {
	struct slice name;
	uint32_t clock_hz, channels;
} static_types[] = {
    [0] = {SLICE("PCMU"), 8000, 1},
    [3] = {SLICE("GSM"), 8000, 1},
    [4] = {SLICE("G723"), 8000, 1},
    [5] = {SLICE("DVI4"), 8000, 1},
    [6] = {SLICE("DVI4"), 16000, 1},
    [7] = {SLICE("LPC"), 8000, 1},
    [8] = {SLICE("PCMA"), 8000, 1},
    [9] = {SLICE("G722"), 8000, 1},
    [10] = {SLICE("L16"), 44100, 2},
    [11] = {SLICE("L16"), 44100, 1},
    [12] = {SLICE("QCELP"), 8000, 1},
    [13] = {SLICE("CN"), 8000, 1},
    [14] = {SLICE("MPA"), 90000, 1},
    [15] = {SLICE("G728"), 8000, 1},
    [16] = {SLICE("DVI4"), 11025, 1},
    [17] = {SLICE("DVI4"), 22050, 1},
    [18] = {SLICE("G729"), 8000, 1},
    [25] = {SLICE("CelB"), 90000, 1},
    [26] = {SLICE("JPEG"), 90000, 1},
    [28] = {SLICE("nv"), 90000, 1},
    [31] = {SLICE("H261"), 90000, 1},
    [32] = {SLICE("MPV"), 90000, 1},
    [33] = {SLICE("MP2T"), 90000, 1},
    [34] = {SLICE("H263"), 90000, 1},
};

/* True: the format is one of the table, and of a protocol to which it applies. */
static bool
static_type(const struct sdp_media *m, struct slice format, uint32_t *payload_type)
{
	return (slice_starts_nocase(m->proto, SLICE("RTP/")) || sdp_is_dtls(m)) &&
	       slice_to_u32(format, 127, payload_type) == ERR_OK &&
	       *payload_type < sizeof static_types / sizeof static_types[0];
}

/* "8 PCMA/8000", "111 opus/48000/2" */
static void
take_rtpmap(struct sdp_format *formats, size_t n, struct slice value)
{
	struct slice number = sdp_word_take(&value), name = slice_take_until(&value, '/');
	struct slice clock = slice_take_until(&value, '/');

	for (size_t i = 0; i < n; i++) {
		struct sdp_format *f = &formats[i];

		if (!slice_eq(f->number, number))
			continue;
		f->name = name;
		f->channels = 1;
		if (slice_to_u32(slice_trim(clock), 1000000, &f->clock_hz) != ERR_OK)
			f->clock_hz = 0;
		if (value.n)
			(void)!slice_to_u32(slice_trim(value), 255, &f->channels);
	}
}

static void
take_fmtp(struct sdp_format *formats, size_t n, struct slice value)
{
	struct slice number = sdp_word_take(&value);

	for (size_t i = 0; i < n; i++)
		if (slice_eq(formats[i].number, number))
			formats[i].fmtp = value;
}

size_t
sdp_formats(const struct sdp_media *m, struct sdp_format out[SDP_FORMATS_MAX])
{
	struct slice rest = m->formats, one, text = m->text;
	struct sdp_line line;
	size_t n = 0;

	while (n < SDP_FORMATS_MAX && (one = sdp_word_take(&rest)).n) {
		uint32_t pt;

		out[n] = (struct sdp_format){.number = one, .channels = 1};
		if (static_type(m, one, &pt)) {
			out[n].name = static_types[pt].name;
			out[n].clock_hz = static_types[pt].clock_hz;
			out[n].channels = static_types[pt].channels ? static_types[pt].channels : 1;
		}
		n++;
	}
	while (sdp_line_take(&text, &line) == SDP_LINE_FOUND) {
		struct slice value, name = sdp_attribute(line.value, &value);

		if (line.type == 'a' && slice_eq(name, SLICE("rtpmap")))
			take_rtpmap(out, n, value);
		else if (line.type == 'a' && slice_eq(name, SLICE("fmtp")))
			take_fmtp(out, n, value);
	}
	return n;
}

bool
sdp_format_same(const struct sdp_format *a, const struct sdp_format *b)
{
	if (!a->name.n || !b->name.n)
		return slice_eq(a->number, b->number) && a->name.n == b->name.n;
	return slice_eq_nocase(a->name, b->name) && a->clock_hz == b->clock_hz &&
	       a->channels == b->channels;
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
	return name.n == 0 && static_type(m, format, &payload_type)
		   ? static_types[payload_type].name
		   : name;
}
