/*
 * The tables. A new field is one entry here: the database column, JSON, checking,
 * OpenAPI, import and export follow. (Old databases get the column at the next start,
 * filled with the default; anything more than that is a migration in store/.)
 */
#include "model/model.h"

#include "model/codecs.h"
#include "model/entities_int.h"
#include "model/line_options.h"
#include "model/money.h"
#include "model/phone_options.h"
#include "model/pin.h"
#include "model/rights.h"

#define FIELDS(array) .fields = (array), .field_count = sizeof(array) / sizeof((array)[0])

static void
check_phone(const json_t *row, struct model_errors *errors)
{
	const char *auth = json_string_value(json_object_get(row, "auth"));
	const char *host = json_string_value(json_object_get(row, "host"));

	if (auth && strcmp(auth, "address") == 0 && host && !*host)
		model_error_add(errors, "required", "host",
		    "A phone that is trusted by its address needs a static address.");
}

static void
check_range(const json_t *row, struct model_errors *errors)
{
	struct slice first = slice_cstr(json_string_value(json_object_get(row, "first")));
	struct slice last = slice_cstr(json_string_value(json_object_get(row, "last")));

	if (first.n != last.n)
		model_error_add(errors, "length_differs", "last",
		    "The first and the last number of a range must have equally many digits.");
	else if (slice_cmp(first, last) > 0)
		model_error_add(errors, "wrong_order", "last",
		    "The last number of a range must not be below the first.");
}

static const struct model_field user_fields[] = {
    {"login", MODEL_TEXT, MODEL_REQUIRED | MODEL_UNIQUE | MODEL_SEARCH, 4, 20, .chars = "0-9",
	.label = "Login", .description = "Number to log in with; at least four digits"},
    {"password", MODEL_TEXT, MODEL_WRITEONLY | MODEL_SECRET | MODEL_HASHED, 6, 128,
	.chars = MODEL_PASSWORD_CHARS, .label = "Password",
	.description = "At least six letters, digits or - _ . # *; without one nobody can log in"},
    {"first_name", MODEL_TEXT, MODEL_REQUIRED | MODEL_SEARCH, 1, 60, .label = "First name"},
    {"last_name", MODEL_TEXT, MODEL_REQUIRED | MODEL_SEARCH, 1, 60, .label = "Last name"},
    {"email", MODEL_TEXT, MODEL_SEARCH, 0, 254, .format = MODEL_FORMAT_EMAIL, .label = "E-mail"},
    {"language", MODEL_ENUM, 0, .choices = "de|en", .def = "\"de\"", .label = "Language"},
    {"admin", MODEL_BOOL, 0, .label = "Administrator", .description = "May change everything"},
    {"rights", MODEL_TEXT_LIST, MODEL_GENERATED, .choices = RIGHT_CHOICES, .def = RIGHT_DEFAULTS,
	.label = "Rights", .description = "A new user has those in the settings"},
    {"enabled", MODEL_BOOL, 0, .def = "true", .label = "Enabled",
	.description = "Otherwise cannot log in, call or be called"},
    {"dnd", MODEL_BOOL, 0, .label = "Do not disturb"},
    {"call_waiting", MODEL_BOOL, 0, .def = "true", .label = "Call waiting",
	.description = "The phones ring during a call, too, and redirections when busy do not act. "
		       "Otherwise a second caller hears that the user is busy"},
    {"ring_s", MODEL_INT, 0, 0, 300, .label = "Ringing time",
	.description = "Seconds until a call counts as not answered; 0 = as in the settings"},
    {"dial", MODEL_TEXT_LIST, MODEL_GENERATED, .choices = MODEL_DIAL_CLASSES,
	.def = MODEL_DIAL_DEFAULTS, .label = "May dial",
	.description = "Calls outside; a new user has those in the settings. Internal and "
		       "emergency numbers always"},
    {"dial_pin", MODEL_TEXT, MODEL_WRITEONLY | MODEL_SECRET | MODEL_HASHED | MODEL_PIN,
	PIN_DIGITS_MIN, PIN_DIGITS_MAX, .chars = "0-9", .label = "PIN for calls",
	.description = "*5, this PIN, * and a number dials what the user may not dial otherwise; "
		       "empty = none"},
    {"has_dial_pin", MODEL_BOOL, MODEL_COMPUTED, .label = "Has a PIN for calls"},
    {"display_number", MODEL_TEXT, MODEL_SEARCH, 0, 20, .chars = "0-9+", .label = "Display number",
	.description = "External number shown outside; empty = the user's own on the line that is "
		       "used, else the line's main number"},
    {"hide_number", MODEL_BOOL, 0, .label = "Withhold the number",
	.description = "Those who are called outside see no number"},
    {"music", MODEL_REF, MODEL_INDEX, .ref = "music_loop", .on_delete = MODEL_SET_NULL,
	.label = "Music on hold",
	.description =
	    "What those hear whom the user holds; empty = the default. That of a dialled "
	    "number goes before"},
    {"phones", MODEL_REF_LIST, 0, 0, 20, .ref = "phone", .on_delete = MODEL_CASCADE,
	.label = "Phones", .description = "In order; the first is the primary phone"},
    {"numbers", MODEL_TEXT_LIST, MODEL_COMPUTED | MODEL_SEARCH, .label = "Numbers",
	.description = "The user's numbers, shortest first"},
    {"phone_names", MODEL_TEXT_LIST, MODEL_COMPUTED | MODEL_SEARCH, .label = "Phone names"},
};

