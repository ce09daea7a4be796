/* Keys in session descriptions (SDES, RFC 4568): reading and writing a=crypto lines. */
#include <openssl/evp.h>

#include "sip/sdp_int.h"

/* Whole groups of four letters, '=' at the end only. Returns the bytes, 0 = no such text. */
static size_t
decode_base64(struct slice text, unsigned char out[SDP_CRYPTO_KEY_MAX])
{
	unsigned char whole[SDP_CRYPTO_KEY_MAX + 3];
	size_t padding = 0;
	int n;

	while (padding < 2 && padding < text.n && text.p[text.n - 1 - padding] == '=')
		padding++;
	if (text.n == 0 || text.n % 4 != 0 || text.n / 4 * 3 > SDP_CRYPTO_KEY_MAX)
		return 0;
	n = EVP_DecodeBlock(whole, (const unsigned char *)text.p, (int)text.n);
	if (n < (int)padding)
		return 0;
	memcpy(out, whole, (size_t)n - padding);
	OPENSSL_cleanse(whole, sizeof whole);
	return (size_t)n - padding;
}

/* "inline:KEY", "inline:KEY|2^20"; a key that has a name (MKI) is one of several: not for us. */
static bool
read_key(struct slice text, struct sdp_crypto *out)
{
	struct slice key;

	if (!slice_starts(text, SLICE("inline:")))
		return false;
	text = slice_from(text, 7);
	key = slice_take_until(&text, '|');
	if (slice_find(text, ':') < text.n || slice_find(text, ';') < text.n)
		return false;
	out->n_key = decode_base64(key, out->key);
	return out->n_key > 0;
}

/* Session parameters change what the packets are. Of all there are only the one about the window
 * of replays does not (6.3.6). */
static bool
only_harmless(struct slice params)
{
	struct slice one;

	while ((one = sdp_word_take(&params)).n)
		if (!slice_starts(one, SLICE("WSH=")))
			return false;
	return true;
}

static bool
read_crypto(struct slice value, struct sdp_crypto *out)
{
	struct slice tag = sdp_word_take(&value);

	out->suite = sdp_word_take(&value);
	return slice_to_u32(tag, 999999999, &out->tag) == ERR_OK && out->suite.n &&
	       read_key(sdp_word_take(&value), out) && only_harmless(value);
}

bool
sdp_crypto_take(struct slice *text, struct sdp_crypto *out)
{
	struct sdp_line line;

	while (sdp_line_take(text, &line) == SDP_LINE_FOUND) {
		struct slice value;

		if (line.type == 'a' &&
		    slice_eq(sdp_attribute(line.value, &value), SLICE("crypto")) &&
		    read_crypto(value, out))
			return true;
	}
	return false;
}

void
sdp_crypto_write(struct buf *b, const struct sdp_crypto *c)
{
	unsigned char text[SDP_CRYPTO_KEY_MAX / 3 * 4 + 8];
	int n = EVP_EncodeBlock(text, c->key, (int)c->n_key);

	buf_lit(b, "a=crypto:");
	buf_u64(b, c->tag);
	buf_char(b, ' ');
	buf_put(b, c->suite);
	buf_lit(b, " inline:");
	buf_put(b, slice_make(text, (size_t)n));
	buf_lit(b, "\r\n");
	OPENSSL_cleanse(text, sizeof text);
}

bool
sdp_is_srtp(const struct sdp_media *m)
{
	return slice_eq_nocase(m->proto, SLICE("RTP/SAVP")) ||
	       slice_eq_nocase(m->proto, SLICE("RTP/SAVPF"));
}
