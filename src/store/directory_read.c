/* Typed rows for the directory, all of one state of the database. */
#include "store/store_int.h"

static enum err
read_settings(struct db *db, const struct store_directory_sink *sink, void *ctx)
{
	struct settings settings;
	json_t *row = NULL;
	enum err e = row_get(db, &model_settings, 1, ROW_PUBLIC, &row);

	if (e != ERR_OK)
		return e;
	settings_init(&settings);
	model_struct_fill(&model_settings, row, &settings);
	json_decref(row);
	return sink->on_settings(ctx, &settings) ? ERR_OK : ERR_NOMEM;
}

static bool
on_range(struct stmt *s, const struct store_directory_sink *sink, void *ctx)
{
	struct store_range_row row = {.first = stmt_column(s, 0), .last = stmt_column(s, 1)};

	return sink->on_range(ctx, &row);
}

static bool
on_user(struct stmt *s, const struct store_directory_sink *sink, void *ctx)
{
	struct store_user_row row = {
	    .id = sqlite3_column_int64(s->st, 0),
	    .login = stmt_column(s, 1),
	    .first_name = stmt_column(s, 2),
	    .last_name = stmt_column(s, 3),
	    .language = stmt_column(s, 4),
	    .admin = sqlite3_column_int(s->st, 5),
	    .enabled = sqlite3_column_int(s->st, 6),
	    .dnd = sqlite3_column_int(s->st, 7),
	    .ring_s = (uint32_t)sqlite3_column_int(s->st, 8),
	    .display_number = stmt_column(s, 9),
	    .hide_number = sqlite3_column_int(s->st, 10),
	    .dial = stmt_column(s, 11),
	    .dial_pin_hash = stmt_column(s, 12),
	    .call_waiting = sqlite3_column_int(s->st, 13),
	    .music = sqlite3_column_int64(s->st, 14),
	};

	return sink->on_user(ctx, &row);
}

/* PHO-5: what the phone leaves open its type says. */
#define OR_TYPE(column) "coalesce(p." column ", t." column ")"
/* (the formatter would cut its texts into letters) */
// clang-format off
#define PHONE_SQL                                                                          \
	"SELECT p.id, p.name, t.name, p.auth = 'address', p.transport, p.enabled, "        \
	"p.ha1_md5, p.ha1_sha256, " OR_TYPE("host") ", " OR_TYPE("port") ", "              \
	OR_TYPE("max_contacts") ", " OR_TYPE("qualify_s") ", " OR_TYPE("digest") ", "      \
	OR_TYPE("nat") ", " OR_TYPE("permit") ", " OR_TYPE("deny") ", "                    \
	OR_TYPE("tls_required") ", " OR_TYPE("codecs") ", " OR_TYPE("srtp") ", "           \
	OR_TYPE("dtmf") ", " OR_TYPE("direct_media") ", " OR_TYPE("kind") ", "             \
	OR_TYPE("default_ip") ", " OR_TYPE("insecure") ", " OR_TYPE("mask") ", "           \
	OR_TYPE("trust_rpid") ", " OR_TYPE("promisc_redir") ", " OR_TYPE("from_user")      \
	", " OR_TYPE("from_domain") ", " OR_TYPE("rtp_timeout_s") ", "                     \
	OR_TYPE("rtp_hold_timeout_s") ", " OR_TYPE("progress_inband") ", p.site, p.place, " OR_TYPE("t38") " " \
	"FROM phone p "                                                                    \
	"LEFT JOIN device_type t ON t.id = coalesce(p.type, (SELECT id FROM "              \
	"device_type WHERE name = 'generic')) ORDER BY p.id"
// clang-format on

