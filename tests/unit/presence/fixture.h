/*
 * A presence room on a real transaction layer, driven by hand: virtual time, requests as text,
 * everything sent is kept. Two users with a phone each; the directory is a table of the test.
 */
#ifndef TESTS_UNIT_PRESENCE_FIXTURE_H
#define TESTS_UNIT_PRESENCE_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "presence/presence.h"

/* The loop's clock and the wall's, when a test begins. */
enum { START_MS = 1000000, WALL_S_AT_START = 1700000000 };
enum { USERS = 3, PHONES = 2, SENT_MAX = 4096 };

struct directory {
	struct settings settings;
	struct dir_user user[USERS];	/* 101 Anna (p1), 102 Bert (p2), 103 disabled; id 1 … 3 */
	struct dir_phone phone[PHONES]; /* p1 id 11, p2 id 12 */
	struct dir_number number[USERS];
	const struct dir_user *users_of_phone[PHONES][1];
	const struct dir_phone *phones_of_user[USERS][1];
	const struct dir_number *numbers_of_user[USERS][1];
	struct dir_group group; /* 5: Anna, logged on */
	struct dir_member member[1];
};

struct fixture {
	struct directory dir;
	struct timers timers;
	struct rng rng;
	struct sip_core *core;
	struct presence *p;
	size_t phone_max;      /* for the next fixture_open */
	int64_t wall_shift_ms; /* somebody set the clock */

	const struct dir_phone *from; /* whose request comes next */
	struct sip_flow flow;	      /* of the next request */

	/* The last response and the last NOTIFY that were sent. */
	char response_text[65536], notify_text[65536];
	struct sip_msg response, notify;
	struct sip_flow notify_to;
	size_t n_notifies, n_responses;
	/* How phones answer NOTIFYs: 0 = not at all. More header lines, or NULL. */
	uint16_t answer;
	const char *answer_headers;

	struct presence_contact contact; /* of every phone, when uri is not empty */

	/* What was kept last. */
	char kept[PRESENCE_KEPT_MAX_BYTES];
	size_t kept_n;
	uint32_t handles; /* given out */
	size_t n_forgotten, n_live, n_gone;
	struct live_telephony telephony; /* told last */
	size_t n_telephony;
};

extern struct fixture f;

int fixture_setup(void **state);
int fixture_teardown(void **state);
/** The same with f.phone_max kept. */
void fixture_open(void);
struct addr at(const char *text);
void pass_ms(uint64_t ms);
void feed(const char *text);

/** A request without To tag, of a new Call-ID; returns the status. headers: lines with CR LF; body
 *  may be NULL. */
uint16_t ask(const char *method, const char *uri, const char *headers, const char *body);
/** A SUBSCRIBE with this Event, further header lines and a Contact (p1's unless given). */
uint16_t subscribe(const char *uri, const char *event, const char *headers);
/** A request inside the dialog of the last subscribe(). */
uint16_t in_dialog(const char *method, const char *headers);
/** Is this text in the last NOTIFY? */
bool told(const char *text);
void assert_told(const char *text);
void assert_not_told(const char *text);
void assert_value(struct slice got, const char *expected);

/** An event of leg `id` of this user, who is called. */
void dialog(int64_t user, uint64_t id, enum call_dialog_state state);

#endif
