#include "media/stream_int.h"

#include "base/log.h"
#include "media/door_int.h"
#include "media/stream_parts_int.h"
#include "media/worker_int.h"

enum { DRAIN_MAX = 64 }; /* packets a socket */

static uint64_t
now_ms(const struct worker *w)
{
	return w->now_us / 1000;
}

static void
on_silence(struct timer *t)
{
	struct stream *s = container_of(t, struct stream, silence);
	struct worker *w = s->worker;
	uint64_t due_ms;

	fastpath_collect(w, s);
	due_ms = s->heard_ms + s->timeout_ms;
	if (now_ms(w) < due_ms)
		timer_start(&w->timers, t, due_ms - now_ms(w)); /* packets came meanwhile */
	else
		worker_post(w, s, STREAM_DUE_TIMEOUT);
}

static const struct plan_extra nothing;
static const struct plan_extra *
extra_of(const struct plan *plan)
{
	return plan->extra ? plan->extra : &nothing;
}

void
stream_init(struct stream *s, struct worker *w)
{
	s->worker = w;
	timer_init(&s->silence, on_silence);
	list_init(&s->waiting);
	list_init(&s->clocked);
}

void
stream_set_protection(struct stream_side *side, const struct media_protection *p)
{
	if (cipher_is_for(side->cipher, p))
		return;
	cipher_free(side->cipher);
	side->cipher = NULL;
	if (p->in.suite != MEDIA_SUITE_NONE)
		side->cipher = cipher_new(p);
}

/* What it has allocated. */
static void
let_go(struct stream *s)
{
	list_remove(&s->clocked);
	attendant_free(s->attendant);
	s->attendant = NULL;
	interpreter_free(s->interpreter);
	s->interpreter = NULL;
	participant_free(s->self);
	s->self = NULL;
	for (unsigned i = 0; i < MEDIA_SIDES; i++) {
		stream_set_protection(&s->side[i], &nothing.protection[i]);
		door_free(s->side[i].door);
		s->side[i].door = NULL;
	}
}

void
stream_fini(struct stream *s)
{
	let_go(s);
}

static void
write_sockaddr(struct stream_target *t, const struct addr *a, bool ip6)
{
	struct sockaddr_storage ss;

	if (!ip6 || a->family == 6) {
		t->length = addr_to_sockaddr(a, &ss);
		memcpy(&t->to, &ss, t->length);
		return;
	}
	t->length = sizeof t->to.ip6;
	t->to.ip6 = (struct sockaddr_in6){.sin6_family = AF_INET6, .sin6_port = htons(a->port)};
	t->to.ip6.sin6_addr.s6_addr[10] = t->to.ip6.sin6_addr.s6_addr[11] = 0xff;
	memcpy(t->to.ip6.sin6_addr.s6_addr + 12, a->ip, 4);
}

void
stream_set_target(struct stream_target *t, struct worker *w, const struct stream_side *side,
    const struct addr *to)
{
	t->length = 0;
	if (!w->ip6 && to->family != 4)
		return;
	write_sockaddr(t, to, w->ip6);
	t->from = egress_find(&w->egress, now_ms(w), side->latch.peer.local, to);
}

/* False: nowhere. Behind a door there is one port for all, and nobody before there are keys. */
static bool
find_target(const struct stream_side *side, enum latch_port port, struct addr *out)
{
	const struct door *door = side->door;

	if (door && (port != LATCH_RTP || !side->cipher))
		return false;
	if (!door || !door->of.ice)
		return latch_target(&side->latch, port, out);
	*out = door->peer;
	return out->family;
}

/* The two ports' targets depend on each other (latch.c), so both are renewed. */
void
stream_renew_targets(struct stream_side *side, struct worker *w)
{
	for (unsigned port = 0; port < LATCH_PORTS; port++) {
		struct addr a;

		if (find_target(side, port, &a))
			stream_set_target(&side->target[port], w, side, &a);
		else
			side->target[port].length = 0;
	}
}

/* What the call before has left in the sockets. */
static void
drain(const struct slot *slot, struct worker *w)
{
	for (unsigned side = 0; side < MEDIA_SIDES; side++)
		for (unsigned port = 0; port < LATCH_PORTS; port++)
			for (int i = 0; i < DRAIN_MAX; i++) {
				if (recv(slot->pair[side].fd[port], w->packet, 1, MSG_DONTWAIT) < 0)
					break;
				worker_count(w, late);
			}
}

static void
begin(struct stream *s, struct worker *w, const struct plan *plan)
{
	s->gen = plan->gen;
	s->user = plan->user;
	s->open = true;
	s->timeout_serial = plan->timeout_serial - 1;
	for (unsigned i = 0; i < MEDIA_SIDES; i++) {
		struct stream_side *side = &s->side[i];

		latch_init(&side->latch);
		rtp_stats_init(&side->rtp, plan->clock_rate_hz);
		side->rtcp = (struct rtcp_stats){0};
		side->refused = side->rtcp_packets = 0;
		side->keys = (struct key_watch){0};
	}
	w->n_open++;
	fastpath_enter(w, s);
}

