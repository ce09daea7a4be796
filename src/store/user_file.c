/* The table of users as a file: reading it into rows, writing it. */
#include <stdlib.h>

#include "base/csv.h"
#include "store/user_import_int.h"

enum { CELLS_MAX = 64, LINE_BYTES = 8192, SQL_BYTES = 16384 };

/* Name in the file and field in the model. */
static const struct {
	const char *name, *field;
} plain[COLUMN_RIGHTS] = {
    [COLUMN_LOGIN] = {"login", "login"},
    [COLUMN_FIRST] = {"firstname", "first_name"},
    [COLUMN_LAST] = {"lastname", "last_name"},
    [COLUMN_EXTERNAL] = {"external", "external"},
    [COLUMN_INTERNAL] = {"internal", "internal"},
    [COLUMN_MAIL] = {"mail", "email"},
    [COLUMN_PASSWORD] = {"password", "password"},
};

const char *
user_column_name(size_t column, char text[40])
{
	if (column < COLUMN_RIGHTS)
		return plain[column].name;
	snprintf(text, 40, "%s_perm", right_name((enum right)(column - COLUMN_RIGHTS)));
	return text;
}

void
user_row_fault(struct user_row *row, const char *field, const char *code, const char *message)
{
	const char *name = field;
	char text[40];

	for (size_t i = 0; i < COLUMN_RIGHTS; i++)
		if (strcmp(plain[i].field, field) == 0)
			name = plain[i].name;
	if (strcmp(field, "admin") == 0)
		name = user_column_name(COLUMN_RIGHTS + RIGHT_ADMIN, text);
	if (!row->errors)
		row->errors = json_array();
	json_array_append_new(
	    row->errors, json_pack("{s:s?, s:s, s:s}", "field", *name ? name : NULL, "code", code,
			     "message", message));
	row->action = USER_IMPORT_FAULT;
}

/* --- reading ------------------------------------------------------------------------ */

struct header {
	size_t at[CELLS_MAX]; /* column of each cell */
	size_t count;
	bool has[USER_COLUMNS];
};

static bool
find_column(struct slice name, size_t *column)
{
	char text[40];

	for (size_t i = 0; i < USER_COLUMNS; i++)
		if (slice_eq_nocase(name, slice_cstr(user_column_name(i, text)))) {
			*column = i;
			return true;
		}
	return false;
}

static enum err
read_header(struct csv *c, struct header *h, struct model_errors *errors)
{
	struct slice cells[CELLS_MAX];
	char name[40];
	enum err e = csv_next(c, cells, CELLS_MAX, &h->count);

	if (e != ERR_OK) {
		model_error_add(errors, "no_header", "", "The first line must name the columns.");
		return ERR_INVALID;
	}
	for (size_t i = 0; i < h->count; i++) {
		slice_clip_cstr(slice_trim(cells[i]), name, sizeof name);
		if (!find_column(slice_trim(cells[i]), &h->at[i])) {
			if (memchr(cells[i].p, '\0', cells[i].n))
				name[0] = '\0';
			model_error_add(
			    errors, "unknown_column", "", "There is no column \"%s\".", name);
			return ERR_INVALID;
		}
		if (h->has[h->at[i]]) {
			model_error_add(
			    errors, "doubled", "", "The column \"%s\" comes twice.", name);
			return ERR_INVALID;
		}
		h->has[h->at[i]] = true;
	}
	if (h->has[COLUMN_LOGIN])
		return ERR_OK;
	model_error_add(errors, "no_login", "", "The column \"login\" is missing.");
	return ERR_INVALID;
}

/* Numbers between blanks, semicolons, commas or slashes. */
static json_t *
numbers_of(struct slice cell)
{
	json_t *list = json_array();
	size_t n;

	while (cell.n) {
		for (n = 0; n < cell.n && !memchr("; ,/\t\r\n", cell.p[n], 7); n++)
			;
		if (n)
			json_array_append_new(list, json_stringn(cell.p, n));
		cell = slice_from(cell, n < cell.n ? n + 1 : n);
	}
	return list;
}

