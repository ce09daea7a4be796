/*
 * "Test a number": what would happen to a call, asked of the very planner (routing/) with a
 * snapshot of what is stored and what the mirrors know of phones and lines now. Nobody is called.
 */
#include <time.h>

#include "api/api_int.h"
#include "routing/routing.h"

/* What is asked. Its texts belong to the request's JSON and to the snapshot. */
struct question {
	struct request *rq;
	const struct directory *dir;
	bool incoming;
	struct routing_query query;
};

/* ---- what is known of the moment ---- */

static bool
phone_reachable(void *ctx, int64_t phone_id)
{
	const struct question *q = ctx;

	return live_has_phone(q->rq->api->live, phone_id);
}

static enum routing_line_state
line_state(void *ctx, int64_t line_id)
{
	const struct question *q = ctx;
	const struct dir_line *line = dir_line_by_id(q->dir, line_id);

	if (!line || !lines_is_usable(q->rq->api->lines, line_id))
		return ROUTING_LINE_NOT_REGISTERED;
	return line->max_calls && live_calls_at(q->rq->api->live, line->name) >= line->max_calls
		   ? ROUTING_LINE_FULL
		   : ROUTING_LINE_FREE;
}

static bool
user_talks(void *ctx, int64_t user_id)
{
	const struct question *q = ctx;

	return live_user_talks(q->rq->api->live, user_id);
}

/* ---- the question ---- */

static struct routing_time
now_here(void)
{
	time_t now = time(NULL);
	struct tm t;

	localtime_r(&now, &t);
	return (struct routing_time){
	    .day = {(uint16_t)(t.tm_year + 1900), (uint8_t)(t.tm_mon + 1), (uint8_t)t.tm_mday},
	    .minute = (uint16_t)(60 * t.tm_hour + t.tm_min)};
}

/* "2026-12-24T17:30", seconds are allowed. */
static bool
time_parse(struct slice text, struct routing_time *out)
{
	struct slice date = slice_take_until(&text, 'T'), hour = slice_take_until(&text, ':');
	struct slice minute = slice_take_until(&text, ':');
	uint32_t h, m;

	if (!day_parse(date, &out->day) || out->day.day > days_of_month(out->day) ||
	    slice_to_u32(hour, 23, &h) != ERR_OK || slice_to_u32(minute, 59, &m) != ERR_OK)
		return false;
	out->minute = (uint16_t)(60 * h + m);
	return true;
}

static bool
take_time(struct question *q, const json_t *in)
{
	const json_t *at = json_object_get(in, "at");

	if (!at || json_is_null(at)) {
		q->query.when = now_here();
		return true;
	}
	if (json_is_string(at) && time_parse(slice_cstr(json_string_value(at)), &q->query.when))
		return true;
	reply_error(q->rq, 422, "bad_format", "at",
	    "A day and a time of day are expected, like 2026-12-24T17:30.");
	return false;
}

static bool
take_number(struct question *q, const json_t *in, const char *field, struct slice *out)
{
	const json_t *value = json_object_get(in, field);

	*out = slice_cstr(json_string_value(value));
	if (out->n < ROUTING_DIALLED_MAX &&
	    (!value || json_is_null(value) || json_is_string(value)))
		return true;
	reply_error(q->rq, 422, "bad_format", field, "This is not a telephone number.");
	return false;
}

static bool
no_such(struct question *q, const char *field)
{
	reply_error(q->rq, 422, "no_such_reference", field, "There is no %s with this id.", field);
	return false;
}

/* His first phone whose calls are his; with none he calls all the same, to see what he may. */
static void
take_phone_of(struct question *q, const struct dir_user *user)
{
	for (size_t i = 0; i < user->phone_count && !q->query.caller_phone; i++)
		if (user->phones[i]->users[0] == user)
			q->query.caller_phone = user->phones[i];
	if (!q->query.caller_phone)
		q->query.caller = routing_party_of(user);
}

