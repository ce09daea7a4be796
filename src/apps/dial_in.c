/*
 * USR-9: a user calls from his mobile phone as from the one on his desk. He shows who he is, hears
 * a dial tone, and dials.
 *
 *   (PIN ──►) DIALS ──number──► CALLS ──answered──► gone
 *               ▲                 └─refused─► SAYS ─┐
 *               └────────────────────────────────────┘
 */
#include "apps/apps.h"
#include "model/pin.h"

enum step { PIN, DIALS, CALLS, SAYS, LAST_WORDS };

enum {
	PIN_WAIT_MS = 20000,
	PIN_TRIES = 3,
	FIRST_KEY_MS = 20000,
	NEXT_KEY_MS = 4000, /* then the number is complete */
};

struct dial_in {
	enum step step;
	unsigned tries;
	char digits[ROUTING_DIALLED_MAX];
	size_t n;
};

static void
say(struct call_app *a, enum step step, enum prompt words)
{
	struct dial_in *d = call_app_state(a);

	d->step = step;
	call_app_say(a, &words, 1);
}

static void
last_words(struct call_app *a, enum prompt words)
{
	call_app_after(a, 0);
	say(a, LAST_WORDS, words);
}

static void
ask(struct call_app *a, enum step step, uint64_t ms)
{
	struct dial_in *d = call_app_state(a);

	explicit_bzero(d->digits, sizeof d->digits);
	d->n = 0;
	d->step = step;
	call_app_after(a, ms);
}

static void
ask_number(struct call_app *a)
{
	ask(a, DIALS, FIRST_KEY_MS);
	call_app_tone(a, TONE_DIAL);
}

static void
begin(struct call_app *a)
{
	if (dir_settings(call_app_directory(a))->dial_in_check == DIAL_IN_BY_PIN) {
		ask(a, PIN, PIN_WAIT_MS);
		say(a, PIN, PROMPT_ENTER_PIN);
	} else if (call_app_dials_in(a, SLICE(""))) {
		ask_number(a);
	} else {
		last_words(a, PROMPT_NOT_PERMITTED);
	}
}

static void
check(struct call_app *a)
{
	struct dial_in *d = call_app_state(a);
	bool fits = call_app_dials_in(a, slice_make(d->digits, d->n));

	explicit_bzero(d->digits, sizeof d->digits);
	if (fits) {
		ask_number(a);
	} else if (++d->tries == PIN_TRIES) {
		last_words(a, PROMPT_WRONG_PIN);
	} else {
		ask(a, PIN, PIN_WAIT_MS);
		say(a, PIN, PROMPT_WRONG_PIN);
	}
}

static void
call(struct call_app *a)
{
	struct dial_in *d = call_app_state(a);
	struct slice number = slice_make(d->digits, d->n);

	call_app_after(a, 0);
	d->step = CALLS;
	call_app_tone(a, TONE_RINGING);
	if (!call_app_call_on(a, number))
		say(a, SAYS, PROMPT_NOT_POSSIBLE);
}

static void
on_stayed(struct call_app *a, uint16_t status)
{
	switch (status) {
	case 403: say(a, SAYS, PROMPT_NOT_PERMITTED); break;
	case 404:
	case 484:
	case 604: say(a, SAYS, PROMPT_UNKNOWN_NUMBER); break;
	case 486:
	case 600:
	case 603: say(a, SAYS, PROMPT_TARGET_BUSY); break;
	default: say(a, SAYS, PROMPT_TARGET_NO_ANSWER); break;
	}
}

static void
complete(struct call_app *a)
{
	const struct dial_in *d = call_app_state(a);

	if (!d->n)
		last_words(a, PROMPT_GOODBYE);
	else if (d->step == PIN)
		check(a);
	else
		call(a);
}

/* "*" of a PIN begins it anew; of a number it is dialled. */
static void
on_key(struct call_app *a, char key)
{
	struct dial_in *d = call_app_state(a);
	bool digit = key >= '0' && key <= '9';

	if (d->step != PIN && d->step != DIALS)
		return;
	if (key == '#') {
		complete(a);
		return;
	}
	call_app_stop_playing(a);
	if (d->step == PIN && key == '*')
		d->n = 0;
	else if ((digit || (d->step == DIALS && key == '*')) && d->n < sizeof d->digits - 1)
		d->digits[d->n++] = key;
	if (d->step == DIALS)
		call_app_after(a, NEXT_KEY_MS);
}

static void
on_played(struct call_app *a)
{
	const struct dial_in *d = call_app_state(a);

	if (d->step == SAYS)
		ask_number(a);
	else if (d->step == LAST_WORDS)
		call_app_hang_up(a);
}

const struct call_app_kind app_dial_in = {.name = "dial-in",
    .state_bytes = sizeof(struct dial_in),
    .begin = begin,
    .on_key = on_key,
    .on_played = on_played,
    .on_stayed = on_stayed,
    .on_time = complete};
