/*
 * SQL of what is not a column: lists of refs and computed fields. Texts here are
 * constants or names from the tables of model/, never input.
 */
#include "model/number_holder.h"
#include "store/store_int.h"

struct computed {
	const struct model_entity *entity;
	const char *field;
	const char *value; /* JSON text; plain text for MODEL_TEXT; NULL: derived from the table */
	const char *sort;
};

#define OWN_PHONES   "FROM user_phone j JOIN phone p ON p.id = j.phone WHERE j.user = t.id"
#define OWN_USERS    "FROM user_phone j JOIN user u ON u.id = j.user WHERE j.phone = t.id"
#define NUMBER_OWNER "FROM user u WHERE u.id = t.user"
#define NUMBER_GROUP "FROM \"group\" g WHERE g.id = t.\"group\""
#define NUMBER_LINE  "FROM line l WHERE l.id = t.line"
/* Who holds the number of a redirection. */
#define REDIRECTED "FROM number n WHERE n.id = t.number"
#define TYPE_NAME  "coalesce((SELECT y.name FROM device_type y WHERE y.id = t.type), 'generic')"
#define TYPE_PHONES                                                                                \
	"(SELECT count(*) FROM phone p WHERE p.type = t.id OR (p.type IS NULL AND t.name = "       \
	"'generic'))"
#define SITE_PHONES "(SELECT count(*) FROM phone p WHERE p.site = t.id)"
#define OF_PROVIDER(column)                                                                        \
	"(SELECT p." column " FROM provider p WHERE p.id = coalesce(t.provider, "                  \
	"(SELECT id FROM provider WHERE name = 'generic')))"
#define LINE_SERVER "replace(coalesce(t.host, " OF_PROVIDER("host") "), '<account>', t.account)"
#define PROVIDER_LINES                                                                             \
	"(SELECT count(*) FROM line l WHERE l.provider = t.id OR (l.provider IS NULL AND t.name "  \
	"= 'generic'))"
#define MEMBERS "FROM group_member m WHERE m.\"group\" = t.id"
/* Nobody's call reaches the user: switched off, or without a phone that is switched on. */
#define UNFIT(user)                                                                                \
	"NOT EXISTS (SELECT 1 FROM user u JOIN user_phone j ON j.user = u.id "                     \
	"JOIN phone p ON p.id = j.phone WHERE u.id = " user " AND u.enabled AND p.enabled)"

/* Both in the order of an index, or each row would be sorted for itself. */
static const char first_phone[] =
    "(SELECT fold(p.name) " OWN_PHONES " ORDER BY j.position LIMIT 1)";
static const char first_user[] =
    "(SELECT fold(u.last_name || ' ' || u.first_name) " OWN_USERS " ORDER BY j.since LIMIT 1)";
static const char member[] = "(SELECT fold(u.last_name || ' ' || u.first_name) " NUMBER_OWNER ")";
static const char owner[] =
    "coalesce((SELECT fold(u.last_name || ' ' || u.first_name) " NUMBER_OWNER
    "), (SELECT fold(g.name) " NUMBER_GROUP "))";
static const char group_name[] = "(SELECT fold(g.name) " NUMBER_GROUP ")";
static const char members[] = "(SELECT count(*) " MEMBERS ")";
static const char members_on[] = "(SELECT count(*) " MEMBERS " AND m.logged_on)";
static const char members_unfit[] = "(SELECT count(*) " MEMBERS " AND " UNFIT("m.user") ")";
static const char unfit[] = "(" UNFIT("t.user") ")";
static const char line_name[] = "(SELECT fold(l.name) " NUMBER_LINE ")";
static const char digits[] =
    "(SELECT substr('00000000000000000000' || n.number, -20) " REDIRECTED ")";
