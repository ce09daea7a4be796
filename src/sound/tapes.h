/*
 * Files for media threads, which never wait for a disk: one thread ("tapes") reads ahead for
 * everybody who plays and writes behind for everybody who records. Between it and a media thread
 * stands a ring for each tape, without locks: one side fills, the other takes. Reading and writing
 * sound make no system call; making, seeking and ending a tape write once to an eventfd.
 *
 * Samples are 16 bit. A playing tape is mono at the rate it was made for (sound/sound_in.h says
 * from which files); a recording one has one or two channels (sound/sound_out.h).
 *
 * Threads: a tape is made by any thread; then one media thread at a time calls what is marked with
 * [media]. What is marked with [any] may be called by any thread. Ending a tape (tape_in_free,
 * tape_out_close) is the last call for it and does not block: its memory is the tapes thread's from
 * there on.
 */
#ifndef SOUND_TAPES_H
#define SOUND_TAPES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

enum {
	TAPE_ITEMS_MAX = 40,
	TAPE_PATH_MAX = 4096,	/* bytes, with the final NUL */
	TAPE_AHEAD_MS = 1280,	/* read ahead, at most */
	TAPE_BEHIND_MS = 2000,	/* not written yet, at most */
	TAPE_LOOK_MS = 100,	/* how often the thread looks, while there are tapes */
	TAPE_FLUSH_MS = 300,	/* so much sound is written at once, */
	TAPE_FLUSH_MAX_MS = 800 /* or what there is after so long */
};

struct tapes;
struct tape_in;
struct tape_out;

/** Starts the thread. ERR_NOMEM, ERR_LIMIT. */
ERR_MUST_CHECK enum err tapes_new(struct tapes **out);
/** Ends the thread. Recordings that are still open are ended as by tape_out_close; playing tapes
 * are freed: nobody may have a tape any more. NULL is fine. */
void tapes_free(struct tapes *ts);

/* ---- playing ---- */

struct tape_in_params {
	const char *const *paths; /* copied */
	size_t n_paths;		  /* 1 … TAPE_ITEMS_MAX */
	bool loop;		  /* again and again; one file alone is joined without a seam */
	uint32_t rate_hz;	  /* SOUND_RATE_MIN_HZ … SOUND_RATE_MAX_HZ */
	const int8_t *gain_db;	  /* of each file, copied; NULL: as they are */
};

struct tape_position {
	size_t item;
	uint64_t ms;
};

/** Begins to read ahead at once. A file that cannot be read is skipped from then on:
 *  tape_in_failed.  ERR_INVALID, ERR_NOMEM. */
ERR_MUST_CHECK enum err tape_in_new(
    struct tapes *ts, const struct tape_in_params *params, struct tape_in **out);
/** [any] NULL is fine. */
void tape_in_free(struct tape_in *t);
/** [media] Returns how many there are: fewer than n when the disk is late, or at the end. */
size_t tape_in_read(struct tape_in *t, int16_t *pcm, size_t n);
/** [media] Has everything been read that there is? Never for what is looped, unless no file of the
 *  list gives a sample. */
bool tape_in_ended(struct tape_in *t);
/** [media] What is read from now on comes from there; until the disk has it, nothing. An item
 * behind the last one is the end. */
void tape_in_seek(struct tape_in *t, size_t item, uint64_t ms);
/** [media] Where the next sample to be read stands, if it is of the item that was read last. */
struct tape_position tape_in_position(const struct tape_in *t);
/** [any] The first file that could not be read, and why; ERR_OK: none so far, item untouched. */
enum err tape_in_failed(const struct tape_in *t, size_t *item);

/* ---- recording ---- */

struct tape_out_params {
	const char *path; /* copied; must be new */
	uint32_t rate_hz; /* SOUND_RATE_MIN_HZ … SOUND_RATE_MAX_HZ */
	uint32_t channels;
	uint64_t max_bytes; /* of the file; 0: as many as there is room for */
	uint64_t max_ms;    /* 0: as long as there is room for */
	/** Once, on the tapes thread, when the file is on the disk and closed, or could not be
	 *  written (as tape_out_failed says; length_ms and bytes 0: it was never there). Must not
	 *  block. May be NULL. */
	void (*on_done)(void *ctx, enum err e, uint64_t length_ms, uint64_t bytes);
	void *ctx;
};

/** The file is made by the tapes thread: what is wrong with it says tape_out_failed.
 *  ERR_INVALID, ERR_NOMEM. */
ERR_MUST_CHECK enum err tape_out_new(
    struct tapes *ts, const struct tape_out_params *params, struct tape_out **out);
/** [media] Returns the frames taken: what finds no room, because the disk is late, is dropped and
 *  counted; so is everything after a failure. */
size_t tape_out_write(struct tape_out *t, const int16_t *pcm, size_t n_frames);
/** [any] Errors of sound_out_open and sound_out_write; ERR_LIMIT: max_bytes or max_ms are reached.
 */
enum err tape_out_failed(const struct tape_out *t);
/** [any] Frames, so far. */
uint64_t tape_out_dropped(const struct tape_out *t);
/** [any, when the media thread has done its last call] The rest is written; then on_done. NULL is
 *  fine. */
void tape_out_close(struct tape_out *t);

#endif
