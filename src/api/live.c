/*
 * Mirror of what the switch does now: calls and registrations, for GET and for the
 * event streams.
 *
 * With thousands of calls a second and nobody watching this must cost nearly nothing, so
 * a state is kept packed (live_pack.h), and JSON is made only for those who look: a GET, or the
 * ticker, which sends the latest state of everything that changed every 50 ms while there
 * are streams. One lock over all of it, held for copies and, for the lists, JSON.
 */
#include <pthread.h>
#include <stdlib.h>

#include "api/api_int.h"
#include "api/live_pack.h"
#include "base/hmap.h"

struct entry {
	struct hnode node;
	struct list dirty; /* in api_live.dirty_*, or alone */
	bool gone;	   /* only kept until the streams have been told */
	void *packed;
};

struct api_live {
	struct api *api;
	pthread_mutex_t lock;
	struct hmap calls, registrations;
	size_t call_count, registration_count; /* without those that are gone */
	struct list dirty_calls, dirty_registrations;
};

/* --- the mirror ------------------------------------------------------------------- */

struct api_live *
live_new(struct api *api)
{
	struct api_live *l = calloc(1, sizeof *l);

	if (!l)
		return NULL;
	l->api = api;
	pthread_mutex_init(&l->lock, NULL);
	hmap_init(&l->calls);
	hmap_init(&l->registrations);
	list_init(&l->dirty_calls);
	list_init(&l->dirty_registrations);
	return l;
}

static void
entry_drop(struct hmap *m, struct entry *e)
{
	hmap_remove(m, &e->node);
	list_remove(&e->dirty);
	free(e->packed);
	free(e);
}

static void
map_free(struct hmap *m)
{
	struct hnode *n;

	while ((n = hmap_each(m, NULL)) != NULL)
		entry_drop(m, container_of(n, struct entry, node));
	hmap_fini(m);
}

void
live_free(struct api_live *l)
{
	if (!l)
		return;
	map_free(&l->calls);
	map_free(&l->registrations);
	pthread_mutex_destroy(&l->lock);
	free(l);
}

static struct entry *
find_call(struct api_live *l, struct slice call_id, uint64_t h)
{
	for (struct hnode *n = hmap_first(&l->calls, h); n; n = hmap_next(n, h)) {
		struct entry *e = container_of(n, struct entry, node);
		struct packed_call *p = e->packed;

		if (slice_eq(call_id, slice_cstr(p->text)))
			return e;
	}
	return NULL;
}

static struct entry *
find_registration(struct api_live *l, int64_t phone_id, struct slice contact, uint64_t h)
{
	for (struct hnode *n = hmap_first(&l->registrations, h); n; n = hmap_next(n, h)) {
		struct entry *e = container_of(n, struct entry, node);
		struct packed_registration *p = e->packed;

		if (p->phone_id == phone_id && slice_eq(contact, slice_cstr(p->text)))
			return e;
	}
	return NULL;
}

/* Puts the new state into e (made when NULL). Takes packed. NULL out of memory. */
static struct entry *
entry_set(struct hmap *m, struct entry *e, uint64_t h, void *packed, size_t *count, bool gone)
{
	if (!e) {
		e = calloc(1, sizeof *e);
		if (!e || hmap_put(m, &e->node, h) != ERR_OK) {
			free(e);
			free(packed);
			return NULL;
		}
		list_init(&e->dirty);
		e->gone = true;
	}
	*count += (size_t)e->gone;
	*count -= (size_t)gone;
	e->gone = gone;
	free(e->packed);
	e->packed = packed;
	return e;
}

/* Tells the streams later, or with none forgets what is gone at once. */
static bool
mark(struct hmap *m, struct list *dirty, struct entry *e, bool wanted)
{
	if (!wanted) {
		if (e->gone)
			entry_drop(m, e);
		return false;
	}
	list_remove(&e->dirty);
	list_push(dirty, &e->dirty);
	return true;
}

static void
call_users(const void *packed, int64_t users[2])
{
	const struct packed_call *p = packed;

	users[0] = p->caller_user;
	users[1] = p->called_user;
}

/* Whose call it was and is no more, for he has given it away: for him it has ended. */
static void
tell_who_left(struct api *api, const struct live_call *call, int64_t users[2])
{
	struct live_call over = {.started_at = call->started_at, .state = LIVE_CALL_ENDED};
	struct packed_call *p;

	for (int i = 0; i < 2; i++)
		if (users[i] == call->caller.user || users[i] == call->called.user)
			users[i] = 0;
	if ((!users[0] && !users[1]) || !hub_has_user(api->hub, users))
		return;
	memcpy(over.call_id, call->call_id, sizeof over.call_id);
	p = live_pack_call(&over);
	hub_publish_json_to(api->hub, users, "call", p ? packed_call_json(p) : NULL);
	free(p);
}

