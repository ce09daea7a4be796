/* Private to model/: what its files share. */
#ifndef MODEL_ENTITIES_INT_H
#define MODEL_ENTITIES_INT_H

#include "model/model.h"

/* INI-5: letters including umlauts, digits, - _ . # * */
#define MODEL_PASSWORD_CHARS "A-Za-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u017f\u1e9e0-9_.#*-"

/* Live values (live.c), for OpenAPI. */
extern const struct model_entity model_live_call, model_live_heard, model_live_party,
    model_live_registration, model_live_subscription, model_live_line, model_trace_message;

/* Next UTF-8 character; false at the end or at a malformed one (then s->n stays > 0). */
bool utf8_next(struct slice *s, uint32_t *c);
/* A JSON string of at most n bytes up to a NUL; bytes that are not UTF-8 become '?'. */
json_t *text_json(const char *p, size_t n);
/* The i-th of "a|b|c"; empty when there is none. */
struct slice choice_at(const char *choices, size_t i);
/* Index, or -1. */
int choice_find(const char *choices, struct slice s);

/* Of model/rules_routing.c; see model_rules_check. */
enum err rules_routing_check(
    const struct model_view *view, const struct model_change *change, struct model_errors *errors);
/* Of model/function_keys.c; the same. */
enum err rules_keys_check(
    const struct model_view *view, const struct model_change *change, struct model_errors *errors);
/* Of model/rules_mailbox.c. */
enum err rules_mailbox_check(
    const struct model_view *view, const struct model_change *change, struct model_errors *errors);
/* Of model/rules_redirection.c. */
enum err rules_redirection_check(
    const struct model_view *view, const struct model_change *change, struct model_errors *errors);

#endif
