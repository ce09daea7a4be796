#include "registrar/auth.h"

#include <stdlib.h>

#include "base/log.h"
#include "registrar/nonce.h"
#include "sip/digest.h"
#include "sip/write.h"

enum { NONCES_REMEMBERED = 65536 /* a storm within the life of a nonce: 2 MB, when used */ };

struct auth {
	struct rng *rng;
	const struct registrar *registrar; /* NULL: not yet, or none */
	struct nonces nonces;
	/* Of nobody: what unknown names are checked against. */
	char nobody_md5[33], nobody_sha256[65];
	uint64_t counts[AUTH_RESULTS_N];
	struct log_limit limit;
};

static const char *const result_names[] = {
#define X(id, name, text) name,
    AUTH_RESULTS(X)
#undef X
};

const char *
auth_result_name(enum auth_result r)
{
	return (size_t)r < AUTH_RESULTS_N ? result_names[r] : "unknown";
}

const uint64_t *
auth_counts(const struct auth *a)
{
	return a->counts;
}

enum err
auth_new(struct auth **out, struct rng *rng)
{
	struct auth *a = calloc(1, sizeof *a);
	struct buf md5, sha256;
	enum err e;

	if (!a)
		return ERR_NOMEM;
	a->rng = rng;
	e = nonces_init(&a->nonces, rng, NONCES_REMEMBERED);
	if (e != ERR_OK) {
		free(a);
		return e;
	}
	buf_init(&md5, a->nobody_md5, sizeof a->nobody_md5 - 1);
	rng_token(rng, &md5, 32);
	buf_init(&sha256, a->nobody_sha256, sizeof a->nobody_sha256 - 1);
	rng_token(rng, &sha256, 64);
	*out = a;
	return ERR_OK;
}

void
auth_set_registrar(struct auth *a, const struct registrar *r)
{
	a->registrar = r;
}

void
auth_free(struct auth *a)
{
	if (!a)
		return;
	nonces_fini(&a->nonces);
	free(a);
}

/* ---- by digest ---- */

/* Credentials of a scheme we did not ask for are none (RFC 4475, 3.3.7). */
static bool
is_digest(struct slice value)
{
	return slice_eq_nocase(slice_take_until(&value, ' '), SLICE("Digest"));
}

/* Some phones answer each challenge with a header of its own; the first that is for our
 * realm and that we can check counts. */
static enum auth_result
find_credentials(const struct directory *dir, const struct sip_msg *req, struct sip_digest *found)
{
	struct slice realm = slice_cstr(dir_settings(dir)->domain);
	enum auth_result r = AUTH_NO_CREDENTIALS;

	for (const struct sip_hdr *h = sip_msg_hdr(req, SIP_HDR_AUTHORIZATION); h;
	     h = sip_msg_hdr_next(req, h)) {
		struct sip_digest d;

		if (!is_digest(h->value))
			continue;
		if (sip_digest_parse(&d, h->value) != ERR_OK) {
			r = AUTH_MALFORMED;
			continue;
		}
		if (!slice_eq(d.realm, realm))
			continue;
		if (d.unsupported) {
			r = AUTH_UNSUPPORTED;
			continue;
		}
		*found = d;
		return AUTH_BY_DIGEST;
	}
	return r;
}

static bool
takes_algorithm(const struct dir_phone *p, enum sip_digest_algorithm a)
{
	switch (p->digest) {
	case DIR_DIGEST_MD5: return a == SIP_DIGEST_MD5;
	case DIR_DIGEST_SHA256: return a == SIP_DIGEST_SHA256;
	case DIR_DIGEST_AUTO: break;
	}
	return true;
}

/* It is this phone (as was found out by r). May it be here, in this way? */
static enum auth_result
may_come(const struct dir_phone *p, const struct sip_flow *flow, enum auth_result r,
    const struct dir_phone **phone)
{
	if (!p->enabled)
		return AUTH_DISABLED;
	if (!addr_nets_have(p->permit, &flow->remote) &&
	    (p->permit.n || addr_nets_have(p->deny, &flow->remote)))
		return AUTH_FORBIDDEN_ADDRESS;
	if (p->tls_required && flow->transport != SIP_TLS && flow->transport != SIP_WSS)
		return AUTH_NOT_ENCRYPTED;
	*phone = p;
	return r;
}

