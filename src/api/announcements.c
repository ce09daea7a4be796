/*
 * Announcements (VMB-3): their sounds, and those of one's own. Rows are listed, renamed and deleted
 * as any others; here is what a table does not say: the files, and that people change only what is
 * theirs while they may choose and hear what is everybody's.
 */
#include <limits.h>
#include <stdio.h>
#include <unistd.h>

#include "api/api_int.h"
#include "loop/loop.h"
#include "model/play.h"
#include "store/announcement.h"
#include "store/sound_files.h"

/* ---- sounds ---- */

static bool
write_path(char path[PATH_MAX], const char *data_dir, const char *file)
{
	return data_dir && sound_file_path(path, data_dir, ANNOUNCEMENT_FOLDER, file);
}

void
handle_announcement_audio(struct request *rq)
{
	struct store_announcement a;
	char path[PATH_MAX];
	enum err e = store_announcement_get(rq->api->store, rq->id, &a);

	if (e != ERR_OK)
		reply_err(rq, e, NULL);
	else if (!a.file[0] || !write_path(path, rq->api->params.data_dir, a.file) ||
		 !audio_reply(rq, path))
		reply_error(
		    rq, 404, "no_sound", NULL, "Nothing has been recorded or uploaded yet.");
}

static enum err
replace(struct request *rq, struct store_announcement *a)
{
	const char *data_dir = rq->api->params.data_dir;
	char upload[PATH_MAX], to[PATH_MAX];
	enum err e = audio_keep(rq, ANNOUNCEMENT_FOLDER, upload);

	if (e != ERR_OK)
		return e;
	sound_file_name(a->file);
	e = write_path(to, data_dir, a->file) ? audio_convert(upload, to, &a->length_ms)
					      : ERR_LIMIT;
	unlink(upload);
	if (e != ERR_OK)
		return e;
	e = store_announcement_set(rq->api->store, rq->id, a);
	if (e != ERR_OK)
		unlink(to);
	store_announcements_sweep(rq->api->store, data_dir);
	return e;
}

void
handle_announcement_put(struct request *rq)
{
	struct store_announcement a, before;
	json_t *row = NULL;
	enum err e;

	a = (struct store_announcement){.changed_at = (int64_t)loop_wall_ms()};
	if (!audio_is_sent(rq) || !audio_file_name(rq, a.file_name, sizeof a.file_name))
		return;
	e = store_announcement_get(rq->api->store, rq->id, &before); /* before the work */
	if (e == ERR_OK)
		e = replace(rq, &a);
	if (e == ERR_OK)
		e = store_get(rq->api->store, &model_announcement, rq->id, &row);
	if (e == ERR_OK)
		reply_json(rq, 200, row);
	else
		audio_refuse(rq, e);
}

/* ---- at a telephone ---- */

/* Signalling finds the sound when the telephone has answered: of what is spoken meanwhile the new
 * one is heard. */
static void
at_phone(struct request *rq, enum play_kind kind)
{
	json_t *row = NULL;
	enum err e;

	if (!play_is_asked(rq))
		return;
	e = store_get(rq->api->store, &model_announcement, rq->id, &row);
	if (e != ERR_OK)
		reply_err(rq, e, NULL);
	else if (kind == PLAY_ANNOUNCEMENT &&
		 !json_integer_value(json_object_get(row, "length_ms")))
		reply_error(
		    rq, 404, "no_sound", NULL, "Nothing has been recorded or uploaded yet.");
	else
		play_at_phone(
		    rq, &(struct play){.kind = kind, .id = rq->id}, row_text(row, "name"));
	json_decref(row);
}

void
handle_announcement_play(struct request *rq)
{
	at_phone(rq, PLAY_ANNOUNCEMENT);
}

void
handle_announcement_speak(struct request *rq)
{
	at_phone(rq, PLAY_SPEAK);
}

void
handle_announcement_delete(struct request *rq)
{
	struct model_errors errors = {0};
	enum err e;

	if (!has_seen(rq))
		return;
	e = store_announcement_unused(rq->api->store, rq->id, &errors);
	if (e == ERR_OK)
		handle_delete(rq);
	else
		reply_err(rq, e, &errors);
	if (rq->reply.status == 204)
		store_announcements_sweep(rq->api->store, rq->api->params.data_dir);
}

/* ---- one's own ---- */

/* What belongs to others is not there; everybody's may be heard. */
static bool
may(struct request *rq, bool change)
{
	json_t *row = NULL;
	enum err e = store_get(rq->api->store, &model_announcement, rq->id, &row);
	int64_t user = e == ERR_OK ? json_integer_value(json_object_get(row, "user")) : 0;

	json_decref(row);
	if (e == ERR_OK && user == 0 && change) {
		reply_error(rq, 403, "not_your_announcement", NULL,
		    "This announcement is everybody's: administrators change it.");
		return false;
	}
	if (e == ERR_OK && user && user != rq->caller.user_id)
		e = ERR_NOT_FOUND;
	if (e != ERR_OK)
		reply_err(rq, e, NULL);
	return e == ERR_OK;
}

static bool
names_nobody_else(struct request *rq, const json_t *in)
{
	const json_t *user = json_object_get(in, "user");

	if (!user || json_integer_value(user) == rq->caller.user_id)
		return true;
	reply_error(
	    rq, 422, "not_your_announcement", "user", "Here are only announcements of one's own.");
	return false;
}

void
handle_own_announcement_create(struct request *rq)
{
	struct model_errors errors = {0};
	json_t *in = request_json(rq, false), *row = NULL;
	enum err e;

	if (in && names_nobody_else(rq, in)) {
		json_object_set_new(in, "user", json_integer((json_int_t)rq->caller.user_id));
		e = store_create(rq->api->store, &model_announcement, in, &row, &errors);
		if (e == ERR_OK)
			reply_json(rq, 201, row);
		else
			reply_err(rq, e, &errors);
	}
	json_decref(in);
}

void
handle_own_announcement_patch(struct request *rq)
{
	json_t *in = request_json(rq, false);

	if (in && names_nobody_else(rq, in) && may(rq, true))
		handle_patch(rq);
	json_decref(in);
}

void
handle_own_announcement_put(struct request *rq)
{
	if (audio_is_sent(rq) && may(rq, true))
		handle_announcement_put(rq);
}

void
handle_own_announcement_audio(struct request *rq)
{
	if (may(rq, false))
		handle_announcement_audio(rq);
}

void
handle_own_announcement_delete(struct request *rq)
{
	if (may(rq, true))
		handle_announcement_delete(rq);
}

void
handle_own_announcement_play(struct request *rq)
{
	if (play_is_asked(rq) && may(rq, false))
		handle_announcement_play(rq);
}

void
handle_own_announcement_speak(struct request *rq)
{
	if (play_is_asked(rq) && may(rq, true))
		handle_announcement_speak(rq);
}
