#include "model/rights.h"

#include <string.h>

static const struct {
	const char *name, *label;
} rights[] = {
#define X(id, name, label) {name, label},
    RIGHTS(X, X, X)
#undef X
};

const char *
right_name(enum right r)
{
	return rights[r].name;
}

const char *
right_label(enum right r)
{
	return rights[r].label;
}

uint32_t
rights_of_list(const json_t *names)
{
	uint32_t bits = 0;
	size_t i;
	json_t *one;

	json_array_foreach((json_t *)names, i, one)
	{
		const char *name = json_string_value(one);

		for (int r = 0; name && r < RIGHTS_N; r++)
			if (strcmp(rights[r].name, name) == 0)
				bits |= 1u << r;
	}
	return bits;
}

uint32_t
rights_of_user(const json_t *user)
{
	uint32_t bits = rights_of_list(json_object_get(user, "rights")) & ~RIGHT_BIT(ADMIN);

	return json_is_true(json_object_get(user, "admin")) ? bits | RIGHT_BIT(ADMIN) : bits;
}

json_t *
rights_json(uint32_t bits)
{
	json_t *names = json_array();

	for (int r = 0; r < RIGHTS_N; r++)
		if (bits & 1u << r)
			json_array_append_new(names, json_string(rights[r].name));
	return names;
}
