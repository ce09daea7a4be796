/* The tables of what actions take. Secrets are not trimmed; what only the moment can tell (a wrong
 * code, a call that is gone) is the handler's. */
#include "model/bodies.h"

#include "model/callman.h"
#include "model/entities_int.h"
#include "model/live_conference.h"
#include "model/number_block.h"
#include "model/pin.h"
#include "model/rights.h"
#include "model/voicemail.h"

#define FIELDS(array) .fields = (array), .field_count = sizeof(array) / sizeof((array)[0])
#define SECRET	      MODEL_WRITEONLY | MODEL_SECRET

enum { CREDENTIAL_MAX = 256 };

static const struct model_field log_in_fields[] = {
    {"login", MODEL_TEXT, MODEL_REQUIRED, 1, CREDENTIAL_MAX, .label = "Login"},
    {"password", MODEL_TEXT, MODEL_REQUIRED | SECRET, 1, CREDENTIAL_MAX, .label = "Password"},
    {"code", MODEL_TEXT, MODEL_NULLABLE | SECRET, 0, CREDENTIAL_MAX, .label = "Code",
	.description = "Of the second factor: six digits, or a recovery code"},
};

static const struct model_field password_fields[] = {
    {"old_password", MODEL_TEXT, MODEL_REQUIRED | SECRET, 1, CREDENTIAL_MAX,
	.label = "Old password"},
    {"password", MODEL_TEXT, MODEL_REQUIRED | SECRET, 6, 128, .chars = MODEL_PASSWORD_CHARS,
	.label = "Password"},
};

static const struct model_field token_fields[] = {
    {"name", MODEL_TEXT, MODEL_REQUIRED, 1, 60, .label = "Name"},
    {"rights", MODEL_TEXT_LIST, MODEL_REQUIRED, .choices = RIGHT_CHOICES_ALL, .label = "Rights",
	.description = "Each once, and none that one does not have"},
    {"expires_at", MODEL_TIME, 0, .label = "Ends", .description = "Empty = never"},
};

static const struct model_field code_fields[] = {
    {"code", MODEL_TEXT, MODEL_REQUIRED | SECRET, 1, CREDENTIAL_MAX, .label = "Code"},
};

static const struct model_field own_password_fields[] = {
    {"password", MODEL_TEXT, MODEL_REQUIRED | SECRET, 1, CREDENTIAL_MAX, .label = "Password"},
};

static const struct model_field dial_fields[] = {
    {"number", MODEL_TEXT, MODEL_REQUIRED, 1, LIVE_NUMBER_BYTES - 1, .label = "Number",
	.description = "As dialled at the phone"},
    {"phone", MODEL_REF, 0, .ref = "phone", .label = "Phone",
	.description = "Empty = the first that is registered"},
};

static const struct model_field play_fields[] = {
    {"phone", MODEL_REF, 0, .ref = "phone", .label = "Phone",
	.description = "One's own; empty = the first that is registered"},
};

static const struct model_field speak_greeting_fields[] = {
    {"greeting", MODEL_ENUM, 0, .choices = VOICEMAIL_GREETING_NAMES, .def = "\"greeting\"",
	.label = "Which", .description = "Of the mailbox's greetings"},
    {"phone", MODEL_REF, 0, .ref = "phone", .label = "Phone",
	.description = "One's own; empty = the first that is registered"},
};

static const struct model_field completion_fields[] = {
    {"number", MODEL_TEXT, 0, 0, LIVE_NUMBER_BYTES - 1, .label = "Number",
	.description =
	    "As dialled at the phone; empty = that of the last call that came to nothing"},
    {"no_answer", MODEL_BOOL, 0, .label = "Nobody answered",
	.description = "Then one is called back when the phone there has been used"},
};

static const struct model_field answer_fields[] = {
    {"phone", MODEL_REF, 0, .ref = "phone", .label = "Phone",
	.description = "Empty = the one that rings"},
};

