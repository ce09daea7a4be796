/* Stored SIP traces: search, one conversation, capture files. */
#include <stdlib.h>

#include "api/api_int.h"

enum { PCAP_CALLS_MAX = 200 };

void
api_on_traces(struct api *api, struct trace_block *block)
{
	trace_store_add(api->traces, block);
}

/* ---- search ---- */

static bool
read_number(struct request *rq, const char *name, uint64_t max, uint64_t *out)
{
	struct slice text = request_query(rq, name);

	if (text.n == 0 || slice_to_u64(text, max, out) == ERR_OK)
		return true;
	reply_error(rq, 400, "malformed_parameter", name, "%s is a number up to %llu.", name,
	    (unsigned long long)max);
	return false;
}

static bool
read_when(struct request *rq, const char *name, int64_t *out)
{
	struct slice text = request_query(rq, name);

	if (text.n == 0 || model_time_parse(text, out) == ERR_OK)
		return true;
	reply_error(
	    rq, 400, "malformed_parameter", name, "%s is a time like 2026-01-31T12:00:00Z.", name);
	return false;
}

/* "486", "4xx", "ok" (2xx) or "failed" (300 and more). */
static bool
read_status(struct request *rq, struct trace_query *q)
{
	struct slice text = request_query(rq, "status");
	uint32_t v;

	if (text.n == 0)
		return true;
	if (slice_eq(text, SLICE("ok"))) {
		q->status_min = 200;
		q->status_max = 299;
	} else if (slice_eq(text, SLICE("failed"))) {
		q->status_min = 300;
	} else if (text.n == 3 && text.p[0] >= '1' && text.p[0] <= '6' &&
		   slice_eq_nocase(slice_from(text, 1), SLICE("xx"))) {
		q->status_min = (uint32_t)(text.p[0] - '0') * 100;
		q->status_max = q->status_min + 99;
	} else if (slice_to_u32(text, 699, &v) == ERR_OK && v >= 100) {
		q->status_min = q->status_max = v;
	} else {
		reply_error(rq, 400, "malformed_parameter", "status",
		    "status is a SIP status (486), a class (4xx), ok or failed.");
		return false;
	}
	return true;
}

static bool
read_query(struct request *rq, struct trace_query *q)
{
	struct slice kind = request_query(rq, "kind");
	uint64_t page = 1, per_page = 0, user = 0;

	*q = (struct trace_query){.search = slice_trim(request_query(rq, "search")),
	    .number = slice_trim(request_query(rq, "number")),
	    .call_id = slice_trim(request_query(rq, "call_id"))};
	if (!read_number(rq, "page", 1000000, &page) ||
	    !read_number(rq, "per_page", 500, &per_page) ||
	    !read_number(rq, "user", INT64_MAX, &user) || !read_when(rq, "from", &q->from_ms) ||
	    !read_when(rq, "to", &q->to_ms) || !read_status(rq, q))
		return false;
	if (kind.n && trace_kind_parse(kind, &q->kind) != ERR_OK) {
		reply_error(rq, 400, "malformed_parameter", "kind",
		    "kind is call, register, options, subscribe, publish or message.");
		return false;
	}
	q->has_kind = kind.n > 0;
	q->page = page ? (uint32_t)page : 1;
	q->per_page = (uint32_t)per_page;
	q->user = (int64_t)user;
	return true;
}

/* Is it a call in progress? */
static void
put_live(struct request *rq, json_t *item)
{
	const char *id = json_string_value(json_object_get(item, "call_id"));

	json_object_set_new(
	    item, "live", json_boolean(id && live_has_call(rq->api->live, slice_cstr(id))));
}

void
handle_traces(struct request *rq)
{
	struct trace_query q;
	json_t *items, *item;
	int64_t total;
	size_t i;
	enum err e;

	if (!read_query(rq, &q))
		return;
	e = trace_store_search(rq->api->traces, &q, &items, &total);
	if (e != ERR_OK) {
		reply_err(rq, e, NULL);
		return;
	}
	json_array_foreach(items, i, item) put_live(rq, item);
	reply_json(rq, 200,
	    json_pack("{s:o, s:I, s:I, s:I}", "items", items, "total", (json_int_t)total, "page",
		(json_int_t)q.page, "per_page", (json_int_t)(q.per_page ? q.per_page : 50)));
}

/* ---- one conversation ---- */

