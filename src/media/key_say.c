#include "media/key_say_int.h"

#include <string.h>

void
key_say_init(struct key_say *k)
{
	*k = (struct key_say){0};
}

static struct key_pressed *
newest(struct key_say *k)
{
	return &k->queue[(k->first + k->n - 1) % KEY_HEAR_QUEUE];
}

void
key_say_put(struct key_say *k, const struct key_heard *heard)
{
	if (!heard->ends) {
		if (k->n && !newest(k)->let_go)
			newest(k)->let_go = true; /* its end got lost */
		if (k->n < KEY_HEAR_QUEUE) {
			k->n++;
			*newest(k) = (struct key_pressed){.digit = heard->digit};
		}
		return;
	}
	if (k->n && !newest(k)->let_go && newest(k)->digit == heard->digit) {
		newest(k)->let_go = true;
		newest(k)->ms = heard->ms;
	}
}

/* Is the oldest key over with this step? */
static bool
is_over(const struct key_say *k)
{
	const struct key_pressed *p = &k->queue[k->first];
	uint32_t ms = p->ms > KEY_SAY_MIN_MS ? p->ms : KEY_SAY_MIN_MS;

	return p->let_go && k->said_ms >= ms;
}

static void
next_key(struct key_say *k)
{
	k->first = (k->first + 1) % KEY_HEAR_QUEUE;
	k->n--;
	k->sounding = false;
	k->pause_ms = KEY_SAY_PAUSE_MS;
}

/* False: nothing but the pause. */
static bool
begin_step(struct key_say *k)
{
	if (k->pause_ms) {
		k->pause_ms -= k->pause_ms < KEY_STEP_MS ? k->pause_ms : KEY_STEP_MS;
		return false;
	}
	if (!k->n)
		return false;
	k->first_step = !k->sounding;
	if (k->first_step)
		k->said_ms = 0;
	k->sounding = true;
	k->said_ms += KEY_STEP_MS;
	return true;
}

bool
key_say_packet(
    struct key_say *k, uint32_t timestamp, uint32_t clock_hz, struct key_packet *out, bool *began)
{
	bool sent;

	*began = false;
	if (k->ending) {
		if (key_sender_step(&k->sender, out))
			return true;
		k->ending = false;
		next_key(k);
	}
	if (!begin_step(k))
		return false;
	if (k->first_step) {
		*began = key_sender_begin(&k->sender, k->queue[k->first].digit, timestamp, clock_hz,
		    KEY_VOLUME_DEFAULT, 0);
		if (!*began) {
			next_key(k);
			return false;
		}
	}
	sent = key_sender_step(&k->sender, out);
	if (is_over(k)) {
		key_sender_release(&k->sender);
		k->ending = true; /* with the packets that say so, a step each */
	}
	return sent;
}

void
key_say_tones(struct key_say *k, int16_t *pcm, size_t n, uint32_t hz)
{
	memset(pcm, 0, n * sizeof *pcm);
	if (!begin_step(k))
		return;
	if (k->first_step &&
	    !dtmf_gen_start(&k->gen, k->queue[k->first].digit, hz, KEY_SAY_LEVEL_DBM0)) {
		next_key(k);
		return;
	}
	if (!is_over(k)) {
		(void)dtmf_fill(&k->gen, pcm, n);
		return;
	}
	(void)dtmf_fill(&k->gen, pcm, n - k->gen.ramp);
	dtmf_gen_release(&k->gen);
	(void)dtmf_fill(&k->gen, pcm + n - k->gen.ramp, k->gen.ramp);
	next_key(k);
}
