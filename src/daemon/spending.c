#include "daemon/spending.h"

#include <stdlib.h>
#include <time.h>

#include "directory/rates.h"
#include "routing/number_class.h"

struct used {
	uint32_t minutes;
	int64_t charge_micro;
};

struct reading {
	const struct directory *dir;
	struct number_plan plan;
	struct used *used; /* as the lines of dir */
};

/* What the line was called with: who was called may have taken it at his mobile phone. */
static struct slice
outside_number(const char *called_number, const char *called_phone)
{
	struct slice mobile = cdr_mobile_number(slice_cstr(called_phone));

	return mobile.n ? mobile : slice_cstr(called_number);
}

static void
on_use(void *ctx, const struct store_line_use *use)
{
	struct reading *r = ctx;
	size_t n;
	const struct dir_line *lines = dir_lines(r->dir, &n);
	struct slice number = outside_number(use->called_number, use->called_phone),
		     line = slice_cstr(use->line);

	if (number.n == 0 || !number_is_costly(number_class_of(&r->plan, number)))
		return;
	for (size_t i = 0; i < n; i++)
		if (slice_eq(lines[i].name, line)) {
			r->used[i].minutes +=
			    (uint32_t)(use->duration_s / 60 + 1); /* each that began */
			r->used[i].charge_micro += use->charge_micro;
		}
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
    void (*spent)(void *ctx, int64_t line, uint32_t minutes, int64_t charge_micro), void *ctx)
{
	size_t n_lines;
	const struct dir_line *lines = dir_lines(dir, &n_lines);
	struct reading r = {.dir = dir,
	    .plan = number_plan_of(dir_settings(dir)),
	    .used = calloc(n_lines + 1, sizeof *r.used)};
	enum err e = r.used ? ERR_OK : ERR_NOMEM;

	if (e == ERR_OK && n_lines)
		e = store_line_uses(s, midnight_ms(now_ms), on_use, &r);
	for (size_t i = 0; i < n_lines && e == ERR_OK; i++)
		if (r.used[i].minutes)
			spent(ctx, lines[i].id, r.used[i].minutes, r.used[i].charge_micro);
	free(r.used);
	return e;
}

/* ---- calls that a crash cut ---- */

static bool
is_cut(const struct cdr *r)
{
	return r->result == CDR_INTERRUPTED && r->answered_at;
}

static void
charge(const struct directory *dir, struct cdr *r)
{
	size_t n;
	const struct dir_line *lines = dir_lines(dir, &n);
	struct slice name = slice_cstr(r->line),
		     number = outside_number(r->called_number, r->called_phone);

	for (size_t i = 0; i < n; i++) {
		const struct rate *rate =
		    slice_eq(lines[i].name, name) ? dir_rate_find(dir, lines[i].id, number) : NULL;

		if (!rate)
			continue;
		r->charge_micro = rate_charge_micro(rate, r->ended_at - r->answered_at);
		memcpy(r->currency, lines[i].currency, sizeof r->currency);
	}
}

enum err
spending_charge_cut(struct store *s, struct cdr *records, size_t n)
{
	struct directory *dir = NULL;
	size_t first = 0;
	enum err e;

	while (first < n && !is_cut(&records[first]))
		first++;
	if (first == n)
		return ERR_OK;
	e = directory_build(s, &dir);
	for (size_t i = first; i < n && e == ERR_OK; i++)
		if (is_cut(&records[i]))
			charge(dir, &records[i]);
	directory_free(dir);
	return e;
}
