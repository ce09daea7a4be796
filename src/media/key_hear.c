#include "media/key_hear_int.h"

#include <stdlib.h>

enum { QUIET_TICKS = 6 /* packets of a key come every 20 ms, some are lost */, FIT_SAMPLES = 160 };

enum err
key_hear_init(struct key_hear *k, bool tones)
{
	*k = (struct key_hear){0};
	key_receiver_init(&k->receiver, 8000);
	if (!tones)
		return ERR_OK;
	k->find = malloc(sizeof *k->find);
	if (!k->find)
		return ERR_NOMEM;
	dtmf_find_init(k->find, false);
	return ERR_OK;
}

void
key_hear_fini(struct key_hear *k)
{
	free(k->find);
	resampler_free(k->fit);
}

static void
put(struct key_hear *k, char digit, bool ends, uint32_t ms)
{
	if (k->n == KEY_HEAR_QUEUE)
		return; /* nobody takes them */
	k->queue[(k->first + k->n++) % KEY_HEAR_QUEUE] = (struct key_heard){digit, ends, ms};
}

static void
put_event(struct key_hear *k, const struct key_event *ev)
{
	if (ev->kind != KEY_PROGRESS)
		put(k, ev->digit, ev->kind == KEY_END,
		    (uint32_t)(ev->duration * 1000 / k->receiver.clock_hz));
}

void
key_hear_packet(
    struct key_hear *k, const struct rtp_head *head, struct slice payload, uint32_t clock_hz)
{
	struct key_event ev[KEY_EVENTS_MAX];
	size_t n;

	if (head->ssrc != k->ssrc || clock_hz != k->receiver.clock_hz) {
		if (key_receiver_quiet(&k->receiver, ev))
			put_event(k, ev);
		key_receiver_init(&k->receiver, clock_hz);
		k->ssrc = head->ssrc;
	}
	k->quiet_ticks = 0;
	n = key_receiver_put(&k->receiver, head->timestamp, head->marker, payload, ev);
	for (size_t i = 0; i < n; i++)
		put_event(k, &ev[i]);
}

static bool
search(struct key_hear *k, const int16_t *pcm, size_t n)
{
	struct dtmf_event ev;
	bool found = false;

	while (dtmf_hear(k->find, &pcm, &n, &ev)) {
		found = true;
		put(k, ev.digit, ev.kind == DTMF_END, ev.duration * 1000 / DTMF_RATE_HZ);
	}
	return found || dtmf_suspects(k->find);
}

bool
key_hear_voice(struct key_hear *k, const int16_t *pcm, size_t n, uint32_t hz)
{
	int16_t fitted[FIT_SAMPLES + 16];
	bool found = false;

	if (!k->find)
		return false;
	if (hz == DTMF_RATE_HZ)
		return search(k, pcm, n);
	if (!k->fit || k->fits_hz != hz) {
		resampler_free(k->fit);
		k->fit = NULL;
		k->fits_hz = hz;
		if (resampler_new(hz, DTMF_RATE_HZ, &k->fit) != ERR_OK)
			return false;
	}
	while (n) { /* FIT_SAMPLES of the detector at a time */
		size_t most = FIT_SAMPLES * (hz / DTMF_RATE_HZ), some = n < most ? n : most;
		size_t made =
		    resampler_run(k->fit, pcm, some, fitted, sizeof fitted / sizeof fitted[0]);

		found |= search(k, fitted, made);
		pcm += some;
		n -= some;
	}
	return found;
}

bool
key_hear_waits(const struct key_hear *k)
{
	return k->receiver.active;
}

void
key_hear_tick(struct key_hear *k)
{
	struct key_event ev;

	if (k->receiver.active && ++k->quiet_ticks >= QUIET_TICKS &&
	    key_receiver_quiet(&k->receiver, &ev))
		put_event(k, &ev);
}

bool
key_hear_take(struct key_hear *k, struct key_heard *out)
{
	if (!k->n)
		return false;
	*out = k->queue[k->first];
	k->first = (k->first + 1) % KEY_HEAR_QUEUE;
	k->n--;
	return true;
}
