#include "daemon/line_tests.h"

#include <stdio.h>
#include <stdlib.h>

enum { TESTS_MAX = 4, TRACE_MS = 90000 };

struct test {
	struct line_tests *all;
	struct line_test state; /* line 0: free */
	char call_id[CALL_ID_BYTES];
	struct line_test_step *call;
};

struct line_tests {
	struct line_tests_params p;
	struct test test[TESTS_MAX];
};

struct line_tests *
line_tests_new(void)
{
	struct line_tests *lt = calloc(1, sizeof *lt);

	for (size_t i = 0; lt && i < TESTS_MAX; i++)
		lt->test[i].all = lt;
	return lt;
}

void
line_tests_set(struct line_tests *lt, const struct line_tests_params *p)
{
	lt->p = *p;
}

void
line_tests_free(struct line_tests *lt)
{
	free(lt);
}

static uint64_t
now_ms(const struct test *t)
{
	return timers_now_ms(t->all->p.timers);
}

/* ---- the call ---- */

static void
end_call(
    struct test *t, enum line_test_state state, enum line_test_advice advice, const char *found)
{
	line_test_end(&t->state, t->call, now_ms(t), state, advice, found);
	t->state.running = false;
	t->call_id[0] = '\0';
}

static enum err
try_call(struct test *t)
{
	struct slice number = slice_cstr(t->state.number);
	enum err e = call_trial(t->all->p.calls, t->state.line, number, t->call_id);

	if (e == ERR_OK && t->call && t->call_id[0])
		memcpy(t->call->trace, t->call_id, sizeof t->call_id);
	return e;
}

static void
call(struct test *t)
{
	struct trunk *trunk = t->all->p.trunk;
	enum routing_line_state state = trunk_line_ops.state(trunk, t->state.line);
	enum err e;

	t->call = line_test_begin(&t->state, LINE_TEST_CALL, now_ms(t), t->state.number);
	if (state == ROUTING_LINE_NOT_REGISTERED) {
		end_call(t, LINE_TEST_SKIPPED, LINE_ADVICE_NO_STEP_BEFORE, NULL);
		return;
	}
	if (state == ROUTING_LINE_FULL) {
		end_call(t, LINE_TEST_FAILED, LINE_ADVICE_LINE_FULL, NULL);
		return;
	}
	e = try_call(t);
	if (e != ERR_OK)
		end_call(t, LINE_TEST_FAILED, LINE_ADVICE_CALL_FAILED, err_text(e));
}

static struct test *
test_of_call(struct line_tests *lt, const char *call_id)
{
	for (size_t i = 0; i < TESTS_MAX; i++)
		if (lt->test[i].call_id[0] && strcmp(lt->test[i].call_id, call_id) == 0)
			return &lt->test[i];
	return NULL;
}

static void
note(struct test *t, const char *found)
{
	if (t->call)
		slice_clip_cstr(slice_cstr(found), t->call->found, sizeof t->call->found);
}

void
line_tests_on_call(struct line_tests *lt, const struct live_call *call)
{
	struct test *t = test_of_call(lt, call->call_id);

	if (t && call->state == LIVE_CALL_RINGING)
		note(t, "180 Ringing");
	if (t && call->state == LIVE_CALL_ANSWERED)
		note(t, "200 OK");
}

static enum line_test_advice
advice_of_call(uint32_t status, enum line_test_state *state)
{
	*state = LINE_TEST_OK;
	switch (status) {
	case 486:
	case 600: return LINE_ADVICE_CALLED_BUSY;
	case 603: return LINE_ADVICE_CALLED_DECLINED;
	case 480:
	case 487:
	case 408: *state = LINE_TEST_WARNING; return LINE_ADVICE_CALLED_SILENT;
	default: *state = LINE_TEST_FAILED;
	}
	switch (status) {
	case 404:
	case 410:
	case 484:
	case 604: return LINE_ADVICE_CALLED_UNKNOWN;
	case 401:
	case 402:
	case 403:
	case 407: return LINE_ADVICE_CALL_FORBIDDEN;
	default: return LINE_ADVICE_CALL_FAILED;
	}
}

