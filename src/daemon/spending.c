#include "daemon/spending.h"

#include <stdlib.h>
#include <time.h>

#include "model/model.h"
#include "routing/number_class.h"

enum { ROWS = 1000 };

struct reading {
	const struct directory *dir;
	struct number_plan plan;
	size_t number, line, answered, duration; /* columns */
	uint32_t *minutes;			 /* as the lines of dir */
};

/* A record's columns: id, direction, then the fields without the explanation. */
static size_t
column_of(const char *field)
{
	size_t at = 2;

	for (size_t i = 0; i < model_call_record.field_count; i++) {
		const struct model_field *f = &model_call_record.fields[i];

		if (strcmp(f->name, field) == 0)
			return at;
		at += f->type != MODEL_REASON_LIST;
	}
	return 0;
}

static void
on_record(void *ctx, const char *const *column, size_t columns)
{
	struct reading *r = ctx;
	size_t n;
	const struct dir_line *lines = dir_lines(r->dir, &n);
	struct slice number = slice_cstr(column[r->number]), line = slice_cstr(column[r->line]);
	uint32_t seconds = 0;

	if (slice_to_u32(slice_cstr(column[r->duration]), UINT32_MAX, &seconds) != ERR_OK ||
	    number.n == 0 || !*column[r->answered] ||
	    !number_is_costly(number_class_of(&r->plan, number)))
		return;
	for (size_t i = 0; i < n; i++)
		if (slice_eq(lines[i].name, line))
			r->minutes[i] += seconds / 60 + 1; /* each that began */
}

static int64_t
midnight_ms(int64_t now_ms)
{
	time_t now = (time_t)(now_ms / 1000);
	struct tm t;

	localtime_r(&now, &t);
	t.tm_hour = t.tm_min = t.tm_sec = 0;
	t.tm_isdst = -1;
	return (int64_t)mktime(&t) * 1000;
}

enum err
spending_read(struct store *s, const struct directory *dir, int64_t now_ms,
    void (*spent)(void *ctx, int64_t line, uint32_t minutes), void *ctx)
{
	struct store_query q = {.from_ms = midnight_ms(now_ms), .direction = "out"};
	struct store_cdr_place place = {0};
	size_t n_lines;
	const struct dir_line *lines = dir_lines(dir, &n_lines);
	struct reading r = {.dir = dir,
	    .plan = number_plan_of(dir_settings(dir)),
	    .number = column_of("called_number"),
	    .line = column_of("called_phone"),
	    .answered = column_of("answered_at"),
	    .duration = column_of("duration_s"),
	    .minutes = calloc(n_lines + 1, sizeof *r.minutes)};
	enum err e = r.minutes ? ERR_OK : ERR_NOMEM;
	uint32_t n = ROWS;

	while (e == ERR_OK && n == ROWS && n_lines)
		e = store_cdr_read(s, &q, &place, ROWS, on_record, &r, &n);
	for (size_t i = 0; i < n_lines && e == ERR_OK; i++)
		if (r.minutes[i])
			spent(ctx, lines[i].id, r.minutes[i]);
	free(r.minutes);
	return e;
}
