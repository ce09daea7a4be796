#include "media/door_int.h"

#include <stdlib.h>

enum { SECOND_US = 1000000 };

static bool
same_ice(const struct media_transport *a, const struct media_transport *b)
{
	return a->ice == b->ice && memcmp(&a->ours, &b->ours, sizeof a->ours) == 0 &&
	       slice_eq(slice_make(a->peer_ufrag, a->peer_ufrag_bytes),
		   slice_make(b->peer_ufrag, b->peer_ufrag_bytes));
}

bool
media_transport_eq(const struct media_transport *a, const struct media_transport *b)
{
	return a->association == b->association && a->active == b->active &&
	       a->rtcp_mux == b->rtcp_mux && same_ice(a, b) &&
	       sdp_fingerprint_eq(&a->peer, &b->peer);
}

static void
set_ice(struct door *d, const struct media_transport *t)
{
	struct addr before = d->ice.selected;

	d->of = *t;
	if (!t->ice)
		return;
	ice_init(&d->ice, &t->ours);
	/* It is there until it says otherwise: a restart does not interrupt the voice. */
	d->ice.selected = before;
	if (ice_set_peer(&d->ice, slice_make(t->peer_ufrag, t->peer_ufrag_bytes)) != ERR_OK)
		d->ice.peer_ufrag_bytes = 0; /* any */
}

enum err
door_new(const struct media_transport *t, struct door **out)
{
	struct door *d = calloc(1, sizeof *d);

	if (!d)
		return ERR_NOMEM;
	set_ice(d, t);
	*out = d;
	return ERR_OK;
}

void
door_free(struct door *d)
{
	if (!d)
		return;
	timer_stop(&d->timer);
	dtls_free(d->dtls);
	explicit_bzero(d, sizeof *d);
	free(d);
}

bool
door_follow(struct door *d, const struct media_transport *t)
{
	bool anew = t->association != d->of.association;

	if (media_transport_eq(&d->of, t))
		return false;
	if (anew) {
		/* perhaps somebody else: he has to knock himself */
		dtls_free(d->dtls);
		d->dtls = NULL;
		d->keys = d->failed = false;
		d->peer = d->ice.selected = (struct addr){0};
	}
	if (anew || !same_ice(&d->of, t))
		set_ice(d, t);
	else
		d->of = *t;
	return anew;
}

struct letter {
	const struct door *door;
	const struct door_post *post;
};

static void
on_dtls(void *ctx, struct slice datagram)
{
	const struct letter *l = ctx;

	l->post->send(l->post->ctx, datagram, &l->door->peer);
}

/* What has become of the handshake since the last look. */
static unsigned
look(struct door *d)
{
	enum dtls_state state = d->dtls ? dtls_state(d->dtls) : DTLS_HANDSHAKING;

	if (!d->keys && !d->failed && state == DTLS_DONE) {
		d->keys = true;
		return DOOR_KEYS;
	}
	if (!d->failed && state == DTLS_FAILED) {
		d->failed = true;
		return d->keys ? 0 : DOOR_FAILED;
	}
	return 0;
}

/* The peer is known: now the one who is to begin does. No memory is as if packets were lost: the
 * next one tries again. */
static unsigned
move(struct door *d, const struct addr *to, const struct dtls_identity *identity,
    const struct door_post *post)
{
	struct letter l = {d, post};
	bool moved = !addr_eq(&d->peer, to);

	d->peer = *to;
	if (!d->dtls &&
	    dtls_new(identity, d->of.active, &d->of.peer, post->now_us, &d->dtls) == ERR_OK)
		dtls_start(d->dtls, on_dtls, &l);
	return (moved ? DOOR_MOVED : 0) | look(d);
}

unsigned
door_set_peer(struct door *d, const struct addr *peer, const struct dtls_identity *identity,
    const struct door_post *post)
{
	return d->of.ice || !peer ? 0 : move(d, peer, identity, post);
}

static bool
may_refuse(struct door *d, uint64_t now_us)
{
	if (now_us - d->refusals_us >= SECOND_US) {
		d->refusals_us = now_us;
		d->refusals = 0;
	}
	return d->refusals++ < DOOR_REFUSALS_MAX;
}

static unsigned
on_check(struct door *d, const struct dtls_identity *identity, struct slice datagram,
    const struct addr *from, const struct door_post *post)
{
	char text[STUN_CHECK_ANSWER_MAX_BYTES];
	enum ice_verdict verdict;
	struct buf answer;

	if (!d->of.ice)
		return 0;
	buf_init(&answer, text, sizeof text);
	verdict = ice_packet(&d->ice, datagram, from, post->now_us, &answer);
	if (verdict == ICE_SILENCE || (verdict == ICE_REFUSED && !may_refuse(d, post->now_us)))
		return 0;
	post->send(post->ctx, buf_slice(&answer), from);
	if (verdict != ICE_SELECTED && (d->dtls || !ice_peer(&d->ice)))
		return 0;
	return move(d, ice_peer(&d->ice), identity, post);
}

unsigned
door_packet(struct door *d, const struct dtls_identity *identity, struct slice datagram,
    const struct addr *from, const struct door_post *post)
{
	struct letter l = {d, post};

	if (stun_is(datagram))
		return on_check(d, identity, datagram, from, post);
	if (!d->dtls || !addr_eq(&d->peer, from))
		return 0;
	dtls_packet(d->dtls, datagram, post->now_us, on_dtls, &l);
	return look(d);
}

unsigned
door_on_timer(struct door *d, const struct door_post *post)
{
	struct letter l = {d, post};

	if (!d->dtls)
		return 0;
	dtls_on_timer(d->dtls, post->now_us, on_dtls, &l);
	return look(d);
}

uint64_t
door_due_us(const struct door *d, uint64_t now_us)
{
	return d->dtls ? dtls_due_us(d->dtls, now_us) : UINT64_MAX;
}

void
door_close(struct door *d, const struct door_post *post)
{
	struct letter l = {d, post};

	if (d->dtls)
		dtls_close(d->dtls, on_dtls, &l);
}
