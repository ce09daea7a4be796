/* What one request may change in several rows, and lists of a row that are rows of their own. */
#include "model/model.h"

bool
model_in_bulk(const struct model_field *f)
{
	/* what differs from row to row, and secrets that nobody shares with others */
	const unsigned one_row = MODEL_READONLY | MODEL_COMPUTED | MODEL_INTERNAL | MODEL_UNIQUE |
				 MODEL_SECRET | MODEL_WRITEONLY;

	return !(f->flags & one_row);
}

bool
model_is_list(const struct model_field *f)
{
	return model_in_bulk(f) && (f->type == MODEL_REF_LIST || f->type == MODEL_TEXT_LIST);
}

/* Does by link rows of e (its field own) with others (its field theirs)? */
static bool
links(const struct model_entity *by, const struct model_entity *e, const char *own,
    const char *theirs, struct model_link *out)
{
	const struct model_field *f = model_field_find(by, slice_cstr(own));
	const struct model_field *g = model_field_find(by, slice_cstr(theirs));

	if (!f || !g || f->type != MODEL_REF || g->type != MODEL_REF ||
	    strcmp(f->ref, e->name) != 0)
		return false;
	*out = (struct model_link){by, model_find(g->ref), f, g};
	return true;
}

bool
model_link_at(const struct model_entity *e, size_t i, struct model_link *out)
{
	size_t count;
	const struct model_entity *const *all = model_entities(&count);

	for (size_t k = 0; k < count; k++) {
		const struct model_entity *by = all[k];

		if (!by->key_with || !(links(by, e, by->key, by->key_with, out) ||
					 links(by, e, by->key_with, by->key, out)))
			continue;
		if (i-- == 0)
			return true;
	}
	return false;
}

bool
model_link_find(const struct model_entity *e, struct slice name, struct model_link *out)
{
	for (size_t i = 0; model_link_at(e, i, out); i++)
		if (slice_eq(slice_cstr(out->other->path), name))
			return true;
	return false;
}
