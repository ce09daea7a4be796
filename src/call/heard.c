/* How the two sides heard each other: judged when the first media stream of a call has ended,
 * with what the relay counted and what the phones reported. */
#include "call/call_int.h"
#include "media/quality.h"

static uint64_t
larger(uint64_t a, uint64_t b)
{
	return a > b ? a : b;
}

static enum call_quality
quality_of(uint32_t mos_x100)
{
	return mos_x100 >= QUALITY_GOOD_X100   ? CALL_QUALITY_GOOD
	       : mos_x100 >= QUALITY_FAIR_X100 ? CALL_QUALITY_FAIR
					       : CALL_QUALITY_POOR;
}

void
heard_note(struct call *c, const struct media_stats *stats)
{
	const struct media_side_stats *s = stats->side;
	uint32_t rtt_us = s[MEDIA_CALLER].rtt_us + s[MEDIA_CALLED].rtt_us;
	bool both_known = s[MEDIA_CALLER].rtt_us && s[MEDIA_CALLED].rtt_us;

	for (int side = 0; side < MEDIA_SIDES; side++) {
		const struct media_side_stats *sent = &s[MEDIA_SIDES - 1 - side];
		/* Lost before us is seen by us, lost behind us by the one who listens; his
		 * reports hold both, if he sends any. */
		struct quality_heard h = {.packets = sent->packets,
		    .lost = larger(sent->lost, s[side].missed),
		    .jitter_us = sent->jitter_us,
		    .network_us = rtt_us / 2};
		uint32_t mos_x100 = quality_mos_x100(slice_cstr(c->codec), &h);

		if (!mos_x100)
			continue;
		c->heard[side].mos_x100 = (uint16_t)mos_x100;
		c->heard[side].delay_ms = both_known ? (uint16_t)(rtt_us / 2000 + 1) : 0;
		c->sw->stats.heard[quality_of(mos_x100)]++;
	}
}
