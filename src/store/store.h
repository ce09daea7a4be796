/*
 * store/ - the configuration and the call records in SQLite.
 *
 * One struct store per database file: one connection that writes, under a mutex,
 * and a few that read. WAL with synchronous=FULL: when a writing function returns
 * ERR_OK the change survives kill -9 and power loss. Everything is generic over
 * the tables of model/; SQL stays in this room.
 *
 * Management threads only (all functions may block); any number of them at once.
 * JSON results are new references of the caller. `errors` says what is wrong in
 * words for people (may be NULL); outputs are untouched on failure. Errors that all
 * writing functions share: ERR_INVALID (a field or rule is violated: 422),
 * ERR_EXISTS (not unique: 409), ERR_CONFLICT (in use, last administrator: 409),
 * ERR_NOT_FOUND, ERR_IO (disk), ERR_NOMEM.
 */
#ifndef STORE_STORE_H
#define STORE_STORE_H

#include "model/feature.h"
#include "model/live.h"
#include "model/mail.h"
#include "model/model.h"
#include "model/notices.h"
#include "model/settings.h"

struct store;

/**
 * Opens or creates the database and brings it to the present schema. On failure
 * why has a sentence that says what to do. ERR_DENIED (not writable), ERR_CORRUPT
 * (damaged; the file is not touched), ERR_UNSUPPORTED (written by a newer version),
 * ERR_NOT_FOUND (no such directory), ERR_IN_USE, ERR_IO.
 */
ERR_MUST_CHECK enum err store_open(
    const char *path, struct store **out, char *why, size_t why_bytes);
/** Checks an existing database without changing it, for strowgerd --check. A file that does
 *  not exist is fine. Errors as store_open. */
ERR_MUST_CHECK enum err store_check(const char *path, char *why, size_t why_bytes);
/** No other thread may be inside. NULL is fine. */
void store_close(struct store *s);

/* --- change feed ------------------------------------------------------------ */

enum store_op { STORE_CREATED, STORE_UPDATED, STORE_DELETED, STORE_IMPORTED };

/** One committed change. id 0 with STORE_IMPORTED: anything may have changed. */
struct store_change {
	const struct model_entity *entity; /* NULL with STORE_IMPORTED */
	int64_t id;
	enum store_op op;
};

/** cb runs after the commit on the thread that wrote, in commit order and with the write lock
 *  held: it may read but must not write. At most 8 callbacks; set before threads start. */
void store_on_change(
    struct store *s, void (*cb)(void *ctx, const struct store_change *change), void *ctx);

/* --- who changes what ---------------------------------------------------------- */

/** Who writes from now on on this thread, for the entity "change": a person's name and the address
 *  he comes from; "" and "" = the system itself. */
void store_set_writer(const char *name, const char *address);
/** The last row of "change" that this thread has written since store_set_writer; 0 = none. */
int64_t store_last_change(void);
/** Undoes changes in one transaction, the newest first, all or none. ERR_CONFLICT with an error: it
 *  has been changed again since, or a secret would have to come back. The errors of writing
 *  functions; they have the change as their row. */
ERR_MUST_CHECK enum err store_changes_revert(
    struct store *s, const int64_t *ids, size_t n, struct model_errors *errors);
/** The same for all changes from first to last. ERR_NOT_FOUND: there are none. *n: how many. */
ERR_MUST_CHECK enum err store_changes_revert_range(
    struct store *s, int64_t first, int64_t last, size_t *n, struct model_errors *errors);

/* --- entities ----------------------------------------------------------------- */

enum { STORE_LOG_COUNT_MAX = 5000 };

struct store_query {
	struct slice search; /* words; each must occur somewhere; umlauts and case ignored */
	struct slice sort;   /* field name, also a computed one; empty = the entity's default */
	bool descending;
	char letter;	   /* 'A'-'Z', '#' = anything else, 0 = all */
	uint32_t page;	   /* from 1; 0 is 1 */
	uint32_t per_page; /* 1-1000; 0 is 50 */
	bool all;	   /* no paging */
	/* Logs only: rows that began at from_ms or later and before to_ms; 0 = open. */
	int64_t from_ms, to_ms;
	/* Rows whose column has this value: {"user": 7}; NULL none. Unknown fields: ERR_INVALID. */
	const json_t *equals;
	int64_t owner; /* rows that belong to this user, by the entity's owners; 0 = all */
	int64_t group; /* rows that belong to one who is now a member of this group; 0 = all */
	/* Call records only: "in", "out" or "internal"; NULL = all. */
	const char *direction;
};

