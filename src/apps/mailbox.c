/*
 * VMB-4: people listen to the messages in a mailbox.
 *
 *   (WHICH ──►) (PIN ──►) ASKING ──► MENU ─1/2─► HEARING ──► CHOOSING ─# next─► HEARING …
 *                                      │ 3                      │ 4, 5
 *                                      ▼                        ▼
 *                              GREETING (speak.c)           FORWARD_TO, CALLING
 *
 * What is pressed acts at once, also while something is said. The messages are those that were
 * there when he called; what he does with them is done by management.
 */
#include <stdlib.h>
#include <time.h>

#include "apps/apps.h"
#include "directory/mailboxes.h"
#include "model/pin.h"
#include "model/say.h"

enum step {
	WHICH,	    /* mailbox: digits, then # */
	PIN,	    /* the same */
	ASKING,	    /* management */
	MENU,	    /* 1 new, 2 old, 3 announcement, # ends */
	HEARING,    /* a message */
	CHOOSING,   /* what becomes of it */
	FORWARD_TO, /* a mailbox: digits, then # */
	CALLING,    /* who left the message is rung */
	GREETING,   /* is spoken: speak.c */
	LAST_WORDS
};

enum {
	PATIENCE_MS = 20000,
	PIN_TRIES = 3,
	WORDS_MAX = 40,
};

struct mailbox {
	enum step step;
	struct voicemail_item *item; /* owned */
	uint32_t n, at;
	bool new_ones;	    /* those that are heard; else the others */
	bool reading;	    /* in MENU: what there is, not what to press */
	bool forwards;	    /* what is asked for is that */
	bool greets;	    /* the same */
	bool listed;	    /* item is there */
	struct speak speak; /* in GREETING */
	char digits[PIN_DIGITS_MAX];
	size_t n_digits;
	unsigned tries;
	char code[VOICEMAIL_CODE_BYTES];
};

static const struct dir_mailbox *
box(struct call_app *a)
{
	struct mailbox *m = call_app_state(a);

	return dir_mailbox_by_code(call_app_directory(a), slice_cstr(m->code));
}

static void
say(struct call_app *a, enum step step, enum prompt words)
{
	struct mailbox *m = call_app_state(a);

	m->step = step;
	call_app_after(a, 0); /* patience begins when all is said */
	call_app_say(a, &words, 1);
}

static void
last_words(struct call_app *a, enum prompt words)
{
	say(a, LAST_WORDS, words);
}

static void
take_digits(struct call_app *a, enum step step, enum prompt words)
{
	struct mailbox *m = call_app_state(a);

	explicit_bzero(m->digits, sizeof m->digits);
	m->n_digits = 0;
	say(a, step, words);
}

/* ---- who may ---- */

static void
ask_list(struct call_app *a, const struct dir_mailbox *box)
{
	struct mailbox *m = call_app_state(a);
	struct voicemail_ask ask = {.wish = VOICEMAIL_LIST, .mailbox = box->id};

	m->step = ASKING;
	call_app_ask(a, &ask);
}

static void
open_box(struct call_app *a, const struct dir_mailbox *box)
{
	const struct directory *dir = call_app_directory(a);
	const struct dir_user *user = dir_user_by_id(dir, call_app_party(a)->user);
	struct mailbox *m = call_app_state(a);

	slice_clip_cstr(box->code, m->code, sizeof m->code);
	if (dir_mailbox_is_open_to(box, user) && !(box->pin_always && box->pin.n))
		ask_list(a, box);
	else if (box->pin.n)
		take_digits(a, PIN, PROMPT_ENTER_PIN);
	else
		last_words(a, PROMPT_NOT_PERMITTED);
}

static void
begin(struct call_app *a)
{
	const struct directory *dir = call_app_directory(a);
	struct slice code = call_app_argument(a);
	const struct dir_mailbox *box =
	    code.n ? dir_mailbox_by_code(dir, code)
		   : dir_mailbox_of(dir, dir_user_by_id(dir, call_app_party(a)->user));

	if (box)
		open_box(a, box);
	else if (code.n)
		last_words(a, PROMPT_BOX_UNKNOWN);
	else
		take_digits(a, WHICH, PROMPT_ENTER_BOX);
}