static bool
on_phone(struct stmt *s, const struct store_directory_sink *sink, void *ctx)
{
	int i = 0;
	struct store_phone_row row = {
	    .id = sqlite3_column_int64(s->st, i++),
	};

	row.name = stmt_column(s, i++);
	row.type = stmt_column(s, i++);
	row.auth_by_address = sqlite3_column_int(s->st, i++);
	row.transport = stmt_column(s, i++);
	row.enabled = sqlite3_column_int(s->st, i++);
	row.ha1_md5 = stmt_column(s, i++);
	row.ha1_sha256 = stmt_column(s, i++);
	row.host = stmt_column(s, i++);
	row.port = (uint16_t)sqlite3_column_int(s->st, i++);
	row.max_contacts = (uint32_t)sqlite3_column_int(s->st, i++);
	row.qualify_s = (uint32_t)sqlite3_column_int(s->st, i++);
	row.digest = stmt_column(s, i++);
	row.nat = stmt_column(s, i++);
	row.permit = stmt_column(s, i++);
	row.deny = stmt_column(s, i++);
	row.tls_required = sqlite3_column_int(s->st, i++);
	row.codecs = stmt_column(s, i++);
	row.srtp = stmt_column(s, i++);
	row.dtmf = stmt_column(s, i++);
	row.direct_media = sqlite3_column_int(s->st, i++);
	row.kind = stmt_column(s, i++);
	row.default_ip = stmt_column(s, i++);
	row.insecure = stmt_column(s, i++);
	row.mask = stmt_column(s, i++);
	row.trust_rpid = sqlite3_column_int(s->st, i++);
	row.promisc_redir = sqlite3_column_int(s->st, i++);
	row.from_user = stmt_column(s, i++);
	row.from_domain = stmt_column(s, i++);
	row.rtp_timeout_s = (uint32_t)sqlite3_column_int(s->st, i++);
	row.rtp_hold_timeout_s = (uint32_t)sqlite3_column_int(s->st, i++);
	row.progress_inband = stmt_column(s, i++);
	row.site = sqlite3_column_int64(s->st, i++);
	row.place = stmt_column(s, i++);
	row.t38 = sqlite3_column_int(s->st, i++);
	return sink->on_phone(ctx, &row);
}

/* LIN-2: what the line leaves open its provider says. */
// clang-format off
#define OR_PROVIDER(column) "coalesce(l." column ", p." column ")"
#define OF_ACCOUNT(column) "replace(" OR_PROVIDER(column) ", '" MODEL_ACCOUNT_MARK "', l.account)"
#define LINE_SQL                                                                                   \
	"SELECT l.id, l.name, " OF_ACCOUNT("host") ", " OF_ACCOUNT("proxy") ", "                   \
	OR_PROVIDER("transport") ", l.username, l.auth_username, l.password, l.from_user, "        \
	"l.from_domain, " OR_PROVIDER("number_format") ", " OR_PROVIDER("identity") ", "           \
	"l.main_number, " OR_PROVIDER("incoming_from") ", " OR_PROVIDER("permit") ", l.enabled, "  \
	OR_PROVIDER("auth") " = 'address', " OR_PROVIDER("register") ", "                          \
	OR_PROVIDER("expires_s") ", " OR_PROVIDER("qualify_s") ", l.max_calls, "                   \
	OR_PROVIDER("codecs") ", " OR_PROVIDER("srtp") ", " OR_PROVIDER("dtmf") ", "               \
	OR_PROVIDER("direct_media") ", " OR_PROVIDER("register_block") ", "                        \
	OR_PROVIDER("user_phone") ", " OR_PROVIDER("from_says") " = 'account', "                   \
	OR_PROVIDER("clir") ", " OR_PROVIDER("deny") ", " OR_PROVIDER("early_media") " = 'ring', " \
	OR_PROVIDER("rtp_timeout_s") ", " OR_PROVIDER("rtp_hold_timeout_s") ", "                   \
	OR_PROVIDER("session_timer") ", " OR_PROVIDER("session_expires_s") ", "                    \
	OR_PROVIDER("allow_redirect") ", " OR_PROVIDER("allow_transfer") ", l.line_prefix, "       \
	"l.deposit, l.country_code, l.area_code, l.no_screening, l.costly_minutes, "               \
	OR_PROVIDER("location") ", l.costly_charge_micro, l.currency, " OR_PROVIDER("t38")          \
	" FROM line l LEFT JOIN provider p ON p.id = coalesce(l.provider, "                        \
	"(SELECT id FROM provider WHERE name = '" MODEL_TEMPLATE_DEFAULT "')) "                    \
	"ORDER BY l.position, l.id"
// clang-format on

