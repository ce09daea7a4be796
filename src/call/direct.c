/*
 * Direct media, known as canreinvite: in a call of two that both allow it, and that need nothing of
 * us, voice goes from phone to phone. Each one is told the other's own address by a re-INVITE of
 * ours; signalling stays here, and so do the streams with their ports, latched and ready: whatever
 * comes to them is carried on as ever. So it does no harm when only one of the two has been told
 * yet, and coming back is signalling alone.
 *
 * There are no steps to keep: direct.on says what descriptions name from now on, leg->direct what
 * a peer may have been told, and a timer sends re-INVITEs, one at a time, until they agree. It
 * waits for changes that are under way and for those who transfer. A change that a phone asks for
 * (hold, other codecs, other addresses) brings the voices back by itself, since its offer and its
 * answer name our address; when all is quiet they leave again.
 */
#include <stdio.h>

#include "call/transfer_int.h"

enum {
	QUIET_MS = 500, /* so long after a change, before voices leave */
	RETRY_MS = 300,
	KEYS_MAX = 16,
	TOLD_MAX = 6, /* re-INVITEs to phones that name something else each time */
};

/* ---- may they? ---- */

static bool
is_allowed(const struct leg *l)
{
	const struct dir_phone *phone;
	const struct dir_line *line;

	leg_whose(l, &phone, &line);
	return line ? line->direct_media : phone && phone->direct_media;
}

/* Does the other one reach it where it says that it is? */
static bool
is_there(const struct leg *l, const struct addr *a)
{
	const struct dir_phone *phone;
	const struct dir_line *line;

	leg_whose(l, &phone, &line);
	return addr_eq_ip(a, &l->dialog.flow.remote) ||
	       (phone && !line && phone->nat == DIR_NAT_NEVER);
}

static bool
is_plain(const struct sdp_media *m)
{
	struct addr rtcp = m->addr;

	rtcp.port = m->port + 1; /* no other is told the other one (sdp_rewrite) */
	return m->port && m->addr.family && !addr_is_any(&m->addr) && addr_eq(&m->rtcp, &rtcp) &&
	       m->dir == SDP_SENDRECV &&
	       (slice_eq_nocase(m->proto, SLICE("RTP/AVP")) ||
		   slice_eq_nocase(m->proto, SLICE("RTP/AVPF")));
}

/* Nothing of ours has to be done to what passes. */
static bool
merely_passes(const struct stream *s)
{
	for (int side = 0; side < MEDIA_SIDES; side++) {
		const struct stream_side *x = &s->side[side];

		if (x->translated || x->protected || x->secured || x->served || x->pressed)
			return false;
	}
	return true;
}

/* One behind a router cannot be told from one at home by its address alone: both are in our
 * networks, or both outside. */
static bool
meet(const struct call *c, const struct addr *a, const struct addr *b)
{
	struct addr_nets local = dir_local_networks(c->sw->p.directory);

	return a->family == b->family && addr_is_loopback(a) == addr_is_loopback(b) &&
	       addr_nets_have(local, a) == addr_nets_have(local, b);
}

/* Whoever is watched by nothing but the silence of its media stays here. */
static bool
leg_fits(const struct leg *l)
{
	return l && l->state == LEG_UP && l->session_s && !hold_is_on(l) && !l->keys_told &&
	       is_allowed(l);
}

/* The first address of the media that pass; NULL: not all of them can go past us. */
static const struct addr *
where(const struct call *c, const struct sdp *s)
{
	const struct addr *first = NULL;

	for (size_t i = 0; i < SDP_MEDIA_MAX; i++) {
		if (!c->stream[i].open)
			continue;
		if (i >= s->n_media || !is_plain(&s->media[i]) || !merely_passes(&c->stream[i]))
			return NULL;
		if (!first)
			first = &s->media[i].addr;
		if (!addr_eq_ip(first, &s->media[i].addr))
			return NULL;
	}
	return first;
}

static bool
fits(const struct call *c)
{
	const struct leg *x = c->leg[MEDIA_CALLER], *y = c->leg[MEDIA_CALLED];
	const struct addr *at_x, *at_y;
	struct sdp of_x, of_y;

	if (c->direct.refused || !leg_fits(x) || !leg_fits(y) || bridge_read(x, &of_x) != ERR_OK ||
	    bridge_read(y, &of_y) != ERR_OK)
		return false;
	at_x = where(c, &of_x);
	at_y = where(c, &of_y);
	if (!at_x || !at_y || !is_there(x, at_x) || !is_there(y, at_y) || !meet(c, at_x, at_y))
		return false;
	for (size_t i = 0; i < of_x.n_media && i < of_y.n_media; i++)
		if (c->stream[i].open && !slice_eq_nocase(of_x.media[i].proto, of_y.media[i].proto))
			return false;
	return true;
}

