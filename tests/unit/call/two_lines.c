#include "two_lines.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static struct two_lines *at; /* offices hand themselves to the operations */

static const char *
name_of(int64_t line)
{
	return dir_line_by_id(at->office->fixture.directory, line)->name.p;
}

static enum routing_line_state
line_state(void *ctx, int64_t line)
{
	return at->taken >= at->taken_max || strncmp(name_of(line), at->down, 3) == 0
		   ? ROUTING_LINE_FULL
		   : ROUTING_LINE_FREE;
}

static struct slice
copy(size_t i, struct slice text)
{
	slice_clip_cstr(text, at->asked_text[i], sizeof at->asked_text[i]);
	return slice_cstr(at->asked_text[i]);
}

static enum err
line_leg(void *ctx, const struct call_line_call *call, struct call_line_leg *out)
{
	static char uri[100], to[110], from[110];
	struct addr pbx;

	if (call->attempt > 0)
		return ERR_NOT_FOUND;
	at->asked = *call;
	at->asked.number = copy(0, call->number);
	at->asked.call_by_call = copy(1, call->call_by_call);
	at->asked.shown = copy(2, call->shown);
	snprintf(uri, sizeof uri, "sip:%.*s@isp.example", SLICE_FMT(call->number));
	snprintf(to, sizeof to, "<%s>", uri);
	snprintf(from, sizeof from, "<sip:%s@isp.example>",
	    at->account ? at->account : at->asked_text[2]);
	assert_int_equal(addr_parse(SLICE("10.0.0.1:5060"), 5060, &pbx), ERR_OK);
	*out = (struct call_line_leg){
	    .flow = {.transport = SIP_UDP,
		.local = pbx,
		.remote =
		    (strncmp(name_of(call->line), "one", 3) == 0 ? at->phone[0] : at->phone[1])
			->addr},
	    .uri = slice_cstr(uri),
	    .from = slice_cstr(from),
	    .to = slice_cstr(to),
	    .contact_user = SLICE("u")};
	return ERR_OK;
}

static bool
line_take(void *ctx, int64_t line)
{
	if (at->taken >= at->taken_max)
		return false;
	at->taken++;
	return true;
}

static void
line_done(void *ctx, int64_t line)
{
	at->taken--;
}

static void
line_hop_failed(void *ctx, int64_t line, const struct sip_flow *flow, uint32_t retry_after_s)
{
}

static enum err
line_challenged(void *ctx, int64_t line, struct sip_auth_try *t, const struct sip_msg *resp)
{
	return ERR_UNSUPPORTED;
}

static void
line_write_auth(void *ctx, int64_t line, struct buf *b, struct slice method, struct slice uri)
{
}

static const struct call_line_ops line_ops = {.state = line_state,
    .leg = line_leg,
    .take = line_take,
    .done = line_done,
    .hop_failed = line_hop_failed,
    .challenged = line_challenged,
    .write_auth = line_write_auth};

const struct call_line_ops *
two_lines_new(struct two_lines *lines, struct office *o)
{
	*lines = (struct two_lines){.office = o, .taken_max = 8, .down = "none"};
	at = lines;
	return &line_ops;
}