/** Users come with numbers (texts), phone_names; phones with users, user_names; numbers with
 *  user_name. Without secrets. ERR_INVALID: unknown sort field. */
/** Of logs *total is counted up to STORE_LOG_COUNT_MAX only, when the query narrows. */
ERR_MUST_CHECK enum err store_list(struct store *s, const struct model_entity *e,
    const struct store_query *q, json_t **items, int64_t *total, struct model_errors *errors);
/** Without secrets. A singleton has id 1. */
ERR_MUST_CHECK enum err store_get(
    struct store *s, const struct model_entity *e, int64_t id, json_t **row);
/** The same with write-only values (phone secret, password_hash). */
ERR_MUST_CHECK enum err store_get_secret(
    struct store *s, const struct model_entity *e, int64_t id, json_t **row);
/** Row by a unique text field (login, name, number). ERR_NOT_FOUND. */
ERR_MUST_CHECK enum err store_find(struct store *s, const struct model_entity *e, const char *field,
    const char *value, json_t **row);
/** *row as store_get gives it. */
ERR_MUST_CHECK enum err store_create(struct store *s, const struct model_entity *e,
    const json_t *in, json_t **row, struct model_errors *errors);
/** Also for the singleton settings (id 1). A new password or disabling ends the user's
 *  web sessions. */
ERR_MUST_CHECK enum err store_patch(struct store *s, const struct model_entity *e, int64_t id,
    const json_t *in, json_t **row, struct model_errors *errors);
/** store_change_revert brings it back. */
ERR_MUST_CHECK enum err store_delete(
    struct store *s, const struct model_entity *e, int64_t id, struct model_errors *errors);
enum { STORE_VERSION_BYTES = 33 };

/** Of a row as store_get gives it: changes with every field that people can set and see. */
void store_row_version(
    const struct model_entity *e, const json_t *row, char out[STORE_VERSION_BYTES]);
/** The code of an error of ERR_CONFLICT: the row is not of the version any more. */
#define STORE_CHANGED_MEANWHILE "changed_meanwhile"
/** As store_patch and store_delete, but only while the row is of this version (NULL: any). */
ERR_MUST_CHECK enum err store_patch_version(struct store *s, const struct model_entity *e,
    int64_t id, const char *version, const json_t *in, json_t **row, struct model_errors *errors);
ERR_MUST_CHECK enum err store_delete_version(struct store *s, const struct model_entity *e,
    int64_t id, const char *version, struct model_errors *errors);
/** Changes several rows, all or none. in: {"ids":[…], "values":{field: value}, "add":{list: […]},
 *  "remove":{list: […]}}; a list is a field or a model_link. *result: {changed, rows:[{id, changed,
 *  changes:[ids of "change"]}]}. errors (not NULL) say of which row they are. The rules that span
 *  rows hold over the whole request. */
ERR_MUST_CHECK enum err store_bulk(struct store *s, const struct model_entity *e, const json_t *in,
    json_t **result, struct model_errors *errors);
/** The rows of a query, as somebody has seen how many they are. */
struct store_found {
	const struct store_query *q; /* its page and order do not count */
	int64_t expected;
	int64_t except; /* a row that stays as it is; 0 none */
	/* After some hundred rows, under the write lock; NULL nobody asks. */
	void (*moved)(void *ctx, size_t done, size_t total);
	void *ctx;
};

/** The code of an error of ERR_CONFLICT: other than expected are found now. */
#define STORE_FOUND_CHANGED "found_changed"
/** As store_bulk, with all rows of a query instead of "ids", however many: one transaction.
 * *result: {changed, undo: {first, last}}, the changes that go back with
 * store_changes_revert_range; undo is null when nothing has changed. */
ERR_MUST_CHECK enum err store_bulk_found(struct store *s, const struct model_entity *e,
    const struct store_found *found, const json_t *in, json_t **result,
    struct model_errors *errors);
