/*
 * What the system says about itself: health for a watchdog, status for the overview, and
 * the description of this interface.
 */
#include <ctype.h>
#include <math.h>
#include <pthread.h>
#include <stdio.h>

#include "api/api_int.h"

static json_int_t
uptime_s(const struct api *api)
{
	return (json_int_t)((api_mono_ms() - api->started_mono_ms) / 1000);
}

void
handle_health(struct request *rq)
{
	reply_json(rq, 200,
	    json_pack("{s:s, s:s, s:I, s:b}", "status", "ok", "version", rq->api->params.version,
		"uptime_s", uptime_s(rq->api), "setup_needed", session_setup_needed(rq->api)));
}

void
handle_openapi(struct request *rq)
{
	reply_json(rq, 200, model_openapi(rq->api->params.version));
}

static json_t *
count_rows(struct store *store, const struct model_entity *e)
{
	struct store_query q = {.page = 1, .per_page = 1};
	json_t *items = NULL;
	int64_t total = 0;

	if (store_list(store, e, &q, &items, &total, NULL) != ERR_OK)
		return json_null();
	json_decref(items);
	return json_integer((json_int_t)total);
}

static json_t *
counts_json(struct api *api)
{
	json_t *counts = json_object();
	size_t n;
	const struct model_entity *const *all = model_entities(&n);

	for (size_t i = 0; i < n; i++)
		if (all[i]->path && all[i]->path[0] &&
		    !(all[i]->flags & (MODEL_HIDDEN | MODEL_LIVE | MODEL_SINGLETON)))
			json_object_set_new(counts, all[i]->name, count_rows(api->store, all[i]));
	return counts;
}

/* Settings that were changed since the start and only act after the next one. */
static json_t *
restart_fields(struct api *api)
{
	struct settings now;
	json_t *fields = json_array(), *before, *after;

	if (store_settings(api->store, &now) != ERR_OK)
		return fields;
	before = model_struct_json(&model_settings, &api->started_with);
	after = model_struct_json(&model_settings, &now);
	for (size_t i = 0; i < model_settings.field_count; i++) {
		const struct model_field *f = &model_settings.fields[i];

		if (f->flags & MODEL_RESTART &&
		    !json_equal(json_object_get(before, f->name), json_object_get(after, f->name)))
			json_array_append_new(fields, json_string(f->name));
	}
	json_decref(before);
	json_decref(after);
	return fields;
}

static json_t *
listening_json(const struct api *api)
{
	const struct api_params *p = &api->params;
	json_t *all = json_array();
	char http[160];

	for (size_t i = 0; i < p->listeners_n; i++) {
		char transport[8] = "";
		struct slice name = sip_transport_name(p->listeners[i].transport);

		for (size_t k = 0; k < name.n && k + 1 < sizeof transport; k++)
			transport[k] = (char)tolower((unsigned char)name.p[k]);
		json_array_append_new(
		    all, json_pack("{s:s, s:s, s:s}", "service", "sip", "transport", transport,
			     "address", p->listeners[i].address));
	}
	snprintf(http, sizeof http, strchr(p->http_address, ':') ? "[%s]:%u" : "%s:%u",
	    p->http_address, api->port);
	json_array_append_new(all,
	    json_pack("{s:s, s:s, s:s}", "service", "http", "transport", "tcp", "address", http));
	return all;
}

/* Numbers without labels, by name. */
static json_t *
numbers_json(struct api *api)
{
	json_t *numbers = json_object();

	pthread_mutex_lock(&api->metrics_lock);
	for (size_t i = 0; i < api->metrics_count; i++) {
		const struct api_metric *m = &api->metrics[i];

		if (!m->labels)
			json_object_set_new(numbers, m->name,
			    m->value == floor(m->value) ? json_integer((json_int_t)m->value)
							: json_real(m->value));
	}
	pthread_mutex_unlock(&api->metrics_lock);
	return numbers;
}

json_t *
status_json(struct api *api)
{
	json_t *restart = restart_fields(api);
	char at[MODEL_TIME_TEXT];

	return json_pack("{s:s, s:s, s:I, s:I, s:I, s:I, s:I, s:o, s:o, s:b, s:o, s:o, s:o}",
	    "version", api->params.version, "started_at", model_time_write(api->started_ms, at),
	    "uptime_s", uptime_s(api), "memory_bytes", (json_int_t)api_resident_bytes(), "calls",
	    (json_int_t)live_call_count(api->live), "registrations",
	    (json_int_t)live_registration_count(api->live), "event_streams",
	    (json_int_t)hub_count(api->hub), "counts", counts_json(api), "listening",
	    listening_json(api), "restart_needed", json_array_size(restart) > 0, "restart_fields",
	    restart, "numbers", numbers_json(api), "disk", disk_json(api));
}

void
handle_status(struct request *rq)
{
	reply_json(rq, 200, status_json(rq->api));
}
