/*
 * Inside of api/: a request on its way, the parts of the server, who owns them.
 *
 *   api ─┬─ listen (sockets)          server.c, listen.c
 *        ├─ pool (workers, queue)     pool.c
 *        ├─ hub (event streams)       events.c
 *        ├─ live (mirror)             live.c
 *        ├─ watches (traced phones)   trace_watch.c
 *        ├─ limits (failed log-ins)   limit.c
 *        ├─ resets (lost passwords)   password_reset.c
 *        ├─ user_import (a thread)    user_import.c
 *        ├─ paces (own calls)         own_calls.c
 *        ├─ keys (what keys show)     keys.c
 *        ├─ orbits (who waits where)  orbits.c
 *        ├─ conferences (that run)    live_conferences.c
 *        └─ ticker (thread)           ticker.c
 *
 * A request belongs to exactly one thread at a time: an MHD poll thread while bytes
 * come or go, a worker while its connection is suspended.
 */
#ifndef API_API_INT_H
#define API_API_INT_H

#include <limits.h>
#include <stdatomic.h>

#include <microhttpd.h>

#include "api/api.h"
#include "base/addr.h"
#include "base/list.h"
#include "model/rights.h"

struct api_hub;
struct api_live;
struct api_watches;
struct api_limits;
struct api_resets;
struct api_paces;
struct api_keys;
struct api_orbits;
struct api_live_conferences;
struct api_pool;
struct api_ticker;
struct api_user_import;
struct request;

enum {
	BODY_BYTES_MAX = 1 << 20,	/* ordinary requests */
	BODY_BYTES_STRANGER = 16384,	/* before we know who it is */
	BODY_BYTES_IMPORT = 64 << 20,	/* a whole configuration */
	BODY_BYTES_DISCARD = 128 << 20, /* read and thrown away to deliver a 413 */
	URI_BYTES_MAX = 4096,
	SEGMENTS_MAX = 5,
	QUERY_MAX = 24,
	TOKEN_HEX = 64, /* session cookie and CSRF token: 256 bits */
	SESSION_IDLE_MS = 12 * 3600 * 1000,
	USED_AFTER_MS = 5 * 60 * 1000, /* last use is written this seldom: it is a write to disk */
	WRITER_BYTES = 160,	       /* a name for the log of changes */
	RECOVERY_BYTES = 20,	       /* "abcd-efgh-ijkl-mnop" and its NUL */
};

struct api {
	struct api_params params;
	struct api_listener listeners[API_LISTENERS_MAX]; /* texts are copies, own copies */
	struct store *store;
	const struct api_control_ops *ops;
	void *ops_ctx;
	int tcp_fd, unix_fd; /* until MHD has them; then -1 */
	uint16_t port;
	struct MHD_Daemon *web, *local;
	int web_dir_fd; /* -1 none */
	struct settings started_with;
	int64_t started_ms;	  /* wall clock */
	uint64_t started_mono_ms; /* monotonic */
	atomic_bool setup_done, stopping;
	atomic_uint_fast64_t replies[6]; /* by status class */
	atomic_uint_fast64_t login_failures;
	struct api_pool *pool;
	struct api_hub *hub;
	struct api_live *live;
	struct trace_store *traces;	    /* borrowed */
	struct log_file *logs;		    /* borrowed; NULL none */
	enum log_level log_level[LOG_SUBS]; /* as the settings last said; under the store's lock */
	atomic_uint_fast64_t logs_read_ms;  /* when somebody last read lines; monotonic, 0 never */
	struct api_watches *watches;
	struct api_subscriptions *subscriptions;
	struct api_lines *lines;
	struct api_limits *limits, *reset_limits, *invitation_limits;
	struct api_resets *resets;
	struct api_paces *paces;
	struct api_keys *keys;
	struct api_orbits *orbits;
	struct api_live_conferences *conferences;
	struct api_ticker *ticker;
	struct api_user_import *user_import;
	pthread_mutex_t setup_lock; /* one first administrator */
	pthread_mutex_t metrics_lock;
	struct api_metric metrics[API_METRICS_MAX]; /* metrics_lock */
	size_t metrics_count;
	struct api_disk disk; /* metrics_lock; total 0 = not measured yet */
	pthread_mutex_t links_lock;
	struct list links; /* all connections; their deadlines: links_lock */
};

