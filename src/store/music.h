/*
 * Music on hold (MOH-1): the files in MUSIC_FOLDER that belong to the rows of the entity
 * "music_file". How files and rows come and go: store/sound_files.h.
 *
 * Management threads; functions block.
 */
#ifndef STORE_MUSIC_H
#define STORE_MUSIC_H

#include "model/music.h"
#include "model/voicemail.h"
#include "store/sound_files.h"
#include "store/store.h"

struct store_music_file {
	char file[VOICEMAIL_FILE_BYTES];  /* "" = what comes with the system */
	char name[MUSIC_FILE_NAME_BYTES]; /* UTF-8, not empty */
	int64_t loop, uploaded_at;
	uint64_t length_ms;
};

/** ERR_NOT_FOUND. */
ERR_MUST_CHECK enum err store_music_file_get(
    struct store *s, int64_t id, struct store_music_file *out);
/** May a loop get one more file? ERR_NOT_FOUND (the loop); ERR_LIMIT: it has MUSIC_FILES_MAX. */
ERR_MUST_CHECK enum err store_music_room(struct store *s, int64_t loop);
/** A row at the end of its loop; the file is there. *row as store_get. Errors as above. */
ERR_MUST_CHECK enum err store_music_file_add(
    struct store *s, const struct store_music_file *f, json_t **row);
/** Removes files that no row names any more. */
void store_music_sweep(struct store *s, const char *data_dir);
/** At the start, before anybody plays: removes all such files, and rows whose file is gone. */
ERR_MUST_CHECK enum err store_music_check(struct store *s, const char *data_dir);

#endif
