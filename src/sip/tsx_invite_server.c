/*
 * Server transaction of INVITE: RFC 3261, 17.2.1, with the state ACCEPTED of
 * RFC 6026, 7.1.
 *
 *	PROCEEDING --300-699--> COMPLETED --ACK--> CONFIRMED --I--> TERMINATED
 *	    |                       `-------------H--------------------^
 *	    `------2xx------> ACCEPTED ------------L-------------------'
 *
 * In ACCEPTED the layer also does what 13.3.1.4 asks of its user: it repeats the
 * 2xx, over any transport, until sip_server_acked. In PROCEEDING it repeats a reliable
 * provisional response in the same way until sip_server_pracked (RFC 3262, 3). Beyond the RFC: an
 *INVITE to which nobody is attached is answered with 500 after 64*T1.
 */
#include "sip/core_int.h"

static struct sip_invite_server *
invite(struct sip_server *s)
{
	return container_of(s, struct sip_invite_server, base);
}

static void
start_resending(struct sip_server *s)
{
	invite(s)->interval_ms = SIP_T1_MS;
	core_start(s->core, &invite(s)->resend, SIP_T1_MS);
}

static void
enter(struct sip_server *s, enum server_state state)
{
	bool reliable = sip_transport_reliable(s->flow.transport);

	timer_stop(&invite(s)->resend);
	timer_stop(&s->end);
	s->reliable = false;
	switch (state) {
	case SERVER_PROCEEDING:
		core_start(s->core, &invite(s)->resend, TSX_TRYING_MS);
		core_start(s->core, &s->end, TSX_LIFE_MS);
		break;
	case SERVER_COMPLETED:
		if (!reliable)
			start_resending(s);		   /* timer G */
		core_start(s->core, &s->end, TSX_LIFE_MS); /* timer H */
		break;
	case SERVER_CONFIRMED:
		server_keep_nothing(s);
		core_start_memory(s->core, &s->end, reliable ? 0 : SIP_T4_MS); /* timer I */
		break;
	case SERVER_ACCEPTED:
		start_resending(s);
		core_start_memory(s->core, &s->end, TSX_LIFE_MS); /* timer L */
		break;
	default: break;
	}
}

static void
send_provisional(struct sip_server *s)
{
	timer_stop(&invite(s)->resend);
	server_send_last(s);
	if (!s->reliable)
		return;
	start_resending(s);
	core_start(s->core, &s->end, TSX_LIFE_MS);
}

/* RFC 3262, 3: doubling without the cap of T2. Else 200 ms without a word of the user. */
static void
resend_reliable_or_trying(struct sip_server *s)
{
	struct sip_invite_server *i = invite(s);

	if (!s->reliable) {
		sip_server_reject(s, 100, (struct slice){0});
		return;
	}
	server_resend_last(s);
	i->interval_ms *= 2;
	core_start(s->core, &i->resend, i->interval_ms);
}

static void
resend_doubled(struct sip_server *s)
{
	struct sip_invite_server *i = invite(s);

	server_resend_last(s);
	i->interval_ms = i->interval_ms * 2 < SIP_T2_MS ? i->interval_ms * 2 : SIP_T2_MS;
	core_start(s->core, &i->resend, i->interval_ms);
}

static void
nobody_answers(struct sip_server *s)
{
	bool no_prack = s->reliable;

	sip_server_pracked(s);
	if (!s->ops)
		sip_server_reject(s, 500, (struct slice){0});
	else if (no_prack) {
		s->core->stats.timeouts++;
		if (s->ops->on_no_prack)
			s->ops->on_no_prack(s->user, s);
	}
}

static void
no_ack_of_failure(struct sip_server *s)
{
	s->core->stats.timeouts++;
}

static void
end_accepted(struct sip_server *s)
{
	if (s->acked)
		return;
	s->core->stats.timeouts++;
	if (s->ops && s->ops->on_no_ack)
		s->ops->on_no_ack(s->user, s);
}

/* An ACK in ACCEPTED never comes here: ack.c hands it to the user. */
const struct server_machine server_invite = {
    .first = SERVER_PROCEEDING,
    .enter = enter,
    .rule =
	{
	    [SERVER_PROCEEDING] =
		{
		    [SERVER_REQUEST] = {server_resend_last, SERVER_PROCEEDING},
		    [SERVER_RESEND] = {resend_reliable_or_trying, SERVER_PROCEEDING},
		    [SERVER_1XX] = {send_provisional, SERVER_PROCEEDING},
		    [SERVER_2XX] = {server_send_last, SERVER_ACCEPTED},
		    [SERVER_3456XX] = {server_send_last, SERVER_COMPLETED},
		    [SERVER_END] = {nobody_answers, SERVER_PROCEEDING},
		},
	    [SERVER_COMPLETED] =
		{
		    [SERVER_REQUEST] = {server_resend_last, SERVER_COMPLETED},
		    [SERVER_ACK] = {NULL, SERVER_CONFIRMED},
		    [SERVER_RESEND] = {resend_doubled, SERVER_COMPLETED},  /* timer G */
		    [SERVER_END] = {no_ack_of_failure, SERVER_TERMINATED}, /* timer H */
		},
	    [SERVER_CONFIRMED] =
		{
		    [SERVER_REQUEST] = {NULL, SERVER_CONFIRMED},
		    [SERVER_ACK] = {NULL, SERVER_CONFIRMED},
		    [SERVER_END] = {NULL, SERVER_TERMINATED}, /* timer I */
		},
	    [SERVER_ACCEPTED] =
		{
		    [SERVER_REQUEST] = {NULL, SERVER_ACCEPTED},
		    [SERVER_RESEND] = {resend_doubled, SERVER_ACCEPTED},
		    [SERVER_END] = {end_accepted, SERVER_TERMINATED}, /* timer L */
		},
	},
};

void
sip_server_acked(struct sip_server *tsx)
{
	if (tsx->state != SERVER_ACCEPTED || tsx->acked)
		return;
	tsx->acked = true;
	timer_stop(&invite(tsx)->resend);
	server_keep_nothing(tsx);
}

void
sip_server_pracked(struct sip_server *tsx)
{
	if (!tsx->reliable)
		return;
	tsx->reliable = false;
	timer_stop(&invite(tsx)->resend);
}
