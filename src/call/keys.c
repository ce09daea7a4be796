#include "call/keys.h"

#include <string.h>

#include "call/app_int.h"
#include "call/codecs.h"
#include "call/in_call.h"
#include "call/twin.h"

enum { INFO_MS_DEFAULT = 160, INFO_MS_MAX = 10000, BODY_MAX_BYTES = 64, PASSED_MS = 100 };

enum dir_dtmf
keys_mode(const struct leg *l)
{
	const struct dir_phone *phone;
	const struct dir_line *line;

	leg_whose(l, &phone, &line);
	return line ? line->dtmf : phone ? phone->dtmf : DIR_DTMF_AUTO;
}

/* ---- descriptions ---- */

static bool
is_event(const struct sdp_format *f)
{
	return codec_is_event(codecs_of(f));
}

static const struct sdp_format *
find_event(const struct sdp_format *f, size_t n, uint32_t clock_hz)
{
	for (size_t i = 0; i < n; i++)
		if (is_event(&f[i]) && (!clock_hz || f[i].clock_hz == clock_hz))
			return &f[i];
	return NULL;
}

static bool
take_out(struct sdp_choice *c)
{
	size_t n = 0;

	for (size_t i = 0; i < c->n; i++)
		if (!is_event(&c->format[i]))
			c->format[n++] = c->format[i];
	if (n == c->n)
		return false;
	c->n = n;
	return true;
}

bool
keys_offer(const struct leg *to, struct sdp_choice *c)
{
	switch (keys_mode(to)) {
	case DIR_DTMF_AUTO: return false;
	case DIR_DTMF_EVENTS:
		return !find_event(c->format, c->n, 0) && codecs_add(c, CODEC_EVENT_8);
	case DIR_DTMF_INBAND:
	case DIR_DTMF_INFO: break;
	}
	return take_out(c);
}

static bool
wants_events(const struct leg *from, const struct leg *to, bool theirs)
{
	switch (keys_mode(to)) {
	case DIR_DTMF_AUTO: return theirs || keys_mode(from) != DIR_DTMF_AUTO;
	case DIR_DTMF_EVENTS: return true;
	case DIR_DTMF_INBAND:
	case DIR_DTMF_INFO: break;
	}
	return false;
}

bool
keys_answer(const struct leg *from, const struct leg *to, const struct sdp_format *offered,
    size_t n_offered, bool theirs, struct sdp_choice *c)
{
	const struct sdp_format *event;

	if (!wants_events(from, to, theirs))
		return take_out(c);
	if (find_event(c->format, c->n, 0) || !c->n || c->n == SDP_FORMATS_MAX)
		return false;
	event = find_event(offered, n_offered, c->format[0].clock_hz);
	if (!event)
		event = find_event(offered, n_offered, 0);
	if (!event)
		return false;
	c->format[c->n++] = *event;
	return true;
}

/* ---- from leg to leg ---- */

/* What a leg has agreed on: its packets of keys, if any. */
struct agreed {
	struct sdp_format told[SDP_FORMATS_MAX], speaks[SDP_FORMATS_MAX];
	size_t n_told, n_speaks;
	enum media_keys keys;
};

static bool
is_agreed(const struct agreed *a, const struct sdp_format *f)
{
	for (size_t i = 0; i < a->n_speaks; i++)
		if (sdp_format_same(&a->speaks[i], f))
			return true;
	return false;
}

static void
read_agreed(const struct keys_leg *l, struct agreed *a)
{
	a->n_told = sdp_formats(l->local, a->told);
	a->n_speaks = sdp_formats(l->remote, a->speaks);
	a->keys = keys_mode(l->leg) == DIR_DTMF_INFO ? MEDIA_KEYS_TOLD : MEDIA_KEYS_TONES;
	/* whatever their clocks: some answer with that of their voice */
	if (find_event(a->told, a->n_told, 0) && find_event(a->speaks, a->n_speaks, 0))
		a->keys = MEDIA_KEYS_EVENTS;
}

/* Comfort noise goes where its voice goes. */
static void
route_noise(const struct agreed *x, const struct agreed *y, struct media_translation *t)
{
	for (size_t i = 0; i < x->n_told; i++) {
		const struct sdp_format *f = &x->told[i];

		if (codec_is_noise(codecs_of(f)) && is_agreed(x, f))
			for (size_t k = 0; k < y->n_speaks; k++)
				if (sdp_format_same(&y->speaks[k], f))
					(void)codecs_route(t, f, &y->speaks[k]);
	}
}

