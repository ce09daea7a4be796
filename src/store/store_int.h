/*
 * Private to store/: connections, statements, rows.
 *
 * Ownership: store -> writer and readers (struct db) -> cached statements (struct
 * stmt). A statement is borrowed between db_prepare and stmt_done; a connection
 * between store_read_begin and store_read_end, or under the write lock.
 */
#ifndef STORE_STORE_INT_H
#define STORE_STORE_INT_H

#include <pthread.h>
#include <sqlite3.h>

#include "base/hmap.h"
#include "store/store.h"

/* --- db.c: one SQLite connection -------------------------------------------- */

struct db {
	sqlite3 *h;
	struct hmap statements; /* struct stmt by SQL text */
};

struct stmt {
	struct hnode node;
	sqlite3_stmt *st;
	struct db *db;
	bool in_use, cached;
	char sql[];
};

/* flags as sqlite3_open_v2. The database's code is put into *code. */
enum err db_open(const char *path, int flags, struct db **out, int *code);
void db_close(struct db *db);
enum err db_exec(struct db *db, const char *sql);
/* A statement to bind and step; give back with stmt_done on every path. */
enum err db_prepare(struct db *db, const char *sql, struct stmt **out);
/* The same with a text made for the occasion; ERR_TOO_BIG when sql has overflowed, or is
 * longer than 512 bytes with the printf. */
