/* Does an answer fit its offer: RFC 3264, 6. */
#include "sip/sdp_int.h"

/* The answer has a format that the offer has too, or the same codec under another
 * number. Codec names of the offer are looked up once: each look-up reads the
 * whole section, and strangers write long ones. */
static bool
shares_format(const struct sdp_media *offer, const struct sdp_media *answer)
{
	struct slice offered[SDP_FORMATS_MAX], names[SDP_FORMATS_MAX];
	struct slice rest = offer->formats, one;
	size_t n = 0;

	while (n < SDP_FORMATS_MAX && (one = sdp_word_take(&rest)).n) {
		offered[n] = one;
		names[n] = sdp_codec_name(offer, n);
		n++;
	}
	rest = answer->formats;
	for (size_t nth = 0; (one = sdp_word_take(&rest)).n; nth++) {
		struct slice name = sdp_codec_name(answer, nth);

		for (size_t i = 0; i < n; i++)
			if (slice_eq(offered[i], one) ||
			    (name.n && slice_eq_nocase(names[i], name)))
				return true;
	}
	return false;
}

/* What alone makes no conversation. */
static bool
is_voice(struct slice name)
{
	return !slice_eq_nocase(name, SLICE("telephone-event")) &&
	       !slice_eq_nocase(name, SLICE("CN"));
}

bool
sdp_common_formats(const struct sdp_media *m, const struct sdp_media *with, struct buf *out)
{
	struct slice has[SDP_FORMATS_MAX], names[SDP_FORMATS_MAX];
	struct slice rest = with->formats, one;
	bool voice = false, first = true;
	size_t n = 0;

	while (n < SDP_FORMATS_MAX && (one = sdp_word_take(&rest)).n) {
		has[n] = one;
		names[n] = sdp_codec_name(with, n);
		n++;
	}
	rest = m->formats;
	for (size_t nth = 0; nth < SDP_FORMATS_MAX && (one = sdp_word_take(&rest)).n; nth++) {
		struct slice name = sdp_codec_name(m, nth);
		size_t i = 0;

		while (i < n && !(name.n ? slice_eq_nocase(names[i], name) : slice_eq(has[i], one)))
			i++;
		if (i == n)
			continue;
		if (!first)
			buf_char(out, ' ');
		first = false;
		buf_put(out, one);
		voice |= is_voice(name);
	}
	return voice;
}

static bool
media_fits(const struct sdp_media *offer, const struct sdp_media *answer)
{
	if (!slice_eq_nocase(offer->kind, answer->kind))
		return false;
	if (answer->port == 0)
		return true;
	return offer->port != 0 && slice_eq_nocase(offer->proto, answer->proto) &&
	       shares_format(offer, answer);
}

enum err
sdp_answer_check(const struct sdp *offer, const struct sdp *answer)
{
	if (offer->n_media != answer->n_media)
		return ERR_CONFLICT;
	for (size_t i = 0; i < offer->n_media; i++)
		if (!media_fits(&offer->media[i], &answer->media[i]))
			return ERR_CONFLICT;
	return ERR_OK;
}
