/*
 * The bridge of a call: SDP from one side to the other, and the media streams in
 * between. Each side sees our addresses and ports; formats and attributes pass.
 * Media line n of the offer is stream n of the call, whoever offers.
 */
#include "call/codecs.h"
#include "call/emergency.h"
#include "call/keys.h"
#include "call/protect.h"
#include "sip/sdp_dtls.h"

enum { FORMATS_MAX_BYTES = 256 };

/* A media that shares the port of another one (browsers' video) is one we do not carry. */
static void
refuse_bundled(struct sdp *s)
{
	for (size_t i = 0; i < s->n_media; i++) {
		struct sdp_transport t;

		if (sdp_is_dtls(&s->media[i]) && sdp_transport_read(s, i, &t) == ERR_OK &&
		    t.first != i)
			s->media[i].port = 0;
	}
}

static enum err
read_text(const struct leg *l, struct slice text, struct sdp *out)
{
	enum err e = sdp_memo_parse(&l->call->sw->sdp_memo, out, text);

	if (e == ERR_OK)
		refuse_bundled(out);
	return e;
}

enum err
bridge_read(const struct leg *l, struct sdp *out)
{
	return read_text(l, sdp_text_slice(&l->remote_sdp), out);
}

/* What the relay carries; others (MSRP, BFCP over TCP) are refused with port 0. */
static bool
carried(const struct sdp_media *m)
{
	return m->port != 0 &&
	       (slice_starts(m->proto, SLICE("RTP/")) || sdp_is_dtls(m) || codecs_is_t38(m));
}

static bool
is_audio(const struct sdp_media *m)
{
	return slice_eq(m->kind, SLICE("audio")) || codecs_is_t38(m); /* a fax waits for nobody */
}

/* How long nobody may be heard. PHO-5, LIN-2: the shortest one of their own. */
static uint32_t
timeout_s(const struct call *c, bool held)
{
	const struct settings *set = dir_settings(c->sw->p.directory);
	uint32_t shortest = 0;

	for (int side = 0; side < MEDIA_SIDES; side++) {
		const struct leg *l = c->leg[side];
		const struct dir_phone *p = NULL;
		const struct dir_line *line = NULL;
		uint32_t own = 0;

		if (l)
			leg_whose(l, &p, &line);
		if (p)
			own = held ? p->rtp_hold_timeout_s : p->rtp_timeout_s;
		if (line)
			own = held ? line->rtp_hold_timeout_s : line->rtp_timeout_s;
		if (own && (!shortest || own < shortest))
			shortest = own;
	}
	if (shortest)
		return shortest;
	return held ? set->rtp_hold_timeout_s : set->rtp_timeout_s;
}

static enum err
open_stream(struct call *c, size_t i, bool audio)
{
	struct call_switch *sw = c->sw;
	struct stream *s = &c->stream[i];
	const struct settings *set = dir_settings(sw->p.directory);
	struct media_stream_params p = {.timeout_ms = timeout_s(c, false) * 1000,
	    .clock_rate_hz = audio ? 8000 : 90000,
	    .dscp = audio ? set->audio_dscp : set->video_dscp,
	    .urgent = c->emergency,
	    .user = (uint64_t)(uintptr_t)s};
	enum err e;

	for (int side = 0; side < MEDIA_SIDES; side++)
		p.family[side] = c->family[side];
	s->audio = audio;
	e = media_stream_open(sw->p.media, &p, &s->ref, s->port);
	if (c->emergency && (e == ERR_LIMIT || media_is_short(sw->p.media)))
		emergency_free_ports(c);
	if (e != ERR_OK)
		return e;
	s->call = c;
	s->open = true;
	for (int side = 0; side < MEDIA_SIDES; side++)
		s->side[side] = (struct stream_side){.ip6 = c->family[side] == 6};
	c->streams_open++;
	sw->stats.streams_now++;
	return ERR_OK;
}

static void
close_stream(struct stream *s)
{
	if (!s->open)
		return;
	s->open = false;
	media_stream_close(s->call->sw->p.media, s->ref);
}

void
bridge_address(const struct leg *to, struct addr *out)
{
	const struct settings *set = dir_settings(to->call->sw->p.directory);

	if (!set->media_address[0] ||
	    addr_parse_ip(slice_cstr(set->media_address), 0, out) != ERR_OK)
		sip_core_address(to->call->sw->p.core, &to->dialog.flow, out);
	out->port = 0;
}