/** A connection. MHD's timeout is about silence; the deadline is for those who send a byte now
 *  and then. */
struct link {
	struct list node;
	int fd;
	uint64_t deadline_ms; /* monotonic; a whole request must be here by then; 0 none */
};

/* --- a request --------------------------------------------------------------- */

enum who {
	WHO_ANYONE,
	WHO_NEAR,    /* from this machine, or somebody with the right */
	WHO_USER,    /* logged in, or with a token; the local socket too */
	WHO_PERSON,  /* a user, so not the local socket */
	WHO_SESSION, /* logged in with a password: for what keeps an account safe */
};

enum route_flag {
	ROUTE_BIG_BODY = 1 << 0, /* BODY_BYTES_IMPORT */
	ROUTE_WRITES = 1 << 1,	 /* creates, changes, deletes rows: not for logs */
	ROUTE_EARLY = 1 << 2,	 /* also before set-up is done */
	/* also for a session whose user must set up a second factor first */
	ROUTE_UNCONFIRMED = 1 << 3,
};

struct route {
	const char *method, *pattern;
	enum who who;
	uint32_t needs; /* rights, all of them (RIGHT_BIT of model/rights.h) */
	unsigned flags;
	void (*handle)(struct request *rq);
	const struct model_entity *entity; /* of routes with a fixed one */
};

/** Where a request is. MHD calls its handler again after every step. */
enum phase {
	PHASE_NEW,	 /* header read */
	PHASE_ADMITTING, /* big body announced: a worker looks first who it is */
	PHASE_ADMITTED,
	PHASE_BODY,    /* bytes come */
	PHASE_WORKING, /* a worker has it */
	PHASE_DONE,    /* the reply is ready */
	PHASE_FILLING, /* it is being sent; a worker makes the next piece of its body */
};

/** A body that is made piece by piece; owned by its request. */
struct pieces {
	char *bytes;
	size_t n, cap, sent;
	bool last, failed; /* nothing comes behind this; the connection is cut */
	void (*fill)(struct request *rq);
	void (*free_ctx)(void *ctx);
	void *ctx;
};

struct reply {
	int status; /* 0 = none yet */
	char *body; /* malloc'd */
	size_t body_bytes;
	const char *content_type, *cache; /* static; NULL none */
	const char *disposition;	  /* static, or file_name */
	char file_name[200];		  /* room for one that is made for the occasion */
	char cookie[160], allow[40];
	uint32_t retry_after_s;
	bool stream;		/* instead of a body: the live events */
	int file_fd;		/* instead of a body: body_bytes of a file, -1 none */
	uint64_t file_from;	/* its first byte that is sent */
	bool ranges;		/* parts of it may be asked for */
	char content_range[72]; /* with 206 and 416 */
	const char *encoding;
	char etag[64];
	int64_t change;	       /* that the request has made; 0 = none */
	struct pieces *pieces; /* instead of a body: made while it is sent */
};

/** Who asks. */
struct caller {
	bool local;		   /* by the UNIX socket, rights checked; has no user */
	bool has_session;	   /* by the cookie; csrf is set */
	bool has_token;		   /* by an API token */
	bool second_factor_needed; /* a session that may only be used to set one up */
	json_t *user;		   /* with both */
	int64_t user_id, session_id;
	uint32_t rights; /* the user's; of a token no more than it has */
	char csrf[TOKEN_HEX + 1];
	unsigned char token_hash[32]; /* of the session or the API token */
};

struct pair {
	struct slice name, value;
};

