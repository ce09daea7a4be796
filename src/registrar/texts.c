/* The texts of a binding, end to end in one block: a phone has some 200 bytes of them where
 * fixed fields would take 2 KB. A refresh usually brings the same ones. */
#include <stdlib.h>

#include "registrar/registrar_int.h"

struct slice
binding_text(const struct binding *b, enum text which)
{
	uint16_t start;

	if (!b->texts)
		return SLICE("");
	start = which ? b->texts->end[which - 1] : 0;
	return slice_make(b->texts->bytes + start, b->texts->end[which] - start);
}

static bool
are_same(const struct binding *b, const struct slice text[TEXT_N])
{
	if (!b->texts)
		return false;
	for (enum text t = 0; t < TEXT_N; t++)
		if (!slice_eq(binding_text(b, t), text[t]))
			return false;
	return true;
}

bool
binding_set_texts(struct binding *b, const struct slice text[TEXT_N], bool *changed)
{
	struct texts *fresh;
	size_t n = 0;

	*changed = !are_same(b, text);
	if (!*changed)
		return true;
	for (enum text t = 0; t < TEXT_N; t++)
		n += text[t].n;
	fresh = n <= UINT16_MAX ? malloc(sizeof *fresh + n) : NULL;
	if (!fresh)
		return false;
	n = 0;
	for (enum text t = 0; t < TEXT_N; t++) {
		if (text[t].n)
			memcpy(fresh->bytes + n, text[t].p, text[t].n);
		n += text[t].n;
		fresh->end[t] = (uint16_t)n;
	}
	free(b->texts);
	b->texts = fresh;
	return true;
}
