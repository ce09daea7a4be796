#include "call/codecs.h"

#include "call/keys.h"
#include "model/codecs.h"
#include "sip/sdp_dtls.h"
#include "sound/codec.h"

enum { PT_DYNAMIC_FIRST = 96, PT_DYNAMIC_LAST = 127, ASIDE = 1000 };

/* What we offer of our own, best first, when a leg has no list. */
static const enum codec ours[] = {
    CODEC_OPUS, CODEC_G722, CODEC_PCMA, CODEC_PCMU, CODEC_G729, CODEC_GSM};

/* Their numbers as text: the dynamic ones have no other. */
#define N(n) SLICE(#n)
static const struct slice number_text[] = {N(0), N(1), N(2), N(3), N(4), N(5), N(6), N(7), N(8),
    N(9), N(10), N(11), N(12), N(13), N(14), N(15), N(16), N(17), N(18)};
static const struct slice dynamic_text[] = {N(96), N(97), N(98), N(99), N(100), N(101), N(102),
    N(103), N(104), N(105), N(106), N(107), N(108), N(109), N(110), N(111), N(112), N(113), N(114),
    N(115), N(116), N(117), N(118), N(119), N(120), N(121), N(122), N(123), N(124), N(125), N(126),
    N(127)};
#undef N

static struct slice
list_of(const struct leg *l)
{
	const struct dir_phone *phone;
	const struct dir_line *line;
	struct slice own;

	leg_whose(l, &phone, &line);
	own = line ? line->codecs : phone ? phone->codecs : SLICE("");
	return own.n ? own : slice_cstr(dir_settings(l->call->sw->p.directory)->codecs);
}

static bool
names_video(struct slice list)
{
	const struct model_codec *c;

	while ((c = model_codec_take(&list)))
		if (c->video)
			return true;
	return false;
}

/* Its place in the list; -1: not there. */
static int
rank(struct slice list, struct slice name)
{
	const struct model_codec *c;

	for (int i = 0; (c = model_codec_take(&list)); i++)
		if (slice_eq_nocase(c->name, name))
			return i;
	return -1;
}

enum codec
codecs_of(const struct sdp_format *f)
{
	return codec_find(f->name, f->clock_hz, f->channels);
}

/* What goes with a conversation but is none, of any list: keys, comfort noise; repetition and
 * protection of pictures. */
static bool
is_aside(const struct sdp_format *f)
{
	static const struct slice names[] = {SLICE("telephone-event"), SLICE("CN"), SLICE("rtx"),
	    SLICE("red"), SLICE("ulpfec"), SLICE("flexfec-03")};

	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
		if (slice_eq_nocase(f->name, names[i]))
			return true;
	return false;
}

static bool
is_speakable(const struct sdp_format *f)
{
	return codec_is_voice(codecs_of(f));
}

static const struct sdp_format *
find_same(const struct sdp_format *in, size_t n, const struct sdp_format *f)
{
	for (size_t i = 0; i < n; i++)
		if (sdp_format_same(&in[i], f))
			return &in[i];
	return NULL;
}

bool
codecs_can_read(const struct sdp_media *m)
{
	return slice_eq(m->kind, SLICE("audio")) &&
	       (slice_eq_nocase(m->proto, SLICE("RTP/AVP")) ||
		   slice_eq_nocase(m->proto, SLICE("RTP/AVPF")) || sdp_is_srtp(m) ||
		   sdp_is_dtls(m));
}

/* ---- fax ---- */

bool
codecs_is_t38(const struct sdp_media *m)
{
	return slice_eq_nocase(m->proto, SLICE("udptl"));
}

bool
codecs_takes_t38(const struct leg *l)
{
	const struct dir_phone *phone;
	const struct dir_line *line;

	leg_whose(l, &phone, &line);
	return line ? line->t38 : !phone || phone->t38;
}

/* ---- lists ---- */

struct filter {
	struct slice from, to; /* lists; empty = all */
	bool video;
};

static void
filter_make(
    struct filter *f, const struct leg *from, const struct leg *to, const struct sdp_media *m)
{
	f->from = list_of(from);
	f->to = list_of(to);
	f->video = !slice_eq(m->kind, SLICE("audio"));
	/* a list of voice codecs says nothing about pictures */
	if (f->video && !names_video(f->from))
		f->from.n = 0;
	if (f->video && !names_video(f->to))
		f->to.n = 0;
}

