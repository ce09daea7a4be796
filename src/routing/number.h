/*
 * Telephone numbers of the public network: one canonical form, what people and providers
 * write instead, and what a provider wants to read.
 *
 * Canonical is E.164 with a plus ("+49211123456"), or as it was for what has no such form:
 * short codes ("110", "116117"), and anything with * or #. The national prefix is 0 and the
 * international one 00 (ITU-T E.123; Germany, most of Europe).
 *
 * Pure functions, any thread.
 */
#ifndef ROUTING_NUMBER_H
#define ROUTING_NUMBER_H

#include "directory/directory.h"

enum { NUMBER_BYTES = 64 }; /* with the NUL */

/* Where we are. Borrowed from settings. */
struct number_plan {
	struct slice country; /* "49" */
	struct slice area;    /* "211"; empty: there are no area codes */
};

/* Who wrote it. */
enum number_source {
	NUMBER_DIALLED, /* a person with a dial tone of the public network: 123456 is local */
	NUMBER_WRITTEN, /* a provider or a directory: 49211123456 may be international */
};

struct number_plan number_plan_of(const struct settings *s);
/** text: digits, an optional leading +, * and # (routing_normalise). ERR_MALFORMED: no such
 *  text; ERR_TOO_BIG. */
ERR_MUST_CHECK enum err number_canonical(const struct number_plan *plan, struct slice text,
    enum number_source from, char out[NUMBER_BYTES]);
/** Writes a canonical number in a provider's format. DIR_FORMAT_ASIS writes it like plus;
 *  whoever has the digits as dialled uses those. */
void number_write(const struct number_plan *plan, enum dir_number_format format,
    struct slice canonical, struct buf *b);
/** The number of ours a provider means: an external one in any of the forms people type into
 *  the directory, else an internal one that stands there digit by digit (providers that
 *  send the extension only). NULL if none. */
const struct dir_number *number_find(const struct directory *dir, struct slice text);
/** The external number a user calls with on this line (an id): one that belongs to the line,
 *  else one that belongs to none; NULL if there is none. */
const struct dir_number *number_of_user_on_line(const struct dir_user *user, int64_t line);
/** The external number of ours that is this canonical number; NULL if none. */
const struct dir_number *number_find_external(const struct directory *dir, struct slice canonical);

#endif
