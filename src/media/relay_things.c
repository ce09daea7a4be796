#include "media/relay_things_int.h"

#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "sound/mix.h"

struct media_sound {
	unsigned users;
	struct player_control control;
	struct media_sound_params params; /* of one that is shared: to begin on another thread */
	char **paths;
	int8_t *gain_db; /* of each of them; NULL: as they are */
	bool given;	 /* to one side; shared ones are given to any */
	struct media_ref given_to;
	enum media_side given_side;
	unsigned n_players;
	struct player *player[]; /* for each thread, as soon as it is needed; or just one */
};

struct media_room {
	unsigned users;
	struct worker *worker; /* all members are here */
	struct room room;
};

struct media_recording {
	unsigned users;
	struct recorder *recorder;
	struct media_ref given_to;
};

static struct relay *
relay_of(const struct media *m)
{
	return container_of((struct media *)m, struct relay, media);
}

static enum err
need_tapes(struct relay *r)
{
	return r->tapes ? ERR_OK : tapes_new(&r->tapes);
}

/* ---- sounds ---- */

static void
sound_free(struct media_sound *s)
{
	for (unsigned i = 0; i < s->n_players; i++) {
		if (s->player[i])
			player_fini(s->player[i]);
		free(s->player[i]);
	}
	for (size_t i = 0; s->paths && i < s->params.n_paths; i++)
		free(s->paths[i]);
	free(s->paths);
	free(s->gain_db);
	free(s);
}

static enum err
copy_paths(struct media_sound *s)
{
	s->paths = calloc(s->params.n_paths + 1, sizeof *s->paths);
	if (!s->paths)
		return ERR_NOMEM;
	for (size_t i = 0; i < s->params.n_paths; i++) {
		s->paths[i] = strdup(s->params.paths[i]);
		if (!s->paths[i])
			return ERR_NOMEM;
	}
	s->params.paths = (const char *const *)s->paths;
	if (!s->params.file_gain_db)
		return ERR_OK;
	s->gain_db = malloc(s->params.n_paths + 1);
	if (!s->gain_db)
		return ERR_NOMEM;
	memcpy(s->gain_db, s->params.file_gain_db, s->params.n_paths);
	s->params.file_gain_db = s->gain_db;
	return ERR_OK;
}

static enum err
need_player(struct relay *r, struct media_sound *s, unsigned i)
{
	struct player *p;
	enum err e;

	if (s->player[i])
		return ERR_OK;
	p = calloc(1, sizeof *p);
	if (!p)
		return ERR_NOMEM;
	e = player_init(p, &s->control, r->tapes, &s->params);
	if (e != ERR_OK) {
		free(p);
		return e;
	}
	s->player[i] = p;
	return ERR_OK;
}

static enum err
sound_new(struct media *m, const struct media_sound_params *p, struct media_sound **out)
{
	struct relay *r = relay_of(m);
	unsigned n = p->shared ? r->n_workers : 1;
	struct media_sound *s;
	enum err e = p->tone ? ERR_OK : need_tapes(r);

	if (e != ERR_OK)
		return e;
	s = calloc(1, sizeof *s + n * sizeof s->player[0]);
	if (!s)
		return ERR_NOMEM;
	s->users = 1;
	s->params = *p;
	s->n_players = n;
	player_control_init(&s->control, p->gain_db);
	e = copy_paths(s);
	if (e == ERR_OK && (p->shared || (e = need_player(r, s, 0)) == ERR_OK)) {
		*out = s;
		return ERR_OK;
	}
	sound_free(s);
	return e;
}

static void
sound_control(struct media *m, struct media_sound *s, const struct media_sound_control *c)
{
	player_control_set(&s->control, c);
}

static void
sound_drop(struct media *m, struct media_sound *s)
{
	if (s && --s->users == 0)
		sound_free(s);
}

/* ---- rooms ---- */

static enum err
room_new(struct media *m, struct media_room **out)
{
	struct media_room *room = calloc(1, sizeof *room);

	if (!room)
		return ERR_NOMEM;
	room->users = 1;
	room->worker = slots_choose_worker(relay_of(m));
	room_init(&room->room);
	*out = room;
	return ERR_OK;
}

static void
room_drop(struct media *m, struct media_room *room)
{
	if (!room || --room->users)
		return;
	room_fini(&room->room);
	free(room);
}

/* ---- recordings ---- */

/* What is told when the file is complete. */
struct recorded {
	struct mailbox *events;
	uint64_t user;
};

/* Tapes thread. */
static void
on_recorded(void *ctx, enum err e, uint64_t length_ms, uint64_t bytes)
{
	struct recorded *d = ctx;
	struct worker_event message = {
	    .event =
		{
		    .kind = MEDIA_EV_RECORDED,
		    .user = d->user,
		    .recorded = {.e = e, .length_ms = length_ms, .bytes = bytes},
		},
	};

	if (mailbox_post(d->events, &message) != ERR_OK)
		log_error(MEDIA, "the end of a recording could not be told");
	free(d);
}

