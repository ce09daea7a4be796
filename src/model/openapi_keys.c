/* OpenAPI 3.0: one's own function keys with what they show, whom they can show, what a press did;
 * conferences that run. */
#include "model/openapi_int.h"

#define TEXT_OR_NULL "{\"type\":\"string\",\"nullable\":true}"

static const char state[] =
    "{\"state\":{\"type\":\"string\",\"enum\":[\"none\",\"free\",\"ringing\",\"busy\",\"off\","
    "\"on\",\"possible\",\"recalling\"],\"description\":\"Of who is shown: free, ringing, busy; "
    "of a function: off, on; of call completion also possible, recalling\"},"
    "\"dnd\":{\"type\":\"boolean\",\"description\":\"Who is shown does not want to be "
    "disturbed\"},"
    "\"remote_number\":{\"type\":\"string\",\"nullable\":true,\"description\":\"Who calls there or "
    "is talked to, for those who may see it\"},\"remote_name\":" TEXT_OR_NULL "}";

static const char target[] = "{\"type\":\"object\",\"properties\":{"
			     "\"kind\":{\"type\":\"string\",\"enum\":[\"user\",\"group\","
			     "\"number\"]},\"id\":{\"type\":\"integer\"},"
			     "\"name\":{\"type\":\"string\"},\"number\":" TEXT_OR_NULL "},"
			     "\"required\":[\"kind\",\"id\",\"name\",\"number\"]}";

static const char pressed[] =
    "{\"type\":\"object\",\"properties\":{"
    "\"action\":{\"type\":\"string\",\"enum\":[\"called\",\"picked_up\",\"on\",\"off\",\"parked\","
    "\"fetched\"]},"
    "\"call_id\":" TEXT_OR_NULL "},\"required\":[\"action\",\"call_id\"]}";

static const char orbit[] =
    "{\"type\":\"object\",\"properties\":{\"orbit\":{\"type\":\"string\"},"
    "\"call_id\":{\"type\":\"string\"},\"since\":{\"type\":\"string\",\"format\":\"date-time\"},"
    "\"number\":{\"type\":\"string\",\"description\":\"Who waits; empty when that is private\"},"
    "\"name\":{\"type\":\"string\"},"
    "\"by_name\":{\"type\":\"string\",\"description\":\"Who has parked the call\"}},"
    "\"required\":[\"orbit\",\"call_id\",\"since\",\"number\",\"name\",\"by_name\"]}";

static const char star_code[] =
    "{\"type\":\"object\",\"properties\":{"
    "\"field\":{\"type\":\"string\",\"description\":\"Its name among the settings\"},"
    "\"code\":{\"type\":\"string\",\"description\":\"Empty: switched off\"},"
    "\"label\":{\"type\":\"string\"},"
    "\"takes\":{\"type\":\"string\",\"enum\":[\"nothing\",\"maybe\",\"needed\"],"
    "\"description\":\"Whether something is dialled behind it\"},"
    "\"standard\":{\"type\":\"string\"},\"freepbx\":{\"type\":\"string\"}},"
    "\"required\":[\"field\",\"code\",\"label\",\"takes\",\"standard\",\"freepbx\"]}";

static const char conference[] =
    "{\"may_control\":{\"type\":\"boolean\",\"description\":\"Whoever asks may act as a "
    "moderator\"},\"members\":{\"type\":\"array\",\"items\":{\"$ref\":"
    "\"#/components/schemas/live_conference_member\"}}}";

/* Adds properties, which are always there, to the schema. */
static void
add_properties(json_t *schema, const char *properties)
{
	json_t *more = json_loads(properties, 0, NULL),
	       *required = json_object_get(schema, "required");
	const char *name;
	json_t *value;

	json_object_foreach(more, name, value)
	{
		json_object_set(json_object_get(schema, "properties"), name, value);
		if (required)
			json_array_append_new(required, json_string(name));
	}
	json_decref(more);
}

void
openapi_put_conferences(json_t *schemas)
{
	add_properties(json_object_get(schemas, "live_conference"), conference);
}

void
openapi_put_keys(json_t *schemas)
{
	json_t *key = json_deep_copy(json_object_get(schemas, model_function_key.name));

	add_properties(key, state);
	json_object_set_new(schemas, "own_key", key);
	json_object_set_new(schemas, "star_code", json_loads(star_code, 0, NULL));
	json_object_set_new(schemas, "orbit", json_loads(orbit, 0, NULL));
	json_object_set_new(schemas, "key_target", json_loads(target, 0, NULL));
	json_object_set_new(schemas, "key_pressed", json_loads(pressed, 0, NULL));
}