static const struct model_field transfer_fields[] = {
    {"number", MODEL_TEXT, 0, 0, LIVE_NUMBER_BYTES - 1, .label = "Number",
	.description = "Whom the call is given to"},
    {"call_id", MODEL_TEXT, 0, 0, LIVE_CALL_ID_BYTES - 1, .label = "Call",
	.description = "Instead: another own call, whose far party it is connected with"},
};

static const struct model_field press_fields[] = {
    {"phone", MODEL_REF, 0, .ref = "phone", .label = "Phone",
	.description = "Where a call of one's own is made; empty = the first that is registered"},
};

static const struct model_field voicemail_fields[] = {
    {"state", MODEL_ENUM, MODEL_REQUIRED, .choices = "new|old|saved", .label = "State"},
};

static const struct model_field forward_fields[] = {
    {"mailbox", MODEL_REF, MODEL_REQUIRED, .ref = "mailbox", .label = "Mailbox"},
};

static const struct model_field own_mailbox_fields[] = {
    {"greeting", MODEL_REF, 0, .ref = "announcement", .label = "Announcement",
	.description = "One's own, or everybody's"},
    {"greeting_busy", MODEL_REF, 0, .ref = "announcement", .label = "Announcement when busy"},
    {"greeting_away", MODEL_REF, 0, .ref = "announcement", .label = "Announcement when away"},
    {"away_from", MODEL_TIME, 0, .label = "Away from"},
    {"away_until", MODEL_TIME, 0, .label = "Away until"},
    {"pin", MODEL_TEXT, SECRET, 0, PIN_DIGITS_MAX, .chars = "0-9", .label = "PIN"},
};

static const struct model_field park_fields[] = {
    {"orbit", MODEL_TEXT, MODEL_NULLABLE, 2, 2, .chars = "0-9", .label = "Place",
	.description = "00 to 99; empty = the first that is free"},
};

static const struct model_field fetch_fields[] = {
    {"orbit", MODEL_TEXT, MODEL_REQUIRED, 2, 2, .chars = "0-9", .label = "Place"},
    {"phone", MODEL_REF, 0, .ref = "phone", .label = "Phone",
	.description = "One's own; empty = the first that is registered"},
};

static const struct model_field live_conference_fields[] = {
    {"locked", MODEL_BOOL, 0, .label = "Locked",
	.description = "Nobody comes in any more but who is invited"},
    {"recording", MODEL_BOOL, 0, .label = "Recording"},
};

static const struct model_field invite_fields[] = {
    {"number", MODEL_TEXT, MODEL_REQUIRED, 1, LIVE_NUMBER_BYTES - 1, .label = "Number",
	.description = "As one would dial it"},
};

static const struct model_field live_member_fields[] = {
    {"silenced", MODEL_BOOL, 0, .label = "Silenced",
	.description = "Nobody hears him, and he cannot change that"},
    {"listening", MODEL_INT, 0, -CONFERENCE_LEVEL_MAX, CONFERENCE_LEVEL_MAX, .label = "Earpiece",
	.description = "How loud he hears the others; a step is 3 dB"},
    {"speaking", MODEL_INT, 0, -CONFERENCE_LEVEL_MAX, CONFERENCE_LEVEL_MAX, .label = "Microphone",
	.description = "How loud they hear him"},
};

static const struct model_field watch_fields[] = {
    {"target", MODEL_TEXT, MODEL_REQUIRED, 1, 63, .label = "Target",
	.description = "The name of a phone, a number or an IP address"},
    {"minutes", MODEL_INT, 0, 1, 1440, .def = "10", .label = "Minutes"},
};

static const struct model_field apply_fields[] = {
    {"only_valid", MODEL_BOOL, 0, .label = "Only valid rows"},
    {"mail", MODEL_BOOL, 0, .label = "Mail", .description = "Send people their access data"},
};

static const struct model_field line_test_fields[] = {
    {"number", MODEL_TEXT, MODEL_NULLABLE, 1, LIVE_NUMBER_BYTES - 1, .label = "Number",
	.description = "Called through this line at the end; empty = no call"},
};

