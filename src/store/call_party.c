/*
 * Whose calls they are (USE-2): for each user, and for each number that was called, the records, so
 * that a page of one's own calls costs what is on it among millions. An index would: but its
 * entries lie everywhere, and one kept at each insertion makes that five times as dear. So whole
 * segments of records are looked through when they are complete, and their parties written in
 * order behind those of the segments before; what is younger than the last of them is read as it
 * lies. Segments go as a whole, too.
 *
 * What stands here follows from call_record: any of it may be lost, and is made again.
 */
#include <stdio.h>

#include "store/store_int.h"

/* Records of a segment: their ids but for these bits. */
enum { SEGMENT_BITS = 16 };

/* A party is the id of a user, or '#' and a number that was called. */
enum err
call_party_schema(struct db *db)
{
	return db_exec(db,
	    "CREATE TABLE IF NOT EXISTS call_segment (id INTEGER PRIMARY KEY);"
	    "CREATE TABLE IF NOT EXISTS call_party (segment INTEGER NOT NULL, party NOT NULL, "
	    "record INTEGER NOT NULL, PRIMARY KEY (segment, party, record)) WITHOUT ROWID");
}

/* The next one that is not there; -1: its records are not complete. */
static enum err
next_segment(struct db *db, int64_t *segment)
{
	char sql[320];

	snprintf(sql, sizeof sql,
	    "SELECT CASE WHEN next < (SELECT max(id) FROM call_record) >> %d THEN next ELSE -1 END "
	    "FROM (SELECT max((SELECT coalesce(min(id), 0) FROM call_record) >> %d, "
	    "(SELECT coalesce(max(id), -1) + 1 FROM call_segment)) AS next)",
	    SEGMENT_BITS, SEGMENT_BITS);
	return db_int(db, sql, segment);
}

static enum err
run_with(struct db *db, const char *sql, int64_t a, int64_t b)
{
	struct stmt *s;
	enum err err = db_prepare(db, sql, &s);

	if (err != ERR_OK)
		return err;
	stmt_int(s, 1, a);
	if (b >= 0)
		stmt_int(s, 2, b);
	return stmt_run(s);
}

static enum err
add_segment(struct db *db, int64_t segment)
{
	char sql[700];
	enum err err;

	snprintf(sql, sizeof sql,
	    "INSERT OR IGNORE INTO call_party (segment, party, record) "
	    "SELECT ?1, caller_user, id FROM call_record WHERE caller_user IS NOT NULL AND id "
	    "BETWEEN ?1 << %d AND ?2 "
	    "UNION ALL SELECT ?1, called_user, id FROM call_record WHERE called_user IS NOT NULL "
	    "AND id BETWEEN ?1 << %d AND ?2 "
	    "UNION ALL SELECT ?1, '#' || called_number, id FROM call_record WHERE id BETWEEN ?1 << "
	    "%d AND ?2 ORDER BY 2, 3",
	    SEGMENT_BITS, SEGMENT_BITS, SEGMENT_BITS);
	err = run_with(db, sql, segment, ((segment + 1) << SEGMENT_BITS) - 1);
	return err == ERR_OK ? run_with(db, "INSERT INTO call_segment (id) VALUES (?)", segment, -1)
			     : err;
}

/* Of records that housekeeping has removed. */
static enum err
drop_oldest_segment(struct db *db)
{
	int64_t oldest = 0, wanted = 0;
	char sql[128];
	enum err err;

	snprintf(
	    sql, sizeof sql, "SELECT coalesce(min(id), 0) >> %d FROM call_record", SEGMENT_BITS);
	err = db_int(db, sql, &wanted);
	if (err == ERR_OK)
		err = db_int(db, "SELECT coalesce(min(id), -1) FROM call_segment", &oldest);
	if (err != ERR_OK || oldest < 0 || oldest >= wanted)
		return err;
	err = run_with(db, "DELETE FROM call_party WHERE segment = ?", oldest, -1);
	return err == ERR_OK ? run_with(db, "DELETE FROM call_segment WHERE id = ?", oldest, -1)
			     : err;
}

static enum err
index_parties(struct store *s, bool *more)
{
	int64_t segment = -1;
	struct db *db;
	enum err err = store_read_begin(s, &db);

	*more = false;
	if (err != ERR_OK)
		return err;
	err = next_segment(db, &segment);
	store_read_end(s, db);
	if (err != ERR_OK || segment < 0)
		return err;
	err = store_write_begin_relaxed(s);
	if (err != ERR_OK)
		return err;
	err = add_segment(s->writer, segment);
	if (err == ERR_OK)
		err = drop_oldest_segment(s->writer);
	*more = err == ERR_OK;
	return store_write_end(s, err);
}

enum err
store_cdr_index(struct store *s, bool *more)
{
	enum err err = index_parties(s, more);

	return err == ERR_OK && !*more ? call_word_index(s, more) : err;
}

void
call_party_where(struct buf *b, const char *parties, struct slice theirs)
{
	buf_printf(b,
	    " AND t.id IN (SELECT p.record FROM call_segment s CROSS JOIN call_party p "
	    "WHERE p.segment = s.id AND p.party IN (%s) "
	    "UNION ALL SELECT t.id FROM call_record t WHERE t.id >= "
	    "(SELECT (coalesce(max(id), -1) + 1) << %d FROM call_segment)",
	    parties, SEGMENT_BITS);
	buf_put(b, theirs);
	buf_char(b, ')');
	buf_put(b, theirs);
}
