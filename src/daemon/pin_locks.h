/*
 * Which phones had dialled too many wrong PINs (call/pin.h) when the daemon ended: the notice that
 * the administrator got of it is what is left, so that a restart gives nobody more tries.
 * Management thread, before signalling runs.
 */
#ifndef DAEMON_PIN_LOCKS_H
#define DAEMON_PIN_LOCKS_H

#include "directory/directory.h"

/** Tells of each phone that was locked within the last hour. */
ERR_MUST_CHECK enum err pin_locks_read(struct store *s, const struct directory *dir, int64_t now_ms,
    void (*locked)(void *ctx, int64_t phone, int64_t at_ms), void *ctx);

#endif
