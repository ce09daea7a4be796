/*
 * What outlives a power failure of the simulated switchboard: the journal of calls and the
 * bindings, as the daemon's disk would have them.
 */
#ifndef SIM_OFFICE_DISK_H
#define SIM_OFFICE_DISK_H

#include "office.h"

uint32_t office_journal_begin(struct office *o, const struct cdr *cdr);
void office_journal_update(struct office *o, uint32_t handle, const struct cdr *cdr, bool over);
void office_journal_end(struct office *o, uint32_t handle, const struct cdr *cdr);
void office_keep_binding(struct office *o, const struct store_binding_change *change);
/** A new switchboard takes up the bindings that have not expired; calls that were cut off get their
 * end. */
void office_restore(struct office *o, int64_t now_ms);

#endif
