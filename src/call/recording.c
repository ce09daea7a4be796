#include "call/app_int.h"

#include <stdio.h>
#include <stdlib.h>

#include "call/recording.h"

enum { ROOM_RECORDING_S = 4 * 3600 };

struct recording {
	struct hnode by_id; /* of sw->recordings, by its own id */
	struct call_switch *sw;
	struct call_app *app;	/* NULL: it has ended, or: */
	struct call_room *room; /* whose talk it is; NULL: it is over */
	void (*on_end)(struct call_room *room);
	struct media_recording *media; /* while it is heard */
	struct call_app_recording what;
	char file[VOICEMAIL_FILE_BYTES];
	bool begun, closed, dropped;
	uint64_t id, length_ms;
	enum err fault;
};

bool
recording_path(
    const struct call_switch *sw, const char *folder, struct slice file, char path[PATH_MAX])
{
	struct buf b;
	char name[VOICEMAIL_FILE_BYTES];

	slice_clip_cstr(file, name, sizeof name);
	buf_init(&b, path, PATH_MAX - 1);
	if (!sw->p.prompts.data)
		return false;
	buf_printf(&b, "%s/", sw->p.prompts.data);
	voicemail_write_path(&b, folder, name);
	path[b.n] = '\0';
	return buf_ok(&b);
}

struct media_recording *
recording_of(const struct call_app *a)
{
	return a->recording ? a->recording->media : NULL;
}

/* Nobody hears of it any more: management does. */
static void
settle(struct recording *r)
{
	const struct call_switch_ops *ops = r->sw->p.ops;
	struct voicemail_ended ended = {.length_ms = r->length_ms,
	    .keep = !r->dropped && r->length_ms && r->length_ms >= 1000ull * r->what.min_s,
	    .fault = r->fault};

	memcpy(ended.file, r->file, sizeof ended.file);
	hmap_remove(&r->sw->recordings, &r->by_id);
	if (r->what.mailbox)
		ops->voicemail_ended(r->sw->p.ctx, &ended);
	free(r);
}

/* What is opposite speaks into nothing from now on. */
static void
fall_silent(struct recording *r)
{
	struct media_recording *media = r->media;

	r->media = NULL;
	if (!media)
		return;
	if (r->app && r->app->leg)
		music_follow(r->app->leg->call);
	media_recording_drop(r->sw->p.media, media);
}

void
recording_leave(struct call_app *a)
{
	struct recording *r = a->recording;

	if (!r)
		return;
	a->recording = NULL;
	fall_silent(r);
	r->app = NULL;
	if (!r->begun || r->closed)
		settle(r);
}

/* id: of who is answered. */
static void
tell_begin(
    const struct recording *r, uint64_t id, const struct routing_party *who, const char *call_id)
{
	const struct call_switch_params *p = &r->sw->p;
	struct voicemail_began began = {
	    .id = id, .mailbox = r->what.mailbox, .began_at = p->ops->wall_ms(p->ctx)};

	memcpy(began.file, r->file, sizeof began.file);
	snprintf(began.call_id, sizeof began.call_id, "%s", call_id);
	slice_clip_cstr(who->number, began.number, sizeof began.number);
	slice_clip_cstr(who->name, began.name, sizeof began.name);
	p->ops->voicemail_began(p->ctx, &began);
}

/* Under a name that nobody has. NULL: no memory. */
static struct recording *
new_recording(struct call_switch *sw, const struct call_app_recording *what)
{
	struct recording *r = calloc(1, sizeof *r);
	struct buf b;

	if (!r)
		return NULL;
	r->sw = sw;
	r->what = *what;
	r->id = ++sw->next_app_id;
	buf_init(&b, r->file, sizeof r->file - 1);
	rng_token(sw->p.rng, &b, sizeof r->file - 1);
	r->file[b.n] = '\0';
	if (hmap_put(&sw->recordings, &r->by_id, r->id) == ERR_OK)
		return r;
	free(r);
	return NULL;
}

bool
call_app_recording_open(struct call_app *a, const struct call_app_recording *what)
{
	struct call_switch *sw = a->leg ? a->leg->call->sw : NULL;
	struct recording *r;

	if (!sw || (what->mailbox && (!sw->p.ops->voicemail_began || !app_awaits(a))))
		return false;
	r = new_recording(sw, what);
	if (!r)
		return false;
	r->app = a;
	recording_leave(a);
	a->recording = r;
	if (what->mailbox)
		tell_begin(r, a->id, call_app_party(a), a->leg->call->id);
	return true;
}

