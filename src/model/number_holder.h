/*
 * What a number can lead to (NUM-1): one row for each kind. A row says the field of the entity
 * "number", which is the name of the table, too; the entity; what complaints say before its name;
 * and, as SQL of the row h, its name and the text it is sorted by. The rules of model/ and the SQL
 * of store/ come from here, so that a further kind is one row, its two fields of the number (FIELD,
 * FIELD_name) and what the planner does with it.
 *
 * At most one holds a number. Constants; any thread.
 */
#ifndef MODEL_NUMBER_HOLDER_H
#define MODEL_NUMBER_HOLDER_H

#include "model/model.h"

/* X(n, field, entity, word, name, sorted); n is handed through. */
#define NUMBER_HOLDERS(X, n)                                                                       \
	X(n, "user", &model_user, "", "h.first_name || ' ' || h.last_name",                        \
	    "h.last_name || ' ' || h.first_name")                                                  \
	X(n, "group", &model_group, "group ", "h.name", "h.name")                                  \
	X(n, "mailbox", &model_mailbox, "mailbox ", "h.name", "h.name")                            \
	X(n, "conference_room", &model_conference_room, "conference room ", "h.name", "h.name")

#define NUMBER_HOLDER_NAME(n, field, entity, word, name, sorted)                                   \
	"(SELECT " name " FROM \"" field "\" h WHERE h.id = " n ".\"" field "\"), "
#define NUMBER_HOLDER_SORTED(n, field, entity, word, name, sorted)                                 \
	NUMBER_HOLDER_NAME(n, field, entity, word, sorted, sorted)
#define NUMBER_HOLDER_THERE(n, field, entity, word, name, sorted) n ".\"" field "\" IS NOT NULL OR "

/* SQL: who holds the number n, a table's alias; NULL: nobody. */
#define NUMBER_HELD_BY(n)     "coalesce(" NUMBER_HOLDERS(NUMBER_HOLDER_NAME, n) "NULL)"
#define NUMBER_HELD_SORTED(n) "coalesce(" NUMBER_HOLDERS(NUMBER_HOLDER_SORTED, n) "NULL)"
#define NUMBER_IS_HELD(n)     "(" NUMBER_HOLDERS(NUMBER_HOLDER_THERE, n) "0)"

struct number_holder {
	const char *field;
	const struct model_entity *entity;
	const char *word;
};

extern const struct number_holder number_holders[];
extern const size_t number_holders_n;

#endif
