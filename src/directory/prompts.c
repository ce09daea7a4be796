#include "directory/prompts.h"

#include <limits.h>

#include "directory/directory_int.h"

enum prompt_language
dir_prompt_language(const struct directory *d, const struct dir_user *user)
{
	enum prompt_language l;

	if ((user && prompt_language_find(user->language, &l)) ||
	    prompt_language_find(slice_cstr(d->settings.language), &l))
		return l;
	return PROMPT_EN;
}

static enum prompt_language
language_with(enum prompt p, enum prompt_language l)
{
	for (int i = 0; i < PROMPT_LANGUAGES_COUNT && !prompt_text(p, l); i++)
		l = (enum prompt_language)i;
	return l;
}

enum err
dir_prompt_paths(const struct directory *d, const struct prompt_folders *folders,
    enum prompt_language language, const enum prompt *prompts, size_t n, struct arena *arena,
    const char **paths)
{
	for (size_t i = 0; i < n; i++) {
		enum prompt_language l = language_with(prompts[i], language);
		uint64_t version = d->prompt_version[l][prompts[i]];
		char path[PATH_MAX];
		struct slice kept;
		struct buf b;
		enum err e;

		buf_init(&b, path, sizeof path);
		buf_printf(&b, "%s/", version ? folders->data : folders->sounds);
		prompt_write_file(&b, prompts[i], l, version);
		if (!buf_ok(&b))
			return ERR_TOO_BIG;
		e = arena_dup(arena, buf_slice(&b), &kept);
		if (e != ERR_OK)
			return e;
		paths[i] = kept.p;
	}
	return ERR_OK;
}
