/*
 * Wires presence/ into the switchboard: contacts come from the registrar, what is kept and what
 * people see leaves through the switchboard's ops. Signalling thread.
 */
#ifndef DAEMON_WATCHING_H
#define DAEMON_WATCHING_H

#include "daemon/switchboard.h"

struct watching {
	struct presence *presence;
	const struct registrar *registrar;
	const struct switchboard_ops *ops;
	void *ctx;
};

/** core and registrar exist already. ERR_NOMEM. */
ERR_MUST_CHECK enum err watching_init(struct watching *w, const struct switchboard_params *p,
    struct sip_core *core, const struct registrar *registrar);
void watching_fini(struct watching *w);

#endif
