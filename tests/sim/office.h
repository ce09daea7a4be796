/*
 * A simulated office: the switchboard of the daemon with a media engine that only counts
 * ports, and its phones, on a bad network. Now and then the power of the switchboard fails
 * (what it had saved is in office_disk and office_desk) or somebody sets its clock. How long it
 * lives is in office_span. One seed is one run; the rules that must hold in each are in
 * office_check.
 */
#ifndef SIM_OFFICE_H
#define SIM_OFFICE_H

#include "daemon/switchboard.h"
#include "loop/sim.h"
#include "office_desk.h"
#include "office_lamps.h"
#include "office_parked.h"
#include "office_quiet.h"
#include "office_span.h"
#include "office_talk.h"
#include "phone.h"
#include "sim_media.h"
#include "sim_names.h"

enum {
	OFFICE_PHONES_MAX = 7, /* the last is the provider */
	OFFICE_PROBLEM_MAX = 600,
	OFFICE_KEPT_MAX = 128
};

/* A record in the journal: as it was last written. */
struct office_record {
	struct cdr cdr;
	bool over;     /* the call is: only its media figures are missing */
	bool final;    /* written for good */
	bool crashed;  /* the power failed before */
	unsigned life; /* power failures before it began */
};

/* A call that was shown live for the last time. */
struct office_over {
	char id[CALL_ID_BYTES];
	unsigned life;
};

/* What a caller was told, and what the switch wrote about it. */
struct office_call {
	char id[CALL_ID_BYTES];
	uint16_t status;
	bool failed, vanished, replacing;
	bool crashed; /* the power failed while it was */
};

/* A registration or a subscription on the disk; n 0: none. */
struct office_kept {
	bool is_subscription;
	size_t n;
	uint64_t order;
	char bytes[REG_KEPT_MAX_BYTES];
};

struct office {
	uint64_t seed;
	const struct office_span *span;
	struct sim *sim;
	struct switchboard *switchboard; /* NULL: no power */
	struct sim_media media;
	struct sim_names names; /* of the line's host */
	struct office_desk desk;
	struct office_talk talk;
	struct office_lamps lamps;
	struct office_parked parked;
	struct office_quiet quiet;
	const struct directory *directory;
	struct phone phone[OFFICE_PHONES_MAX];
	size_t n_phones;
	struct timer next_call, admin, inspector, crash, clock, outage;
	struct rng dice, house, fate; /* of its people, its phones' power, the switchboard */
	int64_t wall_shift_ms;
	unsigned crashes, outages;
	unsigned heard, played; /* by media before the power failed */
	uint64_t back_ms;	/* when the power of the switch came back last */
	size_t streams_max;
	bool good_cable;
	bool starving; /* now and then the switch gets no memory for what a datagram asks of it */
	struct rng hunger;
	bool noisy; /* a stranger sends damaged copies of what he overheard */
	struct rng stranger;
	bool in_tap, verbose;
	unsigned calls_left;
	size_t calls_max; /* more than so many can come of those that people make */
	struct office_call *told;
	struct office_record *record;
	struct office_over *over;
	size_t n_told, n_records, n_over, max_told, max_records, max_over;
	struct office_kept kept[OFFICE_KEPT_MAX]; /* by handle - 1 */
	uint64_t kept_order;
	char last_call[CALL_ID_BYTES];
	char problem[OFFICE_PROBLEM_MAX]; /* the first; "" = none */
};

/* The same at the beginning of each life. */
struct office_world {
	const struct office_span *span;
	const struct directory *directory;
	const char *database; /* from which it was read, closed */
};

/* What happened, summed over seeds: that the simulation does what it is for. */
struct office_sums {
	uint64_t calls, answered, cancelled, glares, vanished, timeouts, crashes, outages,
	    datagrams, lost;
	uint64_t referred, moved,
	    replaced;	 /* REFERs taken; transfers that came off; places taken */
	uint64_t direct; /* calls whose voice went past the switch */
	uint64_t lamps;	 /* NOTIFYs that lit one */
	uint64_t orders, refused, messages, keys, played, pairs, looked, compared, parked, quiet;
	uint64_t by_result[CDR_INTERRUPTED + 1];
};

/** Runs one seed from start to the long silence. False: problem says what is wrong. */
bool office_run(struct office *o, const struct office_world *world, uint64_t seed, bool verbose,
    struct office_sums *sums);

/* ---- office_people.c ---- */

/** The directory's configuration, as an import file with ' for ". */
extern const char office_config[];
/** What somebody dials next, at a phone of the office or outside. */
const char *office_number(const struct office_span *span, struct rng *rng, bool outside);

#endif
