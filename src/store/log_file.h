/*
 * The log on disk: log/strowger.log in the data directory, begun anew when it is full; the old
 * ones stand beside it, compressed (strowger-000007.log.zst), the oldest are removed.
 *
 * Lines come from every thread through the sink of base/log.h into a bounded queue, under a lock
 * that is only held to copy. A thread of its own writes what came in a quarter of a second. Lines
 * that do not fit, or that the disk refuses, are lost, counted, and told of once it works again.
 * kill -9 loses that quarter second of the file (standard error has it) and leaves no half line:
 * one is cut off at the next start.
 *
 * Sizes in bytes, times in the lines in UTC. A position is where a line begins: the number of its
 * file and the offset in it; it stays true when files are renamed and compressed.
 *
 * One struct log_file at a time, because there is one log. All functions: any thread but those of
 * signalling and media.
 */
#ifndef STORE_LOG_FILE_H
#define STORE_LOG_FILE_H

#include <jansson.h>

#include "base/log.h"

struct log_file;

struct log_file_limits {
	uint64_t file_bytes; /* of one */
	uint32_t files;	     /* with the one in use */
};

/** Opens dir (made if it is not there) and takes the lines from now on; they wait for the thread.
 *  A directory that cannot be written to is no error: its lines are lost. ERR_NOMEM. */
ERR_MUST_CHECK enum err log_file_new(
    struct log_file **out, const char *dir, const struct log_file_limits *limits);
/** Starts the thread. ERR_NOMEM, ERR_LIMIT. */
ERR_MUST_CHECK enum err log_file_start(struct log_file *lf);
/** Writes what waits. No other thread may log any more. NULL is fine. */
void log_file_close(struct log_file *lf);
/** Acts with the next line. */
void log_file_set_limits(struct log_file *lf, const struct log_file_limits *limits);
/** cb runs on the log's thread after it has written, at most four times a second; it must not log
 *  or call back. NULL takes it away: when this returns it does not run any more. */
void log_file_listen(struct log_file *lf, void (*cb)(void *ctx), void *ctx);
/** Waits until everything that was logged before is on disk or lost; a second at most. */
void log_file_flush(struct log_file *lf);
/** Lines that were lost since the start. */
uint64_t log_file_lost(struct log_file *lf);

struct log_position {
	uint32_t file;
	uint64_t offset;
};

enum { LOG_POSITION_TEXT = 32 };

/** "7-12345". Returns out. */
const char *log_position_write(struct log_position p, char out[LOG_POSITION_TEXT]);
/** ERR_MALFORMED. */
ERR_MUST_CHECK enum err log_position_parse(struct slice s, struct log_position *out);

struct log_query {
	uint32_t components;		   /* bit 1 << enum log_subsystem; 0 = all */
	enum log_level level;		   /* and worse ones */
	struct slice search;		   /* words; each occurs in the text; ASCII case ignored */
	struct log_position before, after; /* file 0 = open */
	uint32_t limit;			   /* lines */
};

/** Newest first: [{position, at, level, component, text}]. *before: with this the next call goes
 *  on; file 0 when there is nothing older. New reference. ERR_NOMEM. */
ERR_MUST_CHECK enum err log_file_read(
    struct log_file *lf, const struct log_query *q, json_t **items, struct log_position *before);

struct log_file_info {
	char name[40]; /* without directory */
	uint64_t bytes;
	bool current;
};

/** Newest first; open ones are closed by this. fd is good until each returns false or true; true
 *  goes on. */
void log_file_each(struct log_file *lf,
    bool (*each)(void *ctx, const struct log_file_info *info, int fd), void *ctx);

#endif
