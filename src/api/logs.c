/* The log: levels of its components, its lines, and word to browsers that read it. */
#include <stdio.h>

#include "api/api_int.h"

enum { LINES = 200, LINES_MAX = 1000, WATCHED_MS = 60000 };

/* Only what was really changed acts: levels given on the command line stay otherwise. */
void
logs_apply(struct api *api, const struct settings *now)
{
	for (int i = 0; i < LOG_SUBS; i++)
		if (now->log_level[i] != api->log_level[i]) {
			api->log_level[i] = now->log_level[i];
			log_set_sub_level((enum log_subsystem)i, now->log_level[i]);
		}
	if (api->logs)
		log_file_set_limits(api->logs,
		    &(struct log_file_limits){
			.file_bytes = (uint64_t)now->log_file_mb << 20, .files = now->log_files});
}

/* On the log's thread, at most four times a second, and only while somebody has read lines within
 * the last minute. */
static void
on_written(void *ctx)
{
	struct api *api = ctx;
	uint64_t read_ms = atomic_load(&api->logs_read_ms);

	if (read_ms && api_mono_ms() - read_ms < WATCHED_MS)
		hub_publish(api->hub, "log", "{}");
}

void
logs_start(struct api *api)
{
	if (api->logs)
		log_file_listen(api->logs, on_written, api);
}

void
logs_stop(struct api *api)
{
	if (api->logs)
		log_file_listen(api->logs, NULL, NULL);
}

/* ---- levels and files ---- */

static json_t *
components_json(void)
{
	json_t *all = json_array();

	for (int i = 0; i < LOG_SUBS; i++) {
		enum log_subsystem sub = (enum log_subsystem)i;

		json_array_append_new(
		    all, json_pack("{s:s, s:s, s:s}", "name", log_sub_name(sub), "about",
			     log_sub_about(sub), "level", log_level_name(log_sub_level(sub))));
	}
	return all;
}

static bool
append_file(void *ctx, const struct log_file_info *info, int fd)
{
	(void)fd;
	json_array_append_new(ctx, json_pack("{s:s, s:I, s:b}", "name", info->name, "bytes",
				       (json_int_t)info->bytes, "current", info->current));
	return true;
}

void
handle_logs(struct request *rq)
{
	struct log_file *lf = rq->api->logs;
	json_t *files = json_array(), *levels = json_array();

	if (lf)
		log_file_each(lf, append_file, files);
	for (int i = LOG_FATAL; i <= LOG_TRACE; i++)
		json_array_append_new(levels, json_string(log_level_name((enum log_level)i)));
	reply_json(rq, 200,
	    json_pack("{s:o, s:o, s:o, s:I}", "components", components_json(), "levels", levels,
		"files", files, "lost", lf ? (json_int_t)log_file_lost(lf) : 0));
}

/* {"levels":{"sip":"debug"}} as settings. NULL with a refusal in the reply. */
static json_t *
levels_patch(struct request *rq, const json_t *levels)
{
	json_t *patch = json_object(), *v;
	const char *name;

	json_object_foreach((json_t *)levels, name, v)
	{
		enum log_subsystem sub;
		enum log_level level;
		char field[32];

		if (log_sub_parse(slice_cstr(name), &sub) != ERR_OK || !json_is_string(v) ||
		    log_level_parse(slice_cstr(json_string_value(v)), &level) != ERR_OK) {
			reply_error(rq, 422, "not_a_choice", "levels",
			    "There is no such component, or no such level.");
			json_decref(patch);
			return NULL;
		}
		snprintf(field, sizeof field, "log_%s", log_sub_name(sub));
		json_object_set_new(patch, field, json_string(log_level_name(level)));
	}
	return patch;
}

static void
set_levels(const json_t *levels)
{
	const char *name;
	json_t *v;

	json_object_foreach((json_t *)levels, name, v)
	{
		enum log_subsystem sub;
		enum log_level level;

		if (log_sub_parse(slice_cstr(name), &sub) == ERR_OK &&
		    log_level_parse(slice_cstr(json_string_value(v)), &level) == ERR_OK)
			log_set_sub_level(sub, level);
	}
}

void
handle_logs_patch(struct request *rq)
{
	struct model_errors errors = {0};
	json_t *in = request_json(rq, false), *patch, *row = NULL;
	const json_t *levels = json_object_get(in, "levels");
	enum err e;

	if (!in)
		return;
	if (!json_is_object(levels) || json_object_size(in) != 1) {
		reply_error(rq, 422, "wrong_type", "levels", "Say which levels to change.");
		json_decref(in);
		return;
	}
	patch = levels_patch(rq, levels);
	if (patch) {
		e = store_patch(rq->api->store, &model_settings, 1, patch, &row, &errors);
		json_decref(row);
		json_decref(patch);
		if (e == ERR_OK) {
			set_levels(levels); /* also where the command line had said another one */
			handle_logs(rq);
		} else {
			reply_err(rq, e, &errors);
		}
	}
	json_decref(in);
}

/* ---- lines ---- */

static bool
bad(struct request *rq, const char *name, const char *expected)
{
	reply_error(rq, 400, "malformed_parameter", name, "%s is %s.", name, expected);
	return false;
}

static bool
read_components(struct request *rq, struct log_query *q)
{
	struct slice rest = request_query(rq, "component");

	while (rest.n) {
		enum log_subsystem sub;

		if (log_sub_parse(slice_take_until(&rest, ','), &sub) != ERR_OK)
			return bad(
			    rq, "component", "one of the components, or several with commas");
		q->components |= 1u << sub;
	}
	return true;
}

static bool
read_position(struct request *rq, const char *name, struct log_position *out)
{
	struct slice text = request_query(rq, name);

	return text.n == 0 || log_position_parse(text, out) == ERR_OK
		   ? true
		   : bad(rq, name, "the position of a line");
}

static bool
read_query(struct request *rq, struct log_query *q)
{
	struct slice level = request_query(rq, "level"), limit = request_query(rq, "limit");

	*q = (struct log_query){
	    .level = LOG_TRACE, .limit = LINES, .search = request_query(rq, "search")};
	if (level.n && log_level_parse(level, &q->level) != ERR_OK)
		return bad(rq, "level", "fatal, error, warn, info, debug or trace");
	if (limit.n && (slice_to_u32(limit, LINES_MAX, &q->limit) != ERR_OK || !q->limit))
		return bad(rq, "limit", "a number from 1 to 1000");
	return read_components(rq, q) && read_position(rq, "before", &q->before) &&
	       read_position(rq, "after", &q->after);
}

void
handle_log_lines(struct request *rq)
{
	struct log_file *lf = rq->api->logs;
	struct log_position before = {0};
	struct log_query q;
	json_t *items = NULL;
	char text[LOG_POSITION_TEXT];
	enum err e = ERR_OK;

	if (!read_query(rq, &q))
		return;
	atomic_store(&rq->api->logs_read_ms, api_mono_ms());
	if (lf)
		e = log_file_read(lf, &q, &items, &before);
	else
		items = json_array();
	if (e != ERR_OK) {
		reply_err(rq, e, NULL);
		return;
	}
	reply_json(rq, 200,
	    json_pack("{s:o, s:s?}", "items", items, "before",
		before.file ? log_position_write(before, text) : NULL));
}
