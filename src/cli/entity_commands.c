/* users, phones, numbers, ranges, lines, certificates, records, settings. */
#include <stdlib.h>

#include "cli/cli_int.h"

#define COLUMNS(array) (array), sizeof(array) / sizeof((array)[0])

static const struct column user_columns[] = {{"id", "ID"}, {"login", "LOG-IN"},
    {"first_name", "FIRST NAME"}, {"last_name", "LAST NAME"}, {"admin", "ADMIN"},
    {"enabled", "ENABLED"}, {"dnd", "DND"}, {"numbers", "NUMBERS"}, {"phone_names", "PHONES"}};
static const struct column phone_columns[] = {{"id", "ID"}, {"name", "NAME"}, {"type_name", "TYPE"},
    {"auth", "AUTH"}, {"host", "ADDRESS"}, {"transport", "TRANSPORT"}, {"enabled", "ENABLED"},
    {"user_names", "USERS"}};
static const struct column number_columns[] = {{"id", "ID"}, {"number", "NUMBER"}, {"kind", "KIND"},
    {"user_name", "USER"}, {"group_name", "GROUP"}, {"mailbox_name", "MAILBOX"},
    {"conference_room_name", "CONFERENCE ROOM"}};
static const struct column group_columns[] = {{"id", "ID"}, {"name", "NAME"},
    {"group_id", "GROUP ID"}, {"numbers", "NUMBERS"}, {"members_on", "ON"}, {"members", "MEMBERS"}};
static const struct column group_member_columns[] = {{"id", "ID"}, {"group_name", "GROUP"},
    {"position", "PLACE"}, {"user_name", "USER"}, {"logged_on", "LOGGED ON"},
    {"unfit", "CANNOT RING"}};
static const struct column key_columns[] = {{"id", "ID"}, {"user", "USER"}, {"column", "COLUMN"},
    {"position", "PLACE"}, {"type", "TYPE"}, {"label", "LABEL"}, {"target_name", "TARGET"}};
static const struct column range_columns[] = {{"id", "ID"}, {"first", "FIRST"}, {"last", "LAST"}};
static const struct column line_columns[] = {{"id", "ID"}, {"name", "NAME"}, {"enabled", "ENABLED"},
    {"provider_name", "PROVIDER"}, {"server", "SERVER"}, {"username", "USER"},
    {"position", "ORDER"}};
static const struct column provider_columns[] = {{"id", "ID"}, {"name", "NAME"}, {"host", "HOST"},
    {"basis", "KNOWN FROM"}, {"lines", "LINES"}, {"comment", "COMMENT"}};
static const struct column certificate_columns[] = {{"id", "ID"}, {"name", "NAME"},
    {"kind", "KIND"}, {"not_after", "VALID UNTIL"}, {"automatic", "AUTOMATIC"}, {"hosts", "HOSTS"}};
static const struct column record_columns[] = {{"id", "ID"}, {"started_at", "STARTED"},
    {"caller_number", "FROM"}, {"caller_name", "NAME"}, {"called_number", "TO"},
    {"result", "RESULT"}, {"duration_s", "SECONDS"}, {"call_id", "CALL"}};

static const struct column rule_columns[] = {{"id", "ID"}, {"address", "ADDRESS"},
    {"action", "ACTION"}, {"reason", "REASON"}, {"user_agent", "USER AGENT"}, {"last_at", "LAST"},
    {"expires_at", "ENDS"}, {"comment", "COMMENT"}};
static const struct column notice_columns[] = {
    {"id", "ID"}, {"created_at", "AT"}, {"seen", "SEEN"}, {"text", "WHAT"}};

static const struct column mail_columns[] = {{"id", "ID"}, {"created_at", "WRITTEN"},
    {"state", "STATE"}, {"recipient", "TO"}, {"subject", "SUBJECT"}, {"attempts", "ATTEMPTS"},
    {"answer", "ANSWER"}};

static const struct column emergency_columns[] = {
    {"id", "ID"}, {"number", "NUMBER"}, {"name", "NAME"}, {"lines", "LINES"}};
static const struct column site_columns[] = {{"id", "ID"}, {"name", "NAME"}, {"street", "STREET"},
    {"house_number", "NO"}, {"city", "CITY"}, {"networks", "NETWORKS"}, {"phones", "PHONES"}};