static void
tell_media(struct leg *l, size_t i, const struct sdp_media *m, const struct sip_flow *flow)
{
	struct media_peer peer = {.rtp = m->addr,
	    .rtcp = m->rtcp,
	    .signalling = flow->remote,
	    .party = l->media_party,
	    .raw = codecs_is_t38(m),
	    .send = (m->dir == SDP_SENDRECV || m->dir == SDP_RECVONLY) && !hold_silences(l, i)};

	/* Who checks where voice comes from knows our SDP, or at least our signalling. */
	bridge_address(l, &peer.local[0]);
	peer.local[1] = flow->local;
	peer.local[1].port = 0;
	peer.rtp.port = m->port;
	if (addr_is_any(&peer.rtp) && !sdp_is_dtls(m)) /* 0.0.0.0: the old way to hold (RFC 2543) */
		peer.send = false;
	media_stream_set_peer(l->call->sw->p.media, l->call->stream[i].ref, l->side, &peer);
	protect_apply(l, i);
}

/* Lines that say nothing, beyond the first n: a session keeps those it once had (RFC 3264, 8),
 * and the party at the other end may have been another then. */
static void
drop_refused_tail(struct sdp *s, size_t n)
{
	while (s->n_media > n && s->media[s->n_media - 1].port == 0)
		s->n_media--;
}

/* Opens the streams that live lines need, and tells media of them. */
static enum err
take_lines(struct leg *l, const struct sdp *sdp, const struct sip_flow *flow, bool is_answer)
{
	struct call *c = l->call;
	size_t live = 0;

	for (size_t i = 0; i < sdp->n_media; i++) {
		struct stream *s = &c->stream[i];
		enum err e;

		if (!carried(&sdp->media[i]))
			continue;
		e = protect_take(l, sdp, i, is_answer);
		if (e != ERR_OK)
			return e;
		if (!s->open && (e = open_stream(c, i, is_audio(&sdp->media[i]))) != ERR_OK)
			return e;
		if (!l->media_waits)
			tell_media(l, i, &sdp->media[i], flow);
		live++;
	}
	return live ? ERR_OK : ERR_UNSUPPORTED;
}

enum err
bridge_take(struct leg *l, struct slice text, const struct sip_flow *flow, bool is_answer)
{
	struct call *c = l->call;
	const struct leg *other = leg_other(l);
	struct sdp sdp, offer;
	enum err e = read_text(l, text, &sdp);

	if (e != ERR_OK)
		return e;
	if (is_answer && other && other->remote_sdp.n) {
		/* the offer was theirs, unless we said something else */
		e = l->codecs_ours ? read_text(l, sdp_text_slice(&l->local_sdp), &offer)
				   : bridge_read(other, &offer);
		drop_refused_tail(&sdp, offer.n_media);
		drop_refused_tail(&offer, sdp.n_media);
		if (e == ERR_OK)
			e = sdp_answer_check(&offer, &sdp);
		if (e != ERR_OK)
			return e;
	}
	e = take_lines(l, &sdp, flow, is_answer);
	if (e != ERR_OK)
		return e;
	l->holding = sdp_is_hold(&sdp);
	if (!is_answer)
		c->offer_of = l->id;
	return sdp_text_set(&l->remote_sdp, text);
}

enum err
bridge_take_own(struct leg *l, struct slice text)
{
	struct sdp sdp;
	enum err e = read_text(l, text, &sdp);

	if (e == ERR_OK)
		e = take_lines(l, &sdp, NULL, true);
	if (e != ERR_OK)
		return e;
	if (!leg_other(l) || !leg_other(l)->remote_sdp.n)
		l->call->offer_of = l->id;
	return sdp_text_set(&l->remote_sdp, text);
}

/* As many lines as to's session has: refused ones are added, or left out. */
static void
fit_lines(struct sdp *s, const struct sdp *before)
{
	drop_refused_tail(s, before->n_media);
	while (s->n_media < before->n_media) {
		s->media[s->n_media] = before->media[s->n_media];
		s->media[s->n_media++].port = 0;
	}
}

