#include "media/transcode_int.h"

#include <stdlib.h>
#include <string.h>

#include "media/bytes_int.h"
#include "media/packer_int.h"

enum {
	CONCEAL_MAX_MS = 100,
	GAP_MAX = 100,	     /* sequence numbers; more is another beginning */
	HOLE_MAX_MS = 60000, /* timestamps; as above */
	EVENT_BYTES = 4,
	REST_STEP_MS = 20,  /* of the clock */
	REST_SLACK_MS = 20, /* so late a packet in a pause may be, before noise is made for it */
};

struct transcoder {
	struct media_translation what;
	struct rtp_sent *sent;
	struct transcoder_stats stats;

	/* the sender */
	bool started, broken;
	uint32_t ssrc_in;
	uint16_t seq_next;
	uint32_t ts_next;      /* where the voice heard so far ends */
	uint32_t packet_ticks; /* of its last packet of voice */
	uint64_t heard_us;

	/* voice in between */
	struct unpacker unpacker;
	struct packer *packer;		 /* NULL: none yet */
	const struct media_route *voice; /* of what was heard last; NULL: nothing yet */

	/* the sender pauses, and we fill it */
	bool rests;
	uint64_t rest_until_us; /* it is filled */
	uint32_t ahead;		/* ticks of ours that turned out to be too many */

	/* what goes out */
	uint16_t seq_sent; /* after our last packet */
	uint32_t ts_out;   /* of the first sample that waits, or of the next that comes */
	bool marker;
	uint32_t event_in, event_out; /* timestamps of the last key */
	bool has_event;
	struct keys *keys; /* NULL: they pass */
};

/* Where keys are converted. */
struct keys {
	struct key_hear hear;
	struct key_say say;
	bool saying; /* tones, without a hole so far */
	uint64_t began_us;
	struct key_heard told; /* digit 0: none */
};

/* The packet that is being worked on. */
struct work {
	struct transcoder *t;
	struct transcode_room *room;
	transcoder_send_fn *send;
	void *ctx;
	const struct media_route *route;
	struct rtp_head head;
	struct slice payload;
	uint64_t now_us;
	uint64_t passed_us; /* since the sender was heard last */
};

/* ---- birth and death ---- */

static bool
makes_sense(const struct media_translation *what)
{
	if (what->n_routes == 0 || what->n_routes > MEDIA_ROUTES_MAX)
		return false;
	for (size_t i = 0; i < what->n_routes; i++) {
		const struct media_route *r = &what->route[i];
		bool keys = codec_is_event(r->codec_in);
		bool voice = codec_is_voice(r->codec_in) || codec_is_noise(r->codec_in);

		if (r->pt_in > 127 || r->pt_out > 127)
			return false;
		if (r->codec_in != r->codec_out && !(voice && codec_is_voice(r->codec_out)) &&
		    !(keys && (codec_is_event(r->codec_out) || what->keys_in)))
			return false;
	}
	if (what->noise_pt > 127 || (what->noise_codec && !codec_is_noise(what->noise_codec)))
		return false;
	return what->keys_out != MEDIA_KEYS_EVENTS ||
	       (what->key_pt <= 127 && codec_is_event(what->key_codec));
}

static enum err
make_keys(struct transcoder *t)
{
	if (!t->what.keys_in && !t->what.keys_out)
		return ERR_OK;
	t->keys = calloc(1, sizeof *t->keys);
	if (!t->keys)
		return ERR_NOMEM;
	key_say_init(&t->keys->say);
	return key_hear_init(&t->keys->hear, t->what.keys_in == MEDIA_KEYS_TONES);
}

enum err
transcoder_new(
    const struct media_translation *translation, struct rtp_sent *sent, struct transcoder **out)
{
	struct transcoder *t;

	if (!makes_sense(translation))
		return ERR_INVALID;
	t = calloc(1, sizeof *t);
	if (!t)
		return ERR_NOMEM;
	t->what = *translation;
	t->sent = sent;
	t->marker = true;
	unpacker_init(&t->unpacker);
	if (make_keys(t) != ERR_OK) {
		transcoder_free(t);
		return ERR_NOMEM;
	}
	*out = t;
	return ERR_OK;
}

