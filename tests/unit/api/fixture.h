/*
 * A real api on a free port of the loopback with a real store in a directory of its own,
 * and a small HTTP client on raw sockets.
 */
#ifndef TESTS_API_FIXTURE_H
#define TESTS_API_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "api/api.h"

struct fx {
	struct api *api;
	struct store *store;
	struct trace_store *traces;
	char dir[64], socket_path[96], web_dir[96];
	uint16_t port;
	/* Of the administrator after fx_log_in; sent by fx_call. */
	char cookie[128], csrf[80];
	char hung_up[LIVE_CALL_ID_BYTES]; /* what hangup was called with */
	struct call_command command;	  /* the last one */
	struct call_result result;	  /* what comes of it */
	char watched[96];		  /* the same of watch: "desk for 600" */
};

/** cmocka set-up and tear-down: a fresh store, api started. */
int fx_setup(void **state);
int fx_teardown(void **state);
/** The same with limits of one's own. */
void fx_open(struct fx *fx, const struct api_params *limits);
void fx_close(struct fx *fx);
/** First administrator 1000/secret-1 with number 100; keeps cookie and CSRF token. */
void fx_first_admin(struct fx *fx);

struct answer_text {
	int status;
	char *head, *body;
	json_t *json;
};

/** Connects to the TCP port. */
int fx_connect(const struct fx *fx);
int fx_connect_unix(const struct fx *fx);
void fx_send(int fd, const char *bytes, size_t n);
/** Reads until the other side closes or the text occurs; returns malloc'd text. Fails the test
 *  after 10 s. until NULL: to the end. */
char *fx_read(int fd, const char *until);
/** One request on a connection of its own. headers: lines with CRLF, or NULL. */
struct answer_text fx_request(
    int fd, const char *method, const char *path, const char *headers, const char *body);
/** As the administrator, by TCP. body: JSON or NULL. */
struct answer_text fx_call(struct fx *fx, const char *method, const char *path, const char *body);
/** The same by the UNIX socket. */
struct answer_text fx_local(struct fx *fx, const char *method, const char *path, const char *body);
void answer_text_free(struct answer_text *a);
/** Value of a header, "" when absent; in a static buffer. */
const char *fx_header(const struct answer_text *a, const char *name);

/** Does a call and checks status, error code and field (NULL: not looked at). */
void fx_expect(struct fx *fx, const char *method, const char *path, const char *body, int status,
    const char *code, const char *field);
/** A call that must succeed; the JSON body. */
json_t *fx_json(struct fx *fx, const char *method, const char *path, const char *body);
/** Waits up to 10 s for cond(ctx). */
bool fx_until(bool (*cond)(void *ctx), void *ctx);
int64_t fx_now_ms(void);
/** A traced message between 192.0.2.9:5060 (us) and remote. */
void fx_trace(struct fx *fx, const char *key, int64_t at_ms, enum trace_direction dir,
    const char *remote, const char *bytes);

#endif
