/* CNF-3: rooms on numbers, in which calls meet. */
#include "model/entities_int.h"
#include "model/pin.h"

#define FIELDS(array) .fields = (array), .field_count = sizeof(array) / sizeof((array)[0])

static const struct model_field conference_room_fields[] = {
    {"name", MODEL_TEXT, MODEL_REQUIRED | MODEL_UNIQUE | MODEL_SEARCH, 1, 60, .label = "Name"},
    {"pin", MODEL_TEXT, MODEL_WRITEONLY | MODEL_SECRET | MODEL_HASHED | MODEL_PIN, PIN_DIGITS_MIN,
	PIN_DIGITS_MAX, .chars = "0-9", .label = "PIN",
	.description = "Asked of who calls; empty = everybody may come in"},
    {"has_pin", MODEL_BOOL, MODEL_COMPUTED, .label = "Has a PIN"},
    {"moderator_pin", MODEL_TEXT, MODEL_WRITEONLY | MODEL_SECRET | MODEL_HASHED | MODEL_PIN,
	PIN_DIGITS_MIN, PIN_DIGITS_MAX, .chars = "0-9", .label = "Moderator PIN",
	.description = "Makes who enters it a moderator; empty = there are none"},
    {"has_moderator_pin", MODEL_BOOL, MODEL_COMPUTED, .label = "Has a moderator PIN"},
    {"wait_for_moderator", MODEL_BOOL, 0, .label = "Begins with a moderator",
	.description = "Until one comes, others wait with music; without a moderator PIN nobody "
		       "waits"},
    {"end_with_moderator", MODEL_BOOL, 0, .label = "Ends with the last moderator",
	.description = "The others are told, and their calls end"},
    {"entry", MODEL_ENUM, 0, .choices = "none|tone|name", .def = "\"tone\"",
	.label = "When somebody comes or goes",
	.description = "What the others hear: nothing, a tone, or the name, which who comes is "
		       "asked to say"},
    {"dial_in", MODEL_BOOL, 0, .label = "Way in to planned conferences",
	.description = "Who calls is asked for the PIN of an invitation, and comes into that "
		       "conference instead"},
    {"max_members", MODEL_INT, 0, 2, 200, .def = "30", .label = "Members at most",
	.description = "Moderators come in all the same"},
    {"mute_on_entry", MODEL_BOOL, 0, .label = "Listens at first",
	.description = "Who comes is not heard until a moderator lets him speak"},
    {"mailbox", MODEL_REF, MODEL_INDEX, .ref = "mailbox", .on_delete = MODEL_SET_NULL,
	.label = "Recordings go to",
	.description = "Moderators may record the conference into this mailbox; "
		       "empty = it is not recorded"},
    {"music", MODEL_REF, MODEL_INDEX, .ref = "music_loop", .on_delete = MODEL_SET_NULL,
	.label = "Music", .description = "For who waits; empty = the default"},
    {"numbers", MODEL_TEXT_LIST, MODEL_COMPUTED | MODEL_SEARCH, .label = "Numbers",
	.description = "Who dials one of them comes here, shortest first"},
};

const struct model_entity model_conference_room = {"conference_room", "conference-rooms", 0, "name",
    "name", NULL, .label = "Conference room",
    .description = "A room on numbers, in which calls meet", FIELDS(conference_room_fields)};
