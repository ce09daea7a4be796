#include "media/rtp_stats_int.h"

/* RFC 3550 A.1 */
enum { MAX_DROPOUT = 3000, MAX_MISORDER = 100, SEQ_MOD = 1 << 16, NO_JUMP = SEQ_MOD + 1 };

enum { CLOCK_RATE_DEFAULT_HZ = 8000, CLOCK_RATE_MAX_HZ = 384000 };

void
rtp_stats_init(struct rtp_stats *s, uint32_t clock_rate_hz)
{
	bool usable = clock_rate_hz > 0 && clock_rate_hz <= CLOCK_RATE_MAX_HZ;

	*s = (struct rtp_stats){
	    .clock_rate_hz = usable ? clock_rate_hz : CLOCK_RATE_DEFAULT_HZ,
	    .jump_seq = NO_JUMP,
	};
}

static uint64_t
lost_in_run(const struct rtp_stats *s)
{
	uint64_t expected = s->highest - s->base + 1;

	return s->started && expected > s->received ? expected - s->received : 0;
}

static uint32_t
arrival_units(const struct rtp_stats *s, uint64_t arrival_us)
{
	/* Seconds apart, so that the product cannot overflow however long we run. */
	return (uint32_t)(arrival_us / 1000000 * s->clock_rate_hz +
			  arrival_us % 1000000 * s->clock_rate_hz / 1000000);
}

/* first: sequence number of the oldest of the packets that begin the run. One turn
 * is added, so that an older straggler still has a number above zero. */
static void
begin_run(struct rtp_stats *s, const struct rtp_head *head, uint16_t first, uint64_t arrival_us)
{
	uint16_t more = (uint16_t)(head->seq - first);

	s->lost_before += lost_in_run(s);
	s->started = true;
	s->ssrc = head->ssrc;
	s->base = (uint64_t)SEQ_MOD + first;
	s->highest = s->base + more;
	s->received = (uint64_t)more + 1;
	s->jump_seq = NO_JUMP;
	s->timestamp = head->timestamp;
	s->transit = arrival_units(s, arrival_us) - head->timestamp;
	s->jitter_x16 = 0;
}

/* RFC 3550 A.1 update_seq. False: a jump that is not part of the run (yet). */
static bool
count_seq(struct rtp_stats *s, uint16_t seq)
{
	uint16_t ahead = (uint16_t)(seq - (uint16_t)s->highest);

	if (ahead < MAX_DROPOUT) {
		s->highest += ahead;
	} else if (ahead > SEQ_MOD - MAX_MISORDER) {
		uint64_t late = s->highest - (uint64_t)(SEQ_MOD - ahead);

		if (late < s->base)
			s->base = late;
	} else {
		s->jump_seq = (uint16_t)(seq + 1);
		return false;
	}
	s->received++;
	return true;
}

/* RFC 3550 6.4.1 and A.8. Packets of one timestamp (the repetitions of a key
 * press, RFC 4733 2.5.1.3; the parts of a picture) were not sent at that instant
 * and say nothing about the network. */
static void
count_jitter(struct rtp_stats *s, uint32_t timestamp, uint64_t arrival_us)
{
	uint32_t transit = arrival_units(s, arrival_us) - timestamp;
	int64_t d = (int32_t)(transit - s->transit);

	if (timestamp == s->timestamp)
		return;
	s->timestamp = timestamp;
	s->transit = transit;
	if (d < 0)
		d = -d;
	s->jitter_x16 += (uint64_t)d - ((s->jitter_x16 + 8) >> 4);
}

void
rtp_stats_packet(
    struct rtp_stats *s, const struct rtp_head *head, size_t bytes, uint64_t arrival_us)
{
	s->packets++;
	s->bytes += bytes;
	if (!s->started || head->ssrc != s->ssrc)
		begin_run(s, head, head->seq, arrival_us);
	else if (head->seq == s->jump_seq)
		begin_run(s, head, (uint16_t)(head->seq - 1), arrival_us);
	else if (count_seq(s, head->seq))
		count_jitter(s, head->timestamp, arrival_us);
}

void
rtp_stats_add(struct rtp_stats *s, const struct rtp_stats_more *more)
{
	s->packets += more->packets;
	s->bytes += more->bytes;
	s->received += more->packets;
	if (more->highest > s->highest)
		s->highest = more->highest;
	if (!more->stamped_us)
		return;
	s->timestamp = more->timestamp;
	s->transit = arrival_units(s, more->stamped_us) - more->timestamp;
	s->jitter_x16 = more->jitter_ns_x16 / 1000 * s->clock_rate_hz / 1000000;
}

uint64_t
rtp_stats_lost(const struct rtp_stats *s)
{
	return s->lost_before + lost_in_run(s);
}

uint32_t
rtp_stats_jitter_us(const struct rtp_stats *s)
{
	uint64_t us = s->jitter_x16 * 62500 / s->clock_rate_hz; /* 10^6 / 16 */

	return us > UINT32_MAX ? UINT32_MAX : (uint32_t)us;
}

uint8_t
rtp_stats_fraction_lost(const struct rtp_stats *s, struct rtp_stats_told *told)
{
	struct rtp_stats_told now = {.expected = s->started ? s->highest - s->base + 1 : 0,
	    .received = s->received,
	    .base = s->base};
	struct rtp_stats_told before = *told;
	uint64_t expected, received, of_256;

	if (before.base != now.base || before.expected > now.expected ||
	    before.received > now.received)
		before = (struct rtp_stats_told){0};
	*told = now;
	expected = now.expected - before.expected;
	received = now.received - before.received;
	if (expected <= received)
		return 0;
	of_256 = (expected - received) * 256 / expected;
	return of_256 > 255 ? 255 : (uint8_t)of_256;
}
