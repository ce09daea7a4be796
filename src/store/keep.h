/*
 * Keep file: small values that must outlive the process, kill -9 included, and that change too
 * often for the database: registrations. A memory-mapped file of slots; putting a value is a
 * few memory stores, no system call, no waiting. Only growing asks the kernel for something.
 *
 * A value goes into a fresh slot, check sum last; then the slot it replaces is freed. Killed in
 * between, both are there at the next start and come in the order in which they were put: the
 * user lets the later one win. What a crash tore has no valid check sum and is free.
 *
 * Signalling thread only (open and close: before and after it runs). Does not know what the
 * values mean, nor the database.
 */
#ifndef STORE_KEEP_H
#define STORE_KEEP_H

#include "base/slice.h"

struct keep;

enum {
	KEEP_NONE = 0,		     /* no handle is this */
	KEEP_VALUE_MAX_BYTES = 4056, /* one slot in a page */
};

/**
 * Opens or creates the file. format: the owner's version of its values; a file of another
 * format is moved aside as PATH.old. ERR_DENIED, ERR_IO, ERR_IN_USE (another process has it),
 * ERR_NOMEM; why gets a sentence.
 */
ERR_MUST_CHECK enum err keep_open(
    struct keep **out, const char *path, uint64_t format, char *why, size_t why_bytes);
/** Leaves the values as they are. NULL is fine. */
void keep_close(struct keep *k);

/** All values in the order in which they were put; value is good during the call, which may
 *  put and drop (what it puts does not come). ERR_NOMEM. */
ERR_MUST_CHECK enum err keep_each(
    struct keep *k, void (*each)(void *ctx, uint32_t handle, struct slice value), void *ctx);

/** Keeps a copy of value in place of that of *handle (KEEP_NONE: there is none yet); *handle is
 *  its new name. ERR_TOO_BIG, ERR_LIMIT, ERR_NOMEM, ERR_IO (no room): the old value stays. */
ERR_MUST_CHECK enum err keep_put(struct keep *k, uint32_t *handle, struct slice value);
/** KEEP_NONE and handles that hold nothing are fine. */
void keep_drop(struct keep *k, uint32_t handle);
/** Values kept now. */
size_t keep_count(const struct keep *k);

#endif
