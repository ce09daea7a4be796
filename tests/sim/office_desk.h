/*
 * The management of the simulated office: what telephones change (star codes, messages, requests
 * to be called back) goes into a real database, and a new directory goes to the switch, a moment
 * later. A power failure loses what was not confirmed, and nothing else: what was confirmed is
 * compared with what the database says behind it: do not disturb, redirections, log-ons to groups,
 * who sits at which phone, and who will be called back. So it is after each order, too.
 *
 * The database is a copy of the fixture's. Weeks have one, most days have none: what is asked then
 * is refused.
 */
#ifndef SIM_OFFICE_DESK_H
#define SIM_OFFICE_DESK_H

#include "base/random.h"
#include "loop/timer.h"
#include "model/feature.h"
#include "model/voicemail.h"

struct office;

enum {
	DESK_WORK_MAX = 64,
	DESK_USERS_MAX = 16,
	DESK_PHONES_MAX = 8,
	DESK_GROUPS_MAX = 4,
	DESK_TRIGGERS = 3,
	DESK_COMPLETIONS_MAX = 64
};

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

enum desk_told { DESK_NOTHING, DESK_NO, DESK_YES };

/* What a user was told of his own switches: by id. */
struct desk_user {
	bool dnd_known, dnd;
	bool redirect_known[DESK_TRIGGERS];
	char redirect[DESK_TRIGGERS][LIVE_NUMBER_BYTES]; /* "" = off */
	enum desk_told logged_on[DESK_GROUPS_MAX];	 /* by the group's ID */
	enum desk_told at[DESK_PHONES_MAX];		 /* is it a phone of his? By its id */
	int64_t primary;				 /* where he logged in last; 0: not known */
};

/* Somebody was told that he will be called back. */
struct desk_completion {
	int64_t id; /* of the row; 0: it is over */
	int64_t user;
	char number[LIVE_NUMBER_BYTES];
};

struct office_desk {
	char path[96];
	struct store *store;	     /* NULL: telephones change nothing */
	struct directory *directory; /* its newest; NULL: the fixture's */
	uint64_t changed_ms;	     /* when the directory was changed last; 0: never */
	struct timer timer;
	struct rng rng;
	struct desk_work work[DESK_WORK_MAX];
	size_t n_work;
	struct desk_user user[DESK_USERS_MAX];
	struct desk_completion completion[DESK_COMPLETIONS_MAX];
	size_t n_completions;
	unsigned n_done, n_refused, n_messages, n_compared;
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
