/*
 * What lines have used of what they may have of costly calls today, read from the call records: a
 * start in the middle of the day goes on counting (call/spending.h counts). And what calls have
 * cost that a crash cut. Management thread, before signalling runs.
 */
#ifndef DAEMON_SPENDING_H
#define DAEMON_SPENDING_H

#include "directory/directory.h"

/** Tells of each line with such calls since midnight. */
ERR_MUST_CHECK enum err spending_read(struct store *s, const struct directory *dir, int64_t now_ms,
    void (*spent)(void *ctx, int64_t line, uint32_t minutes, int64_t charge_micro), void *ctx);
/** Charges those of the records that were interrupted, by the rates of today. */
ERR_MUST_CHECK enum err spending_charge_cut(struct store *s, struct cdr *records, size_t n);

#endif
