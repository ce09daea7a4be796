/* OpenAPI 3.0: "Test a number", the lists of public holidays and of prompts. No entities: nothing
 * is stored. */
#include "model/openapi_int.h"

#define TEXT	      "{\"type\":\"string\"}"
#define TEXT_OR_NULL  "{\"type\":\"string\",\"nullable\":true}"
#define WHOLE_OR_NULL "{\"type\":\"integer\",\"nullable\":true}"
#define TRUTH	      "{\"type\":\"boolean\"}"
#define PARTY                                                                                      \
	"{\"type\":\"object\",\"properties\":{\"number\":" TEXT_OR_NULL ",\"name\":" TEXT_OR_NULL  \
	",\"user\":" WHOLE_OR_NULL "},\"required\":[\"number\",\"name\",\"user\"]"

static const char test[] =
    "{\"type\":\"object\",\"properties\":{"
    "\"direction\":{\"type\":\"string\",\"enum\":[\"out\",\"in\"]},"
    "\"phone\":{\"type\":\"integer\",\"nullable\":true,\"description\":\"Which phone calls\"},"
    "\"user\":{\"type\":\"integer\",\"nullable\":true,\"description\":\"Instead of a phone: who "
    "calls, at the first phone of his\"},"
    "\"line\":{\"type\":\"integer\",\"nullable\":true,\"description\":\"On which line a call "
    "comes in\"},"
    "\"caller\":{\"type\":\"string\",\"nullable\":true,\"description\":\"Whose number the provider "
    "tells\"},"
    "\"dialled\":{\"type\":\"string\",\"maxLength\":63},"
    "\"at\":{\"type\":\"string\",\"format\":\"local-date-time\",\"nullable\":true,"
    "\"description\":\"2026-12-24T17:30, by the "
    "clock of the server; now when absent\"}},"
    "\"required\":[\"direction\",\"dialled\"]}";

static const char plan[] =
    "{\"type\":\"object\",\"properties\":{"
    "\"direction\":{\"type\":\"string\",\"enum\":[\"out\",\"in\"]},"
    "\"at\":" TEXT ",\"holiday\":" TRUTH ","
    "\"phone\":{\"type\":\"string\",\"nullable\":true,\"description\":\"That calls\"},"
    "\"dialled\":{\"type\":\"string\",\"nullable\":true,\"description\":\"Without blanks and the "
    "like\"},"
    "\"action\":{\"type\":\"string\",\"enum\":[\"ring\",\"refuse\"]},"
    "\"status\":{\"type\":\"integer\",\"nullable\":true,\"description\":\"Of SIP, when it is "
    "refused\"},"
    "\"result\":{\"type\":\"string\",\"nullable\":true,\"description\":\"What the call record "
    "would say, when it is refused\"},"
    "\"caller\":" PARTY ",\"description\":\"As who is called here sees it\"},"
    "\"called\":" PARTY ",\"description\":\"As the caller sees it\"},"
    "\"number\":{\"type\":\"string\",\"nullable\":true,\"description\":\"Of the public network, "
    "canonical\"},"
    "\"emergency\":" TRUTH ",\"ring_s\":" WHOLE_OR_NULL ","
    "\"site\":{\"type\":\"string\",\"nullable\":true,\"description\":\"Of an emergency call: "
    "where the caller is\"},"
    "\"deposit\":{\"type\":\"string\",\"nullable\":true,\"description\":\"Where it goes on when "
    "nobody answers\"},"
    "\"targets\":{\"type\":\"array\",\"items\":{\"type\":\"object\",\"properties\":{"
    "\"kind\":{\"type\":\"string\",\"enum\":[\"phone\",\"line\"]},"
    "\"id\":{\"type\":\"integer\"},\"name\":" TEXT ","
    "\"after_others\":{\"type\":\"boolean\",\"description\":\"Only when those before have "
    "failed\"},"
    "\"delay_ms\":" WHOLE_OR_NULL ","
    "\"turn\":{\"type\":\"integer\",\"nullable\":true,\"description\":\"Of a group whose members "
    "ring one after the other: whose it is, from 1\"},"
    "\"turn_s\":" WHOLE_OR_NULL ","
    "\"member\":" PARTY ",\"nullable\":true,\"description\":\"Of a group\"},"
    "\"number\":{\"type\":\"string\",\"nullable\":true,\"description\":\"As it is dialled "
    "there\"},"
    "\"call_by_call\":" TEXT_OR_NULL ","
    "\"shown\":{\"type\":\"string\",\"nullable\":true,\"description\":\"The caller's number as "
    "the provider is told\"},"
    "\"hidden\":{\"type\":\"boolean\",\"description\":\"Withheld from who is called\"}},"
    "\"required\":[\"kind\",\"id\",\"name\",\"after_others\",\"delay_ms\",\"turn\",\"turn_s\","
    "\"member\",\"number\","
    "\"call_by_call\",\"shown\",\"hidden\"]}},"
    "\"reasons\":{\"type\":\"array\",\"items\":{\"$ref\":\"#/components/schemas/reason\"}}},"
    "\"required\":[\"direction\",\"at\",\"holiday\",\"phone\",\"dialled\",\"action\",\"status\","
    "\"result\",\"caller\",\"called\",\"number\",\"emergency\",\"site\",\"ring_s\",\"deposit\","
    "\"targets\",\"reasons\"]}";

static const char prompt[] =
    "{\"type\":\"object\",\"properties\":{\"language\":" TEXT ",\"name\":" TEXT ","
    "\"group\":{\"type\":\"string\",\"description\":\"What it belongs to: general, voicemail\"},"
    "\"text\":{\"type\":\"string\",\"description\":\"What it says; empty: a tone\"},"
    "\"recorded\":{\"type\":\"boolean\",\"description\":\"By a person; else a machine speaks\"},"
    "\"replaced_at\":{\"type\":\"string\",\"format\":\"date-time\",\"nullable\":true,"
    "\"description\":\"Since when a file of one's own is played; null: as it came with the "
    "system\"},"
    "\"file_name\":{\"type\":\"string\",\"nullable\":true,\"description\":\"What it was called\"},"
    "\"length_ms\":" WHOLE_OR_NULL "},"
    "\"required\":[\"language\",\"name\",\"group\",\"text\",\"recorded\",\"replaced_at\","
    "\"file_name\",\"length_ms\"]}";

static const char holiday[] =
    "{\"type\":\"object\",\"properties\":{\"date\":{\"type\":\"string\",\"format\":\"date\"},"
    "\"code\":{\"type\":\"string\",\"description\":\"Which one: easter_monday\"}},"
    "\"required\":[\"date\",\"code\"]}";

void
openapi_put_routing(json_t *schemas)
{
	json_object_set_new(schemas, "route_test", json_loads(test, 0, NULL));
	json_object_set_new(schemas, "route_plan", json_loads(plan, 0, NULL));
	json_object_set_new(schemas, "prompt", json_loads(prompt, 0, NULL));
	json_object_set_new(schemas, "public_holiday", json_loads(holiday, 0, NULL));
}
