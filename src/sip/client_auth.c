/* Answers to the challenges of others: which one, how often, and when to give up. */
#include "sip/client_auth.h"

#include "base/hmap.h"
#include "sip/write.h"

/* The largest nc before a new nonce is asked for; nobody should get here. */
enum { NC_MAX = 0x7fffffff };

static struct slice
realm_of(const struct sip_challenge *ch)
{
	return slice_make(ch->realm, ch->realm_n);
}

static bool
can_answer(const struct sip_credentials *c, const struct sip_digest *d)
{
	if (c->realm.n && !slice_eq(c->realm, d->realm))
		return false;
	if (c->password.n)
		return true;
	return c->realm.n && c->ha1[d->algorithm].n;
}

static struct sip_challenge *
find(struct sip_client_auth *a, struct slice realm, bool proxy)
{
	for (size_t i = 0; i < a->n; i++)
		if (a->challenge[i].proxy == proxy && slice_eq(realm_of(&a->challenge[i]), realm))
			return &a->challenge[i];
	return NULL;
}

static void
forget(struct sip_client_auth *a, struct sip_challenge *ch)
{
	size_t at = (size_t)(ch - a->challenge);

	a->n--;
	memmove(ch, ch + 1, (a->n - at) * sizeof *ch);
}

static struct sip_challenge *
make_room(struct sip_client_auth *a)
{
	if (a->n == SIP_AUTH_REALMS_MAX)
		forget(a, &a->challenge[0]);
	return &a->challenge[a->n++];
}

static uint16_t
keep_text(char *to, struct slice s)
{
	if (s.n)
		memcpy(to, s.p, s.n);
	return (uint16_t)s.n;
}

/* The same nonce once more goes on counting (RFC 7616, 3.4: a server refuses an nc it saw). */
static void
keep(struct sip_challenge *ch, const struct sip_digest *d, bool proxy, bool known)
{
	uint32_t nc = 0;

	if (known && slice_eq(slice_make(ch->nonce, ch->nonce_n), d->nonce) &&
	    ch->algorithm == (uint8_t)d->algorithm)
		nc = ch->nc;
	ch->realm_n = keep_text(ch->realm, d->realm);
	ch->nonce_n = keep_text(ch->nonce, d->nonce);
	ch->opaque_n = keep_text(ch->opaque, d->opaque);
	ch->qop_n = keep_text(ch->qop, d->qop);
	ch->algorithm = (uint8_t)d->algorithm;
	ch->proxy = proxy;
	ch->nc = nc;
}

static bool
fits(const struct sip_digest *d)
{
	return d->realm.n <= SIP_AUTH_TEXT_MAX && d->nonce.n <= SIP_AUTH_TEXT_MAX &&
	       d->opaque.n <= SIP_AUTH_TEXT_MAX && d->qop.n <= 8;
}

/* ---- one response ---- */

struct wanted {
	struct sip_digest digest;
	bool proxy;
};

/* Of each realm the strongest challenge that we can answer; returns how many. */
static size_t
choose(const struct sip_msg *resp, const struct sip_credentials *c,
    struct wanted out[SIP_AUTH_REALMS_MAX])
{
	bool proxy = resp->status == 407;
	enum sip_hdr_id id = proxy ? SIP_HDR_PROXY_AUTHENTICATE : SIP_HDR_WWW_AUTHENTICATE;
	const struct sip_hdr *h = sip_msg_hdr(resp, id);
	size_t n = 0;

	for (size_t seen = 0; h && seen < SIP_AUTH_CHALLENGES_MAX; seen++) {
		struct sip_digest d;
		size_t i = 0;

		if (sip_digest_parse(&d, h->value) == ERR_OK && !d.unsupported && fits(&d) &&
		    can_answer(c, &d)) {
			while (i < n && !slice_eq(out[i].digest.realm, d.realm))
				i++;
			if (i == n && n < SIP_AUTH_REALMS_MAX)
				out[n++] = (struct wanted){d, proxy};
			else if (i < n && d.algorithm > out[i].digest.algorithm)
				out[i].digest = d;
		}
		h = sip_msg_hdr_next(resp, h);
	}
	return n;
}

/* Was this realm answered in this try already? Notes that it is now. */
static bool
answered_before(struct sip_auth_try *t, struct slice realm, bool proxy)
{
	uint64_t hash = hash_bytes(realm) ^ (proxy ? 1 : 0);

	for (size_t i = 0; i < t->n_answered; i++)
		if (t->answered[i] == hash)
			return true;
	if (t->n_answered < SIP_AUTH_REALMS_MAX)
		t->answered[t->n_answered++] = hash;
	return false;
}

enum err
sip_client_auth_on_challenge(struct sip_client_auth *a, struct sip_auth_try *t,
    const struct sip_msg *resp, const struct sip_credentials *c)
{
	struct wanted wanted[SIP_AUTH_REALMS_MAX];
	bool refused = t->rounds >= SIP_AUTH_ROUNDS_MAX;
	size_t n;

	if (resp->status != 401 && resp->status != 407)
		return ERR_UNSUPPORTED;
	n = choose(resp, c, wanted);
	if (n == 0)
		return ERR_UNSUPPORTED;
	for (size_t i = 0; i < n; i++)
		if (answered_before(t, wanted[i].digest.realm, wanted[i].proxy) &&
		    !wanted[i].digest.stale)
			refused = true; /* it was its newest challenge, so it is the password */
	t->rounds++;
	for (size_t i = 0; i < n; i++) {
		struct sip_challenge *ch = find(a, wanted[i].digest.realm, wanted[i].proxy);

		if (refused && ch)
			forget(a, ch);
		else if (!refused)
			keep(
			    ch ? ch : make_room(a), &wanted[i].digest, wanted[i].proxy, ch != NULL);
	}
	return refused ? ERR_DENIED : ERR_OK;
}

/* ---- requests ---- */

static void
write_one(struct sip_challenge *ch, struct buf *b, const struct sip_credentials *c,
    struct slice method, struct slice uri, struct slice cnonce)
{
	struct sip_digest d = {.realm = realm_of(ch),
	    .nonce = slice_make(ch->nonce, ch->nonce_n),
	    .opaque = slice_make(ch->opaque, ch->opaque_n),
	    .qop = slice_make(ch->qop, ch->qop_n),
	    .algorithm = (enum sip_digest_algorithm)ch->algorithm};
	char computed[SIP_DIGEST_HEX_MAX];
	struct slice ha1 = c->ha1[d.algorithm];

	if (!can_answer(c, &d))
		return;
	if (c->password.n) {
		sip_digest_ha1(d.algorithm, c->username, d.realm, c->password, computed);
		ha1 = slice_cstr(computed);
	}
	buf_put(b, sip_hdr_name(ch->proxy ? SIP_HDR_PROXY_AUTHORIZATION : SIP_HDR_AUTHORIZATION));
	buf_lit(b, ": ");
	sip_digest_write_credentials(b, &d, c->username, ha1, method, uri, cnonce, ++ch->nc);
	buf_lit(b, "\r\n");
	if (c->password.n)
		explicit_bzero(computed, sizeof computed);
}

void
sip_client_auth_write(struct sip_client_auth *a, struct buf *b, const struct sip_credentials *c,
    struct slice method, struct slice uri, struct slice cnonce)
{
	for (size_t i = a->n; i-- > 0;) {
		if (a->challenge[i].nc >= NC_MAX)
			forget(a, &a->challenge[i]); /* the peer will give a new nonce */
		else
			write_one(&a->challenge[i], b, c, method, uri, cnonce);
	}
}