/* Where it stands by the lists: first what the one who is asked likes; -1: not wanted. */
static int
place(const struct filter *f, const struct sdp_format *format)
{
	int from = f->from.n ? rank(f->from, format->name) : 0;
	int to = f->to.n ? rank(f->to, format->name) : 0;

	if (is_aside(format))
		return ASIDE;
	if (from < 0 || to < 0)
		return -1;
	return f->to.n ? to : from;
}

/* The wanted ones by their places, equals as they were. True: not all, or in another order. */
static bool
pick(const struct filter *f, const struct sdp_format *in, size_t n, struct sdp_choice *out)
{
	int at[SDP_FORMATS_MAX];
	bool changed = false;

	out->n = 0;
	for (size_t i = 0; i < n; i++) {
		int here = place(f, &in[i]);
		size_t k = out->n;

		if (here < 0) {
			changed = true;
			continue;
		}
		while (k > 0 && at[k - 1] > here)
			k--;
		changed |= k < out->n;
		memmove(&at[k + 1], &at[k], (out->n - k) * sizeof at[0]);
		memmove(&out->format[k + 1], &out->format[k], (out->n - k) * sizeof out->format[0]);
		at[k] = here;
		out->format[k] = in[i];
		out->n++;
	}
	return changed;
}

static bool
has_main(const struct sdp_format *f, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!is_aside(&f[i]))
			return true;
	return false;
}

/* ---- ours ---- */

static bool
is_taken(const struct sdp_choice *c, struct slice number)
{
	for (size_t i = 0; i < c->n; i++)
		if (slice_eq(c->format[i].number, number))
			return true;
	return false;
}

/* Behind the voice that is there, before keys and noise. */
static void
insert(struct sdp_choice *c, const struct sdp_format *f)
{
	size_t k = c->n;

	while (k > 0 && is_aside(&c->format[k - 1]))
		k--;
	memmove(&c->format[k + 1], &c->format[k], (c->n - k) * sizeof *f);
	c->format[k] = *f;
	c->n++;
}

bool
codecs_add(struct sdp_choice *c, enum codec codec)
{
	const struct codec_info *info = codec_info(codec);
	struct sdp_format f = {.name = info->name,
	    .clock_hz = info->clock_hz,
	    .channels = info->channels,
	    .fmtp = info->fmtp};

	if (c->n == SDP_FORMATS_MAX || find_same(c->format, c->n, &f))
		return false;
	if (info->static_pt != CODEC_PT_DYNAMIC)
		f.number = number_text[info->static_pt];
	for (int pt = PT_DYNAMIC_LAST; !f.number.n && pt >= PT_DYNAMIC_FIRST; pt--)
		if (!is_taken(c, dynamic_text[pt - PT_DYNAMIC_FIRST]))
			f.number = dynamic_text[pt - PT_DYNAMIC_FIRST];
	if (!f.number.n || is_taken(c, f.number))
		return false;
	insert(c, &f);
	return true;
}

/* What to is known to speak, then what its list says, or all of ours. */
static bool
add_ours(struct sdp_choice *c, struct slice list, const struct sdp_format *known, size_t n_known)
{
	bool added = false;
	const struct model_codec *k;

	for (size_t i = 0; i < n_known; i++)
		if (is_speakable(&known[i]) && (!list.n || rank(list, known[i].name) >= 0))
			added |= codecs_add(c, codecs_of(&known[i]));
	if (n_known)
		return added;
	if (!list.n)
		for (size_t i = 0; i < sizeof ours / sizeof ours[0]; i++)
			added |= codecs_add(c, ours[i]);
	while ((k = model_codec_take(&list))) {
		enum codec codec = codec_find(k->name, 0, 0);

		if (codec_is_voice(codec))
			added |= codecs_add(c, codec);
	}
	return added;
}

static bool
any_speakable(const struct sdp_format *f, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (is_speakable(&f[i]))
			return true;
	return false;
}

