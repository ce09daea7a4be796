/*
 * Function keys as people see them (USR-10, USR-11): what each shows now, told as it changes.
 *
 * What changes with each call (a target is rung, speaks) is mirrored here, and an index leads from
 * a user to the keys that show him, but only to those that somebody looks at: of a user who asked
 * for his keys and has a stream open. So a call costs as much as there are lit keys for it. What
 * changes seldom (DND, log-on, the keys themselves) is read again from the store, for the people
 * it concerns. One lock; the ticker tells.
 */
#include <pthread.h>
#include <stdlib.h>

#include "api/api_int.h"
#include "base/hmap.h"
#include "model/function_keys.h"

enum {
	UNWATCHED_MS = 60000, /* a page that has asked has its stream open by then */
	ORBITS = 100,
};

/* Places are targets, too: they have no ids of users. */
#define ORBIT_TARGET(n) (-1 - (int64_t)(n))

/* Of a user who is not free. */
struct telephony {
	struct hnode node;
	struct live_telephony now;
};

/* What a key is about, as far as its state follows from that. */
struct key_about {
	const struct key_type *type;
	int64_t user, target; /* whose key it is, whom it shows */
	bool dnd, on;
};

struct shown_key {
	struct hnode by_target;
	struct list dirty;
	struct key_watcher *watcher;
	int64_t id;
	struct key_about about; /* target: user whose calls it shows, or ORBIT_TARGET(); 0 = none */
	uint64_t told;		/* hash of the event that was sent last */
};

/* Somebody who looks at his keys. */
struct key_watcher {
	struct hnode node;
	int64_t user;
	uint64_t since_ms;
	bool stale;    /* to be read again */
	uint64_t rows; /* hash of what does not tell itself */
	struct shown_key *keys;
	size_t n;
};

/* Of a user who may have a call completed, or waits for it. */
struct completion {
	struct hnode node;
	struct live_completion now;
};

struct api_keys {
	pthread_mutex_t lock;
	struct hmap busy, watchers, targets, completions;
	bool orbit_taken[ORBITS];
	struct list dirty;
	bool any_stale;
};

/* ---- what a key shows ---- */

/* The fields that a key has besides its row. */
struct key_state {
	const char *state;
	bool dnd;
	struct live_telephony who; /* number and name of the other one, if any */
};

static const char *const telephony_names[] = {
#define X(id, text) text,
    LIVE_TELEPHONY_STATES(X)
#undef X
};

static const char *const completion_names[] = {
#define X(id, text) text,
    LIVE_COMPLETION_STATES(X)
#undef X
};

static struct telephony *
find_busy(struct api_keys *k, int64_t user)
{
	uint64_t h = hash_mix((uint64_t)user, 0);

	for (struct hnode *n = hmap_first(&k->busy, h); n; n = hmap_next(n, h)) {
		struct telephony *t = container_of(n, struct telephony, node);

		if (t->now.user == user)
			return t;
	}
	return NULL;
}

static struct completion *
find_completion(struct api_keys *k, int64_t user)
{
	uint64_t h = hash_mix((uint64_t)user, 3);

	for (struct hnode *n = hmap_first(&k->completions, h); n; n = hmap_next(n, h)) {
		struct completion *c = container_of(n, struct completion, node);

		if (c->now.user == user)
			return c;
	}
	return NULL;
}

/* lock held. */
static struct key_state
state_of(struct api_keys *k, const struct key_about *key)
{
	const struct key_type *type = key->type;
	int64_t target = key->target;
	bool dnd = key->dnd, on = key->on;
	struct key_state s = {.state = "none"};
	const struct completion *c;
	const struct telephony *t;

	switch (type->source) {
	case KEY_SOURCE_NONE: break;
	case KEY_SOURCE_DND: s.state = dnd ? "on" : "off"; break;
	case KEY_SOURCE_MEMBERSHIP:
	case KEY_SOURCE_REDIRECTED: s.state = on ? "on" : "off"; break;
	case KEY_SOURCE_ORBIT:
		s.state = target < 0 && k->orbit_taken[-1 - target] ? "on" : "off";
		break;
	case KEY_SOURCE_COMPLETION:
		c = find_completion(k, key->user);
		s.state = completion_names[c ? c->now.state : LIVE_COMPLETION_OFF];
		break;
	case KEY_SOURCE_TELEPHONY:
		t = target ? find_busy(k, target) : NULL;
		if (t)
			s.who = t->now;
		s.dnd = dnd;
		if (target)
			s.state = telephony_names[s.who.state];
		break;
	}
	return s;
}

