#include "office_talk.h"

#include "office.h"
#include "office_check.h"

enum {
	RINGS_MS = 120000,
	ON_THE_WAY_MS = 10000, /* what is dialled, on a bad cable */
};

/* Whom a number rings, as long as nobody redirects, moves or logs in somewhere else. */
static const struct {
	const char *number, *phones;
} rings[] = {
    {"101", "p0 p1"},
    {"102", "p2 isp"},
    {"103", "p3 p4 p5 isp"},
    {"104", ""},
    {"105", ""},
    {"199", ""},
    {"abc", ""},
    {"151", "p0 p1 p2 p3 p4 p5 isp"},
    {"152", "p0 p1 p2 isp"},
    {"153", ""}, /* its members have calls of their own */
    {"*2102", "p2 isp"},
    {"0022199", "isp"},
    {"*20022199", "isp"},
    {"112", "isp"},
    {"0211555101", "p0 p1"},
    {"0211555102", "p2 isp"},
};

static struct talk_call *
find(struct office *o, const char *id)
{
	for (size_t i = 0; i < o->talk.n; i++)
		if (strcmp(o->talk.call[i].id, id) == 0)
			return &o->talk.call[i];
	return NULL;
}

static struct talk_call *
note(struct office *o, struct slice sip_call_id)
{
	char id[CALL_ID_BYTES];
	struct talk_call *c;

	call_id_of(sip_call_id, id);
	c = find(o, id);
	if (c)
		return c;
	if (o->talk.n == TALK_CALLS_MAX) {
		office_problem(o, "there are more calls than people make");
		return &o->talk.call[0];
	}
	c = &o->talk.call[o->talk.n++];
	*c = (struct talk_call){0};
	memcpy(c->id, id, sizeof c->id);
	return c;
}

/* Whatever rings now, or when it arrives, may be his who dials that, and he may give it on, in a
 * call that has an id of his own. */
static void
note_pick_up(struct office *o)
{
	o->talk.picked_ms = sim_now_ms(o->sim);
	for (size_t i = 0; i < o->talk.n; i++)
		if (o->talk.picked_ms < o->talk.call[i].dialled_ms + RINGS_MS)
			o->talk.call[i].moves = true;
}

void
talk_on_dials(void *ctx, const char *number, struct slice sip_call_id)
{
	struct office *o = ctx;
	struct talk_call *c = note(o, sip_call_id);

	c->dialled = number;
	c->dialled_ms = sim_now_ms(o->sim);
	c->moves |= o->talk.picked_ms && c->dialled_ms < o->talk.picked_ms + ON_THE_WAY_MS;
	if (strncmp(number, "*8", 2) == 0)
		note_pick_up(o);
}

void
talk_on_moves(void *ctx, struct slice sip_call_id)
{
	note(ctx, sip_call_id)->moves = true;
	parked_on_moves(ctx, sip_call_id);
}

/* A stranger may say what he likes, and a switch without memory or power forgets. */
static bool
is_clear(const struct office *o)
{
	return !o->noisy && !o->starving && !o->crashes;
}

void
talk_on_asked(void *ctx, const char *phone, struct slice sip_call_id)
{
	struct office *o = ctx;
	char id[CALL_ID_BYTES];
	const struct talk_call *c;

	call_id_of(sip_call_id, id);
	c = find(o, id);
	if (!is_clear(o) || o->desk.store || !c || !c->dialled || c->moves)
		return;
	for (size_t i = 0; i < sizeof rings / sizeof rings[0]; i++)
		if (strcmp(rings[i].number, c->dialled) == 0 && !strstr(rings[i].phones, phone))
			office_problem(
			    o, "phone %s is rung by call %s to %s", phone, id, c->dialled);
}

/* False: nobody's, or its call is not up. */
static bool
call_at(const struct office *o, const struct addr *rtp, char id[CALL_ID_BYTES])
{
	for (size_t i = 0; i < o->n_phones; i++) {
		struct slice call_id = SLICE("");

		if (rtp->family && addr_eq_ip(&o->phone[i].p.address, rtp))
			call_id = phone_call_from(&o->phone[i], rtp->port);
		if (call_id.n) {
			call_id_of(call_id, id);
			return true;
		}
	}
	return false;
}

static bool
moves(struct office *o, const char *id)
{
	const struct talk_call *c = find(o, id);

	return c && c->moves;
}

void
talk_inspect(struct office *o)
{
	for (size_t i = 0; i < SIM_STREAMS_MAX; i++) {
		const struct sim_stream *s = &o->media.stream[i];
		char a[CALL_ID_BYTES], b[CALL_ID_BYTES];

		if (!s->open || !is_clear(o) || !call_at(o, &s->peer[MEDIA_CALLER].rtp, a) ||
		    !call_at(o, &s->peer[MEDIA_CALLED].rtp, b))
			continue;
		o->talk.looked++;
		if (!find(o, a) && !find(o, b)) /* nobody dialled: both were asked by code */
			continue;
		if (strcmp(a, b) != 0 && !moves(o, a) && !moves(o, b))
			office_problem(o, "calls %s and %s hear each other", a, b);
	}
}