static bool
any_common(const struct sdp_format *a, size_t n_a, const struct sdp_format *b, size_t n_b)
{
	for (size_t i = 0; i < n_a; i++)
		if (!is_aside(&a[i]) && find_same(b, n_b, &a[i]))
			return true;
	return false;
}

enum codecs
codecs_offer(const struct leg *from, const struct leg *to, const struct sdp_media *m,
    const struct sdp_media *known, struct sdp_choice *out)
{
	struct sdp_format theirs[SDP_FORMATS_MAX], knows[SDP_FORMATS_MAX];
	bool audio = slice_eq(m->kind, SLICE("audio")), changed;
	/* who gets an offer in the answer to its INVITE cannot refuse it and be asked again */
	bool wanted = to->codecs_wanted || (!known && to->state != LEG_ASKING);
	bool keys = audio && codecs_can_read(m) && keys_mode(to) != DIR_DTMF_AUTO;
	struct filter f;
	size_t n, n_knows = 0;

	if (!audio && !slice_eq(m->kind, SLICE("video")))
		return CODECS_AS_THEY_ARE;
	filter_make(&f, from, to, m);
	if (!f.from.n && !f.to.n && !wanted && !known && !keys)
		return CODECS_AS_THEY_ARE;
	n = sdp_formats(m, theirs);
	changed = pick(&f, theirs, n, out);
	out->others = false;
	if (audio && codecs_can_read(m) && any_speakable(theirs, n)) {
		if (known && codecs_can_read(known))
			n_knows = sdp_formats(known, knows);
		if ((!has_main(out->format, out->n) || wanted ||
			(n_knows && !any_common(out->format, out->n, knows, n_knows))) &&
		    add_ours(out, f.to, knows, n_knows)) {
			out->others = true;
			(void)(keys && keys_offer(to, out));
			return CODECS_OURS;
		}
	}
	if (!has_main(out->format, out->n))
		return CODECS_NOTHING;
	if (keys && keys_offer(to, out))
		return CODECS_OURS;
	return changed ? CODECS_CHOSEN : CODECS_AS_THEY_ARE;
}

/* ---- pauses ---- */

static bool
has_parameter(struct slice fmtp, struct slice wanted)
{
	while (fmtp.n) {
		struct slice one = slice_trim(slice_take_until(&fmtp, ';'));

		if (slice_eq_nocase(one, wanted))
			return true;
	}
	return false;
}

/* Does it ask us to leave pauses out, as the codec itself does it? What G.729 does unasked we do
 * not (RFC 7261 would have us do so): too many phones leave the word out and do not understand it.
 */
static bool
wants_pauses_out(const struct sdp_format *f)
{
	return has_parameter(
	    f->fmtp, codecs_of(f) == CODEC_OPUS ? SLICE("usedtx=1") : SLICE("annexb=yes"));
}

bool
codecs_pauses_wanted(const struct leg *l)
{
	return dir_settings(l->call->sw->p.directory)->comfort_noise;
}

/* The comfort noise that belongs to a voice: of the same clock (RFC 3389, 4). */
static const struct sdp_format *
find_noise(const struct sdp_format *f, size_t n, uint32_t clock_hz)
{
	for (size_t i = 0; i < n; i++)
		if (codec_is_noise(codecs_of(&f[i])) && f[i].clock_hz == clock_hz)
			return &f[i];
	return NULL;
}

/* How pauses in that codec are sent to who describes himself so, and was told so. */
static bool
agree_on_pauses(const struct sdp_media *local, const struct sdp_media *remote, enum codec codec,
    struct media_format *noise)
{
	struct sdp_format told[SDP_FORMATS_MAX], speaks[SDP_FORMATS_MAX];
	size_t n_told = sdp_formats(local, told), n_speaks = sdp_formats(remote, speaks);
	uint32_t clock_hz = codec_info(codec)->clock_hz;
	const struct sdp_format *f = find_noise(speaks, n_speaks, clock_hz);

	if (f && find_noise(told, n_told, clock_hz) && codecs_payload_type(f, &noise->payload_type))
		noise->codec = (uint8_t)codecs_of(f);
	for (size_t i = 0; i < n_speaks; i++)
		if (codecs_of(&speaks[i]) == codec && wants_pauses_out(&speaks[i])) {
			f = find_same(told, n_told, &speaks[i]);
			return f && !has_parameter(f->fmtp, SLICE("annexb=no"));
		}
	return false;
}