static uint32_t
right_to_see_who(const struct key_state *s)
{
	if (!s->who.number[0] && !s->who.name[0])
		return 0;
	return s->who.state == LIVE_TELEPHONY_RINGING ? RIGHT_BIT(FKEY_INCOMING)
						      : RIGHT_BIT(FKEY_TALKING);
}

static void
put_state(json_t *row, const struct key_state *s, bool with_who)
{
	json_object_set_new(row, "state", json_string(s->state));
	json_object_set_new(row, "dnd", json_boolean(s->dnd));
	json_object_set_new(row, "remote_number",
	    with_who && s->who.number[0] ? json_string(s->who.number) : json_null());
	json_object_set_new(row, "remote_name",
	    with_who && s->who.name[0] ? json_string(s->who.name) : json_null());
}

/* ---- the index ---- */

static uint64_t
target_hash(int64_t user)
{
	return hash_mix((uint64_t)user, 1);
}

static struct key_watcher *
find_watcher(struct api_keys *k, int64_t user)
{
	uint64_t h = hash_mix((uint64_t)user, 2);

	for (struct hnode *n = hmap_first(&k->watchers, h); n; n = hmap_next(n, h)) {
		struct key_watcher *w = container_of(n, struct key_watcher, node);

		if (w->user == user)
			return w;
	}
	return NULL;
}

static void
forget_keys(struct api_keys *k, struct key_watcher *w)
{
	for (size_t i = 0; i < w->n; i++) {
		if (w->keys[i].about.target)
			hmap_remove(&k->targets, &w->keys[i].by_target);
		list_remove(&w->keys[i].dirty);
	}
	free(w->keys);
	w->keys = NULL;
	w->n = 0;
}

static void
drop_watcher(struct api_keys *k, struct key_watcher *w)
{
	forget_keys(k, w);
	hmap_remove(&k->watchers, &w->node);
	free(w);
}

static int64_t
int_at(const json_t *row, const char *field)
{
	return json_integer_value(json_object_get(row, field));
}

static bool
true_at(const json_t *row, const char *field)
{
	return json_is_true(json_object_get(row, field));
}

static bool
shows_dnd(const struct key_type *type, const json_t *row, bool own_dnd)
{
	return type->source == KEY_SOURCE_DND ? own_dnd : true_at(row, "target_dnd");
}

/* Logged on, or redirected. */
static bool
is_on(const json_t *row)
{
	return true_at(row, "logged_on") || true_at(row, "redirecting");
}

/* Whose calls it shows, or which place. */
static int64_t
target_of(const json_t *row)
{
	const char *text = json_string_value(json_object_get(row, "orbit"));
	uint32_t orbit;

	if (text && text[0] && slice_to_u32(slice_cstr(text), ORBITS - 1, &orbit) == ERR_OK)
		return ORBIT_TARGET(orbit);
	return int_at(row, "target_user");
}

static uint64_t
told_hash(const struct key_state *s)
{
	return hash_bytes(slice_cstr(s->state)) ^
	       hash_mix(hash_bytes(slice_cstr(s->who.number)), 3) ^
	       hash_mix(hash_bytes(slice_cstr(s->who.name)), (uint64_t)s->dnd);
}

static uint64_t
told_before(const struct key_watcher *w, int64_t id, uint64_t otherwise)
{
	for (size_t i = 0; i < w->n; i++)
		if (w->keys[i].id == id)
			return w->keys[i].told;
	return otherwise;
}

