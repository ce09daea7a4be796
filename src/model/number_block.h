/*
 * Many numbers in a row (LIN-4): what is asked for when a block of them is added or removed, and
 * which numbers it means. A block is never stored; its numbers are.
 *
 * The entity is for model_check only. Pure functions, any thread.
 */
#ifndef MODEL_NUMBER_BLOCK_H
#define MODEL_NUMBER_BLOCK_H

#include "model/model.h"

enum { NUMBER_BLOCK_MAX = 10000, NUMBER_DIGITS_MAX = 20 };

/** base, first, last, width; for adding also kind, line, skip_taken. */
extern const struct model_entity model_number_block;

struct number_block {
	const char *base; /* the digits in front; borrowed */
	uint64_t first, last;
	unsigned
	    width; /* digits of what follows them, with zeros in front; 0 = as many as it has */
};

/** in: as model_check gives it. ERR_INVALID with errors: wrong order, too many, too long. */
ERR_MUST_CHECK enum err number_block_read(
    const json_t *in, struct number_block *out, struct model_errors *errors);
static inline size_t
number_block_count(const struct number_block *b)
{
	return (size_t)(b->last - b->first + 1);
}
/** The i-th number of the block. Returns out. */
const char *number_block_at(
    const struct number_block *b, size_t i, char out[NUMBER_DIGITS_MAX + 1]);

#endif