static enum err
start_recorder(struct relay *r, const struct media_recording_params *p, struct recorder **out)
{
	struct recorded *d;
	struct tape_out_params tape = {.path = p->path,
	    .rate_hz = p->rate_hz ? p->rate_hz : MEDIA_WIDE_HZ,
	    .channels = p->stereo ? 2 : 1,
	    .max_bytes = p->max_bytes,
	    .max_ms = p->max_ms,
	    .on_done = on_recorded};
	struct tape_out *t;
	enum err e = need_tapes(r);

	if (e != ERR_OK)
		return e;
	if (tape.rate_hz != MEDIA_NARROW_HZ && tape.rate_hz != MEDIA_WIDE_HZ)
		return ERR_INVALID;
	d = malloc(sizeof *d);
	if (!d)
		return ERR_NOMEM;
	*d = (struct recorded){.events = r->events, .user = p->user};
	tape.ctx = d;
	e = tape_out_new(r->tapes, &tape, &t);
	if (e != ERR_OK) {
		free(d);
		return e;
	}
	e = recorder_new(t, tape.rate_hz, p->stereo, out);
	if (e != ERR_OK)
		tape_out_close(t);
	return e;
}

static enum err
room_set_recording(struct media *m, struct media_room *room, const struct media_recording_params *p)
{
	struct recorder *recorder = NULL;
	enum err e = p ? start_recorder(relay_of(m), p, &recorder) : ERR_OK;

	if (e == ERR_OK)
		room_set_recorder(&room->room, recorder);
	return e;
}

static enum err
recording_new(struct media *m, const struct media_recording_params *p, struct media_recording **out)
{
	struct media_recording *recording = calloc(1, sizeof *recording);
	enum err e;

	if (!recording)
		return ERR_NOMEM;
	recording->users = 1;
	e = start_recorder(relay_of(m), p, &recording->recorder);
	if (e != ERR_OK) {
		free(recording);
		return e;
	}
	*out = recording;
	return ERR_OK;
}

static void
recording_drop(struct media *m, struct media_recording *recording)
{
	if (!recording || --recording->users)
		return;
	recorder_free(recording->recorder);
	free(recording);
}

/* ---- orders ---- */

static bool
is_same_ref(struct media_ref a, struct media_ref b)
{
	return a.slot == b.slot && a.gen == b.gen;
}

static enum err
order_sound(struct relay *r, struct slot *slot, enum media_side side, struct media_sound *s,
    struct attendant_order *out)
{
	struct media_ref ref = {.slot = slot->index, .gen = slot_wanted(slot)->gen};
	unsigned i = s->params.shared ? (unsigned)(slot->worker - r->workers) : 0;
	enum err e;

	if (!s->params.shared && s->given &&
	    (!is_same_ref(s->given_to, ref) || s->given_side != side))
		return ERR_CONFLICT;
	e = need_player(r, s, i);
	if (e != ERR_OK)
		return e;
	s->given = true;
	s->given_to = ref;
	s->given_side = side;
	out->player = s->player[i];
	return ERR_OK;
}

static enum err
order_recording(struct slot *slot, struct media_recording *recording, struct attendant_order *out)
{
	struct media_ref ref = {.slot = slot->index, .gen = slot_wanted(slot)->gen};

	if (recording->given_to.gen && !is_same_ref(recording->given_to, ref))
		return ERR_CONFLICT;
	recording->given_to = ref;
	out->recorder = recording->recorder;
	return ERR_OK;
}

enum err
things_order(struct relay *r, struct slot *slot, enum media_side side,
    const struct media_service *what, struct attendant_order *out)
{
	enum err e = ERR_OK;

	*out = (struct attendant_order){.what = *what};
	if (what->n_in > MEDIA_FORMATS_MAX)
		return ERR_INVALID;
	if (what->room) {
		out->room = &what->room->room;
		slots_move(slot, what->room->worker);
	}
	if (what->sound)
		e = order_sound(r, slot, side, what->sound, out);
	if (e == ERR_OK && what->recording)
		e = order_recording(slot, what->recording, out);
	return e;
}

void
things_hold(const struct attendant_order *o)
{
	if (o->what.sound)
		o->what.sound->users++;
	if (o->what.room)
		o->what.room->users++;
	if (o->what.recording)
		o->what.recording->users++;
}

void
things_let_go(const struct attendant_order *o)
{
	sound_drop(NULL, o->what.sound);
	room_drop(NULL, o->what.room);
	recording_drop(NULL, o->what.recording);
}

void
things_ops(struct media_ops *ops)
{
	ops->sound_new = sound_new;
	ops->sound_control = sound_control;
	ops->sound_drop = sound_drop;
	ops->room_new = room_new;
	ops->room_record = room_set_recording;
	ops->room_drop = room_drop;
	ops->recording_new = recording_new;
	ops->recording_drop = recording_drop;
}
