/*
 * Saved means active: who changes something that the switch must know is answered when the switch
 * knows it (docs/decisions/0043). Changes are counted as they are committed; a snapshot carries the
 * count that it was read after; who waits, waits until the switch has one with his change in it.
 *
 * Any thread. Counting and applying do not wait for anybody.
 */
#ifndef DAEMON_ACTIVATION_H
#define DAEMON_ACTIVATION_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

struct activation;

ERR_MUST_CHECK enum err activation_new(struct activation **out);
/** NULL is fine. */
void activation_free(struct activation *a);
/** Something that stands in the snapshot has been changed. */
void activation_changed(struct activation *a);
/** How many changes there were; asked before a snapshot is read. */
uint64_t activation_count(struct activation *a);
/** The switch has a snapshot with so many of them. */
void activation_applied(struct activation *a, uint64_t count);
/** Until the switch has all changes that there have been, two seconds at most: then false. */
bool activation_wait(struct activation *a);

#endif
