#include <time.h>

#include "media/stream_parts_int.h"
#include "media/worker_int.h"

/* RFC 3550, 6.2; half of it more or less, so that not all come at once. */
enum { REPORTS_MS = 5000 };

/* ---- reports ---- */

static void
plan_reports(struct stream *s, struct worker *w, uint32_t ms)
{
	timer_start(&w->timers, &s->self->reports, ms / 2 + rng_below(&w->rng, ms));
}

static uint64_t
wall_us(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_REALTIME, &ts);
	return (uint64_t)ts.tv_sec * 1000000 + (uint64_t)ts.tv_nsec / 1000;
}

static void
on_reports(struct timer *t)
{
	struct stream *s = container_of(t, struct participant, reports)->owner;
	struct slot *slot = container_of(s, struct slot, stream);
	struct worker *w = s->worker;
	unsigned char packet[RTCP_OWN_MAX_BYTES];

	for (unsigned i = 0; i < MEDIA_SIDES; i++) {
		size_t n;

		if (!s->interpreter && attendant_lets_hear(s->attendant, i))
			continue; /* the other one reports */
		n = participant_report(
		    s->self, i, &s->side[i].rtp, &s->side[i].rtcp.sr, w->now_us, wall_us(), packet);

		stream_deliver(slot, w, i, LATCH_RTCP, RTP_KIND_RTCP, slice_make(packet, n));
	}
	plan_reports(s, w, REPORTS_MS);
}

void
stream_start_reports(struct stream *s, struct worker *w)
{
	timer_init(&s->self->reports, on_reports);
	plan_reports(s, w, REPORTS_MS / 2);
}

void
stream_plan_reports(struct stream *s, struct worker *w)
{
	plan_reports(s, w, REPORTS_MS);
}

/* ---- ticks ---- */

void
stream_hear(struct stream *s, struct worker *w)
{
	if (s->attendant)
		attendant_hear(s->attendant, w->clock_due_us);
}

/* What that side hears of the other one without a packet: keys that are being said, the noise of a
 * pause. */
static void
say_between(struct stream *s, struct worker *w, unsigned to)
{
	struct transcoder *t = s->interpreter ? s->interpreter->from[to ^ 1] : NULL;
	struct stream_delivery d = {container_of(s, struct slot, stream), w, to};

	if (!t || !transcoder_needs_clock(t))
		return;
	if (!stream_wants_voice(&s->side[to]) && !transcoder_tells_keys(t))
		transcoder_break(t); /* no noise */
	transcoder_tick(t, w->now_us, &w->room, stream_on_ready_packet, &d);
	if (transcoder_told(t))
		worker_post(w, s, STREAM_DUE_NEWS);
}

void
stream_speak(struct stream *s, struct worker *w)
{
	for (unsigned i = 0; i < MEDIA_SIDES; i++) {
		struct stream_delivery d = {container_of(s, struct slot, stream), w, i};
		const struct transcoder *t = s->interpreter ? s->interpreter->from[i ^ 1] : NULL;
		bool wants = stream_wants_voice(&s->side[i]) && !(t && transcoder_says_keys(t));

		say_between(s, w, i);
		if (!s->attendant)
			continue;
		attendant_speak(s->attendant, i, &s->self->to[i].sent, w->tick, w->now_us,
		    wants ? stream_on_ready_packet : NULL, &d);
		if (s->attendant->side[i].news || attendant_has_heard(s->attendant, i))
			worker_post(w, s, STREAM_DUE_NEWS);
	}
}

bool
stream_needs_clock(const struct stream *s)
{
	bool between = false;

	for (unsigned i = 0; s->interpreter && i < MEDIA_SIDES; i++)
		between |=
		    s->interpreter->from[i] && transcoder_needs_clock(s->interpreter->from[i]);
	return between || s->attendant;
}

void
stream_press(struct stream *s, struct worker *w, enum media_side to, char key, uint32_t ms)
{
	struct transcoder *t = s->interpreter ? s->interpreter->from[to ^ 1] : NULL;
	struct key_heard heard = {.digit = key};

	if (!t)
		return;
	transcoder_key(t, &heard);
	heard.ends = true;
	heard.ms = ms;
	transcoder_key(t, &heard);
	if (transcoder_needs_clock(t))
		worker_clock(w, s);
}