static const char holder[] = "(SELECT " NUMBER_HELD_BY("n") " " REDIRECTED ")";
static const char number_holder[] = "fold(" NUMBER_HELD_SORTED("t") ")";
#define OF_MAILBOX(what) "(SELECT count(*) FROM voicemail v WHERE v.mailbox = t.id AND " what ")"
static const char mailbox_name[] = "(SELECT fold(m.name) FROM mailbox m WHERE m.id = t.mailbox)";
static const char messages[] = OF_MAILBOX("v.state IN ('new', 'old', 'saved')");
static const char messages_new[] = OF_MAILBOX("v.state = 'new'");
#define MUSIC_USED(table) "(SELECT count(*) FROM \"" table "\" x WHERE x.music = t.id)"
#define MUSIC_FILES(what) "(SELECT " what " FROM music_file f WHERE f.loop = t.id AND f.enabled)"
/* USE-2: the name that was called is another one's, or a group's. */
static const char answered_by[] =
    "(SELECT u.first_name || ' ' || u.last_name FROM user u WHERE u.id = t.called_user "
    "AND t.result = 'answered' AND t.called_name <> u.first_name || ' ' || u.last_name)";
/* USR-9: the caller is gone by then. */
static const char too_late[] =
    "EXISTS (SELECT 1 FROM redirection r JOIN number n ON n.id = r.number WHERE n.user = t.user "
    "AND r.enabled AND r.\"trigger\" = 'timeout' AND r.after_s <= t.delay_s)";
#define OF_CONFERENCE(what) "(SELECT " what " FROM conference c WHERE c.id = t.conference)"
#define INVITED		    "(SELECT count(*) FROM conference_participant p WHERE p.conference = t.id)"
#define COMPLETION_TARGET   "FROM user u WHERE u.id = t.target"
static const char completion_target[] =
    "(SELECT fold(u.last_name || ' ' || u.first_name) " COMPLETION_TARGET ")";
static const char held[] = NUMBER_IS_HELD("t");

/* Of a function key: whom it shows, or what it is about. */
#define KEY_USER(what)	"(SELECT " what " FROM user u WHERE u.id = t.target_user)"
#define KEY_GROUP(what) "(SELECT " what " FROM \"group\" g WHERE g.id = t.target_group)"
#define KEY_GROUPS(what)                                                                           \
	"(SELECT " what " FROM function_key_group j JOIN \"group\" g ON g.id = j.\"group\" "       \
	"WHERE j.function_key = t.id)"
/* Numbers that a key redirects: those it names, else all of the user; and his they must be. */
#define KEY_REDIRECTED(what, more)                                                                 \
	"(SELECT " what                                                                            \
	" FROM number n WHERE n.id IN (SELECT j.number FROM function_key_number j "                \
	"WHERE j.function_key = t.id AND t.type = 'redirect' UNION ALL SELECT o.id FROM number o " \
	"WHERE o.user = t.user AND t.type = 'redirect_all') AND (n.user = t.user OR n.\"group\" "  \
	"IN (SELECT m.\"group\" FROM group_member m WHERE m.user = t.user)) " more ")"
#define KEY_NUMBER(holder)                                                                         \
	"(SELECT n.number FROM number n WHERE n.\"" holder "\" = t.target_" holder                 \
	" AND n.kind = 'internal' ORDER BY length(n.number), n.number LIMIT 1)"
#define KEY_NAME                                                                                   \
	"coalesce(" KEY_USER("u.first_name || ' ' || u.last_name") ", " KEY_GROUP(                 \
	    "g.name") ", " KEY_GROUPS("group_concat(g.name, ', ')") ", nullif(t.number, ''), "     \
								    "nullif(t.orbit, ''), "        \
								    "iif(t.type = "                \
								    "'redirect', " KEY_REDIRECTED( \
									"group_concat(n.number, "  \
									"', ')",                   \
									"") ", NULL), '')"

