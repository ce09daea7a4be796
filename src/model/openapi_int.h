/* Private to model/: the two halves of the OpenAPI document. */
#ifndef MODEL_OPENAPI_INT_H
#define MODEL_OPENAPI_INT_H

#include <jansson.h>

/* {"/api/users": {...}, ...} */
json_t *openapi_paths(void);
/* {"$ref": "#/components/schemas/NAME" + suffix} */
json_t *openapi_ref(const char *name, const char *suffix);
/* The schemas user_import and user_import_row. */
void openapi_put_user_import(json_t *schemas);
/* The schemas route_test, route_plan and public_holiday. */
void openapi_put_routing(json_t *schemas);

#endif
