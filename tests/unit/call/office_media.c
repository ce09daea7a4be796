/* What the media engine of an office does: notes what it is asked, and tells what tests want. */
#include "office.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static struct office *
office_of(struct media *m)
{
	return container_of(m, struct office, media);
}

static enum err
media_open(
    struct media *m, const struct media_stream_params *p, struct media_ref *ref, uint16_t port[])
{
	struct office *o = office_of(m);

	for (uint32_t i = 0; i < o->streams_max + (p->urgent ? o->streams_kept : 0); i++) {
		struct fake_stream *s = &o->stream[i];

		if (s->open || s->closing)
			continue;
		*s = (struct fake_stream){
		    .open = true, .gen = s->gen + 1, .user = p->user, .timeout_ms = p->timeout_ms};
		memcpy(s->family, p->family, sizeof s->family);
		*ref = (struct media_ref){i, s->gen};
		port[0] = (uint16_t)(20000 + 4 * i);
		port[1] = (uint16_t)(20002 + 4 * i);
		return ERR_OK;
	}
	return ERR_LIMIT;
}

static bool
media_short(const struct media *m)
{
	const struct office *o = office_of((struct media *)m);
	uint32_t used = 0;

	for (uint32_t i = 0; i < o->streams_max + o->streams_kept; i++)
		used += o->stream[i].open || o->stream[i].closing;
	return o->streams_kept && used > o->streams_max + (o->streams_kept - 1) / 2;
}

static void
media_set_peer(
    struct media *m, struct media_ref ref, enum media_side side, const struct media_peer *peer)
{
	struct fake_stream *s = &office_of(m)->stream[ref.slot];

	assert_true(s->open && s->gen == ref.gen);
	s->peer[side] = *peer;
}

static enum err
media_translate(struct media *m, struct media_ref ref, enum media_side from,
    const struct media_translation *what)
{
	office_of(m)->stream[ref.slot].translation[from] = *what;
	return ERR_OK;
}

static enum err
media_protect(
    struct media *m, struct media_ref ref, enum media_side side, const struct media_protection *p)
{
	office_of(m)->stream[ref.slot].protection[side] = *p;
	return ERR_OK;
}

static enum err
media_secure(
    struct media *m, struct media_ref ref, enum media_side side, const struct media_transport *t)
{
	office_of(m)->stream[ref.slot].transport[side] = *t;
	return ERR_OK;
}

const struct sdp_fingerprint *
office_fingerprint(const struct media *m)
{
	static const struct sdp_fingerprint own = {.hash = SDP_HASH_SHA_256, .bytes = "our own"};

	return &own;
}

static enum err
media_serve(
    struct media *m, struct media_ref ref, enum media_side side, const struct media_service *what)
{
	office_of(m)->stream[ref.slot].service[side] = *what;
	return ERR_OK;
}

static void
media_key(struct media *m, struct media_ref ref, enum media_side to, char key, uint32_t ms)
{
	struct office *o = office_of(m);

	o->pressed[strlen(o->pressed)] = key;
	o->pressed_to = to;
	o->pressed_stream = ref.slot;
	o->pressed_ms = ms;
}

static void
media_set_timeout(struct media *m, struct media_ref ref, uint32_t timeout_ms)
{
	office_of(m)->stream[ref.slot].timeout_ms = timeout_ms;
}

struct closing {
	struct timer timer;
	struct office *o;
	struct media_event ev;
};

static void
closed(struct timer *t)
{
	struct closing *c = container_of(t, struct closing, timer);

	c->o->stream[c->ev.ref.slot].closing = false;
	call_on_media_event(c->o->calls, &c->ev);
	free(c);
}

static void
media_close(struct media *m, struct media_ref ref)
{
	struct office *o = office_of(m);
	struct fake_stream *s = &o->stream[ref.slot];
	struct closing *c = calloc(1, sizeof *c);

	assert_true(s->open && s->gen == ref.gen);
	s->open = false;
	s->closing = true;
	c->o = o;
	c->ev = (struct media_event){.kind = MEDIA_EV_CLOSED, .ref = ref, .user = s->user};
	c->ev.stats.side[MEDIA_CALLER].packets = 11;
	c->ev.stats.side[MEDIA_CALLED].packets = 22;
	if (o->heard)
		c->ev.stats = *o->heard;
	timer_init(&c->timer, closed);
	timer_start(sim_timers(o->sim), &c->timer, 30);
}

/* What plays is a number that nobody looks into. */
static enum err
media_sound_make(struct media *m, const struct media_sound_params *p, struct media_sound **out)
{
	struct office *o = office_of(m);

	if (o->silent)
		return ERR_NOMEM;
	o->sound = *p;
	snprintf(o->sound_path, sizeof o->sound_path, "%s", p->n_paths ? p->paths[0] : "");
	o->sound_file_gain_db = p->file_gain_db ? p->file_gain_db[0] : 0;
	o->n_sounds++;
	o->n_made++;
	*out = office_sound(o);
	return ERR_OK;
}

static void
media_sound_forget(struct media *m, struct media_sound *s)
{
	struct office *o = office_of(m);

	if (s)
		o->n_sounds--;
}

