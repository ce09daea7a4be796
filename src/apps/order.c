/* A star code that changes what is stored: asks for it, says whether it was done, hangs up. What
 * was confirmed is on the disk. Who dials it often hears the tone and hangs up before the words. */
#include "apps/apps.h"

enum { WAIT_MS = 5000 };

static const enum prompt words_done[FEATURES_N] = {
    [FEATURE_PHONE_LOGIN] = PROMPT_PHONE_LOGGED_ON,
    [FEATURE_PHONE_LOGOUT] = PROMPT_PHONE_LOGGED_OFF,
    [FEATURE_PHONE_LOGOUT_ALL] = PROMPT_PHONE_ALL_OFF,
    [FEATURE_GROUP_ON] = PROMPT_GROUP_LOGGED_ON,
    [FEATURE_GROUP_OFF] = PROMPT_GROUP_LOGGED_OFF,
    [FEATURE_REDIRECT_ALWAYS] = PROMPT_REDIRECTION_ON,
    [FEATURE_REDIRECT_ALWAYS_OFF] = PROMPT_REDIRECTION_OFF,
    [FEATURE_REDIRECT_BUSY] = PROMPT_REDIRECTION_ON,
    [FEATURE_REDIRECT_BUSY_OFF] = PROMPT_REDIRECTION_OFF,
    [FEATURE_REDIRECT_TIMEOUT] = PROMPT_REDIRECTION_ON,
    [FEATURE_REDIRECT_TIMEOUT_OFF] = PROMPT_REDIRECTION_OFF,
    [FEATURE_COMPLETION] = PROMPT_COMPLETION_REQUESTED,
    [FEATURE_COMPLETION_OFF] = PROMPT_COMPLETION_CANCELLED,
    [FEATURE_DND_ON] = PROMPT_DND_ON,
    [FEATURE_DND_OFF] = PROMPT_DND_OFF,
};

static enum prompt
words_of(enum feature f, enum feature_outcome outcome)
{
	switch (outcome) {
	case FEATURE_DONE: return words_done[f];
	case FEATURE_DENIED: return PROMPT_NOT_PERMITTED;
	case FEATURE_REFUSED: return PROMPT_COMPLETION_NOT_HERE;
	case FEATURE_FULL: return PROMPT_COMPLETION_FULL;
	case FEATURE_UNKNOWN:
		if (f == FEATURE_COMPLETION)
			return PROMPT_COMPLETION_NOTHING;
		return f == FEATURE_COMPLETION_OFF ? PROMPT_COMPLETION_NONE : PROMPT_NOT_POSSIBLE;
	default: return PROMPT_NOT_POSSIBLE;
	}
}

void
order_begin(struct call_app *a)
{
	if (call_app_feature(a) == FEATURE_SPEED_DIAL) { /* nothing is stored there, or it would
							    have been called */
		order_tell(a, false, PROMPT_SPEED_DIAL_EMPTY);
		return;
	}
	call_app_after(a, WAIT_MS);
	call_app_order(a);
}

void
order_tell(struct call_app *a, bool done, enum prompt words)
{
	struct order *o = call_app_state(a);

	call_app_after(a, 0);
	o->told = true;
	o->words = words;
	call_app_tone(a, done ? TONE_CONFIRM : TONE_ERROR);
}

void
order_on_result(struct call_app *a, enum feature_outcome outcome)
{
	order_tell(a, outcome == FEATURE_DONE, words_of(call_app_feature(a), outcome));
}

void
order_on_time(struct call_app *a)
{
	order_on_result(a, FEATURE_FAILED);
}

void
order_on_played(struct call_app *a)
{
	struct order *o = call_app_state(a);

	if (!o->told)
		return;
	if (o->said) {
		call_app_hang_up(a);
		return;
	}
	o->said = true;
	call_app_say(a, &o->words, 1);
}

const struct call_app_kind app_order = {.name = "order",
    .state_bytes = sizeof(struct order),
    .begin = order_begin,
    .on_result = order_on_result,
    .on_time = order_on_time,
    .on_played = order_on_played};
