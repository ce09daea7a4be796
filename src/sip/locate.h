/*
 * Locating SIP servers: RFC 3263, 4 (client), with RFC 2782 (SRV) and RFC 7984 (dual
 * stack). From the host of a URI to an ordered list of hops: transport, address and the
 * name a certificate has to show.
 *
 * Pure: a struct sip_locate asks for DNS records through a callback and is told the
 * answers, at once or later, by token. It owns nothing but itself (some 16 KB: make it for
 * the search and drop it), belongs to one thread, knows no sockets and no resolver. What
 * DNS says is hostile: names, records and questions are limited, and what exceeds a limit
 * is left out.
 */
#ifndef SIP_LOCATE_H
#define SIP_LOCATE_H

#include "base/random.h"
#include "sip/flow.h"
#include "sip/msg.h"

enum {
	SIP_HOPS_MAX = 16,
	SIP_NAME_BYTES = 256, /* a domain name and the NUL */
	SIP_LOCATE_SERVICES_MAX = 6,
	SIP_LOCATE_HOSTS_MAX = 16,
	SIP_LOCATE_ADDRS_MAX = 6, /* of each host and family */
};

struct sip_hop {
	enum sip_transport transport;
	struct addr addr;
	char name[SIP_NAME_BYTES]; /* of the URI: for SNI and the certificate (RFC 5922, 4);
				      "" when the URI had an address */
};

struct sip_hops {
	struct sip_hop hop[SIP_HOPS_MAX]; /* in the order in which to try them */
	size_t n;
	uint32_t ttl_s; /* how long the list may be used; UINT32_MAX: no DNS was needed */
};

/* What is to be located; values, nothing borrowed. */
struct sip_target {
	char host[SIP_NAME_BYTES]; /* maddr or host of the URI */
	char name[SIP_NAME_BYTES]; /* host of the URI */
	uint16_t port;		   /* 0 = not given */
	bool has_transport;
	enum sip_transport transport; /* TLS and WSS when secure */
	bool secure;		      /* sips: TLS only, on every hop */
};

enum sip_query { SIP_QUERY_NAPTR, SIP_QUERY_SRV, SIP_QUERY_A, SIP_QUERY_AAAA };

struct sip_dns_naptr {
	uint16_t order, preference;
	struct slice flags, service, replacement; /* "s", "SIP+D2U", "_sip._udp.example.com" */
};

struct sip_dns_srv {
	uint16_t priority, weight, port;
	struct slice target;
};

/* An answer: of the three lists the one asked for. Borrowed during the call. */
struct sip_dns_answer {
	enum err result; /* OK; NOT_FOUND: no such name or record; else the resolver failed */
	uint32_t ttl_s;
	const struct sip_dns_naptr *naptr;
	const struct sip_dns_srv *srv;
	const struct addr *addr; /* A and AAAA; ports are ignored */
	size_t n;
};

struct sip_locate_params {
	/** Asks; the answer goes to sip_locate_on_answer with the token, also from inside.
	 *  name is borrowed during the call. */
	void (*query)(void *ctx, uint32_t token, enum sip_query kind, const char *name);
	/** The end of it, once; hops is valid during the call. OK: n > 0. NOT_FOUND: there is
	 *  no such server; TIMEOUT: the resolver did not answer; INVALID: the target asks
	 *  for what cannot be. The search may be freed inside. */
	void (*done)(void *ctx, enum err result, const struct sip_hops *hops);
	void *ctx;
	struct rng *rng; /* for weights; borrowed */
	bool ipv4, ipv6; /* which addresses are of use; IPv6 comes first (RFC 7984, 4) */
	bool udp, tcp, tls;
};

struct sip_locate_service {
	char name[SIP_NAME_BYTES];
	enum sip_transport transport;
};

struct sip_locate_host {
	char name[SIP_NAME_BYTES];
	enum sip_transport transport;
	uint16_t port;
	uint8_t service;			   /* index: the rank of its transport */
	uint16_t priority, weight;		   /* of its SRV record */
	struct addr addr[2][SIP_LOCATE_ADDRS_MAX]; /* [0] IPv6, [1] IPv4 */
	uint8_t addrs[2];
};

/* Private; here so that it can be embedded. */
struct sip_locate {
	struct sip_locate_params p;
	struct sip_target target;
	uint8_t phase;
	unsigned open;	   /* questions without answer */
	uint64_t asked[2]; /* bit per token of this phase: [1] by family for addresses */
	bool resolver_failed, no_service, pumping;
	uint32_t ttl_s;
	struct sip_locate_service service[SIP_LOCATE_SERVICES_MAX];
	size_t services;
	struct sip_locate_host host[SIP_LOCATE_HOSTS_MAX];
	size_t hosts;
	struct sip_hops hops;
};

/** From a SIP or SIPS URI (RFC 3263, 4: maddr before host). ERR_UNSUPPORTED: another
 *  scheme or transport; ERR_INVALID: sips with UDP (RFC 3261, 26.2.2); ERR_TOO_BIG. */
ERR_MUST_CHECK enum err sip_target_from_uri(struct sip_target *out, const struct sip_uri *uri);
/** Starts; done may be called before it returns (numeric hosts, answers at once). */
void sip_locate_start(
    struct sip_locate *l, const struct sip_target *target, const struct sip_locate_params *p);
/** Unknown and repeated tokens are ignored. */
void sip_locate_on_answer(
    struct sip_locate *l, uint32_t token, const struct sip_dns_answer *answer);

/** The default port of a transport (RFC 3261, 19.1.2; RFC 7118, 5). */
uint16_t sip_transport_port(enum sip_transport t);
bool sip_transport_secure(enum sip_transport t);

#endif
