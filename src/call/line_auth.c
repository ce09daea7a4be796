/*
 * Credentials for what we ask providers inside dialogs. The transaction layer answers the
 * challenges of plain requests (BYE, PRACK, UPDATE, INFO …) by itself, since the leg may be
 * gone by then; INVITEs are asked again by whoever sent them (leg_line_follow_challenge).
 */
#include "call/call_int.h"
#include "call/line_int.h"

static bool
challenged(void *ctx, int64_t line, const struct sip_msg *resp)
{
	const struct call_switch_params *p = &((struct call_switch *)ctx)->p;
	struct sip_auth_try once = {0};

	return p->line_ops->challenged(p->line_ctx, line, &once, resp) == ERR_OK;
}

static void
write_lines(void *ctx, int64_t line, struct buf *b, struct slice method, struct slice uri)
{
	const struct call_switch_params *p = &((struct call_switch *)ctx)->p;

	p->line_ops->write_auth(p->line_ctx, line, b, method, uri);
}

static const struct sip_auth_ops auth_ops = {.challenged = challenged, .write = write_lines};

void
line_set_auth(struct leg *l, struct sip_request *r)
{
	struct call_switch *sw = l->call->sw;

	if (!l->line || !sw->p.line_ops || r->method == SIP_INVITE)
		return;
	r->auth = &auth_ops;
	r->auth_ctx = sw;
	r->auth_id = l->line;
	l->dialog.local_cseq++; /* left free for the second try */
}
