#include "store/certificate.h"

#include <stdio.h>

#include "store/certificate_int.h"
#include "store/store_int.h"

#define AUTOMATIC_NAME "Strowger"

enum { RENEW_DAYS = 30 };

static const int64_t day_ms = 86400000;

/* How many there are of our own, which one is automatic, and when it ends. */
static enum err
look(struct db *db, int64_t *own, int64_t *automatic, int64_t *not_after)
{
	struct stmt *s;
	bool row = false;
	enum err e = db_prepare(db,
	    "SELECT count(*), max(CASE WHEN automatic THEN id END), "
	    "max(CASE WHEN automatic THEN not_after END) FROM certificate WHERE kind = 'own'",
	    &s);

	if (e != ERR_OK)
		return e;
	e = stmt_step(s, &row);
	*own = sqlite3_column_int64(s->st, 0);
	*automatic = sqlite3_column_int64(s->st, 1);
	*not_after = sqlite3_column_int64(s->st, 2);
	stmt_done(s);
	return e;
}

/* A name that nobody has yet. */
static enum err
free_name(struct db *db, char out[64])
{
	for (int i = 1; i < 100; i++) {
		int64_t id;
		enum err e;

		snprintf(out, 64, i == 1 ? AUTOMATIC_NAME : AUTOMATIC_NAME " %d", i);
		e = row_find_id(db, &model_certificate, "name", slice_cstr(out), &id);
		if (e != ERR_OK)
			return e == ERR_NOT_FOUND ? ERR_OK : e;
	}
	return ERR_EXISTS;
}

static enum err
insert(struct store *s, const char *pem, const char *key)
{
	struct model_errors errors = {0};
	char name[64];
	json_t *values;
	int64_t id;
	enum err e = free_name(s->writer, name);

	if (e != ERR_OK)
		return e;
	values = json_pack("{s:s, s:s, s:s, s:s, s:b}", "name", name, "kind", "own", "certificate",
	    pem, "key", key, "automatic", 1);
	if (!values)
		return ERR_NOMEM;
	e = entity_insert(s, &model_certificate, values, &id, &errors);
	json_decref(values);
	return e;
}

enum err
store_certificate_ensure(
    struct store *s, const struct store_certificate_names *names, int64_t now_ms, bool *made)
{
	char pem[CERTIFICATE_PEM_BYTES], key[CERTIFICATE_KEY_BYTES];
	int64_t own = 0, automatic = 0, not_after = 0;
	bool wanted = false;
	enum err e = store_write_begin(s);

	if (e != ERR_OK)
		return e;
	e = look(s->writer, &own, &automatic, &not_after);
	if (e == ERR_OK)
		wanted = own == 0 || (automatic && not_after - now_ms < RENEW_DAYS * day_ms);
	if (wanted)
		e = certificate_make(names, pem, key);
	if (e == ERR_OK && wanted && automatic)
		e = entity_delete(s, &model_certificate, automatic, NULL);
	if (e == ERR_OK && wanted)
		e = insert(s, pem, key);
	explicit_bzero(key, sizeof key);
	e = store_write_end(s, e);
	if (e == ERR_OK && made)
		*made = wanted;
	return e;
}

static struct store_certificate_row
row_of(struct stmt *s)
{
	return (struct store_certificate_row){.id = sqlite3_column_int64(s->st, 0),
	    .name = stmt_column(s, 1),
	    .own = strcmp(stmt_column(s, 2), "own") == 0,
	    .automatic = sqlite3_column_int(s->st, 3) != 0,
	    .chain = stmt_column(s, 4),
	    .key = stmt_column(s, 5),
	    .not_after = sqlite3_column_int64(s->st, 6)};
}

static enum err
read_all(
    struct db *db, bool (*on_row)(void *ctx, const struct store_certificate_row *row), void *ctx)
{
	struct stmt *s;
	bool more = false;
	enum err e = db_prepare(db,
	    "SELECT id, name, kind, automatic, certificate, \"key\", not_after FROM certificate "
	    "ORDER BY kind = 'own' DESC, automatic, id",
	    &s);

	if (e != ERR_OK)
		return e;
	while ((e = stmt_step(s, &more)) == ERR_OK && more) {
		struct store_certificate_row row = row_of(s);

		if (!on_row(ctx, &row)) {
			e = ERR_NOMEM;
			break;
		}
	}
	stmt_done(s);
	return e;
}

enum err
store_certificates_read(
    struct store *s, bool (*on_row)(void *ctx, const struct store_certificate_row *row), void *ctx)
{
	struct db *db;
	enum err e = store_read_begin(s, &db);

	if (e != ERR_OK)
		return e;
	e = read_all(db, on_row, ctx);
	store_read_end(s, db);
	return e;
}