static bool
take_caller(struct question *q, const json_t *in)
{
	const json_t *phone = json_object_get(in, "phone"), *user = json_object_get(in, "user");

	if (json_is_integer(phone)) {
		q->query.caller_phone = dir_phone_by_id(q->dir, json_integer_value(phone));
		return q->query.caller_phone || no_such(q, "phone");
	}
	if (json_is_integer(user)) {
		const struct dir_user *who = dir_user_by_id(q->dir, json_integer_value(user));

		if (!who)
			return no_such(q, "user");
		take_phone_of(q, who);
		return true;
	}
	reply_error(q->rq, 422, "required", "phone", "Say which phone or which user calls.");
	return false;
}

static bool
take_line(struct question *q, const json_t *in)
{
	const json_t *line = json_object_get(in, "line");

	if (!json_is_integer(line)) {
		reply_error(q->rq, 422, "required", "line", "Say on which line the call comes.");
		return false;
	}
	q->query.caller_line = dir_line_by_id(q->dir, json_integer_value(line));
	return q->query.caller_line ? take_number(q, in, "caller", &q->query.caller.number)
				    : no_such(q, "line");
}

static bool
take_question(struct question *q, const json_t *in)
{
	const char *direction = json_string_value(json_object_get(in, "direction"));

	q->incoming = direction && strcmp(direction, "in") == 0;
	if (!direction || (!q->incoming && strcmp(direction, "out") != 0)) {
		reply_error(
		    q->rq, 422, "bad_choice", "direction", "The direction is \"out\" or \"in\".");
		return false;
	}
	if (!take_number(q, in, "dialled", &q->query.dialled) || !take_time(q, in))
		return false;
	if (q->query.dialled.n == 0) {
		reply_error(q->rq, 422, "required", "dialled", "Enter the number to test.");
		return false;
	}
	return q->incoming ? take_line(q, in) : take_caller(q, in);
}

/* ---- the answer ---- */

static json_t *
text_json(struct slice s)
{
	json_t *text = s.n ? json_stringn(s.p, s.n) : NULL;

	return text ? text : json_null();
}

static json_t *
id_json(int64_t id)
{
	return id ? json_integer(id) : json_null();
}

static json_t *
party_json(const struct routing_party *p)
{
	return json_pack("{s:o, s:o, s:o}", "number", text_json(p->number), "name",
	    text_json(p->name), "user", id_json(p->user));
}

/* As trunk/ writes it to the provider. */
static json_t *
number_at_provider(const struct directory *dir, const struct dir_line *line,
    const struct routing_plan *plan, const struct routing_target *t)
{
	struct slice to = slice_cstr(plan->outside), dialled = slice_cstr(plan->outside_dialled);
	struct number_plan numbers = number_plan_of_line(dir, line);
	char text[NUMBER_BYTES + ROUTING_DIALLED_MAX];
	struct buf b;

	if (t->twin)
		to = dialled = plan->twin[t->twin - 1].number;
	buf_init(&b, text, sizeof text);
	number_write_called(&numbers, line->number_format, t->way.call_by_call, to, dialled, &b);
	return text_json(buf_slice(&b));
}

static json_t *
shown_at_provider(
    const struct directory *dir, const struct dir_line *line, const struct routing_way *way)
{
	struct number_plan numbers = number_plan_of_line(dir, line);
	char canonical[NUMBER_BYTES], text[NUMBER_BYTES];
	struct buf b;

	if (!way->shown.n ||
	    number_canonical(&numbers, way->shown, NUMBER_WRITTEN, canonical) != ERR_OK)
		return json_null();
	buf_init(&b, text, sizeof text);
	number_write(&numbers, line->number_format, slice_cstr(canonical), &b);
	return text_json(buf_slice(&b));
}

