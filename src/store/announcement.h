/*
 * Announcements (VMB-3): the files in ANNOUNCEMENT_FOLDER that belong to the rows of the entity
 * "announcement". How files and rows come and go: store/sound_files.h.
 *
 * Management threads; functions block.
 */
#ifndef STORE_ANNOUNCEMENT_H
#define STORE_ANNOUNCEMENT_H

#include "model/voicemail.h"
#include "store/store.h"

enum { STORE_SOUND_NAME_BYTES = 201 };

struct store_announcement {
	char file[VOICEMAIL_FILE_BYTES]; /* "" = nothing recorded yet */
	int64_t changed_at;
	uint64_t length_ms;
	char file_name[STORE_SOUND_NAME_BYTES]; /* as it was uploaded; UTF-8, may be empty */
};

/** ERR_NOT_FOUND. */
ERR_MUST_CHECK enum err store_announcement_get(
    struct store *s, int64_t id, struct store_announcement *out);
/** From now on this file is played; it is there. ERR_NOT_FOUND. */
ERR_MUST_CHECK enum err store_announcement_set(
    struct store *s, int64_t id, const struct store_announcement *a);
/** ERR_CONFLICT with the names of the mailboxes whose callers hear it; errors may be NULL. */
ERR_MUST_CHECK enum err store_announcement_unused(
    struct store *s, int64_t id, struct model_errors *errors);
/** Removes files that no row names any more. */
void store_announcements_sweep(struct store *s, const char *data_dir);
/** At the start, before anybody plays: removes all such files; a row whose file is gone has none
 *  from now on. */
ERR_MUST_CHECK enum err store_announcements_check(struct store *s, const char *data_dir);

#endif
