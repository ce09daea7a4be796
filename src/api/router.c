/*
 * The table of routes. {collection} and {singleton} stand for the paths of the entities
 * in model/, {id} for a number, {call_id} and {target} for any text. The order does not matter
 * except that fixed names come before patterns which they would match.
 */
#include <stdio.h>

#include "api/api_int.h"

static const struct route routes[] = {
    {"GET", "/api/health", WHO_ANYONE, ROUTE_EARLY, handle_health},
    {"GET", "/metrics", WHO_NEAR, ROUTE_EARLY, handle_metrics},
    {"POST", "/api/setup", WHO_ANYONE, ROUTE_EARLY, handle_setup},
    {"GET", "/api/session", WHO_USER, 0, handle_session_get},
    {"POST", "/api/session", WHO_ANYONE, 0, handle_session_create},
    {"DELETE", "/api/session", WHO_USER, 0, handle_session_delete},
    {"GET", "/api/openapi.json", WHO_USER, 0, handle_openapi},
    {"GET", "/api/status", WHO_ADMIN, 0, handle_status},
    {"GET", "/api/calls", WHO_ADMIN, 0, handle_calls},
    {"POST", "/api/calls/{call_id}/hangup", WHO_ADMIN, 0, handle_hangup},
    {"GET", "/api/registrations", WHO_ADMIN, 0, handle_registrations},
    {"GET", "/api/lines/status", WHO_ADMIN, 0, handle_line_status},
    {"GET", "/api/subscriptions", WHO_ADMIN, 0, handle_subscriptions},
    {"GET", "/api/events", WHO_ADMIN, 0, handle_events},
    {"GET", "/api/traces", WHO_ADMIN, 0, handle_traces},
    {"GET", "/api/traces/{call_id}", WHO_ADMIN, 0, handle_trace},
    {"GET", "/api/traces/{call_id}/pcap", WHO_ADMIN, 0, handle_trace_pcap},
    {"GET", "/api/trace-pcap", WHO_ADMIN, 0, handle_traces_pcap},
    {"GET", "/api/trace-watches", WHO_ADMIN, 0, handle_watches},
    {"POST", "/api/trace-watches", WHO_ADMIN, 0, handle_watch},
    {"DELETE", "/api/trace-watches/{target}", WHO_ADMIN, 0, handle_unwatch},
    {"GET", "/api/export", WHO_ADMIN, 0, handle_export},
    {"POST", "/api/import", WHO_ADMIN, ROUTE_BIG_BODY, handle_import},
    {"GET", "/api/phones/{id}/sip-account", WHO_ADMIN, 0, handle_sip_account},
    {"POST", "/api/phones/{id}/new-secret", WHO_ADMIN, 0, handle_new_secret},
    {"POST", "/api/changes/{id}/revert", WHO_ADMIN, 0, handle_revert},
    {"POST", "/api/mail-test", WHO_ADMIN, 0, handle_mail_test},
    {"POST", "/api/mails/{id}/retry", WHO_ADMIN, 0, handle_mail_retry},
    {"GET", "/api/groups/{id}/pin", WHO_ADMIN, 0, handle_group_pin},
    {"GET", "/api/{singleton}", WHO_ADMIN, 0, handle_get},
    {"PATCH", "/api/{singleton}", WHO_ADMIN, ROUTE_WRITES, handle_patch},
    {"GET", "/api/{collection}", WHO_ADMIN, 0, handle_list},
    {"POST", "/api/{collection}", WHO_ADMIN, ROUTE_WRITES, handle_create},
    {"GET", "/api/{collection}/{id}", WHO_ADMIN, 0, handle_get},
    {"PATCH", "/api/{collection}/{id}", WHO_ADMIN, ROUTE_WRITES, handle_patch},
    {"DELETE", "/api/{collection}/{id}", WHO_ADMIN, ROUTE_WRITES, handle_delete},
};
enum { ROUTES = sizeof routes / sizeof routes[0] };

bool
router_is_api(struct slice path)
{
	return slice_eq(path, SLICE("/api")) || slice_starts(path, SLICE("/api/")) ||
	       slice_eq(path, SLICE("/metrics"));
}

