/*
 * Phones that are watched: for some minutes everything they say is traced, not only calls.
 * Here the list of them, so that people can see and end it; signalling does it.
 */
#include <pthread.h>
#include <stdlib.h>

#include "api/api_int.h"
#include "loop/loop.h"

enum { WATCHES_MAX = 16, TARGET_BYTES = 64, MINUTES_MAX = 1440, MINUTES = 10 };

struct watched {
	char target[TARGET_BYTES]; /* "" = free */
	int64_t until_ms;
};

struct api_watches {
	pthread_mutex_t lock;
	struct watched watch[WATCHES_MAX];
};

struct api_watches *
watches_new(void)
{
	struct api_watches *w = calloc(1, sizeof *w);

	if (w)
		pthread_mutex_init(&w->lock, NULL);
	return w;
}

void
watches_free(struct api_watches *w)
{
	if (!w)
		return;
	pthread_mutex_destroy(&w->lock);
	free(w);
}

static json_t *
watch_json(const struct watched *w)
{
	char at[MODEL_TIME_TEXT];

	return json_pack(
	    "{s:s, s:s}", "target", w->target, "until", model_time_write(w->until_ms, at));
}

static json_t *
watches_json(struct api_watches *all)
{
	json_t *items = json_array();
	int64_t now_ms = (int64_t)loop_wall_ms();

	pthread_mutex_lock(&all->lock);
	for (size_t i = 0; i < WATCHES_MAX; i++)
		if (all->watch[i].target[0] && all->watch[i].until_ms > now_ms)
			json_array_append_new(items, watch_json(&all->watch[i]));
	pthread_mutex_unlock(&all->lock);
	return items;
}

void
handle_watches(struct request *rq)
{
	json_t *items = watches_json(rq->api->watches);

	reply_json(rq, 200,
	    json_pack("{s:o, s:I}", "items", items, "total", (json_int_t)json_array_size(items)));
}

/* Lock held. The one of this target, else a free one; NULL = all taken. */
static struct watched *
slot_of(struct api_watches *all, const char *target, int64_t now_ms)
{
	struct watched *free_one = NULL;

	for (size_t i = 0; i < WATCHES_MAX; i++) {
		struct watched *w = &all->watch[i];

		if (w->target[0] && w->until_ms > now_ms && strcmp(w->target, target) == 0)
			return w;
		if (!free_one && (!w->target[0] || w->until_ms <= now_ms))
			free_one = w;
	}
	return free_one;
}

static enum err
watch_one(struct request *rq, const char *target, int64_t minutes)
{
	struct api_watches *all = rq->api->watches;
	int64_t now_ms = (int64_t)loop_wall_ms();
	struct watched *w;
	enum err e = ERR_LIMIT;

	pthread_mutex_lock(&all->lock);
	w = slot_of(all, target, now_ms);
	if (w && (minutes || (w->target[0] && w->until_ms > now_ms)))
		e = rq->api->ops->watch(rq->api->ops_ctx, target, (uint32_t)minutes * 60);
	else if (!minutes)
		e = ERR_NOT_FOUND;
	if (e == ERR_OK) {
		*w = (struct watched){.until_ms = now_ms + minutes * 60000};
		if (minutes)
			slice_clip_cstr(slice_cstr(target), w->target, sizeof w->target);
	}
	pthread_mutex_unlock(&all->lock);
	return e;
}

/* The names of the phones a user's number leads to; else the text itself: also a phone
 * that nobody knows may be asked why it does not get in. */
static json_t *
targets_of(struct store *store, const char *text)
{
	json_t *targets = NULL, *number = NULL, *user = NULL;

	if (store_find(store, &model_number, "number", text, &number) == ERR_OK &&
	    store_get(store, &model_user, json_integer_value(json_object_get(number, "user")),
		&user) == ERR_OK)
		targets = json_deep_copy(json_object_get(user, "phone_names"));
	json_decref(number);
	json_decref(user);
	if (json_array_size(targets) == 0) {
		json_decref(targets);
		targets = json_pack("[s]", text);
	}
	return targets;
}

static bool
read_body(json_t *body, const char **target, int64_t *minutes)
{
	const json_t *m = json_object_get(body, "minutes");
	struct slice s;

	*target = json_string_value(json_object_get(body, "target"));
	s = slice_cstr(*target);
	*minutes = m ? json_integer_value(m) : MINUTES;
	return s.n > 0 && s.n < TARGET_BYTES && *minutes >= 1 && *minutes <= MINUTES_MAX;
}

void
handle_watch(struct request *rq)
{
	json_t *body = request_json(rq, false), *targets, *one;
	const char *target;
	int64_t minutes;
	enum err e = ERR_OK;
	size_t i;

	if (!body)
		return;
	if (!read_body(body, &target, &minutes)) {
		reply_error(rq, 422, "invalid", "target",
		    "Say whom to trace (target: the name of a phone, a number or an IP address) "
		    "and "
		    "for how long (minutes: 1 to %d).",
		    MINUTES_MAX);
		json_decref(body);
		return;
	}
	targets = targets_of(rq->api->store, target);
	json_array_foreach(targets, i, one)
	{
		if (e == ERR_OK)
			e = watch_one(rq, json_string_value(one), minutes);
	}
	json_decref(targets);
	json_decref(body);
	if (e == ERR_LIMIT)
		reply_error(
		    rq, 409, "limit", NULL, "%d are traced already. End one of them.", WATCHES_MAX);
	else if (e != ERR_OK)
		reply_err(rq, e, NULL);
	else
		reply_json(rq, 201, json_pack("{s:o}", "items", watches_json(rq->api->watches)));
}

void
handle_unwatch(struct request *rq)
{
	char target[TARGET_BYTES];
	enum err e = slice_copy_cstr(rq->call_id, target, sizeof target);

	if (e == ERR_OK)
		e = watch_one(rq, target, 0);
	if (e == ERR_OK)
		reply_text(rq, 204, NULL, NULL, 0);
	else
		reply_err(rq, e == ERR_TOO_BIG ? ERR_NOT_FOUND : e, NULL);
}
