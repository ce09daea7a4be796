/*
 * call/ - telephone calls: a back-to-back user agent that executes plans.
 *
 * The switch owns calls, a call owns its legs (the caller's one and one for each
 * contact that rings), a leg owns its dialog. It asks routing/ what to do, rings,
 * connects media through media/, carries re-INVITEs from one side to the other,
 * watches the session, and says at the end what happened: one record a call.
 *
 * One thread (signalling or a simulation); no I/O, no clock of its own: requests,
 * events and timers go in, messages leave through sip/. Decides nothing about who
 * is rung. Knows no HTTP, no SQL, no sockets; who is calling was authenticated
 * before.
 */
#ifndef CALL_CALL_H
#define CALL_CALL_H

#include "directory/directory.h"
#include "media/media.h"
#include "model/live.h"
#include "sip/core.h"
#include "sip/dialog.h"

struct call_switch;

enum { CALL_ID_BYTES = 24, CALL_LEGS_MAX = 32, CALL_CONTACTS_MAX = 8 };

/* Where a phone can be reached; texts borrowed until the asking callback returns. */
struct call_contact {
	struct slice uri;
	struct sip_flow flow;
};

struct call_switch_ops {
	/** Contacts of a phone, best first; returns how many. */
	size_t (*contacts)(void *ctx, int64_t phone_id, struct call_contact *out, size_t max);
	/** Milliseconds since 1970. */
	int64_t (*wall_ms)(void *ctx);
	/** The state of a call changed; with state LIVE_CALL_ENDED for the last time. */
	void (*on_live)(void *ctx, const struct live_call *call);
	/** Call records: begin returns a handle for the later two; end is final. A call
	 *  makes exactly one begin and one end. An update with ended_at: the call is over, and
	 *  only what its media still report is missing. */
	uint32_t (*record_begin)(void *ctx, const struct cdr *cdr);
	void (*record_update)(void *ctx, uint32_t handle, const struct cdr *cdr);
	void (*record_end)(void *ctx, uint32_t handle, const struct cdr *cdr);
};

struct call_switch_params {
	struct sip_core *core; /* borrowed, as all here */
	struct timers *timers;
	struct rng *rng;
	struct media *media;
	const struct directory *directory;
	const struct call_switch_ops *ops;
	void *ctx;
	size_t calls_max; /* beyond: 503; 0 = 20,000 */
};

struct call_switch_stats {
	uint64_t calls, answered;
	uint64_t refused_limit, no_ack, media_timeouts, session_timeouts;
	uint64_t by_result[CDR_INTERRUPTED + 1];
	size_t calls_now, legs_now, streams_now; /* objects alive, lingering ones included */
	size_t calls_up;			 /* ringing or talking */
};

ERR_MUST_CHECK enum err call_switch_new(
    struct call_switch **out, const struct call_switch_params *p);
/** Frees everything without a word to anybody. Before core and media. */
void call_switch_free(struct call_switch *sw);
/** A new snapshot. Running calls keep what they were planned with; the old
 *  snapshot is not touched any more after this returns. */
void call_switch_set_directory(struct call_switch *sw, const struct directory *dir);

/** A new INVITE without To tag, from an authenticated phone (borrowed). The answer
 *  goes out here, now or later. */
void call_on_invite(struct call_switch *sw, struct sip_server *tsx, const struct sip_msg *req,
    const struct dir_phone *phone);
/** A request with a To tag (BYE, re-INVITE, INFO …). False: no dialog of ours, and
 *  nothing was answered. */
bool call_on_in_dialog(struct call_switch *sw, struct sip_server *tsx, const struct sip_msg *req);
void call_on_ack(struct call_switch *sw, const struct sip_msg *ack, const struct sip_flow *flow);
/** media's on_event. */
void call_on_media_event(struct call_switch *sw, const struct media_event *ev);

/** Ends a call by its id. ERR_NOT_FOUND. */
ERR_MUST_CHECK enum err call_hang_up(struct call_switch *sw, struct slice call_id);
/** Ends all calls, for an orderly stop; the records follow as media reports. */
void call_switch_end_all(struct call_switch *sw);
const struct call_switch_stats *call_switch_get_stats(const struct call_switch *sw);

/** The id of the call a SIP Call-ID belongs to (both legs give the same), for traces:
 *  a hash of the caller's Call-ID, carried in the Call-IDs we make. Writes
 *  CALL_ID_BYTES at most. Needs no state, so it knows before the call exists. */
void call_id_of(struct slice sip_call_id, char out[CALL_ID_BYTES]);

/** "INVITE, ACK, …" - what Allow says. */
extern const struct slice call_allow;

#endif