struct request {
	struct api *api;
	struct MHD_Connection *con;
	struct list node; /* in the pool's queue */
	struct link *link;
	enum phase phase;
	bool by_socket; /* came by the UNIX socket */
	bool is_get;	/* GET or HEAD */
	bool admitted;
	const char *method;
	struct addr peer; /* family 0 on the UNIX socket */
	/* The target, decoded; slices into text. */
	char *uri, *text;
	struct slice path, segment[SEGMENTS_MAX];
	size_t segments;
	struct pair query[QUERY_MAX];
	size_t queries;
	/* What the router found. */
	const struct route *route;
	const struct model_entity *entity;
	int64_t id;
	struct slice call_id, language, name;
	/* Headers; "" when absent. */
	char token[TOKEN_HEX + 1], csrf[TOKEN_HEX + 1];
	char authorization[100], user_agent[STORE_AGENT_BYTES];
	char content_type[64], accept_encoding[128], if_none_match[64], fetch_site[24];
	char range[64];	   /* "" also with If-Range: we give nothing to compare */
	char if_match[64]; /* a version without its quotes; "" when absent or "*" */
	/* Body. */
	uint64_t announced_bytes; /* UINT64_MAX: not known before its end */
	char *body;
	size_t body_bytes, body_cap, body_max;
	uint64_t discarded_bytes;
	bool too_big;
	bool misframed; /* where its body ends is not clear: answered at once, then closed */
	struct caller caller;
	struct reply reply;
};

/** Takes uri apart: path, segments, query, all decoded into text. False: malformed. */
bool request_read_target(struct request *rq);
/** Parses target and headers. A refusal is put into the reply. */
void request_read(struct request *rq);
struct request *request_new(struct api *api, struct MHD_Connection *con, const char *uri);
void request_free(struct request *rq);
/** Takes bytes of the body; beyond the limit they are thrown away. False: enough of it. */
bool request_take_body(struct request *rq, const char *bytes, size_t n);
/** The body as a JSON object (new reference), or NULL with an error in the reply. An absent
 *  body is an empty object when may_be_absent. */
json_t *request_json(struct request *rq, bool may_be_absent);
/** Value of a query parameter; p NULL when absent. */
struct slice request_query(const struct request *rq, const char *name);
bool request_query_flag(const struct request *rq, const char *name);
/** The body is a table; false with a refusal in the reply. */
bool request_is_csv(struct request *rq);

/* --- answers (errors.c) -------------------------------------------------------- */

/** Takes the reference. */
void reply_json(struct request *rq, int status, json_t *body);
/** body is malloc'd and taken. */
void reply_text(struct request *rq, int status, const char *content_type, char *body, size_t n);
void reply_error(struct request *rq, int status, const char *code, const char *field,
    const char *fmt, ...) __attribute__((format(printf, 5, 6)));
/** What the store said, with its sentences (errors may be NULL). */
void reply_err(struct request *rq, enum err e, const struct model_errors *errors);
json_t *error_json(const char *code, const char *message, const char *field, json_t *details);

/** Makes pieces the body of the reply; fill puts the next piece, on a worker. Takes ctx over.
 * False: out of memory. */
bool pieces_begin(
    struct request *rq, void (*fill)(struct request *rq), void (*free_ctx)(void *ctx), void *ctx);
void pieces_free(struct request *rq);
void pieces_put(struct pieces *p, struct slice bytes);
/** The next piece; worker. */
void pieces_work(struct request *rq);
/** MHD thread. */
struct MHD_Response *pieces_open(struct request *rq);
/** The parameters of a list into q, filters into equals. False with a refusal in the reply. */
bool list_query_read(struct request *rq, struct store_query *q, json_t *equals);

/* --- sound files (audio.c) ------------------------------------------------------ */

/** False with a refusal in the reply: the body is none by its Content-Type. */
bool audio_is_sent(struct request *rq);
/** The parameter file_name. False with a refusal in the reply. */
bool audio_file_name(struct request *rq, char *out, size_t cap);
/** The body in a new file of DATA/FOLDER; the caller removes it. */
enum err audio_keep(const struct request *rq, const char *folder, char path[PATH_MAX]);
/** Makes of it a file that can be said, whole and on the disk. As sound_convert. */
enum err audio_convert(const char *upload, const char *to, uint64_t *length_ms);
/** Says what was wrong with a sound file, or with us. */
void audio_refuse(struct request *rq, enum err e);
/** A WAV file is the answer, or the part of it that was asked for. False: it is not there. */
bool audio_reply(struct request *rq, const char *path);

