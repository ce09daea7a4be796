/* SQL derived from the tables. Names come from constants, never from input. */
#include <stdio.h>

#include "model/entities_int.h"

const char *
model_column(const struct model_field *f, char text[64])
{
	if (!(f->flags & MODEL_HASHED))
		return f->name;
	snprintf(text, 64, "%s_hash", f->name);
	return text;
}

bool
model_has_column(const struct model_field *f)
{
	return !(f->flags & MODEL_COMPUTED) && f->type != MODEL_REF_LIST && f->type != MODEL_OBJECT;
}

const char *
model_join_table(const struct model_entity *e, const struct model_field *f, char text[64])
{
	snprintf(text, 64, "%s_%s", e->name, f->ref);
	return text;
}

static const char *
on_delete(const struct model_field *f)
{
	switch (f->on_delete) {
	case MODEL_CASCADE: return " ON DELETE CASCADE";
	case MODEL_SET_NULL: return " ON DELETE SET NULL";
	case MODEL_RESTRICT: return " ON DELETE RESTRICT";
	case MODEL_KEEP: break;
	}
	return "";
}

/* A set's default as JSON text. */
static void
put_default_set(struct buf *b, const struct model_field *f)
{
	struct slice one;

	buf_lit(b, "'[");
	for (size_t i = 0; f->def && (one = choice_at(f->def, i)).n; i++)
		buf_printf(b, "%s\"%.*s\"", i ? "," : "", (int)one.n, one.p);
	buf_lit(b, "]'");
}

/* Defaults in JSON are valid SQL but for booleans and the quotes of texts. */
static void
put_default(struct buf *b, const struct model_field *f)
{
	struct slice def = slice_cstr(f->def);

	if (f->type == MODEL_BOOL) {
		buf_cstr(b, f->def && strcmp(f->def, "true") == 0 ? "1" : "0");
	} else if (f->type == MODEL_INT) {
		buf_cstr(b, f->def ? f->def : "0");
	} else if (f->type == MODEL_TEXT_LIST) {
		put_default_set(b, f);
	} else {
		buf_char(b, '\'');
		if (def.n >= 2)
			buf_put(b, slice_make(def.p + 1, def.n - 2));
		else if (f->type == MODEL_REASON_LIST)
			buf_lit(b, "[]");
		else if (f->type == MODEL_JSON)
			buf_lit(b, "{}");
		buf_char(b, '\'');
	}
}

void
model_sql_column(struct buf *b, const struct model_field *f)
{
	char text[64];
	bool number = f->type == MODEL_INT || f->type == MODEL_BOOL || f->type == MODEL_TIME ||
		      f->type == MODEL_REF;

	buf_printf(b, "\"%s\" %s", model_column(f, text), number ? "INTEGER" : "TEXT");
	if (f->type == MODEL_REF && f->on_delete != MODEL_KEEP)
		buf_printf(b, " REFERENCES \"%s\"(id)%s", f->ref, on_delete(f));
	if (f->type == MODEL_REF || f->type == MODEL_TIME || (f->flags & MODEL_INHERIT))
		return; /* NULL = none, or as the type */
	buf_lit(b, " NOT NULL DEFAULT ");
	put_default(b, f);
}

void
model_sql_list_indexes(struct buf *b, const struct model_entity *e, const struct model_field *f)
{
	char text[64];

	model_join_table(e, f, text);
	buf_printf(b,
	    "CREATE INDEX IF NOT EXISTS \"%s_order\" ON \"%s\" (\"%s\", position, \"%s\");\n"
	    "CREATE INDEX IF NOT EXISTS \"%s_holder\" ON \"%s\" (\"%s\", since, \"%s\");\n",
	    text, text, e->name, f->ref, text, text, f->ref, e->name);
}

static void
put_join_table(struct buf *b, const struct model_entity *e, const struct model_field *f)
{
	char text[64];

	model_join_table(e, f, text);
	buf_printf(b,
	    "CREATE TABLE \"%s\" (\n"
	    "  \"%s\" INTEGER NOT NULL REFERENCES \"%s\"(id) ON DELETE CASCADE,\n"
	    "  \"%s\" INTEGER NOT NULL REFERENCES \"%s\"(id)%s,\n"
	    "  position INTEGER NOT NULL,\n"
	    "  since INTEGER NOT NULL DEFAULT 0,\n"
	    "  PRIMARY KEY (\"%s\", \"%s\")\n) WITHOUT ROWID;\n",
	    text, e->name, e->name, f->ref, f->ref, on_delete(f), e->name, f->ref);
	model_sql_list_indexes(b, e, f);
}

void
model_sql_index(struct buf *b, const struct model_entity *e, const struct model_field *f)
{
	const struct model_field *key =
	    e->key && f->type == MODEL_REF ? model_field_find(e, slice_cstr(e->key)) : NULL;
	char column[64];

	if (!(f->flags & MODEL_INDEX) && (f->type != MODEL_REF || f->on_delete == MODEL_KEEP))
		return;
	buf_printf(b, "CREATE INDEX \"%s_%s\" ON \"%s\" (\"%s\"", e->name, f->name, e->name,
	    model_column(f, column));
	if (key && model_has_column(key) && key->type == MODEL_TEXT)
		buf_printf(b, ", \"%s\"", key->name); /* what rows are shown by and sorted by */
	buf_lit(b, ");\n");
}

void
model_sql_covering(struct buf *b, const struct model_entity *e)
{
	if (e->covering)
		buf_printf(b, "CREATE INDEX IF NOT EXISTS \"%s_covering\" ON \"%s\" (%s);\n",
		    e->name, e->name, e->covering);
}

void
model_sql_create(struct buf *b, const struct model_entity *e)
{
	/* AUTOINCREMENT: the id of a deleted row never comes back, call records keep ids */
	buf_printf(b, "CREATE TABLE \"%s\" (\n  id INTEGER PRIMARY KEY AUTOINCREMENT", e->name);
	for (size_t i = 0; i < e->field_count; i++) {
		if (!model_has_column(&e->fields[i]))
			continue;
		buf_lit(b, ",\n  ");
		model_sql_column(b, &e->fields[i]);
		if (e->fields[i].flags & MODEL_UNIQUE)
			buf_lit(b, " UNIQUE");
	}
	if (e->unique_together)
		buf_printf(b, ",\n  UNIQUE (%s)", e->unique_together);
	buf_lit(b, "\n);\n");
	for (size_t i = 0; i < e->field_count; i++) {
		const struct model_field *f = &e->fields[i];

		if (f->type == MODEL_REF_LIST && !(f->flags & MODEL_COMPUTED))
			put_join_table(b, e, f);
		model_sql_index(b, e, f);
	}
	model_sql_covering(b, e);
}
