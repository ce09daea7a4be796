#include "mutate.h"

#include <string.h>

enum { CHANGES_MAX = 6, PIECE_MAX_BYTES = 256 };

/* A place in n bytes; 0 when there is none. */
static size_t
place(struct rng *rng, size_t n)
{
	return n ? rng_below(rng, (uint32_t)n) : 0;
}

/* Replaces gone bytes at pos by piece, as far as there is room. piece must not lie in in. */
static void
replace(struct fuzz_input *in, size_t pos, size_t gone, struct slice piece)
{
	size_t rest;

	if (gone > in->n - pos)
		gone = in->n - pos;
	rest = in->n - pos - gone;
	if (pos + piece.n + rest > in->cap)
		return;
	memmove(in->bytes + pos + piece.n, in->bytes + pos + gone, rest);
	if (piece.n)
		memcpy(in->bytes + pos, piece.p, piece.n);
	in->n = pos + piece.n + rest;
}

/* Some bytes of text at random, into piece. */
static struct slice
piece_of(struct slice text, char piece[PIECE_MAX_BYTES], struct rng *rng)
{
	size_t pos = place(rng, text.n), n = 1 + rng_below(rng, 1u << rng_below(rng, 9));

	if (n > text.n - pos)
		n = text.n - pos;
	if (n > PIECE_MAX_BYTES)
		n = PIECE_MAX_BYTES;
	if (n)
		memcpy(piece, text.p + pos, n);
	return slice_make(piece, n);
}

static void
change_byte(struct fuzz_input *in, struct rng *rng)
{
	static const char telling[] = "\0\1 \t\r\n\"%&,;:<>=?@[]\\/\x7f\x80\xc3\xff";
	size_t pos = place(rng, in->n);
	uint8_t byte = (uint8_t)rng_below(rng, 256);

	if (in->n == 0)
		return;
	switch (rng_below(rng, 3)) {
	case 0: in->bytes[pos] ^= (uint8_t)(1u << byte % 8); break;
	case 1: in->bytes[pos] = byte; break;
	default: in->bytes[pos] = (uint8_t)telling[byte % (sizeof telling - 1)];
	}
}

/* The digits from a random place on become a number at some limit. */
static void
change_number(struct fuzz_input *in, struct rng *rng)
{
	static const char *const numbers[] = {"0", "-1", "1", "255", "256", "65535", "65536",
	    "2147483647", "2147483648", "4294967295", "4294967296", "18446744073709551615",
	    "18446744073709551616", "00000000000000000000000000001", "1.5"};
	size_t pos = place(rng, in->n), digits = 0;

	while (pos < in->n && (in->bytes[pos] < '0' || in->bytes[pos] > '9'))
		pos++;
	while (pos + digits < in->n && in->bytes[pos + digits] >= '0' &&
	       in->bytes[pos + digits] <= '9')
		digits++;
	if (digits)
		replace(in, pos, digits,
		    slice_cstr(numbers[rng_below(rng, sizeof numbers / sizeof numbers[0])]));
}

/* A line goes, comes twice, or takes another place. */
static void
change_line(struct fuzz_input *in, struct rng *rng)
{
	char line[PIECE_MAX_BYTES];
	size_t pos = place(rng, in->n), n = 0;
	uint32_t what = rng_below(rng, 3);

	while (pos > 0 && in->bytes[pos - 1] != '\n')
		pos--;
	while (pos + n < in->n && n < sizeof line && (n == 0 || in->bytes[pos + n - 1] != '\n'))
		n++;
	if (n == 0)
		return;
	memcpy(line, in->bytes + pos, n);
	if (what != 1)
		replace(in, pos, n, SLICE(""));
	if (what == 0)
		return;
	pos = place(rng, in->n);
	while (pos > 0 && in->bytes[pos - 1] != '\n')
		pos--;
	replace(in, pos, 0, slice_make(line, n));
}

static void
change_once(struct fuzz_input *in, struct slice other, struct rng *rng)
{
	char piece[PIECE_MAX_BYTES];
	struct slice own = slice_make(in->bytes, in->n);
	size_t pos = place(rng, in->n), gone = 1 + rng_below(rng, 1u << rng_below(rng, 9));

	switch (rng_below(rng, 8)) {
	case 0: replace(in, pos, gone, SLICE("")); break;
	case 1: replace(in, pos, 0, piece_of(own, piece, rng)); break;
	case 2: replace(in, pos, 0, piece_of(other, piece, rng)); break;
	case 3: replace(in, pos, gone, piece_of(other, piece, rng)); break;
	case 4: change_number(in, rng); break;
	case 5: change_line(in, rng); break;
	default: change_byte(in, rng);
	}
}

void
fuzz_mutate(struct fuzz_input *in, struct slice other, struct rng *rng)
{
	uint32_t changes = 1 + rng_below(rng, CHANGES_MAX);

	for (uint32_t i = 0; i < changes; i++)
		change_once(in, other, rng);
}
