/*
 * Ring of traced SIP messages, bounded by their number and by bytes; the oldest go
 * first. Indexed by call id. A message is kept packed: fixed part, then its texts and bytes
 * end to end. Secrets are masked when it is shown (trace_message_json), not before: the
 * signalling plane has no time for it. Everything under one lock.
 */
#include <pthread.h>
#include <stdlib.h>

#include "api/api_int.h"
#include "base/hmap.h"

enum { LIST_MAX = 200 };

struct traced_call {
	struct hnode node;
	struct list by_age;
	struct list messages;
	uint32_t count;
	int64_t started_at;
	char *caller, *called; /* numbers; NULL = not known */
	char id[];
};

struct traced {
	struct list by_age, in_call;
	struct traced_call *call;
	int64_t at_ms;
	uint32_t bytes_n;
	uint8_t direction, transport_n, local_n, remote_n;
	char text[]; /* transport, local, remote, bytes */
};

struct api_traces {
	pthread_mutex_t lock;
	struct hmap calls;
	struct list calls_by_age, by_age;
	size_t count, bytes, bytes_max;
	uint32_t count_max;
};

struct api_traces *
traces_new(size_t bytes_max)
{
	struct api_traces *t = calloc(1, sizeof *t);

	if (!t)
		return NULL;
	pthread_mutex_init(&t->lock, NULL);
	hmap_init(&t->calls);
	list_init(&t->calls_by_age);
	list_init(&t->by_age);
	t->bytes_max = bytes_max;
	return t;
}

static size_t
size_of(const struct traced *m)
{
	return sizeof *m + m->transport_n + m->local_n + m->remote_n + m->bytes_n;
}

static void
drop_oldest(struct api_traces *t)
{
	struct traced *m = container_of(list_pop(&t->by_age), struct traced, by_age);
	struct traced_call *c = m->call;

	list_remove(&m->in_call);
	t->count--;
	t->bytes -= size_of(m);
	free(m);
	if (--c->count == 0) {
		hmap_remove(&t->calls, &c->node);
		list_remove(&c->by_age);
		free(c->caller);
		free(c->called);
		free(c);
	}
}

static void
keep_limits(struct api_traces *t)
{
	while (t->count > t->count_max || t->bytes > t->bytes_max)
		drop_oldest(t);
}

void
traces_free(struct api_traces *t)
{
	if (!t)
		return;
	t->count_max = 0;
	keep_limits(t);
	hmap_fini(&t->calls);
	pthread_mutex_destroy(&t->lock);
	free(t);
}

void
traces_limit(struct api_traces *t, uint32_t messages_max)
{
	pthread_mutex_lock(&t->lock);
	t->count_max = messages_max;
	keep_limits(t);
	pthread_mutex_unlock(&t->lock);
}

size_t
traces_count(struct api_traces *t, size_t *bytes)
{
	size_t n;

	pthread_mutex_lock(&t->lock);
	n = t->count;
	*bytes = t->bytes;
	pthread_mutex_unlock(&t->lock);
	return n;
}

static struct traced_call *
find(struct api_traces *t, struct slice id, uint64_t h)
{
	for (struct hnode *n = hmap_first(&t->calls, h); n; n = hmap_next(n, h)) {
		struct traced_call *c = container_of(n, struct traced_call, node);

		if (slice_eq(id, slice_cstr(c->id)))
			return c;
	}
	return NULL;
}

static struct traced_call *
find_or_make(struct api_traces *t, struct slice id, int64_t at_ms)
{
	uint64_t h = hash_bytes(id);
	struct traced_call *c = find(t, id, h);

	if (c)
		return c;
	c = calloc(1, sizeof *c + id.n + 1);
	if (!c || hmap_put(&t->calls, &c->node, h) != ERR_OK) {
		free(c);
		return NULL;
	}
	memcpy(c->id, id.p, id.n);
	c->started_at = at_ms;
	list_init(&c->messages);
	list_push(&t->calls_by_age, &c->by_age);
	return c;
}

static struct traced *
pack(const struct trace_message *m)
{
	uint8_t transport = (uint8_t)strnlen(m->transport, sizeof m->transport - 1);
	uint8_t local = (uint8_t)strnlen(m->local, sizeof m->local - 1);
	uint8_t remote = (uint8_t)strnlen(m->remote, sizeof m->remote - 1);
	struct traced *p =
	    malloc(sizeof *p + (size_t)transport + local + remote + (size_t)m->bytes_n);
	char *at;

	if (!p)
		return NULL;
	*p = (struct traced){.at_ms = m->at_ms,
	    .bytes_n = m->bytes_n,
	    .direction = (uint8_t)m->direction,
	    .transport_n = transport,
	    .local_n = local,
	    .remote_n = remote};
	at = p->text;
	memcpy(at, m->transport, transport);
	memcpy(at += transport, m->local, local);
	memcpy(at += local, m->remote, remote);
	memcpy(at + remote, m->bytes, m->bytes_n);
	return p;
}

static struct trace_message *
unpack(const struct traced *p)
{
	const char *at = p->text;
	struct trace_message *m = trace_message_new(
	    slice_make(at + p->transport_n + p->local_n + p->remote_n, p->bytes_n));

	if (!m)
		return NULL;
	m->at_ms = p->at_ms;
	m->direction = (enum trace_direction)p->direction;
	memcpy(m->transport, at, p->transport_n);
	memcpy(m->local, at += p->transport_n, p->local_n);
	memcpy(m->remote, at + p->local_n, p->remote_n);
	return m;
}

