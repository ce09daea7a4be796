#include "media/fastpath_stream_int.h"

#include <sys/socket.h>

#include "media/worker_int.h"

enum {
	LEASE_MS = 3000, /* so long the kernel goes on without us */
	REST_SCANS = 20, /* of a stream that cannot be given away */
	TRUST_MS = EGRESS_TRUST_MS,
	ROUTES_A_SCAN = 64, /* streams whose routes are asked for, about 3 ms */
};

static struct slot *
slot_of(const struct stream *s)
{
	return container_of((struct stream *)s, struct slot, stream);
}

static struct fastpath_stream *
fast_of(const struct worker *w, const struct stream *s)
{
	return &w->fastpath->stream[slot_of(s)->index];
}

static struct fastpath_way *
way_of(const struct worker *w, const struct stream *s)
{
	return &w->fastpath->way[slot_of(s)->index];
}

static struct fastpath_entry *
entry_of(const struct worker *w, const struct stream *s, unsigned side)
{
	return fastpath_entry_of(w->fastpath, slot_of(s)->pair[side].port);
}

static uint64_t
load(const __u64 *figure)
{
	return __atomic_load_n(figure, __ATOMIC_RELAXED);
}

void
fastpath_enter(struct worker *w, struct stream *s)
{
	struct fastpath_stream *fast;

	if (!w->fastpath)
		return;
	fast = fast_of(w, s);
	*fast = (struct fastpath_stream){.step = FASTPATH_SETTLING};
	list_push(&w->fast, &fast->link);
}

void
fastpath_leave(struct worker *w, struct stream *s)
{
	struct fastpath_stream *fast = w->fastpath ? fast_of(w, s) : NULL;

	if (!fast || !fast->link.next)
		return; /* was never in */
	fastpath_stop(w, s);
	list_remove(&fast->link);
}

static void
cut(struct worker *w, const struct stream *s)
{
	for (unsigned i = 0; i < MEDIA_SIDES; i++)
		fastpath_cut(w->fastpath, slot_of(s)->pair[i].port);
}

void
fastpath_stop(struct worker *w, struct stream *s)
{
	if (!w->fastpath)
		return;
	if (fast_of(w, s)->step == FASTPATH_ON) {
		cut(w, s);
		fastpath_collect(w, s);
	}
	fast_of(w, s)->step = FASTPATH_SETTLING;
	fast_of(w, s)->rest = 0;
}

static void
collect_side(struct worker *w, struct stream *s, unsigned i)
{
	struct fastpath_side *side = &way_of(w, s)->side[i];
	const struct fastpath_entry *e = entry_of(w, s, i);
	uint64_t packets = load(&e->packets), bytes = load(&e->bytes);
	uint64_t heard_ms = load(&e->last_ns) / 1000000;
	struct rtp_stats_more more = {
	    .packets = packets - side->packets,
	    .bytes = bytes - side->bytes,
	    .highest = load(&e->highest),
	    .jitter_ns_x16 = load(&e->jitter_ns_x16),
	    .stamped_us = load(&e->stamped_ns) / 1000,
	    .timestamp = __atomic_load_n(&e->timestamp, __ATOMIC_RELAXED),
	};

	if (more.packets == 0)
		return;
	side->packets = packets;
	side->bytes = bytes;
	rtp_stats_add(&s->side[i].rtp, &more);
	if (heard_ms > s->heard_ms)
		s->heard_ms = heard_ms;
	worker_count_n(w, packets, more.packets);
	worker_count_n(w, kernel_packets, more.packets);
}

void
fastpath_collect(struct worker *w, struct stream *s)
{
	if (!w->fastpath || fast_of(w, s)->step != FASTPATH_ON)
		return;
	for (unsigned i = 0; i < MEDIA_SIDES; i++)
		collect_side(w, s, i);
}

static bool
is_same_run(const struct worker *w, const struct stream *s)
{
	const struct fastpath_way *way = way_of(w, s);

	for (unsigned i = 0; i < MEDIA_SIDES; i++)
		if (entry_of(w, s, i)->ssrc != htonl(s->side[i].rtp.ssrc) ||
		    way->side[i].base != s->side[i].rtp.base)
			return false;
	return true;
}

