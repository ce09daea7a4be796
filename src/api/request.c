/*
 * A request: its target taken apart, the few headers we look at, its body within limits.
 * The target is decoded here and not by the library, because a call id may contain an
 * escaped slash.
 */
#include <stdio.h>
#include <stdlib.h>

#include "api/api_int.h"
#include "model/bodies.h"

enum { JSON_DEPTH_MAX = 32 };

struct request *
request_new(struct api *api, struct MHD_Connection *con, const char *uri)
{
	struct request *rq = calloc(1, sizeof *rq);

	if (!rq)
		return NULL;
	rq->api = api;
	rq->con = con;
	rq->method = "";
	rq->reply.file_fd = -1;
	rq->body_max = BODY_BYTES_STRANGER;
	if (strlen(uri) <= URI_BYTES_MAX)
		rq->uri = strdup(uri);
	return rq;
}

/* Bodies and cookies hold secrets: they do not stay in freed memory. */
void
request_free(struct request *rq)
{
	if (!rq)
		return;
	if (rq->body) {
		explicit_bzero(rq->body, rq->body_cap);
		free(rq->body);
	}
	json_decref(rq->caller.user);
	pieces_free(rq);
	free(rq->reply.body);
	free(rq->uri);
	free(rq->text);
	explicit_bzero(rq, sizeof *rq);
	free(rq);
}

static int
hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Appends s decoded; a NUL or a broken escape makes the target malformed. */
static bool
decode(struct buf *b, struct slice s, bool plus_is_space, struct slice *out)
{
	size_t start = b->n;

	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];

		if (c == '%') {
			int hi = i + 2 < s.n ? hex_digit(s.p[i + 1]) : -1;
			int lo = i + 2 < s.n ? hex_digit(s.p[i + 2]) : -1;

			if (hi < 0 || lo < 0 || (hi == 0 && lo == 0))
				return false;
			c = (char)(hi << 4 | lo);
			i += 2;
		} else if (c == '+' && plus_is_space) {
			c = ' ';
		}
		buf_char(b, c);
	}
	*out = slice_make(b->p + start, b->n - start);
	return buf_ok(b) && model_utf8_count(*out) >= 0;
}

static bool
read_segments(struct request *rq, struct buf *b, struct slice raw)
{
	if (!slice_take_char(&raw, '/'))
		return false;
	if (raw.n == 0)
		return true;
	while (rq->segments < SEGMENTS_MAX) {
		bool last = slice_find(raw, '/') == raw.n;

		if (!decode(b, slice_take_until(&raw, '/'), false, &rq->segment[rq->segments++]))
			return false;
		if (last)
			return true;
	}
	rq->segments = 0; /* deeper than any route */
	return true;
}

static bool
read_query(struct request *rq, struct buf *b, struct slice raw)
{
	while (raw.n) {
		struct slice value = slice_take_until(&raw, '&'), name;

		if (!value.n)
			continue;
		name = slice_take_until(&value, '=');
		if (rq->queries == QUERY_MAX ||
		    !decode(b, name, true, &rq->query[rq->queries].name) ||
		    !decode(b, value, true, &rq->query[rq->queries].value))
			return false;
		rq->queries++;
	}
	return true;
}

bool
request_read_target(struct request *rq)
{
	struct slice query = slice_cstr(rq->uri), path;
	size_t cap = 2 * strlen(rq->uri) + 1;
	struct buf b;

	rq->text = malloc(cap);
	if (!rq->text)
		return false;
	buf_init(&b, rq->text, cap);
	path = slice_take_until(&query, '?');
	return decode(&b, path, false, &rq->path) && read_segments(rq, &b, path) &&
	       read_query(rq, &b, query);
}

static void
header(struct request *rq, enum MHD_ValueKind kind, const char *name, char *out, size_t cap)
{
	const char *value = MHD_lookup_connection_value(rq->con, kind, name);

	if (!value || slice_copy_cstr(slice_cstr(value), out, cap) != ERR_OK)
		out[0] = '\0'; /* longer than any value that means something to us */
}

