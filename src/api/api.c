/* Building and taking down the room. */
#include "api/api.h"

#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "api/api_int.h"
#include "loop/loop.h"

static char *
copy(const char *text)
{
	return strdup(text ? text : "");
}

static uint32_t
or_default(uint32_t value, uint32_t otherwise)
{
	return value ? value : otherwise;
}

static bool
take_params(struct api *api, const struct api_params *p)
{
	struct api_params *own = &api->params;

	*own = *p;
	for (size_t i = 0; i < p->listeners_n; i++)
		api->listeners[i] = p->listeners[i];
	own->listeners = api->listeners;
	own->http_address = copy(p->http_address);
	own->socket_path = p->socket_path ? copy(p->socket_path) : NULL;
	own->web_dir = p->web_dir ? copy(p->web_dir) : NULL;
	own->dns_servers = p->dns_servers ? copy(p->dns_servers) : NULL;
	own->version = copy(p->version);
	own->sip_address = copy(p->sip_address);
	own->connections = or_default(p->connections, 2048);
	own->connections_per_ip = or_default(p->connections_per_ip, 256);
	own->timeout_s = or_default(p->timeout_s, 30);
	own->request_s = or_default(p->request_s, 60);
	own->import_timeout_s = or_default(p->import_timeout_s, 600);
	own->keepalive_ms = or_default(p->keepalive_ms, 15000);
	api->store = p->store;
	api->ops = p->ops;
	api->ops_ctx = p->ops_ctx;
	return own->http_address && own->version && own->sip_address &&
	       (own->socket_path || !p->socket_path);
}

static enum err
build(struct api *api, const struct api_params *p)
{
	if (!take_params(api, p))
		return ERR_NOMEM;
	api->hub = hub_new(api);
	api->live = live_new(api);
	api->traces = p->traces;
	api->logs = p->logs;
	api->watches = watches_new();
	api->subscriptions = subscriptions_new();
	api->lines = lines_new();
	api->limits = limits_new();
	api->reset_limits = limits_new();
	api->invitation_limits = limits_new();
	api->resets = resets_new();
	api->user_import = user_import_new(api);
	api->paces = paces_new();
	api->keys = keys_new();
	api->orbits = orbits_new();
	api->conferences = live_conferences_new();
	if (!api->hub || !api->live || !api->watches || !api->subscriptions || !api->lines ||
	    !api->limits || !api->reset_limits || !api->invitation_limits || !api->resets ||
	    !api->user_import || !api->paces || !api->keys || !api->orbits)
		return ERR_NOMEM;
	if (store_settings(api->store, &api->started_with) != ERR_OK)
		return ERR_IO;
	memcpy(api->log_level, api->started_with.log_level, sizeof api->log_level);
	return ERR_OK;
}

static enum err
open_doors(struct api *api, char *why, size_t why_bytes)
{
	const struct api_params *p = &api->params;
	enum err e;

	if (p->web_dir)
		api->web_dir_fd = open(p->web_dir, O_PATH | O_DIRECTORY | O_CLOEXEC);
	e = listen_tcp(p->http_address, p->http_port, &api->tcp_fd, &api->port, why, why_bytes);
	if (e == ERR_OK && p->socket_path)
		e = listen_unix(p->socket_path, &api->unix_fd, why, why_bytes);
	return e;
}

enum err
api_new(struct api **out, const struct api_params *params, char *why, size_t why_bytes)
{
	struct api *api = calloc(1, sizeof *api);
	enum err e;

	if (!api) {
		snprintf(why, why_bytes, "out of memory");
		return ERR_NOMEM;
	}
	api->tcp_fd = api->unix_fd = api->web_dir_fd = -1;
	api->started_ms = (int64_t)loop_wall_ms();
	api->started_mono_ms = api_mono_ms();
	list_init(&api->links);
	pthread_mutex_init(&api->links_lock, NULL);
	pthread_mutex_init(&api->setup_lock, NULL);
	pthread_mutex_init(&api->metrics_lock, NULL);
	e = build(api, params);
	if (e != ERR_OK)
		snprintf(why, why_bytes, "the web server cannot start: %s", err_text(e));
	else
		e = open_doors(api, why, why_bytes);
	if (e != ERR_OK) {
		if (api->unix_fd < 0) { /* the socket file is somebody else's */
			free((char *)api->params.socket_path);
			api->params.socket_path = NULL;
		}
		api_free(api);
		return e;
	}
	*out = api;
	return ERR_OK;
}

