/* Create, change, delete: check, write, rules, change feed. */
#include <stdlib.h>

#include "loop/loop.h"
#include "model/number_holder.h"
#include "model/pin.h"
#include "model/secret.h"
#include "store/certificate_int.h"
#include "store/licence_int.h"
#include "store/store_int.h"

enum err
entity_hash_passwords(const struct model_entity *e, json_t *values)
{
	char hash[PASSWORD_HASH_BYTES], column[64];

	for (size_t i = 0; i < e->field_count; i++) {
		const struct model_field *f = &e->fields[i];
		const char *plain = json_string_value(json_object_get(values, f->name));
		enum err err;

		if (!(f->flags & MODEL_HASHED) || !plain)
			continue;
		*hash = '\0';
		if (!(f->flags & MODEL_PIN))
			err = password_hash(plain, hash);
		else
			err = *plain ? pin_hash(slice_cstr(plain), hash) : ERR_OK;
		if (err != ERR_OK)
			return err;
		json_object_set_new(values, model_column(f, column), json_string(hash));
		json_object_del(values, f->name);
	}
	return ERR_OK;
}

static enum err
realm_get(struct db *db, char *out, size_t cap)
{
	struct stmt *s;
	bool row = false;
	enum err e = db_prepare(db, "SELECT domain FROM settings WHERE id = 1", &s);

	if (e != ERR_OK)
		return e;
	e = stmt_step(s, &row);
	if (e == ERR_OK)
		slice_clip_cstr(slice_cstr(row ? stmt_column(s, 0) : ""), out, cap);
	stmt_done(s);
	return e;
}

/* A phone's digests follow its name and secret. row: complete. */
static enum err
derive_phone(struct db *db, const json_t *row, json_t *values)
{
	char realm[256];
	const char *name = json_string_value(json_object_get(row, "name"));
	const char *secret = json_string_value(json_object_get(row, "secret"));
	enum err err;

	if (!name || !secret ||
	    (!json_object_get(values, "name") && !json_object_get(values, "secret")))
		return ERR_OK;
	err = realm_get(db, realm, sizeof realm);
	if (err == ERR_OK)
		ha1_put(values, name, realm, secret);
	return err;
}

/* What other fields follow from; row is complete. */
static enum err
derive(struct store *s, const struct model_entity *e, const json_t *row, json_t *values,
    struct model_errors *errors)
{
	if (e == &model_phone)
		return derive_phone(s->writer, row, values);
	if (e == &model_licence)
		return licence_derive(s, values, errors);
	if (e != &model_certificate ||
	    (!json_object_get(values, "certificate") && !json_object_get(values, "key") &&
		!json_object_get(values, "kind")))
		return ERR_OK;
	if (!json_object_get(values, "automatic")) /* what people enter is theirs */
		json_object_set_new(values, "automatic", json_false());
	return certificate_derive(row, values, errors);
}

/* When a row was made is told by the clock, not by who makes it. */
static void
stamp_created(const struct model_entity *e, json_t *values)
{
	const struct model_field *f = model_field_find(e, SLICE("created_at"));

	if (f && f->flags & MODEL_READONLY)
		json_object_set_new(values, f->name, json_integer((json_int_t)loop_wall_ms()));
}

/* USR-13: a new user may what the settings say. */
static enum err
give_rights(struct db *db, const struct model_entity *e, json_t *values)
{
	bool rights = json_object_get(values, "rights"), dial = json_object_get(values, "dial");
	json_t *settings;
	enum err err;

	if (e != &model_user || (rights && dial))
		return ERR_OK;
	err = row_get(db, &model_settings, 1, ROW_PUBLIC, &settings);
	if (err != ERR_OK)
		return err;
	if (!rights)
		json_object_set(values, "rights", json_object_get(settings, "default_rights"));
	if (!dial)
		json_object_set(values, "dial", json_object_get(settings, "default_dial"));
	json_decref(settings);
	return ERR_OK;
}

enum err
entity_insert(struct store *s, const struct model_entity *e, json_t *values, int64_t *id,
    struct model_errors *errors)
{
	struct db *db = s->writer;
	int64_t new_id;
	enum err err = licence_seat(db, e, errors);

