#include "rtpgen.h"

#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "load.h"

enum {
	STREAMS_MAX = 20000,
	SOCKETS_MAX = 256,
	PAYLOAD_BYTES = 160,
	PACKET_BYTES = 12 + PAYLOAD_BYTES,
	BATCH = 64,
	LATCH_ROUNDS = 3, /* packets that open the relay's latch, before counting begins */
};

struct stream {
	struct sockaddr_in relay;
	uint16_t sequence;
	uint8_t side;
};

struct rtpgen {
	int sockets; /* each side */
	int fd[2][SOCKETS_MAX];
	uint16_t port[2][SOCKETS_MAX];
	struct stream streams[STREAMS_MAX];
	int count, count_of_side[2];
	int index_in_side[STREAMS_MAX];
	struct rtpgen_result result;
};

struct rtpgen *
rtpgen_new(struct in_addr side0, struct in_addr side1, int sockets)
{
	struct rtpgen *g = calloc(1, sizeof *g);

	if (!g || sockets < 1 || sockets > SOCKETS_MAX)
		load_die("rtpgen: bad number of sockets");
	g->sockets = sockets;
	for (int side = 0; side < 2; side++)
		for (int i = 0; i < sockets; i++) {
			struct sockaddr_in a = {
			    .sin_family = AF_INET, .sin_addr = side ? side1 : side0};
			socklen_t n = sizeof a;

			g->fd[side][i] = load_udp_open(&a);
			getsockname(g->fd[side][i], (struct sockaddr *)&a, &n);
			g->port[side][i] = ntohs(a.sin_port);
		}
	return g;
}

uint16_t
rtpgen_port(const struct rtpgen *g, int side, int stream)
{
	return g->port[side][stream % g->sockets];
}

void
rtpgen_add(struct rtpgen *g, int side, struct sockaddr_in relay)
{
	if (g->count == STREAMS_MAX)
		load_die("rtpgen: too many streams");
	g->index_in_side[g->count] = g->count_of_side[side]++;
	g->streams[g->count++] = (struct stream){.relay = relay, .side = (uint8_t)side};
}

static void
packet_write(unsigned char packet[PACKET_BYTES], const struct rtpgen *g, int stream)
{
	const struct stream *s = &g->streams[stream];
	uint32_t timestamp = htonl((uint32_t)s->sequence * PAYLOAD_BYTES);
	uint32_t ssrc = htonl((uint32_t)(s->side + 1) << 24 | (uint32_t)stream);
	uint16_t sequence = htons(s->sequence);

	packet[0] = 0x80;
	packet[1] = 8; /* PCMA */
	memcpy(packet + 2, &sequence, 2);
	memcpy(packet + 4, &timestamp, 4);
	memcpy(packet + 8, &ssrc, 4);
}

/* Sends one packet of each stream in [from, to), socket by socket in batches. */
static void
send_slice(struct rtpgen *g, int from, int to)
{
	static unsigned char packets[BATCH][PACKET_BYTES];
	struct mmsghdr headers[BATCH];
	struct iovec parts[BATCH];

	for (int side = 0; side < 2; side++)
		for (int socket = 0; socket < g->sockets; socket++) {
			int n = 0;

			for (int i = from; i < to; i++) {
				struct stream *s = &g->streams[i];

				if (s->side != side || g->index_in_side[i] % g->sockets != socket)
					continue;
				s->sequence++;
				packet_write(packets[n], g, i);
				parts[n] = (struct iovec){packets[n], PACKET_BYTES};
				headers[n] = (struct mmsghdr){.msg_hdr = {.msg_name = &s->relay,
								  .msg_namelen = sizeof s->relay,
								  .msg_iov = &parts[n],
								  .msg_iovlen = 1}};
				if (++n == BATCH) {
					sendmmsg(g->fd[side][socket], headers, (unsigned)n, 0);
					n = 0;
				}
			}
			if (n > 0)
				sendmmsg(g->fd[side][socket], headers, (unsigned)n, 0);
		}
	g->result.sent += (uint64_t)(to - from);
}

static void
count_packet(struct rtpgen *g, int side, const unsigned char *packet, unsigned bytes)
{
	uint32_t ssrc;
	unsigned stream;

	if (bytes != PACKET_BYTES) {
		g->result.foreign++;
		return;
	}
	memcpy(&ssrc, packet + 8, 4);
	ssrc = ntohl(ssrc);
	stream = ssrc & 0xffffff;
	if (stream < (unsigned)g->count && g->streams[stream].side == !side &&
	    ssrc >> 24 == (uint32_t)(!side + 1))
		g->result.received++;
	else
		g->result.foreign++;
}

static void
receive_all(struct rtpgen *g)
{
	static unsigned char packets[BATCH][2048];
	static struct mmsghdr headers[BATCH];
	static struct iovec parts[BATCH];

	for (int side = 0; side < 2; side++)
		for (int i = 0; i < g->sockets; i++)
			for (;;) {
				int n;

				for (int k = 0; k < BATCH; k++) {
					parts[k] = (struct iovec){packets[k], sizeof packets[k]};
					headers[k] = (struct mmsghdr){
					    .msg_hdr = {.msg_iov = &parts[k], .msg_iovlen = 1}};
				}
				n = recvmmsg(g->fd[side][i], headers, BATCH, 0, NULL);
				for (int k = 0; k < n; k++)
					count_packet(g, side, packets[k], headers[k].msg_len);
				if (n < BATCH)
					break;
			}
}

static void
wait_until_ns(struct rtpgen *g, uint64_t due)
{
	for (;;) {
		uint64_t now = load_now_ns();

		receive_all(g);
		if (now >= due)
			return;
		poll(NULL, 0, (int)((due - now) / 1000000 > 0 ? 1 : 0));
	}
}

struct rtpgen_result
rtpgen_run(struct rtpgen *g, double seconds, int packets_per_s)
{
	/* Every tick of a millisecond serves its share of the streams, as real phones are spread
	 * over time. */
	int ticks = 1000 / packets_per_s;
	uint64_t rounds = (uint64_t)(seconds * packets_per_s) + LATCH_ROUNDS;
	uint64_t due = load_now_ns();

	for (uint64_t round = 0; round < rounds; round++) {
		if (round == LATCH_ROUNDS) {
			wait_until_ns(g, due + 100 * 1000000u);
			due = load_now_ns();
			memset(&g->result, 0, sizeof g->result);
		}
		for (int tick = 0; tick < ticks; tick++) {
			send_slice(g, g->count * tick / ticks, g->count * (tick + 1) / ticks);
			due += 1000000;
			wait_until_ns(g, due);
		}
	}
	wait_until_ns(g, load_now_ns() + 300 * 1000000u);
	g->result.lost =
	    g->result.sent > g->result.received ? g->result.sent - g->result.received : 0;
	return g->result;
}