/* --- parts ------------------------------------------------------------------- */

enum err listen_tcp(
    const char *address, uint16_t port, int *out, uint16_t *bound, char *why, size_t why_bytes);
enum err listen_unix(const char *path, int *out, char *why, size_t why_bytes);

/** Finds route, entity and id; else the reply is 404 or 405. Not for static files. */
void router_find(struct request *rq);
/** cb for each route; path as api_routes_each has it. */
void router_each(void (*cb)(void *ctx, const struct route *route, const char *path), void *ctx);
bool router_is_api(struct slice path);

enum err pool_start(struct api *api);
/** Suspends the connection and queues it. False: full or closed, nothing happened. */
bool pool_push(struct api *api, struct request *rq);
/** Finishes what is queued, then joins. */
void pool_stop(struct api *api);
/** On a worker: decides who asks and, unless only that was wanted, handles the request. */
void server_work(struct request *rq);

/** Decides who asks; false with a refusal in the reply. */
bool session_admit(struct request *rq);
/** What is written from now on is written by who asks. */
void session_sign(const struct request *rq);
/** The same for another thread. */
void session_writer(const struct request *rq, char name[WRITER_BYTES], char address[ADDR_TEXT_MAX]);
/** Logs in: new token, cookie, answer {user, csrf}. Takes the reference of user. */
void session_open(struct request *rq, json_t *user, int status);
bool session_setup_needed(struct api *api);
/** True if a mailbox is open to the caller; else a refusal that names the field. */
/** ERR_NOT_FOUND too when the row is somebody else's. */
enum err find_own(struct request *rq, const struct model_entity *e, int64_t id);
bool mailbox_is_open(struct request *rq, int64_t mailbox, const char *field);
/** A committed change of a message or a mailbox: tells those who may see it. Reads the store. */
void voicemails_on_changed(struct api *api, const char *entity, int64_t id);
/** True if the caller has the right; else a refusal in the reply. */
bool session_may(struct request *rq, enum right right);
/** Whether the session or token with this hash is good now, and what it may. ERR_NOT_FOUND. */
enum err session_rights(
    struct api *api, bool is_token, const unsigned char hash[32], uint32_t *rights);
/** The password of a user, with the delays of failed log-ins. *user: new reference. False with a
 *  refusal in the reply. */
bool login_password(struct request *rq, const char *login, const char *password, json_t **user);
/** The same for somebody who is logged in: a wrong one is an error of the form. */
bool me_password_ok(struct request *rq, const char *login, const char *password, json_t **user);
void session_hash(const char *token, unsigned char hash[32]);

/** How fast users give commands to their calls. */
struct api_paces *paces_new(void);
void paces_free(struct api_paces *p);
/** Gives a command about the caller's calls. False with a refusal in the reply. */
struct call_command;
struct call_result;
bool own_command(struct request *rq, struct call_command *cmd, struct call_result *r);
struct play;
/** Is the body one of such a request? False with a refusal in the reply: before it is looked what
 * is there. */
bool play_is_asked(struct request *rq);
/** A phone of the caller's, which the body may name, rings and plays or records what; title: for
 * its display. The reply names the call, or refuses. */
void play_at_phone(struct request *rq, const struct play *what, const char *title);
/** Users who are found by the parameter search, as shown says; NULL: not him. */
void reply_people(struct request *rq, json_t *(*shown)(const json_t *user));
/** How fast somebody gives commands. False with a refusal in the reply: wait. */
bool own_pace(struct request *rq);
/** Refuses, and says what and why: of a number that cannot be called, in the words of its plan
 *  (why: model/reasons.h, or ""). */
void refuse_with_reason(
    struct request *rq, int status, const char *code, const char *what, const char *why);

