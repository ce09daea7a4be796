/* How an app describes itself: as somebody who can do what the other side can, as far as the engine
 * can (RFC 3264). */
#include "call/app_int.h"
#include "call/codecs.h"

enum { TEXT_BYTES = 2048 };

/* The address is replaced, as everybody's is. */
#define HEAD "v=0\r\no=- 0 0 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\n"

static const struct slice offer = SLICE(HEAD "m=audio 9 RTP/AVP 9 8 0 101\r\n"
					     "a=rtpmap:9 G722/8000\r\na=rtpmap:8 PCMA/8000\r\n"
					     "a=rtpmap:0 PCMU/8000\r\n"
					     "a=rtpmap:101 telephone-event/8000\r\n"
					     "a=fmtp:101 0-15\r\na=sendrecv\r\n");

static bool
is_usable(const struct sdp_format *f)
{
	enum codec codec = codecs_of(f);

	return codec_is_voice(codec) || codec_is_noise(codec) || codec_is_event(codec);
}

static void
write_format(struct buf *b, const struct sdp_format *f)
{
	buf_printf(
	    b, "a=rtpmap:%.*s %.*s/%u", SLICE_FMT(f->number), SLICE_FMT(f->name), f->clock_hz);
	if (f->channels > 1)
		buf_printf(b, "/%u", f->channels);
	buf_lit(b, "\r\n");
	if (f->fmtp.n)
		buf_printf(b, "a=fmtp:%.*s %.*s\r\n", SLICE_FMT(f->number), SLICE_FMT(f->fmtp));
}

static struct slice
direction_for(const struct sdp_media *m, bool answers)
{
	if (!answers)
		return SLICE("sendrecv");
	switch (m->dir) {
	case SDP_SENDONLY: return SLICE("recvonly");
	case SDP_RECVONLY: return SLICE("sendonly");
	case SDP_INACTIVE: return SLICE("inactive");
	default: return SLICE("sendrecv");
	}
}

/* One line; false: we have nothing to say there. */
static bool
write_line(struct buf *b, const struct sdp_media *m, bool answers)
{
	struct sdp_format f[SDP_FORMATS_MAX];
	size_t n = m->port && codecs_can_read(m) ? sdp_formats(m, f) : 0, voices = 0;

	for (size_t i = 0; i < n; i++)
		voices += codec_is_voice(codecs_of(&f[i]));
	if (!voices) {
		struct slice formats = m->formats, first = slice_take_until(&formats, ' ');

		buf_printf(b, "m=%.*s 0 %.*s %.*s\r\n", SLICE_FMT(m->kind), SLICE_FMT(m->proto),
		    SLICE_FMT(first));
		return false;
	}
	buf_lit(b, "m=audio 9 RTP/AVP");
	for (size_t i = 0; i < n; i++)
		if (is_usable(&f[i]))
			buf_printf(b, " %.*s", SLICE_FMT(f[i].number));
	buf_lit(b, "\r\n");
	for (size_t i = 0; i < n; i++)
		if (is_usable(&f[i]))
			write_format(b, &f[i]);
	if (m->ptime_ms)
		buf_printf(b, "a=ptime:%u\r\n", m->ptime_ms);
	buf_printf(b, "a=%.*s\r\n", SLICE_FMT(direction_for(m, answers)));
	return true;
}

enum err
app_describe(struct leg *l)
{
	const struct leg *other = leg_other(l);
	char text[TEXT_BYTES];
	bool speaks = false;
	struct sdp sdp;
	struct buf b;
	enum err e;

	if (!other || !other->remote_sdp.n)
		return bridge_take_own(l, offer);
	e = bridge_read(other, &sdp);
	if (e != ERR_OK)
		return e;
	buf_init(&b, text, sizeof text);
	buf_lit(&b, HEAD);
	for (size_t i = 0; i < sdp.n_media; i++) /* one voice is enough */
		speaks |= write_line(&b, &sdp.media[i], l->call->offer_of == other->id);
	if (!speaks)
		return ERR_UNSUPPORTED;
	return buf_ok(&b) ? bridge_take_own(l, buf_slice(&b)) : ERR_TOO_BIG;
}
