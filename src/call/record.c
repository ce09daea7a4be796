/* What a call tells about itself: its record, and its live state. */
#include "call/call_int.h"
#include "call/line_int.h"
#include "call/spending.h"
#include "call/talk_record.h"

enum { PRIVATE_DIGITS = 3, REASONS_FEW = 4 /* more than most calls have */ };

/* Of a private call outside what would say with whom is not told: no name, and the number without
 * its last digits. */
static void
put_called(const struct call *c, const struct routing_party *p, char *number, size_t number_bytes,
    char *name, size_t name_bytes)
{
	size_t n;

	slice_clip_cstr(p->number, number, number_bytes);
	if (!c->private_call || p->user) {
		slice_clip_cstr(p->name, name, name_bytes);
		return;
	}
	n = strlen(number);
	for (size_t i = n > PRIVATE_DIGITS ? n - PRIVATE_DIGITS : 0; i < n; i++)
		number[i] = 'x';
	name[0] = '\0';
}

void
record_note_called(struct call *c, const struct leg *called)
{
	struct slice phone, line = SLICE("");

	if (arena_dup(&c->arena, called->phone_name, &phone) != ERR_OK ||
	    (called->line && arena_dup(&c->arena, leg_line_name(called), &line) != ERR_OK))
		return;
	c->called_phone = phone;
	c->called_line = line;
}

struct slice
record_called(const struct call *c, char out[LIVE_NUMBER_BYTES])
{
	char name[LIVE_NAME_BYTES];

	put_called(c, &c->called_party, out, LIVE_NUMBER_BYTES, name, sizeof name);
	return slice_cstr(out);
}

static void
put_reasons(const struct call *c, char list[LIVE_REASONS_MAX][LIVE_REASON_BYTES], uint32_t *count)
{
	if (c->private_call) {
		*count = 0;
		live_reason_add(list, count, REASON_PRIVATE_CALL, NULL);
		return;
	}
	for (uint32_t i = 0; i < c->n_reasons; i++)
		slice_clip_cstr(c->reason[i], list[i], LIVE_REASON_BYTES);
	*count = c->n_reasons;
}

static void
fill(const struct call *c, struct cdr *r)
{
	const struct media_side_stats *from_caller = &c->stats.side[MEDIA_CALLER];
	const struct media_side_stats *from_called = &c->stats.side[MEDIA_CALLED];

	*r = (struct cdr){
	    .started_at = c->started_at,
	    .ringing_at = c->ringing_at,
	    .answered_at = c->answered_at,
	    .ended_at = c->ended_at,
	    .caller_user = c->caller_party.user,
	    .called_user = c->called_party.user,
	    .result = c->result,
	    .sip_status = c->sip_status,
	    .ended_by = c->ended_by,
	    .packets_to_caller = from_called->packets,
	    .packets_to_called = from_caller->packets,
	    .lost_to_caller = from_called->lost,
	    .lost_to_called = from_caller->lost,
	    .jitter_to_caller_us = from_called->jitter_us,
	    .jitter_to_called_us = from_caller->jitter_us,
	    .mos_to_caller_x100 = c->heard[MEDIA_CALLER].mos_x100,
	    .mos_to_called_x100 = c->heard[MEDIA_CALLED].mos_x100,
	    .delay_to_caller_ms = c->heard[MEDIA_CALLER].delay_ms,
	    .delay_to_called_ms = c->heard[MEDIA_CALLED].delay_ms,
	    .direct = c->direct.was,
	};
	slice_clip_cstr(slice_cstr(c->id), r->call_id, sizeof r->call_id);
	slice_clip_cstr(c->caller_party.number, r->caller_number, sizeof r->caller_number);
	slice_clip_cstr(c->caller_party.name, r->caller_name, sizeof r->caller_name);
	slice_clip_cstr(c->caller_phone, r->caller_phone, sizeof r->caller_phone);
	r->private_call = c->private_call;
	put_called(c, &c->called_party, r->called_number, sizeof r->called_number, r->called_name,
	    sizeof r->called_name);
	slice_clip_cstr(c->called_phone, r->called_phone, sizeof r->called_phone);
	slice_clip_cstr(slice_cstr(c->codec), r->codec, sizeof r->codec);
	slice_clip_cstr(c->called_line, r->line, sizeof r->line);
	r->charge_micro = spending_of_call(c, r->currency);
	if (c->answered_at && c->ended_at > c->answered_at)
		r->duration_s = (uint32_t)((c->ended_at - c->answered_at + 500) / 1000);
	put_reasons(c, r->explanation, &r->explanation_count);
}

void
record_begin(struct call *c)
{
	struct cdr r;

	if (c->quiet)
		return;
	fill(c, &r);
	c->record = c->sw->p.ops->record_begin(c->sw->p.ctx, &r);
}

void
record_update(struct call *c)
{
	struct cdr r;

	if (c->quiet || c->inner)
		return;
	fill(c, &r);
	c->sw->p.ops->record_update(c->sw->p.ctx, c->record, &r);
}

void
record_end(struct call *c)
{
	struct cdr r;

	if (c->quiet || c->inner)
		return;
	fill(c, &r);
	c->sw->stats.by_result[r.result]++;
	c->sw->p.ops->record_end(c->sw->p.ctx, c->record, &r);
}

/* Who sits there now; of an empty seat, what the record says. */
static void
put_party(const struct call *c, enum media_side side, struct live_party *out)
{
	const struct leg *l = c->leg[side];
	const struct routing_party *p = side == MEDIA_CALLER ? &c->caller_party : &c->called_party;
	struct slice phone = side == MEDIA_CALLER ? c->caller_phone : c->called_phone;

	if (l) {
		p = &l->party;
		phone = l->phone_name;
	}
	if (side == MEDIA_CALLED || (l && l->line)) {
		put_called(c, p, out->number, sizeof out->number, out->name, sizeof out->name);
	} else {
		slice_clip_cstr(p->number, out->number, sizeof out->number);
		slice_clip_cstr(p->name, out->name, sizeof out->name);
	}
	slice_clip_cstr(phone, out->phone, sizeof out->phone);
	out->user = p->user;
}

