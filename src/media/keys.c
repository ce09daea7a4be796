#include "media/keys_int.h"

#include "media/bytes_int.h"

enum {
	END_BIT = 0x80,
	EVENTS = 17,
	/* Voice may travel beside a key's packets, and some of those get lost. */
	VOICE_MARGIN_MS = 2 * KEY_STEP_MS,
	/* No packet is late by so much: who goes back further began to count anew. */
	LATE_MAX_S = 10,
	/* Comparing timestamps fails after half of their turn; a key is forgotten long before. */
	FORGET_S = 60,
};

static const char digits[EVENTS + 1] = "0123456789*#ABCD!";

/* ---- sender ---- */

bool
key_sender_begin(struct key_sender *s, char digit, uint32_t timestamp, uint32_t clock_hz,
    uint8_t volume, uint32_t duration_ms)
{
	const char *at = digit ? strchr(digits, digit) : NULL;

	*s = (struct key_sender){.volume = volume > KEY_VOLUME_MAX ? KEY_VOLUME_MAX : volume,
	    .first = true,
	    .timestamp = timestamp,
	    .step_ticks = clock_hz / 1000 * KEY_STEP_MS,
	    .length = duration_ms ? (uint64_t)clock_hz / 1000 * duration_ms : UINT64_MAX,
	    .ends_left = at ? KEY_END_PACKETS : 0};
	if (at)
		s->event = (uint8_t)(at - digits);
	return at != NULL;
}

void
key_sender_release(struct key_sender *s)
{
	uint32_t heard = s->elapsed ? s->elapsed : s->step_ticks;

	if (heard < s->length)
		s->length = heard;
}

static void
write_payload(struct key_sender *s, struct key_packet *out, bool end, uint32_t duration)
{
	*out = (struct key_packet){.timestamp = s->timestamp, .marker = s->first};
	out->payload[0] = s->event;
	out->payload[1] = (unsigned char)((end ? END_BIT : 0) | s->volume);
	put_u16(out->payload + 2, (uint16_t)duration);
	s->first = false;
}

/* The segment is full: its last packet, and the next one begins where it ends. */
static void
next_segment(struct key_sender *s, struct key_packet *out)
{
	write_payload(s, out, false, KEY_SEGMENT_TICKS);
	s->timestamp += KEY_SEGMENT_TICKS;
	s->elapsed -= KEY_SEGMENT_TICKS;
	if (s->length != UINT64_MAX)
		s->length -= KEY_SEGMENT_TICKS;
}

bool
key_sender_step(struct key_sender *s, struct key_packet *out)
{
	if (!s->ends_left)
		return false;
	if (!s->ending) {
		s->elapsed += s->step_ticks;
		if (s->elapsed > s->length)
			s->elapsed = (uint32_t)s->length;
		if (s->elapsed > KEY_SEGMENT_TICKS) {
			next_segment(s, out);
			return true;
		}
		s->ending = s->elapsed == s->length;
	}
	write_payload(s, out, s->ending, s->elapsed);
	if (s->ending)
		s->ends_left--;
	return true;
}

/* ---- receiver ---- */

struct report {
	uint8_t event, volume;
	bool end;
	uint16_t duration;
};

void
key_receiver_init(struct key_receiver *r, uint32_t clock_hz)
{
	*r = (struct key_receiver){.clock_hz = clock_hz};
}

static struct key_event
event_of(const struct key_receiver *r, enum key_event_kind kind)
{
	return (struct key_event){.kind = kind,
	    .digit = digits[r->event],
	    .volume = r->volume,
	    .timestamp = r->start,
	    .duration = r->before + r->duration};
}

static struct key_event
end_key(struct key_receiver *r)
{
	r->active = false;
	return event_of(r, KEY_END);
}

/* The same key: longer than it was, or over. */
static size_t
go_on(struct key_receiver *r, const struct report *report, struct key_event *out)
{
	bool longer = report->duration > r->duration;

	if (longer)
		r->duration = report->duration;
	if (report->end)
		*out = end_key(r);
	else if (longer)
		*out = event_of(r, KEY_PROGRESS);
	return report->end || longer;
}

static size_t
begin(
    struct key_receiver *r, uint32_t timestamp, const struct report *report, struct key_event *out)
{
	size_t n = 0;

	if (r->active)
		out[n++] = end_key(r);
	r->known = true;
	r->active = true;
	r->event = report->event;
	r->volume = report->volume;
	r->start = r->segment = timestamp;
	r->before = 0;
	r->duration = report->duration;
	out[n++] = event_of(r, KEY_BEGIN);
	if (report->end)
		out[n++] = end_key(r);
	return n;
}

/* Segments may be lost as a whole; each begins where the one before was full. */
static bool
is_next_segment(
    const struct key_receiver *r, int32_t ahead, bool marker, const struct report *report)
{
	return r->active && !marker && report->event == r->event && ahead % KEY_SEGMENT_TICKS == 0;
}

static size_t
take(struct key_receiver *r, uint32_t timestamp, bool marker, const struct report *report,
    struct key_event *out)
{
	int32_t ahead = (int32_t)(timestamp - r->segment);

	if (!r->known || ahead < -(int32_t)(r->clock_hz * LATE_MAX_S))
		return begin(r, timestamp, report, out);
	if (ahead < 0)
		return 0;
	if (ahead == 0)
		return r->active && report->event == r->event ? go_on(r, report, out) : 0;
	if (!is_next_segment(r, ahead, marker, report))
		return begin(r, timestamp, report, out);
	r->before += (uint32_t)ahead;
	r->segment = timestamp;
	r->duration = 0;
	return go_on(r, report, out);
}

size_t
key_receiver_put(struct key_receiver *r, uint32_t timestamp, bool marker, struct slice payload,
    struct key_event out[KEY_EVENTS_MAX])
{
	size_t n = 0;

	/* several reports follow one another without a pause (2.5.1.2) */
	for (size_t i = 0; i < KEY_REPORTS_MAX && payload.n >= KEY_PAYLOAD_BYTES; i++) {
		struct report report = {.event = u8(payload, 0),
		    .end = u8(payload, 1) & END_BIT,
		    .volume = u8(payload, 1) & KEY_VOLUME_MAX,
		    .duration = u16(payload, 2)};

		if (report.event < EVENTS)
			n += take(r, timestamp, marker && i == 0, &report, out + n);
		timestamp += report.duration;
		payload = slice_make(payload.p + KEY_PAYLOAD_BYTES, payload.n - KEY_PAYLOAD_BYTES);
	}
	return n;
}

bool
key_receiver_voice(struct key_receiver *r, uint32_t timestamp, struct key_event *out)
{
	int32_t after = (int32_t)(timestamp - r->segment - r->duration);

	if (!r->active) {
		if (after > (int32_t)(r->clock_hz * FORGET_S))
			r->known = false;
		return false;
	}
	if (after <= (int32_t)(r->clock_hz / 1000 * VOICE_MARGIN_MS))
		return false;
	*out = end_key(r);
	return true;
}

bool
key_receiver_quiet(struct key_receiver *r, struct key_event *out)
{
	if (!r->active)
		return false;
	*out = end_key(r);
	return true;
}