static void
set_timeout(struct stream *s, struct worker *w, const struct plan *plan)
{
	s->timeout_serial = plan->timeout_serial;
	s->timeout_ms = plan->timeout_ms;
	s->heard_ms = now_ms(w);
	s->due &= ~(unsigned)STREAM_DUE_TIMEOUT;
	timer_stop(&s->silence);
	if (s->timeout_ms)
		timer_start(&w->timers, &s->silence, s->timeout_ms);
}

/* What we are to both sides, as long as we have something to say. */
static bool
take_part(struct stream *s, struct worker *w, bool wanted)
{
	if (!wanted || s->self)
		return wanted;
	if (participant_new(&w->rng, &s->self) != ERR_OK) {
		log_error(MEDIA, "no memory to take part in a stream");
		return false;
	}
	s->self->owner = s;
	stream_start_reports(s, w);
	return true;
}

/* Whatever we do ourselves with what is said. */
static void
work_for(struct stream *s, struct worker *w, const struct plan_extra *x)
{
	if (!take_part(
		s, w, interpreter_is_needed(x->translation) || attendant_is_needed(x->order)))
		x = &nothing;
	if (interpreter_follow(&s->interpreter, x->translation, s->self) != ERR_OK)
		log_error(MEDIA, "no memory to translate a stream");
	if (attendant_follow(&s->attendant, x->order) != ERR_OK)
		log_error(MEDIA, "no memory to play to a stream, mix or record it");
	if (s->attendant)
		worker_clock(w, s);
	if (!s->interpreter && !s->attendant) {
		participant_free(s->self);
		s->self = NULL;
	}
}

ssize_t
stream_send(const struct stream_target *t, int fd, struct slice packet)
{
	if (t->from.family)
		return egress_sendto(fd, packet, &t->to.any, t->length, &t->from);
	return sendto(fd, packet.p, packet.n, MSG_DONTWAIT | MSG_NOSIGNAL, &t->to.any, t->length);
}

static void
end(struct stream *s, struct worker *w)
{
	fastpath_leave(w, s);
	timer_stop(&s->silence);
	stream_close_doors(container_of(s, struct slot, stream), w);
	let_go(s);
	s->open = false;
	s->due = 0;
	w->n_open--;
	worker_post(w, s, STREAM_DUE_CLOSED);
}

void
stream_leave(struct stream *s, struct worker *w)
{
	fastpath_leave(w, s);
	timer_stop(&s->silence);
	if (s->self)
		timer_stop(&s->self->reports);
	for (unsigned i = 0; i < MEDIA_SIDES; i++)
		if (s->side[i].door)
			timer_stop(&s->side[i].door->timer);
	attendant_free(s->attendant); /* the other thread hires one */
	s->attendant = NULL;
	list_remove(&s->waiting);
	list_remove(&s->clocked);
	w->n_open -= s->open;
}

void
stream_join(struct stream *s, struct worker *w)
{
	s->worker = w;
	if (s->open && s->timeout_ms)
		timer_start(&w->timers, &s->silence, s->timeout_ms);
	if (s->self)
		stream_plan_reports(s, w);
	for (unsigned i = 0; i < MEDIA_SIDES; i++)
		if (s->side[i].door)
			stream_plan_door(s->side[i].door, w);
	if (s->due)
		worker_post(w, s, 0);
	if (stream_needs_clock(s))
		worker_clock(w, s);
	w->n_open += s->open;
	if (s->open)
		fastpath_enter(w, s);
}

void
stream_follow(struct slot *slot, struct worker *w, const struct plan *plan)
{
	struct stream *s = &slot->stream;

	fastpath_stop(w, s);
	if (plan->gen != s->gen) {
		if (plan->drain)
			drain(slot, w);
		begin(s, w, plan);
	}
	if (!plan->open) {
		if (s->open)
			end(s, w);
		return;
	}
	for (unsigned i = 0; i < MEDIA_SIDES; i++) {
		latch_set_peer(&s->side[i].latch, &plan->peer[i]);
		if (!stream_set_door(slot, w, i, &extra_of(plan)->transport[i]))
			stream_set_protection(&s->side[i], &extra_of(plan)->protection[i]);
		stream_renew_targets(&s->side[i], w);
		key_watch_follow(&s->side[i].keys, &plan->keys[i]);
	}
	work_for(s, w, extra_of(plan));
	if (plan->timeout_serial != s->timeout_serial)
		set_timeout(s, w, plan);
	atomic_store_explicit(&slot->followed, plan->extra_serial, memory_order_release);
}