static void
which(struct call_app *a, struct slice digits)
{
	const struct dir_mailbox *box = dir_mailbox_by_code(call_app_directory(a), digits);

	if (box)
		open_box(a, box);
	else
		last_words(a, PROMPT_BOX_UNKNOWN);
}

static void
check_pin(struct call_app *a, struct slice digits)
{
	const struct dir_mailbox *b = box(a);
	struct mailbox *m = call_app_state(a);

	if (b && call_app_pin_fits(a, b->pin, digits))
		ask_list(a, b);
	else if (++m->tries < PIN_TRIES)
		take_digits(a, PIN, PROMPT_WRONG_PIN);
	else
		last_words(a, PROMPT_WRONG_PIN);
}

/* ---- what there is ---- */

static bool
is_wanted(const struct mailbox *m, uint32_t i)
{
	return (m->item[i].state == VOICEMAIL_NEW) == m->new_ones;
}

static uint32_t
count(const struct mailbox *m, bool new_ones)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < m->n; i++)
		n += (m->item[i].state == VOICEMAIL_NEW) == new_ones &&
		     m->item[i].state != VOICEMAIL_DELETED;
	return n;
}

static void
tell_what_there_is(struct call_app *a)
{
	struct mailbox *m = call_app_state(a);
	enum prompt_language l = call_app_language(a);
	enum prompt words[WORDS_MAX];
	uint32_t old = count(m, false);
	size_t n = say_messages(l, count(m, true), true, words, WORDS_MAX);

	if (old)
		n += say_messages(l, old, false, words + n, WORDS_MAX - n);
	m->step = MENU;
	m->reading = true;
	call_app_after(a, 0);
	call_app_say(a, words, n);
}

static void
menu(struct call_app *a)
{
	struct mailbox *m = call_app_state(a);

	m->reading = false;
	say(a, MENU, PROMPT_VOICEMAIL_MENU);
}

/* ---- a message ---- */

static size_t
say_when(enum prompt_language l, int64_t ms, enum prompt *out, size_t max)
{
	time_t at = (time_t)(ms / 1000);
	struct say_day day;
	struct tm t;
	size_t n;

	localtime_r(&at, &t);
	day = (struct say_day){(unsigned)t.tm_wday, (unsigned)t.tm_mday, (unsigned)t.tm_mon + 1};
	n = say_day(l, &day, out, max);
	return n + say_time(l, (unsigned)t.tm_hour, (unsigned)t.tm_min, out + n, max - n);
}

static bool
shows_number(const struct voicemail_item *item)
{
	return item->number[0] >= '0' && item->number[0] <= '9';
}

static void
hear(struct call_app *a)
{
	struct mailbox *m = call_app_state(a);
	const struct voicemail_item *item = &m->item[m->at];
	enum prompt_language l = call_app_language(a);
	enum prompt words[WORDS_MAX];
	size_t n = 0;

	if (shows_number(item)) {
		words[n++] = PROMPT_MESSAGE_FROM;
		n += say_digits(l, slice_cstr(item->number), words + n, 16);
	} else {
		words[n++] = PROMPT_UNKNOWN_CALLER;
	}
	words[n++] = PROMPT_RECEIVED_AT;
	n += say_when(l, item->received_at, words + n, WORDS_MAX - n);
	m->step = HEARING;
	call_app_after(a, 0);
	call_app_say_file(a, words, n, VOICEMAIL_FOLDER, slice_cstr(item->file));
}

/* The first from there on that is wanted. */
static void
hear_from(struct call_app *a, uint32_t at)
{
	struct mailbox *m = call_app_state(a);

	while (at < m->n && (!is_wanted(m, at) || m->item[at].state == VOICEMAIL_DELETED))
		at++;
	m->at = at;
	if (at < m->n) {
		hear(a);
	} else {
		m->reading = true; /* the menu follows */
		say(a, MENU, PROMPT_NO_MORE_MESSAGES);
	}
}

static void
mark(struct call_app *a, enum voicemail_state state)
{
	struct mailbox *m = call_app_state(a);
	const struct dir_mailbox *b = box(a);
	struct voicemail_ask ask = {.wish = VOICEMAIL_MARK,
	    .mailbox = b ? b->id : 0,
	    .message = m->item[m->at].id,
	    .state = state};

	m->item[m->at].state = state;
	call_app_ask(a, &ask);
}

