/* Which local address the kernel would use: asked with a connected UDP socket, which
 * sends nothing. A system call trio per remote IP and minute. */
#include <errno.h>
#include <unistd.h>

#include "net/net_int.h"

static enum err
probe(const struct addr *remote, struct addr *local)
{
	struct sockaddr_storage ss;
	struct addr to = *remote;
	socklen_t len;
	int fd;
	enum err e = ERR_NOT_FOUND;

	if (to.port == 0)
		to.port = 5060; /* any; connect() wants one */
	len = addr_to_sockaddr(&to, &ss);
	fd = socket(ss.ss_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return err_from_errno(errno);
	if (connect(fd, (struct sockaddr *)&ss, len) == 0) {
		len = sizeof ss;
		if (getsockname(fd, (struct sockaddr *)&ss, &len) == 0)
			e = addr_from_sockaddr((struct sockaddr *)&ss, local);
	}
	close(fd);
	local->port = 0;
	return e;
}

static enum err
route_to(struct net *n, const struct addr *remote, struct addr *local)
{
	struct addr key = *remote, found;
	struct route *r;
	uint64_t now_ms = loop_now_ms(n->loop);
	enum err e;

	key.port = 0;
	r = &n->routes[addr_hash(&key) % ROUTE_CACHE];
	if (r->remote.family && addr_eq(&r->remote, &key) && now_ms < r->until_ms) {
		*local = r->local;
		return ERR_OK;
	}
	e = probe(remote, &found);
	if (e != ERR_OK)
		return e;
	*r = (struct route){.remote = key, .local = found, .until_ms = now_ms + ROUTE_KEEP_MS};
	*local = found;
	return ERR_OK;
}

/* The listeners of a transport, one after the other. */
static const struct addr *
listening_at(const struct net *n, enum sip_transport t, size_t i)
{
	if (t == SIP_UDP)
		return i < n->n_udp ? udp_socket_addr(n->udp[i]) : NULL;
	for (size_t k = 0; k < n->n_listener; k++)
		if (n->listener[k]->transport == t && i-- == 0)
			return &n->listener[k]->addr;
	return NULL;
}

enum err
net_local_for(
    struct net *n, enum sip_transport transport, const struct addr *remote, struct addr *out)
{
	const struct addr *best = NULL, *at;
	struct addr local;
	enum err e = route_to(n, remote, &local);

	if (e != ERR_OK)
		return e;
	for (size_t i = 0; (at = listening_at(n, transport, i)); i++) {
		if (at->family != remote->family)
			continue;
		if (!best || addr_eq_ip(at, &local) ||
		    (addr_is_any(at) && !addr_eq_ip(best, &local)))
			best = at;
	}
	if (!best)
		return ERR_NOT_FOUND;
	*out = addr_is_any(best) ? local : *best;
	out->port = best->port;
	return ERR_OK;
}
