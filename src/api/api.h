/*
 * api/ - the door for administrators: HTTP server, log-in sessions and rights, REST
 * over model/ and store/, live events, SIP traces, metrics, the static web page.
 *
 * Two entrances to the same routes: a TCP port (browsers; log-in by cookie, CSRF
 * token) and a UNIX socket (the command line; root or the daemon's own account is
 * administrator by its peer credentials). libmicrohttpd's poll threads only move bytes;
 * handlers run in a worker pool of this room because they may block in the store.
 *
 * Ownership: the daemon owns struct api; api owns its sockets, threads, the mirror
 * of live calls and registrations. The stores are borrowed and outlive it. Threads: api_new …
 * api_free on the thread that wires the house; the api_on_* functions on any management thread
 * (they copy and never block on I/O). Calls that must end go out through api_control_ops.
 *
 * Does not know SIP, SQL, or how calls are made.
 */
#ifndef API_API_H
#define API_API_H

#include "model/callman.h"
#include "model/line_test.h"
#include "model/live.h"
#include "model/live_conference.h"
#include "sip/flow.h"
#include "store/log_file.h"
#include "store/store.h"
#include "store/trace_store.h"

struct api;

/** Commands to the signalling plane. Called on worker threads, any number at once. */
struct api_control_ops {
	/** Somebody typed a wrong password at the web page; may be NULL. */
	void (*login_failed)(void *ctx, const struct addr *peer);
	/** Asks for the end of a live call; ERR_OK when the request is on its way, ERR_LIMIT when
	 *  the plane is too busy to take it (the client is told to try again). */
	enum err (*hangup)(void *ctx, const char *call_id);
	/** Does something with a call of somebody, and waits for what comes of it. ERR_LIMIT,
	 *  ERR_TIMEOUT, ERR_NOMEM: it is not known. */
	enum err (*command)(void *ctx, const struct call_command *what, struct call_result *result);
	/** Starts the test of a line, or tells of the last one, and waits for the answer. Errors
	 *  as above. */
	enum err (*test_line)(void *ctx, const struct line_test_query *what,
	    enum line_test_outcome *outcome, struct line_test *out);
	/** Does what a moderator asks of a conference. Errors as above. */
	enum err (*conference)(
	    void *ctx, const struct conference_command *what, struct conference_result *result);
	/** Traces everything of a phone (its SIP name) or an IP address for so many seconds; 0
	 *  ends it. Errors as above. */
	enum err (*watch)(void *ctx, const char *target, uint32_t seconds);
	/** Returns when the telephone switch knows what has been committed so far, or when that
	 *  takes too long; may be NULL. */
	void (*settle)(void *ctx);
};

enum { API_LISTENERS_MAX = 32 };

/* Where phones reach us. */
struct api_listener {
	enum sip_transport transport;
	uint16_t port;
	char address[ADDR_TEXT_MAX]; /* with the port */
};

struct api_params {
	struct store *store;	    /* borrowed */
	struct trace_store *traces; /* borrowed */
	struct log_file *logs;	    /* borrowed; NULL = none */
	const char *http_address;   /* IP to listen on, "0.0.0.0", "::" (both families) */
	uint16_t http_port;	    /* 0 = any free one, see api_bound_port */
	const char *socket_path;    /* UNIX socket, made with mode 0600; NULL = none */
	const char *web_dir;	    /* built web page; NULL = none */
	const char *data_dir;	    /* uploaded sounds go there; NULL = none are taken */
	const char *sounds_dir;	    /* what comes with the system to be heard; NULL = nothing */
	const char *version;	    /* of the program */
	const char *dns_servers;    /* for mail_try; NULL = the machine's */
	const char *sip_address;    /* what SIP really listens on (options win over settings) */
	uint16_t sip_port;
	const struct api_listener *listeners; /* copied; at most API_LISTENERS_MAX */
	size_t listeners_n;
	const struct api_control_ops *ops; /* borrowed */
	void *ops_ctx;
	/* Limits; 0 = the default. */
	uint32_t connections;	     /* 2048 at once */
	uint32_t connections_per_ip; /* 256 */
	uint32_t timeout_s;	     /* a silent connection is closed: 30 */
	uint32_t request_s;	     /* a request must have arrived: 60 */
	uint32_t import_timeout_s;   /* a whole configuration may take longer: 600 */
	uint32_t keepalive_ms;	     /* of event streams: 15000 */
};

