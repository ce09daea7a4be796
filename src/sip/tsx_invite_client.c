/*
 * Client transaction of INVITE: RFC 3261, 17.1.1, with the state ACCEPTED of
 * RFC 6026, 7.2.
 *
 *	CALLING --1xx--> PROCEEDING --300-699--> COMPLETED --D--> TERMINATED
 *	   | | `------------------300-699---------^               ^  ^
 *	   | `--2xx--> ACCEPTED (also from PROCEEDING) ----M------'  |
 *	   `------- B, connection closed, no answer to CANCEL -------'
 */
#include <stdlib.h>

#include "sip/core_int.h"

static void
drop_cancel_extra(struct sip_client *t)
{
	free(t->cancel_extra);
	t->cancel_extra = NULL;
}

static void
enter(struct sip_client *t, enum client_state state)
{
	bool reliable = sip_transport_reliable(t->flow.transport);

	timer_stop(&t->resend);
	switch (state) {
	case CLIENT_CALLING:
		t->interval_ms = SIP_T1_MS;
		if (!reliable)
			core_start(t->core, &t->resend, SIP_T1_MS); /* timer A */
		core_start(t->core, &t->end, TSX_LIFE_MS);	    /* timer B */
		break;
	case CLIENT_PROCEEDING:
		if (!t->closed && t->ops)
			timer_stop(&t->end); /* ringing has no limit here */
		break;
	case CLIENT_COMPLETED:
	case CLIENT_ACCEPTED:
		t->closed = false;
		t->cancel_waits = false;
		tsx_conn_leave(t);
		drop_cancel_extra(t);
		if (state == CLIENT_ACCEPTED) {
			bytes_drop(&t->request);
			core_start_memory(t->core, &t->end, TSX_LIFE_MS); /* timer M */
		} else {
			core_start_memory(t->core, &t->end, reliable ? 0 : TSX_WAIT_D_MS);
		}
		break;
	default: timer_stop(&t->end); break;
	}
}

static void
timer_a(struct sip_client *t, const struct sip_msg *resp)
{
	client_resend(t, UINT32_MAX);
}

/* Now that the peer knows our INVITE, a CANCEL that waited may go (9.1). */
static void
first_provisional(struct sip_client *t, const struct sip_msg *resp)
{
	if (t->cancel_waits) {
		t->cancel_waits = false;
		cancel_send(t, slice_cstr(t->cancel_extra));
		drop_cancel_extra(t);
	}
	client_tell(t, resp);
}

static void
first_failure(struct sip_client *t, const struct sip_msg *resp)
{
	ack_make(t, resp);
	if (t->request.p)
		core_send(t->core, &t->flow, bytes_slice(t->request));
	client_tell(t, resp);
}

static void
ack_again(struct sip_client *t, const struct sip_msg *resp)
{
	if (t->request.p)
		core_resend(t->core, &t->flow, bytes_slice(t->request));
}

const struct client_machine client_invite = {
    .first = CLIENT_CALLING,
    .enter = enter,
    .rule =
	{
	    [CLIENT_CALLING] =
		{
		    [CLIENT_RESEND] = {timer_a, CLIENT_CALLING},	     /* 17.1.1.2 */
		    [CLIENT_END] = {client_fail_timeout, CLIENT_TERMINATED}, /* timer B */
		    [CLIENT_CLOSED] = {client_fail_closed, CLIENT_TERMINATED},
		    [CLIENT_1XX] = {first_provisional, CLIENT_PROCEEDING},
		    [CLIENT_2XX] = {client_tell, CLIENT_ACCEPTED}, /* RFC 6026, 7.2 */
		    [CLIENT_3456XX] = {first_failure, CLIENT_COMPLETED},
		},
	    [CLIENT_PROCEEDING] =
		{
		    [CLIENT_END] = {client_fail_timeout, CLIENT_TERMINATED}, /* 9.1 */
		    [CLIENT_CLOSED] = {client_fail_closed, CLIENT_TERMINATED},
		    [CLIENT_1XX] = {client_tell, CLIENT_PROCEEDING},
		    [CLIENT_2XX] = {client_tell, CLIENT_ACCEPTED},
		    [CLIENT_3456XX] = {first_failure, CLIENT_COMPLETED},
		},
	    [CLIENT_COMPLETED] =
		{
		    [CLIENT_1XX] = {NULL, CLIENT_COMPLETED},
		    [CLIENT_3456XX] = {ack_again, CLIENT_COMPLETED},
		    [CLIENT_END] = {NULL, CLIENT_TERMINATED}, /* timer D */
		},
	    [CLIENT_ACCEPTED] =
		{
		    [CLIENT_1XX] = {NULL, CLIENT_ACCEPTED},
		    [CLIENT_2XX] = {client_tell, CLIENT_ACCEPTED},
		    [CLIENT_END] = {NULL, CLIENT_TERMINATED}, /* timer M */
		},
	},
};
