#include "media/jitter_int.h"

#include <stdlib.h>

enum {
	SEQ_TURN = 1 << 16,
	RESTART_GAP = 1000,  /* sequence numbers */
	RESTART_HOLE_S = 10, /* timestamps */
	WINDOW_US = 8000000,
	MARGIN_US = JITTER_BUCKET_US,
};

static const float REMEMBER = 0.993F; /* a packet: half is forgotten in two seconds */
static const float WANTED = 0.98F;    /* of the packets in time */

void
jitter_init(struct jitter *j, uint32_t clock_hz)
{
	*j = (struct jitter){.clock_hz = clock_hz};
}

static void
drop_all(struct jitter *j)
{
	for (size_t i = 0; i < j->n; i++)
		free(j->packet[i]);
	j->n = 0;
}

void
jitter_fini(struct jitter *j)
{
	drop_all(j);
}

static int64_t
timestamp_us(const struct jitter *j, int64_t timestamp)
{
	return timestamp / j->clock_hz * 1000000 + timestamp % j->clock_hz * 1000000 / j->clock_hz;
}

static int64_t
fastest_us(const struct jitter *j)
{
	return j->window_us[0] < j->window_us[1] ? j->window_us[0] : j->window_us[1];
}

int64_t
jitter_lateness_us(const struct jitter *j, int64_t timestamp, uint64_t now_us)
{
	return (int64_t)now_us - timestamp_us(j, timestamp) - fastest_us(j);
}

/* The fastest ways of the last seconds: clocks drift, and ways change. */
static void
note_way(struct jitter *j, int64_t way_us, uint64_t now_us)
{
	if (now_us - j->window_began_us > WINDOW_US) {
		j->window_us[1] = j->window_us[0];
		j->window_us[0] = way_us;
		j->window_began_us = now_us;
	}
	if (way_us < j->window_us[0])
		j->window_us[0] = way_us;
}

static void
note_lateness(struct jitter *j, int64_t late_us)
{
	int64_t bucket = late_us / JITTER_BUCKET_US;

	if (bucket < 0)
		bucket = 0;
	if (bucket >= JITTER_BUCKETS)
		bucket = JITTER_BUCKETS - 1;
	for (int i = 0; i < JITTER_BUCKETS; i++)
		j->share[i] *= REMEMBER;
	j->sum = j->sum * REMEMBER + 1;
	j->share[bucket] += 1;
}

uint64_t
jitter_target_us(const struct jitter *j)
{
	float sum = 0;

	for (uint64_t i = 0; i < JITTER_BUCKETS; i++) {
		sum += j->share[i];
		if (sum >= j->sum * WANTED)
			return (i + 1) * JITTER_BUCKET_US + MARGIN_US;
	}
	return (uint64_t)JITTER_BUCKETS * JITTER_BUCKET_US;
}

static void
begin(struct jitter *j, const struct rtp_head *head, uint64_t now_us)
{
	drop_all(j);
	j->started = true;
	j->taken_any = false;
	j->ssrc = head->ssrc;
	j->seq_highest = SEQ_TURN + head->seq; /* older ones have numbers above zero, too */
	j->timestamp_last = ((int64_t)1 << 32) + head->timestamp;
	j->window_us[0] = (int64_t)now_us - timestamp_us(j, j->timestamp_last);
	j->window_us[1] = INT64_MAX;
	j->window_began_us = now_us;
}

static bool
is_other(const struct jitter *j, const struct rtp_head *head)
{
	int16_t gap = (int16_t)(head->seq - (uint16_t)j->seq_highest);
	int64_t hole = (int32_t)(head->timestamp - (uint32_t)j->timestamp_last);
	int64_t most = (int64_t)RESTART_HOLE_S * j->clock_hz;

	return !j->started || head->ssrc != j->ssrc || gap > RESTART_GAP || gap < -RESTART_GAP ||
	       (hole < -most && gap > 0) || hole > 6 * most;
}

static struct jitter_packet *
copy(const struct rtp_head *head, uint64_t seq, int64_t timestamp, struct slice payload)
{
	struct jitter_packet *p = malloc(sizeof *p + payload.n);

	if (!p)
		return NULL;
	*p = (struct jitter_packet){.seq = seq,
	    .timestamp = timestamp,
	    .payload_type = head->payload_type,
	    .marker = head->marker,
	    .n = payload.n};
	memcpy(p->payload, payload.p, payload.n);
	return p;
}

/* By its sequence number. False: it is there already, or there is no memory. */
static bool
insert(struct jitter *j, const struct rtp_head *head, uint64_t seq, int64_t timestamp,
    struct slice payload)
{
	size_t at = j->n;
	struct jitter_packet *p;

	while (at > 0 && j->packet[at - 1]->seq > seq)
		at--;
	if (at > 0 && j->packet[at - 1]->seq == seq) {
		j->stats.doubled++;
		return false;
	}
	p = copy(head, seq, timestamp, payload);
	if (!p)
		return false;
	memmove(&j->packet[at + 1], &j->packet[at], (j->n - at) * sizeof(struct jitter_packet *));
	j->packet[at] = p;
	j->n++;
	return true;
}

enum jitter_verdict
jitter_put(struct jitter *j, const struct rtp_head *head, struct slice payload, uint64_t now_us)
{
	bool restart = is_other(j, head);
	uint64_t seq;
	int64_t timestamp;

	if (restart)
		begin(j, head, now_us);
	seq = j->seq_highest + (uint64_t)(int64_t)(int16_t)(head->seq - (uint16_t)j->seq_highest);
	timestamp = j->timestamp_last + (int32_t)(head->timestamp - (uint32_t)j->timestamp_last);
	note_way(j, (int64_t)now_us - timestamp_us(j, timestamp), now_us);
	note_lateness(j, jitter_lateness_us(j, timestamp, now_us));
	if (j->taken_any && seq <= j->seq_taken) {
		j->stats.late++;
		return JITTER_DROPPED;
	}
	if (j->n == JITTER_PACKETS_MAX) {
		free(jitter_take(j)); /* nobody plays: the newest are worth most */
		j->stats.overrun++;
	}
	if (!insert(j, head, seq, timestamp, payload))
		return JITTER_DROPPED;
	if (seq > j->seq_highest) {
		j->seq_highest = seq;
		j->timestamp_last = timestamp;
	}
	return restart ? JITTER_RESTART : JITTER_TAKEN;
}

const struct jitter_packet *
jitter_first(const struct jitter *j)
{
	return j->n ? j->packet[0] : NULL;
}

struct jitter_packet *
jitter_take(struct jitter *j)
{
	struct jitter_packet *p = j->n ? j->packet[0] : NULL;

	if (!p)
		return NULL;
	memmove(&j->packet[0], &j->packet[1], (j->n - 1) * sizeof(struct jitter_packet *));
	j->n--;
	j->taken_any = true;
	j->seq_taken = p->seq;
	return p;
}
