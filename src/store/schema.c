/*
 * The schema: made from the tables of model/ in a new database; in an old one
 * brought up by migrations, then columns that the tables have gained are added with
 * their defaults. So a new field needs nothing here; a migration is for everything
 * else (renaming, splitting, new constraints).
 */
#include <stdio.h>
#include <stdlib.h>

#include "base/log.h"
#include "store/store_int.h"

/* Append only; numbers ascend; never change a step that was released. */
static const struct migration migrations[] = {
    {1, ""},				 /* the first schema, made from the tables */
    {2, "DROP TABLE IF EXISTS binding"}, /* registrations are in a keep file */
};

enum { SQL_BYTES = 32 * 1024 };

static enum err
has_table(struct db *db, const char *name, bool *out)
{
	struct stmt *s;
	enum err e =
	    db_prepare(db, "SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = ?", &s);

	if (e != ERR_OK)
		return e;
	stmt_cstr(s, 1, name);
	e = stmt_step(s, out);
	stmt_done(s);
	return e;
}

enum err
schema_version(struct db *db, int *version)
{
	bool there = false;
	int64_t tables, v;
	enum err e = has_table(db, "schema_version", &there);

	if (e != ERR_OK)
		return e;
	if (!there) {
		e = db_int(db, "SELECT count(*) FROM sqlite_schema", &tables);
		if (e == ERR_OK && tables > 0)
			return ERR_CORRUPT; /* somebody else's database */
		if (e == ERR_OK)
			*version = 0;
		return e;
	}
	e = db_int(db, "SELECT version FROM schema_version", &v);
	if (e != ERR_OK)
		return e == ERR_NOT_FOUND ? ERR_CORRUPT : e;
	if (v > STORE_SCHEMA_VERSION)
		return ERR_UNSUPPORTED;
	if (v < 1)
		return ERR_CORRUPT;
	*version = (int)v;
	return ERR_OK;
}

static enum err
set_version(struct db *db, int version)
{
	char sql[80];

	snprintf(sql, sizeof sql, "UPDATE schema_version SET version = %d", version);
	return db_exec(db, sql);
}

/* What stands in a new table; from then on the rows are the administrator's. */
static const struct {
	const struct model_entity *entity;
	const char *sql;
} presets[] = {
    {&model_range, "INSERT INTO \"range\" (first, last) VALUES ('100', '999')"},
    {&model_time_frame,
	"INSERT INTO time_frame (name, \"from\", \"to\") VALUES ('24/7', '00:00', '24:00')"},
    /* LIN-6; in an old database somebody may hold one */
    {&model_emergency_number, "INSERT INTO emergency_number (number, name) "
			      "SELECT column1, column2 FROM (VALUES ('110', 'Polizei'), "
			      "('112', 'Feuerwehr und Rettungsdienst')) "
			      "WHERE column1 NOT IN (SELECT number FROM number)"},
};

static enum err
create_entity(struct db *db, const struct model_entity *e)
{
	char *sql = malloc(SQL_BYTES);
	struct buf b;
	enum err err;

	if (!sql)
		return ERR_NOMEM;
	buf_init(&b, sql, SQL_BYTES - 1);
	model_sql_create(&b, e);
	sql[b.n] = '\0';
	err = buf_ok(&b) ? db_exec(db, sql) : ERR_TOO_BIG;
	free(sql);
	for (size_t i = 0; i < sizeof presets / sizeof presets[0] && err == ERR_OK; i++)
		if (presets[i].entity == e)
			err = db_exec(db, presets[i].sql);
	if (err == ERR_OK && e->flags & MODEL_SINGLETON) {
		char one[100];

		snprintf(one, sizeof one, "INSERT INTO \"%s\" (id) VALUES (1)", e->name);
		err = db_exec(db, one);
	}
	return err;
}

static enum err
create_all(struct db *db)
{
	size_t count;
	const struct model_entity *const *all = model_entities(&count);
	enum err e =
	    db_exec(db, "BEGIN IMMEDIATE; CREATE TABLE schema_version (version INTEGER NOT NULL);"
			"INSERT INTO schema_version VALUES (0);");
	char pragma[64];

	for (size_t i = 0; i < count && e == ERR_OK; i++)
		e = create_entity(db, all[i]);
	if (e == ERR_OK)
		e = set_version(db, STORE_SCHEMA_VERSION);
	snprintf(pragma, sizeof pragma, "PRAGMA application_id = %d", STORE_APPLICATION_ID);
	if (e == ERR_OK)
		e = db_exec(db, pragma);
	if (e == ERR_OK)
		return db_exec(db, "COMMIT");
	(void)!db_exec(db, "ROLLBACK");
	return e;
}