/* Voice as it is, when there was nothing to translate. Only what we speak can carry keys. */
static bool
route_voice(const struct agreed *x, const struct agreed *y, struct media_translation *t)
{
	bool untouched = t->n_routes == 0;

	for (size_t i = 0; t->n_routes == 0 && i < x->n_told; i++) {
		const struct sdp_format *f = &x->told[i];

		if (codec_is_voice(codecs_of(f)) && is_agreed(x, f))
			for (size_t k = 0; k < y->n_speaks; k++)
				if (sdp_format_same(&y->speaks[k], f))
					(void)codecs_route(t, f, &y->speaks[k]);
	}
	if (untouched && t->n_routes)
		route_noise(x, y, t);
	for (size_t i = 0; i < t->n_routes; i++)
		if (codec_is_voice(t->route[i].codec_out))
			return true;
	return false;
}

/* Packets of keys that come are read, not passed. */
static void
route_keys(const struct agreed *x, struct media_translation *t)
{
	size_t n = 0;

	for (size_t i = 0; i < t->n_routes; i++)
		if (!codec_is_event(t->route[i].codec_in))
			t->route[n++] = t->route[i];
	memset(&t->route[n], 0, (MEDIA_ROUTES_MAX - n) * sizeof t->route[0]);
	t->n_routes = (uint8_t)n;
	for (size_t i = 0; i < x->n_told && t->keys_in == MEDIA_KEYS_EVENTS; i++)
		if (is_event(&x->told[i]) && t->n_routes < MEDIA_ROUTES_MAX) {
			struct media_route *r = &t->route[t->n_routes];

			*r = (struct media_route){.codec_in = codecs_of(&x->told[i])};
			t->n_routes += codecs_payload_type(&x->told[i], &r->pt_in);
		}
}

static bool
choose_event(const struct agreed *y, struct media_translation *t)
{
	uint32_t hz = 8000;
	const struct sdp_format *f;

	for (size_t i = 0; i < t->n_routes; i++)
		if (codec_is_voice(t->route[i].codec_out))
			hz = codec_info(t->route[i].codec_out)->clock_hz;
	f = find_event(y->speaks, y->n_speaks, hz);
	if (!f)
		f = find_event(y->speaks, y->n_speaks, 0);
	if (!f || !codecs_payload_type(f, &t->key_pt))
		return false;
	t->key_codec = codecs_of(f);
	return true;
}

bool
keys_translate(const struct keys_leg *lx, const struct keys_leg *ly, struct media_translation *out)
{
	struct media_translation t = *out;
	struct agreed x, y;

	if (!codecs_can_read(lx->local) || !codecs_can_read(lx->remote) ||
	    !codecs_can_read(ly->local) || !codecs_can_read(ly->remote))
		return false;
	read_agreed(lx, &x);
	read_agreed(ly, &y);
	if ((x.keys == y.keys && !lx->leg->keys_told) ||
	    (x.keys == MEDIA_KEYS_TOLD && y.keys == MEDIA_KEYS_TOLD))
		return false;
	if (!route_voice(&x, &y, &t))
		return false;
	t.keys_in = (uint8_t)x.keys;
	t.keys_out = (uint8_t)y.keys;
	route_keys(&x, &t);
	if (y.keys == MEDIA_KEYS_EVENTS && !choose_event(&y, &t))
		return false;
	*out = t;
	return true;
}

void
keys_listen(struct media_service *what)
{
	what->listening.keys = true;
	for (size_t i = 0; i < what->n_in; i++)
		if (codec_is_event(what->in[i].codec))
			return;
	what->listening.flags |= LISTEN_DTMF;
}

/* ---- SIP INFO ---- */

static void
send_info(struct leg *to, char key, uint32_t ms)
{
	char body[BODY_MAX_BYTES];
	struct buf b;

	buf_init(&b, body, sizeof body);
	buf_lit(&b, "Signal=");
	buf_char(&b, key);
	buf_lit(&b, "\r\nDuration=");
	buf_u64(&b, ms);
	buf_lit(&b, "\r\n");
	relayed_send(to, SIP_INFO, SLICE("application/dtmf-relay"), buf_slice(&b));
}