/* -1: neither yes nor no. */
static int
yes_or_no(struct slice cell)
{
	static const char *const yes[] = {"1", "yes", "true", "on", "x", "y", "ja", "j"};
	static const char *const no[] = {"0", "no", "false", "off", "-", "n", "nein"};

	for (size_t i = 0; i < sizeof yes / sizeof yes[0]; i++)
		if (slice_eq_nocase(cell, slice_cstr(yes[i])))
			return 1;
	for (size_t i = 0; i < sizeof no / sizeof no[0]; i++)
		if (slice_eq_nocase(cell, slice_cstr(no[i])))
			return 0;
	return -1;
}

struct rights_cells {
	bool any_column, any_filled;
	uint32_t given;
};

static void
read_right(struct user_row *row, struct rights_cells *r, enum right right, struct slice cell)
{
	int answer = cell.n ? yes_or_no(cell) : 0;
	char name[40];

	r->any_column = true;
	r->any_filled = r->any_filled || cell.n;
	if (answer > 0)
		r->given |= 1u << right;
	if (answer < 0)
		user_row_fault(row, user_column_name(COLUMN_RIGHTS + right, name), "bad_choice",
		    "A right is 1 or 0, yes or no, or empty.");
}

static void
set_rights(struct user_row *row, const struct rights_cells *r)
{
	row->default_rights = r->any_column && !r->any_filled;
	if (!r->any_filled)
		return;
	json_object_set_new(row->in, "rights", rights_json(r->given & ~RIGHT_BIT(ADMIN)));
	json_object_set_new(row->in, "admin", json_boolean((r->given & RIGHT_BIT(ADMIN)) != 0));
}

static void
read_cell(struct user_row *row, struct rights_cells *r, size_t column, struct slice cell)
{
	struct slice text = slice_trim(csv_cell_text(cell));

	if (text.n && memchr(text.p, '\0', text.n)) {
		char name[40];

		user_row_fault(row, user_column_name(column, name), "bad_characters",
		    "The cell has a character that no text has.");
		return;
	}
	if (column >= COLUMN_RIGHTS)
		read_right(row, r, (enum right)(column - COLUMN_RIGHTS), text);
	else if (column == COLUMN_INTERNAL)
		row->internal = numbers_of(text);
	else if (column == COLUMN_EXTERNAL)
		row->external = numbers_of(text);
	else if (column != COLUMN_PASSWORD || text.n)
		json_object_set_new(row->in, plain[column].field, json_stringn(text.p, text.n));
}

/* ERR_NOT_FOUND: no more rows. */
static enum err
read_row(struct csv *c, const struct header *h, struct user_row *row)
{
	struct slice cells[CELLS_MAX];
	struct rights_cells rights = {0};
	size_t count = 0;
	enum err e = csv_next(c, cells, CELLS_MAX, &count);

	if (e == ERR_NOT_FOUND)
		return e;
	row->line = c->line;
	row->action = USER_IMPORT_UNCHANGED;
	row->in = json_object();
	if (!row->in)
		return ERR_NOMEM;
	if (e == ERR_MALFORMED) {
		user_row_fault(row, "", "bad_quotes", "A quote does not end, or text follows it.");
	} else if (e == ERR_LIMIT || count > h->count) {
		user_row_fault(
		    row, "", "too_many_cells", "The row has more cells than there are columns.");
	} else {
		for (size_t i = 0; i < h->count; i++)
			read_cell(row, &rights, h->at[i], i < count ? cells[i] : SLICE(""));
		set_rights(row, &rights);
	}
	return ERR_OK;
}

static enum err
read_rows(
    struct csv *c, const struct header *h, struct user_import *im, struct model_errors *errors)
{
	size_t cap = 0;
	enum err e;

	for (;;) {
		if (im->count == cap) {
			struct user_row *more;

			cap = cap ? 2 * cap : 64;
			more = realloc(im->rows, cap * sizeof *more);
			if (!more)
				return ERR_NOMEM;
			im->rows = more;
		}
		if (im->count == USER_IMPORT_ROWS_MAX) {
			model_error_add(errors, "too_many_rows", "",
			    "The file has more than %d rows.", USER_IMPORT_ROWS_MAX);
			return ERR_INVALID;
		}
		im->rows[im->count] = (struct user_row){0};
		e = read_row(c, h, &im->rows[im->count]);
		if (e != ERR_OK)
			return e == ERR_NOT_FOUND ? ERR_OK : e;
		im->count++;
	}
}