enum err
schema_migrate(struct db *db, const struct migration *steps, size_t n, int from)
{
	for (size_t i = 0; i < n; i++) {
		enum err e;

		if (steps[i].version <= from)
			continue;
		e = db_exec(db, "BEGIN IMMEDIATE");
		if (e == ERR_OK)
			e = db_exec(db, steps[i].sql);
		if (e == ERR_OK)
			e = set_version(db, steps[i].version);
		if (e == ERR_OK)
			e = db_exec(db, "COMMIT");
		if (e != ERR_OK) {
			log_error(STORE, "schema step %d failed: %s", steps[i].version,
			    sqlite3_errmsg(db->h));
			if (!sqlite3_get_autocommit(db->h))
				(void)!db_exec(db, "ROLLBACK");
			return e;
		}
		log_info(STORE, "database is now at schema %d", steps[i].version);
	}
	return ERR_OK;
}

static enum err
has_column(struct db *db, const char *table, const char *column, bool *out)
{
	struct stmt *s;
	enum err e = db_prepare(db, "SELECT 1 FROM pragma_table_info(?) WHERE name = ?", &s);

	if (e != ERR_OK)
		return e;
	stmt_cstr(s, 1, table);
	stmt_cstr(s, 2, column);
	e = stmt_step(s, out);
	stmt_done(s);
	return e;
}

static enum err
add_column(struct db *db, const struct model_entity *e, const struct model_field *f)
{
	char sql[512];
	struct buf b;

	buf_init(&b, sql, sizeof sql - 1);
	buf_printf(&b, "ALTER TABLE \"%s\" ADD COLUMN ", e->name);
	model_sql_column(&b, f);
	buf_lit(&b, ";\n");
	model_sql_index(&b, e, f);
	sql[b.n] = '\0';
	log_info(STORE, "database gains %s.%s", e->name, f->name);
	return buf_ok(&b) ? db_exec(db, sql) : ERR_TOO_BIG;
}

/* What an older program declared otherwise: "notnull" where the type may decide now, or a text that
 * named the row a ref means now. */
static enum err
column_is_outdated(
    struct db *db, const struct model_entity *e, const struct model_field *f, bool *out)
{
	struct stmt *s;
	enum err err = db_prepare(db,
	    "SELECT 1 FROM pragma_table_info(?) WHERE name = ? "
	    "AND ((?3 AND \"notnull\") OR (?4 AND type = 'TEXT'))",
	    &s);

	if (err != ERR_OK)
		return err;
	stmt_cstr(s, 1, e->name);
	stmt_cstr(s, 2, f->name);
	stmt_int(s, 3, (f->flags & MODEL_INHERIT) != 0);
	stmt_int(s, 4, f->type == MODEL_REF);
	err = stmt_step(s, out);
	stmt_done(s);
	return err;
}

/* Values stay; a row that was named and is not there is made. */
static enum err
take_over(struct db *db, const struct model_entity *e, const struct model_field *f)
{
	const struct model_entity *target = f->type == MODEL_REF ? model_find(f->ref) : NULL;
	char sql[700];

	if (target)
		snprintf(sql, sizeof sql,
		    "INSERT OR IGNORE INTO \"%s\" (\"%s\") SELECT DISTINCT \"%s_old\" FROM \"%s\";"
		    "UPDATE \"%s\" SET \"%s\" = (SELECT r.id FROM \"%s\" r WHERE r.\"%s\" = "
		    "\"%s_old\");",
		    target->name, target->key, f->name, e->name, e->name, f->name, target->name,
		    target->key, f->name);
	else
		snprintf(sql, sizeof sql, "UPDATE \"%s\" SET \"%s\" = \"%s_old\";", e->name,
		    f->name, f->name);
	return db_exec(db, sql);
}

static enum err
remake_column(struct db *db, const struct model_entity *e, const struct model_field *f)
{
	char sql[300];
	enum err err = db_exec(db, "BEGIN IMMEDIATE");

	if (err != ERR_OK)
		return err;
	/* it may have the column; made again when all columns are there */
	snprintf(sql, sizeof sql, "DROP INDEX IF EXISTS \"%s_covering\"", e->name);
	err = db_exec(db, sql);
	snprintf(sql, sizeof sql, "ALTER TABLE \"%s\" RENAME COLUMN \"%s\" TO \"%s_old\"", e->name,
	    f->name, f->name);
	if (err == ERR_OK)
		err = db_exec(db, sql);
	if (err == ERR_OK)
		err = add_column(db, e, f);
	if (err == ERR_OK)
		err = take_over(db, e, f);
	snprintf(sql, sizeof sql, "ALTER TABLE \"%s\" DROP COLUMN \"%s_old\"", e->name, f->name);
	if (err == ERR_OK)
		err = db_exec(db, sql);
	if (err == ERR_OK)
		return db_exec(db, "COMMIT");
	(void)!db_exec(db, "ROLLBACK");
	return err;
}