/**
 * Opens the listening sockets (so that a port in use is known before anything runs) and
 * builds the room; no threads yet. why gets a sentence on failure. ERR_IN_USE, ERR_DENIED,
 * ERR_INVALID (address), ERR_IO, ERR_NOMEM.
 */
ERR_MUST_CHECK enum err api_new(
    struct api **out, const struct api_params *params, char *why, size_t why_bytes);
/** Starts the threads; requests are answered from here on. */
ERR_MUST_CHECK enum err api_start(struct api *api);
/** Answers what is under way, ends event streams, joins the threads. Idempotent;
 *  NULL is fine. */
void api_stop(struct api *api);
/** api_stop and memory. Removes the UNIX socket. NULL is fine. */
void api_free(struct api *api);
/** The TCP port we listen on. */
uint16_t api_bound_port(const struct api *api);

/* --- what the system tells its watchers; any management thread, copies, returns quickly --- */

/** A new state of a call; LIVE_CALL_ENDED takes it out of the mirror. */
void api_on_live_call(struct api *api, const struct live_call *call);
/** A binding came, changed (also its reachability) or went. */
void api_on_registration(struct api *api, const struct live_registration *r, bool removed);
/** The state of a line to a provider changed, or (removed) there is no such line any more. */
void api_on_line(struct api *api, const struct live_line *line, bool removed);
/** A phone watches something, or (removed) does not any more. */
void api_on_subscription(struct api *api, const struct live_subscription *s, bool removed);
/** What keys for a user show has changed. */
void api_on_telephony(struct api *api, const struct live_telephony *now);
/** What a user may have completed, or waits for (keys of call completion). */
void api_on_completion(struct api *api, const struct live_completion *now);
/** A call waits at a place, or not any more. */
void api_on_orbit(struct api *api, const struct live_orbit *now);
/** A conference that runs, or (over) has run. */
void api_on_conference(struct api *api, const struct live_conference *now);
/** Somebody in it, or (gone) not any more. */
void api_on_conference_member(struct api *api, const struct live_conference_member *now);
/** SIP messages, for the trace pages; takes the block over. */
void api_on_traces(struct api *api, struct trace_block *block);
/** A committed change, from the store's feed. entity NULL: anything may have changed. */
void api_on_changed(struct api *api, const char *entity, int64_t id);

enum api_disk_state { API_DISK_OK, API_DISK_LOW, API_DISK_FULL };

/** The file system of the data directory. */
struct api_disk {
	uint64_t free_bytes, total_bytes;
	uint64_t limit_bytes; /* below it is API_DISK_LOW */
	enum api_disk_state state;
};

void api_on_disk(struct api *api, const struct api_disk *disk);

/** One number for /metrics and /api/status. Texts are static. */
struct api_metric {
	const char *name;   /* "strowger_calls_total" */
	const char *labels; /* "direction=\"in\"", NULL = none */
	const char *help;
	bool counter; /* else a gauge */
	double value;
};

enum { API_METRICS_MAX = 256 };

/** The numbers of the other planes, all of them; replaces the ones before. Same names stand
 *  together. At most API_METRICS_MAX are kept. */
void api_on_metrics(struct api *api, const struct api_metric *metrics, size_t n);

/* --- the table of routes, for the test that compares it with the OpenAPI document -------- */

/** Calls cb with every method and path, as OpenAPI writes them ("/api/users/{id}"). */
void api_routes_each(void (*cb)(void *ctx, const char *method, const char *path), void *ctx);

#endif
