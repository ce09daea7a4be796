#include "call/twin.h"

#include "call/line_int.h"
#include "call/transfer_int.h"
#include "directory/prompts.h"

enum { DECIDE_MS = 15000, PATHS_BYTES = 4096 };

/* Of a leg that has answered but not taken the call. */
struct leg_twin {
	struct leg *leg;
	struct timer timer;
	struct media_sound *sound;
};

/* ---- ringing ---- */

bool
twin_has_spare(const struct ring_twin *twin)
{
	return twin->next < twin->n_spare;
}

bool
twin_ring_spare(struct call *c, const struct ring_whom *whom)
{
	struct ring_twin *twin = whom->twin;

	while (twin_has_spare(twin) && c->ring.asking < CALL_LEGS_MAX)
		if (leg_line_ring(c, &twin->spare[twin->next++], whom))
			return true;
	return false;
}

void
twin_ring(struct call *c, const struct ring_target *t)
{
	if (c->offer_late && t->whom->twin->confirm) { /* it could hear nothing before the answer */
		record_reason(c, REASON_TWIN_LATE_MEDIA, REASON_ARGS(t->whom->outside));
		return;
	}
	if (!leg_line_ring(c, &t->t, t->whom))
		(void)twin_ring_spare(c, t->whom);
}

bool
twin_hides_early(const struct leg *l)
{
	return leg_line_twin(l) || l->call->ring.deciding;
}

/* ---- asking ---- */

bool
twin_must_ask(const struct leg *l)
{
	const struct ring_twin *twin = leg_line_twin(l);

	return twin && twin->confirm;
}

/* The call that another one was transferred to cannot tell who would take it. */
static bool
may_ask(const struct call *c)
{
	return !c->offer_late && (!c->transfer || c->transfer->call == c);
}

static void
on_time(struct timer *t)
{
	struct leg *l = container_of(t, struct leg_twin, timer)->leg;

	record_reason(l->call, REASON_TWIN_LET_GO, REASON_ARGS(leg_line_called(l)));
	twin_stop(l, SLICE(""));
	if (l->call->ring.active && l->call->ring.asking == 0)
		ring_next(l->call);
}

/* Again and again, as long as he may decide. */
static struct media_sound *
make_sound(const struct leg *l)
{
	static const enum prompt prompt = PROMPT_ACCEPT_CALL;
	struct call_switch *sw = l->call->sw;
	const struct directory *dir = sw->p.directory;
	const char *path;
	struct media_sound_params what = {.paths = &path, .n_paths = 1, .loop = true};
	struct media_sound *sound = NULL;
	struct arena arena;

	if (!sw->p.prompts.sounds)
		return NULL;
	arena_init(&arena, "prompts", 512, PATHS_BYTES);
	if (dir_prompt_paths(dir, &sw->p.prompts,
		dir_prompt_language(dir, dir_user_by_id(dir, l->party.user)), &prompt, 1, &arena,
		&path) != ERR_OK ||
	    media_sound_new(sw->p.media, &what, &sound) != ERR_OK)
		call_log(
		    LOG_WARN, l->call, "nobody can be asked at %.*s", SLICE_FMT(l->phone_name));
	arena_fini(&arena);
	return sound;
}

static void
begin(struct leg *l)
{
	struct call *c = l->call;

	c->ring.deciding = l;
	l->twin->sound = make_sound(l);
	timer_start(c->sw->p.timers, &l->twin->timer, DECIDE_MS);
	l->media_waits = false;
	bridge_connect(l);
	music_follow(c);
}

bool
twin_ask(struct leg *l, const struct sip_msg *resp)
{
	struct call *c = l->call;
	struct leg_twin *twin = may_ask(c) ? arena_new(&l->arena, struct leg_twin) : NULL;

	if (!twin)
		return false;
	l->media_waits = true; /* another one may be heard there */
	if ((resp->body.n || !l->rel.agreed) &&
	    bridge_take(l, resp->body, &l->dialog.flow, true) != ERR_OK && !l->rel.agreed)
		return false;
	twin->leg = l;
	timer_init(&twin->timer, on_time);
	present_take_response(l, resp);
	l->state = LEG_UP;
	l->twin = twin;
	leg_line_on_answer(l);
	leg_ack(l, SLICE(""));
	session_on_2xx(l, resp);
	record_reason(c, REASON_TWIN_ASKED, REASON_ARGS(leg_line_called(l)));
	if (!c->ring.deciding)
		begin(l);
	return true;
}