static void
reply_no_trace(struct request *rq, enum err e)
{
	if (e == ERR_NOT_FOUND)
		reply_error(rq, 404, "not_found", NULL, "There is no trace of this call.");
	else
		reply_err(rq, e, NULL);
}

static void
append_message(void *ctx, const struct trace_record *r)
{
	json_t *one = trace_record_json(r);

	if (one)
		json_array_append_new(ctx, one);
}

/* With ?after=N only what came after the first N messages: the ladder of a running call grows. */
void
handle_trace(struct request *rq)
{
	struct trace_store *ts = rq->api->traces;
	json_t *item = NULL, *messages;
	uint64_t after = 0;
	enum err e;

	if (!read_number(rq, "after", UINT32_MAX, &after))
		return;
	e = trace_store_find(ts, rq->call_id, &item);
	messages = json_array();
	if (e == ERR_OK)
		e = trace_store_messages(
		    ts, rq->call_id, (uint32_t)after, append_message, messages);
	if (e != ERR_OK) {
		json_decref(item);
		json_decref(messages);
		reply_no_trace(rq, e);
		return;
	}
	put_live(rq, item);
	json_object_set_new(item, "count", json_incref(json_object_get(item, "messages")));
	json_object_set_new(item, "messages", messages);
	reply_json(rq, 200, item);
}

/* ---- capture files ---- */

static void
append_packet(void *ctx, const struct trace_record *r)
{
	pcap_add(ctx, r);
}

static void
reply_pcap(struct request *rq, struct pcap *p, enum err e)
{
	size_t n = 0;
	char *file = p ? pcap_finish(p, &n) : NULL;

	if (e == ERR_OK && !file)
		e = ERR_NOMEM;
	if (e != ERR_OK) {
		free(file);
		reply_no_trace(rq, e);
		return;
	}
	rq->reply.disposition = "attachment; filename=\"strowger.pcapng\"";
	reply_text(rq, 200, "application/x-pcapng", file, n);
}

void
handle_trace_pcap(struct request *rq)
{
	struct pcap *p = pcap_new();
	enum err e = ERR_NOMEM;

	if (p)
		e = trace_store_messages(rq->api->traces, rq->call_id, 0, append_packet, p);
	reply_pcap(rq, p, e);
}

/* Several calls: those named by call_id=… (any number of times), else those a search finds. */
void
handle_traces_pcap(struct request *rq)
{
	struct trace_store *ts = rq->api->traces;
	struct pcap *p = pcap_new();
	size_t named = 0, i;
	struct trace_query q;
	json_t *items = NULL, *item;
	int64_t total;
	enum err e = p ? ERR_OK : ERR_NOMEM;

	for (i = 0; i < rq->queries && e == ERR_OK; i++) {
		if (!slice_eq(rq->query[i].name, SLICE("call_id")))
			continue;
		named++;
		e = trace_store_messages(ts, rq->query[i].value, 0, append_packet, p);
	}
	if (e == ERR_OK && named == 0) {
		if (!read_query(rq, &q)) {
			free(pcap_finish(p, &i));
			return;
		}
		q.page = 1;
		q.per_page = PCAP_CALLS_MAX;
		e = trace_store_search(ts, &q, &items, &total);
	}
	json_array_foreach(items, i, item)
	{
		const char *id = json_string_value(json_object_get(item, "call_id"));

		if (e == ERR_OK && id)
			e = trace_store_messages(ts, slice_cstr(id), 0, append_packet, p);
		if (e == ERR_NOT_FOUND)
			e = ERR_OK; /* expired a moment ago */
	}
	json_decref(items);
	reply_pcap(rq, p, e);
}

char *
traces_newest_pcap(struct api *api, size_t *bytes)
{
	struct trace_query q = {.page = 1, .per_page = PCAP_CALLS_MAX};
	json_t *items = NULL, *item;
	struct pcap *p = pcap_new();
	int64_t total;
	size_t i;
	enum err e = p ? trace_store_search(api->traces, &q, &items, &total) : ERR_NOMEM;

	json_array_foreach(items, i, item)
	{
		const char *id = json_string_value(json_object_get(item, "call_id"));

		if (id && e == ERR_OK)
			(void)!trace_store_messages(
			    api->traces, slice_cstr(id), 0, append_packet, p);
	}
	json_decref(items);
	return p ? pcap_finish(p, bytes) : NULL;
}
