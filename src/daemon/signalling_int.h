/* Private to the signalling plane: signalling.c (start, stop, commands) and signalling_ops.c (what
 * the switchboard asks for). */
#ifndef DAEMON_SIGNALLING_INT_H
#define DAEMON_SIGNALLING_INT_H

#include "base/log.h"
#include "daemon/activation.h"
#include "daemon/external.h"
#include "daemon/listeners.h"
#include "daemon/reports.h"
#include "daemon/screening.h"
#include "daemon/signalling.h"
#include "daemon/switchboard.h"

struct signalling {
	struct loop *loop;
	struct net *net;
	struct net_dns *dns;
	struct external external;
	struct media *media;
	struct media_sound *hold_tone;		     /* NULL: there is none */
	struct media_sound *ringback, *refusal_tone; /* the same */
	struct switchboard *switchboard;
	struct rng rng;
	struct directory *directory;
	struct journal *journal;
	const struct kept *kept;
	struct log_limit keep_log;
	struct mailbox *in;
	struct activation *activation;
	struct reports reports;
	struct screening screening;
	struct timer second, goodbye;
	uint16_t sip_port;
	bool stopping;
	uint64_t goodbye_until_ms;
};

extern const struct switchboard_ops signalling_ops;

#endif