/* A version that we did not give is none that a row can have. */
static void
read_if_match(struct request *rq)
{
	const char *value = MHD_lookup_connection_value(rq->con, MHD_HEADER_KIND, "If-Match");
	struct slice s = slice_trim(slice_cstr(value));

	if (s.n == 0 || slice_eq(s, SLICE("*")))
		return;
	if (s.n < 3 || s.p[0] != '"' || s.p[s.n - 1] != '"' ||
	    slice_copy_cstr(slice_make(s.p + 1, s.n - 2), rq->if_match, sizeof rq->if_match) !=
		ERR_OK)
		snprintf(rq->if_match, sizeof rq->if_match, "none");
}

static void
read_length(struct request *rq)
{
	char text[24];

	if (MHD_lookup_connection_value(rq->con, MHD_HEADER_KIND, "Transfer-Encoding"))
		rq->announced_bytes = UINT64_MAX;
	header(rq, MHD_HEADER_KIND, "Content-Length", text, sizeof text);
	if (text[0] &&
	    slice_to_u64(slice_cstr(text), UINT64_MAX - 1, &rq->announced_bytes) != ERR_OK)
		rq->announced_bytes = UINT64_MAX;
}

struct framing {
	size_t lengths, codings, hosts;
	bool chunked, digits;
};

static enum MHD_Result
note_framing(void *ctx, enum MHD_ValueKind kind, const char *name, const char *value)
{
	struct slice n = slice_cstr(name), v = slice_trim(slice_cstr(value));
	struct framing *f = ctx;

	if (slice_eq_nocase(n, SLICE("Content-Length"))) {
		f->lengths++;
		f->digits = v.n > 0 && model_chars_ok(v, "0-9");
	} else if (slice_eq_nocase(n, SLICE("Transfer-Encoding"))) {
		f->codings++;
		f->chunked = slice_eq_nocase(v, SLICE("chunked"));
	} else if (slice_eq_nocase(n, SLICE("Host"))) {
		f->hosts++;
	}
	return MHD_YES;
}

/* Where a body ends must be said once, or somebody in between could see another end of it, and
 * another request behind it, than we do (RFC 9112, 6.3). */
static bool
framing_ok(struct request *rq)
{
	struct framing f = {0};

	MHD_get_connection_values(rq->con, MHD_HEADER_KIND, note_framing, &f);
	return f.lengths + f.codings <= 1 && (!f.lengths || f.digits) &&
	       (!f.codings || f.chunked) && f.hosts <= 1;
}

void
request_read(struct request *rq)
{
	header(rq, MHD_COOKIE_KIND, "strowger_session", rq->token, sizeof rq->token);
	header(rq, MHD_HEADER_KIND, "X-CSRF-Token", rq->csrf, sizeof rq->csrf);
	header(rq, MHD_HEADER_KIND, "Authorization", rq->authorization, sizeof rq->authorization);
	header(rq, MHD_HEADER_KIND, "User-Agent", rq->user_agent, sizeof rq->user_agent);
	header(rq, MHD_HEADER_KIND, "Content-Type", rq->content_type, sizeof rq->content_type);
	header(rq, MHD_HEADER_KIND, "Accept-Encoding", rq->accept_encoding,
	    sizeof rq->accept_encoding);
	header(rq, MHD_HEADER_KIND, "If-None-Match", rq->if_none_match, sizeof rq->if_none_match);
	header(rq, MHD_HEADER_KIND, "Sec-Fetch-Site", rq->fetch_site, sizeof rq->fetch_site);
	if (!MHD_lookup_connection_value(rq->con, MHD_HEADER_KIND, "If-Range"))
		header(rq, MHD_HEADER_KIND, "Range", rq->range, sizeof rq->range);
	read_if_match(rq);
	read_length(rq);
	rq->is_get = strcmp(rq->method, "GET") == 0 || strcmp(rq->method, "HEAD") == 0;
	rq->misframed = !framing_ok(rq);
	if (rq->misframed)
		reply_error(rq, 400, "bad_framing", NULL,
		    "The headers do not say clearly where the request ends.");
	else if (!rq->uri)
		reply_error(rq, 400, "uri_too_long", NULL,
		    "The address is longer than %d characters.", URI_BYTES_MAX);
	else if (!request_read_target(rq))
		reply_error(rq, 400, "malformed_uri", NULL, "The address is not well formed.");
}