static void
drop_packer(struct transcoder *t)
{
	packer_free(t->packer);
	t->packer = NULL;
}

void
transcoder_free(struct transcoder *t)
{
	if (!t)
		return;
	unpacker_drop(&t->unpacker);
	drop_packer(t);
	if (t->keys)
		key_hear_fini(&t->keys->hear);
	free(t->keys);
	free(t);
}

void
transcoder_break(struct transcoder *t)
{
	t->broken = true;
	t->rests = false;
}

const struct transcoder_stats *
transcoder_stats(const struct transcoder *t)
{
	return &t->stats;
}

/* ---- rates and ticks ---- */

static uint32_t
scale(uint64_t n, uint32_t from, uint32_t to)
{
	return (uint32_t)(n * to / from);
}

/* Of what we do not know it does not matter: it is the same on both sides. */
static uint32_t
clock_hz(uint8_t codec)
{
	return codec ? codec_info(codec)->clock_hz : 8000;
}

static uint32_t
out_hz(const struct work *w)
{
	return clock_hz(w->route->codec_out);
}

static uint32_t
in_hz(const struct work *w)
{
	return clock_hz(w->route->codec_in);
}

/* How the listener wants pauses in this codec. Noise has the clock of the voice (RFC 3389, 4). */
static enum packer_pauses
pauses_of(const struct transcoder *t, enum codec codec)
{
	if (coder_has_pauses(codec))
		return t->what.leave_pauses_out ? PACKER_PAUSES_CODEC : PACKER_PAUSES_SENT;
	return t->what.noise_codec && clock_hz(t->what.noise_codec) == clock_hz(codec)
		   ? PACKER_PAUSES_NOISE
		   : PACKER_PAUSES_SENT;
}

static bool
ready_packer(struct transcoder *t, enum codec codec, enum codec from)
{
	uint32_t wants = codec_info(codec)->rate_hz, has = codec_info(from)->rate_hz;

	if (t->packer && t->packer->codec == codec)
		return true;
	drop_packer(t);
	/* no more than there is to hear, if the codec lets us choose */
	return packer_new(codec, has < wants && coder_has_rate(codec, has) ? has : wants,
		   t->what.ptime_ms, pauses_of(t, codec), &t->packer) == ERR_OK;
}

static bool
ready_coders(struct transcoder *t, const struct media_route *r)
{
	if (t->packer && t->packer->codec == r->codec_out && t->unpacker.codec == r->codec_in)
		return true;
	unpacker_drop(&t->unpacker);
	return ready_packer(t, r->codec_out, r->codec_in) &&
	       unpacker_ready(&t->unpacker, r->codec_in, t->packer->hz);
}

/* ---- out ---- */

/* The payload stands behind the place for the head. */
static void
send_as(struct work *w, uint8_t payload_type, uint32_t timestamp, bool marker, size_t payload_bytes)
{
	struct transcoder *t = w->t;

	rtp_sent_head(t->sent, w->room->packet, payload_type, marker, timestamp, out_hz(w),
	    payload_bytes, w->now_us);
	t->seq_sent = t->sent->seq;
	w->send(w->ctx, slice_make(w->room->packet, RTP_HEAD_BYTES + payload_bytes));
}

static void
send_packet(struct work *w, uint32_t timestamp, bool marker, size_t payload_bytes)
{
	send_as(w, w->route->pt_out, timestamp, marker, payload_bytes);
}

static bool
has_waiting(const struct transcoder *t)
{
	return t->packer && t->packer->n_waiting;
}

