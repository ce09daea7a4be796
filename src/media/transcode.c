#include "media/transcode_int.h"

#include <stdlib.h>
#include <string.h>

#include "media/bytes_int.h"
#include "sound/resample.h"

enum {
	CONCEAL_MAX_MS = 100,
	GAP_MAX = 100,	     /* sequence numbers; more is another beginning */
	HOLE_MAX_MS = 60000, /* timestamps; as above */
	EVENT_BYTES = 4,
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
	enum codec decodes, encodes; /* what the coders are for */
	struct decoder *decoder;
	struct encoder *encoder;
	struct resampler *resampler; /* NULL: not needed */
	uint32_t decoder_hz, encoder_hz;
	int16_t *waiting; /* samples at encoder_hz, fewer than a packet's */
	size_t n_waiting;

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
		bool voice = codec_is_voice(r->codec_in), keys = codec_is_event(r->codec_in);

		if (r->pt_in > 127 || r->pt_out > 127)
			return false;
		if (r->codec_in != r->codec_out && !(voice && codec_is_voice(r->codec_out)) &&
		    !(keys && (codec_is_event(r->codec_out) || what->keys_in)))
			return false;
	}
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
	if (make_keys(t) != ERR_OK) {
		transcoder_free(t);
		return ERR_NOMEM;
	}
	*out = t;
	return ERR_OK;
}

static void
drop_decoder(struct transcoder *t)
{
	decoder_free(t->decoder);
	resampler_free(t->resampler);
	t->decoder = NULL;
	t->resampler = NULL;
	t->decodes = CODEC_NONE;
}

static void
drop_encoder(struct transcoder *t)
{
	encoder_free(t->encoder);
	free(t->waiting);
	t->encoder = NULL;
	t->waiting = NULL;
	t->n_waiting = 0;
	t->encodes = CODEC_NONE;
}

void
transcoder_free(struct transcoder *t)
{
	if (!t)
		return;
	drop_decoder(t);
	drop_encoder(t);
	if (t->keys)
		key_hear_fini(&t->keys->hear);
	free(t->keys);
	free(t);
}

