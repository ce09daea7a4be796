/* KEY, park and orbit. A call that was brought here waits with music until somebody fetches it;
 * after a while the one who brought it is rung, again and again. Who calls it while he holds a call
 * parks that one, and hears where it is. */
#include "apps/apps.h"
#include "model/say.h"

struct orbit {
	bool parked, said; /* of who called */
};

static void
on_time(struct call_app *a)
{
	call_app_after(a, 1000 * (uint64_t)dir_settings(call_app_directory(a))->orbit_s);
	/* the next time, if not now; whose calls a mailbox answers has it at once, and this is over
	 */
	(void)call_app_return(a);
}

static void
begin(struct call_app *a)
{
	struct orbit *o = call_app_state(a);

	if (!call_app_was_brought(a)) {
		o->parked = call_app_park_held(a);
		call_app_tone(a, o->parked ? TONE_CONFIRM : TONE_ERROR);
		return;
	}
	call_app_music(a);
	/* two came at once: the second goes back as soon as it can */
	call_app_after(a, call_app_take_orbit(a)
			      ? 1000 * (uint64_t)dir_settings(call_app_directory(a))->orbit_s
			      : 1);
}

static void
on_played(struct call_app *a)
{
	struct orbit *o = call_app_state(a);
	enum prompt words[1 + SAY_PARTS_MAX] = {o->parked ? PROMPT_PARKED_AT : PROMPT_ORBIT_EMPTY};
	size_t n = 1;

	if (o->said) {
		call_app_hang_up(a);
		return;
	}
	o->said = true;
	if (o->parked)
		n += say_digits(
		    call_app_language(a), call_app_argument(a), words + n, SAY_PARTS_MAX);
	call_app_say(a, words, n);
}

const struct call_app_kind app_orbit = {.name = "orbit",
    .state_bytes = sizeof(struct orbit),
    .begin = begin,
    .on_time = on_time,
    .on_played = on_played};
