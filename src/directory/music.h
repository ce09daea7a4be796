/*
 * Music on hold as the switch knows it (MOH-1): loops of files. Part of the snapshot (directory.h):
 * immutable, borrowed, any thread. Never looks at the disk: a file that is not there is skipped by
 * who plays it (sound/tapes.h).
 */
#ifndef DIRECTORY_MUSIC_H
#define DIRECTORY_MUSIC_H

#include "directory/prompts.h"
#include "model/music.h"

struct dir_music {
	int64_t id;
	struct slice name;
	bool is_default, builtin;
	int gain_db; /* of all of them */
	/* in order; an empty name is what comes with the system */
	struct slice file[MUSIC_FILES_MAX];
	int8_t file_gain_db[MUSIC_FILES_MAX];
	size_t file_count;
	uint64_t content; /* changes with files, their order and their gains; not with gain_db */
};

/** NULL: there is none, or no file of it is played. */
const struct dir_music *dir_music_by_id(const struct directory *d, int64_t id);
/** What is heard where nothing else is assigned: the loop that is the default, else the supplied
 * one, else a loop with the supplied piece and the id 0. Never NULL. */
const struct dir_music *dir_music_default(const struct directory *d);
/** The paths of its files, texts in the arena. ERR_NOMEM, ERR_TOO_BIG (a path), ERR_NOT_FOUND (we
 *  were not told the folder). */
ERR_MUST_CHECK enum err dir_music_paths(const struct dir_music *m,
    const struct prompt_folders *folders, struct arena *arena, const char *paths[MUSIC_FILES_MAX]);

#endif
