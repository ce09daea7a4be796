/*
 * What people in the simulated office were told that their codes have done, and whether it is so.
 */
#ifndef SIM_OFFICE_TOLD_H
#define SIM_OFFICE_TOLD_H

#include "model/feature.h"

struct office;

/** This was done, and the directory is of after that. */
void told_note(struct office *o, const struct feature_order *order);
/** The completion of this row, or all of this user, are over; 0: any. */
void told_forget(struct office *o, int64_t row, int64_t user);
/** The directory is as everybody was told. */
void told_compare(struct office *o);

#endif