/* ---- what they were told ---- */

bool
direct_is_on(const struct call *c)
{
	for (int side = 0; side < MEDIA_SIDES; side++)
		if (c->leg[side] && c->leg[side]->direct)
			return true;
	return false;
}

void
direct_describe(const struct leg *from, const struct sdp *s, struct sdp_rewrite_params *p)
{
	const struct addr *at = where(from->call, s);

	if (at)
		p->elsewhere = *at;
}

/* Its formats are some of those. */
static bool
formats_within(const struct sdp_media *told, const struct sdp_media *m)
{
	struct sdp_format a[SDP_FORMATS_MAX], b[SDP_FORMATS_MAX];
	size_t n_a = sdp_formats(told, a), n_b = sdp_formats(m, b);

	for (size_t i = 0; i < n_a; i++) {
		size_t k = 0;

		while (k < n_b &&
		       !(slice_eq(a[i].number, b[k].number) && sdp_format_same(&a[i], &b[k])))
			k++;
		if (k == n_b)
			return false;
	}
	return true;
}

/* Was l told where the other one is now, and what it speaks? */
static bool
knows_other(const struct leg *l)
{
	struct sdp told, other;

	if (sdp_memo_parse(&l->call->sw->sdp_memo, &told, sdp_text_slice(&l->local_sdp)) !=
		ERR_OK ||
	    bridge_read(leg_other(l), &other) != ERR_OK)
		return false;
	for (size_t i = 0; i < told.n_media && i < other.n_media; i++)
		if (l->call->stream[i].open &&
		    (told.media[i].port != other.media[i].port ||
			!addr_eq_ip(&told.media[i].addr, &other.media[i].addr) ||
			!formats_within(&told.media[i], &other.media[i])))
			return false;
	return true;
}

static bool
is_stale(const struct leg *l)
{
	return l->call->direct.on ? !l->direct || !knows_other(l) : l->direct;
}

bool
direct_is_same(const struct leg *l, struct slice text)
{
	struct slice last = sdp_text_slice(&l->remote_sdp), a = text, b = last;

	/* but for the line o=, whose version some phones count up each time */
	while (a.n && b.n) {
		struct slice line_a = slice_take_until(&a, '\n'),
			     line_b = slice_take_until(&b, '\n');

		if (!slice_eq(line_a, line_b) &&
		    !(slice_starts(line_a, SLICE("o=")) && slice_starts(line_b, SLICE("o="))))
			return false;
	}
	return a.n == b.n;
}

/* ---- telling them ---- */

static void
look_in(struct call *c, uint64_t ms)
{
	timer_start(c->sw->p.timers, &c->direct.timer, ms);
}

/* They stay here for the rest of the call. l was offered something else, and keeps what it has. */
static void
give_up(struct leg *l)
{
	struct call *c = l->call;
	struct slice unused;

	c->direct.on = false;
	c->direct.refused = true;
	l->direct = l->direct_before;
	if (bridge_give(leg_other(l), l, &unused) != ERR_OK) /* for refreshes */
		call_log(LOG_WARN, c, "the former media could not be restored");
	look_in(c, 0);
}

static void
tell(struct leg *l)
{
	struct call *c = l->call;
	struct leg *other = leg_other(l);
	struct slice sdp;
	enum err e;

	l->direct_before = l->direct;
	c->offer_of = other->id;
	e = bridge_give(other, l, &sdp);
	if (c->direct.on &&
	    (e != ERR_OK || l->codecs_ours || !l->direct_text || ++c->direct.told > TOLD_MAX)) {
		give_up(l);
		return;
	}
	if (e != ERR_OK || reinvite_send(l, sdp, REINVITE_DIRECT) != ERR_OK) {
		look_in(c, RETRY_MS);
		return;
	}
	l->direct |= l->direct_text;
}

bool
direct_keep_key(struct leg *l, char key, uint32_t ms)
{
	struct call *c = l->call;
	struct direct *d = &c->direct;

	if (!direct_is_on(c))
		return false;
	direct_leave(c);
	if (!d->key)
		d->key = arena_alloc(&c->arena, KEYS_MAX * sizeof *d->key);
	if (d->key && d->n_keys < KEYS_MAX)
		d->key[d->n_keys++] = (struct kept_key){.by = l->side, .ms = ms, .key = key};
	return true;
}

static void
press_kept(struct call *c)
{
	struct direct *d = &c->direct;
	uint8_t n = d->n_keys;

	d->n_keys = 0;
	for (uint8_t i = 0; i < n; i++)
		if (!bridge_press(c->leg[d->key[i].by], d->key[i].key, d->key[i].ms))
			call_log(LOG_DEBUG, c, "a key came too late to be pressed");
}

