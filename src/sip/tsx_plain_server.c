/*
 * Server transactions of all methods but INVITE: RFC 3261, 17.2.2, figure 8.
 *
 *	TRYING --1xx--> PROCEEDING --final--> COMPLETED --J--> TERMINATED
 *	   `---------------final-----------------^
 *
 * Beyond the figure: a request that nobody answers within 64*T1 is given up, since
 * its client has given up too (timer F).
 */
#include "sip/core_int.h"

static void
enter(struct sip_server *s, enum server_state state)
{
	bool reliable = sip_transport_reliable(s->flow.transport);

	switch (state) {
	case SERVER_TRYING: core_start(s->core, &s->end, TSX_LIFE_MS); break;
	case SERVER_COMPLETED:
		core_start_memory(s->core, &s->end, reliable ? 0 : TSX_LIFE_MS); /* timer J */
		break;
	case SERVER_TERMINATED: timer_stop(&s->end); break;
	default: break;
	}
}

static void
unanswered(struct sip_server *s)
{
	s->core->stats.timeouts++;
}

const struct server_machine server_plain = {
    .first = SERVER_TRYING,
    .enter = enter,
    .rule =
	{
	    [SERVER_TRYING] =
		{
		    [SERVER_REQUEST] = {NULL, SERVER_TRYING},
		    [SERVER_1XX] = {server_send_last, SERVER_PROCEEDING},
		    [SERVER_2XX] = {server_send_last, SERVER_COMPLETED},
		    [SERVER_3456XX] = {server_send_last, SERVER_COMPLETED},
		    [SERVER_END] = {unanswered, SERVER_TERMINATED},
		},
	    [SERVER_PROCEEDING] =
		{
		    [SERVER_REQUEST] = {server_resend_last, SERVER_PROCEEDING},
		    [SERVER_1XX] = {server_send_last, SERVER_PROCEEDING},
		    [SERVER_2XX] = {server_send_last, SERVER_COMPLETED},
		    [SERVER_3456XX] = {server_send_last, SERVER_COMPLETED},
		    [SERVER_END] = {unanswered, SERVER_TERMINATED},
		},
	    [SERVER_COMPLETED] =
		{
		    [SERVER_REQUEST] = {server_resend_last, SERVER_COMPLETED},
		    [SERVER_END] = {NULL, SERVER_TERMINATED},
		},
	},
};
