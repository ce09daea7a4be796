/*
 * VMB-2: a caller leaves a message.
 *
 *   GREETING ──► BEEP ──► SPEAKING ──(#, silence, longest)──► REVIEW ──► hang up
 *                            ▲                                  │ 1 hear, 2 again
 *                            └──────────────────────────────────┘
 *
 * Whoever hangs up has sent what he has said. What is too short is not kept.
 */
#include "apps/apps.h"
#include "directory/mailboxes.h"

enum step { GREETING, BEEP, SPEAKING, SAVING, REVIEW, LAST_WORDS };

enum {
	REVIEW_MS = 15000,
	AGAIN_MAX = 5, /* times that one caller speaks */
};

struct voicemail {
	enum step step;
	unsigned spoken; /* times */
	bool menu;	 /* it was told what keys do */
	bool voice;	 /* he has been heard */
	bool sends;	 /* he has stopped speaking without a key: nobody listens to a menu */
};

/* The one that the call is for; NULL: it was deleted meanwhile. */
static const struct dir_mailbox *
box(const struct call_app *a)
{
	return dir_mailbox_by_code(call_app_directory(a), call_app_argument(a));
}

static void
last_words(struct call_app *a, enum prompt words)
{
	struct voicemail *v = call_app_state(a);

	v->step = LAST_WORDS;
	call_app_listen(a, 0, 0);
	call_app_say(a, &words, 1);
}

static bool
open_file(struct call_app *a, const struct dir_mailbox *m)
{
	return call_app_recording_open(
	    a, &(struct call_app_recording){VOICEMAIL_FOLDER, m->id, m->min_s, m->max_s});
}

static struct slice
greeting_of(const struct call_app *a, const struct dir_mailbox *m)
{
	int64_t now = call_app_wall_ms(a);
	bool away = (m->away_from || m->away_until) && now >= m->away_from &&
		    (!m->away_until || now < m->away_until);

	if (away && m->greeting[VOICEMAIL_GREETING_AWAY].n)
		return m->greeting[VOICEMAIL_GREETING_AWAY];
	if (call_app_sent_on(a) == DIVERSION_BUSY && m->greeting[VOICEMAIL_GREETING_BUSY].n)
		return m->greeting[VOICEMAIL_GREETING_BUSY];
	return m->greeting[VOICEMAIL_GREETING];
}

static void
begin(struct call_app *a)
{
	static const enum prompt usual[] = {PROMPT_NOT_AVAILABLE, PROMPT_LEAVE_MESSAGE};
	const struct dir_mailbox *m = box(a);
	struct slice greeting;

	if (!m) {
		last_words(a, PROMPT_BOX_UNKNOWN);
		return;
	}
	if (m->language_set)
		call_app_set_language(a, m->language);
	if (m->records && !open_file(a, m)) {
		last_words(a, PROMPT_NOT_POSSIBLE);
		return;
	}
	greeting = greeting_of(a, m);
	if (greeting.n)
		call_app_say_file(a, NULL, 0, ANNOUNCEMENT_FOLDER, greeting);
	else
		call_app_say(a, usual, m->records ? 2 : 1);
}

static void
beep(struct call_app *a)
{
	static const enum prompt tone = PROMPT_BEEP;
	struct voicemail *v = call_app_state(a);

	v->step = BEEP;
	call_app_say(a, &tone, 1);
}

static void
speak(struct call_app *a)
{
	struct voicemail *v = call_app_state(a);
	const struct dir_mailbox *m = box(a);

	v->step = SPEAKING;
	v->spoken++;
	call_app_listen(a, LISTEN_VOICE, m ? 1000 * m->silence_s : 0);
	call_app_record(a);
}

static void
stop(struct call_app *a)
{
	struct voicemail *v = call_app_state(a);

	v->step = SAVING;
	call_app_listen(a, 0, 0);
	call_app_record_stop(a);
}

