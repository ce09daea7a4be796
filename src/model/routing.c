/* What decides how calls leave: emergency numbers, cost-optimised routing (COR), its time frames
 * and public holidays. */
#include "model/model.h"

#define FIELDS(array) .fields = (array), .field_count = sizeof(array) / sizeof((array)[0])

static void
check_frame(const json_t *row, struct model_errors *errors)
{
	/* texts of a clock compare like times */
	if (strcmp(row_text(row, "from"), row_text(row, "to")) >= 0)
		model_error_add(errors, "wrong_order", "to",
		    "A time frame must end later than it begins; one over midnight is made of "
		    "two, the first until 24:00.");
	if (json_array_size(json_object_get(row, "days")) == 0)
		model_error_add(errors, "required", "days", "A time frame needs at least one day.");
}

static const struct model_field emergency_fields[] = {
    {"number", MODEL_TEXT, MODEL_REQUIRED | MODEL_UNIQUE | MODEL_SEARCH, 2, 20, .chars = "0-9",
	.label = "Number",
	.description = "As it is dialled, without prefix; with the prefix it works, too"},
    {"name", MODEL_TEXT, MODEL_REQUIRED | MODEL_SEARCH, 1, 60, .label = "Name"},
    {"lines", MODEL_REF_LIST, 0, 0, 20, .ref = "line", .on_delete = MODEL_CASCADE, .label = "Lines",
	.description = "In order; their providers must carry emergency calls. When none of "
		       "them works, every other line is tried"},
};

const struct model_entity model_emergency_number = {"emergency_number", "emergency-numbers", 0,
    "number", "number", NULL, .label = "Emergency number",
    .description = "Always gets through, before every other call", FIELDS(emergency_fields)};

static const struct model_field frame_fields[] = {
    {"name", MODEL_TEXT, MODEL_REQUIRED | MODEL_UNIQUE | MODEL_SEARCH, 1, 60, .label = "Name"},
    {"days", MODEL_TEXT_LIST, 0, .choices = MODEL_DAYS, .def = MODEL_DAYS, .label = "Days",
	.description = "On a public holiday only the holiday counts, whatever day of the week it "
		       "is"},
    {"from", MODEL_TEXT, MODEL_REQUIRED, 5, 5, .format = MODEL_FORMAT_CLOCK, .label = "From",
	.description = "HH:MM"},
    {"to", MODEL_TEXT, MODEL_REQUIRED, 5, 5, .format = MODEL_FORMAT_CLOCK, .label = "To",
	.description = "HH:MM, not included; 24:00 = the end of the day"},
};

const struct model_entity model_time_frame = {"time_frame", "time-frames", 0, "name", "name", NULL,
    .label = "Time frame", .description = "Days of the week and a time of day",
    FIELDS(frame_fields), .check = check_frame};

static const struct model_field rule_fields[] = {
    {"number", MODEL_TEXT, MODEL_REQUIRED | MODEL_UNIQUE | MODEL_SEARCH, 1, 20, .chars = "0-9+",
	.label = "Number range",
	.description = "How the numbers begin, without the prefix for outside calls: 0049, +49, "
		       "0211, 00, 118. Of several rules the longest that fits is used"},
    {"comment", MODEL_TEXT, MODEL_SEARCH, 0, 200, .label = "Comment"},
    {"enabled", MODEL_BOOL, 0, .def = "true", .label = "Enabled"},
};

const struct model_entity model_cor_rule = {"cor_rule", "cor-rules", 0, "number", "number", NULL,
    .label = "COR rule", .description = "Which lines calls to a range of numbers take",
    FIELDS(rule_fields)};

static const struct model_field way_fields[] = {
    {"rule", MODEL_REF, MODEL_REQUIRED, .ref = "cor_rule", .on_delete = MODEL_CASCADE,
	.label = "COR rule"},
    {"frame", MODEL_REF, MODEL_REQUIRED, .ref = "time_frame", .on_delete = MODEL_RESTRICT,
	.label = "Time frame"},
    {"line", MODEL_REF, MODEL_REQUIRED, .ref = "line", .on_delete = MODEL_CASCADE, .label = "Line"},
    {"position", MODEL_INT, 0, 0, 100000, .label = "Place",
	.description = "From 1; the others make room. 0 = at the end"},
    {"call_by_call", MODEL_TEXT, 0, 0, 16, .chars = "0-9*#", .label = "Call-by-call prefix",
	.description = "Dialled before the number, as in 01019"},
};

const struct model_entity model_cor_line = {"cor_line", "cor-lines", 0, "rule", "position", NULL,
    .key_with = "frame|line", .unique_together = "rule, frame, line", .label = "Line of a COR rule",
    .description = "A line's place in a rule, in a time frame", FIELDS(way_fields)};

static const struct model_field holiday_fields[] = {
    {"date", MODEL_TEXT, MODEL_REQUIRED | MODEL_UNIQUE | MODEL_SEARCH, 10, 10,
	.format = MODEL_FORMAT_DATE, .label = "Date", .description = "YYYY-MM-DD"},
    {"name", MODEL_TEXT, MODEL_REQUIRED | MODEL_SEARCH, 1, 60, .label = "Name"},
    {"yearly", MODEL_BOOL, 0, .label = "Every year", .description = "On the same date"},
};

const struct model_entity model_holiday = {"holiday", "holidays", 0, "date", "date", NULL,
    .label = "Holiday",
    .description = "A day off, besides the public holidays of the region in the settings",
    FIELDS(holiday_fields)};
