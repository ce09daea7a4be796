/* KEY, pick-up by code: who dials it answers what rings for somebody else. */
#include "call/pick_up.h"

#include "call/app_int.h"

enum { OWN_GROUPS_MAX = 64 };

/* People of one group pick up for each other first. */
struct own_groups {
	const struct dir_group *group[OWN_GROUPS_MAX];
	size_t n;
};

static void
find_groups(const struct directory *dir, int64_t user, struct own_groups *out)
{
	size_t n;
	const struct dir_group *groups = dir_groups(dir, &n);

	out->n = 0;
	for (size_t i = 0; i < n && out->n < OWN_GROUPS_MAX; i++)
		if (dir_group_member(&groups[i], user))
			out->group[out->n++] = &groups[i];
}

static bool
is_colleague(const struct own_groups *own, int64_t user)
{
	for (size_t i = 0; i < own->n; i++)
		if (dir_group_member(own->group[i], user))
			return true;
	return false;
}

/* A leg of c that rings: for the number or its user, NULL: for anybody; but not for by. */
static struct leg *
rings(const struct call *c, const struct dir_number *number, int64_t by)
{
	bool called = number && slice_eq(c->called_party.number, number->number);

	if (!c->ring.active || c->inner || c->caller_party.user == by)
		return NULL;
	LIST_FOR_EACH (it, &c->legs) {
		struct leg *l = container_of(it, struct leg, link);
		int64_t user = l->party.user;

		if (l->state != LEG_ASKING || l->line || user == by)
			continue;
		if (!number || called || (number->user && number->user->id == user))
			return l;
	}
	return NULL;
}

/* The one that has rung longest; of the same group, if there is one. */
static struct leg *
find(const struct call_switch *sw, struct slice number, int64_t by)
{
	const struct dir_number *n = number.n ? dir_number_find(sw->p.directory, number) : NULL;
	struct own_groups own;
	struct leg *first = NULL;

	if (number.n && !n)
		return NULL;
	find_groups(sw->p.directory, by, &own);
	LIST_FOR_EACH (it, &sw->calls) {
		struct leg *l = rings(container_of(it, struct call, link), n, by);

		if (l && (n || is_colleague(&own, l->party.user)))
			return l;
		if (!first)
			first = l;
	}
	return first;
}

void
pick_up(struct call_switch *sw, struct sip_server *tsx, const struct sip_msg *req,
    const struct dir_phone *phone, struct slice number)
{
	struct leg *l = phone->user_count ? find(sw, number, phone->users[0]->id) : NULL;
	uint16_t status = !phone->user_count ? 403 : l ? replaces_take(l, tsx, req, phone) : 480;

	if (status)
		sip_server_reject(tsx, status, SLICE(""));
}
