/*
 * The management of the simulated office: what telephones change (star codes, messages, requests
 * to be called back) goes into a real database, and a new directory goes to the switch, a moment
 * later. A power failure loses what was not confirmed, and nothing else: what was confirmed is
 * compared with what the database says behind it.
 *
 * The database is a copy of the fixture's, made when the day needs it first. Most days have none:
 * what is asked then is refused.
 */
#ifndef SIM_OFFICE_DESK_H
#define SIM_OFFICE_DESK_H

#include "base/random.h"
#include "loop/timer.h"
#include "model/feature.h"
#include "model/voicemail.h"

struct office;

enum { DESK_WORK_MAX = 64, DESK_USERS_MAX = 16, DESK_TRIGGERS = 3 };

enum desk_kind { DESK_ORDER, DESK_BEGAN, DESK_ENDED, DESK_ASK, DESK_COMPLETED };

struct desk_work {
	enum desk_kind kind;
	union {
		struct feature_order order;
		struct voicemail_began began;
		struct voicemail_ended ended;
		struct voicemail_ask ask;
		struct live_completed completed;
	};
};

/* What a user was told of his own switches: by id. */
struct desk_user {
	bool dnd_known, dnd;
	bool redirect_known[DESK_TRIGGERS];
	char redirect[DESK_TRIGGERS][LIVE_NUMBER_BYTES]; /* "" = off */
	unsigned completions;				 /* asked for and not over */
};

struct office_desk {
	const char *master; /* the fixture's database; NULL: telephones change nothing */
	char path[96];
	struct store *store;	     /* NULL: nothing was changed yet */
	struct directory *directory; /* its newest; NULL: the fixture's */
	struct timer timer;
	struct rng rng;
	struct desk_work work[DESK_WORK_MAX];
	size_t n_work;
	struct desk_user user[DESK_USERS_MAX];
	unsigned n_done, n_refused, n_messages;
};

void desk_open(struct office *o, const char *master, uint64_t seed);
void desk_take(struct office *o, const struct desk_work *w);
/** The power fails: what was not begun is lost. */
void desk_crash(struct office *o);
/** It is back: the directory is what the database says, and as everybody was told. */
void desk_restart(struct office *o);
/** The day is over: nobody wants to be called back any more. */
void desk_end_day(struct office *o);
void desk_close(struct office *o);

#endif
