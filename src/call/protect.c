#include "call/protect_int.h"
#include "sip/sdp_dtls.h"

/* What we offer, best first; its place is its tag, less one. */
static const enum media_suite offered[] = {
    MEDIA_SUITE_GCM_128, MEDIA_SUITE_CM_128_80, MEDIA_SUITE_CM_256_80};

enum { OFFERED = sizeof offered / sizeof offered[0] };

/* Of one media line. */
struct leg_keys {
	bool made;			    /* master */
	bool encrypted;			    /* as agreed, or as its offer wants it */
	uint32_t tag;			    /* of the line that was chosen */
	struct media_protection protection; /* in: what it sends */
	unsigned char master[MEDIA_KEY_MAX];
};

static enum dir_srtp
policy_of(const struct leg *l)
{
	const struct dir_phone *phone;
	const struct dir_line *line;

	leg_whose(l, &phone, &line);
	return line ? line->srtp : phone ? phone->srtp : DIR_SRTP_OPTIONAL;
}

/* Its keys, made when first needed; they last as long as the leg. NULL: no memory. */
static struct leg_keys *
keys_of(struct leg *l, size_t i)
{
	if (!l->keys) {
		l->keys = arena_alloc(&l->arena, SDP_MEDIA_MAX * sizeof *l->keys);
		if (!l->keys)
			return NULL;
		memset(l->keys, 0, SDP_MEDIA_MAX * sizeof *l->keys);
	}
	if (!l->keys[i].made) {
		rng_fill(l->call->sw->p.rng, l->keys[i].master, sizeof l->keys[i].master);
		l->keys[i].made = true;
	}
	return &l->keys[i];
}

static struct media_key
our_key(const struct leg_keys *k, enum media_suite suite)
{
	struct media_key key = {.suite = (uint8_t)suite};

	memcpy(key.bytes, k->master, media_suite_key_bytes(suite));
	return key;
}

void
protect_forget(struct leg *l)
{
	if (l->keys)
		explicit_bzero(l->keys, SDP_MEDIA_MAX * sizeof *l->keys);
	l->keys = NULL;
}

/* ---- what it says ---- */

static void
take_key(struct leg_keys *k, const struct sdp_crypto *c, enum media_suite suite)
{
	k->encrypted = true;
	k->tag = c->tag;
	k->protection.in = (struct media_key){.suite = (uint8_t)suite};
	memcpy(k->protection.in.bytes, c->key, c->n_key);
	k->protection.out = our_key(k, suite);
}

static bool
usable(const struct sdp_crypto *c, enum media_suite suite)
{
	return suite != MEDIA_SUITE_NONE && c->n_key == media_suite_key_bytes(suite);
}

/* Of an answer: is it what we offer, or, where our own answer was offered again, what that said? */
static bool
is_ours(const struct leg_keys *k, uint32_t tag, enum media_suite suite)
{
	return (tag > 0 && tag <= OFFERED && offered[tag - 1] == suite) ||
	       (k->encrypted && tag == k->tag && suite == k->protection.out.suite);
}

/* The best of an offer; of an answer the only one, and it must be one of ours. */
static bool
choose(struct leg_keys *k, const struct sdp_media *m, bool is_answer)
{
	enum media_suite best = MEDIA_SUITES;
	struct slice text = m->text;
	struct sdp_crypto c;

	while (sdp_crypto_take(&text, &c)) {
		enum media_suite suite = media_suite_find(c.suite);

		if (!usable(&c, suite) || suite >= best || (is_answer && !is_ours(k, c.tag, suite)))
			continue;
		best = suite;
		take_key(k, &c, suite);
	}
	explicit_bzero(&c, sizeof c);
	return best != MEDIA_SUITES;
}

static enum err
take_plain(struct leg *l, size_t i, const struct sdp_media *m, enum dir_srtp policy)
{
	if (policy >= DIR_SRTP_REQUIRED && slice_starts_nocase(m->proto, SLICE("RTP/")))
		return ERR_UNSUPPORTED;
	if (l->keys)
		l->keys[i].encrypted = false;
	protect_dtls_leave(l, i);
	return ERR_OK;
}

enum err
protect_take(struct leg *l, const struct sdp *sdp, size_t i, bool is_answer)
{
	const struct sdp_media *m = &sdp->media[i];
	enum dir_srtp policy = policy_of(l);
	struct leg_keys *k;

	if (!sdp_is_srtp(m) && !sdp_is_dtls(m))
		return take_plain(l, i, m, policy);
	if (policy == DIR_SRTP_OFF)
		return ERR_UNSUPPORTED;
	if (sdp_is_dtls(m)) {
		if (l->keys)
			l->keys[i].encrypted = false;
		return protect_dtls_take(l, sdp, i, is_answer);
	}
	protect_dtls_leave(l, i);
	k = keys_of(l, i);
	if (!k)
		return ERR_NOMEM;
	return choose(k, m, is_answer) ? ERR_OK : ERR_UNSUPPORTED;
}

void
protect_apply(struct leg *l, size_t i)
{
	struct stream *s = &l->call->stream[i];
	const struct leg_keys *k = l->keys ? &l->keys[i] : NULL;
	struct media_protection none = {0};

	protect_dtls_apply(l, i);
	if (!s->open || (!(k && k->encrypted) && !s->side[l->side].protected))
		return;
	s->side[l->side].protected = k && k->encrypted;
	if (media_stream_protect(l->call->sw->p.media, s->ref, l->side,
		s->side[l->side].protected ? &k->protection : &none) != ERR_OK)
		call_log(LOG_ERROR, l->call, "no memory for the keys of a stream");
}

