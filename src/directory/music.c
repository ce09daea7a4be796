#include "directory/music.h"

#include <limits.h>

#include "base/hmap.h"
#include "directory/directory_int.h"

/* ---- building: loops by id, then their files in order ---- */

bool
music_on_loop(void *ctx, const struct store_music_row *row)
{
	struct builder *b = ctx;
	struct directory *d = b->d;
	struct dir_music *m = ADD(d->music, d->music_count, b->music_cap);

	if (!m || !build_keep(d, row->name, &m->name))
		return false;
	m->id = row->id;
	m->is_default = row->is_default;
	m->builtin = row->builtin;
	m->gain_db = row->gain_db;
	d->music_count++;
	return true;
}

static struct dir_music *
find(const struct directory *d, int64_t id)
{
	for (size_t i = 0; i < d->music_count; i++)
		if (d->music[i].id == id)
			return &d->music[i];
	return NULL;
}

bool
music_on_file(void *ctx, const struct store_music_file_row *row)
{
	struct builder *b = ctx;
	struct dir_music *m = find(b->d, row->loop);
	size_t i = m ? m->file_count : 0;

	if (!m || i == MUSIC_FILES_MAX)
		return true;
	if (!build_keep(b->d, row->file, &m->file[i]))
		return false;
	m->file_gain_db[i] = (int8_t)row->gain_db;
	m->file_count++;
	m->content = hash_mix(m->content, (uint64_t)(i + 1) << 8 | (uint8_t)row->gain_db);
	for (size_t k = 0; k < m->file[i].n; k++)
		m->content = hash_mix(m->content, (unsigned char)m->file[i].p[k]);
	return true;
}

/* ---- asking ---- */

const struct dir_music *
dir_music_by_id(const struct directory *d, int64_t id)
{
	const struct dir_music *m = id ? find(d, id) : NULL;

	return m && m->file_count ? m : NULL;
}

const struct dir_music *
dir_music_default(const struct directory *d)
{
	static const struct dir_music supplied = {
	    .name = SLICE(MUSIC_DEFAULT), .builtin = true, .file_count = 1};
	const struct dir_music *builtin = &supplied;

	for (size_t i = 0; i < d->music_count; i++) {
		const struct dir_music *m = &d->music[i];

		if (m->is_default && m->file_count)
			return m;
		if (m->builtin && m->file_count)
			builtin = m;
	}
	return builtin;
}

enum err
dir_music_paths(const struct dir_music *m, const struct prompt_folders *folders,
    struct arena *arena, const char *paths[MUSIC_FILES_MAX])
{
	for (size_t i = 0; i < m->file_count; i++) {
		const char *folder = m->file[i].n ? folders->data : folders->sounds;
		char path[PATH_MAX];
		struct slice kept;
		struct buf b;
		enum err e;

		if (!folder)
			return ERR_NOT_FOUND;
		buf_init(&b, path, sizeof path);
		if (m->file[i].n)
			buf_printf(
			    &b, "%s/" MUSIC_FOLDER "/%.*s.wav", folder, SLICE_FMT(m->file[i]));
		else
			buf_printf(&b, "%s/" MUSIC_SUPPLIED, folder);
		if (!buf_ok(&b))
			return ERR_TOO_BIG;
		e = arena_dup(arena, buf_slice(&b), &kept);
		if (e != ERR_OK)
			return e;
		paths[i] = kept.p;
	}
	return ERR_OK;
}
