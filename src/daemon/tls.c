#include "daemon/tls.h"

#include <ifaddrs.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/addr.h"
#include "base/log.h"
#include "loop/loop.h"
#include "store/certificate.h"

enum { WARN_DAYS = 30, ALARM_DAYS = 7 };

static const int64_t day_ms = 86400000;

/* ---- our own certificate ---- */

static void
add_host(struct buf *b, struct slice host)
{
	if (host.n == 0 || b->n + host.n + 2 > b->cap)
		return;
	if (b->n)
		buf_lit(b, ", ");
	buf_put(b, host);
}

static void
add_local_addresses(struct buf *b)
{
	struct ifaddrs *all = NULL;

	if (getifaddrs(&all) != 0)
		return;
	for (struct ifaddrs *i = all; i; i = i->ifa_next) {
		char text[ADDR_TEXT_MAX];
		struct addr a;
		struct buf ip;

		if (!i->ifa_addr || !(i->ifa_flags & IFF_UP) ||
		    addr_from_sockaddr(i->ifa_addr, &a) != ERR_OK || a.scope)
			continue;
		buf_init(&ip, text, sizeof text);
		addr_write_ip(&ip, &a);
		add_host(b, buf_slice(&ip));
	}
	freeifaddrs(all);
}

static void
gather_names(const struct settings *set, struct store_certificate_names *out)
{
	char host[256] = "";
	struct addr bound;
	struct buf b;

	*out = (struct store_certificate_names){0};
	if (gethostname(host, sizeof host - 1) != 0 || !host[0])
		snprintf(host, sizeof host, "strowger");
	slice_clip_cstr(slice_cstr(host), out->common, sizeof out->common);
	buf_init(&b, out->hosts, sizeof out->hosts - 1);
	add_host(&b, slice_cstr(host));
	add_host(&b, slice_cstr(set->domain));
	if (addr_parse_ip(slice_cstr(set->sip_address), 0, &bound) == ERR_OK &&
	    !addr_is_any(&bound))
		add_host(&b, slice_cstr(set->sip_address));
	add_host(&b, slice_cstr(set->external_address));
	add_local_addresses(&b);
}

enum err
tls_ensure_certificate(struct store *s, const struct settings *set)
{
	struct store_certificate_names names;
	bool made = false;
	enum err e;

	gather_names(set, &names);
	e = store_certificate_ensure(s, &names, (int64_t)loop_wall_ms(), &made);
	if (e == ERR_OK && made)
		log_info(STORE, "made a self-signed certificate for %s", names.hosts);
	return e;
}

/* ---- what the transports use ---- */

struct gathered {
	struct net_tls_certificate own[NET_TLS_CERTIFICATES_MAX];
	struct slice authority[NET_TLS_CERTIFICATES_MAX];
	size_t n_own, n_authority;
};

static struct slice
keep(const char *text)
{
	char *copy = strdup(text);

	return slice_cstr(copy);
}

static bool
gather(void *ctx, const struct store_certificate_row *row)
{
	struct gathered *g = ctx;
	struct slice chain;

	if ((row->own ? g->n_own : g->n_authority) == NET_TLS_CERTIFICATES_MAX) {
		log_warn(NET, "too many certificates: '%s' is left out", row->name);
		return true;
	}
	chain = keep(row->chain);
	if (!chain.p)
		return false;
	if (row->own)
		g->own[g->n_own++] = (struct net_tls_certificate){chain, keep(row->key)};
	else
		g->authority[g->n_authority++] = chain;
	return true;
}

static void
forget(struct slice s)
{
	if (s.p)
		explicit_bzero((char *)s.p, s.n);
	free((char *)s.p);
}

static void
forget_all(struct gathered *g)
{
	for (size_t i = 0; i < g->n_own; i++) {
		forget(g->own[i].chain);
		forget(g->own[i].key);
	}
	for (size_t i = 0; i < g->n_authority; i++)
		forget(g->authority[i]);
	free(g);
}

static enum net_tls_client_cert
client_policy(const struct settings *set)
{
	if (strcmp(set->tls_client_certificate, "required") == 0)
		return NET_TLS_CLIENT_REQUIRED;
	return strcmp(set->tls_client_certificate, "optional") == 0 ? NET_TLS_CLIENT_OPTIONAL
								    : NET_TLS_CLIENT_NONE;
}

enum err
tls_build(struct store *s, const struct settings *set, struct net_tls **out)
{
	struct gathered *g = calloc(1, sizeof *g);
	char why[200] = "";
	enum err e = g ? store_certificates_read(s, gather, g) : ERR_NOMEM;

	if (e == ERR_OK)
		e = net_tls_new(out,
		    &(struct net_tls_params){.certificates = g->own,
			.certificates_n = g->n_own,
			.authorities = g->authority,
			.authorities_n = g->n_authority,
			.system_authorities = true,
			.min_version =
			    strcmp(set->tls_min_version, "1.3") == 0 ? NET_TLS_1_3 : NET_TLS_1_2,
			.client_cert = client_policy(set)},
		    why, sizeof why);
	if (e != ERR_OK)
		log_error(NET, "the certificates cannot be used: %s", why[0] ? why : err_text(e));
	if (g)
		forget_all(g);
	return e;
}

/* ---- warnings ---- */

static bool
warn_of_one(void *ctx, const struct store_certificate_row *row)
{
	int64_t left_ms = row->not_after - *(const int64_t *)ctx;
	long long days = left_ms / day_ms;

	if (!row->own)
		return true;
	if (left_ms <= 0)
		log_error(NET, "the certificate '%s' has ended: phones refuse it", row->name);
	else if (left_ms < ALARM_DAYS * day_ms)
		log_error(NET, "the certificate '%s' ends in %lld days", row->name, days);
	else if (left_ms < WARN_DAYS * day_ms)
		log_warn(NET, "the certificate '%s' ends in %lld days", row->name, days);
	return true;
}

void
tls_warn_of_ends(struct store *s, int64_t now_ms)
{
	if (store_certificates_read(s, warn_of_one, &now_ms) != ERR_OK)
		log_warn(NET, "the ends of the certificates could not be checked");
}
