#include "call/app_int.h"

#include <stdio.h>
#include <stdlib.h>

#include "call/recording.h"

struct recording {
	struct hnode by_id; /* of sw->recordings, by its own id */
	struct call_switch *sw;
	struct call_app *app;	       /* NULL: it has ended */
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

static void
tell_begin(struct call_app *a, const struct recording *r)
{
	const struct call_switch_ops *ops = r->sw->p.ops;
	const struct routing_party *who = call_app_party(a);
	const struct call *c = a->leg->call;
	struct voicemail_began began = {
	    .id = a->id, .mailbox = r->what.mailbox, .began_at = call_app_wall_ms(a)};

	memcpy(began.file, r->file, sizeof began.file);
	snprintf(began.call_id, sizeof began.call_id, "%s", c->id);
	slice_clip_cstr(who->number, began.number, sizeof began.number);
	slice_clip_cstr(who->name, began.name, sizeof began.name);
	ops->voicemail_began(r->sw->p.ctx, &began);
}

bool
call_app_recording_open(struct call_app *a, const struct call_app_recording *what)
{
	struct call_switch *sw = a->leg ? a->leg->call->sw : NULL;
	struct recording *r = sw ? calloc(1, sizeof *r) : NULL;
	struct buf b;

	if (!r || (what->mailbox && (!sw->p.ops->voicemail_began || !app_awaits(a)))) {
		free(r);
		return false;
	}
	r->sw = sw;
	r->app = a;
	r->what = *what;
	r->id = ++sw->next_app_id;
	buf_init(&b, r->file, sizeof r->file - 1);
	rng_token(sw->p.rng, &b, sizeof r->file - 1);
	r->file[b.n] = '\0';
	if (hmap_put(&sw->recordings, &r->by_id, r->id) != ERR_OK) {
		free(r);
		return false;
	}
	recording_leave(a);
	a->recording = r;
	if (what->mailbox)
		tell_begin(a, r);
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
	if (r->app)
		app_on_recorded(r->app, ev->recorded.e, r->length_ms);
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
