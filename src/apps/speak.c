/*
 * VMB-3, SYS-4: somebody speaks an announcement at a telephone: for who rang himself from the web
 * page, and, as part of another app, for who changes the greeting of his mailbox.
 *
 *   TOLD ──► BEEP ──► SPEAKING ──#──► HEARING ──► JUDGING ─1─► taken
 *    ▲                                   ▲ 2         │ 3, *
 *    └──────────────── 3 ────────────────┴───────────┴──► dropped
 *
 * Nothing changes before it is taken: whoever hangs up earlier leaves what was there.
 */
#include "apps/apps.h"
#include "model/play.h"

enum {
	PATIENCE_MS = 20000,
	SPOKEN_MIN_S = 1,
	SPOKEN_MAX_S = 300,
};

/* ---- speaking, in any app ---- */

static void
say(struct call_app *a, struct speak *s, enum speak_step step, enum prompt words)
{
	s->step = step;
	call_app_after(a, 0); /* patience begins when all is said */
	call_app_say(a, &words, 1);
}

/* words: before the beep. */
static enum speak_end
open(struct call_app *a, struct speak *s, enum prompt words)
{
	static const struct call_app_recording what = {
	    ANNOUNCEMENT_FOLDER, 0, SPOKEN_MIN_S, SPOKEN_MAX_S};

	call_app_recording_drop(a);
	if (!call_app_recording_open(a, &what)) {
		speak_kept(a, s, false);
		return SPEAK_IS_IMPOSSIBLE;
	}
	call_app_show_spoken(a, LIVE_SPOKEN_TOLD);
	say(a, s, SPEAK_TOLD, words);
	return SPEAK_GOES_ON;
}

enum speak_end
speak_begin(struct call_app *a, struct speak *s)
{
	return open(a, s, PROMPT_RECORD_GREETING);
}

static void
hear(struct call_app *a, struct speak *s)
{
	s->step = SPEAK_HEARING;
	call_app_after(a, 0);
	call_app_say_file(a, NULL, 0, ANNOUNCEMENT_FOLDER, call_app_recording_file(a));
}

static enum speak_end
judge(struct call_app *a, struct speak *s, char key)
{
	switch (key) {
	case '1':
		s->step = SPEAK_TAKEN;
		call_app_after(a, 0);
		call_app_stop_playing(a);
		return SPEAK_IS_TAKEN;
	case '2': hear(a, s); return SPEAK_GOES_ON;
	case '3': return open(a, s, PROMPT_RECORD_GREETING);
	case '*':
		call_app_recording_drop(a);
		s->step = SPEAK_OFF;
		call_app_show_spoken(a, LIVE_SPOKEN_NONE);
		return SPEAK_IS_DROPPED;
	default: return SPEAK_GOES_ON;
	}
}

enum speak_end
speak_on_key(struct call_app *a, struct speak *s, char key)
{
	if (s->step == SPEAK_HEARING || s->step == SPEAK_JUDGING)
		return judge(a, s, key);
	if (s->step == SPEAK_TOLD && key == '#')
		say(a, s, SPEAK_BEEP, PROMPT_BEEP);
	else if (s->step == SPEAK_SPEAKING && key == '#')
		call_app_record_stop(a);
	return SPEAK_GOES_ON;
}

void
speak_on_played(struct call_app *a, struct speak *s)
{
	switch (s->step) {
	case SPEAK_TOLD: say(a, s, SPEAK_BEEP, PROMPT_BEEP); break;
	case SPEAK_BEEP:
		s->step = SPEAK_SPEAKING;
		call_app_show_spoken(a, LIVE_SPOKEN_SPEAKING);
		call_app_record(a);
		break;
	case SPEAK_HEARING: say(a, s, SPEAK_JUDGING, PROMPT_GREETING_MENU); break;
	case SPEAK_JUDGING: call_app_after(a, PATIENCE_MS); break;
	case SPEAK_OFF:
	case SPEAK_SPEAKING:
	case SPEAK_TAKEN: break;
	}
}

