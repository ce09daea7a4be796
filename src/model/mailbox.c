/* Voicemail (VMB-1 to VMB-4): mailboxes, who has access to them, what they say, and the messages in
 * them. */
#include "model/pin.h"
#include "model/voicemail.h"

#define FIELDS(array) .fields = (array), .field_count = sizeof(array) / sizeof((array)[0])

static void
check_mailbox(const json_t *row, struct model_errors *errors)
{
	const json_t *from = json_object_get(row, "away_from"),
		     *until = json_object_get(row, "away_until");
	int64_t begins = 0, ends = 0;

	if (json_integer_value(json_object_get(row, "min_s")) >
	    json_integer_value(json_object_get(row, "max_s")))
		model_error_add(errors, "min_above_max", "min_s",
		    "The shortest message cannot be longer than the longest.");
	if (json_is_string(from) && json_is_string(until) &&
	    model_time_parse(slice_cstr(json_string_value(from)), &begins) == ERR_OK &&
	    model_time_parse(slice_cstr(json_string_value(until)), &ends) == ERR_OK &&
	    ends <= begins)
		model_error_add(errors, "ends_before_begin", "away_until",
		    "The absence ends before it begins.");
}

static void
check_access(const json_t *row, struct model_errors *errors)
{
	bool user = json_is_integer(json_object_get(row, "user"));

	if (user == json_is_integer(json_object_get(row, "group")))
		model_error_add(
		    errors, "one_of_two", "user", "Name a user or a group, one of both.");
}

/* Sound files that people have made (VMB-3, SYS-4); their files: store/announcement.h. */
static const struct model_field announcement_fields[] = {
    {"name", MODEL_TEXT, MODEL_REQUIRED | MODEL_SEARCH, 1, 60, .label = "Name"},
    {"user", MODEL_REF, MODEL_INDEX, .ref = "user", .on_delete = MODEL_CASCADE, .label = "User",
	.description = "Whose own it is; empty = everybody may choose it"},
    {"file", MODEL_TEXT, MODEL_INTERNAL,
	.label = "Its file, without folder and ending; empty: none"},
    {"length_ms", MODEL_INT, MODEL_READONLY, .label = "Length"},
    {"file_name", MODEL_TEXT, MODEL_READONLY | MODEL_SEARCH, .label = "Uploaded as"},
    {"changed_at", MODEL_TIME, MODEL_READONLY, .label = "Recorded or uploaded"},
    {"user_name", MODEL_TEXT, MODEL_COMPUTED | MODEL_SEARCH | MODEL_NULLABLE, .label = "User name"},
};

const struct model_entity model_announcement = {"announcement", "announcements", 0, "name", "name",
    "name", .owners = "user", .label = "Announcement",
    .description = "A sound file that callers hear", FIELDS(announcement_fields)};

static const struct model_field mailbox_fields[] = {
    {"name", MODEL_TEXT, MODEL_REQUIRED | MODEL_UNIQUE | MODEL_SEARCH, 1, 60, .label = "Name"},
    {"code", MODEL_TEXT, MODEL_UNIQUE | MODEL_SEARCH | MODEL_GENERATED, 1, 4, .chars = "0-9",
	.label = "ID",
	.description = "Dialled behind the code for voicemail; the next free one when "
		       "absent"},
    {"pin", MODEL_TEXT, MODEL_WRITEONLY | MODEL_SECRET | MODEL_HASHED | MODEL_PIN, PIN_DIGITS_MIN,
	PIN_DIGITS_MAX, .chars = "0-9", .label = "PIN",
	.description = "For who listens at a telephone that is not of a user with access; empty = "
		       "nobody may"},
    {"has_pin", MODEL_BOOL, MODEL_COMPUTED, .label = "Has a PIN"},
    {"pin_always", MODEL_BOOL, 0, .label = "Ask for the PIN always",
	.description = "Also at telephones of users with access"},
    {"records", MODEL_BOOL, 0, .def = "true", .label = "Takes messages",
	.description = "Otherwise callers hear the announcement, and the call ends"},
    {"max_s", MODEL_INT, 0, 5, VOICEMAIL_SECONDS_MAX, .def = "1800", .label = "Longest message",
	.description = "Seconds"},
    {"min_s", MODEL_INT, 0, 0, 60, .def = "2", .label = "Shortest message",
	.description = "Seconds; what is shorter is not kept"},
    {"silence_s", MODEL_INT, 0, 0, 120, .def = "10", .label = "Ends after silence of",
	.description = "Seconds; 0 = never"},
    {"language", MODEL_ENUM, 0, .choices = "system|en|de", .def = "\"system\"", .label = "Language",
	.description = "In which callers are spoken to"},
    {"greeting", MODEL_REF, 0, .ref = "announcement", .on_delete = MODEL_SET_NULL,
	.label = "Announcement", .description = "Empty = the spoken one of the system"},
    {"greeting_busy", MODEL_REF, 0, .ref = "announcement", .on_delete = MODEL_SET_NULL,
	.label = "Announcement when busy", .description = "Empty = the usual one"},
    {"greeting_away", MODEL_REF, 0, .ref = "announcement", .on_delete = MODEL_SET_NULL,
	.label = "Announcement when away", .description = "From and until the times below"},
    {"away_from", MODEL_TIME, 0, .label = "Away from"},
    {"away_until", MODEL_TIME, 0, .label = "Away until"},
    {"max_messages", MODEL_INT, 0, 1, 10000, .def = "500", .label = "Messages at most",
	.description = "When there are so many, callers hear that the mailbox is full"},
    {"keep_days", MODEL_INT, 0, 0, 3650, .label = "Keep messages for",
	.description = "Days; 0 = until somebody deletes them. Saved ones stay"},
    {"numbers", MODEL_TEXT_LIST, MODEL_COMPUTED | MODEL_SEARCH, .label = "Numbers",
	.description = "Who calls them leaves a message here"},
    {"messages", MODEL_INT, MODEL_COMPUTED, .label = "Messages"},
    {"messages_new", MODEL_INT, MODEL_COMPUTED, .label = "New messages"},
};