static void
encode_waiting(struct work *w)
{
	struct transcoder *t = w->t;
	struct packed p = packer_pack(t->packer, w->room->packet + RTP_HEAD_BYTES);

	if (p.noise && !p.known) {
		send_as(w, t->what.noise_pt, t->ts_out, false, p.n);
	} else if (!p.noise && p.n) {
		send_packet(w, t->ts_out + p.left_out, t->marker, p.n);
		t->marker = false;
	}
	if (p.noise || (!p.n && t->packer->pauses == PACKER_PAUSES_CODEC))
		t->marker = true;
	t->ts_out += p.ticks;
}

static void
put_samples(struct work *w, const int16_t *pcm, size_t n)
{
	while (packer_fill(w->t->packer, &pcm, &n))
		encode_waiting(w);
}

/* Samples as the decoder makes them. */
static void
put_decoded(struct work *w, size_t n)
{
	struct unpacker *u = &w->t->unpacker;
	struct transcode_room *room = w->room;

	if (!u->resampler) {
		put_samples(w, room->decoded, n);
		return;
	}
	while (n) { /* up to six times as many come out */
		size_t some = n < u->hz / 100 ? n : u->hz / 100;
		size_t made = unpacker_fit(u, room->decoded, some, room->resampled,
		    sizeof room->resampled / sizeof room->resampled[0]);

		put_samples(w, room->resampled, made);
		n -= some;
		memmove(room->decoded, room->decoded + some, n * sizeof room->decoded[0]);
	}
}

/* A pause follows: what waits goes out, filled up with silence, and time goes on without sound.
 * The silence is part of the pause. */
static void
pause_voice(struct work *w, uint32_t ticks_out)
{
	struct transcoder *t = w->t;
	uint32_t before = t->ts_out;

	if (has_waiting(t)) {
		before += packer_waits(t->packer);
		packer_fill_up(t->packer);
		encode_waiting(w);
	}
	if ((int32_t)(before + ticks_out - t->ts_out) > 0)
		t->ts_out = before + ticks_out;
	t->marker = true;
}

/* ---- in ---- */

/* Where in our timestamps the sender's stand. */
static uint32_t
map_timestamp(const struct work *w, uint32_t timestamp)
{
	const struct transcoder *t = w->t;
	uint32_t now = t->ts_out, hz = in_hz(w);
	int32_t ahead = (int32_t)(timestamp - t->ts_next);

	if (has_waiting(t))
		now += packer_waits(t->packer);
	return ahead < 0 ? now - scale((uint64_t) - (int64_t)ahead, hz, out_hz(w))
			 : now + scale((uint64_t)ahead, hz, out_hz(w));
}

/* Another sender, or the same one begins anew: only the clock on the wall knows how long the hole
 * was. */
static void
begin_again(struct work *w)
{
	struct transcoder *t = w->t;
	bool first = !t->started;

	t->started = true;
	t->broken = false;
	t->rests = false;
	t->ahead = 0;
	t->ssrc_in = w->head.ssrc;
	t->seq_next = w->head.seq;
	t->has_event = false;
	if (!first)
		pause_voice(w, scale(w->passed_us / 1000, 1000, out_hz(w)));
	if (first || t->sent->seq != t->seq_sent) /* the listener has heard something else */
		t->ts_out = rtp_sent_now(t->sent, out_hz(w), w->now_us);
	t->ts_next = w->head.timestamp;
}

/* False: it comes too late. *lost: packets missing right before it. */
static bool
follow_sequence(struct work *w, uint16_t *lost)
{
	struct transcoder *t = w->t;
	int16_t gap = (int16_t)(w->head.seq - t->seq_next);

	*lost = 0;
	if (!t->started || t->broken || w->head.ssrc != t->ssrc_in || gap > GAP_MAX ||
	    gap < -GAP_MAX) {
		begin_again(w);
	} else if (gap < 0) {
		t->stats.late++;
		return false;
	}
	*lost = (uint16_t)(w->head.seq - t->seq_next);
	t->seq_next = (uint16_t)(w->head.seq + 1);
	return true;
}

