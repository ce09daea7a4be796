/*
 * The encryption of one side of a stream, by libsrtp. Media thread of the stream.
 */
#ifndef MEDIA_CIPHER_INT_H
#define MEDIA_CIPHER_INT_H

#include "media/rtp_int.h"
#include "media/srtp.h"

/* What sealing may add. */
enum { CIPHER_TRAILER_MAX = 160 };

struct cipher;

/** Once, before anything else here. ERR_UNSUPPORTED: the library does not work. */
ERR_MUST_CHECK enum err cipher_init(void);
/** Never NULL: where the keys do not work, or there is no memory, nothing gets through. */
struct cipher *cipher_new(const struct media_protection *p);
void cipher_free(struct cipher *c);
/** Was it made for these keys? NULL is for none. */
bool cipher_is_for(const struct cipher *c, const struct media_protection *p);
/** Decrypts a packet where it stands. False: it is not from who has the key, or came before. */
bool cipher_open(struct cipher *c, enum rtp_kind kind, unsigned char *packet, size_t *n);
/** Encrypts one where it stands, with room for CIPHER_TRAILER_MAX more. */
bool cipher_seal(struct cipher *c, enum rtp_kind kind, unsigned char *packet, size_t *n);

#endif