const struct model_entity model_user = {"user", "users", 0, "login", "last_name", "last_name",
    /* as lists sort it (store/fold.c), and what they look for */
    .covering = "fold(last_name), fold(first_name), id, login, first_name, last_name, email, "
		"display_number, admin, enabled",
    .label = "User", .description = "A person who can be called and may log in",
    FIELDS(user_fields)};

static const struct model_field device_type_fields[] = {
    {"name", MODEL_TEXT, MODEL_REQUIRED | MODEL_UNIQUE | MODEL_SEARCH, 1, 32,
	.chars = "A-Za-z0-9._-", .label = "Name"},
    {"comment", MODEL_TEXT, MODEL_SEARCH, 0, 200, .label = "Comment"},
    {"builtin", MODEL_BOOL, MODEL_READONLY, .label = "Supplied",
	.description = "Comes with the system: it can be copied, not changed"},
    PHONE_OPTIONS(0),
    {"phones", MODEL_INT, MODEL_COMPUTED, .label = "Phones",
	.description = "How many are of this type"},
};

const struct model_entity model_device_type = {"device_type", "device-types", 0, "name", "name",
    NULL, .label = "Device type", .description = "What phones of a kind have in common",
    FIELDS(device_type_fields)};

static const struct model_field phone_fields[] = {
    {"name", MODEL_TEXT, MODEL_REQUIRED | MODEL_UNIQUE | MODEL_SEARCH, 1, 32,
	.chars = "A-Za-z0-9._-", .label = "Name", .description = "SIP user name"},
    {"type", MODEL_REF, 0, .ref = "device_type", .on_delete = MODEL_RESTRICT, .label = "Type",
	.description = "Kind of device: says what the phone itself leaves open (null). "
		       "null = generic"},
    {"secret", MODEL_TEXT, MODEL_WRITEONLY | MODEL_SECRET | MODEL_GENERATED, 6, 64, .chars = "!-~",
	.label = "SIP password", .description = "Made up by the system when absent"},
    {"auth", MODEL_ENUM, 0, .choices = "password|address", .def = "\"password\"",
	.label = "Authentication",
	.description = "With its SIP password, or trusted by its static address"},
    {"transport", MODEL_ENUM, 0, .choices = "udp|tcp|tls", .def = "\"udp\"",
	.label = "Transport of the static address"},
    PHONE_OPTIONS(MODEL_INHERIT),
    {"enabled", MODEL_BOOL, 0, .def = "true", .label = "Enabled"},
    {"site", MODEL_REF, 0, .ref = "site", .on_delete = MODEL_RESTRICT, .label = "Site",
	.description = "Where it stands; null = as its address says"},
    {"place", MODEL_TEXT, MODEL_SEARCH, 0, 60, .label = "Place",
	.description = "Where it stands there, for emergency services: a room, a desk"},
    {"ha1_md5", MODEL_TEXT, MODEL_INTERNAL | MODEL_SECRET, 0, 32, .label = "Digest (MD5)"},
    {"ha1_sha256", MODEL_TEXT, MODEL_INTERNAL | MODEL_SECRET, 0, 64, .label = "Digest (SHA-256)"},
    {"type_name", MODEL_TEXT, MODEL_COMPUTED | MODEL_SEARCH, .label = "Type name"},
    {"users", MODEL_REF_LIST, MODEL_COMPUTED, .ref = "user", .label = "Users"},
    {"user_names", MODEL_TEXT_LIST, MODEL_COMPUTED | MODEL_SEARCH, .label = "User names"},
};

