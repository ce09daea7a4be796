/* A folder for the files of a test, and sound files of every kind, written by libsndfile. */
#ifndef TESTS_SOUND_FILES_H
#define TESTS_SOUND_FILES_H

#include <stddef.h>
#include <stdint.h>

#include <sndfile.h>

/** A new folder; setup of a group of tests. */
int files_open(void **state);
/** Removes it and what is in it. */
int files_close(void **state);
/** A path in the folder. Eight of them are good at a time. */
const char *files_path(const char *name);

/** Mono samples on each of the channels. format: SF_FORMAT_… of libsndfile. */
void files_write(const char *path, int format, uint32_t rate_hz, uint32_t channels,
    const int16_t *pcm, size_t n);
/** Bytes as they are. */
void files_put(const char *path, const void *bytes, size_t n);
/** Reads at most cap bytes; returns how many there are in the file. */
size_t files_get(const char *path, void *bytes, size_t cap);
void files_cut(const char *path, size_t bytes);

#endif