static const struct model_field mail_test_fields[] = {
    {"to", MODEL_TEXT, MODEL_REQUIRED, 1, 254, .format = MODEL_FORMAT_EMAIL, .label = "Recipient"},
};

static const struct model_field reset_fields[] = {
    {"account", MODEL_TEXT, MODEL_REQUIRED, 1, 254, .label = "Login or e-mail address"},
};

static const struct model_field invitation_fields[] = {
    {"token", MODEL_TEXT, MODEL_REQUIRED | SECRET, 1, CREDENTIAL_MAX, .label = "Token",
	.description = "Of the link in the mail"},
};

static const struct model_field reset_use_fields[] = {
    {"token", MODEL_TEXT, MODEL_REQUIRED | SECRET, 1, CREDENTIAL_MAX, .label = "Token",
	.description = "Of the link in the mail"},
    {"password", MODEL_TEXT, MODEL_REQUIRED | SECRET, 6, 128, .chars = MODEL_PASSWORD_CHARS,
	.label = "Password"},
};

#define BODY(schema, what, array)                                                                  \
	&(const struct model_entity)                                                               \
	{                                                                                          \
		schema, "", MODEL_LIVE, .label = (what), .description = "Input", FIELDS(array)     \
	}

static const struct model_entity *const bodies[] = {
    &model_number_block, /* store/ checks it, too */
    BODY("log_in_input", "Log-in", log_in_fields),
    BODY("password_input", "New password", password_fields),
    BODY("token_input", "API token", token_fields),
    BODY("code_input", "Code", code_fields),
    BODY("own_password_input", "Password", own_password_fields),
    BODY("completion_input", "Call to be completed", completion_fields),
    BODY("dial_input", "Number to call", dial_fields),
    BODY("play_input", "Where to listen, or to speak", play_fields),
    BODY("speak_greeting_input", "Which greeting, and where to speak it", speak_greeting_fields),
    BODY("answer_input", "Phone to answer at", answer_fields),
    BODY("transfer_input", "Where a call goes", transfer_fields),
    BODY("park_input", "Where the call waits", park_fields),
    BODY("fetch_input", "Which call is fetched", fetch_fields),
    BODY("live_conference_input", "What becomes of a conference", live_conference_fields),
    BODY("invite_input", "Who is called into a conference", invite_fields),
    BODY("live_member_input", "What becomes of somebody in a conference", live_member_fields),
    BODY("key_press_input", "How a key is pressed", press_fields),
    BODY("voicemail_input", "What becomes of a message", voicemail_fields),
    BODY("voicemail_forward_input", "Where a message goes, too", forward_fields),
    BODY("own_mailbox_input", "What people choose of their mailbox", own_mailbox_fields),
    BODY("trace_watch_input", "What to trace", watch_fields),
    BODY("user_import_apply_input", "How to import", apply_fields),
    BODY("password_reset_input", "Whose password is forgotten", reset_fields),
    BODY("invitation_input", "Which invitation", invitation_fields),
    BODY("password_reset_use_input", "New password", reset_use_fields),
    BODY("line_test_input", "How to test a line", line_test_fields),
    BODY("mail_test_input", "Test mail", mail_test_fields),
};

const struct model_entity *
model_body(const char *name)
{
	for (size_t i = 0; i < sizeof bodies / sizeof bodies[0]; i++)
		if (strcmp(bodies[i]->name, name) == 0)
			return bodies[i];
	return NULL;
}

bool
model_body_optional(const struct model_entity *body)
{
	for (size_t i = 0; i < body->field_count; i++)
		if (body->fields[i].flags & MODEL_REQUIRED)
			return false;
	return true;
}

void
model_bodies_each(void (*cb)(void *ctx, const struct model_entity *body), void *ctx)
{
	for (size_t i = 0; i < sizeof bodies / sizeof bodies[0]; i++)
		cb(ctx, bodies[i]);
}
