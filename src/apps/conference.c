/*
 * CNF-3, CNF-4: a seat in a conference.
 *
 *   (PIN ──►) (SAY_NAME ──► SPEAKING ──►) IN ──► LAST_WORDS, hang up
 *   CONFIRM ─1────────────────────────────▲
 *
 * Who is called in from outside confirms first: a machine may have answered. In the conference "*"
 * begins a command; what it does is said back. What others do is said one after the other, and only
 * a few things wait: who comes to a large conference does not want to hear the roll.
 */
#include "apps/apps.h"
#include "directory/conferences.h"
#include "model/pin.h"
#include "model/say.h"

enum step { CONFIRM, PIN, SAY_NAME, BEEP, SPEAKING, IN, LAST_WORDS };

/* Of keys in the conference. */
enum command { NO_COMMAND, STAR, LEVEL };

enum {
	PIN_WAIT_MS = 20000,
	PIN_TRIES = 3,
	NAME_S = 5,
	NAME_SILENCE_MS = 2000,
	MENU_AFTER_MS = 1000, /* a "*" alone */
	COMMAND_MS = 8000,
	PARTS_MAX = 8,
	WAITING_MAX = 3,
	LEVEL_SAID = CONFERENCE_LEVEL_MAX + 1, /* the usual one: 5 of 9 */
};

/* Something to be said: a tone, or words behind a name. */
struct saying {
	bool tone;
	enum prompt words[PARTS_MAX];
	size_t n;
	char name[VOICEMAIL_FILE_BYTES];
};

struct seat {
	enum step step;
	enum command command;
	char level_key; /* of LEVEL: which one */
	bool menu;	/* has been said for this "*" */
	bool busy;	/* something is said */
	struct saying waiting[WAITING_MAX];
	size_t n_waiting;
	char digits[PIN_DIGITS_MAX];
	size_t n_digits;
	unsigned tries;
	enum dir_entry entry;
	int64_t music;
	char participant[24]; /* of a planned one: his key; or another text */
	bool moderator;
};

static const struct dir_conference_room *
room_of(const struct call_app *a)
{
	return dir_conference_room_by_key(call_app_directory(a), call_app_argument(a));
}

/* Of a planned conference. NULL: none, or it is not its time any more. */
static const struct dir_participant *
participant_of(const struct call_app *a)
{
	const struct seat *s = call_app_state(a);

	return dir_participant_by_key(call_app_directory(a), slice_cstr(s->participant));
}

/* ---- what is said ---- */

static void
utter(struct call_app *a, const struct saying *what)
{
	struct seat *s = call_app_state(a);

	s->busy = true;
	if (what->tone)
		call_app_tone(a, TONE_CONFIRM);
	else
		call_app_say_behind_file(
		    a, SPOKEN_NAME_FOLDER, slice_cstr(what->name), what->words, what->n);
}

/* Instead of what is said now. */
static void
say(struct call_app *a, enum prompt words)
{
	utter(a, &(struct saying){.words = {words}, .n = 1});
}

/* When all before is said. */
static void
say_later(struct call_app *a, const struct saying *what)
{
	struct seat *s = call_app_state(a);

	if (!s->busy)
		utter(a, what);
	else if (s->n_waiting < WAITING_MAX)
		s->waiting[s->n_waiting++] = *what;
}

static void
last_words(struct call_app *a, enum prompt words)
{
	struct seat *s = call_app_state(a);

	s->step = LAST_WORDS;
	s->n_waiting = 0;
	call_app_after(a, 0);
	call_app_listen(a, 0, 0);
	say(a, words);
}

/* ---- coming in ---- */

