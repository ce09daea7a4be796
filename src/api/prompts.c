/*
 * What the system says: a list, to be heard, replaced and put back. A file that comes gets a new
 * name, and only then is written down: what plays meanwhile is not disturbed, and a crash leaves
 * nothing half there.
 */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "api/api_int.h"
#include "loop/loop.h"
#include "store/prompts.h"

enum { VERSION_TRIES = 8 }; /* two uploads in the same millisecond */

/* ---- list ---- */

struct replaced {
	struct store_prompt at[PROMPT_LANGUAGES_COUNT][PROMPTS_COUNT];
};

static void
note(void *ctx, const struct store_prompt *p)
{
	struct replaced *all = ctx;

	all->at[p->language][p->prompt] = *p;
}

static struct replaced *
read_replaced(struct request *rq)
{
	struct replaced *all = calloc(1, sizeof *all);
	enum err e = all ? store_prompts_each(rq->api->store, note, all) : ERR_NOMEM;

	if (e == ERR_OK)
		return all;
	free(all);
	reply_err(rq, e, NULL);
	return NULL;
}

static json_t *
prompt_json(const struct replaced *all, enum prompt p, enum prompt_language l)
{
	const struct store_prompt *r = &all->at[l][p];
	char at[MODEL_TIME_TEXT];

	if (r->version == 0)
		return json_pack("{s:s, s:s, s:s, s:s, s:b, s:n, s:n, s:n}", "language",
		    prompt_language_code(l), "name", prompt_name(p), "group", prompt_group_name(p),
		    "text", prompt_text(p, l), "recorded", prompt_recorded(p, l) != NULL,
		    "replaced_at", "file_name", "length_ms");
	return json_pack("{s:s, s:s, s:s, s:s, s:b, s:s, s:o, s:I}", "language",
	    prompt_language_code(l), "name", prompt_name(p), "group", prompt_group_name(p), "text",
	    prompt_text(p, l), "recorded", prompt_recorded(p, l) != NULL, "replaced_at",
	    model_time_write(r->replaced_at, at), "file_name",
	    *r->file_name ? json_string(r->file_name) : json_null(), "length_ms",
	    (json_int_t)r->length_ms);
}

void
handle_prompts(struct request *rq)
{
	struct slice wanted = request_query(rq, "language");
	enum prompt_language only = PROMPT_LANGUAGES_COUNT;
	struct replaced *all;
	json_t *items;

	if (wanted.p && !prompt_language_find(wanted, &only)) {
		reply_error(
		    rq, 400, "bad_parameter", "language", "Nothing is said in this language.");
		return;
	}
	all = read_replaced(rq);
	if (!all)
		return;
	items = json_array();
	for (int l = 0; l < PROMPT_LANGUAGES_COUNT; l++)
		for (int p = 0; p < PROMPTS_COUNT; p++)
			if (prompt_text(p, l) && (!wanted.p || only == (enum prompt_language)l))
				json_array_append_new(items, prompt_json(all, p, l));
	free(all);
	reply_json(rq, 200,
	    json_pack("{s:o, s:I}", "items", items, "total", (json_int_t)json_array_size(items)));
}

/* The prompt that the address names; false with a refusal in the reply. */
static bool
find(struct request *rq, enum prompt *p, enum prompt_language *l)
{
	if (prompt_language_find(rq->language, l) && prompt_find(rq->name, p) &&
	    prompt_text(*p, *l))
		return true;
	reply_error(rq, 404, "not_found", NULL, "There is no such prompt in this language.");
	return false;
}

/* ---- listening ---- */

/* Below a folder, which may be NULL. */
static bool
write_path(char path[PATH_MAX], const char *folder, enum prompt p, enum prompt_language l,
    uint64_t version)
{
	struct buf b;

	buf_init(&b, path, PATH_MAX - 1);
	buf_printf(&b, "%s/", folder ? folder : "");
	prompt_write_file(&b, p, l, version);
	path[b.n] = '\0';
	return folder && buf_ok(&b);
}

void
handle_prompt_audio(struct request *rq)
{
	const struct api_params *params = &rq->api->params;
	struct replaced *all;
	enum prompt_language l;
	enum prompt p;
	uint64_t version;
	char path[PATH_MAX];

	if (!find(rq, &p, &l))
		return;
	all = read_replaced(rq);
	if (!all)
		return;
	version = all->at[l][p].version;
	free(all);
	if (!write_path(path, version ? params->data_dir : params->sounds_dir, p, l, version) ||
	    !audio_reply(rq, path))
		reply_error(rq, 404, "no_sound", NULL,
		    "The file of this prompt is not there: it is not part of this installation.");
}

/* ---- replacing ---- */

static enum err
convert(const char *upload, const char *data_dir, struct store_prompt *p, char to[PATH_MAX])
{
	enum err e = ERR_EXISTS;

	for (int i = 0; i < VERSION_TRIES && e == ERR_EXISTS; i++) {
		p->version = (uint64_t)p->replaced_at + (uint64_t)i;
		if (!write_path(to, data_dir, p->prompt, p->language, p->version))
			return ERR_LIMIT;
		e = audio_convert(upload, to, &p->length_ms);
	}
	return e;
}

static enum err
replace(struct request *rq, struct store_prompt *p)
{
	const char *data_dir = rq->api->params.data_dir;
	char folder[32], upload[PATH_MAX], to[PATH_MAX];
	enum err e;

	snprintf(folder, sizeof folder, "prompts/%s", prompt_language_code(p->language));
	e = audio_keep(rq, folder, upload);
	if (e != ERR_OK)
		return e;
	e = convert(upload, data_dir, p, to);
	unlink(upload);
	if (e != ERR_OK)
		return e;
	e = store_prompt_set(rq->api->store, p);
	if (e != ERR_OK)
		unlink(to);
	store_prompts_sweep(rq->api->store, data_dir);
	return e;
}

void
handle_prompt_put(struct request *rq)
{
	struct store_prompt p = {.replaced_at = (int64_t)loop_wall_ms()};
	struct replaced *all;
	enum err e;

	if (!audio_is_sent(rq) || !find(rq, &p.prompt, &p.language) ||
	    !audio_file_name(rq, p.file_name, sizeof p.file_name))
		return;
	e = replace(rq, &p);
	if (e != ERR_OK) {
		audio_refuse(rq, e);
		return;
	}
	all = read_replaced(rq);
	if (!all)
		return;
	reply_json(rq, 200, prompt_json(all, p.prompt, p.language));
	free(all);
}

void
handle_prompt_delete(struct request *rq)
{
	enum prompt_language l;
	enum prompt p;
	enum err e;

	if (!find(rq, &p, &l))
		return;
	e = store_prompt_reset(rq->api->store, p, l);
	if (e == ERR_NOT_FOUND)
		reply_error(rq, 404, "not_replaced", NULL,
		    "This prompt is spoken as it comes with the system.");
	else if (e != ERR_OK)
		reply_err(rq, e, NULL);
	else
		reply_text(rq, 204, NULL, NULL, 0);
	if (e == ERR_OK)
		store_prompts_sweep(rq->api->store, rq->api->params.data_dir);
}
