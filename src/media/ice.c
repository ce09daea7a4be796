#include "media/ice_int.h"

enum {
	BAD_REQUEST = 400,
	UNAUTHENTICATED = 401,
	UNKNOWN_ATTRIBUTE = 420,
	ROLE_CONFLICT = 487,
};

/* Six bits a character. */
static void
make_text(struct rng *rng, char *out, size_t n)
{
	static const char ice_chars[] =
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

	rng_fill(rng, out, n);
	for (size_t i = 0; i < n; i++)
		out[i] = ice_chars[out[i] & 63];
}

void
ice_credentials_make(struct ice_credentials *out, struct rng *rng)
{
	make_text(rng, out->ufrag, sizeof out->ufrag);
	make_text(rng, out->pwd, sizeof out->pwd);
}

void
ice_init(struct ice *ice, const struct ice_credentials *ours)
{
	*ice = (struct ice){.ours = *ours};
}

enum err
ice_set_peer(struct ice *ice, struct slice ufrag)
{
	if (ufrag.n == 0 || ufrag.n > sizeof ice->peer_ufrag)
		return ERR_INVALID;
	memcpy(ice->peer_ufrag, ufrag.p, ufrag.n);
	ice->peer_ufrag_bytes = ufrag.n;
	return ERR_OK;
}

/* "ours:theirs" (RFC 8445, 7.2.2) */
static bool
is_for_us(const struct ice *ice, struct slice username)
{
	struct slice ours = slice_take_until(&username, ':');

	return slice_eq(ours, slice_make(ice->ours.ufrag, sizeof ice->ours.ufrag)) &&
	       (ice->peer_ufrag_bytes == 0 ||
		   slice_eq(username, slice_make(ice->peer_ufrag, ice->peer_ufrag_bytes)));
}

/* From where a check came before; NULL = it is new. */
static const struct addr *
seen_from(const struct ice *ice, const uint8_t *id)
{
	for (size_t i = 0; i < ICE_REMEMBERED && ice->seen[i].from.family; i++)
		if (memcmp(ice->seen[i].id, id, STUN_ID_BYTES) == 0)
			return &ice->seen[i].from;
	return NULL;
}

static void
remember(struct ice *ice, const uint8_t *id, const struct addr *from)
{
	memcpy(ice->seen[ice->seen_next].id, id, STUN_ID_BYTES);
	ice->seen[ice->seen_next].from = *from;
	ice->seen_next = (ice->seen_next + 1) % ICE_REMEMBERED;
}

/* A new check. True: the peer is somewhere else now. */
static bool
choose(struct ice *ice, const struct stun_check *check, const struct addr *from)
{
	bool moved = !addr_eq(&ice->selected, from);

	if (!check->use_candidate && ice->selected.family)
		return false;
	remember(ice, check->message.id, from);
	ice->nominated |= check->use_candidate;
	ice->selected = *from;
	return moved;
}

/* Which error a request deserves, in the order of RFC 8489, 9.1.3 and 6.3.1; 0 = none. *known: it
 * is from who knows our password. */
static unsigned
judge(const struct ice *ice, const struct stun_check *check, struct slice datagram, bool *known)
{
	*known = false;
	if (!check->integrity_at || !check->username.p)
		return BAD_REQUEST;
	if (!is_for_us(ice, check->username) ||
	    !stun_check_is_from(check, datagram, slice_make(ice->ours.pwd, sizeof ice->ours.pwd)))
		return UNAUTHENTICATED;
	*known = true;
	if (check->message.unknown)
		return UNKNOWN_ATTRIBUTE;
	return check->controlled ? ROLE_CONFLICT : 0; /* a lite one cannot lead */
}

enum ice_verdict
ice_packet(struct ice *ice, struct slice datagram, const struct addr *from, uint64_t now_us,
    struct buf *answer)
{
	struct slice pwd = slice_make(ice->ours.pwd, sizeof ice->ours.pwd);
	const struct addr *before;
	struct stun_check check;
	unsigned error;
	bool known;

	if (stun_check_parse(datagram, &check) != ERR_OK || check.message.is_old ||
	    check.message.type != STUN_REQUEST)
		return ICE_SILENCE;
	error = judge(ice, &check, datagram, &known);
	if (error) {
		stun_check_write_error(answer, &check, error, known ? pwd : SLICE(""));
		return buf_ok(answer) ? ICE_REFUSED : ICE_SILENCE;
	}
	before = seen_from(ice, check.message.id);
	if (before && !addr_eq(before, from))
		return ICE_SILENCE;
	stun_check_write_success(answer, &check, from, pwd);
	if (!buf_ok(answer))
		return ICE_SILENCE;
	ice->heard_us = now_us;
	/* A check counts once: an old one that the network doubles must not move the peer back. */
	return !before && choose(ice, &check, from) ? ICE_SELECTED : ICE_CHECKED;
}

const struct addr *
ice_peer(const struct ice *ice)
{
	return ice->selected.family ? &ice->selected : NULL;
}

uint64_t
ice_heard_us(const struct ice *ice)
{
	return ice->heard_us;
}