static void
tell_who_is_in(struct call_app *a)
{
	struct call_app_seat seat = call_app_seat(a);
	struct saying what = {0};

	if (seat.recorded)
		what.words[what.n++] = PROMPT_CALL_RECORDED;
	if (seat.waits) {
		what.words[what.n++] = PROMPT_CONFERENCE_WAIT;
	} else if (seat.others == 0) {
		what.words[what.n++] = PROMPT_CONFERENCE_FIRST;
	} else if (seat.others == 1) {
		what.words[what.n++] = PROMPT_CONFERENCE_ONE_OTHER;
	} else {
		what.words[what.n++] = PROMPT_CONFERENCE_THERE_ARE;
		what.n += say_number(
		    call_app_language(a), seat.others, what.words + what.n, PARTS_MAX - 3);
		what.words[what.n++] = PROMPT_CONFERENCE_OTHERS;
	}
	if (seat.silenced)
		what.words[what.n++] = PROMPT_CONFERENCE_MUTED;
	utter(a, &what);
}

static struct call_app_conference
way_in(const struct call_app *a, const struct dir_conference_room *room)
{
	const struct seat *s = call_app_state(a);

	return (struct call_app_conference){.room = room->id,
	    .name = room->name,
	    .max_members = room->max_members,
	    .mailbox = room->mailbox,
	    .waits = room->waits,
	    .ends = room->ends,
	    .moderator = s->moderator,
	    .silenced = room->silent && !s->moderator,
	    .said = call_app_recording_file(a)};
}

static void
enter(struct call_app *a)
{
	const struct dir_conference_room *room = room_of(a);
	struct call_app_conference what = {0};
	struct seat *s = call_app_state(a);
	bool confirm;

	call_app_after(a, 0);
	call_app_listen(a, 0, 0);
	if (participant_of(a)) {
		what = call_app_planned(call_app_directory(a), participant_of(a));
	} else if (room && !room->dial_in) {
		what = way_in(a, room);
	} else if (!call_app_is_invited(a, &confirm)) {
		last_words(a, PROMPT_CONFERENCE_UNKNOWN);
		return;
	}
	switch (call_app_enter(a, &what)) {
	case CALL_APP_LOCKED: last_words(a, PROMPT_CONFERENCE_IS_LOCKED); return;
	case CALL_APP_FULL: last_words(a, PROMPT_CONFERENCE_FULL); return;
	case CALL_APP_NOT_IN: last_words(a, PROMPT_CONFERENCE_UNKNOWN); return;
	case CALL_APP_IN: break;
	}
	s->step = IN;
	tell_who_is_in(a);
}

static void
ask_name(struct call_app *a)
{
	struct seat *s = call_app_state(a);
	struct call_app_recording what = {SPOKEN_NAME_FOLDER, 0, 0, NAME_S};

	if (s->entry != DIR_ENTRY_NAME || !call_app_recording_open(a, &what)) {
		enter(a);
		return;
	}
	s->step = SAY_NAME;
	say(a, PROMPT_CONFERENCE_SAY_NAME);
}

static void
record_name(struct call_app *a)
{
	struct seat *s = call_app_state(a);

	s->step = SPEAKING;
	call_app_listen(a, LISTEN_VOICE, NAME_SILENCE_MS);
	call_app_record(a);
}

static void
on_heard(struct call_app *a, enum listen_event_kind what)
{
	const struct seat *s = call_app_state(a);

	if (s->step == SPEAKING && what == LISTEN_SILENCE)
		call_app_record_stop(a);
}

static void
on_recorded(struct call_app *a, enum err fault, uint64_t length_ms)
{
	const struct seat *s = call_app_state(a);

	if (s->step == SPEAKING || s->step == SAY_NAME)
		enter(a);
}

/* ---- the PIN ---- */

static void
ask_pin(struct call_app *a, enum prompt words)
{
	struct seat *s = call_app_state(a);

	explicit_bzero(s->digits, sizeof s->digits);
	s->n_digits = 0;
	s->step = PIN;
	call_app_after(a, PIN_WAIT_MS);
	say(a, words);
}

