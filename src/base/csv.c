/* Tables as text: a small reader that works in place, and the writer of cells. */
#include "base/csv.h"

#include <string.h>

void
csv_init(struct csv *c, char *bytes, size_t n)
{
	size_t commas = 0, semicolons = 0;
	bool quoted = false;

	*c = (struct csv){.separator = ',', .next_line = 1};
	c->at = bytes;
	c->end = bytes + n;
	for (size_t i = 0; i < n; i++) {
		if (bytes[i] == '"')
			quoted = !quoted;
		else if (!quoted && (bytes[i] == '\n' || bytes[i] == '\r'))
			break;
		else if (!quoted)
			commas += bytes[i] == ',', semicolons += bytes[i] == ';';
	}
	if (semicolons > commas)
		c->separator = ';';
}

static bool
ends_cell(const struct csv *c)
{
	return c->at == c->end || *c->at == c->separator || *c->at == '\n' || *c->at == '\r';
}

static void
eat_line_end(struct csv *c)
{
	if (c->at < c->end && *c->at == '\r')
		c->at++;
	if (c->at < c->end && *c->at == '\n')
		c->at++;
	c->next_line++;
}

static void
skip_line(struct csv *c)
{
	while (c->at < c->end && *c->at != '\n' && *c->at != '\r')
		c->at++;
	if (c->at < c->end)
		eat_line_end(c);
}

static uint32_t
line_ends(const char *p, const char *end)
{
	uint32_t n = 0;

	for (; p < end; p++)
		n += *p == '\n' || (*p == '\r' && (p + 1 == end || p[1] != '\n'));
	return n;
}

/* After the opening quote. A cell without an end is cut at its line, so that what comes behind it
 * is still seen. */
static enum err
quoted_cell(struct csv *c, struct slice *out)
{
	char *from = c->at, *to = c->at, *p = c->at;

	for (; p < c->end; p++) {
		if (*p == '"' && (p + 1 == c->end || p[1] != '"'))
			break;
		p += *p == '"';
	}
	if (p == c->end)
		return ERR_MALFORMED;
	c->next_line += line_ends(from, p);
	for (char *q = from; q < p; q++) {
		q += *q == '"';
		*to++ = *q;
	}
	c->at = p + 1;
	*out = slice_make(from, (size_t)(to - from));
	return ends_cell(c) ? ERR_OK : ERR_MALFORMED;
}

static enum err
cell(struct csv *c, struct slice *out)
{
	const char *from = c->at;

	if (c->at < c->end && *c->at == '"') {
		c->at++;
		return quoted_cell(c, out);
	}
	while (!ends_cell(c))
		c->at++;
	*out = slice_make(from, (size_t)(c->at - from));
	return ERR_OK;
}

/* Behind a quote that opens a cell: an empty line is none of those. */
static void
skip_empty_lines(struct csv *c)
{
	while (c->at < c->end && (*c->at == '\n' || *c->at == '\r'))
		eat_line_end(c);
}

enum err
csv_next(struct csv *c, struct slice *cells, size_t max, size_t *count)
{
	size_t n = 0;
	struct slice one;
	enum err e;

	skip_empty_lines(c);
	if (c->at == c->end)
		return ERR_NOT_FOUND;
	c->line = c->next_line;
	for (;;) {
		e = n == max ? ERR_LIMIT : cell(c, &one);
		if (e != ERR_OK) {
			skip_line(c);
			return e;
		}
		cells[n++] = one;
		if (c->at == c->end || *c->at != c->separator)
			break;
		c->at++;
	}
	if (c->at < c->end)
		eat_line_end(c);
	*count = n;
	return ERR_OK;
}

struct slice
csv_without_bom(struct slice bytes)
{
	return slice_starts(bytes, SLICE("\xef\xbb\xbf")) ? slice_from(bytes, 3) : bytes;
}

static void
put_code_point(struct buf *b, unsigned code)
{
	if (code < 0x80) {
		buf_char(b, (char)code);
	} else if (code < 0x800) {
		buf_char(b, (char)(0xc0 | code >> 6));
		buf_char(b, (char)(0x80 | (code & 0x3f)));
	} else {
		buf_char(b, (char)(0xe0 | code >> 12));
		buf_char(b, (char)(0x80 | (code >> 6 & 0x3f)));
		buf_char(b, (char)(0x80 | (code & 0x3f)));
	}
}

void
csv_put_windows_1252(struct buf *b, struct slice bytes)
{
	/* 0x80 to 0x9f; the rest is Latin-1 */
	static const uint16_t upper[32] = {0x20ac, 0xfffd, 0x201a, 0x0192, 0x201e, 0x2026, 0x2020,
	    0x2021, 0x02c6, 0x2030, 0x0160, 0x2039, 0x0152, 0xfffd, 0x017d, 0xfffd, 0xfffd, 0x2018,
	    0x2019, 0x201c, 0x201d, 0x2022, 0x2013, 0x2014, 0x02dc, 0x2122, 0x0161, 0x203a, 0x0153,
	    0xfffd, 0x017e, 0x0178};

	for (size_t i = 0; i < bytes.n; i++) {
		unsigned char byte = (unsigned char)bytes.p[i];

		put_code_point(b, byte >= 0x80 && byte < 0xa0 ? upper[byte - 0x80] : byte);
	}
}

static bool
looks_like_formula(struct slice cell)
{
	return cell.n && memchr("=+-@\t\r", cell.p[0], 6) != NULL;
}

void
csv_put_cell(struct buf *b, struct slice cell)
{
	bool formula = looks_like_formula(cell), quote = false;

	for (size_t i = 0; i < cell.n && !quote; i++)
		quote = strchr(",;\"\r\n", cell.p[i]) != NULL;
	if (quote)
		buf_char(b, '"');
	if (formula)
		buf_char(b, '\'');
	for (size_t i = 0; i < cell.n; i++) {
		if (cell.p[i] == '"')
			buf_char(b, '"');
		buf_char(b, cell.p[i]);
	}
	if (quote)
		buf_char(b, '"');
}

struct slice
csv_cell_text(struct slice cell)
{
	struct slice rest = cell;

	return slice_take_char(&rest, '\'') && looks_like_formula(rest) ? rest : cell;
}
