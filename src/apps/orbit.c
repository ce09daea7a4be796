/* KEY, park and orbit. A call that was brought here waits with music until somebody fetches it;
 * after a while the one who brought it is rung, again and again. Who calls it while he holds a call
 * parks that one, and hears whether it could be done. */
#include "apps/apps.h"

static void
on_time(struct call_app *a)
{
	(void)call_app_return(a); /* the next time, if not now */
	call_app_after(a, 1000 * (uint64_t)dir_settings(call_app_directory(a))->orbit_s);
}

static void
begin(struct call_app *a)
{
	if (!call_app_was_brought(a)) {
		call_app_tone(a, call_app_park_held(a) ? TONE_CONFIRM : TONE_ERROR);
		return;
	}
	call_app_music(a);
	/* two came at once: the second goes back as soon as it can */
	call_app_after(a, call_app_take_orbit(a)
			      ? 1000 * (uint64_t)dir_settings(call_app_directory(a))->orbit_s
			      : 1);
}

const struct call_app_kind app_orbit = {
    .name = "orbit", .begin = begin, .on_time = on_time, .on_played = call_app_hang_up};
