/*
 * model/ - every stored entity, declared once.
 *
 * A table of fields (model/entities.c) says what a user, a phone, a number, ... is:
 * types, limits, defaults, references, what is secret, what needs a restart. From
 * it come the SQL tables, JSON checking with an error sentence per field, the
 * OpenAPI document, import and export. Rules that span entities (a number lies in
 * an internal range, one administrator always remains) are in model/rules.c.
 *
 * Tables are constant; functions keep no state and may run on any thread. JSON
 * objects belong to the caller (jansson counts). Does not know how entities are
 * stored (store/) or shown (api/, web).
 */
#ifndef MODEL_MODEL_H
#define MODEL_MODEL_H

#include <jansson.h>

#include "base/buf.h"

enum model_type {
	MODEL_INT,
	MODEL_BOOL,
	MODEL_TEXT,
	MODEL_ENUM,	   /* text, one of choices */
	MODEL_TIME,	   /* ms since 1970 in C and SQL (0/NULL none), ISO-8601 UTC in JSON */
	MODEL_REF,	   /* id of a row of ref, or null */
	MODEL_REF_LIST,	   /* ordered ids of rows of ref */
	MODEL_TEXT_LIST,   /* JSON text in SQL; with choices a set of them, in their order */
	MODEL_REASON_LIST, /* texts of model/reasons.h in C and SQL, objects in JSON */
	MODEL_JSON,	   /* an object of any shape, never input; JSON text in SQL */
	MODEL_OBJECT,	   /* nested, only in live values: the fields of object */
};

enum model_flag {
	MODEL_REQUIRED = 1 << 0,   /* must be given on create and not be empty */
	MODEL_UNIQUE = 1 << 1,	   /* no two rows share it */
	MODEL_READONLY = 1 << 2,   /* refused in input */
	MODEL_WRITEONLY = 1 << 3,  /* never in ordinary output */
	MODEL_SECRET = 1 << 4,	   /* never logged */
	MODEL_RESTART = 1 << 5,	   /* a change needs a restart to take effect */
	MODEL_COMPUTED = 1 << 6,   /* read only, no column; store/ says how */
	MODEL_SEARCH = 1 << 7,	   /* the search box looks here */
	MODEL_INTERNAL = 1 << 8,   /* a column that JSON never sees */
	MODEL_HASHED = 1 << 9,	   /* password: the column is NAME_hash */
	MODEL_NULLABLE = 1 << 10,  /* empty or 0 is null in JSON */
	MODEL_GENERATED = 1 << 11, /* store/ makes a value when absent on create */
	MODEL_INDEX = 1 << 12,	   /* has an index of its own */
	MODEL_PIN = 1 << 14,	   /* with HASHED: dialled, see model/pin.h; may be empty */
	MODEL_INHERIT =
	    1 << 13, /* null, in JSON and SQL: what the row's template says; so by default */
};

enum model_format {
	MODEL_FORMAT_NONE,
	MODEL_FORMAT_IP,
	MODEL_FORMAT_EMAIL,
	MODEL_FORMAT_HOST,   /* IP address or name, with or without :port */
	MODEL_FORMAT_NET,    /* "192.0.2.1", "192.0.2.0/24", IPv6 alike */
	MODEL_FORMAT_NETS,   /* several of them, separated by commas */
	MODEL_FORMAT_CODECS, /* see model_codecs_ok */
	MODEL_FORMAT_MASK,   /* "255.255.255.0" */
	MODEL_FORMAT_CLOCK,  /* "08:30", up to "24:00" */
	MODEL_FORMAT_DATE,   /* "2026-12-24" */
	MODEL_FORMAT_CODE,   /* "*09": of feature.h */
	MODEL_FORMAT_SERVER, /* as MODEL_FORMAT_HOST, with MODEL_ACCOUNT_MARK perhaps */
	MODEL_FORMAT_MICRO,  /* of an int: millionths of a currency (money.h) */
};

enum model_on_delete { MODEL_KEEP, MODEL_CASCADE, MODEL_SET_NULL, MODEL_RESTRICT };

struct model_entity;