/* Of the keys without what is told by events of its own. */
static uint64_t
hash_rows(const json_t *rows)
{
	uint64_t h = json_array_size(rows);
	json_t *row;
	size_t i;

	json_array_foreach(rows, i, row)
	{
		json_t *copy = json_copy(row);
		char *text;

		json_object_del(copy, "target_dnd");
		json_object_del(copy, "logged_on");
		json_object_del(copy, "redirecting");
		text = json_dumps(copy, JSON_COMPACT);
		h = hash_mix(h, text ? hash_bytes(slice_cstr(text)) : 0);
		free(text);
		json_decref(copy);
	}
	return h;
}

static struct key_about
about_of(const json_t *row, int64_t user, bool own_dnd)
{
	const struct key_type *type =
	    key_type_find(json_string_value(json_object_get(row, "type")));

	return (struct key_about){.type = type,
	    .user = user,
	    .target = target_of(row),
	    .dnd = shows_dnd(type, row, own_dnd),
	    .on = is_on(row)};
}

/* lock held. Takes the place of what was known. Keys that were shown already and look different now
 * are told; the others are read by who asks. */
static void
watch_rows(struct api_keys *k, struct key_watcher *w, const json_t *rows, bool own_dnd)
{
	size_t n = json_array_size(rows), i;
	struct shown_key *keys = calloc(n ? n : 1, sizeof *keys);
	json_t *row;

	if (!keys)
		return;
	json_array_foreach(rows, i, row)
	{
		struct shown_key *key = &keys[i];
		struct key_state s;

		key->id = int_at(row, "id");
		key->watcher = w;
		key->about = about_of(row, w->user, own_dnd);
		s = state_of(k, &key->about);
		key->told = told_before(w, key->id, told_hash(&s));
		list_init(&key->dirty);
	}
	forget_keys(k, w);
	w->keys = keys;
	w->n = n;
	w->stale = false;
	for (i = 0; i < n; i++) {
		struct shown_key *key = &keys[i];

		if (key->about.target && hmap_put(&k->targets, &key->by_target,
					     target_hash(key->about.target)) != ERR_OK)
			key->about.target = 0;
		list_push(&k->dirty, &key->dirty);
	}
}

struct api_keys *
keys_new(void)
{
	struct api_keys *k = calloc(1, sizeof *k);

	if (!k)
		return NULL;
	pthread_mutex_init(&k->lock, NULL);
	hmap_init(&k->busy);
	hmap_init(&k->watchers);
	hmap_init(&k->targets);
	hmap_init(&k->completions);
	list_init(&k->dirty);
	return k;
}

void
keys_free(struct api_keys *k)
{
	struct hnode *n;

	if (!k)
		return;
	while ((n = hmap_each(&k->watchers, NULL)) != NULL)
		drop_watcher(k, container_of(n, struct key_watcher, node));
	while ((n = hmap_each(&k->busy, NULL)) != NULL) {
		hmap_remove(&k->busy, n);
		free(container_of(n, struct telephony, node));
	}
	while ((n = hmap_each(&k->completions, NULL)) != NULL) {
		hmap_remove(&k->completions, n);
		free(container_of(n, struct completion, node));
	}
	hmap_fini(&k->completions);
	hmap_fini(&k->busy);
	hmap_fini(&k->watchers);
	hmap_fini(&k->targets);
	pthread_mutex_destroy(&k->lock);
	free(k);
}

/* ---- what changes ---- */

/* lock held. */
static void
remember(struct api_keys *k, const struct live_telephony *now)
{
	struct telephony *t = find_busy(k, now->user);

	if (now->state == LIVE_TELEPHONY_FREE) {
		if (t)
			hmap_remove(&k->busy, &t->node);
		free(t);
		return;
	}
	if (!t) {
		t = calloc(1, sizeof *t);
		if (!t ||
		    hmap_put(&k->busy, &t->node, hash_mix((uint64_t)now->user, 0)) != ERR_OK) {
			free(t);
			return;
		}
	}
	t->now = *now;
}