/* Whose formats to gets to see. before: what to described last, or NULL; answer: that was an offer,
 * which s answers. */
static enum err
choose_codecs(struct leg *from, struct leg *to, const struct sdp *s, const struct sdp *before,
    bool answer, struct sdp_rewrite_params *p)
{
	struct sdp_choice *choice = to->call->sw->sdp_choice;
	struct sdp_protection *protection = to->call->sw->sdp_protection;
	struct buf lines;

	buf_init(&lines, to->call->sw->protect_scratch, sizeof to->call->sw->protect_scratch);
	to->codecs_ours = false;
	for (size_t i = 0; i < s->n_media; i++) {
		const struct sdp_media *known =
		    before && i < before->n_media && before->media[i].port ? &before->media[i]
									   : NULL;

		if (!carried(&s->media[i]) || (answer && !known))
			continue;
		if (protect_describe(to, i, &s->media[i], known ? before : NULL, answer,
			&protection[i], &lines)) {
			to->codecs_ours = true;
			p->protection[i] = &protection[i];
		}
		switch (answer ? codecs_answer(from, to, &s->media[i], known, &choice[i])
			       : codecs_offer(from, to, &s->media[i], known, &choice[i])) {
		case CODECS_AS_THEY_ARE: continue;
		case CODECS_NOTHING: return ERR_UNSUPPORTED;
		case CODECS_OURS: to->codecs_ours = true; break;
		case CODECS_CHOSEN: break;
		}
		p->choice[i] = &choice[i];
	}
	p->session = protect_describe_session(p, &lines);
	return buf_ok(&lines) ? ERR_OK : ERR_TOO_BIG;
}

/* Who holds and says "inactive" wants to hear nothing, which is no reason that the other one hears
 * nothing: he is told "sendonly", and the one who holds gets the answer that his offer wants (RFC
 * 3264, 6.1). offer: what s answers, or NULL. */
static void
choose_directions(const struct leg *to, const struct sdp *s, const struct sdp *offer,
    struct sdp_rewrite_params *p)
{
	for (size_t i = 0; i < s->n_media; i++) {
		bool silent = s->media[i].dir == SDP_INACTIVE;

		if (!music_is_on(to->call) || !slice_eq(s->media[i].kind, SLICE("audio")))
			continue;
		if (!offer && silent)
			p->direction[i] = SLICE("sendonly");
		if (offer && i < offer->n_media && offer->media[i].dir == SDP_INACTIVE && !silent)
			p->direction[i] = SLICE("inactive");
	}
}

/* Writes s, which came from the other side, for to. */
static enum err
give(struct leg *to, const struct sdp *s, struct sdp_rewrite_params p, struct slice *out)
{
	struct call *c = to->call;
	struct buf b;

	p.session_id = to->sdp_session;
	p.version = to->sdp_version;
	bridge_address(to, &p.local);
	to->direct_text = p.elsewhere.family;
	for (size_t i = 0; i < s->n_media; i++)
		if (c->stream[i].open && carried(&s->media[i]))
			p.port[i] =
			    p.elsewhere.family ? s->media[i].port : c->stream[i].port[to->side];
	for (int round = 0; round < 2; round++) {
		buf_init(&b, c->sw->sdp_scratch, sizeof c->sw->sdp_scratch);
		sdp_rewrite(&b, s, &p);
		if (!buf_ok(&b))
			return ERR_TOO_BIG;
		/* RFC 3264, 8: the version grows exactly when the text changes */
		if (!to->local_sdp.n || slice_eq(buf_slice(&b), sdp_text_slice(&to->local_sdp)))
			break;
		if (round == 0)
			p.version = ++to->sdp_version;
	}
	*out = buf_slice(&b);
	return sdp_text_set(&to->local_sdp, *out);
}

/* By an INVITE, or by a re-INVITE with an offer of ours before it has its seat. */
static bool
is_asked_instead(const struct leg *l)
{
	return l->state == LEG_ASKING ||
	       (l->state == LEG_UP && l->call->leg[l->side] != l && !l->ack_owed);
}

