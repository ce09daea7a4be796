/*
 * Mirror of the lines to providers: whether each works now, for GET and for the event streams, and
 * what it was before. There are few, and their state seldom changes: they are kept as they come, in
 * a list. The past is in memory only; a line keeps its newest HISTORY_MAX changes.
 */
#include <pthread.h>
#include <stdlib.h>
#include <time.h>

#include "api/api_int.h"
#include "base/list.h"

enum { HISTORY_MAX = 50, COUNTS = 6 };

/* A change of state, or of what is said about it. */
struct past {
	int64_t at;
	enum live_line_state state;
	char reason[sizeof((struct live_line *)NULL)->reason];
	char server[sizeof((struct live_line *)NULL)->hop];
};

struct entry {
	struct list link;
	struct live_line line;
	bool dirty, gone;
	struct past past[HISTORY_MAX]; /* a ring */
	unsigned past_n;	       /* ever written */
	int day;		       /* of the year, to which the counts belong */
	uint32_t before[COUNTS];       /* counts at midnight */
};

struct api_lines {
	pthread_mutex_t lock;
	struct list entries; /* by id */
};

struct api_lines *
lines_new(void)
{
	struct api_lines *l = calloc(1, sizeof *l);

	if (!l)
		return NULL;
	pthread_mutex_init(&l->lock, NULL);
	list_init(&l->entries);
	return l;
}

static void
drop(struct entry *e)
{
	list_remove(&e->link);
	free(e);
}

void
lines_free(struct api_lines *l)
{
	if (!l)
		return;
	LIST_FOR_EACH_SAFE (it, &l->entries)
		drop(container_of(it, struct entry, link));
	pthread_mutex_destroy(&l->lock);
	free(l);
}

/* The entry of this line, made when there is none; NULL out of memory. */
static struct entry *
entry_of(struct api_lines *l, int64_t id)
{
	struct list *before = &l->entries;
	struct entry *e;

	LIST_FOR_EACH (it, &l->entries) {
		e = container_of(it, struct entry, link);
		if (e->line.line_id == id)
			return e;
		if (e->line.line_id > id) {
			before = it;
			break;
		}
	}
	e = calloc(1, sizeof *e);
	if (e)
		list_push(before, &e->link);
	return e;
}

static uint32_t *
count_of(struct live_line *l, size_t i)
{
	uint32_t *all[COUNTS] = {
	    &l->incoming, &l->answered, &l->busy, &l->unanswered, &l->refused, &l->failed};

	return all[i];
}

/* What was counted until now belongs to yesterday. Before new counts are taken. */
static void
turn_day(struct entry *e)
{
	time_t now = time(NULL);
	struct tm tm;

	localtime_r(&now, &tm);
	if (tm.tm_yday == e->day)
		return;
	e->day = tm.tm_yday;
	for (size_t i = 0; i < COUNTS; i++)
		e->before[i] = *count_of(&e->line, i);
}

static void
keep_past(struct entry *e, const struct live_line *l)
{
	const struct past *last = &e->past[(e->past_n + HISTORY_MAX - 1) % HISTORY_MAX];
	struct past *p = &e->past[e->past_n % HISTORY_MAX];

	if (e->past_n && last->state == l->state && strcmp(last->reason, l->reason) == 0)
		return;
	p->at = (int64_t)time(NULL) * 1000;
	p->state = l->state;
	memcpy(p->reason, l->reason, sizeof p->reason);
	memcpy(p->server, l->hop, sizeof p->server);
	e->past_n++;
}

/* A line that was configured anew counts from 0. */
static void
take(struct entry *e, const struct live_line *l)
{
	if (!e->past_n)
		e->day = -1;
	turn_day(e);
	keep_past(e, l);
	e->line = *l;
	for (size_t i = 0; i < COUNTS; i++)
		if (*count_of(&e->line, i) < e->before[i])
			e->before[i] = 0;
}

static json_t *
entry_json(struct entry *e)
{
	struct live_line today;

	turn_day(e);
	today = e->line;
	for (size_t i = 0; i < COUNTS; i++)
		*count_of(&today, i) -= e->before[i];
	return live_line_json(&today);
}