static void
join_planned(struct call_app *a, const struct dir_participant *p)
{
	struct seat *s = call_app_state(a);

	if (!dir_conference_is_on(p->conference, call_app_wall_ms(a))) {
		last_words(a, PROMPT_CONFERENCE_UNKNOWN);
		return;
	}
	slice_clip_cstr(p->key, s->participant, sizeof s->participant);
	if (p->conference->language_set)
		call_app_set_language(a, p->conference->language);
	s->entry = DIR_ENTRY_TONE;
	enter(a);
}

static void
refuse_pin(struct call_app *a)
{
	struct seat *s = call_app_state(a);

	if (++s->tries < PIN_TRIES)
		ask_pin(a, PROMPT_WRONG_PIN);
	else
		last_words(a, PROMPT_WRONG_PIN);
}

/* Which conference is meant, the PIN says. */
static void
find_planned(struct call_app *a)
{
	struct seat *s = call_app_state(a);
	const struct dir_participant *p =
	    call_app_may_try_pin(a)
		? dir_participant_by_pin(call_app_directory(a), slice_make(s->digits, s->n_digits))
		: NULL;

	call_app_pin_tried(a, p != NULL);
	if (p)
		join_planned(a, p);
	else
		refuse_pin(a);
}

/* Without a PIN for others, nothing but "#" is theirs. */
static void
check_room_pin(struct call_app *a)
{
	const struct dir_conference_room *room = room_of(a);
	struct seat *s = call_app_state(a);
	struct slice hashes[2], pin = slice_make(s->digits, s->n_digits);
	size_t n = 0, fits;

	if (!room) {
		last_words(a, PROMPT_CONFERENCE_UNKNOWN);
		return;
	}
	if (!pin.n && !room->pin.n) {
		ask_name(a);
		return;
	}
	if (room->moderator_pin.n)
		hashes[n++] = room->moderator_pin;
	if (room->pin.n)
		hashes[n++] = room->pin;
	fits = call_app_which_pin(a, hashes, n, pin);
	explicit_bzero(s->digits, sizeof s->digits);
	s->moderator = fits == 0 && room->moderator_pin.n;
	if (fits < n)
		ask_name(a);
	else
		refuse_pin(a);
}

static void
check_pin(struct call_app *a)
{
	const struct dir_conference_room *room = room_of(a);

	if (room && room->dial_in)
		find_planned(a);
	else
		check_room_pin(a);
}

static void
on_pin_key(struct call_app *a, char key)
{
	struct seat *s = call_app_state(a);

	if (key == '#')
		check_pin(a);
	else if (key == '*')
		s->n_digits = 0;
	else if (key >= '0' && key <= '9' && s->n_digits < sizeof s->digits)
		s->digits[s->n_digits++] = key;
}

static void
begin(struct call_app *a)
{
	const struct dir_conference_room *room = room_of(a);
	struct seat *s = call_app_state(a);
	bool confirm;

	if (room) {
		s->entry = room->entry;
		s->music = room->music;
	}
	slice_clip_cstr(call_app_argument(a), s->participant, sizeof s->participant);
	if (call_app_is_invited(a, &confirm)) {
		if (!confirm) {
			enter(a);
			return;
		}
		s->step = CONFIRM;
		call_app_after(a, PIN_WAIT_MS);
		say(a, PROMPT_ACCEPT_CALL);
		return;
	}
	if (!room) {
		last_words(a, PROMPT_CONFERENCE_UNKNOWN);
		return;
	}
	if (room->dial_in || room->pin.n || room->moderator_pin.n)
		ask_pin(a, PROMPT_CONFERENCE_PIN);
	else
		ask_name(a);
}

/* ---- keys in the conference ---- */

static void
end_command(struct call_app *a)
{
	struct seat *s = call_app_state(a);

	s->command = NO_COMMAND;
	call_app_after(a, 0);
}

