/*
 * Inside the resolver. dns.c: cache and questions; dns_channel.c: c-ares on libuv;
 * dns_answer.c: from bytes to records; dns_locate.c: searches for SIP servers.
 */
#ifndef NET_DNS_INT_H
#define NET_DNS_INT_H

#include "base/arena.h"
#include "base/hmap.h"
#include "base/list.h"
#include "net/dns.h"

struct dns_channel;

enum { DNS_RECORDS_MAX = 32, DNS_ANSWER_MAX_BYTES = 64 * 1024 };

/* One name and kind: asked, or answered and kept until it is too old. */
struct dns_entry {
	struct hnode node;
	struct list lru; /* in net_dns.ready, oldest use first; while asked in .asking */
	struct net_dns *dns;
	enum sip_query kind;
	bool ready;
	uint64_t until_ms;
	struct list waiting; /* struct dns_wait */
	struct arena arena;  /* of the records */
	struct sip_dns_answer answer;
	char name[SIP_NAME_BYTES]; /* lower case, without final dot */
};

/* Somebody who waits for an entry. */
struct dns_wait {
	struct list link; /* in no list: answered, or never asked */
	void (*on_answer)(struct dns_wait *w, const struct sip_dns_answer *a);
};

struct net_dns {
	struct loop *loop;
	struct net_dns_params p;
	struct rng *rng;
	struct dns_channel *channel; /* the newest; those with questions left are in .retired */
	struct list retired;
	struct hmap entries;
	struct list ready, asking;
	struct list locates;
	size_t locate_count;
	uint64_t checked_ms; /* resolv.conf was looked at */
	struct {
		int64_t mtime_ns;
		uint64_t inode, size;
	} file;
	bool stopping;
	struct net_dns_counts counts;
};

/* ---- dns.c ---- */
/** Answers at once from the cache (from inside), or later. w is the caller's until then;
 *  list_remove(&w->link) gives up. */
void dns_ask(struct net_dns *d, enum sip_query kind, const char *name, struct dns_wait *w);
/** The resolver is through with e; bytes may be NULL. */
void dns_on_result(struct dns_entry *e, int ares_status, const unsigned char *bytes, int n);

/* ---- dns_channel.c ---- */
ERR_MUST_CHECK enum err dns_channel_new(struct net_dns *d, struct dns_channel **out);
void dns_channel_free(struct dns_channel *c);
/** Ends it when its last question is answered. */
void dns_channel_retire(struct dns_channel *c);
void dns_channel_ask(struct dns_channel *c, struct dns_entry *e);
/** Addresses of the hosts file, 0 if none. */
size_t dns_hosts_file(
    struct dns_channel *c, const char *name, bool ipv6, struct addr *out, size_t max);

/* ---- dns_answer.c ---- */
/** Makes e->answer of a reply (or of none). ERR_NOMEM. */
void dns_take_answer(struct dns_entry *e, int ares_status, const unsigned char *bytes, int n);

/* ---- dns_locate.c ---- */
void dns_locates_free(struct net_dns *d);

#endif
