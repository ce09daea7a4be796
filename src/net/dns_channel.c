/*
 * c-ares on libuv: its sockets as poll handles, its time-outs as one timer.
 *
 * What c-ares 1.18 asks of its user: a channel may not be destroyed from inside a callback
 * of its own (it would free the query twice), so a retired one ends by timer when its last
 * question is answered; its name servers cannot be changed while questions are open, so new
 * ones mean a new channel; a socket is closed right after the callback that says "neither
 * readable nor writable", so polling must stop inside it; and the time-out changes with
 * every question and every answer.
 */
#include <ares.h>
#include <netdb.h>
#include <stdlib.h>
#include <uv.h>

#include <arpa/nameser.h>

#include "base/log.h"
#include "net/dns_int.h"

struct dns_channel {
	struct list link; /* first: in net_dns.retired */
	struct net_dns *dns;
	ares_channel ares;
	bool retired;
	unsigned open; /* questions */
	struct timer timer;
	struct list sockets;
};

struct dns_socket {
	struct list link;
	struct dns_channel *channel;
	ares_socket_t fd;
	uv_poll_t poll;
};

struct question {
	struct dns_channel *channel;
	struct dns_entry *entry;
};

/* ---- time ---- */

static void
arm(struct dns_channel *c)
{
	struct timeval longest = {.tv_sec = 60}, tv, *next;
	uint64_t ms;

	if (c->open == 0) {
		timer_stop(&c->timer);
		if (c->retired)
			timer_start(loop_timers(c->dns->loop), &c->timer, 0);
		return;
	}
	next = ares_timeout(c->ares, &longest, &tv);
	ms = (uint64_t)next->tv_sec * 1000 + (uint64_t)next->tv_usec / 1000 + 1;
	timer_start(loop_timers(c->dns->loop), &c->timer, ms);
}

static void
on_timer(struct timer *t)
{
	struct dns_channel *c = container_of(t, struct dns_channel, timer);

	if (c->retired && c->open == 0) {
		dns_channel_free(c);
		return;
	}
	ares_process_fd(c->ares, ARES_SOCKET_BAD, ARES_SOCKET_BAD);
	arm(c);
}

/* ---- sockets ---- */

static void
on_poll(uv_poll_t *poll, int status, int events)
{
	struct dns_socket *s = poll->data;
	struct dns_channel *c = s->channel;
	bool failed = status < 0; /* let c-ares find out by reading and writing */
	ares_socket_t fd = s->fd;

	ares_process_fd(c->ares, failed || events & UV_READABLE ? fd : ARES_SOCKET_BAD,
	    failed || events & UV_WRITABLE ? fd : ARES_SOCKET_BAD);
	arm(c); /* s may be gone */
}

static void
on_poll_closed(uv_handle_t *handle)
{
	free(handle->data);
}

static void
socket_stop(struct dns_socket *s)
{
	list_remove(&s->link);
	uv_poll_stop(&s->poll);
	uv_close((uv_handle_t *)&s->poll, on_poll_closed);
}

static struct dns_socket *
socket_find(struct dns_channel *c, ares_socket_t fd)
{
	LIST_FOR_EACH (it, &c->sockets) {
		struct dns_socket *s = container_of(it, struct dns_socket, link);

		if (s->fd == fd)
			return s;
	}
	return NULL;
}

static struct dns_socket *
socket_new(struct dns_channel *c, ares_socket_t fd)
{
	struct dns_socket *s = calloc(1, sizeof *s);

	if (!s || uv_poll_init(loop_uv(c->dns->loop), &s->poll, fd) != 0) {
		free(s);
		return NULL;
	}
	s->poll.data = s;
	s->channel = c;
	s->fd = fd;
	list_push(&c->sockets, &s->link);
	return s;
}

