/*
 * Client transactions of all methods but INVITE: RFC 3261, 17.1.2, figure 6.
 *
 *	TRYING --1xx--> PROCEEDING --final--> COMPLETED --K--> TERMINATED
 *	   |`--------------final-----------------^                 ^
 *	   `------------ F, connection closed ---------------------'
 */
#include "sip/core_int.h"

static void
enter(struct sip_client *t, enum client_state state)
{
	bool reliable = sip_transport_reliable(t->flow.transport);

	switch (state) {
	case CLIENT_TRYING:
		t->interval_ms = SIP_T1_MS;
		if (!reliable)
			core_start(t->core, &t->resend, SIP_T1_MS); /* timer E */
		core_start(t->core, &t->end, TSX_LIFE_MS);	    /* timer F */
		break;
	case CLIENT_COMPLETED:
		t->closed = false;
		tsx_conn_leave(t);
		timer_stop(&t->resend);
		bytes_drop(&t->request);
		core_start_memory(t->core, &t->end, reliable ? 0 : SIP_T4_MS); /* timer K */
		break;
	case CLIENT_TERMINATED:
		timer_stop(&t->resend);
		timer_stop(&t->end);
		break;
	default: break;
	}
}

static void
timer_e(struct sip_client *t, const struct sip_msg *resp)
{
	client_resend(t, SIP_T2_MS);
}

/* After a 1xx the peer is there: once each T2. */
static void
timer_e_slow(struct sip_client *t, const struct sip_msg *resp)
{
	t->interval_ms = SIP_T2_MS;
	client_resend(t, SIP_T2_MS);
}

const struct client_machine client_plain = {
    .first = CLIENT_TRYING,
    .enter = enter,
    .rule =
	{
	    [CLIENT_TRYING] =
		{
		    [CLIENT_RESEND] = {timer_e, CLIENT_TRYING},
		    [CLIENT_END] = {client_fail_timeout, CLIENT_TERMINATED}, /* timer F */
		    [CLIENT_CLOSED] = {client_fail_closed, CLIENT_TERMINATED},
		    [CLIENT_1XX] = {client_tell, CLIENT_PROCEEDING},
		    [CLIENT_2XX] = {client_tell, CLIENT_COMPLETED},
		    [CLIENT_3456XX] = {client_tell, CLIENT_COMPLETED},
		},
	    [CLIENT_PROCEEDING] =
		{
		    [CLIENT_RESEND] = {timer_e_slow, CLIENT_PROCEEDING},
		    [CLIENT_END] = {client_fail_timeout, CLIENT_TERMINATED}, /* timer F */
		    [CLIENT_CLOSED] = {client_fail_closed, CLIENT_TERMINATED},
		    [CLIENT_1XX] = {client_tell, CLIENT_PROCEEDING},
		    [CLIENT_2XX] = {client_tell, CLIENT_COMPLETED},
		    [CLIENT_3456XX] = {client_tell, CLIENT_COMPLETED},
		},
	    [CLIENT_COMPLETED] =
		{
		    [CLIENT_1XX] = {NULL, CLIENT_COMPLETED},
		    [CLIENT_2XX] = {NULL, CLIENT_COMPLETED},
		    [CLIENT_3456XX] = {NULL, CLIENT_COMPLETED},
		    [CLIENT_END] = {NULL, CLIENT_TERMINATED}, /* timer K */
		},
	},
};
