#include "office_check.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "office_list.h"

enum { CALL_MAX_MS = 500000, NOISE_PERCENT = 4, GOODBYE_MS = 40000, GONE_MS = 250000 };

void
office_problem(struct office *o, const char *fmt, ...)
{
	char text[OFFICE_PROBLEM_MAX];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	if (o->verbose)
		printf("%10.3f PROBLEM %s\n", (double)sim_now_ms(o->sim) / 1000, text);
	if (!o->problem[0])
		snprintf(o->problem, sizeof o->problem, "%s", text);
}

bool
office_is_uncertain(const struct office *o)
{
	for (size_t i = 0; i < o->n_phones; i++)
		if (o->phone[i].off_ms && sim_now_ms(o->sim) < o->phone[i].off_ms + GONE_MS)
			return true;
	return false;
}

bool
office_has_calls(const struct office *o)
{
	for (size_t i = 0; i < o->n_phones; i++)
		if (phone_calls(&o->phone[i]))
			return true;
	return false;
}

/* Calls of phones outlive the power of the switch. */
bool
office_is_shaken(const struct office *o)
{
	return !o->switchboard || (o->crashes && sim_now_ms(o->sim) < o->back_ms + GONE_MS);
}

bool
office_has_crashed_since(const struct office *o, uint64_t ms)
{
	return !o->switchboard || (o->crashes && o->back_ms >= ms);
}

/* ---- the wire ---- */

static void
print_datagram(
    const struct office *o, const struct addr *from, const struct addr *to, struct slice bytes)
{
	static struct sip_msg m;
	struct slice line = bytes;
	char a[ADDR_TEXT_MAX], b[ADDR_TEXT_MAX], id[CALL_ID_BYTES] = "-";
	bool sound = sip_msg_parse(&m, bytes, NULL) == ERR_OK;

	if (sound)
		call_id_of(m.call_id, id);
	line = slice_take_until(&line, '\r');
	printf("%10.3f %s > %s  %.*s  [CSeq %u, call %.8s%s%.*s]\n",
	    (double)sim_now_ms(o->sim) / 1000, addr_text(from, a), addr_text(to, b),
	    SLICE_FMT(line), sound ? m.cseq : 0, id, m.to.tag.n ? ", to " : "", (int)m.to.tag.n,
	    m.to.tag.p);
}

void
office_print_record(const struct office *o, const struct cdr *r)
{
	char text[REASON_TEXT_BYTES];

	for (uint32_t i = 0; o->verbose && i < r->explanation_count; i++) {
		reason_text(slice_cstr(r->explanation[i]), text);
		printf("           call %.8s: %s\n", r->call_id, text);
	}
}

/* A stranger who overhears the office sends the switch what he heard, a little changed. */
static void
damage(struct office *o, struct slice bytes)
{
	struct addr stranger = {.family = 4, .port = 5060, .ip = {10, 0, 0, 99}};
	struct addr here = {.family = 4, .port = 5060, .ip = {10, 0, 0, 1}};
	static char copy[SIP_MSG_MAX_BYTES];

	if (bytes.n == 0 || bytes.n > sizeof copy || rng_below(&o->stranger, 100) >= NOISE_PERCENT)
		return;
	memcpy(copy, bytes.p, bytes.n);
	for (uint32_t i = rng_below(&o->stranger, 5); i; i--)
		copy[rng_below(&o->stranger, (uint32_t)bytes.n)] =
		    (char)(rng_below(&o->stranger, 2) ? rng_below(&o->stranger, 256)
						      : '0' + rng_below(&o->stranger, 75));
	sim_send(o->sim, &stranger, &here, slice_make(copy, bytes.n));
}

static void
on_tap(void *ctx, const struct addr *from, const struct addr *to, struct slice bytes)
{
	struct office *o = ctx;

	if (o->verbose)
		print_datagram(o, from, to, bytes);
	if (!o->noisy || o->in_tap)
		return;
	o->in_tap = true;
	damage(o, bytes);
	o->in_tap = false;
}

void
office_tap(struct office *o, bool verbose, const struct sim_impairments *w)
{
	if (verbose) {
		setvbuf(stdout, NULL, _IOLBF, 0);
		log_set_level(LOG_TRACE);
		printf("loss %u/1000, doubled %u/1000, delay %u-%u ms%s%s\n", w->loss_permille,
		    w->duplicate_permille, w->delay_min_ms, w->delay_max_ms,
		    o->noisy ? ", a stranger meddles" : "", o->starving ? ", memory runs out" : "");
	}
	o->verbose = verbose;
	rng_init_seed(&o->stranger, o->seed);
	if (verbose || o->noisy)
		sim_set_tap(o->sim, on_tap, o);
}

/* ---- the rules ---- */

