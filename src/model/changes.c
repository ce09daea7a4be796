/* The entity "change": what people (and the system) changed in the configuration. */
#include "model/entities_int.h"

static const struct model_field fields[] = {
    {"at", MODEL_TIME, MODEL_READONLY | MODEL_INDEX, .label = "When"},
    {"writer", MODEL_TEXT, MODEL_READONLY | MODEL_SEARCH, 0, 160, .label = "Who",
	.description = "Empty = the system itself"},
    {"address", MODEL_TEXT, MODEL_READONLY | MODEL_SEARCH, 0, 64, .label = "From",
	.description = "Empty = on this machine"},
    {"entity", MODEL_TEXT, MODEL_READONLY | MODEL_INDEX, 0, 40, .label = "Kind of thing"},
    {"row", MODEL_INT, MODEL_READONLY, .label = "Its id"},
    {"name", MODEL_TEXT, MODEL_READONLY | MODEL_SEARCH, 0, 160, .label = "Its name then"},
    {"action", MODEL_ENUM, MODEL_READONLY, .choices = "created|changed|deleted",
	.def = "\"changed\"", .label = "What was done"},
    {"fields", MODEL_TEXT_LIST, MODEL_READONLY, .label = "Changed fields"},
    {"before", MODEL_JSON, MODEL_READONLY, .label = "Values before",
	.description = "Without secrets; what refers to something names it"},
    {"after", MODEL_JSON, MODEL_READONLY, .label = "Values after"},
    {"undo", MODEL_TEXT, MODEL_INTERNAL | MODEL_SECRET, .label = "What brings a deleted row back"},
};

const struct model_entity model_change = {"change", "changes", MODEL_LOG, NULL, "-at", NULL,
    .label = "Change", .description = "Who changed what, from what to what", .fields = fields,
    .field_count = sizeof fields / sizeof fields[0]};
