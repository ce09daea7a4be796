/* Digest values: whatever can be read as a challenge gets credentials that can be read
 * and verified with the same secret, and with no other. */
#include "fuzz.h"

#include "sip/digest.h"

static void
answered_and_verified(const struct sip_digest *challenge)
{
	static char mem[1 << 16];
	char ha1[SIP_DIGEST_HEX_MAX];
	struct sip_digest d;
	struct buf b;

	sip_digest_ha1(challenge->algorithm, SLICE("7"), challenge->realm, SLICE("x"), ha1);
	buf_init(&b, mem, sizeof mem);
	sip_digest_write_credentials(&b, challenge, SLICE("7"), slice_cstr(ha1), SLICE("INVITE"),
	    SLICE("sip:b@h"), SLICE("c"), 1);
	PROMISE(buf_ok(&b));
	PROMISE(sip_digest_parse(&d, buf_slice(&b)) == ERR_OK);
	PROMISE(slice_eq(d.realm, challenge->realm) && slice_eq(d.nonce, challenge->nonce));
	PROMISE(slice_eq(d.opaque, challenge->opaque) && d.algorithm == challenge->algorithm);
	PROMISE(d.nc == (challenge->qop.n ? 1 : 0));
	PROMISE(sip_digest_verify(&d, slice_cstr(ha1), SLICE("INVITE")));
	PROMISE(!sip_digest_verify(&d, slice_cstr(ha1), SLICE("BYE")));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice value = slice_make(data, size);
	struct sip_digest d;
	bool control = false;

	if (size > 8192 || sip_digest_parse(&d, value) != ERR_OK)
		return 0;
	(void)sip_digest_verify(&d, SLICE("00000000000000000000000000000000"), SLICE("REGISTER"));
	for (size_t i = 0; i < size; i++)
		control |= data[i] < 0x20 && data[i] != '\t';
	/* The writer drops control characters; only folds can hold any. */
	if (!control)
		answered_and_verified(&d);
	return 0;
}
