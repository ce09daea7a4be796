/*
 * The HTTP server: libmicrohttpd in poll mode (its epoll mode spins while a TLS client is
 * silent in its handshake), one daemon for TCP and one for the UNIX socket, and the way
 * of a request through its phases:
 *
 *   NEW ── small body ───────────────────────► BODY ─► WORKING ─► DONE ─► reply
 *    └─── big body ─► ADMITTING ─► ADMITTED ───►┘
 *
 * A body above BODY_BYTES_STRANGER is only taken from somebody who has been admitted; what
 * is refused is read and thrown away, so that the client gets to see the answer.
 */
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include <arpa/inet.h>

#include "api/api_int.h"
#include "base/log.h"

enum { POLL_THREADS = 2, CONNECTION_MEMORY = 32768, LOCAL_CONNECTIONS = 64 };

uint64_t
api_mono_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000 + (uint64_t)ts.tv_nsec / 1000000;
}

/* --- connections and their deadlines ------------------------------------------- */

static void
on_connection(void *cls, struct MHD_Connection *con, void **socket_context,
    enum MHD_ConnectionNotificationCode what)
{
	struct api *api = cls;
	struct link *l = *socket_context;

	if (what == MHD_CONNECTION_NOTIFY_STARTED) {
		const union MHD_ConnectionInfo *info =
		    MHD_get_connection_info(con, MHD_CONNECTION_INFO_CONNECTION_FD);

		l = calloc(1, sizeof *l);
		if (!l)
			return;
		l->fd = info ? info->connect_fd : -1;
		l->deadline_ms = api_mono_ms() + 1000ull * api->params.request_s;
		*socket_context = l;
		pthread_mutex_lock(&api->links_lock);
		list_push(&api->links, &l->node);
		pthread_mutex_unlock(&api->links_lock);
	} else if (l) {
		pthread_mutex_lock(&api->links_lock);
		list_remove(&l->node);
		pthread_mutex_unlock(&api->links_lock);
		free(l);
	}
}

static void
link_deadline(struct request *rq, uint32_t seconds)
{
	if (!rq->link)
		return;
	pthread_mutex_lock(&rq->api->links_lock);
	rq->link->deadline_ms = seconds ? api_mono_ms() + 1000ull * seconds : 0;
	pthread_mutex_unlock(&rq->api->links_lock);
}

void
server_close_late(struct api *api)
{
	uint64_t now_ms = api_mono_ms();

	pthread_mutex_lock(&api->links_lock);
	LIST_FOR_EACH (node, &api->links) {
		struct link *l = container_of(node, struct link, node);

		if (l->deadline_ms && l->deadline_ms < now_ms && l->fd >= 0) {
			shutdown(l->fd, SHUT_RDWR); /* MHD sees the end and cleans up */
			l->deadline_ms = 0;
		}
	}
	pthread_mutex_unlock(&api->links_lock);
}

/* --- a request's way -------------------------------------------------------------- */

static void
busy(struct request *rq)
{
	rq->reply.retry_after_s = 1;
	reply_error(rq, 503, "busy", NULL, "The system is busy. Please try again.");
}

/* The UNIX socket's file mode keeps others out; this holds even when someone loosens it. */
static bool
peer_may_command(struct request *rq)
{
	struct ucred cred;
	socklen_t len = sizeof cred;

	return rq->link && getsockopt(rq->link->fd, SOL_SOCKET, SO_PEERCRED, &cred, &len) == 0 &&
	       (cred.uid == 0 || cred.uid == geteuid());
}

static void
route_request(struct request *rq)
{
	if (!router_is_api(rq->path)) {
		if (!rq->is_get) {
			snprintf(rq->reply.allow, sizeof rq->reply.allow, "GET");
			reply_error(
			    rq, 405, "method_not_allowed", NULL, "This address only knows GET.");
		}
		return;
	}
	router_find(rq);
	if (!rq->route)
		return;
	if (rq->by_socket && !peer_may_command(rq)) {
		reply_error(rq, 403, "no_admin_right", NULL,
		    "Only root and the account of the telephone system may use this socket.");
		return;
	}
	rq->caller.local = rq->by_socket;
	rq->caller.rights = rq->by_socket ? RIGHTS_ALL : 0;
}

