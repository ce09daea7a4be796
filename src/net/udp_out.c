/* The queue of datagrams that leave a UDP socket: many with one system call, each from the local
 * address it is to come from. */
#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <sys/socket.h>

#include "net/udp_int.h"

enum { QUEUE_BYTES_MAX = 4 << 20 };

static bool
grow(void **p, size_t *cap, size_t needed, size_t item_bytes)
{
	size_t wanted = *cap ? *cap : 64;
	void *grown;

	if (needed <= *cap)
		return true;
	while (wanted < needed)
		wanted *= 2;
	grown = realloc(*p, wanted * item_bytes);
	if (!grown)
		return false;
	*p = grown;
	*cap = wanted;
	return true;
}

/* Moves what is left to the beginning. */
static void
compact(struct out_queue *q)
{
	size_t cut = q->first < q->n ? q->entry[q->first].begin : q->bytes_n;

	if (q->first == 0)
		return;
	memmove(q->entry, q->entry + q->first, (q->n - q->first) * sizeof *q->entry);
	memmove(q->bytes, q->bytes + cut, q->bytes_n - cut);
	q->n -= q->first;
	q->first = 0;
	q->bytes_n -= cut;
	for (size_t i = 0; i < q->n; i++)
		q->entry[i].begin -= cut;
}

enum err
udp_out_put(struct udp_socket *s, const struct sip_flow *flow, struct slice bytes)
{
	struct out_queue *q = &s->out;
	void *entries = q->entry, *memory = q->bytes;
	bool grown;

	if (q->n >= s->net->config.udp_queue_max || q->bytes_n + bytes.n > QUEUE_BYTES_MAX)
		compact(q);
	if (q->n >= s->net->config.udp_queue_max || q->bytes_n + bytes.n > QUEUE_BYTES_MAX) {
		s->net->counts[SIP_UDP].queue_full++;
		return ERR_LIMIT;
	}
	grown = grow(&entries, &q->cap, q->n + 1, sizeof *q->entry) &&
		grow(&memory, &q->bytes_cap, q->bytes_n + bytes.n, 1);
	q->entry = entries;
	q->bytes = memory;
	if (!grown)
		return ERR_NOMEM;
	q->entry[q->n++] = (struct outgoing){flow->local, flow->remote, q->bytes_n, bytes.n};
	if (bytes.n)
		memcpy(q->bytes + q->bytes_n, bytes.p, bytes.n);
	q->bytes_n += bytes.n;
	return ERR_OK;
}

/* Says from which of our addresses a datagram leaves. */
static void
write_local(struct msghdr *h, const struct addr *local)
{
	struct cmsghdr *c = h->msg_control;

	if (local->family == 4) {
		struct in_pktinfo info = {0};

		memcpy(&info.ipi_spec_dst, local->ip, 4);
		c->cmsg_level = IPPROTO_IP;
		c->cmsg_type = IP_PKTINFO;
		c->cmsg_len = CMSG_LEN(sizeof info);
		memcpy(CMSG_DATA(c), &info, sizeof info);
		h->msg_controllen = CMSG_SPACE(sizeof info);
	} else {
		struct in6_pktinfo info = {.ipi6_ifindex = local->scope};

		memcpy(&info.ipi6_addr, local->ip, 16);
		c->cmsg_level = IPPROTO_IPV6;
		c->cmsg_type = IPV6_PKTINFO;
		c->cmsg_len = CMSG_LEN(sizeof info);
		memcpy(CMSG_DATA(c), &info, sizeof info);
		h->msg_controllen = CMSG_SPACE(sizeof info);
	}
}

/* One sendmmsg. Returns how many entries are done with; 0: the kernel is full. */
static size_t
send_batch(struct udp_socket *s)
{
	struct mmsghdr msg[UDP_BATCH];
	struct iovec iov[UDP_BATCH];
	struct sockaddr_storage peer[UDP_BATCH];
	_Alignas(struct cmsghdr) char control[UDP_BATCH][UDP_CONTROL_BYTES];
	struct net_counts *counts = &s->net->counts[SIP_UDP];
	struct out_queue *q = &s->out;
	size_t n = q->n - q->first < UDP_BATCH ? q->n - q->first : UDP_BATCH;
	int sent;

	memset(control, 0, sizeof control);
	for (size_t i = 0; i < n; i++) {
		struct outgoing *o = &q->entry[q->first + i];

		iov[i] = (struct iovec){q->bytes + o->begin, o->n};
		msg[i] = (struct mmsghdr){.msg_hdr = {.msg_name = &peer[i],
					      .msg_namelen = addr_to_sockaddr(&o->remote, &peer[i]),
					      .msg_iov = &iov[i],
					      .msg_iovlen = 1}};
		if (s->any && o->local.family == o->remote.family && !addr_is_any(&o->local)) {
			msg[i].msg_hdr.msg_control = control[i];
			write_local(&msg[i].msg_hdr, &o->local);
		}
	}
	sent = sendmmsg(s->fd, msg, (unsigned)n, MSG_DONTWAIT | MSG_NOSIGNAL);
	if (sent > 0) {
		for (int i = 0; i < sent; i++)
			counts->bytes_out += msg[i].msg_len;
		counts->messages_out += (uint64_t)sent;
		return (size_t)sent;
	}
	if (errno == EAGAIN || errno == EWOULDBLOCK || errno == ENOBUFS || errno == EINTR)
		return 0;
	counts->send_errors++; /* this one cannot be sent; the next may */
	return 1;
}

bool
udp_out_send(struct udp_socket *s)
{
	struct out_queue *q = &s->out;
	size_t done = 1;

	while (q->first < q->n && (done = send_batch(s)) > 0)
		q->first += done;
	if (q->first < q->n)
		return false;
	q->first = q->n = q->bytes_n = 0;
	return true;
}

void
udp_out_fini(struct udp_socket *s)
{
	free(s->out.entry);
	free(s->out.bytes);
}