enum err db_prepare_buf(struct db *db, const struct buf *sql, struct stmt **out);
enum err db_preparef(struct db *db, struct stmt **out, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
/* A function of SQL that always gives the same for the same. */
enum err db_function(struct db *db, const char *name, int arguments,
    void (*f)(sqlite3_context *ctx, int argc, sqlite3_value **argv));
/* First column of the first row as a number; ERR_NOT_FOUND without row. */
enum err db_int(struct db *db, const char *sql, int64_t *out);
/* Translates a result code; what is unexpected is logged. */
enum err db_error(struct db *db, int code);
void stmt_done(struct stmt *s);
/* *row = there is one. */
enum err stmt_step(struct stmt *s, bool *row);
/* For statements without rows: step and done. */
enum err stmt_run(struct stmt *s);
void stmt_int(struct stmt *s, int index, int64_t v);
void stmt_text(struct stmt *s, int index, struct slice v); /* copied */
void stmt_cstr(struct stmt *s, int index, const char *v);  /* copied */
void stmt_null(struct stmt *s, int index);
/* The first column of all rows; free() them, NULL when there are none. */
enum err stmt_ids(struct stmt *s, int64_t **ids, size_t *n);
/* Column as text, never NULL; valid until the next step. */
const char *stmt_column(struct stmt *s, int column);

/* --- fold.c ------------------------------------------------------------------ */

/* Lower case without accents, for search and sort: "Mueller", "M\u00fcller" -> "muller". Writes at
 * most s.n bytes; returns how many. */
size_t text_fold(struct slice s, char *out);
enum err fold_register(struct db *db);

/* --- schema.c ------------------------------------------------------------------ */

enum { STORE_SCHEMA_VERSION = 2, STORE_APPLICATION_ID = 0x53747267 /* "Strg" */ };

struct migration {
	int version; /* that it leads to */
	const char *sql;
};

/* ERR_UNSUPPORTED: newer than this program. 0 = empty database. */
enum err schema_version(struct db *db, int *version);
/* Creates or migrates, then adds columns the tables of model/ have gained. */
enum err schema_update(struct db *db);
/* The steps above from, in order, each in a transaction of its own. */
enum err schema_migrate(struct db *db, const struct migration *steps, size_t n, int from);

/* --- store.c ------------------------------------------------------------------ */

enum { STORE_READERS = 4, STORE_CALLBACKS = 8 };

struct store {
	char *path;
	int lock_fd;
	struct evp_pkey_st *licence_key; /* whose licences are taken; NULL none */
	pthread_mutex_t write_lock;
	struct db *writer;	      /* under write_lock */
	bool relaxed;		      /* of the open transaction; under write_lock */
	struct store_change *pending; /* of the open transaction; under write_lock */
	size_t pending_count, pending_cap;
	struct {
		void (*cb)(void *ctx, const struct store_change *change);
		void *ctx;
	} callback[STORE_CALLBACKS];
	size_t callback_count;
	pthread_mutex_t pool_lock;
	pthread_cond_t pool_free;
	struct db *idle[STORE_READERS]; /* under pool_lock */
	size_t idle_count, reader_count;
};

/* Takes the write lock and begins; then exactly one of commit and rollback. */
enum err store_write_begin(struct store *s);
/* The same, but the commit does not wait for the disk: safe against kill -9, not against power
 * loss. For what the world repeats anyway (registrations, log-ins). */
enum err store_write_begin_relaxed(struct store *s);
enum err store_commit(struct store *s);
void store_rollback(struct store *s);
/* Commits when e is ERR_OK, else rolls back; returns what became of it. */
enum err store_write_end(struct store *s, enum err e);
/* Remembers a change for the feed; told after commit. */
enum err store_changed(struct store *s, const struct model_entity *e, int64_t id, enum store_op op);
/* A connection with a read transaction: one consistent state. */
enum err store_read_begin(struct store *s, struct db **out);
void store_read_end(struct store *s, struct db *db);

/* --- import.c ---------------------------------------------------------------------- */

/* True if e says that what was to be written is wrong: then there is at least one error. Else the
 * store is in trouble, or nothing was wrong. */
bool error_is_fault(enum err e, struct model_errors *errors);

/* --- rows.c ------------------------------------------------------------------- */

enum row_form {
	ROW_PUBLIC, /* what people may see, with lists and computed fields */
	ROW_SECRET, /* and write-only columns */
	ROW_PLAIN,  /* all columns, nothing else; for rules */
};

/* SELECT of a form without WHERE; the table's alias is t. */
void row_select(struct buf *b, const struct model_entity *e, enum row_form form);
/* The present row of a statement made from row_select. NULL: out of memory. */
json_t *row_json(struct stmt *s, const struct model_entity *e, enum row_form form);
enum err row_get(
    struct db *db, const struct model_entity *e, int64_t id, enum row_form form, json_t **row);
/* Id by a text column. */
enum err row_find_id(struct db *db, const struct model_entity *e, const char *field,
    struct slice value, int64_t *id);
/* The same as a view's find; ctx: the database. */
enum err row_find(
    void *ctx, const struct model_entity *e, const char *field, struct slice text, int64_t *id);
/* ERR_INVALID with an error for a ref that leads nowhere. */
enum err row_check_refs(
    struct db *db, const struct model_entity *e, const json_t *values, struct model_errors *errors);
/* values by column name (password_hash, ...), lists by field name. ERR_EXISTS with error. */
enum err row_insert(struct db *db, const struct model_entity *e, const json_t *values, int64_t *id,
    struct model_errors *errors);
enum err row_update(struct db *db, const struct model_entity *e, int64_t id, const json_t *values,
    struct model_errors *errors);
/* ERR_CONFLICT: still referred to. */
enum err row_delete(
    struct db *db, const struct model_entity *e, int64_t id, struct model_errors *errors);
/* For model_rules_check; ctx is a struct db. */
enum err row_each(void *ctx, const struct model_entity *e, const char *field, int64_t value,
    bool (*on_row)(void *arg, const json_t *row), void *arg);

/* --- list.c: the WHERE of a query, over alias t ------------------------------------- */

enum { LIST_WORDS_MAX = 8, LIST_MATCH_BYTES = 512 };

/* How many call records may have all of the words; of others it is not known. */
enum words_found { WORDS_UNKNOWN, WORDS_RARE, WORDS_FREQUENT };

struct list_words {
	size_t count;
	struct slice at[LIST_WORDS_MAX];
	enum words_found found;
	char
	    match[LIST_MATCH_BYTES]; /* what call_word is asked; bound behind the words, if found */
};

/* All words of the search; more than eight do not narrow further. For list_where and list_bind on
 * the same db. */
enum err list_words(struct db *db, const struct model_entity *e, const struct store_query *q,
    struct list_words *out);
/* Behind a table that is searched by list_where: what is rare is looked up by its ids, in whatever
 * order it is wanted. */
const char *list_way(const struct list_words *words);
enum err list_where(struct buf *b, const struct model_entity *e, const struct store_query *q,
    const struct list_words *words, struct model_errors *errors);
/* Returns the next index. */
int list_bind(struct stmt *s, const struct model_entity *e, const struct store_query *q,
    const struct list_words *words);
/* All rows that q finds, by id, whatever its page. free() the ids; NULL when there are none. */
enum err list_ids(struct db *db, const struct model_entity *e, const struct store_query *q,
    int64_t **ids, size_t *n, struct model_errors *errors);

/* Where a call came from and went: the reasons that routing gives say it. The list of reasons
 * begins with those, and keeps its beginning. */
#define CDR_DIRECTION                                                                              \
	"(CASE WHEN instr(t.explanation, '\"from_line\\u00') > 0 THEN 'in' "                       \
	"WHEN t.private_call OR instr(t.explanation, '\"number_outside\\u00') > 0 "                \
	"OR instr(t.explanation, '\"line_prefix\\u00') > 0 "                                       \
	"OR instr(t.explanation, '\"emergency\\u00') > 0 THEN 'out' ELSE 'internal' END)"

/* --- call_party.c ---------------------------------------------------------------- */

enum err call_party_schema(struct db *db);
/* Into a WHERE over call_record: those of these parties (a list as SQL, or a SELECT: ids of users,
 * and '#' before numbers that were called), as far as theirs (" AND …", over alias t) holds. Its
 * bound values come for the parties first, then twice for theirs. */
void call_party_where(struct buf *b, const char *parties, struct slice theirs);

/* --- call_word.c ----------------------------------------------------------------- */

enum err call_word_schema(struct db *db);
/* One portion of what is due; *more: there was something. */
enum err call_word_index(struct store *s, bool *more);
/* Sets found and match of words that call records are searched for. */
enum err call_word_narrow(struct db *db, struct list_words *words);
/* Into a WHERE over call_record: those that may have the words, which are rare. */
void call_word_where(struct buf *b, const struct list_words *words);
/* Behind a FROM: the same of frequent ones, the newest first as long as somebody reads, as t. What
 * the index does not know yet is not among them. */
void call_word_from(struct buf *b, const struct list_words *words);

/* --- computed.c ---------------------------------------------------------------- */

/* SQL of a computed field or list of refs over alias t: its value as JSON text (or plain
 * text of MODEL_TEXT). Empty for ordinary columns. */
void computed_value(struct buf *b, const struct model_entity *e, const struct model_field *f);
/** SQL of: or the field contains the text that is bound as ?word, whatever its case and accents. */
void computed_search(
    struct buf *b, const struct model_entity *e, const struct model_field *f, size_t word);
/* True of a field that can hold only digits, as far as a search is concerned. */
bool computed_is_digits(const struct model_entity *e, const struct model_field *f);
/* What to sort by; works for every field. */
void computed_sort(struct buf *b, const struct model_entity *e, const struct model_field *f);

/* --- entity.c ------------------------------------------------------------------- */

/* Replaces password by password_hash. Slow; not under the write lock. */
enum err entity_hash_passwords(const struct model_entity *e, json_t *values);
/* In an open transaction: row check, refs, write, side effects, change feed. Rules that span
 * entities are the caller's. values are consumed as scratch. */
enum err entity_insert(struct store *s, const struct model_entity *e, json_t *values, int64_t *id,
    struct model_errors *errors);
enum err entity_update(struct store *s, const struct model_entity *e, int64_t id,
    const json_t *before, json_t *values, struct model_errors *errors);
enum err entity_delete(
    struct store *s, const struct model_entity *e, int64_t id, struct model_errors *errors);
/* A new row with everything that belongs to it: rules, and the mail to a new user. in: as the API
 * got it; values: checked, with hashes. */
enum err entity_create(struct store *s, const struct model_entity *e, const json_t *in,
    json_t *values, json_t **row, struct model_errors *errors);
/* The rules that span entities, about one row that has been written. */
enum err entity_check_rules(struct store *s, const struct model_entity *e, int64_t id,
    enum model_op op, const json_t *before, struct model_errors *errors);

/* --- bulk.c --------------------------------------------------------------------- */

/* Before the commit: of very many changes the feed is told once, that anything may have changed. */
enum err store_tell_many(struct store *s);

/* --- password.c ------------------------------------------------------------------ */

enum { PASSWORD_HASH_BYTES = 256 };

enum err password_hash(const char *password, char out[PASSWORD_HASH_BYTES]);
bool password_verify(const char *hash, const char *password);
/* Sets ha1_md5 and ha1_sha256 in values from name, secret and realm. */
void ha1_put(json_t *values, const char *name, const char *realm, const char *secret);
/* Computes all phones' digests anew; for a new domain. Under the write lock. */
enum err ha1_renew_all(struct db *db, const char *realm);

/* --- credential.c ----------------------------------------------------------------- */

/* As store_credential_find. */
enum err credential_find(struct db *db, enum store_credential_kind kind,
    const unsigned char token_hash[32], int64_t now_ms, struct store_credential *out);

/* --- session.c ------------------------------------------------------------------- */

void hash_hex(const unsigned char hash[32], char hex[65]);

/* --- secret.c --------------------------------------------------------------------- */

/* SEC-1: makes the SIP password of a new phone, and refuses one in values that does not follow
 * the guideline. row: complete. Does nothing for other entities. */
enum err phone_secret(struct db *db, const struct model_entity *e, const json_t *row,
    json_t *values, struct model_errors *errors);

/* --- version.c -------------------------------------------------------------------- */

/* ERR_CONFLICT with the error STORE_CHANGED_MEANWHILE. version NULL: any. */
enum err version_check(const struct model_entity *e, const json_t *before, const char *version,
    struct model_errors *errors);

/* --- template.c -------------------------------------------------------------------- */

/* What differs from the declared defaults: columns and their values, as SQL; NULL none. */
struct supplied_row {
	const char *name, *comment, *columns, *values;
};

struct supplied {
	const struct model_entity *entity;
	const struct supplied_row *rows;
	size_t n;
};

extern const struct supplied device_types_supplied, providers_supplied;

/* The rows that come with the system, as this version has them. */
enum err templates_complete(struct db *db);
/* model_check_row of the row with what its template says. ERR_INVALID with errors. */
enum err template_check_row(
    struct db *db, const struct model_entity *e, const json_t *row, struct model_errors *errors);
/* After a template was changed: the same for all rows that follow it. Nothing for others. */
enum err template_check_followers(
    struct db *db, const struct model_entity *e, int64_t id, struct model_errors *errors);

/* --- change.c --------------------------------------------------------------------- */

/* In an open transaction, for each row that is written. values: what was set; before: as with
 * ROW_SECRET. Nothing is noted of what is no configuration, and of what stays as it was. */
enum err change_created(
    struct store *s, const struct model_entity *e, int64_t id, const json_t *values);
enum err change_updated(struct store *s, const struct model_entity *e, int64_t id,
    const json_t *before, const json_t *values);
/* While the row is still there. */
enum err change_deleting(struct store *s, const struct model_entity *e, int64_t id);
/* That something of a row has changed which stands elsewhere, a secret or a sound; field: what
 * people call it. It cannot be taken back. */
enum err change_of_secret(
    struct store *s, const struct model_entity *e, int64_t id, const char *field);

/* --- mail_queue.c ----------------------------------------------------------------- */

/* What SQL needs for the standard texts. */
enum err mail_register(struct db *db);
/* The rows of "mail_template" that are not there yet. */
enum err mail_complete_templates(struct db *db);
/* In an open transaction: the mail that tells a person of a new login or password. before: NULL for
 * a new one; password: as it is to stand in the mail, "" for none that is new. */
enum err mail_tell_access(
    struct store *s, const json_t *before, const json_t *after, const char *password);

/* In an open transaction: the mail with the link of a forgotten password. */
enum err mail_tell_reset(struct store *s, const json_t *user, const char *link, int64_t now_ms);

/* --- group.c ---------------------------------------------------------------------- */

/* The group ID and the PIN of a new group that has none. Does nothing for other entities. */
enum err group_complete(struct db *db, const struct model_entity *e, json_t *values);

enum { PIN_GENERATED_DIGITS = 6 };

/* A random "pin" into values. */
void pin_generate(json_t *values);

/* --- conference.c ------------------------------------------------------------------- */

/* The ID of a new conference or participant, and the PIN of the latter. Does nothing for other
 * entities. */
enum err conference_complete(
    struct db *db, const struct model_entity *e, json_t *values, struct model_errors *errors);

/* --- music.c ------------------------------------------------------------------------- */

/* The loop that comes with the system. */
enum err music_complete(struct db *db);
/* In an open transaction, after a row was written: the default before is none any more. */
enum err music_one_default(
    struct store *s, const struct model_entity *e, int64_t id, const json_t *values);

/* --- function_key.c ------------------------------------------------------------------ */

/** The code of a new key that has none. Does nothing for other entities. */
enum err function_key_complete(const struct model_entity *e, json_t *values);

/* --- order.c ------------------------------------------------------------------------ */

/* Puts a row that was written to its place among those of its owner, when that is among values.
 * row: complete. Does nothing for entities without places. */
enum err order_place(struct db *db, const struct model_entity *e, int64_t id, const json_t *row,
    const json_t *values);

/* --- export.c ------------------------------------------------------------------- */

/* One row with natural keys instead of ids. */
/** The collections of an export file, referenced ones first; NULL ends. */
extern const struct model_entity *const export_sections[];
/** And what there is once, as objects. */
extern const struct model_entity *const export_singletons[];
/* In row: the id or the ids of f become natural keys. */
enum err export_name_refs(struct db *db, const struct model_field *f, json_t *row);
enum err export_row(struct db *db, const struct model_entity *e, int64_t id, json_t **out);
/* Ids of all rows, by natural key. free() them. */
enum err export_ids(struct db *db, const struct model_entity *e, int64_t **ids, size_t *count);
enum { KEY_BYTES = 1024 };
/* The i-th field of the natural key; NULL behind the last. */
const struct model_field *export_key_field(const struct model_entity *e, size_t i);
/* Text of the natural key of a row: with several fields "a/b". ERR_NOT_FOUND. */
enum err export_key(struct db *db, const struct model_entity *e, int64_t id, json_t **key);
/* Everything that import needs to bring a row back that is about to go. */
enum err export_for_undo(struct db *db, const struct model_entity *e, int64_t id, json_t **out);

#endif
