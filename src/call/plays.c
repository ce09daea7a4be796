#include "call/plays.h"

#include <stdlib.h>

static void
drop(struct call_switch *sw, struct music_play *p)
{
	media_sound_drop(sw->p.media, p->sound);
	sw->n_plays--;
	list_remove(&p->link);
	free(p);
}

static struct music_play *
find(const struct call_switch *sw, const struct dir_music *m)
{
	LIST_FOR_EACH (it, &sw->plays) {
		struct music_play *p = container_of(it, struct music_play, link);

		if (p->loop == m->id && p->content == m->content)
			return p;
	}
	return NULL;
}

static enum err
make_sound(struct call_switch *sw, const struct dir_music *m, struct music_play *p)
{
	const char *paths[MUSIC_FILES_MAX];
	struct media_sound_params params = {.paths = paths,
	    .n_paths = m->file_count,
	    .file_gain_db = m->file_gain_db,
	    .gain_db = m->gain_db,
	    .loop = true,
	    .shared = true,
	    .user = p->id};
	struct arena arena;
	enum err e;

	arena_init(&arena, "music", 1024, 128 * 1024);
	e = dir_music_paths(m, &sw->p.prompts, &arena, paths);
	if (e == ERR_OK)
		e = media_sound_new(sw->p.media, &params, &p->sound);
	arena_fini(&arena);
	return e;
}

static struct music_play *
make(struct call_switch *sw, const struct dir_music *m)
{
	struct music_play *p;
	enum err e;

	if (sw->n_plays >= PLAYS_MAX && m != dir_music_default(sw->p.directory))
		return NULL;
	p = calloc(1, sizeof *p);
	if (!p)
		return NULL;
	p->id = ++sw->next_app_id; /* with those of apps, media tell of both */
	p->loop = m->id;
	p->content = m->content;
	p->gain_db = m->gain_db;
	e = make_sound(sw, m, p);
	if (e != ERR_OK) {
		if (e != ERR_NOT_FOUND) /* no folder: nothing is installed */
			log_at(LOG_WARN, CALL, "the music \"%.*s\" cannot be played: %s",
			    SLICE_FMT(m->name), err_text(e));
		free(p);
		return NULL;
	}
	list_push(&sw->plays, &p->link);
	sw->n_plays++;
	return p;
}

struct music_play *
plays_take(struct call_switch *sw, const struct dir_music *m)
{
	struct music_play *p = find(sw, m);

	if (!p)
		p = make(sw, m);
	if (!p || !p->sound)
		return NULL;
	p->listeners++;
	return p;
}

void
plays_leave(struct call_switch *sw, struct music_play *p)
{
	if (p && --p->listeners == 0 && p->sound)
		drop(sw, p);
}

bool
plays_on_played(struct call_switch *sw, uint64_t id)
{
	LIST_FOR_EACH (it, &sw->plays) {
		struct music_play *p = container_of(it, struct music_play, link);

		if (p->id != id)
			continue;
		if (p->sound)
			log_at(LOG_WARN, CALL, "none of the files of a music on hold can be read");
		media_sound_drop(sw->p.media, p->sound);
		p->sound = NULL;
		return true;
	}
	return false;
}

void
plays_follow(struct call_switch *sw)
{
	LIST_FOR_EACH_SAFE (it, &sw->plays) {
		struct music_play *p = container_of(it, struct music_play, link);
		const struct dir_music *m = dir_music_by_id(sw->p.directory, p->loop);

		if (!p->sound && !p->listeners) {
			drop(sw, p);
			continue;
		}
		if (!p->sound || !m || m->gain_db == p->gain_db)
			continue;
		p->gain_db = m->gain_db;
		media_sound_control(
		    sw->p.media, p->sound, &(struct media_sound_control){.gain_db = m->gain_db});
	}
}

void
plays_free(struct call_switch *sw)
{
	LIST_FOR_EACH_SAFE (it, &sw->plays)
		drop(sw, container_of(it, struct music_play, link));
}
