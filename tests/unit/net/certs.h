/* Certificates for tests, made on the spot: an authority and what it signs. */
#ifndef TESTS_UNIT_NET_CERTS_H
#define TESTS_UNIT_NET_CERTS_H

#include <openssl/x509.h>

#include "net/tls.h"

struct cert {
	X509 *x;
	EVP_PKEY *key;
	char pem[4096], key_pem[1024];
};

/** san: as in a configuration file, "DNS:a.example,IP:127.0.0.1"; NULL makes an authority.
 *  issuer NULL: signed by itself. */
void cert_make(struct cert *c, const char *name, const char *san, const struct cert *issuer);
void cert_free(struct cert *c);
struct net_tls_certificate cert_params(const struct cert *c);

#endif