static void
close_fd(int fd)
{
	if (fd >= 0)
		close(fd);
}

void
api_free(struct api *api)
{
	if (!api)
		return;
	api_stop(api);
	close_fd(api->tcp_fd);
	close_fd(api->unix_fd);
	close_fd(api->web_dir_fd);
	if (api->params.socket_path)
		unlink(api->params.socket_path);
	user_import_end(api->user_import);
	live_free(api->live);
	watches_free(api->watches);
	subscriptions_free(api->subscriptions);
	lines_free(api->lines);
	limits_free(api->limits);
	limits_free(api->reset_limits);
	limits_free(api->invitation_limits);
	resets_free(api->resets);
	paces_free(api->paces);
	keys_free(api->keys);
	orbits_free(api->orbits);
	live_conferences_free(api->conferences);
	hub_free(api->hub);
	free(api->ticker);
	free(api->pool);
	free((char *)api->params.http_address);
	free((char *)api->params.socket_path);
	free((char *)api->params.web_dir);
	free((char *)api->params.dns_servers);
	free((char *)api->params.version);
	free((char *)api->params.sip_address);
	pthread_mutex_destroy(&api->links_lock);
	pthread_mutex_destroy(&api->setup_lock);
	pthread_mutex_destroy(&api->metrics_lock);
	free(api);
}

uint16_t
api_bound_port(const struct api *api)
{
	return api->port;
}

static void
tell_changed(struct api *api, const char *entity, int64_t id)
{
	char text[96];

	snprintf(text, sizeof text, "{\"entity\":\"%.48s\",\"id\":%lld}", entity, (long long)id);
	hub_publish(api->hub, "changed", text);
}

/* A person's own page hears when somebody changes what they may. */
static void
tell_user(struct api *api, int64_t id)
{
	char text[64];

	hub_check(api->hub, id);
	snprintf(text, sizeof text, "{\"entity\":\"user\",\"id\":%lld}", (long long)id);
	hub_publish_to(api->hub, (int64_t[2]){id, 0}, "changed", text);
}

void
api_on_changed(struct api *api, const char *entity, int64_t id)
{
	struct settings settings;
	size_t n;
	const struct model_entity *const *all = model_entities(&n);

	if ((!entity || strcmp(entity, model_settings.name) == 0) &&
	    store_settings(api->store, &settings) == ERR_OK) {
		trace_store_set_limits(
		    api->traces, &(struct trace_limits){.days = settings.trace_keep_days,
				     .mb = settings.trace_keep_mb,
				     .messages = settings.trace_keep_messages});
		logs_apply(api, &settings);
	}
	keys_on_changed(api, entity, id);
	voicemails_on_changed(api, entity, id);
	live_conferences_on_changed(api, entity);
	/* the settings say who must use a second factor */
	if (!entity || strcmp(entity, model_session.name) == 0 ||
	    strcmp(entity, model_settings.name) == 0 || strcmp(entity, model_token.name) == 0)
		hub_check(api->hub, 0);
	else if (strcmp(entity, model_user.name) == 0)
		tell_user(api, id);
	else if (strcmp(entity, model_call_record.name) == 0)
		hub_tell_records(api->hub);
	if (entity) {
		tell_changed(api, entity, id);
		return;
	}
	for (size_t i = 0; i < n; i++)
		if (!(all[i]->flags & (MODEL_HIDDEN | MODEL_LIVE)))
			tell_changed(api, all[i]->name, 0);
}
