/* MOH-1: plays what somebody wants to hear at his phone, until he hangs up. What it is, says its
 * name (call/play.c). */
#include "apps/apps.h"
#include "directory/music.h"

static void
begin(struct call_app *a)
{
	int64_t loop;

	if (dir_music_target(call_app_argument(a), &loop))
		call_app_loop(a, loop);
	else
		call_app_hang_up(a);
}

const struct call_app_kind app_listen = {.name = "listen", .begin = begin};