/* ---- what it is told ---- */

enum kind { NO_RTP, PLAIN, WITH_KEYS, BY_DTLS };

static enum kind
kind_of(const struct sdp_media *m)
{
	if (sdp_is_dtls(m))
		return BY_DTLS;
	if (!slice_starts_nocase(m->proto, SLICE("RTP/")))
		return NO_RTP;
	return sdp_is_srtp(m) ? WITH_KEYS : PLAIN;
}

static bool
is_browser(const struct leg *l)
{
	enum sip_transport t = l->dialog.flow.transport;

	return t == SIP_WS || t == SIP_WSS;
}

/* An offer to it: as its settings say, else as it has it already, else a browser as browsers do,
 * others like the other side; plain when it refused that, or could not refuse (an offer in the
 * answer to its INVITE). */
static enum kind
wanted(const struct leg *to, const struct sdp_media *m, const struct sdp_media *known)
{
	enum dir_srtp policy = policy_of(to);
	enum kind has = known ? kind_of(known) : NO_RTP;

	if (policy == DIR_SRTP_OFF)
		return PLAIN;
	if (policy == DIR_SRTP_DTLS)
		return BY_DTLS;
	if (has == BY_DTLS || has == WITH_KEYS)
		return has;
	if (is_browser(to))
		return BY_DTLS;
	if (policy == DIR_SRTP_REQUIRED)
		return WITH_KEYS;
	return has == NO_RTP && kind_of(m) != PLAIN && to->state == LEG_ASKING && !to->codecs_wanted
		   ? WITH_KEYS
		   : PLAIN;
}

/* With or without feedback (AVPF), as the other side has it; browsers have it always, phones hardly
 * know it. */
static struct slice
proto_of(const struct sdp_media *m, enum kind kind)
{
	bool feedback = slice_eq_nocase(m->proto, SLICE("RTP/AVPF")) ||
			slice_eq_nocase(m->proto, SLICE("RTP/SAVPF"));

	if (kind == BY_DTLS)
		return SLICE("UDP/TLS/RTP/SAVPF");
	if (kind == WITH_KEYS)
		return feedback ? SLICE("RTP/SAVPF") : SLICE("RTP/SAVP");
	return feedback ? SLICE("RTP/AVPF") : SLICE("RTP/AVP");
}

static void
write_key(struct buf *b, uint32_t tag, const struct leg_keys *k, enum media_suite suite)
{
	struct sdp_crypto c = {
	    .tag = tag, .suite = media_suite_name(suite), .n_key = media_suite_key_bytes(suite)};

	memcpy(c.key, k->master, c.n_key);
	sdp_crypto_write(b, &c);
	explicit_bzero(&c, sizeof c);
}

static bool
is_agreed(const struct leg_keys *k, enum media_suite suite)
{
	return k->encrypted && k->protection.out.suite == suite;
}

static void
describe_keys(struct leg *to, size_t i, bool answer, struct buf *lines)
{
	const struct leg_keys *k = keys_of(to, i);

	if (k && answer)
		write_key(lines, k->tag, k, k->protection.out.suite);
	/* What is agreed stands first (RFC 4568, 5.1): some phones (baresip 1.0) take another suite
	 * within a call, and go on with the old one. */
	for (uint32_t n = 0; k && !answer && n < OFFERED; n++)
		if (is_agreed(k, offered[n]))
			write_key(lines, n + 1, k, offered[n]);
	for (uint32_t n = 0; k && !answer && n < OFFERED; n++)
		if (!is_agreed(k, offered[n]))
			write_key(lines, n + 1, k, offered[n]);
}

bool
protect_describe(struct leg *to, size_t i, const struct sdp_media *m, const struct sdp *known,
    bool answer, struct sdp_protection *p, struct buf *lines)
{
	const struct sdp_media *before = known ? &known->media[i] : NULL;
	size_t began = lines->n;
	enum kind is = kind_of(m), kind;

	if (is == NO_RTP || (answer && (!before || kind_of(before) == NO_RTP)))
		return false;
	kind = answer ? kind_of(before) : wanted(to, m, before);
	if (kind == PLAIN && is == PLAIN && (!answer || slice_eq_nocase(m->proto, before->proto)))
		return false;
	*p = (struct sdp_protection){.proto = answer ? before->proto : proto_of(m, kind),
	    .apart = kind == BY_DTLS || is == BY_DTLS};
	if (kind == WITH_KEYS)
		describe_keys(to, i, answer, lines);
	if (kind == BY_DTLS && !protect_dtls_describe(to, i, known, answer, p, lines))
		call_log(LOG_ERROR, to->call, "no memory for the keys of a stream");
	p->lines = slice_make(lines->p + began, lines->n - began);
	return true;
}

struct slice
protect_describe_session(const struct sdp_rewrite_params *p, struct buf *lines)
{
	struct slice mids[SDP_MEDIA_MAX];
	size_t began = lines->n, n = 0;
	bool ice = false;

	for (size_t i = 0; i < SDP_MEDIA_MAX; i++) {
		ice |= p->protection[i] && p->protection[i]->ice;
		if (p->protection[i] && p->protection[i]->bundled.n)
			mids[n++] = p->protection[i]->bundled;
	}
	if (ice)
		sdp_session_write_ice(lines, mids, n);
	return slice_make(lines->p + began, lines->n - began);
}
