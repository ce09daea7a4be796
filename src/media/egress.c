#include "media/egress_int.h"

#include <sys/socket.h>
#include <unistd.h>

#include "base/addr_net.h"

/* A connected UDP socket: has a route and a source, sends nothing. from: family 0 = of the
 * kernel's choice. Returns -1 when there is no way, or `from` is not this machine's. */
static int
connected(const struct addr *from, const struct addr *to)
{
	struct sockaddr_storage ss;
	socklen_t length = addr_to_sockaddr(to, &ss);
	int fd = socket(ss.ss_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	bool ok = fd >= 0;

	if (ok && from->family) {
		struct sockaddr_storage mine;
		socklen_t mine_bytes = addr_to_sockaddr(from, &mine);

		ok = bind(fd, (const struct sockaddr *)&mine, mine_bytes) == 0;
	}
	if (ok && connect(fd, (const struct sockaddr *)&ss, length) == 0)
		return fd;
	if (fd >= 0)
		close(fd);
	return -1;
}

/* Family 0: there is no route. */
static struct addr
kernel_choice(const struct addr *to)
{
	struct addr from = {0};
	struct sockaddr_storage ss;
	socklen_t length = sizeof ss;
	int fd = connected(&from, to);

	if (fd < 0)
		return from;
	if (getsockname(fd, (struct sockaddr *)&ss, &length) != 0 ||
	    addr_from_sockaddr((const struct sockaddr *)&ss, &from) != ERR_OK)
		from = (struct addr){0};
	close(fd);
	return from;
}

static bool
usable(const struct addr *from, const struct addr *to)
{
	struct addr a = *from;
	int fd;

	a.port = 0;
	fd = connected(&a, to);
	if (fd < 0)
		return false;
	close(fd);
	return true;
}

static struct addr
ask(const struct addr local[MEDIA_LOCALS], const struct addr *to)
{
	struct addr by_kernel = {0};

	for (int i = 0; i < MEDIA_LOCALS; i++) {
		const struct addr *l = &local[i];

		if (l->family != to->family || addr_is_any(l) || (i && addr_eq_ip(l, &local[0])))
			continue;
		if (!by_kernel.family)
			by_kernel = kernel_choice(to);
		if (addr_eq_ip(l, &by_kernel))
			break;
		if (usable(l, to))
			return *l;
	}
	return (struct addr){0};
}

static bool
is_answer_to(
    const struct egress_answer *a, const struct addr local[MEDIA_LOCALS], const struct addr *to)
{
	bool same = addr_eq_ip(&a->to, to);

	for (int i = 0; i < MEDIA_LOCALS; i++)
		same = same && addr_eq_ip(&a->local[i], &local[i]);
	return same;
}

struct addr
egress_find(
    struct egress *s, uint64_t now_ms, const struct addr local[MEDIA_LOCALS], const struct addr *to)
{
	struct addr_net peer = addr_net_of(to); /* without the port */
	struct egress_answer *a = &s->answer[addr_net_hash(&peer) % EGRESS_ANSWERS];

	if (now_ms >= a->until_ms || !is_answer_to(a, local, to)) {
		a->to = *to;
		memcpy(a->local, local, sizeof a->local);
		a->from = ask(local, to);
		a->until_ms = now_ms + EGRESS_TRUST_MS;
	}
	return a->from;
}

static size_t
put_ip4(struct cmsghdr *c, const struct addr *from)
{
	struct in_pktinfo info = {0};

	memcpy(&info.ipi_spec_dst, from->ip, sizeof info.ipi_spec_dst);
	c->cmsg_level = IPPROTO_IP;
	c->cmsg_type = IP_PKTINFO;
	c->cmsg_len = CMSG_LEN(sizeof info);
	memcpy(CMSG_DATA(c), &info, sizeof info);
	return CMSG_SPACE(sizeof info);
}

static size_t
put_ip6(struct cmsghdr *c, const struct addr *from)
{
	struct in6_pktinfo info = {.ipi6_ifindex = from->scope};

	memcpy(&info.ipi6_addr, from->ip, sizeof info.ipi6_addr);
	c->cmsg_level = IPPROTO_IPV6;
	c->cmsg_type = IPV6_PKTINFO;
	c->cmsg_len = CMSG_LEN(sizeof info);
	memcpy(CMSG_DATA(c), &info, sizeof info);
	return CMSG_SPACE(sizeof info);
}

ssize_t
egress_sendto(int fd, struct slice packet, const struct sockaddr *to, socklen_t to_bytes,
    const struct addr *from)
{
	union {
		struct cmsghdr head;
		char space[CMSG_SPACE(sizeof(struct in6_pktinfo))];
	} control = {0};
	struct iovec data = {.iov_base = (void *)(uintptr_t)packet.p, .iov_len = packet.n};
	struct msghdr m = {.msg_name = (void *)(uintptr_t)to,
	    .msg_namelen = to_bytes,
	    .msg_iov = &data,
	    .msg_iovlen = 1,
	    .msg_control = &control};

	/* An IPv6 socket takes IPv4's word for a mapped peer, too (Linux, ip_cmsg_send). */
	m.msg_controllen =
	    from->family == 4 ? put_ip4(&control.head, from) : put_ip6(&control.head, from);
	return sendmsg(fd, &m, MSG_DONTWAIT | MSG_NOSIGNAL);
}