/** The caller wants to be called back: *row as of the API. False: it has been refused. */
bool completion_request(
    struct request *rq, const char *number, const struct live_tried *tried, json_t **row);

struct api_keys *keys_new(void);
void keys_free(struct api_keys *k);
/** A committed change: who has keys about it is told by keys_flush. Reads the store. */
void keys_on_changed(struct api *api, const char *entity, int64_t id);
/** Tells what keys show differently. Ticker. */
void keys_flush(struct api *api);
/** What he may have completed, or waits for. */
void keys_completion(struct api *api, int64_t user, struct live_completion *out);
/** True if a call rings for this user; *out says which. */
bool keys_rung(struct api *api, int64_t user, struct live_telephony *out);
/** A place is taken now, or free. */
void keys_on_orbit(struct api *api, unsigned orbit, bool taken);

struct api_live_conferences *live_conferences_new(void);
void live_conferences_free(struct api_live_conferences *all);
/** A committed change: of a plan, who moderates what runs may be others now. Reads the store. */
void live_conferences_on_changed(struct api *api, const char *entity);
/** Tells who looks what has changed. Ticker. */
void live_conferences_flush(struct api *api);

struct api_orbits *orbits_new(void);
void orbits_free(struct api_orbits *o);
bool orbits_is_taken(struct api *api, unsigned orbit);
/** Its two digits. False: all are taken. */
bool orbits_first_free(struct api *api, char out[3]);
/** All of them in their order; *out: a new reference. */
ERR_MUST_CHECK enum err keys_of_user(struct api *api, int64_t user, json_t **out);
/** Adds what the caller may see of a key's state to its row, and returns it. */
json_t *key_with_state(struct request *rq, json_t *row);

struct api_limits *limits_new(void);
void limits_free(struct api_limits *l);
/** Counts an attempt to log in before it is tried: per address in a window, per login with a
 *  growing delay. 0 = go on, else seconds to wait. */
uint32_t limits_try(
    struct api_limits *l, const struct addr *ip, struct slice login, uint64_t now_ms);
/** The attempt was good: it does not count, and the login is forgiven its earlier ones. */
void limits_forgive(
    struct api_limits *l, const struct addr *ip, struct slice login, uint64_t now_ms);

/** The attempt was neither good nor bad: it does not count. */
void limits_give_back(
    struct api_limits *l, const struct addr *ip, struct slice login, uint64_t now_ms);
/** The attempt failed. True if that has just locked the login: limits_tell has something to say. */
bool limits_failed(
    struct api_limits *l, const struct addr *ip, struct slice login, uint64_t now_ms);
/** Seconds to wait for a login from anywhere; 0 = none. *failures (may be NULL) in a row. */
uint32_t limits_locked(
    struct api_limits *l, struct slice login, uint64_t now_ms, uint32_t *failures);
void limits_unlock(struct api_limits *l, struct slice login);
/** Makes notices of logins that have been locked, if they are somebody's. */
void limits_tell(struct api *api);

/** Forgotten passwords that wait for their mail. */
struct api_resets *resets_new(void);
void resets_free(struct api_resets *r);
/** Mails the links that have been asked for. */
void resets_tell(struct api *api);

/** RFC 6238, SHA-1, six digits, 30 s; one step early or late. Steps up to after do not count. */
bool totp_check(const char *secret, const char *code, int64_t now_ms, int64_t after, int64_t *step);
/** The code of a step. False: not base32. */
bool totp_code(const char *secret, int64_t step, char code[7]);
/** n random bytes as base32 (RFC 4648, no padding); n a multiple of 5. False: no randomness. */
bool base32_random(char *out, size_t n);
/** Asks for the second factor where the account has one. False with a refusal in the reply. */
bool second_factor_ok(struct request *rq, int64_t user, const char *code);

