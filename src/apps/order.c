/* A star code that changes what is stored: asks for it, says whether it was done, hangs up. What
 * was confirmed is on the disk. */
#include "apps/apps.h"

enum { WAIT_MS = 5000 };

static void
say(struct call_app *a, bool done)
{
	call_app_after(a, 0);
	call_app_tone(a, done ? TONE_CONFIRM : TONE_ERROR);
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
	say(a, outcome == FEATURE_DONE);
}

static void
on_time(struct call_app *a)
{
	say(a, false);
}

const struct call_app_kind app_order = {.name = "order",
    .begin = begin,
    .on_result = on_result,
    .on_time = on_time,
    .on_played = call_app_hang_up};
