/*
 * presence/ - who watches whom, and what they are told: the notifier of RFC 6665 with the
 * packages dialog (RFC 4235: lamps of other people's lines), message-summary (RFC 3842: the
 * lamp for messages), presence (RFC 3856, RFC 3863, RFC 4480) and reg (RFC 3680), and the state
 * agent that takes PUBLISH (RFC 3903).
 *
 * Owns the subscriptions and what it knows of each user who is watched, talks, has
 * messages or published something. A subscription has a dialog of its own, kept packed;
 * at most one of its NOTIFYs is under way, what changes meanwhile is told afterwards, the
 * latest state only. A body is written once per state and shared by all who watch.
 *
 * Signalling thread (or a simulation): no I/O, no clock. Requests were authenticated
 * before. Knows no sockets, no SQL, and of calls only their events.
 */
#ifndef PRESENCE_PRESENCE_H
#define PRESENCE_PRESENCE_H

#include "call/call.h"
#include "directory/directory.h"
#include "model/live.h"
#include "sip/core.h"

struct presence;

/* id, Event token */
#define PRESENCE_PACKAGES(X)                                                                       \
	X(DIALOG, "dialog")                                                                        \
	X(MESSAGE_SUMMARY, "message-summary")                                                      \
	X(PRESENCE, "presence")                                                                    \
	X(REG, "reg")

enum presence_package {
#define X(id, name) PRESENCE_##id,
	PRESENCE_PACKAGES(X)
#undef X
	    PRESENCE_PACKAGES_N
};

enum {
	PRESENCE_EXPIRES_S = 3600, /* default and longest */
	PRESENCE_EXPIRES_MIN_S = 60,
	PRESENCE_CONTACTS_MAX = 16,
	/* What presence_ops.keep is given at most, and the version of it. */
	PRESENCE_KEPT_MAX_BYTES = 3072,
	PRESENCE_KEPT_FORMAT = 1,
};

/* A contact of a phone; uri is borrowed until control returns to the loop. */
struct presence_contact {
	struct slice uri;
	struct sip_flow flow;
	bool reachable;
};

/* What a key of a function shows. */
enum presence_lamp { PRESENCE_LAMP_OFF, PRESENCE_LAMP_ON, PRESENCE_LAMP_FLASH };

struct presence_ops {
	/** Keeps a copy of value over restart and crash, in place of that of *handle (0: there is
	 *  none yet), whose new name *handle becomes; on failure the old one stays. At most
	 *  PRESENCE_KEPT_MAX_BYTES. */
	void (*keep)(void *ctx, uint32_t *handle, struct slice value);
	void (*forget)(void *ctx, uint32_t handle);
	/** A subscription was made, refreshed or (removed) ended; for people. */
	void (*on_subscription)(void *ctx, const struct live_subscription *s, bool removed);
	/** Whether a user is free, rung or speaks has changed; NULL: nobody asks. */
	void (*on_telephony)(void *ctx, const struct live_telephony *t);
	/** Contacts of a phone, best first; returns how many, at most max. */
	size_t (*contacts)(void *ctx, int64_t phone_id, struct presence_contact *out, size_t max);
	/** The local address a request to remote will leave from. ERR_NOT_FOUND. */
	enum err (*local_for)(
	    void *ctx, enum sip_transport transport, const struct addr *remote, struct addr *local);
	/** Milliseconds since 1970. */
	int64_t (*wall_ms)(void *ctx);
};

struct presence_params {
	struct sip_core *core; /* borrowed, like all here */
	struct timers *timers;
	struct rng *rng;
	const struct presence_ops *ops;
	void *ctx;
	const struct directory *dir;
	size_t subscriptions_max;	/* beyond: 503; 0 = 250,000 */
	size_t subscriptions_phone_max; /* of one phone; 0 = 500 */
};

struct presence_counts {
	size_t subscriptions[PRESENCE_PACKAGES_N]; /* now */
	size_t publications;			   /* now */
	uint64_t notifies[PRESENCE_PACKAGES_N];	   /* sent */
	uint64_t notifies_failed;		   /* refused or not answered */
	uint64_t unsolicited;			   /* message lamps without subscription */
	uint64_t subscribed, refreshed, ended;	   /* requests accepted */
	uint64_t expired;
	uint64_t refused, refused_limit;
	uint64_t published, publish_refused;
};

/* Messages in a mailbox (RFC 3842): total of unheard and heard ones, and how many of these
 * are urgent. */
struct presence_waiting {
	uint32_t unheard, heard, unheard_urgent, heard_urgent;
};

/** ERR_NOMEM. */
ERR_MUST_CHECK enum err presence_new(struct presence **out, const struct presence_params *p);
/** No ops are called any more, subscriptions stay saved. Before sip_core_free. */
void presence_free(struct presence *p);
/** Takes the new snapshot: what cannot be watched any more is told so (noresource when the
 *  number is gone, deactivated when it is somebody else's now, rejected when the watching
 *  phone is gone). The old snapshot is not used any more. */
void presence_set_directory(struct presence *p, const struct directory *dir);
/** Before the loop runs, for each value that was kept, in the order in which they were put, after
 *  the registrations: the phone is told the state soon, in the same dialog. What cannot be taken
 *  up is forgotten: ERR_NOT_FOUND (phone or resource gone), ERR_TIMEOUT (expired meanwhile),
 *  ERR_LIMIT, ERR_MALFORMED, ERR_NOMEM. */
ERR_MUST_CHECK enum err presence_restore(struct presence *p, uint32_t handle, struct slice value);

/** A SUBSCRIBE without To tag from this phone; answered here (RFC 6665, 4.2.1). */
void presence_on_subscribe(struct presence *p, struct sip_server *tsx, const struct sip_msg *req,
    const struct dir_phone *phone);
/** A PUBLISH from this phone; answered here (RFC 3903, 6). */
void presence_on_publish(struct presence *p, struct sip_server *tsx, const struct sip_msg *req,
    const struct dir_phone *phone);
/** A request with a To tag. False: no dialog of ours, and nothing was answered. */
bool presence_on_in_dialog(struct presence *p, struct sip_server *tsx, const struct sip_msg *req);

/** call_switch_ops.on_dialog. */
void presence_on_dialog(struct presence *p, const struct call_dialog_event *ev);
/** A phone came, moved or has no contact any more. */
void presence_on_registration(struct presence *p, int64_t phone_id);
/** The messages that wait for a user. Kept; tells subscribers, and phones of the user that
 *  did not subscribe (RFC 3842, 4.1, unsolicited). */
void presence_set_waiting(struct presence *p, int64_t user_id, const struct presence_waiting *w);

/** The lamp of a function of a user (0: everybody's), by its name ("*07"), for what the directory
 * does not say. Kept; told to his phones that watch it as soon as its kind stands in the table of
 * lamps.c. */
void presence_lamp_set(
    struct presence *p, int64_t user_id, struct slice name, enum presence_lamp state);

/** All subscriptions, in no order. */
void presence_each(const struct presence *p,
    void (*each)(void *ctx, const struct live_subscription *s), void *ctx);
const struct presence_counts *presence_get_counts(const struct presence *p);
/** "dialog" … */
const char *presence_package_name(enum presence_package package);

/** What Allow-Events says. */
extern const struct slice presence_allow_events;

#endif
