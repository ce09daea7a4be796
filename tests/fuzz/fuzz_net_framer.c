/* A stream cut anywhere gives the same messages as in one piece. The first byte of the
 * input says how long the pieces are. */
#include "fuzz.h"

#include "net/framer.h"

enum { OUTCOME_BYTES = 1 << 18 };

struct outcome {
	char text[OUTCOME_BYTES];
	size_t n;
	enum err end;
};

static struct outcome whole, pieces;

static void
note(struct outcome *o, struct slice message)
{
	PROMISE(message.n <= NET_MESSAGE_MAX_BYTES);
	PROMISE(o->n + message.n + 1 <= OUTCOME_BYTES);
	if (message.n)
		memcpy(o->text + o->n, message.p, message.n);
	o->n += message.n;
	o->text[o->n++] = '|';
}

static void
run(struct outcome *o, struct slice stream, size_t piece_bytes)
{
	struct net_framer f;
	struct slice message;

	net_framer_init(&f);
	o->n = 0;
	o->end = ERR_INCOMPLETE;
	while (stream.n && o->end == ERR_INCOMPLETE) {
		struct slice in = {stream.p, stream.n < piece_bytes ? stream.n : piece_bytes};

		stream = slice_from(stream, in.n);
		while ((o->end = net_framer_next(&f, &in, &message)) == ERR_OK)
			note(o, message);
		PROMISE(o->end != ERR_INCOMPLETE || in.n == 0);
	}
	net_framer_fini(&f);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice stream;

	if (size < 2 || size > OUTCOME_BYTES / 4)
		return 0;
	stream = slice_make(data + 1, size - 1);
	run(&whole, stream, stream.n);
	run(&pieces, stream, 1u + data[0]);
	PROMISE(whole.end == pieces.end);
	PROMISE(whole.n == pieces.n && memcmp(whole.text, pieces.text, whole.n) == 0);
	return 0;
}
