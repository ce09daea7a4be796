/*
 * A browser at the relay's side: knocks by ICE, makes keys by DTLS (OpenSSL alone, on the socket),
 * and speaks encrypted, all on one port.
 */
#ifndef TESTS_MEDIA_BROWSER_H
#define TESTS_MEDIA_BROWSER_H

#include "relay_fixture.h"

#include <openssl/ssl.h>

#include "media/cipher_int.h"

struct browser {
	struct phone phone;
	SSL_CTX *ctx;
	SSL *ssl;
	struct cipher *cipher;
	struct media_transport says; /* what signalling tells the relay of it */
	uint16_t port;		     /* of the relay, that it knows */
	unsigned checks;
};

/** active: it begins the handshake. */
void browser_open(struct browser *b, uint16_t port, bool active);
void browser_close(struct browser *b);
/** As if its page had got another address: what it says comes from another port. */
void browser_moves(struct browser *b);
/** Sends a check with USE-CANDIDATE. */
void browser_check(struct browser *b);
/** The same with this password, from that phone. */
void browser_check_from(struct browser *b, const struct phone *from, const char *pwd);
/** Waits for the answer; returns its type. */
unsigned browser_answer(const struct phone *at);
/** The handshake; false: it fails. */
bool browser_handshake(struct browser *b);
/** What it has agreed to last; new connections make new keys. */
void browser_forget(struct browser *b);
void browser_send(struct browser *b, enum rtp_kind kind, struct slice plain);
void browser_expect(struct browser *b, enum rtp_kind kind, struct slice plain);

#endif
