#include "store/rates.h"

#include <stdlib.h>

#include "base/csv.h"
#include "model/money.h"
#include "store/store_int.h"

enum column { PREFIX, NAME, PER_MINUTE, SETUP, FIRST, STEP, COLUMNS_N };
enum { CELLS_MAX = 32, ROW_BYTES = 512 };

static const struct {
	const char *name, *field;
	bool money, number;
} columns[COLUMNS_N] = {
    [PREFIX] = {.name = "prefix", .field = "prefix"},
    [NAME] = {.name = "name", .field = "name"},
    [PER_MINUTE] = {"per_minute", "per_minute_micro", .money = true},
    [SETUP] = {"setup", "setup_micro", .money = true},
    [FIRST] = {"first_s", "first_s", .number = true},
    [STEP] = {"step_s", "step_s", .number = true},
};

static enum err
find_line(struct db *db, int64_t line)
{
	json_t *row = NULL;
	enum err e = row_get(db, &model_line, line, ROW_PLAIN, &row);

	json_decref(row);
	return e;
}

/* ---- writing ---- */

static void
put_cells(struct buf *b, struct stmt *s)
{
	for (int i = 0; i < COLUMNS_N; i++) {
		if (i)
			buf_char(b, ',');
		if (columns[i].money)
			money_put(b, sqlite3_column_int64(s->st, i), '.');
		else
			csv_put_cell(b, slice_cstr(stmt_column(s, i)));
	}
	buf_lit(b, "\r\n");
}

static enum err
put_rows(struct db *db, int64_t line, FILE *out)
{
	char text[ROW_BYTES];
	struct stmt *s;
	bool row = false;
	struct buf b;
	enum err e = db_prepare(db,
	    "SELECT prefix, name, per_minute_micro, setup_micro, first_s, step_s FROM rate "
	    "WHERE line = ? ORDER BY prefix",
	    &s);

	if (e != ERR_OK)
		return e;
	stmt_int(s, 1, line);
	while ((e = stmt_step(s, &row)) == ERR_OK && row) {
		buf_init(&b, text, sizeof text);
		put_cells(&b, s);
		if (fwrite(text, 1, b.n, out) != b.n)
			break;
	}
	stmt_done(s);
	return e;
}

enum err
store_rates_write(struct store *s, int64_t line, char **out, size_t *n)
{
	FILE *file = open_memstream(out, n);
	struct db *db;
	enum err e;

	if (!file)
		return ERR_NOMEM;
	for (int i = 0; i < COLUMNS_N; i++)
		fprintf(file, "%s%s", i ? "," : "", columns[i].name);
	fputs("\r\n", file);
	e = store_read_begin(s, &db);
	if (e == ERR_OK) {
		e = find_line(db, line);
		if (e == ERR_OK)
			e = put_rows(db, line, file);
		store_read_end(s, db);
	}
	if (fclose(file) != 0 && e == ERR_OK)
		e = ERR_NOMEM;
	if (e != ERR_OK)
		free(*out);
	return e;
}

/* ---- reading ---- */

struct table {
	struct csv csv;
	enum column at[CELLS_MAX]; /* what each cell is */
	size_t count;
	int64_t line;
	json_t *rows; /* checked ones, by prefix */
	struct model_errors *errors;
};

static enum err
refuse(struct table *t, const char *code, const char *field, const char *text)
{
	uint32_t i = t->errors->count;

	model_error_add(t->errors, code, field, "%s", text);
	if (i < t->errors->count)
		t->errors->at[i].row = t->csv.line;
	return ERR_INVALID;
}

static bool
find_column(struct slice name, enum column *column)
{
	for (int i = 0; i < COLUMNS_N; i++)
		if (slice_eq_nocase(name, slice_cstr(columns[i].name))) {
			*column = (enum column)i;
			return true;
		}
	return false;
}

static enum err
read_header(struct table *t)
{
	struct slice cells[CELLS_MAX];
	bool has[COLUMNS_N] = {false};

	if (csv_next(&t->csv, cells, CELLS_MAX, &t->count) != ERR_OK)
		return refuse(t, "no_header", "", "The first line must name the columns.");
	for (size_t i = 0; i < t->count; i++) {
		if (!find_column(slice_trim(cells[i]), &t->at[i]))
			return refuse(t, "unknown_column", "",
			    "Columns are prefix, name, per_minute, setup, first_s and step_s.");
		if (has[t->at[i]])
			return refuse(t, "doubled", "", "A column comes twice.");
		has[t->at[i]] = true;
	}
	if (!has[PREFIX] || !has[PER_MINUTE])
		return refuse(t, "no_header", "", "The columns prefix and per_minute are needed.");
	return ERR_OK;
}