/** Deletes all rows of a query, all or none. *result as store_bulk_found. */
ERR_MUST_CHECK enum err store_delete_found(struct store *s, const struct model_entity *e,
    const struct store_found *found, json_t **result, struct model_errors *errors);
/** Creates the rows of in: {"rows":[{field: value}, …]}, all or none, at most MODEL_CREATE_MAX.
 * *result as with store_bulk. errors (not NULL) have the place in the list as their row, from 1. */
ERR_MUST_CHECK enum err store_create_several(struct store *s, const struct model_entity *e,
    const json_t *in, json_t **result, struct model_errors *errors);
/** A new random SIP password for a phone. */
ERR_MUST_CHECK enum err store_phone_new_secret(struct store *s, int64_t phone_id);
ERR_MUST_CHECK enum err store_settings(struct store *s, struct settings *out);

/* --- blocks of numbers (LIN-4) ----------------------------------------------------- */

/** in: see model/number_block.h. All in one transaction. *report: {count, first, last, created,
 *  taken, named: [{number, holder}], dry_run}; named are the first of those that exist already.
 *  ERR_CONFLICT with these in errors, unless in says skip_taken. dry_run changes nothing. */
ERR_MUST_CHECK enum err store_numbers_add(
    struct store *s, const json_t *in, bool dry_run, json_t **report, struct model_errors *errors);
/** Those that nobody holds. *report: {count, first, last, removed, held, named, dry_run}. */
ERR_MUST_CHECK enum err store_numbers_remove(
    struct store *s, const json_t *in, bool dry_run, json_t **report, struct model_errors *errors);

/* --- star codes -------------------------------------------------------------------- */

/** Does what somebody has dialled a code for, if he may; the log of changes names him and his
 *  phone. */
enum feature_outcome store_feature(struct store *s, const struct feature_order *order);

/* --- call completion; rows of the entity call_completion ------------------------------ */

enum { STORE_COMPLETIONS_PER_USER = 5, STORE_COMPLETIONS_MAX = 1000 };

struct store_completion {
	int64_t user; /* who wants to be called back */
	const char
	    *number; /* whom he could not reach, as dialled without the code for private calls */
	struct live_tried tried; /* target may be 0: looked up */
	int64_t since_ms;
};

/** *row as store_get. One that is there already stays as it is. ERR_NOT_FOUND: nobody has the
 *  number; ERR_INVALID: nobody is called back for it (a group's, an emergency number, one's own);
 *  ERR_LIMIT: the user has as many as he may, or all together have. */
ERR_MUST_CHECK enum err store_completion_request(
    struct store *s, const struct store_completion *c, json_t **row);
/** All of the user; *n: how many there were. */
ERR_MUST_CHECK enum err store_completion_cancel(struct store *s, int64_t user, size_t *n);
/** A request that is over. One that is not there any more is no fault. */
ERR_MUST_CHECK enum err store_completion_over(struct store *s, int64_t id);

/* --- whole configuration --------------------------------------------------------- */

/** {"settings":…,"ranges":[…],"phones":[…],"users":[…],"numbers":[…]} with natural keys,
 *  SIP secrets and password hashes. */
ERR_MUST_CHECK enum err store_export(struct store *s, json_t **out);

struct store_import_params {
	bool dry_run;	  /* check and count, change nothing */
	bool keep_others; /* only add and update; default: a section is complete, what it lacks goes
			   */
	const struct model_entity *complete; /* with keep_others: but this section is; NULL none */
};

/**
 * Brings the database to what file says, in one transaction. Sections that are absent stay
 * as they are. *report: {created, updated, unchanged, deleted, dry_run, errors:[{section, key,
 * field, code, message}]}. Also set with ERR_INVALID (then nothing was changed).
 */
ERR_MUST_CHECK enum err store_import(
    struct store *s, const json_t *file, const struct store_import_params *params, json_t **report);

/* --- people who log in ---------------------------------------------------------- */

/** Slow on purpose (argon2id, some 20 ms), the same for unknown log-ins. *user as store_get.
 *  ERR_DENIED: wrong, disabled, or without password. */
ERR_MUST_CHECK enum err store_authenticate(
    struct store *s, const char *login, const char *password, json_t **user);
/** True if an enabled administrator with a password exists (set-up is done). */
ERR_MUST_CHECK enum err store_has_admin(struct store *s, bool *out);

