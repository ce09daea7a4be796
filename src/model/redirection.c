/* Where calls to a number go instead: always, when it is busy, when nobody answers. */
#include "model/model.h"

#define FIELDS(array) .fields = (array), .field_count = sizeof(array) / sizeof((array)[0])

static void
check_redirection(const json_t *row, struct model_errors *errors)
{
	bool to_mailbox = strcmp(row_text(row, "kind"), "mailbox") == 0;

	if (!json_is_true(json_object_get(row, "enabled")))
		return;
	if (to_mailbox && !json_is_integer(json_object_get(row, "mailbox")))
		model_error_add(errors, "no_mailbox", "mailbox",
		    "A redirection needs a mailbox before it can be switched on.");
	else if (!to_mailbox && !*row_text(row, "target"))
		model_error_add(errors, "no_target", "target",
		    "A redirection needs a target before it can be switched on.");
}

static const struct model_field redirection_fields[] = {
    {"number", MODEL_REF, MODEL_REQUIRED, .ref = "number", .on_delete = MODEL_CASCADE,
	.label = "Number",
	.description = "Whose calls go elsewhere; when somebody else gets it, they do no more"},
    {"trigger", MODEL_ENUM, MODEL_REQUIRED, .choices = MODEL_TRIGGERS, .def = "\"always\"",
	.label = "When",
	.description = "always; busy: the user talks and has no call waiting, or refuses; timeout: "
		       "nobody answers, or nobody can be reached"},
    {"enabled", MODEL_BOOL, 0, .def = "true", .label = "Enabled",
	.description = "Switched off, it keeps its target"},
    {"kind", MODEL_ENUM, 0, .choices = "number|mailbox", .def = "\"number\"",
	.label = "Kind of target", .description = "The other one is remembered"},
    {"target", MODEL_TEXT, MODEL_SEARCH, 0, 32, .chars = "0-9+*#", .label = "Target",
	.description = "As it would be dialled: outside with the prefix for outside calls"},
    {"mailbox", MODEL_REF, 0, .ref = "mailbox", .on_delete = MODEL_CASCADE, .label = "Mailbox"},
    {"after_s", MODEL_INT, 0, 1, 300, .def = "20", .label = "After",
	.description = "Seconds of ringing, of timeout"},
    {"digits", MODEL_TEXT, MODEL_COMPUTED | MODEL_SEARCH, .label = "Digits of the number"},
    {"user", MODEL_REF, MODEL_COMPUTED, .ref = "user", .label = "User"},
    {"group", MODEL_REF, MODEL_COMPUTED, .ref = "group", .label = "Group"},
    {"holder_name", MODEL_TEXT, MODEL_COMPUTED | MODEL_SEARCH | MODEL_NULLABLE, .label = "Held by"},
};

const struct model_entity model_redirection = {"redirection", "redirections", 0, "number",
    "trigger", NULL, .key_with = "trigger", .unique_together = "number, \"trigger\"",
    .owners = "user", .label = "Redirection", .description = "Where calls to a number go instead",
    FIELDS(redirection_fields), .check = check_redirection};
