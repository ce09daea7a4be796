/* The version of a row: a hash of what people can set and see, so that one who writes can tell
 * whether it is still the row that was read. */
#include <stdlib.h>

#include <openssl/sha.h>

#include "store/store_int.h"

void
store_row_version(const struct model_entity *e, const json_t *row, char out[STORE_VERSION_BYTES])
{
	const unsigned others = MODEL_INTERNAL | MODEL_COMPUTED | MODEL_READONLY | MODEL_WRITEONLY;
	json_t *own = json_object();
	unsigned char hash[32];
	struct buf b;
	char *text;

	for (size_t i = 0; i < e->field_count; i++) {
		json_t *v = json_object_get(row, e->fields[i].name);

		if (v && !(e->fields[i].flags & others))
			json_object_set(own, e->fields[i].name, v);
	}
	json_object_set(own, "id", json_object_get(row, "id"));
	text = json_dumps(own, JSON_COMPACT | JSON_SORT_KEYS);
	SHA256((const unsigned char *)(text ? text : ""), text ? strlen(text) : 0, hash);
	free(text);
	json_decref(own);
	buf_init(&b, out, STORE_VERSION_BYTES - 1);
	buf_hex(&b, hash, 16);
	out[b.n] = '\0';
}

enum err
version_check(const struct model_entity *e, const json_t *before, const char *version,
    struct model_errors *errors)
{
	char present[STORE_VERSION_BYTES];

	if (!version)
		return ERR_OK;
	store_row_version(e, before, present);
	if (strcmp(present, version) == 0)
		return ERR_OK;
	model_error_add(
	    errors, STORE_CHANGED_MEANWHILE, "", "Somebody else has changed it meanwhile.");
	return ERR_CONFLICT;
}