/* Header read, body not yet. */
static enum MHD_Result
begin(struct request *rq, const char *method)
{
	const union MHD_ConnectionInfo *info;
	bool big;

	rq->method = method;
	info = MHD_get_connection_info(rq->con, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
	rq->link = info ? info->socket_context : NULL;
	info = rq->by_socket ? NULL
			     : MHD_get_connection_info(rq->con, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
	if (info && addr_from_sockaddr(info->client_addr, &rq->peer) != ERR_OK)
		rq->peer.family = 0;
	request_read(rq);
	if (!rq->reply.status)
		route_request(rq);
	big = rq->announced_bytes > BODY_BYTES_STRANGER;
	rq->phase = PHASE_BODY;
	if (rq->misframed)
		return reply_send(rq);
	if (rq->announced_bytes > BODY_BYTES_DISCARD && rq->announced_bytes != UINT64_MAX) {
		reply_error(rq, 413, "too_big", NULL, "The request is larger than allowed.");
		return reply_send(rq);
	}
	if (big && !rq->reply.status && rq->route && rq->route->who != WHO_ANYONE) {
		rq->phase = PHASE_ADMITTING;
		if (!pool_push(rq->api, rq)) {
			rq->phase = PHASE_BODY;
			busy(rq);
		}
	}
	return MHD_YES;
}

/* What was saved is active before somebody hears that it was saved. */
static void
settle(const struct api *api)
{
	if (api->ops && api->ops->settle)
		api->ops->settle(api->ops_ctx);
}

/* On a worker. */
void
server_work(struct request *rq)
{
	bool admit_only = rq->phase == PHASE_ADMITTING;

	if (rq->phase == PHASE_FILLING) {
		pieces_work(rq);
		return;
	}
	if (!rq->admitted)
		rq->admitted = session_admit(rq);
	if (admit_only) {
		if (rq->admitted)
			rq->body_max =
			    rq->route->flags & ROUTE_BIG_BODY ? BODY_BYTES_IMPORT : BODY_BYTES_MAX;
		rq->phase = PHASE_ADMITTED;
		return;
	}
	if (rq->admitted) {
		session_sign(rq);
		rq->route->handle(rq);
		if (rq->reply.status < 300)
			rq->reply.change = store_last_change();
		if (rq->reply.status < 300 && strcmp(rq->method, "GET") != 0)
			settle(rq->api);
		log_debug(API, "%s %.*s: %d", rq->method, SLICE_FMT(rq->path), rq->reply.status);
		store_set_writer("", "");
	}
	if (!rq->reply.status)
		reply_err(rq, ERR_WRONG_STATE, NULL);
	rq->phase = PHASE_DONE;
}

/* The body is complete. */
static enum MHD_Result
act(struct request *rq)
{
	link_deadline(rq, 0);
	if (!rq->reply.status && rq->too_big)
		reply_error(rq, 413, "too_big", NULL, "The request is larger than allowed.");
	if (rq->reply.status)
		return reply_send(rq);
	if (!rq->route) {
		static_serve(rq);
		return reply_send(rq);
	}
	rq->phase = PHASE_WORKING;
	if (pool_push(rq->api, rq))
		return MHD_YES;
	busy(rq);
	return reply_send(rq);
}

static enum MHD_Result
on_request(void *cls, struct MHD_Connection *con, const char *url, const char *method,
    const char *version, const char *upload, size_t *upload_bytes, void **context)
{
	struct request *rq = *context;

	if (!rq)
		return MHD_NO;
	switch (rq->phase) {
	case PHASE_NEW: return begin(rq, method);
	case PHASE_ADMITTED: /* called again after the worker, before the first byte */
		rq->phase = PHASE_BODY;
		if (rq->admitted && rq->route->flags & ROUTE_BIG_BODY)
			link_deadline(rq, rq->api->params.import_timeout_s);
		return MHD_YES;
	case PHASE_BODY:
		if (*upload_bytes) {
			bool go_on = request_take_body(rq, upload, *upload_bytes);

			*upload_bytes = 0;
			return go_on ? MHD_YES : MHD_NO;
		}
		return act(rq);
	case PHASE_DONE: return reply_send(rq);
	case PHASE_ADMITTING:
	case PHASE_WORKING:
	case PHASE_FILLING: break;
	}
	return MHD_YES;
}

static void
on_completed(
    void *cls, struct MHD_Connection *con, void **context, enum MHD_RequestTerminationCode why)
{
	struct request *rq = *context;

	if (!rq)
		return;
	link_deadline(rq, rq->api->params.request_s);
	if (rq->reply.file_fd >= 0)
		close(rq->reply.file_fd);
	request_free(rq);
	*context = NULL;
}

static void *
on_tcp_target(void *cls, const char *uri, struct MHD_Connection *con)
{
	return request_new(cls, con, uri);
}

static void *
on_local_target(void *cls, const char *uri, struct MHD_Connection *con)
{
	struct request *rq = request_new(cls, con, uri);

	if (rq)
		rq->by_socket = true;
	return rq;
}

static void __attribute__((format(printf, 2, 0)))
on_library_log(void *cls, const char *fmt, va_list ap)
{
	char line[300];

	if (!log_enabled(LOG_DEBUG, LOG_SUB_API))
		return; /* what it says is caused by strangers */
	vsnprintf(line, sizeof line, fmt, ap);
	log_debug(API, "http: %s", line);
}

static struct MHD_Daemon *
daemon_start(struct api *api, int fd, bool local)
{
	const struct api_params *p = &api->params;
	struct MHD_OptionItem pool[] = {
	    {MHD_OPTION_THREAD_POOL_SIZE, POLL_THREADS, NULL},
	    {MHD_OPTION_PER_IP_CONNECTION_LIMIT, (intptr_t)p->connections_per_ip, NULL},
	    {MHD_OPTION_END, 0, NULL},
	};
	struct MHD_OptionItem none[] = {{MHD_OPTION_END, 0, NULL}};

	/* The log comes first: it is for the options behind it too. */
	return MHD_start_daemon(
	    MHD_USE_POLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ERROR_LOG, 0, NULL,
	    NULL, on_request, api, MHD_OPTION_EXTERNAL_LOGGER, on_library_log, NULL,
	    MHD_OPTION_LISTEN_SOCKET, fd, MHD_OPTION_CONNECTION_LIMIT,
	    local ? (unsigned)LOCAL_CONNECTIONS : (unsigned)p->connections,
	    MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)p->timeout_s,
	    MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)CONNECTION_MEMORY,
	    MHD_OPTION_NOTIFY_CONNECTION, on_connection, api, MHD_OPTION_NOTIFY_COMPLETED,
	    on_completed, api, MHD_OPTION_URI_LOG_CALLBACK, local ? on_local_target : on_tcp_target,
	    api, MHD_OPTION_ARRAY, local ? none : pool, MHD_OPTION_END);
}

