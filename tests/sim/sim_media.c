#include "sim_media.h"

enum { REPORT_MS = 30, FIRST_PORT = 20000 };

static struct sim_media *
of(struct media *m)
{
	return container_of(m, struct sim_media, media);
}

struct sim_stream *
sim_media_find(struct media *m, struct media_ref ref)
{
	struct sim_media *sm = of(m);
	struct sim_stream *s = ref.slot < SIM_STREAMS_MAX ? &sm->stream[ref.slot] : NULL;

	if (s && s->open && s->gen == ref.gen)
		return s;
	sm->on_broken(sm->ctx, "media was asked about a stream that is not open");
	return NULL;
}

static struct media_event
event(const struct sim_stream *s, enum media_event_kind kind)
{
	return (struct media_event){.kind = kind,
	    .ref = {(uint32_t)(s - s->media->stream), s->gen},
	    .user = s->user,
	    .stats.side[MEDIA_CALLER].packets = 1};
}

static void
on_report(struct timer *t)
{
	struct sim_stream *s = container_of(t, struct sim_stream, timer);
	struct media_event ev = event(s, MEDIA_EV_CLOSED);

	s->reporting = false;
	s->media->media.on_event(s->media->media.ctx, &ev);
}

static void
on_silence(struct timer *t)
{
	struct sim_stream *s = container_of(t, struct sim_stream, timer);
	struct sim_media *m = s->media;
	struct media_event ev = event(s, MEDIA_EV_TIMEOUT);

	for (int side = 0; side < MEDIA_SIDES; side++)
		if (s->peer[side].rtp.family && m->sends(m->ctx, &s->peer[side].rtp)) {
			timer_start(sim_timers(m->sim), t, s->timeout_ms);
			return;
		}
	m->media.on_event(m->media.ctx, &ev);
}

static void
watch(struct sim_stream *s, uint32_t timeout_ms)
{
	timer_stop(&s->timer);
	s->timeout_ms = timeout_ms;
	s->timer.cb = on_silence;
	if (timeout_ms)
		timer_start(sim_timers(s->media->sim), &s->timer, timeout_ms);
}

static enum err
stream_open(struct media *m, const struct media_stream_params *p, struct media_ref *ref,
    uint16_t port[MEDIA_SIDES])
{
	struct sim_media *sm = of(m);

	for (size_t n = 0; n < sm->streams_max; n++) {
		uint32_t i = (uint32_t)(sm->next++ % sm->streams_max);
		struct sim_stream *s = &sm->stream[i];

		if (s->open || s->reporting)
			continue;
		*s = (struct sim_stream){
		    .media = sm, .open = true, .gen = s->gen + 1, .user = p->user};
		for (int side = 0; side < MEDIA_SIDES; side++) {
			s->side[side].stream = s;
			timer_init(&s->side[side].voice, NULL);
		}
		timer_init(&s->timer, NULL);
		watch(s, p->timeout_ms);
		*ref = (struct media_ref){i, s->gen};
		port[MEDIA_CALLER] = (uint16_t)(FIRST_PORT + 4 * i);
		port[MEDIA_CALLED] = (uint16_t)(FIRST_PORT + 4 * i + 2);
		return ERR_OK;
	}
	return ERR_LIMIT;
}

static void
stream_set_peer(
    struct media *m, struct media_ref ref, enum media_side side, const struct media_peer *peer)
{
	struct sim_stream *s = sim_media_find(m, ref);

	if (s)
		s->peer[side] = *peer;
}

static enum err
stream_translate(struct media *m, struct media_ref ref, enum media_side from,
    const struct media_translation *what)
{
	return ERR_OK;
}

static enum err
stream_secure(
    struct media *m, struct media_ref ref, enum media_side side, const struct media_transport *t)
{
	return ERR_OK;
}

static const struct sdp_fingerprint *
fingerprint(const struct media *m)
{
	static const struct sdp_fingerprint own = {.hash = SDP_HASH_SHA_256};

	return &own;
}

static enum err
stream_protect(
    struct media *m, struct media_ref ref, enum media_side side, const struct media_protection *p)
{
	return ERR_OK;
}

static void
stream_key(struct media *m, struct media_ref ref, enum media_side to, char key, uint32_t ms)
{
}

static void
stream_set_timeout(struct media *m, struct media_ref ref, uint32_t timeout_ms)
{
	struct sim_stream *s = sim_media_find(m, ref);

	if (s)
		watch(s, timeout_ms);
}

static void
stream_close(struct media *m, struct media_ref ref)
{
	struct sim_stream *s = sim_media_find(m, ref);

	if (!s)
		return;
	sim_sound_leave(s);
	s->open = false;
	s->reporting = true;
	timer_stop(&s->timer);
	s->timer.cb = on_report;
	timer_start(sim_timers(s->media->sim), &s->timer, REPORT_MS);
}

static const struct media_ops ops = {.open = stream_open,
    .set_peer = stream_set_peer,
    .translate = stream_translate,
    .protect = stream_protect,
    .secure = stream_secure,
    .fingerprint = fingerprint,
    .serve = sim_stream_serve,
    .key = stream_key,
    .set_timeout = stream_set_timeout,
    .sound_new = sim_sound_new,
    .sound_control = sim_sound_control,
    .sound_drop = sim_sound_drop,
    .room_new = sim_room_new,
    .room_drop = sim_room_drop,
    .recording_new = sim_recording_new,
    .recording_drop = sim_recording_drop,
    .close = stream_close};

void
sim_media_init(struct sim_media *m, struct sim *sim, size_t streams_max)
{
	*m = (struct sim_media){.media.ops = &ops, .sim = sim, .streams_max = streams_max};
}

void
sim_media_fini(struct sim_media *m)
{
	for (size_t i = 0; i < SIM_STREAMS_MAX; i++)
		if (m->stream[i].media)
			timer_stop(&m->stream[i].timer);
	sim_sound_fini(m);
}

bool
sim_media_peer_is(const struct sim_media *m, uint16_t port, const struct addr *peer, bool send)
{
	size_t slot = (size_t)(port - FIRST_PORT) / 4;
	const struct sim_stream *s;
	const struct media_peer *known;

	if (port < FIRST_PORT || slot >= SIM_STREAMS_MAX)
		return false;
	s = &m->stream[slot];
	known = &s->peer[port % 4 ? MEDIA_CALLED : MEDIA_CALLER];
	return !s->open || (addr_eq(&known->rtp, peer) && known->send == send);
}

bool
sim_media_joins(const struct sim_media *m, const struct addr *a, const struct addr *b)
{
	for (size_t i = 0; i < SIM_STREAMS_MAX; i++) {
		const struct sim_stream *s = &m->stream[i];
		const struct addr *x = &s->peer[MEDIA_CALLER].rtp, *y = &s->peer[MEDIA_CALLED].rtp;

		if (s->open &&
		    ((addr_eq(x, a) && addr_eq(y, b)) || (addr_eq(x, b) && addr_eq(y, a))))
			return true;
	}
	return false;
}

size_t
sim_media_busy(const struct sim_media *m)
{
	size_t n = 0;

	for (size_t i = 0; i < SIM_STREAMS_MAX; i++)
		n += m->stream[i].open || m->stream[i].reporting;
	return n;
}
