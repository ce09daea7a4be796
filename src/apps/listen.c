/*
 * MOH-1, SYS-4, VMB-4: plays what somebody wants to hear at his phone: a loop of music until he
 * hangs up, an announcement or a message once. What it is, says the name it is called by
 * (model/play.h); where its sound is, management says when it is to be heard.
 */
#include "apps/apps.h"
#include "model/play.h"

struct listen {
	bool found; /* it plays, or it could not be found: the call ends with what is said */
};

static void
begin(struct call_app *a)
{
	struct voicemail_ask ask = {.wish = VOICEMAIL_FIND};
	struct play p;

	if (!play_read(call_app_argument(a), &p)) {
		call_app_hang_up(a);
	} else if (p.kind == PLAY_MUSIC) {
		call_app_loop(a, p.id);
	} else {
		*(p.kind == PLAY_MESSAGE ? &ask.message : &ask.announcement) = p.id;
		call_app_ask(a, &ask);
	}
}

/* Whoever hears it at a telephone has heard it, as on the page. */
static void
mark_heard(struct call_app *a, const struct voicemail_item *item)
{
	struct voicemail_ask ask = {.wish = VOICEMAIL_MARK,
	    .mailbox = item->mailbox,
	    .message = item->id,
	    .state = VOICEMAIL_OLD};

	call_app_ask(a, &ask);
}

static void
on_answer(struct call_app *a, const struct voicemail_answer *answer)
{
	static const enum prompt not_possible = PROMPT_NOT_POSSIBLE;
	struct listen *l = call_app_state(a);
	const struct voicemail_item *item = answer->item;

	if (l->found) /* it is marked */
		return;
	l->found = true;
	if (answer->result != ERR_OK || !answer->n) {
		call_app_say(a, &not_possible, 1);
		return;
	}
	call_app_say_file(
	    a, NULL, 0, item->id ? VOICEMAIL_FOLDER : ANNOUNCEMENT_FOLDER, slice_cstr(item->file));
	if (item->id && item->state == VOICEMAIL_NEW)
		mark_heard(a, item);
}

static void
on_played(struct call_app *a)
{
	call_app_hang_up(a);
}

const struct call_app_kind app_listen = {.name = "listen",
    .state_bytes = sizeof(struct listen),
    .begin = begin,
    .on_answer = on_answer,
    .on_played = on_played};
