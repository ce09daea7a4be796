/* Building: emergency numbers, COR rules with their time frames, holidays. Rows come by id; a
 * rule that cannot be read is left out with a warning, the others stand. */
#include <stdlib.h>

#include "base/log.h"
#include "directory/directory_int.h"
#include "directory/e164.h"
#include "model/model.h"

struct emergency_line {
	int64_t emergency, line;
};

struct frame_row {
	int64_t id;
	struct dir_frame frame; /* without ways */
};

struct way_row {
	int64_t rule, frame, line;
	struct slice call_by_call;
};

/* ---- rows ---- */

bool
routes_on_emergency(void *ctx, int64_t id, const char *number, const char *name)
{
	struct builder *b = ctx;
	struct directory *d = b->d;
	struct route_rows *r = &b->routes;
	struct dir_emergency *e = ADD(d->emergencies, d->emergency_count, r->emergency_cap);
	int64_t *kept = ADD(r->emergency_ids, d->emergency_count, r->emergency_id_cap);

	if (!e || !kept || !build_keep(d, number, &e->number) || !build_keep(d, name, &e->name))
		return false;
	*kept = id;
	d->emergency_count++;
	return true;
}

bool
routes_on_emergency_line(void *ctx, int64_t emergency, int64_t line)
{
	struct builder *b = ctx;
	struct route_rows *r = &b->routes;
	struct emergency_line *l =
	    ADD(r->emergency_lines, r->emergency_line_count, r->emergency_line_cap);

	if (!l)
		return false;
	*l = (struct emergency_line){emergency, line};
	r->emergency_line_count++;
	return true;
}

/* "08:30"; model/ has checked it. */
static uint16_t
minutes(const char *clock)
{
	struct slice rest = slice_cstr(clock), hours = slice_take_until(&rest, ':');
	uint32_t h = 0, m = 0;

	if (slice_to_u32(hours, 24, &h) != ERR_OK || slice_to_u32(rest, 59, &m) != ERR_OK)
		return 0;
	return (uint16_t)(60 * h + m);
}

bool
routes_on_frame(void *ctx, const struct store_frame_row *row)
{
	struct builder *b = ctx;
	struct route_rows *r = &b->routes;
	struct frame_row *f = ADD(r->frames, r->frame_count, r->frame_cap);

	if (!f || !build_keep(b->d, row->name, &f->frame.name))
		return false;
	f->id = row->id;
	f->frame.days = build_set(row->days, MODEL_DAYS);
	f->frame.from_min = minutes(row->from);
	f->frame.to_min = minutes(row->to);
	r->frame_count++;
	return true;
}

bool
routes_on_rule(void *ctx, int64_t id, const char *number)
{
	struct builder *b = ctx;
	struct directory *d = b->d;
	struct route_rows *r = &b->routes;
	struct number_plan plan = number_plan_of(&d->settings);
	struct dir_rule *rule = ADD(d->rules, d->rule_count, r->rule_cap);
	int64_t *kept = ADD(r->rule_ids, d->rule_count, r->rule_id_cap);
	char range[NUMBER_BYTES];

	if (!rule || !kept)
		return false;
	if (number_canonical_range(&plan, slice_cstr(number), range) != ERR_OK) {
		log_warn(STORE, "COR rule %s is no range of numbers", number);
		return true;
	}
	if (!build_keep(d, number, &rule->number) || !build_keep(d, range, &rule->range))
		return false;
	*kept = id;
	d->rule_count++;
	return true;
}

bool
routes_on_way(void *ctx, const struct store_way_row *row)
{
	struct builder *b = ctx;
	struct route_rows *r = &b->routes;
	struct way_row *w = ADD(r->ways, r->way_count, r->way_cap);

	if (!w)
		return false;
	*w = (struct way_row){row->rule, row->frame, row->line, {0}};
	if (!build_keep(b->d, row->call_by_call, &w->call_by_call))
		return false;
	r->way_count++;
	return true;
}

bool
routes_on_holiday(void *ctx, const char *date, bool yearly)
{
	struct builder *b = ctx;
	struct directory *d = b->d;
	struct own_holiday *h = ADD(d->holidays, d->holiday_count, b->routes.holiday_cap);

	if (!h)
		return false;
	h->yearly = yearly;
	d->holiday_count += day_parse(slice_cstr(date), &h->day);
	return true;
}

