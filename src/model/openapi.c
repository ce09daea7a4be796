/*
 * OpenAPI 3.0: the schemas, one set per entity from its table.
 * user: as read; user_create: what POST takes; user_patch: what PATCH takes.
 */
#include <stdio.h>

#include "model/bodies.h"
#include "model/codecs.h"
#include "model/entities_int.h"
#include "model/line_test.h"
#include "model/live_conference.h"
#include "model/openapi_int.h"
#include "model/reasons.h"

enum form { READ, CREATE, PATCH };

json_t *
openapi_ref(const char *name, const char *suffix)
{
	char text[128];

	snprintf(text, sizeof text, "#/components/schemas/%s%s", name, suffix);
	return json_pack("{s:s}", "$ref", text);
}

static json_t *
choices_json(const char *choices)
{
	json_t *list = json_array();
	struct slice one;

	for (size_t i = 0; (one = choice_at(choices, i)).n; i++)
		json_array_append_new(list, json_stringn(one.p, one.n));
	return list;
}

static json_t *
codec_keys(void)
{
	json_t *list = json_array();
	struct slice rest = SLICE(MODEL_CODEC_KEYS);

	while (rest.n) {
		struct slice key = slice_trim(slice_take_until(&rest, ','));

		json_array_append_new(list, json_stringn(key.p, key.n));
	}
	return list;
}

static void
put_text_limits(json_t *s, const struct model_field *f)
{
	static const char *const formats[] = {[MODEL_FORMAT_IP] = "ip",
	    [MODEL_FORMAT_EMAIL] = "email",
	    [MODEL_FORMAT_HOST] = "host",
	    [MODEL_FORMAT_NET] = "net",
	    [MODEL_FORMAT_NETS] = "nets",
	    [MODEL_FORMAT_CODECS] = "codecs",
	    [MODEL_FORMAT_MASK] = "mask",
	    [MODEL_FORMAT_CLOCK] = "clock",
	    [MODEL_FORMAT_CODE] = "star-code",
	    [MODEL_FORMAT_DATE] = "date",
	    [MODEL_FORMAT_SERVER] = "server"};
	bool may_be_empty =
	    !(f->flags & (MODEL_REQUIRED | MODEL_HASHED | MODEL_GENERATED)) || f->flags & MODEL_PIN;
	char pattern[160];

	if (f->min)
		json_object_set_new(s, "minLength", json_integer(may_be_empty ? 0 : f->min));
	if (f->max)
		json_object_set_new(s, "maxLength", json_integer(f->max));
	if (f->chars) {
		if (may_be_empty && f->min > 1) /* nothing, or enough */
			snprintf(pattern, sizeof pattern, "^([%s]{%lld,%lld})?$", f->chars,
			    (long long)f->min, (long long)f->max);
		else
			snprintf(pattern, sizeof pattern, "^[%s]*$", f->chars);
		json_object_set_new(s, "pattern", json_string(pattern));
	}
	if (f->format)
		json_object_set_new(s, "format", json_string(formats[f->format]));
	if (f->format == MODEL_FORMAT_CODECS)
		json_object_set_new(s, "x-codecs", codec_keys());
}

static json_t *
type_schema(const struct model_field *f)
{
	json_t *s = NULL;

	switch (f->type) {
	case MODEL_INT:
		s = json_pack("{s:s}", "type", "integer");
		if (f->max) {
			json_object_set_new(s, "minimum", json_integer(f->min));
			json_object_set_new(s, "maximum", json_integer(f->max));
		}
		if (f->format == MODEL_FORMAT_MICRO)
			json_object_set_new(s, "format", json_string("micro"));
		break;
	case MODEL_BOOL: return json_pack("{s:s}", "type", "boolean");
	case MODEL_TEXT:
		s = json_pack("{s:s}", "type", "string");
		put_text_limits(s, f);
		break;
	case MODEL_ENUM:
		return json_pack("{s:s, s:o}", "type", "string", "enum", choices_json(f->choices));
	case MODEL_TIME:
		return json_pack(
		    "{s:s, s:s, s:b}", "type", "string", "format", "date-time", "nullable", 1);
	case MODEL_REF:
		s = openapi_id();
		json_object_set_new(s, "nullable", json_boolean(!(f->flags & MODEL_REQUIRED)));
		json_object_set_new(s, "x-ref", json_string(f->ref));
		break;
	case MODEL_REF_LIST:
		s = json_pack("{s:s, s:o, s:b, s:s}", "type", "array", "items", openapi_id(),
		    "uniqueItems", 1, "x-ref", f->ref);
		if (f->max)
			json_object_set_new(s, "maxItems", json_integer(f->max));
		break;
	case MODEL_TEXT_LIST:
		s = json_pack("{s:s, s:{s:s}}", "type", "array", "items", "type", "string");
		if (f->choices)
			json_object_set_new(
			    json_object_get(s, "items"), "enum", choices_json(f->choices));
		break;
	case MODEL_REASON_LIST:
		return json_pack("{s:s, s:o}", "type", "array", "items", openapi_ref("reason", ""));
	case MODEL_JSON:
		return json_pack("{s:s, s:b}", "type", "object", "additionalProperties", 1);
	case MODEL_OBJECT: return openapi_ref(f->object->name, "");
	}
	return s;
}

