/* What must hold after each simulated day or week, and what is heard on the wire. */
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
/** Somebody talks, or rings. */
bool office_has_calls(const struct office *o);
/** Somebody's phone lost its power not long ago: the switch may not know yet. */
bool office_is_uncertain(const struct office *o);
/** The switch has no power, or had none not long ago: phones still talk that it does not know. */
bool office_is_shaken(const struct office *o);
/** It had none at this time, or has lost it since. */
bool office_has_crashed_since(const struct office *o, uint64_t ms);

#endif