/* lock held. The keys that show it are told; false: there are none. */
static bool
mark_dirty(struct api_keys *k, int64_t target)
{
	uint64_t h = target_hash(target);
	bool told = false;

	for (struct hnode *n = hmap_first(&k->targets, h); n; n = hmap_next(n, h)) {
		struct shown_key *key = container_of(n, struct shown_key, by_target);

		if (key->about.target != target)
			continue;
		list_remove(&key->dirty);
		list_push(&k->dirty, &key->dirty);
		told = true;
	}
	return told;
}

void
api_on_telephony(struct api *api, const struct live_telephony *now)
{
	struct api_keys *k = api->keys;
	bool told;

	pthread_mutex_lock(&k->lock);
	remember(k, now);
	told = mark_dirty(k, now->user);
	pthread_mutex_unlock(&k->lock);
	if (told)
		ticker_wake(api);
}

void
keys_on_orbit(struct api *api, unsigned orbit, bool taken)
{
	struct api_keys *k = api->keys;
	bool told;

	pthread_mutex_lock(&k->lock);
	k->orbit_taken[orbit] = taken;
	told = mark_dirty(k, ORBIT_TARGET(orbit));
	pthread_mutex_unlock(&k->lock);
	if (told)
		ticker_wake(api);
}

/* lock held. */
static void
remember_completion(struct api_keys *k, const struct live_completion *now)
{
	struct completion *c = find_completion(k, now->user);

	if (now->state == LIVE_COMPLETION_OFF) {
		if (c)
			hmap_remove(&k->completions, &c->node);
		free(c);
		return;
	}
	if (!c) {
		c = calloc(1, sizeof *c);
		if (!c || hmap_put(&k->completions, &c->node, hash_mix((uint64_t)now->user, 3)) !=
			      ERR_OK) {
			free(c);
			return;
		}
	}
	c->now = *now;
}

void
api_on_completion(struct api *api, const struct live_completion *now)
{
	struct api_keys *k = api->keys;
	struct key_watcher *w;

	pthread_mutex_lock(&k->lock);
	remember_completion(k, now);
	w = find_watcher(k, now->user);
	for (size_t i = 0; w && i < w->n; i++) {
		if (!w->keys[i].about.type ||
		    w->keys[i].about.type->source != KEY_SOURCE_COMPLETION)
			continue;
		list_remove(&w->keys[i].dirty);
		list_push(&k->dirty, &w->keys[i].dirty);
	}
	pthread_mutex_unlock(&k->lock);
	if (w)
		ticker_wake(api);
	/* what there is of requests is read again; a row that goes is told once more when it has */
	hub_publish_person(
	    api->hub, now->user, 0, 0, "changed", "{\"entity\":\"call_completion\",\"id\":0}");
}

void
keys_completion(struct api *api, int64_t user, struct live_completion *out)
{
	struct api_keys *k = api->keys;
	const struct completion *c;

	*out = (struct live_completion){.user = user};
	pthread_mutex_lock(&k->lock);
	c = find_completion(k, user);
	if (c)
		*out = c->now;
	pthread_mutex_unlock(&k->lock);
}

/* lock held. user 0: all. */
static void
mark_stale(struct api_keys *k, int64_t user)
{
	for (struct hnode *n = hmap_each(&k->watchers, NULL); n && !user;
	     n = hmap_each(&k->watchers, n))
		container_of(n, struct key_watcher, node)->stale = k->any_stale = true;
	if (user) {
		struct key_watcher *w = find_watcher(k, user);

		if (w)
			w->stale = k->any_stale = true;
	}
}

/* lock held: those who have a key for this user. */
static void
mark_watchers_of(struct api_keys *k, int64_t user)
{
	uint64_t h = target_hash(user);

	for (struct hnode *n = hmap_first(&k->targets, h); n; n = hmap_next(n, h)) {
		struct shown_key *key = container_of(n, struct shown_key, by_target);

		if (key->about.target == user)
			key->watcher->stale = k->any_stale = true;
	}
}

/* Whose row it is; 0 when it is gone. */
static int64_t
owner_of(struct api *api, const struct model_entity *e, int64_t id)
{
	json_t *row = NULL;
	int64_t user = 0;

	if (id && store_get(api->store, e, id, &row) == ERR_OK)
		user = int_at(row, "user");
	json_decref(row);
	return user;
}

