/*
 * The canonical form of a telephone number of the public network, which numbers are compared
 * in: E.164 with a plus ("+49211123456"), or as it was for what has no such form: short codes
 * ("110", "116117"), and anything with * or #. The national prefix is 0 and the international
 * one 00 (ITU-T E.123; Germany, most of Europe).
 *
 * Pure functions, any thread.
 */
#ifndef DIRECTORY_E164_H
#define DIRECTORY_E164_H

#include "base/buf.h"
#include "model/settings.h"

enum { NUMBER_BYTES = 64 }; /* with the NUL */

/* Where we are. Borrowed from settings, or from a line. */
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
/** What the canonical forms of all numbers begin with that people write like text: "0211…",
 *  "00…" (all but short codes), "0049…", "+49…", "118…", "5…" (local). ERR_MALFORMED,
 *  ERR_TOO_BIG. */
ERR_MUST_CHECK enum err number_canonical_range(
    const struct number_plan *plan, struct slice text, char out[NUMBER_BYTES]);

#endif
