/*
 * The way of hostile packets through the pure parts of the relay: what is it, who
 * sent it, what does it do to the figures. Input: packets, each with one byte of
 * flags (port, sender) and two of length before it.
 */
#include "fuzz.h"

#include "media/latch_int.h"
#include "media/rtcp_int.h"
#include "media/rtp_stats_int.h"

static struct rtcp_stats reports[2];

/* Both sides report; what they say of round trips stays within reason. */
static void
hear_report(uint8_t flags, uint32_t ssrc, struct slice packet, uint64_t now_us)
{
	struct rtcp_stats *own = &reports[flags >> 7], *other = &reports[1 - (flags >> 7)];

	rtcp_stats_packet(own, &other->sr, ssrc, packet, now_us);
	PROMISE(own->rtt_us <= 10000001 && own->lost < 1 << 23);
	PROMISE(rtcp_stats_lost(own) >= own->lost);
}

static void
feed(struct latch *latch, struct rtp_stats *stats, uint8_t flags, struct slice packet,
    uint64_t now_us)
{
	enum latch_port port = flags & 1 ? LATCH_RTCP : LATCH_RTP;
	struct addr from = {
	    .family = 4, .port = (uint16_t)(flags >> 1 & 3), .ip = {10, 0, 0, flags >> 3 & 1}};
	enum rtp_kind kind = rtp_classify(packet, flags & 1);
	uint64_t packets = stats->packets;
	struct addr target;
	struct rtp_head head;

	if (kind != RTP_KIND_RTP && kind != RTP_KIND_RTCP)
		return;
	PROMISE(packet.n >= 8 && packet.n <= RTP_PACKET_MAX);
	if (latch_check(latch, port, &from) == LATCH_REFUSED)
		return;
	PROMISE(addr_eq(&latch->source[port], &from));
	PROMISE(latch_target(latch, port, &target) && addr_eq(&target, &from));
	if (kind != RTP_KIND_RTP) {
		hear_report(flags, stats->ssrc, packet, now_us);
		return;
	}
	PROMISE(packet.n >= 12 && !(flags & 1));
	head = rtp_head_of(packet);
	rtp_stats_packet(stats, &head, packet.n, now_us);
	PROMISE(rtp_payload(packet).n <= packet.n - RTP_HEAD_BYTES);
	PROMISE(stats->packets == packets + 1);
	PROMISE(stats->highest >= stats->base && stats->base > 0);
	/* A packet cannot reveal more losses than a dropout allows. */
	PROMISE(rtp_stats_lost(stats) <= stats->packets * 3000);
	(void)rtp_stats_jitter_us(stats);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct media_peer peer = {.rtp = {.family = 4, .port = 1, .ip = {10}},
	    .rtcp = {.family = 4, .port = 2, .ip = {10}}};
	struct rtp_stats stats;
	struct latch latch;
	size_t at = 0;
	uint64_t now_us = 0;

	memset(reports, 0, sizeof reports);
	latch_init(&latch);
	latch_set_peer(&latch, &peer);
	rtp_stats_init(&stats, size ? data[0] * 1000u : 0);
	while (size - at >= 3) {
		size_t bytes = (size_t)(data[at + 1] << 8 | data[at + 2]);
		uint8_t flags = data[at];
		char *copy;

		at += 3;
		if (bytes > size - at)
			bytes = size - at;
		copy = malloc(bytes ? bytes : 1);
		if (!copy)
			return 0;
		memcpy(copy, data + at, bytes);
		feed(&latch, &stats, flags, slice_make(copy, bytes), now_us);
		free(copy);
		at += bytes;
		now_us += (uint64_t)flags * 997;
	}
	return 0;
}
