/*
 * Folders of sound files below the data folder whose rows are in the database: prompts,
 * announcements, messages.
 *
 * One order for all of them: a file is there, whole and on the disk, before its row is written,
 * and goes later than its row. So after kill -9 what is in the database can be played, and what is
 * left over is swept. Files have names that nobody else has.
 *
 * Management threads; functions block.
 */
#ifndef STORE_SOUND_FILES_H
#define STORE_SOUND_FILES_H

#include <limits.h>
#include <stdbool.h>
#include <time.h>

#include "base/err.h"
#include "model/voicemail.h"
#include "store/store.h"

/* So long a switch that has an older snapshot may still begin to play a file. */
enum { SOUND_FILES_LEFT_OVER_S = 600 };

/** A new random name, without folder and ending: hex digits. */
void sound_file_name(char out[VOICEMAIL_FILE_BYTES]);
/** DATA/FOLDER/FILE.wav. False: too long. */
bool sound_file_path(
    char path[PATH_MAX], const char *data_dir, const char *folder, const char *file);
/** Can it be read? */
bool sound_file_is_there(const char *data_dir, const char *folder, const char *file);
/** What is not there is fine; what stays is logged. */
void sound_file_remove(const char *data_dir, const char *folder, const char *file);
/** Makes DATA/FOLDER ("prompts/de") with what is above it. ERR_TOO_BIG, errors of mkdir. */
ERR_MUST_CHECK enum err sound_folder_make(const char *data_dir, const char *folder);
/** The name of this file survives a power cut from now on. */
ERR_MUST_CHECK enum err sound_folder_sync(const char *file_path);
/** Removes the files of DATA/FOLDER that were written before older_than and that is_known does not
 *  know by their names. No such folder is fine. */
void sound_folder_sweep(const char *data_dir, const char *folder, time_t older_than,
    bool (*is_known)(void *ctx, const char *name), void *ctx);
/** The same with the database to ask: sql finds the row of a file by its name without ending. */
ERR_MUST_CHECK enum err sound_rows_sweep(
    struct store *s, const char *data_dir, const char *folder, time_t older_than, const char *sql);

#endif
