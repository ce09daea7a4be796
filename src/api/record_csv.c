/*
 * Call records as CSV (RFC 4180), millions of them: a thousand at a time into a buffer that is
 * used again, so the memory does not grow with the file. Columns: docs/api.md.
 *
 * A cell that a spreadsheet would take for a formula gets an apostrophe in front: a caller chooses
 * what he is called.
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "api/api_int.h"
#include "model/money.h"

enum { ROWS = 1000, CELL_BYTES = 512 };

struct csv {
	struct store_query q;
	json_t *equals;
	struct store_cdr_place place;
	bool excel; /* semicolons, a byte order mark, times as Excel reads them, CR LF */
	struct pieces *out;
};

static void
csv_free(void *ctx)
{
	struct csv *c = ctx;

	json_decref(c->equals);
	free(c);
}

static bool
digits_only(const char *s)
{
	return s[0] && s[strspn(s, "0123456789")] == '\0';
}

/* +49… alone is a telephone number. Excel would make a sum of it. */
static bool
looks_like_formula(const struct csv *c, const char *s)
{
	if (!s[0] || !strchr("=+-@\t\r", s[0]))
		return false;
	return c->excel || s[0] != '+' || !digits_only(s + 1);
}

static void
put_cell(struct csv *c, const char *text, bool first)
{
	struct pieces *out = c->out;
	char separator = c->excel ? ';' : ',';
	bool quoted = text[strcspn(text, ",;\"\r\n")] != '\0';

	if (!first)
		pieces_put(out, slice_make(&separator, 1));
	if (quoted)
		pieces_put(out, SLICE("\""));
	if (looks_like_formula(c, text))
		pieces_put(out, SLICE("'"));
	for (struct slice rest = slice_cstr(text); quoted && rest.n;) {
		size_t n = slice_find(rest, '"');

		pieces_put(out, slice_make(rest.p, n));
		if (n < rest.n) {
			pieces_put(out, SLICE("\"\""));
			n++;
		}
		rest = slice_from(rest, n);
	}
	if (quoted)
		pieces_put(out, SLICE("\""));
	else
		pieces_put(out, slice_cstr(text));
}

/* Of milliseconds: "2026-01-31T12:00:00+01:00", for Excel "2026-01-31 12:00:00". */
static void
time_text(const struct csv *c, const char *ms, char out[40])
{
	int64_t v = strtoll(ms, NULL, 10);
	time_t s = (time_t)(v / 1000);
	struct tm tm;
	size_t n;

	out[0] = '\0';
	if (!v || !localtime_r(&s, &tm))
		return;
	if (c->excel) {
		strftime(out, 40, "%Y-%m-%d %H:%M:%S", &tm);
		return;
	}
	n = strftime(out, 40, "%Y-%m-%dT%H:%M:%S%z", &tm);
	if (n < 2 || n > 38)
		return;
	memmove(out + n - 1, out + n - 2, 3); /* +0100 to +01:00 */
	out[n - 2] = ':';
}

static void
put_end(struct csv *c)
{
	pieces_put(c->out, SLICE("\r\n"));
}

/* MOS and amounts as people write them: 4.12. */
static void
put_value(struct csv *c, const struct model_field *f, const char *text)
{
	struct slice name = slice_cstr(f->name);
	char other[40];
	struct buf b;

	if (f->type == MODEL_TIME) {
		time_text(c, text, other);
		text = other;
	} else if (slice_starts(name, SLICE("mos_"))) {
		int v = (int)strtol(text, NULL, 10);

		snprintf(other, sizeof other, "%d%c%02d", v / 100, c->excel ? ',' : '.', v % 100);
		text = v ? other : "";
	} else if (f->format == MODEL_FORMAT_MICRO) {
		buf_init(&b, other, sizeof other - 1);
		money_put(&b, strtoll(text, NULL, 10), c->excel ? ',' : '.');
		other[b.n] = '\0';
		text = other;
	} else if (f->type == MODEL_BOOL) {
		text = text[0] == '1' ? "1" : "0";
	}
	put_cell(c, text, false);
}

static void
put_row(void *ctx, const char *const *column, size_t columns)
{
	struct csv *c = ctx;
	const struct model_entity *e = &model_call_record;
	size_t at = 2;

	put_cell(c, column[0], true);
	put_cell(c, column[1], false);
	for (size_t i = 0; i < cdr_kept_fields() && at < columns; i++)
		if (e->fields[i].type != MODEL_REASON_LIST)
			put_value(c, &e->fields[i], column[at++]);
	put_end(c);
}

static void
put_head(struct csv *c)
{
	const struct model_entity *e = &model_call_record;
	char name[64];

	if (c->excel)
		pieces_put(c->out, SLICE("\xef\xbb\xbf"));
	put_cell(c, "id", true);
	put_cell(c, "direction", false);
	for (size_t i = 0; i < cdr_kept_fields(); i++) {
		struct slice s = slice_cstr(e->fields[i].name);

		if (e->fields[i].type == MODEL_REASON_LIST)
			continue;
		slice_clip_cstr(s, name, sizeof name);
		if (slice_starts(s, SLICE("mos_"))) /* without _x100 */
			name[s.n - 5] = '\0';
		if (e->fields[i].format == MODEL_FORMAT_MICRO) /* without _micro */
			name[s.n - 6] = '\0';
		put_cell(c, name, false);
	}
	put_end(c);
}

/* On a worker. */
static void
fill(struct request *rq)
{
	struct csv *c = rq->reply.pieces->ctx;
	uint32_t n = 0;

	if (store_cdr_read(rq->api->store, &c->q, &c->place, ROWS, put_row, c, &n) != ERR_OK)
		c->out->failed = true;
	if (n < ROWS)
		c->out->last = true;
}

static bool
read_format(struct request *rq, struct csv *c)
{
	struct slice format = request_query(rq, "format");

	c->excel = slice_eq(format, SLICE("excel"));
	if (c->excel || !format.n || slice_eq(format, SLICE("csv")))
		return true;
	reply_error(rq, 400, "malformed_parameter", "format", "format is csv or excel.");
	return false;
}

void
handle_records_csv(struct request *rq)
{
	struct csv *c = calloc(1, sizeof *c);

	if (c)
		c->equals = json_object();
	if (!c || !c->equals || !pieces_begin(rq, fill, csv_free, c)) {
		if (c)
			csv_free(c);
		reply_err(rq, ERR_NOMEM, NULL);
		return;
	}
	c->out = rq->reply.pieces;
	if (!read_format(rq, c) || !list_query_read(rq, &c->q, c->equals)) {
		pieces_free(rq);
		return;
	}
	c->q.equals = json_object_size(c->equals) ? c->equals : NULL;
	put_head(c);
	fill(rq);
	if (c->out->failed) {
		pieces_free(rq);
		reply_err(rq, ERR_IO, NULL);
		return;
	}
	rq->reply.status = 200;
	rq->reply.content_type = "text/csv; charset=utf-8; header=present";
	rq->reply.disposition = "attachment; filename=\"call-records.csv\"";
}
