/* What the simulated media engine plays, hears and records. */
#include "sim_media.h"

enum {
	SAID_MS = 700, /* a prompt, a message */
	TONE_MS = 250,
	SPEAKS_AFTER_MS = 1000,
	SPEAKS_MS = 2500,
	RECORDED_MS = 20,
};

static struct sim_media *
of(struct media *m)
{
	return container_of(m, struct sim_media, media);
}

static void
start(struct sim_media *m, struct timer *t, void (*cb)(struct timer *t), uint64_t ms)
{
	timer_stop(t);
	t->cb = cb;
	timer_start(sim_timers(m->sim), t, ms);
}

static void
tell_side(struct sim_stream *s, enum media_side side, struct media_event ev)
{
	ev.ref = (struct media_ref){(uint32_t)(s - s->media->stream), s->gen};
	ev.user = s->user;
	ev.service.side = side;
	s->media->media.on_event(s->media->media.ctx, &ev);
}

/* ---- sounds ---- */

/* NULL: one of those that are always there, as the tone for who waits. */
static struct sim_sound *
sound_of(struct sim_media *m, struct media_sound *sound)
{
	struct sim_sound *s = (struct sim_sound *)sound;

	return s >= m->sound && s < m->sound + SIM_SOUNDS_MAX ? s : NULL;
}

enum err
sim_sound_new(struct media *m, const struct media_sound_params *p, struct media_sound **out)
{
	struct sim_media *sm = of(m);

	for (size_t i = 0; i < SIM_SOUNDS_MAX; i++) {
		struct sim_sound *s = &sm->sound[i];

		if (s->used)
			continue;
		*s = (struct sim_sound){.media = sm,
		    .used = true,
		    .loop = p->loop,
		    .ms = p->tone ? TONE_MS : SAID_MS * (uint32_t)p->n_paths,
		    .user = p->user};
		timer_init(&s->end, NULL);
		*out = (struct media_sound *)s;
		return ERR_OK;
	}
	sm->on_broken(sm->ctx, "more sounds are made than can be heard");
	return ERR_LIMIT;
}

void
sim_sound_control(struct media *m, struct media_sound *s, const struct media_sound_control *c)
{
}

void
sim_sound_drop(struct media *m, struct media_sound *sound)
{
	struct sim_sound *s = sound_of(of(m), sound);

	if (!s)
		return;
	if (!s->used)
		of(m)->on_broken(of(m)->ctx, "a sound is dropped twice");
	timer_stop(&s->end);
	s->used = false;
}

static void
on_sound_end(struct timer *t)
{
	struct sim_sound *s = container_of(t, struct sim_sound, end);
	struct sim_stream *stream = &s->media->stream[s->ref.slot];

	if (!stream->open || stream->gen != s->ref.gen)
		return;
	s->media->played++;
	tell_side(stream, s->side,
	    (struct media_event){.kind = MEDIA_EV_PLAYED, .service.sound = s->user});
}

static void
play(struct sim_stream *stream, enum media_side side, struct media_sound *sound)
{
	struct sim_sound *s = sound_of(stream->media, sound);

	if (!s || s->loop)
		return;
	if (!s->used)
		stream->media->on_broken(stream->media->ctx, "a sound is played that was dropped");
	s->ref = (struct media_ref){(uint32_t)(stream - stream->media->stream), stream->gen};
	s->side = side;
	if (!timer_active(&s->end))
		start(stream->media, &s->end, on_sound_end, s->ms);
}

/* ---- rooms ---- */

enum err
sim_room_new(struct media *m, struct media_room **out)
{
	struct sim_media *sm = of(m);

	for (size_t i = 0; i < SIM_ROOMS_MAX; i++)
		if (!sm->room[i].used) {
			sm->room[i].used = true;
			*out = (struct media_room *)&sm->room[i];
			return ERR_OK;
		}
	return ERR_NOMEM;
}

void
sim_room_drop(struct media *m, struct media_room *room)
{
	struct sim_room *r = (struct sim_room *)room;

	if (r && !r->used)
		of(m)->on_broken(of(m)->ctx, "a room is dropped twice");
	if (r)
		r->used = false;
}

/* ---- recordings ---- */

static void
on_recorded(struct timer *t)
{
	struct sim_recording *r = container_of(t, struct sim_recording, end);
	uint64_t now_ms = sim_now_ms(r->media->sim);
	struct media_event ev = {.kind = MEDIA_EV_RECORDED,
	    .user = r->user,
	    .recorded = {.e = r->dropped ? ERR_OK : ERR_LIMIT, .length_ms = now_ms - r->began_ms}};

	r->media->recorded++;
	if (r->dropped)
		r->used = false;
	r->media->media.on_event(r->media->media.ctx, &ev);
}

