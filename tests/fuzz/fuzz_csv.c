/* Tables of any bytes: cells lie within them, every record makes progress, and what is written is
 * read back. */
#include "fuzz.h"

#include <stdlib.h>

#include "base/csv.h"

enum { CELLS_MAX = 32, OUT_BYTES = 1 << 18 };

static void
check_round_trip(const struct slice *cells, size_t n)
{
	static char out[OUT_BYTES];
	struct slice again[CELLS_MAX];
	struct buf b;
	struct csv c;
	size_t count = 0;

	buf_init(&b, out, sizeof out);
	for (size_t i = 0; i < n; i++) {
		if (i)
			buf_char(&b, ',');
		csv_put_cell(&b, cells[i]);
	}
	if (!buf_ok(&b) || b.n == 0)
		return;
	csv_init(&c, out, b.n);
	c.separator = ',';
	PROMISE(csv_next(&c, again, CELLS_MAX, &count) == ERR_OK);
	PROMISE(count == n);
	for (size_t i = 0; i < n; i++) /* a lone apostrophe before a sign is taken for ours */
		PROMISE(slice_eq(csv_cell_text(again[i]), csv_cell_text(cells[i])));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *bytes = malloc(size + 1);
	struct slice cells[CELLS_MAX];
	struct csv c;
	size_t count;
	enum err e;

	PROMISE(bytes);
	if (size)
		memcpy(bytes, data, size);
	csv_init(&c, bytes, size);
	for (const char *before = c.at;
	     (e = csv_next(&c, cells, CELLS_MAX, &count)) != ERR_NOT_FOUND; before = c.at) {
		PROMISE(c.at > before && c.at <= c.end);
		if (e != ERR_OK)
			continue;
		for (size_t i = 0; i < count; i++)
			PROMISE(cells[i].p >= bytes && cells[i].p + cells[i].n <= bytes + size);
		check_round_trip(cells, count);
	}
	free(bytes);
	return 0;
}
