/* What is made up for a new group (GRP-1) and a new mailbox (VMB-1). */
#include <stdio.h>

#include "base/random.h"
#include "store/store_int.h"

/* The lowest number that no row has in that column. */
#define LOWEST_FREE(table, column)                                                                 \
	"SELECT min(n) FROM (SELECT 1 AS n UNION SELECT CAST(" column                              \
	" AS INTEGER) + 1 FROM " table ") WHERE n NOT IN (SELECT CAST(" column                     \
	" AS INTEGER) FROM " table ")"

static enum err
next_id(struct db *db, const char *sql, json_t *values, const char *field)
{
	int64_t id;
	char text[24];
	enum err e = db_int(db, sql, &id);

	if (e != ERR_OK)
		return e;
	snprintf(text, sizeof text, "%lld", (long long)id);
	return json_object_set_new(values, field, json_string(text)) == 0 ? ERR_OK : ERR_NOMEM;
}

void
pin_generate(json_t *values)
{
	char pin[PIN_GENERATED_DIGITS + 1];
	struct rng rng;

	rng_init_system(&rng);
	for (size_t i = 0; i < PIN_GENERATED_DIGITS; i++)
		pin[i] = (char)('0' + rng_below(&rng, 10));
	pin[PIN_GENERATED_DIGITS] = '\0';
	json_object_set_new(values, "pin", json_string(pin));
	explicit_bzero(pin, sizeof pin);
	explicit_bzero(&rng, sizeof rng);
}

enum err
group_complete(struct db *db, const struct model_entity *e, json_t *values)
{
	if (e == &model_mailbox && !json_object_get(values, "code"))
		return next_id(db, LOWEST_FREE("mailbox", "code"), values, "code");
	if (e != &model_group)
		return ERR_OK;
	if (!json_object_get(values, "pin"))
		pin_generate(values);
	return json_object_get(values, "group_id")
		   ? ERR_OK
		   : next_id(db, LOWEST_FREE("\"group\"", "group_id"), values, "group_id");
}