/* ---- answers ---- */

/* The voice codec of the offer that the offerer's list likes best, or he himself. */
static const struct sdp_format *
best_offered(struct slice list, const struct sdp_format *offered, size_t n)
{
	const struct sdp_format *best = NULL;
	int at = 0;

	for (size_t i = 0; i < n; i++) {
		int here = list.n ? rank(list, offered[i].name) : 0;

		if (is_speakable(&offered[i]) && here >= 0 && (!best || here < at)) {
			best = &offered[i];
			at = here;
		}
	}
	return best;
}

static void
keep(struct sdp_choice *c, const struct sdp_format *f)
{
	if (c->n < SDP_FORMATS_MAX)
		c->format[c->n++] = *f;
}

/* One codec of the offer, under its number, and its comfort noise. */
static bool
answer_translated(const struct leg *to, const struct sdp_format *offered, size_t n,
    const struct sdp_format *theirs, size_t n_theirs, struct sdp_choice *out)
{
	const struct sdp_format *best = best_offered(list_of(to), offered, n), *noise;
	bool pauses = codecs_pauses_wanted(to);

	if (!best || !any_speakable(theirs, n_theirs))
		return false;
	out->n = 0;
	out->others = true;
	keep(out, best);
	if (!pauses || !wants_pauses_out(best) || codecs_of(best) != CODEC_G729)
		out->format[0].fmtp = codec_info(codecs_of(best))->fmtp;
	noise = find_noise(offered, n, best->clock_hz);
	if (pauses && noise)
		keep(out, noise);
	return true;
}

static bool
any_event(const struct sdp_format *f, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (codec_is_event(codecs_of(&f[i])))
			return true;
	return false;
}

enum codecs
codecs_answer(const struct leg *from, const struct leg *to, const struct sdp_media *m,
    const struct sdp_media *offer, struct sdp_choice *out)
{
	struct sdp_format theirs[SDP_FORMATS_MAX], offered[SDP_FORMATS_MAX];
	size_t n, n_offered;
	bool all = true, keys;

	if ((!from->codecs_ours && keys_mode(to) == DIR_DTMF_AUTO) || !codecs_can_read(m) ||
	    !codecs_can_read(offer))
		return CODECS_AS_THEY_ARE;
	n = sdp_formats(m, theirs);
	n_offered = sdp_formats(offer, offered);
	keys = any_event(theirs, n);
	out->n = 0;
	out->others = false;
	for (size_t i = 0; i < n; i++) {
		if (find_same(offered, n_offered, &theirs[i]))
			keep(out, &theirs[i]);
		else
			all = false;
	}
	if (!has_main(out->format, out->n)) {
		all = false;
		if (!answer_translated(to, offered, n_offered, theirs, n, out))
			return CODECS_NOTHING;
	}
	if (keys_answer(from, to, offered, n_offered, keys, out) || !all)
		return CODECS_OURS;
	return CODECS_AS_THEY_ARE;
}

/* ---- translation ---- */

bool
codecs_payload_type(const struct sdp_format *f, uint8_t *out)
{
	uint32_t n;

	if (slice_to_u32(f->number, 127, &n) != ERR_OK)
		return false;
	*out = (uint8_t)n;
	return true;
}

/* Into what f becomes for who understands these; NULL: into nothing. */
static const struct sdp_format *
become(const struct sdp_format *f, const struct sdp_format *to, size_t n)
{
	bool keys = codec_is_event(codecs_of(f));
	bool voice = is_speakable(f) || codec_is_noise(codecs_of(f));
	const struct sdp_format *nearest = NULL;

	for (const struct sdp_format *t = to; t < to + n; t++) {
		if (sdp_format_same(t, f))
			return t;
		if (!nearest &&
		    ((keys && codec_is_event(codecs_of(t))) || (voice && is_speakable(t))))
			nearest = t;
	}
	return nearest;
}

