/* Blocks of traced messages, and a message as JSON. */
#include "model/trace.h"

#include <stdlib.h>

#include "model/entities_int.h"

/* Fixed part of a record; key and bytes follow. The order of bytes is the machine's: a trace
 * file does not move between machines. */
struct packed {
	int64_t at_ms;
	uint32_t size; /* of all three */
	uint16_t local_port, remote_port;
	uint8_t direction, kind, transport, key_n;
	uint8_t local_family, remote_family, cut, zero;
	uint8_t local_ip[16], remote_ip[16];
};

#define NAME_OF(id, text) text,
static const char *const kind_names[] = {TRACE_KINDS(NAME_OF)};

const char *
trace_kind_name(enum trace_kind k)
{
	return (size_t)k < TRACE_KINDS_N ? kind_names[k] : "call";
}

enum err
trace_kind_parse(struct slice s, enum trace_kind *out)
{
	for (size_t i = 0; i < TRACE_KINDS_N; i++)
		if (slice_eq(s, slice_cstr(kind_names[i]))) {
			*out = (enum trace_kind)i;
			return ERR_OK;
		}
	return ERR_NOT_FOUND;
}

struct trace_block *
trace_block_new(size_t cap)
{
	struct trace_block *b = malloc(sizeof *b + cap);

	if (b)
		*b = (struct trace_block){.cap = cap};
	return b;
}

struct trace_block *
trace_block_close(struct trace_block *b)
{
	struct trace_block *fitted = realloc(b, sizeof *b + b->n);

	if (!fitted)
		return b;
	fitted->cap = fitted->n;
	return fitted;
}

enum err
trace_block_add(struct trace_block *b, const struct trace_record *r)
{
	size_t key_n = r->key.n < TRACE_KEY_BYTES ? r->key.n : TRACE_KEY_BYTES - 1;
	size_t bytes_n = r->bytes.n < TRACE_BYTES_MAX ? r->bytes.n : TRACE_BYTES_MAX;
	struct packed p = {.at_ms = r->at_ms,
	    .size = (uint32_t)(sizeof p + key_n + bytes_n),
	    .local_port = r->local.port,
	    .remote_port = r->remote.port,
	    .direction = (uint8_t)r->direction,
	    .kind = (uint8_t)r->kind,
	    .transport = (uint8_t)r->transport,
	    .key_n = (uint8_t)key_n,
	    .local_family = r->local.family,
	    .remote_family = r->remote.family,
	    .cut = r->cut || r->bytes.n > TRACE_BYTES_MAX};
	char *at = b->bytes + b->n;

	if (b->cap - b->n < p.size)
		return ERR_LIMIT;
	memcpy(p.local_ip, r->local.ip, sizeof p.local_ip);
	memcpy(p.remote_ip, r->remote.ip, sizeof p.remote_ip);
	memcpy(at, &p, sizeof p);
	if (key_n)
		memcpy(at + sizeof p, r->key.p, key_n);
	if (bytes_n)
		memcpy(at + sizeof p + key_n, r->bytes.p, bytes_n);
	b->n += p.size;
	return ERR_OK;
}

static bool
family_ok(uint8_t family)
{
	return family == 0 || family == 4 || family == 6;
}

bool
trace_next(const char *bytes, size_t n, size_t *pos, struct trace_record *out, struct slice *packed)
{
	const char *at = bytes + *pos;
	size_t left = n - *pos;
	struct packed p;

	if (*pos > n || left < sizeof p)
		return false;
	memcpy(&p, at, sizeof p);
	if (p.size < sizeof p + p.key_n || p.size > left || p.key_n >= TRACE_KEY_BYTES ||
	    p.size - sizeof p - p.key_n > TRACE_BYTES_MAX || p.direction > TRACE_OUT ||
	    p.kind >= TRACE_KINDS_N || p.transport > SIP_WSS || !family_ok(p.local_family) ||
	    !family_ok(p.remote_family))
		return false;
	*out = (struct trace_record){.at_ms = p.at_ms,
	    .direction = (enum trace_direction)p.direction,
	    .kind = (enum trace_kind)p.kind,
	    .transport = (enum sip_transport)p.transport,
	    .cut = p.cut != 0,
	    .local = {.family = p.local_family, .port = p.local_port},
	    .remote = {.family = p.remote_family, .port = p.remote_port},
	    .key = slice_make(at + sizeof p, p.key_n),
	    .bytes = slice_make(at + sizeof p + p.key_n, p.size - sizeof p - p.key_n)};
	memcpy(out->local.ip, p.local_ip, sizeof p.local_ip);
	memcpy(out->remote.ip, p.remote_ip, sizeof p.remote_ip);
	if (packed)
		*packed = slice_make(at, p.size);
	*pos += p.size;
	return true;
}

/* ---- JSON ---- */

struct shown {
	int64_t at_ms;
	enum trace_direction direction;
	char transport[8], local[ADDR_TEXT_MAX], remote[ADDR_TEXT_MAX];
};

#define IN(member)                                                                                 \
	.offset = offsetof(struct shown, member), .size = sizeof(((struct shown *)0)->member)

static const struct model_field fields[] = {
    {"at", MODEL_TIME, 0, IN(at_ms), .label = "Time"},
    {"dir", MODEL_ENUM, 0, IN(direction), .choices = "in|out", .label = "Direction"},
    {"transport", MODEL_TEXT, 0, IN(transport), .label = "Transport"},
    {"local", MODEL_TEXT, 0, IN(local), .label = "Local address"},
    {"remote", MODEL_TEXT, 0, IN(remote), .label = "Remote address"},
    {"start_line", MODEL_TEXT, MODEL_COMPUTED, .label = "Start line"},
    {"text", MODEL_TEXT, MODEL_COMPUTED, .label = "Whole message, secrets masked"},
};

const struct model_entity model_trace_message = {"trace_message", "", MODEL_LIVE,
    .label = "Traced message", .description = "A SIP message as it was on the wire",
    .fields = fields, .field_count = sizeof fields / sizeof fields[0]};

json_t *
trace_record_json(const struct trace_record *r)
{
	struct shown s = {.at_ms = r->at_ms, .direction = r->direction};
	json_t *object;
	char *copy = malloc(r->bytes.n + 1);

	if (!copy)
		return NULL;
	for (size_t i = 0; i < r->bytes.n; i++)
		copy[i] = (char)(r->bytes.p[i] ? r->bytes.p[i] : '?');
	slice_clip_cstr(sip_transport_name(r->transport), s.transport, sizeof s.transport);
	addr_text(&r->local, s.local);
	addr_text(&r->remote, s.remote);
	object = model_struct_json(&model_trace_message, &s);
	json_object_set_new(object, "start_line",
	    text_json(copy, slice_trim(slice_make(copy, slice_find(r->bytes, '\n'))).n));
	json_object_set_new(object, "text", text_json(copy, r->bytes.n));
	free(copy);
	return object;
}