/* What media have to do between the two, now that both are known. */
static void
translate(struct leg *x, struct leg *y)
{
	struct call *c = x->call;
	bool needed = x->codecs_ours || y->codecs_ours || x->keys_told;
	struct sdp local, mine, told, theirs;

	if (needed && (read_text(x, sdp_text_slice(&x->local_sdp), &local) != ERR_OK ||
			  read_text(y, sdp_text_slice(&y->local_sdp), &told) != ERR_OK ||
			  bridge_read(x, &mine) != ERR_OK || bridge_read(y, &theirs) != ERR_OK))
		return;
	for (size_t i = 0; i < SDP_MEDIA_MAX; i++) {
		struct stream *s = &c->stream[i];
		struct media_translation what = {0};

		if (!s->open)
			continue;
		if (needed && i < local.n_media && i < mine.n_media && i < told.n_media &&
		    i < theirs.n_media) {
			struct keys_leg from = {x, &local.media[i], &mine.media[i]},
					to = {y, &told.media[i], &theirs.media[i]};

			codecs_translate(from.local, from.remote, to.remote, &what);
			(void)keys_translate(&from, &to, &what);
			if (codecs_pauses_wanted(y))
				codecs_translate_pauses(to.local, to.remote, &what);
		}
		s->side[x->side].pressed = what.keys_out && what.keys_out != MEDIA_KEYS_TOLD;
		if (!what.n_routes && !s->side[x->side].translated)
			continue;
		s->side[x->side].translated = what.n_routes > 0;
		if (media_stream_translate(c->sw->p.media, s->ref, x->side, &what) != ERR_OK)
			call_log(LOG_ERROR, c, "no memory to translate a stream");
	}
}

void
bridge_translate(struct leg *l)
{
	translate(l, leg_other(l));
	translate(leg_other(l), l);
}

bool
bridge_press(struct leg *l, char key, uint32_t ms)
{
	struct call *c = l->call;
	struct leg *other = leg_other(l);

	if (!l->keys_told) {
		l->keys_told = true;
		translate(l, other);
	}
	for (size_t i = 0; i < SDP_MEDIA_MAX; i++) {
		const struct stream *s = &c->stream[i];

		if (!s->open || !s->side[l->side].pressed)
			continue;
		if (!direct_keep_key(l, key, ms))
			media_stream_key(c->sw->p.media, s->ref, other->side, key, ms);
		return true;
	}
	return false;
}

/* A fax in real time that one of the two may not have is not offered; who offers nothing else hears
 * so, and goes on with fax as voice. */
static enum err
refuse_t38(const struct leg *from, const struct leg *to, struct sdp *s)
{
	bool refused = false, others = false;

	if (codecs_takes_t38(from) && codecs_takes_t38(to))
		return ERR_OK;
	for (size_t i = 0; i < s->n_media; i++) {
		struct sdp_media *m = &s->media[i];

		if (carried(m) && codecs_is_t38(m)) {
			m->port = 0;
			refused = true;
		}
		others |= carried(m);
	}
	return refused && !others ? ERR_UNSUPPORTED : ERR_OK;
}

enum err
bridge_give(struct leg *from, struct leg *to, struct slice *out)
{
	/* who is asked instead of somebody else is not told that he is held */
	struct sdp_rewrite_params p = {.sendrecv = from->state == LEG_UP && is_asked_instead(to)};
	bool known, answer;
	struct sdp sdp, before;
	enum err e = bridge_read(from, &sdp);

	if (e != ERR_OK)
		return e;
	known = to->remote_sdp.n && bridge_read(to, &before) == ERR_OK;
	if (known)
		fit_lines(&sdp, &before);
	answer = known && to->call->offer_of == to->id;
	e = answer ? ERR_OK : refuse_t38(from, to, &sdp);
	if (e != ERR_OK)
		return e;
	choose_directions(to, &sdp, answer ? &before : NULL, &p);
	e = choose_codecs(from, to, &sdp, known ? &before : NULL, answer, &p);
	if (to->call->direct.on)
		direct_describe(from, &sdp, &p);
	if (e == ERR_OK)
		e = give(to, &sdp, p, out);
	if (e == ERR_OK && answer) {
		translate(from, to);
		translate(to, from);
	}
	return e;
}

/* Lines of a caller's offer that the engine speaks itself, as if somebody had answered with them.
 */
