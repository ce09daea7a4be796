/* A reply in the words of libmicrohttpd. */
#include "api/api_int.h"

static const char *const fixed_headers[][2] = {
    {"Content-Security-Policy",
	"default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
	"frame-ancestors 'none'; base-uri 'none'; form-action 'self'"},
    {"X-Content-Type-Options", "nosniff"},
    {"X-Frame-Options", "DENY"},
    {"Referrer-Policy", "no-referrer"},
    {"Cross-Origin-Opener-Policy", "same-origin"},
    {"Cross-Origin-Resource-Policy", "same-origin"},
};

static void
put(struct MHD_Response *r, const char *name, const char *value)
{
	if (value && value[0])
		MHD_add_response_header(r, name, value);
}

static void
put_number(struct MHD_Response *r, const char *name, int64_t value)
{
	char text[24];
	struct buf b;

	if (value <= 0)
		return;
	buf_init(&b, text, sizeof text - 1);
	buf_u64(&b, (uint64_t)value);
	text[b.n] = '\0';
	put(r, name, text);
}

static void
put_headers(struct request *rq, struct MHD_Response *r)
{
	struct reply *y = &rq->reply;

	for (size_t i = 0; i < sizeof fixed_headers / sizeof fixed_headers[0]; i++)
		put(r, fixed_headers[i][0], fixed_headers[i][1]);
	put(r, "Content-Type", y->content_type);
	put(r, "Cache-Control", y->cache ? y->cache : "no-store");
	put(r, "Set-Cookie", y->cookie);
	put(r, "Allow", y->allow);
	put(r, "Content-Disposition", y->disposition);
	put(r, "ETag", y->etag);
	put(r, "Accept-Ranges", y->ranges ? "bytes" : NULL);
	put(r, "Content-Range", y->content_range);
	put_number(r, "Strowger-Change", y->change);
	put(r, "Content-Encoding", y->encoding);
	if (y->cache)
		put(r, "Vary", "Accept-Encoding");
	put_number(r, "Retry-After", y->retry_after_s);
}

static struct MHD_Response *
make_response(struct request *rq)
{
	struct reply *y = &rq->reply;
	struct MHD_Response *r;

	if (y->stream) {
		r = hub_open(rq->api->hub, rq);
		if (r)
			return r;
		rq->reply.retry_after_s = 30;
		reply_error(rq, 503, "busy", NULL, "Too many browsers are watching.");
	}
	if (y->pieces)
		return pieces_open(rq);
	if (y->file_fd >= 0) {
		r = MHD_create_response_from_fd_at_offset64(
		    y->body_bytes, y->file_fd, y->file_from);
		if (r)
			y->file_fd = -1; /* closed with the response */
		return r;
	}
	r = MHD_create_response_from_buffer(y->body_bytes, y->body ? y->body : (char *)"",
	    y->body ? MHD_RESPMEM_MUST_FREE : MHD_RESPMEM_PERSISTENT);
	if (r)
		y->body = NULL;
	return r;
}

enum MHD_Result
reply_send(struct request *rq)
{
	struct MHD_Response *r = make_response(rq);
	enum MHD_Result result;
	int status = rq->reply.status;

	if (!r)
		return MHD_NO;
	put_headers(rq, r);
	result = MHD_queue_response(rq->con, (unsigned)status, r);
	MHD_destroy_response(r);
	atomic_fetch_add(&rq->api->replies[status / 100 % 6], 1);
	return result;
}