const struct model_entity model_mailbox = {"mailbox", "mailboxes", 0, "name", "name", "name",
    .label = "Mailbox", .description = "Takes messages for users and groups",
    FIELDS(mailbox_fields), .check = check_mailbox};

static const struct model_field mailbox_access_fields[] = {
    {"mailbox", MODEL_REF, MODEL_REQUIRED, .ref = "mailbox", .on_delete = MODEL_CASCADE,
	.label = "Mailbox"},
    {"user", MODEL_REF, MODEL_INDEX, .ref = "user", .on_delete = MODEL_CASCADE, .label = "User"},
    {"group", MODEL_REF, MODEL_INDEX, .ref = "group", .on_delete = MODEL_CASCADE, .label = "Group",
	.description = "All its members"},
    {"by_mail", MODEL_BOOL, 0, .label = "Messages by e-mail",
	.description = "With the recording attached"},
    {"mailbox_name", MODEL_TEXT, MODEL_COMPUTED | MODEL_SEARCH, .label = "Mailbox name"},
    {"holder_name", MODEL_TEXT, MODEL_COMPUTED | MODEL_SEARCH, .label = "User or group"},
};

const struct model_entity model_mailbox_access = {"mailbox_access", "mailbox-access", 0, "mailbox",
    "id", NULL, .key_with = "user|group", .unique_together = "mailbox, user, \"group\"",
    .label = "Access to a mailbox", .description = "Who listens to its messages",
    FIELDS(mailbox_access_fields), .check = check_access};

static const struct model_field voicemail_fields[] = {
    {"mailbox", MODEL_REF, MODEL_INDEX, .ref = "mailbox", .on_delete = MODEL_CASCADE,
	.label = "Mailbox"},
    {"state", MODEL_ENUM, MODEL_INDEX, .choices = VOICEMAIL_STATES, .label = "State",
	.description = "recording: the caller speaks; new: nobody has listened; old: somebody has; "
		       "saved: kept; deleted: can be taken back for some days"},
    {"received_at", MODEL_TIME, MODEL_INDEX, .label = "Received"},
    {"number", MODEL_TEXT, MODEL_SEARCH, .label = "From number"},
    {"name", MODEL_TEXT, MODEL_SEARCH, .label = "From"},
    {"length_ms", MODEL_INT, 0, .label = "Length"},
    {"call_id", MODEL_TEXT, MODEL_NULLABLE, .label = "Call"},
    {"forwarded_by", MODEL_TEXT, MODEL_NULLABLE, .label = "Forwarded by"},
    {"deleted_at", MODEL_TIME, MODEL_INDEX, .label = "Deleted"},
    {"file", MODEL_TEXT, MODEL_INTERNAL | MODEL_INDEX,
	.label = "Its file, without folder and ending"},
    {"mailed", MODEL_BOOL, MODEL_INTERNAL | MODEL_INDEX, .label = "Its mails are in the queue"},
    {"deleted", MODEL_BOOL, MODEL_COMPUTED, .label = "In the trash"},
    {"mailbox_name", MODEL_TEXT, MODEL_COMPUTED | MODEL_SEARCH, .label = "Mailbox name"},
};

const struct model_entity model_voicemail = {"voicemail", "voicemails", MODEL_LOG, NULL,
    "-received_at", NULL, .label = "Voicemail", .description = "A message in a mailbox",
    FIELDS(voicemail_fields)};