const struct model_entity model_phone = {"phone", "phones", 0, "name", "name", "name",
    .template_field = "type", .covering = "fold(name), id, name, host, place, type",
    .label = "Phone", .description = "A SIP device", FIELDS(phone_fields), .check = check_phone};

static bool
names_account(const json_t *row, const char *field)
{
	const char *text = json_string_value(json_object_get(row, field));

	return text && strstr(text, MODEL_ACCOUNT_MARK);
}

/* row: with what its provider says for it. */
static void
check_line(const json_t *row, struct model_errors *errors)
{
	const char *auth = json_string_value(json_object_get(row, "auth"));
	bool registers = json_is_true(json_object_get(row, "register"));

	if (!json_string_length(json_object_get(row, "host")))
		model_error_add(errors, "required", "host", "A line needs the provider's server.");
	if (!json_string_length(json_object_get(row, "account")) &&
	    (names_account(row, "host") || names_account(row, "proxy")))
		model_error_add(errors, "required", "account",
		    "The provider's servers are named after the account.");
	if (auth && strcmp(auth, "password") == 0 &&
	    !json_string_length(json_object_get(row, "username")))
		model_error_add(errors, "required", "username",
		    "A line that authenticates with a password needs a user name.");
	if (auth && strcmp(auth, "address") == 0 && registers)
		model_error_add(errors, "conflict", "register",
		    "A line that is trusted by its address does not register.");
}

static const struct model_field provider_fields[] = {
    {"name", MODEL_TEXT, MODEL_REQUIRED | MODEL_UNIQUE | MODEL_SEARCH, 1, 60, .label = "Name"},
    {"comment", MODEL_TEXT, MODEL_SEARCH, 0, 200, .label = "Comment"},
    {"builtin", MODEL_BOOL, MODEL_READONLY, .label = "Supplied",
	.description = "Comes with the system: it can be copied, not changed"},
    {"basis", MODEL_ENUM, MODEL_READONLY, .choices = "own|certain|published|uncertain",
	.def = "\"own\"", .label = "Known from",
	.description = "How far a supplied template is to be trusted: certain, published by "
		       "the provider, or to be checked with its letter"},
    LINE_OPTIONS(0),
    {"lines", MODEL_INT, MODEL_COMPUTED, .label = "Lines", .description = "How many follow it"},
};

const struct model_entity model_provider = {"provider", "providers", 0, "name", "name", NULL,
    .label = "Provider", .description = "What lines to a provider have in common",
    FIELDS(provider_fields)};