/** What somebody shows to be let in; a random text of which the store has the SHA-256. */
enum store_credential_kind { STORE_SESSION, STORE_TOKEN, STORE_PASSWORD_RESET };

struct store_credential {
	int64_t id, user;
	int64_t created_at, last_at, expires_at; /* 0 = never */
	char csrf[65];				 /* of a session */
	uint32_t rights;			 /* of a token; of others all */
	/* The settings want a second factor of its user, who has none: a session may only be used
	 * to set it up. */
	bool second_factor_needed;
};

/** ERR_NOT_FOUND: unknown, ended, or its user is gone or disabled. *user (may be NULL) as
 *  store_get. */
ERR_MUST_CHECK enum err store_credential_find(struct store *s, enum store_credential_kind kind,
    const unsigned char token_hash[32], int64_t now_ms, struct store_credential *out,
    json_t **user);

enum { STORE_ADDRESS_BYTES = 48, STORE_AGENT_BYTES = 256 };

struct store_session {
	unsigned char token_hash[32]; /* SHA-256 of the cookie */
	int64_t id, user;
	char csrf[65];
	int64_t created_at, expires_at;
	char address[STORE_ADDRESS_BYTES], user_agent[STORE_AGENT_BYTES]; /* UTF-8 */
};

/** Sets its id. */
ERR_MUST_CHECK enum err store_session_create(struct store *s, struct store_session *session);
/** It is in use: moves its end, notes when and from where (address NULL: as before). */
ERR_MUST_CHECK enum err store_session_extend(struct store *s, const unsigned char token_hash[32],
    int64_t now_ms, int64_t expires_at, const char *address);
/** Ends all sessions of a user but keep (its id; 0 = none). The change feed is told. */
ERR_MUST_CHECK enum err store_sessions_end(struct store *s, int64_t user, int64_t keep);
/** Fine when there is none. */
ERR_MUST_CHECK enum err store_session_delete(struct store *s, const unsigned char token_hash[32]);

/* --- API tokens; rows of the entity token ----------------------------------------- */

struct store_token {
	int64_t user;
	unsigned char token_hash[32];	/* SHA-256 of its text */
	const char *name;		/* UTF-8 */
	uint32_t rights;		/* see model/rights.h */
	int64_t created_at, expires_at; /* 0 = never */
};

/** *row as store_get. ERR_LIMIT: the user has too many. */
ERR_MUST_CHECK enum err store_token_create(
    struct store *s, const struct store_token *t, json_t **row);
/** Notes when and from where it was used. */
ERR_MUST_CHECK enum err store_token_used(
    struct store *s, int64_t id, int64_t now_ms, const char *address);

/* --- second factor; one per user --------------------------------------------------- */

enum { STORE_RECOVERY_CODES = 10, STORE_TOTP_SECRET_BYTES = 41 };

struct store_second_factor {
	bool confirmed;			      /* asked for at log-in */
	char secret[STORE_TOTP_SECRET_BYTES]; /* base32 */
	int64_t last_step;
	uint32_t recovery_left;
};

/** ERR_NOT_FOUND: none, not even begun. */
ERR_MUST_CHECK enum err store_second_factor_get(
    struct store *s, int64_t user, struct store_second_factor *out);
/** A new key that is not asked for yet; one that was begun earlier gives way. ERR_CONFLICT: there
 *  is a confirmed one. */
ERR_MUST_CHECK enum err store_second_factor_begin(
    struct store *s, int64_t user, const char *secret);
/** From now on it is asked for. step: of the code that confirmed it. ERR_CONFLICT: nothing to
 *  confirm. */
ERR_MUST_CHECK enum err store_second_factor_confirm(struct store *s, int64_t user, int64_t step,
    const unsigned char recovery[STORE_RECOVERY_CODES][32]);
/** Spends a code: ERR_DENIED when this step or a later one was used before. */
ERR_MUST_CHECK enum err store_second_factor_spend(struct store *s, int64_t user, int64_t step);
/** Spends a recovery code: ERR_DENIED when there is no such one (any more). */
ERR_MUST_CHECK enum err store_second_factor_recover(
    struct store *s, int64_t user, const unsigned char hash[32]);
