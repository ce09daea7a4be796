/*
 * What a provider is told of parties besides the caller: the numbers the public network knows
 * them by. Ours are mapped to the external number of their user, or the line's main number;
 * what has no public form is not said, so that nobody outside learns internal numbers.
 * Private to call/. Pure functions.
 */
#ifndef CALL_OUTSIDE_H
#define CALL_OUTSIDE_H

#include "call/diversion.h"
#include "directory/directory.h"

/** number, as we know it, in the format of the line (an id). False: it has no public form;
 *  out is not touched. */
bool outside_number(const struct directory *dir, int64_t line, struct slice number,
    char out[IDENTITY_NUMBER_BYTES]);
/** A canonical number in the format of the line. False: it does not fit. */
bool outside_format(const struct directory *dir, int64_t line, struct slice canonical,
    char out[IDENTITY_NUMBER_BYTES]);
/** Redirections as the line may hear of them; returns how many are left. */
size_t outside_diversions(const struct directory *dir, int64_t line, const struct diversion *d,
    size_t n, struct diversion out[DIVERSIONS_MAX]);

#endif
