/*
 * Secrets: argon2id for the passwords of people, digest HA1 (RFC 7616) for phones, whose
 * passwords must be known in clear to be shown and typed into devices.
 */
#include <argon2.h>
#include <stdlib.h>

#include "base/random.h"
#include "sip/digest.h"
#include "store/store_int.h"

/* OWASP's modest setting: 19 MiB, two passes; some 20 ms. */
enum { MEMORY_KIB = 19 * 1024, PASSES = 2, LANES = 1, SALT_BYTES = 16, HASH_BYTES = 32 };

enum err
password_hash(const char *password, char out[PASSWORD_HASH_BYTES])
{
	unsigned char salt[SALT_BYTES];
	struct rng rng;
	int code;

	rng_init_system(&rng);
	rng_fill(&rng, salt, sizeof salt);
	code = argon2id_hash_encoded(PASSES, MEMORY_KIB, LANES, password, strlen(password), salt,
	    sizeof salt, HASH_BYTES, out, PASSWORD_HASH_BYTES);
	return code == ARGON2_OK ? ERR_OK : ERR_NOMEM;
}

bool
password_verify(const char *hash, const char *password)
{
	return argon2id_verify(hash, password, strlen(password)) == ARGON2_OK;
}

static void
ha1(const char *name, const char *realm, const char *secret, char md5[SIP_DIGEST_HEX_MAX],
    char sha256[SIP_DIGEST_HEX_MAX])
{
	struct slice n = slice_cstr(name), r = slice_cstr(realm), s = slice_cstr(secret);

	sip_digest_ha1(SIP_DIGEST_MD5, n, r, s, md5);
	sip_digest_ha1(SIP_DIGEST_SHA256, n, r, s, sha256);
}

void
ha1_put(json_t *values, const char *name, const char *realm, const char *secret)
{
	char md5[SIP_DIGEST_HEX_MAX], sha256[SIP_DIGEST_HEX_MAX];

	ha1(name, realm, secret, md5, sha256);
	json_object_set_new(values, "ha1_md5", json_string(md5));
	json_object_set_new(values, "ha1_sha256", json_string(sha256));
}

static enum err
renew_one(struct db *db, struct stmt *phone, const char *realm)
{
	char md5[SIP_DIGEST_HEX_MAX], sha256[SIP_DIGEST_HEX_MAX];
	struct stmt *s;
	enum err e =
	    db_prepare(db, "UPDATE phone SET ha1_md5 = ?, ha1_sha256 = ? WHERE id = ?", &s);

	if (e != ERR_OK)
		return e;
	ha1(stmt_column(phone, 1), realm, stmt_column(phone, 2), md5, sha256);
	stmt_cstr(s, 1, md5);
	stmt_cstr(s, 2, sha256);
	stmt_int(s, 3, sqlite3_column_int64(phone->st, 0));
	return stmt_run(s);
}

enum err
ha1_renew_all(struct db *db, const char *realm)
{
	struct stmt *s;
	bool row = false;
	int64_t after = 0;
	enum err e;

	/* one phone at a time: a table is not read while it is written */
	do {
		e = db_prepare(
		    db, "SELECT id, name, secret FROM phone WHERE id > ? ORDER BY id LIMIT 1", &s);
		if (e != ERR_OK)
			return e;
		stmt_int(s, 1, after);
		e = stmt_step(s, &row);
		if (e == ERR_OK && row) {
			after = sqlite3_column_int64(s->st, 0);
			e = renew_one(db, s, realm);
		}
		stmt_done(s);
	} while (e == ERR_OK && row);
	return e;
}

/* --- logging in ------------------------------------------------------------------------ */

static enum err
read_hash(struct store *s, const char *login, int64_t *id, char hash[PASSWORD_HASH_BYTES])
{
	struct db *db;
	struct stmt *st;
	bool row = false;
	enum err e = store_read_begin(s, &db);

	if (e != ERR_OK)
		return e;
	e = db_prepare(db,
	    "SELECT id, password_hash FROM user WHERE login = ? AND enabled AND password_hash <> "
	    "''",
	    &st);
	if (e == ERR_OK) {
		stmt_cstr(st, 1, login);
		e = stmt_step(st, &row);
		if (e == ERR_OK && row) {
			*id = sqlite3_column_int64(st->st, 0);
			slice_clip_cstr(slice_cstr(stmt_column(st, 1)), hash, PASSWORD_HASH_BYTES);
		}
		stmt_done(st);
	}
	store_read_end(s, db);
	return e == ERR_OK && !row ? ERR_NOT_FOUND : e;
}

enum err
store_authenticate(struct store *s, const char *login, const char *password, json_t **user)
{
	/* of no password; costs what a real one costs, so that time tells nothing */
	static const char nobody[] = "$argon2id$v=19$m=19456,t=2,p=1$c3Ryb3dnZXJzdHJvd2dlcg"
				     "$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
	char hash[PASSWORD_HASH_BYTES];
	int64_t id = 0;
	enum err e = read_hash(s, login, &id, hash);

	if (e == ERR_NOT_FOUND) {
		(void)password_verify(nobody, password);
		return ERR_DENIED;
	}
	if (e != ERR_OK)
		return e;
	if (!password_verify(hash, password))
		return ERR_DENIED;
	e = store_get(s, &model_user, id, user);
	return e == ERR_NOT_FOUND ? ERR_DENIED : e;
}

enum err
store_has_admin(struct store *s, bool *out)
{
	struct db *db;
	int64_t n;
	enum err e = store_read_begin(s, &db);

	if (e != ERR_OK)
		return e;
	e = db_int(
	    db, "SELECT count(*) FROM user WHERE admin AND enabled AND password_hash <> ''", &n);
	store_read_end(s, db);
	if (e == ERR_OK)
		*out = n > 0;
	return e;
}
