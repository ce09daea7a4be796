/* Legs that make keys by DTLS and mostly are found by ICE: browsers (RFC 8827). */
#include "base/hmap.h"
#include "call/protect_int.h"

/* Of one media line. */
struct leg_dtls {
	bool on;	      /* as agreed, or as its offer wants it */
	uint64_t tls_id, pwd; /* theirs, hashed */
	struct media_transport transport;
	struct {
		uint64_t pwd;
		struct ice_credentials ours;
	} before; /* ICE began anew */
};

/* Made when first needed; it lasts as long as the leg. NULL: no memory. */
static struct leg_dtls *
dtls_of(struct leg *l, size_t i)
{
	struct leg_dtls *d;

	if (!l->dtls) {
		l->dtls = arena_alloc(&l->arena, SDP_MEDIA_MAX * sizeof(struct leg_dtls *));
		if (!l->dtls)
			return NULL;
		memset(l->dtls, 0, SDP_MEDIA_MAX * sizeof(struct leg_dtls *));
	}
	if (l->dtls[i])
		return l->dtls[i];
	d = arena_alloc(&l->arena, sizeof *d);
	if (!d)
		return NULL;
	memset(d, 0, sizeof *d);
	ice_credentials_make(&d->transport.ours, l->call->sw->p.rng);
	return l->dtls[i] = d;
}

/* ---- what it says ---- */

/* Do we begin? Who may choose stays what it was with the same peer (RFC 8842, 5.3). False: there is
 * no role for us. */
static bool
choose_role(
    const struct leg_dtls *d, enum sdp_setup theirs, bool same, bool is_answer, bool *active)
{
	enum sdp_setup ours;

	if (theirs == SDP_SETUP_NONE) /* RFC 4145, 4.1: the first of the two */
		theirs = is_answer ? SDP_SETUP_ACTIVE : SDP_SETUP_ACTPASS;
	*active = d->transport.active;
	if (theirs == SDP_SETUP_ACTPASS && same && !is_answer)
		return true;
	ours = sdp_setup_answer(theirs);
	*active = ours == SDP_SETUP_ACTIVE;
	return ours != SDP_SETUP_NONE && !(is_answer && theirs == SDP_SETUP_ACTPASS);
}

static bool
is_same_ice(const struct leg_dtls *d, const struct sdp_transport *t)
{
	return d->pwd == hash_bytes(t->pwd) &&
	       slice_eq(
		   slice_make(d->transport.peer_ufrag, d->transport.peer_ufrag_bytes), t->ufrag);
}

/* An offer with other credentials begins ICE anew; then ours change, too (RFC 8445, 9). Those
 * before come back with an offer that is taken back. */
static void
renew_ours(struct leg *l, struct leg_dtls *d, uint64_t pwd)
{
	struct ice_credentials now = d->transport.ours;

	if (d->before.pwd == pwd)
		d->transport.ours = d->before.ours;
	else
		ice_credentials_make(&d->transport.ours, l->call->sw->p.rng);
	d->before.pwd = d->pwd;
	d->before.ours = now;
}

static void
take_ice(struct leg *l, struct leg_dtls *d, const struct sdp_transport *t, bool is_answer)
{
	struct media_transport *to = &d->transport;

	if (is_same_ice(d, t))
		return;
	if (to->ice && !is_answer)
		renew_ours(l, d, hash_bytes(t->pwd));
	to->ice = t->ufrag.n;
	d->pwd = hash_bytes(t->pwd);
	memset(to->peer_ufrag, 0, sizeof to->peer_ufrag);
	if (t->ufrag.n)
		memcpy(to->peer_ufrag, t->ufrag.p, t->ufrag.n);
	to->peer_ufrag_bytes = (uint16_t)t->ufrag.n;
}

static uint32_t
next_association(struct call_switch *sw)
{
	sw->last_association++;
	return sw->last_association ? sw->last_association : ++sw->last_association;
}

