/* OpenAPI 3.0: what the import of users answers. No entity: it is never stored. */
#include "model/openapi_int.h"

static const char progress[] =
    "{\"type\":\"object\",\"properties\":{"
    "\"state\":{\"type\":\"string\",\"enum\":[\"checking\",\"ready\",\"hashing\",\"writing\","
    "\"done\",\"failed\",\"cancelled\"]},"
    "\"done\":{\"type\":\"integer\",\"description\":\"Rows of this state that are done\"},"
    "\"total\":{\"type\":\"integer\"},\"rows\":{\"type\":\"integer\"},"
    "\"create\":{\"type\":\"integer\"},\"update\":{\"type\":\"integer\"},"
    "\"unchanged\":{\"type\":\"integer\"},\"invalid\":{\"type\":\"integer\"},"
    "\"mail\":{\"type\":\"boolean\"},"
    "\"separator\":{\"type\":\"string\"},"
    "\"encoding\":{\"type\":\"string\",\"enum\":[\"utf-8\",\"windows-1252\"]},"
    "\"error\":{\"type\":\"string\",\"nullable\":true,\"description\":\"Why it failed\"}},"
    "\"required\":[\"state\",\"done\",\"total\",\"rows\",\"create\",\"update\",\"unchanged\","
    "\"invalid\",\"mail\",\"separator\",\"encoding\",\"error\"]}";

static const char row[] =
    "{\"type\":\"object\",\"properties\":{\"line\":{\"type\":\"integer\"},"
    "\"action\":{\"type\":\"string\",\"enum\":[\"create\",\"update\",\"unchanged\",\"error\"]},"
    "\"login\":{\"type\":\"string\"},\"firstname\":{\"type\":\"string\"},"
    "\"lastname\":{\"type\":\"string\"},\"mail\":{\"type\":\"string\"},"
    "\"internal\":{\"type\":\"array\",\"nullable\":true,\"items\":{\"type\":\"string\"}},"
    "\"external\":{\"type\":\"array\",\"nullable\":true,\"items\":{\"type\":\"string\"}},"
    "\"password\":{\"type\":\"boolean\",\"description\":\"The row has one\"},"
    "\"errors\":{\"type\":\"array\",\"items\":{\"type\":\"object\",\"properties\":{"
    "\"field\":{\"type\":\"string\",\"nullable\":true,\"description\":\"Name of the column\"},"
    "\"code\":{\"type\":\"string\"},\"message\":{\"type\":\"string\"}},"
    "\"required\":[\"field\",\"code\",\"message\"]}}},"
    "\"required\":[\"line\",\"action\",\"password\",\"errors\"]}";

void
openapi_put_user_import(json_t *schemas)
{
	json_object_set_new(schemas, "user_import", json_loads(progress, 0, NULL));
	json_object_set_new(schemas, "user_import_row", json_loads(row, 0, NULL));
}