static const char key_number[] = "coalesce(" KEY_NUMBER("user") ", " KEY_NUMBER("group") ", '')";
static const char key_dnd[] = "coalesce(" KEY_USER("u.dnd") ", 0)";
static const char key_on[] =
    "(SELECT count(*) > 0 AND min(coalesce(m.logged_on, 0)) FROM function_key_group j "
    "LEFT JOIN group_member m ON m.\"group\" = j.\"group\" AND m.user = t.user "
    "WHERE j.function_key = t.id)";

static const char key_redirecting[] = KEY_REDIRECTED("count(*) > 0",
    "AND EXISTS (SELECT 1 FROM redirection r WHERE r.number = n.id AND r.\"trigger\" = "
    "t.\"trigger\" AND r.enabled)");

#define ROWS_OF(table) "(SELECT count(*) FROM \"" table "\")", "t.id"

/* The numbers of a holder, and the first of them to sort by. */
#define NUMBERS_OF(holder)                                                                         \
	"(SELECT json_group_array(number) FROM (SELECT n.number AS number FROM number n "          \
	"WHERE n.\"" holder "\" = t.id ORDER BY length(n.number), n.number))",                     \
	    "(SELECT min(substr('00000000000000000000' || n.number, -20)) FROM number n "          \
	    "WHERE n.\"" holder "\" = t.id)"

#define HOLDER_FIELDS(n, field, entity, word, name, sorted)                                        \
	{&model_number, field, NULL, number_holder},                                               \
	    {&model_number, field "_name",                                                         \
		"(SELECT " name " FROM \"" field "\" h WHERE h.id = " n ".\"" field "\")",         \
		number_holder},