struct model_field {
	const char *name;
	enum model_type type;
	unsigned flags;
	int64_t min, max;    /* of an int its value, of a text its characters, of a list its items;
				max 0 = no limit for a text that is never input */
	const char *chars;   /* allowed characters, e.g. "A-Za-z0-9._-"; NULL: all but controls */
	const char *choices; /* "de|en" */
	const char *def;     /* default in JSON, e.g. "true", "30", "\"udp\"", of a set "a|b"; NULL:
				empty value */
	enum model_format format;
	const char *ref; /* entity name */
	enum model_on_delete on_delete;
	const char *label, *description;
	/* Where the value lives in a C struct, for entities that have one; size 0 = nowhere.
	 * Text: char[size]. Int, enum, bool, time, ref: 1, 4 or 8 bytes. Text and reason list:
	 * char[max][size] with a uint32_t count at count_offset. Enum: 4 bytes are the index of
	 * the choice, any other size is its text. A set of 4 bytes: bits of its choices (only
	 * filled). */
	uint16_t offset, size, count_offset;
	const struct model_entity *object; /* MODEL_OBJECT */
};

/* Regions whose public holidays are known (ISO 3166-1 and -2, small letters). */
#define MODEL_HOLIDAY_REGIONS                                                                      \
	"none|de|de-bb|de-be|de-bw|de-by|de-hb|de-he|de-hh|de-mv|de-ni|de-nw|de-rp|de-sh|de-sl|"   \
	"de-sn|de-st|de-th|at"
/* What may be dialled outside, by their bits (routing/number_class.h). */
#define MODEL_DIAL_CLASSES  "local|national|mobile|international|premium"
#define MODEL_DIAL_DEFAULTS "local|national|mobile|international"
/* When a redirection acts, by their index. */
#define MODEL_TRIGGERS "always|busy|timeout"
/* Days of a time frame, by their bits. */
#define MODEL_DAYS "mon|tue|wed|thu|fri|sat|sun|holiday"

struct model_errors;

enum model_entity_flag {
	MODEL_SINGLETON = 1 << 0, /* exactly one row, id 1 */
	MODEL_HIDDEN = 1 << 1,	  /* not in REST */
	MODEL_LOG = 1 << 2,	  /* rows come from the system: list and get only */
	MODEL_LIVE = 1 << 3,	  /* a value of a running system, not stored */
	MODEL_SYSTEM = 1 << 4,	  /* rows are made by the system: nobody else creates them */
	MODEL_FIXED = 1 << 5,	  /* rows are never changed, only deleted */
	MODEL_STAYS = 1 << 6,	  /* rows are never deleted, only changed */
};

/* The key of the template of rows that name none; every database has it. */
#define MODEL_TEMPLATE_DEFAULT "generic"
/* In servers of a provider: what the line says in "account". */
#define MODEL_ACCOUNT_MARK "<account>"

struct model_entity {
	const char *name; /* "call_record": SQL table, schema name, change feed */
	const char *path; /* "call-records": REST collection */
	unsigned flags;
	const char *key;	     /* natural key field, NULL none */
	const char *sort;	     /* default sort field; a leading '-' = descending */
	const char *letter;	     /* field of the A-Z tabs, NULL none */
	const char *unique_together; /* columns, e.g. "phone, contact"; NULL none */
	const char *key_with; /* further fields of the natural key, then the first is a ref and
				 these are refs or enums: "a|b"; NULL none */
	const char *template_field; /* the ref whose row says what fields with MODEL_INHERIT leave
				       open; null = the row MODEL_TEMPLATE_DEFAULT; NULL none */
	const char *owners;   /* fields with the users a row belongs to, computed ones too: "a|b";
				 NULL none */
	const char *covering; /* columns of an index that answers queries alone, or the expressions
				 that lists sort by (store/computed.c); NULL none */
	const char *label, *description;
	const struct model_field *fields;
	size_t field_count;
	/* What no single field can say; row is complete, with what its template says. NULL none. */
	void (*check)(const json_t *row, struct model_errors *errors);
};

extern const struct model_entity model_user, model_phone, model_number, model_range, model_settings,
    model_call_record, model_session, model_line, model_certificate, model_address_rule,
    model_notice, model_mail_server, model_mail, model_mail_template, model_change, model_group,
    model_group_member, model_token, model_second_factor, model_password_reset, model_device_type,
    model_provider, model_licence, model_emergency_number, model_time_frame, model_cor_rule,
    model_cor_line, model_holiday, model_site, model_function_key, model_prompt, model_redirection,
    model_announcement, model_mailbox, model_mailbox_access, model_voicemail, model_music_loop,
    model_music_file, model_mobile_twin, model_call_completion, model_conference_room,
    model_conference, model_conference_participant, model_conference_link, model_speed_dial,
    model_rate;