	if (err == ERR_OK)
		err = phone_secret(db, e, values, values, errors);
	stamp_created(e, values);
	if (err == ERR_OK)
		err = group_complete(db, e, values);
	if (err == ERR_OK)
		err = function_key_complete(e, values);
	if (err == ERR_OK)
		err = conference_complete(db, e, values);
	if (err == ERR_OK)
		err = give_rights(db, e, values);
	if (err == ERR_OK)
		err = row_check_refs(db, e, values, errors);
	if (err == ERR_OK)
		err = template_check_row(db, e, values, errors);
	if (err == ERR_OK)
		err = derive(s, e, values, values, errors);
	if (err == ERR_OK)
		err = row_insert(db, e, values, &new_id, errors);
	if (err == ERR_OK)
		err = order_place(db, e, new_id, values, values);
	if (err == ERR_OK)
		err = music_one_default(s, e, new_id, values);
	if (err == ERR_OK)
		err = store_changed(s, e, new_id, STORE_CREATED);
	if (err == ERR_OK)
		err = change_created(s, e, new_id, values);
	if (err == ERR_OK)
		*id = new_id;
	return err;
}

/* Who may not log in any more, or has a new password, is logged out, and no link that was mailed
 * earlier lets anybody choose another one. */
static enum err
end_sessions(struct db *db, int64_t user)
{
	static const char *const all[] = {
	    "DELETE FROM session WHERE user = ?", "DELETE FROM password_reset WHERE user = ?"};
	enum err e = ERR_OK;

	for (size_t i = 0; i < sizeof all / sizeof all[0] && e == ERR_OK; i++) {
		struct stmt *s;

		e = db_prepare(db, all[i], &s);
		if (e != ERR_OK)
			break;
		stmt_int(s, 1, user);
		e = stmt_run(s);
	}
	return e;
}

static bool
add_id(void *arg, const json_t *row)
{
	return json_array_append(arg, json_object_get(row, "id")) == 0;
}

/* Whoever gets a number does not get where its calls went before. */
static enum err
end_redirections(struct store *s, int64_t number, struct model_errors *errors)
{
	json_t *ids = json_array(), *one;
	enum err err = ids ? row_each(s->writer, &model_redirection, "number", number, add_id, ids)
			   : ERR_NOMEM;
	size_t i;

	json_array_foreach(ids, i, one) if (err == ERR_OK) err =
	    entity_delete(s, &model_redirection, json_integer_value(one), errors);
	json_decref(ids);
	return err;
}

static bool
is_given_away(const json_t *before, const json_t *values)
{
	for (size_t i = 0; i < number_holders_n; i++) {
		const char *field = number_holders[i].field;
		const json_t *now = json_object_get(values, field);

		if (now && !json_equal((json_t *)now, json_object_get(before, field)))
			return true;
	}
	return false;
}

static enum err
side_effects(struct store *s, const struct model_entity *e, int64_t id, const json_t *before,
    const json_t *values, struct model_errors *errors)
{
	struct db *db = s->writer;
	const json_t *domain = json_object_get(values, "domain");

	if (e == &model_user && (json_object_get(values, "password_hash") ||
				    json_is_false(json_object_get(values, "enabled"))))
		return end_sessions(db, id);
	if (e == &model_settings && domain &&
	    !json_equal((json_t *)domain, json_object_get(before, "domain")))
		return ha1_renew_all(db, json_string_value(domain));
	if (e == &model_number && is_given_away(before, values))
		return end_redirections(s, id, errors);
	return ERR_OK;
}

enum err
entity_update(struct store *s, const struct model_entity *e, int64_t id, const json_t *before,
    json_t *values, struct model_errors *errors)
{
	struct db *db = s->writer;
	json_t *row = json_copy((json_t *)before);
	enum err err;

	if (!row)
		return ERR_NOMEM;
	json_object_update(row, values);
	err = phone_secret(db, e, row, values, errors);
	if (err == ERR_OK)
		err = row_check_refs(db, e, values, errors);
	if (err == ERR_OK)
		err = template_check_row(db, e, row, errors);
	if (err == ERR_OK)
		err = derive(s, e, row, values, errors);
	if (err == ERR_OK)
		err = row_update(db, e, id, values, errors);
	if (err == ERR_OK)
		err = template_check_followers(db, e, id, errors);
	if (err == ERR_OK)
		err = side_effects(s, e, id, before, values, errors);
	if (err == ERR_OK)
		err = order_place(db, e, id, row, values);
	if (err == ERR_OK)
		err = music_one_default(s, e, id, values);
	if (err == ERR_OK)
		err = store_changed(s, e, id, STORE_UPDATED);
	if (err == ERR_OK)
		err = change_updated(s, e, id, before, values);
	json_decref(row);
	return err;
}

