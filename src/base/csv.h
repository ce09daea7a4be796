/*
 * Tables as text: RFC 4180, with comma or semicolon.
 *
 * Reading works in the caller's bytes: cells are slices into them, a doubled quote is made a single
 * one in place. Cells are UTF-8 without NUL. Lines end with CRLF, LF or CR; empty lines are left
 * out. No allocation, no limits but those of the caller's arrays; any thread.
 */
#ifndef BASE_CSV_H
#define BASE_CSV_H

#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"

struct csv {
	char *at, *end;
	char separator; /* ',' or ';' */
	uint32_t line;	/* that the last record began in, from 1 */
	uint32_t next_line;
};

/** Reads n bytes without a byte order mark. The separator is the one that the first line has more
 *  of outside of quotes. */
void csv_init(struct csv *c, char *bytes, size_t n);
/** The next record. ERR_NOT_FOUND: no more. ERR_MALFORMED: a quote does not end, or text follows
 *  it; ERR_LIMIT: more than max cells. After both the next record can be read; cells is not set. */
ERR_MUST_CHECK enum err csv_next(struct csv *c, struct slice *cells, size_t max, size_t *count);

/** Takes away a UTF-8 byte order mark. */
struct slice csv_without_bom(struct slice bytes);
/** Windows-1252 as UTF-8; at most three bytes for each. Bytes that mean nothing there become
 *  U+FFFD. */
void csv_put_windows_1252(struct buf *b, struct slice bytes);

/** A cell, in quotes where it needs them. What a spreadsheet would take for a formula (it begins
 *  with = + - @, a tab or a carriage return) gets an apostrophe before it. */
void csv_put_cell(struct buf *b, struct slice cell);
/** The cell without the apostrophe that csv_put_cell has put before it. */
struct slice csv_cell_text(struct slice cell);

#endif
