/*
 * Event streams (server-sent events, one per browser).
 *
 * An administrator's stream has everything, another one only what concerns its user: each event
 * stands in the ring behind a frame that says whose it is, and readers step over what is not
 * theirs. When rights are given or withdrawn, streams change their side in place.
 *
 * All streams read from one ring of bytes, each at its own position, so that a thousand
 * browsers cost no more memory than one. Invariants, all under the lock:
 *
 *  - head counts every byte ever published; byte n is in ring[n % RING_BYTES];
 *  - a stream's position is a frame, or the rest (left) of an event that is its own;
 *  - a stream's position is within head - RING_BYTES … head: whoever would fall out of
 *    the ring is dropped before it is overwritten (the browser comes back and reads anew);
 *  - a parked stream has read everything and its connection is suspended; publishing
 *    resumes it. A dropped or ended stream is never suspended again.
 *
 * A stream is freed by MHD (stream_free) when its connection is gone.
 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>

#include "api/api_int.h"
#include "loop/loop.h"

enum { RING_BYTES = 1 << 20, STREAMS_MAX = 1200, BLOCK_BYTES = 16384 };

enum audience { FOR_ALL, FOR_ADMINS, FOR_USERS, FOR_PERSON, FOR_RIGHT };

struct frame {
	uint32_t bytes; /* of the event behind it */
	enum audience audience;
	int64_t users[2];      /* FOR_USERS, FOR_PERSON (the first); 0 = none */
	uint32_t needs, lacks; /* FOR_PERSON, FOR_RIGHT: what the stream must have, must not have */
};

struct stream {
	struct list node;
	struct api_hub *hub;
	struct MHD_Connection *con;
	int fd;
	uint64_t pos;
	uint32_t left; /* bytes of the event at pos */
	bool greeted, parked, ended;
	bool admin, expects_record;
	bool local, is_token;	      /* who opened it; a local one is never checked */
	unsigned char token_hash[32]; /* of its session or API token */
	uint32_t rights;
	int64_t user;
};

struct api_hub {
	struct api *api;
	pthread_mutex_t lock;
	struct list streams;
	size_t count;
	char *ring; /* made with the first stream */
	uint64_t head, event_id;
	bool stopped;
};

struct api_hub *
hub_new(struct api *api)
{
	struct api_hub *h = calloc(1, sizeof *h);

	if (!h)
		return NULL;
	h->api = api;
	pthread_mutex_init(&h->lock, NULL);
	list_init(&h->streams);
	return h;
}

void
hub_free(struct api_hub *h)
{
	if (!h)
		return;
	pthread_mutex_destroy(&h->lock);
	free(h->ring);
	free(h);
}

size_t
hub_count(struct api_hub *h)
{
	size_t n;

	pthread_mutex_lock(&h->lock);
	n = h->count;
	pthread_mutex_unlock(&h->lock);
	return n;
}

bool
hub_wanted(struct api_hub *h)
{
	return hub_count(h) > 0;
}

/* --- publishing; lock held ------------------------------------------------------ */

static void
wake(struct stream *s)
{
	if (s->parked) {
		s->parked = false;
		MHD_resume_connection(s->con);
	}
}

/* Its connection may be stuck in a write that never ends, so the socket is shut too. */
static void
drop(struct stream *s)
{
	if (s->ended)
		return;
	s->ended = true;
	if (s->fd >= 0)
		shutdown(s->fd, SHUT_RDWR);
	wake(s);
}

static void
ring_put(struct api_hub *h, struct slice bytes)
{
	while (bytes.n) {
		size_t at = h->head % RING_BYTES, n = RING_BYTES - at;

		if (n > bytes.n)
			n = bytes.n;
		memcpy(h->ring + at, bytes.p, n);
		h->head += n;
		bytes = slice_from(bytes, n);
	}
}

