/* Rows that have a place among those of the same owner: members of a group, lines of a COR rule,
 * function keys of a column, files of a loop. */
#include "store/store_int.h"

static const struct {
	const struct model_entity *entity;
	const char *owner[2]; /* columns; the second may be NULL */
} ordered[] = {
    {&model_group_member, {"group", NULL}},
    {&model_cor_line, {"rule", "frame"}},
    {&model_function_key, {"user", "column"}},
    {&model_music_file, {"loop", NULL}},
};

/* The others count from 1 as they stand; from the place on they make room. Rows that stay where
 * they are are not written. */
static enum err
place(struct db *db, const char *table, const char *const owner[2], const json_t *row, int64_t id,
    int64_t position)
{
	const char *second = owner[1] ? owner[1] : owner[0];
	struct stmt *s;
	enum err e = db_preparef(db, &s,
	    "WITH other AS (SELECT id, row_number() OVER (ORDER BY position, id) AS n "
	    "FROM \"%s\" WHERE \"%s\" = ?1 AND \"%s\" = ?2 AND id <> ?3), "
	    "placed AS (SELECT id, n + (n >= ?4) AS n FROM other UNION ALL "
	    "SELECT ?3, min(?4, (SELECT count(*) + 1 FROM other))) "
	    "UPDATE \"%s\" AS t SET position = placed.n FROM placed "
	    "WHERE placed.id = t.id AND position <> placed.n",
	    table, owner[0], second, table);

	if (e != ERR_OK)
		return e;
	stmt_int(s, 1, json_integer_value(json_object_get(row, owner[0])));
	stmt_int(s, 2, json_integer_value(json_object_get(row, second)));
	stmt_int(s, 3, id);
	stmt_int(s, 4, position > 0 ? position : INT32_MAX);
	return stmt_run(s);
}

/* values: what is given for the row. */
static bool
moves(const char *const owner[2], const json_t *values)
{
	return json_object_get(values, "position") || json_object_get(values, owner[0]) ||
	       (owner[1] && json_object_get(values, owner[1]));
}

enum err
order_place(struct db *db, const struct model_entity *e, int64_t id, const json_t *row,
    const json_t *values)
{
	for (size_t i = 0; i < sizeof ordered / sizeof ordered[0]; i++)
		if (ordered[i].entity == e && moves(ordered[i].owner, values))
			return place(db, e->name, ordered[i].owner, row, id,
			    json_integer_value(json_object_get(values, "position")));
	return ERR_OK;
}
