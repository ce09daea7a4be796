/* What an import does before it takes the write lock: numbers and passwords. */
#include "model/pin.h"
#include "store/import_int.h"

/* Stands for the hash that a dry run does not spend time on. */
static const char dry_run_hash[] = "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAA$AAAAAAAAAAA";

static void
trim(json_t *v)
{
	struct slice s = slice_trim(slice_make(json_string_value(v), json_string_length(v)));
	json_t *trimmed = json_is_string(v) ? json_stringn(s.p ? s.p : "", s.n) : NULL;

	if (trimmed)
		json_string_setn(v, json_string_value(trimmed), json_string_length(trimmed));
	json_decref(trimmed);
}

static void
trim_names(json_t *v)
{
	size_t i;
	json_t *one;

	trim(v);
	json_array_foreach(v, i, one) trim(one);
}

/* What entries are known by is compared as it will be stored: without blanks around it. */
void
import_trim_names(struct import *im)
{
	for (size_t section = 0; export_sections[section]; section++) {
		const struct model_entity *e = export_sections[section];
		size_t i;
		json_t *item;

		json_array_foreach(json_object_get(im->file, e->path), i, item)
		{
			trim(json_object_get(item, e->key));
			if (e == &model_user)
				trim_names(json_object_get(item, "numbers"));
			for (size_t k = 0; k < e->field_count; k++)
				if (e->fields[k].type == MODEL_REF ||
				    e->fields[k].type == MODEL_REF_LIST)
					trim_names(json_object_get(item, e->fields[k].name));
		}
	}
}

static void
index_numbers(struct import *im, json_t *numbers)
{
	size_t i;
	json_t *item;

	json_array_foreach(numbers, i, item)
	{
		const char *number = json_string_value(json_object_get(item, "number"));

		if (number)
			json_object_set(im->numbers, number, item);
	}
}

static void
claim_number(struct import *im, json_t *numbers, const char *number, const char *login)
{
	json_t *item = json_object_get(im->numbers, number);
	const char *owner = json_string_value(json_object_get(item, "user"));

	if (!item) {
		item = json_pack("{s:s, s:s}", "number", number, "user", login);
		json_object_set(im->numbers, number, item);
		json_array_append_new(numbers, item);
	} else if (!owner) {
		json_object_set_new(item, "user", json_string(login));
	} else if (strcmp(owner, login) != 0) {
		import_error(
		    im, "numbers", number, "user", "doubled", "Two users have the same number.");
	}
}

/* Moves the numbers named by users into the section of numbers. */
void
import_join_numbers(struct import *im)
{
	json_t *numbers = json_object_get(im->file, "numbers"), *user, *v;
	json_t *users = json_object_get(im->file, "users");
	size_t i, k;

	im->numbers_given = numbers != NULL;
	if (!numbers) {
		numbers = json_array();
		json_object_set_new(im->file, "numbers", numbers);
	}
	if (!json_is_array(numbers))
		return; /* reported later */
	index_numbers(im, numbers);
	json_array_foreach(users, i, user)
	{
		const char *login = json_string_value(json_object_get(user, "login"));
		json_t *list = json_object_get(user, "numbers");

		if (!login || !list)
			continue;
		if (!json_is_array(list))
			import_error(im, "users", login, "numbers", "wrong_type",
			    "Numbers must be a list of texts.");
		json_array_foreach(list, k, v)
		{
			if (json_is_string(v))
				claim_number(im, numbers, json_string_value(v), login);
			else
				import_error(im, "users", login, "numbers", "wrong_type",
				    "Numbers must be a list of texts.");
		}
	}
}

static enum err
present_hash(struct store *s, const char *login, char out[PASSWORD_HASH_BYTES])
{
	struct db *db;
	struct stmt *st;
	bool row = false;
	enum err e = store_read_begin(s, &db);

	if (e != ERR_OK)
		return e;
	e = db_prepare(db, "SELECT password_hash FROM user WHERE login = ?", &st);
	if (e == ERR_OK) {
		stmt_cstr(st, 1, login);
		e = stmt_step(st, &row);
		slice_clip_cstr(
		    slice_cstr(row ? stmt_column(st, 0) : ""), out, PASSWORD_HASH_BYTES);
		stmt_done(st);
	}
	store_read_end(s, db);
	return e;
}

/* A plain password becomes its hash; the present one if that fits. It counts more than a hash. */
enum err
import_hash_passwords(struct import *im)
{
	char hash[PASSWORD_HASH_BYTES];
	size_t i;
	json_t *user;

	json_array_foreach(json_object_get(im->file, "users"), i, user)
	{
		const char *login = json_string_value(json_object_get(user, "login"));
		const char *password = json_string_value(json_object_get(user, "password"));
		enum err e;

		if (!login || !password || model_password_check(password, NULL) != ERR_OK)
			continue; /* reported later */
		e = present_hash(im->s, login, hash);
		if (e != ERR_OK)
			return e;
		if (*hash && password_verify(hash, password)) {
			json_object_set_new(user, "password_hash", json_string(hash));
			json_object_del(user, "password");
			continue;
		}
		if (im->params->dry_run)
			slice_clip_cstr(slice_cstr(dry_run_hash), hash, sizeof hash);
		else if ((e = password_hash(password, hash)) != ERR_OK)
			return e;
		json_object_set_new(user, "password_hash", json_string(hash));
		json_object_del(user, "password");
	}
	return ERR_OK;
}

/* What fits the present hash stays as it is, so that a second import changes nothing. */
enum err
import_hash_pins(const struct model_entity *e, const json_t *before, json_t *values)
{
	bool any = false;

	for (size_t i = 0; i < e->field_count; i++) {
		const struct model_field *f = &e->fields[i];
		const char *pin = json_string_value(json_object_get(values, f->name)), *hash;
		char column[64];

		if (!(f->flags & MODEL_PIN) || !(f->flags & MODEL_HASHED) || !pin)
			continue;
		hash = json_string_value(json_object_get(before, model_column(f, column)));
		if (hash && pin_fits(slice_cstr(hash), slice_cstr(pin)))
			json_object_del(values, f->name);
		else
			any = true;
	}
	return any ? entity_hash_passwords(e, values) : ERR_OK;
}