static void
put_heard(const struct call *c, enum media_side side, struct live_heard *out)
{
	const struct heard *h = &c->heard[side];

	*out = (struct live_heard){.voice = (enum live_voice)h->voice,
	    .mos_x100 = h->mos_x100,
	    .lost_x100 = h->lost_x100,
	    .jitter_ms = h->jitter_ms,
	    .delay_ms = h->delay_ms,
	    .encrypted = c->stream[0].open && c->stream[0].side[side].protected};
}

/* What the called side chose, behind what the caller speaks where that is something else; it stays
 * known when the legs are gone. */
static void
note_codec(struct call *c)
{
	const struct leg *caller = c->leg[MEDIA_CALLER], *called = c->leg[MEDIA_CALLED];
	struct sdp sdp, told;
	struct slice name;
	struct buf b;

	if (!called || !called->remote_sdp.n || bridge_read(called, &sdp) != ERR_OK || !sdp.n_media)
		return;
	name = sdp_codec_name(&sdp.media[0], 0);
	slice_clip_cstr(name, c->codec, sizeof c->codec);
	if (!caller || !c->stream[0].side[MEDIA_CALLER].translated ||
	    sdp_memo_parse(&c->sw->sdp_memo, &told, sdp_text_slice(&caller->local_sdp)) != ERR_OK ||
	    !told.n_media)
		return;
	buf_init(&b, c->codec, sizeof c->codec - 1);
	buf_put(&b, sdp_codec_name(&told.media[0], 0));
	buf_char(&b, '/');
	buf_put(&b, name);
	c->codec[buf_ok(&b) ? b.n : 0] = '\0';
}

void
record_live(struct call *c, enum live_call_state state)
{
	struct live_call v = {
	    .started_at = c->started_at, .answered_at = c->answered_at, .state = state};

	if (c->quiet)
		return;
	note_codec(c);
	v.recorded = talk_record_is_on(c);
	v.spoken = c->spoken;
	slice_clip_cstr(slice_cstr(c->codec), v.codec, sizeof v.codec);
	slice_clip_cstr(slice_cstr(c->id), v.call_id, sizeof v.call_id);
	put_party(c, MEDIA_CALLER, &v.caller);
	put_party(c, MEDIA_CALLED, &v.called);
	put_heard(c, MEDIA_CALLER, &v.heard_by_caller);
	put_heard(c, MEDIA_CALLED, &v.heard_by_called);
	LIST_FOR_EACH (it, &c->legs) {
		const struct leg *l = container_of(it, struct leg, link);

		if (l->state == LEG_ASKING && v.ringing_count < LIVE_RINGING_MAX)
			slice_clip_cstr(
			    l->phone_name, v.ringing[v.ringing_count++], LIVE_PHONE_BYTES);
	}
	put_reasons(c, v.reasons, &v.reasons_count);
	c->sw->p.ops->on_live(c->sw->p.ctx, &v);
}

void
record_reason(struct call *c, enum reason r, const struct slice *args)
{
	char text[LIVE_REASON_BYTES];

	c->last_reason = r;
	reason_write(r, args, text, sizeof text);
	record_reason_text(c, slice_cstr(text));
}

/* Room for the last ones, which is used again and again: a call that is sent on all day long
 * does not grow. */
static bool
make_room(struct call *c)
{
	char *room;

	if (c->last_reasons)
		return true;
	room = arena_alloc(&c->arena, (LIVE_REASONS_MAX - LIVE_REASONS_FIRST) * LIVE_REASON_BYTES);
	if (!room)
		return false;
	for (uint32_t i = LIVE_REASONS_FIRST; i < LIVE_REASONS_MAX; i++) {
		char *slot = room + (i - LIVE_REASONS_FIRST) * LIVE_REASON_BYTES;

		slice_clip_cstr(c->reason[i], slot, LIVE_REASON_BYTES);
		c->reason[i] = slice_cstr(slot);
	}
	c->last_reasons = room;
	return true;
}

/* For one more, of LIVE_REASONS_MAX at most. */
static bool
grow_reasons(struct call *c)
{
	uint32_t cap = c->reasons_cap ? LIVE_REASONS_MAX : REASONS_FEW;
	struct slice *more = arena_alloc(&c->arena, cap * sizeof *more);

	if (!more)
		return false;
	if (c->n_reasons)
		memcpy(more, c->reason, c->n_reasons * sizeof *more);
	c->reason = more;
	c->reasons_cap = cap;
	return true;
}

void
record_reason_text(struct call *c, struct slice text)
{
	struct slice *middle;
	char *slot;

	if (c->n_reasons < LIVE_REASONS_MAX) {
		if ((c->n_reasons < c->reasons_cap || grow_reasons(c)) &&
		    arena_dup(&c->arena, text, &c->reason[c->n_reasons]) == ERR_OK)
			c->n_reasons++;
		return;
	}
	if (!make_room(c))
		return;
	middle = c->reason + LIVE_REASONS_FIRST;
	slot = c->last_reasons + (middle[0].p - c->last_reasons);
	memmove(middle, middle + 1, (LIVE_REASONS_MAX - LIVE_REASONS_FIRST - 1) * sizeof middle[0]);
	slice_clip_cstr(text, slot, LIVE_REASON_BYTES);
	c->reason[LIVE_REASONS_MAX - 1] = slice_cstr(slot);
}