/** ERR_NOT_FOUND. */
ERR_MUST_CHECK enum err store_second_factor_remove(struct store *s, int64_t user);

/* --- forgotten passwords -------------------------------------------------------------- */

enum { STORE_RESET_MINUTES = 30, STORE_RESETS_PER_USER = 3, STORE_RESET_USERS_MAX = 10 };

struct store_password_reset {
	int64_t user;
	unsigned char token_hash[32]; /* SHA-256 of token */
	const char *token;	      /* for the link in the mail */
	int64_t created_at;
};

/** True if a link can be mailed: mail is on and the page's own address is known. */
ERR_MUST_CHECK enum err store_password_reset_offered(struct store *s, bool *out);
/** Who may be meant by a login or an e-mail address and can get a mail; at most
 *  STORE_RESET_USERS_MAX. */
ERR_MUST_CHECK enum err store_password_reset_users(
    struct store *s, const char *account, int64_t users[STORE_RESET_USERS_MAX], size_t *n);
/** Stores the hash and queues the mail. ERR_LIMIT: STORE_RESETS_PER_USER links of this user are
 *  open. ERR_UNSUPPORTED: not offered. */
ERR_MUST_CHECK enum err store_password_reset_create(
    struct store *s, const struct store_password_reset *r);
/** Sets the password and ends the link with all others of its user, their sessions too.
 *  ERR_NOT_FOUND: no such link any more. ERR_INVALID: not this password; the link stays. */
ERR_MUST_CHECK enum err store_password_reset_use(struct store *s,
    const unsigned char token_hash[32], int64_t now_ms, const char *password,
    struct model_errors *errors);

/* --- security ----------------------------------------------------------------------- */

struct store_address_rule {
	int64_t id;
	char address[56];   /* see addr_net_parse */
	bool allow;	    /* else block */
	bool automatic;	    /* made by call screening */
	int64_t expires_at; /* 0 = never */
};

/** cb may not call the store. */
ERR_MUST_CHECK enum err store_address_rules_load(
    struct store *s, void (*cb)(void *ctx, const struct store_address_rule *r), void *ctx);
/** ERR_NOT_FOUND. */
ERR_MUST_CHECK enum err store_address_rule_get(
    struct store *s, int64_t id, struct store_address_rule *out);

/** What call screening found: an automatic rule is made, renewed or removed. */
struct store_screening {
	bool remove, is_new;
	char address[56], reason[41], user_agent[128];
	int64_t at, expires_at;
};

/** In one transaction; survives kill -9, not power loss. A rule of a person for the same
 *  address is left alone. The change feed is told of each. */
ERR_MUST_CHECK enum err store_screening_apply(
    struct store *s, const struct store_screening *changes, size_t n);
/** Removes rules that have ended, 256 at most. */
ERR_MUST_CHECK enum err store_address_rules_expire(struct store *s, int64_t now_ms);

/** The newest thousand are kept. */
ERR_MUST_CHECK enum err store_notice_add(
    struct store *s, enum notice n, const char *const args[NOTICE_ARGS_MAX], int64_t now_ms);
/** When the last one of this kind was made; 0 = never. */
ERR_MUST_CHECK enum err store_notice_latest(struct store *s, enum notice n, int64_t *at_ms);
/** Who gets mail about the system: the first enabled administrator that has an address.
 *  ERR_NOT_FOUND. */
ERR_MUST_CHECK enum err store_first_admin(struct store *s, char email[256], char language[8]);
/** SEC-2: cb for each enabled phone whose SIP password does not follow the guideline, by name;
 *  weakness as secret_weakness says it. cb may not call the store. */
ERR_MUST_CHECK enum err store_weak_secrets(
    struct store *s, void (*cb)(void *ctx, const char *phone, const char *weakness), void *ctx);

/* --- outgoing mail ------------------------------------------------------------------- */

/** With the password. */
ERR_MUST_CHECK enum err store_mail_server(struct store *s, struct mail_server *out);
/** Queues a notice as a mail; nothing happens while mail is off. */
ERR_MUST_CHECK enum err store_mail_notice(struct store *s, const char *to, const char *language,
    enum notice n, const char *const args[NOTICE_ARGS_MAX], int64_t now_ms);
