/* The WebSocket layer of a connection (RFC 6455 as a server, RFC 7118): the upgrade first,
 * then frames; a message of SIP is a message of WebSocket. */
#include <stdlib.h>

#include "net/conn_int.h"
#include "net/ws_handshake.h"

enum err
ws_new(struct ws **out)
{
	struct ws *ws = calloc(1, sizeof *ws);

	if (!ws)
		return ERR_NOMEM;
	ws_reader_init(&ws->reader);
	*out = ws;
	return ERR_OK;
}

void
ws_free(struct ws *ws)
{
	if (!ws)
		return;
	ws_reader_fini(&ws->reader);
	free(ws->head);
	free(ws);
}

/* ---- down ---- */

/* In one piece: over TLS a frame is a record, not two. */
enum err
ws_send(struct conn *c, enum ws_opcode opcode, struct slice payload)
{
	struct buf b;

	if (!c->ws->open || c->ws->closing)
		return ERR_CLOSED;
	buf_init(&b, c->net->frame_buf, FRAME_BYTES);
	ws_write_head(&b, opcode, payload.n);
	buf_put(&b, payload);
	return buf_ok(&b) ? conn_write(c, buf_slice(&b)) : ERR_TOO_BIG;
}

void
ws_end(struct conn *c, enum ws_status status)
{
	char payload[2] = {(char)(status >> 8), (char)status};

	(void)ws_send(c, WS_CLOSE, slice_make(payload, sizeof payload));
	c->ws->closing = true;
}

/* ---- up ---- */

static bool
fail(struct conn *c)
{
	conn_counts(c)->framing_errors++;
	conn_doom(c);
	return false;
}

static bool
upgrade(struct conn *c, struct slice request)
{
	char bytes[WS_ANSWER_MAX_BYTES];
	struct buf answer;
	enum err e;

	buf_init(&answer, bytes, sizeof bytes);
	e = ws_answer(request, &answer);
	(void)conn_write(c, buf_slice(&answer));
	if (e != ERR_OK)
		return fail(c);
	c->ws->open = true;
	conn_ready(c);
	return !c->doomed;
}

/* Gathers the request; what lies behind it stays in `in`. */
static bool
take_head(struct conn *c, struct slice *in)
{
	struct ws *ws = c->ws;
	size_t room, n, whole;
	bool ok;

	if (!ws->head && !(ws->head = malloc(WS_REQUEST_MAX_BYTES)))
		return fail(c);
	room = WS_REQUEST_MAX_BYTES - ws->head_n;
	n = in->n < room ? in->n : room;
	memcpy(ws->head + ws->head_n, in->p, n);
	whole = ws_request_bytes(slice_make(ws->head, ws->head_n + n));
	if (!whole && n == room)
		return fail(c);
	if (!whole) {
		ws->head_n += n;
		*in = slice_from(*in, n);
		return true;
	}
	*in = slice_from(*in, whole - ws->head_n);
	ok = upgrade(c, slice_make(ws->head, whole));
	free(ws->head);
	ws->head = NULL;
	return ok;
}

static void
take_event(struct conn *c, const struct ws_event *ev)
{
	switch (ev->opcode) {
	case WS_PING:
		conn_counts(c)->keep_alives_in++;
		(void)ws_send(c, WS_PONG, ev->payload);
		break;
	case WS_PONG:
		if (c->heard)
			conn_await(c, c->net->config.tcp_idle_ms);
		break;
	case WS_CLOSE:
		ws_end(c, WS_NORMAL);
		conn_doom(c);
		break;
	default: conn_take_message(c, ev->payload); break;
	}
}

bool
ws_take(struct conn *c, struct slice in)
{
	struct ws_event ev;
	enum err e = ERR_INCOMPLETE;

	if (!c->ws->open && !take_head(c, &in))
		return false;
	if (!c->ws->open)
		return true;
	while (!c->doomed && (e = ws_read(&c->ws->reader, &in, &ev)) == ERR_OK)
		take_event(c, &ev);
	if (e == ERR_OK || e == ERR_INCOMPLETE)
		return !c->doomed;
	ws_end(c, ws_status_of(e));
	return fail(c);
}