/* It stays in the list of new ones while that is gone through. */
static void
heard(struct call_app *a)
{
	struct mailbox *m = call_app_state(a);

	if (m->item[m->at].state == VOICEMAIL_NEW)
		mark(a, VOICEMAIL_OLD);
	say(a, CHOOSING, PROMPT_MESSAGE_MENU);
}

static void
next(struct call_app *a)
{
	struct mailbox *m = call_app_state(a);

	if (m->item[m->at].state == VOICEMAIL_NEW)
		mark(a, VOICEMAIL_OLD);
	hear_from(a, m->at + 1);
}

static void
delete_or_restore(struct call_app *a)
{
	struct mailbox *m = call_app_state(a);
	bool back = m->item[m->at].state == VOICEMAIL_DELETED;

	mark(a, back ? VOICEMAIL_OLD : VOICEMAIL_DELETED);
	say(a, CHOOSING, back ? PROMPT_MESSAGE_RESTORED : PROMPT_MESSAGE_DELETED);
}

/* He hears that it rings, from here. */
static void
call_back(struct call_app *a)
{
	struct mailbox *m = call_app_state(a);
	const struct voicemail_item *item = &m->item[m->at];

	if (!shows_number(item)) {
		say(a, CHOOSING, PROMPT_UNKNOWN_CALLER);
		return;
	}
	m->step = CALLING;
	call_app_after(a, 0);
	call_app_tone(a, TONE_RINGING);
	if (!call_app_call_on(a, slice_cstr(item->number)))
		say(a, CHOOSING, PROMPT_NOT_POSSIBLE);
}

static void
on_stayed(struct call_app *a, uint16_t status)
{
	switch (status) {
	case 403:
	case 404: say(a, CHOOSING, PROMPT_NOT_PERMITTED); break;
	case 486:
	case 600: say(a, CHOOSING, PROMPT_TARGET_BUSY); break;
	default: say(a, CHOOSING, PROMPT_TARGET_NO_ANSWER); break;
	}
}

static void
choose(struct call_app *a, char key)
{
	switch (key) {
	case '1': hear(a); break;
	case '2':
		mark(a, VOICEMAIL_SAVED);
		say(a, CHOOSING, PROMPT_MESSAGE_SAVED);
		break;
	case '3': delete_or_restore(a); break;
	case '4': take_digits(a, FORWARD_TO, PROMPT_ENTER_BOX); break;
	case '5': call_back(a); break;
	case '#': next(a); break;
	default: break;
	}
}

static void
forward(struct call_app *a, struct slice digits)
{
	struct mailbox *m = call_app_state(a);
	const struct dir_mailbox *b = box(a);
	struct voicemail_ask ask = {
	    .wish = VOICEMAIL_FORWARD, .mailbox = b ? b->id : 0, .message = m->item[m->at].id};

	slice_clip_cstr(digits, ask.code, sizeof ask.code);
	m->forwards = true;
	call_app_stop_playing(a);
	call_app_ask(a, &ask);
}

/* ---- the announcement ---- */

static void
take_greeting(struct call_app *a)
{
	struct mailbox *m = call_app_state(a);
	const struct dir_mailbox *b = box(a);
	struct voicemail_ask ask = {
	    .wish = VOICEMAIL_GREET, .mailbox = b ? b->id : 0, .length_ms = m->speak.length_ms};

	slice_clip_cstr(call_app_recording_file(a), ask.file, sizeof ask.file);
	m->greets = true;
	call_app_ask(a, &ask);
}

static void
go_on(struct call_app *a, enum speak_end end)
{
	switch (end) {
	case SPEAK_GOES_ON: break;
	case SPEAK_IS_TAKEN: take_greeting(a); break;
	case SPEAK_IS_DROPPED: menu(a); break;
	case SPEAK_IS_IMPOSSIBLE: last_words(a, PROMPT_NOT_POSSIBLE); break;
	}
}

static void
speak_greeting(struct call_app *a)
{
	struct mailbox *m = call_app_state(a);

	m->step = GREETING;
	go_on(a, speak_begin(a, &m->speak));
}

static void
on_recorded(struct call_app *a, enum err fault, uint64_t length_ms)
{
	struct mailbox *m = call_app_state(a);

	if (m->step == GREETING)
		go_on(a, speak_on_recorded(a, &m->speak, fault, length_ms));
}