/* ---- links ---- */

static enum err
link_emergency(struct builder *b, size_t i)
{
	const struct route_rows *r = &b->routes;
	struct dir_emergency *e = &b->d->emergencies[i];
	const struct dir_line **lines =
	    arena_alloc(&b->d->arena, (r->emergency_line_count + 1) * sizeof *lines);

	if (!lines)
		return ERR_NOMEM;
	e->lines = lines;
	for (size_t k = 0; k < r->emergency_line_count; k++) {
		const struct dir_line *line = dir_line_by_id(b->d, r->emergency_lines[k].line);

		if (r->emergency_lines[k].emergency == r->emergency_ids[i] && line)
			lines[e->line_count++] = line;
	}
	return ERR_OK;
}

static const struct dir_frame *
frame_by_id(const struct route_rows *r, int64_t id)
{
	for (size_t i = 0; i < r->frame_count; i++)
		if (r->frames[i].id == id)
			return &r->frames[i].frame;
	return NULL;
}

/* The ways from *at on that belong to one frame of the rule become that frame. */
static enum err
link_frame(struct builder *b, int64_t rule, size_t *at, struct dir_frame *out)
{
	const struct route_rows *r = &b->routes;
	const struct way_row *first = &r->ways[*at];
	const struct dir_frame *frame = frame_by_id(r, first->frame);
	struct dir_way *ways;
	size_t n = 0;

	while (*at + n < r->way_count && first[n].rule == rule && first[n].frame == first->frame)
		n++;
	ways = arena_alloc(&b->d->arena, n * sizeof *ways);
	if (!ways || !frame)
		return ways ? ERR_CORRUPT : ERR_NOMEM;
	*out = *frame;
	out->ways = ways;
	for (size_t i = 0; i < n; i++) {
		ways[i] =
		    (struct dir_way){dir_line_by_id(b->d, first[i].line), first[i].call_by_call};
		if (!ways[i].line)
			return ERR_CORRUPT;
	}
	out->way_count = n;
	*at += n;
	return ERR_OK;
}

/* Ways come by rule. */
static enum err
link_rule(struct builder *b, size_t i, size_t *at)
{
	const struct route_rows *r = &b->routes;
	int64_t id = b->routes.rule_ids[i];
	struct dir_frame *frames;
	size_t n = 0;

	while (*at < r->way_count && r->ways[*at].rule < id)
		++*at; /* of a rule that is switched off */
	for (size_t k = *at; k < r->way_count && r->ways[k].rule == id; k++)
		n += k == *at || r->ways[k].frame != r->ways[k - 1].frame;
	frames = arena_alloc(&b->d->arena, (n + 1) * sizeof *frames);
	if (!frames)
		return ERR_NOMEM;
	b->d->rules[i].frames = frames;
	b->d->rules[i].frame_count = n;
	for (size_t k = 0; k < n; k++) {
		enum err e = link_frame(b, id, at, &frames[k]);

		if (e != ERR_OK)
			return e;
	}
	return ERR_OK;
}

enum err
routes_link(struct builder *b)
{
	enum err e = ERR_OK;
	size_t at = 0;

	for (size_t i = 0; i < b->d->emergency_count && e == ERR_OK; i++)
		e = link_emergency(b, i);
	for (size_t i = 0; i < b->d->rule_count && e == ERR_OK; i++)
		e = link_rule(b, i, &at);
	return e;
}

void
routes_free_rows(struct builder *b)
{
	free(b->routes.emergency_ids);
	free(b->routes.rule_ids);
	free(b->routes.emergency_lines);
	free(b->routes.frames);
	free(b->routes.ways);
}

/* ---- asking ---- */

const struct dir_emergency *
dir_emergency_find(const struct directory *d, struct slice digits)
{
	for (size_t i = 0; i < d->emergency_count; i++)
		if (slice_eq(d->emergencies[i].number, digits))
			return &d->emergencies[i];
	return NULL;
}

bool
dir_is_holiday(const struct directory *d, struct day day)
{
	for (size_t i = 0; i < d->holiday_count; i++) {
		const struct own_holiday *h = &d->holidays[i];

		if (h->day.month == day.month && h->day.day == day.day &&
		    (h->yearly || h->day.year == day.year))
			return true;
	}
	return holiday_is_public(slice_cstr(d->settings.holidays), day);
}