static json_t *
field_schema(const struct model_field *f, enum form form)
{
	json_t *s = type_schema(f);

	if (f->type == MODEL_OBJECT)
		return s; /* a $ref has no siblings in OpenAPI 3.0 */
	if (f->flags & (MODEL_NULLABLE | MODEL_INHERIT)) {
		json_object_set_new(s, "nullable", json_true());
		json_array_append_new(json_object_get(s, "enum"), json_null()); /* OpenAPI 3.0.3 */
	}
	if (f->label)
		json_object_set_new(s, "title", json_string(f->label));
	if (f->description)
		json_object_set_new(s, "description", json_string(f->description));
	if (f->flags & (MODEL_READONLY | MODEL_COMPUTED))
		json_object_set_new(s, "readOnly", json_true());
	if (f->flags & MODEL_WRITEONLY)
		json_object_set_new(s, "writeOnly", json_true());
	if (f->flags & MODEL_SECRET)
		json_object_set_new(s, "x-secret", json_true());
	if (f->flags & MODEL_RESTART)
		json_object_set_new(s, "x-restart", json_true());
	if (f->flags & MODEL_UNIQUE)
		json_object_set_new(s, "x-unique", json_true());
	if (form == CREATE && f->def && !(f->flags & MODEL_GENERATED)) /* else store/ knows */
		json_object_set_new(s, "default", model_default(f));
	return s;
}

static bool
field_in_form(const struct model_field *f, enum form form)
{
	if (f->flags & MODEL_INTERNAL)
		return false;
	if (form == READ)
		return !(f->flags & MODEL_WRITEONLY);
	return !(f->flags & (MODEL_READONLY | MODEL_COMPUTED));
}

static json_t *
entity_schema(const struct model_entity *e, enum form form)
{
	json_t *properties = json_object(), *required = json_array();
	json_t *s = json_pack("{s:s, s:s, s:s, s:o}", "type", "object", "title", e->label,
	    "description", e->description, "properties", properties);

	if (form == READ && !(e->flags & MODEL_LIVE)) {
		json_object_set_new(
		    properties, "id", json_pack("{s:s, s:b}", "type", "integer", "readOnly", 1));
		json_array_append_new(required, json_string("id"));
	}
	for (size_t i = 0; i < e->field_count; i++) {
		const struct model_field *f = &e->fields[i];

		if (!field_in_form(f, form))
			continue;
		json_object_set_new(properties, f->name, field_schema(f, form));
		if (form == READ || (form == CREATE && (f->flags & MODEL_REQUIRED) && !f->def))
			json_array_append_new(required, json_string(f->name));
	}
	if (json_array_size(required))
		json_object_set(s, "required", required);
	if (form != READ)
		json_object_set_new(s, "additionalProperties", json_false());
	json_decref(required);
	return s;
}

static void
put_input(void *schemas, const struct model_entity *body)
{
	json_object_set_new(schemas, body->name, entity_schema(body, CREATE));
}

static void
put_entity(json_t *schemas, const struct model_entity *e)
{
	char name[80];
	json_t *patch;

	json_object_set_new(schemas, e->name, entity_schema(e, READ));
	if (e->flags & (MODEL_LIVE | MODEL_LOG | MODEL_FIXED))
		return;
	snprintf(name, sizeof name, "%s_patch", e->name);
	patch = entity_schema(e, PATCH);
	json_object_set_new(schemas, name, patch);
	if (e->flags & MODEL_SINGLETON)
		return;
	snprintf(name, sizeof name, "%s_bulk", e->name);
	json_object_set_new(schemas, name, openapi_bulk(e, patch, true));
	snprintf(name, sizeof name, "%s_found", e->name);
	json_object_set_new(schemas, name, openapi_bulk(e, patch, false));
	if (e->flags & MODEL_SYSTEM)
		return;
	snprintf(name, sizeof name, "%s_create", e->name);
	json_object_set_new(schemas, name, entity_schema(e, CREATE));
}

