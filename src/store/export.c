/* The configuration with natural keys instead of ids. */
#include <stdlib.h>

#include "store/store_int.h"

static enum err
single_key(struct db *db, const struct model_entity *e, int64_t id, json_t **key)
{
	struct stmt *s;
	bool row = false;
	enum err err = db_preparef(db, &s, "SELECT \"%s\" FROM \"%s\" WHERE id = ?%s", e->key,
	    e->name, e == &model_announcement ? " AND user IS NULL" : ""); /* as row_find_id */

	if (err != ERR_OK)
		return err;
	stmt_int(s, 1, id);
	err = stmt_step(s, &row);
	if (err == ERR_OK && !row)
		err = ERR_NOT_FOUND;
	if (err == ERR_OK)
		*key = json_string(stmt_column(s, 0));
	stmt_done(s);
	return err;
}

const struct model_field *
export_key_field(const struct model_entity *e, size_t i)
{
	struct slice rest = slice_cstr(e->key_with), name = slice_cstr(e->key);

	for (; i > 0 && name.n; i--)
		name = slice_take_until(&rest, '|');
	return name.n ? model_field_find(e, name) : NULL;
}

/* Of several fields: the keys of those that are refs, nothing for one that leads nowhere. */
static enum err
joined_key(struct db *db, const struct model_entity *e, int64_t id, json_t **key)
{
	const struct model_field *f;
	json_t *row = NULL, *part = NULL;
	char text[KEY_BYTES];
	struct buf b;
	enum err err = row_get(db, e, id, ROW_PLAIN, &row);

	buf_init(&b, text, sizeof text);
	for (size_t i = 0; err == ERR_OK && (f = export_key_field(e, i)); i++) {
		part = NULL;
		if (f->type != MODEL_REF)
			part = json_incref(json_object_get(row, f->name));
		else if (json_is_integer(json_object_get(row, f->name)))
			err = single_key(db, model_find(f->ref),
			    json_integer_value(json_object_get(row, f->name)), &part);
		if (err != ERR_OK)
			break;
		if (i)
			buf_char(&b, '/');
		buf_put(&b, slice_cstr(json_string_value(part)));
		json_decref(part);
	}
	if (err == ERR_OK)
		*key = json_stringn(b.p, b.n);
	json_decref(row);
	return err;
}

enum err
export_key(struct db *db, const struct model_entity *e, int64_t id, json_t **key)
{
	if (e->key_with)
		return joined_key(db, e, id, key);
	return single_key(db, e, id, key);
}

/* An id or a list of ids becomes keys; what leads nowhere becomes null or is left out. */
enum err
export_name_refs(struct db *db, const struct model_field *f, json_t *row)
{
	const struct model_entity *target = model_find(f->ref);
	json_t *v = json_object_get(row, f->name), *list, *key;
	enum err e = ERR_OK;

	if (json_is_integer(v)) {
		key = NULL;
		e = export_key(db, target, json_integer_value(v), &key);
		json_object_set_new(row, f->name, key ? key : json_null());
		return e == ERR_NOT_FOUND ? ERR_OK : e;
	}
	if (!json_is_array(v))
		return ERR_OK;
	list = json_array();
	for (size_t i = 0; i < json_array_size(v) && e == ERR_OK; i++) {
		key = NULL;
		e = export_key(db, target, json_integer_value(json_array_get(v, i)), &key);
		if (key)
			json_array_append_new(list, key);
		if (e == ERR_NOT_FOUND)
			e = ERR_OK;
	}
	json_object_set_new(row, f->name, list);
	return e;
}

enum err
export_row(struct db *db, const struct model_entity *e, int64_t id, json_t **out)
{
	json_t *row;
	enum err err = row_get(db, e, id, ROW_SECRET, &row);

	if (err != ERR_OK)
		return err;
	json_object_del(row, "id");
	for (size_t i = 0; i < e->field_count && err == ERR_OK; i++) {
		const struct model_field *f = &e->fields[i];

		if ((f->flags & (MODEL_COMPUTED | MODEL_READONLY)) &&
		    !(e == &model_user && strcmp(f->name, "numbers") == 0))
			json_object_del(row, f->name);
		else if (f->type == MODEL_REF || f->type == MODEL_REF_LIST)
			err = export_name_refs(db, f, row);
	}
	if (err == ERR_OK)
		*out = row;
	else
		json_decref(row);
	return err;
}

