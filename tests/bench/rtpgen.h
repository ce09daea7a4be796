/*
 * Streams of RTP over loopback: so many packets a second each, all counted where they arrive.
 *
 * Streams share a few sockets on each side, so that the generator is cheaper than what it measures;
 * the relay still has a port of its own for each. A packet is recognised by its SSRC.
 */
#ifndef BENCH_RTPGEN_H
#define BENCH_RTPGEN_H

#include <netinet/in.h>
#include <stdint.h>

struct rtpgen;

struct rtpgen_result {
	uint64_t sent, received, lost,
	    foreign; /* foreign: arrived, but at the wrong end or unknown */
};

/** Two sides with that many sockets each, bound to any port of these addresses. */
struct rtpgen *rtpgen_new(struct in_addr side0, struct in_addr side1, int sockets);
/** The port which stream number `stream` of this side announces in its SDP. */
uint16_t rtpgen_port(const struct rtpgen *g, int side, int stream);
/** A stream from this side; packets go to the relay's address. */
void rtpgen_add(struct rtpgen *g, int side, struct sockaddr_in relay);
/** Sends from all streams for so long and takes in what arrives, then waits a little for
 * stragglers. */
struct rtpgen_result rtpgen_run(struct rtpgen *g, double seconds, int packets_per_s);

#endif
