/*
 * The signalling plane of the daemon: the switchboard on real sockets, clock and
 * media, with its mailboxes to management.
 *
 * Everything here runs on the thread that calls signalling_run, before it or after it.
 */
#ifndef DAEMON_SIGNALLING_H
#define DAEMON_SIGNALLING_H

#include "daemon/kept.h"
#include "daemon/messages.h"
#include "directory/prompts.h"
#include "loop/loop.h"
#include "net/net.h"
#include "security/firewall.h"
#include "store/journal.h"
#include "store/store.h"

struct signalling;

struct signalling_params {
	const struct settings *settings; /* with the boot options applied; copied */
	unsigned any_port;		 /* see listeners.h */
	bool no_fastpath;		 /* all voice through user space */
	struct prompt_folders folders;	 /* of what is heard; borrowed for life */
	const char *dns_servers;	 /* NULL = those of resolv.conf; borrowed for life */
	struct directory *directory;	 /* taken over, also on failure */
	struct net_tls *tls;		 /* the same; NULL: no encryption */
	struct journal *journal;	 /* borrowed */
	const struct kept *kept;	 /* borrowed */
	struct activation *activation;	 /* borrowed */
	struct mailbox *in;		 /* struct to_signalling */
	struct mailbox *to_management;	 /* struct to_management */
};

/** Opens the SIP sockets and the media engine. why gets a sentence on failure. */
ERR_MUST_CHECK enum err signalling_new(
    struct signalling **out, const struct signalling_params *p, char *why, size_t why_bytes);
/** The SIP port we listen on (UDP and TCP). */
uint16_t signalling_sip_port(const struct signalling *s);
/** All that we listen on. Returns how many there are; writes at most max. */
size_t signalling_listeners(const struct signalling *s, struct net_listener *out, size_t max);
/** Takes up the registrations of the run before; only before signalling_run. ERR_NOMEM. */
ERR_MUST_CHECK enum err signalling_restore(struct signalling *s);
/** What a line has used today, see call_spent; only before signalling_run. */
void signalling_spent(void *ctx, int64_t line, uint32_t minutes, int64_t charge_micro);
/** A phone may use no PINs, see call_pin_locked; only before signalling_run. */
void signalling_pin_locked(void *ctx, int64_t phone, int64_t at_ms);
/** A rule for addresses; only before signalling_run, later by TO_SIGNALLING_RULE. */
void signalling_set_rule(void *ctx, const struct guard_rule *rule);
/** Who drops blocked addresses in the kernel; borrowed, may be NULL. Before signalling_run. */
void signalling_set_firewall(struct signalling *s, struct firewall *f);
/** Until SIGTERM or SIGINT: then ends all calls with a BYE, waits for their records
 *  (two seconds at most) and returns. */
void signalling_run(struct signalling *s);
/** NULL is fine. */
void signalling_free(struct signalling *s);

#endif
