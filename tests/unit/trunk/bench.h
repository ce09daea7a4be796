/*
 * The bench of trunk/: a real core and directory in virtual time, and providers that follow a
 * script. A provider's script is words separated by blanks; each REGISTER takes the next, the
 * last one repeats:
 *
 *   401 401s 407 401sess stale    a challenge: MD5; SHA-256 and MD5; of a proxy; what nobody
 *                        speaks; MD5 with stale=true and a new nonce
 *   200:N 200h:N 200s:N 200x:N   registered for N s, said at the Contact, in Expires; with
 *                        Service-Route; with one that is none
 *   423:N 503:N 503 NNN   Min-Expires, Retry-After, any other status
 *   -                     silence
 *
 * What happens is written down: "A600 A600+md5 B0" = to which provider, Expires, credentials that
 * were right; "!" behind wrong ones; "o" an OPTIONS, "k" a keep-alive.
 */
#ifndef TESTS_TRUNK_BENCH_H
#define TESTS_TRUNK_BENCH_H

#include "fixture.h"
#include "loop/sim.h"
#include "trunk/trunk.h"

enum { PROVIDERS = 3 };

struct provider {
	char name; /* 'A' … at 192.0.2.1 … */
	struct addr addr;
	const char *script;
	bool deaf;	  /* to everything */
	uint16_t options; /* its answer; 0 = 200 */
	char nonce[16];
	unsigned nonces;
};

struct bench {
	struct fixture fixture;
	struct sim *sim;
	struct sip_core *core;
	struct trunk *trunk;
	struct provider provider[PROVIDERS];
	char events[4096];
	uint64_t last_ms; /* when the last REGISTER came */
	char last[4096];  /* its text */
	struct live_line live;
	unsigned removed;
	bool dns_fails;
	uint32_t dns_ttl_s;
	unsigned located;
	char tls_name[64]; /* what was expected last */
	/* requests to us */
	struct trunk_incoming in;
	bool matched;
	char called[64];
};

/** config: see fixture.h. DNS knows a.test, b.test, c.test (one provider each), abc.test (all),
 *  ab.test, six.test (an IPv6 address, to which there is no way from here, then a.test's);
 *  nothing else. */
void bench_open(struct bench *b, const char *config);
void bench_close(struct bench *b);
void bench_change(struct bench *b, const char *config);
void bench_run(struct bench *b, uint64_t ms);
/** Runs on until nothing else happened for ms, and returns the events since the last time. */
const char *bench_events(struct bench *b);
/** The first line's id. */
int64_t bench_line(struct bench *b);
/** A request as bytes arrives from this address; b->matched, b->in and b->called follow. */
void bench_receive(struct bench *b, const char *from, const char *text);

#endif