void
keys_on_heard(struct stream *s, const struct media_event *ev)
{
	struct call *c = s->call;
	const struct leg *by = c->leg[ev->service.side];
	struct leg *other = by ? leg_other(by) : NULL;

	if (!s->open || s->ref.gen != ev->ref.gen || !other || other->state != LEG_UP)
		return;
	send_info(other, ev->service.key, ev->service.key_ms);
}

/* In its first voice. */
static enum media_keys
keys_of(const struct leg *l)
{
	struct sdp local, remote;
	struct agreed a;

	if (sdp_memo_parse(&l->call->sw->sdp_memo, &local, sdp_text_slice(&l->local_sdp)) !=
		ERR_OK ||
	    bridge_read(l, &remote) != ERR_OK)
		return MEDIA_KEYS_TONES;
	for (size_t i = 0; i < local.n_media && i < remote.n_media; i++) {
		struct keys_leg of = {l, &local.media[i], &remote.media[i]};

		if (!l->call->stream[i].open || !l->call->stream[i].audio)
			continue;
		read_agreed(&of, &a);
		return a.keys;
	}
	return MEDIA_KEYS_TONES;
}

void
keys_pass(const struct leg *by, struct leg *to, char key)
{
	struct leg *opposite = leg_other(to);

	if (!opposite || to->app || to->state != LEG_UP ||
	    (keys_mode(by) == DIR_DTMF_INBAND && keys_of(to) == MEDIA_KEYS_TONES))
		return;
	if (keys_mode(to) == DIR_DTMF_INFO || !bridge_press(opposite, key, PASSED_MS))
		send_info(to, key, PASSED_MS);
}

/* "5", "#"; by number also 10 = *, 11 = #, 12-15 = A-D, 16 = flash. 0: no key. */
static char
key_of(struct slice value)
{
	static const char by_number[] = "0123456789*#ABCD!";
	uint32_t n;

	value = slice_trim(value);
	if (value.n == 1 && memchr("0123456789*#ABCDabcd!", value.p[0], 21))
		return value.p[0] >= 'a' ? (char)(value.p[0] - 'a' + 'A') : value.p[0];
	if (slice_to_u32(value, 16, &n) == ERR_OK)
		return by_number[n];
	return 0;
}

/* application/dtmf-relay: lines of name=value; application/dtmf: the key alone. */
static char
read_key(const struct sip_msg *req, uint32_t *ms)
{
	struct slice type = sip_msg_value(req, SIP_HDR_CONTENT_TYPE), rest = req->body;
	char key = 0;

	*ms = INFO_MS_DEFAULT;
	if (slice_starts_nocase(type, SLICE("application/dtmf-relay"))) {
		while (rest.n) {
			struct slice value = slice_take_until(&rest, '\n');
			struct slice name = slice_trim(slice_take_until(&value, '='));

			if (slice_eq_nocase(name, SLICE("Signal")))
				key = key_of(value);
			else if (slice_eq_nocase(name, SLICE("Duration")) &&
				 slice_to_u32(slice_trim(value), INFO_MS_MAX, ms) != ERR_OK)
				*ms = INFO_MS_DEFAULT;
		}
	} else if (slice_starts_nocase(type, SLICE("application/dtmf"))) {
		key = key_of(rest);
	}
	return key;
}

bool
keys_take_info(struct leg *l, struct sip_server *tsx, const struct sip_msg *req)
{
	const struct leg *other = leg_other(l);
	uint32_t ms;
	char key = read_key(req, &ms);

	if (key && l->twin) {
		sip_server_reject(tsx, 200, SLICE(""));
		twin_on_key(l, key);
		return true;
	}
	if (key && l->state == LEG_UP && app_of_peer(l)) {
		sip_server_reject(tsx, 200, SLICE(""));
		app_on_key(app_of_peer(l), key);
		return true;
	}
	if (key && l->state == LEG_UP && in_call_on_key(l, key)) {
		sip_server_reject(tsx, 200, SLICE(""));
		return true;
	}
	if (!key || !other || other->state != LEG_UP || l->state != LEG_UP ||
	    keys_mode(other) == DIR_DTMF_INFO || !bridge_press(l, key, ms))
		return false;
	sip_server_reject(tsx, 200, SLICE(""));
	return true;
}
