/*
 * From the stored certificates and the settings to what the transports use: makes our own
 * certificate at the first start, builds the net_tls value, warns before a certificate ends.
 * Start-up and the management thread (it reads the database and parses keys).
 */
#ifndef DAEMON_TLS_H
#define DAEMON_TLS_H

#include "net/tls.h"
#include "store/store.h"

/** Makes a certificate of our own when there is none, or the automatic one ends soon: for the
 *  host's name, its addresses and the domain of the settings. */
ERR_MUST_CHECK enum err tls_ensure_certificate(struct store *s, const struct settings *set);
/** Builds what net_set_tls wants from all stored certificates. Says why not in the log. */
ERR_MUST_CHECK enum err tls_build(
    struct store *s, const struct settings *set, struct net_tls **out);
/** Writes to the log which of our certificates end within 30 days, loudly within 7. */
void tls_warn_of_ends(struct store *s, int64_t now_ms);

#endif
