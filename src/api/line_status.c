/*
 * Mirror of the lines to providers: whether each works now, for GET and for the event streams.
 * There are few, and their state seldom changes: they are kept as they come, in a list.
 */
#include <pthread.h>
#include <stdlib.h>

#include "api/api_int.h"
#include "base/list.h"

struct entry {
	struct list link;
	struct live_line line;
	bool dirty, gone;
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

void
api_on_line(struct api *api, const struct live_line *line, bool removed)
{
	struct api_lines *l = api->lines;
	bool wanted = hub_wanted(api->hub);
	struct entry *e;

	pthread_mutex_lock(&l->lock);
	e = entry_of(l, line->line_id);
	if (e) {
		e->line = *line;
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
		json_t *data = e->dirty ? live_line_json(&e->line) : NULL;

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

	json_array_foreach(events, i, one)
	{
		char *text = json_dumps(one, JSON_COMPACT);

		if (text)
			hub_publish(api->hub, "line", text);
		free(text);
	}
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
			json_array_append_new(items, live_line_json(&e->line));
	}
	pthread_mutex_unlock(&l->lock);
	reply_json(rq, 200,
	    json_pack("{s:o, s:I}", "items", items, "total", (json_int_t)json_array_size(items)));
}