enum err
export_ids(struct db *db, const struct model_entity *e, int64_t **ids, size_t *count)
{
	char sql[256];
	struct buf b;
	struct stmt *s;
	enum err err;

	buf_init(&b, sql, sizeof sql);
	buf_printf(&b, "SELECT t.id FROM \"%s\" t ", e->name);
	if (e == &model_address_rule) /* what screening finds is no configuration */
		buf_lit(&b, "WHERE NOT automatic ");
	if (e == &model_announcement) /* nor what people have for themselves */
		buf_lit(&b, "WHERE user IS NULL ");
	if (model_field_find(e, SLICE("builtin"))) /* what comes with the system is there already */
		buf_lit(&b, "WHERE NOT builtin ");
	buf_lit(&b, "ORDER BY ");
	if (e == &model_function_key) /* each gets its place when those before it are there */
		buf_lit(&b, "t.user, t.\"column\", t.position, ");
	computed_sort(&b, e, model_field_find(e, slice_cstr(e->key)));
	if (e->key_with && strcmp(e->sort, "id") != 0) { /* what belongs together, in its order */
		buf_lit(&b, ", ");
		computed_sort(&b, e, model_field_find(e, slice_cstr(e->sort)));
	}
	buf_lit(&b, ", t.id");
	err = db_prepare_buf(db, &b, &s);
	if (err != ERR_OK)
		return err;
	err = stmt_ids(s, ids, count);
	stmt_done(s);
	return err;
}

/* A user's internal numbers are told with the user. */
static bool
told_elsewhere(const struct model_entity *e, const json_t *row)
{
	const char *kind = json_string_value(json_object_get(row, "kind"));

	return e == &model_number && json_is_string(json_object_get(row, "user")) && kind &&
	       strcmp(kind, "internal") == 0;
}

static enum err
export_section(struct db *db, const struct model_entity *e, json_t *file)
{
	json_t *list = json_array(), *row;
	int64_t *ids;
	size_t count;
	enum err err = export_ids(db, e, &ids, &count);

	json_object_set_new(file, e->path, list);
	if (err != ERR_OK)
		return err;
	for (size_t i = 0; i < count && err == ERR_OK; i++) {
		err = export_row(db, e, ids[i], &row);
		if (err != ERR_OK)
			break;
		if (told_elsewhere(e, row))
			json_decref(row);
		else
			json_array_append_new(list, row);
	}
	free(ids);
	return err;
}

const struct model_entity *const export_singletons[] = {&model_settings, &model_mail_server, NULL};
const struct model_entity *const export_sections[] = {&model_range, &model_music_loop,
    &model_provider, &model_line, &model_site, &model_device_type, &model_phone, &model_user,
    &model_group, &model_group_member, &model_certificate, &model_address_rule,
    &model_emergency_number, &model_time_frame, &model_cor_rule, &model_cor_line, &model_holiday,
    &model_rate, &model_announcement, &model_mailbox, &model_conference_room, &model_number,
    &model_mailbox_access, &model_redirection, &model_mobile_twin, &model_function_key,
    &model_conference, &model_conference_participant, &model_speed_dial, NULL};

enum err
store_export(struct store *s, json_t **out)
{
	json_t *file = json_object(), *one = NULL;
	struct db *db;
	enum err e = file ? store_read_begin(s, &db) : ERR_NOMEM;

	if (e != ERR_OK) {
		json_decref(file);
		return e;
	}
	for (size_t i = 0; export_singletons[i] && e == ERR_OK; i++) {
		e = export_row(db, export_singletons[i], 1, &one);
		if (e == ERR_OK)
			json_object_set_new(file, export_singletons[i]->path, one);
	}
	for (size_t i = 0; export_sections[i] && e == ERR_OK; i++)
		e = export_section(db, export_sections[i], file);
	store_read_end(s, db);
	if (e == ERR_OK)
		*out = file;
	else
		json_decref(file);
	return e;
}

/* A phone that comes back must also come back to its users, in its place. */
static enum err
users_of_phone(struct db *db, int64_t phone, json_t *file)
{
	json_t *row = NULL, *ids, *users = json_array();
	enum err e = row_get(db, &model_phone, phone, ROW_PUBLIC, &row);

	json_object_set_new(file, "users", users);
	if (e != ERR_OK)
		return e;
	ids = json_object_get(row, "users");
	for (size_t i = 0; i < json_array_size(ids) && e == ERR_OK; i++) {
		json_t *user;

		e = export_row(db, &model_user, json_integer_value(json_array_get(ids, i)), &user);
		if (e != ERR_OK)
			break;
		json_array_append_new(
		    users, json_pack("{s:O, s:O}", "login", json_object_get(user, "login"),
			       "phones", json_object_get(user, "phones")));
		json_decref(user);
	}
	json_decref(row);
	return e;
}