static void
on_socket_state(void *ctx, ares_socket_t fd, int readable, int writable)
{
	struct dns_channel *c = ctx;
	struct dns_socket *s = socket_find(c, fd);

	if (!readable && !writable) {
		if (s)
			socket_stop(s);
		return;
	}
	if (!s)
		s = socket_new(c, fd);
	if (!s || uv_poll_start(&s->poll,
		      (readable ? UV_READABLE : 0) | (writable ? UV_WRITABLE : 0), on_poll) != 0)
		log_warn(NET, "a socket to a name server cannot be watched"); /* times out */
}

/* ---- questions ---- */

static void
on_answer(void *ctx, int status, int timeouts, unsigned char *bytes, int n)
{
	struct question *q = ctx;
	struct dns_entry *e = q->entry;

	q->channel->open--;
	free(q);
	dns_on_result(e, status, bytes, n);
}

void
dns_channel_ask(struct dns_channel *c, struct dns_entry *e)
{
	static const int types[] = {[SIP_QUERY_NAPTR] = ns_t_naptr,
	    [SIP_QUERY_SRV] = ns_t_srv,
	    [SIP_QUERY_A] = ns_t_a,
	    [SIP_QUERY_AAAA] = ns_t_aaaa};
	struct question *q = malloc(sizeof *q);

	if (!q) {
		dns_on_result(e, ARES_ENOMEM, NULL, 0);
		return;
	}
	*q = (struct question){c, e};
	c->open++;
	c->dns->counts.questions++;
	ares_query(c->ares, e->name, ns_c_in, types[e->kind], on_answer, q);
	arm(c);
}

size_t
dns_hosts_file(struct dns_channel *c, const char *name, bool ipv6, struct addr *out, size_t max)
{
	struct hostent *host;
	size_t n = 0;

	if (ares_gethostbyname_file(c->ares, name, ipv6 ? AF_INET6 : AF_INET, &host) !=
	    ARES_SUCCESS)
		return 0;
	for (char **at = host->h_addr_list; *at && n < max; at++, n++) {
		out[n] = (struct addr){.family = ipv6 ? 6 : 4};
		memcpy(out[n].ip, *at, ipv6 ? 16 : 4);
	}
	ares_free_hostent(host);
	return n;
}

/* ---- life ---- */

enum err
dns_channel_new(struct net_dns *d, struct dns_channel **out)
{
	struct dns_channel *c = calloc(1, sizeof *c);
	struct ares_options o = {.flags = ARES_FLAG_NOSEARCH,
	    .timeout = (int)d->p.timeout_ms,
	    .tries = (int)d->p.tries,
	    .udp_port = d->p.port,
	    .tcp_port = d->p.port,
	    .sock_state_cb = on_socket_state,
	    .sock_state_cb_data = c,
	    .resolvconf_path = (char *)(uintptr_t)d->p.resolv_conf};
	int mask = (d->p.port ? ARES_OPT_UDP_PORT | ARES_OPT_TCP_PORT : 0) | ARES_OPT_FLAGS |
		   ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES | ARES_OPT_SOCK_STATE_CB |
		   ARES_OPT_RESOLVCONF;

	if (!c)
		return ERR_NOMEM;
	c->dns = d;
	list_init(&c->link);
	list_init(&c->sockets);
	timer_init(&c->timer, on_timer);
	if (ares_library_init(ARES_LIB_INIT_ALL) != ARES_SUCCESS ||
	    ares_init_options(&c->ares, &o, mask) != ARES_SUCCESS) {
		free(c);
		return ERR_IO;
	}
	if (d->p.servers && ares_set_servers_ports_csv(c->ares, d->p.servers) != ARES_SUCCESS) {
		ares_destroy(c->ares);
		free(c);
		return ERR_INVALID;
	}
	*out = c;
	return ERR_OK;
}

void
dns_channel_free(struct dns_channel *c)
{
	timer_stop(&c->timer);
	ares_destroy(c->ares); /* answers what is open, closes its sockets */
	LIST_FOR_EACH_SAFE (it, &c->sockets)
		socket_stop(container_of(it, struct dns_socket, link));
	list_remove(&c->link);
	free(c);
}

void
dns_channel_retire(struct dns_channel *c)
{
	c->retired = true;
	list_push(&c->dns->retired, &c->link);
	arm(c);
}
