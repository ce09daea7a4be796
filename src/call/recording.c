#include "call/recording.h"

#include <stdlib.h>

#include "call/app_int.h"

struct recording {
	struct hnode by_id; /* of sw->recordings, by its own id */
	struct call_switch *sw;
	struct recording_owner owner;  /* of NULL: it has left */
	struct media_recording *media; /* while it is heard; */
	struct call_room *room;	       /* or while what is said there is */
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
recording_media(const struct recording *r)
{
	return r ? r->media : NULL;
}

bool
recording_has_begun(const struct recording *r)
{
	return r->begun;
}

struct slice
recording_file(const struct recording *r)
{
	return slice_cstr(r->file);
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
	if (ops->voicemail_ended && (r->what.mailbox || r->fault != ERR_OK))
		ops->voicemail_ended(r->sw->p.ctx, &ended);
	free(r);
}

/* What is said goes nowhere from now on. */
static void
fall_silent(struct recording *r)
{
	struct media_recording *media = r->media;
	struct call_room *room = r->room;

	r->media = NULL;
	r->room = NULL;
	if (room && !r->closed && media_room_record(r->sw->p.media, room->media, NULL) != ERR_OK)
		log_error(CALL, "a conference is recorded on");
	if (!media)
		return;
	if (r->owner.at)
		music_follow(r->owner.at->call);
	media_recording_drop(r->sw->p.media, media);
}

void
recording_leave(struct recording *r, bool gone)
{
	if (!r)
		return;
	if (gone)
		r->owner.at = NULL;
	fall_silent(r);
	r->owner = (struct recording_owner){0};
	if (!r->begun || r->closed)
		settle(r);
}

enum err
recording_new(struct call_switch *sw, const struct call_app_recording *what,
    const struct recording_owner *owner, struct recording **out)
{
	struct recording *r = calloc(1, sizeof *r);
	struct buf b;

	if (!r)
		return ERR_NOMEM;
	r->sw = sw;
	r->owner = *owner;
	r->what = *what;
	r->id = ++sw->next_app_id;
	buf_init(&b, r->file, sizeof r->file - 1);
	rng_token(sw->p.rng, &b, sizeof r->file - 1);
	r->file[b.n] = '\0';
	if (hmap_put(&sw->recordings, &r->by_id, r->id) != ERR_OK) {
		free(r);
		return ERR_NOMEM;
	}
	*out = r;
	return ERR_OK;
}

void
recording_tell(struct recording *r, uint64_t id, struct voicemail_began *began)
{
	const struct call_switch_ops *ops = r->sw->p.ops;

	began->id = id ? id : r->id;
	began->mailbox = r->what.mailbox;
	memcpy(began->file, r->file, sizeof began->file);
	ops->voicemail_began(r->sw->p.ctx, began);
}

static enum err
open_file(struct recording *r)
{
	struct media_recording_params p = {.max_ms = 1000ull * r->what.max_s, .user = r->id};
	struct media *media = r->sw->p.media;
	char path[PATH_MAX];
	enum err e;

	p.path = path;
	if (!recording_path(r->sw, r->what.folder, slice_cstr(r->file), path))
		return ERR_NOT_FOUND;
	if (!r->owner.in)
		return media_recording_new(media, &p, &r->media);
	e = media_room_record(media, r->owner.in->media, &p);
	if (e == ERR_OK)
		r->room = r->owner.in;
	return e;
}

enum err
recording_start(struct recording *r)
{
	enum err e = open_file(r);

	r->fault = e;
	r->begun = e == ERR_OK;
	if (e == ERR_OK && r->owner.at)
		music_follow(r->owner.at->call);
	return e;
}

void
recording_stop(struct recording *r)
{
	fall_silent(r);
}

void
recording_drop(struct recording *r)
{
	r->dropped = true;
}

static struct recording *
find(struct call_switch *sw, uint64_t id)
{
	struct hnode *n = hmap_first(&sw->recordings, id);

	return n ? container_of(n, struct recording, by_id) : NULL;
}

void
recording_on_answer(struct call_switch *sw, const struct voicemail_answer *answer)
{
	struct recording *r = find(sw, answer->id);

	if (r && answer->result != ERR_OK && r->owner.on_refused)
		r->owner.on_refused(r->owner.of, answer->result);
}

void
recording_on_event(struct call_switch *sw, const struct media_event *ev)
{
	struct recording *r = find(sw, ev->user);

	if (!r)
		return;
	r->closed = true;
	r->length_ms = ev->recorded.length_ms;
	r->fault = ev->recorded.e == ERR_LIMIT ? ERR_OK : ev->recorded.e;
	fall_silent(r);
	if (r->owner.of)
		r->owner.on_closed(r->owner.of, ev->recorded.e, r->length_ms);
	else
		settle(r);
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