/* The same steps whether the phone exists or not. */
static bool
response_fits(const struct auth *a, const struct dir_phone *phone, const struct sip_digest *d,
    const struct sip_msg *req)
{
	bool known = phone && phone->has_secret && !phone->auth_by_address;
	const char *ha1;

	if (d->algorithm == SIP_DIGEST_SHA256)
		ha1 = known ? phone->ha1_sha256 : a->nobody_sha256;
	else
		ha1 = known ? phone->ha1_md5 : a->nobody_md5;
	return sip_digest_verify(d, slice_cstr(ha1), req->method_text) && known;
}

static enum auth_result
check_digest(struct auth *a, const struct directory *dir, const struct sip_msg *req,
    const struct sip_flow *flow, const struct sip_digest *d, uint64_t now_ms,
    const struct dir_phone **phone)
{
	uint64_t lifetime_ms = (uint64_t)dir_settings(dir)->nonce_lifetime_s * 1000;
	const struct dir_phone *p = dir_phone_by_name(dir, d->username);
	enum err nonce = nonce_check(&a->nonces, d->nonce, now_ms, lifetime_ms);

	if (!response_fits(a, p, d, req))
		return p ? AUTH_WRONG_PASSWORD : AUTH_UNKNOWN_PHONE;
	if (!takes_algorithm(p, d->algorithm))
		return AUTH_UNSUPPORTED;
	if (nonce != ERR_OK)
		return AUTH_STALE;
	/* Without qop there is no counter: such a nonce is good once. */
	if (nonce_use(&a->nonces, d->nonce, d->qop.n ? d->nc : 1, now_ms, lifetime_ms) != ERR_OK)
		return AUTH_REPLAY;
	return may_come(p, flow, AUTH_BY_DIGEST, phone);
}

/* ---- by address ---- */

static const struct dir_phone *
find_by_address(const struct directory *dir, const struct sip_msg *req, const struct sip_flow *flow)
{
	const struct dir_phone *named = dir_phone_by_name(dir, req->from.uri.user);

	const struct dir_phone *p;

	/* A phone with a password behind the same address is asked for it. */
	if (named && !named->auth_by_address)
		return NULL;
	p = dir_phone_by_source(dir, &flow->remote, req->from.uri.user);
	/* the port of a connection says nothing: it is another one each time */
	if (p && p->port_counts && flow->transport == SIP_UDP &&
	    flow->remote.port != p->address.port)
		return NULL;
	return p;
}

/* PHO-5, "insecure=invite": who calls from where he is registered is not asked again. */
static const struct dir_phone *
find_unasked(const struct auth *a, const struct directory *dir, const struct sip_msg *req,
    const struct sip_flow *flow)
{
	const struct dir_phone *named = dir_phone_by_name(dir, req->from.uri.user);

	if (req->method != SIP_INVITE || !named || !named->invites_unasked ||
	    named->auth_by_address || !a->registrar ||
	    !registrar_is_at(a->registrar, named->id, flow, named->port_counts))
		return NULL;
	return named;
}

enum auth_result
auth_check(struct auth *a, const struct directory *dir, const struct sip_msg *req,
    const struct sip_flow *flow, uint64_t now_ms, const struct dir_phone **phone)
{
	const struct dir_phone *by_address;
	struct sip_digest d;
	enum auth_result r = find_credentials(dir, req, &d);

	*phone = NULL;
	if (r == AUTH_BY_DIGEST) {
		r = check_digest(a, dir, req, flow, &d, now_ms, phone);
	} else if (r == AUTH_NO_CREDENTIALS) {
		by_address = find_by_address(dir, req, flow);
		if (!by_address)
			by_address = find_unasked(a, dir, req, flow);
		if (by_address)
			r = may_come(by_address, flow, AUTH_BY_ADDRESS, phone);
	}
	a->counts[r]++;
	return r;
}

/* ---- answers ---- */

/* Clients that give up when a challenge names an algorithm they do not know, in whatever
 * order (they should pass over it: RFC 8760, 2.4). They are asked for MD5 alone. */
