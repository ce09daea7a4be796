/*
 * Two ends of DTLS, and what strangers put between their datagrams. Input: steps of two bytes, the
 * first one what to do (lowest two bits) and with which end, the second one a length or a place:
 * 0 bytes from the input are a datagram, 1 the oldest real one passes, 2 it passes with a byte
 * changed, 3 it is lost. At the end the real ones pass.
 */
#include "fuzz.h"

#include "media/dtls_int.h"

enum { QUEUE_MAX = 64, STEPS_MAX = 64 };

struct queued {
	size_t to, n;
	unsigned char bytes[DTLS_DATAGRAM_MAX_BYTES];
};

static struct {
	struct dtls *end[2];
	struct queued queue[QUEUE_MAX];
	size_t n;
} t;

static const size_t numbers[2] = {0, 1};

static void
on_send(void *ctx, struct slice bytes)
{
	const size_t *from = ctx;

	PROMISE(bytes.n > 0 && bytes.n <= DTLS_DATAGRAM_MAX_BYTES && dtls_is(bytes));
	PROMISE(t.n < QUEUE_MAX);
	t.queue[t.n].to = !*from;
	t.queue[t.n].n = bytes.n;
	memcpy(t.queue[t.n++].bytes, bytes.p, bytes.n);
}

static bool
both_are_done(void)
{
	return dtls_state(t.end[0]) == DTLS_DONE && dtls_state(t.end[1]) == DTLS_DONE;
}

static void
give(size_t to, struct slice bytes)
{
	dtls_packet(t.end[to], bytes, 1, on_send, (void *)&numbers[to]);
}

static bool
take_oldest(struct queued *out)
{
	if (t.n == 0)
		return false;
	*out = t.queue[0];
	memmove(&t.queue[0], &t.queue[1], --t.n * sizeof t.queue[0]);
	return true;
}

static size_t
step(const uint8_t *data, size_t size)
{
	static struct queued one;
	size_t n = data[1] < size - 2 ? data[1] : size - 2;
	bool done = both_are_done();
	unsigned what = data[0] & 3;

	if (what == 0) {
		give(data[0] >> 2 & 1, slice_make(data + 2, n));
		/* nobody without the keys ends what is agreed */
		PROMISE(!done || both_are_done());
		return 2 + n;
	}
	if (!take_oldest(&one))
		return 2;
	if (what == 2)
		one.bytes[data[1] % one.n] ^= (unsigned char)(data[0] >> 2 | 1);
	if (what != 3)
		give(one.to, slice_make(one.bytes, one.n));
	PROMISE(!done || what != 2 || both_are_done());
	return 2;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct dtls_identity *identity[2];
	static struct queued one;
	size_t at = 0;

	if (!identity[0])
		PROMISE(dtls_identity_new(&identity[0]) == ERR_OK &&
			dtls_identity_new(&identity[1]) == ERR_OK);
	t.n = 0;
	for (size_t i = 0; i < 2; i++)
		PROMISE(dtls_new(identity[i], i == 0, dtls_identity_fingerprint(identity[!i]), 0,
			    &t.end[i]) == ERR_OK);
	dtls_start(t.end[0], on_send, (void *)&numbers[0]);
	for (unsigned steps = 0; size - at >= 2 && steps < STEPS_MAX; steps++)
		at += step(data + at, size - at);
	while (take_oldest(&one))
		give(one.to, slice_make(one.bytes, one.n));
	PROMISE(!both_are_done() || memcmp(&dtls_keys(t.end[0])->in, &dtls_keys(t.end[1])->out,
					sizeof(struct media_key)) == 0);
	for (size_t i = 0; i < 2; i++) {
		(void)dtls_due_us(t.end[i], 1);
		dtls_on_timer(t.end[i], DTLS_HANDSHAKE_MAX_US, on_send, (void *)&numbers[i]);
		PROMISE(dtls_state(t.end[i]) != DTLS_HANDSHAKING);
		dtls_free(t.end[i]);
	}
	return 0;
}
