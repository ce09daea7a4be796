#include <errno.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "media/fastpath_int.h"

enum { ANSWER_MAX_BYTES = 1024 };

struct question {
	struct nlmsghdr head;
	struct rtmsg message;
	char space[2 * RTA_SPACE(16)];
};

static uint8_t
ip_bytes_of(const struct addr *a)
{
	return a->family == 6 ? 16 : 4;
}

static void
put_ip(struct question *q, unsigned short kind, const struct addr *a)
{
	struct rtattr *at = (struct rtattr *)(void *)((char *)q + NLMSG_ALIGN(q->head.nlmsg_len));
	uint8_t bytes = ip_bytes_of(a);

	at->rta_type = kind;
	at->rta_len = RTA_LENGTH(bytes);
	memcpy(RTA_DATA(at), a->ip, bytes);
	q->head.nlmsg_len = (uint32_t)(NLMSG_ALIGN(q->head.nlmsg_len) + RTA_SPACE(bytes));
}

static ssize_t
ask(int fd, const struct addr *from, const struct addr *to, void *answer, size_t cap)
{
	struct question q = {
	    .head =
		{
		    .nlmsg_len = NLMSG_LENGTH(sizeof q.message),
		    .nlmsg_type = RTM_GETROUTE,
		    .nlmsg_flags = NLM_F_REQUEST,
		},
	    .message = {.rtm_family = to->family == 6 ? AF_INET6 : AF_INET,
		.rtm_dst_len = (uint8_t)(8 * ip_bytes_of(to))},
	};
	ssize_t n;

	put_ip(&q, RTA_DST, to);
	if (from->family) {
		q.message.rtm_src_len = (uint8_t)(8 * ip_bytes_of(from));
		put_ip(&q, RTA_SRC, from);
	}
	n = send(fd, &q, q.head.nlmsg_len, MSG_NOSIGNAL);
	/* The kernel answers before send() returns. */
	return n < 0 ? n : recv(fd, answer, cap, MSG_DONTWAIT);
}

/* Only what goes straight to the network. family: 4, 6. */
static bool
read_answer(const struct nlmsghdr *h, size_t bytes, uint8_t family, struct fastpath_route *out)
{
	const struct rtmsg *message = NLMSG_DATA(h);
	struct rtattr *at;
	unsigned left;

	if (!NLMSG_OK(h, bytes) || h->nlmsg_type != RTM_NEWROUTE ||
	    message->rtm_type != RTN_UNICAST)
		return false;
	at = RTM_RTA(message);
	left = (unsigned)RTM_PAYLOAD(h);
	for (; RTA_OK(at, left); at = RTA_NEXT(at, left))
		if (at->rta_type == RTA_OIF)
			memcpy(&out->interface, RTA_DATA(at), sizeof out->interface);
		else if (at->rta_type == RTA_PREFSRC && !out->from.family) {
			out->from.family = family;
			memcpy(out->from.ip, RTA_DATA(at), ip_bytes_of(&out->from));
		} else if (at->rta_type == RTA_ENCAP_TYPE)
			return false;
	return out->interface && out->from.family == family;
}

static bool
ask_mtu(struct fastpath_route *r)
{
	struct ifreq request = {.ifr_ifindex = (int)r->interface};
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	bool known = fd >= 0 && ioctl(fd, SIOCGIFNAME, &request) == 0 &&
		     ioctl(fd, SIOCGIFFLAGS, &request) == 0 &&
		     !(request.ifr_flags & IFF_LOOPBACK) && ioctl(fd, SIOCGIFMTU, &request) == 0 &&
		     request.ifr_mtu > 0;

	if (known)
		r->ip_bytes_max = (uint32_t)request.ifr_mtu;
	if (fd >= 0)
		close(fd);
	return known;
}

/* Which link it is on, the address alone does not say. */
static bool
is_link_local(const struct addr *a)
{
	return a->family == 6 && a->ip[0] == 0xfe && (a->ip[1] & 0xc0) == 0x80;
}

enum err
fastpath_route_find(struct fastpath_route *out, const struct addr *from, const struct addr *to)
{
	union {
		struct nlmsghdr head;
		char space[ANSWER_MAX_BYTES];
	} answer;
	struct fastpath_route r = {.from = *from};
	int fd;
	ssize_t n;

	if ((from->family && from->family != to->family) || is_link_local(to))
		return ERR_NOT_FOUND;
	fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
	n = fd < 0 ? -1 : ask(fd, from, to, &answer, sizeof answer);
	if (fd >= 0)
		close(fd);
	if (n < 0 || !read_answer(&answer.head, (size_t)n, to->family, &r) || !ask_mtu(&r))
		return ERR_NOT_FOUND;
	*out = r;
	return ERR_OK;
}