enum speak_end
speak_on_recorded(struct call_app *a, struct speak *s, enum err fault, uint64_t length_ms)
{
	s->length_ms = length_ms;
	if (fault != ERR_OK && fault != ERR_LIMIT) {
		call_app_recording_drop(a);
		speak_kept(a, s, false);
		return SPEAK_IS_IMPOSSIBLE;
	}
	if (length_ms < 1000 * SPOKEN_MIN_S)
		return open(a, s, PROMPT_MESSAGE_TOO_SHORT);
	call_app_show_spoken(a, LIVE_SPOKEN_JUDGING);
	hear(a, s);
	return SPEAK_GOES_ON;
}

void
speak_kept(struct call_app *a, struct speak *s, bool kept)
{
	s->step = SPEAK_OFF;
	call_app_show_spoken(a, kept ? LIVE_SPOKEN_KEPT : LIVE_SPOKEN_FAILED);
}

/* ---- who was rung for that ---- */

static void
last_words(struct call_app *a, enum prompt words)
{
	call_app_after(a, 0);
	call_app_say(a, &words, 1);
}

static void
take(struct call_app *a, const struct speak *s)
{
	struct voicemail_ask ask = {.wish = VOICEMAIL_SPOKEN, .length_ms = s->length_ms};
	struct play p = {0};

	if (!play_read(call_app_argument(a), &p))
		return;
	if (p.kind == PLAY_SPEAK) {
		ask.announcement = p.id;
	} else {
		ask.wish = VOICEMAIL_GREET;
		ask.mailbox = p.id;
		ask.greeting = (enum voicemail_greeting)p.greeting;
		ask.everybodys = p.kind == PLAY_GREET;
	}
	slice_clip_cstr(call_app_recording_file(a), ask.file, sizeof ask.file);
	call_app_ask(a, &ask);
}

static void
go_on(struct call_app *a, enum speak_end end)
{
	switch (end) {
	case SPEAK_GOES_ON: break;
	case SPEAK_IS_TAKEN: take(a, call_app_state(a)); break;
	case SPEAK_IS_DROPPED: last_words(a, PROMPT_GOODBYE); break;
	case SPEAK_IS_IMPOSSIBLE: last_words(a, PROMPT_NOT_POSSIBLE); break;
	}
}

static void
begin(struct call_app *a)
{
	go_on(a, speak_begin(a, call_app_state(a)));
}

static void
on_key(struct call_app *a, char key)
{
	struct speak *s = call_app_state(a);

	if (speak_is_on(s))
		go_on(a, speak_on_key(a, s, key));
}

static void
on_played(struct call_app *a)
{
	struct speak *s = call_app_state(a);

	if (speak_is_on(s))
		speak_on_played(a, s);
	else
		call_app_hang_up(a);
}

static void
on_recorded(struct call_app *a, enum err fault, uint64_t length_ms)
{
	struct speak *s = call_app_state(a);

	if (speak_is_on(s))
		go_on(a, speak_on_recorded(a, s, fault, length_ms));
}

static void
on_answer(struct call_app *a, const struct voicemail_answer *answer)
{
	bool kept = answer->result == ERR_OK;

	speak_kept(a, call_app_state(a), kept);
	last_words(a, kept ? PROMPT_DONE : PROMPT_NOT_POSSIBLE);
}

static void
on_time(struct call_app *a)
{
	struct speak *s = call_app_state(a);

	s->step = SPEAK_OFF;
	last_words(a, PROMPT_GOODBYE);
}

const struct call_app_kind app_speak = {.name = "speak",
    .state_bytes = sizeof(struct speak),
    .begin = begin,
    .on_key = on_key,
    .on_recorded = on_recorded,
    .on_played = on_played,
    .on_answer = on_answer,
    .on_time = on_time};