static void
menu(struct call_app *a)
{
	static const enum prompt words = PROMPT_SENT_MENU;
	struct voicemail *v = call_app_state(a);

	v->step = REVIEW;
	v->menu = true;
	call_app_say(a, &words, 1);
	call_app_after(a, REVIEW_MS);
}

static void
hear(struct call_app *a)
{
	struct voicemail *v = call_app_state(a);

	v->menu = false;
	call_app_after(a, 0);
	call_app_say_file(a, NULL, 0, VOICEMAIL_FOLDER, call_app_recording_file(a));
}

static void
speak_again(struct call_app *a)
{
	const struct dir_mailbox *m = box(a);
	struct voicemail *v = call_app_state(a);

	call_app_after(a, 0);
	if (!m || v->spoken >= AGAIN_MAX) {
		last_words(a, PROMPT_GOODBYE);
		return;
	}
	call_app_recording_drop(a);
	v->sends = false;
	if (open_file(a, m))
		beep(a);
	else
		last_words(a, PROMPT_NOT_POSSIBLE);
}

static void
on_key(struct call_app *a, char key)
{
	const struct dir_mailbox *m = box(a);
	struct voicemail *v = call_app_state(a);

	if (v->step == GREETING && key == '#' && m && m->records)
		beep(a);
	else if (v->step == SPEAKING && key == '#')
		stop(a);
	else if (v->step == REVIEW && key == '1')
		hear(a);
	else if (v->step == REVIEW && key == '2')
		speak_again(a);
	else if (v->step == REVIEW && key == '#')
		last_words(a, PROMPT_GOODBYE);
}

static void
on_heard(struct call_app *a, enum listen_event_kind what)
{
	struct voicemail *v = call_app_state(a);

	if (v->step != SPEAKING)
		return;
	if (what == LISTEN_VOICE_BEGAN)
		v->voice = true;
	if (what != LISTEN_SILENCE)
		return;
	v->sends = true;
	if (!v->voice)
		call_app_recording_drop(a); /* nobody has said a word */
	stop(a);
}

static void
on_recorded(struct call_app *a, enum err fault, uint64_t length_ms)
{
	struct voicemail *v = call_app_state(a);
	const struct dir_mailbox *m = box(a);

	if (fault == ERR_LIMIT || v->sends)
		last_words(a, PROMPT_GOODBYE);
	else if (fault != ERR_OK)
		last_words(a, PROMPT_RECORDING_FAILED);
	else if (m && length_ms < 1000ull * m->min_s)
		last_words(a, PROMPT_MESSAGE_TOO_SHORT);
	else
		menu(a);
}

static void
on_played(struct call_app *a)
{
	struct voicemail *v = call_app_state(a);
	const struct dir_mailbox *m = box(a);

	switch (v->step) {
	case GREETING:
		if (m && m->records)
			beep(a);
		else
			call_app_hang_up(a);
		break;
	case BEEP: speak(a); break;
	case REVIEW:
		if (!v->menu)
			menu(a);
		break;
	case LAST_WORDS: call_app_hang_up(a); break;
	case SPEAKING:
	case SAVING: break;
	}
}

/* It may not begin. */
static void
on_answer(struct call_app *a, const struct voicemail_answer *answer)
{
	struct voicemail *v = call_app_state(a);

	if (answer->result == ERR_OK || v->step == LAST_WORDS)
		return;
	call_app_recording_drop(a);
	last_words(a, answer->result == ERR_LIMIT ? PROMPT_BOX_FULL : PROMPT_NOT_POSSIBLE);
}

static void
on_time(struct call_app *a)
{
	last_words(a, PROMPT_GOODBYE);
}

const struct call_app_kind app_voicemail = {.name = "voicemail",
    .state_bytes = sizeof(struct voicemail),
    .begin = begin,
    .on_key = on_key,
    .on_heard = on_heard,
    .on_recorded = on_recorded,
    .on_played = on_played,
    .on_answer = on_answer,
    .on_time = on_time};