static json_t *
text_property(void)
{
	return json_pack("{s:s}", "type", "string");
}

static json_t *
error_schema(void)
{
	json_t *field = json_pack("{s:s, s:b}", "type", "string", "nullable", 1);
	json_t *detail = json_pack("{s:s, s:{s:o, s:O, s:o, s:{s:s, s:s}}}", "type", "object",
	    "properties", "code", text_property(), "field", field, "message", text_property(),
	    "row", "type", "integer", "description",
	    "Id, of a request about several rows; absent when it is about none of them");
	json_t *error = json_pack("{s:s, s:{s:o, s:o, s:o, s:{s:s, s:o}}, s:[s,s,s]}", "type",
	    "object", "properties", "code", text_property(), "message", text_property(), "field",
	    field, "details", "type", "array", "items", detail, "required", "code", "message",
	    "field");

	return json_pack("{s:s, s:{s:o, s:{s:s, s:s}}, s:[s]}", "type", "object", "properties",
	    "error", error, "present", "type", "object", "description",
	    "With 412: the row as it is now", "required", "error");
}

static json_t *
import_report_schema(void)
{
	json_t *count = json_pack("{s:s}", "type", "integer");
	json_t *error = json_pack("{s:s, s:{s:o, s:o, s:o, s:o, s:o}}", "type", "object",
	    "properties", "section", text_property(), "key", text_property(), "field",
	    text_property(), "code", text_property(), "message", text_property());
	json_t *s =
	    json_pack("{s:s, s:{s:O, s:O, s:O, s:O, s:{s:s}, s:{s:s, s:o}}}", "type", "object",
		"properties", "created", count, "updated", count, "unchanged", count, "deleted",
		count, "dry_run", "type", "boolean", "errors", "type", "array", "items", error);

	json_decref(count);
	return s;
}

static json_t *
login_schema(void)
{
	return json_pack("{s:s, s:{s:o, s:{s:s}, s:{s:s}, s:{s:s, s:s}}, s:[s,s,s,s]}", "type",
	    "object", "properties", "user", openapi_ref("user", ""), "csrf", "type", "string",
	    "session_id", "type", "integer", "second_factor_needed", "type", "boolean",
	    "description", "The session may only be used to set one up", "required", "user", "csrf",
	    "session_id", "second_factor_needed");
}

json_t *
model_openapi(const char *version)
{
	static const struct model_entity *const live[] = {&model_live_party, &model_live_heard,
	    &model_live_call, &model_live_registration, &model_live_subscription, &model_live_line,
	    &model_trace_message, &model_live_conference, &model_live_conference_member};
	json_t *schemas = json_object();
	size_t count;
	const struct model_entity *const *all = model_entities(&count);

	for (size_t i = 0; i < count; i++)
		if (!(all[i]->flags & MODEL_HIDDEN))
			put_entity(schemas, all[i]);
	for (size_t i = 0; i < sizeof live / sizeof live[0]; i++)
		put_entity(schemas, live[i]);
	json_object_set_new(schemas, "error", error_schema());
	json_object_set_new(schemas, "import_report", import_report_schema());
	json_object_set_new(schemas, "login", login_schema());
	openapi_put_user_import(schemas);
	openapi_put_bulk(schemas);
	openapi_put_routing(schemas);
	openapi_put_keys(schemas);
	openapi_put_conferences(schemas);
	json_object_set_new(schemas, "line_test", line_test_schema());
	json_object_set_new(schemas, "reason", reason_schema());
	openapi_put_inputs(schemas);
	model_bodies_each(put_input, schemas);
	return json_pack(
	    "{s:s, s:{s:s, s:s, s:s}, s:o, s:{s:o, s:o, s:{s:{s:s, s:s, s:s}, s:{s:s, s:s}}}, "
	    "s:[{s:[]}, {s:[]}]}",
	    "openapi", "3.0.3", "info", "title", "Strowger", "version", version, "description",
	    "Interface of the telephone system. Changes need the header X-CSRF-Token with the "
	    "value that logging in returned; with an API token they do not. Blanks at the ends of "
	    "texts that are no secrets do not count.",
	    "paths", openapi_paths(), "components", "schemas", schemas, "responses",
	    openapi_errors(), "securitySchemes", "session", "type", "apiKey", "in", "cookie",
	    "name", "strowger_session", "token", "type", "http", "scheme", "bearer", "security",
	    "session", "token");
}