static void
broadcast(struct api_hub *h, struct frame frame, const struct slice *parts, size_t n)
{
	uint64_t bytes = sizeof frame;

	for (size_t i = 0; i < n; i++)
		bytes += parts[i].n;
	if (h->count == 0 || h->stopped || bytes > RING_BYTES / 4)
		return;
	LIST_FOR_EACH (node, &h->streams) {
		struct stream *s = container_of(node, struct stream, node);

		if (h->head + bytes - s->pos > RING_BYTES)
			drop(s); /* too slow */
	}
	frame.bytes = (uint32_t)(bytes - sizeof frame);
	ring_put(h, slice_make((const char *)&frame, sizeof frame));
	for (size_t i = 0; i < n; i++)
		ring_put(h, parts[i]);
	LIST_FOR_EACH (node, &h->streams) {
		wake(container_of(node, struct stream, node));
	}
}

static void
publish(struct api_hub *h, struct frame frame, const char *event, const char *data)
{
	char head[96];
	int n = snprintf(head, sizeof head,
	    "id: %llu\nevent: %s\ndata: ", (unsigned long long)++h->event_id, event);

	broadcast(h, frame,
	    (struct slice[]){slice_make(head, (size_t)n), slice_cstr(data), SLICE("\n\n")}, 3);
}

void
hub_publish(struct api_hub *h, const char *event, const char *data)
{
	pthread_mutex_lock(&h->lock);
	publish(h, (struct frame){.audience = FOR_ADMINS}, event, data);
	pthread_mutex_unlock(&h->lock);
}

void
hub_publish_to(struct api_hub *h, const int64_t users[2], const char *event, const char *data)
{
	struct frame frame = {.audience = FOR_USERS, .users = {users[0], users[1]}};

	pthread_mutex_lock(&h->lock);
	publish(h, frame, event, data);
	pthread_mutex_unlock(&h->lock);
}

/* Takes data. */
static char *
line_of(json_t *data)
{
	char *text = data ? json_dumps(data, JSON_COMPACT) : NULL;

	json_decref(data);
	return text;
}

void
hub_publish_json(struct api_hub *h, const char *event, json_t *data)
{
	char *text = line_of(data);

	if (text)
		hub_publish(h, event, text);
	free(text);
}

void
hub_publish_json_to(struct api_hub *h, const int64_t users[2], const char *event, json_t *data)
{
	char *text = line_of(data);

	if (text)
		hub_publish_to(h, users, event, text);
	free(text);
}

void
hub_publish_person(struct api_hub *h, int64_t user, uint32_t needs, uint32_t lacks,
    const char *event, const char *data)
{
	struct frame frame = {
	    .audience = FOR_PERSON, .users = {user, 0}, .needs = needs, .lacks = lacks};

	pthread_mutex_lock(&h->lock);
	publish(h, frame, event, data);
	pthread_mutex_unlock(&h->lock);
}

void
hub_publish_right(struct api_hub *h, uint32_t needs, const char *event, const char *data)
{
	struct frame frame = {.audience = FOR_RIGHT, .needs = needs};

	pthread_mutex_lock(&h->lock);
	publish(h, frame, event, data);
	pthread_mutex_unlock(&h->lock);
}

bool
hub_has_person(struct api_hub *h, int64_t user)
{
	bool has = false;

	pthread_mutex_lock(&h->lock);
	LIST_FOR_EACH (node, &h->streams)
		has = has || container_of(node, struct stream, node)->user == user;
	pthread_mutex_unlock(&h->lock);
	return has;
}

static bool
is_for_person(const struct stream *s, const struct frame *f)
{
	return (!f->users[0] || s->user == f->users[0]) && (s->rights & f->needs) == f->needs &&
	       (f->lacks == 0 || (s->rights & f->lacks) != f->lacks);
}

static bool
is_of(const struct stream *s, const int64_t users[2])
{
	return !s->admin && s->user && (s->user == users[0] || s->user == users[1]);
}

bool
hub_has_user(struct api_hub *h, const int64_t users[2])
{
	bool has = false;

	pthread_mutex_lock(&h->lock);
	LIST_FOR_EACH (node, &h->streams)
		has = has || is_of(container_of(node, struct stream, node), users);
	pthread_mutex_unlock(&h->lock);
	return has;
}

