/*
 * The texts of a subscription: its own in its block, the others shared. All subscriptions of a
 * phone go the same way to it (its URI, Contact, routes and flow), and all who watch somebody
 * mostly call him the same; so each of these is there once, found by what it says, and counted.
 */
#include <stdlib.h>

#include "presence/presence_int.h"

enum { PACKED_MAX_BYTES = SUB_TEXTS_MAX_BYTES + sizeof(struct sip_flow), WAY_FLOW = SUB_PARTS - 1 };

enum holder { OWN, NAMES, WAY };

static const struct {
	uint8_t holder, part;
} places[SUB_TEXTS] = {
    [SUB_CALL_ID] = {OWN, 0},
    [SUB_LOCAL_TAG] = {OWN, 1},
    [SUB_REMOTE_TAG] = {OWN, 2},
    [SUB_EVENT_ID] = {OWN, 3},
    [SUB_LOCAL] = {NAMES, 0},
    [SUB_ENTITY] = {NAMES, 1},
    [SUB_REMOTE] = {WAY, 0},
    [SUB_TARGET] = {WAY, 1},
    [SUB_ROUTES] = {WAY, 2},
};

static struct slice
part_of(const char *text, const uint16_t end[SUB_PARTS], unsigned part)
{
	uint16_t begin = part ? end[part - 1] : 0;

	return slice_make(text + begin, (size_t)(end[part] - begin));
}

struct slice
sub_text(const struct sub *s, enum sub_text which)
{
	unsigned part = places[which].part;

	switch (places[which].holder) {
	case OWN: return part_of(s->text, s->end, part);
	case NAMES: return part_of(s->names->text, s->names->end, part);
	default: return part_of(s->way->text, s->way->end, part);
	}
}

struct sip_flow
sub_flow(const struct sub *s)
{
	struct sip_flow flow;

	memcpy(&flow, part_of(s->way->text, s->way->end, WAY_FLOW).p, sizeof flow);
	return flow;
}

/* ---- what is shared ---- */

static size_t
pack(char *to, uint16_t end[SUB_PARTS], const struct slice part[SUB_PARTS])
{
	size_t n = 0;

	for (int i = 0; i < SUB_PARTS; i++) {
		if (part[i].n)
			memcpy(to + n, part[i].p, part[i].n);
		n += part[i].n;
		end[i] = (uint16_t)n;
	}
	return n;
}

/* NULL: no memory. */
static struct sub_shared *
share(struct presence *p, const struct slice part[SUB_PARTS])
{
	char text[PACKED_MAX_BYTES];
	uint16_t end[SUB_PARTS];
	size_t n = pack(text, end, part);
	uint64_t h = hash_bytes(slice_make(text, n));
	struct sub_shared *s;

	for (struct hnode *it = hmap_first(&p->shared, h); it; it = hmap_next(it, h)) {
		s = container_of(it, struct sub_shared, node);
		if (memcmp(s->end, end, sizeof end) == 0 && memcmp(s->text, text, n) == 0) {
			s->users++;
			return s;
		}
	}
	s = malloc(sizeof *s + n);
	if (!s)
		return NULL;
	s->users = 1;
	memcpy(s->end, end, sizeof end);
	memcpy(s->text, text, n);
	if (hmap_put(&p->shared, &s->node, h) == ERR_OK)
		return s;
	free(s);
	return NULL;
}

static void
unshare(struct presence *p, struct sub_shared *s)
{
	if (!s || --s->users)
		return;
	hmap_remove(&p->shared, &s->node);
	free(s);
}

static struct sub_shared *
share_way(struct presence *p, struct slice remote, struct slice target, struct slice routes,
    const struct sip_flow *flow)
{
	struct slice part[SUB_PARTS] = {
	    remote, target, routes, slice_make((const char *)flow, sizeof *flow)};

	return share(p, part);
}

/* ---- all of one ---- */

enum err
sub_new(struct sub **out, struct presence *p, const struct slice texts[SUB_TEXTS],
    const struct sip_flow *flow)
{
	const struct slice own[SUB_PARTS] = {
	    texts[SUB_CALL_ID], texts[SUB_LOCAL_TAG], texts[SUB_REMOTE_TAG], texts[SUB_EVENT_ID]};
	const struct slice names[SUB_PARTS] = {texts[SUB_LOCAL], texts[SUB_ENTITY]};
	size_t n = 0;
	struct sub *s;

	for (int i = 0; i < SUB_TEXTS; i++)
		n += texts[i].n;
	if (n > SUB_TEXTS_MAX_BYTES)
		return ERR_TOO_BIG;
	n = 0;
	for (int i = 0; i < SUB_PARTS; i++)
		n += own[i].n;
	s = calloc(1, offsetof(struct sub, text) + n); /* a Call-ID has a byte at least */
	if (!s)
		return ERR_NOMEM;
	pack(s->text, s->end, own);
	s->names = share(p, names);
	s->way = share_way(p, texts[SUB_REMOTE], texts[SUB_TARGET], texts[SUB_ROUTES], flow);
	if (!s->names || !s->way) {
		sub_dispose(s, p);
		return ERR_NOMEM;
	}
	*out = s;
	return ERR_OK;
}

void
sub_dispose(struct sub *s, struct presence *p)
{
	if (!s)
		return;
	unshare(p, s->names);
	unshare(p, s->way);
	free(s);
}

enum err
sub_set_way(struct sub *s, struct slice target, const struct sip_flow *flow)
{
	struct presence *p = s->resource->p;
	struct sip_flow old = sub_flow(s);
	struct sub_shared *way;

	if (memcmp(&old, flow, sizeof old) == 0 && slice_eq(target, sub_text(s, SUB_TARGET)))
		return ERR_OK;
	way = share_way(p, sub_text(s, SUB_REMOTE), target, sub_text(s, SUB_ROUTES), flow);
	if (!way)
		return ERR_NOMEM;
	unshare(p, s->way);
	s->way = way;
	return ERR_OK;
}
