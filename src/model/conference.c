/* Planned conferences (CNF-1): when, who, and the dates of a series that differ. */
#include "model/conference.h"

#include "model/entities_int.h"

#define FIELDS(array) .fields = (array), .field_count = sizeof(array) / sizeof((array)[0])

/* Text of several lines, for mails. */
#define LINES "\n\r -\uffff"

bool
conference_change_next(struct slice *rest, struct conference_change *out)
{
	struct slice after = slice_trim(*rest), one = slice_trim(slice_take_until(&after, ';'));
	struct slice to = one, original = slice_take_until(&to, ' ');

	if (!one.n && !after.n) {
		*rest = after;
		return false;
	}
	*out = (struct conference_change){0};
	to = slice_trim(to);
	if (model_time_parse(original, &out->original_ms) != ERR_OK ||
	    (!slice_eq(to, SLICE("off")) && model_time_parse(to, &out->moved_ms) != ERR_OK))
		return false;
	*rest = after;
	return true;
}

static void
check_changes(const char *text, struct model_errors *errors)
{
	struct slice rest = slice_cstr(text);
	struct conference_change change;
	size_t n = 0;

	while (conference_change_next(&rest, &change))
		n++;
	if (rest.n || n > CONFERENCE_EXCEPTIONS_MAX)
		model_error_add(errors, "bad_dates", "changed_dates",
		    "Changed dates are as in \"2026-12-24T09:00:00Z off; 2026-12-31T09:00:00Z "
		    "2026-12-30T09:00:00Z\", %d at most.",
		    (int)CONFERENCE_EXCEPTIONS_MAX);
}

static void
check_conference(const json_t *row, struct model_errors *errors)
{
	bool once = strcmp(row_text(row, "repeat"), "once") == 0;

	if (!json_is_string(json_object_get(row, "starts_at")))
		model_error_add(errors, "required", "starts_at", "Say when the conference begins.");
	check_changes(row_text(row, "changed_dates"), errors);
	if (once && *row_text(row, "changed_dates"))
		model_error_add(errors, "not_repeated", "changed_dates",
		    "A conference that takes place once has no other dates.");
	if (once && *row_text(row, "repeat_until"))
		model_error_add(errors, "not_repeated", "repeat_until",
		    "A conference that takes place once has no last day.");
}

static void
check_participant(const json_t *row, struct model_errors *errors)
{
	bool user = json_is_integer(json_object_get(row, "user"));
	const char *pin = row_text(row, "pin");

	if (user == !!*row_text(row, "name"))
		model_error_add(errors, "one_of_two", "name",
		    "Name a user, or the name of somebody else; one of both.");
	if (user && *row_text(row, "mail"))
		model_error_add(errors, "of_user", "mail", "Mail goes to the address of the user.");
	if (!user && json_is_true(json_object_get(row, "call_on_start")) &&
	    !*row_text(row, "number"))
		model_error_add(
		    errors, "required", "number", "Who is to be called needs a number.");
	if (*pin && strlen(pin) != CONFERENCE_PIN_DIGITS)
		model_error_add(
		    errors, "bad_pin", "pin", "A PIN has %d digits.", (int)CONFERENCE_PIN_DIGITS);
}

static const struct model_field conference_fields[] = {
    {"uid", MODEL_TEXT, MODEL_UNIQUE | MODEL_GENERATED, 8, 64, .chars = "A-Za-z0-9-", .label = "ID",
	.description = "For ever; made up by the system when absent"},
    {"name", MODEL_TEXT, MODEL_REQUIRED | MODEL_SEARCH, 1, 60, .label = "Name"},
    {"user", MODEL_REF, MODEL_REQUIRED | MODEL_INDEX, .ref = "user", .on_delete = MODEL_CASCADE,
	.label = "Owner", .description = "Who plans it"},
    {"starts_at", MODEL_TIME, MODEL_REQUIRED, .label = "Begins",
	.description = "The first date of a series"},
    {"time_zone", MODEL_TEXT, MODEL_REQUIRED, 1, CONFERENCE_ZONE_BYTES - 1,
	.chars = "A-Za-z0-9/_+-", .label = "Time zone",
	.description = "As Europe/Berlin. The dates of a series keep its time of day"},
    {"length_min", MODEL_INT, 0, 5, CONFERENCE_LENGTH_MAX_MIN, .def = "60", .label = "Length",
	.description = "Minutes"},
    {"repeat", MODEL_ENUM, 0, .choices = CONFERENCE_REPEATS, .def = "\"once\"", .label = "Repeated",
	.description = "month: on the same day; where a month has no such day, on its last"},
    {"every", MODEL_INT, 0, 1, 99, .def = "1", .label = "Every",
	.description = "Days, weeks or months from one date to the next"},
    {"repeat_until", MODEL_TEXT, 0, 0, 10, .format = MODEL_FORMAT_DATE, .label = "Last day",
	.description = "In its time zone; empty = without end"},
    {"changed_dates", MODEL_TEXT, 0, 0, CONFERENCE_CHANGES_MAX, .chars = "0-9TZ:. ;off-",
	.label = "Changed dates",
	.description = "Of a series, when they would begin and when they do: "
		       "\"2026-12-24T09:00:00Z off; 2026-12-31T09:00:00Z 2026-12-30T09:00:00Z\""},
    {"wait_for_moderator", MODEL_BOOL, 0, .label = "Wait for a moderator",
	.description = "Participants hear music until one is there"},
    {"mute_on_entry", MODEL_BOOL, 0, .label = "Participants are muted",
	.description = "Until a moderator lets them speak; moderators are not"},
    {"may_record", MODEL_BOOL, 0, .label = "May be recorded", .description = "By a moderator"},
    {"language", MODEL_ENUM, 0, .choices = "system|en|de", .def = "\"system\"", .label = "Language",
	.description = "In which participants are spoken to"},
    {"show_participants", MODEL_BOOL, 0, .label = "Participants see each other",
	.description = "The page of the invitation names who is invited"},
    {"message", MODEL_TEXT, 0, 0, 2000, .chars = LINES, .label = "Message",
	.description = "Stands in the invitation"},
    {"next_from", MODEL_TIME, MODEL_READONLY | MODEL_INDEX, .label = "Next date",
	.description = "The one that runs, or the next; empty = it is over"},
    {"next_until", MODEL_TIME, MODEL_READONLY | MODEL_INDEX, .label = "End of the next date"},
    {"next_original", MODEL_TIME, MODEL_INTERNAL,
	.label = "Which date of the series the next one is, were it not moved"},
    {"reminded_for", MODEL_TIME, MODEL_INTERNAL,
	.label = "The date of which participants have been reminded"},
    {"sequence", MODEL_INT, MODEL_INTERNAL, .label = "Of its calendar entries (RFC 5545)"},
    {"user_name", MODEL_TEXT, MODEL_COMPUTED | MODEL_SEARCH, .label = "Owner's name"},
    {"participants", MODEL_INT, MODEL_COMPUTED, .label = "Participants"},
};