struct api_hub *hub_new(struct api *api);
void hub_free(struct api_hub *h);
bool hub_wanted(struct api_hub *h);
size_t hub_count(struct api_hub *h);
/** To administrators. data is one line of JSON. */
void hub_publish(struct api_hub *h, const char *event, const char *data);
/** To these users' streams (0 = none), unless they are administrators. */
void hub_publish_to(struct api_hub *h, const int64_t users[2], const char *event, const char *data);
/** As hub_publish and hub_publish_to; take data, with NULL (no memory) nothing is told. */
void hub_publish_json(struct api_hub *h, const char *event, json_t *data);
void hub_publish_json_to(
    struct api_hub *h, const int64_t users[2], const char *event, json_t *data);
/** True if a stream of one of them is open that is not an administrator's. */
bool hub_has_user(struct api_hub *h, const int64_t users[2]);
/** To all streams with these rights (bits) that are no administrator's. */
void hub_publish_right(struct api_hub *h, uint32_t needs, const char *event, const char *data);
/** To all streams of this user (0: of everybody) that have all rights of needs and none of lacks
 * (bits). */
void hub_publish_person(struct api_hub *h, int64_t user, uint32_t needs, uint32_t lacks,
    const char *event, const char *data);
/** True if a stream of this user is open. */
bool hub_has_person(struct api_hub *h, int64_t user);
/** A call of theirs is over: its record will come. */
void hub_expect_record(struct api_hub *h, const int64_t users[2]);
/** Tells those who expect records that some have been stored. */
void hub_tell_records(struct api_hub *h);
void hub_keepalive(struct api_hub *h);
/** Makes the stream the response of this request; NULL: too many. MHD thread. */
struct MHD_Response *hub_open(struct api_hub *h, struct request *rq);
/** Ends the streams of a session. */
void hub_close_session(struct api_hub *h, const unsigned char token_hash[32]);
/** Ends the streams whose session or token is no longer valid, and lets the others see what their
 *  rights are now. user 0: all. Reads the store. */
void hub_check(struct api_hub *h, int64_t user);
/** Ends all; later ones end at once. */
void hub_stop(struct api_hub *h);

struct api_live *live_new(struct api *api);
void live_free(struct api_live *l);
/** Sends what changed to the streams. */
void live_flush(struct api_live *l);
/** Is the phone registered? */
bool live_has_phone(struct api_live *l, int64_t phone_id);
/** Where one of its registrations came from; family 0: it has none. */
struct addr live_phone_source(struct api_live *l, int64_t phone_id);
bool live_has_call(struct api_live *l, struct slice call_id);
/** Calls that a phone or a line of this name is in, or rings for. */
size_t live_calls_at(struct api_live *l, struct slice name);
/** The user is in a call, and not only rung. */
bool live_user_talks(struct api_live *l, int64_t user);
size_t live_call_count(struct api_live *l);
size_t live_registration_count(struct api_live *l);

struct api_watches *watches_new(void);
void watches_free(struct api_watches *w);

/** What the settings say of the log, after they have changed. */
void logs_apply(struct api *api, const struct settings *now);
/** Browsers hear of new lines from here on, until logs_stop. */
void logs_start(struct api *api);
void logs_stop(struct api *api);

struct api_lines *lines_new(void);
void lines_free(struct api_lines *l);
/** Can calls leave on it? */
bool lines_is_usable(struct api_lines *l, int64_t line_id);
/** Publishes what has changed. */
void lines_flush(struct api *api);

struct api_user_import *user_import_new(struct api *api);
/** Cancels what runs, which changes nothing then, and waits for its end. NULL is fine. */
void user_import_stop(struct api_user_import *job);
void user_import_end(struct api_user_import *job);

struct api_subscriptions *subscriptions_new(void);
void subscriptions_free(struct api_subscriptions *all);

/** The messages of conversations as a capture file; malloc'd, NULL out of memory. */
struct pcap;
/** Of the newest conversations; malloc'd, NULL: none. */
char *traces_newest_pcap(struct api *api, size_t *bytes);
struct pcap *pcap_new(void);
void pcap_add(struct pcap *p, const struct trace_record *r);
/** In the order of time. Frees p. */
char *pcap_finish(struct pcap *p, size_t *bytes);

enum err ticker_start(struct api *api);
void ticker_stop(struct api *api);
/** Something waits for live_flush. Any thread. */
void ticker_wake(struct api *api);

