/*
 * Packets of strangers through the transcoder: decoders, losses, clocks that jump, keys that are
 * converted, pauses. Input: two bytes that say which codecs and which way of keys and pauses, then
 * packets, each with one byte of flags and one of length before it.
 */
#include "fuzz.h"

#include "media/transcode_int.h"

static struct transcode_room room;

struct heard {
	uint16_t seq;
	uint32_t ssrc;
	size_t packets;
};

/* Whatever comes in, what goes out is a stream. */
static void
hear(void *ctx, struct slice packet)
{
	struct heard *h = ctx;
	struct rtp_head head;

	PROMISE(rtp_classify(packet, false) == RTP_KIND_RTP);
	head = rtp_head_of(packet);
	PROMISE(h->packets == 0 || (head.ssrc == h->ssrc && head.seq == (uint16_t)(h->seq + 1)));
	h->ssrc = head.ssrc;
	h->seq = head.seq;
	h->packets++;
}

static enum codec
voice_codec(unsigned n)
{
	return CODEC_PCMA + n % (CODEC_EVENT_8 - CODEC_PCMA);
}

/* A packet as the flags say: most of them follow the one before. */
static void
feed(struct transcoder *t, uint8_t flags, struct slice payload, struct rtp_head *head,
    uint64_t now_us, struct heard *h)
{
	static unsigned char packet[RTP_HEAD_BYTES + 255];
	struct rtp_head sent;

	head->seq = (uint16_t)(head->seq + 1 + (flags & 0x10 ? flags & 7 : 0));
	head->timestamp += 160u * (1u + (flags & 0x10 ? flags & 7u : 0u));
	if (flags & 0x20)
		head->timestamp ^= (uint32_t)flags << 20;
	if (flags & 0x40)
		head->ssrc ^= flags;
	sent = *head;
	sent.payload_type = (flags & 0x88) == 0x88 ? 13 : flags & 0x80 ? 101 : flags & 8 ? 9 : 8;
	sent.marker = flags & 1;
	rtp_head_write(packet, &sent);
	packet[0] |= (unsigned char)(flags & 2 ? 0x20 : 0); /* padding */
	memcpy(packet + RTP_HEAD_BYTES, payload.p, payload.n);
	transcoder_packet(
	    t, slice_make(packet, RTP_HEAD_BYTES + payload.n), now_us, &room, hear, h);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct media_translation what = {.n_routes = 4};
	struct rtp_head head = {.ssrc = 1};
	struct heard h = {0};
	struct rtp_sent sent;
	struct transcoder *t;
	struct rng rng;
	size_t at = 2;
	uint64_t now_us = 0;

	if (size < 2)
		return 0;
	rng_init_seed(&rng, data[0]);
	rtp_sent_init(&sent, &rng);
	what.route[0] = (struct media_route){8, 0, voice_codec(data[0]), voice_codec(data[0] / 9u)};
	what.route[1] =
	    (struct media_route){9, 0, voice_codec(data[0] + 1u), voice_codec(data[0] / 9u)};
	what.route[2] = (struct media_route){101, 96, CODEC_EVENT_8, CODEC_EVENT_48};
	what.route[3] = (struct media_route){
	    13, 14, CODEC_NOISE_8, data[1] & 0x10 ? CODEC_NOISE_8 : what.route[0].codec_out};
	what.noise_pt = 15;
	what.noise_codec = data[1] & 0x20 ? CODEC_NOISE_8 : CODEC_NONE;
	what.leave_pauses_out = data[1] & 0x40;
	what.keys_in = data[1] & 3;
	what.keys_out = data[1] & 3 ? data[1] >> 2 & 3 : 0;
	what.key_pt = 102;
	what.key_codec = CODEC_EVENT_8;
	if (transcoder_new(&what, &sent, &t) != ERR_OK)
		return 0;
	while (size - at >= 2 && h.packets < 500) {
		uint8_t flags = data[at];
		size_t bytes = data[at + 1];

		at += 2;
		if (bytes > size - at)
			bytes = size - at;
		feed(t, flags, slice_make(data + at, bytes), &head, now_us, &h);
		at += bytes;
		now_us += (uint64_t)flags * 997;
		for (int k = 0; k < flags % 7 && transcoder_needs_clock(t); k++)
			transcoder_tick(t, now_us + (uint64_t)k * 100, &room, hear, &h);
		while (transcoder_told(t))
			transcoder_told_forget(t);
	}
	PROMISE(sent.packets == h.packets);
	transcoder_free(t);
	return 0;
}