static void
conceal(struct work *w, uint32_t ticks, struct slice next)
{
	struct transcoder *t = w->t;
	size_t n = scale(ticks, in_hz(w), t->unpacker.hz);

	unpacker_conceal(&t->unpacker, next, w->room->decoded, n);
	t->stats.concealed_ms += n * 1000 / t->unpacker.hz;
	put_decoded(w, n);
}

/* What lies between the voice heard last and this packet: lost packets, or a pause. Where both are,
 * nobody knows in which order: it counts as a pause. */
static void
bridge_hole(struct work *w, uint16_t lost)
{
	struct transcoder *t = w->t;
	int32_t hole = (int32_t)(w->head.timestamp - t->ts_next);
	uint32_t limit = scale(CONCEAL_MAX_MS, 1000, in_hz(w)), ticks = (uint32_t)hole;

	if (hole < 0 || ticks > scale(HOLE_MAX_MS, 1000, in_hz(w))) {
		begin_again(w); /* the sender's clock has jumped */
		t->seq_next = (uint16_t)(w->head.seq + 1);
		return;
	}
	if (lost && ticks == lost * t->packet_ticks) {
		uint32_t some = ticks < limit ? ticks : limit;

		conceal(w, some, some == ticks ? w->payload : SLICE(""));
		ticks -= some;
	}
	if (ticks)
		pause_voice(w, scale(ticks, in_hz(w), out_hz(w)));
	t->ts_next = w->head.timestamp;
}

/* ---- pauses that the sender does not send ---- */

static const struct media_route *
voice_route(const struct transcoder *t)
{
	for (size_t i = 0; i < t->what.n_routes; i++)
		if (codec_is_voice(t->what.route[i].codec_out) &&
		    (!t->packer || t->what.route[i].codec_out == t->packer->codec))
			return &t->what.route[i];
	return NULL;
}

static void
put_rest(struct work *w, uint32_t ticks)
{
	struct transcoder *t = w->t;
	size_t n = scale(ticks, in_hz(w), t->unpacker.hz);

	unpacker_rest(&t->unpacker, w->room->decoded, n);
	put_decoded(w, n);
	t->ts_next += ticks;
}

/* A packet ends the pause, or goes on with it: was there as much noise as the pause has really
 * lasted? What was too much is taken back where there is too little. */
static void
settle_rest(struct work *w)
{
	struct transcoder *t = w->t;
	uint32_t limit = scale(CONCEAL_MAX_MS, 1000, in_hz(w));
	int32_t hole = (int32_t)(w->head.timestamp - t->ts_next);
	uint32_t ticks = (uint32_t)hole, back;

	if (!t->rests)
		return;
	if (hole < 0) {
		if (-(int64_t)hole > limit || t->ahead > limit)
			return; /* that is no jitter */
		t->ahead += (uint32_t)-hole;
		t->ts_next = w->head.timestamp;
		return;
	}
	back = ticks < t->ahead ? ticks : t->ahead;
	t->ahead -= back;
	t->ts_next += back;
	if (ticks - back <= limit)
		put_rest(w, ticks - back);
}

static void
begin_rest(struct work *w, uint32_t after_ticks)
{
	struct transcoder *t = w->t;

	t->rests = true;
	t->rest_until_us = w->now_us + scale(after_ticks, in_hz(w), 1000000);
}

/* The noise is the listener's business, too. Its spectrum belongs to a rate. */
static void
pass_noise(struct work *w, const struct media_route *noise)
{
	struct transcoder *t = w->t;
	const struct media_route *v = t->voice;
	size_t n = w->payload.n < 1 + COMFORT_ORDER_MAX ? w->payload.n : 1 + COMFORT_ORDER_MAX;

	if (v && codec_info(v->codec_in)->rate_hz != codec_info(v->codec_out)->rate_hz)
		n = 1;
	w->route = v ? v : noise;
	bridge_hole(w, 0);
	pause_voice(w, 0);
	memcpy(w->room->packet + RTP_HEAD_BYTES, w->payload.p, n);
	send_as(w, noise->pt_out, t->ts_out, false, n);
}

