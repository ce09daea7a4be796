/* The table of spoken prompts. */
#include "model/prompts.h"

static const struct {
	const char *name, *text[PROMPT_LANGUAGES_COUNT], *recorded;
	enum prompt_group group;
} table[] = {
#define X(group, id, name, en, de, recorded)                                                       \
	{name, {[PROMPT_EN] = en, [PROMPT_DE] = de}, recorded, PROMPT_GROUP_##group},
    PROMPTS(X)
#undef X
};

static const char *const languages[] = {
#define X(id, code) code,
    PROMPT_LANGUAGES(X)
#undef X
};

static const char *const groups[] = {
#define X(id, name) name,
    PROMPT_GROUPS(X)
#undef X
};

const char *
prompt_name(enum prompt p)
{
	return table[p].name;
}

const char *
prompt_group_name(enum prompt p)
{
	return groups[table[p].group];
}

const char *
prompt_text(enum prompt p, enum prompt_language l)
{
	return table[p].text[l];
}

/* A tone is the same in all languages. */
const char *
prompt_recorded(enum prompt p, enum prompt_language l)
{
	const char *text = table[p].text[l];

	return l == PROMPT_EN || (text && !*text) ? table[p].recorded : NULL;
}

const char *
prompt_language_code(enum prompt_language l)
{
	return languages[l];
}

bool
prompt_find(struct slice name, enum prompt *out)
{
	for (size_t i = 0; i < PROMPTS_COUNT; i++) {
		if (slice_eq(name, slice_cstr(table[i].name))) {
			*out = (enum prompt)i;
			return true;
		}
	}
	return false;
}

bool
prompt_language_find(struct slice code, enum prompt_language *out)
{
	for (size_t i = 0; i < PROMPT_LANGUAGES_COUNT; i++) {
		if (slice_eq(code, slice_cstr(languages[i]))) {
			*out = (enum prompt_language)i;
			return true;
		}
	}
	return false;
}

void
prompt_write_file(struct buf *b, enum prompt p, enum prompt_language l, uint64_t version)
{
	buf_printf(b, "prompts/%s/%s", languages[l], table[p].name);
	if (version)
		buf_printf(b, "-%llu", (unsigned long long)version);
	buf_lit(b, ".wav");
}
