/* Call completion: who wants to be called back when whom he could not reach can be reached. */
#include "model/model.h"

#define FIELDS(array) .fields = (array), .field_count = sizeof(array) / sizeof((array)[0])

static const struct model_field completion_fields[] = {
    {"user", MODEL_REF, 0, .ref = "user", .on_delete = MODEL_CASCADE, .label = "User",
	.description = "Who is called back"},
    {"target", MODEL_REF, 0, .ref = "user", .on_delete = MODEL_CASCADE, .label = "Whom he called",
	.description = "null: a number outside"},
    {"dialled", MODEL_TEXT, MODEL_INTERNAL | MODEL_SECRET, 0, 64, .label = "As it was dialled"},
    {"number", MODEL_TEXT, MODEL_SEARCH, 0, 64, .label = "Number",
	.description = "Of a private call outside without its last digits"},
    {"private_call", MODEL_BOOL, MODEL_INTERNAL, .def = "false", .label = "Private"},
    {"why", MODEL_ENUM, 0, .choices = "busy|no_answer", .def = "\"busy\"", .label = "Why",
	.description = "busy: called back when the target is free; no_answer: when it has used its "
		       "phone and is free"},
    {"since", MODEL_TIME, 0, .label = "Since"},
    {"user_name", MODEL_TEXT, MODEL_COMPUTED | MODEL_SEARCH, .label = "Name"},
    {"target_name", MODEL_TEXT, MODEL_COMPUTED | MODEL_SEARCH | MODEL_NULLABLE, .label = "Target"},
};

const struct model_entity model_call_completion = {"call_completion", "call-completions",
    MODEL_SYSTEM | MODEL_FIXED, NULL, "since", NULL, .owners = "user", .label = "Call completion",
    .description = "Somebody is called back when whom he could not reach can be reached",
    FIELDS(completion_fields)};