static enum err
media_recording_make(
    struct media *m, const struct media_recording_params *p, struct media_recording **out)
{
	struct office *o = office_of(m);

	snprintf(o->recording_path, sizeof o->recording_path, "%s", p->path);
	o->recording_user = p->user;
	o->n_recordings++;
	*out = (struct media_recording *)&o->recording_user;
	return ERR_OK;
}

static void
media_recording_forget(struct media *m, struct media_recording *r)
{
	office_of(m)->n_recordings -= r != NULL;
}

/* Which one it is, tests do not ask. */
static enum err
media_room_make(struct media *m, struct media_room **out)
{
	office_of(m)->n_rooms++;
	*out = (struct media_room *)&office_of(m)->n_rooms;
	return ERR_OK;
}

static enum err
media_room_tape(struct media *m, struct media_room *room, const struct media_recording_params *p)
{
	struct office *o = office_of(m);

	o->room_recorded = p != NULL;
	if (p) {
		snprintf(o->recording_path, sizeof o->recording_path, "%s", p->path);
		o->recording_user = p->user;
	}
	return ERR_OK;
}

static void
media_room_forget(struct media *m, struct media_room *room)
{
	office_of(m)->n_rooms -= room != NULL;
}

static void
media_sound_steer(struct media *m, struct media_sound *s, const struct media_sound_control *c)
{
	office_of(m)->told_gain_db = c->gain_db;
}

const struct media_ops office_media_ops = {.open = media_open,
    .is_short = media_short,
    .set_peer = media_set_peer,
    .translate = media_translate,
    .protect = media_protect,
    .secure = media_secure,
    .fingerprint = office_fingerprint,
    .serve = media_serve,
    .key = media_key,
    .set_timeout = media_set_timeout,
    .sound_new = media_sound_make,
    .sound_drop = media_sound_forget,
    .recording_new = media_recording_make,
    .recording_drop = media_recording_forget,
    .room_new = media_room_make,
    .room_record = media_room_tape,
    .room_drop = media_room_forget,
    .sound_control = media_sound_steer,
    .close = media_close};

void
office_media_key(struct office *o, size_t stream, enum media_side by, char key, uint32_t ms)
{
	struct fake_stream *s = &o->stream[stream];
	struct media_event ev = {.kind = MEDIA_EV_KEY,
	    .ref = {(uint32_t)stream, s->gen},
	    .user = s->user,
	    .service = {.side = by, .key = key, .key_ms = ms}};

	if (s->translation[by].keys_out == MEDIA_KEYS_TOLD)
		call_on_media_event(o->calls, &ev);
	ev.service.listened = true;
	if (s->open && s->service[by].listening.keys)
		call_on_media_event(o->calls, &ev);
}

void
office_media_recorded(struct office *o, enum err e, uint64_t length_ms)
{
	call_on_media_event(o->calls, &(struct media_event){.kind = MEDIA_EV_RECORDED,
					  .user = o->recording_user,
					  .recorded = {.e = e, .length_ms = length_ms}});
}

void
office_media_played(struct office *o, size_t stream, enum media_side by)
{
	struct fake_stream *s = &o->stream[stream];

	call_on_media_event(o->calls, &(struct media_event){.kind = MEDIA_EV_PLAYED,
					  .ref = {(uint32_t)stream, s->gen},
					  .user = s->user,
					  .service = {.side = by, .sound = o->sound.user}});
}

void
office_media_speaks(struct office *o, size_t stream, enum media_side who, bool speaks)
{
	struct fake_stream *s = &o->stream[stream];

	call_on_media_event(o->calls, &(struct media_event){.kind = MEDIA_EV_SPEAKS,
					  .ref = {(uint32_t)stream, s->gen},
					  .user = s->user,
					  .service = {.side = who, .speaks = speaks}});
}

const struct media_service *
office_served(const struct office *o, int port)
{
	for (size_t i = 0; i < sizeof o->stream / sizeof o->stream[0]; i++)
		for (int side = 0; side < MEDIA_SIDES; side++)
			if (o->stream[i].open && o->stream[i].peer[side].rtp.port == port)
				return &o->stream[i].service[side];
	return NULL;
}

void
office_media_timeout(struct office *o, size_t stream)
{
	struct fake_stream *s = &o->stream[stream];

	call_on_media_event(o->calls,
	    &(struct media_event){
		.kind = MEDIA_EV_TIMEOUT, .ref = {(uint32_t)stream, s->gen}, .user = s->user});
}

void
office_media_stats(struct office *o, size_t stream, const struct media_stats *stats)
{
	struct fake_stream *s = &o->stream[stream];

	call_on_media_event(o->calls, &(struct media_event){.kind = MEDIA_EV_STATS,
					  .ref = {(uint32_t)stream, s->gen},
					  .user = s->user,
					  .stats = *stats});
}

void
office_media_fails(struct office *o, size_t stream)
{
	struct fake_stream *s = &o->stream[stream];

	call_on_media_event(o->calls,
	    &(struct media_event){
		.kind = MEDIA_EV_FAILED, .ref = {(uint32_t)stream, s->gen}, .user = s->user});
}

/* ---- the switch ---- */
