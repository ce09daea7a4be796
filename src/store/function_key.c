/* Function keys: what is made up for a new one. */
#include "base/random.h"
#include "store/store_int.h"

enum { CODE_CHARS = 12 };

/* Two databases may be joined by import: a number that counts would name two keys. */
enum err
function_key_complete(const struct model_entity *e, json_t *values)
{
	char text[CODE_CHARS + 1];
	struct rng rng;
	struct buf b;

	if (e != &model_function_key || json_object_get(values, "code"))
		return ERR_OK;
	rng_init_system(&rng);
	buf_init(&b, text, sizeof text);
	rng_token(&rng, &b, CODE_CHARS);
	explicit_bzero(&rng, sizeof rng);
	return json_object_set_new(values, "code", json_stringn(b.p, b.n)) == 0 ? ERR_OK
										: ERR_NOMEM;
}
