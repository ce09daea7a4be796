/*
 * Who sends this request? Decides for any SIP request which phone it comes from: by
 * digest (RFC 3261, 22; RFC 7616, RFC 8760: SHA-256 and MD5 offered) or, for phones with
 * auth=address, by source address. Answers what did not pass.
 *
 * The answer to an unknown name and to a wrong password is the same, and takes the same
 * work, so that nobody can find out which names exist. Rules of a phone (its networks, only
 * encrypted) are told to who has proved to be that phone; others are challenged as ever.
 *
 * Owns its nonces. Signalling thread. Reads the directory snapshot it is given, keeps
 * nothing of it. Asks the registrar where a phone is only for phones that are not to be asked for
 * their password there (invites_unasked). Knows no calls.
 */
#ifndef REGISTRAR_AUTH_H
#define REGISTRAR_AUTH_H

#include "directory/directory.h"
#include "registrar/registrar.h"
#include "sip/core.h"

struct auth;

/* id, name for metrics, what it means */
#define AUTH_RESULTS(X)                                                                            \
	X(BY_DIGEST, "by_digest", "name and password fit")                                         \
	X(BY_ADDRESS, "by_address", "the source address is a phone's")                             \
	X(NO_CREDENTIALS, "no_credentials", "none were sent, or none for us: challenge")           \
	X(STALE, "stale", "right, but the nonce is too old or of an earlier run: challenge")       \
	X(REPLAY, "replay", "right, but the nonce counter was used before: challenge")             \
	X(MALFORMED, "malformed", "the credentials do not follow their grammar")                   \
	X(UNSUPPORTED, "unsupported", "an algorithm that was not offered")                         \
	X(UNKNOWN_PHONE, "unknown_phone", "there is no phone of that name")                        \
	X(WRONG_PASSWORD, "wrong_password", "the response does not fit")                           \
	X(DISABLED, "disabled", "right, but the phone is switched off")                            \
	X(FORBIDDEN_ADDRESS, "forbidden_address", "right, but the phone may not come from there")  \
	X(NOT_ENCRYPTED, "not_encrypted", "right, but the phone must use TLS")

enum auth_result {
#define X(id, name, text) AUTH_##id,
	AUTH_RESULTS(X)
#undef X
	    AUTH_RESULTS_N
};

/** rng is borrowed for life. */
ERR_MUST_CHECK enum err auth_new(struct auth **out, struct rng *rng);
void auth_free(struct auth *a);
/** Where phones are registered (dir_phone.invites_unasked); borrowed, outlives the last check. */
void auth_set_registrar(struct auth *a, const struct registrar *r);

/**
 * Decides and counts. BY_DIGEST or BY_ADDRESS: *phone is the phone (borrowed from dir), else
 * NULL. now_ms is the loop's monotonic time. A source address counts only for a request
 * that does not name a phone with a password in From and brings no credentials, and for an INVITE
 * of a phone that is not to be asked (invites_unasked) where it is registered. What a phone's
 * rules forbid (dir_phone: permit, deny, tls_required, digest) does not pass.
 */
enum auth_result auth_check(struct auth *a, const struct directory *dir, const struct sip_msg *req,
    const struct sip_flow *flow, uint64_t now_ms, const struct dir_phone **phone);

static inline bool
auth_passed(enum auth_result r)
{
	return r == AUTH_BY_DIGEST || r == AUTH_BY_ADDRESS;
}

/** The header lines of a 401: challenges for the algorithms that fit the request's sender. */
void auth_write_challenge(struct auth *a, const struct directory *dir, const struct sip_msg *req,
    bool stale, uint64_t now_ms, struct buf *b);
/** Answers a request that did not pass: 401 with challenges, 400, or 403. */
void auth_refuse(struct auth *a, const struct directory *dir, struct sip_server *tsx,
    const struct sip_msg *req, enum auth_result r, uint64_t now_ms);

const char *auth_result_name(enum auth_result r);
/** How often each result came, by enum auth_result. */
const uint64_t *auth_counts(const struct auth *a);

#endif