/* Bytes that are no UTF-8 come from an old spreadsheet. */
static enum err
to_utf8(struct user_import *im)
{
	struct buf b;
	char *text;

	if (model_utf8_count(slice_make(im->bytes, im->bytes_n)) >= 0)
		return ERR_OK;
	text = malloc(3 * im->bytes_n);
	if (!text)
		return ERR_NOMEM;
	buf_init(&b, text, 3 * im->bytes_n);
	csv_put_windows_1252(&b, slice_make(im->bytes, im->bytes_n));
	explicit_bzero(im->bytes, im->bytes_n);
	free(im->bytes);
	im->bytes = text;
	im->bytes_n = b.n;
	im->windows_1252 = true;
	return ERR_OK;
}

enum err
user_import_read(char *bytes, size_t n, struct user_import **out, struct model_errors *errors)
{
	struct user_import *im = calloc(1, sizeof *im);
	struct header h = {0};
	struct csv c;
	size_t skip;
	enum err e;

	if (!im) {
		explicit_bzero(bytes, n);
		free(bytes);
		return ERR_NOMEM;
	}
	im->bytes = bytes;
	im->bytes_n = n;
	e = to_utf8(im);
	if (e == ERR_OK) {
		skip = im->bytes_n - csv_without_bom(slice_make(im->bytes, im->bytes_n)).n;
		csv_init(&c, im->bytes + skip, im->bytes_n - skip);
		im->separator = c.separator;
		e = read_header(&c, &h, errors);
	}
	if (e == ERR_OK)
		e = read_rows(&c, &h, im, errors);
	if (e == ERR_OK && im->count == 0) {
		model_error_add(errors, "no_rows", "", "The file has no rows.");
		e = ERR_INVALID;
	}
	if (e == ERR_OK)
		*out = im;
	else
		user_import_free(im);
	return e;
}

void
user_import_free(struct user_import *im)
{
	if (!im)
		return;
	for (size_t i = 0; i < im->count; i++) {
		struct user_row *row = &im->rows[i];
		json_t *password = json_object_get(row->in, "password");

		if (password)
			explicit_bzero(
			    (char *)json_string_value(password), json_string_length(password));
		json_decref(row->in);
		json_decref(row->internal);
		json_decref(row->external);
		json_decref(row->errors);
		free(row->hash);
	}
	free(im->rows);
	if (im->bytes)
		explicit_bzero(im->bytes, im->bytes_n);
	free(im->bytes);
	free(im);
}

char
user_import_separator(const struct user_import *im)
{
	return im->separator;
}

bool
user_import_was_windows_1252(const struct user_import *im)
{
	return im->windows_1252;
}

static json_t *
row_json_of(const struct user_row *row)
{
	static const char *const actions[] = {"error", "create", "update", "unchanged"};
	json_t *out = json_pack("{s:i, s:s, s:b, s:O?, s:O?, s:o}", "line", (int)row->line,
	    "action", actions[row->action], "password",
	    json_object_get(row->in, "password") != NULL, "internal", row->internal, "external",
	    row->external, "errors", row->errors ? json_incref(row->errors) : json_array());

	for (size_t i = 0; i < COLUMN_PASSWORD; i++) {
		json_t *v = json_object_get(row->in, plain[i].field);

		if (v)
			json_object_set(out, plain[i].name, v);
	}
	return out;
}

json_t *
user_import_rows(const struct user_import *im, bool faulty, size_t first, size_t max, size_t *total)
{
	json_t *list = json_array();

	*total = 0;
	for (size_t i = 0; i < im->count; i++) {
		if (faulty && im->rows[i].action != USER_IMPORT_FAULT)
			continue;
		if (*total >= first && *total - first < max)
			json_array_append_new(list, row_json_of(&im->rows[i]));
		++*total;
	}
	return list;
}