void
hub_expect_record(struct api_hub *h, const int64_t users[2])
{
	pthread_mutex_lock(&h->lock);
	LIST_FOR_EACH (node, &h->streams) {
		struct stream *s = container_of(node, struct stream, node);

		if (is_of(s, users))
			s->expects_record = true;
	}
	pthread_mutex_unlock(&h->lock);
}

void
hub_tell_records(struct api_hub *h)
{
	pthread_mutex_lock(&h->lock);
	LIST_FOR_EACH (node, &h->streams) {
		struct stream *s = container_of(node, struct stream, node);

		if (s->expects_record)
			publish(h, (struct frame){.audience = FOR_USERS, .users = {s->user}},
			    "changed", "{\"entity\":\"call_record\",\"id\":0}");
		s->expects_record = false;
	}
	pthread_mutex_unlock(&h->lock);
}

void
hub_keepalive(struct api_hub *h)
{
	struct slice comment = SLICE(": still here\n\n");

	pthread_mutex_lock(&h->lock);
	broadcast(h, (struct frame){.audience = FOR_ALL}, &comment, 1);
	pthread_mutex_unlock(&h->lock);
}

/* --- reading; poll threads -------------------------------------------------------- */

static void
ring_get(struct stream *s, char *out, size_t bytes)
{
	while (bytes) {
		size_t at = s->pos % RING_BYTES, n = RING_BYTES - at;

		if (n > bytes)
			n = bytes;
		memcpy(out, s->hub->ring + at, n);
		s->pos += n;
		out += n;
		bytes -= n;
	}
}

/* Goes on to the next event that is for this stream. False: there is none yet. */
static bool
find_event(struct stream *s)
{
	while (!s->left && s->pos < s->hub->head) {
		struct frame f;

		ring_get(s, (char *)&f, sizeof f);
		if (f.audience == FOR_ALL || (f.audience == FOR_ADMINS && s->admin) ||
		    (f.audience == FOR_USERS && is_of(s, f.users)) ||
		    (f.audience == FOR_PERSON && is_for_person(s, &f)) ||
		    (f.audience == FOR_RIGHT && !s->admin && (s->rights & f.needs) == f.needs))
			s->left = f.bytes;
		else
			s->pos += f.bytes;
	}
	return s->left > 0;
}

static size_t
take(struct stream *s, char *out, size_t max)
{
	size_t done = 0;

	while (done < max && find_event(s)) {
		size_t n = s->left < max - done ? s->left : max - done;

		ring_get(s, out + done, n);
		s->left -= (uint32_t)n;
		done += n;
	}
	return done;
}

static ssize_t
stream_read(void *ctx, uint64_t pos, char *out, size_t max)
{
	static const char greeting[] = "retry: 3000\n\n";
	struct stream *s = ctx;
	struct api_hub *h = s->hub;
	ssize_t n = 0;

	pthread_mutex_lock(&h->lock);
	if (s->ended) {
		n = MHD_CONTENT_READER_END_OF_STREAM;
	} else if (!s->greeted && max >= sizeof greeting - 1) {
		s->greeted = true; /* tells the browser at once that it is connected */
		n = (ssize_t)sizeof greeting - 1;
		memcpy(out, greeting, sizeof greeting - 1);
	} else {
		n = (ssize_t)take(s, out, max);
		if (n == 0) {
			s->parked = true;
			MHD_suspend_connection(s->con);
		}
	}
	pthread_mutex_unlock(&h->lock);
	return n;
}

static void
stream_free(void *ctx)
{
	struct stream *s = ctx;
	struct api_hub *h = s->hub;

	pthread_mutex_lock(&h->lock);
	list_remove(&s->node);
	h->count--;
	pthread_mutex_unlock(&h->lock);
	free(s);
}

static bool
attach(struct api_hub *h, struct stream *s)
{
	bool ok;

	pthread_mutex_lock(&h->lock);
	if (!h->ring)
		h->ring = malloc(RING_BYTES);
	ok = h->ring && h->count < STREAMS_MAX;
	if (ok) {
		s->pos = h->head;
		s->ended = h->stopped;
		list_push(&h->streams, &s->node);
		h->count++;
	}
	pthread_mutex_unlock(&h->lock);
	return ok;
}