enum err
bridge_give_early(struct leg *from, struct leg *to, struct slice *out)
{
	struct sdp_rewrite_params p = {0};
	struct sdp sdp, offer;
	bool heard = false;
	enum err e = bridge_read(to, &offer);

	if (e == ERR_OK)
		e = bridge_read(to, &sdp);
	if (e != ERR_OK)
		return e;
	for (size_t i = 0; i < sdp.n_media; i++)
		heard |= carried(&sdp.media[i]) && slice_eq(sdp.media[i].kind, SLICE("audio")) &&
			 sdp.media[i].dir == SDP_SENDRECV;
	if (!heard)
		return ERR_UNSUPPORTED;
	e = choose_codecs(from, to, &sdp, &offer, true, &p);
	return e == ERR_OK ? give(to, &sdp, p, out) : e;
}

/* ---- two offers that become each other's answer ---- */

/* Of two protocols that carry voice each leg keeps its own, encrypted or not: keys are the leg's.
 * DTLS is not among them, where both would have to begin. */
static bool
may_cross(const struct sdp_media *a, const struct sdp_media *b)
{
	const struct slice rtp = SLICE("RTP/");

	return slice_eq_nocase(a->proto, b->proto) ||
	       (slice_starts_nocase(a->proto, rtp) && slice_starts_nocase(b->proto, rtp));
}

static bool
common(const struct sdp *a, const struct sdp *b, size_t i, struct buf *formats)
{
	return i < a->n_media && i < b->n_media && !sdp_is_dtls(&a->media[i]) &&
	       !sdp_is_dtls(&b->media[i]) && carried(&a->media[i]) && carried(&b->media[i]) &&
	       slice_eq_nocase(a->media[i].kind, b->media[i].kind) &&
	       may_cross(&a->media[i], &b->media[i]) &&
	       sdp_common_formats(&a->media[i], &b->media[i], formats);
}

enum err
bridge_can_cross(struct leg *l, struct slice offer)
{
	char text[FORMATS_MAX_BYTES];
	struct sdp theirs, ours;
	enum err e = read_text(l, offer, &theirs);
	bool any = false;

	if (e == ERR_OK)
		e = bridge_read(leg_other(l), &ours);
	for (size_t i = 0; e == ERR_OK && i < theirs.n_media; i++) {
		struct buf b;

		buf_init(&b, text, sizeof text);
		if (!common(&ours, &theirs, i, &b))
			continue;
		any = true;
		e = protect_take(l, &theirs, i, false);
	}
	return e == ERR_OK && !any ? ERR_UNSUPPORTED : e;
}

enum err
bridge_take_crossed(struct leg *l, struct slice offer, const struct sip_flow *flow)
{
	char text[FORMATS_MAX_BYTES];
	struct sdp theirs, ours;
	enum err e = read_text(l, offer, &theirs);

	if (e == ERR_OK)
		e = bridge_read(leg_other(l), &ours);
	for (size_t i = 0; e == ERR_OK && i < SDP_MEDIA_MAX; i++) {
		struct stream *s = &l->call->stream[i];
		struct buf b;

		buf_init(&b, text, sizeof text);
		if (!common(&ours, &theirs, i, &b)) {
			close_stream(s);
			continue;
		}
		if (!s->open)
			e = open_stream(l->call, i, is_audio(&theirs.media[i]));
		if (e == ERR_OK)
			tell_media(l, i, &theirs.media[i], flow);
	}
	if (e != ERR_OK)
		return e;
	l->holding = sdp_is_hold(&theirs);
	return sdp_text_set(&l->remote_sdp, offer);
}

/* How to's own offer says that its voice is encrypted, or not. */
static enum err
keep_protection(
    struct leg *to, const struct sdp *s, const struct sdp *offer, struct sdp_rewrite_params *p)
{
	struct sdp_protection *protection = to->call->sw->sdp_protection;
	struct buf lines;

	buf_init(&lines, to->call->sw->protect_scratch, sizeof to->call->sw->protect_scratch);
	for (size_t i = 0; i < s->n_media; i++)
		if (carried(&s->media[i]) &&
		    protect_describe(to, i, &s->media[i], offer, true, &protection[i], &lines)) {
			to->codecs_ours = true;
			p->protection[i] = &protection[i];
		}
	p->session = protect_describe_session(p, &lines);
	return buf_ok(&lines) ? ERR_OK : ERR_TOO_BIG;
}

