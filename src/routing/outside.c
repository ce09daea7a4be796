/* Ways to the public network: emergency numbers, a line that was asked for, the routing priority
 * with its COR rules; and which number each line shows. */
#include "routing/number_class.h"
#include "routing/routing_int.h"

enum { LINES_MAX = 8 }; /* nobody waits for more to fail */

/* A list of lines being made. */
struct lines {
	struct routing_plan *plan;
	const struct directory *dir;
	const struct routing_query *q;
	const struct dir_user *user; /* who calls, NULL: none of ours */
	const struct dir_user *by;   /* whose permissions and lines count instead; NULL: nobody's */
	struct slice to;	     /* canonical */
	size_t first, max;	     /* targets before are not these lines; how many there may be */
	struct routing_twin *twin;   /* that they lead to; NULL: where the plan leads */
	bool costly;
	bool full_only; /* of an emergency call: those where a call must end first */
	const struct dir_line *told[LINES_MAX]; /* that are not used, so that each is told once */
	size_t n_told;
};

/* ---- which number is shown ---- */

/* Whether it is one of the line's numbers; those of no line go with every one. */
static bool
belongs(const struct lines *l, const struct dir_line *line, struct slice number)
{
	struct number_plan plan = number_plan_of_line(l->dir, line);
	char mine[NUMBER_BYTES], main[NUMBER_BYTES];
	const struct dir_number *n;

	if (number_canonical(&plan, number, NUMBER_WRITTEN, mine) != ERR_OK)
		return false;
	if (line->main_number.n &&
	    number_canonical(&plan, line->main_number, NUMBER_WRITTEN, main) == ERR_OK &&
	    strcmp(mine, main) == 0)
		return true;
	n = number_find_external(l->dir, slice_cstr(mine));
	return n && (!n->line || n->line == line);
}

static struct slice
own_number(const struct lines *l, const struct dir_line *line)
{
	const struct dir_user *user = l->user ? l->user : l->twin ? l->by : NULL;
	const struct dir_number *own = user ? number_of_user_on_line(user, line->id) : NULL;

	return own ? own->number : line->main_number;
}

/* What the caller wants to be shown; empty: whatever the line has of his. */
static struct slice
wanted_number(const struct lines *l)
{
	if (l->user)
		return l->user->display_number;
	/* somebody outside, whose call one of our phones sends on */
	if (!l->q->caller_phone && l->plan->caller.number.n && l->plan->caller.number.p[0] == '+')
		return l->plan->caller.number;
	return (struct slice){0};
}

/* RTG-1. */
static struct routing_way
way_of(const struct lines *l, const struct dir_line *line, struct slice call_by_call)
{
	struct slice wanted = wanted_number(l);
	struct routing_way way = {.call_by_call = call_by_call, .shown = own_number(l, line)};

	if (l->plan->emergency) /* the line's own, for those who must find us */
		return way;
	way.hidden = l->user && l->user->hide_number;
	if (!wanted.n)
		return way;
	if (line->no_screening || belongs(l, line, wanted))
		way.shown = wanted;
	else
		way.hidden |= l->user != NULL;
	return way;
}

/* ---- lines ---- */

static bool
is_listed(const struct lines *l, const struct dir_line *line)
{
	for (size_t i = l->first; i < l->plan->n_targets; i++)
		if (l->plan->target[i].line == line->id)
			return true;
	return false;
}

static void
not_used(struct lines *l, const struct dir_line *line, enum reason why)
{
	for (size_t i = 0; i < l->n_told; i++)
		if (l->told[i] == line)
			return;
	if (l->n_told < LINES_MAX)
		l->told[l->n_told++] = line;
	because(l->plan, why, REASON_ARGS(line->name));
}

static enum routing_line_state
state_of(const struct lines *l, const struct dir_line *line)
{
	const struct routing_state *s = l->q->state;

	return s->line_state ? s->line_state(s->ctx, line->id) : ROUTING_LINE_NOT_REGISTERED;
}

static bool
is_full(const struct lines *l)
{
	return l->plan->n_targets - l->first >= l->max || l->plan->n_targets == ROUTING_TARGETS_MAX;
}