static bool
on_line(struct stmt *s, const struct store_directory_sink *sink, void *ctx)
{
	struct store_line_row row = {
	    .id = sqlite3_column_int64(s->st, 0),
	    .name = stmt_column(s, 1),
	    .host = stmt_column(s, 2),
	    .proxy = stmt_column(s, 3),
	    .transport = stmt_column(s, 4),
	    .username = stmt_column(s, 5),
	    .auth_username = stmt_column(s, 6),
	    .password = stmt_column(s, 7),
	    .from_user = stmt_column(s, 8),
	    .from_domain = stmt_column(s, 9),
	    .number_format = stmt_column(s, 10),
	    .identity = stmt_column(s, 11),
	    .main_number = stmt_column(s, 12),
	    .incoming_from = stmt_column(s, 13),
	    .permit = stmt_column(s, 14),
	    .enabled = sqlite3_column_int(s->st, 15),
	    .auth_by_address = sqlite3_column_int(s->st, 16),
	    .registers = sqlite3_column_int(s->st, 17),
	    .expires_s = (uint32_t)sqlite3_column_int(s->st, 18),
	    .qualify_s = (uint32_t)sqlite3_column_int(s->st, 19),
	    .max_calls = (uint32_t)sqlite3_column_int(s->st, 20),
	    .codecs = stmt_column(s, 21),
	    .srtp = stmt_column(s, 22),
	    .dtmf = stmt_column(s, 23),
	    .direct_media = sqlite3_column_int(s->st, 24),
	    .register_block = sqlite3_column_int(s->st, 25),
	    .user_phone = sqlite3_column_int(s->st, 26),
	    .from_account = sqlite3_column_int(s->st, 27),
	    .clir = stmt_column(s, 28),
	    .deny = stmt_column(s, 29),
	    .local_ringing = sqlite3_column_int(s->st, 30),
	    .rtp_timeout_s = (uint32_t)sqlite3_column_int(s->st, 31),
	    .rtp_hold_timeout_s = (uint32_t)sqlite3_column_int(s->st, 32),
	    .session_timer = stmt_column(s, 33),
	    .session_expires_s = (uint32_t)sqlite3_column_int(s->st, 34),
	    .allow_redirect = sqlite3_column_int(s->st, 35),
	    .allow_transfer = sqlite3_column_int(s->st, 36),
	    .line_prefix = stmt_column(s, 37),
	    .deposit = stmt_column(s, 38),
	    .country_code = stmt_column(s, 39),
	    .area_code = stmt_column(s, 40),
	    .no_screening = sqlite3_column_int(s->st, 41),
	    .costly_minutes = (uint32_t)sqlite3_column_int(s->st, 42),
	    .location = sqlite3_column_int(s->st, 43),
	    .costly_charge_micro = sqlite3_column_int64(s->st, 44),
	    .currency = stmt_column(s, 45),
	    .t38 = sqlite3_column_int(s->st, 46),
	};

	return sink->on_line(ctx, &row);
}

static bool
on_group(struct stmt *s, const struct store_directory_sink *sink, void *ctx)
{
	struct store_group_row row = {
	    .id = sqlite3_column_int64(s->st, 0),
	    .name = stmt_column(s, 1),
	    .codecs = stmt_column(s, 2),
	    .ring_s = (uint32_t)sqlite3_column_int(s->st, 3),
	    .group_id = stmt_column(s, 4),
	    .dial = stmt_column(s, 5),
	    .hunt_s = (uint32_t)sqlite3_column_int(s->st, 6),
	    .music = sqlite3_column_int64(s->st, 7),
	    .broadcast = sqlite3_column_int(s->st, 8),
	};

	return sink->on_group(ctx, &row);
}

static bool
on_group_member(struct stmt *s, const struct store_directory_sink *sink, void *ctx)
{
	return sink->on_group_member(ctx, sqlite3_column_int64(s->st, 0),
	    sqlite3_column_int64(s->st, 1), sqlite3_column_int(s->st, 2));
}

static bool
on_number(struct stmt *s, const struct store_directory_sink *sink, void *ctx)
{
	struct store_number_row row = {
	    .id = sqlite3_column_int64(s->st, 0),
	    .user = sqlite3_column_int64(s->st, 1),
	    .number = stmt_column(s, 2),
	    .external = sqlite3_column_int(s->st, 3),
	    .line = sqlite3_column_int64(s->st, 4),
	    .group = sqlite3_column_int64(s->st, 5),
	    .music = sqlite3_column_int64(s->st, 6),
	    .mailbox = sqlite3_column_int64(s->st, 7),
	    .conference_room = sqlite3_column_int64(s->st, 8),
	};

	return sink->on_number(ctx, &row);
}

