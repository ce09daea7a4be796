/*
 * A simulated SIP phone on a simulated network: registers with digest, calls,
 * answers, refuses, holds, hangs up, loses its power - all when a seeded random
 * source says so. It stands on the same sip/ as the switch, but as a peer: what
 * the switch does wrong shows here.
 */
#ifndef SIM_PHONE_H
#define SIM_PHONE_H

#include "loop/sim.h"
#include "sip/core.h"
#include "sip/dialog.h"

struct phone_call;

/* How the INVITE of an outgoing call ended. */
struct phone_outcome {
	struct slice sip_call_id;
	uint16_t status; /* final response; 0: none */
	bool failed;	 /* none came, and the transaction said so (timer B, or after CANCEL) */
	bool gave_up;	 /* cancelled before its credentials were asked for */
	bool vanished;	 /* the phone lost its power before */
	bool replacing;	 /* it wanted the place of another phone */
};

/* A call that was up is over. */
struct phone_ending {
	struct slice sip_call_id;
	uint64_t up_ms; /* since when it was */
	bool by_switch; /* else by the phone, or its power */
	bool gives;	/* somebody at this phone gave the call away, or wanted to */
};

struct phone_ops {
	/** Exactly once for each outgoing call. */
	void (*on_outcome)(void *ctx, const struct phone_outcome *o);
	/** Something the switch must never do. */
	void (*on_broken)(void *ctx, const char *what);
	/** A new call of its own. */
	void (*on_dials)(void *ctx, const char *number, struct slice sip_call_id);
	/** An INVITE for a new call came. */
	void (*on_asked)(void *ctx, const char *phone, struct slice sip_call_id);
	/** This call is given to somebody else, joined with another one, or is to be. */
	void (*on_moves)(void *ctx, struct slice sip_call_id);
	void (*on_ending)(void *ctx, const struct phone_ending *e);
	/** A key is pressed while it sends voice from there. */
	void (*on_key)(void *ctx, const struct addr *from, char key);
};

struct phone_params {
	struct sim *sim;
	const char *name, *secret;
	struct addr address, registrar;
	const struct phone_ops *ops;
	void *ctx;
	unsigned patience;	      /* inspections in a row that may find something wrong */
	uint64_t seed;		      /* of its habits */
	bool outside;		      /* a provider: it does not register, and has no lamp */
	uint32_t register_s, watch_s; /* asks to be registered, to watch, for so long */
	uint32_t off_ms;	      /* it stays switched off so long at most; 0: for good */
};

/* A lamp: see phone_watch.c. */
struct phone_watch {
	struct timer timer; /* the next SUBSCRIBE */
	struct sip_client *client;
	char number[8], call_id[40], tag[20], to_tag[64];
	uint32_t cseq;
	unsigned tries, n_lit;
	int64_t version; /* of the last NOTIFY, -1: none */
	uint32_t notify_cseq;
	char notify_tag[64];
	bool lit, ended; /* the last NOTIFY says terminated */
};

struct phone {
	struct phone_params p;
	struct rng rng;
	struct sip_core *core; /* NULL: no power */
	struct sip_dialogs dialogs;
	struct list calls, dead; /* phone_call.link */
	struct timer reaper, power, reg_timer;
	struct sip_client *reg_client;
	char reg_call_id[40], reg_tag[20];
	uint32_t reg_cseq;
	unsigned reg_tries; /* with credentials, since the last success */
	bool reg_outbound;  /* it names itself and its flow, and wants a GRUU */
	bool registered;
	bool resting;	  /* no new calls, no registering again: the end is near */
	uint64_t rest_ms; /* since when */
	struct phone_watch watch;
	uint16_t next_port;
	unsigned n_dialled, glares, n_referred;
	uint64_t off_ms; /* when it lost its power; 0: never */
};

/* So long after it began to rest the lamp is still looked after: until all calls are over. */
enum { PHONE_WATCH_REST_MS = 300000 };

/** Switched on and registering. ERR_NOMEM, ERR_EXISTS. */
ERR_MUST_CHECK enum err phone_init(struct phone *p, const struct phone_params *params);
/** Loses its power now; comes back after back_ms (0: never). Frees all calls. Nothing when it
 *  has none. */
void phone_power_off(struct phone *p, uint32_t back_ms);
/** Somebody pulls the plug: for a moment, or for long. */
void phone_pull_plug(struct phone *p);
/** Power off for good, without a word. */
void phone_fini(struct phone *p);
/* A dialog, as watchers know it and as Replaces names it. */
struct phone_dialog {
	char text[256];
};

/** Calls a number; nothing when the power is off. */
void phone_dial(struct phone *p, const char *number);
/** The same in the place of another phone's call. */
void phone_replace(struct phone *p, const char *number, const struct phone_dialog *d);
/** One of its dialogs; false: it has none, or its habits say no. */
bool phone_dialog(struct phone *p, struct phone_dialog *out);
/** From now on it neither calls nor registers again, but ends what it has. */
void phone_rest(struct phone *p);
/** Does it send RTP from this port now? */
bool phone_sends_rtp(const struct phone *p, uint16_t port);
/** Asks is_right about each call that both sides have agreed on for now: our RTP address,
 *  theirs, and whether we hold. Broken is what stays wrong longer than its patience. */
void phone_inspect(struct phone *p,
    bool (*is_right)(void *ctx, const struct addr *from, const struct addr *to, bool holding),
    void *ctx);
struct phone_lamp {
	const char *number; /* whom it watches; NULL: nobody, its subscription does not stand */
	bool lit;
};

struct phone_lamp phone_lamp(const struct phone *p);
/** Is one of its calls up? */
bool phone_talks(const struct phone *p);
/** Its lamp was told for the last time, and burns. */
bool phone_lamp_stuck(const struct phone *p);
/** The call in which it sends RTP from this port; empty: none. */
struct slice phone_call_from(const struct phone *p, uint16_t port);
/** Calls it still knows. */
size_t phone_calls(const struct phone *p);

#endif
