/*
 * UDP: sockets of our own (libuv only tells when they are ready), because libuv neither
 * says to which local address a datagram came nor lets it be answered from there, and to
 * send many with one system call (udp_out.c).
 */
#include <errno.h>
#include <linux/sock_diag.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "loop/mark.h"
#include "net/udp_int.h"

enum {
	DATAGRAM_BYTES = NET_MESSAGE_MAX_BYTES + 1,
	FLUSH_AT = 256, /* queued datagrams that do not wait for the end of the iteration */
};

struct udp_batch {
	struct mmsghdr msg[UDP_BATCH];
	struct iovec iov[UDP_BATCH];
	struct sockaddr_storage peer[UDP_BATCH];
	_Alignas(struct cmsghdr) char control[UDP_BATCH][UDP_CONTROL_BYTES];
	char bytes[UDP_BATCH][DATAGRAM_BYTES];
};

const struct addr *
udp_socket_addr(const struct udp_socket *s)
{
	return &s->addr;
}

/* ---- receiving ---- */

static void
prepare_batch(struct udp_batch *b)
{
	for (size_t i = 0; i < UDP_BATCH; i++) {
		b->iov[i] = (struct iovec){b->bytes[i], DATAGRAM_BYTES};
		b->msg[i].msg_hdr = (struct msghdr){
		    .msg_name = &b->peer[i],
		    .msg_namelen = sizeof b->peer[i],
		    .msg_iov = &b->iov[i],
		    .msg_iovlen = 1,
		    .msg_control = b->control[i],
		    .msg_controllen = UDP_CONTROL_BYTES,
		};
	}
}

/* The address a datagram was sent to, where the kernel says so. */
static void
read_local(struct msghdr *h, struct addr *local)
{
	for (struct cmsghdr *c = CMSG_FIRSTHDR(h); c; c = CMSG_NXTHDR(h, c)) {
		if (c->cmsg_level == IPPROTO_IP && c->cmsg_type == IP_PKTINFO) {
			struct in_pktinfo info;

			memcpy(&info, CMSG_DATA(c), sizeof info);
			memcpy(local->ip, &info.ipi_spec_dst, 4);
		} else if (c->cmsg_level == IPPROTO_IPV6 && c->cmsg_type == IPV6_PKTINFO) {
			struct in6_pktinfo info;

			memcpy(&info, CMSG_DATA(c), sizeof info);
			memcpy(local->ip, &info.ipi6_addr, 16);
			local->scope =
			    IN6_IS_ADDR_LINKLOCAL(&info.ipi6_addr) ? info.ipi6_ifindex : 0;
		}
	}
}

/* CR LF and four zero bytes keep a NAT open and mean nothing else. */
static bool
is_keep_alive(struct slice s)
{
	return slice_trim(s).n == 0 || (s.n == 4 && memcmp(s.p, "\0\0\0\0", 4) == 0);
}

static void
take_datagram(struct udp_socket *s, struct mmsghdr *m)
{
	struct net *n = s->net;
	struct sip_flow flow = {.transport = SIP_UDP, .local = s->addr};
	struct slice bytes = slice_make(m->msg_hdr.msg_iov->iov_base, m->msg_len);

	n->counts[SIP_UDP].bytes_in += bytes.n;
	if (m->msg_hdr.msg_flags & MSG_TRUNC) {
		n->counts[SIP_UDP].framing_errors++;
		return;
	}
	if (addr_from_sockaddr(m->msg_hdr.msg_name, &flow.remote) != ERR_OK)
		return;
	if (blocks_have(&n->blocks, &flow.remote)) {
		n->counts[SIP_UDP].blocked++;
		return;
	}
	if (source_bytes(n, &flow.remote, bytes.n)) {
		n->counts[SIP_UDP].over_rate++;
		source_complain(n, &flow.remote, "too many bytes: datagrams dropped");
		return;
	}
	if (is_keep_alive(bytes)) {
		n->counts[SIP_UDP].keep_alives_in++;
		return;
	}
	if (s->any)
		read_local(&m->msg_hdr, &flow.local);
	if (net_stun_take(n, &flow, bytes))
		return;
	n->counts[SIP_UDP].messages_in++;
	n->ops->on_message(n->ctx, &flow, bytes);
}