/** All stored entities, referenced ones first. */
const struct model_entity *const *model_entities(size_t *count);
/** By name ("call_record"), NULL if none. */
const struct model_entity *model_find(const char *name);
/** By REST path ("call-records"); hidden and live ones are not found. */
const struct model_entity *model_find_path(struct slice path);
const struct model_field *model_field_find(const struct model_entity *e, struct slice name);
/* Pages of lists. */
enum { MODEL_PER_PAGE_MAX = 1000, MODEL_PAGE_MAX = UINT32_MAX / MODEL_PER_PAGE_MAX };

/** True if a list can be filtered by the field's value. */
bool model_is_filter(const struct model_field *f);
/** Name of the column: the field's, or NAME_hash. text is used when it must be made. */
const char *model_column(const struct model_field *f, char text[64]);
/** A text of a row, "" when it has none; field NULL: "". Borrowed from row. */
const char *row_text(const json_t *row, const char *field);
/** True if the field has a column of its own in the entity's table. */
bool model_has_column(const struct model_field *f);

/* --- several rows at once ------------------------------------------------ */

/* Rows of one request: to change, to create, to undo. */
enum { MODEL_BULK_MAX = 5000, MODEL_CREATE_MAX = 500, MODEL_REVERT_MAX = 50000 };

/** True if one request may give the field the same value in several rows. */
bool model_in_bulk(const struct model_field *f);
/** True if it may also put something into the field's list, or take it out. */
bool model_is_list(const struct model_field *f);

/** A list of a row that is rows of their own: the groups of a user are rows of group_member. Its
 *  name in requests is the path of what it lists, "groups". */
struct model_link {
	const struct model_entity *by, *other;
	const struct model_field *own, *theirs; /* of by: refs to the row, to the other one */
};

/** The i-th of an entity, from 0; false: there is none. */
bool model_link_at(const struct model_entity *e, size_t i, struct model_link *out);
bool model_link_find(const struct model_entity *e, struct slice name, struct model_link *out);

/* --- errors ------------------------------------------------------------- */

struct model_error {
	char code[32];	   /* machine word, e.g. "too_short" */
	char field[40];	   /* "" = none */
	char message[200]; /* English sentence; never contains a secret */
	int64_t row;	   /* of a request about several rows; 0 = about none of them */
};

enum { MODEL_ERRORS_MAX = 16 };

struct model_errors {
	uint32_t count; /* kept ones; more are dropped */
	struct model_error at[MODEL_ERRORS_MAX];
};

void model_error_add(struct model_errors *errors, const char *code, const char *field,
    const char *fmt, ...) __attribute__((format(printf, 4, 5)));

/** Into errors what an import complained of: objects with field, code and message. field_of
 *  (may be NULL) says which field of a form an object is about. */
void model_errors_take(
    const json_t *list, const char *(*field_of)(const json_t *one), struct model_errors *errors);

/* --- checking ------------------------------------------------------------ */

enum model_mode {
	MODEL_CREATE,		   /* required fields, defaults filled in */
	MODEL_PATCH,		   /* only what is given */
	MODEL_ALLOW_HASH = 1 << 4, /* or-ed in: accept password_hash (import) */
};

/**
 * Checks an object against the table, field by field. *out (caller's reference)
 * has only known fields, trimmed texts, defaults; generated values are not made here.
 * ERR_INVALID with errors filled (all fields are looked at), ERR_NOMEM.
 */
ERR_MUST_CHECK enum err model_check(const struct model_entity *e, const json_t *in, unsigned mode,
    json_t **out, struct model_errors *errors);
/** The entity's check over a complete row. ERR_INVALID with errors. */
ERR_MUST_CHECK enum err model_check_row(
    const struct model_entity *e, const json_t *row, struct model_errors *errors);