/* Who answered next is asked; else what the others had before is heard again. */
static void
next(struct call *c)
{
	LIST_FOR_EACH (it, &c->legs) {
		struct leg *l = container_of(it, struct leg, link);

		if (c->ring.active && l->twin) {
			begin(l);
			return;
		}
	}
	if (c->ring.active && c->ring.early)
		bridge_connect(c->ring.early);
	music_follow(c);
}

static void
forget(struct leg *l)
{
	struct leg_twin *twin = l->twin;
	struct call *c = l->call;

	l->twin = NULL;
	timer_stop(&twin->timer);
	media_sound_drop(c->sw->p.media, twin->sound);
	if (c->ring.deciding != l)
		return;
	c->ring.deciding = NULL;
	if (leg_other(l)) /* may hear something again */
		bridge_connect(leg_other(l));
}

void
twin_end(struct leg *l)
{
	struct call *c = l->call;
	bool deciding = c->ring.deciding == l;

	if (!l->twin)
		return;
	forget(l);
	if (deciding)
		next(c);
}

void
twin_stop(struct leg *l, struct slice reason_hdr)
{
	l->call->ring.asking--;
	leg_bye(l, reason_hdr);
}

void
twin_on_bye(struct leg *l)
{
	struct call *c = l->call;

	record_reason(c, REASON_TWIN_LET_GO, REASON_ARGS(leg_line_called(l)));
	c->ring.asking--;
	leg_done(l);
	if (c->ring.active && c->ring.asking == 0)
		ring_next(c);
}

/* ---- taking the call ---- */

/* Somebody talks, or waits, already: as transfer_on_answer has it. */
static void
take_transferred(struct leg *l)
{
	struct transfer *t = l->call->transfer;

	forget(l);
	ring_on_winner(l);
	transfer_on_arrival(t, l);
	music_follow(l->call);
}

static void
take(struct leg *l)
{
	struct call *c = l->call;
	struct leg *other = leg_other(l);
	struct slice unused;

	record_reason(c, REASON_TWIN_TAKEN, REASON_ARGS(l->party.name, leg_line_called(l)));
	if (c->transfer) {
		take_transferred(l);
		return;
	}
	forget(l);
	if (bridge_give(l, other, &unused) != ERR_OK) {
		record_reason(c, REASON_ANSWER_MEDIA,
		    REASON_ARGS(l->phone_name, slice_cstr(err_text(ERR_UNSUPPORTED))));
		call_end(c, CDR_FAILED, CDR_BY_SYSTEM, 488);
		return;
	}
	ring_on_winner(l);
	leg_sit(l);
	bridge_drop_refused(l);
	music_follow(c);
	session_start(l);
	answer_tell_who(l);
	answer_caller_soon(c);
}

void
twin_on_key(struct leg *l, char key)
{
	struct call *c = l->call;

	if (c->ring.deciding != l)
		return;
	if (key == '1' && c->ring.active && may_ask(c) && leg_other(l))
		take(l);
	else if (key == '2' || key == '1')
		on_time(&l->twin->timer);
}

/* ---- what is heard meanwhile ---- */

struct leg *
twin_speaker(const struct call *c, enum media_side side)
{
	const struct ring *r = &c->ring;

	return r->deciding && r->deciding->side == side ? r->deciding : c->leg[side];
}

bool
twin_serves(const struct leg *l, struct media_service *what)
{
	bool packets = false;

	if (!l->twin)
		return false;
	what->sound = l->twin->sound;
	what->listening.keys = true;
	for (size_t i = 0; i < what->n_in; i++)
		packets |= codec_is_event(what->in[i].codec);
	if (!packets)
		what->listening.flags |= LISTEN_DTMF;
	return true;
}

bool
twin_silences(const struct leg *l, size_t i)
{
	const struct leg *deciding = l->call->ring.deciding;

	if (l->twin) /* he hears what is said to him, or nothing */
		return !l->twin->sound;
	return deciding && deciding->side != l->side && !l->call->stream[i].side[l->side].served;
}