static const struct model_field line_fields[] = {
    {"name", MODEL_TEXT, MODEL_REQUIRED | MODEL_UNIQUE | MODEL_SEARCH, 1, 40, .label = "Name"},
    {"provider", MODEL_REF, 0, .ref = "provider", .on_delete = MODEL_RESTRICT, .label = "Provider",
	.description = "Says what the line itself leaves open (null). null = generic"},
    {"enabled", MODEL_BOOL, 0, .def = "true", .label = "Enabled"},
    {"account", MODEL_TEXT, MODEL_SEARCH, 0, 63, .chars = "A-Za-z0-9.-",
	.label = "Account in server names",
	.description = "Stands for <account> in host and proxy"},
    {"username", MODEL_TEXT, MODEL_SEARCH, 0, 128, .chars = "!-~", .label = "User name"},
    {"auth_username", MODEL_TEXT, 0, 0, 128, .chars = "!-~", .label = "Name for authentication",
	.description = "When it differs from the user name"},
    {"password", MODEL_TEXT, MODEL_WRITEONLY | MODEL_SECRET, 0, 128, .label = "Password"},
    {"from_user", MODEL_TEXT, 0, 0, 128, .chars = "!-~", .label = "From user",
	.description = "Fixed user part of From; empty = the calling number"},
    {"from_domain", MODEL_TEXT, 0, 0, 253, .format = MODEL_FORMAT_HOST, .label = "From domain",
	.description = "Empty = the registrar"},
    {"main_number", MODEL_TEXT, MODEL_SEARCH, 0, 20, .chars = "0-9+", .label = "Main number",
	.description = "Shown for callers without an external number of their own"},
    LINE_OPTIONS(MODEL_INHERIT),
    {"max_calls", MODEL_INT, 0, 0, 10000, .def = "0", .label = "Calls at a time",
	.description = "0 = no limit"},
    {"costly_minutes", MODEL_INT, 0, 0, 100000, .def = "240", .label = "Costly minutes a day",
	.description = "Minutes of calls abroad and to services, all together; then there are no "
		       "more of them on this line until midnight. 0 = no limit"},
    {"costly_charge_micro", MODEL_INT, 0, 0, MONEY_DAY_MAX_MICRO, .def = "0",
	.format = MODEL_FORMAT_MICRO, .label = "Costly charges a day",
	.description = "What those calls may cost by the rates of the line, as costly_minutes; in "
		       "millionths of its currency. 0 = no limit"},
    {"currency", MODEL_TEXT, 0, 3, 3, .chars = "A-Z", .def = "\"EUR\"", .label = "Currency",
	.description = "Of its rates, three letters (ISO 4217): EUR, CHF"},
    {"line_prefix", MODEL_TEXT, 0, 0, 1, .chars = "0-9", .label = "Line prefix",
	.description = "*** and this digit before a number: the call takes this line and no other"},
    {"deposit", MODEL_TEXT, 0, 0, 20, .chars = "0-9", .label = "Deposit",
	.description = "Internal number for calls from this line that nobody takes; empty = as in "
		       "the settings"},
    {"no_screening", MODEL_BOOL, 0, .label = "CLIP no screening",
	.description = "The provider lets us show numbers that are not this line's"},
    {"country_code", MODEL_TEXT, 0, 0, 4, .chars = "0-9", .label = "Country code",
	.description = "Of this line's numbers, without + or 00; empty = as in the settings"},
    {"area_code", MODEL_TEXT, 0, 0, 8, .chars = "0-9", .label = "Area code",
	.description = "Of this line's numbers, without the leading 0; empty = as in the settings"},
    {"position", MODEL_INT, 0, 0, 10000, .def = "100", .label = "Order",
	.description = "Lines with lower values are used first"},
    {"provider_name", MODEL_TEXT, MODEL_COMPUTED | MODEL_SEARCH, .label = "Provider name"},
    {"server", MODEL_TEXT, MODEL_COMPUTED | MODEL_SEARCH, .label = "Server",
	.description = "Its own host, or the provider's"},
};

const struct model_entity model_line = {"line", "lines", 0, "name", "position", "name",
    .template_field = "provider", .label = "Line",
    .description = "A way to the public telephone network", FIELDS(line_fields),
    .check = check_line};

static const struct model_field certificate_fields[] = {
    {"name", MODEL_TEXT, MODEL_REQUIRED | MODEL_UNIQUE | MODEL_SEARCH, 1, 60, .label = "Name"},
    {"kind", MODEL_ENUM, 0, .choices = "own|authority", .def = "\"own\"", .label = "Kind",
	.description = "own: shown to those who connect, with its key; authority: whose "
		       "certificates are trusted"},
    {"certificate", MODEL_TEXT, MODEL_REQUIRED, 1, 65536, .chars = "\n\r -~",
	.label = "Certificate", .description = "PEM, followed by the chain"},
    {"key", MODEL_TEXT, MODEL_WRITEONLY | MODEL_SECRET, 0, 16384, .chars = "\n\r -~",
	.label = "Private key", .description = "PEM without a passphrase"},
    {"hosts", MODEL_TEXT, MODEL_SEARCH | MODEL_READONLY, 0, 1000, .label = "Host names"},
    {"not_after", MODEL_TIME, MODEL_READONLY, .label = "Valid until"},
    {"automatic", MODEL_BOOL, MODEL_READONLY, .label = "Made by the system"},
};

