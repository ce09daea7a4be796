/* Forgotten passwords: links that are mailed, and what becomes of them. A link's token stands in
 * the mail only; here is its hash. It ends with its time, its use, any change of the password
 * (entity.c) and with its user. */
#include <stdio.h>

#include "store/store_int.h"

/* The page takes the token out of the fragment, which browsers send to nobody. */
#define PAGE "/new-password#"

enum { LINK_BYTES = 400 };

/* Where the page is: what the administrator has entered, never what a request says. */
static enum err
page_address(struct db *db, char out[256])
{
	json_t *server = NULL;
	const char *address;
	enum err e = row_get(db, &model_mail_server, 1, ROW_PUBLIC, &server);

	if (e != ERR_OK)
		return e;
	address = row_text(server, "web_address");
	if (strcmp(row_text(server, "delivery"), "off") == 0 || !*address)
		e = ERR_UNSUPPORTED;
	else
		slice_clip_cstr(slice_cstr(address), out, 256);
	json_decref(server);
	return e;
}

enum err
store_password_reset_offered(struct store *s, bool *out)
{
	char address[256];
	struct db *db;
	enum err e = store_read_begin(s, &db);

	if (e != ERR_OK)
		return e;
	e = page_address(db, address);
	store_read_end(s, db);
	if (e == ERR_OK || e == ERR_UNSUPPORTED)
		*out = e == ERR_OK;
	return e == ERR_UNSUPPORTED ? ERR_OK : e;
}

enum err
store_password_reset_users(
    struct store *s, const char *account, int64_t users[STORE_RESET_USERS_MAX], size_t *n)
{
	struct stmt *st;
	struct db *db;
	bool row = false;
	enum err e = store_read_begin(s, &db);

	if (e != ERR_OK)
		return e;
	*n = 0;
	/* who never had a password was never let in: that is not for a mail to change */
	e = db_prepare(db,
	    "SELECT id FROM user WHERE (login = ?1 OR lower(email) = lower(?1)) AND enabled "
	    "AND email <> '' AND password_hash <> '' ORDER BY id LIMIT ?2",
	    &st);
	if (e == ERR_OK) {
		stmt_cstr(st, 1, account);
		stmt_int(st, 2, STORE_RESET_USERS_MAX);
		while ((e = stmt_step(st, &row)) == ERR_OK && row)
			users[(*n)++] = sqlite3_column_int64(st->st, 0);
		stmt_done(st);
	}
	store_read_end(s, db);
	return e;
}

static enum err
check_open(struct db *db, const struct store_password_reset *r)
{
	struct stmt *st;
	bool row = false;
	enum err e = db_prepare(
	    db, "SELECT count(*) FROM password_reset WHERE user = ? AND expires_at > ?", &st);

	if (e != ERR_OK)
		return e;
	stmt_int(st, 1, r->user);
	stmt_int(st, 2, r->created_at);
	e = stmt_step(st, &row);
	if (e == ERR_OK && sqlite3_column_int64(st->st, 0) >= STORE_RESETS_PER_USER)
		e = ERR_LIMIT;
	stmt_done(st);
	return e;
}

static enum err
insert(struct db *db, const struct store_password_reset *r)
{
	char hex[65];
	struct stmt *st;
	enum err e = db_prepare(db,
	    "INSERT INTO password_reset (user, token_hash, created_at, expires_at) "
	    "VALUES (?, ?, ?, ?)",
	    &st);

	if (e != ERR_OK)
		return e;
	hash_hex(r->token_hash, hex);
	stmt_int(st, 1, r->user);
	stmt_cstr(st, 2, hex);
	stmt_int(st, 3, r->created_at);
	stmt_int(st, 4, r->created_at + STORE_RESET_MINUTES * INT64_C(60000));
	return stmt_run(st);
}

enum err
store_password_reset_create(struct store *s, const struct store_password_reset *r)
{
	char address[256], link[LINK_BYTES];
	json_t *user = NULL;
	size_t n;
	enum err e = store_write_begin(s);

	if (e != ERR_OK)
		return e;
	e = page_address(s->writer, address);
	if (e == ERR_OK)
		e = check_open(s->writer, r);
	if (e == ERR_OK)
		e = row_get(s->writer, &model_user, r->user, ROW_PUBLIC, &user);
	if (e == ERR_OK)
		e = insert(s->writer, r);
	if (e == ERR_OK) {
		for (n = strlen(address); n && address[n - 1] == '/'; n--)
			;
		snprintf(link, sizeof link, "%.*s" PAGE "%s", (int)n, address, r->token);
		e = mail_tell_reset(s, user, link, r->created_at);
		explicit_bzero(link, sizeof link);
	}
	json_decref(user);
	return store_write_end(s, e);
}

/* In the transaction: the link once more, for two may use it at the same time. */
static enum err
set_password(struct store *s, const unsigned char token_hash[32], int64_t now_ms, json_t *values,
    struct model_errors *errors)
{
	struct store_credential link;
	json_t *before = NULL;
	const char *told;
	enum err e = credential_find(s->writer, STORE_PASSWORD_RESET, token_hash, now_ms, &link);

	if (e == ERR_OK)
		e = row_get(s->writer, &model_user, link.user, ROW_SECRET, &before);
	if (e == ERR_OK)
		e = entity_update(s, &model_user, link.user, before, values, errors);
	told = strcmp(row_text(before, "language"), "de") == 0 ? "(von Ihnen gewählt)"
							       : "(chosen by yourself)";
	if (e == ERR_OK)
		e = mail_tell_access(s, before, before, told);
	json_decref(before);
	return e;
}

enum err
store_password_reset_use(struct store *s, const unsigned char token_hash[32], int64_t now_ms,
    const char *password, struct model_errors *errors)
{
	struct store_credential link;
	json_t *in, *values = NULL;
	enum err e =
	    store_credential_find(s, STORE_PASSWORD_RESET, token_hash, now_ms, &link, NULL);

	if (e != ERR_OK)
		return e;
	in = json_pack("{s:s}", "password", password);
	e = in ? model_check(&model_user, in, MODEL_PATCH, &values, errors) : ERR_NOMEM;
	json_decref(in);
	if (e == ERR_OK)
		e = entity_hash_passwords(&model_user, values);
	if (e == ERR_OK)
		e = store_write_begin(s);
	if (e == ERR_OK)
		e = store_write_end(s, set_password(s, token_hash, now_ms, values, errors));
	json_decref(values);
	return e;
}
