/* Which contacts a phone has: the best first, and of the flows of a device only one at a time
 * (RFC 5626, 7: the others are the same device again). */
#include "registrar/registrar_int.h"

static bool
goes_before(const struct binding *a, const struct binding *b)
{
	return a->reachable != b->reachable ? a->reachable : a->q_permille > b->q_permille;
}

/* Equal ones stay in order: the newest first. */
static void
insert(struct found *f, struct binding *b)
{
	size_t at = f->n;

	if (f->n == FOUND_MAX)
		return;
	for (; at > 0 && goes_before(b, f->binding[at - 1]); at--)
		f->binding[at] = f->binding[at - 1];
	f->binding[at] = b;
	f->n++;
}

void
find_begin(struct found *f, const struct registrar *r, int64_t phone_id)
{
	const struct reg_phone *p = phone_find(r, phone_id);
	bool registered = false;

	f->n = 0;
	if (!p)
		return;
	LIST_FOR_EACH (node, &p->bindings)
		registered |= binding_is_registered(container_of(node, struct binding, node));
	LIST_FOR_EACH (node, &p->bindings) {
		struct binding *b = container_of(node, struct binding, node);

		/* What a phone says of itself is better than what was once entered. */
		if (b->texts && !(b->is_static && registered))
			insert(f, b);
	}
}

void
find_drop(struct found *f, size_t at)
{
	f->n--;
	memmove(f->binding + at, f->binding + at + 1, (f->n - at) * sizeof f->binding[0]);
}

/* A contact may carry headers (RFC 3261, 19.1.1); a Request-URI may not, and what a phone would
 * have us put into requests is not asked for: RFC 4475, 3.3.14. */
struct slice
find_request_uri(const struct binding *b)
{
	struct slice uri = binding_text(b, TEXT_CONTACT);
	size_t at = slice_find(uri, '@');

	/* the user part may have a '?' */
	return slice_make(
	    uri.p, (at < uri.n ? at : 0) + slice_find(slice_from(uri, at < uri.n ? at : 0), '?'));
}

size_t
find_write(const struct found *f, struct reg_contact *out, size_t max)
{
	size_t n = f->n < max ? f->n : max;

	for (size_t i = 0; i < n; i++) {
		const struct binding *b = f->binding[i];

		out[i] = (struct reg_contact){.uri = find_request_uri(b),
		    .flow = b->flow,
		    .route = binding_text(b, TEXT_ROUTE),
		    .instance = binding_text(b, TEXT_INSTANCE),
		    .reg_id = b->reg_id,
		    .q_permille = b->q_permille,
		    .reachable = b->reachable};
	}
	return n;
}

/* Has a better flow of the same device come already? */
static bool
is_second_flow(const struct found *f, size_t at)
{
	const struct binding *b = f->binding[at];

	for (size_t i = 0; i < at && b->reg_id; i++)
		if (f->binding[i]->reg_id && slice_eq(binding_text(f->binding[i], TEXT_INSTANCE),
						 binding_text(b, TEXT_INSTANCE)))
			return true;
	return false;
}

size_t
registrar_contacts(const struct registrar *r, int64_t phone_id, struct reg_contact *out, size_t max)
{
	struct found f;

	find_begin(&f, r, phone_id);
	for (size_t i = 0; i < f.n;)
		if (is_second_flow(&f, i))
			find_drop(&f, i);
		else
			i++;
	return find_write(&f, out, max);
}

bool
registrar_is_at(
    const struct registrar *r, int64_t phone_id, const struct sip_flow *flow, bool with_port)
{
	struct found f;

	find_begin(&f, r, phone_id);
	for (size_t i = 0; i < f.n; i++) {
		const struct binding *b = f.binding[i];

		if (b->flow.transport == flow->transport &&
		    (with_port ? addr_eq(&b->source, &flow->remote)
			       : addr_eq_ip(&b->source, &flow->remote)))
			return true;
	}
	return false;
}

size_t
registrar_flows(const struct registrar *r, int64_t phone_id, struct reg_contact *out, size_t max)
{
	struct found f;

	find_begin(&f, r, phone_id);
	return find_write(&f, out, max);
}