void
api_on_line(struct api *api, const struct live_line *line, bool removed)
{
	struct api_lines *l = api->lines;
	bool wanted = hub_wanted(api->hub);
	struct entry *e;

	pthread_mutex_lock(&l->lock);
	e = entry_of(l, line->line_id);
	if (e) {
		take(e, line);
		e->dirty = true;
		e->gone = removed;
		if (removed && !wanted)
			drop(e);
	}
	pthread_mutex_unlock(&l->lock);
	if (wanted)
		ticker_wake(api);
}

static json_t *
take_changes(struct api_lines *l)
{
	json_t *events = json_array();

	pthread_mutex_lock(&l->lock);
	LIST_FOR_EACH_SAFE (it, &l->entries) {
		struct entry *e = container_of(it, struct entry, link);
		json_t *data = e->dirty ? entry_json(e) : NULL;

		e->dirty = false;
		if (data) {
			json_object_set_new(data, "removed", json_boolean(e->gone));
			json_array_append_new(events, data);
		}
		if (e->gone)
			drop(e);
	}
	pthread_mutex_unlock(&l->lock);
	return events;
}

void
lines_flush(struct api *api)
{
	json_t *events = take_changes(api->lines), *one;
	size_t i;

	json_array_foreach(events, i, one) hub_publish_json(api->hub, "line", json_incref(one));
	json_decref(events);
}

bool
lines_is_usable(struct api_lines *l, int64_t line_id)
{
	bool usable = false;

	pthread_mutex_lock(&l->lock);
	LIST_FOR_EACH (it, &l->entries) {
		const struct entry *e = container_of(it, struct entry, link);

		if (!e->gone && e->line.line_id == line_id)
			usable = e->line.state == LIVE_LINE_REGISTERED ||
				 e->line.state == LIVE_LINE_ADDRESS;
	}
	pthread_mutex_unlock(&l->lock);
	return usable;
}

void
handle_line_status(struct request *rq)
{
	struct api_lines *l = rq->api->lines;
	json_t *items = json_array();

	pthread_mutex_lock(&l->lock);
	LIST_FOR_EACH (it, &l->entries) {
		struct entry *e = container_of(it, struct entry, link);

		if (!e->gone)
			json_array_append_new(items, entry_json(e));
	}
	pthread_mutex_unlock(&l->lock);
	reply_json(rq, 200,
	    json_pack("{s:o, s:I}", "items", items, "total", (json_int_t)json_array_size(items)));
}

static json_t *
past_json(const struct past *p)
{
	char at[MODEL_TIME_TEXT];

	return json_pack("{s:s, s:s, s:s?, s:s?}", "at", model_time_write(p->at, at), "state",
	    live_line_state_name(p->state), "reason", p->reason[0] ? p->reason : NULL, "server",
	    p->server[0] ? p->server : NULL);
}

/* Newest first. */
static json_t *
history_json(const struct entry *e)
{
	unsigned n = e->past_n < HISTORY_MAX ? e->past_n : HISTORY_MAX;
	json_t *items = json_array();

	for (unsigned i = 1; i <= n; i++)
		json_array_append_new(items, past_json(&e->past[(e->past_n - i) % HISTORY_MAX]));
	return items;
}

void
handle_line_history(struct request *rq)
{
	struct api_lines *l = rq->api->lines;
	json_t *items = NULL;

	pthread_mutex_lock(&l->lock);
	LIST_FOR_EACH (it, &l->entries) {
		struct entry *e = container_of(it, struct entry, link);

		if (e->line.line_id == rq->id && !e->gone)
			items = history_json(e);
	}
	pthread_mutex_unlock(&l->lock);
	if (items)
		reply_json(rq, 200,
		    json_pack(
			"{s:o, s:I}", "items", items, "total", (json_int_t)json_array_size(items)));
	else
		reply_error(rq, 404, "not_found", NULL, "There is no such line.");
}