void
api_on_live_call(struct api *api, const struct live_call *call)
{
	struct api_live *l = api->live;
	struct slice key =
	    slice_make(call->call_id, strnlen(call->call_id, LIVE_CALL_ID_BYTES - 1));
	uint64_t h = hash_bytes(key);
	struct packed_call *p = live_pack_call(call);
	bool wanted = hub_wanted(api->hub), told = false, ended = call->state == LIVE_CALL_ENDED;
	int64_t before[2] = {0, 0};
	struct entry *e;

	if (!p)
		return;
	if (wanted && ended)
		hub_expect_record(api->hub, (int64_t[2]){call->caller.user, call->called.user});
	pthread_mutex_lock(&l->lock);
	e = find_call(l, key, h);
	if (e && wanted && !ended)
		call_users(e->packed, before);
	e = entry_set(&l->calls, e, h, p, &l->call_count, ended);
	if (e)
		told = mark(&l->calls, &l->dirty_calls, e, wanted);
	pthread_mutex_unlock(&l->lock);
	tell_who_left(api, call, before);
	if (told)
		ticker_wake(api);
	if (call->traced)
		trace_store_name(api->traces, call);
}

void
api_on_registration(struct api *api, const struct live_registration *r, bool removed)
{
	struct api_live *l = api->live;
	struct slice contact = slice_make(r->contact, strnlen(r->contact, sizeof r->contact - 1));
	uint64_t h = hash_mix(hash_bytes(contact), (uint64_t)r->phone_id);
	struct packed_registration *p = live_pack_registration(r);
	bool wanted = hub_wanted(api->hub), told = false;
	struct entry *e;

	if (!p)
		return;
	pthread_mutex_lock(&l->lock);
	e = find_registration(l, r->phone_id, contact, h);
	e = entry_set(&l->registrations, e, h, p, &l->registration_count, removed);
	if (e)
		told = mark(&l->registrations, &l->dirty_registrations, e, wanted);
	pthread_mutex_unlock(&l->lock);
	if (told)
		ticker_wake(api);
}

/* --- telling -------------------------------------------------------------------------- */

/* Why a call goes where it goes is the administrator's. */
static json_t *
without_reasons(json_t *call)
{
	json_t *copy = json_copy(call);

	json_object_set_new(copy, "reasons", json_array());
	return copy;
}

/* Batches of one: the lock is not held for the JSON of thousands of calls. */
static bool
flush_one(struct api_live *l)
{
	struct list *node;
	struct entry *e;
	json_t *data = NULL, *own = NULL;
	int64_t users[2] = {0, 0};
	const char *event = "call";

	pthread_mutex_lock(&l->lock);
	node = list_pop(&l->dirty_calls);
	if (node) {
		e = container_of(node, struct entry, dirty);
		data = packed_call_json(e->packed);
		call_users(e->packed, users);
		own = json_incref(data);
		if (e->gone)
			entry_drop(&l->calls, e);
	} else if ((node = list_pop(&l->dirty_registrations)) != NULL) {
		e = container_of(node, struct entry, dirty);
		event = "registration";
		data = packed_registration_json(e->packed);
		if (data)
			json_object_set_new(data, "removed", json_boolean(e->gone));
		if (e->gone)
			entry_drop(&l->registrations, e);
	}
	pthread_mutex_unlock(&l->lock);
	if (own && hub_has_user(l->api->hub, users))
		hub_publish_json_to(l->api->hub, users, "call", without_reasons(own));
	json_decref(own);
	hub_publish_json(l->api->hub, event, data);
	return node != NULL;
}

void
live_flush(struct api_live *l)
{
	while (flush_one(l))
		;
}

bool
live_has_call(struct api_live *l, struct slice call_id)
{
	struct entry *e;
	bool has;

	pthread_mutex_lock(&l->lock);
	e = find_call(l, call_id, hash_bytes(call_id));
	has = e && !e->gone;
	pthread_mutex_unlock(&l->lock);
	return has;
}

bool
live_has_phone(struct api_live *l, int64_t phone_id)
{
	bool has = false;

	pthread_mutex_lock(&l->lock);
	for (struct hnode *n = hmap_each(&l->registrations, NULL); n && !has;
	     n = hmap_each(&l->registrations, n)) {
		const struct entry *e = container_of(n, struct entry, node);
		const struct packed_registration *p = e->packed;

		has = !e->gone && p->phone_id == phone_id;
	}
	pthread_mutex_unlock(&l->lock);
	return has;
}