static bool
on_user_phone(struct stmt *s, const struct store_directory_sink *sink, void *ctx)
{
	return sink->on_user_phone(ctx, sqlite3_column_int64(s->st, 0),
	    sqlite3_column_int64(s->st, 1), sqlite3_column_int64(s->st, 2));
}

static bool
on_emergency(struct stmt *s, const struct store_directory_sink *sink, void *ctx)
{
	return sink->on_emergency(
	    ctx, sqlite3_column_int64(s->st, 0), stmt_column(s, 1), stmt_column(s, 2));
}

static bool
on_emergency_line(struct stmt *s, const struct store_directory_sink *sink, void *ctx)
{
	return sink->on_emergency_line(
	    ctx, sqlite3_column_int64(s->st, 0), sqlite3_column_int64(s->st, 1));
}

static bool
on_frame(struct stmt *s, const struct store_directory_sink *sink, void *ctx)
{
	struct store_frame_row row = {
	    .id = sqlite3_column_int64(s->st, 0),
	    .name = stmt_column(s, 1),
	    .days = stmt_column(s, 2),
	    .from = stmt_column(s, 3),
	    .to = stmt_column(s, 4),
	};

	return sink->on_frame(ctx, &row);
}

static bool
on_rule(struct stmt *s, const struct store_directory_sink *sink, void *ctx)
{
	return sink->on_rule(ctx, sqlite3_column_int64(s->st, 0), stmt_column(s, 1));
}

static bool
on_way(struct stmt *s, const struct store_directory_sink *sink, void *ctx)
{
	struct store_way_row row = {
	    .rule = sqlite3_column_int64(s->st, 0),
	    .frame = sqlite3_column_int64(s->st, 1),
	    .line = sqlite3_column_int64(s->st, 2),
	    .call_by_call = stmt_column(s, 3),
	};

	return sink->on_way(ctx, &row);
}

static bool
on_holiday(struct stmt *s, const struct store_directory_sink *sink, void *ctx)
{
	return sink->on_holiday(ctx, stmt_column(s, 0), sqlite3_column_int(s->st, 1));
}

static bool
on_site(struct stmt *s, const struct store_directory_sink *sink, void *ctx)
{
	struct store_site_row row = {
	    .id = sqlite3_column_int64(s->st, 0),
	    .name = stmt_column(s, 1),
	    .country = stmt_column(s, 2),
	    .state = stmt_column(s, 3),
	    .postal_code = stmt_column(s, 4),
	    .city = stmt_column(s, 5),
	    .street = stmt_column(s, 6),
	    .house_number = stmt_column(s, 7),
	    .occupant = stmt_column(s, 8),
	    .floor = stmt_column(s, 9),
	    .room = stmt_column(s, 10),
	    .networks = stmt_column(s, 11),
	    .is_default = sqlite3_column_int(s->st, 12),
	};

	return sink->on_site(ctx, &row);
}

static bool
on_site_line(struct stmt *s, const struct store_directory_sink *sink, void *ctx)
{
	return sink->on_site_line(
	    ctx, sqlite3_column_int64(s->st, 0), sqlite3_column_int64(s->st, 1));
}

static bool
on_prompt(struct stmt *s, const struct store_directory_sink *sink, void *ctx)
{
	return sink->on_prompt(
	    ctx, stmt_column(s, 0), stmt_column(s, 1), sqlite3_column_int64(s->st, 2));
}

static bool
on_redirection(struct stmt *s, const struct store_directory_sink *sink, void *ctx)
{
	struct store_redirection_row row = {
	    .number = sqlite3_column_int64(s->st, 0),
	    .trigger = stmt_column(s, 1),
	    .target = stmt_column(s, 2),
	    .after_s = (uint32_t)sqlite3_column_int(s->st, 3),
	    .mailbox = stmt_column(s, 4),
	};

	return sink->on_redirection(ctx, &row);
}

