/*
 * Inside of cli/: the options of a run, the HTTP client, printing. Texts of the server are
 * cleaned of control characters before they reach a terminal: a phone's name must not
 * move the cursor.
 */
#ifndef CLI_CLI_INT_H
#define CLI_CLI_INT_H

#include <jansson.h>

#include "base/slice.h"
#include "cli/cli.h"
#include "model/model.h"

struct cli {
	FILE *in, *out, *err;
	const char *socket; /* --socket */
	const char *data;   /* --data */
	const char *search;
	uint64_t limit; /* rows; UINT64_MAX = not given */
	bool json, dry_run, keep_others, help;
	/* What is not an option: command and its arguments. */
	char **args;
	int count;
};

/** Fills cli from argv; args point into argv (which is reordered). False with a message on
 *  err: used wrongly. */
bool cli_options(struct cli *cli, int argc, char **argv);
/** Prints "strowger: …" to err. Returns CLI_USAGE, resp. CLI_FAILED. */
int cli_usage(struct cli *cli, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
int cli_fail(struct cli *cli, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* --- http (client.c) -------------------------------------------------------------- */

struct answer {
	int status;
	char *text; /* body with a NUL behind it */
	size_t text_n;
	json_t *json; /* body if it is JSON, else NULL */
};

/** One request. body may be NULL. ERR_CLOSED: nobody answers there; ERR_DENIED; ERR_MALFORMED
 *  (not HTTP); ERR_TIMEOUT; ERR_IO. */
ERR_MUST_CHECK enum err client_request(const char *socket_path, const char *method,
    const char *target, const json_t *body, struct answer *out);
void answer_free(struct answer *a);
/** Parses a whole HTTP response. ERR_INCOMPLETE, ERR_MALFORMED, ERR_NOMEM. */
ERR_MUST_CHECK enum err client_parse(struct slice all, struct answer *out);
/** Appends s with everything but letters, digits and -._~ escaped. */
void client_escape(struct buf *b, struct slice s);

/** A request to the daemon; says on err what is wrong. CLI_DONE with *out (may be NULL) set:
 *  the JSON body (new reference; NULL when there is none). */
int cli_call(
    struct cli *cli, const char *method, const char *target, const json_t *body, json_t **out);
/** The same for answers that are not JSON; answer_free(out) after CLI_DONE. */
int cli_fetch(struct cli *cli, const char *method, const char *target, const json_t *body,
    struct answer *out);
/** The path of the daemon's socket by options, environment and custom. */
const char *cli_socket(const struct cli *cli, char *text, size_t text_bytes);

/* --- printing (print.c) ------------------------------------------------------------- */

struct column {
	const char *field, *title;
};

/** A table of the items; lists are joined with commas, times are local. */
void print_table(FILE *f, const json_t *items, const struct column *columns, size_t n);
/** One object, a line a field. */
void print_object(FILE *f, const json_t *object);
/** With indentation, and all of it. */
void print_json(FILE *f, const json_t *value);
/** s without control characters. */
void print_clean(FILE *f, struct slice s);
/** Value as text, cleaned: malloc'd, NULL out of memory. "2026-…Z" becomes local time. */
char *value_text(const json_t *value);
/** Characters a terminal shows for UTF-8 text. */
size_t text_width(const char *s);

/* --- commands ----------------------------------------------------------------------- */

int command_help(struct cli *cli);
int command_status(struct cli *cli);
int command_entity(struct cli *cli);
int command_settings(struct cli *cli);
int command_calls(struct cli *cli);
int command_registrations(struct cli *cli);
int command_lines(struct cli *cli);
int command_subscriptions(struct cli *cli);
int command_hangup(struct cli *cli);
int command_route_test(struct cli *cli);
int command_line_test(struct cli *cli);
int command_trace(struct cli *cli);
/** The ladder, then the messages in full. */
void print_ladder(FILE *f, const json_t *messages);
int command_logs(struct cli *cli);
int command_import(struct cli *cli);
int command_export(struct cli *cli);
int command_passwd(struct cli *cli);
int command_second_factor(struct cli *cli);
int command_block(struct cli *cli);
int command_allow(struct cli *cli);
int command_unblock(struct cli *cli);

/** "k=v" arguments as JSON, typed by the entity's fields; "@KEY" in a reference is looked up.
 *  CLI_DONE or a status with the message printed. */
int fields_parse(struct cli *cli, const struct model_entity *e, char **args, int n, json_t **out);
/** One value. */
int value_parse(struct cli *cli, const struct model_field *f, const char *value, json_t **out);
/** Is this "set" about several rows, or about what is in a list? Then bulk_set does it. */
bool bulk_is(const struct cli *cli);
int bulk_set(struct cli *cli, const struct model_entity *e);
/** "7" or "@1001" to an id. */
int id_parse(struct cli *cli, const struct model_entity *e, const char *text, int64_t *id);

#endif
