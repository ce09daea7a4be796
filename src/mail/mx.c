#include <ares.h>
#include <arpa/inet.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/select.h>

#include <arpa/nameser.h>

#include "mail/mail_int.h"

enum { TIMEOUT_MS = 3000, TRIES = 2 };

struct candidate {
	char host[256];
	unsigned preference;
};

struct question {
	struct candidate list[MX_MAX];
	size_t n;
	int status; /* of c-ares */
	bool none;  /* RFC 7505: no mail, please */
	char address[64];
};

static int
by_preference(const void *a, const void *b)
{
	const struct candidate *x = a, *y = b;

	return x->preference < y->preference ? -1 : x->preference > y->preference;
}

static void
on_mx(void *ctx, int status, int timeouts, unsigned char *bytes, int n)
{
	struct question *q = ctx;
	struct ares_mx_reply *list = NULL;

	q->status = status == ARES_SUCCESS ? ares_parse_mx_reply(bytes, n, &list) : status;
	for (struct ares_mx_reply *mx = list; mx && q->n < MX_MAX; mx = mx->next) {
		if (!mx->host[0] || strcmp(mx->host, ".") == 0)
			q->none = true;
		else if (slice_copy_cstr(slice_cstr(mx->host), q->list[q->n].host,
			     sizeof q->list[q->n].host) == ERR_OK)
			q->list[q->n++].preference = mx->priority;
	}
	ares_free_data(list);
	qsort(q->list, q->n, sizeof q->list[0], by_preference);
}

static void
on_host(void *ctx, int status, int timeouts, struct hostent *host)
{
	struct question *q = ctx;
	char text[INET6_ADDRSTRLEN];

	q->status = status;
	if (status != ARES_SUCCESS || !host->h_addr_list[0] ||
	    !inet_ntop(host->h_addrtype, host->h_addr_list[0], text, sizeof text))
		return;
	snprintf(q->address, sizeof q->address, host->h_addrtype == AF_INET6 ? "[%s]" : "%s", text);
}

/* Until all questions are answered, or have timed out. */
static void
wait_for(ares_channel channel)
{
	for (;;) {
		struct timeval tv, *next;
		fd_set in, out;
		int n;

		FD_ZERO(&in);
		FD_ZERO(&out);
		n = ares_fds(channel, &in, &out);
		if (n == 0)
			return;
		next = ares_timeout(channel, NULL, &tv);
		if (select(n, &in, &out, NULL, next) < 0) {
			FD_ZERO(&in);
			FD_ZERO(&out);
		}
		ares_process(channel, &in, &out);
	}
}

static enum err
open_channel(const char *dns_servers, ares_channel *out)
{
	struct ares_options o = {
	    .flags = ARES_FLAG_NOSEARCH, .timeout = TIMEOUT_MS, .tries = TRIES};

	if (ares_library_init(ARES_LIB_INIT_ALL) != ARES_SUCCESS ||
	    ares_init_options(out, &o, ARES_OPT_FLAGS | ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES) !=
		ARES_SUCCESS)
		return ERR_IO;
	if (dns_servers && ares_set_servers_ports_csv(*out, dns_servers) != ARES_SUCCESS) {
		ares_destroy(*out);
		return ERR_INVALID;
	}
	return ERR_OK;
}

/* A domain without MX is its own server (RFC 5321, 5.1). */
static void
stand_in(struct question *q, const char *domain)
{
	bool silent = q->status == ARES_ENODATA;

	if (q->n || q->none || !silent)
		return;
	slice_clip_cstr(slice_cstr(domain), q->list[0].host, sizeof q->list[0].host);
	q->n = 1;
}

enum err
mx_find(const char *dns_servers, const char *domain, struct mx out[MX_MAX], size_t *n)
{
	struct question q = {0};
	ares_channel channel;
	enum err e = open_channel(dns_servers, &channel);

	if (e != ERR_OK)
		return e;
	ares_query(channel, domain, ns_c_in, ns_t_mx, on_mx, &q);
	wait_for(channel);
	stand_in(&q, domain);
	e = q.n || q.none || q.status == ARES_ENOTFOUND ? ERR_NOT_FOUND : ERR_IO;
	*n = 0;
	for (size_t i = 0; i < q.n; i++) {
		struct question host = {0};

		ares_gethostbyname(channel, q.list[i].host, AF_UNSPEC, on_host, &host);
		wait_for(channel);
		if (!host.address[0]) {
			if (host.status != ARES_ENOTFOUND && host.status != ARES_ENODATA)
				e = ERR_IO; /* not now: another time it may be there */
			continue;
		}
		memcpy(out[*n].host, q.list[i].host, sizeof out[*n].host);
		memcpy(out[*n].address, host.address, sizeof out[*n].address);
		++*n;
	}
	ares_destroy(channel);
	return *n ? ERR_OK : e;
}
