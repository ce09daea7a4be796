#include "sound/listen.h"

#include <stdlib.h>

#include "sound/listen_int.h"

enum { KINDS = 3 }; /* listeners that hear steps */

struct listen {
	unsigned what;
	struct listen_voice voice;
	struct listen_fax *fax;
	struct listen_progress progress;
	struct dtmf_find keys;

	int16_t step[LISTEN_STEP];
	size_t in_step;
	uint64_t heard; /* samples */
	struct listen_event waiting[KINDS];
	size_t n_waiting, next_waiting;
};

float
listen_power(const int16_t pcm[LISTEN_STEP])
{
	float sum = 0;

	for (size_t i = 0; i < LISTEN_STEP; i++)
		sum += (float)pcm[i] * (float)pcm[i];
	return sum / LISTEN_STEP;
}

float
listen_power_of(float level_dbm0)
{
	float peak = osc_amplitude(level_dbm0);

	return peak * peak / 2;
}

enum err
listen_new(const struct listen_options *options, struct listen **out)
{
	struct listen *l = calloc(1, sizeof *l);

	*out = NULL;
	if (!l)
		return ERR_NOMEM;
	l->what = options->what;
	listen_voice_init(&l->voice, options->silence_ms);
	listen_progress_init(&l->progress, options->country);
	dtmf_find_init(&l->keys, false);
	if (l->what & LISTEN_FAX && !(l->fax = listen_fax_new())) {
		free(l);
		return ERR_NOMEM;
	}
	*out = l;
	return ERR_OK;
}

void
listen_free(struct listen *l)
{
	if (!l)
		return;
	listen_fax_free(l->fax);
	free(l);
}

static void
judge_step(struct listen *l)
{
	struct listen_event *e = l->waiting;

	l->in_step = 0;
	l->next_waiting = 0;
	if (l->what & LISTEN_VOICE && listen_voice_hear(&l->voice, l->step, l->heard, e))
		e++;
	if (l->what & LISTEN_FAX && listen_fax_hear(l->fax, l->step, l->heard, e))
		e++;
	if (l->what & LISTEN_PROGRESS && listen_progress_hear(&l->progress, l->step, l->heard, e))
		e++;
	l->n_waiting = (size_t)(e - l->waiting);
}

static size_t
least(size_t a, size_t b)
{
	return a < b ? a : b;
}

bool
listen_hear(struct listen *l, const int16_t **pcm, size_t *n, struct listen_event *out)
{
	for (;;) {
		size_t part = least(*n, LISTEN_STEP - l->in_step), left = part;
		const int16_t *from = *pcm;
		bool key = false;

		if (l->next_waiting < l->n_waiting) {
			*out = l->waiting[l->next_waiting++];
			return true;
		}
		/* keys may be told within a step: then only what they heard is taken */
		*out = (struct listen_event){.kind = LISTEN_KEY};
		if (l->what & LISTEN_DTMF)
			key = dtmf_hear(&l->keys, &from, &left, &out->key);
		if (key)
			part -= left;
		if (!*n && !key)
			return false;
		if (part)
			memcpy(l->step + l->in_step, *pcm, part * sizeof **pcm);
		l->in_step += part;
		l->heard += part;
		*pcm += part;
		*n -= part;
		if (l->in_step == LISTEN_STEP)
			judge_step(l);
		out->at = l->heard;
		if (key)
			return true;
	}
}

bool
listen_suspects_key(const struct listen *l)
{
	return l->what & LISTEN_DTMF && dtmf_suspects(&l->keys);
}

bool
listen_is_voice(const struct listen *l)
{
	return l->what & LISTEN_VOICE && l->voice.speaks;
}
