#include "media/attendant_int.h"

#include <stdlib.h>
#include <string.h>

#include "sound/mix.h"

/* ---- birth and death ---- */

/* Keys that come as packets are read on their way, with or without an attendant (key_watch_int.h).
 */
static bool
is_served(const struct attendant_order *o)
{
	return o->player || o->room || o->recorder || o->what.listening.flags;
}

bool
attendant_is_needed(const struct attendant_order order[MEDIA_SIDES])
{
	return is_served(&order[MEDIA_CALLER]) || is_served(&order[MEDIA_CALLED]);
}

static struct attendant *
make(void)
{
	struct attendant *a = calloc(1, sizeof *a);

	if (!a)
		return NULL;
	for (int i = 0; i < MEDIA_SIDES; i++)
		room_member_init(&a->side[i].member);
	return a;
}

static void
clear(struct attendant_side *side)
{
	room_leave(&side->member);
	playout_free(side->playout);
	side->playout = NULL;
	ear_free(side->ear);
	side->ear = NULL;
	resampler_free(side->fit);
	side->fit = NULL;
}

void
attendant_free(struct attendant *a)
{
	if (!a)
		return;
	for (int i = 0; i < MEDIA_SIDES; i++)
		clear(&a->side[i]);
	free(a);
}

static bool
is_wide(const struct media_service *what)
{
	for (size_t i = 0; i < what->n_in; i++)
		if (codec_info(what->in[i].codec)->rate_hz > MEDIA_NARROW_HZ)
			return true;
	return false;
}

static bool
says_the_same(const struct media_service *a, const struct media_service *b)
{
	return a->n_in == b->n_in && memcmp(a->in, b->in, a->n_in * sizeof a->in[0]) == 0;
}

/* Somebody listens to it from now on, or nobody any more. */
static enum err
follow_playout(struct attendant_side *side, const struct attendant_order *to)
{
	bool wanted = to->what.n_in && (to->room || to->recorder || to->what.listening.flags);
	uint32_t hz = is_wide(&to->what) ? MEDIA_WIDE_HZ : MEDIA_NARROW_HZ;

	if (wanted && side->playout && says_the_same(&side->order.what, &to->what))
		return ERR_OK;
	playout_free(side->playout);
	side->playout = NULL;
	if (hz != side->hz)
		room_leave(&side->member);
	side->hz = hz;
	return wanted ? playout_new(to->what.in, to->what.n_in, hz, &side->playout) : ERR_OK;
}

static enum err
follow_listening(struct attendant_side *side, const struct media_listening *to)
{
	if (memcmp(&side->order.what.listening, to, sizeof *to) == 0)
		return ERR_OK;
	ear_free(side->ear);
	side->ear = NULL;
	return to->flags ? ear_new(to, &side->ear) : ERR_OK;
}

static enum err
follow(struct attendant_side *side, const struct attendant_order *to)
{
	const struct attendant_order *from = &side->order;
	enum err e = follow_playout(side, to);

	if (e == ERR_INVALID)
		e = ERR_OK; /* no voice among what it sends */
	if (e == ERR_OK)
		e = follow_listening(side, &to->what.listening);

	if (to->room != side->member.room)
		room_leave(&side->member);
	if (to->room && !side->member.room)
		room_join(to->room, &side->member, side->hz == MEDIA_WIDE_HZ);
	side->member.muted = to->what.muted;
	side->member.gain = mix_gain_of_db(to->what.gain_db);
	side->member.hears_gain = mix_gain_of_db(to->what.hears_gain_db);
	if (to->player != from->player) {
		side->played = false;
		side->news &= ~(unsigned)ATTENDANT_PLAYED;
	}
	if (memcmp(&to->what.out, &from->what.out, sizeof to->what.out) != 0)
		side->talking = false;
	side->order = *to;
	return e;
}

enum err
attendant_follow(struct attendant **a, const struct attendant_order order[MEDIA_SIDES])
{
	enum err e = ERR_OK;

	if (!attendant_is_needed(order)) {
		attendant_free(*a);
		*a = NULL;
		return ERR_OK;
	}
	if (!*a)
		*a = make();
	if (!*a)
		return ERR_NOMEM;
	for (int i = 0; i < MEDIA_SIDES && e == ERR_OK; i++)
		e = follow(&(*a)->side[i], &order[i]);
	if (e != ERR_OK) {
		attendant_free(*a);
		*a = NULL;
	}
	return e;
}

/* ---- hearing ---- */

static enum codec
codec_of(const struct attendant_side *side, uint8_t payload_type)
{
	const struct media_service *what = &side->order.what;

	for (size_t i = 0; i < what->n_in; i++)
		if (what->in[i].payload_type == payload_type)
			return what->in[i].codec;
	return CODEC_NONE;
}

void
attendant_packet(struct attendant *a, unsigned i, struct slice packet, uint64_t now_us)
{
	struct attendant_side *side = &a->side[i];
	struct rtp_head head = rtp_head_of(packet);
	enum codec codec = codec_of(side, head.payload_type);

	if (side->playout && !codec_is_event(codec))
		playout_put(side->playout, packet, now_us);
}

