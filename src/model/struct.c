/* C structs to JSON and back, by the offsets in the field table. */
#include "model/entities_int.h"
#include "model/reasons.h"

static int64_t
load_int(const void *p, size_t size)
{
	int64_t v8;
	uint32_t v4;
	uint8_t v1;

	if (size == 8) {
		memcpy(&v8, p, 8);
		return v8;
	}
	if (size == 4) {
		memcpy(&v4, p, 4);
		return v4;
	}
	memcpy(&v1, p, 1);
	return v1;
}

static void
store_int(void *p, size_t size, int64_t v)
{
	uint32_t v4 = (uint32_t)v;
	uint8_t v1 = (uint8_t)v;

	if (size == 8)
		memcpy(p, &v, 8);
	else if (size == 4)
		memcpy(p, &v4, 4);
	else
		memcpy(p, &v1, 1);
}

int64_t
model_struct_int(const struct model_field *f, const void *value)
{
	return load_int((const char *)value + f->offset, f->size);
}

struct slice
model_choice(const struct model_field *f, int64_t i)
{
	return i < 0 ? SLICE("") : choice_at(f->choices, (size_t)i);
}

static json_t *
list_json(const struct model_field *f, const char *value)
{
	uint32_t count;
	json_t *list = json_array();

	memcpy(&count, value + f->count_offset, sizeof count);
	for (uint32_t i = 0; i < count && (int64_t)i < f->max; i++) {
		const char *at = value + f->offset + (size_t)i * f->size;

		json_array_append_new(list, f->type == MODEL_REASON_LIST
						? reason_json(slice_make(at, strnlen(at, f->size)))
						: text_json(at, f->size));
	}
	return list;
}

/* An object's fields may be objects: as deep as the field tables of this room are nested. */
// NOLINTBEGIN(misc-no-recursion)
static json_t *
field_json(const struct model_field *f, const char *value)
{
	const char *at = value + f->offset;
	char text[MODEL_TIME_TEXT];
	struct slice choice;
	int64_t v;

	if (f->type == MODEL_TEXT || (f->type == MODEL_ENUM && f->size != 4))
		return (f->flags & MODEL_NULLABLE) && !*at ? json_null() : text_json(at, f->size);
	if (f->type == MODEL_TEXT_LIST || f->type == MODEL_REASON_LIST)
		return list_json(f, value);
	if (f->type == MODEL_OBJECT)
		return model_struct_json(f->object, at);
	v = load_int(at, f->size);
	if (f->type == MODEL_TIME)
		return v == 0 ? json_null() : json_string(model_time_write(v, text));
	if (f->type == MODEL_BOOL)
		return json_boolean(v);
	if (f->type == MODEL_ENUM) {
		choice = choice_at(f->choices, (size_t)v);
		return json_stringn(choice.p ? choice.p : "", choice.n);
	}
	if (v == 0 && (f->type == MODEL_REF || (f->flags & MODEL_NULLABLE)))
		return json_null();
	return json_integer(v);
}

json_t *
model_struct_json(const struct model_entity *e, const void *value)
{
	json_t *object = json_object();

	for (size_t i = 0; i < e->field_count; i++)
		if (e->fields[i].size)
			json_object_set_new(
			    object, e->fields[i].name, field_json(&e->fields[i], value));
	return object;
}
// NOLINTEND(misc-no-recursion)

static int64_t
set_bits(const struct model_field *f, const json_t *list)
{
	int64_t bits = 0;
	json_t *one;
	size_t i;

	json_array_foreach(list, i, one)
	{
		int choice = choice_find(f->choices, slice_cstr(json_string_value(one)));

		bits |= choice < 0 ? 0 : INT64_C(1) << choice;
	}
	return bits;
}

static void
fill_field(const struct model_field *f, const json_t *v, char *value)
{
	char *at = value + f->offset;
	int64_t ms;
	int choice;

	if (json_is_array(v)) {
		store_int(at, f->size, set_bits(f, v));
	} else if (json_is_string(v) && f->type == MODEL_TIME) {
		if (model_time_parse(slice_cstr(json_string_value(v)), &ms) == ERR_OK)
			store_int(at, f->size, ms);
	} else if (json_is_string(v) && f->type == MODEL_ENUM && f->size == 4) {
		choice = choice_find(f->choices, slice_cstr(json_string_value(v)));
		if (choice >= 0)
			store_int(at, 4, choice);
	} else if (json_is_string(v) && (f->type == MODEL_TEXT || f->type == MODEL_ENUM)) {
		slice_clip_cstr(slice_cstr(json_string_value(v)), at, f->size);
	} else if (json_is_integer(v)) {
		store_int(at, f->size, json_integer_value(v));
	} else if (json_is_boolean(v)) {
		store_int(at, f->size, json_is_true(v));
	}
}

void
model_struct_fill(const struct model_entity *e, const json_t *row, void *value)
{
	for (size_t i = 0; i < e->field_count; i++) {
		const struct model_field *f = &e->fields[i];
		const json_t *v = json_object_get(row, f->name);

		if (v && f->size && f->type != MODEL_OBJECT &&
		    (f->type != MODEL_TEXT_LIST || (f->choices && f->size == 4)))
			fill_field(f, v, value);
	}
}