/** A file of the web page into the reply. MHD thread. */
void static_serve(struct request *rq);

/** Queues rq->reply as the response, with the headers that all have. MHD thread. */
enum MHD_Result reply_send(struct request *rq);

/** Closes connections whose request does not arrive. */
void server_close_late(struct api *api);

/** Milliseconds of the monotonic clock. */
uint64_t api_mono_ms(void);
/** What handle_status and handle_metrics say; NULL out of memory. */
json_t *status_json(struct api *api);
json_t *disk_json(struct api *api);
char *metrics_text(struct api *api, size_t *n);
/** Memory of the process. */
uint64_t api_resident_bytes(void);

/* --- handlers ------------------------------------------------------------------ */

void handle_health(struct request *rq);
void handle_live_conferences(struct request *rq);
void handle_live_conference_patch(struct request *rq);
void handle_live_conference_end(struct request *rq);
void handle_live_conference_invite(struct request *rq);
void handle_live_member_patch(struct request *rq);
void handle_live_member_remove(struct request *rq);
void handle_status(struct request *rq);
void handle_metrics(struct request *rq);
void handle_openapi(struct request *rq);
void handle_setup(struct request *rq);
void handle_setup_get(struct request *rq);
void handle_reset_offered(struct request *rq);
void handle_reset_ask(struct request *rq);
void handle_reset_use(struct request *rq);
void handle_session_get(struct request *rq);
void handle_session_create(struct request *rq);
void handle_session_delete(struct request *rq);
void handle_me(struct request *rq);
void handle_me_patch(struct request *rq);
void handle_me_rights(struct request *rq);
void handle_me_password(struct request *rq);
void handle_me_calls(struct request *rq);
void handle_own_dial(struct request *rq);
void handle_own_answer(struct request *rq);
void handle_own_hold(struct request *rq);
void handle_own_resume(struct request *rq);
void handle_own_transfer(struct request *rq);
void handle_own_to_go(struct request *rq);
void handle_own_record(struct request *rq);
void handle_own_end_recording(struct request *rq);
void handle_own_hangup(struct request *rq);
void handle_own_phones(struct request *rq);
void handle_own_people(struct request *rq);
void handle_own_list(struct request *rq);
void handle_own_keys(struct request *rq);
void handle_own_labels(struct request *rq);
void handle_labels(struct request *rq);
void handle_label_sheets(struct request *rq);
void handle_star_codes(struct request *rq);
void handle_star_codes_check(struct request *rq);
void handle_orbits(struct request *rq);
void handle_orbit_fetch(struct request *rq);
void handle_own_park(struct request *rq);
void handle_own_key_create(struct request *rq);
void handle_own_key_patch(struct request *rq);
void handle_key_targets(struct request *rq);
void handle_key_press(struct request *rq);
void handle_own_completion_create(struct request *rq);
void handle_own_redirection_create(struct request *rq);
void handle_own_redirection_patch(struct request *rq);
void handle_own_participant_create(struct request *rq);
void handle_own_participant_patch(struct request *rq);
void handle_conference_people(struct request *rq);
void handle_conference_dates(struct request *rq);
void handle_own_conference_dates(struct request *rq);
void handle_own_invitations(struct request *rq);
void handle_own_invitation_join(struct request *rq);
void handle_conference_invitation(struct request *rq);
void handle_own_row_create(struct request *rq);
void handle_own_row_patch(struct request *rq);
void handle_own_get(struct request *rq);
void handle_own_patch(struct request *rq);
void handle_own_delete(struct request *rq);
void handle_end_other_sessions(struct request *rq);
void handle_token_create(struct request *rq);
void handle_second_factor(struct request *rq);
void handle_second_factor_begin(struct request *rq);
void handle_second_factor_confirm(struct request *rq);
void handle_second_factor_remove(struct request *rq);
void handle_user_security(struct request *rq);
void handle_user_unlock(struct request *rq);
void handle_user_second_factor_remove(struct request *rq);
void handle_user_end_sessions(struct request *rq);
void handle_list(struct request *rq);
void handle_records_csv(struct request *rq);
void handle_create(struct request *rq);
void handle_get(struct request *rq);
void handle_patch(struct request *rq);
void handle_delete(struct request *rq);
/** Before what else may speak against it. False with 412 in the reply: the row is not what the
 *  writer has seen (If-Match). */