void
fastpath_check(struct worker *w, struct stream *s)
{
	if (w->fastpath && fast_of(w, s)->step == FASTPATH_ON && !is_same_run(w, s))
		fastpath_stop(w, s);
}

/* ---- into the kernel, step by step ---- */

static bool
merely_passes(const struct stream *s)
{
	if (s->self || s->interpreter || s->attendant)
		return false;
	for (unsigned i = 0; i < MEDIA_SIDES; i++) {
		const struct stream_side *side = &s->side[i];

		if (side->cipher || side->door || side->latch.peer.raw || !side->latch.peer.send ||
		    side->target[LATCH_RTP].length == 0 || !side->rtp.started)
			return false;
	}
	/* from one family to the other a packet would have to grow or shrink */
	return s->side[0].latch.source[LATCH_RTP].family ==
	       s->side[1].latch.source[LATCH_RTP].family;
}

static bool
find_route(const struct worker *w, const struct stream *s, unsigned i, struct fastpath_route *out)
{
	const struct stream_side *side = &s->side[i];
	struct addr from = side->target[LATCH_RTP].from;

	if (!from.family && !addr_is_any(&w->fastpath->bind))
		from = w->fastpath->bind;
	return fastpath_route_find(out, &from, &side->latch.source[LATCH_RTP]) == ERR_OK;
}

static void
write_ends(struct fastpath_ends *ends, const struct addr *from, const struct addr *to)
{
	memcpy(ends->from, from->ip, sizeof ends->from);
	memcpy(ends->to, to->ip, sizeof ends->to);
}

/* How the socket would mark its packets. */
static uint32_t
socket_option(int fd, int level, int option)
{
	int value = 0;
	socklen_t bytes = sizeof value;

	return getsockopt(fd, level, option, &value, &bytes) == 0 ? (uint32_t)value : 0;
}

/* From side i to the other one. The figures go on where they were. */
static void
write_entry(struct worker *w, struct stream *s, unsigned i)
{
	struct fastpath_way *way = way_of(w, s);
	const struct fastpath_route *here = &way->side[i].route, *there = &way->side[i ^ 1].route;
	const struct addr *peer = &s->side[i].latch.source[LATCH_RTP];
	const struct addr *other = &s->side[i ^ 1].latch.source[LATCH_RTP];
	const struct port_pair *out = &slot_of(s)->pair[i ^ 1];
	const struct key_watch_plan *keys = &s->side[i].keys.plan;
	struct fastpath_entry *e = entry_of(w, s, i);

	e->family = peer->family;
	write_ends(&e->old, peer, &here->from);
	write_ends(&e->new, &there->from, other);
	e->from_port = htons(peer->port);
	e->new_from_port = htons(out->port);
	e->new_to_port = htons(other->port);
	e->ip_bytes_max =
	    (uint16_t)(there->ip_bytes_max < UINT16_MAX ? there->ip_bytes_max : UINT16_MAX);
	e->ssrc = htonl(s->side[i].rtp.ssrc);
	e->interface = there->interface;
	e->tos = (uint8_t)(peer->family == 6
			       ? socket_option(out->fd[LATCH_RTP], IPPROTO_IPV6, IPV6_TCLASS)
			       : socket_option(out->fd[LATCH_RTP], IPPROTO_IP, IP_TOS));
	e->priority = socket_option(out->fd[LATCH_RTP], SOL_SOCKET, SO_PRIORITY);
	e->unit_ps = 1000000000000 / s->side[i].rtp.clock_rate_hz;
	for (size_t k = 0; k < KEY_WATCH_FORMATS; k++)
		e->up[k] = keys->format[k].codec ? keys->format[k].payload_type : FASTPATH_NONE;
	way->side[i].base = s->side[i].rtp.base;
}

static bool
write_entries(struct worker *w, struct stream *s)
{
	struct fastpath_way *way = way_of(w, s);

	for (unsigned i = 0; i < MEDIA_SIDES; i++)
		if (!find_route(w, s, i, &way->side[i].route))
			return false;
	way->routed_ms = w->now_us / 1000;
	for (unsigned i = 0; i < MEDIA_SIDES; i++)
		write_entry(w, s, i);
	return true;
}

