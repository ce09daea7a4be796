#include "media/interpret_int.h"

#include <stdlib.h>

bool
interpreter_is_needed(const struct media_translation what[MEDIA_SIDES])
{
	return what[MEDIA_CALLER].n_routes || what[MEDIA_CALLED].n_routes;
}

static bool
is_same(const struct media_translation *a, const struct media_translation *b)
{
	return a->n_routes == b->n_routes && a->ptime_ms == b->ptime_ms &&
	       a->keys_in == b->keys_in && a->keys_out == b->keys_out && a->key_pt == b->key_pt &&
	       a->key_codec == b->key_codec && a->noise_pt == b->noise_pt &&
	       a->noise_codec == b->noise_codec && a->leave_pauses_out == b->leave_pauses_out &&
	       memcmp(a->route, b->route, a->n_routes * sizeof a->route[0]) == 0;
}

enum err
interpreter_follow(struct interpreter **at, const struct media_translation what[MEDIA_SIDES],
    struct participant *self)
{
	enum err e = ERR_OK;

	if (!interpreter_is_needed(what)) {
		interpreter_free(*at);
		*at = NULL;
		return ERR_OK;
	}
	if (!*at)
		*at = calloc(1, sizeof **at);
	if (!*at)
		return ERR_NOMEM;
	for (int side = 0; side < MEDIA_SIDES && e == ERR_OK; side++) {
		struct interpreter *i = *at;

		if (is_same(&i->what[side], &what[side]))
			continue;
		transcoder_free(i->from[side]);
		i->from[side] = NULL;
		i->what[side] = what[side];
		if (what[side].n_routes)
			e = transcoder_new(
			    &what[side], &self->to[MEDIA_SIDES - 1 - side].sent, &i->from[side]);
	}
	if (e != ERR_OK) {
		interpreter_free(*at);
		*at = NULL;
	}
	return e;
}

void
interpreter_free(struct interpreter *i)
{
	if (!i)
		return;
	for (int side = 0; side < MEDIA_SIDES; side++)
		transcoder_free(i->from[side]);
	free(i);
}
