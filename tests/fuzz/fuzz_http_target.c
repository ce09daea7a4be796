/* The target of an HTTP request: whatever a stranger asks for is refused, or taken apart into
 * pieces of valid UTF-8 without NUL, and the router can look at them. */
#include "fuzz.h"

#include "api/api_int.h"

static void
check_piece(const struct request *rq, struct slice s)
{
	PROMISE(s.n == 0 || (s.p >= rq->text && s.p + s.n <= rq->text + 2 * strlen(rq->uri) + 1));
	PROMISE(s.n == 0 || !memchr(s.p, 0, s.n));
	PROMISE(model_utf8_count(s) >= 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct request *rq;
	char *uri = calloc(1, size + 1);

	PROMISE(uri);
	memcpy(uri, data, size); /* the library ends a target at its NUL, too */
	rq = request_new(NULL, NULL, uri);
	PROMISE(rq);
	free(uri);
	rq->method = "GET";
	rq->is_get = true;
	if (rq->uri && request_read_target(rq)) {
		check_piece(rq, rq->path);
		PROMISE(rq->segments <= SEGMENTS_MAX && rq->queries <= QUERY_MAX);
		for (size_t i = 0; i < rq->segments; i++)
			check_piece(rq, rq->segment[i]);
		for (size_t i = 0; i < rq->queries; i++) {
			check_piece(rq, rq->query[i].name);
			check_piece(rq, rq->query[i].value);
		}
		router_find(rq);
		PROMISE(!rq->route == (rq->reply.status == 404 || rq->reply.status == 405));
	}
	request_free(rq);
	return 0;
}
