/*
 * A live call or registration in few bytes: the fixed part, then the texts, each with its NUL; a
 * few hundred bytes instead of the 3 KB of struct live_call. JSON is made from it when somebody
 * looks. Does not know who keeps them.
 */
#ifndef API_LIVE_PACK_H
#define API_LIVE_PACK_H

#include <jansson.h>

#include "model/live.h"

struct packed_call {
	int64_t started_at, answered_at, caller_user, called_user;
	struct packed_heard {
		uint16_t mos_x100, lost_x100, jitter_ms, delay_ms; /* cut at their limits */
		uint8_t voice;
		bool encrypted;
	} heard_by_caller, heard_by_called;
	bool recorded;
	uint8_t state, spoken, ringing_count, reasons_count;
	char text[]; /* call_id first: it is the key */
};

struct packed_registration {
	int64_t phone_id, registered_at, expires_at;
	uint32_t rtt_ms;
	bool reachable;
	char text[]; /* contact first: with phone_id the key */
};

/** malloc'd; NULL out of memory. */
struct packed_call *live_pack_call(const struct live_call *c);
struct packed_registration *live_pack_registration(const struct live_registration *r);
/** Of a struct packed_call or packed_registration. A new reference; NULL out of memory. */
json_t *packed_call_json(const void *packed);
/** Is a phone or a line of this name in the call, or does it ring? A line's name is clipped like
 *  those of struct live_call. */
bool packed_call_is_at(const void *packed, struct slice name);
json_t *packed_registration_json(const void *packed);
/** Where it came from, "192.0.2.1:5060"; borrowed from packed. */
struct slice packed_registration_source(const void *packed);

#endif