enum err
bridge_give_common(struct leg *from, struct leg *to, struct slice *out)
{
	struct sdp_rewrite_params p = {0};
	char text[SDP_MEDIA_MAX][FORMATS_MAX_BYTES];
	struct sdp theirs, sdp;
	enum err e = bridge_read(to, &theirs);

	if (e == ERR_OK)
		e = bridge_read(from, &sdp);
	if (e != ERR_OK)
		return e;
	for (size_t i = 0; i < theirs.n_media; i++) {
		struct buf b;

		buf_init(&b, text[i], sizeof text[i]);
		if (common(&sdp, &theirs, i, &b)) {
			sdp.media[i].formats = buf_slice(&b);
		} else {
			sdp.media[i] = theirs.media[i];
			sdp.media[i].port = 0;
		}
		if (!buf_ok(&b))
			return ERR_TOO_BIG;
	}
	sdp.n_media = theirs.n_media;
	to->codecs_ours = from->codecs_ours = false;
	translate(from, to);
	translate(to, from);
	e = keep_protection(to, &sdp, &theirs, &p);
	return e == ERR_OK ? give(to, &sdp, p, out) : e;
}

void
bridge_connect(struct leg *l)
{
	struct call *c = l->call;
	struct sdp sdp;

	if (l->media_waits || bridge_read(l, &sdp) != ERR_OK)
		return;
	for (size_t i = 0; i < sdp.n_media; i++)
		if (c->stream[i].open && carried(&sdp.media[i]))
			tell_media(l, i, &sdp.media[i], &l->dialog.flow);
}

bool
bridge_refit(struct call *c)
{
	bool again = false;

	for (size_t i = 0; i < SDP_MEDIA_MAX; i++) {
		struct stream *s = &c->stream[i];
		bool fits = true;

		for (int side = 0; side < MEDIA_SIDES; side++) {
			fits &= s->side[side].ip6 || c->family[side] != 6;
			if (s->side[side].ip6)
				c->family[side] = 6;
		}
		if (!s->open || fits)
			continue;
		again = true;
		close_stream(s);
		if (open_stream(c, i, s->audio) != ERR_OK)
			call_log(LOG_WARN, c, "no other media ports");
	}
	for (int side = 0; again && side < MEDIA_SIDES; side++)
		if (c->leg[side])
			bridge_connect(c->leg[side]);
	if (again && c->replaced)
		bridge_connect(c->replaced); /* it talks on until somebody has its seat for good */
	return again;
}

struct slice
bridge_refusal(const struct leg *l, struct slice offer)
{
	struct sdp_rewrite_params p = {.session_id = l->sdp_session, .version = l->sdp_version};
	struct call_switch *sw = l->call->sw;
	struct sdp sdp;
	struct buf b;

	if (read_text(l, offer, &sdp) != ERR_OK)
		return SLICE("");
	bridge_address(l, &p.local);
	buf_init(&b, sw->sdp_scratch, sizeof sw->sdp_scratch);
	sdp_rewrite(&b, &sdp, &p); /* all ports 0 */
	return buf_ok(&b) ? buf_slice(&b) : SLICE("");
}

bool
bridge_is_held(const struct call *c)
{
	for (int side = 0; side < MEDIA_SIDES; side++)
		if (c->leg[side] && hold_is_on(c->leg[side]))
			return true;
	return false;
}

void
bridge_follow_hold(struct call *c)
{
	uint32_t s = direct_is_on(c) ? 0 : timeout_s(c, bridge_is_held(c));

	for (size_t i = 0; i < SDP_MEDIA_MAX; i++)
		if (c->stream[i].open)
			media_stream_set_timeout(c->sw->p.media, c->stream[i].ref, s * 1000);
	music_follow(c);
	direct_follow(c);
}

void
bridge_drop_refused(struct leg *l)
{
	struct sdp sdp;

	if (bridge_read(l, &sdp) != ERR_OK)
		return;
	for (size_t i = 0; i < SDP_MEDIA_MAX; i++)
		if (i >= sdp.n_media || !carried(&sdp.media[i]))
			close_stream(&l->call->stream[i]);
}

void
bridge_close(struct call *c)
{
	for (size_t i = 0; i < SDP_MEDIA_MAX; i++)
		close_stream(&c->stream[i]);
}