enum err
entity_delete(
    struct store *s, const struct model_entity *e, int64_t id, struct model_errors *errors)
{
	enum err err = change_deleting(s, e, id);

	if (err == ERR_OK)
		err = row_delete(s->writer, e, id, errors);
	return err == ERR_OK ? store_changed(s, e, id, STORE_DELETED) : err;
}

enum err
entity_check_rules(struct store *s, const struct model_entity *e, int64_t id, enum model_op op,
    const json_t *before, struct model_errors *errors)
{
	struct model_view view = {s->writer, row_each, row_find};
	struct model_change change = {e, id, op, before, false};

	return model_rules_check(&view, &change, errors);
}

enum err
store_get(struct store *s, const struct model_entity *e, int64_t id, json_t **row)
{
	struct db *db;
	enum err err = store_read_begin(s, &db);

	if (err != ERR_OK)
		return err;
	err = row_get(db, e, id, ROW_PUBLIC, row);
	store_read_end(s, db);
	return err;
}

enum err
store_get_secret(struct store *s, const struct model_entity *e, int64_t id, json_t **row)
{
	struct db *db;
	enum err err = store_read_begin(s, &db);

	if (err != ERR_OK)
		return err;
	err = row_get(db, e, id, ROW_SECRET, row);
	store_read_end(s, db);
	return err;
}

enum err
store_find(struct store *s, const struct model_entity *e, const char *field, const char *value,
    json_t **row)
{
	const struct model_field *f = model_field_find(e, slice_cstr(field));
	struct db *db;
	int64_t id;
	enum err err;

	if (!f || !model_has_column(f))
		return ERR_NOT_FOUND;
	err = store_read_begin(s, &db);
	if (err != ERR_OK)
		return err;
	err = row_find_id(db, e, f->name, slice_cstr(value), &id);
	if (err == ERR_OK)
		err = row_get(db, e, id, ROW_PUBLIC, row);
	store_read_end(s, db);
	return err;
}

enum err
entity_create(struct store *s, const struct model_entity *e, const json_t *in, json_t *values,
    json_t **row, struct model_errors *errors)
{
	int64_t id;
	json_t *result = NULL;
	enum err err = entity_insert(s, e, values, &id, errors);

	if (err == ERR_OK)
		err = entity_check_rules(s, e, id, MODEL_OP_CREATE, NULL, errors);
	if (err == ERR_OK)
		err = row_get(s->writer, e, id, ROW_PUBLIC, &result);
	if (err == ERR_OK && e == &model_user)
		err = mail_tell_access(s, NULL, result, row_text(in, "password"));
	if (err == ERR_OK)
		*row = result;
	else
		json_decref(result);
	return err;
}

static enum err
create_checked(struct store *s, const struct model_entity *e, const json_t *in, json_t *values,
    json_t **row, struct model_errors *errors)
{
	json_t *result = NULL;
	enum err err = store_write_begin(s);

	if (err != ERR_OK)
		return err;
	err = store_write_end(s, entity_create(s, e, in, values, &result, errors));
	if (err == ERR_OK)
		*row = result;
	else
		json_decref(result);
	return err;
}

enum err
store_create(struct store *s, const struct model_entity *e, const json_t *in, json_t **row,
    struct model_errors *errors)
{
	json_t *values = NULL;
	enum err err;

	if (e->flags & (MODEL_SINGLETON | MODEL_LOG | MODEL_LIVE | MODEL_HIDDEN | MODEL_SYSTEM))
		return ERR_UNSUPPORTED;
	err = model_check(e, in, MODEL_CREATE, &values, errors);
	if (err != ERR_OK)
		return err;
	err = entity_hash_passwords(e, values);
	if (err == ERR_OK)
		err = create_checked(s, e, in, values, row, errors);
	json_decref(values);
	return err;
}