/* Nothing is left: every count is back at zero. */
static void
check_nothing_left(struct office *o)
{
	const struct sip_core_stats *core = sip_core_get_stats(switchboard_core(o->switchboard));
	const struct registrar_counts *reg =
	    registrar_get_counts(switchboard_registrar(o->switchboard));
	const struct presence_counts *watching =
	    presence_get_counts(switchboard_presence(o->switchboard));
	size_t kept = 0;

	quiet_check_calls(o);
	if (core->servers || core->clients)
		office_problem(o, "left over: %zu server and %zu client transactions",
		    core->servers, core->clients);
	if (reg->bindings)
		office_problem(o, "left over: %zu bindings", reg->bindings);
	for (int i = 0; i < PRESENCE_PACKAGES_N; i++)
		if (watching->subscriptions[i])
			office_problem(
			    o, "left over: %zu subscriptions", watching->subscriptions[i]);
	for (size_t i = 0; i < OFFICE_KEPT_MAX; i++)
		kept += o->kept[i].n != 0;
	if (kept > 1) /* the key of GRUUs stays */
		office_problem(
		    o, "left over: %zu registrations or subscriptions on the disk", kept - 1);
	for (size_t i = 0; i < o->n_phones; i++)
		if (phone_calls(&o->phone[i]))
			office_problem(o, "phone %s still has %zu calls", o->phone[i].p.name,
			    phone_calls(&o->phone[i]));
	switchboard_stop(o->switchboard); /* lines look for their servers as long as they live */
	sim_run_until(o->sim, sim_now_ms(o->sim) + GOODBYE_MS);
	if (!sim_idle(o->sim))
		office_problem(o, "left over: %zu timers", sim_timers(o->sim)->count);
}

static const struct office_record *
find_record(struct office *o, const char *id)
{
	const struct office_record *found = NULL;

	for (size_t i = 0; i < o->n_records; i++) {
		if (!slice_eq(slice_cstr(o->record[i].cdr.call_id), slice_cstr(id)))
			continue;
		/* an INVITE that was under way when the power failed may be heard twice */
		if (found && found->life == o->record[i].life)
			office_problem(o, "two records of call %s", id);
		found = &o->record[i];
	}
	return found;
}

/* One that is full does not say all of them, and that of a private call says none. */
static bool
gives(const struct cdr *r, struct slice reason)
{
	for (uint32_t i = 0; i < r->explanation_count; i++)
		if (slice_starts(slice_cstr(r->explanation[i]), reason))
			return true;
	return r->private_call || r->explanation_count >= LIVE_REASONS_MAX;
}

/* What the caller was told is what the record says. */
static void
check_told(struct office *o, const struct office_call *c)
{
	const struct office_record *record;
	const struct cdr *cdr;

	if (o->noisy || o->starving)
		return; /* the stranger may say BYE, or answer for a phone */
	record = find_record(o, c->id);
	cdr = record ? &record->cdr : NULL;
	if (c->vanished || c->failed)
		return; /* nobody was told anything */
	if (c->crashed || (record && record->crashed))
		return; /* told by a switch that knew nothing of it, or did not live to write it */
	if (c->replacing || (cdr && gives(cdr, SLICE("given_away"))))
		return; /* the record is about others, or what became of the caller is another's */
	if (c->status == 401)
		office_problem(o, "call %s: the right password did not help", c->id);
	if (!cdr)
		office_problem(o, "call %s ended with %u without a record", c->id, c->status);
	else if (cdr->sip_status != c->status)
		office_problem(o, "call %s: the caller was told %u, the record says %u", c->id,
		    c->status, cdr->sip_status);
	else if ((c->status / 100 == 2) != (cdr->answered_at != 0))
		office_problem(o, "call %s: %u, but answered at %lld", c->id, c->status,
		    (long long)cdr->answered_at);
}

/* Every reason has a code and all its arguments. */
static void
check_reasons(struct office *o, const struct cdr *r)
{
	char text[REASON_TEXT_BYTES];

	for (uint32_t i = 0; i < r->explanation_count; i++) {
		struct slice reason = slice_cstr(r->explanation[i]);

		reason_text(reason, text);
		if (slice_starts(reason, SLICE("note")) || strstr(text, "  ") || text[0] == ' ')
			office_problem(o, "call %s has the reason '%s'", r->call_id, text);
	}
	if (r->explanation_count == 0)
		office_problem(o, "call %s gives no reason", r->call_id);
}