static void
mute(struct call_app *a)
{
	struct call_app_seat seat = call_app_seat(a);

	if (!seat.silenced)
		call_app_mute(a, !seat.muted);
	say(a, seat.silenced || !seat.muted ? PROMPT_CONFERENCE_MUTED : PROMPT_CONFERENCE_UNMUTED);
}

static void
ask_to_speak(struct call_app *a)
{
	if (!call_app_seat(a).silenced) {
		say(a, PROMPT_NOT_POSSIBLE);
		return;
	}
	call_app_ask_to_speak(a);
	say(a, PROMPT_CONFERENCE_HAND_RAISED);
}

static void
lock(struct call_app *a)
{
	struct call_app_seat seat = call_app_seat(a);

	if (!seat.moderator) {
		say(a, PROMPT_NOT_PERMITTED);
		return;
	}
	call_app_lock(a, !seat.locked);
	say(a, seat.locked ? PROMPT_CONFERENCE_UNLOCKED : PROMPT_CONFERENCE_LOCKED);
}

static void
record(struct call_app *a)
{
	if (!call_app_seat(a).moderator) {
		say(a, PROMPT_NOT_PERMITTED);
		return;
	}
	switch (call_app_record_room(a)) {
	case CALL_APP_MINUTES_BEGIN: say(a, PROMPT_RECORDING_BEGINS); break;
	case CALL_APP_MINUTES_END: say(a, PROMPT_RECORDING_ENDS); break;
	case CALL_APP_MINUTES_NOT: say(a, PROMPT_NOT_POSSIBLE); break;
	}
}

/* 4, 6: how he hears the others; 7, 9: how they hear him. */
static void
step_level(struct call_app *a, char key)
{
	struct call_app_seat seat = call_app_seat(a);
	bool hears = key == '4' || key == '6';
	int step = key == '6' || key == '9' ? 1 : -1;
	struct saying what = {
	    .words = {hears ? PROMPT_CONFERENCE_HEARING : PROMPT_CONFERENCE_SPEAKING}, .n = 1};

	call_app_levels(a, seat.listening + (hears ? step : 0), seat.speaking + (hears ? 0 : step));
	seat = call_app_seat(a);
	what.n += say_number(call_app_language(a),
	    (uint32_t)((hears ? seat.listening : seat.speaking) + LEVEL_SAID), what.words + 1,
	    PARTS_MAX - 1);
	utter(a, &what);
	call_app_after(a, COMMAND_MS);
}

static void
on_command(struct call_app *a, char key)
{
	struct seat *s = call_app_state(a);

	end_command(a);
	switch (key) {
	case '1': mute(a); break;
	case '2': ask_to_speak(a); break;
	case '3': lock(a); break;
	case '5': record(a); break;
	case '4':
	case '6':
	case '7':
	case '9':
		s->command = LEVEL;
		s->level_key = key;
		step_level(a, key);
		break;
	default: break;
	}
}

static void
on_conference_key(struct call_app *a, char key)
{
	struct seat *s = call_app_state(a);

	if (key == '*') {
		s->command = STAR;
		s->menu = false;
		call_app_after(a, MENU_AFTER_MS);
	} else if (s->command == STAR) {
		on_command(a, key);
	} else if (s->command == LEVEL && key == s->level_key) {
		step_level(a, key);
	} else if (s->command == LEVEL && key == '8') {
		end_command(a);
		say(a, PROMPT_DONE);
	}
}

static void
on_key(struct call_app *a, char key)
{
	const struct seat *s = call_app_state(a);

	switch (s->step) {
	case CONFIRM:
		if (key == '1')
			enter(a);
		break;
	case PIN: on_pin_key(a, key); break;
	case SPEAKING:
		if (key == '#')
			call_app_record_stop(a);
		break;
	case IN: on_conference_key(a, key); break;
	case SAY_NAME:
	case BEEP:
	case LAST_WORDS: break;
	}
}

/* ---- what others do ---- */

