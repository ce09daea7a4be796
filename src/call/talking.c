/* Which users are in calls, and in how many: asked for each call to one without call waiting. Who
 * has a seat with a phone of ours, or with his mobile
 * phone, counts; who is only rung does not. */
#include <stdlib.h>

#include "call/completion.h"
#include "call/line_int.h"

struct talking {
	struct hnode node; /* switch->talking */
	int64_t user;
	uint32_t legs;
};

static uint64_t
hash_of(int64_t user)
{
	return hash_mix((uint64_t)user, 0);
}

static struct talking *
find(const struct call_switch *sw, int64_t user)
{
	uint64_t h = hash_of(user);

	for (struct hnode *n = hmap_first(&sw->talking, h); n; n = hmap_next(n, h)) {
		struct talking *t = container_of(n, struct talking, node);

		if (t->user == user)
			return t;
	}
	return NULL;
}

bool
talking_is(const struct call_switch *sw, int64_t user)
{
	return find(sw, user) != NULL;
}

void
talking_begin(struct leg *l)
{
	struct call_switch *sw = l->call->sw;
	struct talking *t;

	if (l->talks_as || (!l->phone && !l->dialled_in && !leg_line_twin(l)) || !l->party.user)
		return;
	t = find(sw, l->party.user);
	if (!t) {
		t = calloc(1, sizeof *t);
		if (!t)
			return; /* he seems free: his phones know better */
		t->user = l->party.user;
		if (hmap_put(&sw->talking, &t->node, hash_of(t->user)) != ERR_OK) {
			free(t);
			return;
		}
	}
	t->legs++;
	l->talks_as = t->user;
}

void
talking_end(struct leg *l)
{
	struct call_switch *sw = l->call->sw;
	struct talking *t = l->talks_as ? find(sw, l->talks_as) : NULL;

	l->talks_as = 0;
	if (!t || --t->legs)
		return;
	hmap_remove(&sw->talking, &t->node);
	completion_on_free(sw, t->user);
	free(t);
}