static bool
allowed_for(const struct route *r, const struct model_entity *e)
{
	if (e->flags & MODEL_SYSTEM && strcmp(r->method, "POST") == 0)
		return false;
	if (e->flags & MODEL_FIXED && strcmp(r->method, "DELETE") == 0)
		return false;
	return !(r->flags & ROUTE_WRITES) || !(e->flags & MODEL_LOG);
}

/* One segment of a pattern against one of the path; what it stands for goes into rq. */
static bool
segment_matches(struct request *rq, struct slice pattern, struct slice segment)
{
	uint64_t id;

	if (slice_eq(pattern, SLICE("{id}"))) {
		if (slice_to_u64(segment, INT64_MAX, &id) != ERR_OK)
			return false;
		rq->id = (int64_t)id;
		return true;
	}
	if (slice_eq(pattern, SLICE("{call_id}")) || slice_eq(pattern, SLICE("{target}"))) {
		rq->call_id = segment;
		return segment.n > 0;
	}
	if (pattern.n && pattern.p[0] == '{') {
		const struct model_entity *e = model_find_path(segment);
		bool single = slice_eq(pattern, SLICE("{singleton}"));

		if (!e || !!(e->flags & MODEL_SINGLETON) != single)
			return false;
		rq->entity = e;
		if (single)
			rq->id = 1;
		return true;
	}
	return slice_eq(pattern, segment);
}

static bool
route_matches(struct request *rq, const struct route *r)
{
	struct slice rest = slice_from(slice_cstr(r->pattern), 1);

	rq->entity = NULL;
	for (size_t i = 0; i < rq->segments; i++) {
		struct slice pattern = slice_take_until(&rest, '/');

		if (!pattern.n || !segment_matches(rq, pattern, rq->segment[i]))
			return false;
	}
	return rest.n == 0 && rq->segments > 0 && (!rq->entity || allowed_for(r, rq->entity));
}

void
router_find(struct request *rq)
{
	const char *method = rq->is_get ? "GET" : rq->method;
	struct buf allow;

	buf_init(&allow, rq->reply.allow, sizeof rq->reply.allow - 1);
	for (size_t i = 0; i < ROUTES; i++) {
		if (!route_matches(rq, &routes[i]))
			continue;
		if (strcmp(routes[i].method, method) == 0) {
			rq->route = &routes[i];
			rq->reply.allow[0] = '\0';
			return;
		}
		if (allow.n)
			buf_lit(&allow, ", ");
		buf_cstr(&allow, routes[i].method);
	}
	rq->reply.allow[allow.n] = '\0';
	if (allow.n)
		reply_error(rq, 405, "method_not_allowed", NULL, "This address only knows %s.",
		    rq->reply.allow);
	else
		reply_error(rq, 404, "not_found", NULL, "There is nothing at this address.");
}

static void
each_entity(const struct route *r, void (*cb)(void *, const char *, const char *), void *ctx)
{
	const char *mark = strchr(r->pattern, '{'), *rest = strchr(mark, '}') + 1;
	bool single = strncmp(mark, "{singleton}", 11) == 0;
	size_t n;
	const struct model_entity *const *all = model_entities(&n);

	for (size_t i = 0; i < n; i++) {
		const struct model_entity *e = all[i];
		char path[128];

		if (!e->path || (e->flags & (MODEL_HIDDEN | MODEL_LIVE)) ||
		    !!(e->flags & MODEL_SINGLETON) != single || !allowed_for(r, e))
			continue;
		snprintf(path, sizeof path, "%.*s%s%s", (int)(mark - r->pattern), r->pattern,
		    e->path, rest);
		cb(ctx, r->method, path);
	}
}

void
api_routes_each(void (*cb)(void *ctx, const char *method, const char *path), void *ctx)
{
	for (size_t i = 0; i < ROUTES; i++) {
		const struct route *r = &routes[i];

		if (strstr(r->pattern, "{singleton}") || strstr(r->pattern, "{collection}"))
			each_entity(r, cb, ctx);
		else
			cb(ctx, r->method, r->pattern);
	}
}
