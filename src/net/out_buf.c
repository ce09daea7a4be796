#include "net/out_buf.h"

#include <stdlib.h>

enum { FIRST_BYTES = 2048, KEEP_BYTES = 8192 };

enum err
out_buf_put(struct out_buf *b, struct slice s)
{
	if (b->n + s.n > b->cap) {
		size_t cap = b->cap ? b->cap : FIRST_BYTES;
		char *grown;

		while (cap < b->n + s.n)
			cap *= 2;
		grown = realloc(b->p, cap);
		if (!grown)
			return ERR_NOMEM;
		b->p = grown;
		b->cap = cap;
	}
	if (s.n)
		memcpy(b->p + b->n, s.p, s.n);
	b->n += s.n;
	return ERR_OK;
}

void
out_buf_emptied(struct out_buf *b)
{
	b->n = 0;
	if (b->cap > KEEP_BYTES)
		out_buf_fini(b);
}

void
out_buf_fini(struct out_buf *b)
{
	free(b->p);
	*b = (struct out_buf){0};
}