const struct model_entity model_conference = {"conference", "conferences", 0, "uid", "next_from",
    "name", .owners = "user", .label = "Conference",
    .description = "A conference that is planned, once or as a series", FIELDS(conference_fields),
    .check = check_conference};

static const struct model_field participant_fields[] = {
    {"uid", MODEL_TEXT, MODEL_UNIQUE | MODEL_GENERATED, 8, 64, .chars = "A-Za-z0-9-", .label = "ID",
	.description = "For ever; made up by the system when absent"},
    {"conference", MODEL_REF, MODEL_REQUIRED | MODEL_INDEX, .ref = "conference",
	.on_delete = MODEL_CASCADE, .label = "Conference"},
    {"user", MODEL_REF, MODEL_INDEX, .ref = "user", .on_delete = MODEL_CASCADE, .label = "User",
	.description = "Empty: somebody else, who has a name"},
    {"name", MODEL_TEXT, MODEL_SEARCH, 0, 60, .label = "Name",
	.description = "Of who is no user here"},
    {"mail", MODEL_TEXT, MODEL_SEARCH, 0, 254, .format = MODEL_FORMAT_EMAIL,
	.label = "E-mail address", .description = "Of who is no user here"},
    {"number", MODEL_TEXT, MODEL_SEARCH, 0, 24, .chars = "0-9+*#", .label = "Number",
	.description = "To be called at, as dialled by the owner; empty = of the user"},
    {"moderator", MODEL_BOOL, 0, .label = "Moderator"},
    {"call_on_start", MODEL_BOOL, 0, .label = "Is called",
	.description = "When the conference begins"},
    {"pin", MODEL_TEXT, MODEL_UNIQUE | MODEL_SECRET | MODEL_GENERATED, CONFERENCE_PIN_DIGITS,
	CONFERENCE_PIN_DIGITS, .chars = "0-9", .label = "PIN",
	.description = "Opens the conference at a dial-in number; no two participants of any have "
		       "the same. Made up by the system when absent"},
    {"user_name", MODEL_TEXT, MODEL_COMPUTED | MODEL_SEARCH | MODEL_NULLABLE, .label = "User name"},
    {"conference_name", MODEL_TEXT, MODEL_COMPUTED | MODEL_SEARCH, .label = "Conference name"},
    {"owner", MODEL_INT, MODEL_COMPUTED, .label = "Owner of the conference"},
};

const struct model_entity model_conference_participant = {"conference_participant",
    "conference-participants", 0, "uid", "id", NULL, .owners = "owner",
    .unique_together = "conference, user", .label = "Participant of a conference",
    .description = "Who is invited to a conference", FIELDS(participant_fields),
    .check = check_participant};

static const struct model_field link_fields[] = {
    {"participant", MODEL_REF, MODEL_INDEX, .ref = "conference_participant",
	.on_delete = MODEL_CASCADE, .label = "Participant"},
    {"token_hash", MODEL_TEXT, MODEL_UNIQUE | MODEL_SECRET, 64, 64,
	.label = "SHA-256 of what the mail's link holds"},
    {"created_at", MODEL_TIME, 0, .label = "Mailed"},
};

const struct model_entity model_conference_link = {"conference_link", "conference-links",
    MODEL_HIDDEN, NULL, "id", NULL, .label = "Link of an invitation",
    .description = "Shows a participant without an account what he is invited to",
    FIELDS(link_fields)};