void
keys_on_changed(struct api *api, const char *entity, int64_t id)
{
	struct api_keys *k = api->keys;
	const struct model_entity *e = entity ? model_find(entity) : NULL;
	bool of_row = e == &model_function_key || e == &model_group_member;
	int64_t user = 0;
	bool wake;

	if (e && !of_row && e != &model_user && e != &model_group && e != &model_number &&
	    e != &model_redirection)
		return;
	pthread_mutex_lock(&k->lock);
	wake = k->watchers.count > 0;
	pthread_mutex_unlock(&k->lock);
	if (!wake)
		return;
	if (of_row)
		user = owner_of(api, e, id);
	pthread_mutex_lock(&k->lock);
	if (e == &model_user && id) {
		mark_watchers_of(k, id);
		user = id;
	}
	mark_stale(k, user); /* 0: of what is gone nobody knows any more whose it was */
	wake = k->any_stale;
	pthread_mutex_unlock(&k->lock);
	if (wake)
		ticker_wake(api);
}

/* ---- telling ---- */

static void
publish_state(struct api *api, int64_t user, int64_t id, const struct key_state *s)
{
	uint32_t who = right_to_see_who(s);

	for (int with_who = 0; with_who <= (who ? 1 : 0); with_who++) {
		json_t *event = json_pack("{s:I}", "id", (json_int_t)id);
		char *text;

		put_state(event, s, with_who);
		text = json_dumps(event, JSON_COMPACT);
		if (text)
			hub_publish_person(api->hub, user, RIGHT_BIT(FKEY) | (with_who ? who : 0),
			    with_who ? 0 : who, "key", text);
		free(text);
		json_decref(event);
	}
}

static bool
flush_one(struct api *api)
{
	struct api_keys *k = api->keys;
	struct key_state s = {0};
	int64_t user = 0, id = 0;
	struct list *node;

	pthread_mutex_lock(&k->lock);
	node = list_pop(&k->dirty);
	if (node) {
		struct shown_key *key = container_of(node, struct shown_key, dirty);

		s = state_of(k, &key->about);
		if (told_hash(&s) != key->told) {
			user = key->watcher->user;
			id = key->id;
			key->told = told_hash(&s);
		}
	}
	pthread_mutex_unlock(&k->lock);
	if (user)
		publish_state(api, user, id, &s);
	return node != NULL;
}

static enum err
read_rows(struct api *api, int64_t user, json_t **rows)
{
	struct store_query q = {
	    .all = true, .equals = json_pack("{s:I}", "user", (json_int_t)user)};
	int64_t total;
	enum err e = q.equals ? store_list(api->store, &model_function_key, &q, rows, &total, NULL)
			      : ERR_NOMEM;

	json_decref((json_t *)q.equals);
	return e;
}

/* One who is stale and still there; 0 = none. */
static int64_t
next_stale(struct api *api)
{
	struct api_keys *k = api->keys;
	uint64_t now = api_mono_ms();
	int64_t user = 0;

	pthread_mutex_lock(&k->lock);
	for (struct hnode *n = k->any_stale ? hmap_each(&k->watchers, NULL) : NULL; n && !user;) {
		struct key_watcher *w = container_of(n, struct key_watcher, node);

		n = hmap_each(&k->watchers, n);
		if (!w->stale)
			continue;
		if (now - w->since_ms > UNWATCHED_MS && !hub_has_person(api->hub, w->user)) {
			drop_watcher(k, w);
			continue;
		}
		w->stale = false;
		user = w->user;
	}
	if (!user)
		k->any_stale = false;
	pthread_mutex_unlock(&k->lock);
	return user;
}