/* The listener does not know it: we make it. */
static void
make_noise(struct work *w, enum codec noise)
{
	struct transcoder *t = w->t;
	struct unpacker *u = &t->unpacker;

	w->route = t->voice ? t->voice : voice_route(t);
	if (!w->route || !codec_is_voice(w->route->codec_in) ||
	    !ready_packer(t, w->route->codec_out, w->route->codec_in))
		return;
	if (u->codec != w->route->codec_in || u->wanted_hz != t->packer->hz)
		unpacker_drop(u);
	settle_rest(w);
	bridge_hole(w, 0);
	if (unpacker_describe(u, noise, w->payload, t->packer->hz))
		begin_rest(w, 0);
}

static void
hear_noise(struct work *w)
{
	const struct media_route *noise = w->route, *v = w->t->voice;
	bool passes = codec_is_noise(noise->codec_out);

	if (!w->payload.n || (v && in_hz(w) != clock_hz(v->codec_in)) ||
	    (v && passes && out_hz(w) != clock_hz(v->codec_out)))
		w->t->stats.alien++;
	else if (passes)
		pass_noise(w, noise);
	else
		make_noise(w, noise->codec_in);
}

static void
fill_rest(struct work *w)
{
	struct transcoder *t = w->t;

	w->route = t->voice ? t->voice : voice_route(t);
	for (int i = 0; w->route && i < CONCEAL_MAX_MS / REST_STEP_MS &&
			w->now_us >= t->rest_until_us + 1000 * REST_SLACK_MS;
	     i++) {
		put_rest(w, scale(REST_STEP_MS, 1000, in_hz(w)));
		t->rest_until_us += 1000 * REST_STEP_MS;
		t->heard_us = t->rest_until_us;
	}
}

/* ---- voice ---- */

static void
transcode(struct work *w, uint16_t lost)
{
	struct transcoder *t = w->t;
	struct unpacker *u = &t->unpacker;
	size_t n;

	if (!ready_coders(t, w->route))
		return;
	settle_rest(w);
	bridge_hole(w, t->rests ? 0 : lost);
	if (w->head.marker)
		t->marker = true;
	n = unpacker_decode(u, w->payload, w->room->decoded);
	if (!n) {
		t->stats.alien++;
		return;
	}
	t->packet_ticks = scale(n, u->hz, in_hz(w));
	t->ts_next = w->head.timestamp + t->packet_ticks;
	t->rests = false;
	if (u->rest == UNPACKER_CODEC)
		begin_rest(w, t->packet_ticks);
	if (t->rests && t->ahead >= t->packet_ticks) {
		t->ahead -= t->packet_ticks; /* it was heard already */
		return;
	}
	if (t->keys && key_hear_voice(&t->keys->hear, w->room->decoded, n, u->hz))
		memset(w->room->decoded, 0, n * sizeof w->room->decoded[0]);
	put_decoded(w, n);
}

/* Voice that is heard for its keys only. */
static void
overhear(struct work *w)
{
	struct transcoder *t = w->t;
	size_t n;

	if (t->what.keys_in != MEDIA_KEYS_TONES || !codec_is_voice(w->route->codec_in) ||
	    !ready_coders(t, w->route))
		return;
	n = unpacker_decode(&t->unpacker, w->payload, w->room->decoded);
	(void)key_hear_voice(&t->keys->hear, w->room->decoded, n, t->unpacker.hz);
}

static void
copy_payload(struct work *w)
{
	memcpy(w->room->packet + RTP_HEAD_BYTES, w->payload.p, w->payload.n);
}

/* The same codec, another number. Its losses are the listener's to conceal: but our sequence
 * numbers have no holes, so the hole is in the timestamps. */
