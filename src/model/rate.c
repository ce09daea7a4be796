/* What calls on a line cost (LIN-5). */
#include "model/model.h"
#include "model/money.h"

static const struct model_field rate_fields[] = {
    {"line", MODEL_REF, MODEL_REQUIRED, .ref = "line", .on_delete = MODEL_CASCADE, .label = "Line"},
    {"prefix", MODEL_TEXT, MODEL_SEARCH, 0, 20, .chars = "0-9+", .label = "Numbers beginning with",
	.description = "As dialled outside: 0043, +43 or 0211; of several that fit the longest "
		       "counts. Empty = all others"},
    {"name", MODEL_TEXT, MODEL_SEARCH, 0, 60, .label = "Destination"},
    {"per_minute_micro", MODEL_INT, 0, 0, MONEY_PRICE_MAX_MICRO, .format = MODEL_FORMAT_MICRO,
	.label = "Price per minute",
	.description = "In millionths of the line's currency: 19000 is 0.019"},
    {"setup_micro", MODEL_INT, 0, 0, MONEY_PRICE_MAX_MICRO, .format = MODEL_FORMAT_MICRO,
	.label = "Price per call", .description = "Once, when it is answered"},
    {"first_s", MODEL_INT, 0, 1, 3600, .def = "60", .label = "First interval",
	.description = "Seconds that are charged at least"},
    {"step_s", MODEL_INT, 0, 1, 3600, .def = "60", .label = "Further intervals",
	.description = "Seconds; each that has begun is charged. 60 and 1 are what providers "
		       "call 60/1"},
    {"line_name", MODEL_TEXT, MODEL_COMPUTED | MODEL_SEARCH, .label = "Line name"},
};

const struct model_entity model_rate = {"rate", "rates", 0, "line", "prefix", NULL,
    .key_with = "prefix", .unique_together = "line, prefix", .label = "Rate",
    .description = "What calls to some numbers cost on a line", .fields = rate_fields,
    .field_count = sizeof rate_fields / sizeof rate_fields[0]};