static const struct column frame_columns[] = {
    {"id", "ID"}, {"name", "NAME"}, {"days", "DAYS"}, {"from", "FROM"}, {"to", "TO"}};
static const struct column cor_rule_columns[] = {
    {"id", "ID"}, {"number", "RANGE"}, {"comment", "COMMENT"}, {"enabled", "ENABLED"}};
static const struct column cor_line_columns[] = {{"id", "ID"}, {"rule", "RULE"}, {"frame", "FRAME"},
    {"position", "PLACE"}, {"line", "LINE"}, {"call_by_call", "CALL BY CALL"}};
static const struct column redirection_columns[] = {{"id", "ID"}, {"digits", "NUMBER"},
    {"holder_name", "HELD BY"}, {"trigger", "WHEN"}, {"enabled", "ENABLED"}, {"target", "TARGET"},
    {"after_s", "AFTER"}};
static const struct column music_loop_columns[] = {{"id", "ID"}, {"name", "NAME"},
    {"is_default", "DEFAULT"}, {"gain_db", "DB"}, {"files", "FILES"}, {"numbers", "NUMBERS"},
    {"users", "USERS"}, {"groups", "GROUPS"}};
static const struct column music_file_columns[] = {{"id", "ID"}, {"loop", "LOOP"},
    {"position", "PLACE"}, {"name", "NAME"}, {"gain_db", "DB"}, {"enabled", "PLAYED"},
    {"length_ms", "MS"}};
static const struct column conference_room_columns[] = {{"id", "ID"}, {"name", "NAME"},
    {"numbers", "NUMBERS"}, {"has_pin", "PIN"}, {"has_moderator_pin", "MODERATORS"}};
static const struct column mailbox_columns[] = {{"id", "ID"}, {"name", "NAME"}, {"code", "CODE"},
    {"records", "RECORDS"}, {"messages", "MESSAGES"}, {"messages_new", "NEW"}};
static const struct column access_columns[] = {
    {"id", "ID"}, {"mailbox_name", "MAILBOX"}, {"holder_name", "OPEN TO"}, {"by_mail", "BY MAIL"}};
static const struct column announcement_columns[] = {{"id", "ID"}, {"name", "NAME"},
    {"user_name", "OF"}, {"length_ms", "MS"}, {"file_name", "FILE"}};
static const struct column voicemail_columns[] = {{"id", "ID"}, {"mailbox_name", "MAILBOX"},
    {"received_at", "RECEIVED"}, {"number", "NUMBER"}, {"name", "NAME"}, {"length_ms", "MS"},
    {"state", "STATE"}};
static const struct column conference_columns[] = {{"id", "ID"}, {"name", "NAME"},
    {"user_name", "OWNER"}, {"next_from", "NEXT DATE"}, {"repeat", "REPEATED"},
    {"participants", "PARTICIPANTS"}};
static const struct column participant_columns[] = {{"id", "ID"}, {"conference_name", "CONFERENCE"},
    {"user_name", "USER"}, {"name", "NAME"}, {"mail", "MAIL"}, {"moderator", "MODERATOR"},
    {"pin", "PIN"}};
static const struct column twin_columns[] = {{"id", "ID"}, {"user_name", "USER"},
    {"number", "NUMBER"}, {"enabled", "ACTIVE"}, {"delay_s", "AFTER"}, {"group_calls", "GROUPS"},
    {"confirm", "BY KEY"}, {"times", "TIMES"}};
static const struct column speed_dial_columns[] = {{"id", "ID"}, {"place", "PLACE"},
    {"number", "NUMBER"}, {"name", "NAME"}, {"user_name", "USER"}};
static const struct column completion_columns[] = {{"id", "ID"}, {"user_name", "WHO"},
    {"number", "NUMBER"}, {"target_name", "TARGET"}, {"why", "WHY"}, {"since", "SINCE"}};
static const struct column rate_columns[] = {{"id", "ID"}, {"line_name", "LINE"},
    {"prefix", "PREFIX"}, {"name", "DESTINATION"}, {"per_minute_micro", "MICRO/MIN"},
    {"setup_micro", "MICRO/CALL"}, {"first_s", "FIRST"}, {"step_s", "THEN"}};
