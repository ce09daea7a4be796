/* A WebSocket cut anywhere gives the same events as in one piece; a handshake always has an
 * answer. The first byte of the input says how long the pieces are. */
#include "fuzz.h"

#include "net/ws_frame.h"
#include "net/ws_handshake.h"

enum { OUTCOME_BYTES = 1 << 18 };

struct outcome {
	char text[OUTCOME_BYTES];
	size_t n;
	enum err end;
};

static struct outcome whole, pieces;

static void
note(struct outcome *o, const struct ws_event *ev)
{
	PROMISE(ev->payload.n <= WS_MESSAGE_MAX_BYTES);
	PROMISE(ev->opcode < WS_CLOSE || ev->payload.n <= WS_CONTROL_MAX_BYTES);
	PROMISE(ev->opcode != WS_TEXT || ws_is_utf8(ev->payload));
	PROMISE(o->n + ev->payload.n + 1 <= OUTCOME_BYTES);
	o->text[o->n++] = (char)ev->opcode;
	if (ev->payload.n)
		memcpy(o->text + o->n, ev->payload.p, ev->payload.n);
	o->n += ev->payload.n;
}

static void
run(struct outcome *o, struct slice stream, size_t piece_bytes)
{
	struct ws_reader r;
	struct ws_event ev;

	ws_reader_init(&r);
	o->n = 0;
	o->end = ERR_INCOMPLETE;
	while (stream.n && o->end == ERR_INCOMPLETE) {
		struct slice in = {stream.p, stream.n < piece_bytes ? stream.n : piece_bytes};

		stream = slice_from(stream, in.n);
		while ((o->end = ws_read(&r, &in, &ev)) == ERR_OK)
			note(o, &ev);
		PROMISE(o->end != ERR_INCOMPLETE || in.n == 0);
	}
	ws_reader_fini(&r);
}

static void
shake(struct slice s)
{
	char bytes[WS_ANSWER_MAX_BYTES];
	size_t n = ws_request_bytes(s);
	struct buf b;
	enum err e;

	if (n == 0)
		return;
	buf_init(&b, bytes, sizeof bytes);
	e = ws_answer(slice_make(s.p, n), &b);
	PROMISE(buf_ok(&b));
	PROMISE(ws_request_bytes(buf_slice(&b)) == b.n);
	PROMISE((e == ERR_OK) == slice_starts(buf_slice(&b), SLICE("HTTP/1.1 101 ")));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice stream;

	if (size < 2 || size > OUTCOME_BYTES / 4)
		return 0;
	stream = slice_make(data + 1, size - 1);
	shake(stream);
	run(&whole, stream, stream.n);
	run(&pieces, stream, 1u + data[0]);
	PROMISE(whole.end == pieces.end);
	PROMISE(whole.n == pieces.n && memcmp(whole.text, pieces.text, whole.n) == 0);
	return 0;
}