/** INI-5: at least 6 of letters (umlauts too), digits, - _ . # *. */
ERR_MUST_CHECK enum err model_password_check(const char *password, struct model_errors *errors);
/** UTF-8 characters in s, or -1 if s is not UTF-8. */
int64_t model_utf8_count(struct slice s);
/** True if all characters of s are in the set, e.g. "A-Za-zÄ-Ü0-9._-". */
bool model_chars_ok(struct slice s, const char *set);
/** The default of a field as a new JSON value, never NULL unless out of memory. */
json_t *model_default(const struct model_field *f);

/* --- rules that span entities ------------------------------------------- */

enum model_op { MODEL_OP_CREATE, MODEL_OP_UPDATE, MODEL_OP_DELETE, MODEL_OP_IMPORT };

/** How rules look at the data as they will be after the change. */
struct model_view {
	void *ctx;
	/* Calls on_row for each row with column field = value (field NULL: all rows) until it
	 * returns false. The row holds the columns only. */
	enum err (*each)(void *ctx, const struct model_entity *e, const char *field, int64_t value,
	    bool (*on_row)(void *arg, const json_t *row), void *arg);
	/* The row with this text in a column. ERR_NOT_FOUND. */
	enum err (*find)(void *ctx, const struct model_entity *e, const char *field,
	    struct slice text, int64_t *id);
};

struct model_change {
	const struct model_entity *entity;
	int64_t id;
	enum model_op op;
	const json_t *before; /* row before update or delete, else NULL */
	bool had_admin;	      /* MODEL_OP_IMPORT: an enabled administrator existed before */
};

/** All rules a change touches (import: all). ERR_CONFLICT or ERR_INVALID with
 *  errors; other errors come from the view. */
ERR_MUST_CHECK enum err model_rules_check(
    const struct model_view *view, const struct model_change *change, struct model_errors *errors);

/* What somebody would reach by dialling. */
enum model_dialled {
	MODEL_DIALLED_UNKNOWN,
	MODEL_DIALLED_OURS, /* a number that is there, whoever holds it */
	MODEL_DIALLED_OUTSIDE,
	MODEL_DIALLED_EMERGENCY, /* with or without the prefix */
};

/** Errors come from the view. */
ERR_MUST_CHECK enum err model_dialled(const struct model_view *view, struct slice outside_prefix,
    struct slice target, enum model_dialled *out);

/* --- what is derived ------------------------------------------------------ */

/** CREATE TABLE, join tables and indexes of an entity, ';' after each. */
void model_sql_create(struct buf *b, const struct model_entity *e);
/** The join table of a list of refs: "user_phone". Returns text. */
const char *model_join_table(
    const struct model_entity *e, const struct model_field *f, char text[64]);
/** The column definition alone, as ALTER TABLE ADD COLUMN wants it. */
void model_sql_column(struct buf *b, const struct model_field *f);
/** CREATE INDEX IF NOT EXISTS of e->covering and ';'; nothing without. */
void model_sql_covering(struct buf *b, const struct model_entity *e);
/** CREATE INDEX IF NOT EXISTS and ';' of a list of refs, both ways: in its order, and by who has
 * had it longest. */
void model_sql_list_indexes(
    struct buf *b, const struct model_entity *e, const struct model_field *f);
/** CREATE INDEX and ';' for a column that has one; nothing for others. */
void model_sql_index(struct buf *b, const struct model_entity *e, const struct model_field *f);
/** The OpenAPI 3.0 document of the whole HTTP interface; new reference, NULL out of memory. */
json_t *model_openapi(const char *version);

/* --- time and structs ----------------------------------------------------- */

enum { MODEL_TIME_TEXT = 32 };

/** "2026-01-31T12:00:00.123Z" of ms since 1970. Returns out. */
const char *model_time_write(int64_t ms, char out[MODEL_TIME_TEXT]);
/** ERR_MALFORMED. */
ERR_MUST_CHECK enum err model_time_parse(struct slice s, int64_t *ms);
/** JSON of a C struct by the offsets of its table; new reference or NULL. */
json_t *model_struct_json(const struct model_entity *e, const void *value);
/** An integer, bool, time, ref or (4-byte) enum member of a struct. */
int64_t model_struct_int(const struct model_field *f, const void *value);
/** The text of the i-th choice of an enum; empty when there is none. */
struct slice model_choice(const struct model_field *f, int64_t i);
/** Fills a C struct from JSON (checked before); absent fields stay. */
void model_struct_fill(const struct model_entity *e, const json_t *row, void *value);

#endif
