#include "media/ear_int.h"

#include <stdlib.h>

#include "media/feed_int.h"

enum { NARROW = LISTEN_RATE_HZ / 1000 * FEED_TICK_MS };

enum err
ear_new(const struct media_listening *what, struct ear **out)
{
	struct listen_options options = {.what = what->flags & ~(unsigned)LISTEN_DTMF,
	    .silence_ms = what->silence_ms,
	    .country = slice_make(what->country, strnlen(what->country, sizeof what->country))};
	struct ear *e = calloc(1, sizeof *e);
	enum err result;

	if (!e)
		return ERR_NOMEM;
	result = key_hear_init(&e->keys, what->flags & LISTEN_DTMF);
	if (result == ERR_OK && options.what)
		result = listen_new(&options, &e->listen);
	if (result != ERR_OK) {
		ear_free(e);
		return result;
	}
	*out = e;
	return ERR_OK;
}

void
ear_free(struct ear *e)
{
	if (!e)
		return;
	key_hear_fini(&e->keys);
	listen_free(e->listen);
	resampler_free(e->fit);
	free(e);
}

static void
put(struct ear *e, const struct ear_event *ev)
{
	if (e->n < EAR_QUEUE)
		e->queue[(e->first + e->n++) % EAR_QUEUE] = *ev;
}

static void
take_keys(struct ear *e)
{
	struct key_heard key;

	while (key_hear_take(&e->keys, &key))
		if (key.ends)
			put(e, &(struct ear_event){.is_key = true, .key = key});
}

static void
recognise(struct ear *e, const int16_t *pcm, size_t n)
{
	struct listen_event ev;

	(void)key_hear_voice(&e->keys, pcm, n, LISTEN_RATE_HZ);
	while (e->listen && listen_hear(e->listen, &pcm, &n, &ev))
		put(e, &(struct ear_event){.heard = ev.kind, .tone = ev.tone});
}

void
ear_hear(struct ear *e, const int16_t *pcm, size_t n, uint32_t hz)
{
	int16_t narrow[NARROW + 16] = {0};

	key_hear_tick(&e->keys);
	if (!pcm || hz == LISTEN_RATE_HZ) {
		recognise(e, pcm ? pcm : narrow, pcm ? n : NARROW);
	} else {
		if (!e->fit || e->fits_hz != hz) {
			resampler_free(e->fit);
			e->fit = NULL;
			e->fits_hz = hz;
			if (resampler_new(hz, LISTEN_RATE_HZ, &e->fit) != ERR_OK)
				return;
		}
		recognise(e, narrow, resampler_run(e->fit, pcm, n, narrow, NARROW + 16));
	}
	take_keys(e);
}

const struct ear_event *
ear_first(const struct ear *e)
{
	return e->n ? &e->queue[e->first] : NULL;
}

void
ear_forget_first(struct ear *e)
{
	e->first = (e->first + 1) % EAR_QUEUE;
	e->n--;
}
