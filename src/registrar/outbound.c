/*
 * One device, several flows (RFC 5626): a phone that names itself (+sip.instance) and numbers its
 * ways to us (reg-id) has a binding for each way. A new REGISTER of the same number takes the
 * place of the old one wherever it comes from, and a connection that dies ends its binding alone.
 */
#include "registrar/register_int.h"
#include "sip/write.h"

enum {
	REG_ID_MAX = INT32_MAX, /* 4.1 */
	/* 4.4: the phone lets something be heard so often. A NAT forgets UDP after 30 s. */
	FLOW_TIMER_UDP_S = 25,
	FLOW_TIMER_CONN_S = 120,
};

/* The number of the flow; 0: the phone does not ask for outbound. */
uint32_t
outbound_read_reg_id(const struct request *q, struct slice instance, struct slice params)
{
	struct slice value;
	uint32_t id;

	if (instance.n == 0 || !sip_param_find(params, SLICE("reg-id"), &value) ||
	    !sip_msg_has_token(q->msg, SIP_HDR_SUPPORTED, SLICE("outbound")) ||
	    slice_to_u32(value, REG_ID_MAX, &id) != ERR_OK)
		return 0;
	return id;
}

static size_t
vias(const struct sip_msg *m)
{
	struct sip_values it = {0};
	struct slice value;
	size_t n = 0;

	while (n < 2 && sip_msg_next_value(m, SIP_HDR_VIA, &it, &value))
		n++;
	return n;
}

/* 6: the first hop keeps the flow, so it must know what that is: it says so with "ob". */
static bool
first_hop_keeps_flows(const struct request *q)
{
	if (q->n_hops)
		return sip_param_find(q->last_hop.params, SLICE("ob"), NULL);
	return vias(q->msg) == 1;
}

uint16_t
outbound_check(struct request *q)
{
	size_t flows = 0;

	for (size_t i = 0; i < q->n; i++)
		flows += q->wanted[i].reg_id != 0;
	if (flows == 0)
		return 0;
	if (!first_hop_keeps_flows(q))
		return 439;
	if (flows > 1 && q->n > 1)
		return 400; /* 4.2: one flow each */
	q->outbound = true;
	return 0;
}

/* 6: what tells the phone that it works. The proxy it talks to gives its own Flow-Timer. */
void
outbound_write(struct buf *out, const struct request *q)
{
	if (!q->outbound)
		return;
	sip_write_hdr(out, SIP_HDR_REQUIRE, SLICE("outbound"));
	if (q->n_hops == 0)
		buf_printf(out, "Flow-Timer: %d\r\n",
		    sip_transport_reliable(q->flow->transport) ? FLOW_TIMER_CONN_S
							       : FLOW_TIMER_UDP_S);
}