bool has_seen(struct request *rq);
void handle_bulk(struct request *rq);
void handle_bulk_found(struct request *rq);
void handle_delete_found(struct request *rq);
void handle_create_several(struct request *rq);
void handle_sip_account(struct request *rq);
void handle_new_secret(struct request *rq);
void handle_numbers_add(struct request *rq);
void handle_numbers_remove(struct request *rq);
void handle_group_pin(struct request *rq);
void handle_calls(struct request *rq);
void handle_hangup(struct request *rq);
void handle_revert(struct request *rq);
void handle_revert_several(struct request *rq);
void handle_revert_range(struct request *rq);
void handle_mail_test(struct request *rq);
void handle_mail_retry(struct request *rq);
void handle_registrations(struct request *rq);
void handle_subscriptions(struct request *rq);
void handle_line_status(struct request *rq);
void handle_line_history(struct request *rq);
void handle_route_test(struct request *rq);
void handle_rates_csv(struct request *rq);
void handle_rates_csv_put(struct request *rq);
/* line_test.c */
void handle_line_test(struct request *rq);
void handle_line_test_start(struct request *rq);
void handle_public_holidays(struct request *rq);
void handle_prompts(struct request *rq);
void handle_prompt_audio(struct request *rq);
void handle_prompt_put(struct request *rq);
void handle_prompt_delete(struct request *rq);
/* music.c */
void handle_music_upload(struct request *rq);
void handle_music_audio(struct request *rq);
void handle_music_file_delete(struct request *rq);
void handle_music_play(struct request *rq);
/* announcements.c */
void handle_announcement_put(struct request *rq);
void handle_announcement_play(struct request *rq);
void handle_announcement_speak(struct request *rq);
void handle_own_announcement_play(struct request *rq);
void handle_own_announcement_speak(struct request *rq);
void handle_announcement_audio(struct request *rq);
void handle_announcement_delete(struct request *rq);
void handle_own_announcement_create(struct request *rq);
void handle_own_announcement_patch(struct request *rq);
void handle_own_announcement_put(struct request *rq);
void handle_own_announcement_audio(struct request *rq);
void handle_own_announcement_delete(struct request *rq);
/* voicemails.c */
void handle_mailbox_targets(struct request *rq);
void handle_own_mailbox_patch(struct request *rq);
void handle_own_voicemail(struct request *rq);
void handle_own_voicemail_patch(struct request *rq);
void handle_own_voicemail_delete(struct request *rq);
void handle_own_voicemail_forward(struct request *rq);
void handle_own_voicemail_play(struct request *rq);
void handle_mailbox_speak(struct request *rq);
void handle_own_mailbox_speak(struct request *rq);
void handle_own_voicemail_audio(struct request *rq);
void handle_events(struct request *rq);
void handle_traces(struct request *rq);
void handle_trace(struct request *rq);
void handle_trace_pcap(struct request *rq);
void handle_traces_pcap(struct request *rq);
void handle_watches(struct request *rq);
void handle_watch(struct request *rq);
void handle_unwatch(struct request *rq);
void handle_disk(struct request *rq);
void handle_logs(struct request *rq);
void handle_logs_patch(struct request *rq);
void handle_log_lines(struct request *rq);
void handle_log_file(struct request *rq);
void handle_export(struct request *rq);
void handle_import(struct request *rq);
void handle_user_import(struct request *rq);
void handle_user_import_state(struct request *rq);
void handle_user_import_rows(struct request *rq);
void handle_user_import_apply(struct request *rq);
void handle_user_import_cancel(struct request *rq);
void handle_user_export(struct request *rq);
void handle_user_template(struct request *rq);

#endif