void
transcoder_break(struct transcoder *t)
{
	t->broken = true;
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

static size_t
packet_samples(const struct transcoder *t)
{
	return t->encoder_hz / 1000 * codec_ptime(t->encodes, t->what.ptime_ms);
}

static bool
ready_encoder(struct transcoder *t, enum codec codec, enum codec from)
{
	uint32_t wants = codec_info(codec)->rate_hz, has = codec_info(from)->rate_hz;

	if (t->encodes == codec)
		return true;
	drop_encoder(t);
	/* no more than there is to hear, if the codec lets us choose */
	t->encoder_hz = has < wants && coder_has_rate(codec, has) ? has : wants;
	t->encodes = codec;
	t->waiting = calloc(packet_samples(t), sizeof *t->waiting);
	if (t->waiting && encoder_new(codec, t->encoder_hz, &t->encoder) == ERR_OK)
		return true;
	drop_encoder(t);
	return false;
}

static bool
ready_decoder(struct transcoder *t, enum codec codec)
{
	bool direct = coder_has_rate(codec, t->encoder_hz);

	t->decoder_hz = direct ? t->encoder_hz : codec_info(codec)->rate_hz;
	if (decoder_new(codec, t->decoder_hz, &t->decoder) == ERR_OK &&
	    (direct || resampler_new(t->decoder_hz, t->encoder_hz, &t->resampler) == ERR_OK)) {
		t->decodes = codec;
		return true;
	}
	drop_decoder(t);
	return false;
}

static bool
ready_coders(struct transcoder *t, const struct media_route *r)
{
	if (t->decodes == r->codec_in && t->encodes == r->codec_out)
		return true;
	drop_decoder(t);
	return ready_encoder(t, r->codec_out, r->codec_in) && ready_decoder(t, r->codec_in);
}

/* ---- out ---- */

/* The payload stands behind the place for the head. */
static void
send_packet(struct work *w, uint32_t timestamp, bool marker, size_t payload_bytes)
{
	struct transcoder *t = w->t;

	rtp_sent_head(t->sent, w->room->packet, w->route->pt_out, marker, timestamp, out_hz(w),
	    payload_bytes, w->now_us);
	t->seq_sent = t->sent->seq;
	w->send(w->ctx, slice_make(w->room->packet, RTP_HEAD_BYTES + payload_bytes));
}

static void
encode_waiting(struct work *w)
{
	struct transcoder *t = w->t;
	size_t bytes = encoder_encode(
	    t->encoder, t->waiting, packet_samples(t), w->room->packet + RTP_HEAD_BYTES);

	if (bytes) {
		send_packet(w, t->ts_out, t->marker, bytes);
		t->marker = false;
	}
	t->ts_out += scale(packet_samples(t), t->encoder_hz, out_hz(w));
	t->n_waiting = 0;
}

static void
put_samples(struct work *w, const int16_t *pcm, size_t n)
{
	struct transcoder *t = w->t;
	size_t whole = packet_samples(t);

	while (n) {
		size_t some = whole - t->n_waiting < n ? whole - t->n_waiting : n;

		memcpy(t->waiting + t->n_waiting, pcm, some * sizeof *pcm);
		t->n_waiting += some;
		pcm += some;
		n -= some;
		if (t->n_waiting == whole)
			encode_waiting(w);
	}
}

/* Samples as the decoder makes them. */
static void
put_decoded(struct work *w, size_t n)
{
	struct transcoder *t = w->t;
	struct transcode_room *room = w->room;

	if (!t->resampler) {
		put_samples(w, room->decoded, n);
		return;
	}
	while (n) { /* up to six times as many come out */
		size_t some = n < t->decoder_hz / 100 ? n : t->decoder_hz / 100;
		size_t made = resampler_run(t->resampler, room->decoded, some, room->resampled,
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

	if (t->n_waiting) {
		size_t fill = packet_samples(t) - t->n_waiting;

		before += scale(t->n_waiting, t->encoder_hz, out_hz(w));
		memset(t->waiting + t->n_waiting, 0, fill * sizeof *t->waiting);
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

	if (t->n_waiting)
		now += scale(t->n_waiting, t->encoder_hz, out_hz(w));
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
	size_t n = scale(ticks, in_hz(w), t->decoder_hz);

	decoder_conceal(t->decoder, next, w->room->decoded, n);
	t->stats.concealed_ms += n * 1000 / t->decoder_hz;
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

static void
transcode(struct work *w, uint16_t lost)
{
	struct transcoder *t = w->t;
	size_t n;

	if (!ready_coders(t, w->route))
		return;
	bridge_hole(w, lost);
	if (w->head.marker)
		t->marker = true;
	n = decoder_decode(t->decoder, w->payload, w->room->decoded);
	if (!n) {
		t->stats.alien++;
		return;
	}
	t->packet_ticks = scale(n, t->decoder_hz, in_hz(w));
	t->ts_next = w->head.timestamp + t->packet_ticks;
	if (t->keys && key_hear_voice(&t->keys->hear, w->room->decoded, n, t->decoder_hz))
		memset(w->room->decoded, 0, n * sizeof w->room->decoded[0]);
	put_decoded(w, n);
}

/* Voice that is heard for its keys only. */
static void
overhear(struct work *w)
{
	struct transcoder *t = w->t;
	size_t n;

	if (t->what.keys_in != MEDIA_KEYS_TONES || !ready_coders(t, w->route))
		return;
	n = decoder_decode(t->decoder, w->payload, w->room->decoded);
	(void)key_hear_voice(&t->keys->hear, w->room->decoded, n, t->decoder_hz);
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
	uint32_t ticks = w->head.timestamp - t->ts_next;

	if (t->n_waiting)
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
	if (codec_is_event(w.route->codec_in))
		pass_event(&w);
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
transcoder_has_keys(const struct transcoder *t)
{
	return t->keys && (key_say_is_busy(&t->keys->say) || key_hear_waits(&t->keys->hear));
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

static const struct media_route *
voice_route(const struct transcoder *t)
{
	for (size_t i = 0; i < t->what.n_routes; i++)
		if (codec_is_voice(t->what.route[i].codec_out) &&
		    (!t->encodes || t->what.route[i].codec_out == t->encodes))
			return &t->what.route[i];
	return NULL;
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
	if (!w->route || !ready_encoder(t, w->route->codec_out, w->route->codec_out))
		return;
	if (!t->keys->saying) {
		t->n_waiting = 0;
		t->ts_out = rtp_sent_now(t->sent, out_hz(w), w->now_us);
		t->marker = true;
	}
	t->keys->saying = true;
	n = t->encoder_hz / 1000 * KEY_STEP_MS;
	key_say_tones(&t->keys->say, w->room->decoded, n, t->encoder_hz);
	put_samples(w, w->room->decoded, n);
}

void
transcoder_tick(struct transcoder *t, uint64_t now_us, struct transcode_room *room,
    transcoder_send_fn *send, void *ctx)
{
	struct work w = {.t = t, .room = room, .send = send, .ctx = ctx, .now_us = now_us};

	key_hear_tick(&t->keys->hear);
	pass_keys_on(t);
	if (!key_say_is_busy(&t->keys->say))
		return;
	t->broken = true; /* the voice begins anew after it */
	if (t->what.keys_out == MEDIA_KEYS_EVENTS)
		say_packet(&w);
	else
		say_tones(&w);
	if (!key_say_is_busy(&t->keys->say))
		t->keys->saying = false;
}