/* --- start and stop ------------------------------------------------------------------ */

static enum err
daemons_start(struct api *api)
{
	api->web = daemon_start(api, api->tcp_fd, false);
	if (!api->web)
		return ERR_LIMIT;
	api->tcp_fd = -1;
	if (api->unix_fd < 0)
		return ERR_OK;
	api->local = daemon_start(api, api->unix_fd, true);
	if (!api->local)
		return ERR_LIMIT;
	api->unix_fd = -1;
	return ERR_OK;
}

enum err
api_start(struct api *api)
{
	sigset_t all, before;
	enum err e = pool_start(api);

	if (api->params.web_dir && api->web_dir_fd < 0)
		log_warn(API, "the web page is not in %s; the API works without it",
		    api->params.web_dir);
	if (e == ERR_OK)
		e = ticker_start(api);
	if (e != ERR_OK)
		return e;
	sigfillset(&all); /* its threads take no signals */
	pthread_sigmask(SIG_SETMASK, &all, &before);
	e = daemons_start(api);
	logs_start(api);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return e;
}

static void
stop_listening(struct MHD_Daemon *d)
{
	MHD_socket fd = d ? MHD_quiesce_daemon(d) : MHD_INVALID_SOCKET;

	if (fd != MHD_INVALID_SOCKET)
		close(fd);
}

/* MHD may only be stopped when no connection is suspended: workers finish first, then
 * the streams end, and neither can suspend one again. */
void
api_stop(struct api *api)
{
	if (!api || atomic_exchange(&api->stopping, true))
		return;
	stop_listening(api->web);
	stop_listening(api->local);
	logs_stop(api);
	pool_stop(api);
	user_import_stop(api->user_import);
	ticker_stop(api);
	hub_stop(api->hub);
	if (api->web)
		MHD_stop_daemon(api->web);
	if (api->local)
		MHD_stop_daemon(api->local);
	api->web = api->local = NULL;
}