static void
tell_who(struct call_app *a, const struct call_app_news *news)
{
	const struct seat *s = call_app_state(a);
	bool joined = news->kind == CALL_APP_JOINED;
	struct saying what = {.tone = s->entry == DIR_ENTRY_TONE, .n = 1};

	if (s->entry == DIR_ENTRY_NONE || call_app_seat(a).waits)
		return;
	slice_clip_cstr(news->said, what.name, sizeof what.name);
	if (news->said.n)
		what.words[0] = joined ? PROMPT_CONFERENCE_JOINED : PROMPT_CONFERENCE_LEFT;
	else
		what.words[0] =
		    joined ? PROMPT_CONFERENCE_SOMEONE_JOINED : PROMPT_CONFERENCE_SOMEONE_LEFT;
	say_later(a, &what);
}

static void
tell(struct call_app *a, enum prompt words)
{
	say_later(a, &(struct saying){.words = {words}, .n = 1});
}

static void
on_news(struct call_app *a, const struct call_app_news *news)
{
	const struct seat *s = call_app_state(a);

	if (s->step != IN)
		return;
	switch (news->kind) {
	case CALL_APP_JOINED:
	case CALL_APP_LEFT: tell_who(a, news); break;
	case CALL_APP_BEGINS: say(a, PROMPT_CONFERENCE_WELCOME); break;
	case CALL_APP_SILENCED: say(a, PROMPT_CONFERENCE_MUTED); break;
	case CALL_APP_MAY_SPEAK: say(a, PROMPT_CONFERENCE_UNMUTED); break;
	case CALL_APP_WANTS_TO_SPEAK: tell(a, PROMPT_BEEP); break;
	case CALL_APP_RECORDED: tell(a, PROMPT_CALL_RECORDED); break;
	case CALL_APP_RECORDED_NO_MORE: tell(a, PROMPT_RECORDING_ENDS); break;
	case CALL_APP_RECORD_BEEP: tell(a, PROMPT_BEEP); break;
	case CALL_APP_ENDS_SOON: tell(a, PROMPT_CONFERENCE_ENDS_SOON); break;
	case CALL_APP_REMOVED: last_words(a, PROMPT_CONFERENCE_REMOVED); break;
	case CALL_APP_ENDS: last_words(a, PROMPT_CONFERENCE_ENDS); break;
	}
}

/* ---- time ---- */

static void
say_next(struct call_app *a)
{
	struct seat *s = call_app_state(a);
	struct saying next;

	if (!s->n_waiting) {
		if (call_app_seat(a).waits)
			call_app_loop(a, s->music);
		return;
	}
	next = s->waiting[0];
	s->n_waiting--;
	memmove(&s->waiting[0], &s->waiting[1], s->n_waiting * sizeof next);
	utter(a, &next);
}

static void
on_played(struct call_app *a)
{
	struct seat *s = call_app_state(a);

	s->busy = false;
	switch (s->step) {
	case SAY_NAME:
		s->step = BEEP;
		say(a, PROMPT_BEEP);
		break;
	case BEEP: record_name(a); break;
	case IN: say_next(a); break;
	case LAST_WORDS: call_app_hang_up(a); break;
	case CONFIRM:
	case PIN:
	case SPEAKING: break;
	}
}

static void
on_time(struct call_app *a)
{
	struct seat *s = call_app_state(a);

	if (s->step != IN) {
		last_words(a, PROMPT_GOODBYE);
	} else if (s->command == STAR && !s->menu) {
		s->menu = true;
		say(a, PROMPT_CONFERENCE_MENU);
		call_app_after(a, 4 * COMMAND_MS); /* all of it, and time to choose */
	} else {
		s->command = NO_COMMAND;
	}
}

const struct call_app_kind app_conference = {.name = "conference",
    .state_bytes = sizeof(struct seat),
    .begin = begin,
    .on_key = on_key,
    .on_heard = on_heard,
    .on_recorded = on_recorded,
    .on_played = on_played,
    .on_news = on_news,
    .on_time = on_time};
