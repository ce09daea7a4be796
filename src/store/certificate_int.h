/* Private to store/: certificates as X.509, without the database. */
#ifndef STORE_CERTIFICATE_INT_H
#define STORE_CERTIFICATE_INT_H

#include "store/certificate.h"

enum { CERTIFICATE_PEM_BYTES = 4096, CERTIFICATE_KEY_BYTES = 1024 };

/** Checks a complete row (they parse, they fit, TLS can use them) and sets hosts and not_after
 *  in values. ERR_INVALID with a sentence for people. */
ERR_MUST_CHECK enum err certificate_derive(
    const json_t *row, json_t *values, struct model_errors *errors);
/** A new key and a certificate signed by itself. ERR_IO. */
ERR_MUST_CHECK enum err certificate_make(const struct store_certificate_names *names,
    char pem[CERTIFICATE_PEM_BYTES], char key[CERTIFICATE_KEY_BYTES]);

#endif
