/* What must hold after each simulated day, and what is heard on the wire. */
#ifndef SIM_OFFICE_CHECK_H
#define SIM_OFFICE_CHECK_H

#include "office.h"

/** Notes the first problem. */
void office_problem(struct office *o, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void office_check(struct office *o);
void office_sum(const struct office *o, struct office_sums *sums);
/** Watches the network: prints every datagram, repeats damaged copies, or neither. */
void office_tap(struct office *o, bool verbose, const struct sim_impairments *weather);

/** The reasons of a record, with -v. */
void office_print_record(const struct office *o, const struct cdr *r);
/** A call was shown live for the last time. */
void office_note_over(struct office *o, const char *id);
/** Somebody's phone lost its power not long ago: the switch may not know yet. */
bool office_is_uncertain(const struct office *o);

#endif