static void
note_reports(struct stream *s, struct worker *w, unsigned i, struct slice packet)
{
	struct stream_side *side = &s->side[i], *other = &s->side[i ^ 1];
	const struct rtcp_passed *to_it = &other->rtcp.sr;
	uint32_t ssrc = other->rtp.ssrc;

	if (s->self) {
		to_it = &s->self->to[i].sr;
		if (s->self->to[i].sent.packets)
			ssrc = s->self->to[i].sent.ssrc;
	}
	rtcp_stats_packet(&side->rtcp, to_it, ssrc, packet, w->now_us);
}

static enum latch_verdict
check_source(struct stream_side *side, enum latch_port port, const struct addr *from)
{
	if (!side->door || !side->door->of.ice)
		return latch_check(&side->latch, port, from);
	return addr_eq(&side->door->peer, from) ? LATCH_KNOWN : LATCH_REFUSED;
}

/* The source check and the books of the side the packet came from. */
static bool
admit(struct stream *s, struct worker *w, unsigned i, enum latch_port port, enum rtp_kind kind,
    struct slice packet, const struct addr *from)
{
	struct stream_side *side = &s->side[i];
	struct rtp_head head;

	switch (check_source(side, port, from)) {
	case LATCH_REFUSED:
		side->refused++;
		worker_count(w, refused);
		return false;
	case LATCH_NEW: stream_renew_targets(side, w); break;
	case LATCH_KNOWN: break;
	}
	if (kind == RTP_KIND_RAW) {
		s->heard_ms = now_ms(w);
		return true;
	}
	if (kind == RTP_KIND_RTCP) {
		side->rtcp_packets++;
		note_reports(s, w, i, packet);
		return true;
	}
	head = rtp_head_of(packet);
	fastpath_collect(w, s);
	rtp_stats_packet(&side->rtp, &head, packet.n, w->now_us);
	fastpath_check(w, s);
	s->heard_ms = now_ms(w);
	return true;
}

/* False: it cannot be sent. */
static bool
seal(const struct stream_side *side, struct worker *w, enum rtp_kind kind, struct slice *packet)
{
	size_t n = packet->n;

	if (!side->cipher || kind == RTP_KIND_RAW)
		return !side->door;
	if (n > RTP_PACKET_MAX)
		return false;
	memcpy(w->sealed, packet->p, n);
	if (!cipher_seal(side->cipher, kind, w->sealed, &n))
		return false;
	*packet = slice_make(w->sealed, n);
	return true;
}

/* A packet for a side, if it wants any. */
void
stream_deliver(struct slot *slot, struct worker *w, unsigned to, enum latch_port port,
    enum rtp_kind kind, struct slice packet)
{
	const struct stream_side *side = &slot->stream.side[to];
	bool held = kind != RTP_KIND_RTCP && !side->latch.peer.send;
	const struct stream_target *t;

	if (kind == RTP_KIND_RTCP && side->door)
		port = side->door->of.rtcp_mux ? LATCH_RTP : LATCH_RTCP;
	t = &side->target[port];

	if (held || t->length == 0)
		worker_count(w, undeliverable);
	else if (!seal(side, w, kind, &packet) ||
		 stream_send(t, slot->pair[to].fd[port], packet) < 0)
		worker_count(w, send_failed);
	else
		worker_count(w, packets);
}

/* One of ours. */
void
stream_on_ready_packet(void *ctx, struct slice packet)
{
	const struct stream_delivery *d = ctx;

	stream_deliver(d->slot, d->worker, d->to, LATCH_RTP, RTP_KIND_RTP, packet);
}

bool
stream_wants_voice(const struct stream_side *side)
{
	return side->latch.peer.send && side->target[LATCH_RTP].length;
}

/* Voice that nobody wants is not worth the work. */
static void
interpret(struct slot *slot, struct worker *w, unsigned from, struct slice packet)
{
	struct transcoder *t = slot->stream.interpreter->from[from];
	struct stream_delivery d = {slot, w, from ^ 1};
	uint64_t alien;

	if (!t || (!stream_wants_voice(&slot->stream.side[d.to]) && !transcoder_tells_keys(t))) {
		if (t)
			transcoder_break(t);
		stream_deliver(slot, w, d.to, LATCH_RTP, RTP_KIND_RTP, packet);
		return;
	}
	alien = transcoder_stats(t)->alien;
	transcoder_packet(t, packet, w->now_us, &w->room, stream_on_ready_packet, &d);
	if (transcoder_stats(t)->alien != alien)
		worker_count(w, untranslatable);
	if (transcoder_needs_clock(t))
		worker_clock(w, &slot->stream);
	if (transcoder_told(t))
		worker_post(w, &slot->stream, STREAM_DUE_NEWS);
}

