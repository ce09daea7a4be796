/*
 * A body too big to be made at once. A worker fills the buffer; a poll thread sends it and, when it
 * is empty, suspends the connection and asks for a worker again. So a slow client holds neither,
 * and the memory is that of one piece.
 */
#include <stdlib.h>

#include "api/api_int.h"

enum { PIECE_BYTES = 1 << 18, BLOCK_BYTES = 32768 };

bool
pieces_begin(
    struct request *rq, void (*fill)(struct request *rq), void (*free_ctx)(void *ctx), void *ctx)
{
	struct pieces *p = calloc(1, sizeof *p);

	if (!p)
		return false;
	p->bytes = malloc(PIECE_BYTES);
	if (!p->bytes) {
		free(p);
		return false;
	}
	p->cap = PIECE_BYTES;
	p->fill = fill;
	p->free_ctx = free_ctx;
	p->ctx = ctx;
	rq->reply.pieces = p;
	return true;
}

void
pieces_free(struct request *rq)
{
	struct pieces *p = rq->reply.pieces;

	if (!p)
		return;
	p->free_ctx(p->ctx);
	free(p->bytes);
	free(p);
	rq->reply.pieces = NULL;
}

void
pieces_put(struct pieces *p, struct slice bytes)
{
	if (p->n + bytes.n > p->cap) {
		size_t cap = 2 * p->cap + bytes.n;
		char *bigger = p->failed ? NULL : realloc(p->bytes, cap);

		if (!bigger) {
			p->failed = true;
			return;
		}
		p->bytes = bigger;
		p->cap = cap;
	}
	if (bytes.n)
		memcpy(p->bytes + p->n, bytes.p, bytes.n);
	p->n += bytes.n;
}

void
pieces_work(struct request *rq)
{
	struct pieces *p = rq->reply.pieces;

	p->n = p->sent = 0;
	p->fill(rq);
}

static ssize_t
read_pieces(void *ctx, uint64_t pos, char *out, size_t max)
{
	struct request *rq = ctx;
	struct pieces *p = rq->reply.pieces;
	size_t n = p->n - p->sent;

	if (p->failed)
		return MHD_CONTENT_READER_END_WITH_ERROR;
	if (n) {
		n = n < max ? n : max;
		memcpy(out, p->bytes + p->sent, n);
		p->sent += n;
		return (ssize_t)n;
	}
	if (p->last)
		return MHD_CONTENT_READER_END_OF_STREAM;
	rq->phase = PHASE_FILLING;
	return pool_push(rq->api, rq) ? 0 : MHD_CONTENT_READER_END_WITH_ERROR;
}

struct MHD_Response *
pieces_open(struct request *rq)
{
	return MHD_create_response_from_callback(
	    MHD_SIZE_UNKNOWN, BLOCK_BYTES, read_pieces, rq, NULL);
}
