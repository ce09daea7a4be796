/* What apps record: of who sits opposite, into a file at a time. */
#include <stdio.h>

#include "call/app_int.h"
#include "call/recording.h"

static void
on_closed(void *of, enum err fault, uint64_t length_ms)
{
	app_on_recorded(of, fault, length_ms);
}

static void
tell_begin(struct call_app *a)
{
	const struct routing_party *who = call_app_party(a);
	struct voicemail_began began = {.began_at = call_app_wall_ms(a)};

	slice_clip_cstr(slice_cstr(a->leg->call->id), began.call_id, sizeof began.call_id);
	slice_clip_cstr(who->number, began.number, sizeof began.number);
	slice_clip_cstr(who->name, began.name, sizeof began.name);
	recording_tell(a->recording, a->id, &began);
}

bool
call_app_recording_open(struct call_app *a, const struct call_app_recording *what)
{
	struct call_switch *sw = a->leg ? a->leg->call->sw : NULL;
	struct recording_owner owner = {.of = a, .at = a->leg, .on_closed = on_closed};
	struct recording *r = NULL;

	if (!sw || (what->mailbox && (!sw->p.ops->voicemail_began || !app_awaits(a))) ||
	    recording_new(sw, what, &owner, &r) != ERR_OK)
		return false;
	recording_leave(a->recording, false);
	a->recording = r;
	if (what->mailbox)
		tell_begin(a);
	return true;
}

void
call_app_record(struct call_app *a)
{
	enum err e;

	if (!a->recording || recording_has_begun(a->recording) || !a->leg)
		return;
	e = recording_start(a->recording);
	if (e != ERR_OK)
		app_on_recorded(a, e, 0);
}

void
call_app_record_stop(struct call_app *a)
{
	if (a->recording)
		recording_stop(a->recording);
}

void
call_app_recording_drop(struct call_app *a)
{
	if (a->recording)
		recording_drop(a->recording);
}

struct slice
call_app_recording_file(const struct call_app *a)
{
	return a->recording ? recording_file(a->recording) : SLICE("");
}

void
call_app_show_spoken(struct call_app *a, enum live_spoken how_far)
{
	struct call *c = a->leg ? a->leg->call : NULL;

	if (!c || c->spoken == how_far)
		return;
	c->spoken = how_far;
	record_live(c, bridge_is_held(c) ? LIVE_CALL_HELD : LIVE_CALL_ANSWERED);
}