void
traces_add(struct api_traces *t, const struct trace_message *m)
{
	struct slice id = slice_make(m->call_id, strnlen(m->call_id, sizeof m->call_id - 1));
	struct traced *p = pack(m);

	if (!p)
		return;
	pthread_mutex_lock(&t->lock);
	p->call = t->count_max ? find_or_make(t, id, m->at_ms) : NULL;
	if (p->call) {
		list_push(&t->by_age, &p->by_age);
		list_push(&p->call->messages, &p->in_call);
		p->call->count++;
		t->count++;
		t->bytes += size_of(p);
		keep_limits(t);
	} else {
		free(p);
	}
	pthread_mutex_unlock(&t->lock);
}

void
api_on_trace(struct api *api, const struct trace_message *m)
{
	traces_add(api->traces, m);
}

void
traces_name(struct api_traces *t, const struct live_call *call)
{
	struct slice id =
	    slice_make(call->call_id, strnlen(call->call_id, sizeof call->call_id - 1));
	struct traced_call *c;

	pthread_mutex_lock(&t->lock);
	c = t->count ? find(t, id, hash_bytes(id)) : NULL;
	if (c && !c->caller && call->caller.number[0])
		c->caller = strndup(call->caller.number, sizeof call->caller.number - 1);
	if (c && !c->called && call->called.number[0])
		c->called = strndup(call->called.number, sizeof call->called.number - 1);
	pthread_mutex_unlock(&t->lock);
}

/* --- showing -------------------------------------------------------------------------- */

static struct slice
bytes_of(const struct traced *m)
{
	return slice_make(m->text + m->transport_n + m->local_n + m->remote_n, m->bytes_n);
}

static struct slice
first_line(const struct traced_call *c)
{
	struct slice all = bytes_of(container_of(c->messages.next, struct traced, in_call));

	return slice_trim(slice_take_until(&all, '\n'));
}

static bool
contains(struct slice text, struct slice what)
{
	for (size_t i = 0; i + what.n <= text.n; i++)
		if (slice_eq_nocase(slice_make(text.p + i, what.n), what))
			return true;
	return false;
}

static bool
is_wanted(const struct traced_call *c, struct slice search)
{
	return search.n == 0 || contains(slice_cstr(c->id), search) ||
	       contains(slice_cstr(c->caller), search) || contains(slice_cstr(c->called), search) ||
	       contains(first_line(c), search);
}

/* What is not UTF-8 came from a stranger; it is shown with '?'. */
static json_t *
clean_text(struct slice s)
{
	char text[400];

	if (model_utf8_count(s) >= 0)
		return json_stringn(s.p, s.n);
	slice_clip_cstr(s, text, sizeof text);
	for (char *p = text; *p; p++)
		if ((unsigned char)*p >= 0x80)
			*p = '?';
	return json_string(text);
}

static json_t *
summary_json(const struct traced_call *c)
{
	char at[MODEL_TIME_TEXT];

	return json_pack("{s:o, s:s, s:o*, s:o*, s:i, s:o}", "call_id",
	    clean_text(slice_cstr(c->id)), "started_at", model_time_write(c->started_at, at),
	    "caller", c->caller ? clean_text(slice_cstr(c->caller)) : json_null(), "called",
	    c->called ? clean_text(slice_cstr(c->called)) : json_null(), "messages", (int)c->count,
	    "start_line", clean_text(first_line(c)));
}

void
handle_traces(struct request *rq)
{
	struct api_traces *t = rq->api->traces;
	struct slice search = slice_trim(request_query(rq, "search"));
	json_t *items = json_array();
	size_t total = 0;

	pthread_mutex_lock(&t->lock);
	for (struct list *node = t->calls_by_age.prev; node != &t->calls_by_age;
	     node = node->prev) {
		struct traced_call *c = container_of(node, struct traced_call, by_age);

		if (is_wanted(c, search) && total++ < LIST_MAX)
			json_array_append_new(items, summary_json(c));
	}
	pthread_mutex_unlock(&t->lock);
	reply_json(rq, 200, json_pack("{s:o, s:I}", "items", items, "total", (json_int_t)total));
}

void
handle_trace(struct request *rq)
{
	struct api_traces *t = rq->api->traces;
	json_t *messages = json_array();
	struct traced_call *c;

	pthread_mutex_lock(&t->lock);
	c = find(t, rq->call_id, hash_bytes(rq->call_id));
	for (struct list *node = c ? c->messages.next : NULL; c && node != &c->messages;
	     node = node->next) {
		struct trace_message *m = unpack(container_of(node, struct traced, in_call));

		if (m)
			json_array_append_new(messages, trace_message_json(m));
		free(m);
	}
	pthread_mutex_unlock(&t->lock);
	if (c) {
		reply_json(rq, 200,
		    json_pack(
			"{s:o, s:o}", "call_id", clean_text(rq->call_id), "messages", messages));
	} else {
		json_decref(messages);
		reply_error(rq, 404, "not_found", NULL, "There is no trace of this call.");
	}
}
