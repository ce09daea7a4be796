/*
 * Names: DNS on the loop through c-ares, with a cache that keeps each answer as long as its
 * TTL says, and RFC 3263 (sip/locate.h) on top of it.
 *
 * Belongs to the loop's thread and never waits for the network. On a miss of the cache two
 * small local files are looked at: /etc/hosts, and the state of resolv.conf (at most every
 * few seconds; a change of it makes a new resolver and empties the cache).
 * Questions of others about the same name while one is under way wait for its answer.
 * Cache, questions and what is taken from an answer are limited.
 */
#ifndef NET_DNS_H
#define NET_DNS_H

#include "loop/loop.h"
#include "sip/locate.h"

struct net_dns;

/** The answer to one question of a search, also when it comes from the cache. of and token: what
 *  the search was begun with. */
typedef void net_on_heard(void *ctx, const void *of, uint64_t token, enum sip_query kind,
    const char *name, const struct sip_dns_answer *a);

/** 0 and NULL mean the default in brackets. */
struct net_dns_params {
	const char *servers;	       /* "192.0.2.53,[2001:db8::53]:5353" [those of resolv.conf] */
	const char *resolv_conf;       /* [/etc/resolv.conf] */
	uint16_t port;		       /* of the servers in resolv.conf [53] */
	bool no_hosts_file;	       /* [it is asked first] */
	uint32_t timeout_ms;	       /* of the first try; c-ares doubles it [1,500] */
	uint32_t tries;		       /* of each server [3] */
	uint32_t questions_max;	       /* under way [256] */
	uint32_t cache_max;	       /* names and kinds kept [2,048] */
	uint32_t ttl_min_s, ttl_max_s; /* of records [5; 86,400] */
	uint32_t negative_max_s;       /* of "there is none" [300] */
	uint32_t failure_s;	       /* of "no answer" [5] */
	uint32_t file_check_ms;	       /* [5,000] */
	net_on_heard *on_heard;	       /* for who wants to show how a search went [nobody] */
	void *heard_ctx;
};

struct net_dns_counts {
	uint64_t questions;  /* asked on the network */
	uint64_t from_cache; /* answered without */
	uint64_t not_found, failed;
	uint64_t refused; /* limit of questions */
	uint64_t reloads; /* resolv.conf changed */
	size_t under_way, cached;
};

/** rng is borrowed for life. ERR_NOMEM, ERR_INVALID (servers), ERR_IO. */
ERR_MUST_CHECK enum err net_dns_new(
    struct net_dns **out, struct loop *loop, const struct net_dns_params *p, struct rng *rng);
/** No callbacks any more. Before loop_free, not from inside a callback. NULL is fine. */
void net_dns_free(struct net_dns *d);

/** Where a search may go. */
struct net_reach {
	bool ipv4, ipv6, udp, tcp, tls;
};

typedef void net_on_located(
    void *ctx, uint64_t token, enum err result, const struct sip_hops *hops);

/** RFC 3263: done is called once, later, never from inside; hops is valid during that call.
 *  Result as sip_locate_params.done. ERR_LIMIT, ERR_NOMEM: done is not called. */
ERR_MUST_CHECK enum err net_locate(struct net_dns *d, const struct sip_target *target,
    struct net_reach reach, net_on_located *done, void *ctx, uint64_t token);

const struct net_dns_counts *net_dns_get_counts(const struct net_dns *d);

#endif
