/*
 * What the actions of the HTTP interface take as JSON, declared like entities: the same tables
 * check what comes (api/) and describe it (model/openapi). Entities themselves are in model.h.
 *
 * Constant tables; any thread.
 */
#ifndef MODEL_BODIES_H
#define MODEL_BODIES_H

#include "model/model.h"

/** By the name of its schema ("log_in_input"), NULL if none. */
const struct model_entity *model_body(const char *name);
/** Of a route as openapi_paths.c describes it: what its body must be like; NULL: no action, or one
 *  that looks for itself. */
const struct model_entity *model_action_body(const char *method, const char *path);
/** True if no field must be given: then there may be no body at all. */
bool model_body_optional(const struct model_entity *body);
/** cb for each. */
void model_bodies_each(void (*cb)(void *ctx, const struct model_entity *body), void *ctx);

#endif
