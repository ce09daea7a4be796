/*
 * What one address may use of us: connections and unfinished handshakes (counted as long as
 * they are there), bytes and handshakes in time (budgets that fill again).
 *
 * The budgets stand in a table of fixed size, because an address of a datagram may be
 * invented: a newcomer takes the place of whoever was there, so that inventing addresses
 * costs others nothing but their history. Of IPv6 the first 64 bits count: whoever has one
 * address has them all.
 */
#include <stdlib.h>

#include "net/net_int.h"

enum { BURST_S = 10, THOUSAND = 1000 };

struct source {
	struct hnode node;
	struct addr ip;
	uint32_t conns, shaking;
};

static struct addr
source_of(const struct addr *a)
{
	struct addr ip = *a;

	ip.port = 0;
	ip.scope = 0;
	if (ip.family == 6)
		memset(ip.ip + 8, 0, 8);
	return ip;
}

/* ---- what is there now ---- */

static struct source *
source_find(struct net *n, const struct addr *ip)
{
	uint64_t hash = addr_hash(ip);

	for (struct hnode *h = hmap_first(&n->sources, hash); h; h = hmap_next(h, hash)) {
		struct source *s = container_of(h, struct source, node);

		if (addr_eq(&s->ip, ip))
			return s;
	}
	return NULL;
}

enum err
source_join(struct net *n, const struct addr *a)
{
	struct addr ip = source_of(a);
	struct source *s = source_find(n, &ip);

	if (!s) {
		s = calloc(1, sizeof *s);
		if (!s)
			return ERR_NOMEM;
		s->ip = ip;
		if (hmap_put(&n->sources, &s->node, addr_hash(&ip)) != ERR_OK) {
			free(s);
			return ERR_NOMEM;
		}
	}
	if (s->conns >= n->config.tcp_conns_per_ip)
		return ERR_LIMIT;
	s->conns++;
	return ERR_OK;
}

void
source_leave(struct net *n, const struct addr *a)
{
	struct addr ip = source_of(a);
	struct source *s = source_find(n, &ip);

	if (s && --s->conns == 0) {
		hmap_remove(&n->sources, &s->node);
		free(s);
	}
}

/* ---- what came lately ---- */

static int64_t
fill(int64_t left, uint64_t elapsed_ms, uint64_t per_ms, int64_t most)
{
	if (elapsed_ms > BURST_S * THOUSAND)
		return most;
	left += (int64_t)(elapsed_ms * per_ms);
	return left < most ? left : most;
}

static struct rate *
rate_of(struct net *n, const struct addr *a)
{
	struct addr ip = source_of(a);
	struct rate *r = &n->rates[addr_hash(&ip) % RATES];
	uint64_t now_ms = loop_now_ms(n->loop);
	uint64_t bytes_per_ms = n->config.source_bytes_per_s / THOUSAND + 1;
	int64_t most = (int64_t)n->config.source_bytes_per_s;
	int64_t most_handshakes = (int64_t)n->config.tls_handshakes_per_s * BURST_S * THOUSAND;

	if (!addr_eq(&r->ip, &ip)) {
		*r = (struct rate){
		    .ip = ip, .at_ms = now_ms, .bytes = most, .handshakes = most_handshakes};
		return r;
	}
	if (now_ms > r->at_ms) {
		uint64_t elapsed_ms = now_ms - r->at_ms;

		r->bytes = fill(r->bytes, elapsed_ms, bytes_per_ms, most);
		r->handshakes = fill(
		    r->handshakes, elapsed_ms, n->config.tls_handshakes_per_s, most_handshakes);
		r->at_ms = now_ms;
	}
	return r;
}

uint32_t
source_bytes(struct net *n, const struct addr *a, size_t bytes)
{
	struct rate *r = rate_of(n, a);
	int64_t per_ms = n->config.source_bytes_per_s / THOUSAND + 1;

	if (r->bytes <= 0)
		return (uint32_t)(-r->bytes / per_ms + 1);
	r->bytes -= (int64_t)bytes;
	return r->bytes >= 0 ? 0 : (uint32_t)(-r->bytes / per_ms + 1);
}

enum err
source_shake(struct net *n, const struct addr *a)
{
	struct addr ip = source_of(a);
	struct source *s = source_find(n, &ip);
	struct rate *r = rate_of(n, a);

	if (!s || s->shaking >= n->config.tls_handshakes_per_ip || r->handshakes < THOUSAND)
		return ERR_LIMIT;
	r->handshakes -= THOUSAND;
	s->shaking++;
	return ERR_OK;
}

void
source_shaken(struct net *n, const struct addr *a)
{
	struct addr ip = source_of(a);
	struct source *s = source_find(n, &ip);

	if (s)
		s->shaking--;
}

void
source_complain(struct net *n, const struct addr *a, const char *what)
{
	char text[ADDR_TEXT_MAX];

	if (log_limit_pass(&n->trouble_log, LOG_SUB_SECURITY, loop_now_ms(n->loop)))
		log_warn(SECURITY, "%s from %s", what, addr_text(a, text));
}

void
sources_fini(struct net *n)
{
	hmap_fini(&n->sources);
	free(n->rates);
}