static void
add_line(struct lines *l, const struct dir_line *line, struct slice call_by_call)
{
	struct routing_plan *plan = l->plan;
	bool next = plan->n_targets > l->first;
	enum routing_line_state state;
	enum reason why = next ? REASON_LINE_NEXT : REASON_LINE_USED;

	if (!line->enabled || is_full(l) || is_listed(l, line))
		return;
	state = state_of(l, line);
	if (state == ROUTING_LINE_NOT_REGISTERED) {
		not_used(l, line, REASON_LINE_NOT_REGISTERED);
		return;
	}
	if (l->costly && l->q->state->line_spent &&
	    l->q->state->line_spent(l->q->state->ctx, line->id)) {
		not_used(l, line, REASON_LINE_SPENT);
		return;
	}
	if (l->full_only != (state == ROUTING_LINE_FULL)) {
		if (!plan->emergency)
			not_used(l, line, REASON_LINE_FULL);
		return;
	}
	plan->target[plan->n_targets] = (struct routing_target){.kind = ROUTING_LINE,
	    .line = line->id,
	    .phone_name = line->name,
	    .way = way_of(l, line, call_by_call),
	    .twin = l->twin ? (uint8_t)plan->n_twins : 0,
	    .spare = l->twin && next,
	    .delay_ms = next ? ROUTING_AFTER_OTHERS : 0};
	if (state == ROUTING_LINE_FULL)
		why = REASON_LINE_FREED;
	because(plan, why, REASON_ARGS(line->name));
	plan->n_targets++;
}

/* In their order; those that are listed already stay where they are. */
static void
add_all(struct lines *l)
{
	size_t n;
	const struct dir_line *lines = dir_lines(l->dir, &n);

	for (size_t i = 0; i < n && !is_full(l); i++)
		add_line(l, &lines[i], (struct slice){0});
}

static void
finish(struct routing_plan *plan)
{
	if (plan->n_targets == 0) {
		because(plan, REASON_NO_LINE, NULL);
		refuse(plan, 480, CDR_UNAVAILABLE);
		return;
	}
	plan->action = ROUTING_RING;
	plan->ring_ms = ROUTING_OUTSIDE_RING_MS;
}

static struct lines
lines_of(struct routing_plan *plan, const struct directory *dir, const struct routing_query *q)
{
	return (struct lines){.plan = plan,
	    .dir = dir,
	    .q = q,
	    .to = slice_cstr(plan->outside),
	    .max = LINES_MAX,
	    .by = q->sent_on_by,
	    .user = plan->caller.user ? dir_user_by_id(dir, plan->caller.user) : NULL};
}

/* ---- emergency calls ---- */

/* "112", "0112", and behind a code that says how to call, too. */
const struct dir_emergency *
routing_emergency(const struct directory *dir, struct slice dialled)
{
	struct slice prefix = slice_cstr(dir_settings(dir)->outside_prefix);
	const struct dir_emergency *e;
	enum feature feature;
	struct slice rest;

	if (routing_feature(dir, dialled, &feature, &rest) && feature == FEATURE_PRIVATE_CALL)
		dialled = rest;
	if (routing_feature(dir, dialled, &feature, &rest) && feature == FEATURE_LINE_PREFIX)
		dialled = slice_from(rest, 1);
	e = dir_emergency_find(dir, dialled);
	if (!e && prefix.n && slice_starts(dialled, prefix))
		e = dir_emergency_find(dir, slice_from(dialled, prefix.n));
	return e;
}

/* Where the caller is, which those who come must know. */
static void
locate(struct routing_plan *plan, const struct directory *dir, const struct routing_query *q)
{
	static const enum reason why[] = {[DIR_SITE_BY_PHONE] = REASON_SITE_OF_PHONE,
	    [DIR_SITE_BY_NETWORK] = REASON_SITE_BY_NETWORK,
	    [DIR_SITE_BY_DEFAULT] = REASON_SITE_BY_DEFAULT};
	enum dir_site_by by;

	if (q->caller_user) /* he is where his mobile phone is */
		return;
	plan->site = dir_site_of(dir, q->caller_phone, &q->source, &by);
	if (plan->site)
		because(plan, why[by], REASON_ARGS(plan->site->name));
}

/* Those of the site first. */
static void
add_chosen(struct lines *l, const struct dir_emergency *e, bool full_only)
{
	const struct dir_site *site = l->plan->site;

	l->full_only = full_only;
	for (size_t i = 0; site && i < site->line_count; i++)
		add_line(l, site->lines[i], (struct slice){0});
	for (size_t i = 0; i < e->line_count; i++)
		add_line(l, e->lines[i], (struct slice){0});
}

/* First the lines that were chosen for it, if need be by ending another call there; then all
 * others. */
bool
plan_emergency(
    struct routing_plan *plan, const struct directory *dir, const struct routing_query *q)
{
	struct slice dialled = slice_cstr(plan->dialled);
	const struct dir_emergency *e = q->caller_line ? NULL : routing_emergency(dir, dialled);
	struct lines l;

