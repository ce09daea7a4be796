/* Private to model/: the two halves of the OpenAPI document. */
#ifndef MODEL_OPENAPI_INT_H
#define MODEL_OPENAPI_INT_H

#include "model/model.h"

/* {"/api/users": {...}, ...} */
json_t *openapi_paths(void);
/* {"$ref": "#/components/schemas/NAME" + suffix} */
json_t *openapi_ref(const char *name, const char *suffix);
/* An id. */
json_t *openapi_id(void);
/* What a list can be filtered by in this field. */
json_t *openapi_filter(const struct model_field *f);
/* {"error_404": {...}, ...} */
json_t *openapi_errors(void);
/* What actions take that is no table: setup_input, log_levels_input. */
void openapi_put_inputs(json_t *schemas);
/* The schemas user_import and user_import_row. */
void openapi_put_user_import(json_t *schemas);
/* Body of a request about several rows; patch: the schema of one about one row. */
json_t *openapi_bulk(const struct model_entity *e, const json_t *patch, bool by_id);
/* Body of a request that creates several rows. */
json_t *openapi_several(const char *entity);
/* The schemas bulk_result and changes_revert. */
void openapi_put_bulk(json_t *schemas);
/* The schemas route_test, route_plan, public_holiday and prompt. */
void openapi_put_routing(json_t *schemas);
/* The schemas own_key, key_target and key_pressed; function_key is there. */
void openapi_put_keys(json_t *schemas);
/* What a conference that runs says beside its own fields; the schemas of those are there. */
void openapi_put_conferences(json_t *schemas);

#endif