static const struct column holiday_columns[] = {
    {"id", "ID"}, {"date", "DATE"}, {"name", "NAME"}, {"yearly", "EVERY YEAR"}};

static const struct view {
	const char *command;
	const struct model_entity *entity;
	const struct column *columns;
	size_t count;
	uint64_t limit; /* rows when not told otherwise */
} views[] = {
    {"users", &model_user, COLUMNS(user_columns), UINT64_MAX},
    {"phones", &model_phone, COLUMNS(phone_columns), UINT64_MAX},
    {"numbers", &model_number, COLUMNS(number_columns), UINT64_MAX},
    {"groups", &model_group, COLUMNS(group_columns), UINT64_MAX},
    {"group-members", &model_group_member, COLUMNS(group_member_columns), UINT64_MAX},
    {"function-keys", &model_function_key, COLUMNS(key_columns), UINT64_MAX},
    {"redirections", &model_redirection, COLUMNS(redirection_columns), UINT64_MAX},
    {"mailboxes", &model_mailbox, COLUMNS(mailbox_columns), UINT64_MAX},
    {"conference-rooms", &model_conference_room, COLUMNS(conference_room_columns), UINT64_MAX},
    {"mailbox-access", &model_mailbox_access, COLUMNS(access_columns), UINT64_MAX},
    {"announcements", &model_announcement, COLUMNS(announcement_columns), UINT64_MAX},
    {"voicemails", &model_voicemail, COLUMNS(voicemail_columns), 50},
    {"mobile-twins", &model_mobile_twin, COLUMNS(twin_columns), UINT64_MAX},
    {"conferences", &model_conference, COLUMNS(conference_columns), UINT64_MAX},
    {"conference-participants", &model_conference_participant, COLUMNS(participant_columns),
	UINT64_MAX},
    {"speed-dials", &model_speed_dial, COLUMNS(speed_dial_columns), UINT64_MAX},
    {"ranges", &model_range, COLUMNS(range_columns), UINT64_MAX},
    {"call-completions", &model_call_completion, COLUMNS(completion_columns), UINT64_MAX},
    {"lines", &model_line, COLUMNS(line_columns), UINT64_MAX},
    {"providers", &model_provider, COLUMNS(provider_columns), UINT64_MAX},
    {"emergency-numbers", &model_emergency_number, COLUMNS(emergency_columns), UINT64_MAX},
    {"sites", &model_site, COLUMNS(site_columns), UINT64_MAX},
    {"time-frames", &model_time_frame, COLUMNS(frame_columns), UINT64_MAX},
    {"cor-rules", &model_cor_rule, COLUMNS(cor_rule_columns), UINT64_MAX},
    {"cor-lines", &model_cor_line, COLUMNS(cor_line_columns), UINT64_MAX},
    {"rates", &model_rate, COLUMNS(rate_columns), UINT64_MAX},
    {"holidays", &model_holiday, COLUMNS(holiday_columns), UINT64_MAX},
    {"music-loops", &model_music_loop, COLUMNS(music_loop_columns), UINT64_MAX},
    {"music-files", &model_music_file, COLUMNS(music_file_columns), UINT64_MAX},
    {"certificates", &model_certificate, COLUMNS(certificate_columns), UINT64_MAX},
    {"blocked", &model_address_rule, COLUMNS(rule_columns), UINT64_MAX},
    {"notices", &model_notice, COLUMNS(notice_columns), 50},
    {"mails", &model_mail, COLUMNS(mail_columns), 50},
    {"records", &model_call_record, COLUMNS(record_columns), 50},
};

static const struct view *
view_of(const char *command)
{
	for (size_t i = 0; i < sizeof views / sizeof views[0]; i++)
		if (strcmp(views[i].command, command) == 0)
			return &views[i];
	return NULL;
}

static int
fetch_page(struct cli *cli, const struct view *v, uint64_t page, uint64_t per_page, json_t **out)
{
	char target[1024];
	struct buf b;

	buf_init(&b, target, sizeof target - 1);
	buf_printf(&b, "/api/%s?page=%llu&per_page=%llu", v->entity->path, (unsigned long long)page,
	    (unsigned long long)per_page);
	if (cli->search) {
		buf_lit(&b, "&search=");
		client_escape(&b, slice_cstr(cli->search));
	}
	if (!buf_ok(&b))
		return cli_usage(cli, "the text to search for is too long");
	target[b.n] = '\0';
	return cli_call(cli, "GET", target, NULL, out);
}