const struct model_entity model_certificate = {"certificate", "certificates", 0, "name", "name",
    NULL, .label = "Certificate", .description = "For encrypted connections",
    FIELDS(certificate_fields)};

static const struct model_field address_rule_fields[] = {
    {"address", MODEL_TEXT, MODEL_REQUIRED | MODEL_UNIQUE | MODEL_SEARCH, 2, 49,
	.format = MODEL_FORMAT_NET, .label = "Address or network"},
    {"action", MODEL_ENUM, 0, .choices = "block|allow", .def = "\"block\"", .label = "Action",
	.description = "allow: never blocked"},
    {"comment", MODEL_TEXT, MODEL_SEARCH, 0, 200, .label = "Comment"},
    {"automatic", MODEL_BOOL, MODEL_READONLY, .label = "Made by call screening"},
    {"reason", MODEL_TEXT, MODEL_SEARCH | MODEL_READONLY, 0, 40, .label = "Reason"},
    {"user_agent", MODEL_TEXT, MODEL_SEARCH | MODEL_READONLY, 0, 127, .label = "User agent"},
    {"created_at", MODEL_TIME, MODEL_READONLY, .label = "Created"},
    {"last_at", MODEL_TIME, MODEL_READONLY, .label = "Last request"},
    {"expires_at", MODEL_TIME, MODEL_INDEX, .label = "Ends", .description = "Empty = never"},
};

const struct model_entity model_address_rule = {"address_rule", "address-rules", 0, "address",
    "-created_at", NULL, .label = "Address rule", .description = "Who is kept out, who never is",
    FIELDS(address_rule_fields)};

static const struct model_field group_fields[] = {
    {"name", MODEL_TEXT, MODEL_REQUIRED | MODEL_UNIQUE | MODEL_SEARCH, 1, 60, .label = "Name"},
    {"group_id", MODEL_TEXT, MODEL_UNIQUE | MODEL_SEARCH | MODEL_GENERATED, 1, 8, .chars = "0-9",
	.label = "Group ID", .description = "For log-on by keys; the next free one when absent"},
    {"pin", MODEL_TEXT, MODEL_WRITEONLY | MODEL_SECRET | MODEL_GENERATED, 4, 8, .chars = "0-9",
	.label = "PIN", .description = "For log-on by keys; made up by the system when absent"},
    {"strategy", MODEL_ENUM, 0, .choices = "all|hunting|broadcast", .def = "\"all\"",
	.label = "Ringing",
	.description = "all: the phones of all members that are logged on, at once. hunting: one "
		       "member after the other, in their order. broadcast: nobody rings; phones "
		       "that are free answer by themselves and members hear the caller"},
    {"hunt_s", MODEL_INT, 0, 3, 120, .def = "15", .label = "Time for each member",
	.description = "With hunting: seconds until the next member's phones ring"},
    {"ring_s", MODEL_INT, 0, 0, 300, .label = "Ringing time",
	.description = "Seconds until a call counts as not answered; 0 = as in the settings. With "
		       "hunting the call ends when the last member has had his time"},
    {"codecs", MODEL_TEXT, 0, 0, MODEL_CODEC_LIST_MAX, .format = MODEL_FORMAT_CODECS,
	.label = "Codecs",
	.description = "In order, separated by commas, for members' phones that have no list of "
		       "their own; of several groups the first by name that has one counts. "
		       "Known: " MODEL_CODEC_KEYS},
    {"dial", MODEL_TEXT_LIST, 0, .choices = MODEL_DIAL_CLASSES, .label = "Members may dial",
	.description = "Calls outside, besides what each of them may"},
    {"music", MODEL_REF, MODEL_INDEX, .ref = "music_loop", .on_delete = MODEL_SET_NULL,
	.label = "Music on hold",
	.description =
	    "What callers of the group hear while they are held; empty = as the user who "
	    "holds them"},
    {"chat", MODEL_BOOL, 0, .label = "Chat group",
	.description = "Messaging clients show the members together"},
    {"numbers", MODEL_TEXT_LIST, MODEL_COMPUTED | MODEL_SEARCH, .label = "Numbers",
	.description = "The group's numbers, shortest first"},
    {"members", MODEL_INT, MODEL_COMPUTED, .label = "Members"},
    {"members_on", MODEL_INT, MODEL_COMPUTED, .label = "Members logged on"},
    {"members_unfit", MODEL_INT, MODEL_COMPUTED, .label = "Members that cannot ring",
	.description = "Switched off, or without a phone that is switched on"},
};