static uint32_t
receive(struct udp_socket *s)
{
	struct udp_batch *b = s->net->batch;
	uint32_t total = 0;

	for (int round = 0; round < UDP_ROUNDS; round++) {
		int got;

		prepare_batch(b);
		got = recvmmsg(s->fd, b->msg, UDP_BATCH, MSG_DONTWAIT, NULL);
		for (int i = 0; i < got; i++)
			take_datagram(s, &b->msg[i]);
		total += got > 0 ? (uint32_t)got : 0;
		if (got < UDP_BATCH)
			break;
	}
	return total;
}

/* ---- sending ---- */

static void on_ready(uv_poll_t *poll, int status, int events);

static void
watch(struct udp_socket *s)
{
	int events = (s->pace.paced ? 0 : UV_READABLE) | (s->waiting ? UV_WRITABLE : 0);

	if (events)
		uv_poll_start(&s->poll, events, on_ready);
	else
		uv_poll_stop(&s->poll);
}

static void
flush(struct udp_socket *s)
{
	bool waiting = !udp_out_send(s);

	if (waiting == s->waiting)
		return;
	s->waiting = waiting;
	watch(s);
}

/* Reads, and decides whether the next reading is by event or by the clock. */
static void
read_paced(struct udp_socket *s)
{
	struct timers *timers = loop_timers(s->net->loop);
	bool was = s->pace.paced;
	bool paced = pace_on_read(&s->pace, loop_now_ms(s->net->loop), receive(s));

	if (paced)
		timer_start(timers, &s->look, PACE_LOOK_MS);
	if (paced != was)
		watch(s);
}

static void
on_look(struct timer *t)
{
	read_paced(container_of(t, struct udp_socket, look));
}

static void
on_ready(uv_poll_t *poll, int status, int events)
{
	struct udp_socket *s = poll->data;

	if (events & UV_WRITABLE)
		flush(s);
	if (status < 0 || events & UV_READABLE)
		read_paced(s);
}

void
udp_flush(struct net *n)
{
	for (size_t i = 0; i < n->n_udp; i++)
		if (n->udp[i]->out.n && !n->udp[i]->waiting)
			flush(n->udp[i]);
}

/* The socket at flow.local; else one at its port on all addresses; else any. */
static struct udp_socket *
socket_for(struct net *n, const struct sip_flow *flow)
{
	struct udp_socket *best = NULL;
	int best_score = -1;

	for (size_t i = 0; i < n->n_udp; i++) {
		struct udp_socket *s = n->udp[i];
		int score = 0;

		if (s->addr.family != flow->remote.family)
			continue;
		if (flow->local.family == s->addr.family) {
			score += addr_eq_ip(&s->addr, &flow->local) ? 4 : s->any ? 2 : 0;
			score += s->addr.port == flow->local.port;
		}
		if (score > best_score) {
			best = s;
			best_score = score;
		}
	}
	return best;
}

enum err
udp_send(struct net *n, const struct sip_flow *flow, struct slice bytes)
{
	struct udp_socket *s = socket_for(n, flow);
	enum err e;

	if (!s)
		return ERR_NOT_FOUND;
	e = udp_out_put(s, flow, bytes);
	if (e != ERR_OK || s->waiting)
		return e;
	if (s->out.n - s->out.first >= FLUSH_AT)
		flush(s);
	else
		net_kick(n);
	return ERR_OK;
}

/* ---- opening and closing ---- */

static void
set_kernel_buffer(int fd, int forced, int polite, uint32_t bytes)
{
	int value = (int)bytes;

	if (setsockopt(fd, SOL_SOCKET, forced, &value, sizeof value) != 0)
		(void)setsockopt(fd, SOL_SOCKET, polite, &value, sizeof value);
}

