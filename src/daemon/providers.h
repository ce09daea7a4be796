/*
 * Wires trunk/ into the switchboard: names and connections come through the switchboard's ops,
 * the state of lines leaves through them. Signalling thread.
 */
#ifndef DAEMON_PROVIDERS_H
#define DAEMON_PROVIDERS_H

#include "daemon/gate.h"
#include "daemon/switchboard.h"

struct providers {
	struct trunk *trunk;
	struct gate *gate; /* set when it exists; told when servers are found */
	const struct switchboard_ops *ops;
	void *ctx;
};

/** core exists already. Lines begin to register. ERR_NOMEM. */
ERR_MUST_CHECK enum err providers_init(
    struct providers *pr, const struct switchboard_params *p, struct sip_core *core);
void providers_fini(struct providers *pr);
void providers_on_located(
    struct providers *pr, uint64_t token, enum err result, const struct sip_hops *hops);
/** An INVITE of one of our lines is handed to call/. False: it is from somebody else. */
bool providers_on_invite(struct providers *pr, struct call_switch *calls, struct sip_server *tsx,
    const struct sip_msg *req);

#endif