/* An empty amount or number is left to the default. */
static enum err
put_value(struct table *t, json_t *in, enum column column, struct slice cell)
{
	struct slice text = slice_trim(csv_cell_text(cell));
	const char *field = columns[column].field;
	int64_t micro = 0;
	uint32_t number = 0;

	if (columns[column].money && text.n) {
		if (money_read(text, MONEY_PRICE_MAX_MICRO, &micro) != ERR_OK)
			return refuse(t, "bad_amount", field,
			    "An amount is needed, as in 0.019: up to 1000, six decimals.");
		json_object_set_new(in, field, json_integer(micro));
	} else if (columns[column].number && text.n) {
		if (slice_to_u32(text, UINT32_MAX, &number) != ERR_OK)
			return refuse(t, "bad_number", field, "Seconds are needed.");
		json_object_set_new(in, field, json_integer(number));
	} else if (!columns[column].money && !columns[column].number) {
		json_object_set_new(in, field, json_stringn(text.p, text.n));
	}
	return ERR_OK;
}

static enum err
take_row(struct table *t, json_t *in)
{
	const char *prefix = row_text(in, "prefix");
	uint32_t said = t->errors->count;
	json_t *values = NULL;
	enum err e;

	if (json_object_get(t->rows, prefix))
		return refuse(t, "doubled", "prefix", "The prefix comes twice.");
	if (json_object_size(t->rows) == RATES_ROWS_MAX)
		return refuse(t, "too_many_rows", "", "The table has too many rows.");
	e = model_check(&model_rate, in, MODEL_CREATE, &values, t->errors);
	for (; said < t->errors->count; said++)
		t->errors->at[said].row = t->csv.line;
	if (e == ERR_OK && json_object_set_new(t->rows, prefix, values) != 0)
		e = ERR_NOMEM;
	return e;
}

/* ERR_NOT_FOUND: no more rows. */
static enum err
read_row(struct table *t)
{
	struct slice cells[CELLS_MAX];
	size_t count = 0;
	enum err e = csv_next(&t->csv, cells, CELLS_MAX, &count);
	json_t *in;

	if (e == ERR_NOT_FOUND)
		return e;
	if (e == ERR_MALFORMED)
		return refuse(t, "bad_quotes", "", "A quote does not end, or text follows it.");
	if (e != ERR_OK || count > t->count)
		return refuse(
		    t, "too_many_cells", "", "The row has more cells than there are columns.");
	in = json_pack("{s:I, s:s}", "line", (json_int_t)t->line, "prefix", "");
	if (!in)
		return ERR_NOMEM;
	for (size_t i = 0; i < count && e == ERR_OK; i++)
		e = put_value(t, in, t->at[i], cells[i]);
	if (e == ERR_OK)
		e = take_row(t, in);
	json_decref(in);
	return e;
}

/* All rows are looked at, so that all faults are told. */
static enum err
read_rows(struct table *t)
{
	enum err e, result = ERR_OK;

	while ((e = read_row(t)) == ERR_OK || e == ERR_INVALID) {
		if (e == ERR_INVALID)
			result = e;
		if (t->errors->count == MODEL_ERRORS_MAX)
			break;
	}
	return e == ERR_OK || e == ERR_NOT_FOUND ? result : e;
}

/* ---- into the database ---- */

static enum err
update(struct store *s, int64_t id, const json_t *before, json_t *values, size_t *changed)
{
	struct model_errors errors = {0};
	const char *field;
	json_t *value;
	bool differs = false;

	json_object_foreach(values, field, value) differs =
	    differs || !json_equal(value, json_object_get(before, field));
	*changed += differs;
	return differs ? entity_update(s, &model_rate, id, before, values, &errors) : ERR_OK;
}