const struct model_entity model_group = {"group", "groups", 0, "name", "name", "name",
    .label = "Group", .description = "Users who are called together", FIELDS(group_fields)};

static const struct model_field group_member_fields[] = {
    {"group", MODEL_REF, MODEL_REQUIRED, .ref = "group", .on_delete = MODEL_CASCADE,
	.label = "Group"},
    {"user", MODEL_REF, MODEL_REQUIRED, .ref = "user", .on_delete = MODEL_CASCADE, .label = "User"},
    {"position", MODEL_INT, 0, 0, 100000, .label = "Place",
	.description = "From 1; the others make room. 0 = at the end"},
    {"logged_on", MODEL_BOOL, 0, .def = "true", .label = "Logged on",
	.description = "Calls to the group reach this member"},
    {"group_name", MODEL_TEXT, MODEL_COMPUTED | MODEL_SEARCH, .label = "Group name"},
    {"user_name", MODEL_TEXT, MODEL_COMPUTED | MODEL_SEARCH, .label = "User name"},
    {"unfit", MODEL_BOOL, MODEL_COMPUTED, .label = "Cannot ring",
	.description = "Switched off, or without a phone that is switched on"},
};

const struct model_entity model_group_member = {"group_member", "group-members", 0, "group",
    "position", NULL, .key_with = "user", .unique_together = "\"group\", \"user\"",
    .label = "Group member", .description = "A user's place in a group",
    FIELDS(group_member_fields)};

static const struct model_field number_fields[] = {
    {"number", MODEL_TEXT, MODEL_REQUIRED | MODEL_UNIQUE | MODEL_SEARCH, 1, 20, .chars = "0-9",
	.label = "Number"},
    {"kind", MODEL_ENUM, 0, .choices = "internal|external", .def = "\"internal\"", .label = "Kind",
	.description = "An internal number must lie in one of the internal ranges"},
    {"user", MODEL_REF, 0, .ref = "user", .on_delete = MODEL_SET_NULL, .label = "User"},
    {"group", MODEL_REF, 0, .ref = "group", .on_delete = MODEL_SET_NULL, .label = "Group",
	.description = "Of user, group, mailbox and conference room at most one holds a number"},
    {"mailbox", MODEL_REF, MODEL_INDEX, .ref = "mailbox", .on_delete = MODEL_SET_NULL,
	.label = "Mailbox", .description = "Who calls the number leaves a message there"},
    {"line", MODEL_REF, 0, .ref = "line", .on_delete = MODEL_SET_NULL, .label = "Line",
	.description = "Of an external number: the line it belongs to"},
    {"conference_room", MODEL_REF, MODEL_INDEX, .ref = "conference_room",
	.on_delete = MODEL_SET_NULL, .label = "Conference room",
	.description = "Who calls the number comes in there"},
    {"music", MODEL_REF, MODEL_INDEX, .ref = "music_loop", .on_delete = MODEL_SET_NULL,
	.label = "Music on hold",
	.description =
	    "What those hear who have dialled this number, while they are held; empty = as "
	    "its user or group"},
    {"user_name", MODEL_TEXT, MODEL_COMPUTED | MODEL_SEARCH | MODEL_NULLABLE, .label = "User name"},
    {"group_name", MODEL_TEXT, MODEL_COMPUTED | MODEL_SEARCH | MODEL_NULLABLE,
	.label = "Group name"},
    {"mailbox_name", MODEL_TEXT, MODEL_COMPUTED | MODEL_SEARCH | MODEL_NULLABLE,
	.label = "Mailbox name"},
    {"line_name", MODEL_TEXT, MODEL_COMPUTED | MODEL_SEARCH | MODEL_NULLABLE, .label = "Line name"},
    {"conference_room_name", MODEL_TEXT, MODEL_COMPUTED | MODEL_SEARCH | MODEL_NULLABLE,
	.label = "Conference room name"},
    {"held", MODEL_BOOL, MODEL_COMPUTED, .label = "Held",
	.description = "Somebody holds it; otherwise it is free"},
};

