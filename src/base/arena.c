#include "base/arena.h"

#include <stdalign.h>
#include <stdint.h>
#include <stdlib.h>

enum { MAX_BLOCK_BYTES = 64 * 1024 };

struct arena_block {
	struct arena_block *next;
	alignas(max_align_t) char data[];
};

void
arena_init(struct arena *a, const char *name, size_t first_bytes, size_t cap_bytes)
{
	*a = (struct arena){.name = name, .cap_bytes = cap_bytes, .block_bytes = first_bytes};
}

void
arena_fini(struct arena *a)
{
	struct arena_block *b = a->head;

	while (b) {
		struct arena_block *next = b->next;

		free(b);
		b = next;
	}
	a->head = NULL;
	a->at = a->end = NULL;
	a->used_bytes = 0;
}

static bool
add_block(struct arena *a, size_t need)
{
	size_t n = a->block_bytes < need ? need : a->block_bytes;
	struct arena_block *b;

	if (a->used_bytes + need > a->cap_bytes)
		return false;
	if (a->used_bytes + n > a->cap_bytes)
		n = a->cap_bytes - a->used_bytes;
	b = malloc(sizeof *b + n);
	if (!b)
		return false;
	b->next = a->head;
	a->head = b;
	a->at = b->data;
	a->end = b->data + n;
	a->used_bytes += n;
	if (a->block_bytes < MAX_BLOCK_BYTES)
		a->block_bytes *= 2;
	return true;
}

/* align: a power of two. What is returned is not set to anything. */
static char *
take(struct arena *a, size_t n, size_t align)
{
	size_t gap = -(uintptr_t)a->at & (align - 1);
	char *p;

	if (n > a->cap_bytes)
		return NULL;
	if ((size_t)(a->end - a->at) < gap + n) {
		if (!add_block(a, n))
			return NULL;
		gap = 0; /* a block begins aligned for anything */
	}
	p = a->at + gap;
	a->at = p + n;
	return p;
}

void *
arena_alloc(struct arena *a, size_t n)
{
	void *p = take(a, n, alignof(max_align_t));

	return p ? memset(p, 0, n) : NULL;
}

enum err
arena_dup(struct arena *a, struct slice s, struct slice *out)
{
	char *p;

	if (s.n == 0) {
		*out = SLICE(""); /* many texts are, and none of them takes room */
		return ERR_OK;
	}
	p = take(a, s.n + 1, 1);
	if (!p)
		return ERR_NOMEM;
	memcpy(p, s.p, s.n);
	p[s.n] = 0;
	*out = (struct slice){p, s.n};
	return ERR_OK;
}
