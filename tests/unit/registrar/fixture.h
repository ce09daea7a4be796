/*
 * A registrar with its authentication on a real transaction layer, driven by hand: virtual
 * time, requests as text, everything sent is kept. The directory is a table of the test.
 */
#ifndef TESTS_UNIT_REGISTRAR_FIXTURE_H
#define TESTS_UNIT_REGISTRAR_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "registrar/auth.h"
#include "registrar/registrar.h"

/* The loop's clock and the wall's, when a test begins. */
enum { START_MS = 1000000, WALL_S_AT_START = 1700000000 };

/* The directory: phones in use are those with an id. */
enum { PHONES_MAX = 8, KEPT_MAX = 256 };

struct directory {
	struct settings settings;
	struct dir_phone phone[PHONES_MAX];
	struct addr_nets local_networks;
};

/* A value on the disk; n 0: none. */
struct kept {
	char bytes[REG_KEPT_MAX_BYTES];
	size_t n;
};

struct fixture {
	struct directory dir;
	struct timers timers;
	struct rng rng;
	struct sip_core *core;
	struct auth *auth;
	struct registrar *reg;
	bool authenticate;     /* false: every request is phone[0]'s */
	struct sip_flow flow;  /* of the next request */
	const char *more_vias; /* header lines below its own */

	/* What was sent last, and to whom. */
	char sent[65536];
	struct sip_msg msg;
	struct sip_flow sent_to;
	size_t n_requests, n_responses;
	bool answer_options; /* with 200, after answer_ms */
	uint32_t answer_ms;

	/* What the ops heard last. */
	struct kept kept[KEPT_MAX]; /* by handle - 1 */
	uint32_t last_kept;	    /* handle */
	struct live_registration live;
	size_t n_kept, n_forgotten, n_live, n_gone;
	size_t n_restored, n_phone_told, phone_contacts, phone_reachable;
	enum auth_result auth_result;
};

extern struct fixture f;

int fixture_setup(void **state);
int fixture_teardown(void **state);
/** Digests of the password for phone i. */
void fixture_password(struct dir_phone *p, const char *password);
/** A new registrar on the same disk; fixture_restore gives it what was kept. */
void fixture_restart(void);
void fixture_restore(void);
struct addr at(const char *text);
/** Lets time pass, with all timers on the way. */
void pass_ms(uint64_t ms);

/** Sends a REGISTER with these header lines (each ending in CR LF) beside the mandatory ones;
 *  returns the status. call_id NULL: "c1"; cseq 0: one more than before. */
uint16_t register_as(const char *aor, const char *call_id, uint32_t cseq, const char *headers);
/** The same with To phone 0 and defaults. */
uint16_t register_with(const char *headers);
/** Feeds any request. */
void feed(const char *text);

/** The n-th Contact of the last response, "" if none. */
struct slice contact(size_t n);
/** Contacts of phone 0. */
size_t contacts(struct reg_contact out[8]);

#endif
