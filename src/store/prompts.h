/*
 * Files that people have uploaded for spoken prompts (model/prompts.h): their rows, and the files
 * in the data folder that belong to them (prompt_write_file).
 *
 * Files and rows come and go as store/sound_files.h says. Management threads; functions block.
 */
#ifndef STORE_PROMPTS_H
#define STORE_PROMPTS_H

#include "model/prompts.h"
#include "store/store.h"

enum { STORE_PROMPT_FILE_NAME_BYTES = 201 };

struct store_prompt {
	enum prompt prompt;
	enum prompt_language language;
	uint64_t version; /* of its file, not 0 */
	int64_t replaced_at;
	uint64_t length_ms;
	char file_name[STORE_PROMPT_FILE_NAME_BYTES]; /* UTF-8, may be empty */
};

/** cb may not call the store. */
ERR_MUST_CHECK enum err store_prompts_each(
    struct store *s, void (*cb)(void *ctx, const struct store_prompt *p), void *ctx);
/** From now on this file is played; it is there. */
ERR_MUST_CHECK enum err store_prompt_set(struct store *s, const struct store_prompt *p);
/** The one that comes with the system is played again. ERR_NOT_FOUND. */
ERR_MUST_CHECK enum err store_prompt_reset(struct store *s, enum prompt p, enum prompt_language l);
/** Removes files that no row names and that have lain there for some minutes: a switch that has an
 *  older snapshot may still begin to play them. */
void store_prompts_sweep(struct store *s, const char *data_dir);
/** At the start, before anybody plays: removes all such files, and rows without a file. */
ERR_MUST_CHECK enum err store_prompts_check(struct store *s, const char *data_dir);

#endif
