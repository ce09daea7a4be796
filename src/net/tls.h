/*
 * What TLS connections are made with: certificates of ours, authorities we trust, policy.
 * A value that is built anywhere (management thread: it parses keys), then given to a net
 * with net_set_tls, which owns it from then on; open connections keep the one they began with.
 *
 * TLS 1.2 and 1.3 only; forward secrecy and authenticated encryption, older CBC suites of
 * TLS 1.2 at the end of the list for desk phones that have nothing else. Sessions are resumed
 * by tickets, whose keys live as long as the value. Keys are never logged.
 */
#ifndef NET_TLS_H
#define NET_TLS_H

#include "base/slice.h"

struct net_tls;

enum net_tls_version { NET_TLS_1_2, NET_TLS_1_3 };
enum net_tls_client_cert {
	NET_TLS_CLIENT_NONE,	 /* not asked for */
	NET_TLS_CLIENT_OPTIONAL, /* asked for; a wrong one is refused, none is fine */
	NET_TLS_CLIENT_REQUIRED,
};

enum { NET_TLS_CERTIFICATES_MAX = 64 };

struct net_tls_certificate {
	struct slice chain; /* PEM: ours first, then the intermediate ones */
	struct slice key;   /* PEM, without passphrase */
};

struct net_tls_params {
	/* The first is for clients that name no host, or one that no certificate has. */
	const struct net_tls_certificate *certificates;
	size_t certificates_n;
	const struct slice *authorities; /* PEM, one or more certificates each */
	size_t authorities_n;
	bool system_authorities; /* trust those of the operating system too, for outgoing ones */
	enum net_tls_version min_version;
	enum net_tls_client_cert client_cert;
};

/** All is copied. why gets a sentence on failure. ERR_INVALID (a certificate or key does not
 *  parse, or they do not fit), ERR_LIMIT, ERR_NOMEM. Any thread. */
ERR_MUST_CHECK enum err net_tls_new(
    struct net_tls **out, const struct net_tls_params *p, char *why, size_t why_bytes);
/** For a value that was not given to a net. NULL is fine. */
void net_tls_free(struct net_tls *t);

#endif
