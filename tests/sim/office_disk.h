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
/** As registrar_ops: keep and forget. */
void office_keep(struct office *o, uint32_t *handle, struct slice value, bool is_subscription);
void office_forget(struct office *o, uint32_t handle);
/** A new switchboard takes up what was kept; calls that were cut off get their end. */
void office_restore(struct office *o);

#endif