#define ANNOUNCEMENT(column) "(SELECT a.file FROM announcement a WHERE a.id = m." column ")"
// clang-format off
#define MAILBOX_SQL                                                                        \
	"SELECT m.id, m.code, m.name, m.pin_hash, m.language, m.pin_always, m.records, "   \
	"m.max_s, m.min_s, m.silence_s, " ANNOUNCEMENT("greeting") ", "                    \
	ANNOUNCEMENT("greeting_busy") ", " ANNOUNCEMENT("greeting_away")                   \
	", m.away_from, m.away_until FROM mailbox m ORDER BY m.code"
// clang-format on

static bool
on_mailbox(struct stmt *s, const struct store_directory_sink *sink, void *ctx)
{
	struct store_mailbox_row row = {
	    .id = sqlite3_column_int64(s->st, 0),
	    .code = stmt_column(s, 1),
	    .name = stmt_column(s, 2),
	    .pin_hash = stmt_column(s, 3),
	    .language = stmt_column(s, 4),
	    .pin_always = sqlite3_column_int(s->st, 5),
	    .records = sqlite3_column_int(s->st, 6),
	    .max_s = (uint32_t)sqlite3_column_int(s->st, 7),
	    .min_s = (uint32_t)sqlite3_column_int(s->st, 8),
	    .silence_s = (uint32_t)sqlite3_column_int(s->st, 9),
	    .greeting = stmt_column(s, 10),
	    .greeting_busy = stmt_column(s, 11),
	    .greeting_away = stmt_column(s, 12),
	    .away_from = sqlite3_column_int64(s->st, 13),
	    .away_until = sqlite3_column_int64(s->st, 14),
	};

	return sink->on_mailbox(ctx, &row);
}

static bool
on_mailbox_access(struct stmt *s, const struct store_directory_sink *sink, void *ctx)
{
	return sink->on_mailbox_access(ctx, sqlite3_column_int64(s->st, 0),
	    sqlite3_column_int64(s->st, 1), sqlite3_column_int64(s->st, 2));
}

static bool
on_conference_room(struct stmt *s, const struct store_directory_sink *sink, void *ctx)
{
	struct store_conference_room_row row = {
	    .id = sqlite3_column_int64(s->st, 0),
	    .name = stmt_column(s, 1),
	    .pin_hash = stmt_column(s, 2),
	    .moderator_pin_hash = stmt_column(s, 3),
	    .entry = stmt_column(s, 4),
	    .waits = sqlite3_column_int(s->st, 5),
	    .ends = sqlite3_column_int(s->st, 6),
	    .silent = sqlite3_column_int(s->st, 7),
	    .max_members = (uint32_t)sqlite3_column_int(s->st, 8),
	    .mailbox = sqlite3_column_int64(s->st, 9),
	    .music = sqlite3_column_int64(s->st, 10),
	    .dial_in = sqlite3_column_int(s->st, 11),
	};

	return sink->on_conference_room(ctx, &row);
}

static bool
on_conference(struct stmt *s, const struct store_directory_sink *sink, void *ctx)
{
	struct store_conference_row row = {
	    .id = sqlite3_column_int64(s->st, 0),
	    .name = stmt_column(s, 1),
	    .user = sqlite3_column_int64(s->st, 2),
	    .from_ms = sqlite3_column_int64(s->st, 3),
	    .until_ms = sqlite3_column_int64(s->st, 4),
	    .waits = sqlite3_column_int(s->st, 5),
	    .silent = sqlite3_column_int(s->st, 6),
	    .may_record = sqlite3_column_int(s->st, 7),
	    .language = stmt_column(s, 8),
	};

	return sink->on_conference(ctx, &row);
}

static bool
on_participant(struct stmt *s, const struct store_directory_sink *sink, void *ctx)
{
	struct store_participant_row row = {
	    .id = sqlite3_column_int64(s->st, 0),
	    .conference = sqlite3_column_int64(s->st, 1),
	    .user = sqlite3_column_int64(s->st, 2),
	    .name = stmt_column(s, 3),
	    .number = stmt_column(s, 4),
	    .pin = stmt_column(s, 5),
	    .moderator = sqlite3_column_int(s->st, 6),
	    .call_on_start = sqlite3_column_int(s->st, 7),
	};

	return sink->on_participant(ctx, &row);
}