static uint64_t
lease_ns(const struct worker *w)
{
	return w->now_us * 1000 + (uint64_t)LEASE_MS * 1000000;
}

static void
turn_on(struct worker *w, struct stream *s)
{
	struct fastpath_stream *fast = fast_of(w, s);

	for (unsigned i = 0; i < MEDIA_SIDES; i++) {
		const struct rtp_stats *rtp = &s->side[i].rtp;
		struct fastpath_entry *e = entry_of(w, s, i);

		way_of(w, s)->side[i].packets = load(&e->packets);
		way_of(w, s)->side[i].bytes = load(&e->bytes);
		e->highest = rtp->highest;
		e->jitter_ns_x16 = rtp->jitter_x16 * 1000000 / rtp->clock_rate_hz * 1000;
		e->stamped_ns = 0;
		__atomic_store_n(&e->until_ns, lease_ns(w), __ATOMIC_SEQ_CST);
	}
	fast->step = FASTPATH_ON;
	/* A plan that came meanwhile has cut what was not yet on. */
	if (plan_box_is_unread(&slot_of(s)->box))
		fastpath_stop(w, s);
}

static bool
is_same_route(const struct fastpath_route *a, const struct fastpath_route *b)
{
	return a->interface == b->interface && addr_eq_ip(&a->from, &b->from) &&
	       a->ip_bytes_max == b->ip_bytes_max;
}

static bool
may_ask(unsigned *questions)
{
	if (*questions == 0)
		return false; /* at the next scan */
	--*questions;
	return true;
}

static bool
routes_are_as_before(struct worker *w, struct stream *s, unsigned *questions)
{
	struct fastpath_way *way = way_of(w, s);
	uint64_t now_ms = w->now_us / 1000;

	if (now_ms - way->routed_ms < TRUST_MS || !may_ask(questions))
		return true;
	way->routed_ms = now_ms;
	for (unsigned i = 0; i < MEDIA_SIDES; i++) {
		struct fastpath_route now;

		if (!find_route(w, s, i, &now) || !is_same_route(&now, &way->side[i].route))
			return false;
	}
	return true;
}

/* False: signalling has cut it. */
static bool
renew(struct worker *w, struct stream *s)
{
	for (unsigned i = 0; i < MEDIA_SIDES; i++) {
		struct fastpath_entry *e = entry_of(w, s, i);
		__u64 before = load(&e->until_ns);

		if (before == 0 || !__atomic_compare_exchange_n(&e->until_ns, &before, lease_ns(w),
				       false, __ATOMIC_SEQ_CST, __ATOMIC_RELAXED))
			return false;
	}
	return true;
}

static void
step(struct worker *w, struct stream *s, unsigned *questions)
{
	struct fastpath_stream *fast = fast_of(w, s);

	if (fast->rest) {
		fast->rest--;
		return;
	}
	switch (fast->step) {
	case FASTPATH_SETTLING:
		if (merely_passes(s))
			fast->step = FASTPATH_SETTLED;
		break;
	case FASTPATH_SETTLED:
		if (!may_ask(questions))
			break;
		if (write_entries(w, s)) {
			fast->step = FASTPATH_WRITTEN;
			break;
		}
		fast->step = FASTPATH_SETTLING;
		fast->rest = REST_SCANS;
		break;
	case FASTPATH_WRITTEN:
		if (is_same_run(w, s))
			turn_on(w, s);
		else
			fast->step = FASTPATH_SETTLING;
		break;
	case FASTPATH_ON:
		fastpath_collect(w, s);
		if (!renew(w, s) || !routes_are_as_before(w, s, questions))
			fastpath_stop(w, s);
		break;
	}
}

void
fastpath_scan(struct worker *w)
{
	unsigned questions = ROUTES_A_SCAN;

	w->scan_due_us = w->now_us + FASTPATH_SCAN_US;
	for (struct list *at = w->fast.next; at != &w->fast; at = at->next) {
		ptrdiff_t i = container_of(at, struct fastpath_stream, link) - w->fastpath->stream;

		step(w, &w->slots[i].stream, &questions);
	}
}
