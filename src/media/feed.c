#include "media/feed_int.h"

#include <stdlib.h>
#include <string.h>

#include "sound/resample.h"

enum { FORGET_TICKS = 1000 / FEED_TICK_MS }; /* a coding that nobody has asked for so long */

/* One codec and packet length. */
struct coding {
	struct list link;
	struct feed_format format;
	uint64_t tick; /* that it has encoded */
	struct packer *packer;
	struct resampler *resampler; /* NULL: the encoder takes the feed's rate */
	size_t n_packets;
	struct feed_packet packet[FEED_PACKETS_MAX];
};

void
feed_init(struct feed *f, uint32_t rate_hz)
{
	f->rate_hz = rate_hz;
	f->tick = 0;
	f->n = rate_hz / 1000 * FEED_TICK_MS;
	list_init(&f->codings);
}

static void
drop(struct coding *c)
{
	list_remove(&c->link);
	packer_free(c->packer);
	resampler_free(c->resampler);
	free(c);
}

void
feed_fini(struct feed *f)
{
	while (!list_empty(&f->codings))
		drop(container_of(f->codings.next, struct coding, link));
}

static void
forget_unused(struct feed *f)
{
	struct list *next;

	for (struct list *at = f->codings.next; at != &f->codings; at = next) {
		struct coding *c = container_of(at, struct coding, link);

		next = at->next;
		if (f->tick - c->tick > FORGET_TICKS)
			drop(c);
	}
}

void
feed_put(struct feed *f, const int16_t *pcm)
{
	f->tick++;
	if (pcm)
		memcpy(f->pcm, pcm, f->n * sizeof *pcm);
	else
		memset(f->pcm, 0, f->n * sizeof *f->pcm);
	forget_unused(f);
}

static struct coding *
make(struct feed *f, struct feed_format format)
{
	bool direct = coder_has_rate(format.codec, f->rate_hz);
	uint32_t hz = direct ? f->rate_hz : codec_info(format.codec)->rate_hz;
	struct coding *c = calloc(1, sizeof *c);

	if (!c)
		return NULL;
	c->format = format;
	list_init(&c->link);
	if (packer_new(format.codec, hz, format.ptime_ms, format.pauses, &c->packer) != ERR_OK ||
	    (!direct && resampler_new(f->rate_hz, hz, &c->resampler) != ERR_OK)) {
		drop(c);
		return NULL;
	}
	list_push(&f->codings, &c->link);
	return c;
}

static struct coding *
find(struct feed *f, struct feed_format format)
{
	for (struct list *at = f->codings.next; at != &f->codings; at = at->next) {
		struct coding *c = container_of(at, struct coding, link);

		if (c->format.codec == format.codec && c->format.ptime_ms == format.ptime_ms &&
		    c->format.pauses == format.pauses)
			return c;
	}
	return make(f, format);
}

static void
encode(struct coding *c, const int16_t *pcm, size_t n)
{
	while (c->n_packets < FEED_PACKETS_MAX && packer_fill(c->packer, &pcm, &n)) {
		struct feed_packet *p = &c->packet[c->n_packets++];

		p->packed = packer_pack(c->packer, p->payload);
	}
}

size_t
feed_packets(struct feed *f, struct feed_format format, const struct feed_packet **packets)
{
	struct coding *c = find(f, format);
	int16_t resampled[FEED_SAMPLES_MAX + 64];

	if (!c)
		return 0;
	*packets = c->packet;
	if (c->tick == f->tick)
		return c->n_packets;
	if (c->tick + 1 != f->tick)
		c->packer->n_waiting = 0; /* nobody listened for a while */
	c->tick = f->tick;
	c->n_packets = 0;
	if (c->resampler)
		encode(c, resampled,
		    resampler_run(c->resampler, f->pcm, f->n, resampled,
			sizeof resampled / sizeof resampled[0]));
	else
		encode(c, f->pcm, f->n);
	return c->n_packets;
}