static enum err
open_socket(const struct net_config *config, const struct addr *addr, int *out, struct addr *bound)
{
	struct sockaddr_storage ss;
	socklen_t len = addr_to_sockaddr(addr, &ss);
	int on = 1, fd = socket(ss.ss_family, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	enum err e = ERR_OK;

	if (fd < 0)
		return errno == EAFNOSUPPORT ? ERR_UNSUPPORTED : err_from_errno(errno);
	if (addr->family == 6) {
		(void)setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on);
		(void)setsockopt(fd, IPPROTO_IPV6, IPV6_RECVPKTINFO, &on, sizeof on);
	} else {
		(void)setsockopt(fd, IPPROTO_IP, IP_PKTINFO, &on, sizeof on);
	}
	set_kernel_buffer(fd, SO_RCVBUFFORCE, SO_RCVBUF, config->udp_kernel_bytes);
	set_kernel_buffer(fd, SO_SNDBUFFORCE, SO_SNDBUF, config->udp_kernel_bytes);
	mark_socket(fd, config->dscp);
	if (bind(fd, (struct sockaddr *)&ss, len) != 0)
		e = errno == EADDRINUSE	     ? ERR_IN_USE
		    : errno == EADDRNOTAVAIL ? ERR_INVALID
					     : err_from_errno(errno);
	len = sizeof ss;
	if (e == ERR_OK && getsockname(fd, (struct sockaddr *)&ss, &len) != 0)
		e = err_from_errno(errno);
	if (e == ERR_OK)
		e = addr_from_sockaddr((struct sockaddr *)&ss, bound);
	if (e != ERR_OK) {
		close(fd);
		return e;
	}
	*out = fd;
	return ERR_OK;
}

enum err
udp_listen(struct net *n, const struct addr *addr, struct addr *bound)
{
	struct udp_socket *s;
	enum err e;

	if (n->n_udp == NET_LISTENERS_MAX)
		return ERR_LIMIT;
	if (!n->batch)
		n->batch = calloc(1, sizeof *n->batch);
	s = calloc(1, sizeof *s);
	if (!n->batch || !s) {
		free(s);
		return ERR_NOMEM;
	}
	e = open_socket(&n->config, addr, &s->fd, &s->addr);
	if (e == ERR_OK && uv_poll_init(loop_uv(n->loop), &s->poll, s->fd) != 0) {
		close(s->fd);
		e = ERR_IO;
	}
	if (e != ERR_OK) {
		free(s);
		return e;
	}
	s->net = n;
	s->any = addr_is_any(&s->addr);
	s->poll.data = s;
	timer_init(&s->look, on_look);
	uv_poll_start(&s->poll, UV_READABLE, on_ready);
	n->handles++;
	n->udp[n->n_udp++] = s;
	if (bound)
		*bound = s->addr;
	return ERR_OK;
}

static void
on_closed(uv_handle_t *poll)
{
	struct udp_socket *s = poll->data;
	struct net *n = s->net;

	close(s->fd);
	udp_out_fini(s);
	free(s);
	net_handle_closed(n);
}

void
udp_close_all(struct net *n)
{
	udp_flush(n); /* the last words: a BYE, an unregistration */
	for (size_t i = 0; i < n->n_udp; i++) {
		timer_stop(&n->udp[i]->look);
		uv_close((uv_handle_t *)&n->udp[i]->poll, on_closed);
	}
	n->n_udp = 0;
}

uint32_t
udp_queue_permille(const struct net *n)
{
	uint32_t fullest = 0;

	for (size_t i = 0; i < n->n_udp; i++) {
		uint32_t info[SK_MEMINFO_VARS], now;
		socklen_t len = sizeof info;

		if (getsockopt(n->udp[i]->fd, SOL_SOCKET, SO_MEMINFO, info, &len) != 0 ||
		    info[SK_MEMINFO_RCVBUF] == 0)
			continue;
		now = (uint32_t)((uint64_t)info[SK_MEMINFO_RMEM_ALLOC] * 1000 /
				 info[SK_MEMINFO_RCVBUF]);
		if (now > fullest)
			fullest = now;
	}
	return fullest;
}
