#include "media/cipher_int.h"

#include <pthread.h>
#include <srtp2/srtp.h>
#include <stdlib.h>

#include "base/log.h"

enum { WINDOW = 1024 }; /* packets that may overtake each other */

_Static_assert(CIPHER_TRAILER_MAX >= SRTP_MAX_TRAILER_LEN + 4, "room for the library's trailer");

static const struct {
	struct slice name;
	size_t key_bytes;
	void (*rtp)(srtp_crypto_policy_t *p);
	void (*rtcp)(srtp_crypto_policy_t *p); /* RFC 4568, 6.2: never a short tag */
} suites[MEDIA_SUITES] = {
    [MEDIA_SUITE_NONE] = {{"", 0}, 0, NULL, NULL},
    [MEDIA_SUITE_GCM_128] = {{"AEAD_AES_128_GCM", 16}, SRTP_AES_GCM_128_KEY_LEN_WSALT,
	srtp_crypto_policy_set_aes_gcm_128_16_auth, srtp_crypto_policy_set_aes_gcm_128_16_auth},
    [MEDIA_SUITE_GCM_256] = {{"AEAD_AES_256_GCM", 16}, SRTP_AES_GCM_256_KEY_LEN_WSALT,
	srtp_crypto_policy_set_aes_gcm_256_16_auth, srtp_crypto_policy_set_aes_gcm_256_16_auth},
    [MEDIA_SUITE_CM_128_80] = {{"AES_CM_128_HMAC_SHA1_80", 23}, SRTP_AES_ICM_128_KEY_LEN_WSALT,
	srtp_crypto_policy_set_rtp_default, srtp_crypto_policy_set_rtcp_default},
    [MEDIA_SUITE_CM_256_80] = {{"AES_256_CM_HMAC_SHA1_80", 23}, SRTP_AES_ICM_256_KEY_LEN_WSALT,
	srtp_crypto_policy_set_aes_cm_256_hmac_sha1_80,
	srtp_crypto_policy_set_aes_cm_256_hmac_sha1_80},
    [MEDIA_SUITE_CM_128_32] = {{"AES_CM_128_HMAC_SHA1_32", 23}, SRTP_AES_ICM_128_KEY_LEN_WSALT,
	srtp_crypto_policy_set_aes_cm_128_hmac_sha1_32, srtp_crypto_policy_set_rtcp_default},
    [MEDIA_SUITE_CM_256_32] = {{"AES_256_CM_HMAC_SHA1_32", 23}, SRTP_AES_ICM_256_KEY_LEN_WSALT,
	srtp_crypto_policy_set_aes_cm_256_hmac_sha1_32,
	srtp_crypto_policy_set_aes_cm_256_hmac_sha1_80},
};

struct cipher {
	struct media_protection of;
	srtp_t in, out;
};

/* What there is when there is no memory. */
static struct cipher closed;

struct slice
media_suite_name(enum media_suite suite)
{
	return suite < MEDIA_SUITES ? suites[suite].name : SLICE("");
}

enum media_suite
media_suite_find(struct slice name)
{
	for (enum media_suite s = MEDIA_SUITE_GCM_128; s < MEDIA_SUITES; s++)
		if (slice_eq_nocase(name, suites[s].name))
			return s;
	return MEDIA_SUITE_NONE;
}

size_t
media_suite_key_bytes(enum media_suite suite)
{
	return suite < MEDIA_SUITES ? suites[suite].key_bytes : 0;
}

static bool works;

static void
init(void)
{
	works = srtp_init() == srtp_err_status_ok;
}

enum err
cipher_init(void)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;

	return pthread_once(&once, init) == 0 && works ? ERR_OK : ERR_UNSUPPORTED;
}

/* Any source: a transfer brings another one. */
static enum err
session_new(const struct media_key *key, srtp_ssrc_type_t direction, srtp_t *out)
{
	srtp_policy_t policy = {.ssrc = {.type = direction},
	    .window_size = WINDOW,
	    .allow_repeat_tx = direction == ssrc_any_outbound};
	unsigned char bytes[MEDIA_KEY_MAX];
	srtp_err_status_t status;

	if (key->suite == MEDIA_SUITE_NONE || key->suite >= MEDIA_SUITES)
		return ERR_INVALID;
	memcpy(bytes, key->bytes, sizeof bytes);
	policy.key = bytes;
	suites[key->suite].rtp(&policy.rtp);
	suites[key->suite].rtcp(&policy.rtcp);
	status = srtp_create(out, &policy);
	explicit_bzero(bytes, sizeof bytes);
	return status == srtp_err_status_ok	      ? ERR_OK
	       : status == srtp_err_status_alloc_fail ? ERR_NOMEM
						      : ERR_INVALID;
}

struct cipher *
cipher_new(const struct media_protection *p)
{
	struct cipher *c = calloc(1, sizeof *c);

	if (!c)
		return &closed;
	c->of = *p;
	if (session_new(&p->in, ssrc_any_inbound, &c->in) == ERR_OK &&
	    session_new(&p->out, ssrc_any_outbound, &c->out) == ERR_OK)
		return c;
	log_error(MEDIA, "a stream cannot be encrypted: nothing gets through");
	if (c->in)
		srtp_dealloc(c->in);
	c->in = NULL;
	return c;
}

void
cipher_free(struct cipher *c)
{
	if (!c || c == &closed)
		return;
	if (c->in)
		srtp_dealloc(c->in);
	if (c->out)
		srtp_dealloc(c->out);
	explicit_bzero(c, sizeof *c);
	free(c);
}

bool
cipher_is_for(const struct cipher *c, const struct media_protection *p)
{
	if (!c)
		return p->in.suite == MEDIA_SUITE_NONE;
	return c != &closed && memcmp(&c->of, p, sizeof *p) == 0;
}

typedef srtp_err_status_t run_fn(srtp_t session, void *packet, int *length);

static bool
run(srtp_t session, run_fn *f, unsigned char *packet, size_t *n)
{
	int length = (int)*n;
	bool fine = session && f(session, packet, &length) == srtp_err_status_ok;

	*n = (size_t)length;
	return fine;
}

bool
cipher_open(struct cipher *c, enum rtp_kind kind, unsigned char *packet, size_t *n)
{
	return run(c->in, kind == RTP_KIND_RTCP ? srtp_unprotect_rtcp : srtp_unprotect, packet, n);
}

bool
cipher_seal(struct cipher *c, enum rtp_kind kind, unsigned char *packet, size_t *n)
{
	return run(c->out, kind == RTP_KIND_RTCP ? srtp_protect_rtcp : srtp_protect, packet, n);
}