static enum err
patch_checked(struct store *s, const struct model_entity *e, int64_t id, const char *version,
    const json_t *in, json_t *values, json_t **row, struct model_errors *errors)
{
	json_t *before = NULL, *result = NULL;
	enum err err = store_write_begin(s);

	if (err != ERR_OK)
		return err;
	err = row_get(s->writer, e, id, ROW_SECRET, &before);
	if (err == ERR_OK)
		err = version_check(e, before, version, errors);
	if (err == ERR_OK)
		err = entity_update(s, e, id, before, values, errors);
	if (err == ERR_OK)
		err = entity_check_rules(s, e, id, MODEL_OP_UPDATE, before, errors);
	if (err == ERR_OK)
		err = row_get(s->writer, e, id, ROW_PUBLIC, &result);
	if (err == ERR_OK && e == &model_user)
		err = mail_tell_access(s, before, result, row_text(in, "password"));
	err = store_write_end(s, err);
	json_decref(before);
	if (err == ERR_OK && row)
		*row = result;
	else
		json_decref(result);
	return err;
}

enum err
store_patch(struct store *s, const struct model_entity *e, int64_t id, const json_t *in,
    json_t **row, struct model_errors *errors)
{
	return store_patch_version(s, e, id, NULL, in, row, errors);
}

enum err
store_patch_version(struct store *s, const struct model_entity *e, int64_t id, const char *version,
    const json_t *in, json_t **row, struct model_errors *errors)
{
	json_t *values = NULL;
	enum err err;

	if (e->flags & (MODEL_LOG | MODEL_LIVE | MODEL_HIDDEN))
		return ERR_UNSUPPORTED;
	err = model_check(e, in, MODEL_PATCH, &values, errors);
	if (err != ERR_OK)
		return err;
	err = entity_hash_passwords(e, values);
	if (err == ERR_OK)
		err = patch_checked(s, e, id, version, in, values, row, errors);
	json_decref(values);
	return err;
}

enum err
store_delete(struct store *s, const struct model_entity *e, int64_t id, struct model_errors *errors)
{
	return store_delete_version(s, e, id, NULL, errors);
}

enum err
store_delete_version(struct store *s, const struct model_entity *e, int64_t id, const char *version,
    struct model_errors *errors)
{
	json_t *before = NULL;
	enum err err;

	if (e->flags & (MODEL_SINGLETON | MODEL_LOG | MODEL_LIVE | MODEL_HIDDEN | MODEL_STAYS))
		return ERR_UNSUPPORTED;
	err = store_write_begin(s);
	if (err != ERR_OK)
		return err;
	err = row_get(s->writer, e, id, ROW_SECRET, &before);
	if (err == ERR_OK)
		err = version_check(e, before, version, errors);
	if (err == ERR_OK)
		err = entity_delete(s, e, id, errors);
	if (err == ERR_OK)
		err = entity_check_rules(s, e, id, MODEL_OP_DELETE, before, errors);
	err = store_write_end(s, err);
	json_decref(before);
	return err;
}

enum err
store_phone_new_secret(struct store *s, int64_t phone_id)
{
	char secret[SECRET_BYTES];
	struct settings settings;
	json_t *in;
	enum err e = store_settings(s, &settings);

	if (e != ERR_OK)
		return e;
	secret_generate(secret_policy_find(settings.password_policy), SLICE(""), secret);
	in = json_pack("{s:s}", "secret", secret);
	explicit_bzero(secret, sizeof secret);
	if (!in)
		return ERR_NOMEM;
	e = store_patch(s, &model_phone, phone_id, in, NULL, NULL);
	json_decref(in);
	return e;
}

enum err
store_settings(struct store *s, struct settings *out)
{
	json_t *row = NULL;
	enum err e = store_get(s, &model_settings, 1, &row);

	if (e != ERR_OK)
		return e;
	settings_init(out);
	model_struct_fill(&model_settings, row, out);
	json_decref(row);
	return ERR_OK;
}