static int
list(struct cli *cli, const struct view *v)
{
	uint64_t limit = cli->limit != UINT64_MAX ? cli->limit : v->limit, total = UINT64_MAX;
	uint64_t per_page = limit < 1000 ? (limit ? limit : 1) : 1000;
	json_t *items = json_array();
	int status = CLI_DONE;

	for (uint64_t page = 1;
	     status == CLI_DONE && json_array_size(items) < limit && (page - 1) * per_page < total;
	     page++) {
		json_t *body = NULL;

		status = fetch_page(cli, v, page, per_page, &body);
		total = (uint64_t)json_integer_value(json_object_get(body, "total"));
		if (json_array_extend(items, json_object_get(body, "items")) != 0 ||
		    json_array_size(json_object_get(body, "items")) == 0)
			total = 0;
		json_decref(body);
	}
	while (json_array_size(items) > limit)
		json_array_remove(items, json_array_size(items) - 1);
	if (status == CLI_DONE && cli->json)
		print_json(cli->out, items);
	else if (status == CLI_DONE)
		print_table(cli->out, items, v->columns, v->count);
	json_decref(items);
	return status;
}

static void
show_row(struct cli *cli, json_t *row)
{
	if (cli->json)
		print_json(cli->out, row);
	else
		print_object(cli->out, row);
	json_decref(row);
}

static int
add(struct cli *cli, const struct view *v)
{
	char target[80];
	json_t *in = NULL, *row = NULL;
	int status = fields_parse(cli, v->entity, cli->args + 2, cli->count - 2, &in);

	if (status != CLI_DONE)
		return status;
	snprintf(target, sizeof target, "/api/%s", v->entity->path);
	status = cli_call(cli, "POST", target, in, &row);
	if (status == CLI_DONE)
		show_row(cli, row);
	json_decref(in);
	return status;
}

/* Actions that are about one row. */
static int
one(struct cli *cli, const struct view *v, const char *action)
{
	bool account = strcmp(action, "account") == 0;
	const char *method = "GET";
	char target[120];
	int64_t id;
	json_t *in = NULL, *row = NULL;
	int status;

	if (strcmp(action, "set") == 0 && bulk_is(cli))
		return bulk_set(cli, v->entity);
	status = id_parse(cli, v->entity, cli->args[2], &id);

	if (status == CLI_DONE && strcmp(action, "set") == 0) {
		method = "PATCH";
		status = fields_parse(cli, v->entity, cli->args + 3, cli->count - 3, &in);
	} else if (strcmp(action, "delete") == 0) {
		method = "DELETE";
	}
	if (status != CLI_DONE)
		return status;
	snprintf(target, sizeof target, "/api/%s/%lld%s", v->entity->path, (long long)id,
	    account ? "/sip-account" : "");
	status = cli_call(cli, method, target, in, &row);
	if (status == CLI_DONE && row)
		show_row(cli, row);
	json_decref(in);
	return status;
}

/* What rings a phone, to hear there what a row has, or to speak it. */
static const struct ringing {
	const struct model_entity *entity;
	const char *action, *choice; /* choice: a field that may be said behind the phone */
} ringing[] = {{&model_announcement, "play", NULL}, {&model_announcement, "record", NULL},
    {&model_music_loop, "play", NULL}, {&model_mailbox, "record-greeting", "greeting"}};

static const struct ringing *
ringing_of(const struct view *v, const char *action)
{
	for (size_t i = 0; i < sizeof ringing / sizeof ringing[0]; i++)
		if (ringing[i].entity == v->entity && strcmp(ringing[i].action, action) == 0)
			return &ringing[i];
	return NULL;
}

