#include "daemon/pin_locks.h"

#include "model/model.h"
#include "model/notices.h"
#include "model/pin.h"

static const struct dir_phone *
phone_of(const struct directory *dir, const json_t *notice)
{
	const char *name = json_string_value(json_array_get(json_object_get(notice, "args"), 0));

	return name ? dir_phone_by_name(dir, slice_cstr(name)) : NULL;
}

enum err
pin_locks_read(struct store *s, const struct directory *dir, int64_t now_ms,
    void (*locked)(void *ctx, int64_t phone, int64_t at_ms), void *ctx)
{
	struct store_query q = {.page = 1,
	    .per_page = MODEL_PER_PAGE_MAX,
	    .sort = SLICE("created_at"),
	    .descending = true};
	json_t *notices = NULL, *one;
	int64_t total, at_ms;
	size_t i;
	enum err e = store_list(s, &model_notice, &q, &notices, &total, NULL);

	if (e != ERR_OK)
		return e;
	json_array_foreach(notices, i, one)
	{
		const struct dir_phone *phone = phone_of(dir, one);

		if (phone && strcmp(row_text(one, "code"), notice_code(NOTICE_PIN_LOCKED)) == 0 &&
		    model_time_parse(slice_cstr(row_text(one, "created_at")), &at_ms) == ERR_OK &&
		    now_ms - at_ms < PIN_LOCK_MS)
			locked(ctx, phone->id, at_ms);
	}
	json_decref(notices);
	return ERR_OK;
}