static void
pass_voice(struct work *w)
{
	struct transcoder *t = w->t;
	uint32_t ticks;

	settle_rest(w);
	t->rests = false;
	ticks = w->head.timestamp - t->ts_next;
	if (has_waiting(t))
		pause_voice(w, 0);
	if (ticks > scale(HOLE_MAX_MS, 1000, in_hz(w)))
		begin_again(w);
	else
		t->ts_out += scale(ticks, in_hz(w), out_hz(w));
	t->seq_next = (uint16_t)(w->head.seq + 1);
	t->ts_next = w->head.timestamp;
	copy_payload(w);
	send_packet(w, t->ts_out, w->head.marker || t->marker, w->payload.n);
	t->marker = false;
}

/* RFC 4733, 2.3: event, flags and volume, duration. All packets of one key have the timestamp of
 * its beginning. */
static void
pass_event(struct work *w)
{
	struct transcoder *t = w->t;
	unsigned char *out = w->room->packet + RTP_HEAD_BYTES;
	uint32_t duration;
	bool begins = !t->has_event || t->event_in != w->head.timestamp;

	if (w->payload.n < EVENT_BYTES) {
		t->stats.alien++;
		return;
	}
	if (begins) {
		t->has_event = true;
		t->event_in = w->head.timestamp;
		t->event_out = map_timestamp(w, w->head.timestamp);
	}
	w->payload.n = EVENT_BYTES; /* several in one packet: nobody sends that */
	copy_payload(w);
	duration = scale(u16(w->payload, 2), in_hz(w), out_hz(w));
	put_u16(out + 2, (uint16_t)(duration > UINT16_MAX ? UINT16_MAX : duration));
	send_packet(w, t->event_out, begins, EVENT_BYTES);
}

static const struct media_route *
find_route(const struct transcoder *t, uint8_t payload_type)
{
	for (size_t i = 0; i < t->what.n_routes; i++)
		if (t->what.route[i].pt_in == payload_type)
			return &t->what.route[i];
	return NULL;
}

/* From who presses them to who says them on. */
static void
pass_keys_on(struct transcoder *t)
{
	struct key_heard heard;

	while (t->what.keys_out != MEDIA_KEYS_TOLD && key_hear_take(&t->keys->hear, &heard))
		key_say_put(&t->keys->say, &heard);
}

/* True: it is of no other use. While a key is being said to the listener the voice goes nowhere. */
static bool
hear_keys(struct work *w)
{
	struct transcoder *t = w->t;
	bool event = codec_is_event(w->route->codec_in);

	if (event && t->what.keys_in)
		key_hear_packet(&t->keys->hear, &w->head, w->payload, clock_hz(w->route->codec_in));
	else if (!event && key_say_is_busy(&t->keys->say))
		overhear(w);
	else
		return false;
	t->broken = true; /* for the voice that follows */
	t->heard_us = w->now_us;
	pass_keys_on(t);
	return true;
}

void
transcoder_packet(struct transcoder *t, struct slice packet, uint64_t now_us,
    struct transcode_room *room, transcoder_send_fn *send, void *ctx)
{
	struct work w = {.t = t,
	    .room = room,
	    .send = send,
	    .ctx = ctx,
	    .head = rtp_head_of(packet),
	    .payload = rtp_payload(packet),
	    .now_us = now_us,
	    .passed_us = now_us - t->heard_us};
	uint16_t lost;

	w.route = find_route(t, w.head.payload_type);
	if (!w.route) {
		t->stats.alien++;
		if (w.head.seq == t->seq_next)
			t->seq_next++; /* not needed, but not lost */
		return;
	}
	if (t->keys && hear_keys(&w))
		return;
	if (!follow_sequence(&w, &lost))
		return;
	t->heard_us = now_us;
	if (codec_is_voice(w.route->codec_in))
		t->voice = w.route;
	if (codec_is_event(w.route->codec_in))
		pass_event(&w);
	else if (codec_is_noise(w.route->codec_in))
		hear_noise(&w);
	else if (w.route->codec_in == w.route->codec_out && t->what.keys_in != MEDIA_KEYS_TONES)
		pass_voice(&w);
	else
		transcode(&w, lost);
	if (t->keys)
		pass_keys_on(t);
}

