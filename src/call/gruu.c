/*
 * A call to one device (GRUU, RFC 5627): the Request-URI says which; what was dialled is the
 * number of its user, so that routing decides as for any call, but nobody else is rung.
 */
#include "call/call_int.h"

static bool
find(const struct call *c, int64_t *phone, struct call_contact *out, size_t max, size_t *n)
{
	struct call_switch *sw = c->sw;
	struct sip_uri uri;

	return sip_uri_parse(&uri, c->gruu) == ERR_OK &&
	       sw->p.ops->gruu(sw->p.ctx, &uri, phone, out, max, n) == ERR_OK;
}

/* The number its owner is called by. */
static struct slice
number_of(const struct dir_phone *phone)
{
	for (size_t i = 0; phone && i < phone->user_count; i++)
		if (phone->users[i]->primary_number.n)
			return phone->users[i]->primary_number;
	return SLICE("");
}

uint16_t
gruu_take(struct call *c, const struct sip_uri *uri, struct slice text, struct slice *dialled)
{
	struct call_contact contact;
	size_t n;

	c->gruu = SLICE("");
	if (!c->sw->p.ops->gruu || !sip_param_find(uri->params, SLICE("gr"), NULL))
		return 0;
	if (arena_dup(&c->arena, text, &c->gruu) != ERR_OK)
		return 500;
	if (!find(c, &c->gruu_phone, &contact, 1, &n))
		return 404;
	*dialled = number_of(dir_phone_by_id(c->sw->p.directory, c->gruu_phone));
	if (dialled->n == 0)
		return 404;
	return n ? 0 : 480;
}

void
gruu_limit(const struct call *c, struct routing_plan *plan)
{
	size_t n = 0;

	if (!c->gruu.n || plan->action == ROUTING_REFUSE)
		return;
	for (size_t i = 0; i < plan->n_targets; i++)
		if (plan->target[i].kind == ROUTING_PHONE && plan->target[i].phone == c->gruu_phone)
			plan->target[n++] = plan->target[i];
	plan->n_targets = n;
	if (n)
		return;
	plan->action = ROUTING_REFUSE;
	plan->result = CDR_UNAVAILABLE;
	plan->status = 480;
}

size_t
gruu_contacts(const struct call *c, int64_t phone, struct call_contact *out, size_t max)
{
	int64_t id;
	size_t n;

	if (!c->gruu.n || phone != c->gruu_phone)
		return c->sw->p.ops->contacts(c->sw->p.ctx, phone, out, max);
	/* one flow of it at a time: RFC 5626, 7 */
	return find(c, &id, out, 1, &n) ? n : 0;
}
