/*
 * Files of the data directory that one process has for itself and maps: the journal and the
 * keep files. Does not know what stands in them.
 */
#ifndef STORE_DATA_FILE_H
#define STORE_DATA_FILE_H

#include <sys/types.h>

#include "base/err.h"

/** Opens or creates it and locks it; bytes: how long it is, 0 = new. *fd is the caller's to close
 *  also after an error, -1 when there is none. ERR_IN_USE (another process has it), ERR_DENIED,
 *  ERR_IO. */
ERR_MUST_CHECK enum err data_file_open(const char *path, int *fd, off_t *bytes);
/** It is of another format: becomes PATH.old, and a new one is open in its place. ERR_TOO_BIG (the
 *  name), else as above. */
ERR_MUST_CHECK enum err data_file_replace(const char *path, int *fd, off_t *bytes);
/** The sentence for the administrator: what ("The file") cannot be opened, because of e. */
void data_file_explain(const char *what, const char *path, enum err e, char *why, size_t why_bytes);

#endif
