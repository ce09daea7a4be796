/* How the two sides hear each other: judged by what the relay counts of the call's first media
 * stream and what the phones report, every few seconds while they talk, and when it has ended. */
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

/* Lost before us is seen by us, lost behind us by the one who listens; his reports hold both, if
 * he sends any. */
static struct quality_heard
came_to(const struct media_stats *stats, int side, uint32_t rtt_us)
{
	const struct media_side_stats *sent = &stats->side[MEDIA_SIDES - 1 - side];

	return (struct quality_heard){.packets = sent->packets,
	    .lost = larger(sent->lost, stats->side[side].missed),
	    .jitter_us = sent->jitter_us,
	    .network_us = rtt_us / 2};
}

/* One way, when both phones report; 0: not known. */
static uint16_t
delay_ms(const struct media_stats *stats)
{
	const struct media_side_stats *s = stats->side;
	uint32_t rtt_us = s[MEDIA_CALLER].rtt_us + s[MEDIA_CALLED].rtt_us;

	return s[MEDIA_CALLER].rtt_us && s[MEDIA_CALLED].rtt_us ? (uint16_t)(rtt_us / 2000 + 1) : 0;
}

void
heard_note(struct call *c, const struct media_stats *stats)
{
	const struct media_side_stats *s = stats->side;
	uint32_t rtt_us = s[MEDIA_CALLER].rtt_us + s[MEDIA_CALLED].rtt_us;

	for (int side = 0; side < MEDIA_SIDES; side++) {
		struct quality_heard h = came_to(stats, side, rtt_us);
		uint32_t mos_x100 = quality_mos_x100(slice_cstr(c->codec), &h);

		if (c->direct.was) { /* nobody here knows of all that was heard */
			c->heard[side].mos_x100 = c->heard[side].delay_ms = 0;
			continue;
		}
		if (!mos_x100)
			continue;
		c->heard[side].mos_x100 = (uint16_t)mos_x100;
		c->heard[side].delay_ms = delay_ms(stats);
		c->sw->stats.heard[quality_of(mos_x100)]++;
	}
}

/* ---- while they talk ---- */

static enum live_voice
voice_of(uint32_t mos_x100)
{
	static const enum live_voice voices[CALL_QUALITIES] = {
	    [CALL_QUALITY_GOOD] = LIVE_VOICE_GOOD,
	    [CALL_QUALITY_FAIR] = LIVE_VOICE_FAIR,
	    [CALL_QUALITY_POOR] = LIVE_VOICE_POOR};

	return mos_x100 ? voices[quality_of(mos_x100)] : LIVE_VOICE_SILENT;
}

static uint32_t
grown(uint64_t to, uint32_t *from)
{
	uint32_t by = to > *from ? (uint32_t)(to - *from) : 0; /* a new stream begins with 0 */

	*from = (uint32_t)to;
	return by;
}

/* Reports of the phones come as seldom as we look, so that each look alone would see the losses of
 * too short or too long a time. */
enum { ENOUGH_TOLD = 2 };

static void
judge(struct heard *h, struct slice codec, struct quality_heard all)
{
	uint32_t packets = grown(all.packets, &h->packets), lost = grown(all.lost, &h->lost);
	uint32_t jitter_ms = (all.jitter_us + 500) / 1000, sum;

	h->recent = h->recent / 2 + packets;
	h->recent_lost = h->recent_lost / 2 + lost;
	sum = h->recent + h->recent_lost;
	all.packets = packets ? h->recent : 0; /* what one does not hear now is silent */
	all.lost = h->recent_lost;
	h->mos_x100 = (uint16_t)quality_mos_x100(codec, &all);
	h->lost_x100 = sum ? (uint16_t)(10000ull * h->recent_lost / sum) : 0;
	h->jitter_ms = jitter_ms < UINT16_MAX ? (uint16_t)jitter_ms : UINT16_MAX;
	h->voice = (uint8_t)voice_of(h->mos_x100);
	if (h->told < ENOUGH_TOLD && ++h->told < ENOUGH_TOLD && !h->mos_x100)
		h->voice = LIVE_VOICE_UNKNOWN; /* the call may have begun just now */
}

static uint32_t
distance(uint32_t a, uint32_t b)
{
	return a > b ? a - b : b - a;
}

/* Worth telling those who look? */
static bool
differs(const struct heard *a, const struct heard *b)
{
	enum { MOS_STEP = 5, LOST_STEP = 10, JITTER_STEP_MS = 2, DELAY_STEP_MS = 5 };

	return a->voice != b->voice || distance(a->mos_x100, b->mos_x100) >= MOS_STEP ||
	       distance(a->lost_x100, b->lost_x100) >= LOST_STEP ||
	       distance(a->jitter_ms, b->jitter_ms) >= JITTER_STEP_MS ||
	       distance(a->delay_ms, b->delay_ms) >= DELAY_STEP_MS || !a->delay_ms != !b->delay_ms;
}

/* Who hears nothing may want nothing (hold), so what is heard counts. */
static enum live_voice
worse(enum live_voice a, enum live_voice b)
{
	return a > b ? a : b;
}

static void
count_as(struct call *c, enum live_voice voice)
{
	if (c->voice != LIVE_VOICE_UNKNOWN)
		c->sw->stats.heard_now[c->voice]--;
	c->voice = voice;
	if (c->voice != LIVE_VOICE_UNKNOWN)
		c->sw->stats.heard_now[c->voice]++;
}

void
heard_now(struct call *c, const struct media_stats *stats)
{
	const struct media_side_stats *s = stats->side;
	uint32_t rtt_us = s[MEDIA_CALLER].rtt_us + s[MEDIA_CALLED].rtt_us;
	bool news = false;

	if (direct_is_on(c))
		return;
	for (int side = 0; side < MEDIA_SIDES; side++) {
		struct heard *h = &c->heard[side], before = *h;

		judge(h, slice_cstr(c->codec), came_to(stats, side, rtt_us));
		h->delay_ms = delay_ms(stats);
		if (differs(h, &before)) {
			news = true;
			continue;
		}
		h->mos_x100 = before.mos_x100; /* or many small steps would never be told */
		h->lost_x100 = before.lost_x100;
		h->jitter_ms = before.jitter_ms;
		h->delay_ms = before.delay_ms;
	}
	count_as(c, worse(c->heard[MEDIA_CALLER].voice, c->heard[MEDIA_CALLED].voice));
	if (news)
		record_live(c, bridge_is_held(c) ? LIVE_CALL_HELD : LIVE_CALL_ANSWERED);
}

void
heard_direct(struct call *c, bool on)
{
	enum live_voice voice = on ? LIVE_VOICE_DIRECT : LIVE_VOICE_UNKNOWN;

	for (int side = 0; side < MEDIA_SIDES; side++)
		c->heard[side] = (struct heard){.voice = (uint8_t)voice,
		    .packets = c->heard[side].packets,
		    .lost = c->heard[side].lost};
	count_as(c, voice);
}

void
heard_end(struct call *c)
{
	count_as(c, LIVE_VOICE_UNKNOWN);
}
