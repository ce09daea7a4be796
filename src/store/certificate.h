/*
 * Certificates in the store (entity `certificate`): what is checked and derived when one is
 * written, the self-signed one that the system makes for itself, and reading them with their
 * keys for those who build TLS from them. Management threads only, as all of store/.
 *
 * Keys leave through store_certificates_read only (and, as every secret, the export); they
 * are never logged.
 */
#ifndef STORE_CERTIFICATE_H
#define STORE_CERTIFICATE_H

#include "store/store.h"

/* Lists of names, separated by commas: host names and IP addresses. */
struct store_certificate_names {
	char common[64]; /* the host's own name */
	char hosts[900];
};

struct store_certificate_row {
	int64_t id;
	const char *name;
	bool own; /* else: an authority */
	bool automatic;
	const char *chain, *key; /* PEM; key "" for authorities */
	int64_t not_after;	 /* ms since 1970 */
};

/**
 * Makes a self-signed certificate (EC P-256, ten years) when there is none of our own, and
 * replaces one it has made when that ends within 30 days. *made (may be NULL): whether it did.
 * ERR_IO: no certificate could be made.
 */
ERR_MUST_CHECK enum err store_certificate_ensure(
    struct store *s, const struct store_certificate_names *names, int64_t now_ms, bool *made);
/** All, our own first and of them those that people have entered before the automatic one.
 *  Texts are valid during the call. on_row returns false to stop: ERR_NOMEM. */
ERR_MUST_CHECK enum err store_certificates_read(
    struct store *s, bool (*on_row)(void *ctx, const struct store_certificate_row *row), void *ctx);

#endif
