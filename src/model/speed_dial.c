/* KEY: numbers behind short ones, a user's own and those that everybody has. */
#include "model/model.h"

#define FIELDS(array) .fields = (array), .field_count = sizeof(array) / sizeof((array)[0])

static const struct model_field speed_dial_fields[] = {
    {"user", MODEL_REF, MODEL_INDEX, .ref = "user", .on_delete = MODEL_CASCADE, .label = "User",
	.description = "Whose own it is; empty = everybody's. One's own goes before everybody's"},
    {"place", MODEL_TEXT, MODEL_REQUIRED | MODEL_SEARCH, 1, 3, .chars = "0-9", .label = "Place",
	.description = "One to three digits, dialled behind the code for speed dials"},
    {"number", MODEL_TEXT, MODEL_REQUIRED | MODEL_SEARCH, 1, 30, .chars = "0-9+", .label = "Number",
	.description = "As it would be dialled: outside with the prefix for outside calls"},
    {"name", MODEL_TEXT, MODEL_SEARCH, 0, 60, .label = "Name"},
    {"user_name", MODEL_TEXT, MODEL_COMPUTED | MODEL_SEARCH | MODEL_NULLABLE, .label = "User name"},
};

const struct model_entity model_speed_dial = {"speed_dial", "speed-dials", 0, "user", "place", NULL,
    .key_with = "place", .unique_together = "user, place", .owners = "user", .label = "Speed dial",
    .description = "A number behind a short one", FIELDS(speed_dial_fields)};
