#include "media/interpret_int.h"

#include <stdlib.h>

static bool
is_needed(const struct media_translation what[MEDIA_SIDES])
{
	return what[MEDIA_CALLER].n_routes || what[MEDIA_CALLED].n_routes;
}

static bool
is_same(const struct media_translation *a, const struct media_translation *b)
{
	return a->n_routes == b->n_routes && a->ptime_ms == b->ptime_ms &&
	       memcmp(a->route, b->route, a->n_routes * sizeof a->route[0]) == 0;
}

static enum err
make(struct interpreter **out, struct rng *rng)
{
	static const char hex[] = "0123456789abcdef";
	struct interpreter *i = calloc(1, sizeof *i);

	if (!i)
		return ERR_NOMEM;
	timer_init(&i->reports, NULL);
	for (int side = 0; side < MEDIA_SIDES; side++)
		i->to[side].ssrc = (uint32_t)rng_u64(rng);
	rng_fill(rng, i->cname, sizeof i->cname);
	for (size_t k = 0; k < sizeof i->cname; k++)
		i->cname[k] = hex[i->cname[k] & 15];
	*out = i;
	return ERR_OK;
}

enum err
interpreter_follow(
    struct interpreter **at, const struct media_translation what[MEDIA_SIDES], struct rng *rng)
{
	enum err e = ERR_OK;

	if (!is_needed(what)) {
		interpreter_free(*at);
		*at = NULL;
		return ERR_OK;
	}
	if (!*at)
		e = make(at, rng);
	for (int side = 0; side < MEDIA_SIDES && e == ERR_OK; side++) {
		struct interpreter *i = *at;

		if (is_same(&i->what[side], &what[side]))
			continue;
		transcoder_free(i->from[side]);
		i->from[side] = NULL;
		i->what[side] = what[side];
		if (what[side].n_routes)
			e = transcoder_new(&what[side], rng, &i->from[side]);
	}
	if (e != ERR_OK) {
		interpreter_free(*at);
		*at = NULL;
	}
	return e;
}

void
interpreter_free(struct interpreter *i)
{
	if (!i)
		return;
	timer_stop(&i->reports);
	for (int side = 0; side < MEDIA_SIDES; side++)
		transcoder_free(i->from[side]);
	free(i);
}

uint32_t
interpreter_ssrc_to(const struct interpreter *i, enum media_side side, uint32_t passing)
{
	const struct transcoder *t = i->from[MEDIA_SIDES - 1 - side];

	return t ? transcoder_stats(t)->ssrc : passing;
}

/* In units of 1/65536 s (RFC 3550, 6.4.1). */
static uint32_t
delay_units(uint64_t us)
{
	return (uint32_t)(us * 65536 / 1000000);
}

size_t
interpreter_report(struct interpreter *i, enum media_side side, const struct rtp_stats *heard,
    const struct rtcp_passed *its_sr, uint64_t now_us, uint64_t wall_us,
    unsigned char out[RTCP_OWN_MAX_BYTES])
{
	const struct transcoder *t = i->from[MEDIA_SIDES - 1 - side];
	struct interpreter_voice *v = &i->to[side];
	struct rtcp_own own = {.ssrc = v->ssrc};

	if (t && transcoder_stats(t)->packets) {
		const struct transcoder_stats *s = transcoder_stats(t);

		own.ssrc = s->ssrc;
		own.sends = true;
		own.ntp = rtcp_ntp(wall_us);
		own.timestamp = transcoder_now(t, now_us);
		own.packets = s->packets;
		own.bytes = s->bytes;
		v->sr = (struct rtcp_passed){(uint32_t)(own.ntp >> 16), now_us};
	}
	if (heard->started) {
		own.hears = true;
		own.heard_ssrc = heard->ssrc;
		own.fraction_lost = rtp_stats_fraction_lost(heard, &v->told);
		own.lost = rtp_stats_lost(heard);
		own.highest_seq = (uint32_t)heard->highest;
		own.jitter = (uint32_t)(heard->jitter_x16 >> 4);
		own.lsr = its_sr->mid;
		own.dlsr = its_sr->mid ? delay_units(now_us - its_sr->us) : 0;
	}
	return rtcp_own_write(out, &own, i->cname);
}
