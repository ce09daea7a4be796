/*
 * Which file says a prompt (model/prompts.h): the one that somebody has uploaded, as the snapshot
 * knows, else the one that comes with the system. Never looks at the disk: a file that is not there
 * is skipped by who plays it (sound/tapes.h).
 *
 * Pure; any thread that may read the snapshot.
 */
#ifndef DIRECTORY_PROMPTS_H
#define DIRECTORY_PROMPTS_H

#include "base/arena.h"
#include "directory/directory.h"
#include "model/prompts.h"

/* Borrowed, absolute or as the daemon was told. */
struct prompt_folders {
	const char *sounds; /* --sounds */
	const char *data;   /* --data */
};

/** In which language somebody is spoken to: a user in his own, others (NULL) in that of the
 *  settings. */
enum prompt_language dir_prompt_language(const struct directory *d, const struct dir_user *user);
/** The paths of n prompts, texts in the arena, into paths. A prompt that the language does not have
 *  is said in another one that has. ERR_NOMEM, ERR_TOO_BIG (a path). */
ERR_MUST_CHECK enum err dir_prompt_paths(const struct directory *d,
    const struct prompt_folders *folders, enum prompt_language l, const enum prompt *prompts,
    size_t n, struct arena *arena, const char **paths);

#endif
