/* What people do while they talk: hold, resume, press keys, hang up, pull the plug. */
#include "phone_int.h"

enum { TALK_MAX_MS = 200000 };

static void act(struct timer *t);

static void
hang_up(struct timer *t)
{
	pc_bye(container_of(t, struct phone_call, limit));
}

/* People act on the full five seconds, so that both sides often do it at once. */
static void
next_act(struct phone_call *c)
{
	struct sim *sim = c->phone->p.sim;
	uint64_t now_ms = sim_now_ms(sim), step_ms = phone_chance(c->phone, 50) ? 5000 : 37;
	uint64_t at_ms = now_ms + 500 + phone_draw(c->phone, 15000);

	pc_start(c, &c->act, act, at_ms - at_ms % step_ms + step_ms - now_ms);
}

static void
act(struct timer *t)
{
	struct phone_call *c = container_of(t, struct phone_call, act);
	struct phone *p = c->phone;
	uint32_t dice = phone_draw(p, 100);
	struct sip_client *info;

	if (dice < 45) {
		c->holding = !c->holding;
		if (!(phone_chance(p, 30) ? pc_update(c) : pc_reinvite(c, false)))
			c->holding = !c->holding;
	} else if (dice < 55) {
		(void)pc_reinvite(c, true);
	} else if (dice < 67) {
		pc_press_keys(c);
	} else if (dice < 70) {
		if (!c->bye_wanted &&
		    pc_request(c, SIP_INFO, SLICE(""), false, NULL, &info) != ERR_OK)
			phone_broken(p, "INFO could not be sent");
	} else if (dice < 73) {
		phone_pull_plug(p);
		return; /* the call is gone */
	} else if (dice < 85) {
		pc_transfer(c);
	}
	next_act(c);
}

void
pc_talk(struct phone_call *c)
{
	struct phone *p = c->phone;
	uint64_t now_ms = sim_now_ms(p->p.sim), until_ms = now_ms + phone_draw(p, 60000);

	if (phone_chance(p, 15))
		until_ms = now_ms + TALK_MAX_MS;
	else if (phone_chance(p, 30)) /* both at once: BYE meets BYE */
		until_ms += 10000 - until_ms % 10000;
	timer_stop(&c->act);
	pc_start(c, &c->limit, hang_up, until_ms - now_ms);
	if (phone_chance(p, 60))
		next_act(c);
}