static const struct computed all[] = {
    {&model_user, "phones", NULL, first_phone},
    {&model_user, "has_dial_pin", "(t.dial_pin_hash <> '')", "(t.dial_pin_hash <> '')"},
    {&model_user, "phone_names",
	"(SELECT json_group_array(name) FROM (SELECT p.name AS name " OWN_PHONES
	" ORDER BY j.position))",
	first_phone},
    {&model_user, "numbers", NUMBERS_OF("user")},
    {&model_group, "numbers", NUMBERS_OF("group")},
    {&model_group, "members", members, members},
    {&model_group, "members_on", members_on, members_on},
    {&model_group, "members_unfit", members_unfit, members_unfit},
    {&model_group_member, "group", NULL, group_name},
    {&model_group_member, "group_name", "(SELECT g.name " NUMBER_GROUP ")", group_name},
    {&model_group_member, "user", NULL, member},
    {&model_group_member, "user_name",
	"(SELECT u.first_name || ' ' || u.last_name " NUMBER_OWNER ")", member},
    {&model_group_member, "unfit", unfit, unfit},
    {&model_phone, "type", NULL, "fold(" TYPE_NAME ")"},
    {&model_phone, "type_name", TYPE_NAME, "fold(" TYPE_NAME ")"},
    {&model_device_type, "phones", TYPE_PHONES, TYPE_PHONES},
    {&model_site, "phones", SITE_PHONES, SITE_PHONES},
    {&model_site, "lines", NULL,
	"(SELECT fold(l.name) FROM site_line j JOIN line l ON l.id = j.line "
	"WHERE j.site = t.id ORDER BY j.position LIMIT 1)"},
    {&model_phone, "site", NULL, "(SELECT fold(s.name) FROM site s WHERE s.id = t.site)"},
    {&model_line, "provider", NULL, "fold(" OF_PROVIDER("name") ")"},
    {&model_line, "provider_name", OF_PROVIDER("name"), "fold(" OF_PROVIDER("name") ")"},
    {&model_line, "server", LINE_SERVER, "fold(" LINE_SERVER ")"},
    {&model_provider, "lines", PROVIDER_LINES, PROVIDER_LINES},
    {&model_phone, "users",
	"(SELECT json_group_array(id) FROM (SELECT u.id AS id " OWN_USERS
	" ORDER BY j.since, u.id))",
	first_user},
    {&model_phone, "user_names",
	"(SELECT json_group_array(name) FROM (SELECT u.first_name || ' ' || u.last_name AS "
	"name " OWN_USERS " ORDER BY j.since, u.id))",
	first_user},
    {&model_licence, "users_used", ROWS_OF("user")},
    {&model_licence, "phones_used", ROWS_OF("phone")},
    {&model_licence, "lines_used", ROWS_OF("line")},
    {&model_licence, "groups_used", ROWS_OF("group")},
    {&model_mail_template, "standard_subject", "mail_standard(t.kind, t.language, 0)", "t.kind"},
    {&model_mail_template, "standard_text", "mail_standard(t.kind, t.language, 1)", "t.kind"},
    {&model_mail_template, "words", "mail_standard(t.kind, t.language, 2)", "t.kind"},
    NUMBER_HOLDERS(HOLDER_FIELDS, "t"){&model_emergency_number, "lines", NULL,
	"(SELECT fold(l.name) FROM emergency_number_line j JOIN line l ON l.id = j.line "
	"WHERE j.emergency_number = t.id ORDER BY j.position LIMIT 1)"},
    {&model_number, "line", NULL, line_name},
    {&model_number, "line_name", "(SELECT l.name " NUMBER_LINE ")", line_name},
    {&model_conference_room, "has_pin", "(t.pin_hash <> '')", "(t.pin_hash <> '')"},
    {&model_conference_room, "has_moderator_pin", "(t.moderator_pin_hash <> '')",
	"(t.moderator_pin_hash <> '')"},
    {&model_conference_room, "numbers", NUMBERS_OF("conference_room")},
    {&model_conference_room, "mailbox", NULL, mailbox_name},
    {&model_number, "held", held, held},
    {&model_rate, "line", NULL, line_name},
    {&model_rate, "line_name", "(SELECT l.name " NUMBER_LINE ")", line_name},
    {&model_function_key, "user", NULL, member},
    {&model_function_key, "target_user", NULL, "fold(" KEY_NAME ")"},
    {&model_function_key, "target_group", NULL, "fold(" KEY_NAME ")"},
    {&model_function_key, "groups", NULL, "fold(" KEY_NAME ")"},
    {&model_function_key, "target_name", KEY_NAME, "fold(" KEY_NAME ")"},
    {&model_function_key, "target_number", key_number, key_number},
    {&model_function_key, "target_dnd", key_dnd, key_dnd},
    {&model_function_key, "logged_on", key_on, key_on},
    {&model_call_completion, "user", NULL, member},
    {&model_call_completion, "target", NULL, completion_target},
    {&model_call_completion, "user_name",
	"(SELECT u.first_name || ' ' || u.last_name " NUMBER_OWNER ")", member},
    {&model_call_completion, "target_name",
	"(SELECT u.first_name || ' ' || u.last_name " COMPLETION_TARGET ")", completion_target},
    {&model_function_key, "redirecting", key_redirecting, key_redirecting},
    {&model_function_key, "redirected", NULL, "fold(" KEY_NAME ")"},
    {&model_redirection, "number", NULL, digits},
    {&model_redirection, "digits", "(SELECT n.number " REDIRECTED ")", digits},
    {&model_redirection, "user", "(SELECT n.user " REDIRECTED ")", digits},
    {&model_redirection, "group", "(SELECT n.\"group\" " REDIRECTED ")", digits},
    {&model_redirection, "holder_name", holder, holder},
    {&model_announcement, "user_name",
	"(SELECT u.first_name || ' ' || u.last_name " NUMBER_OWNER ")", member},
    {&model_mailbox, "has_pin", "(t.pin_hash <> '')", "(t.pin_hash <> '')"},
    {&model_mailbox, "numbers", NUMBERS_OF("mailbox")},
    {&model_mailbox, "messages", messages, messages},
    {&model_mailbox, "messages_new", messages_new, messages_new},
    {&model_mailbox_access, "mailbox", NULL, mailbox_name},
    {&model_mailbox_access, "mailbox_name", "(SELECT m.name FROM mailbox m WHERE m.id = t.mailbox)",
	mailbox_name},
    {&model_mailbox_access, "holder_name",
	"coalesce((SELECT u.first_name || ' ' || u.last_name " NUMBER_OWNER
	"), (SELECT g.name " NUMBER_GROUP "))",
	owner},
    {&model_music_loop, "files", MUSIC_FILES("count(*)"), MUSIC_FILES("count(*)")},
    {&model_music_loop, "length_ms", MUSIC_FILES("coalesce(sum(f.length_ms), 0)"),
	MUSIC_FILES("coalesce(sum(f.length_ms), 0)")},
    {&model_music_loop, "numbers", MUSIC_USED("number"), MUSIC_USED("number")},
    {&model_music_loop, "users", MUSIC_USED("user"), MUSIC_USED("user")},
    {&model_music_loop, "groups", MUSIC_USED("group"), MUSIC_USED("group")},
    {&model_voicemail, "deleted", "(t.state = 'deleted')", "(t.state = 'deleted')"},
    {&model_voicemail, "mailbox", NULL, mailbox_name},
    {&model_voicemail, "mailbox_name", "(SELECT m.name FROM mailbox m WHERE m.id = t.mailbox)",
	mailbox_name},
    {&model_call_record, "answered_by", answered_by, answered_by},
    {&model_speed_dial, "user", NULL, member},
    {&model_speed_dial, "user_name", "(SELECT u.first_name || ' ' || u.last_name " NUMBER_OWNER ")",
	member},
    {&model_mobile_twin, "user", NULL, member},
    {&model_mobile_twin, "user_name",
	"(SELECT u.first_name || ' ' || u.last_name " NUMBER_OWNER ")", member},
    {&model_mobile_twin, "too_late", too_late, too_late},
    {&model_conference, "user", NULL, member},
    {&model_conference, "user_name", "(SELECT u.first_name || ' ' || u.last_name " NUMBER_OWNER ")",
	member},
    {&model_conference, "participants", INVITED, INVITED},
    {&model_conference, "dial_in", "(SELECT conference_numbers FROM settings WHERE id = 1)",
	"t.id"},
    {&model_conference_participant, "conference", NULL, OF_CONFERENCE("fold(c.name)")},
    {&model_conference_participant, "conference_name", OF_CONFERENCE("c.name"),
	OF_CONFERENCE("fold(c.name)")},
    {&model_conference_participant, "owner", OF_CONFERENCE("c.user"), OF_CONFERENCE("c.user")},
    {&model_conference_participant, "user", NULL, member},
    {&model_conference_participant, "user_name",
	"(SELECT u.first_name || ' ' || u.last_name " NUMBER_OWNER ")", member},
};