bool
codecs_route(struct media_translation *t, const struct sdp_format *in, const struct sdp_format *out)
{
	struct media_route r = {.codec_in = codecs_of(in), .codec_out = codecs_of(out)};

	if (t->n_routes == MEDIA_ROUTES_MAX || !codecs_payload_type(in, &r.pt_in) ||
	    !codecs_payload_type(out, &r.pt_out))
		return false;
	t->route[t->n_routes++] = r;
	return r.codec_in != r.codec_out || r.pt_in != r.pt_out;
}

void
codecs_translate(const struct sdp_media *local_x, const struct sdp_media *remote_x,
    const struct sdp_media *remote_y, struct media_translation *out)
{
	struct sdp_format told[SDP_FORMATS_MAX], speaks[SDP_FORMATS_MAX], wants[SDP_FORMATS_MAX];
	size_t n_told, n_speaks, n_wants;
	bool needed = false;

	*out = (struct media_translation){0};
	if (!codecs_can_read(local_x) || !codecs_can_read(remote_x) || !codecs_can_read(remote_y))
		return;
	n_told = sdp_formats(local_x, told);
	n_speaks = sdp_formats(remote_x, speaks);
	n_wants = sdp_formats(remote_y, wants);
	out->ptime_ms = remote_y->ptime_ms <= CODEC_PTIME_MAX_MS ? (uint8_t)remote_y->ptime_ms : 0;
	/* it sends what both of us have named, under our numbers (RFC 3264, 6.1) */
	for (size_t i = 0; i < n_told; i++) {
		const struct sdp_format *to;

		if (!find_same(speaks, n_speaks, &told[i]))
			continue;
		to = become(&told[i], wants, n_wants);
		if (to)
			needed |= codecs_route(out, &told[i], to);
		else
			needed = true; /* has to be kept from who does not know it */
	}
	if (!needed || !out->n_routes)
		*out = (struct media_translation){0};
}

void
codecs_translate_pauses(const struct sdp_media *local_y, const struct sdp_media *remote_y,
    struct media_translation *out)
{
	for (size_t i = 0; i < out->n_routes; i++) {
		const struct media_route *r = &out->route[i];
		struct media_format noise = {0};

		if (!codec_is_voice(r->codec_out))
			continue;
		out->leave_pauses_out |= agree_on_pauses(local_y, remote_y, r->codec_out, &noise);
		if (noise.codec && !out->noise_codec) {
			out->noise_pt = noise.payload_type;
			out->noise_codec = noise.codec;
		}
	}
}

/* ---- what we say ourselves ---- */

bool
codecs_speak(const struct leg *x, const struct sdp_media *local_x, const struct sdp_media *remote_x,
    struct media_service *out)
{
	struct sdp_format told[SDP_FORMATS_MAX], speaks[SDP_FORMATS_MAX];
	size_t n_told, n_speaks;

	*out = (struct media_service){0};
	if (!codecs_can_read(local_x) || !codecs_can_read(remote_x))
		return false;
	n_told = sdp_formats(local_x, told);
	n_speaks = sdp_formats(remote_x, speaks);
	out->ptime_ms = remote_x->ptime_ms <= CODEC_PTIME_MAX_MS ? (uint8_t)remote_x->ptime_ms : 0;
	for (int keys = 1; keys >= 0; keys--) /* they have room in any case */
		for (size_t i = 0; i < n_told && out->n_in < MEDIA_FORMATS_MAX; i++) {
			struct media_format f = {.codec = (uint8_t)codecs_of(&told[i])};
			bool wanted = keys ? codec_is_event(f.codec)
					   : codec_is_voice(f.codec) || codec_is_noise(f.codec);

			if (wanted && find_same(speaks, n_speaks, &told[i]) &&
			    codecs_payload_type(&told[i], &f.payload_type))
				out->in[out->n_in++] = f;
		}
	for (size_t i = 0; i < n_speaks && !out->out.codec; i++) {
		struct media_format f = {.codec = (uint8_t)codecs_of(&speaks[i])};

		if (codec_is_voice(f.codec) && find_same(told, n_told, &speaks[i]) &&
		    codecs_payload_type(&speaks[i], &f.payload_type))
			out->out = f;
	}
	if (out->out.codec && codecs_pauses_wanted(x))
		out->leave_pauses_out =
		    agree_on_pauses(local_x, remote_x, out->out.codec, &out->noise);
	return out->out.codec;
}
