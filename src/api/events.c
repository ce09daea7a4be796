/*
 * Event streams (server-sent events, one per browser).
 *
 * All streams read from one ring of bytes, each at its own position, so that a thousand
 * browsers cost no more memory than one. Invariants, all under the lock:
 *
 *  - head counts every byte ever published; byte n is in ring[n % RING_BYTES];
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

enum { RING_BYTES = 1 << 20, STREAMS_MAX = 900, BLOCK_BYTES = 16384 };

struct stream {
	struct list node;
	struct api_hub *hub;
	struct MHD_Connection *con;
	int fd;
	uint64_t pos;
	bool greeted, parked, ended;
	bool has_session;
	unsigned char token_hash[32];
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
broadcast(struct api_hub *h, const struct slice *parts, size_t n)
{
	size_t bytes = 0;

	for (size_t i = 0; i < n; i++)
		bytes += parts[i].n;
	if (h->count == 0 || h->stopped || bytes > RING_BYTES / 4)
		return;
	LIST_FOR_EACH (node, &h->streams) {
		struct stream *s = container_of(node, struct stream, node);

		if (h->head + bytes - s->pos > RING_BYTES)
			drop(s); /* too slow */
	}
	for (size_t i = 0; i < n; i++)
		ring_put(h, parts[i]);
	LIST_FOR_EACH (node, &h->streams) {
		wake(container_of(node, struct stream, node));
	}
}

void
hub_publish(struct api_hub *h, const char *event, const char *data)
{
	char head[96];
	int n;

	pthread_mutex_lock(&h->lock);
	n = snprintf(head, sizeof head,
	    "id: %llu\nevent: %s\ndata: ", (unsigned long long)++h->event_id, event);
	broadcast(
	    h, (struct slice[]){slice_make(head, (size_t)n), slice_cstr(data), SLICE("\n\n")}, 3);
	pthread_mutex_unlock(&h->lock);
}

void
hub_keepalive(struct api_hub *h)
{
	struct slice comment = SLICE(": still here\n\n");

	pthread_mutex_lock(&h->lock);
	broadcast(h, &comment, 1);
	pthread_mutex_unlock(&h->lock);
}

/* --- reading; poll threads -------------------------------------------------------- */

static size_t
take(struct stream *s, char *out, size_t max)
{
	struct api_hub *h = s->hub;
	size_t done = 0;

	while (done < max && s->pos < h->head) {
		size_t at = s->pos % RING_BYTES, n = RING_BYTES - at;

		if (n > h->head - s->pos)
			n = h->head - s->pos;
		if (n > max - done)
			n = max - done;
		memcpy(out + done, h->ring + at, n);
		s->pos += n;
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
	s->has_session = rq->caller.has_session;
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

		if (s->has_session && memcmp(s->token_hash, token_hash, 32) == 0)
			end(s);
	}
	pthread_mutex_unlock(&h->lock);
}

/* The sessions of all streams, copied: the store is not asked under the lock. */
static unsigned char (*session_hashes(struct api_hub *h, size_t *count))[32]
{
	unsigned char(*all)[32];
	size_t n = 0;

	pthread_mutex_lock(&h->lock);
	all = malloc((h->count + 1) * sizeof *all);
	LIST_FOR_EACH (node, &h->streams) {
		struct stream *s = container_of(node, struct stream, node);

		if (all && s->has_session && !s->ended)
			memcpy(all[n++], s->token_hash, 32);
	}
	pthread_mutex_unlock(&h->lock);
	*count = n;
	return all;
}

void
hub_check_sessions(struct api_hub *h)
{
	size_t n;
	unsigned char(*hashes)[32] = session_hashes(h, &n);
	struct store_session session;

	for (size_t i = 0; i < n; i++) {
		json_t *user = NULL;
		enum err e = store_session_find(
		    h->api->store, hashes[i], (int64_t)loop_wall_ms(), &session, &user);

		/* A store in trouble is no reason to send people away. */
		if (e == ERR_NOT_FOUND ||
		    (e == ERR_OK && !json_is_true(json_object_get(user, "admin"))))
			hub_close_session(h, hashes[i]);
		json_decref(user);
	}
	free(hashes);
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
