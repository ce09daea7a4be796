/* What parses as STUN gets an answer that parses, with the id of the question. */
#include "fuzz.h"

#include "sip/stun.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice in = slice_make(data, size);
	struct addr from = {.family = size & 1 ? 4 : 6, .port = 5060, .ip = {192, 0, 2, 1}};
	char bytes[STUN_MESSAGE_MAX_BYTES];
	struct stun_message m, answer;
	struct buf b;

	if (stun_parse(in, &m) != ERR_OK)
		return 0;
	PROMISE(size >= STUN_HEAD_BYTES && stun_bytes((const char *)data) == size);
	PROMISE(m.is_old == !stun_is(in));
	PROMISE(m.mapped.family == 0 || m.mapped.family == 4 || m.mapped.family == 6);
	PROMISE(m.error == 0 || (m.error >= 300 && m.error < 700));
	buf_init(&b, bytes, sizeof bytes);
	stun_write_answer(&b, &m, &from, SLICE("fuzz"));
	PROMISE(buf_ok(&b));
	PROMISE(stun_parse(buf_slice(&b), &answer) == ERR_OK);
	PROMISE(memcmp(answer.id, m.id, sizeof m.id) == 0);
	PROMISE(answer.has_fingerprint == m.has_fingerprint);
	PROMISE(m.unknown ? answer.error == 420 : addr_eq(&answer.mapped, &from));
	return 0;
}