const struct model_entity model_number = {"number", "numbers", 0, "number", "number", NULL,
    .owners = "user",
    .covering = "substr('00000000000000000000' || number, -20), id, number, kind, user, \"group\", "
		"mailbox, line, conference_room",
    .label = "Number", .description = "A number that can be dialled", FIELDS(number_fields)};

static const struct model_field range_fields[] = {
    {"first", MODEL_TEXT, MODEL_REQUIRED | MODEL_UNIQUE | MODEL_SEARCH, 1, 20, .chars = "0-9",
	.label = "First number"},
    {"last", MODEL_TEXT, MODEL_REQUIRED | MODEL_SEARCH, 1, 20, .chars = "0-9",
	.label = "Last number"},
};

const struct model_entity model_range = {"range", "ranges", 0, "first", "first", NULL,
    .label = "Internal range", .description = "Numbers that are internal numbers",
    FIELDS(range_fields), .check = check_range};

static const struct model_field session_fields[] = {
    {"token_hash", MODEL_TEXT, MODEL_INTERNAL | MODEL_UNIQUE | MODEL_SECRET, 64, 64,
	.label = "SHA-256 of the token"},
    {"user", MODEL_REF, MODEL_READONLY, .ref = "user", .on_delete = MODEL_CASCADE, .label = "User"},
    {"csrf", MODEL_TEXT, MODEL_INTERNAL | MODEL_SECRET, 0, 64, .label = "CSRF token"},
    {"created_at", MODEL_TIME, MODEL_READONLY, .label = "Created"},
    {"last_at", MODEL_TIME, MODEL_READONLY, .label = "Last used",
	.description = "To within some minutes"},
    {"expires_at", MODEL_TIME, MODEL_READONLY | MODEL_INDEX, .label = "Ends"},
    {"address", MODEL_TEXT, MODEL_READONLY, 0, 45, .label = "Address",
	.description = "Where it was used last"},
    {"user_agent", MODEL_TEXT, MODEL_READONLY, 0, 255, .label = "Browser"},
};

const struct model_entity model_session = {"session", "sessions", MODEL_SYSTEM | MODEL_FIXED, NULL,
    "-last_at", NULL, .owners = "user", .label = "Web session",
    .description = "A log-in in a browser", FIELDS(session_fields)};

static const struct model_field token_fields[] = {
    {"user", MODEL_REF, MODEL_READONLY, .ref = "user", .on_delete = MODEL_CASCADE, .label = "User"},
    {"name", MODEL_TEXT, MODEL_READONLY | MODEL_SEARCH, 1, 60, .label = "Name"},
    {"rights", MODEL_TEXT_LIST, MODEL_READONLY, .choices = RIGHT_CHOICES_ALL, .label = "Rights",
	.description = "It may what both the token and its user may"},
    {"token_hash", MODEL_TEXT, MODEL_INTERNAL | MODEL_UNIQUE | MODEL_SECRET, 64, 64,
	.label = "SHA-256 of the token"},
    {"created_at", MODEL_TIME, MODEL_READONLY, .label = "Created"},
    {"expires_at", MODEL_TIME, MODEL_READONLY, .label = "Ends", .description = "Empty = never"},
    {"last_at", MODEL_TIME, MODEL_READONLY, .label = "Last used",
	.description = "To within some minutes"},
    {"address", MODEL_TEXT, MODEL_READONLY, 0, 45, .label = "Address",
	.description = "Where it was used last"},
};

const struct model_entity model_token = {"token", "tokens", MODEL_SYSTEM | MODEL_FIXED, NULL,
    "-created_at", NULL, .owners = "user", .label = "API token",
    .description = "Lets a program use the interface for a user", FIELDS(token_fields)};