enum err
sim_recording_new(
    struct media *m, const struct media_recording_params *p, struct media_recording **out)
{
	struct sim_media *sm = of(m);

	for (size_t i = 0; i < SIM_RECORDINGS_MAX; i++) {
		struct sim_recording *r = &sm->recording[i];

		if (r->used)
			continue;
		*r = (struct sim_recording){
		    .media = sm, .used = true, .user = p->user, .began_ms = sim_now_ms(sm->sim)};
		timer_init(&r->end, NULL);
		if (p->max_ms)
			start(sm, &r->end, on_recorded, p->max_ms);
		*out = (struct media_recording *)r;
		return ERR_OK;
	}
	return ERR_LIMIT;
}

void
sim_recording_drop(struct media *m, struct media_recording *recording)
{
	struct sim_recording *r = (struct sim_recording *)recording;
	bool told = r && r->began_ms && !timer_active(&r->end) && r->end.cb;

	if (!r)
		return;
	if (!r->used || r->dropped)
		of(m)->on_broken(of(m)->ctx, "a recording is dropped twice");
	r->dropped = true;
	if (told) /* it was complete already */
		r->used = false;
	else
		start(r->media, &r->end, on_recorded, RECORDED_MS);
}

/* ---- what a side says ---- */

static void
on_voice(struct timer *t)
{
	struct sim_side *x = container_of(t, struct sim_side, voice);
	struct sim_stream *s = x->stream;
	struct media_event ev = {.kind = MEDIA_EV_HEARD};

	ev.service.heard = x->spoke ? LISTEN_SILENCE : LISTEN_VOICE_BEGAN;
	if (!x->spoke)
		start(s->media, t, on_voice, SPEAKS_MS + x->service.listening.silence_ms);
	x->spoke = true;
	tell_side(s, (enum media_side)(x - s->side), ev);
}

enum err
sim_stream_serve(
    struct media *m, struct media_ref ref, enum media_side side, const struct media_service *what)
{
	struct sim_stream *s = sim_media_find(m, ref);
	struct sim_side *x = s ? &s->side[side] : NULL;
	bool listens = what->listening.silence_ms != 0;

	if (!x)
		return ERR_OK;
	if (listens && !x->service.listening.silence_ms) {
		x->spoke = false;
		start(s->media, &x->voice, on_voice, SPEAKS_AFTER_MS);
	} else if (!listens) {
		timer_stop(&x->voice);
	}
	x->service = *what;
	if (what->sound)
		play(s, side, what->sound);
	return ERR_OK;
}

void
sim_media_press(struct sim_media *m, const struct addr *from, char key)
{
	struct media_event ev = {
	    .kind = MEDIA_EV_KEY, .service = {.key = key, .key_ms = 100, .listened = true}};

	for (size_t i = 0; i < SIM_STREAMS_MAX; i++)
		for (int side = 0; side < MEDIA_SIDES; side++) {
			struct sim_stream *s = &m->stream[i];

			if (!s->open || !addr_eq(&s->peer[side].rtp, from) ||
			    !s->side[side].service.listening.keys)
				continue;
			m->heard++;
			tell_side(s, side, ev);
			return;
		}
}

/* ---- the end ---- */

void
sim_sound_leave(struct sim_stream *s)
{
	for (int side = 0; side < MEDIA_SIDES; side++) {
		timer_stop(&s->side[side].voice);
		s->side[side].service = (struct media_service){0};
	}
}

void
sim_sound_fini(struct sim_media *m)
{
	for (size_t i = 0; i < SIM_STREAMS_MAX; i++)
		if (m->stream[i].media)
			sim_sound_leave(&m->stream[i]);
	for (size_t i = 0; i < SIM_SOUNDS_MAX; i++)
		if (m->sound[i].media)
			timer_stop(&m->sound[i].end);
	for (size_t i = 0; i < SIM_RECORDINGS_MAX; i++)
		if (m->recording[i].media)
			timer_stop(&m->recording[i].end);
}

size_t
sim_media_kept(const struct sim_media *m)
{
	size_t n = 0;

	for (size_t i = 0; i < SIM_SOUNDS_MAX; i++)
		n += m->sound[i].used;
	for (size_t i = 0; i < SIM_ROOMS_MAX; i++)
		n += m->room[i].used;
	for (size_t i = 0; i < SIM_RECORDINGS_MAX; i++)
		n += m->recording[i].used;
	return n;
}