static void
hear(struct attendant_side *side, uint64_t now_us)
{
	size_t n = side->hz / 1000 * FEED_TICK_MS;

	side->sound = side->playout && playout_get(side->playout, now_us, side->heard, n);
	if (side->ear)
		ear_hear(side->ear, side->sound ? side->heard : NULL, n, side->hz);
	if (side->member.room && room_hear(&side->member, side->sound ? side->heard : NULL))
		side->news |= ATTENDANT_SPEAKS;
}

void
attendant_hear(struct attendant *a, uint64_t now_us)
{
	for (unsigned i = 0; i < MEDIA_SIDES; i++) {
		struct attendant_side *side = &a->side[i];

		hear(side, now_us);
		if (side->order.recorder)
			recorder_put(
			    side->order.recorder, i, side->sound ? side->heard : NULL, side->hz);
	}
	for (unsigned i = 0; i < MEDIA_SIDES; i++)
		if (a->side[i].order.recorder)
			recorder_write(a->side[i].order.recorder);
}

/* ---- speaking ---- */

/* A sound on top of what the room hears, at the member's rate. */
static const int16_t *
over_the_room(struct attendant_side *side, uint64_t tick, int16_t out[ROOM_WIDE + 16])
{
	struct feed *f;
	size_t n = side->hz / 1000 * FEED_TICK_MS;

	if (!side->order.player || side->order.player->ended)
		return NULL;
	f = player_feed(side->order.player, tick);
	if (f->rate_hz == side->hz)
		return f->pcm;
	if (!side->fit && resampler_new(f->rate_hz, side->hz, &side->fit) != ERR_OK)
		return NULL;
	memset(out, 0, n * sizeof *out);
	(void)resampler_run(side->fit, f->pcm, f->n, out, n);
	return out;
}

static struct feed *
what_it_hears(struct attendant_side *side, uint64_t tick)
{
	int16_t over[ROOM_WIDE + 16];

	if (side->order.room)
		return room_feed(&side->member, over_the_room(side, tick, over));
	return side->order.player ? player_feed(side->order.player, tick) : NULL;
}

/* Music, tones and announcements have no pauses that could be left out. */
static uint8_t
pauses_of(const struct attendant_side *side)
{
	const struct media_service *what = &side->order.what;

	if (!side->order.room || (side->order.player && !side->order.player->ended))
		return PACKER_PAUSES_SENT;
	if (codec_is_noise(what->noise.codec))
		return PACKER_PAUSES_NOISE;
	return what->leave_pauses_out ? PACKER_PAUSES_CODEC : PACKER_PAUSES_SENT;
}

/* Who has changed to another encoder does not know what its listeners know. */
static void
say(struct attendant_side *side, struct rtp_sent *sent, const struct feed_packet *p,
    uint64_t now_us, attendant_send_fn *send, void *ctx)
{
	unsigned char packet[RTP_HEAD_BYTES + CODER_PAYLOAD_MAX];
	const struct media_format *as =
	    p->packed.noise ? &side->order.what.noise : &side->order.what.out;
	uint32_t clock_hz = codec_info(side->order.what.out.codec)->clock_hz;
	bool first = !side->talking;
	uint32_t timestamp;

	if (first)
		side->timestamp = rtp_sent_now(sent, clock_hz, now_us);
	timestamp = side->timestamp + p->packed.left_out;
	side->timestamp += p->packed.ticks;
	side->talking = true;
	if (p->packed.n == 0 || (p->packed.known && side->resting)) {
		side->resting = true;
		return;
	}
	rtp_sent_head(sent, packet, as->payload_type, !p->packed.noise && (first || side->resting),
	    timestamp, clock_hz, p->packed.n, now_us);
	side->resting = p->packed.noise;
	memcpy(packet + RTP_HEAD_BYTES, p->payload, p->packed.n);
	send(ctx, slice_make(packet, RTP_HEAD_BYTES + p->packed.n));
}

void
attendant_speak(struct attendant *a, unsigned i, struct rtp_sent *sent, uint64_t tick,
    uint64_t now_us, attendant_send_fn *send, void *ctx)
{
	struct attendant_side *side = &a->side[i];
	const struct media_service *what = &side->order.what;
	struct feed *feed = what_it_hears(side, tick);
	const struct feed_packet *packets;
	size_t n = 0;

	if (side->order.player && side->order.player->ended && !side->played) {
		side->played = true;
		side->news |= ATTENDANT_PLAYED;
	}
	if (!feed || !send || !codec_is_voice(what->out.codec)) {
		side->talking = false;
		return;
	}
	n = feed_packets(
	    feed, (struct feed_format){what->out.codec, what->ptime_ms, pauses_of(side)}, &packets);
	for (size_t k = 0; k < n; k++)
		say(side, sent, &packets[k], now_us, send, ctx);
}
