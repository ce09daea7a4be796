/* Private to the switchboard: switchboard.c (life and front), switchboard_sip.c (what the SIP core
 * says and asks) and switchboard_ops.c (what calls and registrations ask for). */
#ifndef DAEMON_SWITCHBOARD_INT_H
#define DAEMON_SWITCHBOARD_INT_H

#include "base/log.h"
#include "daemon/gate.h"
#include "daemon/providers.h"
#include "daemon/switchboard.h"
#include "daemon/watching.h"

struct switchboard {
	struct switchboard_params p;
	struct sip_core *core;
	struct auth *auth;
	struct registrar *registrar;
	struct call_switch *calls;
	struct gate *gate;
	struct watching watching;
	struct providers providers;
	struct line_tests *line_tests;
	struct addr stun_address; /* what a STUN server saw; family 0 = unknown */
	struct addr external;	  /* of the router in front of us; family 0 = none */
	struct log_limit refused_log;
	struct trace_filter *traces; /* NULL: none wanted */
};

/* ctx is the struct switchboard. */
extern const struct sip_core_ops switchboard_core_ops, switchboard_core_ops_traced;
extern const struct call_switch_ops switchboard_call_ops;
extern const struct registrar_ops switchboard_registrar_ops;
void switchboard_on_media_event(void *ctx, const struct media_event *ev);

#endif