static bool
body_grow(struct request *rq, size_t need)
{
	size_t cap = rq->body_cap ? rq->body_cap : 1024;
	char *bigger;

	while (cap < need)
		cap *= 2;
	if (cap == rq->body_cap)
		return true;
	bigger = malloc(cap);
	if (!bigger)
		return false;
	if (rq->body) {
		memcpy(bigger, rq->body, rq->body_bytes);
		explicit_bzero(rq->body, rq->body_cap);
		free(rq->body);
	}
	rq->body = bigger;
	rq->body_cap = cap;
	return true;
}

bool
request_take_body(struct request *rq, const char *bytes, size_t n)
{
	if (rq->reply.status || rq->too_big || n > rq->body_max - rq->body_bytes ||
	    !body_grow(rq, rq->body_bytes + n)) {
		rq->too_big = true;
		rq->discarded_bytes += n;
		return rq->discarded_bytes <= BODY_BYTES_DISCARD;
	}
	memcpy(rq->body + rq->body_bytes, bytes, n);
	rq->body_bytes += n;
	return true;
}

/* jansson recurses over nesting; what we understand is never deep. */
static bool
depth_ok(const char *p, size_t n)
{
	unsigned depth = 0;
	bool in_text = false;

	for (size_t i = 0; i < n; i++) {
		if (in_text) {
			if (p[i] == '\\')
				i++;
			else if (p[i] == '"')
				in_text = false;
		} else if (p[i] == '"') {
			in_text = true;
		} else if (p[i] == '{' || p[i] == '[') {
			if (++depth > JSON_DEPTH_MAX)
				return false;
		} else if ((p[i] == '}' || p[i] == ']') && depth) {
			depth--;
		}
	}
	return true;
}

/* A form of another site can send any type but this one without being asked first. */
static bool
type_ok(const struct request *rq)
{
	struct slice rest = slice_cstr(rq->content_type);

	return slice_eq_nocase(slice_trim(slice_take_until(&rest, ';')), SLICE("application/json"));
}

/* An action's body against the table that describes it; takes the reference. What an entity takes
 * is looked at in store/. */
static json_t *
checked(struct request *rq, json_t *body)
{
	const struct model_entity *table = model_action_body(rq->method, rq->route->pattern);
	struct model_errors errors = {0};
	json_t *out = NULL;
	enum err e = table ? model_check(table, body, MODEL_CREATE, &out, &errors) : ERR_OK;

	json_decref(out); /* a secret is taken as it came */
	if (e == ERR_OK)
		return body;
	json_decref(body);
	reply_err(rq, e, &errors);
	return NULL;
}

json_t *
request_json(struct request *rq, bool may_be_absent)
{
	json_error_t at;
	json_t *body;

	if (rq->body_bytes == 0 && may_be_absent)
		return json_object();
	if (!type_ok(rq)) {
		reply_error(rq, 415, "not_json", NULL,
		    "Send JSON, with the header Content-Type: application/json.");
		return NULL;
	}
	if (!depth_ok(rq->body, rq->body_bytes)) {
		reply_error(rq, 400, "malformed_json", NULL, "The JSON is nested too deeply.");
		return NULL;
	}
	body = json_loadb(rq->body ? rq->body : "", rq->body_bytes, JSON_REJECT_DUPLICATES, &at);
	if (!body) {
		reply_error(rq, 400, "malformed_json", NULL,
		    "The JSON is not well formed, line %d, column %d.", at.line, at.column);
		return NULL;
	}
	if (!json_is_object(body)) {
		json_decref(body);
		reply_error(rq, 400, "malformed_json", NULL, "A JSON object is expected.");
		return NULL;
	}
	return checked(rq, body);
}

struct slice
request_query(const struct request *rq, const char *name)
{
	for (size_t i = 0; i < rq->queries; i++)
		if (slice_eq(rq->query[i].name, slice_cstr(name)))
			return rq->query[i].value;
	return (struct slice){0};
}

bool
request_query_flag(const struct request *rq, const char *name)
{
	struct slice v = request_query(rq, name);

	return slice_eq(v, SLICE("1")) || slice_eq(v, SLICE("true"));
}

bool
request_is_csv(struct request *rq)
{
	struct slice rest = slice_cstr(rq->content_type);

	if (slice_eq_nocase(slice_trim(slice_take_until(&rest, ';')), SLICE("text/csv")))
		return true;
	reply_error(
	    rq, 415, "not_csv", NULL, "Send the table, with the header Content-Type: text/csv.");
	return false;
}
