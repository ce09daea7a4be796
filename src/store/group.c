/* Groups: what is made up for a new one, and the order of the members (GRP-1). */
#include <stdio.h>

#include "base/random.h"
#include "store/store_int.h"

enum { PIN_DIGITS = 6 };

static enum err
next_id(struct db *db, json_t *values)
{
	int64_t id;
	char text[24];
	enum err e = db_int(db,
	    "SELECT min(n) FROM (SELECT 1 AS n UNION "
	    "SELECT CAST(group_id AS INTEGER) + 1 FROM \"group\") "
	    "WHERE n NOT IN (SELECT CAST(group_id AS INTEGER) FROM \"group\")",
	    &id);

	if (e != ERR_OK)
		return e;
	snprintf(text, sizeof text, "%lld", (long long)id);
	return json_object_set_new(values, "group_id", json_string(text)) == 0 ? ERR_OK : ERR_NOMEM;
}

static void
make_pin(json_t *values)
{
	char pin[PIN_DIGITS + 1];
	struct rng rng;

	rng_init_system(&rng);
	for (size_t i = 0; i < PIN_DIGITS; i++)
		pin[i] = (char)('0' + rng_below(&rng, 10));
	pin[PIN_DIGITS] = '\0';
	json_object_set_new(values, "pin", json_string(pin));
	explicit_bzero(pin, sizeof pin);
	explicit_bzero(&rng, sizeof rng);
}

enum err
group_complete(struct db *db, const struct model_entity *e, json_t *values)
{
	if (e != &model_group)
		return ERR_OK;
	if (!json_object_get(values, "pin"))
		make_pin(values);
	return json_object_get(values, "group_id") ? ERR_OK : next_id(db, values);
}

/* The others count from 1 as they stand; from the place on they make room. Rows that stay where
 * they are are not written. */
static const char place_sql[] =
    "WITH other AS (SELECT id, row_number() OVER (ORDER BY position, id) AS n "
    "FROM group_member WHERE \"group\" = ?1 AND id <> ?2), "
    "placed AS (SELECT id, n + (n >= ?3) AS n FROM other UNION ALL "
    "SELECT ?2, min(?3, (SELECT count(*) + 1 FROM other))) "
    "UPDATE group_member SET position = placed.n FROM placed "
    "WHERE placed.id = group_member.id AND position <> placed.n";

static enum err
place(struct db *db, int64_t group, int64_t id, int64_t position)
{
	struct stmt *s;
	enum err e = db_prepare(db, place_sql, &s);

	if (e != ERR_OK)
		return e;
	stmt_int(s, 1, group);
	stmt_int(s, 2, id);
	stmt_int(s, 3, position > 0 ? position : INT32_MAX);
	return stmt_run(s);
}

enum err
group_member_place(struct db *db, const struct model_entity *e, int64_t id, const json_t *row,
    const json_t *values)
{
	if (e != &model_group_member ||
	    (!json_object_get(values, "position") && !json_object_get(values, "group")))
		return ERR_OK;
	return place(db, json_integer_value(json_object_get(row, "group")), id,
	    json_integer_value(json_object_get(values, "position")));
}