/* All phones know what they should. */
static void
on_settled(struct call *c)
{
	bool on = c->direct.on, was = c->heard[MEDIA_CALLER].voice == LIVE_VOICE_DIRECT;

	c->direct.told = 0;
	if (!on)
		press_kept(c);
	if (on == was)
		return;
	if (on && !c->direct.was)
		record_reason(c, REASON_DIRECT_MEDIA, NULL);
	c->direct.was |= on;
	heard_direct(c, on);
	bridge_follow_hold(c);
	record_update(c);
	record_live(c, bridge_is_held(c) ? LIVE_CALL_HELD : LIVE_CALL_ANSWERED);
}

/* Who waits for the target of a transfer hears it through us; who transfers is about to leave. */
static struct leg *
waits_for_another(const struct call *c)
{
	const struct transfer *t = c->transfer;
	struct leg *l = t && t->call == c && !t->attended && t->by ? transfer_waiting(t) : NULL;

	return l && l->state == LEG_UP && l->direct && !change_in_progress(l) ? l : NULL;
}

/* Somebody else is at it, or comes. */
static bool
is_busy(const struct call *c)
{
	for (int side = 0; side < MEDIA_SIDES; side++)
		if (!c->leg[side] || c->leg[side]->state != LEG_UP ||
		    change_in_progress(c->leg[side]))
			return true;
	return c->transfer || c->replaced;
}

static void
look(struct call *c)
{
	struct leg *waits = waits_for_another(c);

	if (waits) {
		tell(waits);
		return;
	}
	if (is_busy(c)) {
		reinvite_cancel_stale(c);
		look_in(c, RETRY_MS);
		return;
	}
	c->direct.on = fits(c);
	for (int side = 0; side < MEDIA_SIDES; side++)
		if (is_stale(c->leg[side])) {
			tell(c->leg[side]);
			return;
		}
	on_settled(c);
}

static void
on_timer(struct timer *t)
{
	struct call *c = container_of(container_of(t, struct direct, timer), struct call, direct);

	if (c->state == CALL_UP)
		look(c);
}

void
direct_init(struct call *c)
{
	timer_init(&c->direct.timer, on_timer);
}

void
direct_follow(struct call *c)
{
	if (c->state == CALL_UP && !timer_active(&c->direct.timer) &&
	    (direct_is_on(c) != c->direct.on || fits(c) != c->direct.on))
		look_in(c, QUIET_MS);
}

void
direct_leave(struct call *c)
{
	if (c->state != CALL_UP || !(c->direct.on || direct_is_on(c)))
		return;
	c->direct.on = false;
	look_in(c, 0);
}

/* ---- what they answer ---- */

void
direct_on_2xx(struct leg *l, const struct sip_msg *resp)
{
	struct call *c = l->call;
	enum err e;

	leg_ack(l, SLICE(""));
	if (c->state != CALL_UP)
		return;
	e = bridge_take(l, resp->body, &l->dialog.flow, true);
	if (e != ERR_OK) {
		record_reason(
		    c, REASON_CHANGE_MEDIA, REASON_ARGS(l->phone_name, slice_cstr(err_text(e))));
		call_end(c, CDR_ANSWERED, CDR_BY_SYSTEM, 0);
		return;
	}
	bridge_drop_refused(l);
	if (leg_other(l))
		bridge_translate(l);
	change_done(c);
	look_in(c, 0);
}

static void
say_refused(struct call *c, enum reason r, const struct leg *l, uint16_t status)
{
	char code[8];

	snprintf(code, sizeof code, "%u", status);
	if (r == REASON_DIRECT_REFUSED)
		record_reason(
		    c, r, REASON_ARGS(l->phone_name, slice_cstr(code), sip_reason(status)));
	else
		record_reason(c, r, REASON_ARGS(slice_cstr(code)));
}

void
direct_on_refusal(struct leg *l, const struct sip_msg *resp)
{
	struct call *c = l->call;
	uint32_t interval = resp->status == 422 ? session_after_422(l, resp) : 0;

	if (c->state != CALL_UP)
		return;
	if (resp->status == 408 || resp->status == 481) { /* RFC 3261, 12.2.1.2 */
		change_forgotten(l);
	} else if (resp->status == 491) { /* 14.1 */
		l->direct = l->direct_before;
		look_in(c, 2100 + rng_below(c->sw->p.rng, 1900));
	} else if (interval) {
		l->direct = l->direct_before;
		l->session_s = interval;
		look_in(c, 0);
	} else if (l->direct_text && leg_other(l)) {
		say_refused(c, REASON_DIRECT_REFUSED, l, resp->status);
		give_up(l);
	} else {
		/* it does not come back: mostly it has nothing more to say, or has left */
		l->direct = false;
		say_refused(c, REASON_CHANGE_FAILED, l, resp->status);
		look_in(c, 0);
	}
}