/** The texts of a kind without words of its own (test), as the administrator wants them. */
ERR_MUST_CHECK enum err store_mail_text(struct store *s, enum mail_kind kind, const char *language,
    struct buf *subject, struct buf *text);

struct store_mail {
	int64_t id, created_at;
	uint32_t attempts; /* with this one */
	char *recipient, *recipient_name, *subject, *text;
	char *attachment, *attachment_name; /* a WAV file below the data folder; "" none */
	char *calendar, *calendar_method;   /* RFC 5545, 5546; "" none */
};

/** Writes the mails about messages in mailboxes that nobody has been mailed about yet, to all who
 *  want them. Together with the note that it is done: each is written once. */
ERR_MUST_CHECK enum err store_mail_voicemails(struct store *s, const char *data_dir);
/** After a crash: what was being sent waits again; what was in the moment of being handed over
 *  may have arrived, and is left to a person ("unsure"). */
ERR_MUST_CHECK enum err store_mail_recover(struct store *s);
/** Takes the mail that has been due longest and marks it as being sent. ERR_NOT_FOUND: none.
 *  Free it with store_mail_free. */
ERR_MUST_CHECK enum err store_mail_take(struct store *s, int64_t now_ms, struct store_mail **out);
void store_mail_free(struct store_mail *m);
/** When the next one is due; 0 = none waits. */
ERR_MUST_CHECK enum err store_mail_next(struct store *s, int64_t *at_ms);
/** Before the last byte is sent. ERR_NOT_FOUND: somebody cancelled it. */
ERR_MUST_CHECK enum err store_mail_handing_over(struct store *s, int64_t id);

struct store_mail_result {
	enum { STORE_MAIL_SENT, STORE_MAIL_LATER, STORE_MAIL_FAILED } result;
	const char *answer; /* what the server said */
	int64_t at, next_at;
};

/** What became of a mail that was taken. ERR_NOT_FOUND: it was cancelled meanwhile. */
ERR_MUST_CHECK enum err store_mail_result(
    struct store *s, int64_t id, const struct store_mail_result *r);
/** Sends it as soon as possible. ERR_NOT_FOUND: it is sent, or on its way. */
ERR_MUST_CHECK enum err store_mail_retry(struct store *s, int64_t id, int64_t now_ms);
/** Removes ended mails that are older. */
ERR_MUST_CHECK enum err store_mail_expire(struct store *s, int64_t before_ms);

/* --- call records ---------------------------------------------------------------- */

/** All n in one transaction. A record with the same call_id and started_at is already there
 *  after a replay and is left alone. The change feed is told once a batch, with the last id. */
ERR_MUST_CHECK enum err store_cdr_insert(struct store *s, const struct cdr *records, size_t n);
/** Where reading goes on: behind this record. 0 and 0 = at the newest. */
struct store_cdr_place {
	int64_t started_at, id;
};

/** Call records of a query (its page and sort do not count), the newest first, max of them behind
 *  *place, which moves on; *n is how many there were. Each comes as the texts of its columns:
 *  id, direction, then the entity's columns but the explanation. cb may not call the store. */
ERR_MUST_CHECK enum err store_cdr_read(struct store *s, const struct store_query *q,
    struct store_cdr_place *place, uint32_t max,
    void (*cb)(void *ctx, const char *const *column, size_t columns), void *ctx, uint32_t *n);
struct store_line_use {
	const char *line, *called_number, *called_phone;
	int64_t duration_s, charge_micro;
};

/** The answered calls that went through lines and began at from_ms or later. cb may not call the
 *  store. */
ERR_MUST_CHECK enum err store_line_uses(struct store *s, int64_t from_ms,
    void (*cb)(void *ctx, const struct store_line_use *use), void *ctx);
/** Housekeeping, every few seconds: makes a further part of the records findable by whose they are
 *  (some 65,000 in less than a second) or by their words (2,048 in some 30 ms); most times
 * there is nothing to do. *more: there may be another part. */
ERR_MUST_CHECK enum err store_cdr_index(struct store *s, bool *more);
/** Housekeeping, now and then: old call records by cdr_keep_days, ended sessions.
 *  *removed (may be NULL): call records. */
ERR_MUST_CHECK enum err store_expire(struct store *s, int64_t now_ms, int64_t *removed);