/* Rows that go with the one: the members of a group, the keys of a user. where has one '?'. */
static enum err
rows_with(struct db *db, const struct model_entity *e, const char *where, int64_t id, json_t *file)
{
	json_t *list = json_array();
	struct stmt *s;
	bool row = false;
	enum err err = db_preparef(db, &s, "SELECT id FROM %s WHERE %s", e->name, where);

	json_object_set_new(file, e->path, list);
	if (err != ERR_OK)
		return err;
	stmt_int(s, 1, id);
	while ((err = stmt_step(s, &row)) == ERR_OK && row) {
		json_t *one = NULL;

		err = export_row(db, e, sqlite3_column_int64(s->st, 0), &one);
		if (err != ERR_OK)
			break;
		json_array_append_new(list, one);
	}
	stmt_done(s);
	return err;
}

/* The members of a group, or the groups of a user. */
static enum err
memberships(struct db *db, const char *field, int64_t id, json_t *file)
{
	char where[64];
	struct buf b;

	buf_init(&b, where, sizeof where - 1);
	buf_printf(&b, "\"%s\" = ? ORDER BY position", field);
	where[b.n] = '\0';
	return rows_with(db, &model_group_member, where, id, file);
}

/* Those of a user, and those of others that show it. */
static enum err
function_keys(struct db *db, const struct model_entity *e, int64_t id, json_t *file)
{
	return rows_with(db, &model_function_key,
	    e == &model_user ? "user = ?1 OR target_user = ?1 ORDER BY user, \"column\", position"
			     : "target_group = ? ORDER BY user, \"column\", position",
	    id, file);
}

/* Who has access to a mailbox, or to which a user or a group has. */
static enum err
accesses(struct db *db, const char *field, int64_t id, json_t *file)
{
	char where[64];
	struct buf b;

	buf_init(&b, where, sizeof where - 1);
	buf_printf(&b, "\"%s\" = ? ORDER BY id", field);
	where[b.n] = '\0';
	return rows_with(db, &model_mailbox_access, where, id, file);
}

/* A group, a mailbox or a room that comes back gets its numbers back, unless they have been given
 * away. */
static enum err
numbers_of(struct db *db, const struct model_entity *of, int64_t id, json_t *file)
{
	json_t *row = NULL, *numbers = json_array(), *number;
	size_t i;
	enum err e = row_get(db, of, id, ROW_PUBLIC, &row);

	json_object_set_new(file, model_number.path, numbers);
	json_array_foreach(json_object_get(row, "numbers"), i, number)
	    json_array_append_new(numbers,
		json_pack("{s:O, s:O}", "number", number, of->name, json_object_get(row, "name")));
	json_decref(row);
	return e;
}

/* Who is invited to a conference; of a user what he plans, with all who are, and to what he is. */
static enum err
conferences(struct db *db, const struct model_entity *e, int64_t id, json_t *file)
{
	enum err err = e == &model_user
			   ? rows_with(db, &model_conference, "user = ? ORDER BY id", id, file)
			   : ERR_OK;

	return err == ERR_OK
		   ? rows_with(db, &model_conference_participant,
			 e == &model_user
			     ? "user = ?1 OR conference IN (SELECT id FROM conference WHERE user "
			       "= ?1) ORDER BY id"
			     : "conference = ? ORDER BY id",
			 id, file)
		   : err;
}

enum err
export_for_undo(struct db *db, const struct model_entity *e, int64_t id, json_t **out)
{
	json_t *row, *file;
	enum err err = export_row(db, e, id, &row);

	if (err != ERR_OK)
		return err;
	file = json_pack("{s:[o]}", e->path, row);
	if (!file)
		return ERR_NOMEM;
	if (e == &model_phone)
		err = users_of_phone(db, id, file);
	if (e == &model_user || e == &model_group)
		err = memberships(db, e->name, id, file);
	if (err == ERR_OK && (e == &model_user || e == &model_group))
		err = function_keys(db, e, id, file);
	if (err == ERR_OK && (e == &model_user || e == &model_group || e == &model_mailbox))
		err = accesses(db, e->name, id, file);
	if (err == ERR_OK &&
	    (e == &model_group || e == &model_mailbox || e == &model_conference_room))
		err = numbers_of(db, e, id, file);
	if (err == ERR_OK && (e == &model_user || e == &model_conference))
		err = conferences(db, e, id, file);
	if (err == ERR_OK)
		*out = file;
	else
		json_decref(file);
	return err;
}