/* The provider's own answer, as it stands among the reasons; 0: it gave none. */
static uint32_t
provider_answer(const struct cdr *cdr, char *found, size_t cap)
{
	uint32_t status = 0;

	found[0] = '\0';
	for (uint32_t i = 0; i < cdr->explanation_count; i++) {
		struct slice reason = slice_cstr(cdr->explanation[i]), code, phrase;

		if (!reason_arg(reason, REASON_LINE_ANSWERED, 1, &code) ||
		    !reason_arg(reason, REASON_LINE_ANSWERED, 2, &phrase) ||
		    slice_to_u32(code, 699, &status) != ERR_OK)
			continue;
		snprintf(found, cap, "%u %.*s", status, SLICE_FMT(phrase));
	}
	return status;
}

void
line_tests_on_record(struct line_tests *lt, const struct cdr *cdr)
{
	struct test *t = cdr->ended_at ? test_of_call(lt, cdr->call_id) : NULL;
	enum line_test_state state;
	enum line_test_advice advice;
	char found[160];
	uint32_t status;

	if (!t)
		return;
	if (cdr->answered_at) {
		end_call(t, LINE_TEST_OK,
		    cdr->ended_by == CDR_BY_CALLED ? LINE_ADVICE_CALL_SHORT : LINE_ADVICE_NONE,
		    NULL);
		return;
	}
	status = provider_answer(cdr, found, sizeof found);
	if (!status && cdr->result == CDR_NO_ANSWER)
		status = 408;
	advice = advice_of_call(status, &state);
	end_call(t, state, advice, found[0] ? found : NULL);
}

/* ---- until then ---- */

static void
on_server(void *ctx, const struct addr *remote)
{
	struct test *t = ctx;
	char ip[ADDR_TEXT_MAX];
	struct buf b;

	if (!t->all->p.traces)
		return;
	buf_init(&b, ip, sizeof ip);
	addr_write_ip(&b, remote);
	if (trace_filter_extend(t->all->p.traces, buf_slice(&b), now_ms(t), now_ms(t) + TRACE_MS) !=
	    ERR_OK)
		log_info(CALL, "a test of a line is not traced: too many are watched");
}

static void
on_done(void *ctx)
{
	struct test *t = ctx;

	if (t->state.number[0])
		call(t);
	else
		t->state.running = false;
}

static const struct trunk_test_ops test_ops = {.server = on_server, .done = on_done};

/* ---- what people ask ---- */

static struct test *
find(struct line_tests *lt, int64_t line)
{
	for (size_t i = 0; i < TESTS_MAX; i++)
		if (lt->test[i].state.line == line)
			return &lt->test[i];
	return NULL;
}

/* A free one, else the oldest that is over; NULL: all are running. */
static struct test *
room(struct line_tests *lt)
{
	struct test *best = find(lt, 0);

	for (size_t i = 0; i < TESTS_MAX && !(best && best->state.line == 0); i++) {
		struct test *t = &lt->test[i];

		if (!t->state.running && (!best || t->state.began_ms < best->state.began_ms))
			best = t;
	}
	return best;
}

static enum line_test_outcome
begin(struct line_tests *lt, const struct line_test_query *q)
{
	struct test *t = find(lt, q->line);
	enum err e = q->number[0] ? call_trial_check(lt->p.calls, slice_cstr(q->number)) : ERR_OK;

	if (e != ERR_OK)
		return e == ERR_DENIED ? LINE_TEST_EMERGENCY : LINE_TEST_NO_NUMBER;
	if (t && t->state.running)
		return LINE_TEST_RUNS;
	if (!t)
		t = room(lt);
	if (!t)
		return LINE_TEST_BUSY;
	*t = (struct test){.all = lt,
	    .state = {.line = q->line,
		.started_at = lt->p.wall_ms(lt->p.ctx),
		.began_ms = timers_now_ms(lt->p.timers),
		.running = true}};
	memcpy(t->state.number, q->number, sizeof t->state.number);
	e = trunk_test(lt->p.trunk, q->line, &t->state, &test_ops, t);
	if (e == ERR_OK)
		return LINE_TEST_DONE;
	t->state = (struct line_test){0};
	return e == ERR_NOT_FOUND ? LINE_TEST_NO_LINE : LINE_TEST_BUSY;
}

enum line_test_outcome
line_tests_ask(struct line_tests *lt, const struct line_test_query *q, struct line_test *out)
{
	enum line_test_outcome o = q->start ? begin(lt, q) : LINE_TEST_DONE;
	const struct test *t = o == LINE_TEST_DONE && q->line ? find(lt, q->line) : NULL;

	if (o == LINE_TEST_DONE && !t)
		return LINE_TEST_NO_LINE;
	if (t)
		*out = t->state;
	return o;
}
