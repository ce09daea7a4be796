/*
 * After a power cut all phones register within seconds, and would come back together half an
 * hour later, and again. While many register, each gets a little less time than it wished, at
 * random: the next round is spread over minutes. RFC 3261, 10.3: the registrar may shorten.
 */
#include "registrar/registrar_int.h"

enum {
	MANY_A_SECOND = 20,
	SHORTER_PERCENT = 10,
};

static bool
are_many(struct registrar *r)
{
	struct reg_pace *p = &r->pace;
	uint64_t second = timers_now_ms(r->p.timers) / 1000;

	if (second != p->second) {
		p->before = second == p->second + 1 ? p->now : 0;
		p->now = 0;
		p->second = second;
	}
	p->now++;
	return p->now > MANY_A_SECOND || p->before > MANY_A_SECOND;
}

uint32_t
pace_grant_s(struct registrar *r, uint32_t expires_s)
{
	uint32_t min_s = dir_settings(r->p.dir)->register_min_s;
	uint32_t less_s = expires_s * SHORTER_PERCENT / 100;

	if (!are_many(r) || expires_s <= min_s)
		return expires_s;
	if (less_s > expires_s - min_s)
		less_s = expires_s - min_s;
	return expires_s - rng_below(r->p.rng, less_s + 1);
}