/* ---- keys that are converted ---- */

void
transcoder_key(struct transcoder *t, const struct key_heard *heard)
{
	if (t->keys && t->what.keys_out != MEDIA_KEYS_TOLD)
		key_say_put(&t->keys->say, heard);
}

bool
transcoder_needs_clock(const struct transcoder *t)
{
	return t->rests ||
	       (t->keys && (key_say_is_busy(&t->keys->say) || key_hear_waits(&t->keys->hear)));
}

bool
transcoder_says_keys(const struct transcoder *t)
{
	return t->keys && key_say_is_busy(&t->keys->say);
}

bool
transcoder_tells_keys(const struct transcoder *t)
{
	return t->what.keys_out == MEDIA_KEYS_TOLD;
}

const struct key_heard *
transcoder_told(struct transcoder *t)
{
	struct keys *k = t->keys;

	if (!k || t->what.keys_out != MEDIA_KEYS_TOLD)
		return NULL;
	while (!k->told.digit && key_hear_take(&k->hear, &k->told))
		if (!k->told.ends)
			k->told.digit = 0;
	return k->told.digit ? &k->told : NULL;
}

void
transcoder_told_forget(struct transcoder *t)
{
	t->keys->told.digit = 0;
}

static void
say_packet(struct work *w)
{
	struct transcoder *t = w->t;
	uint32_t hz = clock_hz(t->what.key_codec);
	struct key_packet p;
	bool began;

	if (!key_say_packet(&t->keys->say, rtp_sent_now(t->sent, hz, w->now_us), hz, &p, &began))
		return;
	if (began)
		t->keys->began_us = w->now_us;
	/* the timestamp is that of the key's beginning */
	rtp_sent_head(t->sent, w->room->packet, t->what.key_pt, p.marker, p.timestamp, hz,
	    sizeof p.payload, t->keys->began_us);
	memcpy(w->room->packet + RTP_HEAD_BYTES, p.payload, sizeof p.payload);
	w->send(w->ctx, slice_make(w->room->packet, RTP_HEAD_BYTES + sizeof p.payload));
}

static void
say_tones(struct work *w)
{
	struct transcoder *t = w->t;
	size_t n;

	w->route = voice_route(t);
	if (!w->route || !ready_packer(t, w->route->codec_out, w->route->codec_out))
		return;
	if (!t->keys->saying) {
		t->packer->n_waiting = 0;
		t->ts_out = rtp_sent_now(t->sent, out_hz(w), w->now_us);
		t->marker = true;
	}
	t->keys->saying = true;
	n = t->packer->hz / 1000 * KEY_STEP_MS;
	key_say_tones(&t->keys->say, w->room->decoded, n, t->packer->hz);
	put_samples(w, w->room->decoded, n);
}

static void
tick_keys(struct work *w)
{
	struct transcoder *t = w->t;

	key_hear_tick(&t->keys->hear);
	pass_keys_on(t);
	if (!key_say_is_busy(&t->keys->say))
		return;
	transcoder_break(t); /* the voice begins anew after it */
	if (t->what.keys_out == MEDIA_KEYS_EVENTS)
		say_packet(w);
	else
		say_tones(w);
	if (!key_say_is_busy(&t->keys->say))
		t->keys->saying = false;
}

void
transcoder_tick(struct transcoder *t, uint64_t now_us, struct transcode_room *room,
    transcoder_send_fn *send, void *ctx)
{
	struct work w = {.t = t, .room = room, .send = send, .ctx = ctx, .now_us = now_us};

	if (t->keys)
		tick_keys(&w);
	if (t->rests)
		fill_rest(&w);
}