static const struct computed *
find(const struct model_entity *e, const struct model_field *f)
{
	for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
		if (all[i].entity == e && strcmp(all[i].field, f->name) == 0)
			return &all[i];
	return NULL;
}

void
computed_value(struct buf *b, const struct model_entity *e, const struct model_field *f)
{
	const struct computed *c = find(e, f);
	char table[64];

	if (c && c->value) {
		buf_cstr(b, c->value);
	} else if (f->type == MODEL_REF_LIST) {
		model_join_table(e, f, table);
		buf_printf(b,
		    "(SELECT json_group_array(id) FROM (SELECT j.\"%s\" AS id FROM \"%s\" j "
		    "WHERE j.\"%s\" = t.id ORDER BY j.position))",
		    f->ref, table, e->name);
	}
}

/* Where a search finds what is computed: each text is looked at once, not again for each row. The
 * holder is one of those whose text has the word. */
#define OF_USER		   "t.user", "SELECT u.id FROM user u", "u.first_name, u.last_name"
#define OF_GROUP	   "t.\"group\"", "SELECT g.id FROM \"group\" g", "g.name"
#define OF_NUMBERS(holder) "t.id", "SELECT n." holder " FROM number n", DIGITS

/* A word with anything else is not looked for there. */
#define DIGITS "n.number"

