#include "model/play.h"

#include <stdio.h>

#include "model/voicemail.h"

static const char *const kinds[] = {
#define X(id, text) [PLAY_##id] = text,
    PLAY_KINDS(X)
#undef X
};

void
play_write(const struct play *p, char out[PLAY_NAME_BYTES])
{
	snprintf(out, PLAY_NAME_BYTES, "%s:%lld.%u", kinds[p->kind], (long long)p->id, p->greeting);
}

static bool
read_ids(struct slice text, struct play *out)
{
	struct slice id = slice_take_until(&text, '.');
	uint64_t n, greeting;

	if (slice_to_u64(id, INT64_MAX, &n) != ERR_OK ||
	    slice_to_u64(text, VOICEMAIL_GREETINGS - 1, &greeting) != ERR_OK)
		return false;
	out->id = (int64_t)n;
	out->greeting = (uint8_t)greeting;
	return true;
}

bool
play_read(struct slice name, struct play *out)
{
	struct slice kind = slice_take_until(&name, ':');

	for (int k = 0; k < PLAY_KINDS_N; k++)
		if (slice_eq(kind, slice_cstr(kinds[k]))) {
			*out = (struct play){.kind = (enum play_kind)k};
			return read_ids(name, out);
		}
	return false;
}

bool
play_is_spoken(enum play_kind kind)
{
	return kind == PLAY_SPEAK || kind == PLAY_GREET || kind == PLAY_GREET_OWN;
}
