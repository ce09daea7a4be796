/*
 * The signalling plane without I/O: sip core, registrar and calls, wired to each
 * other. The daemon feeds it from sockets and a clock; the simulation from a
 * virtual network. Everything it says about itself leaves through ops.
 *
 * Owns core, registrar and switch. One thread. Borrows timers, rng, media and the
 * directory, which outlive it.
 */
#ifndef DAEMON_SWITCHBOARD_H
#define DAEMON_SWITCHBOARD_H

#include "call/call.h"
#include "daemon/line_tests.h"
#include "daemon/trace_filter.h"
#include "presence/presence.h"
#include "registrar/auth.h"
#include "registrar/registrar.h"
#include "security/guard.h"
#include "trunk/trunk.h"

struct switchboard;

struct switchboard_ops {
	void (*send)(void *ctx, const struct sip_flow *flow, struct slice bytes);
	/** Which local address faces remote (port included), for phones that never spoke to us. */
	enum err (*local_for)(
	    void *ctx, enum sip_transport t, const struct addr *remote, struct addr *out);
	int64_t (*wall_ms)(void *ctx);
	void (*on_live_call)(void *ctx, const struct live_call *call);
	void (*on_spent)(void *ctx, const struct live_spent *s);	 /* may be NULL */
	void (*on_emergency)(void *ctx, const struct live_emergency *e); /* may be NULL */
	void (*on_pin_locked)(void *ctx, const struct pin_locked *l);	 /* may be NULL */
	/** A star code changes what is stored; switchboard_on_feature_result follows. May be NULL.
	 */
	void (*order)(void *ctx, const struct feature_order *order);
	/** See call_switch_ops; answers by switchboard_on_voicemail_answer. All or none are NULL.
	 */
	void (*voicemail_began)(void *ctx, const struct voicemail_began *b);
	void (*voicemail_ended)(void *ctx, const struct voicemail_ended *e);
	void (*voicemail_ask)(void *ctx, const struct voicemail_ask *a);
	/** Call completion, see call_switch_ops; may be NULL. */
	void (*on_completion)(void *ctx, const struct live_completion *c);
	void (*on_completed)(void *ctx, const struct live_completed *c);
	uint32_t (*record_begin)(void *ctx, const struct cdr *cdr);
	void (*record_update)(void *ctx, uint32_t handle, const struct cdr *cdr);
	void (*record_end)(void *ctx, uint32_t handle, const struct cdr *cdr);
	void (*on_registration)(void *ctx, const struct live_registration *r, bool removed);
	/** Lines to providers, see trunk_ops; each may be NULL. The answer to locate goes to
	 *  switchboard_on_located. */
	enum err (*locate)(void *ctx, const struct sip_target *target, uint64_t token);
	void (*expect_name)(void *ctx, const struct addr *remote, struct slice name);
	bool (*peer)(void *ctx, const struct addr *remote, struct trunk_peer *out);
	void (*keep_alive)(void *ctx, const struct sip_flow *flow);
	void (*on_line)(void *ctx, const struct live_line *l, bool removed);
	/** Attackers, see security/guard.h; each may be NULL. */
	void (*on_block)(void *ctx, const struct guard_block *b);
	void (*on_unblock)(void *ctx, const struct addr_net *net);
	void (*on_hold)(void *ctx, const struct addr_net *net, uint32_t seconds);
	/** Registrations over restart and crash: see registrar_ops. */
	void (*binding_keep)(void *ctx, uint32_t *handle, struct slice value);
	void (*binding_forget)(void *ctx, uint32_t handle);
	/** The same for subscriptions: see presence_ops. NULL = they are not kept. */
	void (*subscription_keep)(void *ctx, uint32_t *handle, struct slice value);
	void (*subscription_forget)(void *ctx, uint32_t handle);
	/** Whom planned conferences have called, see call_switch_ops. NULL = it is not kept. */
	void (*called_keep)(void *ctx, uint32_t *handle, struct slice value);
	void (*called_forget)(void *ctx, uint32_t handle);
	/** Who watches whom, for people; NULL = nobody asks. */
	void (*on_subscription)(void *ctx, const struct live_subscription *s, bool removed);
	/** What keys for a user show has changed; NULL = nobody asks. */
	void (*on_telephony)(void *ctx, const struct live_telephony *t);
	/** A call waits at a place, or not any more; NULL = nobody asks. */
	void (*on_orbit)(void *ctx, const struct live_orbit *o);
	void (*on_conference)(void *ctx, const struct live_conference *c);
	void (*on_conference_member)(void *ctx, const struct live_conference_member *m);
	/** A message to be traced; r without time; all of it is borrowed. NULL = no traces wanted.
	 */
	void (*on_trace)(void *ctx, const struct trace_record *r);
};

struct switchboard_params {
	struct timers *timers;
	struct rng *rng;
	struct media *media; /* its on_event is set here */
	const struct directory *directory;
	const struct switchboard_ops *ops;
	void *ctx;
	struct prompt_folders prompts;		     /* sounds NULL: nothing is said */
	struct media_sound *hold_tone;		     /* instead of music; NULL: none */
	struct media_sound *ringback, *refusal_tone; /* the same */
	size_t calls_max;			     /* 0 = default */
};

ERR_MUST_CHECK enum err switchboard_new(
    struct switchboard **out, const struct switchboard_params *p);
void switchboard_free(struct switchboard *sb);
/** The old snapshot is not touched any more after this returns. */
void switchboard_set_directory(struct switchboard *sb, const struct directory *dir);
void switchboard_on_feature_result(struct switchboard *sb, const struct feature_result *r);
void switchboard_on_voicemail_answer(struct switchboard *sb, const struct voicemail_answer *a);
/** What waits for a user in his mailboxes. */
void switchboard_on_waiting(struct switchboard *sb, const struct voicemail_waiting *w);
void switchboard_on_message(
    struct switchboard *sb, const struct sip_flow *flow, struct slice bytes);
/** Now and then: a timer of now ran so late, the fullest receive queue is so full. */
void switchboard_on_load(struct switchboard *sb, uint32_t lag_ms, uint32_t queue_permille);
void switchboard_on_closed(struct switchboard *sb, const struct sip_flow *flow);
void switchboard_on_located(
    struct switchboard *sb, uint64_t token, enum err result, const struct sip_hops *hops);
/** For an orderly stop: calls end, lines take their registrations back. */
void switchboard_stop(struct switchboard *sb);
bool switchboard_is_stopped(const struct switchboard *sb);
/** A registration of the run before: see registrar_restore. */
void switchboard_restore(struct switchboard *sb, uint32_t handle, struct slice value);
/** A subscription of the run before, after all registrations: see presence_restore. */
void switchboard_restore_subscription(struct switchboard *sb, uint32_t handle, struct slice value);

/** Our address as a STUN server on the Internet sees it; family 0 = unknown. Used while no
 *  external address is entered. */
void switchboard_set_stun_address(struct switchboard *sb, const struct addr *a);

struct line_tests *switchboard_line_tests(struct switchboard *sb);
struct call_switch *switchboard_calls(struct switchboard *sb);
struct registrar *switchboard_registrar(struct switchboard *sb);
struct trunk *switchboard_trunk(struct switchboard *sb);
struct presence *switchboard_presence(struct switchboard *sb);
struct sip_core *switchboard_core(struct switchboard *sb);
struct guard *switchboard_guard(struct switchboard *sb);
struct auth *switchboard_auth(struct switchboard *sb);
/** What is traced; NULL when ops has no on_trace. */
struct trace_filter *switchboard_trace_filter(struct switchboard *sb);

#endif
