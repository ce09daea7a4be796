/* GRP-2, broadcast: the members of a group hear what who calls it says, without doing anything.
 * A tone tells him that the first one hears him. Phones that only ring are given up soon. */
#include "apps/apps.h"

enum { ANSWER_MS = 5000 };

struct broadcast {
	unsigned called, heard; /* the most that were there at once */
	bool begun, over;
};

static void
give_up(struct call_app *a)
{
	struct broadcast *b = call_app_state(a);

	b->over = true;
	call_app_tone(a, TONE_ERROR);
}

static void
begin(struct call_app *a)
{
	struct broadcast *b = call_app_state(a);

	if (!call_app_open_room(a)) {
		give_up(a);
		return;
	}
	call_app_call_group(a, ANSWER_MS);
	b->called = call_app_in_room(a).asked;
}

static void
on_room(struct call_app *a)
{
	struct broadcast *b = call_app_state(a);
	struct call_app_room room = call_app_in_room(a);

	if (room.there > b->heard)
		b->heard = room.there;
	if (room.there && !b->begun) {
		b->begun = true;
		call_app_tone(a, TONE_CONFIRM);
	} else if (!room.there && !room.asked && !b->over) {
		give_up(a); /* all have hung up, or nobody has answered */
	}
}

static void
on_played(struct call_app *a)
{
	struct broadcast *b = call_app_state(a);
	static const enum prompt nobody = PROMPT_NOT_POSSIBLE;

	if (!b->over)
		return;
	if (b->begun) {
		call_app_hang_up(a);
	} else {
		b->begun = true; /* said once */
		call_app_say(a, &nobody, 1);
	}
}

static void
on_end(struct call_app *a)
{
	const struct broadcast *b = call_app_state(a);

	if (b && b->called)
		call_app_note_heard(a, b->heard, b->called);
}

const struct call_app_kind app_broadcast = {.name = "broadcast",
    .state_bytes = sizeof(struct broadcast),
    .begin = begin,
    .on_room = on_room,
    .on_played = on_played,
    .on_end = on_end};
