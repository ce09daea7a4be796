/* Private to the journal: records as bytes (journal_pack.c). */
#ifndef STORE_JOURNAL_INT_H
#define STORE_JOURNAL_INT_H

#include "store/journal.h"

/* Check sum of n bytes, from h on. */
uint64_t journal_sum(const char *p, size_t n, uint64_t h);
/* Changes when a record is packed in another way. */
uint64_t journal_layout(void);
/* Returns the bytes written; of a long explanation the first reasons. */
size_t journal_pack(const struct cdr *cdr, char *out, size_t cap);
/* False: not a packed record. */
bool journal_unpack(struct slice s, struct cdr *cdr);

#endif