void
call_app_record(struct call_app *a)
{
	struct recording *r = a->recording;
	struct media_recording_params p = {.max_ms = r ? 1000ull * r->what.max_s : 0};
	char path[PATH_MAX];
	enum err e = ERR_NOT_FOUND;

	if (!r || r->begun || !a->leg)
		return;
	p.path = path;
	p.user = r->id;
	if (recording_path(r->sw, r->what.folder, slice_cstr(r->file), path))
		e = media_recording_new(r->sw->p.media, &p, &r->media);
	if (e != ERR_OK) {
		r->fault = e;
		app_on_recorded(a, e, 0);
		return;
	}
	r->begun = true;
	music_follow(a->leg->call);
}

void
call_app_record_stop(struct call_app *a)
{
	if (a->recording)
		fall_silent(a->recording);
}

void
call_app_recording_drop(struct call_app *a)
{
	if (a->recording)
		a->recording->dropped = true;
}

struct slice
call_app_recording_file(const struct call_app *a)
{
	return slice_cstr(a->recording ? a->recording->file : "");
}

void
recording_on_event(struct call_switch *sw, const struct media_event *ev)
{
	struct hnode *n = hmap_first(&sw->recordings, ev->user);
	struct recording *r = n ? container_of(n, struct recording, by_id) : NULL;

	if (!r)
		return;
	r->closed = true;
	r->length_ms = ev->recorded.length_ms;
	r->fault = ev->recorded.e == ERR_LIMIT ? ERR_OK : ev->recorded.e;
	fall_silent(r);
	if (r->app) {
		app_on_recorded(r->app, ev->recorded.e, r->length_ms);
		return;
	}
	if (r->room)
		r->on_end(r->room);
	settle(r);
}

/* ---- rooms ---- */

static enum err
record_room(const struct recording *r)
{
	struct media_recording_params p = {.max_ms = 1000ull * r->what.max_s, .user = r->id};
	char path[PATH_MAX];

	p.path = path;
	return recording_path(r->sw, r->what.folder, slice_cstr(r->file), path)
		   ? media_room_record(r->sw->p.media, r->room->media, &p)
		   : ERR_NOT_FOUND;
}

struct recording *
recording_of_room(struct call_room *room, int64_t mailbox, const struct routing_party *who,
    void (*on_end)(struct call_room *room))
{
	struct call_app_recording what = {VOICEMAIL_FOLDER, mailbox, 0, ROOM_RECORDING_S};
	struct recording *r =
	    room->sw->p.ops->voicemail_began ? new_recording(room->sw, &what) : NULL;

	if (!r)
		return NULL;
	r->room = room;
	r->on_end = on_end;
	if (record_room(r) != ERR_OK) {
		hmap_remove(&room->sw->recordings, &r->by_id);
		free(r);
		return NULL;
	}
	r->begun = true;
	tell_begin(r, r->id, who, "");
	return r;
}

void
recording_end_room(struct recording *r)
{
	struct call_room *room = r ? r->room : NULL;

	if (!room)
		return;
	r->room = NULL; /* media tell when the file is closed */
	if (media_room_record(room->sw->p.media, room->media, NULL) != ERR_OK)
		log_error(CALL, "a conference is recorded on");
}

bool
recording_on_answer(struct call_switch *sw, const struct voicemail_answer *answer)
{
	struct hnode *n = hmap_first(&sw->recordings, answer->id);
	struct recording *r = n ? container_of(n, struct recording, by_id) : NULL;
	struct call_room *room = r ? r->room : NULL;

	if (!room || answer->result == ERR_OK)
		return r != NULL;
	r->dropped = true;
	recording_end_room(r);
	r->on_end(room);
	return true;
}

void
recording_free_all(struct call_switch *sw)
{
	struct hnode *n;

	while ((n = hmap_each(&sw->recordings, NULL))) {
		struct recording *r = container_of(n, struct recording, by_id);

		hmap_remove(&sw->recordings, n);
		media_recording_drop(sw->p.media, r->media);
		free(r);
	}
	hmap_fini(&sw->recordings);
}