/* ---- what comes ---- */

static void
take_digit(struct call_app *a, char key)
{
	struct mailbox *m = call_app_state(a);
	struct slice digits = slice_make(m->digits, m->n_digits);

	call_app_after(a, PATIENCE_MS);
	if (key == '*') {
		m->n_digits = 0;
	} else if (key != '#') {
		if (key >= '0' && key <= '9' && m->n_digits < sizeof m->digits)
			m->digits[m->n_digits++] = key;
	} else if (m->step == WHICH) {
		which(a, digits);
	} else if (m->step == PIN) {
		check_pin(a, digits);
	} else {
		forward(a, digits);
	}
}

static void
choose_from_menu(struct call_app *a, char key)
{
	struct mailbox *m = call_app_state(a);

	if (key == '1' || key == '2') {
		m->new_ones = key == '1';
		hear_from(a, 0);
	} else if (key == '3') {
		speak_greeting(a);
	} else if (key == '#') {
		last_words(a, PROMPT_GOODBYE);
	}
}

static void
on_key(struct call_app *a, char key)
{
	struct mailbox *m = call_app_state(a);

	switch (m->step) {
	case WHICH:
	case PIN:
	case FORWARD_TO: take_digit(a, key); break;
	case MENU: choose_from_menu(a, key); break;
	case HEARING:
	case CHOOSING: choose(a, key); break;
	case GREETING: go_on(a, speak_on_key(a, &m->speak, key)); break;
	case ASKING:
	case CALLING:
	case LAST_WORDS: break;
	}
}

static void
on_played(struct call_app *a)
{
	struct mailbox *m = call_app_state(a);

	switch (m->step) {
	case MENU:
		if (m->reading)
			menu(a);
		else
			call_app_after(a, PATIENCE_MS);
		break;
	case HEARING: heard(a); break;
	case GREETING: speak_on_played(a, &m->speak); break;
	case WHICH:
	case PIN:
	case CHOOSING:
	case FORWARD_TO: call_app_after(a, PATIENCE_MS); break;
	case CALLING: call_app_tone(a, TONE_RINGING); break;
	case ASKING: break;
	case LAST_WORDS: call_app_hang_up(a); break;
	}
}

static void
take_list(struct call_app *a, const struct voicemail_answer *answer)
{
	struct mailbox *m = call_app_state(a);

	m->item = answer->n ? malloc(answer->n * sizeof *m->item) : NULL;
	if (answer->n && !m->item) {
		last_words(a, PROMPT_NOT_POSSIBLE);
		return;
	}
	if (answer->n)
		memcpy(m->item, answer->item, answer->n * sizeof *m->item);
	m->n = answer->n;
	m->listed = true;
	tell_what_there_is(a);
}

static void
on_answer(struct call_app *a, const struct voicemail_answer *answer)
{
	struct mailbox *m = call_app_state(a);
	bool done = answer->result == ERR_OK;

	if (!m->listed && done) {
		take_list(a, answer);
	} else if (!m->listed) {
		last_words(a, PROMPT_NOT_POSSIBLE);
	} else if (m->forwards) {
		m->forwards = false;
		say(a, CHOOSING,
		    done			  ? PROMPT_MESSAGE_FORWARDED
		    : answer->result == ERR_LIMIT ? PROMPT_BOX_FULL
						  : PROMPT_BOX_UNKNOWN);
	} else if (m->greets) {
		m->greets = false;
		speak_kept(a, &m->speak, done);
		m->reading = true;
		say(a, MENU, done ? PROMPT_DONE : PROMPT_NOT_POSSIBLE);
	}
}

static void
on_time(struct call_app *a)
{
	last_words(a, PROMPT_GOODBYE);
}

static void
on_end(struct call_app *a)
{
	struct mailbox *m = call_app_state(a);

	explicit_bzero(m->digits, sizeof m->digits);
	free(m->item);
}

const struct call_app_kind app_mailbox = {.name = "mailbox",
    .state_bytes = sizeof(struct mailbox),
    .begin = begin,
    .on_key = on_key,
    .on_recorded = on_recorded,
    .on_played = on_played,
    .on_answer = on_answer,
    .on_stayed = on_stayed,
    .on_time = on_time,
    .on_end = on_end};