enum err
protect_dtls_take(struct leg *l, const struct sdp *sdp, size_t i, bool is_answer)
{
	struct leg_dtls *d;
	struct sdp_transport t;
	enum err e = sdp_transport_read(sdp, i, &t);
	bool same, active;

	if (e != ERR_OK)
		return e;
	if (t.fingerprint.hash == SDP_HASH_NONE)
		return ERR_UNSUPPORTED;
	d = dtls_of(l, i);
	if (!d)
		return ERR_NOMEM;
	same = d->transport.association && d->tls_id == hash_bytes(t.tls_id) &&
	       sdp_fingerprint_eq(&d->transport.peer, &t.fingerprint);
	if (!choose_role(d, t.setup, same, is_answer, &active))
		return ERR_UNSUPPORTED;
	if (!same || active != d->transport.active)
		d->transport.association = next_association(l->call->sw);
	d->tls_id = hash_bytes(t.tls_id);
	d->transport.active = active;
	d->transport.rtcp_mux = t.rtcp_mux;
	d->transport.peer = t.fingerprint;
	take_ice(l, d, &t, is_answer);
	d->on = true;
	return ERR_OK;
}

void
protect_dtls_leave(struct leg *l, size_t i)
{
	if (l->dtls && l->dtls[i])
		l->dtls[i]->on = false;
}

void
protect_dtls_apply(struct leg *l, size_t i)
{
	static const struct media_transport none;
	struct stream *s = &l->call->stream[i];
	const struct leg_dtls *d = l->dtls ? l->dtls[i] : NULL;
	bool on = d && d->on;

	if (!s->open || (!on && !s->side[l->side].secured))
		return;
	s->side[l->side].secured = on;
	if (media_stream_secure(
		l->call->sw->p.media, s->ref, l->side, on ? &d->transport : &none) != ERR_OK)
		call_log(LOG_ERROR, l->call, "no memory for the keys of a stream");
}

/* ---- what it is told ---- */

enum { CANDIDATES_MAX = 2 };

/* Where it can find us: what every description names, and where its signalling does. */
static size_t
find_candidates(const struct leg *to, uint16_t port, struct sdp_candidate out[CANDIDATES_MAX])
{
	struct addr at[CANDIDATES_MAX];
	size_t n = 0;

	bridge_address(to, &at[0]);
	at[1] = to->dialog.flow.local;
	for (size_t i = 0; i < CANDIDATES_MAX; i++) {
		at[i].port = port;
		at[i].scope = 0;
		if (at[i].family && !addr_is_any(&at[i]) && (i == 0 || !addr_eq(&at[i], &at[0]))) {
			out[n] = sdp_candidate_host(&at[i], n);
			n++;
		}
	}
	return n;
}

static struct slice
mid_of(size_t i)
{
	static const char digits[] = "01234567";

	return slice_make(digits + i, 1);
}

bool
protect_dtls_describe(struct leg *to, size_t i, const struct sdp *known, bool answer,
    struct sdp_protection *p, struct buf *lines)
{
	struct leg_dtls *d = dtls_of(to, i);
	struct sdp_candidate candidate[CANDIDATES_MAX];
	struct sdp_transport t = {0};
	struct sdp_transport_ours ours = {.candidate = candidate, .rtcp_mux = true};

	if (!d || (known && sdp_transport_read(known, i, &t) != ERR_OK))
		return false;
	ours.mid = t.mid.n || answer ? t.mid : mid_of(i);
	ours.fingerprint = media_fingerprint(to->call->sw->p.media);
	ours.setup = !answer		   ? SDP_SETUP_ACTPASS
		     : d->transport.active ? SDP_SETUP_ACTIVE
					   : SDP_SETUP_PASSIVE;
	if (answer)
		ours.rtcp_mux = t.rtcp_mux;
	if (!answer || t.ufrag.n) {
		ours.ufrag = slice_make(d->transport.ours.ufrag, ICE_UFRAG_BYTES);
		ours.pwd = slice_make(d->transport.ours.pwd, ICE_PWD_BYTES);
		ours.n_candidates =
		    find_candidates(to, to->call->stream[i].port[to->side], candidate);
		p->ice = true;
	}
	if (answer && t.bundled)
		p->bundled = t.mid;
	sdp_transport_write(lines, &ours);
	return true;
}