static bool
on_music(struct stmt *s, const struct store_directory_sink *sink, void *ctx)
{
	struct store_music_row row = {
	    .id = sqlite3_column_int64(s->st, 0),
	    .name = stmt_column(s, 1),
	    .is_default = sqlite3_column_int(s->st, 2),
	    .builtin = sqlite3_column_int(s->st, 3),
	    .gain_db = sqlite3_column_int(s->st, 4),
	};

	return sink->on_music(ctx, &row);
}

static bool
on_music_file(struct stmt *s, const struct store_directory_sink *sink, void *ctx)
{
	struct store_music_file_row row = {
	    .loop = sqlite3_column_int64(s->st, 0),
	    .file = stmt_column(s, 1),
	    .gain_db = sqlite3_column_int(s->st, 2),
	};

	return sink->on_music_file(ctx, &row);
}

static bool
on_twin(struct stmt *s, const struct store_directory_sink *sink, void *ctx)
{
	struct store_twin_row row = {
	    .user = sqlite3_column_int64(s->st, 0),
	    .number = stmt_column(s, 1),
	    .delay_s = (uint32_t)sqlite3_column_int(s->st, 2),
	    .group_calls = sqlite3_column_int(s->st, 3),
	    .confirm = sqlite3_column_int(s->st, 4),
	    .times = stmt_column(s, 5),
	};

	return sink->on_twin(ctx, &row);
}

static bool
on_completion(struct stmt *s, const struct store_directory_sink *sink, void *ctx)
{
	struct store_completion_row row = {
	    .id = sqlite3_column_int64(s->st, 0),
	    .user = sqlite3_column_int64(s->st, 1),
	    .target = sqlite3_column_int64(s->st, 2),
	    .dialled = stmt_column(s, 3),
	    .private_call = sqlite3_column_int(s->st, 4),
	    .no_answer = sqlite3_column_int(s->st, 5),
	    .since_ms = sqlite3_column_int64(s->st, 6),
	};

	return sink->on_completion(ctx, &row);
}

static bool
on_speed_dial(struct stmt *s, const struct store_directory_sink *sink, void *ctx)
{
	struct store_speed_dial_row row = {
	    .user = sqlite3_column_int64(s->st, 0),
	    .place = stmt_column(s, 1),
	    .number = stmt_column(s, 2),
	    .name = stmt_column(s, 3),
	};

	return sink->on_speed_dial(ctx, &row);
}

static bool
on_rate(struct stmt *s, const struct store_directory_sink *sink, void *ctx)
{
	struct store_rate_row row = {
	    .id = sqlite3_column_int64(s->st, 0),
	    .line = sqlite3_column_int64(s->st, 1),
	    .prefix = stmt_column(s, 2),
	    .per_minute_micro = sqlite3_column_int64(s->st, 3),
	    .setup_micro = sqlite3_column_int64(s->st, 4),
	    .first_s = (uint32_t)sqlite3_column_int(s->st, 5),
	    .step_s = (uint32_t)sqlite3_column_int(s->st, 6),
	};

	return sink->on_rate(ctx, &row);
}