static void
check_record(struct office *o, const struct office_record *record)
{
	const struct cdr *r = &record->cdr;
	int64_t answer = r->answered_at ? r->answered_at : r->started_at;

	if (!record->final)
		office_problem(o, "the record of call %s was never ended", r->call_id);
	if (record->crashed)
		return;
	if (r->started_at == 0 || r->ended_at < answer || answer < r->started_at ||
	    (r->ringing_at && (r->ringing_at < r->started_at || r->ringing_at > r->ended_at)) ||
	    (r->ringing_at && r->answered_at && r->ringing_at > r->answered_at))
		office_problem(o, "call %s: impossible times", r->call_id);
	if (r->ended_at - r->started_at > CALL_MAX_MS)
		office_problem(o, "call %s lasted %lld ms", r->call_id,
		    (long long)(r->ended_at - r->started_at));
	if (r->answered_at && r->duration_s != (uint32_t)((r->ended_at - r->answered_at) / 1000) &&
	    r->duration_s != (uint32_t)((r->ended_at - r->answered_at + 500) / 1000))
		office_problem(o, "call %s: %u s do not fit its times", r->call_id, r->duration_s);
	if (r->result == CDR_ANSWERED && !r->answered_at)
		office_problem(o, "call %s: answered, but never", r->call_id);
	check_reasons(o, r);
	if (o->noisy || gives(r, SLICE("completion")) || gives(r, SLICE("consulted_by")))
		return; /* who overhears credentials and is quicker may use them once */
	for (size_t i = 0; i < o->n_told; i++)
		if (slice_eq(slice_cstr(o->told[i].id), slice_cstr(r->call_id)))
			return;
	office_problem(o, "record of call %s, which nobody made", r->call_id);
}

/* The last of them; NULL: it is not. */
static const struct office_over *
find_over(const struct office *o, const char *id)
{
	for (size_t i = o->n_over; i-- > 0;)
		if (strcmp(o->over[i].id, id) == 0)
			return &o->over[i];
	return NULL;
}

void
office_note_over(struct office *o, const char *id)
{
	const struct office_over *before = find_over(o, id);
	struct office_over *now;

	if (before && before->life == o->crashes)
		office_problem(o, "call %s is over for the second time", id);
	if (o->n_over >= o->calls_max)
		office_problem(o, "more calls are over than can be");
	o->over = office_grow(o->over, o->n_over, &o->max_over, sizeof *o->over);
	now = &o->over[o->n_over++];
	*now = (struct office_over){.life = o->crashes};
	memcpy(now->id, id, sizeof now->id);
}

/* Who hears an announcement has a call that is shown and has no record, so there may be more. */
static void
check_live(struct office *o)
{
	for (size_t i = 0; i < o->n_records; i++)
		if (!o->record[i].crashed && !find_over(o, o->record[i].cdr.call_id))
			office_problem(o, "call %s is shown for ever", o->record[i].cdr.call_id);
}

void
office_check(struct office *o)
{
	unsigned dialled = 0;

	check_nothing_left(o);
	parked_check_end(o);
	check_live(o);
	for (size_t i = 0; i < o->n_told; i++)
		check_told(o, &o->told[i]);
	for (size_t i = 0; i < o->n_records; i++)
		check_record(o, &o->record[i]);
	for (size_t i = 0; i < o->n_phones; i++) {
		dialled += o->phone[i].n_dialled;
		if (phone_lamp_stuck(&o->phone[i]) && !o->noisy && !o->starving)
			office_problem(
			    o, "the lamp of phone %s burns for ever", o->phone[i].p.name);
	}
	if (dialled != o->n_told)
		office_problem(o, "%u calls made, %zu ended at their callers", dialled, o->n_told);
}

static void
count_moves(const struct cdr *r, struct office_sums *sums)
{
	for (uint32_t i = 0; i < r->explanation_count; i++) {
		struct slice reason = slice_cstr(r->explanation[i]);

		sums->moved += slice_starts(reason, SLICE("transferred_"));
		sums->replaced += slice_starts(reason, SLICE("picked_up")) ||
				  slice_starts(reason, SLICE("taken_over"));
	}
}

void
office_sum(const struct office *o, struct office_sums *sums)
{
	struct sim_counts net = sim_count(o->sim);

	sums->calls += o->n_told;
	sums->crashes += o->crashes;
	sums->outages += o->outages;
	sums->orders += o->desk.n_done;
	sums->refused += o->desk.n_refused;
	sums->messages += o->desk.n_messages;
	sums->pairs += o->talk.looked;
	sums->looked += o->lamps.looked;
	sums->compared += o->desk.n_compared;
	sums->parked += o->parked.times;
	sums->quiet += o->quiet.looked;
	sums->keys += o->heard + o->media.heard;
	sums->played += o->played + o->media.played;
	sums->datagrams += net.sent;
	sums->lost += net.lost;
	for (size_t i = 0; i < o->n_told; i++) {
		sums->answered += o->told[i].status == 200;
		sums->cancelled += o->told[i].status == 487;
		sums->vanished += o->told[i].vanished;
		sums->timeouts += o->told[i].failed;
	}
	for (size_t i = 0; i < o->n_phones; i++) {
		sums->glares += o->phone[i].glares;
		sums->referred += o->phone[i].n_referred;
		sums->lamps += o->phone[i].watch.n_lit;
	}
	for (size_t i = 0; i < o->n_records; i++)
		count_moves(&o->record[i].cdr, sums);
	for (size_t i = 0; i < o->n_records; i++)
		sums->by_result[o->record[i].cdr.result]++;
	for (size_t i = 0; i < o->n_records; i++)
		sums->direct += o->record[i].cdr.direct;
}
