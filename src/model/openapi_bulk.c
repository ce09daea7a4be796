/* OpenAPI 3.0: one request that changes several rows, and what it answers. */
#include <stdio.h>

#include "model/openapi_int.h"

static const char result[] =
    "{\"type\":\"object\",\"properties\":{"
    "\"changed\":{\"type\":\"integer\",\"description\":\"How many rows are not as before\"},"
    "\"rows\":{\"type\":\"array\",\"items\":{\"type\":\"object\",\"properties\":{"
    "\"id\":{\"type\":\"integer\"},\"changed\":{\"type\":\"boolean\"},"
    "\"changes\":{\"type\":\"array\",\"items\":{\"type\":\"integer\"},"
    "\"description\":\"Rows of /api/changes\"}},"
    "\"required\":[\"id\",\"changed\",\"changes\"]}}},"
    "\"required\":[\"changed\",\"rows\"]}";

static const char found_result[] =
    "{\"type\":\"object\",\"properties\":{"
    "\"changed\":{\"type\":\"integer\",\"description\":\"How many rows are not as before\"},"
    "\"undo\":{\"type\":\"object\",\"nullable\":true,"
    "\"description\":\"What POST /api/changes/revert-range takes\","
    "\"properties\":{\"first\":{\"type\":\"integer\"},\"last\":{\"type\":\"integer\"}},"
    "\"required\":[\"first\",\"last\"]}},"
    "\"required\":[\"changed\",\"undo\"]}";

static json_t *
ids(int max)
{
	return json_pack("{s:s, s:{s:s, s:i}, s:i, s:i}", "type", "array", "items", "type",
	    "integer", "minimum", 1, "minItems", 1, "maxItems", max);
}

/* What may be put into lists, and taken out of them. */
static json_t *
lists_schema(const struct model_entity *e, const json_t *fields)
{
	json_t *properties = json_object();
	struct model_link link;

	for (size_t i = 0; i < e->field_count; i++)
		if (model_is_list(&e->fields[i]))
			json_object_set(properties, e->fields[i].name,
			    json_object_get(fields, e->fields[i].name));
	for (size_t i = 0; model_link_at(e, i, &link); i++)
		json_object_set_new(properties, link.other->path,
		    json_pack("{s:s, s:{s:s}, s:s, s:s}", "type", "array", "items", "type",
			"integer", "x-ref", link.other->name, "description", link.by->description));
	return json_pack("{s:s, s:b, s:o}", "type", "object", "additionalProperties", 0,
	    "properties", properties);
}

json_t *
openapi_bulk(const struct model_entity *e, const json_t *patch, bool by_id)
{
	const json_t *all = json_object_get(patch, "properties");
	json_t *values = json_object(), *lists, *s;

	for (size_t i = 0; i < e->field_count; i++)
		if (model_in_bulk(&e->fields[i]))
			json_object_set(
			    values, e->fields[i].name, json_object_get(all, e->fields[i].name));
	lists = lists_schema(e, all);
	s = json_pack("{s:s, s:b, s:{s:{s:s, s:b, s:o}, s:O, s:o}}", "type", "object",
	    "additionalProperties", 0, "properties", "values", "type", "object",
	    "additionalProperties", 0, "properties", values, "add", lists, "remove", lists);
	if (by_id) {
		json_object_set_new(json_object_get(s, "properties"), "ids", ids(MODEL_BULK_MAX));
		json_object_set_new(s, "required", json_pack("[s]", "ids"));
	}
	return s;
}

json_t *
openapi_several(const char *entity)
{
	return json_pack("{s:s, s:b, s:[s], s:{s:{s:s, s:o, s:i, s:i}}}", "type", "object",
	    "additionalProperties", 0, "required", "rows", "properties", "rows", "type", "array",
	    "items", openapi_ref(entity, "_create"), "minItems", 1, "maxItems", MODEL_CREATE_MAX);
}

void
openapi_put_bulk(json_t *schemas)
{
	json_object_set_new(schemas, "bulk_result", json_loads(result, 0, NULL));
	json_object_set_new(schemas, "found_result", json_loads(found_result, 0, NULL));
	json_object_set_new(schemas, "changes_revert",
	    json_pack("{s:s, s:b, s:[s], s:{s:o}}", "type", "object", "additionalProperties", 0,
		"required", "ids", "properties", "ids", ids(MODEL_REVERT_MAX)));
	json_object_set_new(schemas, "changes_range",
	    json_pack("{s:s, s:b, s:[s,s], s:{s:{s:s, s:i}, s:{s:s, s:i}}}", "type", "object",
		"additionalProperties", 0, "required", "first", "last", "properties", "first",
		"type", "integer", "minimum", 1, "last", "type", "integer", "minimum", 1));
}
