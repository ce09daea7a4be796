/* One-time codes by time (RFC 6238) out of HOTP (RFC 4226), keys in base32 (RFC 4648, 6). */
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "api/api_int.h"
#include "api/secret_int.h"

enum { STEP_MS = 30 * 1000, KEY_BYTES_MAX = 32, MODULUS = 1000000 };

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

bool
base32_random(char *out, size_t n)
{
	unsigned char bytes[KEY_BYTES_MAX];
	uint32_t bits = 0;
	unsigned have = 0;
	size_t at = 0;

	if (n > sizeof bytes || !secret_random(bytes, n))
		return false;
	for (size_t i = 0; i < n; i++) {
		bits = bits << 8 | bytes[i];
		for (have += 8; have >= 5; have -= 5)
			out[at++] = alphabet[bits >> (have - 5) & 31];
	}
	out[at] = '\0';
	explicit_bzero(bytes, sizeof bytes);
	return true;
}

/* 0: not base32, or too long. */
static size_t
base32_decode(const char *text, unsigned char key[KEY_BYTES_MAX])
{
	uint32_t bits = 0;
	unsigned have = 0;
	size_t n = 0;

	for (; *text; text++) {
		const char *at = strchr(alphabet, *text);

		if (!at || n == KEY_BYTES_MAX)
			return 0;
		bits = bits << 5 | (uint32_t)(at - alphabet);
		have += 5;
		if (have >= 8) {
			have -= 8;
			key[n++] = (unsigned char)(bits >> have);
		}
	}
	return n;
}

bool
totp_code(const char *secret, int64_t step, char code[7])
{
	unsigned char key[KEY_BYTES_MAX], mac[20], counter[8];
	size_t n = base32_decode(secret, key), at;
	uint32_t value;

	for (int i = 0; i < 8; i++)
		counter[i] = (unsigned char)((uint64_t)step >> (56 - 8 * i));
	if (!n || !secret_hmac_sha1(key, n, counter, sizeof counter, mac))
		return false;
	explicit_bzero(key, sizeof key);
	at = mac[19] & 15; /* RFC 4226, 5.3 */
	value = (mac[at] & 0x7fu) << 24 | (uint32_t)mac[at + 1] << 16 | (uint32_t)mac[at + 2] << 8 |
		mac[at + 3];
	snprintf(code, 7, "%06u", value % MODULUS);
	return true;
}

bool
totp_check(const char *secret, const char *code, int64_t now_ms, int64_t after, int64_t *step)
{
	int64_t now = now_ms / STEP_MS;
	char expected[7];

	if (strlen(code) != 6)
		return false;
	for (int64_t s = now - 1; s <= now + 1; s++) {
		if (s <= after || !totp_code(secret, s, expected) ||
		    !secret_equal(code, expected, 6))
			continue;
		*step = s;
		return true;
	}
	return false;
}