/* ---- packets ---- */

static enum rtp_kind
what_is(const struct stream_side *from, unsigned port, struct slice packet)
{
	if (from->latch.peer.raw && port == LATCH_RTP)
		return packet.n && packet.n <= RTP_PACKET_MAX ? RTP_KIND_RAW : RTP_KIND_BROKEN;
	return rtp_classify(packet, port == LATCH_RTCP);
}

/* False: it is not from who has the key. Before its source is believed. */
static bool
unseal(const struct stream_side *side, struct worker *w, enum rtp_kind kind, struct slice *packet)
{
	size_t n = packet->n;

	if (!side->cipher || kind == RTP_KIND_RAW)
		return !side->door;
	if (!cipher_open(side->cipher, kind, w->packet, &n))
		return false;
	packet->n = n;
	return true;
}

/* The other side hears something else. */
static void
keep_from(struct stream *s, unsigned side)
{
	if (s->interpreter && s->interpreter->from[side])
		transcoder_break(s->interpreter->from[side]);
}

/* RTCP of who shares a port goes to the RTCP port of who does not; between phones it stays where it
 * is, for they have agreed on that themselves. */
static enum latch_port
leaves_by(const struct stream *s, unsigned from, unsigned port, enum rtp_kind kind)
{
	return kind == RTP_KIND_RTCP && s->side[from].door ? LATCH_RTCP : (enum latch_port)port;
}

/* What is no voice: for the door, or for nobody. */
static void
turn_away(struct slot *slot, struct worker *w, unsigned side, unsigned port, enum rtp_kind kind,
    struct slice packet, const struct addr *from)
{
	if (kind == RTP_KIND_BROKEN)
		worker_count(w, malformed);
	else if (port == LATCH_RTP && slot->stream.side[side].door && packet.n <= RTP_PACKET_MAX)
		stream_knock(slot, w, side, packet, from);
	else
		worker_count(w, foreign);
}

/* One packet a call: with one packet in 20 ms a second look would nearly always
 * be in vain, and epoll is level-triggered, so nothing is forgotten. */
void
stream_on_readable(struct slot *slot, struct worker *w, unsigned side, unsigned port)
{
	struct stream *s = &slot->stream;
	struct sockaddr_storage ss;
	socklen_t length = sizeof ss;
	unsigned other = side ^ 1;
	struct slice packet;
	struct addr from;
	enum rtp_kind kind;
	ssize_t n = recvfrom(slot->pair[side].fd[port], w->packet, sizeof w->packet,
	    MSG_DONTWAIT | MSG_TRUNC, (struct sockaddr *)&ss, &length);

	if (n < 0)
		return; /* nothing there, or an ICMP error of the past: now it is read */
	if (!s->open) {
		worker_count(w, late);
		return;
	}
	packet = slice_make(w->packet, (size_t)n);
	kind = what_is(&s->side[side], port, packet);
	if (addr_from_sockaddr((const struct sockaddr *)&ss, &from) != ERR_OK)
		return;
	if (kind == RTP_KIND_BROKEN || kind == RTP_KIND_FOREIGN) {
		turn_away(slot, w, side, port, kind, packet, &from);
		return;
	}
	if (!unseal(&s->side[side], w, kind, &packet)) {
		worker_count(w, unauthentic);
		return;
	}
	if (!admit(s, w, side, port, kind, packet, &from))
		return;
	if (kind == RTP_KIND_RTP && key_watch_packet(&s->side[side].keys, packet))
		worker_post(w, s, STREAM_DUE_NEWS);
	if (s->attendant && kind == RTP_KIND_RTP)
		attendant_packet(s->attendant, side, packet, w->now_us);
	if (s->attendant && !attendant_lets_hear(s->attendant, other))
		keep_from(s, side);
	else if (!s->interpreter || kind == RTP_KIND_RAW)
		stream_deliver(slot, w, other, leaves_by(s, side, port, kind), kind, packet);
	else if (kind == RTP_KIND_RTP)
		interpret(slot, w, side, packet);
}

void
stream_write_stats(const struct stream *s, struct media_stats *out)
{
	for (unsigned i = 0; i < MEDIA_SIDES; i++) {
		const struct stream_side *side = &s->side[i];

		out->side[i] = (struct media_side_stats){
		    .packets = side->rtp.packets,
		    .bytes = side->rtp.bytes,
		    .lost = rtp_stats_lost(&side->rtp),
		    .refused = side->refused,
		    .jitter_us = rtp_stats_jitter_us(&side->rtp),
		    .rtcp_packets = side->rtcp_packets,
		    .missed = rtcp_stats_lost(&side->rtcp),
		    .rtt_us = side->rtcp.rtt_us,
		};
	}
}
