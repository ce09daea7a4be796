#include "office_talk.h"

#include <stdlib.h>

#include "office.h"
#include "office_check.h"
#include "office_list.h"

enum {
	RINGS_MS = 120000,
	REDIRECTIONS_MAX = 5,
	ON_THE_WAY_MS = 10000, /* what is dialled, on a bad cable */
};

/* Whom a number rings, as long as nobody redirects, moves or logs in somewhere else. Then the
 * directory says it. */
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

/* Mostly of the newest. */
static struct talk_call *
find(const struct office *o, const char *id)
{
	for (size_t i = o->talk.n; i-- > 0;)
		if (strcmp(o->talk.call[i].id, id) == 0)
			return &o->talk.call[i];
	return NULL;
}

uint64_t
talk_dialled_ms(const struct office *o, const char *id)
{
	const struct talk_call *c = find(o, id);

	return c ? c->dialled_ms : 0;
}

void
talk_close(struct office *o)
{
	free(o->talk.call);
}

static struct talk_call *
note(struct office *o, struct slice sip_call_id)
{
	char id[CALL_ID_BYTES];
	struct talk_call *c;

	quiet_disturb(o);
	call_id_of(sip_call_id, id);
	c = find(o, id);
	if (c)
		return c;
	if (o->talk.n >= o->calls_max)
		office_problem(o, "there are more calls than people make");
	o->talk.call = office_grow(o->talk.call, o->talk.n, &o->talk.max, sizeof *o->talk.call);
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
	return !o->noisy && !o->starving && !office_is_shaken(o);
}

static bool
rings_user(const struct dir_user *u, struct slice phone, bool by_group)
{
	for (size_t i = 0; i < u->phone_count; i++)
		if (slice_eq(u->phones[i]->name, phone))
			return true;
	for (size_t i = 0; i < u->twin_count; i++)
		if (slice_eq(phone, SLICE("isp")) && (!by_group || u->twins[i].group_calls))
			return true;
	return false;
}

/* As it is written down, which is as everybody was told. */
static bool
rings_by_directory(const struct office *o, struct slice number, struct slice phone, unsigned hops)
{
	const struct dir_number *n = dir_number_find(o->directory, number);
	const struct dir_redirect *r = n ? n->redirect : NULL;

	if (!n)
		return slice_eq(phone, SLICE("isp")) &&
		       (slice_starts(number, SLICE("0")) || slice_eq(number, SLICE("112")));
	if (n->user && rings_user(n->user, phone, false))
		return true;
	for (size_t i = 0; n->group && i < n->group->member_count; i++)
		if (rings_user(n->group->members[i].user, phone, true))
			return true;
	return r && hops &&
	       (rings_by_directory(o, r->always, phone, hops - 1) ||
		   rings_by_directory(o, r->busy, phone, hops - 1) ||
		   rings_by_directory(o, r->timeout, phone, hops - 1));
}

/* Before anybody has changed anything it is as the table says. */
static bool
may_ring(const struct office *o, const char *number, const char *phones, const char *phone)
{
	struct slice digits = slice_cstr(number);

	if (!o->desk.n_done)
		return strstr(phones, phone) != NULL;
	if (slice_starts(digits, SLICE("*2")))
		digits = slice_from(digits, 2);
	return rings_by_directory(o, digits, slice_cstr(phone), REDIRECTIONS_MAX);
}

void
talk_on_asked(void *ctx, const char *phone, struct slice sip_call_id)
{
	struct office *o = ctx;
	char id[CALL_ID_BYTES];
	const struct talk_call *c;

	call_id_of(sip_call_id, id);
	c = find(o, id);
	if (!is_clear(o) || !c || !c->dialled || c->moves || o->desk.changed_ms >= c->dialled_ms)
		return;
	for (size_t i = 0; i < sizeof rings / sizeof rings[0]; i++)
		if (strcmp(rings[i].number, c->dialled) == 0 &&
		    !may_ring(o, c->dialled, rings[i].phones, phone))
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