static const char *const md5_only[] = {
    "baresip v0.",	   /* with libre 1.1 it ends with "Function not implemented" */
    "baresip v1.", "SIPp", /* 3.6 looks at the first challenge only */
};

static bool
agent_takes_sha256(const struct sip_msg *req)
{
	struct slice agent = sip_msg_value(req, SIP_HDR_USER_AGENT);

	if (agent.n == 0)
		return false; /* test tools and the like, SIPp among them */
	for (size_t i = 0; i < sizeof md5_only / sizeof md5_only[0]; i++)
		if (slice_starts_nocase(agent, slice_cstr(md5_only[i])))
			return false;
	return true;
}

/* What the phone that is named is set to; else what its kind is known for. */
static void
choose_algorithms(const struct directory *dir, const struct sip_msg *req, bool offer[SIP_DIGEST_N])
{
	const struct dir_phone *named = dir_phone_by_name(dir, req->from.uri.user);
	enum dir_digest set = named ? named->digest : DIR_DIGEST_AUTO;

	offer[SIP_DIGEST_MD5] = set != DIR_DIGEST_SHA256;
	offer[SIP_DIGEST_SHA256] =
	    set == DIR_DIGEST_AUTO ? agent_takes_sha256(req) : set == DIR_DIGEST_SHA256;
}

static void
write_challenge(struct buf *b, enum sip_digest_algorithm algorithm, struct slice realm,
    struct slice nonce, bool stale)
{
	buf_lit(b, "WWW-Authenticate: ");
	sip_digest_write_challenge(b, algorithm, realm, nonce, stale);
	buf_lit(b, "\r\n");
}

void
auth_write_challenge(struct auth *a, const struct directory *dir, const struct sip_msg *req,
    bool stale, uint64_t now_ms, struct buf *b)
{
	struct slice realm = slice_cstr(dir_settings(dir)->domain);
	char nonce[NONCE_TEXT_BYTES];
	bool offer[SIP_DIGEST_N];
	struct buf n;

	buf_init(&n, nonce, sizeof nonce);
	nonce_write(&a->nonces, a->rng, now_ms, &n);
	/* The best first: RFC 8760, 2.4. */
	choose_algorithms(dir, req, offer);
	if (offer[SIP_DIGEST_SHA256])
		write_challenge(b, SIP_DIGEST_SHA256, realm, buf_slice(&n), stale);
	if (offer[SIP_DIGEST_MD5])
		write_challenge(b, SIP_DIGEST_MD5, realm, buf_slice(&n), stale);
}

static void
challenge(struct auth *a, const struct directory *dir, struct sip_server *tsx,
    const struct sip_msg *req, bool stale, uint64_t now_ms)
{
	char headers[1500];
	struct buf b;

	buf_init(&b, headers, sizeof headers);
	auth_write_challenge(a, dir, req, stale, now_ms, &b);
	sip_server_reject(tsx, buf_ok(&b) ? 401 : 500, buf_ok(&b) ? buf_slice(&b) : SLICE(""));
}

void
auth_refuse(struct auth *a, const struct directory *dir, struct sip_server *tsx,
    const struct sip_msg *req, enum auth_result r, uint64_t now_ms)
{
	char remote[ADDR_TEXT_MAX];

	if (r != AUTH_NO_CREDENTIALS && r != AUTH_STALE &&
	    log_limit_pass(&a->limit, LOG_SUB_SECURITY, now_ms))
		log_info(SECURITY, "%.*s from %s refused: %s", SLICE_FMT(req->method_text),
		    addr_text(&sip_server_flow(tsx)->remote, remote), auth_result_name(r));
	switch (r) {
	case AUTH_MALFORMED: sip_server_reject(tsx, 400, SLICE("")); break;
	case AUTH_DISABLED:
	case AUTH_FORBIDDEN_ADDRESS:
	case AUTH_NOT_ENCRYPTED: sip_server_reject(tsx, 403, SLICE("")); break;
	default: challenge(a, dir, tsx, req, r == AUTH_STALE || r == AUTH_REPLAY, now_ms); break;
	}
}