static const struct {
	const char *sql;
	bool (*on_row)(struct stmt *s, const struct store_directory_sink *sink, void *ctx);
} parts[] = {
    {"SELECT first, last FROM \"range\" ORDER BY length(first), first", on_range},
    {"SELECT id, login, first_name, last_name, language, admin, enabled, dnd, ring_s, "
     "display_number, hide_number, dial, dial_pin_hash, call_waiting, music FROM user ORDER BY id",
	on_user},
    {PHONE_SQL, on_phone},
    {LINE_SQL, on_line},
    {"SELECT id, name, codecs, ring_s, group_id, dial, (strategy = 'hunting') * hunt_s, music, "
     "strategy = 'broadcast' FROM \"group\" ORDER BY fold(name), id",
	on_group},
    {"SELECT id, user, number, kind = 'external', line, \"group\", music, mailbox, "
     "conference_room FROM number "
     "ORDER BY user, length(number), number",
	on_number},
    {"SELECT user, phone, since FROM user_phone ORDER BY user, position", on_user_phone},
    {"SELECT \"group\", user, logged_on FROM group_member ORDER BY \"group\", position, id",
	on_group_member},
    {"SELECT id, number, name FROM emergency_number ORDER BY id", on_emergency},
    {"SELECT emergency_number, line FROM emergency_number_line "
     "ORDER BY emergency_number, position",
	on_emergency_line},
    {"SELECT id, name, days, \"from\", \"to\" FROM time_frame ORDER BY id", on_frame},
    {"SELECT id, number FROM cor_rule WHERE enabled ORDER BY id", on_rule},
    {"SELECT rule, frame, line, call_by_call FROM cor_line ORDER BY rule, frame, position, id",
	on_way},
    {"SELECT date, yearly FROM holiday", on_holiday},
    {"SELECT id, name, country, state, postal_code, city, street, house_number, occupant, floor, "
     "room, networks, is_default FROM site ORDER BY fold(name), id",
	on_site},
    {"SELECT site, line FROM site_line ORDER BY site, position", on_site_line},
    {"SELECT language, name, version FROM prompt", on_prompt},
    {"SELECT r.number, r.\"trigger\", r.target, r.after_s, "
     "CASE r.kind WHEN 'mailbox' THEN m.code ELSE '' END "
     "FROM redirection r LEFT JOIN mailbox m ON m.id = r.mailbox "
     "WHERE r.enabled AND CASE r.kind WHEN 'mailbox' THEN m.code ELSE r.target END <> '' "
     "ORDER BY r.number",
	on_redirection},
    {MAILBOX_SQL, on_mailbox},
    {"SELECT a.mailbox, a.user, a.\"group\" FROM mailbox_access a "
     "JOIN mailbox m ON m.id = a.mailbox ORDER BY m.code, a.id",
	on_mailbox_access},
    {"SELECT id, name, pin_hash, moderator_pin_hash, entry, wait_for_moderator, "
     "end_with_moderator, mute_on_entry, max_members, mailbox, music, dial_in "
     "FROM conference_room ORDER BY id",
	on_conference_room},
    {"SELECT id, name, user, next_from, next_until, wait_for_moderator, mute_on_entry, may_record, "
     "language FROM conference WHERE next_until > 0 ORDER BY id",
	on_conference},
    {"SELECT p.id, p.conference, p.user, p.name, p.number, p.pin, p.moderator, p.call_on_start "
     "FROM conference_participant p JOIN conference c ON c.id = p.conference "
     "WHERE c.next_until > 0 ORDER BY p.conference, p.id",
	on_participant},
    {"SELECT id, name, is_default, builtin, gain_db FROM music_loop ORDER BY id", on_music},
    {"SELECT loop, file, gain_db FROM music_file WHERE enabled ORDER BY loop, position, id",
	on_music_file},
    {"SELECT t.user, t.number, t.delay_s, t.group_calls, t.confirm, t.times FROM mobile_twin t "
     "JOIN user u ON u.id = t.user WHERE t.enabled AND instr(u.rights, '\"ifmc_use\"') "
     "ORDER BY t.user, t.id",
	on_twin},
    {"SELECT id, user, target, dialled, private_call, why = 'no_answer', since "
     "FROM call_completion ORDER BY id",
	on_completion},
    {"SELECT coalesce(user, 0) AS owner, place, number, name FROM speed_dial ORDER BY owner, place",
	on_speed_dial},
    {"SELECT id, line, prefix, per_minute_micro, setup_micro, first_s, step_s FROM rate", on_rate},
};

enum err
store_directory_read(struct store *s, const struct store_directory_sink *sink, void *ctx)
{
	struct db *db;
	enum err e = store_read_begin(s, &db);

	if (e != ERR_OK)
		return e;
	e = read_settings(db, sink, ctx);
	for (size_t i = 0; i < sizeof parts / sizeof parts[0] && e == ERR_OK; i++) {
		struct stmt *st;
		bool row = false;

		e = db_prepare(db, parts[i].sql, &st);
		if (e != ERR_OK)
			break;
		while ((e = stmt_step(st, &row)) == ERR_OK && row) {
			if (!parts[i].on_row(st, sink, ctx)) {
				e = ERR_NOMEM;
				break;
			}
		}
		stmt_done(st);
	}
	store_read_end(s, db);
	return e;
}
