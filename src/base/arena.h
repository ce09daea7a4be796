/*
 * Arena: memory that lives and dies together (a message, a call, a snapshot).
 * Bump allocation in blocks from malloc, a hard cap, no single frees.
 * Overflow is an answer (NULL), never growth past the cap.
 */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include "base/slice.h"

struct arena_block;

struct arena {
	const char *name; /* for messages, static */
	struct arena_block *head;
	char *at, *end;	    /* free part of the newest block */
	size_t used_bytes;  /* handed to malloc so far */
	size_t cap_bytes;   /* never more than this */
	size_t block_bytes; /* size of the next block */
};

/** first_bytes: size of the first block (later ones double, up to 64 KiB);
 *  nothing is allocated before the first arena_alloc. name is borrowed. */
void arena_init(struct arena *a, const char *name, size_t first_bytes, size_t cap_bytes);
/** Frees everything; the arena may be used again. */
void arena_fini(struct arena *a);
/** n zeroed bytes aligned for any type, or NULL (cap reached or out of memory). */
void *arena_alloc(struct arena *a, size_t n);
/** Copies s into the arena, with a NUL behind it. ERR_NOMEM. */
ERR_MUST_CHECK enum err arena_dup(struct arena *a, struct slice s, struct slice *out);

/** A zeroed object of this type, or NULL. */
#define arena_new(a, type) ((type *)arena_alloc((a), sizeof(type)))

#endif
