/*
 * The gate of the switchboard: asks the guard (security/guard.h) before a message is parsed,
 * before a transaction is made, and tells it what authentication found. What needs no log-in
 * and what strangers ask without credentials is answered here, so that nothing of it stays
 * in memory.
 *
 * Owns the guard. Signalling thread, no I/O, no clock. Borrows all it is given.
 */
#ifndef DAEMON_GATE_H
#define DAEMON_GATE_H

#include "call/call.h"
#include "registrar/auth.h"
#include "security/guard.h"
#include "trunk/trunk.h"

struct gate;

struct gate_params {
	struct timers *timers;
	struct auth *auth;
	struct call_switch *calls;
	struct trunk *trunk;
	const struct directory *directory;
	/* As in struct guard_ops; each may be NULL. */
	void (*on_block)(void *ctx, const struct guard_block *b);
	void (*on_unblock)(void *ctx, const struct addr_net *net);
	void (*on_hold)(void *ctx, const struct addr_net *net, uint32_t seconds);
	void *ctx;
};

ERR_MUST_CHECK enum err gate_new(struct gate **out, const struct gate_params *p);
/** NULL is fine. */
void gate_free(struct gate *g);
void gate_set_directory(struct gate *g, const struct directory *dir);
/** Another answer to "who is known without logging in" is possible: addresses of lines have
 *  been resolved anew. */
void gate_look_again(struct gate *g);

/** As sip_core_ops.on_early. */
uint16_t gate_on_early(
    struct gate *g, const struct sip_flow *flow, const struct sip_msg *req, struct buf *headers);
/** What auth_check said of a request; phone when it passed. */
void gate_on_auth(struct gate *g, const struct sip_flow *flow, const struct sip_msg *req,
    enum auth_result r, const struct dir_phone *phone);
void gate_on_malformed(struct gate *g, const struct sip_flow *flow);
struct guard *gate_guard(struct gate *g);

#endif