struct MHD_Response *
hub_open(struct api_hub *h, struct request *rq)
{
	struct stream *s = calloc(1, sizeof *s);
	struct MHD_Response *r;

	if (!s)
		return NULL;
	s->hub = h;
	s->con = rq->con;
	s->fd = rq->link ? rq->link->fd : -1;
	s->local = rq->caller.local;
	s->is_token = rq->caller.has_token;
	s->user = rq->caller.user_id;
	s->rights = rq->caller.rights;
	s->admin = s->rights & RIGHT_BIT(ADMIN);
	memcpy(s->token_hash, rq->caller.token_hash, sizeof s->token_hash);
	if (!attach(h, s)) {
		free(s);
		return NULL;
	}
	r = MHD_create_response_from_callback(
	    MHD_SIZE_UNKNOWN, BLOCK_BYTES, stream_read, s, stream_free);
	if (!r)
		stream_free(s);
	return r;
}

/* --- ending ------------------------------------------------------------------------ */

/* Ends a stream politely: what is in the ring is not sent any more. */
static void
end(struct stream *s)
{
	s->ended = true;
	wake(s);
}

void
hub_close_session(struct api_hub *h, const unsigned char token_hash[32])
{
	pthread_mutex_lock(&h->lock);
	LIST_FOR_EACH (node, &h->streams) {
		struct stream *s = container_of(node, struct stream, node);

		if (!s->local && memcmp(s->token_hash, token_hash, 32) == 0)
			end(s);
	}
	pthread_mutex_unlock(&h->lock);
}

static void
set_rights(struct api_hub *h, const unsigned char token_hash[32], uint32_t rights)
{
	pthread_mutex_lock(&h->lock);
	LIST_FOR_EACH (node, &h->streams) {
		struct stream *s = container_of(node, struct stream, node);

		if (s->local || memcmp(s->token_hash, token_hash, 32) != 0)
			continue;
		s->rights = rights;
		s->admin = rights & RIGHT_BIT(ADMIN);
	}
	pthread_mutex_unlock(&h->lock);
}

struct pass {
	bool is_token;
	unsigned char hash[32];
};

/* With what the streams were opened, copied: the store is not asked under the lock. */
static struct pass *
passes(struct api_hub *h, int64_t user, size_t *count)
{
	struct pass *all;
	size_t n = 0;

	pthread_mutex_lock(&h->lock);
	all = malloc((h->count + 1) * sizeof *all);
	LIST_FOR_EACH (node, &h->streams) {
		struct stream *s = container_of(node, struct stream, node);

		if (!all || s->local || s->ended || (user && s->user != user))
			continue;
		all[n].is_token = s->is_token;
		memcpy(all[n++].hash, s->token_hash, 32);
	}
	pthread_mutex_unlock(&h->lock);
	*count = n;
	return all;
}

void
hub_check(struct api_hub *h, int64_t user)
{
	size_t n;
	struct pass *all = passes(h, user, &n);

	for (size_t i = 0; i < n; i++) {
		uint32_t rights;
		enum err e = session_rights(h->api, all[i].is_token, all[i].hash, &rights);

		/* A store in trouble is no reason to send people away. */
		if (e == ERR_NOT_FOUND)
			hub_close_session(h, all[i].hash);
		else if (e == ERR_OK)
			set_rights(h, all[i].hash, rights);
	}
	free(all);
}

void
hub_stop(struct api_hub *h)
{
	if (!h)
		return;
	pthread_mutex_lock(&h->lock);
	h->stopped = true;
	LIST_FOR_EACH (node, &h->streams) {
		end(container_of(node, struct stream, node));
	}
	pthread_mutex_unlock(&h->lock);
}

void
handle_events(struct request *rq)
{
	rq->reply.status = 200;
	rq->reply.stream = true;
	rq->reply.content_type = "text/event-stream";
}