/* --- reading for the directory ---------------------------------------------------- */

struct store_user_row {
	int64_t id;
	const char *login, *first_name, *last_name, *language;
	const char *display_number, *dial; /* JSON, of MODEL_DIAL_CLASSES */
	const char *dial_pin_hash;	   /* model/pin.h; "" = none */
	bool admin, enabled, dnd, call_waiting, hide_number;
	uint32_t ring_s;
	int64_t music; /* 0 = none */
};

struct store_phone_row {
	int64_t id, site; /* 0 = none */
	const char *name, *type, *host, *place;
	const char *transport, *digest, *nat, *permit, *deny;
	const char *kind, *default_ip, *insecure, *mask, *from_user, *from_domain;
	const char *progress_inband;
	bool auth_by_address, enabled, tls_required, direct_media, t38, trust_rpid, promisc_redir;
	uint16_t port;
	uint32_t max_contacts, qualify_s, rtp_timeout_s, rtp_hold_timeout_s;
	const char *codecs; /* see model/codecs.h */
	const char *srtp, *dtmf;
	const char *ha1_md5, *ha1_sha256; /* hex; "" without secret */
};

struct store_line_row {
	int64_t id;
	const char *name, *host, *proxy, *transport, *username, *auth_username, *password;
	const char *from_user, *from_domain, *number_format, *identity, *main_number;
	const char *incoming_from, *permit, *deny, *codecs, *srtp, *dtmf, *clir, *session_timer;
	bool enabled, auth_by_address, registers, direct_media, t38;
	bool register_block, user_phone, from_account, local_ringing, no_screening;
	bool allow_redirect, allow_transfer, location;
	uint32_t expires_s, qualify_s, max_calls, costly_minutes;
	int64_t costly_charge_micro;
	uint32_t rtp_timeout_s, rtp_hold_timeout_s, session_expires_s;
	const char *line_prefix, *deposit, *country_code, *area_code, *currency;
};

struct store_group_row {
	int64_t id;
	const char *name, *codecs, *dial; /* dial: as a user's */
	const char *group_id;
	uint32_t ring_s, hunt_s; /* hunt_s 0 = all ring at once */
	int64_t music;
	bool broadcast; /* they hear what is said, by themselves */
};

struct store_number_row {
	int64_t id, user, group, mailbox, line, music; /* 0 = none */
	int64_t conference_room;
	const char *number;
	bool external;
};

/* One that is switched on. */
struct store_redirection_row {
	int64_t number;
	const char *trigger, *target;
	const char *mailbox; /* its code; "" = the target is a number */
	uint32_t after_s;
};

/* Of a user who may have it, switched on. */
struct store_twin_row {
	int64_t user;
	const char *number, *times; /* as model/mobile_twin.h says */
	uint32_t delay_s;
	bool group_calls, confirm;
};

/* Somebody wants to be called back. */
struct store_completion_row {
	int64_t id, user, target; /* target 0 = a number outside */
	const char *dialled;
	bool private_call, no_answer;
	int64_t since_ms;
};

/* A number behind a short one. */
struct store_speed_dial_row {
	int64_t user; /* 0 = everybody's */
	const char *place, *number, *name;
};

/* Of a rule, a time frame: the line that has a place there. */
struct store_way_row {
	int64_t rule, frame, line;
	const char *call_by_call;
};

struct store_frame_row {
	int64_t id;
	const char *name, *days, *from, *to; /* days: JSON, of MODEL_DAYS */
};

struct store_site_row {
	int64_t id;
	const char *name, *country, *state, *postal_code, *city, *street, *house_number;
	const char *occupant, *floor, *room, *networks;
	bool is_default;
};

struct store_range_row {
	const char *first, *last;
};

struct store_mailbox_row {
	int64_t id;
	const char *code, *name, *pin_hash, *language;
	bool pin_always, records;
	uint32_t max_s, min_s, silence_s;
	const char *greeting, *greeting_busy, *greeting_away; /* files; "" = none */
	int64_t away_from, away_until;			      /* ms since 1970, 0 = open */
};

struct store_conference_room_row {
	int64_t id, mailbox, music; /* 0 = none */
	const char *name, *pin_hash, *moderator_pin_hash, *entry;
	bool waits, ends, silent, dial_in;
	uint32_t max_members;
};

