/* OpenAPI 3.0: what many operations share: ids, filters of lists, errors, and the few inputs that
 * are no tables. */
#include <stdio.h>

#include "model/bodies.h"
#include "model/openapi_int.h"

static const struct {
	const char *status, *description;
} errors[] = {
    {"400", "The address, a parameter or the JSON is malformed"},
    {"401", "Not logged in; at a log-in: wrong, or a code is needed"},
    {"403", "Not allowed: no right, no X-CSRF-Token, another site, before the set-up"},
    {"404", "There is no such thing"},
    {"409", "It contradicts something that is there"},
    {"412", "Changed meanwhile; \"present\" is the row as it is now"},
    {"413", "Too big"},
    {"415", "The body has another media type than the one that is wanted"},
    {"416", "The part that was asked for lies behind the end"},
    {"422", "A value is not allowed; \"field\" says which"},
    {"429", "Too many attempts; wait for Retry-After seconds"},
    {"503", "Too busy; wait for Retry-After seconds"},
};

json_t *
openapi_id(void)
{
	return json_pack("{s:s, s:s, s:i}", "type", "integer", "format", "int64", "minimum", 1);
}

bool
model_is_filter(const struct model_field *f)
{
	if (f->flags & (MODEL_INTERNAL | MODEL_WRITEONLY | MODEL_SECRET))
		return false;
	if (!model_has_column(f) && !(f->flags & MODEL_COMPUTED))
		return false;
	switch (f->type) {
	case MODEL_INT:
	case MODEL_REF:
	case MODEL_BOOL:
	case MODEL_TEXT:
	case MODEL_ENUM: return true;
	default: return false;
	}
}

json_t *
openapi_filter(const struct model_field *f)
{
	switch (f->type) {
	case MODEL_INT: return json_pack("{s:s, s:i}", "type", "integer", "minimum", 0);
	case MODEL_REF: /* an id, or "null" for rows without one */
		return json_pack(
		    "{s:s, s:s}", "type", "string", "pattern", "^([1-9][0-9]{0,17}|null)$");
	case MODEL_BOOL: return json_pack("{s:s}", "type", "boolean");
	default: return json_pack("{s:s}", "type", "string");
	}
}

static json_t *
error_response(const char *description)
{
	return json_pack("{s:s, s:{s:{s:o}}}", "description", description, "content",
	    "application/json", "schema", openapi_ref("error", ""));
}

json_t *
openapi_errors(void)
{
	json_t *all = json_object();
	char name[16];

	for (size_t i = 0; i < sizeof errors / sizeof errors[0]; i++) {
		snprintf(name, sizeof name, "error_%s", errors[i].status);
		json_object_set_new(all, name, error_response(errors[i].description));
	}
	json_object_set_new(all, "error", error_response("The server is in trouble"));
	return all;
}

/* Sections as in an import file: with natural keys instead of ids. */
static json_t *
sections(void)
{
	return json_pack("{s:s, s:{s:s}}", "type", "array", "items", "type", "object");
}

static json_t *
setup_schema(void)
{
	static const char *const texts[] = {
	    "login", "password", "first_name", "last_name", "email", "number", "language"};
	json_t *properties = json_object(), *required = json_array();

	for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
		json_object_set_new(properties, texts[i],
		    json_pack("{s:s, s:b}", "type", "string", "nullable", i >= 4));
		if (i < 4)
			json_array_append_new(required, json_string(texts[i]));
	}
	json_object_set_new(properties, "settings", openapi_ref("settings", "_patch"));
	json_object_set_new(properties, "ranges", sections());
	json_object_set_new(properties, "phones", sections());
	json_object_set_new(properties, "lines", sections());
	json_object_set_new(properties, "emergency-numbers", sections());
	return json_pack("{s:s, s:o, s:o, s:b}", "type", "object", "properties", properties,
	    "required", required, "additionalProperties", 0);
}

static json_t *
setup_choices_schema(void)
{
	static const char *const texts[] = {"name", "comment", "basis", "auth", "host", "proxy"};
	json_t *properties = json_object(), *required = json_array();

	for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
		json_object_set_new(properties, texts[i], json_pack("{s:s}", "type", "string"));
		json_array_append_new(required, json_string(texts[i]));
	}
	return json_pack("{s:s, s:{s:{s:s, s:{s:s, s:o, s:o}}}, s:[s]}", "type", "object",
	    "properties", "providers", "type", "array", "items", "type", "object", "properties",
	    properties, "required", required, "required", "providers");
}

static json_t *
log_levels_schema(void)
{
	json_t *level = json_pack("{s:s, s:[s,s,s,s,s,s]}", "type", "string", "enum", "fatal",
	    "error", "warn", "info", "debug", "trace");

	return json_pack("{s:s, s:{s:{s:s, s:s, s:o}}, s:[s], s:b}", "type", "object", "properties",
	    "levels", "type", "object", "description", "By component", "additionalProperties",
	    level, "required", "levels", "additionalProperties", 0);
}

void
openapi_put_inputs(json_t *schemas)
{
	json_object_set_new(schemas, "setup_input", setup_schema());
	json_object_set_new(schemas, "setup_choices", setup_choices_schema());
	json_object_set_new(schemas, "log_levels_input", log_levels_schema());
}
