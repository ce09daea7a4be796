#include "media/key_watch_int.h"

struct key_watch_plan
key_watch_plan_of(const struct media_service *what)
{
	struct key_watch_plan plan = {0};
	size_t n = 0;

	for (size_t i = 0; what->listening.keys && i < what->n_in; i++)
		if (codec_is_event(what->in[i].codec) && n < KEY_WATCH_FORMATS)
			plan.format[n++] = what->in[i];
	return plan;
}

void
key_watch_follow(struct key_watch *k, const struct key_watch_plan *plan)
{
	k->plan = *plan;
}

/* Its clock; 0: it is no packet of keys. */
static uint32_t
clock_of(const struct key_watch *k, uint8_t payload_type)
{
	for (size_t i = 0; i < KEY_WATCH_FORMATS; i++)
		if (k->plan.format[i].codec && k->plan.format[i].payload_type == payload_type)
			return codec_info(k->plan.format[i].codec)->clock_hz;
	return 0;
}

bool
key_watch_packet(struct key_watch *k, struct slice packet)
{
	struct rtp_head head = rtp_head_of(packet);
	uint32_t clock_hz = clock_of(k, head.payload_type);
	struct key_event ev[KEY_EVENTS_MAX];
	size_t n;

	if (!clock_hz)
		return false;
	if (head.ssrc != k->ssrc || clock_hz != k->receiver.clock_hz) {
		key_receiver_init(&k->receiver, clock_hz);
		k->ssrc = head.ssrc;
	}
	n = key_receiver_put(&k->receiver, head.timestamp, head.marker, rtp_payload(packet), ev);
	for (size_t i = 0; i < n; i++)
		if (ev[i].kind == KEY_BEGIN && k->n < KEY_WATCH_QUEUE)
			k->queue[(k->first + k->n++) % KEY_WATCH_QUEUE] = ev[i].digit;
	return k->n > 0;
}

char
key_watch_first(const struct key_watch *k)
{
	if (!k->n)
		return 0;
	return k->queue[k->first];
}

void
key_watch_forget_first(struct key_watch *k)
{
	k->first = (k->first + 1) % KEY_WATCH_QUEUE;
	k->n--;
}