/* --- writing ------------------------------------------------------------------------ */

static enum err
put_line(FILE *out, struct buf *b)
{
	buf_lit(b, "\r\n");
	if (!buf_ok(b))
		return ERR_TOO_BIG;
	return fwrite(b->p, 1, b->n, out) == b->n ? ERR_OK : ERR_IO;
}

static enum err
put_header(FILE *out)
{
	char line[LINE_BYTES], name[40];
	struct buf b;

	buf_init(&b, line, sizeof line);
	for (size_t i = 0; i < USER_COLUMNS; i++) {
		if (i)
			buf_char(&b, ',');
		csv_put_cell(&b, slice_cstr(user_column_name(i, name)));
	}
	return put_line(out, &b);
}

/* Every right is told, so that a user without any is not taken for one with the defaults. */
static void
put_rights(struct buf *b, uint32_t rights)
{
	for (int i = 0; i < RIGHTS_N; i++)
		buf_cstr(b, rights & 1u << i ? ",1" : ",0");
}

static enum err
put_user(FILE *out, struct stmt *s)
{
	char line[LINE_BYTES];
	json_t *list = json_loads(stmt_column(s, COLUMN_RIGHTS - 1), 0, NULL);
	uint32_t rights = rights_of_list(list);
	struct buf b;

	json_decref(list);
	if (sqlite3_column_int(s->st, COLUMN_RIGHTS))
		rights |= RIGHT_BIT(ADMIN);
	buf_init(&b, line, sizeof line);
	for (int i = 0; i < COLUMN_PASSWORD; i++) {
		csv_put_cell(&b, slice_cstr(stmt_column(s, i)));
		buf_char(&b, ',');
	}
	put_rights(&b, rights);
	return put_line(out, &b);
}

static const char users[] =
    "SELECT login, first_name, last_name, "
    "(SELECT group_concat(number, ' ') FROM (SELECT number FROM number WHERE user = t.id AND "
    "kind = 'external' ORDER BY length(number), number)), "
    "(SELECT group_concat(number, ' ') FROM (SELECT number FROM number WHERE user = t.id AND "
    "kind = 'internal' ORDER BY length(number), number)), "
    "email, rights, admin FROM user t";

static enum err
put_users(FILE *out, struct db *db, const struct store_query *q, struct model_errors *errors)
{
	char *sql = malloc(SQL_BYTES);
	struct list_words words;
	struct buf b;
	struct stmt *st;
	bool row = false;
	enum err e;

	if (!sql)
		return ERR_NOMEM;
	buf_init(&b, sql, SQL_BYTES);
	buf_cstr(&b, users);
	e = list_words(db, &model_user, q, &words);
	if (e == ERR_OK)
		e = list_where(&b, &model_user, q, &words, errors);
	buf_lit(&b, " ORDER BY login");
	if (e == ERR_OK)
		e = db_prepare_buf(db, &b, &st);
	free(sql);
	if (e != ERR_OK)
		return e;
	list_bind(st, &model_user, q, &words);
	while ((e = stmt_step(st, &row)) == ERR_OK && row)
		if ((e = put_user(out, st)) != ERR_OK)
			break;
	stmt_done(st);
	return e;
}

enum err
store_user_export(
    struct store *s, const struct store_query *q, FILE *out, struct model_errors *errors)
{
	struct db *db;
	enum err e = store_read_begin(s, &db);

	if (e != ERR_OK)
		return e;
	e = put_header(out);
	if (e == ERR_OK)
		e = put_users(out, db, q, errors);
	store_read_end(s, db);
	return e;
}

enum err
user_import_template(FILE *out)
{
	char line[LINE_BYTES];
	struct buf b;
	enum err e = put_header(out);

	buf_init(&b, line, sizeof line);
	buf_lit(&b, "1234,Anna,Berg,4930123456,123,anna@example.org,");
	for (int i = 0; i < RIGHTS_N; i++)
		buf_char(&b, ','); /* all empty: the defaults */
	return e == ERR_OK ? put_line(out, &b) : e;
}