	if (!e || slice_copy_cstr(e->number, plan->outside, sizeof plan->outside) != ERR_OK ||
	    slice_copy_cstr(e->number, plan->outside_dialled, sizeof plan->outside_dialled) !=
		ERR_OK)
		return false;
	l = lines_of(plan, dir, q);
	plan->emergency = true;
	plan->called = (struct routing_party){.number = e->number, .name = e->name};
	because(plan, REASON_EMERGENCY, REASON_ARGS(e->number, e->name));
	locate(plan, dir, q);
	add_chosen(&l, e, false);
	add_chosen(&l, e, true);
	l.full_only = false;
	add_all(&l);
	l.full_only = true;
	add_all(&l);
	finish(plan);
	return true;
}

/* ---- permission ---- */

/* What he may himself and what his groups let him, together. Who may not dial it is refused.
 * Somebody outside has called us: who sends him on answers for it. */
static bool
may_dial(struct lines *l)
{
	struct number_plan numbers = number_plan_of(dir_settings(l->dir));
	const struct dir_group *group = l->by ? NULL : l->q->sent_on_group;
	const struct dir_user *by = l->by ? l->by : group ? NULL : l->user;
	unsigned allowed = by ? by->dial : dir_settings(l->dir)->default_dial;
	enum number_class c = number_class_of(&numbers, l->to);

	l->costly = number_is_costly(c);
	if (allowed & 1u << c)
		return true;
	if (by && by->dial_group[c]) {
		because(l->plan, REASON_ALLOWED_BY_GROUP,
		    REASON_ARGS(by->name, number_class_name(c), by->dial_group[c]->name));
		return true;
	}
	if (l->plan->pin == ROUTING_PIN_RIGHT)
		return true;
	because(l->plan, REASON_NOT_ALLOWED,
	    REASON_ARGS(by	? by->name
			: group ? group->name
				: l->plan->caller.number,
		l->twin ? l->to : l->plan->called.number, number_class_name(c)));
	return false;
}

/* The same for who is called by the plan. */
static bool
may_be_dialled(struct lines *l)
{
	bool may = may_dial(l);

	l->plan->costly = l->costly;
	if (!may)
		refuse(l->plan, 403, CDR_FAILED);
	return may;
}

/* ---- a line that was asked for ---- */

static const struct dir_line *
line_by_prefix(const struct directory *dir, char digit)
{
	size_t n;
	const struct dir_line *lines = dir_lines(dir, &n);

	for (size_t i = 0; i < n; i++)
		if (lines[i].prefix == digit)
			return &lines[i];
	return NULL;
}

void
plan_line_prefix(struct routing_plan *plan, const struct directory *dir,
    const struct routing_query *q, struct slice argument)
{
	struct number_plan numbers = number_plan_of(dir_settings(dir));
	struct slice digit = slice_make(argument.p, 1), rest = slice_from(argument, 1);
	const struct dir_line *line = line_by_prefix(dir, digit.p[0]);
	struct lines l;

	if (!line) {
		because(plan, REASON_NO_LINE_PREFIX, REASON_ARGS(digit));
		refuse(plan, 404, CDR_NOT_FOUND);
		return;
	}
	if (number_canonical(&numbers, rest, NUMBER_DIALLED, plan->outside) != ERR_OK ||
	    slice_copy_cstr(rest, plan->outside_dialled, sizeof plan->outside_dialled) != ERR_OK) {
		because(plan, REASON_NUMBER_UNKNOWN, REASON_ARGS(plan->called.number));
		refuse(plan, 404, CDR_NOT_FOUND);
		return;
	}
	plan->called.number = slice_cstr(plan->outside);
	because(plan, REASON_LINE_PREFIX, REASON_ARGS(digit, line->name));
	l = lines_of(plan, dir, q);
	if (may_be_dialled(&l)) {
		add_line(&l, line, (struct slice){0});
		finish(plan);
	}
}

/* ---- the routing priority ---- */

bool
is_time_for(const struct directory *dir, const struct dir_frame *f, struct routing_time when)
{
	unsigned day = dir_is_holiday(dir, when.day) ? 7 : day_of_week(when.day);

	return (f->days & 1u << day) && when.minute >= f->from_min && when.minute < f->to_min;
}