static void
read_again(struct api *api, int64_t user)
{
	struct api_keys *k = api->keys;
	json_t *rows = NULL, *row = NULL;
	struct key_watcher *w;
	bool changed = false;

	if (store_get(api->store, &model_user, user, &row) == ERR_OK &&
	    read_rows(api, user, &rows) == ERR_OK) {
		pthread_mutex_lock(&k->lock);
		w = find_watcher(k, user);
		if (w) {
			changed = w->rows != hash_rows(rows);
			w->rows = hash_rows(rows);
			watch_rows(k, w, rows, true_at(row, "dnd"));
		}
		pthread_mutex_unlock(&k->lock);
	}
	if (changed)
		hub_publish_person(api->hub, user, RIGHT_BIT(FKEY), 0, "changed",
		    "{\"entity\":\"function_key\",\"id\":0}");
	json_decref(rows);
	json_decref(row);
}

void
keys_flush(struct api *api)
{
	int64_t user;

	while ((user = next_stale(api)))
		read_again(api, user);
	while (flush_one(api))
		;
}

/* ---- asking ---- */

static int
by_place(const void *a, const void *b)
{
	const json_t *x = *(json_t *const *)a, *y = *(json_t *const *)b;
	int64_t column = int_at(x, "column") - int_at(y, "column");
	int64_t place = int_at(x, "position") - int_at(y, "position");

	return column ? (column > 0) - (column < 0) : (place > 0) - (place < 0);
}

static json_t *
in_order(const json_t *rows)
{
	size_t n = json_array_size(rows);
	json_t **sorted = malloc((n + 1) * sizeof *sorted), *out = json_array();

	for (size_t i = 0; sorted && i < n; i++)
		sorted[i] = json_array_get(rows, i);
	if (sorted)
		qsort(sorted, n, sizeof *sorted, by_place);
	for (size_t i = 0; sorted && i < n; i++)
		json_array_append(out, sorted[i]);
	free(sorted);
	return out;
}

enum err
keys_of_user(struct api *api, int64_t user, json_t **out)
{
	json_t *rows = NULL;
	enum err e = read_rows(api, user, &rows);

	*out = e == ERR_OK ? in_order(rows) : NULL;
	json_decref(rows);
	return e;
}

static void
watch(struct api_keys *k, int64_t user, const json_t *rows, bool own_dnd)
{
	struct key_watcher *w = find_watcher(k, user);

	if (!w) {
		w = calloc(1, sizeof *w);
		if (!w || hmap_put(&k->watchers, &w->node, hash_mix((uint64_t)user, 2)) != ERR_OK) {
			free(w);
			return;
		}
		w->user = user;
	}
	w->since_ms = api_mono_ms();
	w->rows = hash_rows(rows);
	watch_rows(k, w, rows, own_dnd);
}

json_t *
key_with_state(struct request *rq, json_t *row)
{
	struct api_keys *k = rq->api->keys;
	struct key_about about = about_of(row, rq->caller.user_id, true_at(rq->caller.user, "dnd"));
	struct key_state s;
	uint32_t who;

	pthread_mutex_lock(&k->lock);
	s = state_of(k, &about);
	pthread_mutex_unlock(&k->lock);
	who = right_to_see_who(&s);
	put_state(row, &s, (rq->caller.rights & who) == who);
	return row;
}

bool
keys_rung(struct api *api, int64_t user, struct live_telephony *out)
{
	struct api_keys *k = api->keys;
	const struct telephony *t;
	bool rung;

	pthread_mutex_lock(&k->lock);
	t = find_busy(k, user);
	rung = t && t->now.state == LIVE_TELEPHONY_RINGING;
	if (rung)
		*out = t->now;
	pthread_mutex_unlock(&k->lock);
	return rung;
}

void
handle_own_keys(struct request *rq)
{
	struct api_keys *k = rq->api->keys;
	int64_t me = rq->caller.user_id;
	json_t *rows = NULL, *items, *row;
	enum err e = read_rows(rq->api, me, &rows);
	size_t i;

	if (e != ERR_OK) {
		reply_err(rq, e, NULL);
		return;
	}
	items = in_order(rows);
	pthread_mutex_lock(&k->lock);
	watch(k, me, rows, true_at(rq->caller.user, "dnd"));
	pthread_mutex_unlock(&k->lock);
	json_array_foreach(items, i, row) key_with_state(rq, row);
	json_decref(rows);
	reply_json(rq, 200, json_pack("{s:o}", "items", items));
}
