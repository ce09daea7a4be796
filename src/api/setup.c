/*
 * First start (INI-1 to INI-6): whoever comes first says what the wizard asks for: phones, how one
 * dials here, the administrator. All of it comes into being in one transaction, by the store's
 * import, so that a crash or a refused number leaves nothing behind.
 */
#include <pthread.h>

#include "api/api_int.h"
#include "base/log.h"

static const char *const fields[] = {
    "login", "password", "first_name", "last_name", "email", "number", "language"};

/* What else may be given: the sections of an import file that the wizard fills. */
static const struct {
	const char *name;
	json_type type;
} sections[] = {{"settings", JSON_OBJECT}, {"ranges", JSON_ARRAY}, {"phones", JSON_ARRAY},
    {"lines", JSON_ARRAY}, {"emergency-numbers", JSON_ARRAY}};

static bool
is_section(const char *name, const json_t *value)
{
	for (size_t i = 0; i < sizeof sections / sizeof sections[0]; i++)
		if (strcmp(sections[i].name, name) == 0)
			return json_typeof(value) == sections[i].type;
	return false;
}

static bool
known(const char *name)
{
	for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++)
		if (strcmp(fields[i], name) == 0)
			return true;
	return false;
}

static bool
looks_right(struct request *rq, const json_t *in)
{
	const char *name;
	json_t *value;

	json_object_foreach((json_t *)in, name, value)
	{
		if (is_section(name, value))
			continue;
		if (!known(name)) {
			reply_error(
			    rq, 422, "unknown_field", NULL, "There is a field that is not known.");
			return false;
		}
		if (!json_is_string(value) && !json_is_null(value)) {
			reply_error(rq, 422, "wrong_type", name, "A text is expected.");
			return false;
		}
	}
	for (size_t i = 0; i < 4; i++) /* login to last_name */
		if (!json_string_length(json_object_get(in, fields[i]))) {
			reply_error(rq, 422, "required", fields[i], "Please fill in this field.");
			return false;
		}
	return true;
}

static json_t *
import_file(const json_t *in)
{
	json_t *user = json_object(), *numbers = json_array(), *file;
	const char *number = json_string_value(json_object_get(in, "number"));

	for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++) {
		json_t *value = json_object_get(in, fields[i]);

		if (json_string_length(value) && strcmp(fields[i], "number") != 0)
			json_object_set(user, fields[i], value);
	}
	json_object_set_new(user, "admin", json_true());
	json_object_set_new(user, "enabled", json_true());
	if (number && number[0])
		json_array_append_new(numbers, json_string(number));
	json_object_set_new(user, "numbers", numbers);
	file = json_pack("{s:[o]}", "users", user);
	for (size_t i = 0; file && i < sizeof sections / sizeof sections[0]; i++) {
		json_t *section = json_object_get(in, sections[i].name);

		if (section)
			json_object_set(file, sections[i].name, section);
	}
	return file;
}

/* The form has a field for each of the user and the settings, and a list for each other section.
 * The rules name no section; they speak of ranges that overlap, and of numbers, which the form has
 * one of. */
static const char *
form_field(const json_t *one)
{
	const char *field = row_text(one, "field"), *section = row_text(one, "section");

	if (strcmp(section, "phones") == 0)
		return "phones";
	if (strcmp(section, "lines") == 0)
		return "lines";
	if (strcmp(section, "emergency-numbers") == 0)
		return "emergency-numbers";
	if (strcmp(section, "ranges") == 0 || strcmp(row_text(one, "code"), "ranges_overlap") == 0)
		return "ranges";
	if (strcmp(section, "settings") != 0 && field[0] && !known(field))
		return "number";
	return field;
}

static void
reply_refused(struct request *rq, enum err e, const json_t *report)
{
	struct model_errors errors = {0};

	model_errors_take(json_object_get(report, "errors"), form_field, &errors);
	reply_err(rq, e, &errors);
}

static void
create_admin(struct request *rq, const json_t *in)
{
	struct store *store = rq->api->store;
	struct store_import_params params = {.keep_others = true, .complete = &model_range};
	const char *login = json_string_value(json_object_get(in, "login"));
	json_t *file, *report = NULL, *user = NULL;
	enum err e;

	e = store_find(store, &model_user, "login", login, &user);
	if (e == ERR_OK) {
		json_decref(user);
		reply_error(
		    rq, 409, "not_unique", "login", "There is already a user with this log-in.");
		return;
	}
	file = import_file(in);
	e = file ? store_import(store, file, &params, &report) : ERR_NOMEM;
	json_decref(file);
	if (e == ERR_OK)
		e = store_find(store, &model_user, "login", login, &user);
	if (e == ERR_OK) {
		log_info(API, "the first administrator has been created");
		session_open(rq, user, 201);
	} else {
		reply_refused(rq, e, report);
	}
	json_decref(report);
}

void
handle_setup(struct request *rq)
{
	json_t *in = request_json(rq, false);

	if (!in)
		return;
	pthread_mutex_lock(&rq->api->setup_lock);
	if (!session_setup_needed(rq->api))
		reply_error(rq, 403, "setup_done", NULL, "There is already an administrator.");
	else if (looks_right(rq, in))
		create_admin(rq, in);
	pthread_mutex_unlock(&rq->api->setup_lock);
	json_decref(in);
}

/* The templates that a first line can follow: what the form must know of each. */
void
handle_setup_get(struct request *rq)
{
	static const char *const told[] = {"name", "comment", "basis", "auth", "host", "proxy"};
	const struct store_query q = {.all = true};
	json_t *rows = NULL, *row, *out;
	int64_t total;
	enum err e;
	size_t i;

	if (!session_setup_needed(rq->api)) {
		reply_error(rq, 403, "setup_done", NULL, "There is already an administrator.");
		return;
	}
	e = store_list(rq->api->store, &model_provider, &q, &rows, &total, NULL);
	if (e != ERR_OK) {
		reply_err(rq, e, NULL);
		return;
	}
	out = json_array();
	json_array_foreach(rows, i, row)
	{
		json_t *one = json_object();

		for (size_t f = 0; f < sizeof told / sizeof told[0]; f++)
			json_object_set(one, told[f], json_object_get(row, told[f]));
		json_array_append_new(out, one);
	}
	json_decref(rows);
	reply_json(rq, 200, json_pack("{s:o}", "providers", out));
}
