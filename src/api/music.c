/*
 * Music on hold (MOH-1): files come and go, and are heard, in the browser or at a phone of one's
 * own. What rows hold besides is changed as of every entity. A file that comes is converted to one
 * of a new name, and only then written down: who listens meanwhile is not disturbed.
 */
#include <limits.h>
#include <stdio.h>
#include <unistd.h>

#include "api/api_int.h"
#include "loop/loop.h"
#include "model/play.h"
#include "sound/convert.h"
#include "store/music.h"

static void
refuse(struct request *rq, enum err e)
{
	if (e == ERR_LIMIT)
		reply_error(
		    rq, 409, "loop_full", NULL, "A loop has %d files at most.", MUSIC_FILES_MAX);
	else if (e == ERR_TOO_BIG)
		reply_error(rq, 422, "audio_too_long", "file", "This is longer than %d seconds.",
		    MUSIC_SECONDS_MAX);
	else
		audio_refuse(rq, e);
}

/* What it was called, without its ending; or what it is. */
static bool
take_name(struct request *rq, struct store_music_file *f)
{
	const char *dot;

	if (!audio_file_name(rq, f->name, sizeof f->name))
		return false;
	dot = strrchr(f->name, '.');
	if (dot && dot > f->name)
		f->name[dot - f->name] = '\0';
	if (!f->name[0])
		snprintf(f->name, sizeof f->name, "Music");
	return true;
}

static enum err
write_path(const struct request *rq, const char *file, char path[PATH_MAX])
{
	const struct api_params *p = &rq->api->params;
	bool there;

	if (*file)
		there = p->data_dir && sound_file_path(path, p->data_dir, MUSIC_FOLDER, file);
	else
		there = p->sounds_dir &&
			snprintf(path, PATH_MAX, "%s/" MUSIC_SUPPLIED, p->sounds_dir) < PATH_MAX;
	return there ? ERR_OK : ERR_NOT_FOUND;
}

/* The file first, then its row. */
static enum err
add(struct request *rq, struct store_music_file *f, json_t **row)
{
	char upload[PATH_MAX], to[PATH_MAX];
	enum err e = audio_keep(rq, MUSIC_FOLDER, upload);

	if (e != ERR_OK)
		return e == ERR_LIMIT ? ERR_IO : e;
	sound_file_name(f->file);
	e = write_path(rq, f->file, to);
	if (e == ERR_OK)
		e = sound_convert(upload, to, 1000 * (uint64_t)MUSIC_SECONDS_MAX, &f->length_ms);
	unlink(upload);
	if (e != ERR_OK)
		return e == ERR_LIMIT ? ERR_IO : e;
	e = sound_folder_sync(to);
	if (e == ERR_OK)
		e = store_music_file_add(rq->api->store, f, row);
	if (e != ERR_OK)
		unlink(to);
	store_music_sweep(rq->api->store, rq->api->params.data_dir);
	return e;
}

void
handle_music_upload(struct request *rq)
{
	struct store_music_file f = {.loop = rq->id, .uploaded_at = (int64_t)loop_wall_ms()};
	json_t *row = NULL;
	enum err e;

	if (!audio_is_sent(rq) || !take_name(rq, &f))
		return;
	e = store_music_room(rq->api->store, f.loop);
	if (e == ERR_OK)
		e = add(rq, &f, &row);
	if (e == ERR_OK)
		reply_json(rq, 201, row);
	else
		refuse(rq, e);
}

void
handle_music_audio(struct request *rq)
{
	struct store_music_file f;
	char path[PATH_MAX];
	enum err e = store_music_file_get(rq->api->store, rq->id, &f);

	if (e != ERR_OK)
		reply_err(rq, e, NULL);
	else if (write_path(rq, f.file, path) != ERR_OK || !audio_reply(rq, path))
		reply_error(rq, 404, "no_sound", NULL, "The file of this music is not there.");
}

void
handle_music_file_delete(struct request *rq)
{
	handle_delete(rq);
	if (rq->reply.status < 300)
		store_music_sweep(rq->api->store, rq->api->params.data_dir);
}

/* A loop that was made this very moment has not reached the signalling plane yet; then its phone
 * rings, and the default is heard. */
void
handle_music_play(struct request *rq)
{
	json_t *loop = NULL;
	enum err e;

	if (!play_is_asked(rq))
		return;
	e = store_get(rq->api->store, &model_music_loop, rq->id, &loop);
	if (e == ERR_OK)
		play_at_phone(
		    rq, &(struct play){.kind = PLAY_MUSIC, .id = rq->id}, row_text(loop, "name"));
	else
		reply_err(rq, e, NULL);
	json_decref(loop);
}
