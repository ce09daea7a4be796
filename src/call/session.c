/*
 * Session timers (RFC 4028): notice that a phone has vanished. Whoever refreshes
 * sends a re-INVITE at half time; the other ends the call when none came. With a
 * phone that does not know them we refresh ourselves, and learn the same.
 */
#include "call/call_int.h"

enum {
	SESSION_MAX_S = 24 * 3600,
	SESSION_ROUNDS_MAX = 3, /* 422 to one request of ours */
};

static const struct dir_line *
line_of(const struct leg *l)
{
	const struct dir_phone *phone;
	const struct dir_line *line;

	leg_whose(l, &phone, &line);
	return line;
}

bool
session_is_off(const struct leg *l)
{
	const struct dir_line *line = line_of(l);

	return line && line->session_timer == DIR_TIMER_OFF;
}

/* What we ask for; 0 = nothing. LIN-2: a line may have its own, or leave it to the provider. */
static uint32_t
preferred_s(const struct leg *l)
{
	const struct dir_line *line = line_of(l);
	uint32_t s = line && line->session_expires_s
			 ? line->session_expires_s
			 : dir_settings(l->call->sw->p.directory)->session_expires_s;

	if (line && line->session_timer != DIR_TIMER_ASK)
		return 0;
	return s && s < SESSION_MIN_S ? SESSION_MIN_S : s;
}

/* "1800;refresher=uac". False: absent or garbage. */
static bool
parse(struct slice value, uint32_t *seconds, struct slice *refresher)
{
	struct slice params = value;
	struct slice number = slice_trim(slice_take_until(&params, ';'));

	*refresher = SLICE("");
	if (slice_to_u32(number, SESSION_MAX_S, seconds) != ERR_OK || *seconds == 0)
		return false;
	(void)sip_param_find(params, SLICE("refresher"), refresher);
	return true;
}

static uint32_t
min_se(const struct sip_msg *m)
{
	struct slice params = sip_msg_value(m, SIP_HDR_MIN_SE);
	uint32_t s;

	return slice_to_u32(slice_trim(slice_take_until(&params, ';')), SESSION_MAX_S, &s) == ERR_OK
		   ? s
		   : 0;
}

bool
session_refuse_small(struct sip_server *tsx, const struct sip_msg *req)
{
	struct slice refresher;
	uint32_t s;

	if (!parse(sip_msg_value(req, SIP_HDR_SESSION_EXPIRES), &s, &refresher) ||
	    s >= SESSION_MIN_S || !sip_msg_has_token(req, SIP_HDR_SUPPORTED, SLICE("timer")))
		return false;
	sip_server_reject(tsx, 422, SLICE("Min-SE: 90\r\n"));
	return true;
}

void
session_on_invite(struct leg *l, const struct sip_msg *req)
{
	uint32_t ours = preferred_s(l), least = min_se(req), s;
	struct slice refresher;

	if (session_is_off(l))
		return;
	l->supports_timer = sip_msg_has_token(req, SIP_HDR_SUPPORTED, SLICE("timer"));
	if (parse(sip_msg_value(req, SIP_HDR_SESSION_EXPIRES), &s, &refresher)) {
		l->session_s = ours && ours < s ? ours : s;
		l->session_refresher =
		    slice_eq_nocase(refresher, SLICE("uas")) || !l->supports_timer;
	} else {
		l->session_s = ours;
		l->session_refresher = true;
	}
	if (l->session_s && l->session_s < least)
		l->session_s = least;
	if (l->session_s && l->session_s < SESSION_MIN_S)
		l->session_s = SESSION_MIN_S;
}

void
session_write_answer(struct leg *l, struct buf *b)
{
	if (!l->supports_timer || !l->session_s)
		return;
	sip_write_hdrf(b, SIP_HDR_SESSION_EXPIRES, "%u;refresher=%s", l->session_s,
	    l->session_refresher ? "uas" : "uac");
	if (!l->session_refresher)
		sip_write_hdr(b, SIP_HDR_REQUIRE, SLICE("timer"));
}

void
session_write_offer(const struct leg *l, struct buf *b)
{
	bool in_dialog = l->state == LEG_UP;
	uint32_t s = l->session_s ? l->session_s : preferred_s(l);

	if (!s)
		return;
	if (in_dialog)
		sip_write_hdrf(b, SIP_HDR_SESSION_EXPIRES, "%u;refresher=%s", s,
		    l->session_refresher ? "uac" : "uas");
	else
		sip_write_hdrf(b, SIP_HDR_SESSION_EXPIRES, "%u", s);
	/* 7.1, 7.4: what a 422 asked for is the least from then on */
	sip_write_hdrf(b, SIP_HDR_MIN_SE, "%u",
	    l->session_min_s > SESSION_MIN_S ? l->session_min_s : SESSION_MIN_S);
}

void
session_on_2xx(struct leg *l, const struct sip_msg *resp)
{
	struct slice refresher;
	uint32_t s;

	l->session_rounds = 0;
	l->session_refresher = true;
	if (session_is_off(l))
		return;
	if (parse(sip_msg_value(resp, SIP_HDR_SESSION_EXPIRES), &s, &refresher)) {
		l->session_s = s < SESSION_MIN_S ? SESSION_MIN_S : s;
		l->session_refresher = !slice_eq_nocase(refresher, SLICE("uas"));
	} else if (!l->session_s) {
		l->session_s = preferred_s(l);
	}
}

uint32_t
session_after_422(struct leg *l, const struct sip_msg *resp)
{
	uint32_t least = min_se(resp), had = l->session_s ? l->session_s : preferred_s(l);

	/* not larger, or a little more each time: it would refuse again and again */
	if (least <= had || ++l->session_rounds > SESSION_ROUNDS_MAX)
		return 0;
	l->session_min_s = least;
	return least;
}

void
session_retry(struct leg *l, uint64_t ms)
{
	l->refresh_owed = true;
	timer_start(l->call->sw->p.timers, &l->session, ms);
}

void
session_start(struct leg *l)
{
	struct timers *timers = l->call->sw->p.timers;
	uint64_t s = l->session_s;

	if (l->state != LEG_UP)
		return;
	l->refresh_owed = false;
	if (!s)
		timer_stop(&l->session);
	else if (l->session_refresher)
		timer_start(timers, &l->session, s * 500);
	else /* RFC 4028, 10: a little before the end */
		timer_start(timers, &l->session, (s - (s / 3 < 32 ? s / 3 : 32)) * 1000);
}
