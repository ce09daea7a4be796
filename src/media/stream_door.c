#include "base/log.h"
#include "media/door_int.h"
#include "media/stream_parts_int.h"
#include "media/worker_int.h"

/* No keys, and keys that open nothing. */
static const struct media_protection none;
static const struct media_protection closed = {
    .in = {.suite = MEDIA_SUITES}, .out = {.suite = MEDIA_SUITES}};

static void on_door_timer(struct timer *t);

struct at_door {
	struct slot *slot;
	struct worker *worker;
	unsigned side;
};

static void
on_door_says(void *ctx, struct slice datagram, const struct addr *to)
{
	const struct at_door *a = ctx;
	struct stream_target t;

	stream_set_target(&t, a->worker, &a->slot->stream.side[a->side], to);
	if (t.length && stream_send(&t, a->slot->pair[a->side].fd[LATCH_RTP], datagram) < 0)
		worker_count(a->worker, send_failed);
}

static struct door_post
post_of(struct at_door *a)
{
	return (struct door_post){on_door_says, a, a->worker->now_us};
}

void
stream_plan_door(struct door *d, struct worker *w)
{
	uint64_t due_us = door_due_us(d, w->now_us);

	timer_stop(&d->timer);
	if (due_us != UINT64_MAX)
		timer_start(&w->timers, &d->timer,
		    due_us > w->now_us ? (due_us - w->now_us + 999) / 1000 : 1);
}

static const char *
name_of(unsigned side)
{
	return side == MEDIA_CALLER ? "caller" : "called";
}

static void
heed_door(const struct at_door *a, unsigned news)
{
	struct stream_side *side = &a->slot->stream.side[a->side];

	if (news & DOOR_KEYS) {
		stream_set_protection(side, dtls_keys(side->door->dtls));
		worker_count(a->worker, handshakes);
	}
	if (news & DOOR_FAILED) {
		worker_count(a->worker, handshakes_failed);
		log_warn(MEDIA, "no keys for the %s of a stream by DTLS: %s", name_of(a->side),
		    dtls_why(side->door->dtls));
	}
	if (news)
		stream_renew_targets(side, a->worker);
	stream_plan_door(side->door, a->worker);
}

static void
on_door_timer(struct timer *t)
{
	struct door *d = container_of(t, struct door, timer);
	struct at_door a = {container_of(d->owner, struct slot, stream), d->owner->worker, d->side};
	struct door_post post = post_of(&a);

	heed_door(&a, door_on_timer(d, &post));
}

/* Without ICE its peer is where the latch says. */
static void
show_peer(struct at_door *a)
{
	struct stream_side *side = &a->slot->stream.side[a->side];
	struct door_post post = post_of(a);
	struct addr to;

	if (!side->door->of.ice && latch_target(&side->latch, LATCH_RTP, &to))
		heed_door(a, door_set_peer(side->door, &to, a->worker->identity, &post));
}

bool
stream_set_door(struct slot *slot, struct worker *w, unsigned i, const struct media_transport *t)
{
	struct stream_side *side = &slot->stream.side[i];
	struct at_door a = {slot, w, i};

	if (!t->association) {
		if (side->door)
			stream_set_protection(side, &none);
		door_free(side->door);
		side->door = NULL;
		return false;
	}
	if (side->door) {
		if (door_follow(side->door, t))
			stream_set_protection(side, &none);
	} else {
		if (door_new(t, &side->door) != ERR_OK) {
			log_error(MEDIA, "no memory for the keys of a stream");
			stream_set_protection(side, &closed);
			return true;
		}
		stream_set_protection(side, &none);
		timer_init(&side->door->timer, on_door_timer);
		side->door->owner = &slot->stream;
		side->door->side = i;
	}
	show_peer(&a);
	stream_plan_door(side->door, w);
	return true;
}

void
stream_close_doors(struct slot *slot, struct worker *w)
{
	for (unsigned i = 0; i < MEDIA_SIDES; i++) {
		struct at_door a = {slot, w, i};
		struct door_post post = post_of(&a);

		if (!slot->stream.side[i].door)
			continue;
		door_close(slot->stream.side[i].door, &post);
		if (!slot->stream.side[i].door->peer.family)
			log_info(
			    MEDIA, "the %s of a stream has never been found by ICE", name_of(i));
	}
}

void
stream_knock(
    struct slot *slot, struct worker *w, unsigned i, struct slice packet, const struct addr *from)
{
	struct stream_side *side = &slot->stream.side[i];
	struct at_door a = {slot, w, i};
	struct door_post post = post_of(&a);

	if (!side->door->of.ice && dtls_is(packet)) {
		switch (latch_check(&side->latch, LATCH_RTP, from)) {
		case LATCH_REFUSED:
			side->refused++;
			worker_count(w, refused);
			return;
		case LATCH_NEW: show_peer(&a); break;
		case LATCH_KNOWN: break;
		}
	}
	heed_door(&a, door_packet(side->door, w->identity, packet, from, &post));
}
