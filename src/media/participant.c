#include "media/participant_int.h"

#include <stdlib.h>

enum err
participant_new(struct rng *rng, struct participant **out)
{
	static const char hex[] = "0123456789abcdef";
	struct participant *p = calloc(1, sizeof *p);

	if (!p)
		return ERR_NOMEM;
	timer_init(&p->reports, NULL);
	for (int side = 0; side < MEDIA_SIDES; side++)
		rtp_sent_init(&p->to[side].sent, rng);
	rng_fill(rng, p->cname, sizeof p->cname);
	for (size_t k = 0; k < sizeof p->cname; k++)
		p->cname[k] = hex[p->cname[k] & 15];
	*out = p;
	return ERR_OK;
}

void
participant_free(struct participant *p)
{
	if (!p)
		return;
	timer_stop(&p->reports);
	free(p);
}

/* In units of 1/65536 s (RFC 3550, 6.4.1). */
static uint32_t
delay_units(uint64_t us)
{
	return (uint32_t)(us * 65536 / 1000000);
}

size_t
participant_report(struct participant *p, enum media_side side, const struct rtp_stats *heard,
    const struct rtcp_passed *its_sr, uint64_t now_us, uint64_t wall_us,
    unsigned char out[RTCP_OWN_MAX_BYTES])
{
	struct participant_side *to = &p->to[side];
	const struct rtp_sent *sent = &to->sent;
	struct rtcp_own own = {.ssrc = sent->ssrc};

	if (sent->packets) {
		own.sends = true;
		own.ntp = rtcp_ntp(wall_us);
		own.timestamp = rtp_sent_now(sent, sent->clock_hz, now_us);
		own.packets = sent->packets;
		own.bytes = sent->bytes;
		to->sr = (struct rtcp_passed){(uint32_t)(own.ntp >> 16), now_us};
	}
	if (heard->started) {
		own.hears = true;
		own.heard_ssrc = heard->ssrc;
		own.fraction_lost = rtp_stats_fraction_lost(heard, &to->told);
		own.lost = rtp_stats_lost(heard);
		own.highest_seq = (uint32_t)heard->highest;
		own.jitter = (uint32_t)(heard->jitter_x16 >> 4);
		own.lsr = its_sr->mid;
		own.dlsr = its_sr->mid ? delay_units(now_us - its_sr->us) : 0;
	}
	return rtcp_own_write(out, &own, p->cname);
}