struct addr
live_phone_source(struct api_live *l, int64_t phone_id)
{
	struct addr source = {0};

	pthread_mutex_lock(&l->lock);
	for (struct hnode *n = hmap_each(&l->registrations, NULL); n && !source.family;
	     n = hmap_each(&l->registrations, n)) {
		const struct entry *e = container_of(n, struct entry, node);
		const struct packed_registration *p = e->packed;

		if (!e->gone && p->phone_id == phone_id &&
		    addr_parse(packed_registration_source(p), 5060, &source) != ERR_OK)
			source.family = 0;
	}
	pthread_mutex_unlock(&l->lock);
	return source;
}

size_t
live_calls_at(struct api_live *l, struct slice name)
{
	size_t count = 0;

	pthread_mutex_lock(&l->lock);
	for (struct hnode *n = hmap_each(&l->calls, NULL); n; n = hmap_each(&l->calls, n)) {
		const struct entry *e = container_of(n, struct entry, node);

		count += !e->gone && packed_call_is_at(e->packed, name);
	}
	pthread_mutex_unlock(&l->lock);
	return count;
}

bool
live_user_talks(struct api_live *l, int64_t user)
{
	bool talks = false;

	pthread_mutex_lock(&l->lock);
	for (struct hnode *n = hmap_each(&l->calls, NULL); n && !talks;
	     n = hmap_each(&l->calls, n)) {
		const struct entry *e = container_of(n, struct entry, node);
		const struct packed_call *p = e->packed;

		talks = !e->gone &&
			(p->caller_user == user || (p->called_user == user && p->answered_at));
	}
	pthread_mutex_unlock(&l->lock);
	return talks;
}

size_t
live_call_count(struct api_live *l)
{
	size_t n;

	pthread_mutex_lock(&l->lock);
	n = l->call_count;
	pthread_mutex_unlock(&l->lock);
	return n;
}

size_t
live_registration_count(struct api_live *l)
{
	size_t n;

	pthread_mutex_lock(&l->lock);
	n = l->registration_count;
	pthread_mutex_unlock(&l->lock);
	return n;
}

static int
by_text(const void *a, const void *b, const char *first, const char *second)
{
	const json_t *x = *(json_t *const *)a, *y = *(json_t *const *)b;
	const char *names[] = {first, second};

	for (int i = 0; i < 2; i++) {
		const char *s = json_string_value(json_object_get(x, names[i]));
		const char *t = json_string_value(json_object_get(y, names[i]));
		int order = strcmp(s ? s : "", t ? t : "");

		if (order)
			return order;
	}
	return 0;
}

static int
by_start(const void *a, const void *b)
{
	return by_text(a, b, "started_at", "call_id");
}

static int
by_phone(const void *a, const void *b)
{
	return by_text(a, b, "phone", "contact");
}

static void
reply_items(struct request *rq, struct hmap *m, json_t *(*to_json)(const void *packed),
    int (*order)(const void *, const void *))
{
	struct api_live *l = rq->api->live;
	json_t *items = json_array(), **sorted;
	size_t n = 0;

	pthread_mutex_lock(&l->lock);
	sorted = malloc((m->count + 1) * sizeof(json_t *));
	for (struct hnode *node = hmap_each(m, NULL); node && sorted; node = hmap_each(m, node)) {
		struct entry *e = container_of(node, struct entry, node);
		json_t *one = e->gone ? NULL : to_json(e->packed);

		if (one)
			sorted[n++] = one;
	}
	pthread_mutex_unlock(&l->lock);
	if (sorted)
		qsort(sorted, n, sizeof(json_t *), order);
	for (size_t i = 0; i < n; i++)
		json_array_append_new(items, sorted[i]);
	free(sorted);
	reply_json(rq, 200, json_pack("{s:o, s:I}", "items", items, "total", (json_int_t)n));
}

void
handle_calls(struct request *rq)
{
	reply_items(rq, &rq->api->live->calls, packed_call_json, by_start);
}

void
handle_me_calls(struct request *rq)
{
	struct api_live *l = rq->api->live;
	int64_t me = rq->caller.user_id, users[2];
	json_t *items = json_array();
	size_t total;

	pthread_mutex_lock(&l->lock);
	for (struct hnode *n = hmap_each(&l->calls, NULL); n; n = hmap_each(&l->calls, n)) {
		struct entry *e = container_of(n, struct entry, node);
		json_t *call;

		call_users(e->packed, users);
		if (e->gone || (users[0] != me && users[1] != me))
			continue;
		call = packed_call_json(e->packed);
		json_array_append_new(items, without_reasons(call));
		json_decref(call);
	}
	pthread_mutex_unlock(&l->lock);
	total = json_array_size(items);
	reply_json(rq, 200, json_pack("{s:o, s:I}", "items", items, "total", (json_int_t)total));
}

void
handle_registrations(struct request *rq)
{
	reply_items(rq, &rq->api->live->registrations, packed_registration_json, by_phone);
}
