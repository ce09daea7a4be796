/* Tables, objects, times for people. */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "cli/cli_int.h"

enum { COLUMNS_MAX = 16, CELL_WIDTH_MAX = 60 };

/* C0, DEL and the two-byte C1 controls. */
static size_t
control_at(const char *p, size_t n)
{
	unsigned char c = (unsigned char)p[0];

	if (c < 0x20 || c == 0x7f)
		return 1;
	return n >= 2 && c == 0xc2 && (unsigned char)p[1] < 0xa0 ? 2 : 0;
}

void
print_clean(FILE *f, struct slice s)
{
	for (size_t i = 0; i < s.n; i++) {
		size_t control = control_at(s.p + i, s.n - i);

		if (control) {
			fputc('?', f);
			i += control - 1;
		} else {
			fputc(s.p[i], f);
		}
	}
}

size_t
text_width(const char *s)
{
	size_t n = 0;

	for (; *s; s++)
		n += ((unsigned char)*s & 0xc0) != 0x80;
	return n;
}

/* "2026-01-31T12:00:00.123Z" becomes "2026-01-31 13:00:00" where that is the time. */
static bool
print_time(FILE *f, const char *text)
{
	int64_t ms;
	time_t at;
	struct tm tm;
	char local[32];

	if (strlen(text) != 24 || text[10] != 'T' ||
	    model_time_parse(slice_cstr(text), &ms) != ERR_OK)
		return false;
	at = (time_t)(ms / 1000);
	if (!localtime_r(&at, &tm) || !strftime(local, sizeof local, "%Y-%m-%d %H:%M:%S", &tm))
		return false;
	fputs(local, f);
	return true;
}

/* Why a call went where it went: {code, args, text}. */
static const char *
reason_sentence(const json_t *v)
{
	return json_is_array(json_object_get(v, "args"))
		   ? json_string_value(json_object_get(v, "text"))
		   : NULL;
}

static void
print_value(FILE *f, const json_t *v) // NOLINT(misc-no-recursion): jansson limits the depth
{
	size_t i;
	const char *name, *between = "";
	json_t *one;

	switch (v ? json_typeof(v) : JSON_NULL) {
	case JSON_NULL: break;
	case JSON_TRUE: fputs("yes", f); break;
	case JSON_FALSE: fputs("no", f); break;
	case JSON_INTEGER: fprintf(f, "%lld", (long long)json_integer_value(v)); break;
	case JSON_REAL: fprintf(f, "%g", json_real_value(v)); break;
	case JSON_STRING:
		if (!print_time(f, json_string_value(v)))
			print_clean(f, slice_cstr(json_string_value(v)));
		break;
	case JSON_ARRAY:
		json_array_foreach(v, i, one)
		{
			fputs(i ? ", " : "", f);
			print_value(f, one);
		}
		break;
	case JSON_OBJECT:
		if (reason_sentence(v)) {
			print_clean(f, slice_cstr(reason_sentence(v)));
			break;
		}
		json_object_foreach((json_t *)v, name, one)
		{
			fputs(between, f);
			print_clean(f, slice_cstr(name));
			fputc('=', f);
			print_value(f, one);
			between = " ";
		}
		break;
	}
}

char *
value_text(const json_t *value)
{
	char *text = NULL;
	size_t n;
	FILE *f = open_memstream(&text, &n);

	if (!f)
		return NULL;
	print_value(f, value);
	fclose(f);
	return text;
}

static void
print_padded(FILE *f, const char *text, size_t width, bool right)
{
	size_t n = text_width(text);

	for (size_t i = n; right && i < width; i++)
		fputc(' ', f);
	fputs(text, f);
	for (size_t i = n; !right && i < width; i++)
		fputc(' ', f);
}

/* "caller.number" looks into an object. */
static const json_t *
field_of(const json_t *item, const char *path)
{
	struct slice rest = slice_cstr(path);
	char name[48];

	while (rest.n) {
		slice_clip_cstr(slice_take_until(&rest, '.'), name, sizeof name);
		item = json_object_get(item, name);
	}
	return item;
}

static void
print_row(FILE *f, const json_t *item, const struct column *c, size_t n, const size_t *width)
{
	for (size_t i = 0; i < n; i++) {
		const json_t *v = field_of(item, c[i].field);
		char *text = value_text(v);

		fputs(i ? "  " : "", f);
		print_padded(f, text ? text : "", i + 1 < n || json_is_number(v) ? width[i] : 0,
		    json_is_number(v));
		free(text);
	}
	fputc('\n', f);
}

void
print_table(FILE *f, const json_t *items, const struct column *c, size_t n)
{
	size_t width[COLUMNS_MAX], row;
	json_t *item;

	for (size_t i = 0; i < n; i++) {
		width[i] = text_width(c[i].title);
		json_array_foreach(items, row, item)
		{
			char *text = value_text(field_of(item, c[i].field));
			size_t w = text ? text_width(text) : 0;

			if (w > width[i])
				width[i] = w < CELL_WIDTH_MAX ? w : CELL_WIDTH_MAX;
			free(text);
		}
	}
	for (size_t i = 0; i < n; i++) {
		fputs(i ? "  " : "", f);
		print_padded(f, c[i].title, i + 1 < n ? width[i] : 0, false);
	}
	fputc('\n', f);
	json_array_foreach(items, row, item) print_row(f, item, c, n, width);
}

void
print_object(FILE *f, const json_t *object)
{
	const char *name;
	json_t *value;
	size_t width = 0;

	json_object_foreach((json_t *)object, name, value)
	{
		if (text_width(name) > width)
			width = text_width(name);
	}
	json_object_foreach((json_t *)object, name, value)
	{
		char *text = value_text(value);

		print_padded(f, name, width, false);
		fprintf(f, "  %s\n", text ? text : "");
		free(text);
	}
}

void
print_json(FILE *f, const json_t *value)
{
	json_dumpf(value, f, JSON_INDENT(1) | JSON_ENCODE_ANY | JSON_ENSURE_ASCII);
	fputc('\n', f);
}
