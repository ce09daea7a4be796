#include "proof.h"

#include <openssl/evp.h>
#include <stdio.h>
#include <string.h>

enum { HEX = 33 };

static void
md5_hex(char out[HEX], const char *text)
{
	unsigned char digest[16];

	EVP_Digest(text, strlen(text), digest, NULL, EVP_md5(), NULL);
	for (int i = 0; i < 16; i++)
		snprintf(out + 2 * i, 3, "%02x", digest[i]);
}

void
proof_write(char out[PROOF_MAX], struct proof *p, const char *user, const char *password,
    const char *method, const char *uri)
{
	char text[512], ha1[HEX], ha2[HEX], response[HEX];

	out[0] = '\0';
	if (p->nonce[0] == '\0')
		return;
	p->nc++;
	snprintf(text, sizeof text, "%s:%s:%s", user, p->realm, password);
	md5_hex(ha1, text);
	snprintf(text, sizeof text, "%s:%s", method, uri);
	md5_hex(ha2, text);
	snprintf(text, sizeof text, "%s:%s:%08x:bench:auth:%s", ha1, p->nonce, p->nc, ha2);
	md5_hex(response, text);
	snprintf(out, PROOF_MAX,
	    "Authorization: Digest username=\"%s\", realm=\"%s\", nonce=\"%s\", uri=\"%s\", "
	    "algorithm=MD5, qop=auth, nc=%08x, cnonce=\"bench\", response=\"%s\"\r\n",
	    user, p->realm, p->nonce, uri, p->nc, response);
}

/* The challenge with MD5, if several are offered. */
static struct load_text
challenge_of(const char *message)
{
	struct load_text first = load_header(message, "WWW-Authenticate");
	const char *rest = message;

	while ((rest = strstr(rest, "\r\nWWW-Authenticate: ")) != NULL) {
		struct load_text one =
		    load_between((struct load_text){rest + 2, (int)strlen(rest + 2)}, ": ", "\r\n");

		if (load_between(one, "SHA-", ",").n == 0)
			return one;
		rest += 2;
	}
	return first;
}

static void
copy(char *out, size_t size, struct load_text text)
{
	snprintf(out, size, "%.*s", text.n, text.p);
}

void
proof_take(struct proof *p, const char *message)
{
	struct load_text challenge = challenge_of(message);

	copy(p->nonce, sizeof p->nonce, load_between(challenge, "nonce=\"", "\""));
	copy(p->realm, sizeof p->realm, load_between(challenge, "realm=\"", "\""));
	p->nc = 0;
}