static enum err
complete_column(struct db *db, const struct model_entity *e, const struct model_field *f)
{
	char column[64];
	bool yes = false;
	enum err err = has_column(db, e->name, model_column(f, column), &yes);

	if (err == ERR_OK && !yes)
		return add_column(db, e, f);
	if (err == ERR_OK)
		err = column_is_outdated(db, e, f, &yes);
	return err == ERR_OK && yes ? remake_column(db, e, f) : err;
}

static enum err
complete_list(struct db *db, const struct model_entity *e, const struct model_field *f)
{
	char table[64], sql[640];
	bool there = false;
	struct buf b;
	enum err err;

	model_join_table(e, f, table);
	err = has_column(db, table, "since", &there);
	if (err != ERR_OK)
		return err;
	buf_init(&b, sql, sizeof sql - 1);
	if (!there) {
		buf_printf(
		    &b, "ALTER TABLE \"%s\" ADD COLUMN since INTEGER NOT NULL DEFAULT 0;", table);
		log_info(STORE, "database gains %s.since", table);
	}
	/* one of an older version, of less than the one that takes its place */
	buf_printf(&b, "DROP INDEX IF EXISTS \"%s_%s\";", table, f->ref);
	model_sql_list_indexes(&b, e, f);
	sql[b.n] = '\0';
	return buf_ok(&b) ? db_exec(db, sql) : ERR_TOO_BIG;
}

/* One of an older version has other columns. */
static enum err
drop_other_covering(struct db *db, const struct model_entity *e)
{
	char sql[128], columns[256];
	struct stmt *st;
	bool other = false;
	enum err err;

	snprintf(columns, sizeof columns, "(%s)", e->covering);
	err = db_prepare(db,
	    "SELECT 1 FROM sqlite_schema WHERE type = 'index' AND name = ? || '_covering' "
	    "AND instr(sql, ?) = 0",
	    &st);
	if (err != ERR_OK)
		return err;
	stmt_cstr(st, 1, e->name);
	stmt_cstr(st, 2, columns);
	err = stmt_step(st, &other);
	stmt_done(st);
	if (err != ERR_OK || !other)
		return err;
	snprintf(sql, sizeof sql, "DROP INDEX \"%s_covering\"", e->name);
	return db_exec(db, sql);
}

/* Of millions of rows it is made once, at the first start of a version that has it. */
static enum err
complete_covering(struct db *db, const struct model_entity *e)
{
	char sql[256];
	enum err err = e->covering ? drop_other_covering(db, e) : ERR_OK;
	struct buf b;

	if (err != ERR_OK)
		return err;
	buf_init(&b, sql, sizeof sql - 1);
	model_sql_covering(&b, e);
	sql[b.n] = '\0';
	return buf_ok(&b) ? db_exec(db, sql) : ERR_TOO_BIG;
}

static enum err
complete_entity(struct db *db, const struct model_entity *e)
{
	bool there = false;
	enum err err = has_table(db, e->name, &there);

	if (err != ERR_OK)
		return err;
	if (!there)
		return create_entity(db, e);
	for (size_t i = 0; i < e->field_count && err == ERR_OK; i++) {
		if (model_has_column(&e->fields[i]))
			err = complete_column(db, e, &e->fields[i]);
		else if (e->fields[i].type == MODEL_REF_LIST &&
			 !(e->fields[i].flags & MODEL_COMPUTED))
			err = complete_list(db, e, &e->fields[i]);
	}
	return err == ERR_OK ? complete_covering(db, e) : err;
}

enum err
schema_update(struct db *db)
{
	size_t count;
	const struct model_entity *const *all = model_entities(&count);
	int version = 0;
	enum err e = schema_version(db, &version);

	if (e == ERR_OK && version == 0)
		e = create_all(db);
	else if (e == ERR_OK)
		e = schema_migrate(
		    db, migrations, sizeof migrations / sizeof migrations[0], version);
	for (size_t i = 0; version && i < count && e == ERR_OK; i++)
		e = complete_entity(db, all[i]);
	if (e == ERR_OK)
		e = call_party_schema(db);
	if (e == ERR_OK)
		e = call_word_schema(db);
	if (e == ERR_OK)
		e = templates_complete(db);
	if (e == ERR_OK)
		e = music_complete(db);
	return e == ERR_OK ? mail_complete_templates(db) : e;
}
