/* Arrays of the simulated office that grow: a week has a hundred times the calls of a day. */
#ifndef SIM_OFFICE_LIST_H
#define SIM_OFFICE_LIST_H

#include <stddef.h>

/** The array with room for one more behind n, maybe somewhere else. The office itself always has
 *  memory, also when the switch has none. */
void *office_grow(void *array, size_t n, size_t *max, size_t size);

#endif
