/* A block of traced messages as a damaged file would give it, and as messages of strangers: what is
 * read stays inside, masking changes no length and no line, and nothing masked is left to mask. */
#include "fuzz.h"

#include <stdlib.h>

#include "model/trace.h"

static void
read_block(const char *bytes, size_t n)
{
	struct trace_record r;
	struct slice packed;

	for (size_t pos = 0, before = 0; trace_next(bytes, n, &pos, &r, &packed); before = pos) {
		PROMISE(pos > before && pos <= n && packed.n == pos - before);
		PROMISE(r.bytes.n <= TRACE_BYTES_MAX && r.key.n < TRACE_KEY_BYTES);
		PROMISE(r.bytes.p + r.bytes.n <= bytes + n);
	}
}

static size_t
lines_of(const char *p, size_t n)
{
	size_t lines = 0;

	for (size_t i = 0; i < n; i++)
		lines += p[i] == '\n';
	return lines;
}

static void
mask(const char *bytes, size_t n)
{
	char *once = malloc(n + 1), *twice = malloc(n + 1);

	PROMISE(once && twice);
	memcpy(once, bytes, n);
	trace_mask(once, n);
	PROMISE(lines_of(once, n) == lines_of(bytes, n));
	memcpy(twice, once, n);
	trace_mask(twice, n);
	PROMISE(memcmp(once, twice, n) == 0);
	free(once);
	free(twice);
}

static void
read_message(struct slice bytes)
{
	struct trace_record r = {.key = SLICE("k"), .bytes = bytes};
	struct trace_block *block = trace_block_new(TRACE_BLOCK_LEAST);
	struct trace_facts facts;
	size_t pos = 0;

	trace_facts_of(bytes, &facts);
	(void)trace_method_of(bytes);
	PROMISE(block && trace_block_add(block, &r) == ERR_OK);
	PROMISE(trace_next(block->bytes, block->n, &pos, &r, NULL) && slice_eq(r.bytes, bytes));
	json_decref(trace_record_json(&r));
	free(block);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size > TRACE_BYTES_MAX)
		return 0;
	read_block((const char *)data, size);
	mask((const char *)data, size);
	read_message(slice_make(data, size));
	return 0;
}
