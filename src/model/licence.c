/* SRV-11: the licence that is installed. What it says follows from its text, see store/licence.c.
 */
#include "model/model.h"

#define SEATS(id, what)                                                                            \
	{                                                                                          \
		id, MODEL_INT, MODEL_READONLY | MODEL_NULLABLE,                                    \
		    .label = "Seats for " what, .description = "null = as many as you like"        \
	}
#define USED(id, what)                                                                             \
	{                                                                                          \
		id "_used", MODEL_INT, MODEL_COMPUTED, .label = "Used seats for " what             \
	}

static const struct model_field fields[] = {
    {"text", MODEL_TEXT, MODEL_WRITEONLY, 0, 8192, .chars = "\n\r -~", .label = "Licence file",
	.description = "What the file holds; empty = none, then nothing is limited"},
    {"number", MODEL_TEXT, MODEL_READONLY, 0, 60, .label = "Number"},
    {"customer", MODEL_TEXT, MODEL_READONLY, 0, 120, .label = "Made out to"},
    {"valid_until", MODEL_TIME, MODEL_READONLY, .label = "Valid until",
	.description = "Later people are reminded; nothing stops. null = for ever"},
    SEATS("users", "users"),
    USED("users", "users"),
    SEATS("phones", "phones"),
    USED("phones", "phones"),
    SEATS("lines", "lines"),
    USED("lines", "lines"),
    SEATS("groups", "groups"),
    USED("groups", "groups"),
};

const struct model_entity model_licence = {"licence", "licence", MODEL_SINGLETON, NULL, "id", NULL,
    .label = "Licence", .description = "How many users, phones, lines and groups there may be",
    .fields = fields, .field_count = sizeof fields / sizeof fields[0]};
