/*
 * What lines have used of their minutes for costly calls today, read from the call records: a
 * start in the middle of the day goes on counting (call/spending.h counts). Management thread,
 * before signalling runs.
 */
#ifndef DAEMON_SPENDING_H
#define DAEMON_SPENDING_H

#include "directory/directory.h"

/** Tells of each line with such minutes since midnight. */
ERR_MUST_CHECK enum err spending_read(struct store *s, const struct directory *dir, int64_t now_ms,
    void (*spent)(void *ctx, int64_t line, uint32_t minutes), void *ctx);

#endif