static int
ring_phone(struct cli *cli, const struct view *v, const struct ringing *what)
{
	int words = what->choice ? 5 : 4, status;
	json_t *in, *row = NULL;
	int64_t id, phone;
	char target[120];

	if (cli->count < 4 || cli->count > words)
		return cli_usage(cli, "%s %s needs an ID and a phone", v->command, what->action);
	status = id_parse(cli, v->entity, cli->args[2], &id);
	if (status == CLI_DONE)
		status = id_parse(cli, &model_phone, cli->args[3], &phone);
	if (status != CLI_DONE)
		return status;
	in = json_pack("{s:I}", "phone", (json_int_t)phone);
	if (cli->count == 5)
		json_object_set_new(in, what->choice, json_string(cli->args[4]));
	snprintf(
	    target, sizeof target, "/api/%s/%lld/%s", v->entity->path, (long long)id, what->action);
	status = cli_call(cli, "POST", target, in, &row);
	if (status == CLI_DONE)
		show_row(cli, row);
	json_decref(in);
	return status;
}

int
command_entity(struct cli *cli)
{
	static const char *const actions[] = {"show", "set", "delete", "account"};
	const struct view *v = view_of(cli->args[0]);
	const char *action = cli->count > 1 ? cli->args[1] : "list";

	if (strcmp(action, "list") == 0)
		return cli->count <= 2 ? list(cli, v)
				       : cli_usage(cli, "%s list takes no argument", v->command);
	if (strcmp(action, "add") == 0)
		return add(cli, v);
	if (ringing_of(v, action))
		return ring_phone(cli, v, ringing_of(v, action));
	for (size_t i = 0; i < sizeof actions / sizeof actions[0]; i++) {
		if (strcmp(action, actions[i]) != 0 ||
		    (strcmp(action, "account") == 0 && v->entity != &model_phone))
			continue;
		if (cli->count < 3)
			return cli_usage(cli, "%s %s needs an ID", v->command, action);
		if (cli->count > 3 && strcmp(action, "set") != 0)
			return cli_usage(cli, "%s %s takes one ID", v->command, action);
		return one(cli, v, action);
	}
	return cli_usage(cli, "%s: unknown action \"%s\"", v->command, action);
}

static int
settings_get(struct cli *cli, const char *path, const char *name)
{
	json_t *row = NULL, *value;
	int status = cli_call(cli, "GET", path, NULL, &row);
	char *text;

	if (status != CLI_DONE)
		return status;
	if (!name) {
		json_object_del(row, "id");
		show_row(cli, row);
		return CLI_DONE;
	}
	value = json_object_get(row, name);
	text = value ? value_text(value) : NULL;
	if (!value)
		status = cli_usage(cli, "there is no setting \"%s\"", name);
	else if (cli->json)
		print_json(cli->out, value);
	else
		fprintf(cli->out, "%s\n", text ? text : "");
	free(text);
	json_decref(row);
	return status;
}

/* Says when a change has to wait for a restart. */
static void
restart_hint(struct cli *cli)
{
	json_t *status = NULL;

	if (cli_call(cli, "GET", "/api/status", NULL, &status) == CLI_DONE &&
	    json_is_true(json_object_get(status, "restart_needed"))) {
		char *fields = value_text(json_object_get(status, "restart_fields"));

		fprintf(cli->err, "strowger: acts after a restart of strowgerd: %s\n",
		    fields ? fields : "");
		free(fields);
	}
	json_decref(status);
}

/* What there is once; the command is called like its path in the API. */
int
command_settings(struct cli *cli)
{
	const struct model_entity *e = model_find_path(slice_cstr(cli->args[0]));
	const char *action = cli->count > 1 ? cli->args[1] : "get";
	json_t *in = NULL, *row = NULL;
	char path[64];
	int status;

	snprintf(path, sizeof path, "/api/%s", e->path);
	if (strcmp(action, "get") == 0)
		return cli->count <= 3
			   ? settings_get(cli, path, cli->count == 3 ? cli->args[2] : NULL)
			   : cli_usage(cli, "%s get takes one name", e->path);
	if (strcmp(action, "set") != 0)
		return cli_usage(cli, "%s: unknown action \"%s\"", e->path, action);
	status = fields_parse(cli, e, cli->args + 2, cli->count - 2, &in);
	if (status == CLI_DONE)
		status = cli_call(cli, "PATCH", path, in, &row);
	if (status == CLI_DONE)
		restart_hint(cli);
	json_decref(in);
	json_decref(row);
	return status;
}