static enum err
ids_of(struct db *db, int64_t line, int64_t **ids, size_t *count)
{
	struct stmt *s;
	bool row = false;
	enum err e = db_prepare(
	    db, "SELECT id, count(*) OVER () FROM rate WHERE line = ? ORDER BY prefix", &s);

	*ids = NULL;
	*count = 0;
	if (e != ERR_OK)
		return e;
	stmt_int(s, 1, line);
	while ((e = stmt_step(s, &row)) == ERR_OK && row) {
		if (!*ids)
			*ids = malloc((size_t)sqlite3_column_int64(s->st, 1) * sizeof **ids);
		if (!*ids) {
			e = ERR_NOMEM;
			break;
		}
		(*ids)[(*count)++] = sqlite3_column_int64(s->st, 0);
	}
	stmt_done(s);
	return e;
}

/* One that the table names is taken out of its rows; what is left there is new. */
static enum err
settle_one(struct store *s, struct table *t, int64_t id, size_t *changed, size_t *deleted)
{
	struct model_errors errors = {0};
	json_t *row = NULL, *values;
	enum err e = row_get(s->writer, &model_rate, id, ROW_PLAIN, &row);

	if (e != ERR_OK)
		return e;
	values = json_object_get(t->rows, row_text(row, "prefix"));
	if (values) {
		e = update(s, id, row, values, changed);
		json_object_del(t->rows, row_text(row, "prefix"));
	} else {
		e = entity_delete(s, &model_rate, id, &errors);
		(*deleted)++;
	}
	json_decref(row);
	return e;
}

static enum err
settle_old(struct store *s, struct table *t, size_t *changed, size_t *deleted)
{
	int64_t *ids;
	size_t count;
	enum err e = ids_of(s->writer, t->line, &ids, &count);

	for (size_t i = 0; i < count && e == ERR_OK; i++)
		e = settle_one(s, t, ids[i], changed, deleted);
	free(ids);
	return e;
}

static enum err
insert_new(struct store *s, const struct table *t)
{
	struct model_errors errors = {0};
	const char *prefix;
	enum err e = ERR_OK;
	json_t *values;
	int64_t id;

	json_object_foreach(t->rows, prefix, values)
	{
		e = entity_insert(s, &model_rate, values, &id, &errors);
		if (e != ERR_OK)
			return e;
	}
	return e;
}

static enum err
apply(struct store *s, struct table *t, json_t **report)
{
	size_t rows = json_object_size(t->rows), changed = 0, deleted = 0;
	enum err e = store_write_begin(s);

	if (e != ERR_OK)
		return e;
	e = find_line(s->writer, t->line);
	if (e == ERR_OK)
		e = settle_old(s, t, &changed, &deleted);
	*report = json_pack("{s:I, s:I, s:I, s:I}", "rows", (json_int_t)rows, "created",
	    (json_int_t)json_object_size(t->rows), "updated", (json_int_t)changed, "deleted",
	    (json_int_t)deleted);
	if (e == ERR_OK)
		e = *report ? insert_new(s, t) : ERR_NOMEM;
	if (e == ERR_OK)
		e = store_tell_many(s);
	return store_write_end(s, e);
}

/* Bytes that are no UTF-8 come from an old spreadsheet. */
static enum err
to_utf8(struct slice bytes, char **text, size_t *n)
{
	struct buf b;

	*text = malloc(3 * bytes.n + 1);
	if (!*text)
		return ERR_NOMEM;
	buf_init(&b, *text, 3 * bytes.n);
	if (model_utf8_count(bytes) >= 0)
		buf_put(&b, csv_without_bom(bytes));
	else
		csv_put_windows_1252(&b, bytes);
	*n = b.n;
	return ERR_OK;
}

enum err
store_rates_read(
    struct store *s, int64_t line, struct slice bytes, json_t **report, struct model_errors *errors)
{
	struct table t = {.line = line, .rows = json_object(), .errors = errors};
	char *text = NULL;
	size_t n = 0;
	enum err e = t.rows ? to_utf8(bytes, &text, &n) : ERR_NOMEM;

	*report = NULL;
	if (e == ERR_OK) {
		csv_init(&t.csv, text, n);
		e = read_header(&t);
	}
	if (e == ERR_OK)
		e = read_rows(&t);
	if (e == ERR_OK)
		e = apply(s, &t, report);
	if (e != ERR_OK) {
		json_decref(*report);
		*report = NULL;
	}
	json_decref(t.rows);
	free(text);
	return e;
}