static json_t *
target_json(
    const struct directory *dir, const struct routing_plan *plan, const struct routing_target *t)
{
	bool last = t->delay_ms == ROUTING_AFTER_OTHERS || t->spare;
	json_t *out = json_pack("{s:s, s:o, s:o, s:b, s:o}", "kind",
	    t->kind == ROUTING_LINE ? "line" : "phone", "id",
	    id_json(t->kind == ROUTING_LINE ? t->line : t->phone), "name", text_json(t->phone_name),
	    "after_others", last, "delay_ms", last ? json_null() : json_integer(t->delay_ms));
	const struct dir_line *line = t->kind == ROUTING_LINE ? dir_line_by_id(dir, t->line) : NULL;

	json_object_set_new(out, "turn", id_json(t->turn));
	json_object_set_new(out, "turn_s", id_json(t->turn_ms / 1000));
	json_object_set_new(out, "member", t->member.user ? party_json(&t->member) : json_null());
	json_object_set_new(out, "call_by_call", text_json(t->way.call_by_call));
	json_object_set_new(out, "hidden", json_boolean(t->way.hidden));
	json_object_set_new(
	    out, "number", line ? number_at_provider(dir, line, plan, t) : json_null());
	json_object_set_new(
	    out, "shown", line ? shown_at_provider(dir, line, &t->way) : json_null());
	return out;
}

static json_t *
time_json(const struct routing_time *t)
{
	char text[40];
	struct buf b;

	buf_init(&b, text, sizeof text);
	buf_printf(&b, "%04u-%02u-%02uT%02u:%02u", t->day.year, t->day.month, t->day.day,
	    t->minute / 60u, t->minute % 60u);
	return text_json(buf_slice(&b));
}

static json_t *
answer_json(const struct question *q, const struct routing_plan *plan)
{
	bool rings = plan->action == ROUTING_RING;
	json_t *targets = json_array(), *reasons = json_array();
	const struct dir_phone *phone = q->query.caller_phone;
	char dialled[ROUTING_DIALLED_MAX]; /* the plan has where it was redirected to */

	if (routing_normalise(q->query.dialled, dialled) != ERR_OK)
		dialled[0] = '\0';
	for (size_t i = 0; rings && i < plan->n_targets; i++)
		json_array_append_new(targets, target_json(q->dir, plan, &plan->target[i]));
	for (uint32_t i = 0; i < plan->n_reasons; i++)
		json_array_append_new(reasons, reason_json(slice_cstr(plan->reasons[i])));
	return json_pack("{s:s, s:o, s:b, s:o, s:o, s:s, s:o, s:o, s:o, s:o, s:o, s:b, s:o, s:o, "
			 "s:o, s:o, s:o}",
	    "direction", q->incoming ? "in" : "out", "at", time_json(&q->query.when), "holiday",
	    dir_is_holiday(q->dir, q->query.when.day), "phone",
	    text_json(phone ? phone->name : (struct slice){0}), "dialled",
	    text_json(slice_cstr(dialled)), "action", rings ? "ring" : "refuse", "status",
	    rings ? json_null() : json_integer(plan->status), "result",
	    rings ? json_null() : json_string(cdr_result_name(plan->result)), "caller",
	    party_json(&plan->caller), "called", party_json(&plan->called), "number",
	    text_json(slice_cstr(plan->outside)), "emergency", plan->emergency, "site",
	    text_json(plan->site ? plan->site->name : (struct slice){0}), "ring_s",
	    rings ? json_integer(plan->ring_ms / 1000) : json_null(), "deposit",
	    text_json(plan->deposit), "targets", targets, "reasons", reasons);
}

void
handle_route_test(struct request *rq)
{
	struct question q = {.rq = rq};
	struct routing_state state = {.ctx = &q,
	    .phone_reachable = phone_reachable,
	    .line_state = line_state,
	    .user_talks = user_talks};
	struct directory *dir = NULL;
	struct routing_plan plan;
	json_t *in = request_json(rq, false);
	enum err e;

	if (!in)
		return;
	e = directory_build(rq->api->store, &dir);
	q.dir = dir;
	q.query.state = &state;
	if (e != ERR_OK) {
		reply_err(rq, e, NULL);
	} else if (take_question(&q, in)) {
		if (q.query.caller_phone)
			q.query.source = live_phone_source(rq->api->live, q.query.caller_phone->id);
		q.query.by_keys = true;
		routing_plan_make(&plan, dir, &q.query);
		reply_json(rq, 200, answer_json(&q, &plan));
	}
	directory_free(dir);
	json_decref(in);
}
