/* Private to routing/: what the parts of a plan share. */
#ifndef ROUTING_ROUTING_INT_H
#define ROUTING_ROUTING_INT_H

#include "routing/routing.h"

/* args: REASON_ARGS() or NULL */
void because(struct routing_plan *plan, enum reason r, const struct slice *args);
void refuse(struct routing_plan *plan, uint16_t status, enum cdr_result result);

/* ---- outside.c ---- */

/* LIN-6: plans the call when an emergency number was dialled, with or without prefix. */
bool plan_emergency(
    struct routing_plan *plan, const struct directory *dir, const struct routing_query *q);
/* LIN-5: "***", a digit and a number. */
bool plan_line_prefix(
    struct routing_plan *plan, const struct directory *dir, const struct routing_query *q);
/* True when the number is one of the public network, plan->outside then; it may still be one of
 * ours. */
bool is_outside(
    struct routing_plan *plan, const struct directory *dir, const struct routing_query *q);
/* RTG-1, RTG-3: lines to plan->outside. */
void plan_outside(
    struct routing_plan *plan, const struct directory *dir, const struct routing_query *q);

#endif