#define HOLDER_FOUND(n, field, entity, word, name, sorted)                                         \
	{&model_number, field "_name", n ".\"" field "\"", "SELECT h.id FROM \"" field "\" h",     \
	    name},

/* The join begins where the text is, and goes on only from where it has the word. */
static const struct {
	const struct model_entity *entity;
	const char *field, *holder, *those, *text;
} found[] = {
    {&model_user, "numbers", OF_NUMBERS("user")},
    {&model_user, "phone_names", "t.id",
	"SELECT j.user FROM phone p CROSS JOIN user_phone j ON j.phone = p.id", "p.name"},
    {&model_group, "numbers", OF_NUMBERS("\"group\"")},
    {&model_mailbox, "numbers", OF_NUMBERS("mailbox")},
    {&model_conference_room, "numbers", OF_NUMBERS("conference_room")},
    {&model_group_member, "group_name", OF_GROUP},
    {&model_group_member, "user_name", OF_USER},
    NUMBER_HOLDERS(HOLDER_FOUND, "t"){&model_mobile_twin, "user_name", OF_USER},
    {&model_conference, "user_name", OF_USER},
    {&model_conference_participant, "user_name", OF_USER},
    {&model_speed_dial, "user_name", OF_USER},
    {&model_call_completion, "user_name", OF_USER},
    {&model_call_completion, "target_name", "t.target", "SELECT u.id FROM user u",
	"u.first_name, u.last_name"},
    {&model_redirection, "digits", "t.number", "SELECT n.id FROM number n", DIGITS},
    {&model_rate, "line_name", "t.line", "SELECT l.id FROM line l", "l.name"},
    {&model_number, "line_name", "t.line", "SELECT l.id FROM line l", "l.name"},
    {&model_phone, "user_names", "t.id",
	"SELECT j.phone FROM user u CROSS JOIN user_phone j ON j.user = u.id",
	"u.first_name, u.last_name"},
    {&model_phone, "type_name",
	"coalesce(t.type, (SELECT y.id FROM device_type y WHERE y.name = 'generic'))",
	"SELECT y.id FROM device_type y", "y.name"},
};

void
computed_search(
    struct buf *b, const struct model_entity *e, const struct model_field *f, size_t word)
{
	buf_lit(b, " OR ");
	for (size_t i = 0; i < sizeof found / sizeof found[0]; i++)
		if (found[i].entity == e && strcmp(found[i].field, f->name) == 0) {
			buf_printf(b, "%s IN (%s WHERE finds(fold(?%zu), %s))", found[i].holder,
			    found[i].those, word, found[i].text);
			return;
		}
	buf_printf(b, "finds(fold(?%zu), ", word);
	computed_value(b, e, f);
	buf_char(b, ')');
}

bool
computed_is_digits(const struct model_entity *e, const struct model_field *f)
{
	for (size_t i = 0; i < sizeof found / sizeof found[0]; i++)
		if (found[i].entity == e && strcmp(found[i].field, f->name) == 0)
			return strcmp(found[i].text, DIGITS) == 0;
	return false;
}

void
computed_sort(struct buf *b, const struct model_entity *e, const struct model_field *f)
{
	const struct computed *c = find(e, f);
	char text[64];
	const char *column = model_column(f, text);

	if (c)
		buf_cstr(b, c->sort);
	else if (f->chars && strcmp(f->chars, "0-9") == 0) /* digits: 20 before 100 */
		buf_printf(b, "substr('00000000000000000000' || t.\"%s\", -20)", column);
	else if (f->type == MODEL_TEXT || f->type == MODEL_TEXT_LIST ||
		 f->type == MODEL_REASON_LIST)
		buf_printf(b, "fold(t.\"%s\")", column);
	else
		buf_printf(b, "t.\"%s\"", column);
}