static const struct model_field second_factor_fields[] = {
    {"user", MODEL_REF, MODEL_UNIQUE, .ref = "user", .on_delete = MODEL_CASCADE, .label = "User"},
    {"secret", MODEL_TEXT, MODEL_SECRET, 0, 40, .label = "Key in base32"},
    {"confirmed", MODEL_BOOL, 0, .label = "In use"},
    {"last_step", MODEL_INT, 0, .label = "Time step of the last code"},
    {"recovery", MODEL_TEXT_LIST, MODEL_SECRET, .label = "SHA-256 of the recovery codes left"},
};

const struct model_entity model_second_factor = {"second_factor", "second-factors", MODEL_HIDDEN,
    NULL, "id", NULL, .label = "Second factor", .description = "One-time codes by time (RFC 6238)",
    FIELDS(second_factor_fields)};

static const struct model_field password_reset_fields[] = {
    {"user", MODEL_REF, MODEL_INDEX, .ref = "user", .on_delete = MODEL_CASCADE, .label = "User"},
    {"token_hash", MODEL_TEXT, MODEL_UNIQUE | MODEL_SECRET, 64, 64,
	.label = "SHA-256 of what the mail's link holds"},
    {"created_at", MODEL_TIME, 0, .label = "Asked for"},
    {"expires_at", MODEL_TIME, MODEL_INDEX, .label = "Ends"},
};

const struct model_entity model_password_reset = {"password_reset", "password-resets", MODEL_HIDDEN,
    NULL, "id", NULL, .label = "Forgotten password",
    .description = "A mailed link that lets its user choose a new password once",
    FIELDS(password_reset_fields)};

/* Files of their own for what the system says (store/prompts.h); they come by a way of their own.
 */
static const struct model_field prompt_fields[] = {
    {"language", MODEL_TEXT, 0, .label = "Language"},
    {"name", MODEL_TEXT, 0, .label = "Name of model/prompts.h"},
    {"version", MODEL_INT, 0, .label = "Of its file"},
    {"replaced_at", MODEL_TIME, 0, .label = "Uploaded"},
    {"length_ms", MODEL_INT, 0, .label = "Length"},
    {"file_name", MODEL_TEXT, 0, .label = "What it was called"},
};

const struct model_entity model_prompt = {"prompt", "prompts", MODEL_HIDDEN, NULL, "id", NULL,
    .unique_together = "language, name", .label = "Replaced prompt",
    .description = "A spoken prompt for which somebody has uploaded a file", FIELDS(prompt_fields)};

static const struct model_entity *const all[] = {&model_settings, &model_range, &model_music_loop,
    &model_music_file, &model_provider, &model_line, &model_site, &model_device_type, &model_phone,
    &model_user, &model_group, &model_group_member, &model_announcement, &model_mailbox,
    &model_conference_room, &model_number, &model_call_record, &model_session, &model_token,
    &model_second_factor, &model_password_reset, &model_certificate, &model_address_rule,
    &model_notice, &model_mail_server, &model_mail, &model_mail_template, &model_change,
    &model_licence, &model_emergency_number, &model_time_frame, &model_cor_rule, &model_cor_line,
    &model_holiday, &model_function_key, &model_prompt, &model_redirection, &model_mailbox_access,
    &model_voicemail, &model_mobile_twin, &model_call_completion, &model_conference,
    &model_conference_participant, &model_conference_link, &model_speed_dial, &model_rate};

const struct model_entity *const *
model_entities(size_t *count)
{
	*count = sizeof all / sizeof all[0];
	return all;
}

const struct model_entity *
model_find(const char *name)
{
	for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
		if (strcmp(all[i]->name, name) == 0)
			return all[i];
	return NULL;
}

const struct model_entity *
model_find_path(struct slice path)
{
	for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
		if (!(all[i]->flags & (MODEL_HIDDEN | MODEL_LIVE)) &&
		    slice_eq(slice_cstr(all[i]->path), path))
			return all[i];
	return NULL;
}

const char *
row_text(const json_t *row, const char *field)
{
	const char *text = field ? json_string_value(json_object_get(row, field)) : NULL;

	return text ? text : "";
}

const struct model_field *
model_field_find(const struct model_entity *e, struct slice name)
{
	for (size_t i = 0; i < e->field_count; i++)
		if (slice_eq(slice_cstr(e->fields[i].name), name))
			return &e->fields[i];
	return NULL;
}