/* A planned conference that runs or will, and who is invited. */
struct store_conference_row {
	int64_t id, user, from_ms, until_ms;
	const char *name, *language;
	bool waits, silent, may_record;
};

struct store_participant_row {
	int64_t id, conference, user; /* user 0 = none of ours */
	const char *name, *number, *pin;
	bool moderator, call_on_start;
};

struct store_music_row {
	int64_t id;
	const char *name;
	bool is_default, builtin;
	int gain_db;
};

struct store_music_file_row {
	int64_t loop;
	const char *file; /* "" = what comes with the system */
	int gain_db;
};

struct store_rate_row {
	int64_t id, line;
	const char *prefix;
	int64_t per_minute_micro, setup_micro;
	uint32_t first_s, step_s;
};

/** Called with rows of one consistent state: settings, ranges, users (by id), phones (by id), lines
 * (in order), groups (by name), numbers (by user, shortest first), then user_phone (by user, in
 * order), group_member (by group, in order), emergency numbers and their lines (in order), time
 * frames, enabled COR rules, their lines (by rule and frame, in order), holidays, sites (by name)
 * and their lines (in order), redirections that are switched on (by number), mailboxes and who
 * has access to them (by code), conference rooms (by id), planned
 * conferences and their participants (by conference), loops of music and the files that they play
 * (by loop, in order), mobile twins that may ring (by user), call completions (the oldest first),
 * speed dials (everybody's, then by user, by place), rates. Texts are valid during the call only.
 * false stops with ERR_NOMEM. */
struct store_directory_sink {
	bool (*on_settings)(void *ctx, const struct settings *settings);
	bool (*on_range)(void *ctx, const struct store_range_row *row);
	bool (*on_user)(void *ctx, const struct store_user_row *row);
	bool (*on_phone)(void *ctx, const struct store_phone_row *row);
	bool (*on_line)(void *ctx, const struct store_line_row *row); /* in their order */
	bool (*on_group)(void *ctx, const struct store_group_row *row);
	bool (*on_number)(void *ctx, const struct store_number_row *row);
	/* since: of those who have the phone, the one with the smallest had it first */
	bool (*on_user_phone)(void *ctx, int64_t user, int64_t phone, int64_t since);
	bool (*on_group_member)(void *ctx, int64_t group, int64_t user, bool logged_on);
	bool (*on_emergency)(void *ctx, int64_t id, const char *number, const char *name);
	bool (*on_emergency_line)(void *ctx, int64_t emergency, int64_t line);
	bool (*on_frame)(void *ctx, const struct store_frame_row *row);
	bool (*on_rule)(void *ctx, int64_t id, const char *number);
	bool (*on_way)(void *ctx, const struct store_way_row *row);
	bool (*on_holiday)(void *ctx, const char *date, bool yearly);
	bool (*on_site)(void *ctx, const struct store_site_row *row);
	bool (*on_site_line)(void *ctx, int64_t site, int64_t line);
	/* a file of its own, see store/prompts.h */
	bool (*on_prompt)(void *ctx, const char *language, const char *name, int64_t version);
	bool (*on_redirection)(void *ctx, const struct store_redirection_row *row);
	bool (*on_mailbox)(void *ctx, const struct store_mailbox_row *row);
	bool (*on_mailbox_access)(void *ctx, int64_t mailbox, int64_t user, int64_t group);
	bool (*on_conference_room)(void *ctx, const struct store_conference_room_row *row);
	bool (*on_conference)(void *ctx, const struct store_conference_row *row);
	bool (*on_participant)(void *ctx, const struct store_participant_row *row);
	bool (*on_music)(void *ctx, const struct store_music_row *row);
	bool (*on_music_file)(void *ctx, const struct store_music_file_row *row);
	bool (*on_twin)(void *ctx, const struct store_twin_row *row);
	bool (*on_completion)(void *ctx, const struct store_completion_row *row);
	bool (*on_speed_dial)(void *ctx, const struct store_speed_dial_row *row);
	bool (*on_rate)(void *ctx, const struct store_rate_row *row);
};

ERR_MUST_CHECK enum err store_directory_read(
    struct store *s, const struct store_directory_sink *sink, void *ctx);

#endif
