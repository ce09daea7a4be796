/*
 * A small real office for unit tests: a store in a temporary directory, filled by
 * import, and the directory snapshot built from it. Asserts when something fails.
 */
#ifndef TESTS_FIXTURE_H
#define TESTS_FIXTURE_H

#include "directory/directory.h"

struct fixture {
	char dir[64];
	struct store *store;
	struct directory *directory;
};

/** config: import file text with ' for ". */
void fixture_open(struct fixture *f, const char *config);
/** Imports again and replaces the snapshot; the old one is freed. */
void fixture_change(struct fixture *f, const char *config);
void fixture_close(struct fixture *f);

/** Anna 101 with phones a1 and a2, Ben 102 with b1, Cleo 103 switched off with c1, Dora 104
 *  with dnd and d1, Emil 105 without phone; 106 is nobody's; phone x1 has no user. */
extern const char fixture_office[];

#endif
