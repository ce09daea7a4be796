/* A star code that changes what is stored: asks for it, says whether it was done, hangs up. What
 * was confirmed is on the disk. Who dials it often hears the tone and hangs up before the words. */
#include "apps/apps.h"

enum { WAIT_MS = 5000 };

struct order {
	enum prompt words; /* after the tone */
	bool said;
};

static const enum prompt done[FEATURES_N] = {
    [FEATURE_GROUP_ON] = PROMPT_GROUP_LOGGED_ON,
    [FEATURE_GROUP_OFF] = PROMPT_GROUP_LOGGED_OFF,
    [FEATURE_REDIRECT_ALWAYS] = PROMPT_REDIRECTION_ON,
    [FEATURE_REDIRECT_ALWAYS_OFF] = PROMPT_REDIRECTION_OFF,
    [FEATURE_REDIRECT_BUSY] = PROMPT_REDIRECTION_ON,
    [FEATURE_REDIRECT_BUSY_OFF] = PROMPT_REDIRECTION_OFF,
    [FEATURE_REDIRECT_TIMEOUT] = PROMPT_REDIRECTION_ON,
    [FEATURE_REDIRECT_TIMEOUT_OFF] = PROMPT_REDIRECTION_OFF,
    [FEATURE_DND_ON] = PROMPT_DND_ON,
    [FEATURE_DND_OFF] = PROMPT_DND_OFF,
};

static enum prompt
words_of(enum feature f, enum feature_outcome outcome)
{
	switch (outcome) {
	case FEATURE_DONE: return done[f];
	case FEATURE_DENIED: return PROMPT_NOT_PERMITTED;
	default: return PROMPT_NOT_POSSIBLE;
	}
}

static void
begin(struct call_app *a)
{
	call_app_after(a, WAIT_MS);
	call_app_order(a);
}

static void
on_result(struct call_app *a, enum feature_outcome outcome)
{
	struct order *o = call_app_state(a);

	call_app_after(a, 0);
	o->words = words_of(call_app_feature(a), outcome);
	call_app_tone(a, outcome == FEATURE_DONE ? TONE_CONFIRM : TONE_ERROR);
}

static void
on_time(struct call_app *a)
{
	on_result(a, FEATURE_FAILED);
}

static void
on_played(struct call_app *a)
{
	struct order *o = call_app_state(a);

	if (o->said) {
		call_app_hang_up(a);
		return;
	}
	o->said = true;
	call_app_say(a, &o->words, 1);
}

const struct call_app_kind app_order = {.name = "order",
    .state_bytes = sizeof(struct order),
    .begin = begin,
    .on_result = on_result,
    .on_time = on_time,
    .on_played = on_played};