/* RTG-3: the lines of the longest rule, in the time frame that is now. */
static void
add_by_rule(struct lines *l)
{
	const struct dir_rule *rule = dir_rule_find(l->dir, l->to);
	const struct dir_frame *now = NULL;

	if (!rule)
		return;
	for (size_t i = 0; i < rule->frame_count && !now; i++)
		if (is_time_for(l->dir, &rule->frames[i], l->q->when))
			now = &rule->frames[i];
	if (!now) {
		because(l->plan, REASON_COR_NOT_NOW, REASON_ARGS(rule->number));
		return;
	}
	because(l->plan, REASON_COR_RULE, REASON_ARGS(rule->number, now->name));
	for (size_t i = 0; i < now->way_count; i++)
		add_line(l, now->ways[i].line, now->ways[i].call_by_call);
}

/* The line of the number that shall be shown; NULL: any may be used. */
static const struct dir_line *
display_line(const struct lines *l)
{
	struct number_plan plan = number_plan_of(dir_settings(l->dir));
	const struct dir_user *user = l->twin ? l->by : l->user;
	char canonical[NUMBER_BYTES];
	const struct dir_number *n = NULL;

	if (!user || user->hide_number)
		return NULL;
	if (user->display_number.n &&
	    number_canonical(&plan, user->display_number, NUMBER_WRITTEN, canonical) == ERR_OK)
		n = number_find_external(l->dir, slice_cstr(canonical));
	for (size_t i = 0; !user->display_number.n && i < user->number_count; i++) {
		const struct dir_number *own = user->numbers[i];

		if (own->external && own->line && !n)
			n = own;
	}
	return n ? n->line : NULL;
}

static void
add_by_priority(struct lines *l)
{
	enum settings_priority priority = dir_settings(l->dir)->routing_priority;
	const struct dir_line *own = NULL;

	if (priority == PRIORITY_LINE || priority == PRIORITY_LINE_COR)
		own = display_line(l);
	if (own) {
		because(l->plan, REASON_LINE_OF_NUMBER, REASON_ARGS(own->name));
		add_line(l, own, (struct slice){0});
	}
	if (own && priority == PRIORITY_LINE)
		return;
	if (priority == PRIORITY_COR || priority == PRIORITY_LINE_COR)
		add_by_rule(l);
	add_all(l);
}

void
plan_outside(struct routing_plan *plan, const struct directory *dir, const struct routing_query *q)
{
	struct lines l = lines_of(plan, dir, q);

	plan->called.number = slice_cstr(plan->outside);
	because(plan, REASON_NUMBER_OUTSIDE, REASON_ARGS(plan->called.number));
	if (!may_be_dialled(&l))
		return;
	add_by_priority(&l);
	finish(plan);
}

bool
plan_twin_lines(struct routing_plan *plan, const struct directory *dir,
    const struct routing_query *q, const struct dir_user *by, uint32_t delay_ms)
{
	struct lines l = lines_of(plan, dir, q);

	l.twin = &plan->twin[plan->n_twins - 1];
	l.to = l.twin->number;
	l.by = by;
	l.first = plan->n_targets;
	l.max = ROUTING_TWIN_LINES_MAX;
	if (!may_dial(&l))
		return false;
	l.twin->costly = l.costly;
	add_by_priority(&l);
	if (plan->n_targets == l.first)
		return false;
	plan->target[l.first].delay_ms = delay_ms;
	return true;
}

/* What is left behind the prefix that gets an outside line; false when it is no number of
 * the public network. Where the prefix is 0, "00…" is the prefix and a national number; the
 * international way to dial is then the prefix and 00, or + alone. */
static bool
strip_prefix(const struct directory *dir, struct slice dialled, struct slice *rest)
{
	struct slice prefix = slice_cstr(dir_settings(dir)->outside_prefix);

	*rest = dialled;
	if (dialled.p[0] == '+')
		return true;
	if (slice_starts(dialled, prefix)) {
		*rest = slice_from(dialled, prefix.n);
		return rest->n > 0;
	}
	return slice_starts(dialled, SLICE("00"));
}

bool
is_outside(struct routing_plan *plan, const struct directory *dir, const struct routing_query *q,
    struct slice dialled)
{
	struct number_plan numbers = number_plan_of(dir_settings(dir));
	struct slice rest;

	return !q->caller_line && !dir_is_internal(dir, dialled) &&
	       strip_prefix(dir, dialled, &rest) &&
	       number_canonical(&numbers, rest, NUMBER_DIALLED, plan->outside) == ERR_OK &&
	       slice_copy_cstr(rest, plan->outside_dialled, sizeof plan->outside_dialled) == ERR_OK;
}
